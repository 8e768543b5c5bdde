"""BEHANDLEROVERSIKT: whom a citizen may choose, asked and answered synchronously."""

import pytest

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Clinic
from skranke.gateway.models import ReceivedMessage
from skranke.outbox.models import OutboxItem
from skranke.patients.services import block
from skranke.standards.codes import MessageFunction
from skranke.standards.render import render


def ask(office, patient=None, **facts):
    """The answer to HB about a patient; facts: of the question, or of the message on the bus."""
    document = office.helsenorge.practitioners(patient or office.cast.ola, **facts)
    office.helsenorge.send(document, sync=True)
    assert office.take_questions() == ["accept"]
    (reply,) = office.helsenorge.replies()
    return reply


def show(office) -> None:
    with office.acting():
        Clinic.objects.update(shows_practitioners=True)


@pytest.mark.req("DDFL-BO-01", "DDFL-BO-05", "DDFL-ENV-06", "ABS-11")
def test_only_the_gp_is_known_there_unless_the_clinic_says_otherwise(office) -> None:
    reply = ask(office)
    assert (reply.code, reply.document.practitioners, reply.document.info.ack.v) == ("21", (), "N")
    reference = reply.document.info.conversation
    assert reference.parent == reference.conversation
    office.send_out()
    assert office.helsenorge.letters() == []
    with office.acting():
        assert (ReceivedMessage.objects.get().state, OutboxItem.objects.count()) == ("answered", 0)
        assert not AuditEvent.objects.filter(action__startswith="patient.changed").exists()


@pytest.mark.req("DDFL-BO-02", "ABS-11")
def test_who_stands_in_is_listed_with_the_gp_when_the_clinic_shows_them(office) -> None:
    show(office)
    reply = ask(office)
    listed = [(one.person.hpr_number.value, one.person.role.v, one.remark) for one in reply.document.practitioners]
    assert reply.code == "20"
    assert listed == [
        (office.cast.kari.hpr_number, "6", "Fastlege"),
        (office.cast.per.hpr_number, "15", "Vikar for fastlege"),
    ]
    assert b"helsepersonell/2015-05-04" in reply.xml
    assert b"HelsepersonelListe" in reply.xml


@pytest.mark.req("DDFL-BO-01", "ABS-11")
def test_without_anybody_to_stand_in_there_is_no_list(office) -> None:
    show(office)
    with office.acting():
        office.cast.per.active = False
        office.cast.per.save()
    assert ask(office).code == "21"


@pytest.mark.req("DDFL-BO-01", "ABS-11")
def test_a_stand_in_whose_own_party_is_asked_is_nobody_elses_stand_in(office) -> None:
    show(office)
    with office.acting():
        office.cast.per.active = False
        office.cast.per.save()
        office.cast.kari.role, office.cast.kari.held_role = "substitute", office.cast.per.held_role
        office.cast.kari.save()
    assert ask(office).code == "21"


@pytest.mark.req("DDFL-BO-03", "ACT-6")
@pytest.mark.parametrize("who", ["blocked", "on another list"])
def test_who_may_not_use_the_services_is_told_so(office, who) -> None:
    show(office)
    if who == "blocked":
        with office.acting():
            block(office.cast.ola, blocked=True)
    reply = ask(office, office.cast.ola if who == "blocked" else office.cast.astrid)
    assert (reply.code, reply.document.practitioners) == ("30", ())
    assert "legekontoret" in reply.text
    with office.acting():
        row = AuditEvent.objects.get(action="patient.refused")
        assert (row.detail, row.subject_kind) == ({"code": "30"}, "received_message")
        assert str(row.patient_id) == str(office.cast.ola.id if who == "blocked" else office.cast.astrid.id)


@pytest.mark.req("DDFL-BO-04")
@pytest.mark.parametrize("function", [MessageFunction.PRACTITIONERS, MessageFunction.PRACTITIONERS_OLD])
def test_an_answer_bears_the_name_of_its_question(office, function) -> None:
    show(office)
    reply = ask(office, function=function)
    assert (reply.code, reply.document.info.type.v, reply.raw.subject) == ("20", function.value, function.value)


@pytest.mark.req("DDFL-BO-03")
def test_what_cannot_be_understood_is_answered_with_the_code_this_service_has(office) -> None:
    """D-06: 31, for there is no 26; and never in the name of another function."""
    question = office.helsenorge.practitioners(office.cast.ola)
    office.helsenorge.send(render(question).replace(b'V="HB"', b'V="HX"'), like=question, sync=True)
    office.helsenorge.send(render(question).replace(b"<TypeForesp", b"<Tull/><TypeForesp", 1), like=question, sync=True)
    office.take_questions()
    replies = office.helsenorge.replies()
    assert [(one.code, one.document.info.type.v) for one in replies] == [
        ("31", MessageFunction.PRACTITIONERS.value)
    ] * 2


@pytest.mark.req("DDFL-BO-05")
def test_it_has_no_asynchronous_form(office) -> None:
    office.helsenorge.send(office.helsenorge.practitioners(office.cast.ola))
    assert office.answers() == []
    (report,) = office.helsenorge.reports()
    assert report.headers.error_condition == "transport:unsupported-message"


@pytest.mark.req("DDFL-BO-05")
def test_an_asynchronous_function_has_no_synchronous_refusal(office) -> None:
    """A message that belongs on the other queue is not answered in the name of a function of this one."""
    question = office.helsenorge.e_consultation(office.cast.ola)
    office.helsenorge.send(render(question).replace(b"<TypeForesp", b"<Tull/><TypeForesp", 1), like=question, sync=True)
    office.take_questions()
    office.send_out()
    assert office.helsenorge.replies() == []
    (report,) = office.helsenorge.reports()
    assert report.headers.error_condition == "transport:unsupported-message"
