"""Whether a citizen is on the list: the clinic's own is asked first, and only Fastlegeregisteret's "no" refuses."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.models import PartyKind, Service
from skranke.clinics.services import register_party
from skranke.dialog.models import Message, Thread
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.patients.models import GPList, Patient
from skranke.patients.services import place_on_list
from skranke.scheduling.models import Appointment
from skranke.standards.build import parties
from skranke.worker.jobs import JOBS

from cast import fresh_her_id, fresh_national_id
from support.lanes import until
from support.registers import asked_at_sandbox
from support.surgery import open_book, time_of

pytestmark = pytest.mark.req("ACT-6")


@pytest.fixture(scope="module")
def sandbox(pg_admin_dsn, tmp_path_factory):
    with import_module("support.registers").sandbox_registers(pg_admin_dsn, tmp_path_factory.mktemp("flr")) as running:
        yield running


@pytest.fixture
def registered(office, sandbox):
    """The office asks the sandbox's registers, which have both of its GPs; `put(patient, party)` lists somebody."""
    cast = office.cast
    for party in (cast.kari_party, cast.mona_party):
        put_party(sandbox, cast, party.her_id, hpr_number=party.employee.hpr_number)
    with asked_at_sandbox(sandbox):
        yield office


def put_party(sandbox, cast, her_id: str, **facts: str) -> None:
    office = {"clinic_her_id": cast.clinic.her_id, "organisation_number": cast.clinic.organisation_number}
    sandbox.put_party(her_id, **office, **facts)


def stranger(name: str = "Inga Ny"):
    """Somebody whom the clinic does not know; a message names them as it names a patient."""
    given, _, family = name.rpartition(" ")
    return SimpleNamespace(national_id=str(fresh_national_id(age=40)), given_name=given, family_name=family, name=name)


def test_a_list_that_was_read_before_its_gp_came_is_the_gps_within_a_minute(office) -> None:
    open_book(office)

    def times():
        office.helsenorge.send(office.helsenorge.free_times(office.cast.ola), sync=True)
        office.take_questions()
        return office.helsenorge.replies()[0].times

    with office.acting():
        facts = {"doctor": "Kari Lunde", "her_id": office.cast.kari_party.her_id, "read_at": clock.now()}
        row = GPList.objects.create(clinic_id=office.cast.clinic.id, contract_id=1, **facts)
        Patient.objects.filter(id=office.cast.ola.id).update(gp=None, on_gp_list=False, gp_list=row)
    assert times() == ()
    with office.acting():
        next(job for job in JOBS if job.name == "lists.adopt").verb()
    assert len(times()) == 3
    with office.acting():
        ola = Patient.objects.get(id=office.cast.ola.id)
        assert (ola.gp_id, ola.on_gp_list, GPList.objects.get().gp_id) == (office.cast.kari.id, True, ola.gp_id)
        assert AuditEvent.objects.filter(patient_id=ola.id, action="patient.changed").count() == 1


def codes(office) -> list[str]:
    """What HelseNorge is told, without the question whether somebody new on a list is active there."""
    return [letter.code for letter in office.answers() if letter.code != "SIDAB"]


def patient_of(office, person) -> Patient | None:
    with office.acting():
        return Patient.objects.select_related("gp").filter(national_id=person.national_id).first()


def test_somebody_whom_only_the_register_knows_becomes_a_patient_and_is_heard(registered, sandbox) -> None:
    inga = stranger()
    sandbox.put_citizen(inga.national_id, registered.cast.kari_party.her_id, name=inga.name)
    registered.helsenorge.send(registered.helsenorge.e_consultation(inga))
    assert sorted(letter.code for letter in registered.answers()) == ["1", "SIDAB"]
    made = patient_of(registered, inga)
    assert made is not None
    assert (made.name, made.gp_id, made.on_gp_list) == ("Inga Ny", registered.cast.kari.id, True)
    with registered.acting():
        assert Thread.objects.get().patient_id == made.id
        assert not Thread.objects.get().list_unconfirmed
        assert AuditEvent.objects.filter(action="patient.registered", patient_id=made.id).exists()
        assert not DeliveryTry.objects.exists()


def test_a_local_list_that_is_wrong_is_corrected_before_anybody_is_refused(registered, sandbox) -> None:
    sandbox.put_citizen(registered.cast.jonas.national_id, registered.cast.kari_party.her_id, name="Jonas Åsen")
    registered.helsenorge.send(registered.helsenorge.e_contact(registered.cast.jonas))
    assert codes(registered) == ["1"]
    jonas = patient_of(registered, registered.cast.jonas)
    assert jonas is not None
    assert (jonas.gp_id, jonas.on_gp_list) == (registered.cast.kari.id, True)


def test_the_registers_no_refuses_and_is_logged(registered, sandbox) -> None:
    for person in (registered.cast.jonas, stranger()):
        registered.helsenorge.send(registered.helsenorge.e_consultation(person))
        receipt, refusal = registered.answers()
        assert (receipt.code, refusal.code) == ("1", "30")
        assert "listen" in refusal.text
    with registered.acting():
        assert not Thread.objects.exists()
        assert AuditEvent.objects.filter(action="patient.refused").count() == 2
        assert {one.code for one in ReceivedMessage.objects.all()} == {"30"}


def test_who_has_left_the_list_by_the_register_loses_it_here_too(registered, sandbox) -> None:
    with registered.acting():
        place_on_list(registered.cast.ola, registered.cast.mona)
    registered.helsenorge.send(registered.helsenorge.e_consultation(registered.cast.ola))
    assert codes(registered) == ["1", "30"]
    ola = patient_of(registered, registered.cast.ola)
    assert ola is not None
    assert (ola.gp_id, ola.on_gp_list) == (None, False)


def test_whom_the_local_list_knows_the_register_is_not_asked_about(registered, sandbox) -> None:
    with sandbox.away("flr"):
        registered.helsenorge.send(registered.helsenorge.e_consultation(registered.cast.ola))
        assert codes(registered) == ["1"]


def test_a_list_without_a_doctor_is_addressed_by_its_service_party(registered, sandbox) -> None:
    vacant, cast = fresh_her_id(), registered.cast
    with registered.acting():
        party = register_party(
            her_id=vacant, kind=PartyKind.SERVICE, name="Uten fast lege", services=[Service.E_CONTACT]
        )
        party.live_since = clock.now()
        party.save()
    put_party(sandbox, cast, vacant, kind="service")
    sandbox.put_citizen(cast.jonas.national_id, vacant, name="Jonas Åsen")
    office = parties.organisation(cast.clinic.name, HerId(cast.clinic.her_id), cast.clinic.organisation_number)
    to = parties.service_party(office, her_id=HerId(vacant), name="Uten fast lege")
    registered.endpoints.of(cast.clinic.id, fresh=True)
    registered.helsenorge.send(registered.helsenorge.e_contact(cast.jonas, to=to))
    assert codes(registered) == ["1"]


def test_while_the_register_is_away_a_message_waits_and_then_the_whole_clinic_gets_it_with_a_mark(
    registered, sandbox
) -> None:
    inga = stranger()
    with sandbox.away("flr"):
        registered.helsenorge.send(registered.helsenorge.e_consultation(inga))
        for _ in range(7):  # more often than a message that fails is tried
            assert registered.take_in() == [Disposition.RELEASE]
            clock.move(timedelta(minutes=2))
        assert patient_of(registered, inga) is None
        clock.move(timedelta(minutes=2))
        assert codes(registered) == ["1"]
    with registered.acting():
        thread = Thread.objects.get()
        assert thread.list_unconfirmed
        assert [one.employee_id for one in thread.participants.all()] == [None]
        assert thread.events.filter(kind="list_unconfirmed").count() == 1
        made = Patient.objects.get(national_id=inga.national_id)
        assert (made.gp_id, made.on_gp_list) == (None, False)


def test_the_mark_goes_when_the_register_has_confirmed(registered, sandbox) -> None:
    cast = registered.cast
    with sandbox.away("flr"):
        question = registered.helsenorge.e_contact(cast.jonas)
        registered.helsenorge.send(question)
        registered.take_in()
        clock.move(timedelta(minutes=16))
        registered.work()
    with registered.acting():
        assert Thread.objects.get().list_unconfirmed
    with registered.acting(cast.kari):
        import_module("skranke.dialog.services").answer(Thread.objects.get(), text="Ja.")
    (told,) = (letter for letter in registered.answers() if letter.code == "19")
    sandbox.put_citizen(cast.jonas.national_id, cast.kari_party.her_id, name="Jonas Åsen")
    clock.move(timedelta(minutes=2))  # the register is not asked again at once
    registered.helsenorge.send(registered.helsenorge.follow_up(told))
    assert codes(registered) == ["1"]
    with registered.acting():
        assert not Thread.objects.get().list_unconfirmed
        assert Message.objects.filter(direction="in").count() == 2


def test_a_reservation_that_nobody_can_confirm_is_rejected_and_books_nothing(registered, sandbox) -> None:
    book = open_book(registered)
    wanted = time_of(book.slots[0], registered.cast.kari_party.her_id)
    with sandbox.away("flr"):
        registered.helsenorge.send(registered.helsenorge.reserve(registered.cast.jonas, wanted))
        assert registered.take_in() == [Disposition.RELEASE]
        clock.move(timedelta(minutes=16))
        assert codes(registered) == ["1", "26"]
    with registered.acting():
        assert not Appointment.objects.exists()


def test_a_reservation_by_somebody_whom_the_register_confirms_is_made(registered, sandbox) -> None:
    book = open_book(registered)
    sandbox.put_citizen(registered.cast.jonas.national_id, registered.cast.kari_party.her_id, name="Jonas Åsen")
    wanted = time_of(book.slots[0], registered.cast.kari_party.her_id)
    registered.helsenorge.send(registered.helsenorge.reserve(registered.cast.jonas, wanted))
    assert codes(registered) == ["1", "05"]


def ask_for_times(office, person) -> str:
    office.helsenorge.send(office.helsenorge.free_times(person), sync=True)
    office.take_questions()
    (reply,) = office.helsenorge.replies()
    return reply.code


def test_a_question_is_answered_at_once_from_the_local_list_and_the_next_one_by_the_register(
    registered, sandbox
) -> None:
    open_book(registered)
    inga = stranger()
    sandbox.put_citizen(inga.national_id, registered.cast.kari_party.her_id, name=inga.name)
    assert ask_for_times(registered, inga) == "30"
    until(lambda: patient_of(registered, inga))
    assert ask_for_times(registered, inga) == "03"


def test_a_question_does_not_need_the_register(registered, sandbox) -> None:
    open_book(registered)
    with sandbox.away("flr"):
        assert ask_for_times(registered, registered.cast.ola) == "03"
        assert ask_for_times(registered, registered.cast.jonas) == "30"


def test_without_a_register_the_clinics_own_list_decides(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.jonas))
    assert codes(office) == ["1", "30"]


def test_a_replayed_message_asks_the_register_too(registered, sandbox) -> None:
    inbound = import_module("skranke.gateway.inbound")
    facts_of = import_module("skranke.gateway.facts").Facts
    inga = stranger()
    sandbox.put_citizen(inga.national_id, registered.cast.kari_party.her_id, name=inga.name)
    registered.helsenorge.send(registered.helsenorge.e_consultation(inga))
    delivery = registered.transport.receive(registered.helsenorge.queues.clinic_async, timeout=1)
    inbound.set_aside(facts_of(raw=delivery.message, clinic_id=registered.cast.clinic.id))
    registered.transport.accept(delivery)
    with registered.acting():
        row = ReceivedMessage.objects.get()
    import_module("skranke.gateway.replay").replay(row.id, registered.cast.system, registered.endpoints)
    assert patient_of(registered, inga) is not None
