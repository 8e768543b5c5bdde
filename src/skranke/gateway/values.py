"""What passes between the lanes and the message types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from skranke.gateway.endpoints import Endpoint, OwnParty, Peer
from skranke.gateway.facts import ListCheck
from skranke.kernel.ids import HerId
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.standards.apprec import AppRec
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer, MessageFunction
from skranke.standards.msghead import MsgHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that is opened, verified and new. document: a MsgHead, or an AppRec for the type of receipts."""

    received_id: UUID
    received_at: datetime
    endpoint: Endpoint
    party: OwnParty
    peer: Peer
    document: MsgHead | AppRec
    list_check: ListCheck = ListCheck.LOCAL

    @property
    def message(self) -> MsgHead:
        """The dialog message; only the type of receipts has none."""
        assert isinstance(self.document, MsgHead)
        return self.document


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What became of it, for the trace. code: of an answer already made, when it refuses."""

    subject_kind: str = ""
    subject_id: UUID | None = None
    patient_id: UUID | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A document ready to be protected and addressed. function: the subject on the bus."""

    document: MsgHead | AppRec
    function: str
    msg_id: str
    sender: HerId
    peer: Peer
    conversation: str = ""


Handler = Callable[[Incoming], Handled]
Answerer = Callable[[Incoming, UUID], MsgHead]
Refuser = Callable[[Envelope, Answer, str, str], MsgHead]
Renderer = Callable[[OutboxItem, Endpoint], Letter]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageType:
    """One message function.

    handle: does an asynchronous message, by one verb. answer: makes the answer to a synchronous one, given its MsgId;
    None when the function has no synchronous codes. refuse: makes a refusing answer to one, from the code, the text
    and the Sakstype to be echoed; None when the function has no such code. receipted: an AppRec is made for it.
    renderers: makes what leaves, by intent.
    """

    functions: frozenset[MessageFunction]
    handle: Handler
    answer: Answerer | None = None
    refuse: Refuser | None = None
    receipted: bool = True
    renderers: Mapping[Intent, Renderer] = field(default_factory=dict)
