"""A patient gets another national id; the same person in two rows becomes one."""

from django.db import transaction
from django.db.models import ForeignObjectRel
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import NationalId
from skranke.patients.errors import OtherPatientHasNumberError, PatientChangedError
from skranke.patients.models import HelseNorgeState, NamePart, Patient, PatientNumber
from skranke.patients.reaching import ask_helsenorge
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

_DIGITS = 11
_PLACE = ("gp_id", "gp_list_id", "on_gp_list", "list_read_at")


def change_number(patient: Patient, national_id: str, *, expected_version: int) -> Patient:
    """Give the patient another national id; the one before still finds the patient.

    What HelseNorge told was told of the number before, so it is asked anew.
    Raises InvalidError, PatientChangedError, OtherPatientHasNumberError.
    """
    patient = _lock(patient)[0]
    if patient.version != expected_version:
        raise PatientChangedError(
            _("Noen andre har endret pasienten mens du skrev. Ingenting er lagret, og det du skrev, står her fortsatt.")
        )
    number = _complete(national_id)
    if str(number) == patient.national_id:
        raise InvalidError(_("Pasienten har dette nummeret allerede."), field="national_id")
    other = _holder(number, patient)
    if other is not None:
        raise OtherPatientHasNumberError(_("En annen pasient ved klinikken har dette nummeret."), other)
    _take(patient, number)
    return patient


def merge(patient: Patient, other: Patient, *, expected_version: int) -> Patient:
    """Make one of two rows of the same person: the patient takes over all of the other's, and its number.

    The other row stays, without number and list, and leads to the patient. Journal entries and log rows are never
    changed: they keep the other row's id and are read with the patient's.
    Raises InvalidError, PatientChangedError.
    """
    patient, other = _lock(patient, other)
    if patient.version != expected_version or other.merged_into_id is not None:
        raise PatientChangedError(_("Noen andre har endret en av pasientene. Ingenting er slått sammen."))
    if patient.id == other.id:
        raise InvalidError(_("Velg to forskjellige pasienter."))
    number, place = other.national_id, {name: getattr(other, name) for name in _PLACE}
    NamePart.objects.filter(patient=other).delete()
    _hand_over(other, patient)
    other.national_id, other.gp_id, other.gp_list_id, other.on_gp_list = "", None, None, False
    other.merged_into = patient
    other.save(update_fields=["national_id", "gp", "gp_list", "on_gp_list", "merged_into"])
    if place["on_gp_list"]:
        for name, value in place.items():
            setattr(patient, name, value)
        patient.save(update_fields=["gp", "gp_list", "on_gp_list", "list_read_at"])
    if len(number) == _DIGITS:
        _take(patient, NationalId(number))
    for one in (patient, other):
        record(
            Action.PATIENT_MERGED,
            subject_kind="patient",
            subject_id=one.id,
            patient_id=one.id,
            detail={"kept": str(patient.id), "gone": str(other.id)},
        )
    return patient


def _take(patient: Patient, number: NationalId) -> None:
    before = patient.national_id
    PatientNumber.objects.filter(patient=patient, national_id=str(number)).delete()
    patient.national_id, patient.birth_date = str(number), number.birth_date
    patient.helsenorge_state, patient.helsenorge_state_at = HelseNorgeState.UNKNOWN, None
    patient.version += 1
    patient.save(update_fields=["national_id", "birth_date", "helsenorge_state", "helsenorge_state_at", "version"])
    if len(before) == _DIGITS:
        PatientNumber.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            national_id=before,
            until=clock.now(),
            changed_by_name=current_actor().name,
        )
    record(
        Action.PATIENT_CHANGED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"field": "national_id"},
    )
    live.announce("patient", patient.id)
    ask_helsenorge([patient])


def _holder(number: NationalId, patient: Patient) -> Patient | None:
    """The other patient who has the number, or had it."""
    others = Patient.objects.exclude(id=patient.id).select_related("gp")
    return others.filter(national_id=str(number)).first() or others.filter(numbers__national_id=str(number)).first()


def _hand_over(other: Patient, patient: Patient) -> None:
    """Everything that points to the other row and may be changed, of whichever room, points to the patient.

    What the patient has already (a relation, a place on a list) is not there twice.
    """
    for field in Patient._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented model API
        if not isinstance(field, ForeignObjectRel):
            continue
        model, name = field.related_model, field.field.name
        if getattr(model, "stays_with_merged_patient", False):
            continue
        for row in model._default_manager.filter(**{name: other}):  # noqa: SLF001 - as above
            try:
                with transaction.atomic():
                    setattr(row, name, patient)
                    row.save(update_fields=[name])
            except IntegrityError:
                row.delete()


def _complete(text: str) -> NationalId:
    try:
        return NationalId("".join(text.split()))
    except ValueError:
        raise InvalidError(
            _("Skriv alle elleve sifrene i fødselsnummeret eller D-nummeret."), field="national_id"
        ) from None


def _lock(*patients: Patient) -> list[Patient]:
    """The rows, locked in the order of their ids, so that two who merge never wait for each other in a circle."""
    rows = Patient.objects.select_for_update(of=("self",)).filter(id__in=[one.id for one in patients]).order_by("id")
    found = {row.id: row for row in rows.select_related("gp")}
    return [found[one.id] for one in patients]
