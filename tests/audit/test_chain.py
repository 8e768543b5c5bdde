"""The chain of the audit log: every committed row gets its place once, and what is changed afterwards is found."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from os import environ
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, ProgrammingError

from skranke.audit import chain
from skranke.audit.actions import Action
from skranke.audit.chain import COLUMNS, Head, head_of
from skranke.audit.models import AuditEvent, AuditSeal, AuditUnsealed
from skranke.audit.sealing import seal
from skranke.audit.services import record
from skranke.audit.verifying import AT_ONCE, Finding, Reader, Wrong
from skranke.cli import audit as command
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS
from skranke.worker.run import look

from cast import Cast, make_clinic
from support.database import as_role

ROWS = 40


def write(cast: Cast, count: int = 1) -> list[UUID]:
    """Rows of all sorts, each in a commit of its own; their ids."""
    before = set(_ids(cast))
    for number in range(count):
        with acting(cast.actor(cast.ali if number % 3 else cast.kari)):
            record(
                Action.PATIENT_READ if number % 2 else Action.THREAD_READ,
                subject_kind="patient",
                subject_id=cast.ola.id if number % 5 else None,
                patient_id=cast.ola.id,
                detail={"antall": number, "æ": "ø\u2028", "list": [1, None, True]} if number % 4 else {},
            )
    return [one for one in _ids(cast) if one not in before]


def _ids(cast: Cast) -> list[UUID]:
    with acting(cast.system):
        return list(AuditEvent.objects.order_by("at", "id").values_list("id", flat=True))


def seal_all(cast: Cast) -> Head:
    """As the worker does it; the head."""
    with as_role("skranke_worker"):
        while _seal(cast):
            pass
        return read(cast)[1]


def _seal(cast: Cast) -> bool:
    with acting(cast.system):
        return seal()


def read(cast: Cast, *heads: Head) -> tuple[list[Finding], Head]:
    """What the check finds, and the head."""
    with acting(cast.system):
        reader = Reader(heads)
        return list(reader.findings()), reader.head


def sealed(cast: Cast) -> list[tuple[int, UUID]]:
    with as_role("skranke_worker"), acting(cast.system):
        return list(AuditSeal.objects.order_by("position").values_list("position", "event_id"))


@pytest.mark.req("NFR-1")
def test_every_row_gets_a_place_and_an_intact_chain_is_told_to_be_so(capsys) -> None:
    cast = make_clinic()
    write(cast, 10)
    head = seal_all(cast)
    places = sealed(cast)
    assert [position for position, _ in places] == list(range(1, len(places) + 1))
    assert sorted(event for _, event in places) == sorted(_ids(cast))
    assert head.position == len(places)
    with as_role("skranke_worker"):
        assert command.run(cast.clinic.slug, [str(head)]) == 0
        assert f"intact, {len(places)} rows sealed; head {head}" in capsys.readouterr().out
        write(cast)
        assert command.run(cast.clinic.slug, []) == 0
        assert "1 rows not sealed yet" in capsys.readouterr().out


@pytest.mark.req("NFR-1")
def test_a_row_whose_transaction_commits_late_is_sealed_when_it_does_and_never_before() -> None:
    cast = make_clinic()
    seal_all(cast)
    began, may_commit, late = threading.Event(), threading.Event(), []

    def slow() -> None:
        with acting(cast.actor(cast.kari)):
            record(Action.PATIENT_READ, subject_kind="patient", subject_id=cast.ola.id, patient_id=cast.ola.id)
            late.append(AuditEvent.objects.latest("id").id)
            began.set()
            assert may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert began.wait(30)
    (early,) = write(cast)
    seal_all(cast)
    assert sealed(cast)[-1][1] == early
    may_commit.set()
    thread.join(30)
    head = seal_all(cast)
    assert sealed(cast)[-1] == (head.position, late[0])
    with as_role("skranke_worker"):
        assert read(cast, head)[0] == []


@pytest.mark.req("NFR-1")
def test_a_row_that_was_rolled_back_has_no_place() -> None:
    cast = make_clinic()
    seal_all(cast)

    def undone() -> None:
        with acting(cast.system):
            record(Action.THREAD_READ, subject_kind="thread", subject_id=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    before = len(sealed(cast))
    seal_all(cast)
    assert len(sealed(cast)) == before


@pytest.mark.req("NFR-1")
def test_workers_side_by_side_make_one_chain_and_tell_its_head(caplog) -> None:
    cast = make_clinic()
    (job,) = [job for job in JOBS if job.name == "audit.seal"]

    def one_worker() -> None:
        for _ in range(3):
            look(job)
            clock.move(timedelta(seconds=2))
        connection.close()

    def one_desk() -> None:
        write(cast, 20)
        connection.close()

    with caplog.at_level("INFO", logger="skranke.audit.sealing"):
        desks = [threading.Thread(target=one_desk) for _ in range(2)]
        for desk in desks:
            desk.start()
        with as_role("skranke_worker"):
            workers = [threading.Thread(target=one_worker) for _ in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        for desk in desks:
            desk.join()
    assert str(cast.clinic.id) in caplog.text
    head = seal_all(cast)
    with as_role("skranke_worker"):
        assert read(cast) == ([], head)
    assert sorted(event for _, event in sealed(cast)) == sorted(_ids(cast))


@pytest.mark.req("NFR-1")
def test_a_chain_longer_than_what_is_read_at_once(monkeypatch) -> None:
    cast = make_clinic()
    write(cast, 12)
    monkeypatch.setattr("skranke.audit.sealing.AT_ONCE", 5)
    monkeypatch.setattr("skranke.audit.verifying.AT_ONCE", 5)
    assert AT_ONCE > 1000
    head = seal_all(cast)
    with as_role("skranke_worker"):
        assert read(cast) == ([], head)
    assert head.position == len(_ids(cast)) > 10


@pytest.mark.req("NFR-1")
def test_only_the_worker_may_read_and_add_seals_and_nobody_may_change_them() -> None:
    cast = make_clinic()
    seal_all(cast)
    for role in ("skranke_web", "skranke_gateway"):
        with as_role(role), acting(cast.system), pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
            AuditSeal.objects.count()
    changes = ("UPDATE audit_auditseal SET form = 1", "DELETE FROM audit_auditseal", "TRUNCATE audit_auditseal",
               "UPDATE audit_auditevent SET action = 'a.b'", "DELETE FROM audit_auditevent",
               "INSERT INTO audit_auditunsealed (clinic_id, event_id) VALUES (gen_random_uuid(), gen_random_uuid())",
               "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL")  # fmt: skip
    for change in changes:
        with as_role("skranke_worker"), acting(cast.system), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(change)
    theirs = make_clinic()
    with as_role("skranke_worker"), acting(theirs.system):
        assert not AuditSeal.objects.exists()
        assert AuditUnsealed.objects.exists()
    with as_role("skranke_worker"), acting(cast.system), pytest.raises(IntegrityError), transaction.atomic():
        AuditSeal.objects.create(clinic_id=cast.clinic.id, position=1, event_id=new_id(), form=1,
                                 sealed_at=clock.now(), hash=bytes(32))  # fmt: skip


def test_every_column_of_the_log_is_in_the_newest_form() -> None:
    assert sorted(COLUMNS) == sorted(field.column for field in AuditEvent._meta.concrete_fields)
    assert sorted(chain.FORMS) == list(range(1, chain.NEWEST + 1))


@pytest.mark.req("NFR-1")
def test_a_form_that_was_used_is_never_changed() -> None:
    """A row and its hash as they were when the form was made: a chain that was sealed then is still checked."""
    one = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    at = clock.now().replace(year=2026, month=11, day=28, hour=1, minute=2, second=3, microsecond=4)
    row = (one, one, at, "patient.read", "employee", one, "Kari Lunde", "gp", one, "patient", None, "care",
           '{"b": 1, "a": ["ø"]}', "r-1")  # fmt: skip
    assert chain.canonical(at, row, 1).decode() == (
        '[1,"2026-11-28T01:02:03.000004+00:00","01890a5dac96774bbcceb302099a8057","01890a5dac96774bbcceb302099a8057",'
        '"2026-11-28T01:02:03.000004+00:00","patient.read","employee","01890a5dac96774bbcceb302099a8057","Kari Lunde",'
        '"gp","01890a5dac96774bbcceb302099a8057","patient",null,"care",{"a":["ø"],"b":1},"r-1"]'
    )
    assert chain.link(chain.GENESIS, 1, at, row, 1).hex() == (
        "0b47b65d0421bbf2bf00677e53232df110e6d9ce237c1f406bfd8ac974a521d4"
    )


# What an intruder with the owner's rights does to the database; each gives the positions and rows that must be named.
Named = set[object]


@dataclass
class Scene:
    """A sealed chain and the means of somebody who may do everything in the database."""

    cast: Cast
    chance: random.Random
    head: Head
    places: list[tuple[int, UUID]]

    def sql(self, text: str, *parameters: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(text, parameters)
            return cursor.fetchall() if cursor.description else []

    @property
    def clinic(self) -> UUID:
        return self.cast.clinic.id

    def place(self, *, last: bool = True) -> tuple[int, UUID]:
        return self.chance.choice(self.places if last else self.places[1:-1])

    def two(self) -> list[tuple[int, UUID]]:
        return sorted(self.chance.sample(self.places, 2))

    def shift(self, above: int, by: int) -> None:
        """Renumber what lies above a position."""
        for step in (10**6, by - 10**6):
            self.sql("UPDATE audit_auditseal SET position = position + %s WHERE clinic_id = %s AND position > %s",
                     step, self.clinic, above if step > 0 else 10**6 - 10)  # fmt: skip

    def copy_of(self, event: UUID, at: str = "at") -> UUID:
        new = new_id()
        rest = ", ".join(name for name in COLUMNS if name not in ("id", "at"))
        self.sql(f"INSERT INTO audit_auditevent (id, at, {rest}) SELECT %s, {at}, {rest} FROM audit_auditevent "
                 "WHERE id = %s", new, event)  # fmt: skip
        return new


_NEW = {
    "at": "at + interval '1 microsecond'", "action": "'a.b'", "actor_kind": "actor_kind || 'x'", "actor_id":
    "gen_random_uuid()", "actor_name": "upper(actor_name) || '.'", "actor_role": "'gp' || actor_role", "patient_id":
    "CASE WHEN patient_id IS NULL THEN gen_random_uuid() END", "subject_kind": "'x' || subject_kind", "subject_id":
    "gen_random_uuid()", "purpose": "'operation' || purpose", "detail": "detail || '{\"x\": 1}'", "request_id":
    "request_id || 'r'", "id": "gen_random_uuid()", "clinic_id": "gen_random_uuid()",
}  # fmt: skip


def changed(scene: Scene) -> Named:
    position, event = scene.place()
    column = scene.chance.choice(COLUMNS)
    scene.sql(f"UPDATE audit_auditevent SET {column} = {_NEW[column]} WHERE id = %s", event)
    return {position, event}


def seal_changed(scene: Scene) -> Named:
    position, event = scene.place()
    what = scene.chance.choice(["hash = sha256(hash)", "sealed_at = sealed_at + interval '1 second'", "form = 7"])
    scene.sql(f"UPDATE audit_auditseal SET {what} WHERE event_id = %s", event)
    return {position}


def changed_and_sealed_anew(scene: Scene) -> Named:
    """The row's own seal is made to fit: the next one no longer does, for it is tied to what was there."""
    position, event = scene.place(last=False)
    scene.sql("UPDATE audit_auditevent SET actor_name = 'Per Vik' WHERE id = %s", event)
    before = scene.sql("SELECT hash FROM audit_auditseal WHERE clinic_id = %s AND position = %s",
                       scene.clinic, position - 1)  # fmt: skip
    names = ", ".join(f"event.{name}" for name in COLUMNS)
    [(sealed_at, *row)] = scene.sql(f"SELECT seal.sealed_at, {names} FROM audit_auditseal seal JOIN audit_auditevent "
                                    "event ON event.id = seal.event_id WHERE event.id = %s", event)  # fmt: skip
    made = chain.link(bytes(before[0][0]), position, sealed_at, row)
    scene.sql("UPDATE audit_auditseal SET hash = %s WHERE event_id = %s", made, event)
    return {position + 1}


def removed(scene: Scene) -> Named:
    position, event = scene.place()
    scene.sql("DELETE FROM audit_auditevent WHERE id = %s", event)
    return {position, event}


def removed_with_seal(scene: Scene) -> Named:
    position, event = scene.place(last=False)
    scene.sql("DELETE FROM audit_auditseal WHERE event_id = %s", event)
    scene.sql("DELETE FROM audit_auditevent WHERE id = %s", event)
    return {position}


def removed_and_closed_up(scene: Scene) -> Named:
    position, _ = scene.place(last=False)
    removed_with = scene.places[position - 1][1]
    scene.sql("DELETE FROM audit_auditseal WHERE event_id = %s", removed_with)
    scene.sql("DELETE FROM audit_auditevent WHERE id = %s", removed_with)
    scene.shift(position, -1)
    return {position}


def inserted(scene: Scene) -> Named:
    return {scene.copy_of(scene.place()[1])}


def inserted_with_seal(scene: Scene) -> Named:
    position, event = scene.place(last=False)
    new = scene.copy_of(event)
    scene.shift(position, 1)
    forged = (
        "SELECT clinic_id, position + 1, %s, form, sealed_at, sha256(hash) FROM audit_auditseal WHERE event_id = %s"
    )
    into = "INSERT INTO audit_auditseal (clinic_id, position, event_id, form, sealed_at, hash)"
    scene.sql(f"{into} {forged}", new, event)
    return {position + 1, new}


def inserted_by_the_front_door_with_an_old_date(scene: Scene) -> Named:
    scene.sql("SET LOCAL session_replication_role = origin")
    new = scene.copy_of(scene.place()[1], at="at - interval '90 minutes'")
    scene.sql("SET LOCAL ROLE skranke_worker")
    with acting(scene.cast.system):
        seal()
    scene.sql("RESET ROLE")
    return {new}


def contents_swapped(scene: Scene) -> Named:
    (first, one), (second, other) = scene.two()
    for event, into in ((new_id(), one), (one, other)):
        scene.sql("UPDATE audit_auditseal SET event_id = %s WHERE event_id = %s", event, into)
    scene.sql("UPDATE audit_auditseal SET event_id = %s WHERE clinic_id = %s AND position = %s",
              other, scene.clinic, first)  # fmt: skip
    return {first, second}


def places_swapped(scene: Scene) -> Named:
    (first, one), (second, other) = scene.two()
    for position, event in ((10**6, one), (first, other), (second, one)):
        scene.sql("UPDATE audit_auditseal SET position = %s WHERE event_id = %s", position, event)
    return {first, second}


def cut(scene: Scene) -> Named:
    left = scene.chance.randrange(len(scene.places))
    gone = [event for position, event in scene.places if position > left]
    scene.sql("DELETE FROM audit_auditseal WHERE event_id = ANY(%s)", gone)
    scene.sql("DELETE FROM audit_auditevent WHERE id = ANY(%s)", gone)
    return {left + 1}


def rebuilt(scene: Scene) -> Named:
    """Change a row, then make the whole chain anew, by the book."""
    _, event = scene.place()
    scene.sql("DELETE FROM audit_auditseal WHERE clinic_id = %s", scene.clinic)
    scene.sql("UPDATE audit_auditevent SET actor_name = 'Per Vik' WHERE id = %s", event)
    scene.sql("INSERT INTO audit_auditunsealed (clinic_id, event_id) SELECT clinic_id, id FROM audit_auditevent "
              "WHERE clinic_id = %s ORDER BY at, id", scene.clinic)  # fmt: skip
    scene.sql("SET LOCAL ROLE skranke_worker")
    with acting(scene.cast.system):
        seal()
    scene.sql("RESET ROLE")
    return {scene.head.position}


ALONE = (changed, changed_and_sealed_anew,
         seal_changed, removed, removed_with_seal, removed_and_closed_up, inserted, inserted_with_seal,
         inserted_by_the_front_door_with_an_old_date, contents_swapped, places_swapped)  # fmt: skip
WITH_A_HEAD = (cut, rebuilt)


@pytest.fixture(scope="module")
def scene() -> Scene:
    cast = make_clinic()
    write(cast, ROWS)
    head = seal_all(cast)
    return Scene(cast, random.Random(20261128), head, sealed(cast))


@contextmanager
def as_intruder(database) -> Iterator[None]:
    """Everything in the block is done by a superuser, with triggers and references off, and undone at its end."""
    admin = urlsplit(database.admin_dsn)
    facts = connections["default"].settings_dict
    before = {name: facts[name] for name in ("USER", "PASSWORD")}
    connection.close()
    facts.update(USER=admin.username or "", PASSWORD=admin.password or "")
    try:
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL session_replication_role = replica")
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        facts.update(before)


def found_by_the_check(scene: Scene, *heads: Head) -> list[Finding]:
    """What the check finds as the worker's role, behind row-level security."""
    scene.sql("SET LOCAL ROLE skranke_worker")
    return read(scene.cast, *heads)[0]


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize("turn", range(20))
def test_a_thousand_tamperings_are_each_found(scene, database, turn) -> None:
    """Twenty turns of fifty; in each some are found only against a head that was kept outside."""
    scene.chance.seed(turn)
    with as_intruder(database):
        for number in range(50):
            tamper = (ALONE + WITH_A_HEAD)[(turn * 50 + number) % (len(ALONE) + len(WITH_A_HEAD))]
            with transaction.atomic():
                named = tamper(scene)
                findings = found_by_the_check(scene, *([scene.head] if tamper in WITH_A_HEAD else []))
                transaction.set_rollback(True)
            told = {finding.position for finding in findings} | {finding.event_id for finding in findings}
            assert told & named, (tamper.__name__, named, findings)


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize(("tamper", "wrong"), [(cut, Wrong.CUT), (rebuilt, Wrong.REBUILT)])
def test_a_cut_tail_and_a_rebuilt_chain_are_found_against_an_outside_head_only(scene, database, tamper, wrong) -> None:
    with as_intruder(database):
        tamper(scene)
        assert [finding.wrong for finding in found_by_the_check(scene, scene.head)] == [wrong]
        assert found_by_the_check(scene) == []


@pytest.mark.req("NFR-1")
def test_the_tamperings_leave_the_scene_as_it_was(scene) -> None:
    with as_role("skranke_worker"):
        assert read(scene.cast, scene.head) == ([], scene.head)


@pytest.mark.req("NFR-1")
def test_the_command_says_which_row_and_what_to_do(scene, database, capsys) -> None:
    with as_intruder(database):
        position, event = scene.places[7]
        scene.sql("UPDATE audit_auditevent SET actor_name = 'Ola Nordmann' WHERE id = %s", event)
        scene.sql("SET LOCAL ROLE skranke_worker")
        assert command.run(scene.cast.clinic.slug, []) == 1
    said = capsys.readouterr().out
    assert f"position {position} (row {event}" in said
    assert "this row or its seal was changed" in said
    assert "compare the rows above with a backup" in said
    assert "Nordmann" not in said


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize("head", ["", "12", "0:" + "0" * 64, "12:xyz", "12:" + "0" * 63])
def test_what_is_no_head_is_refused(scene, head, capsys) -> None:
    assert command.run(scene.cast.clinic.slug, [head]) == 2
    assert "POSITION:HASH" in capsys.readouterr().out


@pytest.mark.req("NFR-1")
def test_a_head_belongs_to_a_clinic_that_exists(capsys) -> None:
    head = "12:" + "0f" * 32
    assert str(head_of(head)) == head
    assert command.run("", [head]) == 2
    assert command.run("nobody", [head]) == 2


@pytest.mark.req("NFR-1")
def test_the_program_checks_every_clinic(scene, database) -> None:
    command_line = [sys.executable, "-m", "skranke.cli.main", "audit", "verify"]
    with as_role("skranke_worker"):
        assert command.run(scene.cast.clinic.slug, [str(scene.head)]) == 0
    done = subprocess.run(
        command_line, env=environ | {"SKRANKE_DATABASE_URL": database.dsn("skranke_worker")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Other tests' clinics are here too, and some of them set the clock back.
    assert done.returncode in {0, 1}, done.stderr
    assert f"{scene.cast.clinic.slug}: intact, {scene.head.position} rows sealed; head {scene.head}" in done.stdout
