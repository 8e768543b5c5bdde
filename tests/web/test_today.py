"""I dag: widgets of what is unread, of what is due and of one's own tasks (MSG-4, MSG-15)."""

from datetime import timedelta

import pytest
from django.test import Client
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.dialog.models import Thread
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.clinic_pages import address, body, logged_in
from support.dialog import E_CONTACT, question, receive


def _widgets(client: Client, cast: Cast) -> dict[str, list[str]]:
    """The lines of each widget, by its heading."""
    page = html.fromstring(body(client.get(address(cast, "today"))))
    return {
        section.xpath("string(.//h2)"): [" ".join(" ".join(one.itertext()).split()) for one in section.xpath(".//li")]
        for section in page.xpath("//*[@id='today']//section")
    }


def _task(thread: Thread, **facts: object) -> None:
    Thread.objects.filter(id=thread.id).update(is_task=True, **facts)


@pytest.mark.req("MSG-4")
def test_what_is_unread_stands_by_mailbox_and_kind_and_leads_there() -> None:
    cast = make_clinic()
    first, _second = (receive(cast, question(cast)) for _ in range(2))
    receive(cast, question(cast, kind=E_CONTACT))
    kari = logged_in(cast, cast.kari)
    assert address(cast, "today") in body(kari.get(address(cast, "post")))
    told = _widgets(kari, cast)["Post"]
    assert told[:4] == ["Innboks 3", "eKonsultasjon 2", "e-Kontakt 1", "Viktige varsler 2"]
    kari.get(address(cast, "thread", first.id))
    assert _widgets(kari, cast)["Post"][:2] == ["Innboks 2", "eKonsultasjon 1"]
    assert _widgets(logged_in(cast, cast.mona), cast)["Post"][:2] == ["Innboks 1", "e-Kontakt 1"]


@pytest.mark.req("MSG-15")
def test_own_tasks_stand_with_their_deadline_the_first_on_top_until_they_are_done() -> None:
    cast = make_clinic()
    late, soon, someday, others, done = (receive(cast, question(cast, kind=E_CONTACT)) for _ in range(5))
    today = clock.today()
    with acting(cast.system):
        _task(soon, task_employee=cast.kari, task_text="Skriv attest", task_due=today + timedelta(days=3))
        _task(late, task_employee=cast.kari, task_text="Ring pasienten", task_due=today - timedelta(days=1))
        _task(someday, task_employee=None, task_text="Mål blodtrykket")
        _task(others, task_employee=cast.mona, task_text="En annens oppgave")
        _task(done, task_employee=cast.kari, task_text="Ferdig", task_done_at=clock.now())
    kari = logged_in(cast, cast.kari)
    tasks = _widgets(kari, cast)["Oppgaver"]
    assert [one.split(" Ola")[0] for one in tasks[:2]] == ["Ring pasienten", "Skriv attest"]
    assert all("Frist" in one for one in tasks[:2])
    assert tasks[2:] == ["Mål blodtrykket Pasienten skal gjøre det: Ola Nordmann"]
    assert address(cast, "thread", late.id) in body(kari.get(address(cast, "today")))
    assert "En annens oppgave" not in body(kari.get(address(cast, "today")))


@pytest.mark.req("MSG-4")
def test_what_must_be_answered_today_or_is_late_is_counted_and_the_first_are_named() -> None:
    cast = make_clinic()
    threads = [receive(cast, question(cast)) for _ in range(8)]
    with acting(cast.system):
        Thread.objects.filter(id__in=[one.id for one in threads[:6]]).update(answer_due=clock.today())
        Thread.objects.filter(id=threads[6].id).update(answer_due=clock.today() - timedelta(days=2))
    shown = _widgets(logged_in(cast, cast.kari), cast)["Må besvares i dag"]
    assert len(shown) == 6
    assert shown[-1] == "Vis alle"
    page = html.fromstring(body(logged_in(cast, cast.kari).get(address(cast, "today"))))
    assert page.xpath("string(//section[@aria-labelledby='today-due']/header/b)") == "7"
    assert page.xpath("//section[@aria-labelledby='today-due']//a/@href")[0] == address(cast, "thread", threads[6].id)


@pytest.mark.req("NFR-1", "MSG-4")
def test_a_page_that_asks_anew_gets_news_alone_and_only_what_is_shown_is_logged() -> None:
    cast = make_clinic()
    receive(cast, question(cast))
    kari = logged_in(cast, cast.kari)
    page = html.fromstring(body(kari.get(address(cast, "today"))))
    (again,) = page.xpath("//*[@id='today']/@hx-get")
    assert kari.get(again).status_code == 204
    with acting(cast.system):
        shown = AuditEvent.objects.filter(action="thread.listed", actor_id=cast.kari.id)
        assert [one.detail["mailbox"] for one in shown.order_by("at", "id")] == ["innboks", "oppgaver"]
    receive(cast, question(cast))
    answer = kari.get(again)
    assert answer.status_code == 200
    assert 'Innboks</span><b class="push">2' in body(answer)
