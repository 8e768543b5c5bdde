"""The citizen's inbox at HelseNorge: told of what comes, put away, deleted; the clinic hears of none of it (JRN-14)."""

import pytest

from skranke.standards.build import ekonsultasjon

INBOX = "//section[@id='innboks']//tbody/tr[@data-conversation]"
TOLD = "//section[@id='varsler']//p[@data-notice]"


def asked_and_answered(play):
    """A citizen's e-consultation that the clinic has answered: the citizen, the browser, the thread, what was asked."""
    citizen, browser = play.citizen(), play.browser()
    sent = browser.post(f"{citizen.page}/skriv/ekonsultasjon", {"subject": "Utslett", "text": "Det klør."})
    heard = play.clinic.hear_code("SB")
    play.clinic.acknowledge(heard)
    play.clinic.send(ekonsultasjon.clinic_answer(play.clinic.reply_envelope(heard), text="Bruk krem."))
    play.until(citizen.page, lambda page: page.page.xpath(TOLD))
    return citizen, browser, sent.url, heard


@pytest.mark.req("RCV-18", "CMP-14")
def test_helsenorge_tells_the_citizen_of_each_message_from_the_clinic_and_of_nothing_written_in_it(play):
    asked = play.citizen()
    before = play.browser().get(asked.page)
    assert (before.page.xpath(TOLD), before.says("Ingen varsler ennå.")) == ([], True)
    citizen, browser, _thread, _heard = asked_and_answered(play)
    page = browser.get(citizen.page)
    words = [one.text_content() for one in page.page.xpath(TOLD)]
    assert len(words) == 1
    assert "Du har fått en melding fra Kari Lunde." in words[0]
    assert ("Ikke lest" in words[0], "krem" in words[0], "Utslett" in words[0]) == (True, False, False)
    browser.get(_thread)
    assert "Ikke lest" not in browser.get(citizen.page).page.xpath(TOLD)[0].text_content()


@pytest.mark.req("JRN-14")
def test_the_citizen_puts_a_dialog_away_and_deletes_it_and_no_message_tells_the_clinic(play):
    citizen, browser, thread, heard = asked_and_answered(play)
    while_there = browser.get(thread)
    assert while_there.says("Bruk krem.")
    play.clinic.everything()
    assert browser.post(f"{thread}/arkiver", {}, page=thread).says("Samtalen ligger i arkivet ditt.")
    assert browser.get(citizen.page).page.xpath(INBOX) == []
    assert len(browser.get(f"{citizen.page}?arkiv=1").page.xpath(INBOX)) == 1
    play.clinic.send(ekonsultasjon.clinic_answer(play.clinic.reply_envelope(heard), text="Og hold huden ren."))
    assert play.until(citizen.page, lambda page: page.page.xpath(INBOX)).page.xpath(INBOX)
    browser.post(f"{thread}/arkiver", {}, page=thread)
    assert browser.post(f"{thread}/arkiver", {"tilbake": "1"}, page=thread).says("Samtalen ligger i innboksen igjen.")
    assert len(browser.get(citizen.page).page.xpath(INBOX)) == 1
    play.clinic.everything()
    assert browser.post(f"{thread}/slett", {}, page=thread).says("Legekontoret har fortsatt sin.")
    for where in (citizen.page, f"{citizen.page}?arkiv=1"):
        assert browser.get(where).page.xpath(INBOX) == []
    assert browser.get(thread).status == 404
    assert play.clinic.everything() == []
    assert len(browser.get(citizen.page).page.xpath(TOLD)) == 2
    other = play.citizen()
    stolen = browser.post(f"{other.page}/samtale/{thread.rpartition('/')[2]}/slett", {}, page=citizen.page)
    assert stolen.status == 404
