"""Who has seen a patient's data, grouped so that the patient understands it: per person, per day, with what was done.

The patient sees employees' names and roles, and never another patient: whoever acts for the patient has no name here.
What the program did by itself is left out; so is what the patient did.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.services import record
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind

DAYS_A_PAGE = 30


class Deed(StrEnum):
    """What was done with a patient's data, as the patient is told of it."""

    LOOKED_UP = "looked_up"
    READ_JOURNAL = "read_journal"
    READ_CONVERSATION = "read_conversation"
    READ_FILE = "read_file"
    READ_APPOINTMENT = "read_appointment"
    WROTE_TO_YOU = "wrote_to_you"
    HANDLED_CONVERSATION = "handled_conversation"
    WROTE_IN_JOURNAL = "wrote_in_journal"
    CHANGED_APPOINTMENT = "changed_appointment"
    CHANGED_FACTS = "changed_facts"
    BILLED = "billed"
    READ_ACCESS = "read_access"
    OTHER = "other"


DEEDS: Mapping[str, Deed] = {
    Action.PATIENT_READ: Deed.LOOKED_UP,
    Action.JOURNAL_READ: Deed.READ_JOURNAL,
    Action.PRESCRIPTION_WINDOW_OPENED: Deed.LOOKED_UP,
    Action.THREAD_READ: Deed.READ_CONVERSATION,
    Action.MESSAGE_READ: Deed.READ_CONVERSATION,
    Action.ATTACHMENT_READ: Deed.READ_FILE,
    Action.APPOINTMENT_READ: Deed.READ_APPOINTMENT,
    Action.APPOINTMENT_PRINTED: Deed.READ_APPOINTMENT,
    Action.APPOINTMENTS_LISTED: Deed.READ_APPOINTMENT,
    Action.SLOT_OFFERED: Deed.READ_APPOINTMENT,
    Action.SLOT_HELD: Deed.CHANGED_APPOINTMENT,
    Action.SLOT_LET_GO: Deed.CHANGED_APPOINTMENT,
    Action.WAITING_LIST_READ: Deed.READ_APPOINTMENT,
    Action.WAITING_LIST_CHANGED: Deed.CHANGED_APPOINTMENT,
    Action.WAITING_OFFER_MADE: Deed.CHANGED_APPOINTMENT,
    Action.WAITING_OFFER_READ: Deed.READ_APPOINTMENT,
    Action.WAITING_OFFER_ENDED: Deed.CHANGED_APPOINTMENT,
    Action.REQUEST_MADE: Deed.CHANGED_APPOINTMENT,
    Action.REQUEST_READ: Deed.READ_APPOINTMENT,
    Action.REQUEST_ENDED: Deed.CHANGED_APPOINTMENT,
    Action.THREAD_STARTED: Deed.WROTE_TO_YOU,
    Action.THREAD_ANSWERED: Deed.WROTE_TO_YOU,
    Action.MESSAGE_RESENT: Deed.WROTE_TO_YOU,
    Action.THREAD_TAKEN: Deed.HANDLED_CONVERSATION,
    Action.THREAD_FORWARDED: Deed.HANDLED_CONVERSATION,
    Action.THREAD_CLOSED: Deed.HANDLED_CONVERSATION,
    Action.THREAD_UNDONE: Deed.HANDLED_CONVERSATION,
    Action.THREAD_REOPENED: Deed.HANDLED_CONVERSATION,
    Action.THREAD_TURNED: Deed.HANDLED_CONVERSATION,
    Action.PARTICIPANTS_CHANGED: Deed.HANDLED_CONVERSATION,
    Action.HANDLING_CHANGED: Deed.HANDLED_CONVERSATION,
    Action.ITEMS_CHANGED: Deed.HANDLED_CONVERSATION,
    Action.TASK_COMPLETED: Deed.HANDLED_CONVERSATION,
    Action.ANSWERED_UNISSUED: Deed.WROTE_TO_YOU,
    Action.AUTOMATIC_DIALOG: Deed.WROTE_TO_YOU,
    Action.NOTICE_SENT: Deed.WROTE_TO_YOU,
    Action.ATTACHMENT_STORED: Deed.HANDLED_CONVERSATION,
    Action.JOURNAL_RECORDED: Deed.WROTE_IN_JOURNAL,
    Action.APPOINTMENT_BOOKED: Deed.CHANGED_APPOINTMENT,
    Action.APPOINTMENT_MOVED: Deed.CHANGED_APPOINTMENT,
    Action.APPOINTMENT_CHANGED: Deed.CHANGED_APPOINTMENT,
    Action.APPOINTMENT_CANCELLED: Deed.CHANGED_APPOINTMENT,
    Action.CANCELLATION_HANDLED: Deed.CHANGED_APPOINTMENT,
    Action.APPOINTMENT_DELETED: Deed.CHANGED_APPOINTMENT,
    Action.APPOINTMENT_REFUSED: Deed.CHANGED_APPOINTMENT,
    Action.PATIENT_REGISTERED: Deed.CHANGED_FACTS,
    Action.PATIENT_CHANGED: Deed.CHANGED_FACTS,
    Action.PATIENT_MERGED: Deed.CHANGED_FACTS,
    Action.RELATION_ADDED: Deed.CHANGED_FACTS,
    Action.RELATION_CHANGED: Deed.CHANGED_FACTS,
    Action.RELATION_ENDED: Deed.CHANGED_FACTS,
    Action.INVOICE_OPENED: Deed.BILLED,
    Action.INVOICE_CHANGED: Deed.BILLED,
    Action.INVOICE_READ: Deed.BILLED,
    Action.ACCESS_READ: Deed.READ_ACCESS,
}
"""An action that is not here is told as OTHER: nothing is kept from the patient because a word is missing."""


class _Who(NamedTuple):
    day: date
    kind: str
    name: str
    role: str
    purpose: str


@dataclass(slots=True)
class Seen:
    """What one person did with the patient's data on one day, for one reason; `name` is empty for another patient."""

    day: date
    kind: ActorKind
    name: str
    role: str
    purpose: str
    first: datetime
    last: datetime
    deeds: dict[Deed, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """Some days, newest first; `earlier`: ask for the days before this one for more, None when there are none."""

    entries: Sequence[Seen]
    earlier: date | None


def who_has_seen(
    patient_id: UUID,
    *,
    merged: Collection[UUID] = (),
    before: date | None = None,
    days: int = DAYS_A_PAGE,
    only: "Mapping[str, QuerySet[Any, Any]] | None" = None,
) -> SeenPage:
    """The days on which somebody used this patient's data, `days` of them at most; that it was asked is logged (NFR-1).

    merged: other ids of the same person, whose rows are the patient's too. before: only days before this one.
    only: of these kinds of things only those with these ids are spoken of.
    """
    record(Action.ACCESS_READ, subject_kind="patient", subject_id=patient_id, patient_id=patient_id)
    rows = _of_others([patient_id, *merged])
    for kind, ids in (only or {}).items():
        rows = rows.filter(~Q(subject_kind=kind) | Q(subject_id__in=ids))
    if before is not None:
        rows = rows.filter(day__lt=before)
    found = list(rows.order_by("-day").values_list("day", flat=True).distinct()[: days + 1])
    shown, earlier = found[:days], found[days - 1] if len(found) > days else None
    if not shown:
        return SeenPage((), None)
    return SeenPage(_grouped(rows.filter(day__gte=shown[-1], day__lte=shown[0])), earlier)


def _of_others(ids: Collection[UUID]) -> "QuerySet[Any, Any]":
    found = AuditEvent.objects.filter(patient_id__in=ids).exclude(actor_kind=ActorKind.SYSTEM)
    own = {"actor_kind": ActorKind.PATIENT, "actor_id__in": ids}
    return found.exclude(**own).annotate(day=TruncDate("at", tzinfo=clock.OSLO))


def _grouped(rows: "QuerySet[Any, Any]") -> list[Seen]:
    counted = rows.values("day", "actor_kind", "actor_id", "actor_name", "actor_role", "purpose", "action").annotate(
        times=Count("id"), first=Min("at"), last=Max("at")
    )
    found: dict[tuple[_Who, UUID | None], Seen] = {}
    for row in counted:
        _add(found, row)
    for one in found.values():
        one.deeds = dict(sorted(one.deeds.items(), key=lambda item: list(Deed).index(item[0])))
    return sorted(found.values(), key=lambda one: (one.day, one.last, one.name), reverse=True)


def _add(found: "dict[tuple[_Who, UUID | None], Seen]", row: Mapping[str, Any]) -> None:
    kind = ActorKind(row["actor_kind"])
    name = "" if kind is ActorKind.PATIENT else row["actor_name"]
    who = _Who(row["day"], kind, name, row["actor_role"], row["purpose"])
    seen = found.setdefault(
        (who, row["actor_id"]),
        Seen(who.day, kind, name, who.role, who.purpose, row["first"], row["last"]),
    )
    seen.first, seen.last = min(seen.first, row["first"]), max(seen.last, row["last"])
    deed = DEEDS.get(row["action"], Deed.OTHER)
    seen.deeds[deed] = seen.deeds.get(deed, 0) + row["times"]
