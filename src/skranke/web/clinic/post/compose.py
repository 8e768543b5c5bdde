"""Writing first to a patient, through HelseNorge or in our own portal (CMP-1 to CMP-8)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.dialog import rules
from skranke.dialog.access import get_thread_for
from skranke.dialog.models import Channel, DialogKind, Thread
from skranke.dialog.services import start_dialog
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.patients.rules import Reachability, is_read_by_parents
from skranke.tenancy.work import current_actor
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, attempt
from skranke.web.clinic.post.place import Place, is_htmx, place_of
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import active_patient_id
from skranke.web.drafts import Attempt

_KINDS = (DialogKind.E_CONTACT, DialogKind.E_CONSULTATION, DialogKind.E_DIALOG)


@require_http_methods(["GET", "POST"])
@clinic_view
def compose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a patient, write, send; all beside the list."""
    place, kind, patient = place_of(request), _kind(request), _patient(request, actor)
    outcome: Attempt[Draft, Thread] = Attempt(draft=Draft())
    if request.method == "POST" and patient is not None:
        outcome = _send(request, actor, kind, patient)
        if outcome.value is not None:
            return _sent(request, actor, place, outcome.value)
    context = _context(request, place, kind, patient) | {"draft": outcome.draft, "error": outcome.error}
    return third_pane(request, actor, place, "compose", context)


def _send(request: HttpRequest, actor: Actor, kind: DialogKind, patient: Patient) -> Attempt[Draft, Thread]:
    def verb(draft: Draft) -> Thread:
        return start_dialog(
            patient=patient,
            kind=kind,
            subject=draft.subject,
            text=draft.text,
            attachment_ids=draft.attachment_ids,
            may_answer=request.POST.get("svar") != "nei",
        )

    return attempt(request, actor, verb)


def _sent(request: HttpRequest, actor: Actor, place: Place, thread: Thread) -> HttpResponse:
    place = replace(place, selected=thread.id)
    done = words.done_word("sendt", thread.channel)
    if not is_htmx(request):
        return HttpResponseRedirect(place.thread_url(thread.id, gjort=done))
    context = thread_context(request, actor, get_thread_for(actor, thread.id), place, done=done)
    response = third_pane(request, actor, place, "thread", context)
    response["HX-Push-Url"] = place.thread_url(thread.id)
    return response


def _kind(request: HttpRequest) -> DialogKind:
    wanted = request.GET.get("type", "")
    return DialogKind(wanted) if wanted in set(_KINDS) else DialogKind.E_CONTACT


def _patient(request: HttpRequest, actor: Actor) -> Patient | None:
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
    return patients.reachability(patient)


def _context(request: HttpRequest, place: Place, kind: DialogKind, patient: Patient | None) -> dict[str, Any]:
    q = request.GET.get("finn", "").replace("\x00", "").strip()
    return {
        "place": place,
        "title": _("Ny melding til pasient"),
        "words": words,
        "actor": current_actor(),
        "kind": kind,
        "kinds": _KINDS,
        "base": reverse("compose", args=[place.slug]),
        "patient": patient,
        "reach": _reach(kind, patient) if patient is not None else None,
        "read_by_parents": patient is not None and is_read_by_parents(patient.birth_date, clock.today()),
        "finn": q,
        "found": patients.search(q).patients if q else [],
        "max_subject": rules.MAX_SUBJECT[kind],
        "max_text": rules.MAX_TEXT[kind],
        "clinic_name": this_clinic().name,
    }
