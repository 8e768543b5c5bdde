"""Cancelling several appointments together: those chosen in the calendar, what is left of a day (APT-13), or one that
is repeated and the following (PLN-15).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.scheduling import rules
from skranke.scheduling.access import get_appointment_for, get_appointments_for
from skranke.scheduling.errors import SeveralChangedError
from skranke.scheduling.models import Appointment
from skranke.scheduling.series import from_this_on
from skranke.scheduling.services import cancelling_several
from skranke.scheduling.services.cancelling_several import MOST, Concerned
from skranke.web.clinic.schedule.appointment import CONFLICT, INVALID
from skranke.web.clinic.schedule.forms import CancelForm
from skranke.web.clinic.schedule.frame import Panel, show
from skranke.web.clinic.schedule.grid import state_text
from skranke.web.clinic.schedule.place import Place, place_of, uuid_of
from skranke.web.clinic.session import clinic_view

CHOSEN, WHOLE_DAY, FROM_ONE_ON = "time", "hele", "gjentatt"


@require_http_methods(["GET", "POST"])
@clinic_view
def several(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show whom it concerns and how each is told; POST cancels those that are ticked, all or none."""
    place = place_of(request, actor)
    if request.method == "POST":
        return _cancelled(request, actor, place)
    listed = _listed(request, actor, place)
    return show(request, actor, place, _panel(request, place, listed, ticked={one.id for one in listed}))


def _listed(request: HttpRequest, actor: Actor, place: Place) -> list[Appointment]:
    """The appointments the address speaks of that can still be cancelled."""
    if WHOLE_DAY in request.GET:
        if place.schedule is None:
            raise NotFoundError("The clinic has no schedule.")
        return cancelling_several.remaining_of_day(place.schedule, place.day)
    if (first := uuid_of(request.GET.get(FROM_ONE_ON, ""))) is not None:
        return from_this_on(get_appointment_for(actor, first))
    wanted = {one for text in request.GET.getlist(CHOSEN)[: MOST + 1] if (one := uuid_of(text)) is not None}
    return [one for one in get_appointments_for(actor, list(wanted)) if rules.may_be_cancelled(one.state)]


def _cancelled(request: HttpRequest, actor: Actor, place: Place) -> HttpResponse:
    versions = dict(_ticked(text) for text in request.POST.getlist(CHOSEN)[: MOST + 1])
    chosen = get_appointments_for(actor, list(versions))
    form = CancelForm(request.POST)
    if not 0 < len(versions) <= MOST:
        form.add_error(None, _("Kryss av for minst én time, og høyst %(limit)d.") % {"limit": MOST})
    if not form.is_valid():
        listed = _listed(request, actor, place)
        panel = _panel(request, place, listed, ticked=set(versions), form=form)
        return show(request, actor, place, panel, status=INVALID)
    told = cancelling_several.concerned(chosen)
    wish = form.cleaned_data
    try:
        cancelling_several.cancel_several(
            versions, by=wish["by"], reason=wish["reason"], offer_again=not wish["keep_closed"]
        )
    except SeveralChangedError as error:
        listed = _listed(request, actor, place)
        # What somebody else has changed is not ticked: whether it shall go, is decided anew.
        still = set(versions) - {one.id for one in error.changed}
        panel = _panel(request, place, listed, ticked=still, form=form, error=error)
        return show(request, actor, place, panel, status=CONFLICT)
    return show(request, actor, place, _panel(request, place, [], done=told))


def _ticked(text: str) -> tuple[UUID, int | None]:
    """An appointment and the version that stood beside it, as the form names them."""
    identity, _dot, version = text.partition(".")
    found = uuid_of(identity)
    if found is None:
        raise NotFoundError("There is no such thing here.")
    return found, int(version) if version.isascii() and version.isdigit() else None


def _panel(
    request: HttpRequest,
    place: Place,
    listed: Sequence[Appointment],
    *,
    ticked: set[UUID] | None = None,
    form: CancelForm | None = None,
    error: SeveralChangedError | None = None,
    done: Sequence[Concerned] = (),
) -> Panel:
    those = cancelling_several.concerned(listed) if listed else []
    of_day = place.day if WHOLE_DAY in request.GET else None
    context: dict[str, Any] = {
        "those": those,
        "ticked": ticked or set(),
        "patients": len({one.appointment.patient_id for one in those}),
        "calls": [one for one in (done or those) if one.must_call],
        "form": form or CancelForm(),
        "error": error,
        "changed": [(one, state_text(one.state)) for one in error.changed] if error else [],
        "done": done,
        "of_day": of_day,
        "address": address(place, of_day, listed) if not done else "",
    }
    return Panel(
        template="clinic/schedule/several.html",
        url=address(place, of_day, listed) if not done else place.url(),
        context=context,
    )


def address(place: Place, of_day: date | None, listed: Sequence[Appointment] = ()) -> str:
    """Where what is left of a day, or these appointments, are cancelled."""
    pairs: dict[str, Any] = {"timebok": place.schedule.id if place.schedule else "", "dag": place.day}
    pairs |= {name: value for name, value in place.seen_as.items() if value}
    pairs |= {WHOLE_DAY: "ja"} if of_day else {CHOSEN: [str(one.id) for one in listed]}
    return f"{reverse('schedule-cancel-several', args=[place.slug])}?{urlencode(pairs, doseq=True)}"
