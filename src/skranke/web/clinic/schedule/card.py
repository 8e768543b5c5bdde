"""The appointment card (timekort): what the patient takes home, in plain words on paper (APT-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.details import last_cancellation, visit_address
from skranke.scheduling.models import STANDING
from skranke.scheduling.series import place_in_series
from skranke.web.clinic.schedule.appointment import place_for
from skranke.web.clinic.schedule.grid import contact_text
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """When, where and with whom. Neither why nor which type: a card may be read by others than the patient."""
    one = get_appointment_for(actor, appointment_id)
    record(Action.APPOINTMENT_PRINTED, subject_kind="appointment", subject_id=one.id, patient_id=one.patient_id)
    clinic = this_clinic()
    context = {
        "shell": shell(request, actor, "schedule"),
        "place": place_for(request, actor, one),
        "one": one,
        "stands": one.state in STANDING,
        "clinic": clinic,
        "visit": visit_address(one),
        "meets": contact_text(one.contact),
        "cancel_until": last_cancellation(one),
        "series": place_in_series(one),
    }
    return render(request, "clinic/schedule/card.html", context)
