"""How far the clinic and its GPs are from being live, and which parties offer what."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from skranke.clinics.activation import rules
from skranke.clinics.activation.checklist import party_lines
from skranke.clinics.activation.values import Check, Line
from skranke.clinics.models import Clinic, CommunicationParty, Employee, EmployeeRole, OnboardingAnswer, Service
from skranke.clinics.queries import this_clinic


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatus:
    """One who works at the clinic, or its vacant list: what is missing, and what the patients are offered now."""

    name: str
    employee: Employee | None
    party: CommunicationParty | None
    lines: tuple[Line, ...]
    offered: frozenset[str]

    @property
    def eligible(self) -> bool:
        """A GP with a list, a vacant list or a resource (ACT-4, ACT-12)."""
        return all(line.ok for line in self.lines if line.check is Check.GP)

    @property
    def ready(self) -> bool:
        """No line is red."""
        return all(line.ok for line in self.lines)

    @property
    def live(self) -> bool:
        """The operator has switched it on."""
        return self.party is not None and self.party.live_since is not None


def offering(service: Service) -> QuerySet[CommunicationParty]:
    """The parties of the clinic whose patients are offered a service now: `rules.offered`, asked of the database."""
    live = Clinic.objects.filter(id=OuterRef("clinic_id"), live_since__isnull=False)
    chosen = live.filter(offers__contains=[service.value]) if rules.is_choosable(service) else live
    found = CommunicationParty.objects.filter(active=True, live_since__isnull=False, services__contains=[service.value])
    return found.filter(Exists(chosen))


def offered_by(party: CommunicationParty, clinic: Clinic | None = None) -> frozenset[str]:
    """What the patients of a party are offered now. clinic: the party's own, where it is at hand."""
    own = clinic or this_clinic()
    return rules.offered(
        party.services,
        own.offers,
        clinic_live=own.live_since is not None,
        party_live=party.active and party.live_since is not None,
    )


def party_statuses() -> list[PartyStatus]:
    """Everybody who works at the clinic, the GPs first, then the parties of vacant lists and resources."""
    clinic = this_clinic()
    rows = list(CommunicationParty.objects.filter(active=True).select_related("employee").order_by("name", "her_id"))
    by_employee = {row.employee_id: row for row in rows if row.employee_id}
    people = list(Employee.objects.filter(active=True).order_by("family_name", "given_name", "id"))
    people.sort(key=lambda one: not one.is_gp)
    found = [_status(one.name, one, by_employee.get(one.id), clinic) for one in people]
    return found + [_status(row.name, None, row, clinic) for row in rows if row.employee_id is None]


def gone_for_patients() -> list[str]:
    """The names of the active GPs of whom Adresseregisteret says that all four services are off (ABS-23)."""
    rows = CommunicationParty.objects.filter(active=True, employee__active=True, employee__role=EmployeeRole.GP)
    return [
        row.employee.name
        for row in rows.select_related("employee").order_by("employee__family_name", "her_id")
        if row.employee and rules.is_gone_for_patients(row.services, read=row.services_read_at is not None)
    ]


def onboarding() -> dict[str, OnboardingAnswer]:
    """What the clinic has decided about the questions of the start, by question (ACT-17)."""
    return {answer.question: answer for answer in OnboardingAnswer.objects.all()}


def _status(name: str, employee: Employee | None, party: CommunicationParty | None, clinic: Clinic) -> PartyStatus:
    return PartyStatus(
        name=name,
        employee=employee,
        party=party,
        lines=tuple(party_lines(employee, party)),
        offered=offered_by(party, clinic) if party is not None else frozenset(),
    )
