"""Another beginning or end of an appointment: typed, or with its lower edge dragged first (APT-8)."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.scheduling import services
from skranke.scheduling.access import get_appointment_for
from skranke.scheduling.details import told_at
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.models import Appointment
from skranke.web.clinic.schedule.appointment import CONFLICT, INVALID, done, place_for, version_of
from skranke.web.clinic.schedule.forms import TimesForm, add_error
from skranke.web.clinic.schedule.frame import OK, Panel, show
from skranke.web.clinic.session import clinic_view


@require_http_methods(["GET", "POST"])
@clinic_view
def times(request: HttpRequest, actor: Actor, appointment_id: UUID) -> HttpResponse:
    """Ask from when to when the appointment lasts (`slutt`: an end that was dragged to); POST does it (APT-21)."""
    one = get_appointment_for(actor, appointment_id)
    begins, ends = (clock.oslo(at) for at in (one.during.lower, one.during.upper))
    if request.method != "POST":
        asked = request.GET.get("slutt", "")
        form = TimesForm(initial={"start": begins.time(), "end": asked or ends.time()})
        return show(request, actor, place_for(request, actor, one), _panel(one, form))
    form = TimesForm(request.POST)
    form.day = begins.date()
    if form.is_valid():
        try:
            moved = _stretch(request, one, form.cleaned_data["at"], form.cleaned_data["until"], form)
            return done(request, actor, moved, said="stretched")
        except InvalidError as error:
            add_error(form, error)
        except (ConflictError, BookingRefusedError) as error:
            fresh = get_appointment_for(actor, one.id)
            panel = _panel(fresh, form, trouble=str(error))
            return show(request, actor, place_for(request, actor, fresh), panel, status=CONFLICT)
    return show(
        request, actor, place_for(request, actor, one), _panel(one, form), status=INVALID if form.errors else OK
    )


def _stretch(request: HttpRequest, one: Appointment, start: datetime, end: datetime, form: TimesForm) -> Appointment:
    concurrent = form.cleaned_data["concurrent"]
    return services.move(one, start=start, end=end, concurrent=concurrent, expected_version=version_of(request))


def _panel(one: Appointment, form: TimesForm, *, trouble: str = "") -> Panel:
    return Panel(
        template="clinic/schedule/times.html",
        url=reverse("schedule-times", args=[this_clinic().slug, one.id]),
        context={
            "appointment": one,
            "form": form,
            "told_at": told_at(one.patient, hidden=one.hidden),
            "trouble": trouble,
        },
        chosen=one.id,
    )
