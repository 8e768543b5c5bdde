"""The facts that the booking rules judge, and what they give back: frozen, free of rows and requests.

Inside the rules an instant is a whole number of seconds of Unix time, so that thousands of slots are judged by
comparing integers. `OfferedSlot.start` and `.end` give it back as a datetime in UTC.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

Seconds = int


class OfferAudience(StrEnum):
    """Who asks for free slots. All but staff are patients, for whom the limits hold (BOK-9)."""

    STAFF = "staff"
    HELSENORGE = "helsenorge"
    PORTAL = "portal"
    PUBLIC = "public"


class Refusal(StrEnum):
    """Why a slot is not offered, or a booking refused. Stable: programs may rely on them."""

    SERVICE_OFF = "service_off"
    NO_SCHEDULE = "no_schedule"
    SEVERAL_SCHEDULES = "several_schedules"
    BLOCKED = "blocked"
    NOT_ENTITLED = "not_entitled"
    NO_COMMENT = "no_comment"
    ARCHIVED = "archived"
    SCHEDULE_OFFLINE = "schedule_offline"
    TYPE_INACTIVE = "type_inactive"
    TYPE_OFFLINE = "type_offline"
    TYPE_HIDDEN = "type_hidden"
    TOO_MANY = "too_many"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    PAST = "past"
    MUST_CALL = "must_call"
    NOT_YET_OPEN = "not_yet_open"
    OTHER_TIMES = "other_times"
    IN_GROUP = "in_group"
    TAKEN = "taken"
    GONE = "gone"


class Level(StrEnum):
    """Where a limit is set (CAL-7)."""

    CLINIC = "clinic"
    SCHEDULE = "schedule"
    TYPE = "type"


class Unfit(StrEnum):
    """Why an appointment does not fit the answer that was chosen for a wish."""

    NOT_THE_ONE = "not_the_one"
    WITH_OTHER = "with_other"
    NOT_WITH_OTHER = "not_with_other"


class NamedTime(NamedTuple):
    """The appointment a citizen's message names (protocol-messages 3.7)."""

    start: datetime
    end: datetime
    uid: str
    contact: str
    related_to: str


class IsoWeek(NamedTuple):
    """One ISO week: its ISO year (not always the calendar's) and number."""

    year: int
    week: int

    @classmethod
    def of(cls, day: date) -> "IsoWeek":
        """The week a date lies in."""
        return cls(*day.isocalendar()[:2])

    @property
    def monday(self) -> date:
        """Its first day; raises ValueError when the year has no such week."""
        return date.fromisocalendar(self.year, self.week, 1)

    def next(self) -> "IsoWeek":
        """The week after it."""
        return IsoWeek.of(self.monday + timedelta(days=7))


def weeks_from(first: IsoWeek, count: int) -> list[IsoWeek]:
    """`count` weeks in a row."""
    return [IsoWeek.of(first.monday + timedelta(days=7 * number)) for number in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFacts:
    """The limits of one level (clinic, schedule or type, CAL-7); None leaves the question to the level above."""

    max_self_booked: int | None = None
    days_ahead: int | None = None
    booking_deadline_hours: int | None = None
    cancellation_allowed: bool | None = None
    cancellation_deadline_hours: int | None = None
    first_only: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """A schedule as the rules see it. owner_id: the employee who owns it, None when a group or the clinic does (HNB-5).

    audience: who may book, as models.Audience has it; list_id: the patient list where that is "list".
    list_of: the GP whose patients HelseNorge shows it to, when that is not the owner: a stand-in's. resource: shown
    to those of any of the clinic's lists (Ressurstimebok). flagged_only: of it HelseNorge is shown the flagged types.
    """

    id: UUID
    internal_name: str = ""
    public_name: str = ""
    owner_id: UUID | None = None
    online: bool = True
    archived: bool = False
    audience: str = "gp_list"
    list_id: UUID | None = None
    list_of: UUID | None = None
    resource: bool = False
    flagged_only: bool = False
    limits: LimitFacts = field(default_factory=LimitFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """An appointment type as the rules see it; its limits count only with `custom_limits` (TYP-2).

    Those for cancelling count only with `custom_cancellation`.
    """

    id: UUID
    name: str = ""
    active: bool = True
    bookable_online: bool = True
    visibility: str = "normal"
    contact: str = "physical"
    colour: str = ""
    must_call: bool = False
    urgent: bool = False
    category: str = ""
    information: str = ""
    address: str = ""
    price: int | None = None
    custom_limits: bool = False
    custom_cancellation: bool = False
    limits: LimitFacts = field(default_factory=LimitFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """A patient as the rules see it, with the counts of coming appointments the patient booked (BOK-4).

    list_ids: of the schedules' patient lists, those the patient stands on.
    """

    id: UUID
    gp_id: UUID | None = None
    on_gp_list: bool = False
    list_ids: frozenset[UUID] = frozenset()
    blocked: bool = False
    booked: int = 0
    booked_by_schedule: dict[UUID, int] = field(default_factory=dict)
    booked_by_type: dict[UUID, int] = field(default_factory=dict)


class SlotFacts(NamedTuple):
    """An open slot: half open [starts, ends). capacity: its places, more than one for a group (TYP-6)."""

    schedule_id: UUID
    starts: Seconds
    ends: Seconds
    type_id: UUID
    id: UUID
    uid: UUID
    available_from: Seconds | None = None
    capacity: int = 1


class Busy(NamedTuple):
    """Time in use, half open: an appointment, an event, or a hold that has not expired.

    slot_id, patient_id: of a place in a group, the slot and whose it is; a patient is told of the own alone.
    """

    schedule_id: UUID
    starts: Seconds
    ends: Seconds
    slot_id: UUID | None = None
    patient_id: UUID | None = None


class ShownFacts(NamedTuple):
    """What HelseNorge shows of an appointment beside its time: the way to meet, the place, and the category."""

    contact: str
    address: str
    urgent: bool
    category: str


class OfferedSlot(NamedTuple):
    """A slot that is shown. `available_from` (x-available-at) is only set while it lies ahead.

    taken: how many of its places are, for a group.
    """

    slot: SlotFacts
    schedule: ScheduleFacts
    type: TypeFacts
    opens: Seconds | None
    taken: int = 0

    @property
    def id(self) -> UUID:
        """The slot's id here."""
        return self.slot.id

    @property
    def uid(self) -> UUID:
        """What the wire calls it."""
        return self.slot.uid

    @property
    def start(self) -> datetime:
        """First instant, in UTC."""
        return datetime.fromtimestamp(self.slot.starts, UTC)

    @property
    def end(self) -> datetime:
        """The instant after the last, in UTC."""
        return datetime.fromtimestamp(self.slot.ends, UTC)

    @property
    def available_from(self) -> datetime | None:
        """Shown now, bookable from then; never together with `must_call` (protocol-messages 3.8)."""
        return None if self.opens is None else datetime.fromtimestamp(self.opens, UTC)

    @property
    def must_call(self) -> bool:
        """Shown, but given by telephone only."""
        return self.type.must_call

    @property
    def bookable(self) -> bool:
        """A patient may take it now."""
        return self.opens is None and not self.type.must_call


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEntry:
    """One free slot of a week template: ISO weekday, Oslo wall time, minutes."""

    weekday: int
    start: time
    minutes: int
    type_id: UUID


class PlannedSlot(NamedTuple):
    """A slot that a plan wants."""

    starts: Seconds
    ends: Seconds
    type_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The part of a period that is meant: ISO weekdays, and the hours that something begins in, [since, until)."""

    weekdays: frozenset[int] = frozenset(range(1, 8))
    since: time = time.min
    until: time | None = None

    def holds(self, at: datetime) -> bool:
        """Whether what begins at this Oslo wall time is meant."""
        late = self.until is not None and at.time() >= self.until
        return at.isoweekday() in self.weekdays and at.time() >= self.since and not late


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """What applying a plan did. skipped: wanted times that single slots, appointments or removals already use."""

    created: int
    kept: int
    removed: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the readiness page (HNB-15): met or not, and a sentence in bokmål."""

    requirement: str
    ok: bool
    text: str
    reason: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAnswer:
    """The answer to HelseNorge's question for free slots: code 03, 04, 26 or 30 of list 7602, and a text."""

    code: str
    slots: tuple[OfferedSlot, ...] = ()
    text: str = ""
