"""Operators show a passkey beside their log-in: the first log-in makes it, every later one needs it."""

import html
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from skranke.cli import operators
from skranke.identity.models import Account, Passkey, SessionKind
from skranke.identity.services import create_account
from skranke.kernel.ids import new_id
from skranke.web.links import link_for

from cast import fresh_national_id, make_clinic
from support.authenticator import Authenticator
from support.clinic_pages import address, body, logged_in

PAGE = "operator-passkey"


@pytest.fixture(autouse=True)
def _needed() -> Iterator[None]:
    with override_settings(OURS=replace(settings.OURS, operator_passkeys=True)):
        yield


@pytest.fixture
def operator() -> Account:
    return create_account(f"drift-{new_id().hex}", "Synne Drift", is_operator=True)


def _logged_in(operator: Account) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(link_for(SessionKind.OPERATOR, str(operator.id)))
    return client


def _asked(client: Client) -> dict[str, Any]:
    """What the page asks the browser."""
    page = body(client.get(reverse(PAGE)))
    found: dict[str, Any] = json.loads(html.unescape(re.search('data-asked="([^"]*)"', page)[1]))
    return found


def _send(client: Client, answer: str) -> Any:
    return client.post(reverse(PAGE), {"answer": answer})


def _with_a_passkey(operator: Account) -> Authenticator:
    made, client = Authenticator(), _logged_in(operator)
    assert _send(client, made.create(_asked(client))).status_code == 302
    return made


def test_the_first_log_in_makes_the_passkey_and_the_next_needs_it(operator: Account) -> None:
    client = _logged_in(operator)
    sent = client.get(reverse("operator-home"))
    assert sent.headers["Location"] == f"{reverse(PAGE)}?neste=%2Fdrift%2F"
    assert "Lag en passnøkkel" in body(client.get(sent.headers["Location"]))
    passkey = Authenticator()
    assert _send(client, passkey.create(_asked(client))).headers["Location"] == reverse("operator-home")
    assert client.get(reverse("operator-home")).status_code == 200
    again = _logged_in(operator)
    assert again.get(reverse("operator-home")).status_code == 302
    assert "Bekreft med passnøkkel" in body(again.get(reverse(PAGE)))
    assert _send(again, passkey.get(_asked(again))).status_code == 302
    assert again.get(reverse("operator-home")).status_code == 200
    assert again.get(reverse(PAGE)).headers["Location"] == reverse("operator-home")


def test_after_the_passkey_one_stands_where_one_wanted_to_and_nowhere_else(operator: Account) -> None:
    passkey, client = _with_a_passkey(operator), _logged_in(operator)
    answer = client.post(f"{reverse(PAGE)}?neste=/drift/okter", {"answer": passkey.get(_asked(client))})
    assert answer.headers["Location"] == "/drift/okter"
    client = _logged_in(operator)
    answer = client.post(f"{reverse(PAGE)}?neste=//evil.example", {"answer": passkey.get(_asked(client))})
    assert answer.headers["Location"] == reverse("operator-home")


def _on_another_site(passkey: Authenticator, client: Client) -> str:
    passkey.origin = "https://evil.example"
    return passkey.get(_asked(client))


def _of_another_host(passkey: Authenticator, client: Client) -> str:
    passkey.host = "evil.example"
    return passkey.get(_asked(client))


def _to_another_question(passkey: Authenticator, client: Client) -> str:
    _asked(client)
    return passkey.get({"challenge": "AAAAAAAAAAAAAAAAAAAAAA"})


def _without_the_person(passkey: Authenticator, client: Client) -> str:
    passkey.verified = False
    return passkey.get(_asked(client))


def _of_another_key(passkey: Authenticator, client: Client) -> str:
    return replace(Authenticator(), identity=passkey.identity, count=5).get(_asked(client))


def _unknown(passkey: Authenticator, client: Client) -> str:
    return Authenticator().get(_asked(client))


def _copied(passkey: Authenticator, client: Client) -> str:
    """A copy of the key was used meanwhile: the count has not grown."""
    Passkey.objects.filter(credential_id=passkey.identity).update(sign_count=7)
    return passkey.get(_asked(client))


def _made_anew(passkey: Authenticator, client: Client) -> str:
    return Authenticator().create(_asked(client))


def _asked_before(passkey: Authenticator, client: Client) -> str:
    asked = _asked(client)
    _asked(client)
    return passkey.get(asked)


def _of_somebody_else(passkey: Authenticator, client: Client) -> str:
    other = create_account(f"drift-{new_id().hex}", "Tor Drift", is_operator=True)
    return _with_a_passkey(other).get(_asked(client))


@pytest.mark.parametrize(
    "wrong",
    [
        _on_another_site,
        _of_another_host,
        _to_another_question,
        _without_the_person,
        _of_another_key,
        _unknown,
        _copied,
        _made_anew,
        _asked_before,
        _of_somebody_else,
        lambda passkey, client: str(_asked(client))[:0],
        lambda passkey, client: json.dumps({"id": 7, "asked": _asked(client)}),
        lambda passkey, client: json.dumps([_asked(client)]),
    ],
)
def test_what_is_wrong_opens_nothing_and_is_told(
    wrong: Callable[[Authenticator, Client], str], operator: Account, caplog: pytest.LogCaptureFixture
) -> None:
    passkey = _with_a_passkey(operator)
    client = _logged_in(operator)
    answer = _send(client, wrong(passkey, client))
    assert answer.status_code == 403
    assert "Passnøkkelen ble ikke godtatt." in body(answer)
    assert client.get(reverse("operator-home")).headers["Location"].startswith(reverse(PAGE))
    assert [line.msg["event"] for line in caplog.records if isinstance(line.msg, dict)].count("passkey_refused") == 1


def test_an_answer_is_good_once(operator: Account) -> None:
    passkey, client = _with_a_passkey(operator), _logged_in(operator)
    answer = passkey.get(_asked(client))
    assert _send(client, answer).status_code == 302
    thief = _logged_in(operator)
    _asked(thief)
    assert _send(thief, answer).status_code == 403
    assert _send(thief, answer).status_code == 403


def test_a_question_is_used_up_by_its_first_answer_whatever_came_of_it(operator: Account) -> None:
    """Nobody may try answer after answer to one question."""
    passkey, client = _with_a_passkey(operator), _logged_in(operator)
    asked = _asked(client)
    assert _send(client, Authenticator().get(asked)).status_code == 403
    assert _send(client, passkey.get(asked)).status_code == 403
    assert _send(client, passkey.get(_asked(client))).status_code == 302


def test_staff_and_patients_need_none(operator: Account) -> None:
    cast = make_clinic()
    assert logged_in(cast, cast.kari).get(address(cast, "post")).status_code == 200


def test_an_operator_is_made_and_helped_by_commands(monkeypatch, capsys) -> None:
    name, national_id = f"drift-{new_id().hex}", str(fresh_national_id(age=40))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{national_id}\n"))
    assert operators.add(name, "Synne Drift") == 0
    made = Account.objects.get(username=name)
    assert (made.is_operator, made.national_id) == (True, national_id)
    for wrong in ("12345678901", national_id):
        monkeypatch.setattr("sys.stdin", io.StringIO(wrong))
        assert operators.add(f"{name}-2", "Synne Drift") == 1
    _with_a_passkey(made)
    assert operators.forget_passkeys(name) == 0
    assert "Lag en passnøkkel" in body(_logged_in(made).get(reverse(PAGE)))
    assert operators.forget_passkeys("nobody") == 1
    assert national_id not in capsys.readouterr().out
