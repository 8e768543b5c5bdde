"""RX-3, the one answer to a renewal: `conversations.render` makes its envelope and asks here for the rest."""

from skranke.dialog.models import Message
from skranke.dialog.rules import outcome
from skranke.gateway.codes import member
from skranke.gateway.types import prescriptions
from skranke.gateway.types.people import writer_of
from skranke.kernel.log import get_logger
from skranke.standards.build import reseptfornyelse
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Answer
from skranke.standards.msghead import MsgHead

log = get_logger(__name__)


def answer(message: Message, envelope: Envelope, case_type: str) -> MsgHead:
    """The outcome with its text; who answered is always named, which the guide demands when it is not the GP.

    One M1 goes along for each item whose prescription is known (RX-16). None is made up: an answer without leaves as
    it is, where the profile lets it, and D-05 has it logged.
    """
    decided = outcome(message.kind, message.code)
    renewed = prescriptions.write(message.prescriptions.order_by("number"))
    if decided is not None and decided.names_items and not renewed:
        log.warning("renewal_without_prescriptions", msg_id=message.msg_id)
    return reseptfornyelse.clinic_answer(
        envelope,
        member(Answer, message.code),
        text=message.text,
        practitioner=writer_of(message),
        prescriptions=renewed,
        case_type=case_type,
    )
