"""TEST: the communication test, in both directions (HITS 1217 3.10). D-27: no patient, no repeated question."""

from dataclasses import replace

from skranke.standards.build.envelope import Envelope, message, require_new_thread, require_thread
from skranke.standards.codes import CommunicationTest, MessageFunction
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat
from skranke.standards.msghead import MsgHead


def request(envelope: Envelope) -> MsgHead:
    """KT-1."""
    require_new_thread(envelope)
    asked = Foresporsel(code=CommunicationTest.REQUEST.cv)
    return message(_bare(envelope), MessageFunction.TEST, Dialogmelding(question=asked), synchronous=True)


def response(envelope: Envelope) -> MsgHead:
    """KT-2."""
    require_thread(envelope)
    note = Notat(code=CommunicationTest.RESPONSE.cv)
    return message(_bare(envelope), MessageFunction.TEST, Dialogmelding(note=note), synchronous=True)


def _bare(envelope: Envelope) -> Envelope:
    return replace(envelope, patient=None)
