"""Whom a new message is to, and whether it can be sent: asked of HelseNorge while the window opens (PAT-10)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from skranke.clinics.queries import this_clinic
from skranke.dialog import rules
from skranke.dialog.models import Channel, DialogKind
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.patients.reaching import ask_ahead
from skranke.patients.rules import Reachability, has_waited_enough
from skranke.web.clinic.post.place import Place, place_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import active_patient_id


@require_GET
@clinic_view
def compose_reach(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The end of the form: what may be done with the message as far as HelseNorge has answered by now."""
    patient, kind = patient_of(request, actor), kind_of(request)
    if patient is None:
        raise NotFoundError("There is no such patient.")
    context = {"kind": kind, "is_news": True, **reach_context(place_of(request), kind, patient)}
    return render(request, "clinic/post/reach.html", context)


def reach_context(place: Place, kind: DialogKind, patient: Patient) -> dict[str, Any]:
    """Whether the message can be sent; waited: HelseNorge has been asked long enough ago."""
    reach = _reach(kind, patient)
    address = reverse("compose-reach", args=[place.slug]) + place.query(type=kind.value, pasient=str(patient.id))
    return {"reach": reach, "reach_url": address, "waited": has_waited_enough(patient, clock.now())}


def kind_of(request: HttpRequest) -> DialogKind:
    """What is to be written; the first that can be, unless told (CMP-1)."""
    wanted = request.GET.get("type", "")
    return DialogKind(wanted) if wanted in set(rules.startable(integration=True)) else kinds()[0]


def kinds() -> tuple[DialogKind, ...]:
    """What the clinic may write to a patient now (CMP-1)."""
    return rules.startable(integration=this_clinic().live_since is not None)


def patient_of(request: HttpRequest, actor: Actor) -> Patient | None:
    """The patient of the address, or the active one (CMP-6); None when one must be chosen first."""
    text = request.GET.get("pasient", "")
    if text == "velg":
        return None
    try:
        patient_id = UUID(text) if text else active_patient_id(request)
    except ValueError:
        raise NotFoundError("There is no such patient.") from None
    return get_patient_for(actor, patient_id) if patient_id is not None else None


def _reach(kind: DialogKind, patient: Patient) -> Reachability:
    if rules.channel(kind) == Channel.OWN:
        return rules.reachability_in_portal(patient)
    return ask_ahead(patient)
