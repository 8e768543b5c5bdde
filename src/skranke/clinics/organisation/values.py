"""What goes in and out of the organisation."""

from dataclasses import dataclass
from uuid import UUID

from skranke.clinics.models import Employee, Group, Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets mail: a position, a group or a role; none of them: the whole clinic (RCV-8, ORG-10)."""

    employee_id: UUID | None = None
    group_id: UUID | None = None
    role_id: UUID | None = None

    @property
    def is_whole_clinic(self) -> bool:
        """Every active employee."""
        return self.employee_id is None and self.group_id is None and self.role_id is None


WHOLE_CLINIC = Recipient()


def recipient_of(row: Employee | Group | Role | None) -> Recipient:
    """The recipient that a row is; None is the whole clinic."""
    if row is None:
        return WHOLE_CLINIC
    if isinstance(row, Employee):
        return Recipient(employee_id=row.id)
    return Recipient(group_id=row.id) if isinstance(row, Group) else Recipient(role_id=row.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What an employee does not share in: groups and roles that others read, and the employee does not."""

    others_groups: frozenset[UUID]
    others_roles: frozenset[UUID]

    def has(self, recipient: Recipient) -> bool:
        """Whether mail given to the whole clinic, a group or a role is for the employee, too."""
        return (
            recipient.employee_id is None
            and recipient.group_id not in self.others_groups
            and recipient.role_id not in self.others_roles
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A recipient as it can be chosen. kind: "clinic", "group", "role" or "employee"; count: who would get it."""

    kind: str
    id: UUID | None
    name: str
    count: int

    @property
    def value(self) -> str:
        """As it stands in a form: the kind and the id."""
        return f"{self.kind}:{self.id}" if self.id else self.kind
