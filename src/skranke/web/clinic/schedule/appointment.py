"""The panel of one appointment, and what is done with it there: delete, cancel, check in."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError
from skranke.scheduling import services
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.details import details
from skranke.scheduling.models import Appointment, AppointmentState
from skranke.scheduling.noticed import noticed
from skranke.web.clinic.schedule.forms import CancelForm, StateForm, VersionForm
from skranke.web.clinic.schedule.frame import PANEL, Panel, show
from skranke.web.clinic.schedule.log import log_lines
from skranke.web.clinic.schedule.notices import cancelling_words, notice_words, to_call_about
from skranke.web.clinic.schedule.place import Place, place_of
from skranke.web.clinic.session import clinic_view

CONFLICT, INVALID = 409, 422
Verb = Callable[[Appointment, int | None], Appointment]


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """One appointment beside the calendar of its week."""
    appointment = get_appointment_for(actor, appointment_id)
    return show(request, actor, place_for(request, actor, appointment), _panel(appointment))


@require_GET
@clinic_view
def menu(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """The actions of an appointment, for right-click and Shift+F10 (APT-7)."""
    appointment = get_appointment_for(actor, appointment_id)
    context = {"place": place_for(request, actor, appointment), "facts": details(appointment)}
    return render(request, "clinic/schedule/menu.html", context)


@require_POST
@clinic_view
def delete(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Undo a booking within the grace period; nobody outside hears of it (APT-5)."""
    return _do(
        request,
        actor,
        appointment_id,
        lambda appointment, version: services.delete_within_grace(appointment, expected_version=version),
        said="deleted",
    )


@require_POST
@clinic_view
def cancel(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Cancel on behalf of the clinic or the patient (APT-7, APT-16)."""
    form = CancelForm(request.POST)
    if not form.is_valid():
        appointment = get_appointment_for(actor, appointment_id)
        panel = _panel(appointment, cancel_form=form)
        return show(request, actor, place_for(request, actor, appointment), panel, status=INVALID)
    wish = form.cleaned_data
    facts = {"by": wish["by"], "reason": wish["reason"], "offer_again": not wish["keep_closed"]}
    return _do(
        request,
        actor,
        appointment_id,
        lambda appointment, version: services.cancel(appointment, expected_version=version, **facts),
        said="cancelled",
    )


@require_POST
@clinic_view
def tell_again(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Send a message about the appointment once more that did not arrive (MSG-22)."""
    return _do(
        request,
        actor,
        appointment_id,
        lambda appointment, version: services.tell_again(appointment, expected_version=version),
        said="told",
    )


@require_POST
@clinic_view
def change(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Check in and undo it, begin, finish, or note that the patient did not come (APT-10)."""
    form = StateForm(request.POST)
    state = form.cleaned_data["state"] if form.is_valid() else None

    def verb(appointment: Appointment, version: int | None) -> Appointment:
        if state is None:
            raise ConflictError(_("Timen kan ikke få denne tilstanden."))
        if state == AppointmentState.NO_SHOW:
            return services.mark_no_show(appointment, expected_version=version)
        return services.change_state(appointment, state, expected_version=version)

    return _do(request, actor, appointment_id, verb, said="changed")


def done(request: HttpRequest, actor: Actor, appointment: Appointment, *, said: str) -> HttpResponse:
    """After a deed: the panel says so; without script the browser is led to the appointment."""
    if request.headers.get("HX-Target") != PANEL:
        return HttpResponseRedirect(reverse("schedule-appointment", args=[_slug(), appointment.id]))
    return show(request, actor, place_for(request, actor, appointment), _panel(appointment, said=said))


def refused(request: HttpRequest, actor: Actor, appointment_id: UUID, trouble: str) -> HttpResponse:
    """Nothing was done: the panel says why, and shows the appointment as it stands now."""
    fresh = get_appointment_for(actor, appointment_id)
    return show(request, actor, place_for(request, actor, fresh), _panel(fresh, trouble=trouble), status=CONFLICT)


def place_for(request: HttpRequest, actor: Actor, appointment: Appointment) -> Place:
    """The calendar an appointment stands in."""
    day = clock.oslo(appointment.during.lower).date()
    return replace(place_of(request, actor, schedule=appointment.schedule, day=day), copying=None)


def version_of(request: HttpRequest) -> int | None:
    """The version the person saw; None when the browser sent none."""
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def _do(request: HttpRequest, actor: Actor, appointment_id: UUID, verb: Verb, *, said: str) -> HttpResponse:
    appointment = get_appointment_for(actor, appointment_id)
    try:
        changed = verb(appointment, version_of(request))
    except ConflictError as error:
        return refused(request, actor, appointment_id, str(error))
    return done(request, actor, changed, said=said)


def _panel(
    appointment: Appointment, *, said: str = "", trouble: str = "", cancel_form: CancelForm | None = None
) -> Panel:
    facts, told = details(appointment), noticed(appointment)
    return Panel(
        template="clinic/schedule/appointment.html",
        url=reverse("schedule-appointment", args=[_slug(), appointment.id]),
        context={
            "facts": facts,
            "log": log_lines(facts.log),
            "noticed": told,
            "notice_words": notice_words(told),
            "to_call_about": to_call_about(told),
            "cancelling_words": cancelling_words(told.cancelling),
            "said": said,
            "trouble": trouble,
            "cancel_form": cancel_form or CancelForm(),
        },
        chosen=appointment.id,
    )


def _slug() -> str:
    return this_clinic().slug
