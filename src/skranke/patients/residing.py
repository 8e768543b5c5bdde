"""Where a patient lives, as Folkeregisteret has it: asked when the patient is made active (PAT-8).

Who makes a patient active leaves a row that says so; the worker asks, outside any unit of work, and the open card is
told. While the register does not answer the row stays due, and is asked again after a pause that grows.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError, TemporaryError
from skranke.kernel.ids import NationalId
from skranke.kernel.log import get_logger
from skranke.patients import rules
from skranke.patients.models import AddressSource, Confidentiality, Patient, ResidenceReading, ResidenceTold
from skranke.registers.asking import outside_a_unit_of_work
from skranke.registers.clients import person_register
from skranke.registers.soap import IN_A_LANE
from skranke.registers.values import AddressProtection, RegisterPerson
from skranke.tenancy import live
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import acting

log = get_logger(__name__)

_WRITTEN = (
    "address_line", "postal_code", "city", "address_source", "address_at", "confidentiality", "version",
)  # fmt: skip
_MARKS = {
    AddressProtection.CONFIDENTIAL: Confidentiality.CONFIDENTIAL,
    AddressProtection.STRICT: Confidentiality.STRICT,
}


def ask_where(patient: Patient) -> ResidenceReading | None:
    """Have Folkeregisteret asked where the patient lives; the worker does it within seconds.

    None where nothing can be asked: no register is set up, or no complete number is known. Once a minute at most.
    """
    if not settings.OURS.person_register_url or not rules.has_complete_national_id(patient):
        return reading_of(patient)
    now = clock.now()
    made = ResidenceReading(clinic_id=patient.clinic_id, patient=patient, asked_at=now, due_at=now)
    if insert_once(made):
        return made
    kept = ResidenceReading.objects.get(patient=patient)
    if rules.may_ask_where(kept, now):
        again = ResidenceReading.objects.filter(id=kept.id, asked_at=kept.asked_at)
        again.update(asked_at=now, due_at=now, tries=0)
        kept.refresh_from_db()
    return kept


def is_kept_by_register(patient: Patient) -> bool:
    """Whether the address is Folkeregisteret's, so that nobody writes another here: it would be overwritten (PAT-8)."""
    return patient.address_source == AddressSource.REGISTER and bool(settings.OURS.person_register_url)


def reading_of(patient: Patient) -> ResidenceReading | None:
    """What is known of the asking about a patient."""
    return ResidenceReading.objects.filter(patient=patient).first()


def told_of(patient: Patient) -> ResidenceReading | None:
    """What is known of the asking, with the patient's address as it was told.

    The register may answer after the patient was read and before this is: then the address is read anew.
    """
    reading = reading_of(patient)
    if reading is not None and reading.due_at is None and not patient.confidentiality:
        late = reading.told == ResidenceTold.ADDRESS and patient.address_at != reading.read_at
        if late or reading.told == ResidenceTold.SECRET:
            patient.refresh_from_db(fields=_WRITTEN)
    return reading


def ask_all_due() -> None:
    """Ask about everybody who is due. Done by the worker, for the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinic_id, patient_id FROM patients_with_residence_due(%s)", [clock.now()])
        found = cursor.fetchall()
    for clinic_id, patient_id in found:
        ask_about(clinic_id, patient_id)


def ask_about(clinic_id: UUID, patient_id: UUID) -> None:
    """Ask about one patient and write what was told; outside a unit of work. Without an answer the address stands."""
    outside_a_unit_of_work()
    actor, now = system(clinic_id), clock.now()
    with acting(actor):
        number = _claim(patient_id, now)
    if number is None:
        return
    try:
        told = person_register().person(number, IN_A_LANE)
    except SkrankeError as error:
        log.warning("residence_not_told", clinic_id=str(clinic_id), reason=error.code)
        with acting(actor):
            _note_failure(patient_id, error)
        return
    with acting(actor):
        note_residence(patient_id, told, number=number, read_at=now)


def note_residence(patient_id: UUID, told: RegisterPerson | None, *, number: NationalId, read_at: datetime) -> None:
    """Write what the register told at an instant: another address is overwritten, a secret one forgotten here (PAT-8).

    An answer that is older than what is known, or about a number that is the patient's no longer, changes nothing.
    """
    patient = Patient.objects.select_for_update(of=("self",)).get(id=patient_id)
    kept = ResidenceReading.objects.select_for_update().get(patient=patient)
    if patient.national_id != number.value or (kept.read_at is not None and kept.read_at >= read_at):
        return
    changed = _write(patient, told, read_at)
    kept.told, kept.read_at, kept.reason, kept.due_at = _kind(told), read_at, "", None
    kept.save(update_fields=["told", "read_at", "reason", "due_at"])
    record(
        Action.RESIDENCE_READ,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"told": kept.told, "changed": changed},
    )
    live.announce("patient", patient.id)


def _write(patient: Patient, told: RegisterPerson | None, read_at: datetime) -> bool:
    """Make the patient's address the told one; whether it is another than before. What is not told stays."""
    if told is None or not (told.address or told.protection):
        return False
    wanted: tuple[str, str, str, str, str]
    if told.protection:
        wanted = ("", "", "", "", _MARKS[told.protection])
    elif told.address is not None and not patient.confidentiality:
        wanted = (
            told.address.line[:200], told.address.postal_code[:10], told.address.city[:100], AddressSource.REGISTER, ""
        )  # fmt: skip
    else:
        # The clinic knows of a secrecy that the register does not: a person lifts it, no program.
        return False
    before = (
        patient.address_line, patient.postal_code, patient.city, patient.address_source, patient.confidentiality
    )  # fmt: skip
    patient.address_line, patient.postal_code, patient.city, patient.address_source, patient.confidentiality = wanted
    patient.address_at = None if told.protection else read_at
    changed = wanted != before
    # Who has the form open is told of another address, not of the same one read anew.
    patient.version += changed
    patient.save(update_fields=_WRITTEN)
    if changed:
        record(
            Action.PATIENT_CHANGED,
            subject_kind="patient",
            subject_id=patient.id,
            patient_id=patient.id,
            detail={"field": "address"},
        )
    return changed


def _kind(told: RegisterPerson | None) -> ResidenceTold:
    if told is None:
        return ResidenceTold.NOT_FOUND
    if told.protection:
        return ResidenceTold.SECRET
    return ResidenceTold.ADDRESS if told.address else ResidenceTold.NO_ADDRESS


def _claim(patient_id: UUID, now: datetime) -> NationalId | None:
    """The number to ask about, with the next try put off; None when another worker has it, or nothing is due."""
    due = ResidenceReading.objects.filter(patient_id=patient_id, due_at__lte=now)
    kept = due.select_for_update(of=("self",), skip_locked=True).select_related("patient").first()
    if kept is None:
        return None
    # A number that was changed meanwhile may be incomplete, and that of a row that was merged is gone.
    askable = rules.has_complete_national_id(kept.patient)
    later = rules.next_asking(kept.asked_at, kept.tries, now) if askable else None
    due.update(tries=F("tries") + 1, due_at=later)
    return NationalId(kept.patient.national_id) if askable else None


def _note_failure(patient_id: UUID, error: SkrankeError) -> None:
    """Say why on the card. What does not go away by itself is asked again when the patient is next made active."""
    rows = ResidenceReading.objects.filter(patient_id=patient_id)
    rows.update(reason=error.code, **({} if isinstance(error, TemporaryError) else {"due_at": None}))
    live.announce("patient", patient_id)
