"""APPREC out: made from the stored head of the message it is about, by the mirroring rules of HIS 80415 3.5."""

from uuid import uuid4

from skranke import __version__
from skranke.gateway.codes import member
from skranke.gateway.endpoints import Endpoint
from skranke.gateway.types.stored import original
from skranke.gateway.values import Letter, Renderer
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.standards.build.apprec import apprec_for, error
from skranke.standards.codes import AppRecError, AppRecStatus, MessageFunction


def render(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """The receipt of the received message `item.subject_id`; detail: error and its free text when negative."""
    about = original(item.subject_id, endpoint)
    receipt_id = uuid4()
    code = item.detail.get("error")
    document = apprec_for(
        about.info,
        status=AppRecStatus.REJECTED if code else AppRecStatus.OK,
        errors=[error(member(AppRecError, code), item.detail.get("detail", ""))] if code else [],
        now=clock.now(),
        id=receipt_id,
        software_version=__version__,
    )
    return Letter(
        document=document,
        function=MessageFunction.APPREC.value,
        msg_id=str(receipt_id),
        # The mirror of MsgInfo/Receiver, whatever the header said (protocol-messages 2.1).
        sender=document.sender.her_id or HerId(about.row.to_her_id),
        peer=about.peer,
        conversation=about.info.conversation_id,
    )


RENDERERS: dict[Intent, Renderer] = {Intent.APPREC: render}
