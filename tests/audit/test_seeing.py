"""Who has seen my record: told to the patient in plain words, with employees' names and never another patient's."""

from datetime import date, datetime, time, timedelta

import pytest
from django.template import engines
from django.utils import translation

from skranke.audit.actions import Action, Purpose
from skranke.audit.models import AuditEvent
from skranke.audit.seeing import DEEDS, Deed, who_has_seen
from skranke.audit.services import event, record
from skranke.kernel import clock
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting
from skranke.web.access_words import days_of

from cast import Cast, make_clinic

PAGE = '{% from "web/seen.html" import seen_days %}{{ seen_days(days, "Prøvevik legesenter") }}'


@pytest.fixture
def cast() -> Cast:
    return make_clinic()


def does(cast: Cast, actor: Actor, action: Action, patient=None, *, times: int = 1, purpose: str = "") -> None:
    with acting(actor):
        for _ in range(times):
            record(action, subject_kind="thing", subject_id=new_id(),
                   patient_id=(patient or cast.ola).id, purpose=purpose)  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> None:
    clock.move_to(clock.from_oslo(datetime.combine(date(2027, 3, day), time(hour, minute))))


def seen(cast: Cast, **facts):
    with acting(cast.actor(cast.ola)):
        return who_has_seen(cast.ola.id, **facts)


def page(cast: Cast) -> str:
    found = seen(cast)
    return engines.all()[0].from_string(PAGE).render({"days": days_of(found.entries)})


@pytest.mark.req("NFR-1")
def test_a_person_and_a_day_are_one_entry_with_what_was_done_counted(cast) -> None:
    at(2, 9, 5)
    does(cast, cast.actor(cast.kari), Action.PATIENT_READ, times=3)
    at(2, 9, 40)
    does(cast, cast.actor(cast.kari), Action.JOURNAL_READ)
    does(cast, cast.actor(cast.ali), Action.THREAD_ANSWERED)
    at(3, 23, 30)
    does(cast, cast.actor(cast.kari), Action.APPOINTMENT_BOOKED)
    found = [(one.day, one.name, one.role, one.deeds) for one in seen(cast).entries]
    assert sorted(found, key=lambda one: (one[0], one[1]), reverse=True) == [
        (date(2027, 3, 3), "Kari Lunde", "gp", {Deed.CHANGED_APPOINTMENT: 1}),
        (date(2027, 3, 2), "Kari Lunde", "gp", {Deed.LOOKED_UP: 3, Deed.READ_JOURNAL: 1}),
        (date(2027, 3, 2), "Ali Khan", "secretary", {Deed.WROTE_TO_YOU: 1}),
    ]
    assert found[0][0] == date(2027, 3, 3), "the newest day first"
    shown = page(cast)
    for text in ("2. mars", "Kari Lunde", "Fastlege", "Prøvevik legesenter", "kl. 09.05", "09.40",
                 "Slo opp på deg (3 ganger)",
                 "Leste i journalen din", "For å gi deg helsehjelp"):  # fmt: skip
        assert text in shown


@pytest.mark.req("NFR-1", "NFR-2")
def test_no_other_patient_and_no_other_patient_s_rows_are_told(cast) -> None:
    other = make_clinic()
    with acting(cast.system):
        row = event(Action.THREAD_READ, subject_kind="thread", subject_id=new_id(), patient_id=cast.ola.id)
        row.actor_kind, row.actor_id, row.actor_name = ActorKind.PATIENT, cast.astrid.id, cast.astrid.name
        row.save()
    does(cast, cast.actor(cast.kari), Action.JOURNAL_READ, cast.nora)
    does(other, other.actor(other.kari), Action.JOURNAL_READ, cast.ola)
    (entry,) = seen(cast).entries
    assert (entry.kind, entry.name) == (ActorKind.PATIENT, "")
    assert "En som handler på dine vegne" in page(cast)
    assert "Astrid" not in page(cast)


@pytest.mark.req("NFR-1")
def test_what_the_patient_and_the_programs_did_is_left_out_and_the_asking_is_logged(cast) -> None:
    does(cast, cast.actor(cast.ola), Action.THREAD_READ)
    does(cast, cast.system, Action.MESSAGE_RECEIVED)
    assert seen(cast).entries == ()
    with acting(cast.system):
        row = AuditEvent.objects.get(action="access.read")
        assert (row.patient_id, row.actor_id, row.purpose) == (cast.ola.id, cast.ola.id, "own_access")


@pytest.mark.req("NFR-1")
def test_an_operator_an_unknown_deed_and_an_odd_reason_are_told_too(cast) -> None:
    drift = Actor(kind=ActorKind.OPERATOR, clinic_id=cast.clinic.id, person_id=new_id(), name="Grete Drift", role="x")
    does(cast, drift, Action.MESSAGE_READ)
    does(cast, cast.actor(cast.kari), Action.PATIENT_REFUSED, purpose="klagesak")
    shown = page(cast)
    for text in ("Grete Drift", "Teknisk drift", "Brukte opplysninger om deg", "klagesak"):
        assert text in shown


@pytest.mark.req("NFR-1")
def test_older_days_are_a_page_further(cast) -> None:
    for day in range(1, 8):
        at(day, 12)
        does(cast, cast.actor(cast.kari), Action.PATIENT_READ)
    days, before = [], None
    while True:
        found = seen(cast, before=before, days=3)
        days.append([one.day.day for one in found.entries])
        if found.earlier is None:
            break
        before = found.earlier
    assert days == [[7, 6, 5], [4, 3, 2], [1]]


@pytest.mark.req("NFR-1")
def test_a_day_is_a_day_in_oslo(cast) -> None:
    at(5, 0, 15)
    does(cast, cast.actor(cast.kari), Action.PATIENT_READ)
    clock.move(timedelta(minutes=-30))
    does(cast, cast.actor(cast.kari), Action.PATIENT_READ)
    assert [one.day.day for one in seen(cast).entries] == [5, 4]


@pytest.mark.req("NFR-1")
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_deed_and_reason_has_words(cast, language) -> None:
    for action in DEEDS:
        does(cast, cast.actor(cast.kari), Action(action))
    for purpose in Purpose:
        does(cast, cast.actor(cast.kari), Action.PATIENT_REFUSED, purpose=purpose)
    with translation.override(language):
        (day,) = days_of(seen(cast).entries)
    texts = {deed for line in day.lines for deed in line.deeds}
    assert len(texts) == len(Deed)
    assert {line.why for line in day.lines} - set(Purpose)
