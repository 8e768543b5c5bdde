"""EKONSULTASJON in: protocol-messages 4, HITS 1217 3.2."""

from skranke.clinics.models import Service
from skranke.dialog.models import DialogKind
from skranke.gateway.types import conversations
from skranke.gateway.types.conversations import Conversation
from skranke.gateway.values import Handled, Incoming
from skranke.standards.codes import Question

_CONVERSATION = Conversation(
    kind=DialogKind.E_CONSULTATION,
    service=Service.E_CONSULTATION,
    starts=frozenset({Question.QUESTION_TO_PRACTITIONER.value}),
    takes_wishes=True,
)


def handle(incoming: Incoming) -> Handled:
    """As `conversations.handle`, for this kind of dialog."""
    return conversations.handle(incoming, _CONVERSATION)
