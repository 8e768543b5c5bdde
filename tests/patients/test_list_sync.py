"""The GPs' lists are read from the register, over HTTP from the sandbox, into runs that tell who came and went."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.services import establish
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind, system
from skranke.kernel.errors import NotFoundError
from skranke.patients.listing import rules
from skranke.patients.listing.errors import ListSyncOpenError
from skranke.patients.listing.queries import changes_of, get_sync_for, gp_lists, kept_syncs, latest_sync
from skranke.patients.listing.syncing import ask_for_sync, ask_monthly, do_what_is_asked
from skranke.patients.models import GPListSync, Patient
from skranke.registers.errors import RegisterNotSetUpError
from skranke.tenancy.work import acting

from cast import Cast, fresh_her_id, fresh_national_id, make_clinic
from support.registers import asked_at_sandbox


@pytest.fixture(scope="module")
def sandbox(pg_admin_dsn, tmp_path_factory):
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("flr")) as running:
        yield running


@pytest.fixture
def asked(sandbox):
    with asked_at_sandbox(sandbox):
        yield sandbox


_offices = iter(range(900_000_001, 900_000_999))


@pytest.fixture
def cast(asked) -> Cast:
    """A clinic whose two GPs, and a list without one, stand in the register; Ola and Nora are Kari's there."""
    made = make_clinic(organisation_number=str(next(_offices)))
    for party in (made.kari_party, made.mona_party):
        assert party.employee is not None
        put(asked, made, party.her_id, name=party.employee.name, hpr_number=party.employee.hpr_number)
    for patient, party in ((made.ola, made.kari_party), (made.nora, made.kari_party), (made.astrid, made.mona_party)):
        asked.put_citizen(patient.national_id, party.her_id, name=patient.name)
    return made


def put(asked, cast: Cast, her_id: str, **facts: str) -> None:
    office = {"clinic_her_id": str(cast.clinic.her_id), "organisation_number": cast.clinic.organisation_number}
    asked.put_party(her_id, **office, **facts)


def read(cast: Cast) -> GPListSync:
    with acting(cast.actor(cast.ali)):
        run = ask_for_sync()
    do_what_is_asked()
    with acting(cast.system):
        return GPListSync.objects.get(id=run.id)


def changes(cast: Cast, run: GPListSync) -> list[tuple[str, str, str]]:
    with acting(cast.actor(cast.ali)):
        return [(one.kind, one.patient.given_name, one.gp_list.doctor) for one in changes_of(run)]


def fresh(cast: Cast, patient: Patient) -> Patient:
    with acting(cast.system):
        return Patient.objects.select_related("gp", "gp_list").get(id=patient.id)


@pytest.mark.req("PAT-16", "PAT-17")
def test_what_has_not_changed_makes_no_run_to_look_at(cast) -> None:
    run = read(cast)
    assert (run.state, run.added, run.removed) == ("done", 0, 0)
    assert (run.lists_total, run.lists_read, run.patients_total, run.patients_done) == (2, 2, 3, 3)
    assert (run.asked_by, run.asked_by_name) == (cast.ali.id, "Ali Khan")
    with acting(cast.system):
        assert kept_syncs() == []
        latest = latest_sync()
        assert latest is not None
        assert latest.id == run.id
        assert [(one.doctor, one.listed) for one in gp_lists()] == [("Kari Lunde", 2), ("Kari Lunde", 1)]
    assert fresh(cast, cast.ola).list_read_at is not None


@pytest.mark.req("PAT-16")
def test_who_came_went_and_changed_gp_is_told_by_patient_and_list(cast, asked) -> None:
    newcomer = fresh_national_id(age=40)
    asked.put_citizen(newcomer, cast.mona_party.her_id, name="Inga Ny")
    asked.put_citizen(cast.ola.national_id, cast.mona_party.her_id, name=cast.ola.name)
    asked.put_citizen(cast.nora.national_id, None, name=cast.nora.name)
    run = read(cast)
    assert (run.added, run.removed) == (2, 2)
    assert sorted((kind, name) for kind, name, _ in changes(cast, run)) == [
        ("added", "Inga"),
        ("added", "Ola"),
        ("removed", "Nora"),
        ("removed", "Ola"),
    ]
    with acting(cast.system):
        assert [one.id for one in kept_syncs()] == [run.id]
        inga = Patient.objects.get(national_id=str(newcomer))
        assert (inga.name, inga.gp_id, inga.on_gp_list) == ("Inga Ny", cast.mona.id, True)
        seen = set(AuditEvent.objects.filter(action__startswith="gp_list.").values_list("action", flat=True))
        assert seen == {"gp_list.sync_asked", "gp_list.read", "gp_list.changes_read"}
    assert fresh(cast, cast.ola).gp_id == cast.mona.id
    gone = fresh(cast, cast.nora)
    assert (gone.gp_id, gone.on_gp_list, gone.gp_list_id) == (None, False, None)


@pytest.mark.req("PAT-16")
def test_who_stands_on_a_list_without_a_doctor_is_the_clinics(cast, asked) -> None:
    vacant = fresh_her_id()
    put(asked, cast, vacant, kind="service", name="Liste uten fast lege")
    asked.put_citizen(cast.jonas.national_id, vacant, name=cast.jonas.name)
    run = read(cast)
    assert (run.added, run.removed) == (1, 0)
    jonas = fresh(cast, cast.jonas)
    assert (jonas.gp_id, jonas.on_gp_list) == (None, False)
    assert jonas.gp_list is not None
    assert jonas.gp_list.her_id == vacant


@pytest.mark.req("PAT-16")
def test_what_the_register_told_later_stands(cast) -> None:
    with acting(cast.system):
        Patient.objects.filter(id=cast.jonas.id).update(
            gp=cast.kari, on_gp_list=True, list_read_at=clock.now() + timedelta(minutes=5)
        )
    assert read(cast).removed == 0
    assert fresh(cast, cast.jonas).gp_id == cast.kari.id


@pytest.mark.req("PAT-16")
def test_a_number_that_is_none_is_skipped_and_counted(cast, asked) -> None:
    asked.put_citizen("00000000000", cast.kari_party.her_id)
    run = read(cast)
    assert (run.state, run.skipped, run.added) == ("done", 1, 0)


@pytest.mark.req("PAT-17")
def test_a_register_that_is_away_changes_nothing_and_the_run_says_why(cast, asked) -> None:
    asked.put_citizen(cast.ola.national_id, None, name=cast.ola.name)
    with asked.away("flr"):
        run = read(cast)
    assert (run.state, run.reason) == ("failed", "register_away")
    assert fresh(cast, cast.ola).gp_id == cast.kari.id
    assert read(cast).removed == 1


@pytest.mark.req("PAT-17")
def test_two_do_not_ask_at_once(cast) -> None:
    with acting(cast.actor(cast.ali)):
        ask_for_sync()
        with pytest.raises(ListSyncOpenError):
            ask_for_sync()


@pytest.mark.req("PAT-17")
def test_without_access_to_the_register_nobody_can_ask() -> None:
    made = make_clinic()
    with acting(made.system), pytest.raises(RegisterNotSetUpError, match="HER-id"):
        ask_for_sync()


@pytest.mark.req("PAT-17")
def test_without_a_her_id_the_clinic_cannot_ask(asked) -> None:
    made = establish(slug=f"k{uuid4().hex[:10]}", name="Ny", organisation_number="999999999")
    with acting(system(made.id)), pytest.raises(RegisterNotSetUpError, match="HER-id"):
        ask_for_sync()


@pytest.mark.req("PAT-16")
def test_the_clock_asks_once_a_month_from_its_day_on(cast) -> None:
    with acting(cast.system):
        ask_monthly()
        first = latest_sync()
        assert first is not None
        assert first.asked_by is None
    do_what_is_asked()
    with acting(cast.system):
        ask_monthly()
        assert GPListSync.objects.count() == 1
    clock.move(timedelta(days=32))
    with acting(cast.system):
        ask_monthly()
        assert GPListSync.objects.count() == 2


@pytest.mark.req("PAT-16")
def test_a_reading_whose_program_died_is_done_by_another(cast) -> None:
    with acting(cast.system):
        run = ask_for_sync()
        GPListSync.objects.filter(id=run.id).update(state="running", stepped_at=clock.now())
    do_what_is_asked()
    with acting(cast.system):
        assert GPListSync.objects.get(id=run.id).state == "running"
    clock.move(timedelta(minutes=11))
    do_what_is_asked()
    with acting(cast.system):
        assert GPListSync.objects.get(id=run.id).state == "done"


@pytest.mark.req("PAT-19")
def test_the_list_of_a_gp_who_left_is_inactive_until_the_register_says_where_its_patients_are(cast, asked) -> None:
    read(cast)
    with acting(cast.system):
        cast.kari.active = False
        cast.kari.save()
        lists = {one.her_id: rules.is_active(one) for one in gp_lists()}
        assert lists == {cast.kari_party.her_id: False, cast.mona_party.her_id: True}
    assert rules.has_inactive_gp(fresh(cast, cast.ola))
    assert not rules.has_inactive_gp(fresh(cast, cast.astrid))
    asked.put_citizen(cast.ola.national_id, cast.mona_party.her_id, name=cast.ola.name)
    read(cast)
    assert not rules.has_inactive_gp(fresh(cast, cast.ola))


def test_a_run_is_for_the_employees_of_its_clinic(cast) -> None:
    run, other = read(cast), make_clinic()
    with acting(cast.actor(cast.anne)) as actor:
        assert get_sync_for(actor, run.id).id == run.id
    with acting(other.actor(other.anne)) as actor, pytest.raises(NotFoundError):
        get_sync_for(actor, run.id)
    operator = Actor(kind=ActorKind.OPERATOR, clinic_id=cast.clinic.id)
    with acting(operator), pytest.raises(NotFoundError):
        get_sync_for(operator, run.id)
