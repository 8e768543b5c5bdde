"""Tickets that open the live events of one clinic: signed, good for a minute, fetched anew when they run out."""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

SECONDS = 60
_SALT = "skranke.live"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose events may be listened to."""

    clinic_id: UUID
    person_id: UUID | None


def issue(clinic_id: UUID, person_id: UUID | None) -> str:
    """A ticket as text for an address."""
    return signing.dumps([str(clinic_id), str(person_id or "")], salt=_SALT)


def read(text: str) -> Ticket | None:
    """The ticket, or None when it is forged or older than a minute."""
    try:
        clinic, person = signing.loads(text, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return Ticket(UUID(clinic), UUID(person) if person else None)
