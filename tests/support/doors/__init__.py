"""Every address of the web process, with how it is opened: what isolation and the audit log are proven with.

A route without a line in one of these tables fails `tests/architecture/test_doors.py`. The REST API has its own
(`tests/api/test_api_isolation.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

Ids = Mapping[str, Any]


@dataclass(frozen=True)
class Visit:
    """One browser, at the addresses of one clinic."""

    client: Client
    slug: str

    def get(
        self, name: str, /, *args: object, headers: Mapping[str, str] | None = None, **query: object
    ) -> HttpResponse:
        return self.client.get(self.address(name, *args), query, headers=headers)

    def post(
        self, name: str, /, *args: object, headers: Mapping[str, str] | None = None, **data: object
    ) -> HttpResponse:
        return self.client.post(self.address(name, *args), data, headers=headers)

    def address(self, name: str, *args: object) -> str:
        try:
            return reverse(name, args=[self.slug, *args])
        except NoReverseMatch:
            return reverse(name, args=args)


@dataclass(frozen=True, kw_only=True)
class Door:
    """How one route is opened by whoever may.

    named: which of the world's ids stands in the address or form, and is guessed by a stranger; empty: none does.
    shows: the answer holds the marker, which only the world's own people may ever see.
    writes: the action of the row about the world's patient that opening leaves in the audit log.
    because: why there is no such row, where `writes` is empty.
    by: whose name in the cast opens it.
    """

    ask: Callable[[Visit, Ids], HttpResponse]
    named: str = ""
    shows: bool = True
    writes: str = ""
    because: str = ""
    by: str = "kari"

    def __post_init__(self) -> None:
        assert bool(self.writes) != bool(self.because), "either a row about the patient, or why there is none"


NOBODYS = "no patient's data are shown or changed"
BY_LIST = "a list is logged as such, not by patient"


def routes() -> set[str]:
    """The names of all routes, but those of the REST API, read from the address table."""
    return {name for name, path in _walk(get_resolver()) if not path.startswith("api/")}


def _walk(resolver: Any, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one, path, f"{one.namespace}:" if one.namespace else space)
        else:
            yield space + one.name, path


def guessed(ids: Ids, door: Door) -> dict[str, Any]:
    """The same ids, but for the one that the door names: one that does not exist, of the same kind."""
    if not door.named:
        return dict(ids)
    return {**ids, door.named: UUID(int=ids[door.named].int ^ 1)}
