"""What the card says of where an address comes from, and of the asking of Folkeregisteret (PAT-8)."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from skranke.kernel.actor import Actor
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient, ResidenceReading, ResidenceTold
from skranke.patients.residing import told_of
from skranke.ui.dates import format_moment
from skranke.web.clinic.post.place import Place, slug_of
from skranke.web.clinic.session import clinic_view


@dataclass(frozen=True, slots=True)
class Residence:
    """A sentence about the register. waits: it may change by itself; mood: of the sentence."""

    text: str = ""
    mood: str = ""
    waits: bool = False


@require_GET
@clinic_view
def address(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """The card's line with the address, asked for again when news of the patient comes."""
    patient = get_patient_for(actor, patient_id)
    context = {"patient": patient, "residence": residence(told_of(patient), patient)}
    return render(request, "clinic/patients/address.html", context | {"place": Place(slug=slug_of(request))})


def residence(reading: ResidenceReading | None, patient: Patient) -> Residence:
    """What is said beside the address."""
    if not settings.OURS.person_register_url:
        return Residence()
    if not patient.national_id:
        return Residence(_("Folkeregisteret kan ikke spørres uten fødselsnummer eller D-nummer."))
    if reading is None:
        return Residence(_("Folkeregisteret spørres når pasienten gjøres aktiv."))
    return _asking(reading) or _told(reading, patient)


def _asking(reading: ResidenceReading) -> Residence | None:
    """While the register is being asked, or could not be."""
    if reading.due_at is not None and not reading.reason:
        return Residence(_("Spør Folkeregisteret …"), waits=True)
    if reading.due_at is not None:
        return Residence(_("Folkeregisteret svarer ikke nå. Det prøves igjen av seg selv."), "warn", waits=True)
    if reading.reason:
        told = _("Folkeregisteret ga ikke svar. Det prøves igjen når pasienten gjøres aktiv på nytt.")
        return Residence(told, "warn")
    return None


def _told(reading: ResidenceReading, patient: Patient) -> Residence:
    when = {"when": format_moment(reading.read_at) if reading.read_at else ""}
    if reading.told == ResidenceTold.SECRET:
        return Residence(_("Folkeregisteret har sperret adressen (lest %(when)s).") % when)
    if reading.told == ResidenceTold.NO_ADDRESS:
        return Residence(_("Folkeregisteret har ingen adresse (lest %(when)s).") % when)
    if reading.told == ResidenceTold.NOT_FOUND:
        return Residence(_("Folkeregisteret kjenner ikke fødselsnummeret (lest %(when)s).") % when, "warn")
    if patient.confidentiality:
        told = _(
            "Folkeregisteret melder ingen sperre (lest %(when)s). Fjern den i kontaktopplysningene om den er feil."
        )
        return Residence(told % when, "warn")
    return Residence()
