"""What the lists hold, in which order, page by page, and at what price (MSG-1, MSG-2, MSG-4)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from skranke.audit.models import AuditEvent
from skranke.dialog import mailboxes, queries, services
from skranke.dialog.models import Thread
from skranke.dialog.values import Handling
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.tenancy.work import acting

from cast import make_clinic
from support.dialog import E_CONSULTATION, E_CONTACT, MONDAY, PDF, file, inbox, question, receive, reply, row, upload

MAILBOX_CEILING = 7
COUNTS_CEILING = 4
THREAD_CEILING = 12


def _titles(page) -> list[str]:
    return [row.title.removesuffix(" – helsenorge.no") for row in page.rows]


def _some_threads(cast) -> None:
    """Two with deadlines, two without, and the day is the last of the older deadline."""
    clock.move_to(MONDAY)
    asked = (("sen", E_CONSULTATION, 3), ("tidlig", E_CONSULTATION, 0), ("gammel", E_CONTACT, 1), ("ny", E_CONTACT, 4))
    for subject, kind, days in asked:
        receive(cast, question(cast, subject=subject, kind=kind, generated_at=MONDAY + timedelta(days=days)))
    clock.move_to(MONDAY + timedelta(days=7))


@pytest.mark.req("MSG-1", "MSG-2")
def test_the_inbox_shows_what_is_due_first_and_can_show_the_newest_first() -> None:
    cast = make_clinic()
    _some_threads(cast)
    with acting(cast.actor(cast.kari)):
        assert _titles(queries.mailbox("innboks")) == ["tidlig", "sen", "ny", "gammel"]
        assert _titles(queries.mailbox("innboks", order="newest")) == ["ny", "sen", "gammel", "tidlig"]
        assert _titles(queries.mailbox("innboks", kind=E_CONTACT)) == ["ny", "gammel"]


@pytest.mark.parametrize("order", ["due", "newest"])
def test_every_thread_is_on_exactly_one_page(order) -> None:
    cast = make_clinic()
    _some_threads(cast)
    # Equal times and equal deadlines: the id decides.
    for _ in range(6):
        receive(cast, question(cast, generated_at=MONDAY))
    with acting(cast.actor(cast.kari)):
        whole = [row.id for row in queries.mailbox("innboks", order=order).rows]
        pages, cursor = [], ""
        while True:
            page = queries.mailbox("innboks", order=order, limit=3, cursor=cursor)
            pages.append([row.id for row in page.rows])
            cursor = page.next_cursor
            if not cursor:
                break
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert [one for page in pages for one in page] == whole


@pytest.mark.parametrize("cursor", ["x", "WzFd", "e30", "å", "WyJhIiwiYiIsImMiXQ", "MQ"])
def test_a_wrong_cursor_is_refused_in_words(cursor) -> None:
    cast = make_clinic()
    with pytest.raises(InvalidError), acting(cast.actor(cast.kari)):
        queries.mailbox("innboks", cursor=cursor)


@pytest.mark.req("MSG-4")
def test_the_counts_tell_what_waits_by_kind() -> None:
    cast = make_clinic()
    _some_threads(cast)
    with acting(cast.actor(cast.kari)):
        first = queries.mailbox("innboks").rows[0]
        services.mark_read(Thread(id=first.id))
        counts = queries.counts()
        assert queries.unread() == counts.unread
    assert (counts.inbox, counts.unread, counts.due_today, counts.open) == (4, 3, 1, 0)
    assert [(one.kind, one.inbox, one.unread) for one in counts.kinds] == [
        ("e_consultation", 2, 1),
        ("e_contact", 2, 2),
    ]
    with acting(cast.actor(cast.ali)):
        assert (queries.counts().inbox, queries.counts().due_today) == (2, 0)


@pytest.mark.req("MSG-14")
def test_the_top_of_a_crowded_inbox_is_what_sorting_all_of_it_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what the clinic has waits for another; what is looked through may hold enough of the own, or too few."""
    cast = make_clinic()
    for number in range(12):
        own = number % 2 == 0
        party = cast.kari_party if own else cast.mona_party
        kind = E_CONTACT if number % 3 == 0 else E_CONSULTATION
        told = question(
            cast, kind=kind, party_her_id=party.her_id, generated_at=MONDAY + timedelta(days=number % 5, hours=number)
        )
        thread = receive(cast, told)
        if number in {3, 8}:
            with acting(cast.actor(cast.kari if own else cast.mona)):
                services.set_handling(thread, Handling(important=True))
    sorted_whole = inbox(cast, cast.kari)
    whole = len(sorted_whole)
    assert 5 < whole < 12
    for looked_through in (2, 4, 8):
        monkeypatch.setattr(mailboxes, "CROWD", looked_through)
        for limit in (1, 2, 3, 5, whole, 50):
            with acting(cast.actor(cast.kari)):
                page = queries.mailbox("innboks", limit=limit)
            assert [str(row.id) for row in page.rows] == sorted_whole[:limit]
            assert bool(page.next_cursor) == (limit < whole)


@pytest.mark.req("RCV-17", "MSG-19")
def test_a_line_shows_all_that_the_list_needs() -> None:
    cast = make_clinic()
    sent = question(
        cast,
        patient=cast.nora,
        author_name="Ola Nordmann",
        on_behalf_of="Nora Nordmann",
        relation="forelder",
        text="Hoste\n  på natten.",
        attachments=(file(),),
    )
    line = row(cast, cast.kari, receive(cast, sent))
    assert (line.patient_name, line.patient_birth_date, line.patient_id) == (
        "Nora Nordmann",
        cast.nora.birth_date,
        cast.nora.id,
    )
    assert (line.author_name, line.on_behalf_of, line.relation) == ("Ola Nordmann", "Nora Nordmann", "forelder")
    assert (line.title, line.preview) == ("Utslett på armen – helsenorge.no", "Hoste på natten.")
    assert (line.has_attachments, line.unread, line.delivery_problem, line.last_is_outgoing) == (
        True,
        True,
        False,
        False,
    )
    assert (line.days_left, line.last_message_at) == (5, sent.generated_at)


@pytest.mark.req("MSG-7")
def test_the_search_reads_titles_and_names_and_is_audited() -> None:
    cast = make_clinic()
    receive(cast, question(cast, subject="Blodprøve", patient=cast.ola))
    receive(cast, question(cast, subject="Hoste", patient=cast.nora))
    with acting(cast.actor(cast.kari)):
        for q, found in (
            ("blodprøve", ["Blodprøve"]),
            ("nora nord", ["Hoste"]),
            ("HOSTE nora", ["Hoste"]),
            ("ola hoste", []),
            (cast.ola.national_id, ["Blodprøve"]),
            ("100%", []),
        ):
            assert _titles(queries.mailbox("innboks", q=q)) == found, q
        event = AuditEvent.objects.filter(action="thread.searched").first()
    assert event.detail == {"mailbox": "innboks"}


def test_one_patients_threads_can_be_asked_for() -> None:
    cast = make_clinic()
    receive(cast, question(cast, patient=cast.ola))
    thread = receive(cast, question(cast, patient=cast.nora))
    assert inbox(cast, cast.kari, patient_id=cast.nora.id) == [str(thread.id)]


@pytest.mark.parametrize("name", ["innboks", "aapne", "sendte", "arkiv", "klinikkens_aapne"])
def test_a_mailbox_costs_the_same_however_many_threads_it_holds(name) -> None:
    cast = make_clinic()
    for number in range(8):
        thread = receive(cast, question(cast, kind=E_CONTACT, attachments=(file(),)))
        with acting(cast.actor(cast.ali)):
            if number % 2:
                services.answer(thread, text="Ja.", close=number % 4 == 1)
    with acting(cast.actor(cast.ali)), CaptureQueriesContext(connection) as captured:
        assert queries.mailbox(name, q="utslett").rows
    # Each word that is searched for is one question more: how many have it.
    assert len(captured) <= MAILBOX_CEILING + 1
    with acting(cast.actor(cast.ali)), CaptureQueriesContext(connection) as captured:
        queries.counts()
    assert len(captured) <= COUNTS_CEILING


def test_a_thread_costs_the_same_however_many_messages_it_holds() -> None:
    cast = make_clinic()
    start = question(cast, attachments=(file(),))
    thread = receive(cast, start)
    for _ in range(4):
        receive(cast, reply(cast, start, attachments=(file(),)))
        with acting(cast.actor(cast.kari)):
            services.answer(thread, text="Ja.", attachment_ids=[upload(PDF).id])
    with acting(cast.actor(cast.kari)), CaptureQueriesContext(connection) as captured:
        assert len(queries.thread_view(thread).messages) == 9
    assert len(captured) <= THREAD_CEILING
