"""The dated tariffs: one file of `tariffs/` for each, with its codes, amounts and rules (BIL-10).

A card goes by the newest that holds on its day. A new one is a file named by its first day; no program is changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent / "tariffs"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """A code (takst). fee: all that is asked for; user_fee: what the patient pays of it (egenandel).

    always_paid: also by who pays no user fee, such as the charge for not coming.
    """

    code: str
    text: str
    fee: Decimal
    user_fee: Decimal
    always_paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One edition. verified: whether somebody has compared its amounts with the official ones.

    proposed: by what a card is made from, the codes by day and in the evening.
    """

    valid_from: date
    verified: bool
    evening_from: time
    evening_to: time
    weekends: bool
    free_under_age: int
    late_cancel_hours: int
    proposed: Mapping[str, Mapping[str, tuple[str, ...]]]
    codes: Mapping[str, PriceLine]


def tariff_on(day: date) -> Tariff:
    """The edition that holds on a day; of a day before them all the first one."""
    known = tariffs()
    return next((one for one in reversed(known) if one.valid_from <= day), known[0])


@lru_cache(maxsize=1)
def tariffs() -> tuple[Tariff, ...]:
    """Every edition, the oldest first."""
    read = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.json")))
    return tuple(_tariff(one) for one in read)


def _tariff(read: Mapping[str, Any]) -> Tariff:
    lines = [
        PriceLine(
            code=one["code"],
            text=one["text"],
            fee=Decimal(one["fee"]),
            user_fee=Decimal(one["user_fee"]),
            always_paid=bool(one.get("always_paid", False)),
        )
        for one in read["codes"]
    ]
    return Tariff(
        valid_from=date.fromisoformat(read["valid_from"]),
        verified=read["verified"],
        evening_from=time.fromisoformat(read["evening"]["from"]),
        evening_to=time.fromisoformat(read["evening"]["to"]),
        weekends=read["evening"]["weekends_and_holidays"],
        free_under_age=read["free_under_age"],
        late_cancel_hours=read["late_cancel_hours"],
        proposed={
            source: {when: tuple(codes) for when, codes in by.items()} for source, by in read["proposed"].items()
        },
        codes={one.code: one for one in lines},
    )
