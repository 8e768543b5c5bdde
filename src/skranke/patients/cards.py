"""How each employee has arranged the patient card (PAT-5)."""

from dataclasses import dataclass
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.kernel.actor import ActorKind
from skranke.kernel.errors import ForbiddenError
from skranke.patients import rules
from skranke.patients.models import CardArea, CardLayout
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True)
class Layout:
    """All areas in their order, and which of them are shown."""

    areas: tuple[CardArea, ...]
    hidden: frozenset[CardArea]

    @property
    def shown(self) -> tuple[CardArea, ...]:
        """The areas of the card."""
        return tuple(area for area in self.areas if area not in self.hidden)


def layout() -> Layout:
    """As the acting employee has arranged it; as it comes, for whoever has not."""
    kept = CardLayout.objects.filter(employee_id=_employee()).first()
    areas, hidden = (kept.areas, kept.hidden) if kept is not None else ([], [])
    return Layout(rules.in_order(areas), frozenset(CardArea(one) for one in hidden if one in set(CardArea)))


def move_area(area: CardArea, *, steps: int) -> Layout:
    """Put an area further up (-1) or down (1)."""
    before = layout()
    return _keep(Layout(rules.moved(before.areas, area, steps), before.hidden))


def show_area(area: CardArea, *, shown: bool) -> Layout:
    """Show an area on the card, or leave it out."""
    before = layout()
    return _keep(Layout(before.areas, before.hidden - {area} if shown else before.hidden | {area}))


def reset_card() -> Layout:
    """Everything as it comes."""
    CardLayout.objects.filter(employee_id=_employee()).delete()
    _note()
    return layout()


def _keep(wanted: Layout) -> Layout:
    values = {"areas": list(wanted.areas), "hidden": sorted(wanted.hidden), "clinic_id": current_actor().clinic_id}
    CardLayout.objects.update_or_create(employee_id=_employee(), defaults=values)
    _note()
    return wanted


def _employee() -> UUID:
    actor = current_actor()
    if actor.kind != ActorKind.EMPLOYEE or actor.person_id is None:
        raise ForbiddenError("Only an employee arranges a card.")
    return actor.person_id


def _note() -> None:
    record(Action.CARD_ARRANGED, subject_kind="employee", subject_id=current_actor().person_id)
