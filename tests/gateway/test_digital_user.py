"""Who is active in HelseNorge: told (SDAB), asked (SIDAB) and answered (28, 29, 26, 31)."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread as Worker
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from skranke.audit.models import AuditEvent
from skranke.cli import reachability as command
from skranke.dialog.services import keep_draft
from skranke.dialog.values import DraftContent
from skranke.gateway.models import ReceivedMessage
from skranke.kernel import clock
from skranke.kernel.ids import synthetic_national_id
from skranke.outbox.models import OutboxItem
from skranke.patients import reaching
from skranke.patients.models import Patient
from skranke.patients.reaching import ask_ahead, ask_helsenorge
from skranke.patients.services import place_on_list, register
from skranke.standards.codes import Answer
from skranke.standards.render import render
from skranke.tenancy.work import acting
from skranke.worker.jobs import JOBS
from skranke.worker.models import JobRun
from skranke.worker.run import look

from cast import fresh_national_id
from support.database import as_role
from support.helsenorge import at


@pytest.fixture(autouse=True)
def _nobody_was_asked_about(office) -> None:
    with office.acting():
        Patient.objects.update(helsenorge_state="unknown", helsenorge_state_at=None)


def state(office, patient) -> str:
    with office.acting():
        return Patient.objects.get(id=patient.id).helsenorge_state


def asked(office, *patients):
    """The SIDABs that leave when somebody asks about these patients."""
    with office.acting():
        ask_helsenorge(Patient.objects.filter(id__in=[patient.id for patient in patients]))
    return office.answers()


def ids(letter) -> set[str]:
    return {str(person.national_id) for person in letter.document.persons}


def _listed(gp, count: int) -> None:
    """Register people on a GP's list."""
    for number in range(count):
        register(
            national_id=fresh_national_id(age=20 + number % 60),
            given_name=f"Prøve{number}", family_name="Person", gp=gp, on_gp_list=True,
        )  # fmt: skip


def _look() -> None:
    """What a worker does each second."""
    (job,) = [job for job in JOBS if job.name == "patients.ask"]
    look(job)


@pytest.fixture
def night(office):
    """The next night in Oslo, with the nightly check on."""
    # Not between two and three, which one night of the year does not have.
    with override_settings(OURS=replace(settings.OURS, status_check_hour=4)):
        clock.move_to(at(clock.today() + timedelta(days=1), 4, 30))
        yield office


@pytest.mark.req("DDFL-DB-01", "PAT-4", "DDFL-AR-01")
def test_the_status_of_a_patient_follows_what_is_told(office) -> None:
    for active, expected in ((True, "active"), (False, "inactive")):
        office.helsenorge.send(office.helsenorge.digital_status(office.cast.ola, active=active))
        (receipt,) = office.answers()
        assert (receipt.code, receipt.is_receipt) == ("1", True)
        assert state(office, office.cast.ola) == expected
        clock.move(timedelta(minutes=1))
    assert state(office, office.cast.nora) == "unknown"


@pytest.mark.req("DDFL-DB-02", "PAT-4")
def test_what_was_told_before_changes_nothing_that_was_told_after(office) -> None:
    earlier = clock.now() - timedelta(hours=1)
    office.helsenorge.send(office.helsenorge.digital_status(office.cast.ola, active=False))
    office.work()
    office.helsenorge.send(office.helsenorge.digital_status(office.cast.ola, active=True, gen_date=earlier))
    office.work()
    assert state(office, office.cast.ola) == "inactive"


@pytest.mark.req("PAT-4")
def test_of_a_patient_the_clinic_does_not_know_nothing_is_stored(office) -> None:
    stranger = Patient(
        national_id=str(synthetic_national_id(clock.today() - timedelta(days=15_000), 7)),
        given_name="Ukjent", family_name="Fremmed",
    )  # fmt: skip
    office.helsenorge.send(office.helsenorge.digital_status(stranger, active=True))
    (receipt,) = office.answers()
    assert receipt.code == "1"
    with office.acting():
        assert not Patient.objects.filter(national_id=stranger.national_id).exists()
        row = ReceivedMessage.objects.get()
        assert (row.state, row.patient_id, row.subject_id) == ("acted", None, None)


@pytest.mark.req("DDFL-AR-12", "DDFL-AR-13", "DDFL-AR-10")
@pytest.mark.parametrize(
    ("old", "new", "status", "errors"),
    [
        (b'V="1" S="2.16.578.1.12.4.1.1.1101"', b'V="9" S="2.16.578.1.12.4.1.1.1101"', "1", []),
        (b"<KodetOpplysning", b"<KodetOpplysningx", "2", ["T02"]),
    ],
)
def test_a_code_nobody_knows_changes_nothing_and_a_missing_one_is_refused(office, old, new, status, errors) -> None:
    document = office.helsenorge.digital_status(office.cast.ola, active=True)
    xml = render(document)
    assert old in xml
    if errors:
        start, end = xml.index(b"<KodetOpplysning"), xml.index(b"/>", xml.index(b"<KodetOpplysning")) + 2
        xml = xml[:start] + xml[end:]
    else:
        xml = xml.replace(old, new)
    office.helsenorge.send(xml, like=document)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == (status, errors)
    assert state(office, office.cast.ola) == "unknown"


@pytest.mark.req("DDFL-DB-03", "DDFL-ENV-09", "DDFL-MET-01")
@pytest.mark.parametrize("many", [30, pytest.param(300, marks=pytest.mark.slow)])
def test_the_nightly_check_asks_about_everybody_on_a_list_once(night, many) -> None:
    with night.acting():
        _listed(night.cast.kari, many)

    def one_worker() -> None:
        _look()
        connection.close()

    with as_role("skranke_worker"):
        workers = [Worker(target=one_worker) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        _look()
        assert JobRun.objects.filter(on_behalf_of=night.cast.clinic.id).count() == 1
    letters = {str(letter.document.info.sender.her_id): letter for letter in night.answers()}
    assert set(letters) == {night.cast.kari_party.her_id, night.cast.mona_party.her_id}
    kari = letters[night.cast.kari_party.her_id]
    assert (kari.document.info.patient, kari.document.info.conversation, kari.code) == (None, None, "SIDAB")
    assert (len(kari.document.persons), kari.document.info.ack.v) == (many + 2, "J")
    assert night.cast.ola.national_id in ids(kari)
    assert ids(letters[night.cast.mona_party.her_id]) == {night.cast.astrid.national_id}
    with night.acting():
        assert AuditEvent.objects.filter(action="patient.asked_about").count() == 2
    clock.move_to(at(clock.today() + timedelta(days=1), 4, 30))
    with as_role("skranke_worker"):
        _look()
    assert len(night.answers()) == 2


@pytest.mark.req("DDFL-DB-03")
def test_by_day_nobody_is_asked_about(night) -> None:
    clock.move(timedelta(hours=6))
    with as_role("skranke_worker"):
        _look()
    assert night.answers() == []


@pytest.mark.req("DDFL-DB-03")
@pytest.mark.parametrize("most", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_more_than_five_hundred_go_in_several_messages(office, monkeypatch, most) -> None:
    """The usual run counts with a smaller number in place of the standard's."""
    assert reaching.AT_ONCE == 500
    monkeypatch.setattr(reaching, "AT_ONCE", most)
    with office.acting():
        _listed(office.cast.mona, most + 1)
        ask_helsenorge(Patient.objects.filter(gp=office.cast.mona))
    letters = office.answers()
    assert sorted(len(letter.document.persons) for letter in letters) == [2, most]


@pytest.mark.req("DDFL-DB-04", "DDFL-DB-07", "PAT-4")
@pytest.mark.parametrize("code", [Answer.ACTIVE_USERS, Answer.NO_ACTIVE_USERS])
def test_who_is_named_is_active_and_the_others_asked_about_are_not(office, code) -> None:
    (letter,) = asked(office, office.cast.ola, office.cast.nora)
    clock.move(timedelta(seconds=1))
    named = [office.cast.ola] if code is Answer.ACTIVE_USERS else []
    answer = office.helsenorge.digital_answer(letter, code, *named)
    assert answer.info.patient is None
    office.helsenorge.send(answer)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("1", [])
    assert state(office, office.cast.ola) == ("active" if named else "inactive")
    assert (state(office, office.cast.nora), state(office, office.cast.astrid)) == ("inactive", "unknown")
    with office.acting():
        audited = AuditEvent.objects.filter(action="patient.changed", detail__field="helsenorge_state")
        assert set(audited.values_list("patient_id", flat=True)) == {office.cast.ola.id, office.cast.nora.id}


@pytest.mark.req("PAT-10")
@pytest.mark.parametrize("asks", [True, False], ids=["answered", "told"])
def test_who_waits_with_a_draft_is_told_when_helsenorge_tells(office, asks) -> None:
    cast = office.cast
    with acting(cast.actor(cast.kari)):
        cast.ola.refresh_from_db()
        assert not ask_ahead(cast.ola).known
        draft = keep_draft(DraftContent(subject="Prøvesvar", text="Fint."), patient=cast.ola, kind="e_contact")
    (letter,) = office.answers()
    assert ids(letter) == {cast.ola.national_id}
    clock.move(timedelta(seconds=1))
    other = office.helsenorge.digital_status(cast.nora, active=True)
    answer = office.helsenorge.digital_answer(letter, Answer.ACTIVE_USERS, cast.ola)
    for message, told in (
        (other, None),
        (answer if asks else office.helsenorge.digital_status(cast.ola, active=True), True),
    ):
        office.helsenorge.send(message)
        office.work()
        with office.acting():
            draft.refresh_from_db()
            assert draft.reachable is told
    with acting(cast.actor(cast.kari)):
        cast.ola.refresh_from_db()
        assert ask_ahead(cast.ola).state == "reachable"
        assert cast.ola.helsenorge_asked_at is None
    assert len(office.answers()) == 2


@pytest.mark.req("DDFL-DB-05")
def test_when_helsenorge_cannot_tell_nothing_changes_and_it_is_asked_again_a_few_times(office) -> None:
    office.helsenorge.send(office.helsenorge.digital_status(office.cast.ola, active=True))
    office.work()
    office.helsenorge.letters()
    (letter,) = asked(office, office.cast.ola)
    times = 1
    while True:
        office.helsenorge.send(office.helsenorge.digital_answer(letter, Answer.GENERAL_FAULT))
        assert [one.code for one in office.answers()] == ["1"]
        assert state(office, office.cast.ola) == "active"
        clock.move(timedelta(hours=3))
        again = office.answers()
        if not again:
            break
        (letter,) = again
        assert (letter.code, ids(letter)) == ("SIDAB", {office.cast.ola.national_id})
        times += 1
    assert times == 4


@pytest.mark.req("DDFL-DB-06")
def test_nobody_is_changed_who_was_not_asked_about(office) -> None:
    (letter,) = asked(office, office.cast.ola)
    answer = office.helsenorge.digital_answer(letter, Answer.ACTIVE_USERS, office.cast.ola, office.cast.astrid)
    office.helsenorge.send(answer)
    office.work()
    assert (state(office, office.cast.ola), state(office, office.cast.astrid)) == ("active", "unknown")


@pytest.mark.req("DDFL-DB-06", "DDFL-AR-01")
def test_an_answer_to_no_question_of_ours_changes_nobody(office) -> None:
    (letter,) = asked(office, office.cast.ola)
    with office.acting():
        OutboxItem.objects.filter(intent="status_check").delete()
    office.helsenorge.send(office.helsenorge.digital_answer(letter, Answer.NO_ACTIVE_USERS))
    (receipt,) = office.answers()
    assert (receipt.code, state(office, office.cast.ola)) == ("1", "unknown")


@pytest.mark.req("DDFL-DB-02", "PAT-4")
def test_the_newer_of_a_status_and_an_answer_counts(office) -> None:
    (letter,) = asked(office, office.cast.ola)
    older = clock.now() + timedelta(seconds=1)
    clock.move(timedelta(seconds=30))
    office.helsenorge.send(office.helsenorge.digital_status(office.cast.ola, active=True))
    office.work()
    office.helsenorge.send(office.helsenorge.digital_answer(letter, Answer.NO_ACTIVE_USERS, gen_date=older))
    office.work()
    assert state(office, office.cast.ola) == "active"


@pytest.mark.req("PAT-4", "ACT-6")
def test_somebody_new_on_a_list_is_asked_about(office) -> None:
    with office.acting():
        place_on_list(office.cast.jonas, office.cast.mona)
    (letter,) = office.answers()
    assert (letter.code, ids(letter)) == ("SIDAB", {office.cast.jonas.national_id})
    assert str(letter.document.info.sender.her_id) == office.cast.mona_party.her_id


def test_the_command_asks_at_once_about_some_or_all(office, capsys) -> None:
    slug = office.cast.clinic.slug
    assert command.run(slug, [office.cast.ola.id]) == 0
    assert [ids(letter) for letter in office.answers()] == [{office.cast.ola.national_id}]
    assert command.run(slug, []) == 0
    assert {len(letter.document.persons) for letter in office.answers()} == {1, 2}
    assert command.run(slug, [uuid4()]) == 1
    assert command.run("finnes-ikke", []) == 1
    said = capsys.readouterr().out
    assert "Asked about 3 patients." in said
    assert office.cast.ola.national_id not in said
