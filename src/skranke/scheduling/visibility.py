"""What a GP's patients see in HelseNorge, and why not more: each rule in a sentence, and where to mend it (HNB-15)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skranke.clinics.activation.checklist import party_lines
from skranke.clinics.activation.queries import offered_by
from skranke.clinics.activation.values import Check
from skranke.clinics.models import Clinic, CommunicationParty, Employee, Service
from skranke.clinics.queries import party_of_employee, this_clinic
from skranke.kernel import clock
from skranke.scheduling.helsenorge import why_no_slots
from skranke.scheduling.queries import offered_to_the_list
from skranke.scheduling.values import OfferedSlot
from skranke.ui.dates import format_moment

AHEAD = timedelta(weeks=4)
SERVICES = (Service.BOOKING, Service.E_CONSULTATION, Service.E_CONTACT, Service.PRESCRIPTION_RENEWAL)
"""The four services of ACT-1, as the patient meets them."""


class Weight(StrEnum):
    """How much a point matters: met, off by choice, worth a look, or in the way."""

    OK = "ok"
    OFF = "off"
    NOTICE = "warn"
    FAULT = "bad"


class Mend(StrEnum):
    """Where a point is mended: the clinic's choice of services, the register, timebok, set-up, or the operator."""

    OFFERS = "offers"
    REGISTER = "register"
    SCHEDULE = "schedule"
    SCHEDULES = "schedules"
    TYPES = "types"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One rule: met or not, in one sentence."""

    weight: Weight
    text: str
    mend: Mend | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What patients see of a GP, or of the clinic's common services.

    key: its name in an address. shown: the services that work for them now; free: times of the next four weeks.
    ground: what everything stands on. messages: the three written services. times: booking.
    """

    key: str
    name: str
    common: bool = False
    shown: frozenset[str]
    free: tuple[OfferedSlot, ...]
    ground: tuple[Point, ...]
    messages: tuple[Point, ...]
    times: tuple[Point, ...]

    @property
    def weight(self) -> Weight:
        """The heaviest of its points."""
        weights = [point.weight for point in (*self.ground, *self.messages, *self.times)]
        return max(weights, key=list(Weight).index)


def sight_of(gp: Employee) -> Sight:
    """What the patients of a GP see now."""
    clinic, party = this_clinic(), party_of_employee(gp)
    shown = offered_by(party, clinic) if party is not None else frozenset()
    now = clock.now()
    free = offered_to_the_list(gp, start=now, end=now + AHEAD, now=now)
    return Sight(
        key=str(gp.id),
        name=gp.name,
        shown=shown & {service.value for service in SERVICES},
        free=tuple(free),
        ground=tuple(_ground(clinic, gp, party)),
        messages=tuple(service_point(service, clinic, party) for service in SERVICES if service is not Service.BOOKING),
        times=tuple(_times(clinic, gp, party, free)),
    )


def service_name(service: str) -> str:
    """What a service is called on the screen."""
    return {
        Service.BOOKING.value: _("Bestille time"),
        Service.APPOINTMENT_WISH.value: _("Ønske om time"),
        Service.E_CONSULTATION.value: _("eKonsultasjon"),
        Service.E_CONTACT.value: _("e-Kontakt"),
        Service.PRESCRIPTION_RENEWAL.value: _("Reseptfornyelse"),
        Service.APPOINTMENT_CANCELLATION.value: _("Avbestille time"),
    }[service]


def live_point(clinic: Clinic) -> Point:
    """Whether the operator has switched the clinic on."""
    if clinic.live_since is not None:
        return Point(weight=Weight.OK, text=_("Klinikken er på i HelseNorge."))
    return Point(weight=Weight.FAULT, text=_("Klinikken er ikke slått på i HelseNorge."), mend=Mend.OPERATOR)


def _ground(clinic: Clinic, gp: Employee, party: CommunicationParty | None) -> list[Point]:
    by_operator = Mend.OPERATOR
    points = [live_point(clinic)]
    lines = {line.check: line for line in party_lines(gp, party)}
    her_id = lines[Check.HER_ID]
    points.append(Point(weight=Weight.OK if her_id.ok else Weight.FAULT, text=f"{her_id.text} {her_id.cure}".strip()))
    name = {"name": gp.name}
    if party is not None and party.live_since is not None:
        points.append(Point(weight=Weight.OK, text=_("%(name)s er på i HelseNorge.") % name))
    else:
        text = _("%(name)s er ikke slått på i HelseNorge.") % name
        points.append(Point(weight=Weight.FAULT, text=text, mend=by_operator))
    return points


def service_point(service: Service, clinic: Clinic, party: CommunicationParty | None) -> Point:
    """Whether a service is on at a party: in the register, and chosen by the clinic."""
    name = {"name": service_name(service.value)}
    if party is None or service.value not in party.services:
        return Point(weight=Weight.OFF, text=_("%(name)s er av i Adresseregisteret.") % name, mend=Mend.REGISTER)
    if service.value not in clinic.offers:
        text = _("%(name)s er på i Adresseregisteret, men klinikken tilbyr den ikke: pasienten ser den og blir avvist.")
        return Point(weight=Weight.FAULT, text=text % name, mend=Mend.OFFERS)
    return Point(weight=Weight.OK, text=_("%(name)s er på.") % name)


def _times(clinic: Clinic, gp: Employee, party: CommunicationParty | None, free: list[OfferedSlot]) -> list[Point]:
    points = [service_point(Service.BOOKING, clinic, party)]
    if points[0].weight is not Weight.OK or Service.BOOKING.value not in (offered_by(party, clinic) if party else ()):
        return points
    for finding in why_no_slots(gp)[1:]:
        weight = Weight.OK if finding.ok else Weight.FAULT
        points.append(Point(weight=weight, text=finding.text, mend=None if finding.ok else Mend.SCHEDULE))
    if any(point.weight is Weight.FAULT for point in points):
        return points
    return [*points, free_point(free)]


def free_point(free: list[OfferedSlot]) -> Point:
    """How many times are offered, and the first of them."""
    if not free:
        text = _("Ingen ledige timer de neste fire ukene.")
        return Point(weight=Weight.NOTICE, text=text, mend=Mend.SCHEDULE)
    text = ngettext(
        "%(count)s ledig time de neste fire ukene. Den første er %(first)s.",
        "%(count)s ledige timer de neste fire ukene. Den første er %(first)s.",
        len(free),
    )
    facts = {"count": len(free), "first": format_moment(min(one.start for one in free))}
    return Point(weight=Weight.OK, text=text % facts)
