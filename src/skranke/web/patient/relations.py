"""Who may act for the patient, and taking that back (PAT-20)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from skranke.kernel.actor import Actor
from skranke.patients.access import get_relation_for
from skranke.patients.relating import end_relation, relations_of
from skranke.web.patient.me import own_record
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@require_GET
@patient_view
def relations(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those whom the clinic has entered, the ones with access first."""
    here, patient = place_of(request), own_record(actor)
    context = {
        "shell": frame(request, actor, back_url=here.url("patient-me")),
        "here": here,
        "relations": list(relations_of(patient)),
        "ended": "avsluttet" in request.GET,
    }
    return render(request, "patient/relations.html", context)


@require_http_methods(["GET", "POST"])
@patient_view
def relation(request: HttpRequest, actor: Actor, relation_id: UUID) -> HttpResponse:
    """The one question before an access is taken back, and the deed."""
    found, address = get_relation_for(actor, relation_id), place_of(request).url("patient-representatives")
    if request.method == "POST":
        end_relation(found)
        # Whoever gave up the own access has no page here any more.
        gone = found.id == actor.relation_id
        return HttpResponseRedirect(reverse("patient-home") if gone else f"{address}?avsluttet=1")
    shell = frame(request, actor, back_url=address)
    return render(request, "patient/relation.html", {"shell": shell, "relation": found, "relations_url": address})
