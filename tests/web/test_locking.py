"""A screen that nobody uses is locked and opens where it was; a person sees the own log-ins and ends all at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from skranke.clinics.models import Employee, Group
from skranke.dialog.models import Participant
from skranke.identity.models import Account, Session, SessionKind
from skranke.identity.services import create_account
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting
from skranke.web.links import link_for

from cast import Cast, make_clinic
from support.api import Api
from support.clinic_pages import HTMX, address, body, logged_in, same
from support.dialog import E_CONTACT, question, receive

UNASKED = {"Skranke-Unasked": "1"}


@pytest.fixture(autouse=True)
def _fifteen_minutes() -> Iterator[None]:
    with override_settings(OURS=replace(settings.OURS, idle_minutes=15)):
        yield


def _link(cast: Cast) -> str:
    return link_for(SessionKind.STAFF, str(cast.kari.account_id))


@pytest.mark.req("ORG-14")
def test_a_screen_that_nobody_uses_is_locked_and_opens_where_it_was() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    client.post(address(cast, "patient-choose", cast.ola.id))
    clock.move(timedelta(minutes=14))
    assert client.get(address(cast, "schedule")).status_code == 200
    clock.move(timedelta(minutes=14))
    assert client.get(address(cast, "schedule")).status_code == 200
    clock.move(timedelta(minutes=15))
    sent = client.get(address(cast, "schedule", query="?vis=dag"))
    assert sent.headers["Location"].startswith(reverse("login"))
    assert "Skjermen ble låst" in body(client.get(sent.headers["Location"]))
    # Still locked, however often one asks.
    assert client.get(address(cast, "post")).status_code == 302
    client.get(_link(cast))
    page = body(client.get(address(cast, "post")))
    assert cast.ola.name in page, "the active patient is the same as before"


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    for _ in range(3):
        clock.move(timedelta(minutes=5))
        last = client.get(address(cast, "post-rows"), headers={**HTMX, **UNASKED})
    assert last.status_code == 423
    assert body(last) == ""


def test_a_locked_page_is_not_led_away_from_what_is_written_there() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    clock.move(timedelta(minutes=15))
    answer = client.post(address(cast, "compose"), {"text": "Hei"}, headers=HTMX)
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (423, False)
    Account.objects.filter(id=cast.kari.account_id).update(active=False)
    assert "HX-Redirect" in client.post(address(cast, "compose"), {"text": "Hei"}, headers=HTMX).headers


def test_the_form_that_stood_open_can_be_sent_after_the_same_person_has_unlocked() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari, enforce_csrf_checks=True)
    client.get(address(cast, "post"))
    token = client.cookies["skranke_csrf"].value
    clock.move(timedelta(minutes=15))
    client.get(_link(cast))
    chosen = address(cast, "patient-choose", cast.ola.id)
    assert client.post(chosen, {"csrfmiddlewaretoken": token}).status_code == 302
    # Another person's log-in makes it worthless.
    client.get(link_for(SessionKind.STAFF, str(cast.mona.account_id)))
    assert client.post(chosen, {"csrfmiddlewaretoken": token}).status_code == 403
    assert cast.ola.name not in body(client.get(address(cast, "post")))


def test_the_script_is_told_whether_the_page_is_open_and_whose() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    state = reverse("session-state")
    first = client.get(state, headers=UNASKED)
    clock.move(timedelta(minutes=10))
    assert client.post(state).json()["state"] == "open"
    clock.move(timedelta(minutes=10))
    assert client.get(state, headers=UNASKED).json() == first.json()
    clock.move(timedelta(minutes=5))
    assert client.get(state, headers=UNASKED).json() == {"state": "locked", "who": first.json()["who"]}
    assert client.post(state).json()["state"] == "locked"
    client.get(link_for(SessionKind.STAFF, str(cast.mona.account_id)))
    assert client.get(state, headers=UNASKED).json()["who"] != first.json()["who"]
    client.post(reverse("logout"))
    assert client.get(state).json() == {"state": "closed", "who": ""}


@pytest.mark.parametrize("kind", list(SessionKind))
def test_log_out_everywhere_ends_every_log_in_of_the_person_and_nobody_elses(kind: SessionKind) -> None:
    cast = make_clinic()
    operator = create_account(f"drift-{new_id().hex}", "Synne Drift", is_operator=True)
    who, prefix, page = {
        SessionKind.STAFF: (str(cast.kari.account_id), "", address(cast, "post")),
        SessionKind.PATIENT: (cast.ola.national_id, "patient-", reverse("patient-home")),
        SessionKind.OPERATOR: (str(operator.id), "operator-", reverse("operator-home")),
    }[kind]
    other = logged_in(cast, cast.mona)
    first, second = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    for client in (first, second):
        client.get(link_for(kind, who))
    listed = body(first.get(reverse(f"{prefix}sessions")))
    assert listed.count("Lenke til demoen") == 2
    assert listed.count("Denne nettleseren") == 1
    sent = first.post(reverse(f"{prefix}sessions-end"))
    assert sent.headers["Location"] == reverse(f"{prefix}login")
    for client in (first, second):
        assert "/logg-inn" in client.get(page).headers["Location"]
        assert "/logg-inn" in client.get(reverse(f"{prefix}sessions")).headers["Location"]
    assert other.get(address(cast, "post")).status_code == 200
    mine = Session.objects.filter(kind=kind).filter(
        **{"national_id": who} if kind == SessionKind.PATIENT else {"account_id": who}
    )
    assert [one.end_reason for one in mine] == ["logged_out_everywhere"] * 2


@pytest.mark.req("ORG-14")
def test_a_position_that_is_taken_away_closes_the_page_at_once() -> None:
    cast = make_clinic()
    client = logged_in(cast, cast.kari)
    assert client.get(address(cast, "post")).status_code == 200
    with acting(cast.system):
        cast.kari.active = False
        cast.kari.save()
    assert client.get(address(cast, "post")).status_code == 404
    assert client.get(address(cast, "live-ticket")).status_code == 404


@pytest.mark.req("ORG-5", "ORG-11", "ORG-14")
def test_what_is_taken_from_somebody_who_is_logged_in_is_gone_at_the_next_request_and_over_rest_too() -> None:
    """The page stays open in the browser, and the key stays with the program: neither remembers what it once might."""
    cast = make_clinic()
    thread = receive(cast, question(cast, kind=E_CONTACT))
    with acting(cast.system):
        Employee.objects.filter(id=cast.ali.id).update(is_admin=True, sees_clinic_open=True)
        Participant.objects.filter(thread=thread).update(employee=cast.kari, group=None, role=None)
    client, api = logged_in(cast, cast.ali), Api(cast, cast.ali)
    for_administrators = ("settings-staff", "settings-access-log", "settings-message-log", "settings-groups")
    assert {client.get(address(cast, one)).status_code for one in for_administrators} == {200}
    assert (client.get(address(cast, "thread", thread.id)).status_code, api.get("receivers").status) == (200, 200)
    assert api.get(f"threads/{thread.id}").status == 200
    with acting(cast.system):
        Employee.objects.filter(id=cast.kari.id).update(is_admin=True)
        Employee.objects.filter(id=cast.ali.id).update(is_admin=False, sees_clinic_open=False)
    assert {client.get(address(cast, one)).status_code for one in for_administrators} == {403}
    group = {"name": "Min gruppe", "owner": "", "kind": "static"}
    assert client.post(address(cast, "settings-new-group"), group).status_code == 403
    gone = client.get(address(cast, "thread", thread.id))
    assert (gone.status_code, same(gone)) == (404, same(client.get(address(cast, "thread", new_id()))))
    assert client.get(address(cast, "post"), {"boks": "klinikkens_aapne"}).status_code == 404
    assert (api.get("receivers").status, api.get(f"threads/{thread.id}").status) == (403, 404)
    with acting(cast.system):
        assert not Group.objects.filter(name="Min gruppe").exists()
