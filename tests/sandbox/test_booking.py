"""A citizen books and cancels, and the clinic tells what became of it, in any order."""

from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.kernel import clock
from skranke.standards.build import timereservasjon
from skranke.standards.codes import Answer, AppRecError, MessageFunction

from support.sandbox import slot, tomorrow
from support.sandbox_booking import ask, book, shows, states


def push(play, citizen, code, event, **more):
    document = timereservasjon.push(play.clinic.envelope(citizen, **more), code, event)
    play.clinic.send(document)
    assert play.clinic.hear_receipt(document.info.msg_id).positive
    return document


@pytest.mark.req("HNP-16")
def test_free_times_are_shown_by_day_with_what_may_be_taken(play):
    citizen = play.citizen()
    opens = clock.now() + timedelta(hours=1)
    times = [
        slot(tomorrow(9)),
        slot(tomorrow(9, 20), categories=("Video",)),
        slot(tomorrow(9, 40), categories=("MustCall",)),
        slot(tomorrow(10, days=2), available_at=opens.replace(microsecond=0)),
    ]
    page, heard = ask(play, citizen, times)
    question = heard.document.dialog.question
    assert (question.from_date, question.to_date) == (clock.today(), clock.today() + timedelta(days=27))
    assert heard.document.info.ack.v == "N"
    assert heard.raw.ttl == timedelta(seconds=15)
    assert len(page.page.xpath("//fieldset")) == 2
    assert page.page.xpath("//input[@name='uid']/@value") == [times[0].uid, times[1].uid]
    assert page.says("ring legekontoret")
    assert page.says("åpner")
    for refused in (times[2], times[3], slot(tomorrow(9))):
        answer = play.browser().post(page.url, {"uid": refused.uid, "comment": "Kontroll"})
        assert answer.status == 422
        assert answer.says("Timen kan ikke bestilles her. Ingenting ble sendt.")
        assert answer.page.xpath("//textarea[@name='comment']")[0].text_content().strip() == "Kontroll"
    assert "RT" not in {one.code for one in play.clinic.everything()}


def test_no_times_and_refusals_are_told(play):
    page, _heard = ask(play, play.citizen(), [])
    assert page.says("Ingen ledige timer")
    page, _heard = ask(play, play.citizen(), [], refusal=Answer.REJECTED)
    assert page.says("Timebok mangler.")


def test_a_comment_must_be_written(play):
    citizen = play.citizen()
    wanted = slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    refused = play.browser().post(page.url, {"uid": wanted.uid, "comment": "  "})
    assert refused.status == 422
    assert refused.page.xpath("//input[@name='uid']/@checked")
    assert play.browser().post(page.url, {"comment": "Kontroll"}).status == 422


@pytest.mark.req("HNP-15")
def test_a_reservation_waits_and_is_confirmed(play):
    citizen = play.citizen()
    wanted = slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    after = play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll av utslett"})
    assert states(after) == ["requested"]
    heard = play.clinic.hear_code("RT")
    event = heard.document.appointments[0]
    assert (event.uid, event.start, event.contact) == (wanted.uid, wanted.start, wanted.contact)
    assert event.related_to == ""
    assert heard.document.dialog.question.text.plain == "Kontroll av utslett"
    booked = slot(wanted.start, uid=wanted.uid, related_to=str(uuid4()), location="Storgata 1")
    answer = timereservasjon.clinic_answer(play.clinic.reply_envelope(heard), Answer.RESERVED, appointment=booked)
    # The answer may come before the receipt (section 6.5).
    play.clinic.send(answer)
    shown = shows(play, citizen, "confirmed")
    assert shown.says("Storgata 1")
    play.clinic.acknowledge(heard)
    assert states(shows(play, citizen, "confirmed")) == ["confirmed"]


@pytest.mark.parametrize("code", [Answer.SLOT_TAKEN, Answer.REJECTED, Answer.NO_ACCESS])
def test_a_refused_reservation_shows_the_reason(play, code):
    citizen = play.citizen()
    wanted = slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"})
    heard = play.clinic.hear_code("RT")
    play.clinic.send(timereservasjon.clinic_answer(play.clinic.reply_envelope(heard), code, text="Noen kom før deg."))
    assert shows(play, citizen, "refused").says("Noen kom før deg.")


def test_a_reservation_that_the_clinic_cannot_take_has_failed(play):
    citizen = play.citizen()
    wanted = slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"})
    play.clinic.acknowledge(play.clinic.hear_code("RT"), AppRecError.UNKNOWN_RECEIVER)
    assert shows(play, citizen, "failed").says("Kontakt legekontoret")


def test_cancelling_is_confirmed(play):
    citizen = play.citizen()
    booked = book(play, citizen)
    link = play.browser().get(citizen.page).page.xpath("//a[contains(@href, 'avbestill')]/@href")[0]
    after = play.browser().post(link, {"reason": "Frisk igjen"})
    assert states(after) == ["cancel_requested"]
    heard = play.clinic.hear_code("ART")
    assert heard.document.appointments[0].related_to == booked.related_to
    assert heard.document.dialog.question.text.plain == "Frisk igjen"
    play.clinic.send(
        timereservasjon.clinic_answer(play.clinic.reply_envelope(heard), Answer.CANCELLED, appointment=booked)
    )
    shown = shows(play, citizen, "cancelled")
    assert not shown.page.xpath("//a[contains(@href, 'avbestill')]")
    assert play.browser().get(link).status == 409


def test_cancelling_is_refused_and_the_appointment_stands(play):
    citizen = play.citizen()
    booked = book(play, citizen)
    link = play.browser().get(citizen.page).page.xpath("//a[contains(@href, 'avbestill')]/@href")[0]
    play.browser().post(link, {"reason": ""})
    heard = play.clinic.hear_code("ART")
    play.clinic.send(
        timereservasjon.clinic_answer(
            play.clinic.reply_envelope(heard), Answer.NOT_CANCELLED, appointment=booked, text="Fristen er ute."
        )
    )
    assert shows(play, citizen, "confirmed").says("Fristen er ute.")


def test_pushes_make_move_and_end_an_appointment(play):
    citizen, related = play.citizen(), str(uuid4())
    first = slot(tomorrow(9), related_to=related, summary="Konsultasjon", status="CONFIRMED")
    push(play, citizen, Answer.RESERVED, first)
    assert shows(play, citizen, "confirmed").says("Konsultasjon")
    moved = slot(tomorrow(14, days=3), uid=first.uid, related_to=related)
    push(play, citizen, Answer.CHANGED, moved)
    assert play.until(citizen.page, lambda page: page.says("kl. 14.00"))
    push(play, citizen, Answer.CANCELLED, moved)
    shows(play, citizen, "cancelled")
    inbox = play.browser().get(citizen.page)
    assert [inbox.says(text) for text in ("Timen er bekreftet", "Timen er endret", "Timen er avbestilt")] == [True] * 3
    assert play.browser().get(inbox.page.xpath("//a[contains(@href, '/beskjed/')]/@href")[0]).status == 200


def test_no_show_is_told(play):
    citizen = play.citizen()
    event = slot(tomorrow(9, days=-1), related_to=str(uuid4()))
    push(play, citizen, Answer.RESERVED, event)
    push(play, citizen, Answer.NO_SHOW, event)
    shows(play, citizen, "no_show")


@pytest.mark.req("DDFL-PU-17")
def test_a_change_that_is_older_than_the_cancellation_changes_nothing(play):
    citizen, related, now = play.citizen(), str(uuid4()), clock.now()
    event = slot(tomorrow(9), related_to=related)
    push(play, citizen, Answer.RESERVED, event, gen_date=now - timedelta(seconds=20))
    push(play, citizen, Answer.CANCELLED, event, gen_date=now)
    push(play, citizen, Answer.CHANGED, event, gen_date=now - timedelta(seconds=10))
    shows(play, citizen, "cancelled")


def test_the_newest_fact_wins_whatever_comes_last(play):
    citizen, related, now = play.citizen(), str(uuid4()), clock.now()
    event = slot(tomorrow(9), related_to=related)
    later = slot(tomorrow(15), uid=event.uid, related_to=related)
    push(play, citizen, Answer.CHANGED, later, gen_date=now)
    push(play, citizen, Answer.RESERVED, event, gen_date=now - timedelta(seconds=10))
    push(play, citizen, Answer.CANCELLED, event, gen_date=now - timedelta(seconds=5))
    assert shows(play, citizen, "confirmed").says("kl. 15.00")


def test_an_ending_of_something_unknown_is_not_shown_and_stays_an_ending(play):
    citizen, related, now = play.citizen(), str(uuid4()), clock.now()
    event = slot(tomorrow(9), related_to=related)
    push(play, citizen, Answer.CANCELLED, event, gen_date=now)
    assert states(play.browser().get(citizen.page)) == []
    push(play, citizen, Answer.RESERVED, event, gen_date=now - timedelta(seconds=5))
    assert states(play.browser().get(citizen.page)) == []
    push(play, citizen, Answer.CHANGED, event, gen_date=now + timedelta(seconds=5))
    shows(play, citizen, "confirmed")


def test_a_push_that_overtakes_the_confirmation_counts(play):
    citizen, related = play.citizen(), str(uuid4())
    wanted = slot(tomorrow(9))
    page, _heard = ask(play, citizen, [wanted])
    play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"})
    heard = play.clinic.hear_code("RT")
    booked = slot(wanted.start, uid=wanted.uid, related_to=related)
    envelope = play.clinic.reply_envelope(heard)
    moved = slot(tomorrow(13), uid=wanted.uid, related_to=related)
    push(play, citizen, Answer.CHANGED, moved, gen_date=clock.now() + timedelta(seconds=5))
    play.clinic.send(timereservasjon.clinic_answer(envelope, Answer.RESERVED, appointment=booked))
    assert shows(play, citizen, "confirmed").says("kl. 13.00")


def test_a_push_while_a_cancellation_waits(play):
    citizen = play.citizen()
    booked = book(play, citizen)
    link = play.browser().get(citizen.page).page.xpath("//a[contains(@href, 'avbestill')]/@href")[0]
    play.browser().post(link, {"reason": ""})
    heard = play.clinic.hear_code("ART")
    older = play.clinic.reply_envelope(heard)
    moved = slot(tomorrow(12), uid=booked.uid, related_to=booked.related_to)
    push(play, citizen, Answer.CHANGED, moved, gen_date=clock.now() + timedelta(seconds=5))
    shows(play, citizen, "cancel_requested")
    play.clinic.send(timereservasjon.clinic_answer(older, Answer.NOT_CANCELLED, appointment=booked, text="For sent."))
    assert shows(play, citizen, "confirmed").says("kl. 12.00")


def test_the_own_process_for_pushes_counts_the_same(play):
    citizen = play.citizen()
    event = slot(tomorrow(9), related_to=str(uuid4()))
    document = timereservasjon.push(
        play.clinic.envelope(citizen), Answer.RESERVED, event, function=MessageFunction.APPOINTMENT_PUSH
    )
    play.clinic.send(document)
    assert play.clinic.hear_receipt(document.info.msg_id).positive
    shows(play, citizen, "confirmed")
