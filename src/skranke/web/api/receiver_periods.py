"""Who receives messages from HelseNorge instead for a period, over REST."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from skranke.clinics.absences.receiving import Meanwhile, Wanted, all_periods, end_period, set_period
from skranke.clinics.access import get_receiver_for
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.organisation.values import Recipient, recipient_of
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.handling import ReceiverIn
from skranke.web.api.work import answer, reads, writes

router = Router(tags=["receivers"])


class PeriodIn(Schema):
    """Others receive these types. `gp_id`: whose patients' messages; without it, every GP's. `starts_at`: without it,
    now. `ends_at`: without it, until somebody ends it.
    """

    kinds: Annotated[list[str], Field(min_length=1, max_length=schemas.MOST_ROWS)]
    gp_id: UUID | None = None
    format: ReceiverFormat
    recipients: Annotated[list[ReceiverIn], Field(max_length=schemas.MOST_ROWS)] = []
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class PeriodOut(Schema):
    """A period of one type. `is_on`: whether it decides now."""

    id: UUID
    kind: str
    gp_id: UUID | None
    format: ReceiverFormat
    recipients: list[ReceiverIn]
    starts_at: datetime
    ends_at: datetime | None
    is_on: bool


class PeriodList(Schema):
    """Periods, the first one first."""

    items: list[PeriodOut]


@router.get("/receiver-periods", response=PeriodList)
@reads
def list_receiver_periods(request: HttpRequest) -> Any:
    """The periods that are on or will be; an administrator's alone."""
    return {"items": [_shown(one) for one in all_periods()]}


@router.post("/receiver-periods", response={201: PeriodList})
@writes
def post_receiver_period(request: HttpRequest, body: PeriodIn) -> Any:
    """Let others receive for a period, one for each type; it begins and ends by itself."""
    actor = current_actor()
    asked = [Recipient(one.employee_id, one.group_id, one.role_id) for one in body.recipients]
    wanted = Wanted(
        kinds=tuple(body.kinds),
        gp_id=body.gp_id,
        format=body.format,
        recipients=tuple(recipient_of(get_receiver_for(actor, one)) for one in asked),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
    )
    made = PeriodList(items=[_shown(one) for one in set_period(wanted)])
    return answer(made, status=HTTPStatus.CREATED)


@router.delete("/receiver-periods/{period_id}", response={204: None})
@writes
def delete_receiver_period(request: HttpRequest, period_id: UUID) -> Any:
    """End a period now, or take it away before it begins."""
    end_period(period_id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _shown(one: Meanwhile) -> PeriodOut:
    return PeriodOut(
        id=one.id,
        kind=one.kind,
        gp_id=one.gp_id,
        format=one.format,
        recipients=[
            ReceiverIn(employee_id=who.employee_id, group_id=who.group_id, role_id=who.role_id)
            for who in one.recipients
        ],
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        is_on=one.is_on,
    )
