"""The operator's pages: queues, messages, the clock, the communication test; and /health."""

import os
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.kernel import clock
from skranke.kernel.ids import uuid_or_none
from skranke.sandbox import queries, services, troubles, words
from skranke.sandbox.forms import MoveForm
from skranke.sandbox.keys import the_world
from skranke.sandbox.models import Citizen, Message, Party
from skranke.sandbox.troubles import TroubleKind
from skranke.sandbox.views.frame import shell

_TEST_SECONDS = 5.0


@require_GET
def operator(request: HttpRequest) -> HttpResponse:
    """Queues and messages; the parts refresh themselves."""
    return render(request, "sandbox/operator.html", _context(request) | {"message": None})


@require_GET
def message(request: HttpRequest, identity: UUID) -> HttpResponse:
    """One message in clear and as XML, beside the list."""
    found = get_object_or_404(Message.objects.select_related("citizen", "party", "about"), pk=identity)
    context = {
        "message": found,
        "facts": queries.facts(found),
        "xml": queries.pretty(found) if request.GET.get("vis") == "xml" else "",
        "as_xml": request.GET.get("vis") == "xml",
        "responses": list(found.responses.defer("document").order_by("recorded_at")),
    }
    return render(request, "sandbox/operator.html", _context(request) | context)


@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    """The queues and the list, to refresh."""
    return render(request, "sandbox/parts/operator.html", _context(request) | {"message": None})


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the clock of all programs that share it."""
    form = MoveForm(request.POST)
    if not os.environ.get(clock.ENVIRONMENT_VARIABLE):
        messages.error(request, _("Denne klokken kan ikke flyttes."))
    elif "to" in form.errors and form["to"].value():
        messages.error(request, " ".join([*form.errors["to"], _("Ingenting ble endret.")]))
    elif not form.is_valid() or not (form.cleaned_data["minutes"] or form.cleaned_data["to"]):
        messages.error(request, _("Oppgi hvor langt klokken skal flyttes. Ingenting ble endret."))
    else:
        if minutes := form.cleaned_data["minutes"]:
            clock.move(timedelta(minutes=minutes))
        else:
            clock.move_to(form.cleaned_data["to"])
        messages.success(request, _("Klokken er flyttet for alle programmene."))
    return HttpResponseRedirect(reverse("sandbox:operator"))


@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Send a communication test to a party and tell how long the answer took."""
    party = get_object_or_404(Party, pk=request.POST.get("party", "").replace("\x00", ""))
    question = services.test_party(party)
    answer = services.wait_for_reply(question, seconds=_TEST_SECONDS)
    if answer is None:
        messages.error(request, _("%(name)s svarte ikke på kommunikasjonstesten.") % {"name": party.name})
    else:
        took = words.account_of((answer.recorded_at - question.recorded_at).total_seconds())
        messages.success(request, _("%(name)s svarte på %(took)s.") % {"name": party.name, "took": took})
    return HttpResponseRedirect(reverse("sandbox:operator"))


@require_POST
def set_active(request: HttpRequest) -> HttpResponse:
    """Change whether a citizen is active, and tell the clinic."""
    citizen = get_object_or_404(Citizen, national_id=request.POST.get("citizen", "").replace("\x00", ""))
    active = request.POST.get("active") == "1"
    told = services.set_active(citizen, active=active)
    facts = {"name": citizen.name}
    if told is not None:
        messages.success(request, _("%(name)s er endret, og fastlegens kontor får beskjed.") % facts)
    elif citizen.digitally_active == active:
        messages.info(request, _("%(name)s var det allerede. Ingenting ble endret.") % facts)
    else:
        messages.success(request, _("%(name)s er endret. Uten fastlege er det ingen å gi beskjed til.") % facts)
    return HttpResponseRedirect(reverse("sandbox:operator"))


@require_POST
def trouble(request: HttpRequest) -> HttpResponse:
    """Order what is to go wrong with a clinic's next message, or nothing more."""
    kind = request.POST.get("kind", "")
    if kind in set(TroubleKind):
        troubles.order(TroubleKind(kind))
        messages.success(request, _("Den neste meldingen fra et legekontor møter feilen."))
    else:
        troubles.forget()
        messages.success(request, _("Alt går bra igjen fra nå av."))
    return HttpResponseRedirect(reverse("sandbox:operator"))


@require_GET
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the bus process has been heard of; a member for each."""
    try:
        alive = queries.bus().alive
    except DatabaseError:
        return JsonResponse({"database": False, "bus": False}, status=503)
    return JsonResponse({"database": True, "bus": alive}, status=200 if alive else 503)


def _context(request: HttpRequest) -> dict[str, object]:
    text = request.GET.get("q", "").replace("\x00", "")
    before = request.GET.get("before", "")
    rows = queries.messages(text, before=uuid_or_none(before))
    more = rows[queries.PAGE :]
    return {
        "shell": shell("operator"),
        "w": words,
        "q": text,
        "before": before,
        "bus": queries.bus(),
        "bus_settings": the_world().bus,
        "rows": rows[: queries.PAGE],
        "older": rows[queries.PAGE - 1].pk if more else "",
        "form": MoveForm(),
        "movable": bool(os.environ.get(clock.ENVIRONMENT_VARIABLE)),
        "troubles": [words.trouble_text(kind) for kind in troubles.ordered()],
        "citizens": list(Citizen.objects.order_by("family_name", "given_name", "national_id")),
        "offices": queries.offices(),
    }
