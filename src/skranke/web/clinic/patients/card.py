"""The patient card: what each of its areas shows (PAT-5, PAT-6, PAT-7)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from skranke.billing import queries as billing
from skranke.clinics.organisation.prescribing import may_open_window
from skranke.dialog import queries as dialog
from skranke.journal.queries import entries_for
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.patients import cards, relating
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.patients.models import CardArea, Patient
from skranke.patients.residing import told_of
from skranke.scheduling.queries import appointments
from skranke.scheduling.tellings import tellings
from skranke.web.clinic.patients.forms import RelationForm
from skranke.web.clinic.patients.residence import residence
from skranke.web.clinic.post import words
from skranke.web.clinic.post.place import Place, slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import REACH_MOODS, exemption_line, reach_text, remember_patient, shell
from skranke.web.clinic.standing_in import stand_in_text
from skranke.web.notices import routes_text, wish_text

TEMPLATES = "clinic/patients"
_CAME_FROM = "card_opened_from"
_MOST_APPOINTMENTS = 20


@require_GET
@clinic_view
def card(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """A patient's card, arranged as this employee wants it."""
    patient = get_patient_for(actor, patient_id)
    _remember_where(request)
    return card_page(request, actor, patient)


@require_POST
@clinic_view
def minimise(request: HttpRequest, actor: Actor, patient_id: UUID) -> HttpResponse:
    """Put the card away: back to where it was opened from, with the patient still active (PAT-5)."""
    remember_patient(request, get_patient_for(actor, patient_id))
    return HttpResponseRedirect(request.session.get(_CAME_FROM) or reverse("post", args=[slug_of(request)]))


def card_page(
    request: HttpRequest, actor: Actor, patient: Patient, *, status: int = 200, **more: object
) -> HttpResponse:
    """The card. more: a form that was refused."""
    layout = cards.layout()
    reach = patients.reachability(patient)
    half = (len(layout.shown) + 1) // 2
    context = {
        "shell": shell(request, actor, "patients"),
        "patient": patient,
        "stand_in": stand_in_text(patient.gp_id),
        "reach": reach,
        "exemption": exemption_line(patient),
        "reach_text": reach_text(reach),
        "reach_mood": REACH_MOODS[reach.state],
        "layout": layout,
        "columns": (layout.shown[:half], layout.shown[half:]),
        "words": words,
        "place": Place(slug=slug_of(request)),
        "opens_window": may_open_window(actor),
    }
    for area in layout.shown:
        context |= _CONTENT[area](request, patient)
    return render(request, f"{TEMPLATES}/card.html", context | more, status=status)


def _basis(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"residence": residence(told_of(patient), patient)}


def _post(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    closed = request.GET.get("post") == "avsluttet"
    return {"threads": dialog.threads_of(patient, closed=closed), "shows_closed": closed}


def _appointments(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"appointments": appointments(patient=patient, start=clock.now())[:_MOST_APPOINTMENTS]}


def _journal(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"entries": entries_for(patient)}


def _relations(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"relations": list(relating.relations_of(patient)), "relation_form": RelationForm()}


def _notices(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"tellings": tellings(patient), "notify_wish": wish_text(patient), "notify_routes": routes_text(patient)}


def _consents(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"given_access": [one for one in relating.relations_of(patient) if one.access]}


def _economy(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"invoices": [(one, billing.sum_of(one)) for one in billing.cards_of(patient)]}


def _nothing(request: HttpRequest, patient: Patient) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {}


_CONTENT: dict[CardArea, Callable[[HttpRequest, Patient], dict[str, Any]]] = {
    CardArea.BASIS: _basis,
    CardArea.POST: _post,
    CardArea.APPOINTMENTS: _appointments,
    CardArea.JOURNAL: _journal,
    CardArea.RELATIONS: _relations,
    CardArea.NOTICES: _notices,
    CardArea.CONSENTS: _consents,
    CardArea.RESERVATION: _nothing,
    CardArea.ECONOMY: _economy,
}
"""What the template `areas/<area>.html` needs beside the patient; a new area is one line here."""


def _remember_where(request: HttpRequest) -> None:
    """The page the card was opened from, when it is one of ours and none of the patients' own."""
    came = request.headers.get("Referer", "")
    path = urlsplit(came).path
    if url_has_allowed_host_and_scheme(came, allowed_hosts={request.get_host()}) and "/pasienter" not in path:
        query = urlsplit(came).query
        request.session[_CAME_FROM] = f"{path}?{query}" if query else path
