"""Reads of the requests for a time: the clinic's list, one request, and what the patient who acts has asked (REQ-1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Employee
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.dialog.access import patient_of
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError
from skranke.scheduling import choosing
from skranke.scheduling.access import own_appointments
from skranke.scheduling.models import STANDING, Appointment, AppointmentType, Schedule, Visibility
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.requests import rules
from skranke.scheduling.requests.models import AppointmentRequest, RequestColumn, RequestOutcome
from skranke.scheduling.requests.words import cell_text
from skranke.scheduling.rules import is_hidden
from skranke.scheduling.values import OfferAudience, OfferedSlot

SUBJECT = "appointment_request"
_LOOKED_AHEAD = timedelta(weeks=8)
_MOST_ANSWERED = 200
_MOST_OWN = 20
_MOST_TIMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A line of the clinic's list. cells: what the chosen columns say; outcome: None while it is open."""

    request: AppointmentRequest
    outcome: RequestOutcome | None
    cells: tuple[tuple[RequestColumn, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRequest:
    """A request as the patient sees it.

    type_name, wished_name: "" for whichever. appointment: what was given, as long as it stands. is_listed: it stands
    among the patient's times, which it does not while staff may still delete it (APT-6).
    """

    request: AppointmentRequest
    outcome: RequestOutcome | None
    type_name: str
    wished_name: str
    appointment: Appointment | None
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a patient may choose among: (id, name) of types and practitioners; the GP is chosen beforehand (POR-6)."""

    types: tuple[tuple[UUID, str], ...]
    people: tuple[tuple[UUID, str], ...]
    preselected: UUID | None


def request_list(
    actor: Actor, columns: Collection[RequestColumn], q: str = "", *, answered: bool = False
) -> list[Asked]:
    """The open requests, the oldest first; or those that have ended, the newest first. The reading is audited (NFR-1).

    q: words, each of which one of the columns that are shown must hold.
    """
    require(actor, Permission.BOOK)
    rows = AppointmentRequest.objects.select_related("patient__gp", "type", "wished", "outcome")
    if answered:
        rows = rows.filter(outcome__isnull=False).order_by("-outcome__at", "-id")[:_MOST_ANSWERED]
    else:
        rows = rows.filter(outcome__isnull=True).order_by("created_at", "id")
    words = q.casefold().split()
    lines = [_line(row, columns) for row in rows]
    found = [one for one in lines if all(word in _text(one) for word in words)]
    record(Action.REQUEST_READ, subject_kind="clinic", subject_id=None, detail={"requests": len(found)})
    return found


def open_requests() -> int:
    """How many wait for an answer."""
    return AppointmentRequest.objects.filter(outcome__isnull=True).count()


def request_for(actor: Actor, request_id: UUID) -> AppointmentRequest:
    """One request for staff, also one that has ended. The reading is audited (NFR-1). Raises NotFoundError."""
    if actor.kind == ActorKind.PATIENT:
        raise NotFoundError("There is no such thing here.")
    require(actor, Permission.BOOK)
    rows = AppointmentRequest.objects.select_related("patient__gp", "type", "wished")
    found = rows.filter(clinic_id=actor.clinic_id, id=request_id).first()
    if found is None:
        raise NotFoundError("There is no such thing here.")
    record(Action.REQUEST_READ, subject_kind=SUBJECT, subject_id=found.id, patient_id=found.patient_id)
    return found


def outcome_of(row: AppointmentRequest) -> RequestOutcome | None:
    """How it ended, with the time that was given; None while it is open."""
    rows = RequestOutcome.objects.select_related("appointment__schedule", "appointment__type")
    return rows.filter(request=row).first()


def usual_schedule(row: AppointmentRequest) -> Schedule | None:
    """The timebok of the practitioner who was wished for; None where nobody was, or has none."""
    if row.wished_id is None:
        return None
    return Schedule.objects.filter(archived=False, owner_id=row.wished_id).order_by("internal_name", "id").first()


def times_for(
    row: AppointmentRequest, *, since: date | None = None, schedule: Schedule | None = None
) -> list[tuple[OfferedSlot, bool]]:
    """Free times that staff may give, each with whether it suits the wish; those that do come first.

    None of a hidden type: the patient is told of what is given (TYP-4). since: an Oslo day.
    """
    now = clock.now()
    first = max(now, clock.from_oslo(datetime.combine(since, time())) or now) if since is not None else now
    found = offered_slots(
        audience=OfferAudience.STAFF, start=first, end=first + _LOOKED_AHEAD, schedule=schedule
    )  # fmt: skip
    rated = [(one, _suits(row, one)) for one in found if not is_hidden(one.type)]
    return sorted(rated, key=lambda one: (not one[1], one[0].start, one[0].id))[:_MOST_TIMES]


def choices(actor: Actor) -> Choices:
    """What the patient who acts may ask for now. Raises NotFoundError where nothing can be asked for."""
    patient = patient_of(actor)
    if not may_ask(actor):
        raise NotFoundError("There is no such thing here.")
    offered = AppointmentType.objects.filter(active=True, bookable_online=True, visibility=Visibility.NORMAL)
    people = _people(choosing.owners_open_to(patient) | {patient.gp_id})
    known = {one for one, _name in people}
    return Choices(
        types=tuple(offered.order_by("-is_default", "name", "id").values_list("id", "name")),
        people=people,
        preselected=patient.gp_id if patient.gp_id in known else None,
    )


def may_ask(actor: Actor) -> bool:
    """Whether the patient who acts may ask for a time here."""
    return rules.may_ask(takes_requests=this_clinic().takes_requests, blocked=patient_of(actor).blocked)


def own_requests(actor: Actor) -> list[tuple[AppointmentRequest, RequestOutcome | None]]:
    """What the patient who acts has asked for, the newest first, each with how it ended."""
    rows = list(AppointmentRequest.objects.filter(patient=patient_of(actor)).order_by("-created_at", "-id")[:_MOST_OWN])
    ends = {one.request_id: one for one in RequestOutcome.objects.filter(request__in=rows)} if rows else {}
    return [(row, ends.get(row.id)) for row in rows]


def own_request_for(actor: Actor, request_id: UUID) -> OwnRequest:
    """One of them. The reading is audited (NFR-1). Raises NotFoundError."""
    row = AppointmentRequest.objects.filter(patient=patient_of(actor), id=request_id).first()
    if row is None:
        raise NotFoundError("There is no such thing here.")
    record(Action.REQUEST_READ, subject_kind=SUBJECT, subject_id=row.id, patient_id=row.patient_id)
    outcome = RequestOutcome.objects.filter(request=row).first()
    types = AppointmentType.objects.exclude(visibility=Visibility.HIDDEN)
    kind = types.filter(id=row.type_id).first() if row.type_id is not None else None
    people = _people({row.wished_id}, active=False)
    given = _given(actor, outcome)
    return OwnRequest(
        request=row,
        outcome=outcome,
        type_name=kind.name if kind is not None else "",
        wished_name=people[0][1] if people else "",
        appointment=given,
        is_listed=given is not None and own_appointments(actor).filter(id=given.id).exists(),
    )


def _given(actor: Actor, outcome: RequestOutcome | None) -> Appointment | None:
    """The time that was given, as long as it stands and is not hidden from the patient (TYP-4)."""
    if outcome is None or outcome.appointment_id is None:
        return None
    rows = Appointment.objects.filter(patient=patient_of(actor), hidden=False, state__in=STANDING)
    return rows.select_related("schedule", "type").filter(id=outcome.appointment_id).first()


def _people(ids: Collection[UUID | None], *, active: bool = True) -> tuple[tuple[UUID, str], ...]:
    """(id, name) of employees; nothing but what a patient may know of them (web/patient/migrations/0001)."""
    rows = Employee.objects.filter(id__in=[one for one in ids if one is not None])
    shown = (rows.filter(active=True) if active else rows).only(
        "id", "clinic_id", "given_name", "family_name", "role", "active"
    )
    return tuple((one.id, one.name) for one in shown.order_by("family_name", "given_name", "id"))


def _line(row: AppointmentRequest, columns: Collection[RequestColumn]) -> Asked:
    cells = tuple((one, cell_text(row, one)) for one in RequestColumn if one in columns)
    return Asked(request=row, outcome=getattr(row, "outcome", None), cells=cells)


def _text(line: Asked) -> str:
    return " ".join(text for _column, text in line.cells).casefold()


def _suits(row: AppointmentRequest, one: OfferedSlot) -> bool:
    return (
        row.type_id in (None, one.type.id)
        and row.wished_id in (None, one.schedule.owner_id)
        and row.wished_date in (None, clock.oslo(one.start).date())
        and rules.suits(row.wished_time, one.start)
    )
