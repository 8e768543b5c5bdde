"""What a patient may choose in our own channels, step by step: the timebok, the type, the time (POR-5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.patients.models import Patient
from skranke.scheduling import rules
from skranke.scheduling.facts import all_types, clinic_limits, patient_facts, schedule_facts
from skranke.scheduling.models import AppointmentType, ContactInterface, Schedule, Slot
from skranke.scheduling.queries import offered_slots
from skranke.scheduling.values import OfferAudience, OfferedSlot, Refusal

_AHEAD = timedelta(days=366)
_DAYS_A_PAGE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A timebok that the patient may book in, by its public name (POR-9).

    first: its first free time, None when there is none; too_many: for the patient has as many as allowed (BOK-4).
    is_gp: the patient's GP's, which is chosen beforehand (POR-6).
    """

    id: UUID
    name: str
    is_gp: bool
    first: datetime | None
    too_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of which the timebok has free times. must_call: it is given by telephone alone."""

    id: UUID
    name: str
    contact: ContactInterface
    price: int | None
    first: datetime
    must_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The free times of some days. more_from: the day to ask from for those that follow, None when there are none."""

    days: tuple[tuple[date, tuple[OfferedSlot, ...]], ...]
    more_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One time with all that the patient is told before it is confirmed (BOK-14)."""

    id: UUID
    schedule_id: UUID
    type_id: UUID
    start: datetime
    end: datetime
    name: str
    with_name: str
    contact: ContactInterface
    address: str
    information: str
    price: int | None


def books(patient: Patient) -> list[Book]:
    """The timeboker that are open to the patient, the GP's first (CAL-4, POR-6, POR-9). The reading is audited."""
    rows = _open_to(patient)
    offered = _offered(patient, rows)
    first: dict[UUID, datetime] = {}
    for one in offered:
        if one.bookable:
            first.setdefault(one.schedule.id, one.start)
    found = [
        Book(
            id=row.id,
            name=row.public_name,
            is_gp=patient.gp_id is not None and row.owner_id == patient.gp_id,
            first=first.get(row.id),
            too_many=row.id not in first and _has_too_many(patient, row),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.is_gp, one.name.casefold(), one.id))


def owners_open_to(patient: Patient) -> set[UUID]:
    """The employees whose own timebok is open to the patient."""
    return {row.owner_id for row in _open_to(patient) if row.owner_id is not None}


def book_of(patient: Patient, schedule_id: UUID) -> Schedule:
    """One of them. Raises NotFoundError."""
    found = next((one for one in _open_to(patient) if one.id == schedule_id), None)
    if found is None:
        raise NotFoundError("There is no such thing here.")
    return found


def kinds(patient: Patient, schedule: Schedule) -> list[Kind]:
    """The types of which there are free times, by name (TYP-2). The reading is audited."""
    first: dict[UUID, OfferedSlot] = {}
    for one in _offered(patient, [schedule]):
        if one.bookable or one.must_call:
            first.setdefault(one.type.id, one)
    found = [
        Kind(
            id=one.type.id,
            name=one.type.name,
            contact=ContactInterface(one.type.contact),
            price=one.type.price,
            first=one.start,
            must_call=one.must_call,
        )
        for one in first.values()
    ]
    return sorted(found, key=lambda one: (one.must_call, one.name.casefold(), one.id))


def kind_of(type_id: UUID) -> AppointmentType:
    """A type that patients may book. Raises NotFoundError."""
    shown = AppointmentType.objects.filter(active=True, bookable_online=True, visibility__in=("normal", "group"))
    found = shown.filter(id=type_id).first()
    if found is None:
        raise NotFoundError("There is no such thing here.")
    return found


def times(patient: Patient, schedule: Schedule, kind: AppointmentType, since: date | None = None) -> Times:
    """Some days' free times that the patient may take now, from a day on. The reading is audited."""
    shown = [one for one in _offered(patient, [schedule]) if one.type.id == kind.id and one.bookable]
    days = [(day, tuple(some)) for day, some in groupby(shown, key=lambda one: clock.oslo(one.start).date())]
    days = [(day, some) for day, some in days if since is None or day >= since]
    more = days[_DAYS_A_PAGE][0] if len(days) > _DAYS_A_PAGE else None
    return Times(days=tuple(days[:_DAYS_A_PAGE]), more_from=more)


def pick_of(slot: Slot) -> Pick:
    """What is told of a time before it is confirmed (BOK-14)."""
    kind = slot.type
    physical = kind.contact == ContactInterface.PHYSICAL
    return Pick(
        id=slot.id,
        schedule_id=slot.schedule_id,
        type_id=slot.type_id,
        start=slot.during.lower,
        end=slot.during.upper,
        name=kind.name,
        with_name=slot.schedule.public_name,
        contact=ContactInterface(kind.contact),
        address=(kind.address or this_clinic().address) if physical else "",
        information=kind.information,
        price=kind.price,
    )


def _open_to(patient: Patient) -> list[Schedule]:
    rows = list(Schedule.objects.filter(archived=False, online=True).order_by("public_name", "id"))
    facts = {row.id: schedule_facts(row) for row in rows}
    asks = patient_facts(patient, clock.now(), count=False, lists=rules.lists_asked(facts.values()))
    return [] if patient.blocked else [row for row in rows if rules.is_entitled(asks, facts[row.id])]


def _offered(patient: Patient, schedules: list[Schedule]) -> list[OfferedSlot]:
    now = clock.now()
    audience = OfferAudience.PORTAL
    found = offered_slots(audience=audience, start=now, end=now + _AHEAD, patient=patient, schedule=schedules)
    record(
        Action.SLOT_OFFERED,
        subject_kind="patient",
        subject_id=patient.id,
        patient_id=patient.id,
        detail={"slots": len(found)},
    )
    return found


def _has_too_many(patient: Patient, row: Schedule) -> bool:
    now, limits, schedule = clock.now(), clinic_limits(this_clinic()), schedule_facts(row)
    asks = patient_facts(patient, now, lists=rules.lists_asked([schedule]))
    return any(
        rules.window(schedule, kind, clinic=limits, patient=asks, audience=OfferAudience.PORTAL, now=now).refusal
        is Refusal.TOO_MANY
        for kind in all_types().values()
    )
