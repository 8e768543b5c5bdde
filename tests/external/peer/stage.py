"""Scenes, and what they share: the bus, the clinic's people and a way to act as them."""

import struct
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from peer.building import Event, File, Letter
from peer.demo import Citizen, Demo, Gp
from peer.party import HelseNorge, expect
from peer.rest import Rest
from peer.words import BOOKING

OSLO = ZoneInfo("Europe/Oslo")
DAYS = 27


@dataclass
class Play:
    """HelseNorge on one side, the clinic's REST API on the other."""

    demo: Demo
    hn: HelseNorge
    random: Random = field(default_factory=lambda: Random(2))

    def __post_init__(self) -> None:
        self._left = {gp.her_id: self.demo.list_of(gp) for gp in self.demo.gps}

    def citizen_of(self, gp: Gp) -> Citizen:
        """A citizen on the GP's list who has not done anything yet, in this play or an earlier one."""
        left = self._left[gp.her_id]
        while left:
            citizen = left.pop()
            if not self._is_known(citizen):
                return citizen
        raise AssertionError(f"no fresh citizen is left on the list of {gp.name}: start a demo with new data")

    def _is_known(self, citizen: Citizen) -> bool:
        boxes = ("klinikkens_aapne", "klinikkens_arkiv")
        return bool(any(self.secretary.threads(citizen, box) for box in boxes) or self.secretary.appointments(citizen))

    @cached_property
    def regular(self) -> Citizen:
        """A citizen who writes often, for what does not depend on what was before."""
        return self.citizen_of(self.gps[0])

    @cached_property
    def secretary(self) -> Rest:
        return Rest(self.demo, next(user for user in self.demo.users if user.role == "secretary"))

    def rest(self, gp: Gp) -> Rest:
        """The GP at work."""
        return Rest(self.demo, self.demo.user_of(gp))

    def schedules(self, gp: Gp) -> list[str]:
        """The ids of the schedules that the GP owns."""
        owner = self.demo.user_of(gp).employee_id
        return [one["id"] for one in self.secretary.get("schedules")["items"] if one["owner_id"] == owner]

    @cached_property
    def gps(self) -> list[Gp]:
        """The GPs with one schedule, whose times HelseNorge may show."""
        return [gp for gp in self.demo.gps if len(self.schedules(gp)) == 1]

    @cached_property
    def gp_with_two(self) -> Gp:
        return next(gp for gp in self.demo.gps if len(self.schedules(gp)) == 2)

    def lookup(self, gp: Gp, citizen: Citizen) -> Letter:
        """The question for free times in the next four weeks."""
        today = datetime.now(OSLO).date()
        days = (today, today + timedelta(days=DAYS))
        return Letter(function=BOOKING, code="HLT", gp=gp, citizen=citizen, days=days)

    def free_times(self, gp: Gp, citizen: Citizen) -> list[Event]:
        """The bookable times of a 03 answer, each checked; not those of the next hour, which may begin meanwhile."""
        question = self.lookup(gp, citizen)
        answer = self.hn.ask(question)
        expect(answer.code == "03", f"free times are answered 03, not {answer.code}: {answer.body}")
        expect(len({time.uid for time in answer.events}) == len(answer.events), "every time has a uid of its own")
        assert question.days is not None
        for event in answer.events:
            expect(event.contact == gp.her_id and not event.appointment, "a free time is the GP's and nobody's booking")
            day = date.fromisoformat(event.start[:10])
            expect(question.days[0] <= day <= question.days[1] and event.start < event.end, "a time within the days")
        soon = (datetime.now(OSLO) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
        return [event for event in answer.events if "MustCall" not in event.categories and event.start > soon]

    def picture(self, name: str, side: int = 60) -> File:
        """A PNG of noise; `side` in pixels, about 3 x side x side bytes."""
        rows = b"".join(b"\0" + self.random.randbytes(3 * side) for _ in range(side))
        parts = (
            (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
        chunks = (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in parts
        )
        return File(name, "image/png", b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


@dataclass
class Result:
    """How one scene went."""

    name: str
    ok: bool
    detail: str
    seconds: float


Scene = Callable[[Play], None]
SCENES: dict[str, Scene] = {}


def scene(body: Scene) -> Scene:
    """Register a scene under its function's name."""
    SCENES[body.__name__] = body
    return body


def run(name: str, play: Play) -> Result:
    """Play one scene; whatever goes wrong is its result."""
    start = time.monotonic()
    play.hn.acknowledges = True
    try:
        SCENES[name](play)
    except Exception as error:  # noqa: BLE001 - a scene's failure is a finding, the others still play
        place = traceback.extract_tb(error.__traceback__)
        lines = " <- ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(place[1:]))
        return Result(
            name, ok=False, detail=f"{type(error).__name__}: {error} [{lines}]", seconds=time.monotonic() - start
        )
    return Result(name, ok=True, detail="", seconds=time.monotonic() - start)


def report(results: list[Result], hn: HelseNorge) -> dict[str, Any]:
    """All that the program has found."""
    return {
        "scenes": [asdict(result) | {"seconds": round(result.seconds, 2)} for result in results],
        "complaints": hn.complaints,
        "opened": hn.opened,
        "validated": dict(sorted(hn.judge.counts.items())),
    }
