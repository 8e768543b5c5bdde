"""Skriv til legekontoret: what the patient may start in our own channel, and starting it (RCV-20 to RCV-23)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.dialog.communication.starting import OpenType, get_open_type_for_patient, open_types, start_by_patient
from skranke.dialog.models import Channel, Thread
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.web.drafts import Attempt, Written, accepted, attempt, text_of
from skranke.web.own_types import own_type_help, own_type_text
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@dataclass(frozen=True, slots=True, kw_only=True)
class First(Written):
    """What stands in the form: the subject and who it is to, too."""

    subject: str = ""
    to: UUID | None = None


@require_GET
@patient_view
def choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the patient may write about."""
    here = place_of(request)
    context = {
        "shell": frame(request, actor, back_url=here.url("patient-messages")),
        "here": here,
        "types": [(one.kind, own_type_text(one.kind), own_type_help(one.kind)) for one in open_types()],
        "clinic": this_clinic(),
    }
    return render(request, "patient/start.html", context)


@require_http_methods(["GET", "POST"])
@patient_view
def write(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The form of one type, and sending it."""
    wanted = get_open_type_for_patient(kind)
    tried: Attempt[First, Thread] = Attempt(draft=First(to=wanted.preselected))
    if request.method == "POST":
        tried = _send(request, actor, wanted)
        if tried.value is not None:
            address = place_of(request).url("patient-message", tried.value.id)
            return HttpResponseRedirect(f"{address}?sendt=1#siste")
    return render(request, "patient/write.html", _context(request, actor, wanted, tried), status=_status(tried))


def _send(request: HttpRequest, actor: Actor, wanted: OpenType) -> Attempt[First, Thread]:
    form_id = uuid_or_none(request.POST.get("skjema", "")) or uuid4()
    to = uuid_or_none(request.POST.get("til", ""))
    draft = First(text=text_of(request), subject=request.POST.get("emne", ""), to=to)

    def verb(draft: First) -> Thread:
        return start_by_patient(
            wanted.kind,
            subject=draft.subject,
            text=draft.text,
            to=draft.to,
            form_id=form_id,
            attachment_ids=draft.attachment_ids,
        )

    return attempt(request, actor, draft, verb)


def _context(request: HttpRequest, actor: Actor, wanted: OpenType, tried: Attempt[First, Thread]) -> dict[str, Any]:
    here = place_of(request)
    kept = sum(upload.size for upload in tried.draft.uploads)
    return {
        "shell": frame(request, actor, back_url=here.url("patient-start")),
        "clinic": this_clinic(),
        "heading": own_type_text(wanted.kind),
        "about": own_type_help(wanted.kind),
        "wanted": wanted,
        "draft": tried.draft,
        "error": tried.error,
        "wrong": tried.error.field if isinstance(tried.error, InvalidError) else "",
        "form_id": uuid_or_none(request.POST.get("skjema", "")) or uuid4(),
        "room": max(0, settings.OURS.attachment_total_bytes - kept),
        **accepted(Channel.OWN),
    }


def _status(tried: Attempt[First, Thread]) -> int:
    if tried.error is None:
        return 200
    return 422 if isinstance(tried.error, InvalidError) else 409
