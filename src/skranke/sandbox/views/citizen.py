"""The citizen's pages: overview, writing, threads, attachments."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.kernel.errors import NotFoundError
from skranke.sandbox import queries, rules, services, words
from skranke.sandbox.access import Visit
from skranke.sandbox.common import common_parties
from skranke.sandbox.forms import FollowUpForm, QuestionForm
from skranke.sandbox.models import Direction, Party
from skranke.sandbox.services import Upload
from skranke.sandbox.views.frame import attempt, behind, citizen_page, guest, require_offered
from skranke.sandbox.world import Service

_KINDS = {"ekonsultasjon": Service.E_CONSULTATION, "kontakt": Service.E_CONTACT}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The list of citizens; the one last chosen opens by itself."""
    last = request.session.get("citizen")
    if last and "q" not in request.GET:
        try:
            guest(last, last)
        except NotFoundError:
            del request.session["citizen"]
        else:
            return HttpResponseRedirect(reverse("sandbox:overview", args=(last, last)))
    return citizen_page(request, "sandbox/choose.html", None)


@require_GET
def overview(request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """GP and services, inbox, appointments."""
    one = guest(actor, patient)
    request.session["citizen"] = actor
    away = request.GET.get("arkiv") == "1"
    shown = {"inbox": queries.inbox(one, archived=away), "archived": away}
    context = shown | {"live_inbox": not away, "services": _services(one), "common": _common(one)}
    return citizen_page(request, "sandbox/overview.html", one, context)


@require_GET
def news(request: HttpRequest, actor: int, patient: int) -> HttpResponse:
    """What has changed since the version in the address: nothing (204), or the parts of the page that show it."""
    one = guest(actor, patient)
    if one.version == request.GET.get("v"):
        return HttpResponse(status=204)
    context = {
        "visit": one,
        "w": words,
        "live_inbox": request.GET.get("inbox") == "1",
        "live_thread": request.GET.get("thread", ""),
    }
    if context["live_inbox"]:
        context |= {"inbox": queries.inbox(one), "archived": False}
    if context["live_thread"]:
        context |= _thread(one, str(context["live_thread"]))
    return render(request, "sandbox/parts/news.html", context | behind(one))


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, actor: int, patient: int, kind: str) -> HttpResponse:
    """Start an e-consultation or contact the surgery."""
    one = guest(actor, patient)
    service = _KINDS.get(kind)
    if service is None:
        raise NotFoundError("No such service.")
    one.require_full()
    form = QuestionForm(request.POST or None)
    require_offered(one, service, form)
    sent = attempt(form, lambda data: services.ask_question(one, service, uploads=_uploads(request), **data))
    if sent is not None:
        messages.success(request, _("Meldingen er sendt."))
        return HttpResponseRedirect(reverse("sandbox:thread", args=(actor, patient, sent.conversation)))
    return citizen_page(request, "sandbox/write.html", one, {"form": form, "kind": kind})


@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, actor: int, patient: int, conversation: str) -> HttpResponse:
    """A dialog, with an answer field where it may be answered."""
    one = guest(actor, patient)
    context = _thread(one, conversation)
    form = FollowUpForm(request.POST or None)
    sent = attempt(form, lambda data: services.follow_up(one, conversation, uploads=_uploads(request), **data))
    if sent is not None:
        messages.success(request, _("Svaret er sendt."))
        return HttpResponseRedirect(reverse("sandbox:thread", args=(actor, patient, conversation)))
    # What was written where no answer is taken any more is shown with the reason.
    context["may_answer"] = context["may_answer"] or form.is_bound
    return citizen_page(request, "sandbox/thread.html", one, context | {"form": form})


@require_POST
def archive(request: HttpRequest, actor: int, patient: int, conversation: str) -> HttpResponse:
    """Put a dialog away, or take it out of the archive again."""
    one, away = guest(actor, patient), request.POST.get("tilbake") is None
    services.archive_thread(one, conversation, away=away)
    messages.success(request, _("Samtalen ligger i arkivet ditt.") if away else _("Samtalen ligger i innboksen igjen."))
    return HttpResponseRedirect(reverse("sandbox:overview", args=(actor, patient)))


@require_POST
def delete(request: HttpRequest, actor: int, patient: int, conversation: str) -> HttpResponse:
    """Delete the citizen's copy of a dialog."""
    services.delete_thread(guest(actor, patient), conversation)
    messages.success(request, _("Samtalen er slettet hos deg. Legekontoret har fortsatt sin."))
    return HttpResponseRedirect(reverse("sandbox:overview", args=(actor, patient)))


@require_GET
def notice(request: HttpRequest, actor: int, patient: int, message: UUID) -> HttpResponse:
    """A notice about an appointment: read it, and go to the appointments."""
    one = guest(actor, patient)
    found = one.patient.messages.filter(pk=message, shown=True).select_related("party").first()
    if found is None or one.access == rules.Access.NONE:
        raise NotFoundError("No such notice.")
    services.mark_read([found.pk])
    return citizen_page(request, "sandbox/notice.html", one, {"message": found, "facts": queries.facts(found)})


@require_GET
def attachment(_request: HttpRequest, actor: int, patient: int, identity: int) -> HttpResponse:
    """The file, to be saved, never shown inside the page."""
    found = guest(actor, patient).attachment(identity)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    extension = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}.get(found.media_type, "")
    name = found.name if found.name.lower().endswith((".pdf", ".jpg", ".jpeg", ".png")) else found.name + extension
    response.headers["Content-Disposition"] = _disposition(name)
    return response


def _disposition(name: str) -> str:
    header = content_disposition_header(as_attachment=True, filename=name)
    assert header is not None
    return header


def _services(one: Visit) -> list[str]:
    gp = one.patient.gp
    if gp is None or one.access != rules.Access.FULL:
        return []
    return list(gp.services)


def _common(one: Visit) -> list[Party]:
    return common_parties(one.patient) if one.access == rules.Access.FULL else []


def _thread(one: Visit, conversation: str) -> dict[str, object]:
    found = list(one.thread(conversation))
    said = [rules.Said(code=row.code, by_clinic=row.direction == Direction.IN) for row in found]
    services.mark_read([row.pk for row in found if row.read_at is None])
    return {
        "conversation": conversation,
        "is_archived": found[-1].archived_at is not None,
        "may_remove": one.access == rules.Access.FULL,
        "live_thread": conversation,
        "thread": [
            (row, queries.author_of(row), list(row.attachments.defer("content")), queries.renewed(row)) for row in found
        ],
        "may_answer": rules.may_answer(said)
        and one.access == rules.Access.FULL
        and found[0].function in rules.ANSWERABLE,
        "is_closed": rules.is_closed(said),
    }


def _uploads(request: HttpRequest) -> Sequence[Upload]:
    return [
        Upload(name=one.name or _("Vedlegg"), size=one.size or 0, content=one) for one in request.FILES.getlist("files")
    ]
