"""Groups: made, changed, taken away, logged in to and out of (ORG-7, ORG-8, ORG-15)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.absences.models import ReceiverPeriodChoice
from skranke.clinics.access import require
from skranke.clinics.models import (
    Department,
    Employee,
    Group,
    GroupKind,
    GroupMember,
    GroupRole,
    ReceiverChoice,
    Role,
    ServiceRecipient,
    SignedOut,
)
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.errors import InUseError, NoCriteriaError
from skranke.clinics.organisation.locking import locked
from skranke.clinics.organisation.memory import forget_members
from skranke.clinics.organisation.naming import unique_name
from skranke.clinics.organisation.queries import belongs, groups
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.errors import NotFoundError
from skranke.tenancy import live
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import current_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """What an administrator says of a group: criteria for a dynamic one, members for a static one."""

    name: str
    kind: GroupKind
    description: str = ""
    department: Department | None = None
    shown_to_patients: bool = False
    position_types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    members: tuple[Employee, ...] = ()


def add_group(facts: GroupFacts) -> Group:
    """A new group. Raises NotAllowedError, NoCriteriaError, NameTakenError."""
    require(current_actor(), Permission.MANAGE_GROUPS)
    return _write(Group(clinic_id=current_actor().clinic_id, version=0), facts)


def change_group(group_id: UUID, facts: GroupFacts, *, expected_version: int) -> Group:
    """Change a group; what it has got already it keeps. A group that is emptied loses nothing: see RCV-12.

    Raises NotAllowedError, NotFoundError, ChangedError, NoCriteriaError, NameTakenError.
    """
    require(current_actor(), Permission.MANAGE_GROUPS)
    group = locked(Group, group_id, "group", expected_version)
    if not group.active:
        raise NotFoundError(_("Gruppen er tatt bort av en annen. Ingenting er lagret."))
    return _write(group, facts)


def remove_group(group_id: UUID) -> None:
    """Take a group away; threads that it takes part in are the whole clinic's from the next message on (RCV-12).

    Raises NotAllowedError, NotFoundError, InUseError while it is set as a recipient or owns a schedule.
    """
    require(current_actor(), Permission.MANAGE_GROUPS)
    group = locked(Group, group_id, "group", None)
    if ServiceRecipient.objects.filter(group=group).exists():
        raise InUseError(
            _("Gruppen får meldinger (Tjenestebasert adressering). Ingenting er endret. Velg først en annen mottaker.")
        )
    if ReceiverChoice.objects.filter(group=group).exists() or _receives_meanwhile(group):
        raise InUseError(
            _("Gruppen får meldinger fra helsenorge.no. Ingenting er endret. Velg først en annen mottaker.")
        )
    group.active, group.version = False, group.version + 1
    with _owning_no_schedule():
        group.save()
    forget_members()
    record(Action.GROUP_REMOVED, subject_kind="group", subject_id=group.id, detail={"name": group.name})


def _receives_meanwhile(group: Group) -> bool:
    """Whether it is a receiver in a period that is on or will be (ABS-15)."""
    lasts = Q(period__ends_at=None) | Q(period__ends_at__gt=clock.now())
    return ReceiverPeriodChoice.objects.filter(lasts, group=group).exists()


@contextmanager
def _owning_no_schedule() -> Iterator[None]:
    """The schedules belong to a room above, so the database tells of them; the unit of work lives on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as broken:
        if getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "") != "group_keeps_its_schedules":
            raise
        raise InUseError(
            _("Gruppen eier en timebok. Ingenting er endret. Velg først en annen eier, under Timebøker.")
        ) from None


def sign_out(employee: Employee, group_id: UUID) -> None:
    """Log the person who acts out of a group for now (ORG-15). Raises NotFoundError for a group of others'."""
    group = _own(employee, group_id)
    insert_once(SignedOut(clinic_id=employee.clinic_id, group=group, employee=employee))
    _presence(group, away=True)


def sign_in(employee: Employee, group_id: UUID) -> None:
    """Log the person who acts in to a group again (ORG-15). Raises NotFoundError for a group of others'."""
    group = _own(employee, group_id)
    SignedOut.objects.filter(group=group, employee=employee).delete()
    _presence(group, away=False)


def set_function(employee: Employee, function: str, *, on: bool) -> None:
    """Log the person who acts in to a function, or out of it for now (ORG-15). Raises NotFoundError."""
    own = locked(Employee, employee.id, "employee", None)
    if function not in own.functions:
        raise NotFoundError(_("Du har ikke denne funksjonen."))
    off = set(own.functions_off) - {function} | (set() if on else {function})
    own.functions_off = sorted(off)
    own.save(update_fields=["functions_off"])
    forget_members()
    record(Action.PRESENCE_CHANGED, subject_kind="employee", subject_id=own.id, detail={"function": function, "on": on})
    live.announce("thread", own.id)


def _own(employee: Employee, group_id: UUID) -> Group:
    group = next((one for one in groups() if one.id == group_id and belongs(one, employee)), None)
    if group is None:
        raise NotFoundError(_("Du er ikke med i denne gruppen."))
    return group


def _presence(group: Group, *, away: bool) -> None:
    forget_members()
    detail = {"group": str(group.id), "on": not away}
    record(Action.PRESENCE_CHANGED, subject_kind="employee", subject_id=current_actor().person_id, detail=detail)
    live.announce("thread", group.id)


def _write(group: Group, facts: GroupFacts) -> Group:
    dynamic = facts.kind == GroupKind.DYNAMIC
    role_ids = frozenset(role.id for role in facts.roles) if dynamic else frozenset()
    criteria = rules.Criteria(
        position_types=frozenset(facts.position_types), functions=frozenset(facts.functions), role_ids=role_ids
    )
    if dynamic and not rules.has_criteria(criteria):
        raise NoCriteriaError(
            _("Velg minst ett kriterium: stillingstype, funksjon eller rolle. Ingenting er lagret."),
            field="position_types",
        )
    group.name, group.description, group.department = facts.name, facts.description, facts.department
    group.kind, group.shown_to_patients, group.version = facts.kind, facts.shown_to_patients, group.version + 1
    group.position_types = sorted(facts.position_types) if dynamic else []
    group.functions = sorted(facts.functions) if dynamic else []
    with unique_name(_("En gruppe heter alt dette. Ingenting er lagret. Velg et annet navn.")):
        group.save()
    _set_members(group, facts, dynamic=dynamic)
    forget_members()
    detail = {
        "name": group.name,
        "kind": group.kind,
        "position_types": group.position_types,
        "functions": group.functions,
        "roles": sorted(str(one) for one in role_ids),
        "members": [] if dynamic else sorted(str(one.id) for one in facts.members),
    }
    record(Action.GROUP_CHANGED, subject_kind="group", subject_id=group.id, detail=detail)
    live.announce("thread", group.id)
    return group


def _set_members(group: Group, facts: GroupFacts, *, dynamic: bool) -> None:
    group.members.all().delete()
    group.roles.all().delete()
    own = {"clinic_id": group.clinic_id, "group": group}
    if dynamic:
        GroupRole.objects.bulk_create([GroupRole(role=role, **own) for role in facts.roles])
    else:
        GroupMember.objects.bulk_create([GroupMember(employee=one, **own) for one in facts.members])
