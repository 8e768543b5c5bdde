"""Mine meldinger: the threads of our own channel, to read and to answer (POR-3, CMP-4)."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.dialog.access import get_attachment_for, get_thread_for
from skranke.dialog.communication.starting import open_types
from skranke.dialog.models import Channel, Message, Thread
from skranke.dialog.own_channel import own_thread, own_thread_rows
from skranke.dialog.services import answer_by_patient, mark_read_by_patient
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.web.drafts import Attempt, Written, accepted, attempt, text_of
from skranke.web.files import file_response
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@require_GET
@patient_view
def messages(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The threads, the newest first."""
    rows, shell = own_thread_rows(), frame(request, actor, "patient-messages")
    context = {"shell": shell, "rows": rows, "here": place_of(request), "may_start": bool(open_types())}
    return render(request, "patient/messages.html", context)


@require_http_methods(["GET", "POST"])
@patient_view
def message(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """One thread, and the answer to it."""
    thread = get_thread_for(actor, thread_id)
    tried: Attempt[Written, Message] = Attempt(draft=Written())
    if request.method == "POST":
        tried = _answer(request, actor, thread)
        if tried.value is not None:
            return HttpResponseRedirect(f"{request.path}?sendt=1#siste")
    mark_read_by_patient(thread)
    return render(request, "patient/message.html", _context(request, actor, thread, tried), status=_status(tried))


@require_GET
@patient_view
def attachment(request: HttpRequest, actor: Actor, attachment_id: UUID) -> HttpResponseBase:
    """A file of one of the threads, or one uploaded and not yet sent."""
    return file_response(request, actor, get_attachment_for(actor, attachment_id))


def _answer(request: HttpRequest, actor: Actor, thread: Thread) -> Attempt[Written, Message]:
    form_id = uuid_or_none(request.POST.get("skjema", "")) or uuid4()

    def verb(draft: Written) -> Message:
        return answer_by_patient(thread, text=draft.text, attachment_ids=draft.attachment_ids, form_id=form_id)

    return attempt(request, actor, Written(text=text_of(request)), verb)


def _context(request: HttpRequest, actor: Actor, thread: Thread, tried: Attempt[Written, Message]) -> dict[str, Any]:
    here = place_of(request)
    kept = sum(upload.size for upload in tried.draft.uploads)
    return {
        "shell": frame(request, actor, back_url=here.url("patient-messages")),
        "clinic": this_clinic(),
        "here": here,
        "thread": own_thread(thread),
        "draft": tried.draft,
        "error": tried.error,
        "wrong": tried.error.field if isinstance(tried.error, InvalidError) else "",
        # Kept when the form comes back: sent twice it is still one message.
        "form_id": uuid_or_none(request.POST.get("skjema", "")) or uuid4(),
        "sent": "sendt" in request.GET,
        "room": max(0, settings.OURS.attachment_total_bytes - kept),
        **accepted(Channel.OWN),
    }


def _status(tried: Attempt[Written, Message]) -> int:
    if tried.error is None:
        return 200
    return 422 if isinstance(tried.error, InvalidError) else 409
