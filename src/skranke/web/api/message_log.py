"""The message log over REST, for administrators."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from skranke.gateway.log_values import Sought
from skranke.gateway.message_log import message_log
from skranke.web.api import asked, schemas
from skranke.web.api.work import reads

router = Router(tags=["messages"])


@router.get("/messages", response=schemas.MessageLog)
@reads
def list_messages(request: HttpRequest, wanted: Query[asked.MessageLogQuery]) -> Any:
    """A page of the message log (MSG-23): every electronic message in and out with its state."""
    page = message_log(
        Sought(
            q=wanted.q,
            incoming=wanted.direction == "in" if wanted.direction else None,
            state=wanted.state,
            first=wanted.first,
            last=wanted.last,
        ),
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return {"items": list(page.rows), "next_cursor": page.next_cursor}
