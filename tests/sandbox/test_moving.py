"""A citizen moves an appointment: a new reservation, then a cancellation of the old one, never ERT."""

from uuid import uuid4

import pytest

from skranke.standards.build import timereservasjon
from skranke.standards.codes import Answer

from support.sandbox import slot, tomorrow
from support.sandbox_booking import ask, book, shows, states


def moving(play, citizen, held):
    """A citizen with an appointment asks for another time; the clinic has got the reservation."""
    (link,) = play.browser().get(citizen.page).page.xpath("//a[contains(@href, '/flytt')]/@href")
    assert play.browser().get(link).says("Den gamle er din til legekontoret har bekreftet den nye")
    wanted = slot(tomorrow(14))
    page, _heard = ask(play, citizen, [wanted], address=link[link.index("/time/") :])
    assert page.page.xpath("//textarea[@name='comment']")[0].text.strip() == "Kontroll"
    after = play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"})
    assert states(after) == ["confirmed", "requested"]
    assert not after.page.xpath("//a[contains(@href, '/flytt')]")
    assert play.browser().post(page.url, {"uid": wanted.uid, "comment": "Kontroll"}).status == 409
    heard = play.clinic.hear_code("RT")
    assert heard.document.appointments[0].uid == wanted.uid
    return heard, wanted


def questions(play):
    """What the clinic is asked beside the receipts."""
    return [one.document for one in play.clinic.everything() if one.raw.subject != "APPREC"]


def answer(play, heard, code, event=None, text="") -> None:
    document = timereservasjon.clinic_answer(play.clinic.reply_envelope(heard), code, appointment=event, text=text)
    play.clinic.send(document)


@pytest.mark.req("DDFL-RT-18")
def test_the_old_time_is_cancelled_when_the_new_one_is_confirmed_and_not_before(play):
    citizen = play.citizen()
    old = book(play, citizen)
    heard, wanted = moving(play, citizen, old)
    play.clinic.acknowledge(heard)
    assert questions(play) == []
    answer(play, heard, Answer.RESERVED, slot(wanted.start, uid=wanted.uid, related_to=str(uuid4())))
    gone = play.clinic.hear_code("ART")
    assert gone.document.appointments[0].related_to == old.related_to
    shows(play, citizen, "cancel_requested", "confirmed")
    answer(play, gone, Answer.CANCELLED, old)
    shows(play, citizen, "cancelled", "confirmed")


@pytest.mark.req("DDFL-RT-18")
def test_when_somebody_else_got_the_new_time_the_old_one_stands(play):
    citizen = play.citizen()
    heard, _wanted = moving(play, citizen, book(play, citizen))
    answer(play, heard, Answer.SLOT_TAKEN, text="Noen kom før deg.")
    shown = shows(play, citizen, "confirmed", "refused")
    assert shown.says("Noen kom før deg.")
    assert shown.page.xpath("//a[contains(@href, '/flytt')]")
    assert questions(play) == []


@pytest.mark.req("DDFL-RT-18")
def test_what_was_cancelled_meanwhile_needs_no_cancellation(play):
    citizen = play.citizen()
    old = book(play, citizen)
    heard, wanted = moving(play, citizen, old)
    document = timereservasjon.push(play.clinic.envelope(citizen), Answer.CANCELLED, old)
    play.clinic.send(document)
    assert play.clinic.hear_receipt(document.info.msg_id).positive
    shows(play, citizen, "cancelled", "requested")
    answer(play, heard, Answer.RESERVED, slot(wanted.start, uid=wanted.uid, related_to=str(uuid4())))
    shows(play, citizen, "cancelled", "confirmed")
    assert questions(play) == []


def test_what_cannot_be_cancelled_cannot_be_moved(play):
    citizen = play.citizen()
    book(play, citizen)
    (link,) = play.browser().get(citizen.page).page.xpath("//a[contains(@href, 'avbestill')]/@href")
    play.browser().post(link, {"reason": ""})
    play.clinic.hear_code("ART")
    assert play.browser().get(link.replace("avbestill", "flytt")).status == 409
