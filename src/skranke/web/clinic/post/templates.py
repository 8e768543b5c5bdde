"""Templates in the forms of Post: found by their title, and filled in (TPL-4, TPL-5)."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.dialog import rules
from skranke.dialog.access import get_template_for, get_thread_for
from skranke.dialog.filling import shown
from skranke.dialog.models import DialogKind, MessageTemplate, Thread
from skranke.dialog.services import save_answer, save_new, templates, use_template
from skranke.dialog.values import Filled, Handling
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.web.clinic.post import compose
from skranke.web.clinic.post.drafts import Draft, attempt, content_of
from skranke.web.clinic.post.handling import entered_handling
from skranke.web.clinic.post.kept import form_draft_id, kept_draft
from skranke.web.clinic.post.place import place_of
from skranke.web.clinic.post.reach import kind_of, patient_of
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view
from skranke.web.handling import fields_of

_MOST_SUGGESTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What became of a form when a template was chosen. left_out: the template has more than an answer takes."""

    draft: Draft
    title: str
    filled: Filled
    left_out: bool = False

    @property
    def missing(self) -> str:
        """The words that have no value here, as they stand in the text."""
        return shown(self.filled.missing)


@require_GET
@clinic_view
def suggest(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The templates whose title holds what stands in the subject field."""
    place, kind = place_of(request), kind_of(request)
    found = templates(kind, request.GET.get("emne", ""))[:_MOST_SUGGESTED]
    address = place.query(**{name: request.GET.get(name, "") for name in ("type", "pasient", "utkast")})
    facts = {"found": found, "place": place, "address": address, "actor": actor}
    return render(request, "clinic/post/suggestions.html", facts)


@require_POST
@clinic_view
def use_in_message(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Fill in the message that is being written, and keep it so; nothing is sent."""
    kind, patient = kind_of(request), patient_of(request, actor)
    kept, form_id = kept_draft(request, actor), form_draft_id(request)

    def verb(draft: Draft) -> Used:
        chosen = _chosen(request, actor, kind, draft.subject)
        filled = use_template(chosen, kind=kind, patient=patient, beside=draft.uploads)
        handling = _together(entered_or_none(request, actor), filled.handling)
        used = Used(
            draft=replace(_with(draft, filled), handling=fields_of(handling)), title=chosen.title, filled=filled
        )
        if form_id is not None:
            save_new(form_id, content_of(used.draft), kind=kind, patient=patient)
        return used

    outcome = attempt(request, actor, verb)
    facts: dict[str, Any] = {"draft": outcome.draft, "error": outcome.error}
    if outcome.value is not None:
        facts |= {"draft": outcome.value.draft, "used": outcome.value}
    return compose.shown(request, actor, kind, patient, kept, **facts)


@require_POST
@clinic_view
def use_in_answer(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Fill in the answer that is being written, and keep it so; nothing is sent."""
    thread, place = get_thread_for(actor, thread_id), place_of(request, selected=thread_id)

    def verb(draft: Draft) -> Used:
        kind = DialogKind(draft.turn_into) if draft.turn_into in set(DialogKind) else DialogKind(thread.kind)
        used = _answered(request, actor, thread, kind, draft)
        save_answer(thread, content_of(used.draft))
        return used

    outcome = attempt(request, actor, verb)
    used = outcome.value
    facts: dict[str, Any] = {"draft": used.draft if used else outcome.draft, "error": outcome.error, "used": used}
    return third_pane(request, actor, place, "thread", thread_context(request, actor, thread, place, **facts))


def _answered(request: HttpRequest, actor: Actor, thread: Thread, kind: DialogKind, draft: Draft) -> Used:
    chosen = _chosen(request, actor, kind, "")
    takes_files = rules.takes_attachments(kind)
    filled = use_template(
        chosen, kind=kind, patient=thread.patient, beside=draft.uploads, takes_files=takes_files, answers=True
    )
    more = bool(filled.to or filled.handling != Handling()) or (not takes_files and chosen.attachments.exists())
    written = replace(draft, text=_below(draft.text, filled.text), uploads=(*draft.uploads, *filled.uploads))
    return Used(draft=written, title=chosen.title, filled=filled, left_out=more)


def _chosen(request: HttpRequest, actor: Actor, kind: DialogKind, subject: str) -> MessageTemplate:
    """The template that is chosen; with none, the one whose title is the subject.

    Raises InvalidError when there is none either, NotFoundError for one that is not there for the actor.
    """
    text = request.POST.get("mal") or request.POST.get("malvalg") or ""
    if text:
        template_id = uuid_or_none(text)
        if template_id is None:
            raise NotFoundError("There is no such template.")
        return get_template_for(actor, template_id)
    title = rules.clean_line(subject)
    found = templates(kind).filter(title__iexact=title).first() if title else None
    if found is None:
        raise InvalidError(_("Velg en mal først. Ingenting er endret."), field="template")
    return found


def _with(draft: Draft, filled: Filled) -> Draft:
    """What was written stays: the template's text comes below it, its files and participants beside the others."""
    return replace(
        draft,
        subject=filled.subject or draft.subject,
        text=_below(draft.text, filled.text),
        uploads=(*draft.uploads, *filled.uploads),
        to=tuple(dict.fromkeys((*draft.to, *filled.to))),
        to_patient=filled.to_patient,
    )


def _below(written: str, text: str) -> str:
    return f"{written.rstrip()}\n\n{text}" if written.strip() and text else text or written


def entered_or_none(request: HttpRequest, actor: Actor) -> Handling:
    """How the form says that it is to be treated; as usual where that is not understood."""
    try:
        return entered_handling(request, actor)
    except InvalidError:
        return Handling()


def _together(entered: Handling, wanted: Handling) -> Handling:
    return Handling(
        private=entered.private or wanted.private,
        important=entered.important or wanted.important,
        reply_due=wanted.reply_due or entered.reply_due,
        task=wanted.task or entered.task,
    )
