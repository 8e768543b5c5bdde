"""Asking Fastlegeregisteret about a patient on no list here, whom somebody wants to write to (ACT-6, PAT-10).

Who opens the window leaves a mark on the patient (`patients.reaching.ask_ahead`); the worker asks, and the open page is
told. Once on a list the patient is asked about at HelseNorge, whose answer the page then waits for.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection

from skranke.dialog.services.keeping import tell_of_drafts
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import NationalId
from skranke.kernel.log import get_logger
from skranke.patients.listing.placing import note_listing
from skranke.patients.models import Patient
from skranke.patients.reaching import stop_waiting
from skranke.patients.rules import has_complete_national_id, is_listed
from skranke.registers.clients import gp_register
from skranke.registers.soap import IN_A_LANE
from skranke.tenancy import live
from skranke.tenancy.work import acting

log = get_logger(__name__)

WAITED_FOR = timedelta(minutes=1)
"""Nobody looks at the open window much longer; what was kept as a draft is looked up when it is opened again."""


def look_up_asked() -> None:
    """Ask about everybody who is waited for. Done by the worker, for the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinic_id, patient_id FROM patients_to_look_up(%s)", [clock.now() - WAITED_FOR])
        found = cursor.fetchall()
    for clinic_id, patient_id in found:
        look_up(clinic_id, patient_id)


def look_up(clinic_id: UUID, patient_id: UUID) -> None:
    """Ask about one patient, and correct the list; outside a unit of work. Without an answer nothing changes."""
    actor, read_at = system(clinic_id), clock.now()
    with acting(actor):
        patient = Patient.objects.get(id=patient_id)
    if not has_complete_national_id(patient):
        return
    try:
        listing = gp_register().listing(NationalId(patient.national_id), IN_A_LANE)
    except SkrankeError as error:
        log.info("list_not_looked_up", reason=error.code)
        return
    with acting(actor):
        note_listing(patient, listing, read_at=read_at)
        _tell(patient)


def _tell(patient: Patient) -> None:
    """The open window shows what is known now; who is on no list is waited for no longer."""
    if is_listed(patient):
        live.announce("patient", patient.id)
    else:
        stop_waiting([patient])
        tell_of_drafts([patient])
