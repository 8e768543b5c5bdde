"""Patient lists: the clinic's, each GP's, and those that somebody at the clinic keeps (PAT-14, PAT-15, PAT-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, ProtectedError, Q, QuerySet
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import event, record
from skranke.clinics.models import Employee, EmployeeRole
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import ForbiddenError, InvalidError, NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.patients import rules
from skranke.patients.errors import ListChangedError, ListInUseError, ListNameTakenError
from skranke.patients.models import Patient, PatientList, PatientListKind, PatientListMember
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import current_actor

CLINIC, GP = "klinikk", "fastlege-"
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of any kind. key: as an address names it. gp: of a GP list; kept: of one that somebody keeps."""

    key: str
    patients: QuerySet[Patient]
    gp: Employee | None = None
    kept: PatientList | None = None

    @property
    def has_inactive_gp(self) -> bool:
        """The GP has left, and the lists have not been read since (PAT-19)."""
        return self.gp is not None and not self.gp.active


def clinic_list() -> Listed:
    """Everybody who stands on a list here, also on one without a doctor (`rules.is_listed`)."""
    return Listed(CLINIC, _sorted(Patient.objects.filter(Q(on_gp_list=True) | Q(gp_list__isnull=False))))


def gp_lists() -> list[tuple[Listed, int]]:
    """Each GP's list with the number of patients; of GPs who have left only while somebody stands there (PAT-19)."""
    gps = Employee.objects.annotate(listed=Count("listed_patients", filter=Q(listed_patients__on_gp_list=True)))
    found = gps.filter(Q(listed__gt=0) | Q(active=True, role=EmployeeRole.GP))
    return [(_of_gp(gp), gp.listed) for gp in found.order_by("-active", "family_name", "given_name", "id")]


def kept_lists() -> list[tuple[PatientList, int]]:
    """The lists that the acting employee may use, with the number of patients."""
    rows = PatientList.objects.filter(Q(shared=True) | Q(owner_id=current_actor().person_id))
    counted = rows.annotate(size=Count("members")).select_related("owner")
    return [(row, row.size) for row in counted.order_by("kind", "name", "id")]


def get_listed_for(actor: Actor, key: str) -> Listed:
    """A list of any kind by its key. Raises NotFoundError."""
    if actor.kind != ActorKind.EMPLOYEE:
        raise _nothing()
    if key == CLINIC:
        return clinic_list()
    if key.startswith(GP):
        gp_id = uuid_or_none(key.removeprefix(GP))
        gp = Employee.objects.filter(id=gp_id).first() if gp_id is not None else None
        if gp is None or not (gp.is_gp or gp.listed_patients.exists()):
            raise _nothing()
        return _of_gp(gp)
    return of_kept(get_list_for(actor, uuid_or_none(key)))


def get_list_for(actor: Actor, list_id: UUID | None) -> PatientList:
    """A list that the actor may use. Raises NotFoundError."""
    rows = PatientList.objects.filter(clinic_id=actor.clinic_id).select_related("owner")
    found = rows.filter(id=list_id).first() if list_id is not None else None
    if found is None or not rules.may_use_list(actor, found):
        raise _nothing()
    return found


def of_kept(kept: PatientList) -> Listed:
    """A list that somebody keeps, with its patients."""
    return Listed(str(kept.id), _sorted(Patient.objects.filter(list_memberships__list=kept)), kept=kept)


def make_list(*, name: str, kind: PatientListKind | str, shared: bool, organisation_number: str = "") -> PatientList:
    """Make a list that the acting employee owns. Raises ForbiddenError, InvalidError, ListNameTakenError."""
    actor = current_actor()
    if actor.kind != ActorKind.EMPLOYEE or actor.person_id is None:
        raise ForbiddenError("Only an employee keeps lists.")
    kept = PatientList(clinic_id=actor.clinic_id, owner_id=actor.person_id, kind=PatientListKind(kind))
    _fill(kept, name=name, shared=shared, organisation_number=organisation_number)
    _save(kept, new=True)
    _record(Action.LIST_CREATED, kept)
    return kept


def change_list(
    kept: PatientList, *, name: str, shared: bool, organisation_number: str = "", expected_version: int
) -> PatientList:
    """Rename a list, share it or keep it to oneself.

    Raises ForbiddenError, InvalidError, ListNameTakenError, ListChangedError.
    """
    kept = _lock(kept)
    if kept.version != expected_version:
        raise ListChangedError(
            _("Noen andre har endret listen mens du skrev. Ingenting er lagret, og det du skrev, står her fortsatt.")
        )
    _fill(kept, name=name, shared=shared, organisation_number=organisation_number)
    kept.version += 1
    _save(kept, new=False)
    _record(Action.LIST_CHANGED, kept)
    return kept


def delete_list(kept: PatientList) -> None:
    """Delete a list; its patients stay patients. Raises ForbiddenError, ListInUseError."""
    kept = _lock(kept)
    _record(Action.LIST_DELETED, kept)
    try:
        kept.delete()
    except ProtectedError:
        raise ListInUseError(
            _(
                "Pasientene på listen kan bestille i en timebok, eller skrive til klinikken fordi de står på den. "
                "Ingenting er slettet. Endre timeboken eller kommunikasjonstypen først."
            )
        ) from None


def add_member(kept: PatientList, patient: Patient) -> None:
    """Put a patient on a list; twice is once. Raises ForbiddenError."""
    kept = _lock(kept)
    if insert_once(PatientListMember(clinic_id=kept.clinic_id, list=kept, patient=patient)):
        _record(Action.LIST_CHANGED, kept, patient)


def remove_member(kept: PatientList, patient: Patient) -> None:
    """Take a patient off a list. Raises ForbiddenError."""
    kept = _lock(kept)
    if PatientListMember.objects.filter(list=kept, patient=patient).delete()[0]:
        _record(Action.LIST_CHANGED, kept, patient)


def page_of(listed: Listed, *, start: int, size: int) -> list[Patient]:
    """Some patients of a list, for the screen. The reading is written in the audit log."""
    found = list(listed.patients[start : start + size])
    record(Action.LIST_READ, subject_kind="patient_list", subject_id=_id(listed), detail={"patients": len(found)})
    return found


def exported(listed: Listed) -> Sequence[Patient]:
    """Everybody on a list, to leave in a spreadsheet (PAT-18). Written in the audit log for each of them."""
    found = list(listed.patients)
    record(Action.LIST_EXPORTED, subject_kind="patient_list", subject_id=_id(listed), detail={"patients": len(found)})
    AuditEvent.objects.bulk_create(
        event(Action.LIST_EXPORTED, subject_kind="patient", subject_id=patient.id, patient_id=patient.id)
        for patient in found
    )
    return found


def _of_gp(gp: Employee) -> Listed:
    return Listed(f"{GP}{gp.id}", _sorted(Patient.objects.filter(gp=gp, on_gp_list=True)), gp=gp)


def _sorted(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    return patients.select_related("gp").order_by("sort_key", "birth_date", "id")


def _fill(kept: PatientList, *, name: str, shared: bool, organisation_number: str) -> None:
    name, number = " ".join(name.split()), "".join(organisation_number.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidError(_("Gi listen et navn på høyst 100 tegn."), field="name")
    if kept.kind == PatientListKind.COMPANY and number and not rules.is_organisation_number(number):
        raise InvalidError(_("Skriv de ni sifrene i organisasjonsnummeret."), field="organisation_number")
    kept.name, kept.shared = name, shared
    kept.organisation_number = number if kept.kind == PatientListKind.COMPANY else ""


def _save(kept: PatientList, *, new: bool) -> None:
    try:
        with transaction.atomic():
            kept.save(force_insert=new)
    except IntegrityError as broken:
        if "patient_list_name_once" in str(broken):
            raise ListNameTakenError(_("Det finnes en liste med dette navnet. Velg et annet.")) from None
        raise


def _lock(kept: PatientList) -> PatientList:
    found = PatientList.objects.select_for_update(of=("self",)).select_related("owner").filter(id=kept.id).first()
    if found is None:
        raise _nothing()
    if not rules.may_change_list(current_actor(), found):
        raise ForbiddenError(_("Bare eieren av listen og en administrator kan endre den."))
    return found


def _id(listed: Listed) -> UUID | None:
    return listed.kept.id if listed.kept is not None else listed.gp.id if listed.gp is not None else None


def _record(action: Action, kept: PatientList, patient: Patient | None = None) -> None:
    record(
        action,
        subject_kind="patient_list",
        subject_id=kept.id,
        patient_id=patient.id if patient is not None else None,
        detail={"kind": kept.kind, "shared": kept.shared},
    )


def _nothing() -> NotFoundError:
    return NotFoundError(_("Vi finner ikke listen. Den kan være slettet, eller du har ikke tilgang."))
