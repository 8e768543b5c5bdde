"""How often a delivery has been tried: committed before the work, so that a message that kills us is counted too."""

from django.db import connection
from django.db.models import F

from skranke.gateway.facts import Facts
from skranke.gateway.models import DeliveryTry
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

_COUNT = """
    INSERT INTO gateway_deliverytry (id, clinic_id, from_her_id, message_id, tries, last_at, last_error)
    VALUES (%s, %s, %s, %s, 1, %s, '')
    ON CONFLICT (clinic_id, from_her_id, message_id)
    DO UPDATE SET tries = gateway_deliverytry.tries + 1, last_at = excluded.last_at
    -- A crash of the database server may lose the count, never a message: worth the disk's time saved.
    RETURNING tries, set_config('synchronous_commit', 'off', true)
"""
_FORGET = "DELETE FROM gateway_deliverytry WHERE clinic_id = %s AND from_her_id = %s AND message_id = %s"
_ERROR_LENGTH = 200


def count(facts: Facts) -> int:
    """Count this try and commit; which one it is, from 1."""
    with acting(system(facts.clinic_id)), connection.cursor() as cursor:
        cursor.execute(_COUNT, [new_id(), facts.clinic_id, facts.from_her_id, _key(facts), facts.received_at])
        return int(cursor.fetchone()[0])


def forget(facts: Facts) -> None:
    """The message is done with: in the same unit of work as its effect."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [facts.clinic_id, facts.from_her_id, _key(facts)])


def note(facts: Facts, error: str, *, counted: bool = True) -> None:
    """Why the last try failed, for the operator. counted: False takes the try back, because it says nothing of it."""
    with acting(system(facts.clinic_id)):
        DeliveryTry.objects.filter(
            clinic_id=facts.clinic_id, from_her_id=facts.from_her_id, message_id=_key(facts)
        ).update(last_error=error[:_ERROR_LENGTH], tries=F("tries") - (0 if counted else 1))


def last_error(facts: Facts) -> str:
    """Why the last try failed; empty when the process died in it."""
    row = DeliveryTry.objects.filter(
        clinic_id=facts.clinic_id, from_her_id=facts.from_her_id, message_id=_key(facts)
    ).first()
    return row.last_error if row else ""


def _key(facts: Facts) -> str:
    return facts.message_id or f"sha256:{facts.sha256}"
