"""The list of cancellations (Avbestillinger): what is looked for, and a page of it (APT-15)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import rules
from skranke.scheduling.followed import Cancellation, CancelledBy
from skranke.scheduling.models import Schedule

PAGE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtCancellations:
    """What is looked for; what is left out is everything.

    handled: only those that are, or are not. patients: of these alone. first, last: cancelled on one of these days
    (Oslo), both counted. by_name: part of the name of who did it.
    """

    handled: bool | None = None
    patients: Collection[UUID] | None = None
    schedule: Schedule | None = None
    first: date | None = None
    last: date | None = None
    by: CancelledBy | None = None
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class CancellationPage:
    """The newest first; next_cursor: where it goes on, "" at the end."""

    rows: tuple[Cancellation, ...]
    next_cursor: str


def cancellation_page(sought: SoughtCancellations, *, cursor: str = "", limit: int = PAGE) -> CancellationPage:
    """A page of the list. The reading is audited (NFR-1). Raises InvalidError for a cursor that was not given."""
    rows = _rows(sought)
    if cursor:
        named = uuid_or_none(cursor)
        last = Cancellation.objects.filter(id=named).first() if named is not None else None
        if last is None:
            raise InvalidError("The cursor is not one that this list gave.", field="cursor")
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    found = list(rows[: limit + 1])
    page = found[:limit]
    record(
        Action.APPOINTMENTS_LISTED, subject_kind="clinic", subject_id=None, detail={"appointments": len(page)}
    )  # fmt: skip
    return CancellationPage(tuple(page), str(page[-1].id) if len(found) > limit else "")


def _rows(sought: SoughtCancellations) -> QuerySet[Cancellation]:
    rows = Cancellation.objects.select_related(
        "appointment__patient", "appointment__type", "appointment__schedule"
    ).order_by("-at", "-id")
    if sought.handled is not None:
        rows = rows.filter(handled_at__isnull=not sought.handled)
    if sought.patients is not None:
        rows = rows.filter(appointment__patient_id__in=list(sought.patients))
    if sought.schedule is not None:
        rows = rows.filter(appointment__schedule=sought.schedule)
    if sought.first is not None:
        rows = rows.filter(at__gte=_midnight(sought.first))
    if sought.last is not None:
        rows = rows.filter(at__lt=_midnight(sought.last + timedelta(days=1)))
    if sought.by is not None:
        rows = rows.filter(by=sought.by)
    return rows.filter(by_name__icontains=sought.by_name) if sought.by_name else rows


def _midnight(day: date) -> datetime:
    return datetime.fromtimestamp(rules.midnight(day), clock.OSLO)
