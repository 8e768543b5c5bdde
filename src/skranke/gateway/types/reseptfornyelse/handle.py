"""RESEPTFORNYELSE in: protocol-messages 4.3, HITS 1217 3.1."""

from skranke.clinics.models import Service
from skranke.dialog.models import DialogKind
from skranke.gateway.types import conversations
from skranke.gateway.types.conversations import Conversation
from skranke.gateway.values import Handled, Incoming
from skranke.kernel.log import get_logger
from skranke.standards.codes import Question

log = get_logger(__name__)

_CONVERSATION = Conversation(
    kind=DialogKind.PRESCRIPTION_RENEWAL,
    service=Service.PRESCRIPTION_RENEWAL,
    starts=frozenset({Question.RENEWAL_FREE_TEXT.value, Question.RENEWAL_PRESCRIPTION.value}),
    takes_wishes=True,
)


def handle(incoming: Incoming) -> Handled:
    """As `conversations.handle`, for this kind of dialog. Files are not foreseen: they are kept, and logged."""
    handled = conversations.handle(incoming, _CONVERSATION)
    if incoming.message.attachments:
        log.warning("renewal_with_attachments", msg_id=incoming.message.info.msg_id)
    return handled
