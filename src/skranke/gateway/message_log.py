"""Meldingsloggen: every electronic message of the clinic, in and out, with where it stands (MSG-23).

What somebody wrote is not in it: it tells that a message exists, of whom, and what became of it. Messages between
colleagues never leave the clinic and are not in it either.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.permissions import Permission
from skranke.dialog.models import Channel, Direction, Message
from skranke.dialog.reasons import explain
from skranke.gateway.log_values import KIND_OF_FUNCTION, KIND_OF_INTENT, LogKind, LogLine, LogPage, LogState, Sought
from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.outbox.models import OutboxItem
from skranke.patients import queries as patients
from skranke.patients.models import Patient
from skranke.scheduling.models import Appointment
from skranke.tenancy.work import current_actor

LARGEST_PAGE = 200
_MOST_PATIENTS = 50
_HEAVY_IN = ("ciphertext", "document", "reply")
_HEAVY_OUT = ("body", "document")
_KIND_OF_DIALOG: dict[str, LogKind] = {kind.value: kind for kind in LogKind}


def message_log(sought: Sought, *, cursor: str = "", limit: int = 50) -> LogPage:
    """A page of the log, the newest first; that it was read is logged (NFR-1).

    Raises NotAllowedError for who is no administrator, InvalidError for a wrong period or cursor.
    """
    require(current_actor(), Permission.CHANGE_SETTINGS)
    if sought.first and sought.last and sought.last < sought.first:
        raise InvalidError("The period ends before it begins.", field="to")
    limit = max(1, min(limit, LARGEST_PAGE))
    read = _Reading(sought, _place(cursor) if cursor else None, limit + 1, _named(sought.q))
    lines = sorted((*read.received(), *read.leaving(), *read.own()), key=lambda one: (one.at, one.id), reverse=True)
    shown = _with_names(lines[:limit])
    record(Action.MESSAGES_LISTED, subject_kind="message_log", subject_id=None, detail={"messages": len(shown)})
    more = len(lines) > limit
    return LogPage(rows=shown, next_cursor=f"{shown[-1].at.isoformat()},{shown[-1].id}" if more else "")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of the log: what is sought, after which row, how many, and the patients meant; None: everybody."""

    sought: Sought
    after: tuple[datetime, UUID] | None
    limit: int
    whose: list[UUID] | None

    def received(self) -> list[LogLine]:
        """What came on the bus."""
        if self.sought.incoming is False:
            return []
        rows = ReceivedMessage.objects.defer(*_HEAVY_IN).filter(self._meant(Q(patient_id__in=self.whose or [])))
        return [
            _line(
                row,
                incoming=True,
                at=row.received_at,
                kind=KIND_OF_FUNCTION.get(row.function),
                state=row.state,
                reason=row.code,
                patient_id=row.patient_id,
            )
            for row in self._page(rows, "received_at", "state")
        ]

    def leaving(self) -> list[LogLine]:
        """What is handed to the bus, and is on its way there."""
        if self.sought.incoming is True:
            return []
        rows = list(self._page(self._of_patients(), "created_at", "state"))
        subjects = [row.subject_id for row in rows]
        messages = Message.objects.select_related("thread").in_bulk(subjects)
        patient_of: dict[UUID, UUID | None] = dict(
            Appointment.objects.filter(id__in=subjects).values_list("id", "patient_id")
        )
        patient_of.update(ReceivedMessage.objects.filter(id__in=subjects).values_list("id", "patient_id"))
        return [_leaving(row, messages.get(row.subject_id), patient_of.get(row.subject_id)) for row in rows]

    def own(self) -> list[LogLine]:
        """What goes to and fro in our own patient portal: it is there at once, and never on the bus."""
        rows = Message.objects.filter(thread__channel=Channel.OWN).select_related("thread")
        if self.sought.incoming is not None:
            rows = rows.filter(direction=Direction.IN if self.sought.incoming else Direction.OUT)
        if self.sought.state == LogState.ACTED:
            rows = rows.filter(delivery="")
        field = "" if self.sought.state == LogState.ACTED else "delivery"
        rows = rows.filter(self._meant(Q(thread__patient_id__in=self.whose or []), bus=False))
        found = self._page(rows, "recorded_at", field)
        return [
            _line(
                row,
                incoming=row.direction == Direction.IN,
                at=row.recorded_at,
                kind=LogKind.E_DIALOG,
                state=row.delivery or LogState.ACTED,
                reason=row.delivery_code,
                patient_id=row.thread.patient_id,
            )
            for row in found
        ]

    def _of_patients(self) -> QuerySet[OutboxItem]:
        rows = OutboxItem.objects.defer(*_HEAVY_OUT)
        if self.whose is None:
            return rows
        of = {"patient_id__in": self.whose}
        about = Q(subject_id__in=Message.objects.filter(thread__patient_id__in=self.whose).values("id"))
        about |= Q(subject_id__in=Appointment.objects.filter(**of).values("id"))
        about |= Q(subject_id__in=ReceivedMessage.objects.filter(**of).values("id"))
        return rows.filter(self._meant(about))

    def _meant(self, of_patients: Q, *, bus: bool = True) -> Q:
        if self.whose is None:
            return Q()
        named = Q(msg_id=self.sought.q) | (Q(message_id=self.sought.q) if bus else Q())
        return of_patients | named & ~Q(msg_id="")

    def _page(self, rows: "QuerySet[Any]", at: str, state: str) -> Iterable[Any]:
        sought = self.sought
        if sought.state and state:
            rows = rows.filter(**{state: sought.state})
        for day, bound in ((sought.first, "gte"), (sought.last and _day_after(sought.last), "lt")):
            moment = clock.from_oslo(datetime.combine(day, time())) if day else None
            if moment:
                rows = rows.filter(**{f"{at}__{bound}": moment})
        if self.after is not None:
            moment, last = self.after
            rows = rows.filter(Q(**{f"{at}__lt": moment}) | Q(**{at: moment}, id__lt=last))
        return rows.order_by(f"-{at}", "-id")[: self.limit]


def _named(q: str) -> list[UUID] | None:
    """The patients that a search means; None when nothing is searched for."""
    return [one.id for one in patients.find(q, limit=_MOST_PATIENTS)] if q.strip() else None


def _leaving(row: OutboxItem, message: Message | None, patient_id: UUID | None) -> LogLine:
    kind, reason = KIND_OF_INTENT.get(row.intent), row.error
    if message is not None:
        patient_id = message.thread.patient_id
        kind = kind or _KIND_OF_DIALOG.get(message.thread.kind)
        reason = explain(message.delivery_code, message.delivery_error) or reason
    return _line(
        row, incoming=False, at=row.created_at, kind=kind, state=row.state, reason=reason, patient_id=patient_id
    )


def _line(row: Any, *, kind: LogKind | None, state: str, **facts: Any) -> LogLine:
    return LogLine(
        id=row.id, kind=kind or LogKind.OTHER, state=LogState(state), msg_id=row.msg_id, patient_name="", **facts
    )


def _with_names(lines: list[LogLine]) -> tuple[LogLine, ...]:
    known = Patient.objects.in_bulk({one.patient_id for one in lines if one.patient_id})
    return tuple(
        replace(one, patient_name=known[one.patient_id].name) if one.patient_id in known else one for one in lines
    )


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _comma, identity = cursor.partition(",")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(identity)
    except (ValueError, OverflowError) as error:
        raise InvalidError("The cursor is not one that was given out.", field="cursor") from error
