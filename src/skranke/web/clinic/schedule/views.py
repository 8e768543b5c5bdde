"""The calendar itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from skranke.kernel.actor import Actor
from skranke.web.clinic.schedule.booking import opening_panel
from skranke.web.clinic.schedule.frame import GRID, PANEL, show
from skranke.web.clinic.schedule.moving import moving_panel
from skranke.web.clinic.schedule.place import GROUP, Place, place_of, with_query
from skranke.web.clinic.session import clinic_view

ALL, NEW, _OF_GROUP = "alle", "ny", "gruppe-"
_CHOICES = (ALL, NEW)


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A week or a day of a schedule, or a group of them (CAL-10, CAL-13), with the panel that the address asks for."""
    choice = request.GET.get("timebok", "")
    if choice in _CHOICES or choice.startswith(_OF_GROUP):
        return HttpResponseRedirect(_chosen(choice, _without_choice(request, actor)))
    place = place_of(request, actor)
    if request.headers.get("HX-Target") in (GRID, PANEL):
        return show(request, actor, place)
    panel = moving_panel(actor, place) if place.moving else opening_panel(request, actor, place)
    return show(request, actor, place, panel)


def _without_choice(request: HttpRequest, actor: Actor) -> Place:
    rest = request.GET.copy()
    del rest["timebok"]
    request.GET = rest  # type: ignore[assignment]  # read from here on, as the request's own
    return place_of(request, actor)


def _chosen(choice: str, place: Place) -> str:
    """Where the drop-down leads that is no schedule: all of them, a group, or making one (CAL-11)."""
    if choice == NEW:
        return with_query(reverse("schedule-new-group", args=[place.slug]), dag=place.day)
    group_id = "" if choice == ALL else choice.removeprefix(_OF_GROUP)
    return place.url(visning=GROUP, gruppe=group_id)
