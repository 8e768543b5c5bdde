"""Who receives each type of message from HelseNorge, over REST."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from skranke.clinics.access import get_receiver_for
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.organisation.receivers import Receivers, all_receivers, is_received, set_receivers
from skranke.clinics.organisation.values import Recipient, recipient_of
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.handling import ReceiverIn
from skranke.web.api.work import answer, expected_version, reads, writes

router = Router(tags=["receivers"])


class ReceiversIn(Schema):
    """Who receives a type: in the format `practitioner` the patient's GP alone, and `recipients` are left out."""

    format: ReceiverFormat
    recipients: Annotated[list[ReceiverIn], Field(max_length=schemas.MOST_ROWS)] = []


class ReceiversOut(Schema):
    """How a type is set up. version: for If-Match; 0 while the standard of a new clinic holds."""

    kind: str
    format: ReceiverFormat
    recipients: list[ReceiverIn]
    version: int


class ReceiversList(Schema):
    """Every type that patients start in HelseNorge."""

    items: list[ReceiversOut]


@router.get("/receivers", response=ReceiversList)
@reads
def list_receivers(request: HttpRequest) -> Any:
    """The set-up of each type; an administrator's alone."""
    return {"items": [_shown(one) for one in all_receivers()]}


@router.put("/receivers/{kind}", response=ReceiversOut)
@writes
def put_receivers(request: HttpRequest, kind: str, body: ReceiversIn) -> Any:
    """Choose who receives a type from now on; open threads keep who takes part. Needs If-Match with the version."""
    if not is_received(kind):
        raise Http404
    actor = current_actor()
    asked = [Recipient(one.employee_id, one.group_id, one.role_id) for one in body.recipients]
    recipients = [recipient_of(get_receiver_for(actor, one)) for one in asked]
    version = expected_version(request, needed=True)
    changed = set_receivers(kind, body.format, recipients, expected_version=version)
    return answer(_shown(changed), changed.version)


def _shown(one: Receivers) -> ReceiversOut:
    return ReceiversOut(
        kind=one.kind,
        format=one.format,
        recipients=[
            ReceiverIn(employee_id=who.employee_id, group_id=who.group_id, role_id=who.role_id)
            for who in one.recipients
        ],
        version=one.version,
    )
