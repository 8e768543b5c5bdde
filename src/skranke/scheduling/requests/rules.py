"""Who may ask for a time, for what, and which free time suits the wish: pure functions (REQ-1)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from skranke.kernel import clock
from skranke.scheduling.requests.models import TimeOfDay

MAX_REMARK = 1000
MAX_TEXT = 1000
MOST_OPEN = 3
"""As many unanswered requests as one patient may have; a further one would only hide those that wait."""
_AHEAD = timedelta(days=366)
# From and to which hour on the wall of Oslo, the second one not counted.
_HOURS: Mapping[str, tuple[int, int]] = {
    TimeOfDay.ANY: (0, 24),
    TimeOfDay.MORNING: (0, 10),
    TimeOfDay.MIDDAY: (10, 14),
    TimeOfDay.AFTERNOON: (14, 24),
}


def may_ask(*, takes_requests: bool, blocked: bool) -> bool:
    """REQ-1: the clinic has opened for requests, and has not shut the patient out of its digital services."""
    return takes_requests and not blocked


def is_sensible(day: date, today: date) -> bool:
    """REQ-1: a day one can wish for."""
    return today <= day <= today + _AHEAD


def suits(wished: str, start: datetime) -> bool:
    """REQ-1: a time starts when on a day it was wished for."""
    first, end = _HOURS[wished]
    return first <= clock.oslo(start).hour < end
