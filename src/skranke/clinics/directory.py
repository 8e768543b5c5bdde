"""Reading the registers for a clinic: its parties with their services, and HelseNorge (ACT-9, ACT-10, ACT-12).

Nothing here is a setting: what the registers say is copied, with the time of reading. A register is asked before any
unit of work is opened; what it told is then written in one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics import rules
from skranke.clinics.models import Clinic, CommunicationParty, Counterpart, Employee, PartyKind
from skranke.clinics.queries import all_clinics, clinic_id_of_her_id
from skranke.clinics.services import note_reading, register_party
from skranke.kernel.actor import Actor, system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import HerId
from skranke.kernel.log import get_logger
from skranke.registers import rules as register_rules
from skranke.registers import services as registers
from skranke.registers.asking import Answer, ask_about, ask_about_office
from skranke.registers.errors import RegisterNotSetUpError, UnknownHerIdError
from skranke.registers.models import AddressEntry
from skranke.registers.queries import services_in
from skranke.registers.soap import IN_A_JOB, Patience
from skranke.registers.values import RegisterParty, RegisterPartyKind
from skranke.tenancy.work import acting

log = get_logger(__name__)

FROM_REGISTER = "register:"
"""The reference of a certificate that is the register's, as `file:` names a file."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a reading found, by HER-id. added: parties of the office that were not known here.

    unknown: ours that the register does not have. changed: those whose services are others than before.
    """

    read: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What was asked for: by HER-id, None for one that the register does not have."""

    answers: dict[str, Answer | None] = field(default_factory=dict)

    def ask(self, her_id: str, patience: Patience) -> None:
        """Ask about one that has not been asked about yet."""
        if her_id not in self.answers:
            try:
                self.answers[her_id] = ask_about(HerId(her_id), patience)
            except UnknownHerIdError:
                self.answers[her_id] = None


def refresh_from_register(actor: Actor, patience: Patience) -> Refreshed:
    """Read everything about the actor's clinic anew (ACT-10): its parties, those of its office, and HelseNorge.

    To be called outside a unit of work. Raises RegisterAwayError and the other errors of `registers.soap`; nothing has
    been changed then.
    """
    with acting(actor):
        office = Clinic.objects.get(id=actor.clinic_id).her_id
        parties = list(CommunicationParty.objects.filter(active=True).values_list("her_id", flat=True))
        others = list(Counterpart.objects.values_list("her_id", flat=True))
    found = _Found()
    for her_id in (*filter(None, [office]), *parties, *others):
        found.ask(her_id, patience)
    below = _below(office, found, patience) if office and found.answers[office] is not None else []
    for one in below:
        found.ask(one.her_id.value, patience)
    with acting(actor):
        return _write(found, below)


def refresh_every_clinic() -> None:
    """Read everything about each clinic anew, at night (ACT-10); one that fails holds up no other.

    Raises the last error, so that whoever called tries again later. Without an address of the register nothing is done.
    """
    failed: SkrankeError | None = None
    for clinic_id in all_clinics():
        try:
            refresh_from_register(system(clinic_id), IN_A_JOB)
        except RegisterNotSetUpError:
            return
        except SkrankeError as error:
            log.warning("register_refresh_failed", clinic_id=str(clinic_id), reason=error.code)
            failed = error
    if failed is not None:
        raise failed


def refresh_counterpart(actor: Actor, her_id: str, patience: Patience) -> bool:
    """Read HelseNorge's party anew, as when a certificate does not fit; whether the register has it.

    To be called outside a unit of work. Raises as `refresh_from_register`.
    """
    found = _Found()
    found.ask(her_id, patience)
    answer = found.answers[her_id]
    if answer is None:
        return False
    with acting(actor):
        _apply_to_counterparts([registers.keep(answer)])
    return True


def _below(office: str, found: _Found, patience: Patience) -> list[RegisterParty]:
    """The persons and vacant lists of the office, which may be parties here (ACT-12)."""
    organisation = found.answers[office]
    if organisation is None or organisation.party.kind != RegisterPartyKind.ORGANISATION:
        return []
    whole = ask_about_office(HerId(office), patience)
    return [*whole.people, *(one for one in whole.services if register_rules.takes_a_vacant_list(one))]


def _write(found: _Found, below: Iterable[RegisterParty]) -> Refreshed:
    # In one order, so that two readings never wait for each other in a circle.
    told = sorted((her_id, answer) for her_id, answer in found.answers.items() if answer is not None)
    entries = {her_id: registers.keep(answer) for her_id, answer in told}
    gone = [her_id for her_id, answer in found.answers.items() if answer is None]
    for her_id in gone:
        registers.forget(her_id)
    _apply_to_counterparts(entries.values())
    there = [(one, entries[one.her_id.value]) for one in below if one.her_id.value in entries]
    added = [entry.her_id for one, entry in there if _import(one, entry)]
    asked = [party for party in _held() if party.her_id in found.answers]
    changed = [party.her_id for party in asked if _apply(party, found.answers[party.her_id], entries)]
    refreshed = Refreshed(tuple(sorted(entries)), tuple(changed), tuple(added), tuple(sorted(gone)))
    facts = {"read": len(entries), "changed": changed, "added": added, "unknown": gone}
    record(Action.REGISTER_READ, subject_kind="clinic", subject_id=None, detail=facts)
    return refreshed


def _held() -> list[CommunicationParty]:
    """The clinic's parties, locked in one order."""
    rows = CommunicationParty.objects.filter(active=True).select_for_update(of=("self",))
    return list(rows.select_related("employee").order_by("her_id"))


def _apply(party: CommunicationParty, answer: Answer | None, entries: Mapping[str, AddressEntry]) -> bool:
    """Whether the party's services are others than before. One that the register does not have offers nothing."""
    if answer is None:
        return note_reading(party, [])
    return answer.knows_profiles and note_reading(party, services_in(entries[party.her_id]))


def _import(one: RegisterParty, entry: AddressEntry) -> bool:
    """Make a party of the office one of ours, where it is a doctor's who works here, or the vacant list's (ACT-12)."""
    if clinic_id_of_her_id(one.her_id) is not None:
        return False
    make = _IMPORTS.get(one.kind)
    return make is not None and make(one, entry)


def _import_person(one: RegisterParty, entry: AddressEntry) -> bool:
    employee = Employee.objects.filter(hpr_number=str(one.hpr_number or "-"), active=True).first()
    if employee is None or not rules.may_be_personal_party(employee.role) or employee.parties.exists():
        return False
    register_party(her_id=one.her_id, kind=PartyKind.GP, name=entry.name, employee=employee)
    return True


def _import_vacant_list(one: RegisterParty, entry: AddressEntry) -> bool:
    register_party(her_id=one.her_id, kind=PartyKind.SERVICE, name=entry.name)
    return True


_IMPORTS: dict[RegisterPartyKind, Callable[[RegisterParty, AddressEntry], bool]] = {
    RegisterPartyKind.PERSON: _import_person,
    RegisterPartyKind.SERVICE: _import_vacant_list,
}


def _apply_to_counterparts(entries: Iterable[AddressEntry]) -> None:
    """HelseNorge's queues, names, certificates and processes are what the register says; what it lacks stays."""
    by_her_id = {entry.her_id: entry for entry in entries}
    rows = Counterpart.objects.filter(her_id__in=list(by_her_id)).select_for_update().order_by("her_id")
    for row in rows:
        entry = by_her_id[row.her_id]
        before = {name: getattr(row, name) for name in _COUNTERPART}
        for name, value in _of_counterpart(entry).items():
            setattr(row, name, value or getattr(row, name))
        if entry.has_profile:
            row.takes_appointment_process = register_rules.takes_appointment_process(entry.processes)
        row.read_at = entry.read_at
        row.save()
        changed = [name for name in _COUNTERPART if getattr(row, name) != before[name]]
        if changed:
            record(
                Action.COUNTERPART_CHANGED,
                subject_kind="counterpart",
                subject_id=row.id,
                detail={"fields": changed},
            )


_COUNTERPART = (
    "name",
    "her_id_level1",
    "name_level1",
    "queue_async",
    "queue_sync",
    "queue_error",
    "signing_certificate",
    "encryption_certificate",
    "takes_appointment_process",
)


def _of_counterpart(entry: AddressEntry) -> dict[str, str]:
    reference = f"{FROM_REGISTER}{entry.her_id}"
    return {
        "name": entry.name,
        "her_id_level1": entry.parent_her_id,
        "name_level1": entry.parent_name,
        "queue_async": entry.queue_async,
        "queue_sync": entry.queue_sync,
        "queue_error": entry.queue_error,
        "signing_certificate": reference if entry.signing else "",
        "encryption_certificate": reference if entry.encryption else "",
    }
