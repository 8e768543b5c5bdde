"""What the error table says is done: stored, and told to whom it concerns, in one commit of its own."""

from collections.abc import Callable

from skranke.dialog.errors import OtherPatientError
from skranke.gateway import receipts, received, tries
from skranke.gateway.endpoints import Endpoint
from skranke.gateway.errors import (
    ConflictingIdError,
    NoAccessError,
    NotForUsError,
    Reaction,
    ReceiptError,
    Rule,
    code_of,
    refusal_of,
)
from skranke.gateway.facts import Facts
from skranke.gateway.models import ReceptionState
from skranke.gateway.received import Earlier
from skranke.gateway.types.people import record_refusal
from skranke.kernel.actor import system
from skranke.kernel.log import get_logger
from skranke.standards.codes import Answer
from skranke.standards.errors import StandardsError
from skranke.standards.msghead import MsgHead
from skranke.tenancy.work import acting
from skranke.wire.errors import SpoofingAttackError, TransportFaultError

log = get_logger(__name__)


def react(facts: Facts, endpoint: Endpoint, error: Exception, rule: Rule) -> None:
    """Store the message and tell of its error.

    The locks of the first unit of work are gone with it, so the message is looked up once more.
    """
    with acting(system(facts.clinic_id)):
        match received.earlier(facts):
            case Earlier.DUPLICATE:
                pass
            case Earlier.CONFLICT:
                keep_conflict(facts, code_of(error))
            case Earlier.NEVER:
                _REACTIONS[rule.reaction](facts, endpoint, error)
        tries.forget(facts)


def keep_conflict(facts: Facts, code: str = ConflictingIdError.code) -> None:
    """Store a message whose id came before with other bytes; nothing else happens (RCV-19)."""
    received.store(facts, ReceptionState.CONFLICT, code=code)
    log.error("gateway_alarm", reason=ConflictingIdError.code)


def _receipt(facts: Facts, endpoint: Endpoint, error: Exception) -> None:
    assert isinstance(error, StandardsError | ReceiptError)
    if (other := _stranger(facts, endpoint)) is not None:
        _REACTIONS[Reaction.ERROR_QUEUE if isinstance(other, TransportFaultError) else Reaction.RECORD](
            facts, endpoint, other
        )
        return
    received.store(facts, ReceptionState.REFUSED, code=error.apprec_code.value, detail=error.detail)
    receipts.refuse(facts, error.apprec_code, error.detail)


def _stranger(facts: Facts, endpoint: Endpoint) -> Exception | None:
    """Why no receipt may be sent: the head names another sender than the header, or an organisation that is not us."""
    info, header = facts.info, facts.header
    assert info is not None
    assert header is not None
    if info.sender.her_id != header.sender:
        return SpoofingAttackError("The header's sender is not the payload's.", fields=("fromHerId",))
    ours = str(header.receiver) in endpoint.parties or info.receiver.level1_her_id == endpoint.her_id
    return None if ours else NotForUsError("The message is addressed to another organisation.")


def _error_queue(facts: Facts, endpoint: Endpoint, error: Exception) -> None:
    assert isinstance(error, TransportFaultError)
    received.store(facts, ReceptionState.FAULT, code=error.condition, detail=str(error))
    # Whose HER-id we do not know, we cannot tell: its queue stands nowhere (RV 5.3).
    if facts.from_her_id in endpoint.peers:
        receipts.report(facts, error)


def _answer(facts: Facts, _endpoint: Endpoint, error: Exception) -> None:
    code, text = refusal_of(error)
    receipts.accept(facts)
    received.store(facts, ReceptionState.REFUSED, code=code.value, detail=code_of(error))
    receipts.answer_refusing(facts.received_id, code, text)
    record_refused_person(facts, error, code)


def record_refused_person(facts: Facts, error: Exception, code: Answer) -> None:
    """ACT-6: the audit log has every refusal whose reason is the patient."""
    if isinstance(error, NoAccessError | OtherPatientError) and isinstance(facts.document, MsgHead):
        record_refusal(facts.received_id, facts.document, code)


def _record(facts: Facts, _endpoint: Endpoint, error: Exception) -> None:
    received.store(facts, ReceptionState.FAULT, code=code_of(error), detail=str(error))


_REACTIONS: dict[Reaction, Callable[[Facts, Endpoint, Exception], None]] = {
    Reaction.RECEIPT: _receipt,
    Reaction.ERROR_QUEUE: _error_queue,
    Reaction.ANSWER: _answer,
    Reaction.RECORD: _record,
}
