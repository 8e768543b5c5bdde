"""Writing first: to a patient, through HelseNorge or in our own portal, or to colleagues (CMP-1 to CMP-8, MSG-21)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.access import get_receiver_for
from skranke.clinics.organisation.queries import choices, chosen
from skranke.clinics.queries import this_clinic
from skranke.dialog import rules
from skranke.dialog.access import get_thread_for
from skranke.dialog.models import DialogKind, KeptDraft, Thread
from skranke.dialog.services import start_dialog, start_internal, templates, undoable_start
from skranke.dialog.services.participants import Colleagues
from skranke.dialog.values import Handling
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.patients import queries as patients
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.patients.rules import is_read_by_parents
from skranke.tenancy.work import current_actor
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, attempt, content_of, opened
from skranke.web.clinic.post.handling import entered_handling
from skranke.web.clinic.post.kept import keep, keep_unsent, kept_draft, new_draft_id
from skranke.web.clinic.post.place import Place, is_htmx, place_of
from skranke.web.clinic.post.reach import kind_of, kinds, patient_of, reach_context
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view
from skranke.web.drafts import Attempt, accepted
from skranke.web.handling import handling_in


@require_http_methods(["GET", "POST"])
@clinic_view
def compose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose a patient or colleagues, write, send; all beside the list."""
    place, kind, patient = place_of(request), kind_of(request), patient_of(request, actor)
    kept = kept_draft(request, actor)
    outcome: Attempt[Draft, Thread] = Attempt(draft=opened(kept))
    if kept is not None and "type" not in request.GET:
        kind = DialogKind(kept.kind)
        patient = get_patient_for(actor, kept.patient_id) if kept.patient_id else None
    if request.method == "POST" and (patient is not None or kind == DialogKind.E_DIALOG):
        if request.POST.get("kladd") and patient is not None:
            return keep(request, actor, place, kind=kind, patient=patient, kept=kept)
        outcome = _send(request, actor, kind, patient, kept)
        if outcome.value is not None:
            return _sent(request, actor, place, outcome.value)
        kept = keep_unsent(request, kind, patient, outcome) or kept
    return shown(request, actor, kind, patient, kept, draft=outcome.draft, error=outcome.error)


def shown(
    request: HttpRequest, actor: Actor, kind: DialogKind, patient: Patient | None, kept: KeptDraft | None, **more: Any
) -> HttpResponse:
    """The form as it stands. more: draft, error, and what was put in by a template (used, handling)."""
    place = place_of(request)
    facts = {
        "kept": kept,
        "draft_id": new_draft_id(request, kept),
        "used": None,
        "existing": None,
        "handling": _handling(actor, kind, more["draft"]),
    }
    return third_pane(request, actor, place, "compose", _context(request, place, kind, patient) | facts | more)


def _send(
    request: HttpRequest, actor: Actor, kind: DialogKind, patient: Patient | None, kept: KeptDraft | None
) -> Attempt[Draft, Thread]:
    def verb(draft: Draft) -> Thread:
        facts: dict[str, Any] = {
            "subject": draft.subject,
            "text": draft.text,
            "attachment_ids": draft.attachment_ids,
            "may_answer": request.POST.get("svar") != "nei",
            "to": _invited(actor, draft),
            "draft": kept,
            "handling": entered_handling(request, actor),
        }

        def begin() -> Thread:
            if patient is None or (kind == DialogKind.E_DIALOG and not draft.to_patient):
                return start_internal(patient=patient, **facts)
            return start_dialog(patient=patient, kind=kind, known_only=True, **facts)

        return undoable_start(begin, content_of(draft))

    return attempt(request, actor, verb)


def _handling(actor: Actor, kind: DialogKind, draft: Draft) -> Handling:
    """What stands in the form; an e-consultation is important until somebody says otherwise (JRN-10)."""
    if not draft.handling:
        return Handling(important=rules.is_important(kind))
    try:
        return handling_in(draft.handling, actor)
    except InvalidError:
        return Handling()


def _invited(actor: Actor, draft: Draft) -> list[Colleagues]:
    possible = choices()
    meant = [chosen(value, possible) for value in draft.to]
    if None in meant:
        raise InvalidError(_("En av dem du har valgt, er ikke her lenger. Velg på nytt."), field="to")
    return [get_receiver_for(actor, one) for one in meant if one is not None]


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
    q, actor = request.GET.get("finn", "").replace("\x00", "").strip(), current_actor()
    return {
        "place": place,
        "title": _("Ny melding"),
        "words": words,
        "actor": actor,
        "kind": kind,
        "kinds": kinds(),
        "colleagues": [one for one in choices() if one.id != actor.person_id],
        "base": reverse("compose", args=[place.slug]),
        "patient": patient,
        **(reach_context(place, kind, patient) if patient is not None else {"reach": None}),
        "notifiable": patient is None or rules.is_notifiable(patient),
        "read_by_parents": patient is not None and is_read_by_parents(patient.birth_date, clock.today()),
        "finn": q,
        "found": patients.search(q).patients if q else [],
        "templates": templates(kind),
        **accepted(rules.channel(kind)),
        "max_subject": rules.MAX_SUBJECT[kind],
        "max_text": rules.MAX_TEXT[kind],
        "clinic_name": this_clinic().name,
    }
