"""Tickets for the live events (architecture.md section 5)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from skranke.kernel.actor import Actor
from skranke.web import tickets
from skranke.web.clinic.session import clinic_view


@require_GET
@clinic_view
def live_ticket(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """A ticket that opens this clinic's events for a minute."""
    return JsonResponse({"ticket": tickets.issue(actor.clinic_id, actor.person_id)})
