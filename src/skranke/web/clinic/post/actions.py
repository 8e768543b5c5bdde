"""What can be done with a thread: one verb each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from skranke.clinics.access import get_member_for, get_receiver_for
from skranke.clinics.models import Employee, Group, Role
from skranke.clinics.organisation.queries import choices, chosen
from skranke.dialog import rules, services
from skranke.dialog.access import employee_of, get_thread_for, visible_threads
from skranke.dialog.models import Channel, DialogKind, Thread
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling.services import answer_wish
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, attempt, content_of
from skranke.web.clinic.post.handling import entered_handling
from skranke.web.clinic.post.place import is_htmx, place_of
from skranke.web.clinic.post.renewed import by_row, going_along, item_sentences, results, stated, with_sentences
from skranke.web.clinic.post.screens import third_pane, thread_context
from skranke.web.clinic.session import clinic_view
from skranke.web.drafts import Attempt
from skranke.web.numbers import number_of


@require_POST
@clinic_view
def answer(
    request: HttpRequest, actor: Actor, thread_id: UUID, *, close: bool = False, outcome: str = ""
) -> HttpResponse:
    """Answer the patient, and close when that was asked for. outcome: what the button decides, if not the form."""
    thread = get_thread_for(actor, thread_id)

    def verb(draft: Draft) -> None:
        if thread.kind == DialogKind.APPOINTMENT_WISH:
            _answer_wish(request, thread, draft)
            return
        chosen_outcome = "" if draft.turn_into else outcome or draft.outcome
        decided = rules.outcome(thread.kind, chosen_outcome)
        renewed = going_along(draft.renewed) if decided is not None and decided.names_items else ()
        prescriptions = stated(renewed)
        with by_row(renewed):
            services.undoable(
                services.answer,
                thread,
                content=content_of(draft),
                text=draft.text,
                attachment_ids=draft.attachment_ids,
                close=close,
                outcome=chosen_outcome,
                prescriptions=prescriptions,
                results=results(services.items_of(thread), draft.renewed, decided),
                turn_into=draft.turn_into,
                closing_text=draft.closing,
                expected_version=_version(request),
            )
        # Last, so that whatever is refused is told before; what has been done by then is undone with the warning.
        if not request.POST.get("uten_utstedt"):
            services.warn_of_unissued(thread, chosen_outcome)

    done = "avvist" if outcome else "avsluttet-svart" if close else "svart"
    return _do(request, actor, thread_id, verb, words.done_word(done, thread.channel), sends=True)


@require_POST
@clinic_view
def answer_as(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Show the form for an answer of another kind, or of the kind asked for; nothing is sent (RX-7)."""
    thread, place = get_thread_for(actor, thread_id), place_of(request, selected=thread_id)
    written = attempt(request, actor, lambda _: None)
    context = thread_context(request, actor, thread, place, draft=written.draft, error=written.error)
    return third_pane(request, actor, place, "thread", context)


@require_POST
@clinic_view
def fill(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Put a sentence for each item of a renewal into what is written (RX-10); nothing is sent."""
    thread, place = get_thread_for(actor, thread_id), place_of(request, selected=thread_id)
    written = attempt(request, actor, lambda _: None)
    draft, error = written.draft, written.error
    decided = rules.outcome(thread.kind, draft.outcome)
    if decided is None or not decided.may_tell:
        error = error or InvalidError(_("Velg først om resepten er fornyet, delvis eller ikke."), field="outcome")
    else:
        new = item_sentences(services.items_of(thread), draft.renewed, decided)
        draft = replace(draft, text=with_sentences(draft.text, new, draft.filled), filled=new)
    if draft.is_begun:
        services.save_answer(thread, content_of(draft))
    context = thread_context(request, actor, thread, place, draft=draft, error=error)
    return third_pane(request, actor, place, "thread", context)


@require_POST
@clinic_view
def arrange(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Correct, merge, split or add what a request asks to renew, a line each (RX-2); what was ticked is ticked anew."""
    thread = get_thread_for(actor, thread_id)

    def verb(draft: Draft) -> None:
        services.arrange_items(thread, draft.listed.splitlines(), expected_version=_version(request))

    outcome = attempt(request, actor, verb)
    if outcome.error is None:
        outcome = replace(outcome, draft=replace(outcome.draft, renewed=(), listed=""))
    return _shown(request, actor, thread_id, outcome, "listen-endret")


@require_POST
@clinic_view
def convert(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Make a received e-kontakt an e-konsultasjon for good (JRN-3); what is written stays in the box."""
    thread = get_thread_for(actor, thread_id)
    return _do(
        request, actor, thread_id, lambda _: services.convert(thread, expected_version=_version(request)), "gjort-om"
    )


@require_POST
@clinic_view
def journal(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Write the conversation into the patient's journal (JRN-13); what is begun stays in the box."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.journal_by_hand(thread, expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "journalfort")


@require_POST
@clinic_view
def journal_note(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Yes: write an e-consultation of our own channel into the journal, with a note and a problem (JRN-9)."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.journal_consultation(
            thread,
            patient_id=uuid_or_none(request.POST.get("pasient", "")),
            note=request.POST.get("notat", ""),
            problem=request.POST.get("problem", ""),
            expected_version=_version(request),
        )

    return _do(request, actor, thread_id, verb, "journalfort-med-notat")


@require_POST
@clinic_view
def journal_decline(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """No: it stays out of the journal, and the event log says so (JRN-9)."""
    thread = get_thread_for(actor, thread_id)
    return _do(
        request,
        actor,
        thread_id,
        lambda _: services.decline_journal(thread, expected_version=_version(request)),
        "ikke-journalfort",
    )


def _answer_wish(request: HttpRequest, thread: Thread, draft: Draft) -> None:
    appointment_id = uuid_or_none(draft.appointment)
    if draft.appointment and appointment_id is None:
        raise InvalidError(_("Velg en av pasientens kommende timer."), field="appointment")
    answer_wish(
        thread,
        text=draft.text,
        outcome=draft.outcome,
        appointment_id=appointment_id,
        expected_version=_version(request),
    )


@require_POST
@clinic_view
def forward(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Hand the thread to a colleague, a group, a role, or to the whole clinic."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.forward(thread, to=_receiver(request, actor), expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "videresendt")


@require_POST
@clinic_view
def resend(request: HttpRequest, actor: Actor, thread_id: UUID, message_id: UUID) -> HttpResponse:
    """Send a message again that did not reach the patient."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.resend(thread, message_id, expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "sendt-pa-nytt")


@require_POST
@clinic_view
def close(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Close without an answer; what has been written stops it, so that it is not lost, unless it was emptied."""
    thread = get_thread_for(actor, thread_id)
    done = "avsluttet-internt" if thread.channel == Channel.INTERNAL else "avsluttet"

    def verb(draft: Draft) -> None:
        if draft.text.strip() or draft.uploads:
            raise InvalidError(
                _("Du har begynt på et svar som ikke er sendt. Velg Svar og avslutt, eller tøm svaret først."),
                field="text",
            )
        if "text" in request.POST:
            # Emptied a moment ago, and not kept so yet: it would come back as a draft in a closed thread.
            services.save_answer(thread, content_of(draft))
        services.undoable(services.close_thread, thread, expected_version=_version(request))

    return _do(request, actor, thread_id, verb, done)


@require_POST
@clinic_view
def add_participant(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Let a colleague, a group, a role or the whole clinic take part (MSG-11)."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.add_participant(thread, _receiver(request, actor), expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "lagt-til")


@require_POST
@clinic_view
def remove_participant(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Take somebody out of a thread (MSG-11); who takes oneself out sees the list."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        one = get_member_for(actor, request.POST.get("til", ""))
        services.remove_participant(thread, one, expected_version=_version(request))

    outcome = attempt(request, actor, verb)
    if outcome.error is None and not visible_threads(employee_of(actor)).filter(id=thread_id).exists():
        address = place_of(request).list_url()
        return HttpResponse(headers={"HX-Redirect": address}) if is_htmx(request) else HttpResponseRedirect(address)
    return _shown(request, actor, thread_id, outcome, "tatt-ut")


@require_POST
@clinic_view
def handling(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Private, important, an answer demanded, a task (MSG-13 to MSG-16)."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.set_handling(thread, entered_handling(request, actor), expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "behandling")


@require_POST
@clinic_view
def complete(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """The task is done (Fullfør)."""
    thread = get_thread_for(actor, thread_id)

    def verb(_draft: Draft) -> None:
        services.undoable(services.complete, thread, expected_version=_version(request))

    return _do(request, actor, thread_id, verb, "fullfort")


@require_POST
@clinic_view
def take(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Become responsible (MSG-18)."""
    thread = get_thread_for(actor, thread_id)
    return _do(request, actor, thread_id, lambda _: services.take(thread, expected_version=_version(request)), "tatt")


@require_POST
@clinic_view
def remove(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Take the thread out of the own inbox (MSG-3)."""
    thread = get_thread_for(actor, thread_id)
    return _do(request, actor, thread_id, lambda _: services.undoable(services.remove_from_inbox, thread), "fjernet")


@require_POST
@clinic_view
def undo(request: HttpRequest, actor: Actor, thread_id: UUID) -> HttpResponse:
    """Undo what the person last did here; what was sent stands in its form again, to be changed or left."""
    thread = get_thread_for(actor, thread_id)
    outcome = attempt(request, actor, lambda _: services.undo(thread))
    kept = outcome.value
    if kept is not None and kept.thread_id is None:
        address = place_of(request).compose_url(utkast=str(kept.id))
        return HttpResponse(headers={"HX-Redirect": address}) if is_htmx(request) else HttpResponseRedirect(address)
    return _shown(request, actor, thread_id, outcome, "angret-sendt" if kept is not None else "angret")


def _do(
    request: HttpRequest,
    actor: Actor,
    thread_id: UUID,
    verb: Callable[[Draft], object],
    done: str,
    *,
    sends: bool = False,
) -> HttpResponse:
    """Do it and show the thread as it stands then; what was written and not sent stays in the box."""
    return _shown(request, actor, thread_id, attempt(request, actor, verb), done, sends=sends)


def _shown(
    request: HttpRequest,
    actor: Actor,
    thread_id: UUID,
    outcome: Attempt[Draft, Any],
    done: str,
    *,
    sends: bool = False,
) -> HttpResponse:
    place = place_of(request, selected=thread_id)
    unsent = Draft() if sends and outcome.error is None else outcome.draft
    if outcome.error is not None and unsent.is_begun:
        services.save_answer(get_thread_for(actor, thread_id), content_of(unsent))
    if outcome.error is None and not unsent.is_begun and not is_htmx(request):
        return HttpResponseRedirect(place.thread_url(thread_id, gjort=done))
    facts: dict[str, Any] = {"error": outcome.error, "done": "" if outcome.error else done}
    # A form of its own has no answer in it: what is kept of one stands there still.
    if unsent.is_begun or sends:
        facts["draft"] = unsent
    context = thread_context(request, actor, get_thread_for(actor, thread_id), place, **facts)
    return third_pane(request, actor, place, "thread", context)


def _version(request: HttpRequest) -> int:
    """The version the form was made from; a form without one is as old as can be."""
    return number_of(request.POST.get("versjon", ""))


def _receiver(request: HttpRequest, actor: Actor) -> Employee | Group | Role | None:
    meant = chosen(request.POST.get("til", ""), choices())
    if meant is None:
        raise InvalidError(_("Velg hvem som skal få samtalen."), field="to")
    return get_receiver_for(actor, meant)
