"""A message that came, read again from its row: what an answer to it must mirror."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from skranke.gateway.endpoints import Endpoint, Peer
from skranke.gateway.errors import LostOriginalError
from skranke.gateway.models import ReceivedMessage, ReceptionState
from skranke.standards.build.envelope import Envelope, reply_to
from skranke.standards.errors import StandardsError
from skranke.standards.msghead import MsgHead, MsgInfo
from skranke.standards.parse import parse_document, parse_header
from skranke.tenancy.work import remember, remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The row, its head, and the counterpart that sent it. case_type: Sakstype, to be echoed (HITS 1217 2.4.6)."""

    row: ReceivedMessage
    info: MsgInfo
    peer: Peer
    case_type: str = ""

    def envelope(self, *, msg_id: UUID, at: datetime) -> Envelope:
        """The envelope of an answer to it."""
        return reply_to(self.info, msg_id=msg_id, gen_date=at)


def original(received_id: UUID, endpoint: Endpoint) -> Original:
    """The message of a row. Raises LostOriginalError when it, its head or its sender is not there (any more)."""
    row = remembered(_ahead(received_id)) or _rows().filter(id=received_id).first()
    if row is None:
        raise LostOriginalError("The message to be answered is not stored.")
    return _read(row, endpoint)


def look_ahead(received_ids: Collection[UUID]) -> None:
    """Read at once several rows that `original` will be asked for in the present unit of work."""
    for row in _rows().filter(id__in=received_ids):
        remember(_ahead(row.id), row)


def _ahead(received_id: UUID) -> str:
    return f"received {received_id}"


def _rows() -> QuerySet[ReceivedMessage]:
    return ReceivedMessage.objects.defer("ciphertext", "reply")


def original_of_conversation(conversation: str, parent: str, endpoint: Endpoint) -> Original | None:
    """The newest known message of the other side in a thread: what an answer in it mirrors; None when we began."""
    # What was kept as a conflict or a fault bears the same id and is nobody's word in the thread.
    ids = {conversation, parent} - {""}
    row = _rows().filter(msg_id__in=ids, state=ReceptionState.ACTED).order_by("-received_at").first()
    return _read(row, endpoint) if row is not None and row.document is not None else None


def _read(row: ReceivedMessage, endpoint: Endpoint) -> Original:
    document = bytes(row.document or b"")
    info = parse_header(document)
    peer = endpoint.peers.get(row.from_her_id)
    if info is None or peer is None:
        raise LostOriginalError("The head or the sender of the message to be answered is not known.")
    return Original(row=row, info=info, peer=peer, case_type=_case_type(document))


def _case_type(document: bytes) -> str:
    if b"Sakstype" not in document:
        return ""
    try:
        parsed = parse_document(document)
    except StandardsError:
        return ""
    return parsed.dialog.case_type if isinstance(parsed, MsgHead) else ""
