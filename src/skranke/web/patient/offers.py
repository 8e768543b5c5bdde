"""A time that is held for somebody on the waiting list: shown whole, then taken or given back (REQ-6, BOK-14)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError
from skranke.scheduling.choosing import pick_of
from skranke.scheduling.errors import BookingRefusedError
from skranke.scheduling.waiting.models import OfferState, SlotOffer
from skranke.scheduling.waiting.queries import own_offer_for
from skranke.scheduling.waiting.services import accept, decline
from skranke.web.patient import words
from skranke.web.patient.place import Place, place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@require_http_methods(["GET", "POST"])
@patient_view
def offer(request: HttpRequest, actor: Actor, offer_id: UUID) -> HttpResponse:
    """What is offered, until when, and the one question."""
    here, found, refused = place_of(request), own_offer_for(actor, offer_id), None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_answered(request, actor, here, found))
        except (ConflictError, BookingRefusedError) as error:
            refused = error
    context = {
        "shell": frame(request, actor, back_url=here.url("patient-times")),
        "here": here,
        "offer": found,
        "stands": found.state == OfferState.OPEN and found.expires_at > clock.now(),
        "pick": pick_of(found.slot),
        "refused": refused,
        "clinic": this_clinic(),
        "words": words,
    }
    return render(request, "patient/offer.html", context, status=200 if refused is None else 409)


def _answered(request: HttpRequest, actor: Actor, here: Place, found: SlotOffer) -> str:
    """Do what was answered; where to go then. Answered twice is answered once."""
    if request.POST.get("svar") == "nei":
        if found.state != OfferState.DECLINED:
            decline(found)
        return f"{here.url('patient-times')}?takket-nei=1"
    if found.appointment_id is not None:
        return f"{here.url('patient-time', found.appointment_id)}?bestilt=1"
    given = accept(found, representative=actor.name if actor.relation_id is not None else "")
    return f"{here.url('patient-time', given.id)}?bestilt=1"
