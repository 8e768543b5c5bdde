"""How often a delivery has been tried: committed before the work, so that a message that kills us is counted too."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import F, QuerySet

from skranke.gateway.facts import Facts
from skranke.gateway.models import DeliveryTry
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

_INSERT = """
    INSERT INTO gateway_deliverytry (id, clinic_id, from_her_id, message_id, tries, first_at, last_at, last_error)
    SELECT id, %s, from_her_id, message_id, 1, %s, %s, ''
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS delivery (id, from_her_id, message_id)
    ON CONFLICT (clinic_id, from_her_id, message_id)
"""
_AGAIN = "DO UPDATE SET tries = gateway_deliverytry.tries + 1, last_at = excluded.last_at"
_NEW = "DO NOTHING"
# A crash of the database server may lose the count, never a message: worth the disk's time saved.
_TOLD = "RETURNING from_her_id, message_id, tries, first_at, set_config('synchronous_commit', 'off', true)"
_FORGET = """
    DELETE FROM gateway_deliverytry
    WHERE clinic_id = %s AND (from_her_id, message_id) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
_ERROR_LENGTH = 200


def count(facts: Facts) -> None:
    """Count a try of a delivery and commit; `tries` and `first_tried_at` of the facts then tell of it."""
    _count([facts], _AGAIN)


def count_new(several: Sequence[Facts]) -> bool:
    """As `count`, for those of a clinic's deliveries that come for the first time; whether all of them do.

    The others are not counted: who takes one of many knows first then which of them it tries. Copies that are taken
    together are one try.
    """
    _count(several, _NEW)
    return all(facts.tries for facts in several)


def _count(several: Sequence[Facts], otherwise: str) -> None:
    # In one order, so that two lanes with the same messages do not wait for each other in a circle.
    keys = sorted({key(facts) for facts in several})
    first = several[0]
    with acting(system(first.clinic_id)), connection.cursor() as cursor:
        ids, senders, message_ids = [new_id() for _ in keys], [one for one, _ in keys], [last for _, last in keys]
        now = first.received_at
        statement = f"{_INSERT} {otherwise} {_TOLD}"
        cursor.execute(statement, [first.clinic_id, now, now, ids, senders, message_ids])
        found = {(sender, message_id): (tries, at) for sender, message_id, tries, at, _ in cursor.fetchall()}
    for facts in several:
        facts.tries, facts.first_tried_at = found.get(key(facts), (facts.tries, facts.first_tried_at))


def forget(*several: Facts) -> None:
    """The messages, of one clinic, are done with: in the same unit of work as their effect."""
    keys = [key(facts) for facts in several]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [several[0].clinic_id, [sender for sender, _ in keys], [last for _, last in keys]])


def note(facts: Facts, error: str, *, counted: bool = True) -> None:
    """Why the last try failed, for the operator. counted: False takes the try back, because it says nothing of it."""
    with acting(system(facts.clinic_id)):
        _rows(facts).update(last_error=error[:_ERROR_LENGTH], tries=F("tries") - (0 if counted else 1))


def last_error(facts: Facts) -> str:
    """Why the last try failed; empty when the process died in it."""
    row = _rows(facts).first()
    return row.last_error if row else ""


def _rows(facts: Facts) -> QuerySet[DeliveryTry]:
    sender, message_id = key(facts)
    return DeliveryTry.objects.filter(clinic_id=facts.clinic_id, from_her_id=sender, message_id=message_id)


def key(facts: Facts) -> tuple[str, str]:
    """By what copies are known: sender and message-id; what came without an id is known by its bytes."""
    return facts.from_her_id, facts.message_id or f"sha256:{facts.sha256}"
