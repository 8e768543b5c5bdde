"""Drafts that wait for HelseNorge: kept, listed, opened again, thrown away (PAT-10)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.dialog.access import get_draft_for
from skranke.dialog.models import Attachment, DialogKind, KeptDraft
from skranke.dialog.services import discard_draft, drafts, keep_draft
from skranke.dialog.services.uploads import uploads_of
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.patients.models import Patient
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, attempt
from skranke.web.clinic.post.place import Place, is_htmx, slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell


@require_GET
@clinic_view
def kept_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The person's drafts, and what HelseNorge has answered."""
    context = {
        "shell": shell(request, actor, "post"),
        "drafts": drafts(),
        "words": words,
        "place": Place(slug=slug_of(request)),
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


def kept_draft(request: HttpRequest, actor: Actor) -> KeptDraft | None:
    """The draft that the address opens. Raises NotFoundError."""
    text = request.GET.get("utkast", "")
    if not text:
        return None
    draft_id = uuid_or_none(text)
    if draft_id is None:
        raise NotFoundError("There is no such draft.")
    return get_draft_for(actor, draft_id)


def opened(kept: KeptDraft | None) -> Draft:
    """What stands in the form: the draft with the files that are still there, or nothing."""
    if kept is None:
        return Draft()
    files: dict[UUID, Attachment] = uploads_of(kept.employee).in_bulk(kept.attachment_ids)
    uploads = tuple(files[one] for one in kept.attachment_ids if one in files)
    return Draft(text=kept.text, subject=kept.subject, uploads=uploads)


def keep(
    request: HttpRequest, actor: Actor, place: Place, *, kind: DialogKind, patient: Patient, kept: KeptDraft | None
) -> HttpResponse:
    """Keep what is written, in place of the draft it was opened from; then the list of drafts."""

    def verb(draft: Draft) -> KeptDraft:
        return keep_draft(
            patient=patient,
            kind=kind,
            subject=draft.subject,
            text=draft.text,
            attachment_ids=draft.attachment_ids,
            instead_of=kept,
        )

    attempt(request, actor, verb)
    address = reverse("drafts", args=[place.slug])
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
