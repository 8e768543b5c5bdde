"""Tells open pages that something changed. Only ids travel; the page then asks for what it may see."""

import json
from uuid import UUID

from django.db import connection

from skranke.tenancy.rows import Call
from skranke.tenancy.work import current_actor

CHANNEL = "skranke_live"


def announce(kind: str, id: UUID) -> None:  # noqa: A002 - the word every room uses for it
    """Announce a change of the present clinic's thing of a kind ("thread", "schedule"); delivered at commit only.

    The payload is JSON: {"clinic": uuid, "kind": kind, "id": uuid}.
    """
    call = announcement(kind, id)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call.sql}", call.parameters)


def announcement(kind: str, id: UUID) -> Call:  # noqa: A002 - as announce
    """The same as a call to make with rows (`rows.insert`)."""
    payload = json.dumps({"clinic": str(current_actor().clinic_id), "kind": kind, "id": str(id)})
    return Call("pg_notify(%s, %s)", (CHANNEL, payload))
