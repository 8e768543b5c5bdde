"""Reading Post: the mailboxes, the list, one thread, and what is new."""

from datetime import timedelta
from uuid import uuid4

import pytest

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.dialog import services
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import make_clinic
from support.clinic_pages import HTMX, address, at_most, body, field, logged_in, same
from support.dialog import E_CONTACT, JPEG, file, question, receive, reply

MARKER = "Hei. Jeg har fått et utslett."


@pytest.mark.req("MSG-1", "MSG-2", "MSG-4", "MSG-19", "JRN-10")
def test_the_inbox_shows_who_what_when_and_how_long_there_is() -> None:
    cast = make_clinic()
    told = question(
        cast,
        patient=cast.nora,
        author_name="Ola Nordmann",
        on_behalf_of="Nora Nordmann",
        relation="forelder",
        attachments=(file(),),
    )
    thread = receive(cast, told)
    page = body(logged_in(cast, cast.kari).get(address(cast, "post")))
    assert "Utslett på armen – helsenorge.no" in page
    assert "Nora Nordmann" in page
    assert "12 år" in page
    assert "Sendt av Ola Nordmann (forelder)" in page
    assert "dager igjen" in page
    assert "Ulest." in page
    assert "Vedlegg" in page
    assert f'href="{address(cast, "thread", thread.id)}"' in page
    assert 'class="sub"' in page


@pytest.mark.req("MSG-22", "MSG-24", "JRN-8")
def test_a_thread_shows_both_sides_the_delivery_and_the_journal() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        sent = services.answer(thread, text="Bruk krem.")
    client = logged_in(cast, cast.kari)
    assert "Lagt i kø" in body(client.get(address(cast, "thread", thread.id)))
    with acting(cast.system):
        services.mark_delivery(sent.msg_id, "sent", clock.now())
        services.mark_delivery(sent.msg_id, "rejected", clock.now(), "Ukjent mottaker")
    page = body(client.get(address(cast, "thread", thread.id)))
    assert MARKER in page
    assert "Bruk krem." in page
    assert "Avvist: Ukjent mottaker" in page
    assert "Ført i journalen" in page
    assert "Svares som eKonsultasjon" in page
    assert "Pasienten ser: Kari Lunde, Prøvevik legesenter." in page
    events = body(client.get(address(cast, "thread", thread.id, query="?vis=hendelser")))
    assert "Kari Lunde svarte" in events
    assert "Avvist av HelseNorge: Ukjent mottaker" in events


@pytest.mark.req("MSG-22")
def test_a_receipt_is_told_with_its_time() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    with acting(cast.actor(cast.kari)):
        sent = services.answer(thread, text="Bruk krem.")
    with acting(cast.system):
        told = clock.now()
        services.mark_delivery(sent.msg_id, "received", told)
    at = f"{clock.oslo(told):%H.%M}"
    assert f"Mottatt av HelseNorge {at}" in body(logged_in(cast, cast.kari).get(address(cast, "thread", thread.id)))


def test_what_a_patient_writes_is_shown_as_it_was_written_and_never_run() -> None:
    cast = make_clinic()
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    told = question(cast, subject=evil, text=evil, author_name=evil, attachments=(file(JPEG, f"{evil}.jpg"),))
    thread = receive(cast, told)
    client = logged_in(cast, cast.kari)
    for page in (
        address(cast, "post"),
        address(cast, "thread", thread.id),
        address(cast, "thread", thread.id, query="?vis=hendelser"),
        address(cast, "patient", cast.ola.id),
    ):
        text = body(client.get(page))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.req("MSG-3", "NFR-1")
def test_a_thread_of_somebody_elses_looks_like_one_that_does_not_exist() -> None:
    cast, other = make_clinic(), make_clinic()
    thread = receive(cast, question(cast))
    own = logged_in(cast, cast.kari).get(address(cast, "thread", thread.id))
    assert own.status_code == 200
    mona, stranger = logged_in(cast, cast.mona), logged_in(other, other.kari)
    for client, at in ((mona, cast), (stranger, other)):
        for route in ("thread", "thread-news"):
            refused = client.get(address(at, route, thread.id))
            unknown = client.get(address(at, route, uuid4()))
            assert refused.status_code == unknown.status_code == 404
            assert same(refused) == same(unknown)
            assert MARKER not in body(refused)
    foreign = stranger.get(address(cast, "thread", thread.id))
    assert foreign.status_code == 404
    assert MARKER not in body(foreign)


def test_who_is_not_logged_in_is_sent_to_the_log_in() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    client.post("/logg-ut")
    answer = client.get(address(cast, "thread", thread.id))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/logg-inn?neste=")
    part = client.get(address(cast, "thread-news", thread.id), headers=HTMX)
    assert part["HX-Redirect"].startswith("/logg-inn?neste=")


def test_logging_in_and_out_is_in_the_audit_log() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.anne)
    client.post("/logg-ut")
    with acting(cast.system):
        rows = AuditEvent.objects.filter(actor_id=cast.anne.id).order_by("id")
        assert [row.action for row in rows] == [Action.SESSION_OPENED, Action.SESSION_CLOSED]


@pytest.mark.req("ORG-11")
def test_the_clinics_boxes_are_only_for_who_has_them() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    granted = logged_in(cast, cast.ali).get(address(cast, "post", query="?boks=klinikkens_aapne"))
    assert granted.status_code == 200
    assert str(thread.id) in body(granted)
    refused = logged_in(cast, cast.anne).get(address(cast, "post", query="?boks=klinikkens_aapne"))
    unknown = logged_in(cast, cast.anne).get(address(cast, "post", query="?boks=finnes_ikke"))
    assert refused.status_code == unknown.status_code == 404
    assert same(refused) == same(unknown)


def test_a_mailbox_can_be_searched_narrowed_and_read_on() -> None:
    cast = make_clinic()
    for number in range(53):
        kind = {"kind": E_CONTACT} if number == 52 else {}
        receive(
            cast, question(cast, subject=f"Sak {number}", generated_at=clock.now() - timedelta(hours=number), **kind)
        )
    client = logged_in(cast, cast.kari)
    first = client.get(address(cast, "post"))
    assert body(first).count('id="it-') == 50
    more = body(first).split('class="more" href="')[1].split('"')[0].replace("&amp;", "&")
    assert body(client.get(more)).count('id="it-') == 3
    assert body(client.get(address(cast, "post-rows", query="?antall=53"), headers=HTMX)).count('id="it-') == 53
    assert "Sak 7 – " in body(client.get(address(cast, "post", query="?q=Sak+7")))
    assert "Sak 8 – " not in body(client.get(address(cast, "post", query="?q=Sak+7")))
    narrow = body(client.get(address(cast, "post", query="?slag=e_contact")))
    assert narrow.count('id="it-') == 1
    assert "Ingen treff" in body(client.get(address(cast, "post", query="?q=finnesikke")))
    assert client.get(address(cast, "post", query="?cursor=tull")).status_code == 422


def test_a_search_shows_in_the_address() -> None:
    cast = make_clinic()
    receive(cast, question(cast))
    answer = logged_in(cast, cast.kari).get(
        address(cast, "post-rows", query="?q=utslett"), headers={**HTMX, "HX-Trigger-Name": "q"}
    )
    assert answer["HX-Replace-Url"] == address(cast, "post", query="?q=utslett")


def test_an_empty_mailbox_says_how_it_is_filled() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.per)
    assert "Nye meldinger kommer hit av seg selv." in body(client.get(address(cast, "post")))
    assert "Arkivet er tomt." in body(client.get(address(cast, "post", query="?boks=arkiv")))


def test_the_list_is_sent_again_only_when_it_has_changed() -> None:
    cast = make_clinic()
    receive(cast, question(cast))
    client = logged_in(cast, cast.kari)
    rows = address(cast, "post-rows")
    known = body(client.get(rows, headers=HTMX)).split('name="sum" value="')[1][:8]
    assert client.get(f"{rows}?sum={known}", headers=HTMX).status_code == 204
    receive(cast, question(cast, subject="Noe nytt"))
    fresh = client.get(f"{rows}?sum={known}", headers=HTMX)
    assert fresh.status_code == 200
    assert "Noe nytt – helsenorge.no" in body(fresh)
    assert "hx-swap-oob" in body(fresh)


def test_the_open_thread_is_sent_again_only_when_it_has_changed_and_then_read_once() -> None:
    cast = make_clinic()
    told = question(cast)
    thread = receive(cast, told)
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    seen, treated = field(page, "sett"), field(page, "behandlet")
    news = address(cast, "thread-news", thread.id)
    with acting(cast.system):
        read = AuditEvent.objects.filter(action=Action.THREAD_READ, subject_id=thread.id).count()
    assert client.get(news, {"sett": seen, "behandlet": treated}, headers=HTMX).status_code == 204
    with acting(cast.system):
        assert AuditEvent.objects.filter(action=Action.THREAD_READ, subject_id=thread.id).count() == read
    receive(cast, reply(cast, told))
    fresh = body(client.get(news, {"sett": seen, "behandlet": treated}, headers=HTMX))
    assert "Det klør fortsatt." in fresh
    assert 'id="answer-text"' not in fresh
    assert 'id="answer-version"' in fresh


@pytest.mark.req("MSG-18")
def test_a_colleagues_answer_is_told_and_leaves_the_begun_answer_to_be_refused() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    client = logged_in(cast, cast.kari)
    page = body(client.get(address(cast, "thread", thread.id)))
    with acting(cast.actor(cast.mona)):
        services.answer(thread, text="Svar fra Mona.")
    facts = {"sett": field(page, "sett"), "behandlet": field(page, "behandlet")}
    fresh = body(client.get(address(cast, "thread-news", thread.id), facts, headers=HTMX))
    assert "Svar fra Mona." in fresh
    assert "En kollega har gjort noe med samtalen" in fresh
    assert 'id="answer-version"' not in fresh


def test_a_thread_for_htmx_is_a_part_with_the_list_around_it() -> None:
    cast = make_clinic()
    thread = receive(cast, question(cast))
    part = body(logged_in(cast, cast.kari).get(address(cast, "thread", thread.id), headers=HTMX))
    assert "<html" not in part
    assert 'id="post-thread"' in part
    assert 'id="post-rows" hx-swap-oob="innerHTML"' in part
    assert 'aria-current="true"' in part
    assert "Ulest." not in part


def test_pages_ask_the_database_little_however_full_the_box_is() -> None:
    cast = make_clinic()
    told = question(cast, attachments=(file(), file(JPEG, "b.jpg")))
    thread = receive(cast, told)
    for number in range(20):
        receive(cast, question(cast, subject=f"Sak {number}"))
        receive(cast, reply(cast, told, text=f"Mer {number}", msg_id=str(uuid4())))
    client = logged_in(cast, cast.kari)
    client.get(address(cast, "thread", thread.id))
    with at_most(25):
        assert client.get(address(cast, "post")).status_code == 200
    with at_most(60):
        assert client.get(address(cast, "thread", thread.id)).status_code == 200
    with at_most(20):
        assert client.get(address(cast, "post-rows"), headers=HTMX).status_code == 200
