"""Positions, roles and departments: made from templates, changed by administrators, never left without one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from skranke.audit.queries import events_about
from skranke.clinics import errors
from skranke.clinics.models import Access, Department, Employee, EmployeeRole, Role, StaffFunction
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.errors import InUseError, LastAdministratorError, NameTakenError
from skranke.clinics.organisation.staff import EmployeeCard, change_employee, change_own_profile, end_position
from skranke.clinics.organisation.structure import (
    RoleFacts,
    add_department,
    add_role,
    change_role,
    remove_department,
    remove_role,
    rename_department,
)
from skranke.clinics.queries import actor_for_employee, positions_of
from skranke.clinics.services import establish, hire
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import ChangedError, InvalidError, NotFoundError
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, make_clinic


def card(employee: Employee, **changes: object) -> EmployeeCard:
    """The card as it stands, with these changes."""
    party = employee.parties.first()
    facts = {name: getattr(employee, name) for name in EmployeeCard.__dataclass_fields__ if name != "her_id"}
    facts["functions"] = tuple(facts["functions"])
    return EmployeeCard(**{**facts, "her_id": party.her_id if party else "", **changes})


def change(cast: Cast, employee: Employee, by: Employee | None = None, **changes: object) -> Employee:
    with acting(cast.actor(by or cast.ali)):
        now = Employee.objects.get(id=employee.id)
        return change_employee(employee.id, card(now, **changes), expected_version=now.version)


@pytest.mark.req("ORG-1", "ORG-9")
def test_a_new_clinic_has_a_department_and_everybody_is_in_it() -> None:
    cast = make_clinic()
    with acting(cast.system):
        assert [one.name for one in queries.departments()] == [cast.clinic.name]
        assert {one.department_id for one in Employee.objects.all()} == {queries.departments()[0].id}
        assert [one.name for one in queries.groups()] == ["Resepsjon"]


@pytest.mark.req("ORG-2")
def test_a_new_position_inherits_the_accesses_and_functions_of_its_role() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        lab = add_department("Laboratorium")
        given = (Access.CLINIC_OPEN, Access.CLINIC_ARCHIVE)
        facts = RoleFacts(department=lab, name="Leder", functions=(StaffFunction.LABORATORY,), accesses=given)
        role = add_role(EmployeeRole.NURSE, facts)
        eva = hire(given_name="Eva", family_name="Moe", held_role=role)
        unlike = hire(given_name="Ida", family_name="Moe", held_role=role, sees_clinic_open=False)
    assert (eva.role, eva.department, eva.functions) == ("nurse", lab, ["laboratory"])
    assert (eva.is_admin, eva.sees_clinic_open, eva.sees_clinic_archive) == (False, True, True)
    assert (unlike.sees_clinic_open, unlike.sees_clinic_archive) == (False, True)
    with acting(cast.actor(cast.ali)):
        change_role(role.id, RoleFacts(department=lab, accesses=()), expected_version=role.version)
        assert Employee.objects.get(id=eva.id).sees_clinic_open


@pytest.mark.req("ORG-2", "ORG-3")
def test_a_role_may_have_many_positions_and_only_a_doctors_has_a_specialisation() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        department = queries.departments()[0]
        gp = next(one for one in queries.roles() if one.position_type == "gp")
        assert gp.held_by == 2
        change_role(
            gp.id, RoleFacts(department=department, specialisation="Allmennmedisin"), expected_version=gp.version
        )
        with pytest.raises(InvalidError) as refused:
            add_role("lab", RoleFacts(department=department, name="X", specialisation="Allmennmedisin"))
        assert refused.value.field == "specialisation"


@pytest.mark.req("ORG-3")
def test_the_database_holds_position_type_and_role_together_and_one_position_for_each_account() -> None:
    cast = make_clinic()
    with pytest.raises(IntegrityError, match="held_role_same_type"), acting(cast.system):
        Employee.objects.filter(id=cast.anne.id).update(role="gp")
    with acting(cast.system), pytest.raises(errors.PositionTakenError):
        hire(given_name="Anne", family_name="Berg", role="lab", account_id=cast.anne.account_id)


@pytest.mark.req("ORG-5", "ORG-6", "ORG-11")
def test_an_administrator_writes_the_employee_card_and_the_log_tells_old_and_new() -> None:
    cast = make_clinic()
    changed = change(
        cast, cast.anne, is_admin=True, sees_clinic_archive=True, phone="22 22 22 22", email="a@example.no"
    )
    assert (changed.is_admin, changed.sees_clinic_archive, changed.phone) == (True, True, "22 22 22 22")
    assert actor_for_employee(cast.clinic.id, cast.anne.id).is_admin
    with acting(cast.system):
        told = events_about("employee", cast.anne.id)[0]
    assert (told.action, told.actor_name) == ("employee.changed", "Ali Khan")
    assert told.detail == {"is_admin": [False, True], "sees_clinic_archive": [False, True]}


@pytest.mark.req("ORG-4")
def test_who_is_no_administrator_changes_nothing() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.anne)):
        department, role = queries.departments()[0], queries.roles()[0]
        for refused in (
            lambda: hire(given_name="Eva", family_name="Moe", role="lab"),
            lambda: change_employee(cast.anne.id, card(cast.anne, is_admin=True), expected_version=1),
            lambda: end_position(cast.kari.id),
            lambda: add_department("Lab"),
            lambda: rename_department(department.id, "Lab", expected_version=1),
            lambda: remove_department(department.id),
            lambda: add_role("lab", RoleFacts(department=department, name="X")),
            lambda: change_role(role.id, RoleFacts(department=department), expected_version=1),
            lambda: remove_role(role.id),
        ):
            with pytest.raises(errors.NotAllowedError):
                refused()
        assert not Employee.objects.get(id=cast.anne.id).is_admin


@pytest.mark.req("ORG-4")
def test_the_second_of_two_administrators_is_told_who_was_first_and_nothing_is_overwritten() -> None:
    cast = make_clinic()
    seen = cast.anne.version
    change(cast, cast.anne, phone="11 11 11 11")
    change(cast, cast.kari, is_admin=True)
    with acting(actor_for_employee(cast.clinic.id, cast.kari.id)):
        with pytest.raises(ChangedError, match="Ali Khan endret dette kl"):
            change_employee(cast.anne.id, card(cast.anne, phone="99 99 99 99"), expected_version=seen)
        assert Employee.objects.get(id=cast.anne.id).phone == "11 11 11 11"


@pytest.mark.req("ORG-4")
def test_the_last_administrator_cannot_be_removed_by_either_way() -> None:
    cast = make_clinic()
    with pytest.raises(LastAdministratorError, match="eneste administrator"):
        change(cast, cast.ali, is_admin=False)
    with acting(cast.actor(cast.ali)), pytest.raises(LastAdministratorError):
        end_position(cast.ali.id)
    change(cast, cast.kari, is_admin=True)
    change(cast, cast.ali, is_admin=False)
    assert not actor_for_employee(cast.clinic.id, cast.ali.id).is_admin


@pytest.mark.req("ORG-4")
def test_two_administrators_who_remove_each_other_at_once_leave_one() -> None:
    cast = make_clinic()
    change(cast, cast.kari, is_admin=True)
    gate = threading.Barrier(2)

    def remove(by: Employee, other: Employee) -> str:
        try:
            actor = actor_for_employee(cast.clinic.id, by.id)
            gate.wait()
            with acting(actor):
                end_position(other.id)
        except LastAdministratorError:
            return "refused"
        finally:
            connection.close()
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(remove, *pair) for pair in ((cast.ali, cast.kari), (cast.kari, cast.ali))]
        assert sorted(one.result() for one in done) == ["refused", "removed"]
    with acting(cast.system):
        assert Employee.objects.filter(is_admin=True, active=True).count() == 1


@pytest.mark.req("ORG-6")
def test_who_has_left_has_no_access_from_that_moment_and_may_come_back_to_a_new_position() -> None:
    cast = make_clinic()
    account = cast.anne.account_id
    with acting(cast.actor(cast.ali)):
        gone = end_position(cast.anne.id)
    assert (gone.active, gone.ended_at is not None) == (False, True)
    assert positions_of(account) == []
    with pytest.raises(NotFoundError):
        actor_for_employee(cast.clinic.id, cast.anne.id)
    with acting(cast.actor(cast.ali)), pytest.raises(errors.NotEmployedError):
        change_employee(cast.anne.id, card(gone), expected_version=gone.version)
    with acting(cast.actor(cast.ali)):
        again = hire(
            given_name="Anne", family_name="Berg", role="nurse", account_id=account, hpr_number=cast.anne.hpr_number
        )
    assert positions_of(account) == [(cast.clinic.id, again.id)]


@pytest.mark.req("ACT-16", "ACT-12", "ORG-6")
def test_her_id_and_hpr_number_are_checked_on_the_card() -> None:
    cast, other = make_clinic(), make_clinic()
    new = fresh_her_id()
    change(cast, cast.per, her_id=new)
    with acting(cast.system):
        assert cast.per.parties.get().her_id == new
    for field, wrong, error in (
        ("her_id", "12a", InvalidError),
        ("her_id", cast.kari_party.her_id, errors.HerIdTakenError),
        ("her_id", other.kari_party.her_id, errors.HerIdTakenError),
        ("her_id", "", errors.NotEligibleError),
        ("hpr_number", "1234567890", InvalidError),
        ("hpr_number", cast.kari.hpr_number, errors.HprNumberTakenError),
    ):
        with pytest.raises(error):
            change(cast, cast.per, **{field: wrong})
    with pytest.raises(errors.NotEligibleError) as refused:
        change(cast, cast.anne, her_id=fresh_her_id())
    assert refused.value.field == "her_id"
    change(cast, cast.per, hpr_number=other.kari.hpr_number)


@pytest.mark.req("ORG-1", "ORG-2")
def test_names_stand_once_and_what_is_used_is_not_removed() -> None:
    cast = make_clinic()
    with acting(cast.actor(cast.ali)):
        first = queries.departments()[0]
        lab = add_department("Lab")
        for taken in (lambda: add_department("LAB"), lambda: rename_department(first.id, "lab", expected_version=1)):
            with pytest.raises(NameTakenError):
                taken()
        with pytest.raises(NameTakenError):
            add_role("nurse", RoleFacts(department=first))
        with pytest.raises(InUseError):
            remove_department(first.id)
        with pytest.raises(InUseError):
            remove_role(cast.anne.held_role_id)
        free = add_role("nurse", RoleFacts(department=lab, name="Vakt"))
        with pytest.raises(InUseError):
            remove_department(lab.id)
        remove_role(free.id)
        remove_department(lab.id)
        assert list(Department.objects.values_list("id", flat=True)) == [first.id]
        assert not Role.objects.filter(id=free.id).exists()


@pytest.mark.req("ORG-15")
def test_everybody_changes_the_own_name_and_phone_and_nothing_else() -> None:
    cast = make_clinic()
    own = {"given_name": "Anne Marie", "family_name": "Berg", "phone": "33 33 33 33"}
    with acting(cast.actor(cast.anne)):
        changed = change_own_profile(cast.anne, **own, version=1)
        assert (changed.name, changed.is_admin) == ("Anne Marie Berg", False)
        with pytest.raises(ChangedError):
            change_own_profile(cast.anne, **own, version=1)


@pytest.mark.req("ORG-4", "ACT-8")
def test_the_operator_hires_the_first_of_a_clinic_and_nobody_else() -> None:
    operator = Actor(kind=ActorKind.OPERATOR, clinic_id=new_id(), person_id=new_id())
    nurse = {"given_name": "Eva", "family_name": "Moe", "role": "nurse"}
    with acting(operator):
        establish(slug=f"k{operator.clinic_id.hex}", name="A", organisation_number="999999999")
        hire(**nurse, is_admin=True)
        with pytest.raises(errors.NotAllowedError):
            hire(**nurse)
