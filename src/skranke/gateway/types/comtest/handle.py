"""TEST: KT is answered RKT at once, without touching the domain (protocol-messages 4.10)."""

from uuid import UUID

from django.utils.translation import gettext as _

from skranke.gateway.errors import UnknownQuestionError
from skranke.gateway.values import Handled, Incoming
from skranke.kernel import clock
from skranke.standards.build import comtest
from skranke.standards.build.envelope import reply_to
from skranke.standards.codes import CommunicationTest
from skranke.standards.msghead import MsgHead


def handle(incoming: Incoming) -> Handled:
    """A test on the asynchronous queue: it is receipted, and that is the test."""
    return Handled(subject_kind="test", code=incoming.message.code.v)


def answer(incoming: Incoming, msg_id: UUID) -> MsgHead:
    """KT-2. Raises UnknownQuestionError for another code."""
    if incoming.message.code.v != CommunicationTest.REQUEST:
        raise UnknownQuestionError(_("Forespørselen kan ikke besvares."))
    return comtest.response(reply_to(incoming.message.info, msg_id=msg_id, gen_date=clock.now()))
