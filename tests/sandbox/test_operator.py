"""The operator's page, the clock, and what the pages promise to everybody."""

import threading
from datetime import timedelta
from urllib.parse import quote

from skranke.kernel import clock
from skranke.standards.build import comtest, ekontakt

from support.sandbox import GP, GP_OFF, NOT_SET_UP


def sent_by(play, citizen):
    document = ekontakt.clinic_question(
        play.clinic.envelope(citizen), subject="Timeinnkalling", text="Ring oss.", may_answer=False
    )
    play.clinic.send(document)
    play.clinic.hear_receipt(document.info.msg_id)
    return document


def test_a_message_is_found_by_its_id_and_shown_in_clear_and_as_xml(play):
    citizen = play.citizen()
    document = sent_by(play, citizen)
    found = play.browser().get(f"/drift?q={quote(document.info.msg_id)}")
    rows = "//section[@aria-labelledby='meldinger-h']//a[contains(@href, '/drift/melding/')]"
    link = next(one.get("href") for one in found.page.xpath(rows) if "EKI" in one.text_content())
    clear = play.browser().get(link)
    for text in (document.info.msg_id, "Timeinnkalling", citizen.name, "Ring oss.", "AppRec"):
        assert clear.says(text)
    xml = play.browser().get(f"{link.partition('?')[0]}?vis=xml")
    assert f"<MsgId>{document.info.msg_id}</MsgId>" in xml.page.xpath("//pre")[0].text_content()


def test_the_queues_are_shown_as_the_bus_process_sees_them(play):
    page = play.until("/drift", lambda answer: answer.says("Bussen leses"))
    assert page.says(play.bus.helsenorge.async_)
    assert play.browser().get("/health").status == 200


def test_a_communication_test_tells_how_long_the_answer_took(play):
    def clinic():
        heard = play.clinic.hear_code("KT", queue=play.bus.clinic.sync)
        play.clinic.reply(heard, comtest.response(play.clinic.reply_envelope(heard)))

    worker = threading.Thread(target=clinic)
    worker.start()
    page = play.browser().post("/drift/test", {"party": "91095"}, page="/drift")
    worker.join()
    assert page.says("Kari Lunde svarte på")


def test_the_test_proposes_a_clinic_that_has_been_heard_of_before_one_that_is_not_set_up(play):
    sent_by(play, play.citizen())
    page = play.browser().get("/drift").page
    heard, silent = (
        [one.get("value") for one in group.xpath("option")] for group in page.xpath("//select[@id='party']/optgroup")
    )
    assert heard == [str(GP), str(GP_OFF)]
    assert silent == [str(NOT_SET_UP)]  # though its name comes first


def test_the_clock_moves_for_every_program(play, monkeypatch):
    monkeypatch.setenv(clock.ENVIRONMENT_VARIABLE, str(play.clock_file))
    before = clock.now()
    assert play.browser().post("/drift/klokke", {"minutes": "60"}, page="/drift").says("Klokken er flyttet")
    try:
        assert (clock.now() - before).total_seconds() > 3500
    finally:
        play.clock_file.unlink()


def test_a_clock_is_not_moved_by_nothing(play):
    assert play.browser().post("/drift/klokke", {"minutes": "", "to": ""}, page="/drift").says("Ingenting ble endret")


def test_the_citizen_page_is_told_only_of_news(play):
    citizen = play.citizen()
    browser = play.browser()
    page = browser.get(citizen.page)
    assert browser.get(_live(page)).status == 204
    sent_by(play, citizen)
    news = browser.get(_live(page))
    assert news.status == 200
    assert news.says("Timeinnkalling")
    # That the receipt has left is news too, but the last.
    after = browser.get(_live(news))
    assert after.status == 204 or browser.get(_live(after)).status == 204


def _live(page):
    """The address that the page asks for what is new since it was made."""
    return page.page.xpath("//*[@id='live']/@hx-get")[0]


def test_citizens_are_found_by_name_age_and_consent(play):
    browser = play.browser()
    for word in ("Ragnhild", "ness 91", "inactive"):
        page = browser.get(f"/?q={quote(word)}")
        assert page.says("Ragnhild Ness"), word
        assert not page.says("Siri Voll")
    assert browser.get("/?q=finnesikke").says("Ingen treff")


def test_pages_carry_the_headers_and_the_sandboxs_own_cookie(play):
    browser = play.browser()
    page = browser.get(play.citizen().page)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "skranke_sandbox" in {cookie.name for cookie in browser.cookies}
    assert page.says("Ikke helsenorge.no")
    assert " style=" not in page.text


def test_what_does_not_exist_is_not_found(play):
    for path in ("/innbygger/999999/999999", "/drift/melding/00000000-0000-4000-8000-000000000000", "/finnes/ikke"):
        assert play.browser().get(path).status == 404


def test_the_clock_stays_where_everything_still_works(play):
    before = clock.now()
    far = play.browser().post("/drift/klokke", {"minutes": "", "to": "9999-12-31T23:59"}, page="/drift")
    assert far.says("høyst 400 dager")
    assert far.says("Ingenting ble endret")
    assert clock.now() - before < timedelta(hours=1)


def test_addresses_that_no_page_makes_are_no_fault(play):
    visit = play.citizen().page
    for address, status in (
        ("/drift?q=%00", 200),
        (f"{visit}/samtale/%00", 404),
        (f"{visit}/nytt?v=%00&thread=%00", 404),
        (f"{visit}/samtale/x", 404),
    ):
        assert play.browser().get(address).status == status
    for party in ("", "x", "²", "999999"):
        assert play.browser().post("/drift/test", {"party": party}, page="/drift").status == 404
