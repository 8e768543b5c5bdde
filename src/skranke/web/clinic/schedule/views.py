"""The calendar itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from skranke.kernel.actor import Actor
from skranke.web.clinic.schedule.booking import opening_panel
from skranke.web.clinic.schedule.frame import GRID, PANEL, show
from skranke.web.clinic.schedule.moving import moving_panel
from skranke.web.clinic.schedule.place import place_of
from skranke.web.clinic.session import clinic_view


@require_GET
@clinic_view
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A week or a day of a schedule (CAL-10, CAL-13), with the panel that the address asks for."""
    place = place_of(request, actor)
    if request.headers.get("HX-Target") in (GRID, PANEL):
        return show(request, actor, place)
    panel = moving_panel(actor, place) if place.moving else opening_panel(request, actor, place)
    return show(request, actor, place, panel)
