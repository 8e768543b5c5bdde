"""Asynchronous messages come in: from the deliveries to the commit (architecture, section 4).

`receive` never lets an error through and never settles by itself: the lane settles after it has returned.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection

from skranke.dialog import services as dialog
from skranke.gateway import listed, received, tries
from skranke.gateway.alarms import alarm
from skranke.gateway.endpoints import Endpoint, Endpoints, OwnParty, Peer
from skranke.gateway.errors import (
    NotOnListError,
    Reaction,
    ServiceOffError,
    TriedOutError,
    UnknownPartyError,
    UnknownSenderError,
    code_of,
    rule_for,
)
from skranke.gateway.facts import Facts
from skranke.gateway.models import ReceptionState
from skranke.gateway.opening import CERTIFICATE_FAULTS, check_content, check_parties, open_protection, read_document
from skranke.gateway.reactions import keep_conflict, react
from skranke.gateway.receipts import accept
from skranke.gateway.received import Earlier
from skranke.gateway.swaps import ask_the_register
from skranke.gateway.types.registry import type_of
from skranke.gateway.values import Incoming
from skranke.kernel.actor import system
from skranke.kernel.log import bind, get_logger
from skranke.patients import queries as patients
from skranke.standards.apprec import AppRec
from skranke.standards.msghead import MsgHead
from skranke.tenancy.rows import gathering
from skranke.tenancy.work import acting
from skranke.wire.transport import RawMessage

log = get_logger(__name__)


class Disposition(StrEnum):
    """What the lane does with the delivery. release: later, it is to be tried again."""

    ACCEPT = "accept"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class _Opened:
    peer: Peer
    party: OwnParty
    document: MsgHead | AppRec


def receive(raws: Sequence[RawMessage], clinic_id: UUID, endpoints: Endpoints) -> list[Disposition]:
    """Do deliveries of the clinic's asynchronous queue, whatever they hold; what to do with each, in order.

    Several that come for the first time are done in one commit when all of them can be; else each in its own.
    """
    several = [Facts(raw=raw, clinic_id=clinic_id) for raw in raws]
    try:
        are_new = tries.count_new(several)
        endpoint = endpoints.of(clinic_id)
    except Exception as error:  # noqa: BLE001 - nothing could be counted or stored: later
        alarm(error)
        return [Disposition.RELEASE] * len(several)
    # One that was tried before may be what ended the lane: it must take no other with it, nor count against one.
    if len(several) > 1 and are_new and _together(several, endpoint):
        return [Disposition.ACCEPT] * len(several)
    firsts: dict[tuple[str, str], Facts] = {}
    return [_alone(one, firsts.setdefault(tries.key(one), one), endpoint, endpoints) for one in several]


def _together(several: Sequence[Facts], endpoint: Endpoint) -> bool:
    """Do all of them in one commit; False when one of them stands in the way: then nothing has been done."""
    try:
        opened = [_open(facts, endpoint) for facts in several]
        with acting(system(endpoint.clinic_id)):
            _wait_for_nobody_long()
            if not received.are_new(several):
                return False
            _look_ahead([one.document for one in opened if isinstance(one.document, MsgHead)])
            with gathering():
                for facts, one in zip(several, opened, strict=True):
                    with _named(facts):
                        _check(facts, one)
                        _take_effect(facts, endpoint, one)
            tries.forget(*several)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is dealt with where the message stands alone
        log.info("inbox_one_by_one", reason=code_of(error))
        return False
    return True


def _look_ahead(messages: Sequence[MsgHead]) -> None:
    """Ask once what each of the messages will ask: who its patient is, and whether its conversation is known."""
    heads = [message.info for message in messages]
    patients.look_ahead([one.patient.national_id for one in heads if one.patient and one.patient.national_id])
    dialog.look_ahead([(one.msg_id, one.conversation_id) for one in heads])


def _wait_for_nobody_long() -> None:
    """Give up before the database, which looks after a second, could end somebody else's work to break a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")


def _alone(facts: Facts, first: Facts, endpoint: Endpoint, endpoints: Endpoints) -> Disposition:
    """first: the first of its copies in this hand; what was not counted with the others is counted now (0006)."""
    with _named(facts):
        try:
            if not first.tries:
                tries.count(first)
            facts.tries, facts.first_tried_at = first.tries, first.first_tried_at
            if facts.tries > settings.OURS.delivery_tries:
                set_aside(facts)
                return Disposition.ACCEPT
        except Exception as error:  # noqa: BLE001 - it could not be stored: later
            alarm(error)
            return Disposition.RELEASE
        return _attempt(facts, endpoint, endpoints)


def _named(facts: Facts) -> AbstractContextManager[None]:
    """What is logged meanwhile names the delivery."""
    return bind(message_id=facts.message_id, received_id=str(facts.received_id))


def _attempt(facts: Facts, endpoint: Endpoint, endpoints: Endpoints) -> Disposition:
    try:
        try:
            act(facts, endpoint)
        except CERTIFICATE_FAULTS:
            ask_the_register(facts)
            act(facts, endpoints.of(facts.clinic_id, fresh=True))
        except (UnknownPartyError, UnknownSenderError, ServiceOffError):
            # The party or the sender may have been made, or switched on, since the clinic's side was read (ACT-8).
            act(facts, endpoints.of(facts.clinic_id, fresh=True))
    except Exception as error:  # noqa: BLE001 - the table decides about every error, the unknown too
        return _failed(facts, endpoint, error)
    return Disposition.ACCEPT


def act(facts: Facts, endpoint: Endpoint) -> None:
    """Everything the message does, in one commit. Raises what stands in the way; then nothing is stored.

    Where the clinic's list says no, the register is asked in between (ACT-6), with nothing open.
    """
    try:
        _act_once(facts, endpoint)
    except NotOnListError:
        facts.list_check = listed.check(facts)
        _act_once(facts, endpoint)


def _act_once(facts: Facts, endpoint: Endpoint) -> None:
    opened = _open(facts, endpoint)
    with acting(system(facts.clinic_id)):
        _act(facts, endpoint, opened)
        tries.forget(facts)


def _open(facts: Facts, endpoint: Endpoint) -> _Opened:
    """Who sent what to whom. No transaction waits with it: it needs no rows, and may ask a certificate authority."""
    peer = open_protection(facts, endpoint)
    document = read_document(facts)
    return _Opened(peer, check_parties(facts, endpoint), document)


def _act(facts: Facts, endpoint: Endpoint, opened: _Opened) -> None:
    """The effect of a message that may have been here before, in the present unit of work."""
    _check(facts, opened)
    if not _seen_before(facts):
        _take_effect(facts, endpoint, opened)


def _check(facts: Facts, opened: _Opened) -> None:
    if isinstance(opened.document, MsgHead):
        assert facts.header is not None
        check_content(facts, opened.document, facts.header, most=settings.OURS.attachment_total_bytes)


def _take_effect(facts: Facts, endpoint: Endpoint, opened: _Opened) -> None:
    kind = type_of(opened.document)
    if kind.receipted:
        accept(facts)
    handled = kind.handle(
        Incoming(
            received_id=facts.received_id,
            received_at=facts.received_at,
            endpoint=endpoint,
            party=opened.party,
            peer=opened.peer,
            document=opened.document,
            list_check=facts.list_check,
        )
    )
    received.store(
        facts,
        ReceptionState.ACTED,
        code=handled.code,
        patient_id=handled.patient_id,
        subject_kind=handled.subject_kind,
        subject_id=handled.subject_id,
    )


def _seen_before(facts: Facts) -> bool:
    """Drop a duplicate, keep a conflict; whether it was either."""
    match received.earlier(facts):
        case Earlier.NEVER:
            return False
        case Earlier.DUPLICATE:
            # No error, no second effect, no second receipt (HITS 1216 2.2.3).
            log.info("duplicate_dropped")
        case Earlier.CONFLICT:
            keep_conflict(facts)
    return True


def _failed(facts: Facts, endpoint: Endpoint, error: Exception) -> Disposition:
    """The unit of work is rolled back; what the table says follows in another."""
    rule = rule_for(error)
    if rule.reaction is Reaction.RETRY:
        return retried(facts, error)
    if rule.alarm:
        alarm(error, rule)
    try:
        react(facts, endpoint, error, rule)
    except Exception as second:  # noqa: BLE001 - not even the fault could be stored: later
        alarm(second)
        return Disposition.RELEASE
    return Disposition.ACCEPT


def retried(facts: Facts, error: Exception) -> Disposition:
    """The delivery is to come again; what stood in its way is noted for the operator."""
    rule = rule_for(error)
    if rule.alarm:
        alarm(error, rule)
    try:
        tries.note(facts, code_of(error), counted=rule.counted)
    except Exception as second:  # noqa: BLE001 - not even that could be stored
        alarm(second)
    return Disposition.RELEASE


def set_aside(facts: Facts) -> None:
    """Every try failed: kept whole, settled, alarmed, and replayed when a person says so.

    Not a copy of what has been done meanwhile: the tries were those of many copies at once.
    """
    with acting(system(facts.clinic_id)):
        if received.same_bytes_seen(facts):
            tries.forget(facts)
            log.info("duplicate_dropped")
            return
        received.store(facts, ReceptionState.SET_ASIDE, code=TriedOutError.code, detail=tries.last_error(facts))
        tries.forget(facts)
    log.error("gateway_alarm", reason=TriedOutError.code)
