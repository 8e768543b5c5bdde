"""The exemption card (frikort) of a patient, as staff or the record system tell of it (PAT-7)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.errors import PatientChangedError
from skranke.patients.models import Exemption, ExemptionSource, Patient
from skranke.tenancy import live
from skranke.tenancy.work import current_actor

_WRITTEN = ("exemption", "exemption_until", "exemption_source", "exemption_by", "exemption_at", "version")


def set_exemption(patient: Patient, state: Exemption, until: date | None, *, expected_version: int) -> Patient:
    """Write what an employee knows of the card. Raises PatientChangedError, InvalidError."""
    patient = Patient.objects.select_for_update(of=("self",)).select_related("gp").get(id=patient.id)
    if patient.version != expected_version:
        raise PatientChangedError(
            _("Noen andre har endret pasienten mens du skrev. Ingenting er lagret, og det du skrev, står her fortsatt.")
        )
    return _write(patient, state, until, ExemptionSource.STAFF, clock.now())


def note_exemption(patient: Patient, state: Exemption, until: date | None, *, as_of: datetime) -> Patient:
    """Write what the record system knows; what it knew earlier than what stands here changes nothing.

    Raises InvalidError.
    """
    if as_of > clock.now():
        raise InvalidError("as_of is in the future.", field="as_of")
    patient = Patient.objects.select_for_update(of=("self",)).select_related("gp").get(id=patient.id)
    if patient.exemption_at is not None and patient.exemption_at > as_of:
        return patient
    return _write(patient, state, until, ExemptionSource.RECORD_SYSTEM, as_of)


def _write(
    patient: Patient, state: Exemption, until: date | None, source: ExemptionSource, told_at: datetime
) -> Patient:
    if state == Exemption.YES and until is None:
        raise InvalidError(_("Skriv hvilken dag frikortet gjelder til."), field="valid_until")
    patient.exemption, patient.exemption_until = state, until if state == Exemption.YES else None
    patient.exemption_source, patient.exemption_by = source, current_actor().name
    patient.exemption_at = told_at
    patient.version += 1
    patient.save(update_fields=_WRITTEN)
    record(
        Action.PATIENT_CHANGED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"field": "exemption"},
    )
    live.announce("patient", patient.id)
    return patient
