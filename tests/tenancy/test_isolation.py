"""Row-level security is the second wall: a unit of work sees its own clinic's rows and no others."""

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.db.utils import IntegrityError, ProgrammingError

from skranke.clinics.models import Clinic, Employee
from skranke.clinics.organisation.standard import organise
from skranke.clinics.services import hire
from skranke.kernel.actor import system
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import make_clinic
from support.walls import without_row_level_security


def _clinic() -> Clinic:
    identity = new_id()
    with acting(system(identity)):
        clinic = Clinic.objects.create(
            id=identity,
            slug=f"k{identity.hex[-12:]}",
            name="Prøvevik",
            her_id=str(identity.int % 10**9),
            organisation_number="1",
        )
        organise(clinic)
        hire(given_name="Kari", family_name="Lunde", role="gp")
    return clinic


@pytest.mark.req("NFR-2")
def test_a_unit_of_work_sees_only_its_own_clinic() -> None:
    ours, theirs = _clinic(), _clinic()
    with acting(system(ours.id)):
        # The base manager asks for every clinic's rows: it is row-level security that keeps theirs away.
        assert list(Clinic._base_manager.values_list("id", flat=True)) == [ours.id]
        assert list(Employee._base_manager.values_list("clinic_id", flat=True)) == [ours.id]
        assert not Employee._base_manager.filter(clinic_id=theirs.id).exists()


@pytest.mark.req("NFR-2")
def test_a_query_outside_a_unit_of_work_sees_nothing() -> None:
    _clinic()
    assert not Employee._base_manager.exists()
    assert not Employee.objects.exists()


@pytest.mark.req("NFR-2")
def test_the_programs_themselves_ask_for_no_other_clinic_s_rows(database) -> None:
    ours, theirs = _clinic(), _clinic()
    with without_row_level_security(database.admin_dsn), acting(system(ours.id)):
        assert Employee._base_manager.filter(clinic_id=theirs.id).exists()
        assert not Employee.objects.filter(clinic_id=theirs.id).exists()
        assert list(Clinic.objects.values_list("id", flat=True)) == [ours.id]
        assert Employee.objects.update(given_name="Kari") == 1
    with without_row_level_security(database.admin_dsn):
        assert not Employee.objects.exists()


@pytest.mark.req("NFR-2")
def test_a_row_of_another_clinic_cannot_be_written() -> None:
    ours, theirs = _clinic(), _clinic()
    with pytest.raises(ProgrammingError, match="row-level security"), acting(system(ours.id)):
        Employee.objects.create(clinic_id=theirs.id, given_name="Per", family_name="Vik", role="gp")


@pytest.mark.req("NFR-2")
def test_one_commit_never_spans_two_clinics() -> None:
    ours, theirs = _clinic(), _clinic()
    with acting(system(ours.id)), pytest.raises(RuntimeError), acting(system(theirs.id)):
        pass


def test_the_setting_ends_with_the_transaction() -> None:
    ours = _clinic()
    with acting(system(ours.id)):
        pass
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('skranke.clinic', true)")
        assert cursor.fetchone()[0] in (None, "")


@pytest.mark.req("NFR-2")
def test_every_table_with_a_clinic_is_behind_row_level_security_and_owned_by_nobody_who_logs_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, pg_get_userbyid(relowner) FROM pg_class c JOIN pg_attribute a "
            "ON a.attrelid = c.oid WHERE relkind = 'r' AND attname = 'clinic_id'"
        )
        tables = cursor.fetchall()
    assert len(tables) > 20
    assert {(name, secure, owner) for name, secure, owner in tables if not secure or owner != "skranke_owner"} == set()


_OWN = "(SELECT (NULLIF(current_setting('skranke.clinic'::text, true), ''::text))::uuid AS \"nullif\")"


@pytest.mark.req("NFR-2")
def test_row_level_security_of_every_table_shows_and_takes_the_own_clinic_s_rows_and_has_no_other_way_in() -> None:
    """A policy that lets more through on one table would be seen by no other test, where the first wall stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE relkind IN ('r', 'p') AND attname = 'clinic_id'"
        )
        wanted = {(name, "ALL", "clinic_id") for (name,) in cursor.fetchall()} | {("clinics_clinic", "ALL", "id")}
        cursor.execute(
            "SELECT tablename, cmd, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND permissive = 'PERMISSIVE'"
        )
        found = cursor.fetchall()
    assert len(wanted) > 60
    assert sorted((table, cmd) for table, cmd, _shown, _taken in found) == sorted((one, cmd) for one, cmd, _ in wanted)
    columns = {table: column for table, _cmd, column in wanted}
    for table, _cmd, shown, taken in found:
        assert shown == taken == f"({columns[table]} = {_OWN.replace('(SELECT', '( SELECT')})", table


@pytest.mark.req("NFR-2")
def test_a_row_cannot_name_a_row_of_another_clinic_even_by_its_id() -> None:
    ours, theirs = make_clinic(), make_clinic()

    def link(row: Model, field: str, foreign: Model) -> None:
        with acting(ours.system):
            type(row).objects.filter(pk=row.pk).update(**{field: foreign.pk})

    for row, field, foreign in (
        (ours.ola, "gp_id", theirs.kari),
        (ours.kari_party, "employee_id", theirs.per),
        (ours.ola.name_parts.model(clinic_id=ours.clinic.id, patient=ours.ola, key="x"), "patient_id", theirs.ola),
    ):
        if row._state.adding:
            with acting(ours.system):
                row.save()
        with pytest.raises(IntegrityError, match="same_clinic"):
            link(row, field, foreign)
