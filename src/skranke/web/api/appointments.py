"""Schedules, slots and appointments over REST."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Response

from skranke.clinics.access import get_department_for, get_employee_for, get_group_for
from skranke.clinics.models import Employee, Group
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.access import get_patient_for
from skranke.patients.lists import get_list_for
from skranke.patients.models import PatientList
from skranke.scheduling import queries
from skranke.scheduling.access import get_appointment_for, get_schedule_for, get_slot_for, get_type_for
from skranke.scheduling.details import details
from skranke.scheduling.models import Appointment, BookedThrough, Schedule
from skranke.scheduling.services import booking, cancelling, changing, copying, moving, setup, telling
from skranke.scheduling.values import OfferAudience
from skranke.tenancy.work import current_actor
from skranke.web.api import asked, schemas
from skranke.web.api.offered import slots
from skranke.web.api.work import answer, created, expected_version, reads, writes

router = Router(tags=["appointments"])
_LAST_ROW = 10**9
_MOVES = {"slot_id", "start", "end"}
_CHANGES = {"type_id", "contact", "address", "reason", "note"}
_PLAIN = {"public_name", "internal_name", "online", "audience"}
_SETTINGS = {*schemas.ScheduleSettings.model_fields, "archived"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@router.get("/schedules", response=schemas.ScheduleList)
@reads
def list_schedules(request: HttpRequest) -> Any:
    """The clinic's schedules that are not archived."""
    return schemas.ScheduleList(items=[_schedule(one) for one in queries.schedules()])


@router.post("/schedules", response={201: schemas.ScheduleOut})
@writes
def make_schedule(request: HttpRequest, body: schemas.ScheduleIn) -> Any:
    """Make a schedule. For administrators."""
    names = body.model_dump(include=_PLAIN)
    names |= _settings(body.model_dump(include=set(schemas.ScheduleSettings.model_fields)))
    made = setup.create_schedule(owner=_owner(body.owner), patient_list=_list(body.patient_list_id), **names)
    return created(_schedule(made), made.version)


@router.patch("/schedules/{schedule_id}", response=schemas.ScheduleOut)
@writes
def change_schedule(request: HttpRequest, schedule_id: UUID, body: schemas.SchedulePatch) -> Any:
    """Change a schedule's settings, owner or limits, or archive it. For administrators. Needs If-Match."""
    schedule = get_schedule_for(current_actor(), schedule_id)
    fields = body.model_dump(include=_PLAIN, exclude_none=True)
    fields |= _settings(body.model_dump(include=_SETTINGS, exclude_unset=True))
    if body.owner is not None:
        fields["owner"] = _owner(body.owner)
    if body.patient_list_id is not None:
        fields["patient_list"] = _list(body.patient_list_id)
    changed = setup.change_schedule(schedule, expected_version=expected_version(request, needed=True), **fields)
    return answer(_schedule(changed), changed.version)


@router.post("/schedules/{schedule_id}/copies", response={201: schemas.ScheduleList})
@writes
def copy_schedule(request: HttpRequest, schedule_id: UUID, body: asked.CopiesIn) -> Any:
    """Make numbered copies of a schedule, with its owner, audience and limits. For administrators."""
    made = copying.copy_schedule(get_schedule_for(current_actor(), schedule_id), **body.model_dump())
    return created(schemas.ScheduleList(items=[_schedule(one) for one in made]))


@router.get("/slots", response=schemas.SlotList)
@reads
def list_slots(request: HttpRequest, wanted: Query[asked.SlotQuery]) -> Any:
    """The slots that are offered to an audience, by the rules that booking checks again."""
    actor = current_actor()
    chosen = get_schedule_for(actor, wanted.schedule) if wanted.schedule else None
    offered = queries.offered_slots(
        audience=wanted.audience,
        start=_checked(wanted.start, "from"),
        end=_checked(wanted.end, "to"),
        patient=get_patient_for(actor, wanted.patient) if wanted.patient else None,
        schedule=chosen,
    )
    found = [one for one in offered if wanted.type is None or one.type.id == wanted.type]
    findings = _findings(wanted.audience, chosen) if not found else []
    return Response({"items": slots(found), "findings": findings})


@router.get("/appointments", response=schemas.AppointmentList)
@reads
def list_appointments(request: HttpRequest, wanted: Query[asked.AppointmentQuery]) -> Any:
    """Appointments by start."""
    actor = current_actor()
    if wanted.cursor > _LAST_ROW:
        raise InvalidError("The cursor is not one that this API gave.", field="cursor")
    page = queries.appointment_page(
        wanted.cursor,
        wanted.limit,
        schedule=get_schedule_for(actor, wanted.schedule) if wanted.schedule else None,
        patient=get_patient_for(actor, wanted.patient) if wanted.patient else None,
        start=_with_offset(wanted.start, "from"),
        end=_with_offset(wanted.end, "to"),
        standing=wanted.standing,
    )
    more = str(wanted.cursor + wanted.limit) if len(page) == wanted.limit else ""
    return schemas.AppointmentList(items=[appointment_out(one) for one in page], next_cursor=more)


@router.post("/appointments", response={201: schemas.AppointmentOut})
@writes
def book_appointment(request: HttpRequest, body: schemas.AppointmentIn) -> Any:
    """Book a slot for a patient, as staff. 409 when somebody was first."""
    actor = current_actor()
    appointment = booking.book(
        slot=get_slot_for(actor, body.slot_id),
        patient=get_patient_for(actor, body.patient_id),
        through=BookedThrough.STAFF,
        comment=body.comment,
        reason=body.reason,
        note=body.note,
    )
    return created(appointment_out(appointment), appointment.version)


@router.get("/appointments/{appointment_id}", response=schemas.AppointmentOut)
@reads
def read_appointment(request: HttpRequest, appointment_id: UUID) -> Any:
    """One appointment."""
    appointment = get_appointment_for(current_actor(), appointment_id)
    return answer(appointment_out(appointment), appointment.version)


@router.patch("/appointments/{appointment_id}", response=schemas.AppointmentOut)
@writes
def move_appointment(request: HttpRequest, appointment_id: UUID, body: schemas.AppointmentPatch) -> Any:
    """Move, or change type, place or words; the patient is told of one change (APT-21). Needs If-Match."""
    appointment = get_appointment_for(current_actor(), appointment_id)
    version = expected_version(request, needed=True)
    moves = body.model_dump(include=_MOVES, exclude_none=True)
    changes = body.model_dump(include=_CHANGES, exclude_none=True)
    if bool(moves) == bool(changes):
        raise InvalidError("Name a slot_id, a start or an end; or what else is to change.", field="slot_id")
    changed = (_move if moves else _change)(appointment, body, version)
    return answer(appointment_out(changed), changed.version)


def _move(appointment: Appointment, body: schemas.AppointmentPatch, version: int | None) -> Appointment:
    return moving.move(
        appointment,
        slot=get_slot_for(current_actor(), body.slot_id) if body.slot_id else None,
        start=_with_offset(body.start, "start"),
        end=_with_offset(body.end, "end"),
        expected_version=version,
    )


def _change(appointment: Appointment, body: schemas.AppointmentPatch, version: int | None) -> Appointment:
    return changing.change(
        appointment,
        kind=get_type_for(current_actor(), body.type_id) if body.type_id else None,
        contact=body.contact,
        address=body.address,
        reason=body.reason,
        note=body.note,
        expected_version=version,
    )


@router.post("/appointments/{appointment_id}/cancel", response=schemas.AppointmentOut)
@writes
def cancel_appointment(request: HttpRequest, appointment_id: UUID, body: schemas.CancelIn) -> Any:
    """Cancel on behalf of the clinic or the patient; the time is free again unless `offer_again` is false."""
    appointment = cancelling.cancel(
        get_appointment_for(current_actor(), appointment_id),
        by=body.by,
        reason=body.reason,
        offer_again=body.offer_again,
        expected_version=expected_version(request),
    )
    return answer(appointment_out(appointment), appointment.version)


@router.get("/appointments/{appointment_id}/told", response=schemas.AppointmentTold)
@reads
def appointment_told(request: HttpRequest, appointment_id: UUID) -> schemas.AppointmentTold:
    """What HelseNorge has been told of the appointment, and whether it arrived."""
    facts = details(get_appointment_for(current_actor(), appointment_id))
    at = None if facts.told_at is None else clock.oslo(facts.told_at)
    return schemas.AppointmentTold(told=facts.told, at=at, reason=facts.why, may_resend=facts.may_tell_again)


@router.post("/appointments/{appointment_id}/resend", response=schemas.AppointmentOut)
@writes
def resend_appointment(request: HttpRequest, appointment_id: UUID) -> Any:
    """Tell the patient once more, when the newest message about the appointment did not arrive; else refused (409)."""
    appointment = get_appointment_for(current_actor(), appointment_id)
    told = telling.tell_again(appointment, expected_version=expected_version(request))
    return answer(appointment_out(told), told.version)


def _with_offset(instant: datetime | None, field: str) -> datetime | None:
    return None if instant is None else _checked(instant, field)


def _checked(instant: datetime, field: str) -> datetime:
    if instant.tzinfo is None:
        raise InvalidError("A time needs an offset, as in 2027-03-03T09:20:00+01:00.", field=field)
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise InvalidError(f"A time lies between the years {_FIRST_YEAR} and {_LAST_YEAR}.", field=field)
    return instant


def _findings(audience: OfferAudience, schedule: Schedule | None) -> list[str]:
    """Why a GP's times are not offered in HelseNorge (HNB-15)."""
    if audience is not OfferAudience.HELSENORGE or schedule is None or schedule.owner is None:
        return []
    return [str(finding.text) for finding in queries.why_no_slots(schedule.owner) if not finding.ok]


def _owner(wanted: schemas.OwnerIn) -> Employee | Group | None:
    if (wanted.kind == "clinic") is not (wanted.id is None):
        raise InvalidError("Name the id of an employee or a group; the clinic has none.", field="owner")
    if wanted.id is None:
        return None
    of = get_group_for if wanted.kind == "group" else get_employee_for
    return of(current_actor(), wanted.id)


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    """The columns of what was said; a department by its id becomes that department."""
    if "department_id" in given:
        department_id = given.pop("department_id")
        given["department"] = get_department_for(current_actor(), department_id) if department_id else None
    return given


def _list(list_id: UUID | None) -> PatientList | None:
    return None if list_id is None else get_list_for(current_actor(), list_id)


def _schedule(row: Schedule) -> schemas.ScheduleOut:
    return schemas.ScheduleOut(**{name: getattr(row, name) for name in schemas.ScheduleOut.model_fields})


def appointment_out(row: Appointment) -> schemas.AppointmentOut:
    """An appointment as the API tells of it."""
    return schemas.AppointmentOut(
        id=row.id,
        schedule_id=row.schedule_id,
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        start=clock.oslo(row.during.lower),
        end=clock.oslo(row.during.upper),
        type_id=row.type_id,
        type_name=row.type.name,
        contact=row.contact,
        address=row.address,
        state=row.state,
        comment=row.comment,
        reason=row.reason,
        note=row.note,
        hidden=row.hidden,
        version=row.version,
    )
