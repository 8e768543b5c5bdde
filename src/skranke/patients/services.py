"""Keeping the clinic's patients."""

from datetime import date, datetime

from django.db import transaction
from django.db.utils import IntegrityError

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import NationalId
from skranke.patients.errors import PatientKnownError
from skranke.patients.models import (
    Confidentiality,
    GPList,
    HelseNorgeState,
    ListState,
    NamePart,
    Patient,
    PatientNumber,
)
from skranke.patients.reaching import ask_helsenorge, stop_waiting
from skranke.patients.rules import loose_key, name_parts, phone_key
from skranke.tenancy.work import current_actor


def register(
    *,
    national_id: NationalId | None,
    given_name: str,
    family_name: str,
    gp: Employee | None = None,
    on_gp_list: bool = False,
    birth_date: date | None = None,
    phone: str = "",
    email: str = "",
    language: str = "nb",
    helsenorge_state: HelseNorgeState = HelseNorgeState.UNKNOWN,
    helsenorge_state_at: datetime | None = None,
    confidentiality: Confidentiality = Confidentiality.NONE,
) -> Patient:
    """Add a patient to the current clinic.

    birth_date: told by the national id; needed where the patient has none.
    Raises PatientKnownError, InvalidError.
    """
    patient = Patient(
        clinic_id=current_actor().clinic_id,
        national_id=str(national_id or ""),
        given_name=given_name,
        family_name=family_name,
        sort_key=" ".join(name_parts(family_name, given_name)),
        birth_date=_birth_date(national_id, birth_date),
        gp=_gp(gp, on_gp_list=on_gp_list),
        on_gp_list=on_gp_list,
        phone=phone,
        phone_key=phone_key(phone),
        email=email,
        language=language,
        helsenorge_state=helsenorge_state,
        helsenorge_state_at=helsenorge_state_at,
        confidentiality=confidentiality,
    )
    if patient.national_id and PatientNumber.objects.filter(national_id=patient.national_id).exists():
        raise PatientKnownError("The clinic already has this patient, under a newer number. Search for this one.")
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as broken:
        if "patient_once" in str(broken):
            raise PatientKnownError("The clinic already has this patient. Search for the national id.") from None
        raise
    _index_name(patient)
    record(Action.PATIENT_REGISTERED, subject_kind="patient", subject_id=patient.id, patient_id=patient.id)
    return patient


def _index_name(patient: Patient) -> None:
    NamePart.objects.bulk_create(
        NamePart(clinic_id=patient.clinic_id, patient=patient, key=part, loose=loose_key(part))
        for part in name_parts(patient.given_name, patient.family_name)
    )


def place_on_list(patient: Patient, gp: Employee | None) -> None:
    """Put the patient on a GP's list, or on none, as Fastlegeregisteret says (ACT-6). Raises InvalidError.

    HelseNorge is asked whether somebody new on a list is active there (HITS 1217 3.9.2).
    """
    patient.gp, patient.on_gp_list = _gp(gp, on_gp_list=gp is not None), gp is not None
    patient.gp_list = GPList.objects.filter(gp=gp, state=ListState.ACTIVE).first() if gp is not None else None
    patient.save(update_fields=["gp", "on_gp_list", "gp_list"])
    _record_change(patient, "gp_list")
    if gp is not None:
        ask_helsenorge([patient])


def block(patient: Patient, *, blocked: bool) -> None:
    """Close the clinic's digital services to the patient, or open them again."""
    patient.blocked = blocked
    patient.save(update_fields=["blocked"])
    _record_change(patient, "blocked")


def note_helsenorge_state(patient: Patient, state: HelseNorgeState, *, at: datetime) -> bool:
    """Note what HelseNorge told at an instant; False when something newer is known already (PAT-4)."""
    older = Patient.objects.filter(id=patient.id).exclude(helsenorge_state_at__gte=at)
    if not older.update(helsenorge_state=state, helsenorge_state_at=at):
        return False
    patient.helsenorge_state, patient.helsenorge_state_at = state, at
    stop_waiting([patient])
    _record_change(patient, "helsenorge_state")
    return True


def _record_change(patient: Patient, field: str) -> None:
    record(
        Action.PATIENT_CHANGED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"field": field},
    )


def _gp(gp: Employee | None, *, on_gp_list: bool) -> Employee | None:
    if gp is not None and not gp.is_gp:
        raise InvalidError("Only a GP has a patient list.", field="gp")
    if on_gp_list and gp is None:
        raise InvalidError("Name the GP whose list the patient stands on.", field="gp")
    return gp


def _birth_date(national_id: NationalId | None, birth_date: date | None) -> date:
    told = national_id.birth_date if national_id is not None else birth_date
    if told is None:
        raise InvalidError("Give the date of birth of a patient without a national id.", field="birth_date")
    return told
