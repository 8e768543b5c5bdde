"""EKONTAKT in: protocol-messages 4, HITS 1217 3.3."""

from skranke.clinics.models import Service
from skranke.dialog.models import DialogKind
from skranke.gateway.types import conversations
from skranke.gateway.types.conversations import Conversation
from skranke.gateway.values import Handled, Incoming
from skranke.standards.codes import Question

_CONVERSATION = Conversation(
    kind=DialogKind.E_CONTACT,
    service=Service.E_CONTACT,
    starts=frozenset({Question.ENQUIRY.value, Question.ORDER_CERTIFICATE.value}),
    takes_wishes=False,
)


def handle(incoming: Incoming) -> Handled:
    """As `conversations.handle`, for this kind of dialog."""
    return conversations.handle(incoming, _CONVERSATION)
