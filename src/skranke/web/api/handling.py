"""What the REST API takes of who takes part in a thread and how it is treated (MSG-11 to MSG-17)."""

from datetime import date
from uuid import UUID

from ninja import Schema

from skranke.clinics.organisation.queries import chosen
from skranke.clinics.organisation.values import Choice, Recipient
from skranke.dialog.values import Handling, Task
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


class JournalIn(Schema):
    """Yes or no to journaling an answered e-consultation of our own channel (JRN-9).

    patient_id: whom it is about, confirmed. text: what is added. problem: the problem or diagnosis, a code or words.
    decline: no; the rest is then left out.
    """

    patient_id: UUID | None = None
    text: Text = ""
    problem: Text = ""
    decline: bool = False


def handling_of(body: HandlingIn) -> Handling:
    """As the dialog room takes it."""
    return Handling(
        private=body.private,
        important=body.important,
        reply_due=body.reply_due,
        task=Task(**body.task.dict()) if body.task else None,
    )


def form_value(one: Recipient) -> str:
    """A recipient as the forms write it, and what is kept of them."""
    kinds = {"employee": one.employee_id, "group": one.group_id, "role": one.role_id}
    kind, found = next(((kind, found) for kind, found in kinds.items() if found is not None), ("clinic", None))
    return Choice(kind=kind, id=found, name="", count=0).value


def receivers_of(to: tuple[str, ...], possible: list[Choice]) -> list[ReceiverIn]:
    """Those of them that may still be chosen."""
    meant = [chosen(one, possible) for one in to]
    return [
        ReceiverIn(employee_id=one.employee_id, group_id=one.group_id, role_id=one.role_id)
        for one in meant
        if one is not None
    ]
