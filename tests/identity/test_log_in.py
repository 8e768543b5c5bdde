"""Log-in with HelseID and ID-porten, as far as it goes well: what is proven to the provider, and who comes in."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db.utils import ProgrammingError
from django.urls import reverse
from lxml import html

from skranke.audit.queries import events_about
from skranke.identity.models import Account, LogInAttempt, Session
from skranke.identity.services import create_account
from skranke.identity.sessions import forget_old
from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.tenancy.work import acting

from cast import fresh_national_id, make_clinic
from support.clinic_pages import address, body
from support.database import as_role
from support.provider import CLIENT_ID, Person, Provider, Visitor, provider


@pytest.fixture
def helseid() -> Iterator[Provider]:
    with provider("helseid") as running:
        yield running


@pytest.fixture
def id_porten() -> Iterator[Provider]:
    with provider("id_porten") as running:
        yield running


@pytest.mark.req("ORG-14")
def test_an_employee_logs_in_with_helseid(helseid: Provider) -> None:
    cast = make_clinic()
    account = cast.account(cast.kari)
    helseid.person = Person.staff(account.national_id, hpr_number=cast.kari.hpr_number)
    visitor = Visitor(helseid, "login-helseid")
    assert reverse("login-helseid") in body(visitor.client.get(reverse("login")))
    came = visitor.log_in()
    assert (came.status_code, came.headers["Location"]) == (302, address(cast, "post"))
    assert visitor.client.get(address(cast, "post")).status_code == 200
    session = Session.objects.get(account=account)
    assert (session.kind, session.method, session.level) == ("staff", "helseid", 4)
    with acting(cast.system):
        assert [one.action for one in events_about("account", account.id)] == ["session.opened"]


@pytest.mark.req("ORG-14", "ORG-15")
def test_who_logs_out_is_logged_out_with_the_provider_too(helseid: Provider) -> None:
    cast = make_clinic()
    account = cast.account(cast.kari)
    helseid.person = Person.staff(account.national_id)
    visitor = Visitor(helseid, "login-helseid")
    visitor.log_in()
    token = Session.objects.get(account=account).id_token
    left = visitor.client.post(reverse("logout"))
    assert left.status_code == 200
    assert left.cookies["skranke_staff"].value == ""
    way = urlsplit(html.fromstring(body(left)).xpath("//meta[@http-equiv='refresh']/@content")[0].partition("url=")[2])
    assert f"{way.scheme}://{way.netloc}{way.path}" == f"{helseid.issuer}/end"
    assert dict(parse_qsl(way.query)) == {
        "id_token_hint": token,
        "client_id": CLIENT_ID,
        "post_logout_redirect_uri": "http://127.0.0.1:8000/logg-inn",
    }
    assert Session.objects.get(account=account).id_token == ""
    assert visitor.client.get(address(cast, "post")).status_code == 302
    # A provider that tells of no such way, or of an unsafe one, keeps nobody logged in here.
    for end in (None, "http://example.org/end"):
        helseid.faults["metadata"] = lambda told, end=end: told | {"end_session_endpoint": end}
        clock.move(timedelta(minutes=11))  # what a provider tells is kept for ten
        visitor.log_in()
        assert visitor.client.post(reverse("logout")).headers["Location"] == reverse("login")


def test_what_helseid_is_told_is_what_it_asks_for(helseid: Provider) -> None:
    """The provider of the tests checks assertion, proof, nonce and PKCE itself, and answers 401 where one is wrong."""
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    assert Visitor(helseid, "login-helseid").log_in().status_code == 302
    (par, pushed, first), (token, redeemed, second) = helseid.seen
    assert (par, token) == ("par", "token")
    assert pushed["redirect_uri"] == redeemed["redirect_uri"] == "http://127.0.0.1:8000/logg-inn/helseid/svar"
    assert set(pushed["scope"].split()) == {
        "openid",
        "profile",
        "helseid://scopes/identity/pid",
        "helseid://scopes/identity/security_level",
        "helseid://scopes/hpr/hpr_number",
    }
    assert first["jti"] != second["jti"]
    assert len(pushed["state"]) >= 43
    assert len(pushed["nonce"]) >= 43


@pytest.mark.req("POR-1")
def test_a_patient_logs_in_with_id_porten(id_porten: Provider) -> None:
    cast = make_clinic()
    id_porten.person = Person.patient(cast.ola.national_id)
    visitor = Visitor(id_porten, "patient-login-id-porten")
    assert visitor.log_in().headers["Location"] == reverse("patient-home")
    page = visitor.client.get(reverse("patient-clinic", args=[cast.clinic.slug]))
    assert cast.ola.name in body(page)
    (_, pushed, _), _ = id_porten.seen
    assert pushed["acr_values"] == "idporten-loa-high"
    session = Session.objects.get(national_id=cast.ola.national_id)
    assert (session.kind, session.method, session.level, session.account) == ("patient", "id_porten", 4, None)


def test_an_operator_logs_in_with_helseid(helseid: Provider) -> None:
    national_id = str(fresh_national_id(age=48))
    create_account(f"drift-{new_id().hex}", "Synne Drift", national_id=national_id, is_operator=True)
    helseid.person = Person.staff(national_id)
    visitor = Visitor(helseid, "operator-login-helseid")
    assert visitor.log_in().headers["Location"] == reverse("operator-home")


def test_after_the_log_in_one_stands_where_one_wanted_to(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    visitor = Visitor(helseid, "login-helseid")
    wanted = address(cast, "schedule")
    sent = visitor.client.get(wanted)
    page = body(visitor.client.get(sent.headers["Location"]))
    assert f"{reverse('login-helseid')}?neste=%2Fk%2F" in page
    assert visitor.log_in(to=wanted).headers["Location"] == wanted


def test_an_address_too_long_to_keep_is_not_kept(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    came = Visitor(helseid, "login-helseid").log_in(to="/k/" + "x" * 2100)
    assert came.headers["Location"] == address(cast, "post")


def test_the_worker_forgets_what_is_old_and_reads_nothing_else(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    visitor = Visitor(helseid, "login-helseid")
    visitor.log_in()
    clock.move(timedelta(days=89))
    with as_role("skranke_worker"):
        forget_old()
    mine = Session.objects.filter(account_id=cast.kari.account_id)
    assert mine.count() == 1
    assert not LogInAttempt.objects.filter(opened_at__lt=clock.now() - timedelta(hours=9)).exists()
    clock.move(timedelta(days=2))
    with as_role("skranke_worker"):
        forget_old()
        with pytest.raises(ProgrammingError, match="permission denied"):
            Session.objects.first()
    assert not mine.exists()


def test_two_log_ins_in_one_browser_may_both_be_finished(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    visitor = Visitor(helseid, "login-helseid")
    first, second = visitor.back(), visitor.back()
    assert visitor.arrive(second).status_code == 302
    assert visitor.arrive(first).status_code == 302
    assert Session.objects.filter(account_id=cast.kari.account_id, ended_at=None).count() == 1


def test_a_key_that_the_provider_has_changed_to_is_fetched(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    assert Visitor(helseid, "login-helseid").log_in().status_code == 302
    helseid.key = type(helseid.key).generate_key(2048, {"use": "sig"}, auto_kid=True)
    assert Visitor(helseid, "login-helseid").log_in().status_code == 302


def test_nothing_that_finishes_a_log_in_is_stored(helseid: Provider) -> None:
    cast = make_clinic()
    helseid.person = Person.staff(cast.account(cast.kari).national_id)
    visitor = Visitor(helseid, "login-helseid")
    visitor.back()
    (_, pushed, _) = helseid.seen[0]
    kept = " ".join(str(value) for row in LogInAttempt.objects.values_list() for value in row)
    for secret in (pushed["state"], pushed["nonce"], visitor.client.cookies["skranke_login"].value):
        assert secret not in kept
    cookie = visitor.client.cookies["skranke_login"]
    assert (cookie["path"], bool(cookie["httponly"]), cookie["samesite"]) == ("/logg-inn", True, "Lax")


def test_one_person_has_one_account() -> None:
    cast = make_clinic()
    national_id = cast.account(cast.kari).national_id
    with pytest.raises(Exception, match="has an account already"):
        create_account(f"kari-{new_id().hex}", "Kari Lunde", national_id=national_id)
    assert Account.objects.filter(national_id=national_id).count() == 1
