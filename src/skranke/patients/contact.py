"""What the clinic keeps of a patient beside the registers: contact data and the important note."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.patients import rules
from skranke.patients.errors import PatientChangedError
from skranke.patients.models import AddressSource, Confidentiality, Patient, ResidenceReading, ResidenceTold
from skranke.tenancy import live
from skranke.tenancy.work import current_actor
from skranke.ui.i18n import LANGUAGES

_CONTACT = (
    "phone", "phone_key", "email", "language", "address_line", "postal_code", "city", "address_source", "address_at",
    "confidentiality", "gp", "notify_by", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a patient is reached.

    gp: of a patient on no list here; the register's wins for everybody else (PAT-7). keeps_address: it is not spoken
    of, so that Folkeregisteret's stands.
    """

    phone: str = ""
    email: str = ""
    language: str = "nb"
    notify_by: str = ""
    address_line: str = ""
    postal_code: str = ""
    city: str = ""
    address_source: str = ""
    keeps_address: bool = False
    confidentiality: str = Confidentiality.NONE
    gp: Employee | None = None


def change_contact(patient: Patient, contact: Contact, *, expected_version: int) -> Patient:
    """Write the contact data as they are now. A confidential address is forgotten, whatever was typed (PAT-8).

    Raises PatientChangedError, InvalidError.
    """
    patient = _lock(patient, expected_version)
    _check(contact)
    _check_secrecy(patient, contact)
    if contact.confidentiality or not contact.keeps_address:
        _write_address(patient, contact)
    patient.phone, patient.phone_key = contact.phone.strip(), rules.phone_key(contact.phone)
    patient.email, patient.language = contact.email.strip(), contact.language
    patient.confidentiality, patient.notify_by = contact.confidentiality, contact.notify_by
    if not patient.on_gp_list:
        patient.gp = contact.gp
    patient.version += 1
    patient.save(update_fields=_CONTACT)
    _note_change(patient, "contact")
    return patient


def change_own_contact(*, phone: str, email: str, language: str, expected_version: int, notify_by: str = "") -> Patient:
    """What the patient who acts may write of the contact data (POR-3); the rest is the registers' and the clinic's.

    Raises PatientChangedError, InvalidError, NotFoundError.
    """
    actor = current_actor()
    if actor.kind != ActorKind.PATIENT or actor.person_id is None:
        raise NotFoundError("The patient does not exist.")
    patient = Patient.objects.select_for_update(of=("self",)).get(id=actor.person_id)
    _check_version(patient, expected_version)
    _check_phone(phone)
    if language not in LANGUAGES:
        raise InvalidError(_("Velg et språk."), field="language")
    patient.phone, patient.phone_key = phone.strip(), rules.phone_key(phone)
    patient.email, patient.language, patient.notify_by = email.strip(), language, notify_by
    patient.version += 1
    patient.save(update_fields=["phone", "phone_key", "email", "language", "notify_by", "version"])
    _note_change(patient, "contact")
    return patient


def set_note(patient: Patient, text: str, *, expected_version: int) -> Patient:
    """Write the important note, which the whole clinic sees (PAT-23); empty takes it away.

    Raises PatientChangedError, InvalidError.
    """
    patient = _lock(patient, expected_version)
    if len(text) > rules.MAX_NOTE:
        raise InvalidError(
            _("Merknaden kan ha %(limit)d tegn: gjør den kortere.") % {"limit": rules.MAX_NOTE}, field="note"
        )
    patient.note, patient.note_by, patient.note_at = text.strip(), current_actor().name, clock.now()
    patient.version += 1
    patient.save(update_fields=["note", "note_by", "note_at", "version"])
    _note_change(patient, "note")
    return patient


def _write_address(patient: Patient, contact: Contact) -> None:
    told = (contact.address_line.strip(), contact.postal_code.strip(), contact.city.strip())
    line, code, city = ("", "", "") if contact.confidentiality else told
    source = AddressSource(contact.address_source or AddressSource.PATIENT) if any((line, code, city)) else ""
    if (line, code, city, source) != (patient.address_line, patient.postal_code, patient.city, patient.address_source):
        patient.address_at = clock.now() if source else None
    patient.address_line, patient.postal_code, patient.city, patient.address_source = line, code, city, source


def _check_secrecy(patient: Patient, contact: Contact) -> None:
    """What Folkeregisteret keeps secret is not opened here (PAT-8)."""
    lifts = bool(patient.confidentiality) and not contact.confidentiality
    if lifts and ResidenceReading.objects.filter(patient=patient, told=ResidenceTold.SECRET).exists():
        raise InvalidError(
            _("Folkeregisteret har sperret adressen. Sperren kan ikke fjernes her."), field="confidentiality"
        )


def _check(contact: Contact) -> None:
    if contact.address_source == AddressSource.REGISTER:
        raise InvalidError(_("Velg hvem som har oppgitt adressen."), field="address_source")
    _check_phone(contact.phone)
    if contact.gp is not None and not contact.gp.is_gp:
        raise InvalidError(_("Velg en fastlege."), field="gp")


def _check_phone(phone: str) -> None:
    if phone.strip() and not rules.is_phone(phone):
        raise InvalidError(_("Skriv telefonnummeret med siffer, for eksempel 412 34 567."), field="phone")


def _lock(patient: Patient, expected_version: int) -> Patient:
    """The patient's row, for this transaction alone."""
    found = Patient.objects.select_for_update(of=("self",)).select_related("gp").get(id=patient.id)
    _check_version(found, expected_version)
    return found


def _check_version(patient: Patient, expected_version: int) -> None:
    if patient.version != expected_version:
        raise PatientChangedError(
            _("Noen andre har endret pasienten mens du skrev. Ingenting er lagret, og det du skrev, står her fortsatt.")
        )


def _note_change(patient: Patient, field: str) -> None:
    record(
        Action.PATIENT_CHANGED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"field": field},
    )
    live.announce("patient", patient.id)
