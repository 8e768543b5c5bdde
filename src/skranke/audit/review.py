"""Looking through the audit log of the clinic: filtered, what is out of the ordinary apart, and taken out (NFR-1)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.seeing import DEEDS, Deed
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind

ROWS_A_PAGE = 50
MOST_LOOKS = 5000
AROUND = timedelta(days=30)
"""How near in time a deed of the same employee must be to make a look at a patient part of the work."""
LOOKS = frozenset(
    action
    for action, deed in DEEDS.items()
    if deed in {Deed.LOOKED_UP, Deed.READ_JOURNAL, Deed.READ_CONVERSATION, Deed.READ_FILE, Deed.READ_APPOINTMENT}
)
WORK = frozenset(DEEDS) - LOOKS - {Action.ACCESS_READ}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: from since, before until, and what else is asked for.

    patient_ids: of one patient, the row that remains first, then those merged into it.
    """

    since: datetime
    until: datetime
    employee_id: UUID | None = None
    patient_ids: tuple[UUID, ...] = ()
    deed: Deed | None = None

    @property
    def patient_id(self) -> UUID | None:
        """The patient who is asked about, if only one is."""
        return self.patient_ids[0] if self.patient_ids else None


class Place(NamedTuple):
    """The last row of a page: the next page begins after it."""

    at: datetime
    id: UUID


class Look(NamedTuple):
    """That somebody looked at a patient's data on a day, how often, and from when to when."""

    day: date
    actor_id: UUID | None
    actor_name: str
    actor_role: str
    patient_id: UUID
    times: int
    first: datetime
    last: datetime


def review(wanted: Wanted, *, after: Place | None = None) -> tuple[list[AuditEvent], Place | None]:
    """A page of rows, newest first, and where the next one begins; that it was looked at is logged."""
    found = list(_after(_rows(wanted), after)[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    record(
        Action.ACCESS_REVIEWED,
        subject_kind="patient" if wanted.patient_id else "audit",
        subject_id=wanted.patient_id,
        patient_id=wanted.patient_id,
        detail={"rows": len(shown)},
    )
    return shown, Place(shown[-1].at, shown[-1].id) if len(found) > ROWS_A_PAGE else None


def looks(wanted: Wanted) -> list[Look]:
    """Who looked at whom on which day, the newest first and MOST_LOOKS at most."""
    rows = _rows(wanted).filter(action__in=LOOKS, patient_id__isnull=False, actor_kind=ActorKind.EMPLOYEE)
    days = rows.annotate(day=TruncDate("at", tzinfo=clock.OSLO)).values_list(
        "day", "actor_id", "actor_name", "actor_role", "patient_id"
    )
    counted = days.annotate(times=Count("id"), first=Min("at"), last=Max("at"))
    return [Look(*row) for row in counted.order_by("-last")[:MOST_LOOKS]]


def at_work(wanted: Wanted) -> set[tuple[UUID | None, UUID | None]]:
    """Who did something for whom, in the time that is asked about or near it: (employee, patient)."""
    near = Q(at__gte=wanted.since - AROUND, at__lt=wanted.until + AROUND, action__in=WORK, patient_id__isnull=False)
    return set(AuditEvent.objects.filter(near).values_list("actor_id", "patient_id").distinct())


def count_for_export(wanted: Wanted) -> int:
    """How many rows there are; that they are taken out is logged."""
    count = _rows(wanted).count()
    record(
        Action.ACCESS_EXPORTED,
        subject_kind="patient" if wanted.patient_id else "audit",
        subject_id=wanted.patient_id,
        patient_id=wanted.patient_id,
        detail={"rows": count},
    )
    return count


def rows_after(wanted: Wanted, after: Place | None, *, limit: int) -> list[AuditEvent]:
    """Rows for the export, newest first; each piece is read in a unit of work of its own."""
    return list(_after(_rows(wanted), after)[:limit])


def _rows(wanted: Wanted) -> "QuerySet[AuditEvent, Any]":
    rows = AuditEvent.objects.filter(at__gte=wanted.since, at__lt=wanted.until).exclude(actor_kind=ActorKind.SYSTEM)
    if wanted.employee_id is not None:
        rows = rows.filter(actor_id=wanted.employee_id)
    if wanted.patient_ids:
        rows = rows.filter(patient_id__in=wanted.patient_ids)
    if wanted.deed is Deed.OTHER:
        rows = rows.exclude(action__in=DEEDS)
    elif wanted.deed is not None:
        rows = rows.filter(action__in=[action for action, deed in DEEDS.items() if deed is wanted.deed])
    return rows


def _after(rows: "QuerySet[AuditEvent, Any]", place: Place | None) -> "QuerySet[AuditEvent, Any]":
    if place is not None:
        rows = rows.filter(Q(at__lt=place.at) | Q(at=place.at, id__lt=place.id))
    return rows.order_by("-at", "-id")
