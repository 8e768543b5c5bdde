"""Moving an appointment: choose a free time in the calendar or in a list, see what happens, then do it (APT-9)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.scheduling import services
from skranke.scheduling.access import get_appointment_for, get_slot_for
from skranke.scheduling.details import told_at
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import Appointment, Slot
from skranke.web.clinic.schedule.appointment import CONFLICT, INVALID, done, version_of
from skranke.web.clinic.schedule.forms import MoveForm, add_error
from skranke.web.clinic.schedule.frame import OK, Panel, by_day, next_free, show
from skranke.web.clinic.schedule.place import Place, place_of, uuid_of
from skranke.web.clinic.session import clinic_view

_OFFERS = 15


@require_http_methods(["GET", "POST"])
@clinic_view
def move(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Ask whether to move to a free time (`til`) or any other time of the schedule; POST does it (APT-21)."""
    appointment = get_appointment_for(actor, appointment_id)
    slot_id = uuid_of(request.POST.get("til") or request.GET.get("til", ""))
    slot = get_slot_for(actor, slot_id) if slot_id else None
    form = MoveForm(request.POST if request.method == "POST" and slot is None else None)
    if request.method == "POST" and (slot is not None or form.is_valid()):
        try:
            return _moved(request, actor, appointment, slot, form)
        except InvalidError as error:
            add_error(form, error)
    panel = _panel(appointment, slot=slot, form=form)
    return show(request, actor, _place(request, actor, appointment, slot), panel, status=INVALID if form.errors else OK)


def moving_panel(actor: Actor, place: Place) -> Panel | None:
    """The panel of a calendar in which an appointment is being moved."""
    return _panel(get_appointment_for(actor, place.moving)) if place.moving else None


def _moved(
    request: HttpRequest, actor: Actor, appointment: Appointment, slot: Slot | None, form: MoveForm
) -> HttpResponse:
    try:
        if slot is not None:
            moved = services.move(appointment, slot=slot, expected_version=version_of(request))
        else:
            start, concurrent = form.cleaned_data["at"], form.cleaned_data["concurrent"]
            moved = services.move(appointment, start=start, concurrent=concurrent, expected_version=version_of(request))
    except (ConflictError, BookingRefusedError) as error:
        panel = _panel(get_appointment_for(actor, appointment.id), form=form, trouble=str(error))
        return show(request, actor, _place(request, actor, appointment, slot), panel, status=CONFLICT)
    return done(request, actor, moved, said="moved")


def _place(request: HttpRequest, actor: Actor, appointment: Appointment, slot: Slot | None) -> Place:
    at = appointment if slot is None else slot
    return place_of(request, actor, schedule=at.schedule, day=clock.oslo(at.during.lower).date(), moving=appointment.id)


def _panel(
    appointment: Appointment, *, slot: Slot | None = None, form: MoveForm | None = None, trouble: str = ""
) -> Panel:
    at = appointment.during.lower
    address = reverse("schedule-move", args=[this_clinic().slug, appointment.id])
    return Panel(
        template="clinic/schedule/move.html",
        url=address + (f"?til={slot.id}" if slot else ""),
        context={
            "appointment": appointment,
            "slot": slot,
            "form": form if form is not None and form.is_bound else MoveForm(initial={"day": clock.oslo(at).date()}),
            "offers": () if slot else by_day(next_free(appointment.schedule, _OFFERS)),
            "told_at": told_at(appointment.patient, hidden=appointment.hidden),
            "trouble": trouble,
        },
        chosen=slot.id if slot else appointment.id,
    )
