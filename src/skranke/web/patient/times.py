"""Mine timer: the appointments, to see and to cancel (POR-3, POR-8, BOK-7)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.choosing import pick_of
from skranke.scheduling.models import AppointmentState, BookedThrough
from skranke.scheduling.own import own_time, own_times
from skranke.scheduling.requests.queries import may_ask, own_requests
from skranke.scheduling.services import cancel, check_in_self
from skranke.scheduling.waiting.queries import own_offers
from skranke.web.numbers import number_of
from skranke.web.patient import words
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@require_GET
@patient_view
def times(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those that come, and those that have been."""
    found = own_times()
    shell = frame(request, actor, "patient-times")
    given_up = request.GET.get("avbestilt", "")
    done = next((one for one in found.past if str(one.id) == given_up), None)
    offers = [(one, pick_of(one.slot)) for one in own_offers(actor)]
    said_no = "takket-nei" in request.GET
    context = {"shell": shell, "times": found, "done": done, "offers": offers, "said_no": said_no}
    asked = {"requests": own_requests(actor), "may_ask": may_ask(actor)}
    return render(request, "patient/times.html", context | asked | _common(request))


@require_GET
@patient_view
def time(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """One appointment: when, where, with whom, and until when it can be cancelled."""
    shell = frame(request, actor, back_url=place_of(request).url("patient-times"))
    context = {"shell": shell, "time": own_time(appointment_id), "booked": "bestilt" in request.GET, "refused": None}
    return render(request, "patient/time.html", context | _common(request))


@require_POST
@patient_view
def check_in(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """The patient has come; Timebok shows it at once (APT-12)."""
    appointment = get_appointment_for(actor, appointment_id)
    here = place_of(request)
    try:
        check_in_self(appointment)
    except ConflictError as error:
        shell = frame(request, actor, back_url=here.url("patient-times"))
        context = {"shell": shell, "time": own_time(appointment_id), "booked": False, "refused": error} | _common(
            request
        )
        return render(request, "patient/time.html", context, status=409)
    return HttpResponseRedirect(here.url("patient-time", appointment_id))


@require_http_methods(["GET", "POST"])
@patient_view
def cancel_time(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """The one question before a time is given up, and the deed."""
    refused = _cancel(request, actor, appointment_id) if request.method == "POST" else None
    here = place_of(request)
    if request.method == "POST" and refused is None:
        return HttpResponseRedirect(f"{here.url('patient-times')}?avbestilt={appointment_id}")
    shell = frame(request, actor, back_url=here.url("patient-time", appointment_id))
    context = {"shell": shell, "time": own_time(appointment_id), "refused": refused} | _common(request)
    return render(request, "patient/cancel.html", context, status=200 if refused is None else 409)


def _common(request: HttpRequest) -> dict[str, Any]:
    return {"here": place_of(request), "clinic": this_clinic(), "words": words}


def _cancel(request: HttpRequest, actor: Actor, appointment_id: UUID) -> ConflictError | None:
    """Give the time up; the reason where it stands (BOK-7, or it was changed meanwhile). Done twice is done once."""
    appointment = get_appointment_for(actor, appointment_id)
    if appointment.state == AppointmentState.CANCELLED_BY_PATIENT:
        return None
    version = number_of(request.POST.get("versjon", ""))
    try:
        cancel(appointment, by="patient", through=BookedThrough.PORTAL, expected_version=version)
    except ConflictError as error:
        return error
    return None
