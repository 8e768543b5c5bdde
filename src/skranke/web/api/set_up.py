"""Appointment types and the clinic's limits over REST (CAL-7, TYP-1, TYP-2)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from skranke.clinics.access import get_employee_for, require
from skranke.clinics.models import Clinic
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.scheduling import queries
from skranke.scheduling.access import get_type_for
from skranke.scheduling.models import AppointmentType
from skranke.scheduling.services.limits import NAMES, set_clinic_limits
from skranke.scheduling.services.types import change_type, create_type, remove_type
from skranke.tenancy.work import current_actor
from skranke.web.api.text import Text
from skranke.web.api.work import answer, created, expected_version, reads, writes

router = Router(tags=["appointments"])
Number = Annotated[int, Field(ge=0, le=1_000_000)]


class LimitsIn(Schema):
    """The limits of a level (CAL-6); null leaves a question to the level above, and at the clinic means no limit.

    first_only: patients see only the first free slot of the schedule, or of each day; `all` of them; "" as null.
    """

    max_self_booked: Number | None = None
    days_ahead: Number | None = None
    booking_deadline_hours: Number | None = None
    first_only: Literal["schedule", "day", "all", ""] = ""
    cancellation_allowed: bool | None = None
    cancellation_deadline_hours: Number | None = None


class LimitsOut(LimitsIn):
    """The clinic's limits. version: for If-Match."""

    version: int


class TypeFields(LimitsIn):
    """What can be said of a type. owner_id: who alone may change it beside administrators; null for everybody.

    price: in whole kroner, shown before booking. capacity: the patients of one slot, for a group. category: what a
    resource's times are for, "" for an ordinary type. icon: beside the name in Timebok, "" for none. The limits for
    booking count where custom_limits is on, those for cancelling where custom_cancellation is.
    """

    owner_id: UUID | None = None
    colour: Literal["grey", "online", "desk", "acute", "video", "lab"] = "grey"
    icon: Literal["bell", "bolt", "flask", "home", "journal", "people", "pill", "star", "stetho", ""] = ""
    visibility: Literal["normal", "hidden", "group"] = "normal"
    capacity: Number = 1
    contact: Literal["physical", "video", "phone"] = "physical"
    bookable_online: bool = True
    must_call: bool = False
    urgent: bool = False
    notifies: bool = False
    is_default: bool = False
    category: Literal["corona_test", "corona_vaccine", "lab", "vaccine", ""] = ""
    information: Text = ""
    price: Number | None = None
    address: Text = ""
    custom_limits: bool = False
    custom_cancellation: bool = False


class TypeIn(TypeFields):
    """A new type."""

    name: Text
    minutes: Number


class TypePatch(TypeFields):
    """What is to be otherwise; what is left out stays. active: false puts it out of use."""

    name: Text = ""
    minutes: Number = 0
    active: bool = True


class TypeOut(TypeFields):
    """One appointment type. version: for If-Match."""

    id: UUID
    name: str
    minutes: int
    active: bool
    version: int


class TypeList(Schema):
    """The clinic's types, those in use first, by name."""

    items: list[TypeOut]


@router.get("/appointment-types", response=TypeList)
@reads
def list_types(request: HttpRequest) -> Any:
    """Every type of the clinic."""
    return TypeList(items=[_shown(one) for one in queries.types()])


@router.post("/appointment-types", response={201: TypeOut})
@writes
def make_type(request: HttpRequest, body: TypeIn) -> Any:
    """Make a type, which everybody in the clinic may use. `video` needs the clinic's video module."""
    made = create_type(**_columns(body.model_dump()))
    return created(_shown(made), made.version)


@router.get("/appointment-types/{type_id}", response=TypeOut)
@reads
def read_type(request: HttpRequest, type_id: UUID) -> Any:
    """One type."""
    found = get_type_for(current_actor(), type_id)
    return answer(_shown(found), found.version)


@router.patch("/appointment-types/{type_id}", response=TypeOut)
@writes
def patch_type(request: HttpRequest, type_id: UUID, body: TypePatch) -> Any:
    """Change a type: any user one without an owner, else its owner and administrators. Needs If-Match."""
    found = get_type_for(current_actor(), type_id)
    version = expected_version(request, needed=True)
    changed = change_type(found, expected_version=version, **_columns(body.model_dump(exclude_unset=True)))
    return answer(_shown(changed), changed.version)


@router.delete("/appointment-types/{type_id}", response={204: None})
@writes
def delete_type(request: HttpRequest, type_id: UUID) -> Any:
    """Delete a type that nothing has used; refused (409) where it is in use: make it inactive. Needs If-Match."""
    found = get_type_for(current_actor(), type_id)
    remove_type(found, expected_version=expected_version(request, needed=True))
    return HttpResponse(status=204)


@router.get("/booking-limits", response=LimitsOut)
@reads
def read_limits(request: HttpRequest) -> Any:
    """The clinic's own limits, which hold where neither schedule nor type sets one. For administrators."""
    require(current_actor(), Permission.CHANGE_SETTINGS)
    clinic = this_clinic()
    return answer(_limits(clinic), clinic.limits_version)


@router.patch("/booking-limits", response=LimitsOut)
@writes
def patch_limits(request: HttpRequest, body: LimitsIn) -> Any:
    """Change some of them; what is left out stays. For administrators. Needs If-Match."""
    version = expected_version(request, needed=True)
    clinic = set_clinic_limits(expected_version=version, **body.model_dump(exclude_unset=True))
    return answer(_limits(clinic), clinic.limits_version)


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    if "owner_id" in given:
        owner_id = given.pop("owner_id")
        given["owner"] = get_employee_for(current_actor(), owner_id) if owner_id else None
    return given


def _limits(clinic: Clinic) -> LimitsOut:
    return LimitsOut(version=clinic.limits_version, **{name: getattr(clinic, name) for name in NAMES})


def _shown(row: AppointmentType) -> TypeOut:
    return TypeOut(**{name: getattr(row, name) for name in TypeOut.model_fields})
