"""What the REST API is asked for: the parameters of its lists, and how copies are made."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from skranke.dialog.values import Mailbox
from skranke.gateway.log_values import LogState
from skranke.gateway.message_log import LARGEST_PAGE
from skranke.scheduling.services.copying import MOST_COPIES
from skranke.scheduling.values import OfferAudience
from skranke.web.api.schemas import MOST_ROWS
from skranke.web.api.text import Text


class ThreadQuery(Schema):
    """Which page of which mailbox.

    `participant`: the id of an employee, a group or a role that takes part. `from`, `to`: the newest message came on
    one of these days, both counted. `due_today`: only what must be answered today or is late.
    """

    mailbox: Mailbox = Mailbox.INBOX
    kind: str = ""
    patient: UUID | None = None
    participant: UUID | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    due_today: bool = False
    q: Text = ""
    cursor: str = ""
    limit: int = Field(50, ge=1, le=MOST_ROWS)


class MessageLogQuery(Schema):
    """Which page of the message log. `q`: a patient (name, birth date, national id), or the whole id of a message.

    `from`, `to`: the days, both counted, in which they came or were made.
    """

    q: Text = ""
    direction: Literal["", "in", "out"] = ""
    state: LogState | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    cursor: str = ""
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)


class JournalQuery(Schema):
    """Whose journal; `cursor` is the id of the last entry of the page before."""

    patient: UUID
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=MOST_ROWS)


class SlotQuery(Schema):
    """Slots that start in [from, to)."""

    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    schedule: UUID | None = None
    type: UUID | None = None
    audience: OfferAudience = OfferAudience.STAFF
    patient: UUID | None = None


class AppointmentQuery(Schema):
    """Appointments that touch [from, to); `standing=false` adds those cancelled, deleted or missed."""

    start: datetime | None = Field(None, alias="from")
    end: datetime | None = Field(None, alias="to")
    schedule: UUID | None = None
    patient: UUID | None = None
    standing: bool = True
    cursor: int = Field(0, ge=0)
    limit: int = Field(100, ge=1, le=MOST_ROWS)


class CopiesIn(Schema):
    """Copies named "Labtjenester (helsesekretær 2)": name and role, and a number that goes on from those in use.

    with_plan: the copies get the weeks that are planned, and their free times.
    """

    name: Text
    role: Text
    number: Annotated[int, Field(ge=1, le=MOST_COPIES)]
    with_plan: bool = False
