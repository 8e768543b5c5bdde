"""Puts together what the templates of Post show."""

import math
import zlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from skranke.clinics import queries as clinics
from skranke.clinics.organisation.prescribing import may_open_window
from skranke.clinics.organisation.queries import choices
from skranke.clinics.queries import former_employees
from skranke.dialog import presence, queries, rules
from skranke.dialog.access import employee_of, granted_states
from skranke.dialog.columns import chosen_layout, taking_part
from skranke.dialog.communication.models import OwnType
from skranke.dialog.layouts import ListColumn
from skranke.dialog.models import DialogKind, MessageTemplate, Thread, ThreadState
from skranke.dialog.services import draft_counts, draft_in, mark_read, templates, what_can_be_undone
from skranke.dialog.services.issued import is_told
from skranke.dialog.services.turning import closing_text, fee_text, room
from skranke.dialog.undoing import Undone
from skranke.dialog.values import Counts, EventKind, Mailbox, ThreadView
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, SkrankeError
from skranke.scheduling.queries import coming_appointments, wish_of
from skranke.web.clinic.post import words
from skranke.web.clinic.post.drafts import Draft, opened
from skranke.web.clinic.post.noted import noted_in
from skranke.web.clinic.post.place import Place, is_htmx
from skranke.web.clinic.post.renewed import GROUPS, shown
from skranke.web.clinic.shell import active_patient_id, nav, shell
from skranke.web.clinic.standing_in import stand_in_text
from skranke.web.drafts import Written, accepted

_MAIN_KINDS = (DialogKind.E_CONSULTATION, DialogKind.E_CONTACT, DialogKind.E_DIALOG, DialogKind.INTERNAL)
_TREATED = {EventKind.ANSWERED, EventKind.TAKEN, EventKind.FORWARDED, EventKind.CLOSED, EventKind.COMPLETED}
_SYMBOLS = {
    Mailbox.INBOX: "inbox",
    Mailbox.ALERTS: "bang",
    Mailbox.OPEN: "open",
    Mailbox.SENT: "sent",
    Mailbox.ARCHIVE: "archive",
    Mailbox.CLINIC_OPEN: "clinic",
    Mailbox.CLINIC_ARCHIVE: "archive",
}
TEMPLATES = "clinic/post"
DRAFTS = "kladd"
"""Kladd as a place: it holds no threads, and is no mailbox of the dialog room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """An answer of another kind than what the patient wrote (JRN-15, RX-17). closing: what ends the old conversation.

    fee: what the patient is told of the cost. may_go_back: the thread itself is not turned yet.
    """

    kind: DialogKind
    closing: str
    fee: str
    max_text: int
    may_go_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What the person may undo here. sent: it calls back a message. seconds: so long."""

    sent: bool
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One line of the mailbox pane; `is_kind` for a sub-mailbox."""

    text: str
    url: str
    symbol: str = ""
    count: int = 0
    current: bool = False
    is_kind: bool = False


def list_context(actor: Actor, place: Place) -> dict[str, Any]:
    """What the mailboxes and the list need."""
    counts = queries.counts()
    columns, by_patient = chosen_layout()
    page = queries.mailbox(
        place.box,
        kind=place.kind or None,
        cursor=place.cursor or None,
        limit=place.shown,
        q=place.q,
        order=place.order or None,
        narrow=place.narrowing,
        by_patient=by_patient,
    )
    own, shared = boxes_of(actor, place, counts)
    return {
        "place": place,
        "page": page,
        "columns": columns,
        "all_columns": list(ListColumn),
        "by_patient": by_patient,
        "taking_part": taking_part(row.id for row in page.rows) if ListColumn.PARTICIPANTS in columns else {},
        "open_by": presence.open_by(),
        "counts": counts,
        "own_boxes": own,
        "shared_boxes": shared,
        "words": words,
        "box_name": words.box_text(place.box),
        "list_name": words.kind_text(place.kind) if place.kind else words.box_text(place.box),
        "is_archive": place.box in {Mailbox.ARCHIVE, Mailbox.CLINIC_ARCHIVE},
        "is_inbox": place.box == Mailbox.INBOX,
        "nav": nav(actor, place.slug, "post", counts.unread),
    }


def boxes_of(actor: Actor, place: Place, counts: Counts) -> tuple[list[Box], list[Box]]:
    """The mailbox pane: the own ones of who acts, and those of the clinic that are granted."""
    boxes = {ThreadState.OPEN: Mailbox.CLINIC_OPEN, ThreadState.CLOSED: Mailbox.CLINIC_ARCHIVE}
    shared = [boxes[state] for state in granted_states(employee_of(actor))]
    mine = (Mailbox.INBOX, Mailbox.ALERTS, Mailbox.OPEN, Mailbox.SENT, Mailbox.ARCHIVE)
    lines = [[line for box in group for line in _lines(box, place, counts)] for group in (mine, shared)]
    return lines[0] + _drafts(place), lines[1]


def own_boxes(place: Place, counts: Counts) -> list[Box]:
    """The mailboxes of who acts that have a number, the inbox's sub-mailboxes with something unread among them."""
    lines = [line for box in (Mailbox.INBOX, Mailbox.ALERTS, Mailbox.OPEN) for line in _lines(box, place, counts)]
    return [line for line in lines if line.count or not line.is_kind] + _drafts(place)


def _drafts(place: Place) -> list[Box]:
    """What is written and not sent (MSG-20), with its number."""
    total, _answered = draft_counts()
    return [
        Box(
            text=_("Kladd"),
            url=reverse("drafts", args=[place.slug]),
            symbol="draft",
            count=total,
            current=place.box == DRAFTS,
        )
    ]


def _lines(box: Mailbox, place: Place, counts: Counts) -> list[Box]:
    """A mailbox, and below the chosen one its sub-mailboxes (MSG-2)."""
    chosen = place.box == box
    number = {Mailbox.INBOX: counts.unread, Mailbox.ALERTS: counts.alerts, Mailbox.OPEN: counts.open}.get(box, 0)
    lines = [
        Box(
            text=words.box_text(box),
            url=place.box_url(box),
            symbol=_SYMBOLS[box],
            count=number,
            current=chosen and not place.kind,
        )
    ]
    if not chosen:
        return lines
    waiting = {one.kind: one.unread for one in counts.kinds} if box == Mailbox.INBOX else {}
    kinds = [*_MAIN_KINDS, *(kind for kind in waiting if kind not in _MAIN_KINDS)]
    return lines + [
        Box(
            text=words.kind_text(kind),
            url=place.box_url(box, kind),
            count=waiting.get(kind, 0),
            current=place.kind == kind,
            is_kind=True,
        )
        for kind in kinds
    ]


def thread_context(request: HttpRequest, actor: Actor, thread: Thread, place: Place, **more: Any) -> dict[str, Any]:
    """What the open thread needs; reading it is noted. more: draft, error, done."""
    mark_read(thread)
    presence.note(thread.id)
    view = queries.thread_view(thread)
    draft = more.pop("draft", None) or opened(draft_in(thread))
    return {
        "place": place,
        "title": view.title,
        "thread": view,
        "open_by": presence.open_by(),
        "words": words,
        "mark": queries.mark_of(view),
        "treated": treated(view),
        "entries": [message.journal_entry_id for message in view.messages if message.journal_entry_id],
        "tab": "hendelser" if request.GET.get("vis") == "hendelser" else "samtale",
        "receivers": [one for one in choices() if one.id != actor.person_id],
        "handling": view.handling,
        "clinic_name": clinics.this_clinic().name,
        "stand_in_text": stand_in_text,
        "actor": actor,
        "is_active_patient": view.patient is not None and active_patient_id(request) == view.patient.id,
        "draft": draft,
        "undo": undo_view(thread),
        "error": None,
        "done": "",
        "used": None,
        "existing": None,
        "templates": _templates(view, draft),
        "wish": None,
        "renewed": shown(view, draft.renewed),
        "issued_unknown": _issued_unknown(view),
        "opens_window": _asks_for_prescriptions(view) and may_open_window(actor),
        "noted": noted_in(request, refused=more.get("error") is not None),
        **accepted(thread.channel),
        "turned": turned(view, draft),
        "groups": GROUPS,
        **_wish(thread, view),
        **more,
    }


def undo_view(thread: Thread) -> Undo | None:
    """What the person last did with the thread, while it can be undone."""
    step = what_can_be_undone(thread)
    if step is None:
        return None
    return Undo(sent=step.what == Undone.SENT, seconds=math.ceil((step.until - clock.now()).total_seconds()))


def _templates(view: ThreadView, draft: Draft) -> QuerySet[MessageTemplate] | None:
    """What an answer may be filled in from; None where there is no answer to write."""
    if not view.may_answer:
        return None
    return templates(draft.turn_into if draft.turn_into in view.turns_into else view.kind)


def _asks_for_prescriptions(view: ThreadView) -> bool:
    """Whether the thread asks for prescriptions, through HelseNorge or in our own channel (RX-1, RCV-20)."""
    asks = view.kind == DialogKind.PRESCRIPTION_RENEWAL or view.own_type == OwnType.PRESCRIPTION_REQUEST
    return asks and view.patient is not None


def _issued_unknown(view: ThreadView) -> bool:
    """Whether "renewed" may be chosen, and nobody here ever tells what was issued (RX-11)."""
    return any(one.needs_issued for one in view.outcomes) and not is_told()


def turned(view: ThreadView, draft: Draft) -> Turned | None:
    """What the answer begins, where it is of another kind than what the patient wrote; None where it is of the same."""
    wanted = DialogKind(draft.turn_into) if draft.turn_into in view.turns_into else None
    kind = wanted or (view.kind if view.begins else None)
    if kind is None:
        return None
    return Turned(
        kind=kind,
        closing=closing_text(kind) if draft.closing is None else draft.closing,
        fee=fee_text() if rules.may_cost(kind) else "",
        max_text=room(kind, begins=True),
        may_go_back=wanted is not None,
    )


def _wish(thread: Thread, view: ThreadView) -> dict[str, Any]:
    """What is shown beside a wish: what it names, and the appointments an answer may give."""
    if thread.kind != DialogKind.APPOINTMENT_WISH:
        return {}
    coming = coming_appointments(view.patient) if view.patient is not None and view.outcomes else []
    return {"wish": wish_of(thread), "coming": coming}


def treated(view: ThreadView) -> int:
    """How many times somebody has dealt with the thread: an answer begun before is told when it grows (MSG-18)."""
    return sum(event.kind in _TREATED for event in view.events)


def post_page(
    request: HttpRequest, actor: Actor, place: Place, panes: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole of Post. panes: what the third one shows (the context of a thread, or of writing)."""
    listed = list_context(actor, place)
    queries.note_shown(place.box, listed["page"])
    context = (
        listed
        | {
            "shell": shell(request, actor, "post", unread=listed["counts"].unread),
            "pane": "list",
            "third": "",
            "title": words.box_text(place.box),
            "kinds": [kind for kind in DialogKind if kind != DialogKind.UNKNOWN],
            "participants": [one for one in choices() if one.id is not None],
            "left": former_employees(),
        }
        | panes
    )
    return render(request, f"{TEMPLATES}/page.html", context | written(context), status=status)


def third_pane(request: HttpRequest, actor: Actor, place: Place, third: str, context: dict[str, Any]) -> HttpResponse:
    """The third pane ("thread" or "compose"): alone for htmx, with all that changed around it; else the whole page."""
    error = context.get("error")
    status = status_of(error) if isinstance(error, SkrankeError) else 200
    context = context | {
        "third": third,
        "wrong": error.field if isinstance(error, InvalidError) else "",
        "attachment_room": attachment_room(context["draft"]),
        "attachment_most": settings.OURS.attachment_total_bytes,
    }
    if not is_htmx(request):
        return post_page(request, actor, place, context | {"pane": "thread"}, status=status)
    context = list_context(actor, place) | context
    return render(request, f"{TEMPLATES}/swap.html", context | written(context), status=status)


def attachment_room(draft: Written) -> int:
    """How many bytes more may be attached (CMP-9)."""
    return max(0, settings.OURS.attachment_total_bytes - sum(upload.size for upload in draft.uploads))


def status_of(error: SkrankeError) -> int:
    """409 when somebody else was first, else 422: the two that htmx shows with the form they came with."""
    return 409 if error.http_status == 409 else 422  # noqa: PLR2004 - the status itself


def written(context: dict[str, Any]) -> dict[str, str]:
    """The list and the mailboxes as they will stand on the page, and a short sum that changes when either does."""
    # What a template has written is safe: it escapes what it is given.
    rows, boxes = (Markup(render_to_string(f"{TEMPLATES}/{name}.html", context)) for name in ("rows", "boxes"))  # noqa: S704
    return {"rows": rows, "boxes": boxes, "list_sum": f"{zlib.crc32(f'{rows}{boxes}'.encode()):08x}"}
