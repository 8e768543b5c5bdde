"""Isolation of every route (NFR-2): first the rightful person, then strangers, behind both walls and behind each alone.

A stranger gets the same status and body as for an id that does not exist, and the marker nowhere.
"""

from datetime import timedelta
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse

from skranke.audit.models import AuditEvent
from skranke.identity.models import SessionKind
from skranke.identity.services import create_account
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting
from skranke.web.links import link_for

from cast import Cast, make_clinic
from support.clinic_pages import body, logged_in, same
from support.database import empty_clone
from support.doors import BY_LIST, Door, Visit, guessed, others, staff
from support.doors.world import MARKER, World, make_world
from support.walls import WALLS, standing, without_policy, without_row_level_security

GOOD = {200, 204, 302}
ANSWERED = GOOD | {409, 422, 503}  # where a form is refused, or a register is away, the door is open
NOWHERE = "finnes-ikke"


@pytest.fixture(params=WALLS)
def walls(request, database):
    """What stands between the world's clinic and the strangers; the world is the same for all of it."""
    shared(), stranger()
    with standing(request.param, database) as left:
        yield left


@cache
def shared() -> World:
    """One world for all strangers: they change nothing in it."""
    return make_world()


@cache
def stranger() -> Cast:
    return make_clinic()


def browser(kind: SessionKind | None = None, who: str = "") -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    if kind is not None:
        assert client.get(link_for(kind, who)).status_code == 302
    return client


def operator() -> Client:
    account = create_account(f"drift-{new_id().hex}", "Synne Drift", is_operator=True)
    return browser(SessionKind.OPERATOR, str(account.id))


def patient(national_id: str) -> Client:
    return browser(SessionKind.PATIENT, national_id)


def hidden(answer, *, like) -> None:
    """The answer is that for something that does not exist, and holds nothing of the world's."""
    assert answer.status_code == like.status_code
    assert same(answer) == same(like)
    assert MARKER not in body(answer)


def opens(door: Door, visit: Visit, world: World, by: str) -> None:
    """The rightful person gets the thing, and the log has the row."""
    before = _rows(world, door)
    answer = door.ask(visit, world.ids)
    assert answer.status_code in (GOOD if door.writes else ANSWERED), body(answer)[:2000]
    assert (MARKER in body(answer) + str(answer.headers.get("Content-Disposition"))) is door.shows
    if door.writes or door.because == BY_LIST:
        assert _rows(world, door) > before, f"no row {door.writes} about the patient by the {by}"


def _rows(world: World, door: Door) -> int:
    with acting(world.cast.system):
        found = AuditEvent.objects.exclude(actor_kind="system").exclude(action__startswith="session.")
        return (found.filter(action=door.writes, patient_id=world.patient.id) if door.writes else found).count()


@pytest.mark.req("NFR-1", "NFR-2")
@pytest.mark.parametrize("name", staff.DOORS)
def test_staff_open_the_door_and_it_is_in_the_log(name: str) -> None:
    door, world = staff.DOORS[name], make_world()
    visit = Visit(logged_in(world.cast, getattr(world.cast, door.by)), world.cast.clinic.slug)
    opens(door, visit, world, "employee")


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", staff.DOORS)
def test_another_clinic_s_staff_find_nothing_behind_it(name: str, walls) -> None:
    door, world, cast = staff.DOORS[name], shared(), stranger()
    client = logged_in(cast, getattr(cast, door.by))
    at_home = Visit(client, cast.clinic.slug)
    answer = door.ask(at_home, world.ids)
    if door.named:
        assert answer.status_code == 404
        hidden(answer, like=door.ask(at_home, guessed(world.ids, door)))
    else:
        assert answer.status_code in ANSWERED
        page = body(answer)
        assert MARKER not in page
        assert [key for key, value in world.ids.items() if str(value) in page and len(str(value)) > 30] == []
    at_ours = door.ask(Visit(client, world.cast.clinic.slug), world.ids)
    assert at_ours.status_code == 404
    hidden(at_ours, like=door.ask(Visit(client, NOWHERE), world.ids))


def test_without_either_wall_the_strangers_do_get_in() -> None:
    """What the tests above see is the walls and not something else.

    In a database of its own: without walls a page would list what every other test has left, too.
    """
    with empty_clone() as alone:
        world, cast = make_world(), make_clinic()
        visit = Visit(logged_in(cast, cast.kari), cast.clinic.slug)
        with without_policy(), without_row_level_security(alone.admin_dsn):
            for name in ("attachment", "patient", "journal-entry", "schedule-appointment"):
                assert MARKER in body(staff.DOORS[name].ask(visit, world.ids)), name


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", staff.DOORS)
def test_who_is_no_employee_is_sent_to_the_log_in(name: str, walls) -> None:
    door, world = staff.DOORS[name], shared()
    for client in (browser(), patient(world.patient.national_id), operator()):
        answers = [door.ask(Visit(client, slug), world.ids) for slug in (world.cast.clinic.slug, NOWHERE)]
        for answer in answers:
            assert reverse("login") in answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))
            assert MARKER not in body(answer)
        assert answers[0].status_code == answers[1].status_code


@pytest.mark.req("NFR-1", "NFR-2")
@pytest.mark.parametrize("name", others.PATIENT)
def test_the_patient_opens_the_door_and_it_is_in_the_log(name: str) -> None:
    world = make_world()
    # Before that a patient is not told of a time that staff has booked.
    clock.move(timedelta(minutes=10))
    opens(others.PATIENT[name], Visit(patient(world.patient.national_id), world.cast.clinic.slug), world, "patient")


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", others.PATIENT)
def test_another_patient_finds_nothing_of_this_one_behind_it(name: str, walls) -> None:
    door, world = others.PATIENT[name], shared()
    neighbour = Visit(patient(world.cast.ola.national_id), world.cast.clinic.slug)
    answer = door.ask(neighbour, world.ids)
    assert MARKER not in body(answer)
    if door.named:
        assert answer.status_code == 404
        hidden(answer, like=door.ask(neighbour, guessed(world.ids, door)))
    far = Visit(patient(stranger().ola.national_id), world.cast.clinic.slug)
    hidden(door.ask(far, world.ids), like=door.ask(Visit(far.client, NOWHERE), world.ids))


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", others.PATIENT)
def test_who_is_no_patient_is_sent_to_the_patients_log_in(name: str, walls) -> None:
    door, world = others.PATIENT[name], shared()
    for client in (browser(), logged_in(world.cast, world.cast.kari), operator()):
        answer = door.ask(Visit(client, world.cast.clinic.slug), world.ids)
        leads = [place for place, _ in getattr(answer, "redirect_chain", [])] or [answer.headers.get("Location", "")]
        assert reverse("patient-login") in leads[-1]
        assert MARKER not in body(answer)


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", others.OPERATOR)
def test_the_operator_opens_the_door_and_sees_no_patient(name: str) -> None:
    door, world = others.OPERATOR[name], make_world()
    visit = Visit(operator(), world.cast.clinic.slug)
    answer = door.ask(visit, world.ids)
    assert answer.status_code in ANSWERED
    assert MARKER not in body(answer)
    if door.named:
        assert door.ask(visit, guessed(world.ids, door)).status_code == 404


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", others.OPERATOR)
def test_who_is_no_operator_is_sent_to_the_operators_log_in(name: str, walls) -> None:
    door, world = others.OPERATOR[name], shared()
    for client in (browser(), logged_in(world.cast, world.cast.kari), patient(world.patient.national_id)):
        for ids in (world.ids, guessed(world.ids, door)):
            refused = door.ask(Visit(client, world.cast.clinic.slug), ids)
            assert reverse("operator-login") in refused.headers["Location"]
            assert MARKER not in body(refused)


@pytest.mark.req("NFR-2")
@pytest.mark.parametrize("name", others.OPEN)
def test_what_is_open_to_all_tells_nothing_of_anybody(name: str, walls) -> None:
    world = shared()
    answer = others.OPEN[name].ask(Visit(browser(), world.cast.clinic.slug), world.ids)
    assert answer.status_code in GOOD | {403, 404, 503}
    assert MARKER not in body(answer)
