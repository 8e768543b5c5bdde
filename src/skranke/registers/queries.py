"""What is known from the registers, for screens and checks; each entry says when it was read."""

from collections.abc import Iterable
from datetime import datetime

from skranke.kernel import clock
from skranke.registers import rules
from skranke.registers.models import AddressEntry


def entry_of(her_id: str) -> AddressEntry | None:
    """What the register last told the current clinic of a party; None when it was never read or is unknown there."""
    return AddressEntry.objects.filter(her_id=her_id).first()


def entries_of(her_ids: Iterable[str]) -> dict[str, AddressEntry]:
    """As `entry_of` for several, by HER-id; one statement."""
    return {one.her_id: one for one in AddressEntry.objects.filter(her_id__in=list(her_ids))}


def services_in(entry: AddressEntry) -> list[str]:
    """The services that are on for the party (ACT-9, ACT-11); none for one that may not be written to."""
    return rules.services_of(entry.processes) if is_usable(entry) else []


def is_usable(entry: AddressEntry, now: datetime | None = None) -> bool:
    """Whether messages may be sent to the party: active, valid, within its time."""
    return rules.may_be_written_to(
        active=entry.active,
        valid=entry.valid,
        start=entry.valid_from,
        end=entry.valid_to,
        now=now or clock.now(),
    )
