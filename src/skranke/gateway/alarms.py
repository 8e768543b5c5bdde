"""One log event that an operator's monitor listens for: `gateway_alarm`, with a stable reason.

An unexpected error is told by its class and the places it passed, never by its message: a database's message may
repeat the values of a row, and those may be a person's.
"""

import traceback

from skranke.gateway.errors import Rule, code_of
from skranke.kernel.errors import SkrankeError
from skranke.kernel.log import get_logger
from skranke.wire.errors import ConfigurationError

log = get_logger(__name__)

_PLACES = 12


def alarm(error: Exception, rule: Rule | None = None, **ids: str) -> None:
    """Raise the alarm for an error. rule: the row of the table, when it is known already; ids: what it is about."""
    expected = isinstance(error, SkrankeError) and (rule is None or rule.error is not Exception)
    told: dict[str, object] = {} if expected else {"places": places(error)}
    if isinstance(error, ConfigurationError):
        told["cure"] = str(error)  # our own text with the name of a file: what the operator has to put right
    log.error("gateway_alarm", reason=code_of(error), **ids, **told)


def places(error: Exception) -> list[str]:
    """The places in the code that an error passed, the last ones: never its words."""
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
