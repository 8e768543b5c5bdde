"""A refusing answer to a message that was receipted positively: 26, 30 or 31 in the message's own function."""

from uuid import uuid4

from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint
from skranke.gateway.types.stored import original
from skranke.gateway.values import Letter
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.outbox.models import OutboxItem
from skranke.standards import profile
from skranke.standards.build import dialogs, timereservasjon
from skranke.standards.codes import Answer, MessageFunction

_ABOUT_TIMES = frozenset(
    {
        MessageFunction.BOOKING,
        MessageFunction.APPOINTMENT_WISH,
        MessageFunction.APPOINTMENT_CANCELLATION,
        MessageFunction.APPOINTMENT_CANCELLATION_OLD,
    }
)


def render(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """The answer to the received message `item.subject_id`; detail: code and text."""
    about = original(item.subject_id, endpoint)
    function = member(MessageFunction, about.info.type.v)
    msg_id = uuid4()
    envelope = about.envelope(msg_id=msg_id, at=clock.now())
    code = profile.REFUSED_AS.get(function) or member(Answer, item.detail["code"])
    text = item.detail["text"]
    if function in _ABOUT_TIMES:
        document = timereservasjon.clinic_answer(
            envelope, code, text=text, case_type=about.case_type, function=function
        )
    else:
        document = dialogs.answer(envelope, function, code, text=text, case_type=about.case_type)
    return Letter(
        document=document,
        function=function.value,
        msg_id=str(msg_id),
        sender=document.info.sender.her_id or HerId(about.row.to_her_id),
        peer=about.peer,
        conversation=about.info.conversation_id,
    )
