"""What happened to messages, for the operator: a list of both directions, and one message with its hops."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from skranke.gateway.models import ReceivedMessage, ReceptionState
from skranke.kernel.errors import NotFoundError
from skranke.outbox.models import OutboxItem

PAGE = 100
_HEAVY_IN = ("ciphertext", "document", "reply")
_HEAVY_OUT = ("body", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message. incoming: from HelseNorge. state, code: as its row has them; function: empty before rendering."""

    id: UUID
    incoming: bool
    at: datetime
    function: str
    state: str
    code: str
    msg_id: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One thing that happened to a message; `id` names the row it is known from."""

    at: datetime
    what: str
    id: UUID
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One message: its line, its hops by time, and its XML without attachments; empty where none is kept."""

    line: Line
    hops: tuple[Hop, ...]
    xml: bytes


def messages(*, before: datetime | None = None, limit: int = PAGE, problems: bool = False) -> list[Line]:
    """The newest messages of the clinic, both directions. problems: only those a person should look at."""
    received = ReceivedMessage.objects.defer(*_HEAVY_IN).order_by("-received_at")
    leaving = OutboxItem.objects.defer(*_HEAVY_OUT).order_by("-created_at")
    if before is not None:
        received, leaving = received.filter(received_at__lt=before), leaving.filter(created_at__lt=before)
    if problems:
        fine = [ReceptionState.ACTED, ReceptionState.ANSWERED]
        received, leaving = received.exclude(state__in=fine), leaving.filter(state__in=["failed", "rejected"])
    lines = [*map(_line_in, received[:limit]), *map(_line_out, leaving[:limit])]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def message(message_id: UUID) -> Trace:
    """One message of the list, with what it caused or was caused by. Raises NotFoundError."""
    received = ReceivedMessage.objects.defer("ciphertext").filter(id=message_id).first()
    if received is not None:
        return Trace(line=_line_in(received), hops=_hops_in(received), xml=bytes(received.document or b""))
    leaving = OutboxItem.objects.defer("body").filter(id=message_id).first()
    if leaving is None:
        raise NotFoundError("The message does not exist.")
    return Trace(line=_line_out(leaving), hops=_hops_out(leaving), xml=bytes(leaving.document or b""))


def _line_in(row: ReceivedMessage) -> Line:
    return Line(
        id=row.id,
        incoming=True,
        at=row.received_at,
        function=row.function,
        state=row.state,
        code=row.code,
        msg_id=row.msg_id,
        message_id=row.message_id,
    )


def _line_out(row: OutboxItem) -> Line:
    headers = row.headers or {}
    return Line(
        id=row.id,
        incoming=False,
        at=row.created_at,
        function=headers.get("properties", {}).get("subject", ""),
        state=row.state,
        code=row.error or row.intent,
        msg_id=row.msg_id,
        message_id=row.message_id,
    )


def _hops_in(row: ReceivedMessage) -> tuple[Hop, ...]:
    """Its receipt, and the answers that were made from it or about its subject."""
    caused = Q(subject_id=row.id)
    if row.subject_id is not None:
        caused |= Q(subject_id=row.subject_id)
    if row.subject_kind == "appointment":
        caused |= Q(detail__appointment=str(row.subject_id))
    hops = [Hop(at=row.received_at, what=f"received:{row.state}", id=row.id, detail=row.code)]
    for item in OutboxItem.objects.filter(caused, created_at__gte=row.received_at).defer(*_HEAVY_OUT):
        hops += _leaving(item)
    return _sorted(hops)


def _hops_out(row: OutboxItem) -> tuple[Hop, ...]:
    """What became of it, and the receipt or report that came back."""
    hops = _leaving(row)
    for back in ReceivedMessage.objects.filter(subject_kind="outbox_item", subject_id=row.id).defer(*_HEAVY_IN):
        hops.append(Hop(at=back.received_at, what=f"received:{back.function}", id=back.id, detail=back.code))
    return _sorted(hops)


def _leaving(item: OutboxItem) -> list[Hop]:
    steps = {"queued": item.created_at, "rendered": item.rendered_at, "sent": item.sent_at}
    if item.answered_at is not None:
        steps[item.state] = item.answered_at
    return [Hop(at=at, what=f"{item.intent}:{step}", id=item.id) for step, at in steps.items() if at is not None]


def _sorted(hops: list[Hop]) -> tuple[Hop, ...]:
    return tuple(sorted(hops, key=lambda hop: hop.at))
