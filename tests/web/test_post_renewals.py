"""Renewals in Post: the answer decides, and errors stand at their field."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Message, Prescription, RenewalList, RenewalResult, Thread
from skranke.dialog.values import PrescriptionFacts
from skranke.kernel import clock
from skranke.standards import profile
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, at_most, body, logged_in, same
from support.dialog import RENEWAL, question, receive


def request(cast: Cast) -> Thread:
    return receive(cast, question(cast, kind=RENEWAL, subject="", text="Paracet 500 mg"))


def form(thread: Thread, **facts: object) -> dict[str, object]:
    """The form as it is sent the second time, when the warning of RX-11 has been read."""
    return {"versjon": str(thread.version), "text": "", "uten_utstedt": "1", **facts}


def sent(cast: Cast, thread: Thread) -> list[Message]:
    with acting(cast.system):
        return list(Message.objects.filter(thread=thread, direction="out"))


@pytest.mark.req("RX-4", "RX-5", "DDFL-RX-11", "DDFL-ATT-09")
def test_the_form_offers_the_four_outcomes_and_no_files() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    with at_most(55):
        page = body(client.get(address(cast, "thread", thread.id)))
    for text in ("Forespørsel avvist", "Resept fornyet", "Resept kan ikke fornyes", "Resepter delvis fornyet"):
        assert page.count(text) == 1
    assert page.count('type="radio" name="utfall"') == 4
    assert "checked" not in page.partition('id="answer-outcome"')[2].partition("</fieldset>")[0]
    assert 'name="vedlegg"' not in page
    assert 'id="act-answer-close"' not in page


@pytest.mark.req("RX-4", "RX-6")
def test_an_answer_with_an_outcome_is_sent_and_shown_with_it() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    answer = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Hent den.", utfall="renewed"))
    assert answer.status_code == 302
    assert [(one.code, one.text) for one in sent(cast, thread)] == [("14", "Hent den.")]
    page = body(client.get(answer["Location"]))
    assert "<b>Resept fornyet</b>" in page
    assert "Forespørselen er besvart." in page
    assert 'name="utfall"' not in page


@pytest.mark.req("RX-3", "RX-5", "DDFL-RX-03")
@pytest.mark.parametrize(
    ("written", "place", "told"),
    [
        ({"text": "", "utfall": "renewed"}, "answer-text_error", "Skriv en melding til pasienten."),
        ({"text": "Hent den."}, "answer-outcome_error", "Velg hva svaret er."),
    ],
)
def test_what_is_missing_is_told_at_the_field_and_what_was_written_stays(written, place, told) -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    refused = client.post(address(cast, "thread-answer", thread.id), form(thread, **written), headers=HTMX)
    page = body(refused)
    assert refused.status_code == 422
    assert told in page.partition(f'id="{place}"')[2].partition("</div>")[0]
    assert f">{written['text']}</textarea>" in page
    assert ('value="renewed" checked' in page) is ("utfall" in written)
    assert sent(cast, thread) == []


@pytest.mark.req("DDFL-RX-10")
def test_a_second_answer_is_refused() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    where = address(cast, "thread-answer", thread.id)
    client.post(where, form(thread, text="Nei.", utfall="rejected"))
    thread.version += 1
    refused = client.post(where, form(thread, text="Jo.", utfall="renewed"), headers=HTMX)
    assert refused.status_code == 409
    assert "Forespørselen er besvart." in body(refused)
    assert len(sent(cast, thread)) == 1


@pytest.mark.req("NFR-2")
def test_another_clinics_renewal_looks_like_none() -> None:
    cast, other = make_clinic(), make_clinic()
    thread = request(other)
    client = logged_in(cast, cast.ali)
    theirs = client.post(address(cast, "thread-answer", thread.id), form(thread, text="Ja.", utfall="renewed"))
    none = client.post(address(cast, "thread-answer", cast.ola.id), form(thread, text="Ja.", utfall="renewed"))
    assert (theirs.status_code, same(theirs)) == (404, same(none))
    assert sent(other, thread) == []


WANTED = PrescriptionFacts(name="Prøvelin tab 5 mg", group="C", amount=Decimal("1.5"), repeats=3, use="1 daglig")
ITEM = {"name": "Paracet tab 500 mg", "group": "F", "amount": "1,5", "repeats": "2", "prescribed": "2026-11-23"}


def ticked(*numbers: int, **facts: dict[str, str]) -> dict[str, object]:
    rows = {f"resept-{key[1:]}-{name}": value for key, row in facts.items() for name, value in row.items()}
    return {"text": "Klar.", "utfall": "renewed", "resept": [str(number) for number in numbers], **rows}


def renewed(cast: Cast, thread: Thread) -> list[tuple[object, ...]]:
    with acting(cast.system):
        rows = Prescription.objects.filter(message__in=sent(cast, thread)).order_by("number")
        return [(one.name, one.group, one.amount, one.repeats, str(one.prescribed), one.expires) for one in rows]


@pytest.mark.req("RX-2", "RX-16")
def test_the_form_has_a_row_for_each_line_of_the_request_and_empty_ones() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text="- Paracet 500 mg\n\n<b>Ibux</b>"))
    page = body(logged_in(cast, cast.ali).get(address(cast, "thread", thread.id)))
    rows = page.partition('id="answer-renewed"')[2].partition("</fieldset>")[0]
    assert ("Resept 1: - Paracet 500 mg" in rows, "Resept 2: &lt;b&gt;Ibux&lt;/b&gt;" in rows) == (True, True)
    assert 'value="Paracet 500 mg"' in rows
    assert "Resept 3: En annen resept" in rows
    assert (rows.count('name="resept"'), rows.count(" checked")) == (8, 0)


@pytest.mark.req("RX-2", "DDFL-RX-12")
def test_what_a_request_names_is_shown_without_dates_and_proposed() -> None:
    cast = make_clinic()
    wanted = replace(WANTED, use="<i>1 daglig</i>")
    thread = receive(cast, question(cast, kind=RENEWAL, code="RFER", subject="", text="", prescriptions=(wanted,)))
    page = body(logged_in(cast, cast.ali).get(address(cast, "thread", thread.id)))
    told = page.partition('class="small rx-list"')[2].partition("</ul>")[0]
    assert "<b>Prøvelin tab 5 mg</b>" in told
    assert "&lt;i&gt;1 daglig&lt;/i&gt; · antall 1,5 · reiterasjoner 3 · reseptgruppe C<" in told
    row = page.partition('id="answer-renewed"')[2].partition("Resept 2")[0]
    for value in ("Prøvelin tab 5 mg", "1,5", "3", f"{clock.today()}"):
        assert f'value="{value}"' in row
    assert '<option value="C" selected>' in row


@pytest.mark.req("RX-16", "DDFL-RX-04", "DDFL-RX-05")
@pytest.mark.parametrize("outcome", ["renewed", "partly_renewed"])
def test_the_rows_that_are_ticked_go_along(outcome) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text="Paracet 500 mg\nHei"))
    client = logged_in(cast, cast.ali)
    facts = ticked(1, 3, r1=ITEM, r2={"name": "Ikke denne"}, r3={"name": "Ibux tab 400 mg", "group": "C"})
    answer = client.post(address(cast, "thread-answer", thread.id), form(thread, **(facts | {"utfall": outcome})))
    assert answer.status_code == 302
    assert renewed(cast, thread) == [
        ("Paracet tab 500 mg", "F", Decimal("1.5"), 2, "2026-11-23", None),
        ("Ibux tab 400 mg", "C", None, None, "None", None),
    ]
    told = body(client.get(answer["Location"])).partition('aria-label="Fornyede resepter"')[2].partition("</ul>")[0]
    assert "antall 1,5 · reiterasjoner 2 · reseptgruppe F · forskrevet 23.11.2026" in told


@pytest.mark.req("RX-16", "DDFL-RX-06")
def test_what_is_ticked_stays_behind_with_an_outcome_that_renews_nothing() -> None:
    cast = make_clinic()
    thread = request(cast)
    facts = ticked(1, r1=ITEM) | {"utfall": "not_renewed"}
    logged_in(cast, cast.ali).post(address(cast, "thread-answer", thread.id), form(thread, **facts))
    assert [one.code for one in sent(cast, thread)] == ["15"]
    assert renewed(cast, thread) == []


@pytest.mark.req("RX-16")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "skriv navn, form og styrke"),
        ({"group": ""}, "velg reseptgruppe"),
        ({"amount": "to"}, "antall må være"),
        ({"amount": "NaN"}, "antall må være"),
        ({"amount": "0"}, "antall må være"),
        ({"repeats": "3,5"}, "reiterasjoner må være"),
        ({"repeats": "-1"}, "reiterasjoner må være"),
        ({"expires": "31.12.2027"}, "datoen må være"),
        ({"expires": "2026-01-01"}, "den kan ikke gå ut"),
        ({"of": "1"}, "forespørselen har ingen slik resept"),
    ],
)
def test_what_a_row_lacks_is_told_by_its_number_and_what_was_written_stays(changes, told) -> None:
    cast = make_clinic()
    thread = request(cast)
    facts = ticked(2, 4, r2=ITEM, r4=ITEM | changes)
    where = address(cast, "thread-answer", thread.id)
    refused = logged_in(cast, cast.ali).post(where, form(thread, **facts), headers=HTMX)
    page = body(refused)
    assert refused.status_code == 422
    place = page.partition('id="answer-renewed_error"')[2].partition("</div>")[0]
    assert f"Resept 4: {told}" in place
    row = page.partition('id="rx-4"')[2].partition('id="rx-5"')[0]
    assert (' checked aria-invalid="true"' in row, f'value="{ITEM["prescribed"]}"' in row) == (True, True)
    assert page.partition('id="rx-2"')[2].partition(">")[0].endswith(" checked")
    assert (sent(cast, thread), renewed(cast, thread)) == ([], [])


@pytest.mark.req("RX-16")
def test_an_answer_without_any_is_refused_at_the_rows_where_the_profile_says_so(monkeypatch) -> None:
    monkeypatch.setattr(profile, "RENEWAL_NEEDS_PRESCRIPTIONS", True)
    cast = make_clinic()
    thread = request(cast)
    where = address(cast, "thread-answer", thread.id)
    page = body(logged_in(cast, cast.ali).post(where, form(thread, **ticked()), headers=HTMX))
    assert "Svaret kan ikke sendes uten dem." in page.partition('id="answer-renewed_error"')[2].partition("</div>")[0]


TWO = "Paracet 500 mg\nIbux 400 mg"


def told(cast: Cast, thread: Thread) -> list[tuple[int, str, bool]]:
    with acting(cast.system):
        rows = RenewalResult.objects.filter(answer__thread=thread).order_by("number")
        return [(one.number, one.text, one.renewed) for one in rows]


@pytest.mark.req("RX-10", "IMP-7", "RX-16", "DDFL-RX-05")
@pytest.mark.parametrize("numbers", [(), (1, 2)], ids=["none", "all"])
def test_partly_renewed_demands_one_that_is_and_one_that_is_not_and_nothing_is_lost(numbers) -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text=TWO))
    client, where = logged_in(cast, cast.ali), address(cast, "thread-answer", thread.id)
    facts = ticked(*numbers, r1=ITEM, r2=ITEM | {"name": "Ibux tab 400 mg"}) | {"utfall": "partly_renewed"}
    refused = client.post(where, form(thread, **facts), headers=HTMX)
    page = body(refused)
    assert refused.status_code == 422
    problem = page.partition('id="answer-renewed_error"')[2].partition("</div>")[0]
    assert "minst én resept som er fornyet, og minst én som ikke er det" in problem
    assert "Ingenting er sendt." in problem
    assert (">Klar.</textarea>" in page, page.count('name="resept" id="rx-1" value="1" checked')) == (
        True,
        int(1 in numbers),
    )
    assert (sent(cast, thread), told(cast, thread)) == ([], [])
    facts = ticked(2, r1=ITEM, r2=ITEM | {"name": "Ibux tab 400 mg"}) | {"utfall": "partly_renewed"}
    done = client.post(where, form(thread, **facts))
    assert done.status_code == 302
    assert told(cast, thread) == [(1, "Paracet 500 mg", False), (2, "Ibux 400 mg", True)]
    assert [row[0] for row in renewed(cast, thread)] == ["Ibux tab 400 mg"]
    shown = body(client.get(done["Location"])).partition('aria-label="Svaret for hver resept"')[2].partition("</ul>")[0]
    assert "Paracet 500 mg: <b>ikke fornyet</b>" in shown
    assert "Ibux 400 mg: <b>fornyet</b>" in shown


@pytest.mark.req("RX-16")
def test_a_renewed_item_may_go_without_what_is_known_of_its_prescription() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text=TWO))
    facts = ticked(1, 2, r1={"name": "Paracet", "without": "1"}, r2=ITEM)
    done = logged_in(cast, cast.ali).post(address(cast, "thread-answer", thread.id), form(thread, **facts))
    assert done.status_code == 302
    assert [row[0] for row in renewed(cast, thread)] == ["Paracet tab 500 mg"]
    assert [row[2] for row in told(cast, thread)] == [True, True]


def filled(page: str) -> str:
    return unescape(page.partition('id="answer-text"')[2].partition(">")[2].partition("</textarea>")[0])


@pytest.mark.req("RX-10")
def test_the_text_is_filled_from_the_ticks_and_what_somebody_wrote_stands() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text=TWO))
    client, where = logged_in(cast, cast.ali), address(cast, "thread-fill", thread.id)
    partly = ticked(1, r1=ITEM) | {"utfall": "partly_renewed", "text": "Hei, Ola."}
    first = filled(body(client.post(where, form(thread, **partly), headers=HTMX)))
    sentences = "Paracet tab 500 mg er fornyet.\nIbux 400 mg er ikke fornyet."
    assert first == f"Hei, Ola.\n\n{sentences}"
    # Ticked otherwise: the sentences are made anew, and what was written around them stands.
    again = partly | {"resept": ["2"], "resept-2-name": "Ibux", "text": f"{first}\nRing oss.", "satt_inn": sentences}
    second = filled(body(client.post(where, form(thread, **again), headers=HTMX)))
    assert second == "Hei, Ola.\n\nParacet 500 mg er ikke fornyet.\nIbux er fornyet.\nRing oss."
    # Sentences that somebody has written on are the writer's own: the new ones come below.
    own = again | {"text": f"{first} Ring oss."}
    own["text"] = own["text"].replace("er fornyet", "er nå fornyet")
    third = filled(body(client.post(where, form(thread, **own), headers=HTMX)))
    assert third == f"{own['text']}\n\nParacet 500 mg er ikke fornyet.\nIbux er fornyet."
    none = filled(body(client.post(where, form(thread, utfall="not_renewed"), headers=HTMX)))
    assert none == "Paracet 500 mg er ikke fornyet.\nIbux 400 mg er ikke fornyet."
    every = filled(body(client.post(where, form(thread, utfall="renewed"), headers=HTMX)))
    assert every == "Paracet 500 mg er fornyet.\nIbux 400 mg er fornyet."
    assert sent(cast, thread) == []


@pytest.mark.req("RX-10")
@pytest.mark.parametrize("outcome", ["", "rejected"])
def test_the_text_is_filled_only_where_the_answer_speaks_of_items(outcome) -> None:
    cast = make_clinic()
    thread = request(cast)
    where = address(cast, "thread-fill", thread.id)
    refused = logged_in(cast, cast.ali).post(where, form(thread, text="Hei.", utfall=outcome), headers=HTMX)
    assert refused.status_code == 422
    assert "Velg først om resepten er fornyet" in body(refused).partition('id="answer-outcome_error"')[2]
    assert filled(body(refused)) == "Hei."


@pytest.mark.req("RX-2")
def test_staff_correct_merge_split_and_add_and_the_patients_text_stands() -> None:
    cast = make_clinic()
    wrote = "Hei, jeg trenger\nParacet 500 mg og Ibux"
    thread = receive(cast, question(cast, kind=RENEWAL, subject="", text=wrote))
    client, where = logged_in(cast, cast.ali), address(cast, "thread-items", thread.id)
    listed = "Paracet tab 500 mg\r\nIbux tab 400 mg\r\n\r\n  Zovirax krem "
    page = body(client.post(where, form(thread, text="Hei.", reseptliste=listed, resept=["1"]), headers=HTMX))
    rows = page.partition('id="answer-renewed"')[2].partition("</fieldset>")[0]
    for number, name in enumerate(("Paracet tab 500 mg", "Ibux tab 400 mg", "Zovirax krem"), start=1):
        assert f"Resept {number}: {name}" in rows
    assert (filled(page), " checked" in rows) == ("Hei.", False)
    assert f'<div class="bub">{wrote}</div>' in page
    client.post(where, form(thread, versjon=str(thread.version + 1), reseptliste="Paracet og Ibux"))
    events = body(client.get(address(cast, "thread", thread.id) + "?vis=hendelser"))
    told = " endret listen over resepter til: "
    first = events.index(f"{told}Paracet tab 500 mg · Ibux tab 400 mg · Zovirax krem")
    assert first < events.index(f"{told}Paracet og Ibux")
    assert f"{cast.ali.name}{told}" in events
    with acting(cast.system):
        kept = RenewalList.objects.filter(request__thread=thread).order_by("number")
        assert [(one.number, len(one.items), one.employee_id) for one in kept] == [
            (1, 3, cast.ali.id),
            (2, 1, cast.ali.id),
        ]
        assert Message.objects.get(thread=thread).text == wrote


@pytest.mark.req("RX-2")
@pytest.mark.parametrize(
    ("listed", "why"), [(" \n", "minst én resept"), ("x" * 501, "høyst 500 tegn"), ("x\n" * 101, "høyst 100 resepter")]
)
def test_a_list_that_cannot_be_is_refused_in_its_field_and_stands_there(listed, why) -> None:
    cast = make_clinic()
    thread = request(cast)
    where = address(cast, "thread-items", thread.id)
    refused = logged_in(cast, cast.ali).post(where, form(thread, text="Hei.", reseptliste=listed), headers=HTMX)
    assert refused.status_code == 422
    assert why in body(refused).partition('id="answer-items_error"')[2].partition("</div>")[0]
    assert filled(body(refused)) == "Hei."
    with acting(cast.system):
        assert not RenewalList.objects.filter(request__thread=thread).exists()


@pytest.mark.req("RX-2")
def test_no_list_is_changed_once_the_request_is_answered() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    client.post(address(cast, "thread-answer", thread.id), form(thread, text="Nei.", utfall="rejected"))
    facts = form(thread, versjon=str(thread.version + 1), reseptliste="Noe annet")
    refused = client.post(address(cast, "thread-items", thread.id), facts, headers=HTMX)
    assert refused.status_code == 409
    with acting(cast.system):
        assert not RenewalList.objects.filter(request__thread=thread).exists()


UNKNOWN = "Journalsystemet forteller ikke hit om resepter er utstedt"


def issue(cast: Cast, at: str, *, patient: object = None) -> None:
    path = f"patients/{(patient or cast.ola).id}/prescriptions"
    told = Api(cast, cast.kari).post(path, {"name": "Paracet tab 500 mg", "issued_at": at})
    assert told.status == 201, told.body


@pytest.mark.req("RX-11")
def test_renewed_warns_where_nothing_was_issued_since_and_a_second_press_sends() -> None:
    cast = make_clinic()
    # Before the request, and to somebody else: neither is what this patient asks for now.
    issue(cast, (clock.now() - timedelta(days=1)).isoformat())
    thread = request(cast)
    issue(cast, clock.now().isoformat(), patient=cast.nora)
    client, where = logged_in(cast, cast.ali), address(cast, "thread-answer", thread.id)
    assert UNKNOWN not in body(client.get(address(cast, "thread", thread.id)))
    facts = form(thread, text="Klar.", utfall="renewed", uten_utstedt="")
    warned = client.post(where, facts, headers=HTMX)
    page = body(warned)
    assert warned.status_code == 409
    problem = page.partition('id="form-problem"')[2].partition("</div>")[0]
    assert "ikke meldt om noen utstedt resept etter" in problem
    assert (filled(page), sent(cast, thread)) == ("Klar.", [])
    again = page.partition('name="uten_utstedt" value="1"')[2]
    assert "Send likevel" in again
    assert client.post(where, facts | {"uten_utstedt": "1"}).status_code == 302
    assert [one.code for one in sent(cast, thread)] == ["14"]
    with acting(cast.system):
        logged = AuditEvent.objects.get(action="thread.answered_unissued")
        assert (logged.subject_id, logged.detail["issued"]) == (thread.id, "no")
    events = body(client.get(address(cast, "thread", thread.id) + "?vis=hendelser"))
    assert "uten at noen utstedt resept var kjent" in events


@pytest.mark.req("RX-11")
def test_where_nobody_tells_what_is_issued_the_form_says_so_and_one_press_sends() -> None:
    cast = make_clinic()
    thread = request(cast)
    client = logged_in(cast, cast.ali)
    assert UNKNOWN in body(client.get(address(cast, "thread", thread.id)))
    facts = form(thread, text="Klar.", utfall="renewed", uten_utstedt="")
    assert client.post(address(cast, "thread-answer", thread.id), facts).status_code == 302
    with acting(cast.system):
        assert AuditEvent.objects.get(action="thread.answered_unissued").detail["issued"] == "unknown"


@pytest.mark.req("RX-11")
def test_renewed_needs_one_press_where_something_was_issued_and_no_other_outcome_warns() -> None:
    cast = make_clinic()
    first, second = request(cast), request(cast)
    client = logged_in(cast, cast.ali)
    other = client.post(
        address(cast, "thread-answer", first.id), form(first, text="Nei.", utfall="not_renewed", uten_utstedt="")
    )
    assert other.status_code == 302
    issue(cast, clock.now().isoformat())
    done = client.post(
        address(cast, "thread-answer", second.id), form(second, text="Klar.", utfall="renewed", uten_utstedt="")
    )
    assert done.status_code == 302
    with acting(cast.system):
        assert not AuditEvent.objects.filter(action="thread.answered_unissued").exists()


@pytest.mark.req("RX-11")
def test_what_is_missing_is_told_before_the_warning() -> None:
    cast = make_clinic()
    thread = request(cast)
    where = address(cast, "thread-answer", thread.id)
    refused = logged_in(cast, cast.ali).post(where, form(thread, utfall="renewed", uten_utstedt=""), headers=HTMX)
    assert refused.status_code == 422
    assert "Send likevel" not in body(refused)
