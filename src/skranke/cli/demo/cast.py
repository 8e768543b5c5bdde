"""The synthetic clinic of the demo: who works there and who its citizens are. Every person is made up.

Deterministic: the same day gives the same people. Ages are kept (the eleven-year-old is eleven on any day).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from skranke.kernel.ids import NationalId, age_on, synthetic_d_number, synthetic_national_id

CLINIC_SLUG = "eksempelvik"
CLINIC_NAME = "Eksempelvik legekontor"
CLINIC_HER_ID = "8150001"
CLINIC_ORGANISATION_NUMBER = "999888777"
HELSENORGE_HER_ID_LEVEL1 = "8090001"
HELSENORGE_HER_ID = "8090002"
HELSENORGE_NAME_LEVEL1 = "HelseNorge-sandkassen"
HELSENORGE_NAME = "Innbyggertjenester"
CITIZENS_PER_GP = 65
_WORKERS_COUNT = 90  # of a day: far beyond those that the citizens take
OPERATOR_USERNAME = "drift"
OPERATOR_NAME = "Synne Drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One employee. `her_id` only for GPs: they are parties that HelseNorge may address."""

    username: str
    given_name: str
    family_name: str
    role: str
    national_id: NationalId
    her_id: str = ""
    hpr_number: str = ""
    is_admin: bool = False
    schedules: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Given name, then family name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """One citizen on a GP's list. asked_about: the clinic knows whether the citizen is active in HelseNorge.

    `children`: their national ids.
    """

    national_id: NationalId
    given_name: str
    family_name: str
    gp_her_id: str
    digitally_active: bool = True
    asked_about: bool = True
    consent: str = "full"
    confidential_address: bool = False
    phone: str = ""
    children: tuple[NationalId, ...] = ()

    @property
    def name(self) -> str:
        """Given name, then family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def address_line(self) -> str:
        """Where Folkeregisteret says that the citizen lives: a street of each family, in a town that is not there."""
        return f"{self.family_name}veien {1 + int(self.national_id.value[:2])}"

    @property
    def reachable(self) -> bool:
        """Whether a message from the clinic is taken: active, with full consent (PAT-13)."""
        return self.digitally_active and self.consent == "full"


def _worker_id(year: int) -> NationalId:
    """Somebody born in a year, whom no citizen of the demo is."""
    return synthetic_national_id(date(year, 2, 28), _WORKERS_COUNT)


WORKERS = (
    Worker(
        username="kari", given_name="Kari", family_name="Lunde", role="gp",
        national_id=_worker_id(1974), her_id="8150011", hpr_number="9000011",
        schedules=("Kari Lunde",),
    ),
    Worker(
        username="jonas", given_name="Jonas", family_name="Aasen", role="gp",
        national_id=_worker_id(1981), her_id="8150012", hpr_number="9000012",
        schedules=("Jonas Aasen",),
    ),
    Worker(
        username="mona", given_name="Mona", family_name="Haugland", role="gp",
        national_id=_worker_id(1979), her_id="8150013",
        hpr_number="9000013", schedules=("Mona Haugland",),
    ),
    Worker(
        username="per", given_name="Per", family_name="Nygård", role="gp",
        national_id=_worker_id(1968), her_id="8150014", hpr_number="9000014",
        schedules=("Per Nygård", "Per Nygård, ettermiddag"),
    ),
    Worker(
        username="anne", given_name="Anne", family_name="Moe", role="secretary",
        national_id=_worker_id(1985), is_admin=True,
    ),
    Worker(
        username="lise", given_name="Lise", family_name="Hagen", role="nurse",
        national_id=_worker_id(1990), hpr_number="9000021",
    ),
)  # fmt: skip


OPERATOR_NATIONAL_ID = _worker_id(1977)

# People whom HelseID knows and nobody has hired yet.
NEWCOMERS = (("Siri Moen", _worker_id(1994)), ("Roar Lid", _worker_id(1996)))

SERVICE_HER_ID = "8150021"
SERVICE_NAME = "Vaksinasjon"
LAB_NAME = "Laben"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A citizen with a part to play; everybody else is only a name."""

    given_name: str
    family_name: str
    age: int
    gp: str
    d_number: bool = False
    active: bool = True
    asked_about: bool = True
    consent: str = "full"
    confidential: bool = False
    parent_of: tuple[str, ...] = ()


_KNOWN = (
    _Known(given_name="Ola", family_name="Nordli", age=38, gp="kari", parent_of=("Nora Nordli", "Emil Nordli")),
    _Known(given_name="Nora", family_name="Nordli", age=11, gp="kari"),
    _Known(given_name="Emil", family_name="Nordli", age=13, gp="kari"),
    _Known(given_name="Astrid", family_name="Vik", age=82, gp="kari"),
    _Known(given_name="Ragnhild", family_name="Ness", age=91, gp="kari", active=False),
    _Known(given_name="Yusuf", family_name="Omar", age=74, gp="kari", d_number=True),
    _Known(given_name="Elin", family_name="Tangen", age=44, gp="kari", parent_of=("Maja Tangen",)),
    _Known(given_name="Maja", family_name="Tangen", age=13, gp="kari"),
    _Known(given_name="Lars", family_name="Vold", age=51, gp="jonas", consent="basis"),
    _Known(given_name="Hanne", family_name="Brekke", age=45, gp="jonas", consent="basis_plus"),
    _Known(given_name="Thea", family_name="Hauge", age=31, gp="mona"),
    _Known(given_name="Trygve", family_name="Solli", age=67, gp="mona", consent="none"),
    _Known(given_name="Simen", family_name="Eng", age=27, gp="per", confidential=True),
    _Known(given_name="Berit", family_name="Aune", age=71, gp="per", asked_about=False),
    _Known(given_name="Gunnar", family_name="Moen", age=58, gp="per", asked_about=False),
)
_GIVEN = (
    "Anders", "Ingrid", "Mats", "Sofie", "Geir", "Marit", "Amir", "Fatima", "Erik", "Silje", "Odd", "Wenche",
    "Kåre", "Ida", "Leif", "Åse",
)  # fmt: skip
_FAMILY = (
    "Bakken", "Dahl", "Ekeland", "Foss", "Grøn", "Holm", "Iversen", "Krog", "Lie", "Myhre", "Næss", "Rud",
    "Skog", "Tveit", "Ulven", "Wik",
)  # fmt: skip
_AGES = (24, 33, 41, 52, 63, 70, 29, 47, 58, 36)


class _Register:
    """Hands out synthetic national ids: the next free one of each date of birth."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._given: Counter[tuple[date, bool]] = Counter()

    def id_for(self, number: int, age: int, *, d_number: bool = False) -> NationalId:
        """An id for the `number`-th person, who is `age` years old today."""
        month, day = 1 + number * 5 % 12, 1 + number * 11 % 28
        born = date(self._today.year - age, month, day)
        if age_on(born, self._today) != age:
            born = born.replace(year=born.year - 1)
        count = self._given[born, d_number]
        self._given[born, d_number] += 1
        return synthetic_d_number(born, count) if d_number else synthetic_national_id(born, count)


def citizens(today: date) -> tuple[Citizen, ...]:
    """Every citizen on the lists, in the same order on any day."""
    register = _Register(today)
    her_ids = {worker.username: worker.her_id for worker in WORKERS if worker.her_id}
    ids = {
        f"{known.given_name} {known.family_name}": register.id_for(number, known.age, d_number=known.d_number)
        for number, known in enumerate(_KNOWN)
    }
    found = [
        Citizen(
            national_id=ids[f"{known.given_name} {known.family_name}"],
            given_name=known.given_name,
            family_name=known.family_name,
            gp_her_id=her_ids[known.gp],
            digitally_active=known.active,
            asked_about=known.asked_about,
            consent=known.consent,
            confidential_address=known.confidential,
            phone=_phone(number),
            children=tuple(ids[name] for name in known.parent_of),
        )
        for number, known in enumerate(_KNOWN)
    ]
    found += _the_others(register, her_ids, Counter(known.gp for known in _KNOWN))
    return tuple(found)


def _the_others(register: _Register, her_ids: dict[str, str], known: Counter[str]) -> list[Citizen]:
    names = ((given, family) for family, given in product(_FAMILY, _GIVEN))
    number = len(_KNOWN)
    found = []
    for username, her_id in her_ids.items():
        for given, family in islice(names, CITIZENS_PER_GP - known[username]):
            age = _AGES[number % len(_AGES)]
            national_id = register.id_for(number, age)
            found.append(
                Citizen(
                    national_id=national_id,
                    given_name=given,
                    family_name=family,
                    gp_her_id=her_id,
                    phone=_phone(number),
                )
            )
            number += 1
    return found


def _phone(number: int) -> str:
    """A number that nobody has: none in Norway begins with a zero."""
    return f"00 00 {number // 100:02} {number % 100:02}"
