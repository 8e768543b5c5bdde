"""Reading departments, roles, groups and their members."""

import json
from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet

from skranke.clinics.models import (
    Alert,
    Department,
    Employee,
    EmployeeRole,
    Group,
    GroupKind,
    GroupMember,
    GroupRole,
    Role,
    SignedOut,
    StaffFunction,
)
from skranke.clinics.organisation import rules
from skranke.clinics.organisation.memory import GROUPS, ROLES, SHARES, STAFF
from skranke.clinics.organisation.values import Choice, Recipient, Shares
from skranke.clinics.queries import by_name, employees
from skranke.clinics.substitutes.today import stands_in_today
from skranke.clinics.words import role_name
from skranke.kernel import clock
from skranke.kernel.actor import ActorKind
from skranke.tenancy.compiled import compiled
from skranke.tenancy.work import current_actor, once


def departments() -> list[Department]:
    """The clinic's departments, by name; the first one made is the one of positions that name none."""
    return list(Department.objects.order_by("name", "id"))


def roles() -> list[Role]:
    """The clinic's roles with their departments and `held_by`, how many positions each has, by type and name.

    Asked for once a unit of work.
    """
    return once(ROLES, _roles)


def _roles() -> list[Role]:
    found = Role.objects.select_related("department")
    held = found.annotate(held_by=Count("positions", filter=Q(positions__active=True)))
    order = {kind.value: number for number, kind in enumerate(EmployeeRole)}
    return sorted(held, key=lambda role: (order[role.position_type], role.name.lower(), str(role.id)))


def groups() -> list[Group]:
    """The clinic's groups by name, each with the ids `picked`, `role_ids` and `away`; asked for once a unit of work."""
    return once(GROUPS, _groups)


def _groups() -> list[Group]:
    return compiled(_with_members, ("groups",), ()).rows(Group)


def _with_members() -> QuerySet[Group]:
    own = {"group": OuterRef("pk")}
    return (
        Group.objects.filter(active=True)
        .annotate(
            picked=ArraySubquery(GroupMember.objects.filter(**own).values("employee_id")),
            role_ids=ArraySubquery(GroupRole.objects.filter(**own).values("role_id")),
            away=ArraySubquery(SignedOut.objects.filter(**own).values("employee_id")),
        )
        .order_by("name", "id")
    )


def belongs(group: Group, employee: Employee) -> bool:
    """Whether an active employee is a member of one of `groups` (ORG-8), logged in to it or not."""
    if group.kind == GroupKind.STATIC:
        return employee.id in group.picked  # type: ignore[attr-defined]  # annotated by `groups`
    return rules.matches(_criteria(group), place_of(employee))


def place_of(employee: Employee) -> rules.Place:
    """What decides which dynamic groups an employee is in."""
    return rules.Place(
        position_type=employee.role,
        functions=frozenset(employee.functions) - frozenset(employee.functions_off),
        role_id=employee.held_role_id,
        department_id=employee.department_id,
    )


def _criteria(group: Group) -> rules.Criteria:
    return rules.Criteria(
        position_types=frozenset(group.position_types),
        functions=frozenset(group.functions),
        role_ids=frozenset(group.role_ids),  # type: ignore[attr-defined]  # annotated by `groups`
        department_id=group.department_id,
    )


def is_away(group: Group, employee: Employee) -> bool:
    """Whether the member has logged out of the group for now (ORG-15)."""
    return employee.id in group.away  # type: ignore[attr-defined]  # annotated by `groups`


def staff() -> list[Employee]:
    """The active employees, by family name; asked for once in a unit of work.

    Each with for whom he or she stands in today, but where a patient acts: no patient may know (ABS-10).
    """
    return once(STAFF, _staff)


def _staff() -> list[Employee]:
    if current_actor().kind == ActorKind.PATIENT:
        return employees()
    found = compiled(_with_whom_they_stand_in_for, ("staff",), (clock.today(),)).rows(Employee)
    for one in found:
        told: list[str] = vars(one)["stands_in"]  # as the database wrote it
        vars(one)["stands_in"] = [json.loads(each) for each in told]
    return found


def _with_whom_they_stand_in_for() -> QuerySet[Employee]:
    return by_name(active=True).annotate(stands_in=stands_in_today())


def members_of(group: Group) -> list[Employee]:
    """The active members of one of `groups`, logged in to it or not."""
    return [one for one in staff() if belongs(group, one)]


def shares(employee: Employee) -> Shares:
    """Which mail given to groups and roles is not for this employee: that which others, and only others, read now.

    What nobody reads is everybody's, so that no message can be lost in an empty group (RCV-12).
    """
    known = once(SHARES, dict[UUID, Shares])
    if employee.id not in known:
        known[employee.id] = _shares(employee)
    return known[employee.id]


def _shares(employee: Employee) -> Shares:
    people = staff()
    elsewhere = {one.held_role_id for one in people} - {employee.held_role_id}
    others = set()
    for group in groups():
        present = [one.id for one in members_of(group) if not is_away(group, one)]
        if present and employee.id not in present:
            others.add(group.id)
    return Shares(others_groups=frozenset(others), others_roles=frozenset(elsewhere))


def readers(recipient: Recipient) -> list[Employee]:
    """Which active employees are meant by a recipient now; nobody, where a group is empty (RCV-12)."""
    people = staff()
    if recipient.is_whole_clinic:
        return people
    if recipient.employee_id is not None:
        return [one for one in people if one.id == recipient.employee_id]
    if recipient.role_id is not None:
        return [one for one in people if one.held_role_id == recipient.role_id]
    group = next((one for one in groups() if one.id == recipient.group_id), None)
    return [] if group is None else [one for one in members_of(group) if not is_away(group, one)]


def choices() -> list[Choice]:
    """Everybody that mail can be given to: the whole clinic, groups, roles that somebody holds, positions (RCV-8)."""
    people = staff()
    found = [Choice(kind="clinic", id=None, name="", count=len(people))]
    for group in groups():
        count = len(readers(Recipient(group_id=group.id)))
        found.append(Choice(kind="group", id=group.id, name=group.name, count=count))
    for role in roles():
        count = len(readers(Recipient(role_id=role.id)))
        if count:
            found.append(Choice(kind="role", id=role.id, name=role_name(role), count=count))
    return found + [Choice(kind="employee", id=one.id, name=one.name, count=1) for one in people]


def chosen(value: str, among: Iterable[Choice]) -> Recipient | None:
    """The recipient that a form's value means; None when it is not one of the choices."""
    choice = next((one for one in among if one.value == value), None)
    if choice is None:
        return None
    return Recipient(**{f"{choice.kind}_id": choice.id}) if choice.id is not None else Recipient()


def functions_of(employee: Employee) -> list[tuple[StaffFunction, bool]]:
    """The employee's functions, each with whether it is logged in to now (ORG-15)."""
    return [(one, one not in employee.functions_off) for one in StaffFunction if one in employee.functions]


def workplaces(employee_id: UUID) -> list[tuple[str, str]]:
    """(slug, name) of each clinic where the person behind this employee of the current clinic works."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT slug, name FROM workplaces_of(%s)", [employee_id])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def open_alerts() -> list[Alert]:
    """What no administrator has seen yet, the newest first."""
    unseen = compiled(lambda: Alert.objects.filter(seen_at=None).order_by("-last_at", "-id"), ("open alerts",), ())
    return unseen.rows(Alert)
