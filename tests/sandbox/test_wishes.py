"""A citizen wishes in words, and the clinic answers; cancellations of what the clinic told of; notices of home care."""

from uuid import uuid4

import pytest

from skranke.standards.build import envelope, timeonske, timereservasjon
from skranke.standards.codes import Answer, MessageFunction, Question
from skranke.standards.dialog import Dialogmelding, Foresporsel

from support.catalogue import OTHER
from support.sandbox import slot, tomorrow
from support.sandbox_booking import shows, states

WISH = MessageFunction.APPOINTMENT_WISH.value


def pushed(play, citizen):
    """An appointment that the clinic has told of."""
    event = slot(tomorrow(9), related_to=str(uuid4()), summary="Konsultasjon", status="CONFIRMED")
    play.clinic.send(timereservasjon.push(play.clinic.envelope(citizen), Answer.RESERVED, event))
    shows(play, citizen, "confirmed")
    return event


def wish(play, citizen, text="Helst en morgen", **fields):
    """Wish for a time; the page that follows, and what the clinic got."""
    assert play.browser().get(citizen.page).page.xpath("//a[contains(@href, '/onske')]")
    after = play.browser().post(f"{citizen.page}/onske", {"text": text, **fields})
    return after, play.clinic.hear_code("OT")


@pytest.mark.req("REQ-3", "HNB-14", "DDFL-TO-02", "DDFL-TO-03")
@pytest.mark.parametrize("code", [Answer.RESERVED, Answer.RESERVED_WITH_OTHER])
def test_a_wish_is_sent_in_words_and_the_time_that_is_given_stands(play, code):
    citizen = play.citizen()
    after, heard = wish(play, citizen, accepts_other="on")
    assert after.says("Ønsket er sendt")
    question = heard.document.dialog.question
    assert (heard.raw.subject, question.coded_information.v, heard.document.appointments) == (WISH, "1", ())
    assert question.text.plain == "Helst en morgen"
    assert states(play.browser().get(citizen.page)) == []
    play.clinic.acknowledge(heard)
    event = slot(tomorrow(9), related_to=str(uuid4()), location="Storgata 1")
    other = OTHER if code is Answer.RESERVED_WITH_OTHER else None
    play.clinic.send(
        timeonske.clinic_answer(
            play.clinic.reply_envelope(heard), code, appointment=event, text="Velkommen.", other_practitioner=other
        )
    )
    assert shows(play, citizen, "confirmed").says("Storgata 1")
    thread = play.browser().get(after.url)
    assert thread.says("Velkommen.")
    assert thread.says("kan ikke besvares")
    if other:
        assert thread.says("Per Vik")


@pytest.mark.req("REQ-3", "DDFL-TO-04")
def test_a_wish_that_cannot_be_met_is_told_and_nothing_stands(play):
    citizen = play.citizen()
    after, heard = wish(play, citizen)
    assert heard.document.dialog.question.coded_information.v == "2"
    play.clinic.send(
        timeonske.clinic_answer(play.clinic.reply_envelope(heard), Answer.SLOT_TAKEN, text="Ingen ledige i mai.")
    )
    assert play.until(after.url, lambda page: page.says("Ingen ledige i mai."))
    assert states(play.browser().get(citizen.page)) == []


@pytest.mark.req("REQ-3")
def test_a_wish_needs_words_and_a_gp_with_the_service(play):
    citizen, without = play.citizen(), play.people["no_services"]
    assert play.browser().post(f"{citizen.page}/onske", {"text": " "}).status == 422
    assert not play.browser().get(without.page).page.xpath("//a[contains(@href, '/onske')]")
    assert play.browser().get(f"{without.page}/onske").status == 409
    refused = play.browser().post(f"{without.page}/onske", {"text": "Helst en morgen"}, page="/")
    assert refused.status == 422
    assert refused.says("Fastlegen tilbyr ikke denne tjenesten. Ingenting ble sendt.")
    assert "OT" not in {heard.code for heard in play.clinic.everything()}


@pytest.mark.req("REQ-3", "DDFL-TO-05")
@pytest.mark.parametrize(("code", "state"), [(Answer.CANCELLED, "cancelled"), (Answer.NOT_CANCELLED, "confirmed")])
def test_a_wish_to_cancel_names_the_appointment_and_waits_for_the_answer(play, code, state):
    citizen = play.citizen()
    event = pushed(play, citizen)
    links = play.browser().get(citizen.page).page.xpath("//a[contains(@href, '/time/')]/@href")
    link = next(one for one in links if one.endswith("/onske"))
    play.browser().post(link, {"text": "Jeg er bortreist"})
    shows(play, citizen, "cancel_requested")
    heard = play.clinic.hear_code("OAT")
    named = heard.document.appointments[0]
    assert (named.related_to, named.uid, named.start) == (event.related_to, event.uid, event.start)
    assert play.browser().get(link).status == 409
    play.clinic.send(
        timeonske.clinic_answer(play.clinic.reply_envelope(heard), code, appointment=event, text="Slik blir det.")
    )
    assert shows(play, citizen, state).says("Slik blir det.")


def wish_to_change(play, citizen):
    """A citizen with a time that the clinic told of wishes for another; the time, the wish, and what the clinic got."""
    event = pushed(play, citizen)
    (link,) = play.browser().get(citizen.page).page.xpath("//a[contains(@href, '/onske-ny')]/@href")
    after = play.browser().post(link, {"text": "Helst etter jul", "accepts_other": "on"})
    heard = play.clinic.hear_code("OET")
    assert heard.document.dialog.question.coded_information.v == "1"
    named = heard.document.appointments[0]
    assert (named.related_to, named.uid, named.start) == (event.related_to, event.uid, event.start)
    shows(play, citizen, "confirmed")
    return event, after, heard


@pytest.mark.req("DDFL-TO-06")
def test_a_wish_for_another_time_is_met_by_a_move(play):
    citizen = play.citizen()
    event, after, heard = wish_to_change(play, citizen)
    moved = slot(tomorrow(14, days=3), uid=event.uid, related_to=event.related_to)
    play.clinic.send(timeonske.clinic_answer(play.clinic.reply_envelope(heard), Answer.CHANGED, appointment=moved))
    assert play.until(citizen.page, lambda page: page.says("kl. 14.00"))
    assert states(play.browser().get(citizen.page)) == ["confirmed"]
    assert play.browser().get(after.url).says("Timen er endret")


@pytest.mark.req("DDFL-TO-06")
@pytest.mark.parametrize("code", [Answer.NOT_CHANGED, Answer.SLOT_TAKEN, Answer.REJECTED])
def test_a_wish_for_another_time_that_is_not_met_leaves_the_time_as_it_is(play, code):
    citizen = play.citizen()
    event, after, heard = wish_to_change(play, citizen)
    stands = event if code is Answer.NOT_CHANGED else None
    envelope_ = play.clinic.reply_envelope(heard)
    play.clinic.send(timeonske.clinic_answer(envelope_, code, appointment=stands, text="Vi har ingen."))
    assert play.until(after.url, lambda page: page.says("Vi har ingen."))
    shown = play.browser().get(citizen.page)
    assert (states(shown), shown.says("kl. 09.00")) == (["confirmed"], True)


@pytest.mark.req("HNB-13", "DDFL-AA-01")
def test_what_the_clinic_told_of_is_cancelled_by_its_own_process(play):
    citizen = play.citizen()
    event = pushed(play, citizen)
    link = play.browser().get(citizen.page).page.xpath("//a[contains(@href, 'avbestill')]/@href")[0]
    play.browser().post(link, {"reason": "Frisk igjen"})
    heard = play.clinic.hear_code("ART")
    assert heard.raw.subject == MessageFunction.APPOINTMENT_CANCELLATION.value
    assert heard.document.appointments[0].related_to == event.related_to
    answer = timereservasjon.clinic_answer(
        play.clinic.reply_envelope(heard),
        Answer.CANCELLED,
        appointment=event,
        function=MessageFunction.APPOINTMENT_CANCELLATION,
    )
    play.clinic.send(answer)
    shows(play, citizen, "cancelled")


@pytest.mark.req("DDFL-PU-19")
@pytest.mark.parametrize(("status", "state"), [("COMPLETED", "completed"), ("CANCELLED", "cancelled")])
def test_a_notice_of_home_care_is_understood(play, status, state):
    citizen = play.citizen()
    event = pushed(play, citizen)
    told = slot(event.start, uid=event.uid, related_to=event.related_to, status=status)
    question = Foresporsel(code=Question.APPOINTMENT_NOTICE.cv)
    notice = envelope.message(
        play.clinic.envelope(citizen),
        MessageFunction.BOOKING,
        Dialogmelding(question=question),
        appointments=(told,),
    )
    play.clinic.send(notice)
    assert play.clinic.hear_receipt(notice.info.msg_id).positive
    assert shows(play, citizen, state).says("Melding om avtale")
