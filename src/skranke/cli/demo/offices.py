"""The other clinics of the demo: one more that is live, and two that an operator may make and switch on.

Both have queues and keys of their own. What is not made yet exists in the registers and in HelseNorge already, as an
office does that has ordered Digital dialog; everything to be written about each stands in demo.json.
"""

from dataclasses import dataclass
from datetime import date

from skranke.cli.demo.cast import WORKERS, Citizen, Worker
from skranke.kernel.ids import HerId, NationalId, synthetic_national_id
from skranke.wire.queues import PartyQueues, queues_of

_PEOPLE_COUNT = 80  # of a day: beyond the citizens of the first clinic, before those who work there
_BORN = (1951, 1962, 1970, 1979, 1984, 1988, 1993, 1998, 2002, 1967, 1975, 1990)


def _person_id(year: int, number: int = 0) -> NationalId:
    return synthetic_national_id(date(year, 3, 1), _PEOPLE_COUNT + number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One clinic. key: names its files and its party on the bus. shared: who works at the first clinic too."""

    key: str
    slug: str
    name: str
    her_id: str
    organisation_number: str
    workers: tuple[Worker, ...]
    shared: tuple[Worker, ...] = ()
    family_names: tuple[str, ...]

    @property
    def role(self) -> str:
        """Its party on the embedded bus."""
        return f"bus_{self.key}"

    @property
    def queues(self) -> PartyQueues:
        """Its queues, as Adresseregisteret has them."""
        return queues_of(HerId(self.her_id))

    @property
    def gp(self) -> Worker:
        """Its one GP."""
        return next(worker for worker in self.workers if worker.her_id)

    def citizens(self) -> tuple[Citizen, ...]:
        """Who stands on the GP's list: one of each family name."""
        given = ("Grete", "Torstein", "Solveig", "Halvor", "Ingeborg", "Sigurd")
        number = int(self.her_id) % len(_BORN)
        return tuple(
            Citizen(
                national_id=_person_id(_BORN[(number + place) % len(_BORN)], place % 10),
                given_name=given[place % len(given)],
                family_name=family,
                gp_her_id=self.gp.her_id,
            )
            for place, family in enumerate(self.family_names)
        )


SECOND = Office(
    key="second",
    slug="fjellvik",
    name="Fjellvik legesenter",
    her_id="8150101",
    organisation_number="999888666",
    workers=(
        Worker(
            username="siri", given_name="Siri", family_name="Bakke", role="gp", national_id=_person_id(1980, 12),
            her_id="8150111", hpr_number="9000111", schedules=("Siri Bakke",),
        ),
        Worker(
            username="turid", given_name="Turid", family_name="Eikeland", role="secretary",
            national_id=_person_id(1987, 12), is_admin=True,
        ),
    ),
    shared=tuple(worker for worker in WORKERS if worker.username == "lise"),
    family_names=("Fjell", "Haug", "Lien", "Moen", "Nygaard", "Sande", "Tangvik", "Vang"),
)  # fmt: skip
NYVIK = Office(
    key="nyvik",
    slug="nyvik",
    name="Nyvik legekontor",
    her_id="8150201",
    organisation_number="999888555",
    workers=(
        Worker(
            username="ida", given_name="Ida", family_name="Rognli", role="gp", national_id=_person_id(1983, 12),
            her_id="8150211", hpr_number="9000211",
        ),
        Worker(
            username="nilsb", given_name="Nils", family_name="Berge", role="secretary",
            national_id=_person_id(1989, 12), is_admin=True,
        ),
    ),
    family_names=("Strand", "Berget", "Nymoen"),
)  # fmt: skip
SORVIK = Office(
    key="sorvik",
    slug="sorvik",
    name="Sørvik legekontor",
    her_id="8150301",
    organisation_number="999888444",
    workers=(
        Worker(
            username="eli", given_name="Eli", family_name="Sørum", role="gp", national_id=_person_id(1976, 13),
            her_id="8150311", hpr_number="9000311",
        ),
        Worker(
            username="odin", given_name="Odin", family_name="Kvale", role="secretary",
            national_id=_person_id(1991, 13), is_admin=True,
        ),
    ),
    family_names=("Myrland", "Rønning", "Sletten"),
)  # fmt: skip
WAITING = (NYVIK, SORVIK)
OFFICES = (SECOND, *WAITING)
