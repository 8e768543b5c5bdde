"""What patients may start in our own channel, over REST (RCV-20 to RCV-23)."""

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from skranke.clinics.access import get_receiver_for
from skranke.clinics.organisation.values import Recipient, recipient_of
from skranke.dialog.communication.models import OwnType, RecipientFormat, Senders
from skranke.dialog.communication.set_up import TypeSetUp, all_types, delete_type, set_type, type_of
from skranke.patients.lists import get_list_for
from skranke.tenancy.work import current_actor
from skranke.web.api import schemas
from skranke.web.api.handling import ReceiverIn
from skranke.web.api.work import answer, expected_version, reads, writes

router = Router(tags=["communication types"])


class TypeIn(Schema):
    """How a type is set up. `lists`: of patients, for the senders `lists` alone. `format`: to `units` (groups, roles,
    the whole clinic), or to `people`, of whom the patient picks one; an e-consultation goes to doctors alone.
    """

    active: bool
    senders: Senders
    lists: Annotated[list[UUID], Field(max_length=schemas.MOST_ROWS)] = []
    format: RecipientFormat
    recipients: Annotated[list[ReceiverIn], Field(max_length=schemas.MOST_ROWS)]


class TypeOut(Schema):
    """A type. `set_up`: false while the clinic has not set it up, or has deleted it. `version`: for If-Match."""

    kind: str
    set_up: bool
    active: bool
    senders: Senders
    lists: list[UUID]
    format: RecipientFormat
    recipients: list[ReceiverIn]
    version: int


class TypeList(Schema):
    """Every type that patients can start in our own channel."""

    items: list[TypeOut]


@router.get("/communication-types", response=TypeList)
@reads
def list_communication_types(request: HttpRequest) -> Any:
    """The set-up of each type; an administrator's alone."""
    return {"items": [_shown(one) for one in all_types()]}


@router.put("/communication-types/{kind}", response=TypeOut)
@writes
def put_communication_type(request: HttpRequest, kind: str, body: TypeIn) -> Any:
    """Set up a type from now on; what patients have written stays as it is. Needs If-Match with the version."""
    actor, standing = current_actor(), type_of(_kind(kind))
    asked = [Recipient(one.employee_id, one.group_id, one.role_id) for one in body.recipients]
    wanted = TypeSetUp(
        kind=standing.kind,
        active=body.active,
        senders=body.senders,
        lists=tuple(one if one in standing.lists else get_list_for(actor, one).id for one in body.lists),
        format=body.format,
        recipients=tuple(recipient_of(get_receiver_for(actor, one)) for one in asked),
    )
    changed = set_type(wanted, expected_version=expected_version(request, needed=True))
    return answer(_shown(changed), changed.version)


@router.delete("/communication-types/{kind}", response={204: None})
@writes
def delete_communication_type(request: HttpRequest, kind: str) -> Any:
    """Take a type away; what patients have written by it stays. Needs If-Match with the version."""
    standing = type_of(_kind(kind))
    if standing.id is None:
        raise Http404
    delete_type(standing.kind, expected_version=expected_version(request, needed=True))
    return HttpResponse(status=204)


def _kind(text: str) -> OwnType:
    if text not in OwnType.values:
        raise Http404
    return OwnType(text)


def _shown(one: TypeSetUp) -> TypeOut:
    return TypeOut(
        kind=one.kind,
        set_up=one.id is not None,
        active=one.active,
        senders=one.senders,
        lists=list(one.lists),
        format=one.format,
        recipients=[
            ReceiverIn(employee_id=who.employee_id, group_id=who.group_id, role_id=who.role_id)
            for who in one.recipients
        ],
        version=one.version,
    )
