"""What is written and not sent: saved as it is written, listed, opened again, thrown away (MSG-20, PAT-10)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.dialog import rules
from skranke.dialog.access import get_draft_for, get_thread_for
from skranke.dialog.mailboxes import counts as counts_of_mail
from skranke.dialog.models import DialogKind, KeptDraft
from skranke.dialog.services import discard_draft, drafts, keep_draft, save_answer, save_new
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import new_id, uuid_or_none
from skranke.patients.models import Patient
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, about_whom, attempt, content_of, opened
from skranke.web.clinic.post.files import shown_files
from skranke.web.clinic.post.place import Place, is_htmx, slug_of
from skranke.web.clinic.post.reach import kind_of, patient_of
from skranke.web.clinic.post.screens import DRAFTS, attachment_room, boxes_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell
from skranke.web.drafts import Attempt


@require_GET
@clinic_view
def kept_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The person's drafts as a mailbox, what HelseNorge has answered, and beside them the one that is chosen."""
    slug, kept, counts = slug_of(request), list(drafts()), counts_of_mail()
    wanted = uuid_or_none(request.GET.get("valgt", ""))
    chosen = next((one for one in kept if one.id == wanted), None)
    own, shared = boxes_of(actor, Place(slug=slug, box=DRAFTS), counts)
    context = {
        "shell": shell(request, actor, "post", unread=counts.unread),
        "drafts": kept,
        "chosen": chosen,
        "files": opened(chosen).uploads,
        "gone": wanted is not None and chosen is None,
        "own_boxes": own,
        "shared_boxes": shared,
        "words": words,
        "place": Place(slug=slug),
    }
    return render(request, "clinic/post/drafts.html", context)


@require_GET
@clinic_view
def told(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """What HelseNorge has answered about the person's drafts, for the top of whatever page is open."""
    answered = drafts().filter(answered_at__isnull=False)
    return render(request, "clinic/post/told.html", {"drafts": answered, "place": Place(slug=slug_of(request))})


@require_POST
@clinic_view
def discard(request: HttpRequest, actor: Actor, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    discard_draft(get_draft_for(actor, draft_id))
    return HttpResponseRedirect(reverse("drafts", args=[slug_of(request)]))


@require_POST
@clinic_view
def save_message(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Keep a message that is to start a dialog, while it is written."""
    form_id = form_draft_id(request)
    if form_id is None:
        raise NotFoundError("There is no such draft.")
    kind, patient = kind_of(request), patient_of(request, actor)
    return _saved(
        request,
        actor,
        lambda draft: save_new(form_id, content_of(draft), kind=kind, patient=patient),
        rules.channel(kind),
    )


@require_POST
@clinic_view
def save_reply(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Keep an answer while it is written."""
    thread = get_thread_for(actor, thread_id)
    return _saved(request, actor, lambda draft: save_answer(thread, content_of(draft)), thread.channel)


def _saved(request: HttpRequest, actor: Actor, save: Callable[[Draft], KeptDraft | None], channel: str) -> HttpResponse:
    """The files that lie ready now, and what was wrong with one that does not; the rest is kept all the same."""
    outcome = attempt(request, actor, save)
    kept = outcome.value if outcome.error is None else save(outcome.draft)
    facts: dict[str, Any] = {"draft": outcome.draft, "error": outcome.error, "kept": kept, "words": words}
    context = facts | {
        "room": attachment_room(outcome.draft),
        "attachment_most": settings.OURS.attachment_total_bytes,
        "place": Place(slug=slug_of(request)),
        "existing": None,
    }
    if request.POST.get("filer_vist"):
        context["existing"] = shown_files(about_whom(request, actor), channel, outcome.draft)
    return render(request, "clinic/post/saved.html", context, status=422 if outcome.error else 200)


def kept_draft(request: HttpRequest, actor: Actor) -> KeptDraft | None:
    """The draft that the address opens, or that the form has become. Raises NotFoundError for a wrong address."""
    text = request.GET.get("utkast", "")
    if not text:
        draft_id = form_draft_id(request)
        return drafts().filter(id=draft_id, thread=None).first() if draft_id is not None else None
    draft_id = uuid_or_none(text)
    if draft_id is None:
        raise NotFoundError("There is no such draft.")
    return get_draft_for(actor, draft_id)


def form_draft_id(request: HttpRequest) -> UUID | None:
    """The id under which the form's content is kept; a link from one form to the next carries it on."""
    return uuid_or_none(request.POST.get("kladd_id", "") or request.GET.get("kladd_id", ""))


def new_draft_id(request: HttpRequest, kept: KeptDraft | None) -> UUID:
    """The id of the form that is shown: of the draft it was opened from, or it has had; else a new one."""
    return kept.id if kept is not None else form_draft_id(request) or new_id()


def keep_unsent(
    request: HttpRequest, kind: DialogKind, patient: Patient | None, outcome: Attempt[Draft, Any]
) -> KeptDraft | None:
    """Keep what was refused, so that it is there also when the window is closed now."""
    form_id = form_draft_id(request)
    if outcome.error is None or form_id is None:
        return None
    return save_new(form_id, content_of(outcome.draft), kind=kind, patient=patient)


def keep(
    request: HttpRequest, actor: Actor, place: Place, *, kind: DialogKind, patient: Patient, kept: KeptDraft | None
) -> HttpResponse:
    """Keep what is written, in place of the draft it was opened from; then the list of drafts."""

    def verb(draft: Draft) -> KeptDraft:
        return keep_draft(content_of(draft), patient=patient, kind=kind, instead_of=kept)

    attempt(request, actor, verb)
    address = reverse("drafts", args=[place.slug])
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
