"""Where in the patient portal somebody stands: at which clinic, and for whom."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic's part of the addresses, and the patient for whom somebody else acts (PAT-21), else None."""

    slug: str
    person: UUID | None = None

    def url(self, name: str, *args: object) -> str:
        """A page of this clinic, for the same patient."""
        whom = () if self.person is None else (self.person,)
        return reverse(name, args=[self.slug, *whom, *args])


def place_of(request: HttpRequest) -> Place:
    """The place an address tells of."""
    assert request.resolver_match is not None
    given = request.resolver_match.kwargs
    return Place(given["slug"], given.get("person"))
