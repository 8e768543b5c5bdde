"""Cancelling several appointments at once over REST (APT-13)."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from skranke.kernel.errors import InvalidError
from skranke.scheduling.access import get_appointments_for
from skranke.scheduling.services.cancelling_several import MOST, cancel_several, concerned
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.appointments import appointment_out
from skranke.web.api.text import Text
from skranke.web.api.work import created, writes

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
