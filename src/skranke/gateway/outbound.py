"""What waits in the outbox leaves: claimed, rendered once and stored, handed to the bus, marked.

After a crash between hand-over and mark the same bytes with the same ids are handed over again: made exactly once,
delivered at least once (architecture, section 4).
"""

from datetime import datetime, timedelta
from uuid import UUID

from skranke.dialog.models import DeliveryState, Message
from skranke.dialog.services import mark_delivery
from skranke.gateway.alarms import alarm
from skranke.gateway.endpoints import Endpoint, Endpoints
from skranke.gateway.errors import NothingToSendError, Reaction, code_of, rule_for
from skranke.gateway.rendering import made, made_together, outgoing_of
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import get_logger
from skranke.outbox.errors import WithdrawnError
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import claim, claim_some, drop, free_leases, mark_failed, mark_sent
from skranke.tenancy.work import acting
from skranke.wire.errors import MessageRefusedError, QueueUnavailableError
from skranke.wire.transport import Transport

log = get_logger(__name__)

LEASE_SECONDS = 60
AT_ONCE = 20  # after a crash as many may be handed over a second time
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=10)
_PAUSES = 9  # doublings until the longest
_QUEUE_PAUSE = timedelta(seconds=30)


def run_once(clinic_id: UUID, endpoints: Endpoints, transport: Transport, owner: str) -> bool:
    """Send the clinic's next rows that may leave, up to `AT_ONCE`; whether there were any.

    What cannot be made by the clinic's set-up as it is kept is made by the set-up as it stands now: the party or the
    counterpart may be seconds old.
    Raises TransportDownError when the bus is away: the rows keep their bytes and ids and leave later.
    """
    items = _prepared_together(clinic_id, endpoints.of(clinic_id), owner)
    if items is None:
        item = _prepared(clinic_id, endpoints.of(clinic_id, fresh=True), owner)
        if item is None:
            return False
        items = [item] if item.body is not None else []
        _send(items, transport)
        return True
    _send(items, transport)
    return bool(items)


def _send(items: list[OutboxItem], transport: Transport) -> None:
    """Hand the rows over, then mark those that the bus has taken; the others wait for the next connection."""
    sent, waiting = [], list(items)
    try:
        while waiting:
            try:
                transport.send(outgoing_of(waiting[0]))
            except MessageRefusedError as error:
                _give_up(waiting.pop(0), error)
            except QueueUnavailableError as error:
                _wait_for_queue(waiting.pop(0), error)
            else:
                sent.append(waiting.pop(0))
    finally:
        if sent:
            _mark(sent)
        for item in waiting:
            _give_back(item)


def take_over(clinic_id: UUID, owner: str) -> None:
    """Free what the worker of this name held when it died."""
    with acting(system(clinic_id)):
        freed = free_leases(owner)
    if freed:
        log.info("outbox_leases_freed", rows=freed)


def _prepared_together(clinic_id: UUID, endpoint: Endpoint, owner: str) -> list[OutboxItem] | None:
    """Some claimed rows with their bytes, all in one commit; None when one of them cannot be made.

    Nothing has been done then, and `_prepared` takes the rows one by one.
    """
    try:
        with acting(system(clinic_id)):
            items = claim_some(owner, now=clock.now(), most=AT_ONCE, lease_seconds=LEASE_SECONDS)
            return made_together(items, endpoint)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is dealt with where the row stands alone
        log.info("outbox_one_by_one", reason=code_of(error))
        return None


def _prepared(clinic_id: UUID, endpoint: Endpoint, owner: str) -> OutboxItem | None:
    """The claimed row with its bytes, both committed; without bytes when it could not be made; None: nothing waits."""
    item: OutboxItem | None = None
    try:
        with acting(system(clinic_id)):
            item = claim(owner, now=clock.now(), lease_seconds=LEASE_SECONDS)
            return item if item is None else made(item, endpoint)
    except (NothingToSendError, WithdrawnError) as error:
        assert item is not None
        with acting(system(clinic_id)):
            drop(item)
        log.info("outbox_nothing_to_send", outbox_id=str(item.id), reason=code_of(error))
    except Exception as error:
        if item is None:
            raise
        _failed(item, error)
    assert item is not None
    item.body = None
    return item


def _failed(item: OutboxItem, error: Exception) -> None:
    """It could not be made: later when that may help, else a person must look. Either way others are not held up."""
    rule = rule_for(error)
    if rule.reaction is Reaction.RECORD:
        _give_up(item, error)
        return
    alarm(error, rule, outbox_id=str(item.id))
    with acting(system(item.clinic_id)):
        # The claim was rolled back with its count of attempts.
        OutboxItem.objects.filter(id=item.id).update(attempts=item.attempts)
        mark_failed(item, code_of(error), retry_at=_next_attempt(item.attempts))


def _next_attempt(attempts: int) -> datetime:
    pause: timedelta = _FIRST_PAUSE * (1 << min(attempts, _PAUSES))
    return clock.now() + min(pause, _LONGEST_PAUSE)


def _give_up(item: OutboxItem, error: Exception) -> None:
    alarm(error, outbox_id=str(item.id))
    with acting(system(item.clinic_id)):
        mark_failed(item, code_of(error), retry_at=None)
        if item.intent == Intent.DIALOG_MESSAGE:
            _tell_writer(item, DeliveryState.FAILED, code_of(error))


def _wait_for_queue(item: OutboxItem, error: Exception) -> None:
    """The receiver's queue is missing: an operator must look, and what goes to other queues does not wait for that."""
    alarm(error, outbox_id=str(item.id))
    with acting(system(item.clinic_id)):
        mark_failed(item, code_of(error), retry_at=clock.now() + _QUEUE_PAUSE)


def _give_back(item: OutboxItem) -> None:
    """The bus is away: the row waits for the next connection, not for the end of its lease."""
    with acting(system(item.clinic_id)):
        mark_failed(item, "wire_transport_down", retry_at=clock.now())


def _mark(items: list[OutboxItem]) -> None:
    with acting(system(items[0].clinic_id)):
        for item in mark_sent(*items):
            if item.intent == Intent.DIALOG_MESSAGE:
                _tell_writer(item, DeliveryState.SENT)


def _tell_writer(item: OutboxItem, state: DeliveryState, error: str = "") -> None:
    msg_id = item.msg_id or _msg_id_of(item)
    mark_delivery(msg_id, state, clock.now(), error, error)


def _msg_id_of(item: OutboxItem) -> str:
    """A message that could not be rendered has its MsgId on its own row only."""
    return Message.objects.filter(id=item.subject_id).values_list("msg_id", flat=True).first() or ""
