"""What a register's answer means: which queue holds, whether a party may be written to, which services are on."""

from collections.abc import Iterable
from datetime import datetime

from skranke.registers.values import AddressType, ElectronicAddress, Queues, RegisterParty

VACANT_LIST = "KX17"
"""The kind of service that takes a list without a doctor: "Fastlege, liste uten fast lege" (ACT-12)."""

SERVICE_OF_PROCESS = {
    "dialog_innbygger_ekontakt": "e_contact",
    "dialog_innbygger_ekonsultasjon": "e_consultation",
    "dialog_innbygger_reseptfornyelse": "prescription_renewal",
    "dialog_innbygger_timereservasjon": "booking",
    "dialog_innbygger_timeonske": "appointment_wish",
    "dialog_innbygger_avtaleavbestilling": "appointment_cancellation",
}
"""A process of the profile, and the service it turns on (HITS 1217 2.2, protocol-messages 1.1)."""
_APPOINTMENT_PROCESS = "dialog_innbygger_avtaleutsending"


def queues_of(party: RegisterParty) -> Queues:
    """The queues that hold for a party (ACT-9): its own, and where it has none the inherited ones."""
    return Queues(*(_holding(party.addresses, kind) for kind in AddressType))


def inherits_queues(party: RegisterParty) -> bool:
    """ACT-9: messages to the party come to its parent's queue."""
    return any(one.inherited for one in party.addresses if one.type == AddressType.ASYNC) and not any(
        not one.inherited for one in party.addresses if one.type == AddressType.ASYNC
    )


def may_be_written_to(
    *, active: bool, valid: bool, start: datetime | None, end: datetime | None, now: datetime
) -> bool:
    """ACT-9: in use, declared a valid communication party, and within its time."""
    return active and valid and (start is None or start <= now) and (end is None or now < end)


def services_of(processes: Iterable[str]) -> list[str]:
    """ACT-9, ACT-11: the services that the processes of a profile turn on, each independent of the others."""
    names = {one.lower() for one in processes}
    return sorted(service for process, service in SERVICE_OF_PROCESS.items() if process in names)


def takes_appointment_process(processes: Iterable[str]) -> bool:
    """HelseNorge is told of appointments by a process of their own (ACT-9, protocol-messages D-43)."""
    return any(one.lower() == _APPOINTMENT_PROCESS for one in processes)


def takes_a_vacant_list(party: RegisterParty) -> bool:
    """ACT-12: the office's service party for a list without a doctor."""
    return party.service is not None and party.service.value == VACANT_LIST


def _holding(addresses: Iterable[ElectronicAddress], kind: AddressType) -> str:
    found = sorted((one for one in addresses if one.type == kind), key=lambda one: one.inherited)
    return found[0].address if found else ""
