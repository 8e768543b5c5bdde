"""The figures of Rapporter over REST."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from skranke.dialog.models import Channel, DialogKind
from skranke.dialog.reporting import AnswerTimes, message_report
from skranke.web.api.work import reads

router = Router(tags=["reports"])


class ReportQuery(Schema):
    """`from`, `to`: the days, both counted, a year at most; left out: from the Monday eleven weeks ago to today."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


class WeekLoadOut(Schema):
    """How many messages of a kind came in the week that begins on this Monday."""

    week: date
    kind: DialogKind
    incoming: int


class AnswerTimesOut(Schema):
    """How the questions of a kind that came in the period were answered, up to now.

    A question is the oldest message of a patient's that has got no answer; what is added before the answer belongs to
    it. `closed`: ended without an answer. `median_seconds`, `ninth_decile_seconds`: half, and nine of ten, of those
    answered had their answer within this; null where none is. `within_limit`, `late`, `share_within_limit` (0 to 1):
    null where the kind has no limit; `late` counts what waits past it, too.
    """

    kind: DialogKind
    asked: int
    answered: int
    closed: int
    median_seconds: int | None
    ninth_decile_seconds: int | None
    within_limit: int | None
    late: int | None
    share_within_limit: float | None


class StandingOut(Schema):
    """The threads of a kind that are open now; `waiting`: those that stand in somebody's inbox."""

    kind: DialogKind
    open: int
    waiting: int
    due_today: int
    overdue: int


class ChannelUseOut(Schema):
    """How many messages came and went by a channel in the period."""

    channel: Channel
    incoming: int
    outgoing: int


class MessageReportOut(Schema):
    """Load and answer times of a period, and what is open at `at`; kinds and weeks with nothing are left out."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    at: datetime
    load: list[WeekLoadOut]
    answer_times: list[AnswerTimesOut]
    now: list[StandingOut]
    channels: list[ChannelUseOut]


@router.get("/reports/messages", response=MessageReportOut, by_alias=True)
@reads
def report_of_messages(request: HttpRequest, wanted: Query[ReportQuery]) -> Any:
    """Load and answer times of the clinic's messages; for administrators and who was granted reports (scope `read`)."""
    report = message_report(wanted.first, wanted.last)
    return {
        "first": report.first,
        "last": report.last,
        "at": report.at,
        "load": list(report.load),
        "answer_times": [_times(one) for one in report.times],
        "now": list(report.now),
        "channels": list(report.channels),
    }


def _times(one: AnswerTimes) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "asked": one.asked,
        "answered": one.answered,
        "closed": one.closed,
        "median_seconds": _seconds(one.median),
        "ninth_decile_seconds": _seconds(one.ninth),
        "within_limit": one.within if one.has_limit else None,
        "late": one.late if one.has_limit else None,
        "share_within_limit": one.share_within,
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())
