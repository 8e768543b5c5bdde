"""The way to the record system's window for a patient's prescriptions (RX-9)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from skranke.clinics.organisation.prescribing import open_window
from skranke.kernel.actor import Actor
from skranke.patients.access import get_patient_for
from skranke.web.clinic.session import clinic_view


@require_GET
@clinic_view
def window(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Open it: Alt+R. For whoever may not issue prescriptions there is no such page."""
    patient = get_patient_for(actor, patient_id)
    answer = HttpResponseRedirect(open_window(patient.id))
    # The record system is told of the patient, and not from where in Skranke its window was opened.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
