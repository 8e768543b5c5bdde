"""Putting patients where the register says they stand, one at a time or many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import event
from skranke.clinics.models import CommunicationParty, Employee, EmployeeRole
from skranke.clinics.queries import this_clinic
from skranke.kernel.ids import NationalId
from skranke.patients.listing import rules
from skranke.patients.listing.rules import Here
from skranke.patients.models import GPList, ListState, Patient
from skranke.patients.reaching import ask_helsenorge
from skranke.patients.services import register
from skranke.registers.values import GPContract, Listing
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True)
class Place:
    """Where a patient stands here: on a GP's list, on one without a doctor, or (both None) on none of ours."""

    gp: Employee | None = None
    gp_list: GPList | None = None


def here() -> Here:
    """The present unit's clinic, as the register knows it."""
    gps = Employee.objects.filter(active=True, role=EmployeeRole.GP).exclude(hpr_number="")
    parties = CommunicationParty.objects.filter(active=True).select_related("employee")
    return Here(
        organisation_number=this_clinic().organisation_number,
        gps={gp.hpr_number: gp for gp in gps},
        parties={party.her_id: party.employee for party in parties},
    )


def keep_list(listing: Listing | GPContract, at: Here, read_at: datetime) -> GPList:
    """The row of a list, as the register tells of it now."""
    is_contract = isinstance(listing, GPContract)
    contract_id = listing.id if isinstance(listing, GPContract) else listing.contract_id
    her_id = "" if isinstance(listing, GPContract) else str(listing.gp_her_id or "")
    doctor = next((one for one in listing.doctors if one.valid.holds_at(read_at)), None)
    told = {
        "gp": rules.gp_of(listing.doctors, her_id, at, read_at),
        "state": "active",
        "read_at": read_at,
    }
    # An answer about one person may leave out what the list itself tells.
    told |= {"doctor": f"{doctor.given_name} {doctor.family_name}".strip()} if doctor else {}
    told |= {} if is_contract else {"her_id": her_id}
    row, made = GPList.objects.get_or_create(
        clinic_id=current_actor().clinic_id, contract_id=contract_id, defaults=told
    )
    if not made and row.read_at <= read_at:
        for name, value in told.items():
            setattr(row, name, value)
        row.save(update_fields=list(told))
    return row


def adopt_lists() -> None:
    """Give lists that no GP here had when they were read to the GP who has come since, with their patients (ACT-6).

    The register is read once a month, and a clinic may employ its GPs after that: until then their patients could
    write, and saw no times. By the HER-id to address.
    """
    parties = CommunicationParty.objects.filter(active=True, employee__active=True, employee__role=EmployeeRole.GP)
    gps = {party.her_id: party.employee for party in parties.select_related("employee")}
    waiting = GPList.objects.filter(gp__isnull=True, state=ListState.ACTIVE, her_id__in=gps)
    for row in waiting.select_for_update(of=("self",)):
        row.gp = gps[row.her_id]
        row.save(update_fields=["gp"])
        patients = Patient.objects.select_for_update(of=("self",)).filter(gp_list=row, gp__isnull=True)
        place([(patient, Place(row.gp, row)) for patient in patients], read_at=row.read_at)


def note_listing(patient: Patient, listing: Listing | None, *, read_at: datetime) -> bool:
    """Correct the list a patient stands on by the register's answer (ACT-6); whether that changed anything.

    listing: None when the register says: on none. What was told later than `read_at` stands.
    """
    held = Patient.objects.select_for_update(of=("self",)).select_related("gp", "gp_list").get(id=patient.id)
    changed = rules.is_newer(held, read_at) and bool(place([(held, place_of(listing, read_at))], read_at=read_at))
    patient.gp, patient.on_gp_list = held.gp, held.on_gp_list
    patient.gp_list, patient.list_read_at = held.gp_list, held.list_read_at
    return changed


def register_listed(listing: Listing, *, given_name: str, family_name: str, read_at: datetime) -> Patient:
    """Make a patient of somebody whom the register has on one of our lists (ACT-6). Raises ValueError, InvalidError."""
    patient = register(national_id=NationalId(listing.national_id), given_name=given_name, family_name=family_name)
    place([(patient, place_of(listing, read_at))], read_at=read_at)
    return patient


def place_of(listing: Listing | None, read_at: datetime) -> Place:
    """Where a listing is, seen from here."""
    at = here()
    if listing is None or not rules.is_ours(listing, at, read_at):
        return Place()
    row = keep_list(listing, at, read_at)
    return Place(row.gp, row)


def place(several: Sequence[tuple[Patient, Place]], *, read_at: datetime) -> list[Patient]:
    """Put patients, whose rows are locked, on their lists; those for whom that is another place than before.

    HelseNorge is asked about those who are new on a GP's list (HITS 1217 3.9.2).
    """
    moved = []
    for patient, wanted in several:
        if rules.is_elsewhere(patient, gp_id=_id(wanted.gp), gp_list_id=_id(wanted.gp_list)):
            moved.append(patient)
        patient.gp, patient.gp_list = wanted.gp, wanted.gp_list
        patient.on_gp_list, patient.list_read_at = wanted.gp is not None, read_at
    rows = [patient for patient, _ in several]
    Patient.objects.bulk_update(rows, ["gp", "gp_list", "on_gp_list", "list_read_at"])
    if moved:
        _record(moved)
        ask_helsenorge([patient for patient in moved if patient.gp is not None])
    return moved


def _record(moved: Iterable[Patient]) -> None:
    insert(
        *(
            event(
                Action.PATIENT_CHANGED,
                subject_kind="patient",
                subject_id=patient.id,
                patient_id=patient.id,
                detail={"field": "gp_list"},
            )
            for patient in moved
        )
    )


def _id(row: Employee | GPList | None) -> UUID | None:
    return row.id if row is not None else None
