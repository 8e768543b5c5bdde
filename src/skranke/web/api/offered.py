"""The offer as JSON: thousands of slots an answer, so they are written as text once and not validated one by one.

A test holds what is written here against `schemas.SlotList`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from skranke.kernel import clock
from skranke.scheduling.values import OfferedSlot, Seconds

_HOUR, _MINUTE = 3600, 60


def slots(offered: Iterable[OfferedSlot]) -> list[dict[str, Any]]:
    """Each slot as `schemas.SlotOut` describes it."""
    hours = Hours()
    shared: dict[int, dict[str, Any]] = {}
    found = []
    for one in offered:
        slot = one.slot
        kind = shared.get(id(one.type)) or shared.setdefault(id(one.type), _of_type(one))
        later = one.available_from
        found.append(
            {
                "id": str(slot.id),
                "uid": str(slot.uid),
                "schedule_id": str(slot.schedule_id),
                "start": hours.text(slot.starts),
                "end": hours.text(slot.ends),
                "capacity": slot.capacity,
                "taken": one.taken,
                "available_from": later and later.isoformat().replace("+00:00", "Z"),
                **kind,
            }
        )
    return found


def _of_type(slot: OfferedSlot) -> dict[str, Any]:
    kind = slot.type
    return {
        "type_id": str(kind.id),
        "type_name": kind.name,
        "contact": str(kind.contact),
        "must_call": slot.must_call,
        "price": kind.price,
        "information": kind.information,
        "address": kind.address,
    }


class Hours:
    """Instants as RFC 3339 text in Oslo's wall time. Within an hour of UTC the offset is the same, and kept."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, str]] = {}

    def text(self, instant: Seconds) -> str:
        """As `clock.oslo(...).isoformat()`, for a whole number of seconds since 1970."""
        hour, rest = divmod(instant, _HOUR)
        if hour not in self._known:
            whole = datetime.fromtimestamp(hour * _HOUR, clock.OSLO).isoformat()
            self._known[hour] = whole[:13], whole[19:]
        head, offset = self._known[hour]
        return f"{head}:{rest // _MINUTE:02d}:{rest % _MINUTE:02d}{offset}"
