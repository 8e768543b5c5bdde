"""What the pages read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from lxml import etree

from skranke.kernel import clock, ids
from skranke.sandbox import access, rules
from skranke.sandbox.access import DIALOGS, Visit
from skranke.sandbox.models import Appointment, Citizen, Direction, Gauge, Message, Mode, Outgoing, Party
from skranke.sandbox.rules import Access, AppointmentState, Delivery
from skranke.standards.apprec import AppRec
from skranke.standards.codes import Answer
from skranke.standards.m1 import Resept
from skranke.standards.msghead import MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.xcal import VEvent

PAGE = 40
_LOG_LINES = 8
_NOTICES = 5
_LONG = 200
_STALE = timedelta(seconds=15)
_RENEWING = frozenset({Answer.RENEWED, Answer.PARTLY_RENEWED})


@dataclass(frozen=True, slots=True)
class CitizenRow:
    """A line of the list to choose from. state: full, read, none, via_parent, inactive."""

    citizen: Citizen
    state: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A line of the inbox: a dialog, or a notice about an appointment (then without conversation)."""

    conversation: str
    subject: str
    author: str
    function: str
    code: str
    at: datetime
    unread: int
    last: Message


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that the clinic offers. takeable: may be chosen here and now; from_: when it opens, if later."""

    event: VEvent
    takeable: bool
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """The times of one day in Oslo."""

    day: date
    slots: tuple[Slot, ...]


def citizens(text: str = "") -> list[CitizenRow]:
    """The citizens whose name, age, consent or GP holds the text, in the order of the world file."""
    words = text.lower().split()
    today = clock.today()
    found = Citizen.objects.select_related("gp").order_by("id")
    rows = (CitizenRow(one, _state(one, today)) for one in found)
    return [row for row in rows if all(word in _searchable(row, today) for word in words)]


def _state(citizen: Citizen, today: date) -> str:
    standing = access.standing(citizen)
    if not citizen.digitally_active:
        return "inactive"
    if citizen.confidential_address:
        return "confidential"
    if ids.age_on(citizen.born, today) < rules.YOUTH_AGE:
        return "via_parent"
    if citizen.consent != "full":
        return citizen.consent
    return rules.access_of(standing, today).value


def _searchable(row: CitizenRow, today: date) -> str:
    one = row.citizen
    parts = (one.name, str(ids.age_on(one.born, today)), row.state, one.consent, one.gp.name if one.gp else "")
    return " ".join(parts).lower()


@dataclass(frozen=True, slots=True)
class Offices:
    """The parties to choose from, by name. silent: of clinics that have sent nothing yet, set up or not."""

    heard: tuple[Party, ...]
    silent: tuple[Party, ...]


def offices() -> Offices:
    """All parties, those first that are known to answer: something has come from their clinic."""
    incoming = Message.objects.filter(direction=Direction.IN, party__isnull=False)
    clinics = set(incoming.order_by().values_list("party__clinic_her_id", flat=True).distinct())
    parties = list(Party.objects.order_by("name", "her_id"))
    return Offices(
        heard=tuple(one for one in parties if one.clinic_her_id in clinics),
        silent=tuple(one for one in parties if one.clinic_her_id not in clinics),
    )


def wards(actor: Citizen) -> list[Citizen]:
    """The children the citizen may act for now."""
    today, own = clock.today(), access.standing(actor)
    children = actor.children.order_by("given_name")
    return [child for child in children if rules.may_represent(own, access.standing(child), today)]


def version(patient: Citizen) -> str:
    """Changes whenever something of the patient's has changed: cheap enough to ask every other second."""
    newest = Message.objects.filter(citizen=patient).aggregate(a=Max("recorded_at"), b=Max("state_at"))
    changed = Appointment.objects.filter(citizen=patient).aggregate(c=Max("changed_at"))
    moments = (*newest.values(), *changed.values())
    return "-".join(str(int(one.timestamp() * 1000)) if one else "0" for one in moments)


def inbox(visit: Visit, *, archived: bool = False) -> list[ThreadRow]:
    """The newest message of each dialog, and every notice about an appointment, newest first.

    archived: those that the citizen has put away instead; a dialog is out again when something new comes in it.
    """
    if visit.access is Access.NONE:
        return []
    rows: dict[str, ThreadRow] = {}
    found = (
        Message.objects.filter(citizen=visit.patient, shown=True)
        .select_related("party")
        .defer("document")
        .order_by("generated_at", "msg_id")
    )
    for one in found:
        dialog = one.function in DIALOGS
        key = one.conversation if dialog else one.msg_id
        before = rows.get(key)
        rows[key] = ThreadRow(
            conversation=one.conversation if dialog else "",
            subject=(before.subject if before else "") or one.subject,
            author=author_of(one),
            function=one.function,
            code=one.code,
            at=one.generated_at,
            unread=(before.unread if before else 0) + (one.read_at is None),
            last=one,
        )
    wanted = [row for row in rows.values() if (row.last.archived_at is not None) is archived]
    return sorted(wanted, key=lambda row: row.at, reverse=True)


def notices(visit: Visit) -> list[Message]:
    """What HelseNorge has told the citizen of by SMS and e-mail: each message of a dialog from the clinic (RCV-18).

    The newest first. That it was told of stays true when the citizen deletes it.
    """
    found = Message.objects.filter(
        citizen=visit.patient, direction=Direction.IN, function__in=DIALOGS, mode=Mode.ASYNC, state=Delivery.RECEIVED
    )
    if visit.access is Access.NONE:
        return []
    return list(found.select_related("party").defer("document").order_by("-recorded_at", "-id")[:_NOTICES])


def author_of(message: Message) -> str:
    """Who the citizen sees as the writer: the person named in the message, else the party."""
    return message.author or (message.party.name if message.party else "")


def appointments(visit: Visit) -> list[Appointment]:
    """The patient's appointments: coming ones first, then the past ones, newest first."""
    if visit.access is Access.NONE:
        return []
    rows = Appointment.objects.select_related("party", "replaces")
    found = rows.filter(citizen=visit.patient, hidden=False).order_by("start")
    now = clock.now()
    coming = [one for one in found if one.start > now]
    return coming + [one for one in reversed(found) if one.start <= now]


def wire_log(visit: Visit) -> list[Message]:
    """The last messages about the patient, in and out."""
    found = Message.objects.filter(citizen=visit.patient).defer("document").select_related("about")
    return list(found.order_by("-recorded_at", "-id")[:_LOG_LINES])


def days_of(times: Iterable[VEvent]) -> list[Day]:
    """The times by day. MustCall is shown but not chosen; x-available-at is shown and opens later (2.8.3, 2.8.4)."""
    now = clock.now()
    days: dict[date, list[Slot]] = {}
    for event in times:
        opens = event.available_at if event.available_at and event.available_at > now and not event.must_call else None
        takeable = not event.must_call and opens is None and event.start > now
        days.setdefault(clock.oslo(event.start).date(), []).append(Slot(event, takeable, opens))
    return [Day(day, tuple(slots)) for day, slots in sorted(days.items())]


def messages(text: str = "", *, before: UUID | None = None) -> list[Message]:
    """Every message, newest first; text: a MsgId, message-id, conversation, function or code."""
    found: QuerySet[Message] = Message.objects.select_related("citizen", "party").defer("document")
    if word := text.strip():
        found = found.filter(
            Q(msg_id__iexact=word)
            | Q(message_id__iexact=word)
            | Q(conversation__iexact=word)
            | Q(code__iexact=word)
            | Q(function__icontains=word)
        )
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[: PAGE + 1])


@dataclass(frozen=True, slots=True)
class Bus:
    """What the operator sees of the bus. alive: the bus process has been heard of lately."""

    alive: bool
    queues: tuple[Gauge, ...]
    waiting: int
    oldest: datetime | None


def bus() -> Bus:
    """The queues as the bus process last saw them, and our own rows that wait to leave."""
    gauges = list(Gauge.objects.order_by("queue"))
    pulse = next((one for one in gauges if not one.queue), None)
    left = Outgoing.objects.filter(done_at=None)
    first = left.select_related("message").defer("message__document").order_by("message_id").first()
    return Bus(
        alive=pulse is not None and abs(clock.now() - pulse.seen_at) < _STALE,
        queues=tuple(one for one in gauges if one.queue),
        waiting=left.count(),
        oldest=first.message.recorded_at if first else None,
    )


def pretty(message: Message) -> str:
    """The XML with line breaks; long contents of files are only counted."""
    if not message.document:
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_blank_text=True)
    try:
        root = etree.fromstring(bytes(message.document), parser)
    except etree.XMLSyntaxError:
        return bytes(message.document[:10_000]).decode("utf-8", "replace")
    for element in root.iter():
        if element.text and len(element.text) > _LONG and element.tag.endswith("Base64Container"):
            element.text = f"… {len(element.text)} …"
    text: str = etree.tostring(root, pretty_print=True, encoding="unicode")
    return text


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says, field by field: name of the field on the wire, and its value."""

    rows: tuple[tuple[str, str], ...]
    events: tuple[VEvent, ...] = ()


def facts(message: Message) -> Facts:
    """The document in clear."""
    if not message.document or message.state == rules.Delivery.REFUSED:
        return Facts(())
    document = parse_document(bytes(message.document))
    if isinstance(document, AppRec):
        original = document.original
        rows: list[tuple[str, Any]] = [
            ("Status", f"{document.status.v} {document.status.dn}"),
            *(("Error", f"{one.v} {one.dn} {one.ot}".strip()) for one in document.errors),
            ("OriginalMsgId", original.id),
            ("OriginalMsgId/MsgType", original.type.v),
            ("GenDate", document.gen_date_text),
        ]
        return Facts(tuple((name, str(value)) for name, value in rows if value))
    info, body = document.info, document.dialog.body
    relation = document.relation
    rows = [
        ("Sender", f"{info.sender.name} ({info.sender.her_id})"),
        ("Receiver", f"{info.receiver.name} ({info.receiver.her_id})"),
        ("GenDate", info.gen_date_text),
        ("Patient", f"{info.patient.full_name} {info.patient.national_id}" if info.patient else ""),
        ("Code", f"{body.code.v} {body.code.dn}"),
        ("RefToParent", info.conversation.parent if info.conversation else ""),
        ("RefToConversation", info.conversation.conversation if info.conversation else ""),
        ("Subject", body.subject),
        ("Text", body.text.plain if body.text else ""),
        ("Pasientrelasjon", relation.person.full_name if relation and relation.person else ""),
        ("RollerRelatertNotat", message.author if message.direction == Direction.IN else ""),
        *(("M1", one.name) for one in document.prescriptions),
        *(("Document", f"{one.description} ({one.mime_type}, {len(one.content)} B)") for one in document.attachments),
    ]
    return Facts(tuple((name, str(value)) for name, value in rows if value), document.appointments)


def renewed(message: Message) -> tuple[Resept, ...]:
    """The prescriptions that came with an answer to a request for renewal."""
    if message.direction != Direction.IN or message.code not in _RENEWING:
        return ()
    document = parse_document(bytes(message.document))
    return document.prescriptions if isinstance(document, MsgHead) else ()


def is_waiting(message: Message) -> bool:
    """Whether a receipt is still to come."""
    return message.mode == Mode.ASYNC and message.state in {rules.Delivery.QUEUED, rules.Delivery.SENT}


def can_cancel(appointment: Appointment) -> bool:
    """Whether the page offers to cancel."""
    return rules.may_cancel(AppointmentState(appointment.state), appointment.start, clock.now())
