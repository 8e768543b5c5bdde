"""JSON logs: one event name a line, ids beside it, never a person's data.

Event names are static; facts are keyword arguments and may only be ids, counts, codes and durations.
`bind(request_id=..., message_id=...)` adds ids to every later line of the same unit of work.

Two things of others could carry a person's data into a log, and are left out: the values that a library puts into its
own lines (an address, a statement), and the message of an exception (a database repeats the values of a row). A line
tells the library's words without values, and an exception by its class, its code and the places it passed.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

_PLACES = 20
_CAUSES = 5


def configure(*, level: str = "INFO") -> None:
    """Send every log line of this process, ours and the libraries', to standard error as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_words_alone, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception_without_message,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # At their lower levels these log addresses, and SQL with values in it; without the values a line tells nothing.
    for noisy in ("django.db.backends", "asyncio", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose methods take an event name and ids as keyword arguments."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def bind(**ids: str) -> Iterator[None]:
    """Add ids to every log line inside the block."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def failure(error: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes, outermost first, as a log may hold them: class, code, constraint and places."""
    found: list[dict[str, Any]] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < _CAUSES:
        frames = traceback.extract_tb(cause.__traceback__)[-_PLACES:]
        facts = {
            "type": f"{type(cause).__module__}.{type(cause).__qualname__}",
            "code": getattr(cause, "code", None) or getattr(cause, "sqlstate", None),
            "constraint": getattr(getattr(cause, "diag", None), "constraint_name", None),
            "places": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
        }
        found.append({name: value for name, value in facts.items() if isinstance(value, str | list)})
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _words_alone(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's line as the library wrote it in its code, before values were put in; with the status of an answer."""
    record = event["_record"]
    event["event"], event["logger"] = str(record.msg), record.name
    if isinstance(status := getattr(record, "status_code", None), int):
        event["status"] = status
    return event


def _exception_without_message(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = failure(error)
    return event
