"""The sealer: gives every committed row of the log the next position and hash of its clinic's chain (NFR-1).

The chain is written beside the log and after the commit: a verb that wrote it itself would hold one lock for the whole
clinic. Who calls this sees to it that only one does so for a clinic at a time (the worker's lock); the chain's key is
the second wall.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from skranke.audit.chain import COLUMNS, GENESIS, NEWEST, Head, link
from skranke.kernel import clock
from skranke.kernel.log import get_logger
from skranke.tenancy.work import current_actor

log = get_logger(__name__)

AT_ONCE = 1000
_COLUMNS = ", ".join(f"event.{name}" for name in COLUMNS)
_NEXT = f"""
    SELECT waiting.id, {_COLUMNS} FROM audit_auditunsealed waiting
      JOIN audit_auditevent event ON event.id = waiting.event_id
     ORDER BY waiting.id LIMIT %s
"""  # noqa: S608 - names of our own columns
_HEAD = "SELECT position, hash FROM audit_auditseal ORDER BY position DESC LIMIT 1"
_SEAL = """
    INSERT INTO audit_auditseal (clinic_id, position, event_id, form, sealed_at, hash)
    SELECT %s, unnest(%s::bigint[]), unnest(%s::uuid[]), %s, %s, unnest(%s::bytea[])
"""


def clinics_to_seal() -> list[UUID]:
    """The clinics that have rows without a seal; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_unsealed()")
        return [row[0] for row in cursor.fetchall()]


def seal() -> bool:
    """Seal the present clinic's next rows, in this unit of work; whether there are more.

    The new head goes to the log stream, out of reach of whoever can write in the database.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [AT_ONCE])
        waiting = cursor.fetchall()
        if not waiting:
            return False
        cursor.execute(_HEAD)
        head = _append(cursor, _head(cursor.fetchone()), [row[1:] for row in waiting])
        cursor.execute("DELETE FROM audit_auditunsealed WHERE id = ANY(%s)", [[row[0] for row in waiting]])
    log.info("audit_head", clinic_id=str(current_actor().clinic_id), head=str(head))
    return len(waiting) == AT_ONCE


def _head(row: tuple[int, bytes] | None) -> Head:
    return Head(0, GENESIS) if row is None else Head(row[0], bytes(row[1]))


def _append(cursor: Any, head: Head, rows: Sequence[Sequence[Any]]) -> Head:
    now, sealed = clock.now(), []
    for row in rows:
        position = head.position + 1
        head = Head(position, link(head.hash, position, now, row))
        sealed.append(head)
    positions, hashes = [one.position for one in sealed], [one.hash for one in sealed]
    events = [row[0] for row in rows]
    cursor.execute(_SEAL, [current_actor().clinic_id, positions, events, NEWEST, now, hashes])
    return head
