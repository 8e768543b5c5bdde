"""The common services of a clinic: what is booked there without a practitioner (Ressurstimebok, RES-11, RES-15)."""

from collections.abc import Iterable
from dataclasses import dataclass

from skranke.sandbox.models import Citizen, Party
from skranke.sandbox.world import PartyKind, Service
from skranke.standards.xcal import VEvent


@dataclass(frozen=True, slots=True)
class CommonService:
    """One of them, as its times name it. text: what the clinic says of it, for whom it is and what it takes."""

    name: str
    text: str
    times: tuple[VEvent, ...]


def common_parties(patient: Citizen) -> list[Party]:
    """The services of the GP's clinic that can be booked with, by name."""
    if patient.gp is None:
        return []
    found = Party.objects.filter(kind=PartyKind.SERVICE, clinic_her_id=patient.gp.clinic_her_id)
    return list(found.filter(services__contains=[Service.BOOKING.value]).order_by("name", "her_id"))


def common_services(times: Iterable[VEvent]) -> list[CommonService]:
    """Each service once, by name, with its times in order: nobody tells HelseNorge of them but the times."""
    by_name: dict[str, list[VEvent]] = {}
    for one in times:
        by_name.setdefault(one.summary, []).append(one)
    return [CommonService(name, own[0].description, tuple(own)) for name, own in sorted(by_name.items())]
