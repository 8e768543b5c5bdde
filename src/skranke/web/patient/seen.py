"""Hvem har sett journalen min: who has used the patient's data, by day and in plain words (NFR-1)."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.audit.seeing import who_has_seen
from skranke.clinics.queries import this_clinic
from skranke.dialog.access import patient_of
from skranke.kernel.actor import Actor
from skranke.patients.queries import rows_of
from skranke.scheduling.access import own_appointments
from skranke.web.access_words import days_of
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view, require_the_patient
from skranke.web.patient.shell import frame


@require_GET
@patient_view
def seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Thirty days of it; nothing of an appointment that the patient is not shown (TYP-4). For the patient alone."""
    require_the_patient(actor)
    clinic, shown = this_clinic(), own_appointments(actor).values("id")
    patient_id, *merged = rows_of(patient_of(actor).id)
    page = who_has_seen(patient_id, merged=merged, before=_day(request), only={"appointment": shown})
    context = {
        "shell": frame(request, actor, back_url=place_of(request).url("patient-clinic")),
        "clinic": clinic,
        "days": days_of(page.entries),
        "earlier_url": f"{request.path}?for={page.earlier}" if page.earlier else "",
        "is_first": "for" not in request.GET,
    }
    return render(request, "patient/seen.html", context)


def _day(request: HttpRequest) -> date | None:
    """The day before which is asked; an address that names none asks for the newest."""
    try:
        return date.fromisoformat(request.GET.get("for", ""))
    except ValueError:
        return None
