"""Writing first to a patient, through HelseNorge or in our own portal (CMP-1 to CMP-8)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.dialog import rules
from skranke.dialog.access import get_thread_for
from skranke.dialog.models import DialogKind, KeptDraft, Thread
from skranke.dialog.services import start_dialog
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.patients.rules import is_read_by_parents
from skranke.tenancy.work import current_actor
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, attempt
from skranke.web.clinic.post.kept import keep, kept_draft, opened
from skranke.web.clinic.post.place import Place, is_htmx, place_of
from skranke.web.clinic.post.reach import KINDS, kind_of, patient_of, reach_context
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view
from skranke.web.drafts import Attempt


@require_http_methods(["GET", "POST"])
@clinic_view
def compose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a patient, write, send; all beside the list."""
    place, kind, patient = place_of(request), kind_of(request), patient_of(request, actor)
    kept = kept_draft(request, actor)
    outcome: Attempt[Draft, Thread] = Attempt(draft=opened(kept))
    if kept is not None:
        kind, patient = DialogKind(kept.kind), get_patient_for(actor, kept.patient_id)
    if request.method == "POST" and patient is not None:
        if request.POST.get("kladd"):
            return keep(request, actor, place, kind=kind, patient=patient, kept=kept)
        outcome = _send(request, actor, kind, patient, kept)
        if outcome.value is not None:
            return _sent(request, actor, place, outcome.value)
    context = _context(request, place, kind, patient) | {"draft": outcome.draft, "error": outcome.error, "kept": kept}
    return third_pane(request, actor, place, "compose", context)


def _send(
    request: HttpRequest, actor: Actor, kind: DialogKind, patient: Patient, kept: KeptDraft | None
) -> Attempt[Draft, Thread]:
    def verb(draft: Draft) -> Thread:
        return start_dialog(
            patient=patient,
            kind=kind,
            subject=draft.subject,
            text=draft.text,
            attachment_ids=draft.attachment_ids,
            may_answer=request.POST.get("svar") != "nei",
            known_only=True,
            draft=kept,
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


def _context(request: HttpRequest, place: Place, kind: DialogKind, patient: Patient | None) -> dict[str, Any]:
    q = request.GET.get("finn", "").replace("\x00", "").strip()
    return {
        "place": place,
        "title": _("Ny melding til pasient"),
        "words": words,
        "actor": current_actor(),
        "kind": kind,
        "kinds": KINDS,
        "base": reverse("compose", args=[place.slug]),
        "patient": patient,
        **(reach_context(place, kind, patient) if patient is not None else {"reach": None}),
        "read_by_parents": patient is not None and is_read_by_parents(patient.birth_date, clock.today()),
        "finn": q,
        "found": patients.search(q).patients if q else [],
        "max_subject": rules.MAX_SUBJECT[kind],
        "max_text": rules.MAX_TEXT[kind],
        "clinic_name": this_clinic().name,
    }
