"""Who stands in for whom, and who has been set to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from skranke.clinics.models import Employee
from skranke.clinics.organisation.queries import staff
from skranke.clinics.substitutes.models import Substitute
from skranke.clinics.substitutes.today import on_day
from skranke.kernel import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """That an employee stands in for a GP today; ends_on: the last day, None where none is set."""

    gp_id: UUID
    employee_id: UUID
    name: str
    ends_on: date | None


def substitutes_today() -> list[StandIn]:
    """All who stand in for somebody at the clinic today.

    None where a patient acts, who is not to see that a GP has one (ABS-10).
    """
    return [_stand_in(one, told) for one in staff() for told in getattr(one, "stands_in", ())]


def _stand_in(employee: Employee, told: dict[str, str | None]) -> StandIn:
    ends_on = told["ends_on"]
    return StandIn(
        gp_id=UUID(told["gp"]),
        employee_id=employee.id,
        name=employee.name,
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
    )


def stands_in_for(employee: Employee) -> list[UUID]:
    """The ids of the GPs for whom the employee stands in today, in order; hardly ever more than one."""
    return sorted({one.gp_id for one in substitutes_today() if one.employee_id == employee.id})


def substitutes_of(gp_id: UUID | None) -> list[StandIn]:
    """Who stands in for an employee today."""
    return [one for one in substitutes_today() if one.gp_id == gp_id]


def stood_in(employee_id: UUID, gp_id: UUID, day: date) -> bool:
    """Whether one stood in for the other on a day."""
    return on_day(day).filter(employee_id=employee_id, gp_id=gp_id).exists()


def substitutes_set(gp: Employee) -> list[Substitute]:
    """The substitutes of a GP that are not over, the first one first."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=clock.today())
    rows = Substitute.objects.filter(lasts, gp=gp, employee__active=True).select_related("employee")
    return list(rows.order_by("starts_on", "id"))
