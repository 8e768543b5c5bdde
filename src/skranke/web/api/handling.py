"""What the REST API takes of who takes part in a thread and how it is treated (MSG-11 to MSG-17)."""

from datetime import date
from uuid import UUID

from ninja import Schema

from skranke.web.api.text import Text


class TaskIn(Schema):
    """What somebody is to do. `employee_id`: who; without it the patient. `due`: the last day."""

    employee_id: UUID | None = None
    due: date | None = None
    text: Text = ""


class HandlingIn(Schema):
    """How a thread is treated. `reply_due`: the last day for the others to answer. `task`: null for none."""

    private: bool = False
    important: bool = False
    reply_due: date | None = None
    task: TaskIn | None = None


class ReceiverIn(Schema):
    """One who takes part: an employee, a group, a role; none of them: the whole clinic."""

    employee_id: UUID | None = None
    group_id: UUID | None = None
    role_id: UUID | None = None


class ForwardIn(ReceiverIn):
    """To whom a thread goes on: an employee, a group or a role (one of them); without any: the whole clinic."""
