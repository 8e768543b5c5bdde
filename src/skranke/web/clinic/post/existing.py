"""Attaching a file that is here already, without uploading it anew (CMP-10)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from skranke.dialog import rules
from skranke.dialog.access import get_thread_for
from skranke.dialog.models import DialogKind
from skranke.dialog.services import save_answer, save_new
from skranke.kernel.actor import Actor
from skranke.web.clinic.post import compose
from skranke.web.clinic.post.drafts import attempt, content_of
from skranke.web.clinic.post.files import shown_files
from skranke.web.clinic.post.kept import form_draft_id, kept_draft
from skranke.web.clinic.post.place import place_of
from skranke.web.clinic.post.reach import kind_of, patient_of
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view


@require_POST
@clinic_view
def for_answer(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Show what can be attached to the answer; what is ticked is attached and kept, and nothing is sent."""
    thread, place = get_thread_for(actor, thread_id), place_of(request, selected=thread_id)
    outcome = attempt(request, actor, lambda draft: save_answer(thread, content_of(draft)))
    facts: dict[str, Any] = {"draft": outcome.draft, "error": outcome.error}
    facts["existing"] = shown_files(thread.patient, thread.channel, outcome.draft)
    return third_pane(request, actor, place, "thread", thread_context(request, actor, thread, place, **facts))


@require_POST
@clinic_view
def for_message(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what can be attached to a new message; what is ticked is attached and kept, and nothing is sent."""
    kind, patient = kind_of(request), patient_of(request, actor)
    kept, form_id = kept_draft(request, actor), form_draft_id(request)
    outcome = attempt(
        request,
        actor,
        lambda draft: save_new(form_id, content_of(draft), kind=kind, patient=patient) if form_id else None,
    )
    existing = shown_files(patient, rules.channel(DialogKind(kind)), outcome.draft)
    return compose.shown(
        request, actor, kind, patient, kept, draft=outcome.draft, error=outcome.error, existing=existing
    )
