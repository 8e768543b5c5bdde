"""Cancelling several appointments at once, and the list of cancellations, over REST (APT-13, APT-15)."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.access import get_patient_for
from skranke.scheduling.access import get_appointment_for, get_appointments_for, get_schedule_for
from skranke.scheduling.cancellations import LARGEST_PAGE, SoughtCancellations, cancellation_page
from skranke.scheduling.followed import Cancellation, CancelledBy
from skranke.scheduling.services import follow_up
from skranke.scheduling.services.cancelling_several import MOST, cancel_several, concerned
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.appointments import appointment_out
from skranke.web.api.text import Text
from skranke.web.api.work import answer, created, reads, writes

router = Router(tags=["appointments"])


class ToCancel(Schema):
    """An appointment and the version that was read of it; without one, whichever stands."""

    id: UUID
    version: int | None = None


class CancelSeveralIn(Schema):
    """Appointments to cancel together, on whose behalf and why; free again unless `offer_again` is false."""

    appointments: list[ToCancel] = Field(min_length=1, max_length=MOST)
    by: Literal["clinic", "patient"] = "clinic"
    reason: Text = ""
    offer_again: bool = True


class CancelledOut(Schema):
    """A cancelled appointment, and how its patient hears of it.

    told: helsenorge (a message leaves now); hidden, unreachable, untold (none does: call the patient).
    """

    appointment: schemas.AppointmentOut
    told: str


class CancelledList(Schema):
    """What was cancelled, by start."""

    items: list[CancelledOut]


@router.post("/cancellations", response={201: CancelledList})
@writes
def cancel_appointments(request: HttpRequest, body: CancelSeveralIn) -> Any:
    """Cancel several appointments, all or none: 412 names those that were changed since they were read."""
    versions = {one.id: one.version for one in body.appointments}
    if len(versions) != len(body.appointments):
        raise InvalidError("Name each appointment once.", field="appointments")
    told = {one.appointment.id: one.reach for one in concerned(get_appointments_for(current_actor(), list(versions)))}
    done = cancel_several(versions, by=body.by, reason=body.reason, offer_again=body.offer_again)
    return created(
        CancelledList(items=[CancelledOut(appointment=appointment_out(one), told=told[one.id]) for one in done])
    )


class CancellationQuery(Schema):
    """Which page of the list, the newest first. `from`, `to`: cancelled on one of these days, both counted.

    by: whose wish it was; by_name: part of the name of who did it. cursor: `next_cursor` of the page before.
    """

    handled: bool | None = None
    patient: UUID | None = None
    schedule: UUID | None = None
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    by: Literal["clinic", "patient"] | None = None
    by_name: Text = ""
    cursor: str = ""
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)


class CancellationOut(Schema):
    """A cancellation: the appointment, whose wish it was, where and by whom it was done, and who has followed it up.

    handled_at: since when, null while nobody has; by_card: an invoice card did.
    """

    appointment: schemas.AppointmentOut
    at: datetime
    by: str
    through: str
    by_name: str
    reason: str
    handled_at: datetime | None
    handled_by: str
    by_card: bool


class CancellationList(Schema):
    """A page of cancellations."""

    items: list[CancellationOut]
    next_cursor: str


class HandledIn(Schema):
    """Whether somebody has followed it up."""

    handled: bool


@router.get("/cancellations", response=CancellationList)
@reads
def list_cancellations(request: HttpRequest, wanted: Query[CancellationQuery]) -> Any:
    """The list of cancellations (Avbestillinger), the newest first."""
    actor = current_actor()
    sought = SoughtCancellations(
        handled=wanted.handled,
        patients=[get_patient_for(actor, wanted.patient).id] if wanted.patient else None,
        schedule=get_schedule_for(actor, wanted.schedule) if wanted.schedule else None,
        first=wanted.first,
        last=wanted.last,
        by=CancelledBy(wanted.by) if wanted.by else None,
        by_name=wanted.by_name.strip(),
    )
    page = cancellation_page(sought, cursor=wanted.cursor, limit=wanted.limit)
    return CancellationList(items=[_cancellation(one) for one in page.rows], next_cursor=page.next_cursor)


@router.put("/cancellations/{appointment_id}/handled", response=CancellationOut)
@writes
def handle_cancellation(request: HttpRequest, appointment_id: UUID, body: HandledIn) -> Any:
    """Note that a cancellation has been followed up, or after all has not. The same twice is once."""
    appointment = get_appointment_for(current_actor(), appointment_id)
    row = follow_up(appointment, handled=body.handled)
    assert row is not None
    row.appointment = appointment
    return answer(_cancellation(row))


def _cancellation(row: Cancellation) -> CancellationOut:
    return CancellationOut(
        appointment=appointment_out(row.appointment),
        at=clock.oslo(row.at),
        by=row.by,
        through=row.through,
        by_name=row.by_name,
        reason=row.reason,
        handled_at=None if row.handled_at is None else clock.oslo(row.handled_at),
        handled_by=row.handled_by,
        by_card=row.by_card,
    )
