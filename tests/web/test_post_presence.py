"""Who has a conversation open just now, in the list and in the conversation (MSG-5)."""

from datetime import timedelta

import pytest
from lxml import html

from skranke.audit.models import AuditEvent
from skranke.clinics.models import Employee
from skranke.kernel import clock
from skranke.tenancy.work import acting

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, at_most, body, logged_in
from support.dialog import question, receive


def _shared(cast: Cast):
    """A thread that Kari and Mona take part in."""
    thread = receive(cast, question(cast))
    Api(cast, cast.kari).post(f"threads/{thread.id}/participants", {"employee_id": str(cast.mona.id)})
    return thread


def _names(page: str, thread, part: str) -> str | None:
    """The names beside the blue dot of a thread, or None when it is not shown."""
    mark = html.fromstring(page).xpath(f'//*[@id="{part}"]//*[@data-open-by="{thread.id}"]')[0]
    return None if "hidden" in mark.attrib else mark.xpath("./span[last()]")[0].text_content()


def _told(client, cast: Cast, **facts: object) -> dict[str, str]:
    answer = client.post(address(cast, "post-presence"), facts)
    assert answer.status_code == 200
    return answer.json()["open"]


@pytest.mark.req("MSG-5")
def test_a_dot_in_the_list_and_in_the_conversation_tells_who_else_has_it_open() -> None:
    cast = make_clinic()
    thread = _shared(cast)
    kari, mona = logged_in(cast, cast.kari), logged_in(cast, cast.mona)
    inbox, page = address(cast, "post"), address(cast, "thread", thread.id)
    assert _names(body(mona.get(inbox)), thread, "post-rows") is None
    own = body(kari.get(page))
    # One's own is no news.
    assert _names(own, thread, "post-rows") is _names(own, thread, "thread-head") is None
    assert _names(body(mona.get(inbox)), thread, "post-rows") == "Kari Lunde"
    assert _names(body(mona.get(page)), thread, "thread-head") == "Kari Lunde"
    assert _names(body(kari.get(page, headers=HTMX)), thread, "thread-head") == "Mona Dahl"


@pytest.mark.req("MSG-5")
def test_the_dot_goes_when_the_page_leaves_and_when_it_falls_silent() -> None:
    cast = make_clinic()
    thread = _shared(cast)
    kari, mona = logged_in(cast, cast.kari), logged_in(cast, cast.mona)
    kari.get(address(cast, "thread", thread.id))
    there = {str(thread.id): "Kari Lunde"}
    assert _told(mona, cast) == there
    clock.move(timedelta(seconds=50))
    assert _told(kari, cast, samtale=thread.id) == {}
    clock.move(timedelta(seconds=50))
    assert _told(mona, cast) == there
    assert _told(kari, cast, forlatt=thread.id) == {}
    assert _told(mona, cast) == {}
    assert _told(kari, cast, samtale=thread.id) == {}
    assert _told(mona, cast) == there
    clock.move(timedelta(seconds=61))
    assert _told(mona, cast) == {}
    assert _names(body(mona.get(address(cast, "post"))), thread, "post-rows") is None
    _told(kari, cast, samtale=thread.id)
    assert _told(mona, cast) == there


@pytest.mark.req("MSG-5", "MSG-13")
def test_only_those_who_may_read_a_conversation_learn_who_has_it_open() -> None:
    cast = make_clinic()
    thread = _shared(cast)
    with acting(cast.system):
        Employee.objects.filter(id=cast.ali.id).update(sees_clinic_open=True)
    kari, ali, anne = (logged_in(cast, one) for one in (cast.kari, cast.ali, cast.anne))
    kari.get(address(cast, "thread", thread.id))
    assert _told(ali, cast) == {str(thread.id): "Kari Lunde"}
    assert _told(anne, cast) == {}
    assert anne.post(address(cast, "post-presence"), {"samtale": thread.id}).status_code == 404
    Api(cast, cast.kari).put(f"threads/{thread.id}/handling", {"private": True})
    assert _told(ali, cast) == {}
    assert ali.post(address(cast, "post-presence"), {"samtale": thread.id}).status_code == 404


def test_the_page_that_tells_of_itself_asks_little_and_leaves_nothing_in_the_log() -> None:
    cast = make_clinic()
    thread = _shared(cast)
    kari = logged_in(cast, cast.kari)
    kari.get(address(cast, "thread", thread.id))
    with acting(cast.system):
        before = AuditEvent.objects.count()
    with at_most(15):
        _told(kari, cast, samtale=thread.id)
    with acting(cast.system):
        assert AuditEvent.objects.count() == before
