"""Everything that may be wrong at log-in: nobody comes in, the page says why, the log has the reason and no person."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from skranke.audit.queries import events_about
from skranke.identity.models import Account, Session
from skranke.identity.oidc import values
from skranke.identity.oidc.values import Refusal
from skranke.kernel import clock
from skranke.tenancy.work import acting
from skranke.web.refusals import sentence

from cast import Cast, fresh_national_id, make_clinic
from support.clinic_pages import body
from support.provider import CLIENT_ID, Person, Provider, Visitor, provider, signed_by, unsigned

_OTHER = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
_CURVE = ECKey.generate_key("P-256", auto_kid=True)
_NOW = lambda: int(clock.now().timestamp())  # noqa: E731 - read where it is used, as a fact of a claim


@dataclass(frozen=True)
class Case:
    """One thing that is wrong. faults: what the provider does wrong; drive: how the browser goes about it."""

    what: str
    refusal: Refusal
    faults: Callable[[Provider], dict[str, Any]] = field(default=lambda made: {})
    drive: Callable[[Visitor, Cast], Any] = field(default=lambda visitor, cast: visitor.log_in())
    name: str = "helseid"
    person: Callable[[Cast], Person] | None = None


def _claim(**changed: Any) -> Callable[[Provider], dict[str, Any]]:
    """ID tokens with other claims; None takes one away; a function is asked when the token is made."""

    def change(claims: dict[str, Any]) -> dict[str, Any]:
        told = {**claims, **{name: one() if callable(one) else one for name, one in changed.items()}}
        return {name: value for name, value in told.items() if value is not None}

    return lambda made: {"claims": change}


def _signed(key: Any, **header: Any) -> Callable[[Provider], dict[str, Any]]:
    """ID tokens of another signer; `kid` of the provider's own key unless told otherwise."""
    return lambda made: {"signed": signed_by(key, {"kid": made.key.kid, **header})}


def _token(change: Callable[[str], str]) -> Callable[[Provider], dict[str, Any]]:
    """ID tokens that were changed after they were signed."""
    return lambda made: {"signed": lambda usual: lambda claims: change(usual(claims))}


def _answered(what: str, **changed: Any) -> Callable[[Provider], dict[str, Any]]:
    """Another body of an answer of the provider; None takes a member away."""

    def change(answer: tuple[int, dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        told = {name: value for name, value in {**answer[1], **changed}.items() if value is not None}
        return answer[0], told

    return lambda made: {what: change}


def _instead(what: str, status: int, content: Any) -> Callable[[Provider], dict[str, Any]]:
    return lambda made: {what: lambda usual: (status, content)}


def _metadata(**changed: Any) -> Callable[[Provider], dict[str, Any]]:
    return lambda made: {
        "metadata": lambda usual: {name: value for name, value in {**usual, **changed}.items() if value is not None}
    }


def _back(**changed: Any) -> Callable[[Provider], dict[str, Any]]:
    return lambda made: {
        "answer": lambda usual: {name: value for name, value in {**usual, **changed}.items() if value is not None}
    }


def _payload_swapped(token: str) -> str:
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{head}.{_part({**claims, 'sub': 'somebody-else'})}.{signature}"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _public_as_secret(made: Provider) -> dict[str, Any]:
    """By hand: the library refuses to take a public key for a secret."""

    def forged(claims: dict[str, Any]) -> str:
        head = _part({"alg": "HS256", "kid": made.key.kid})
        digest = hmac.new(made.key.as_pem(private=False), f"{head}.{_part(claims)}".encode(), hashlib.sha256).digest()
        return f"{head}.{_part(claims)}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    return {"signed": lambda _usual: forged}


def _own_key_in_header(made: Provider) -> dict[str, Any]:
    header = {"alg": "ES256", "kid": made.key.kid, "jwk": _CURVE.as_dict(private=False)}
    return {"signed": signed_by(_CURVE, header)}


def _nonce_of_an_earlier(visitor: Visitor, cast: Cast) -> Any:
    """An ID token that was good once, for the same person: caught, and played again in a new log-in."""
    caught: list[str] = []
    visitor.provider.faults["signed"] = lambda usual: lambda claims: caught.append(usual(claims)) or caught[0]
    Visitor(visitor.provider, visitor.begin).log_in()
    Session.objects.filter(account_id=cast.kari.account_id).update(ended_at=clock.now(), end_reason="logged_out")
    return visitor.log_in()


def _with(visitor: Visitor, **changed: str) -> Any:
    """Come back with something else in the address; "" takes it away."""
    parts = urlsplit(visitor.back())
    told = {name: value for name, value in {**dict(parse_qsl(parts.query)), **changed}.items() if value}
    return visitor.arrive(f"{parts.path}?{urlencode(told)}")


def _in_another_browser(visitor: Visitor, cast: Cast) -> Any:
    address = visitor.back()
    other = Visitor(visitor.provider, visitor.begin)
    other.back()
    return other.arrive(address)


def _without_cookies(visitor: Visitor, cast: Cast) -> Any:
    return Visitor(visitor.provider, visitor.begin).arrive(visitor.back())


def _twice(visitor: Visitor, cast: Cast) -> Any:
    address = visitor.back()
    visitor.arrive(address)
    Session.objects.filter(account_id=cast.kari.account_id).update(ended_at=clock.now(), end_reason="logged_out")
    del visitor.client.cookies["skranke_staff"]
    return visitor.arrive(address)


def _after_a_refusal(visitor: Visitor, cast: Cast) -> Any:
    """The first time it went wrong at the provider; the same answer is not worth a second try."""
    address = visitor.back()
    visitor.provider.faults["token"] = lambda usual: (400, {"error": "invalid_grant"})
    visitor.arrive(address)
    del visitor.provider.faults["token"]
    return visitor.arrive(address)


def _too_late(visitor: Visitor, cast: Cast) -> Any:
    address = visitor.back()
    clock.move(timedelta(minutes=10))
    return visitor.arrive(address)


def _at_the_operators_door(visitor: Visitor, cast: Cast) -> Any:
    return visitor.arrive(visitor.back().replace("/logg-inn/", "/drift/logg-inn/"))


def _code_of_another(visitor: Visitor, cast: Cast) -> Any:
    """Somebody's code, brought into a log-in of the thief's own: its challenge is another's (RFC 9700, 4.5)."""
    stolen = dict(parse_qsl(urlsplit(Visitor(visitor.provider, visitor.begin).back()).query))
    return _with(visitor, code=stolen["code"])


def _nobody_there(visitor: Visitor, cast: Cast) -> Any:
    address = visitor.back()
    visitor.provider.faults["status"] = lambda usual: 502
    return visitor.arrive(address)


def _inactive(visitor: Visitor, cast: Cast) -> Any:
    Account.objects.filter(id=cast.kari.account_id).update(active=False)
    return visitor.log_in()


def _has_left(visitor: Visitor, cast: Cast) -> Any:
    with acting(cast.system):
        cast.kari.active = False
        cast.kari.save()
    return visitor.log_in()


def _helseid_person(**claims: Any) -> Callable[[Cast], Person]:
    def made(cast: Cast) -> Person:
        usual = Person.staff(cast.account(cast.kari).national_id).claims
        told = {**usual, **{f"helseid://claims/identity/{name}": value for name, value in claims.items()}}
        return Person({name: value for name, value in told.items() if value is not None})

    return made


def _kari(cast: Cast, **facts: str) -> Person:
    return Person.staff(cast.account(cast.kari).national_id, **facts)


def _id_porten_person(**claims: Any) -> Callable[[Cast], Person]:
    def made(cast: Cast) -> Person:
        told = {**Person.patient(cast.ola.national_id).claims, **claims}
        return Person({name: value for name, value in told.items() if value is not None})

    return made


_TOO_MUCH = b'{"id_token": "' + b"x" * 1_100_000 + b'"}'
R = Refusal
CASES = [
    # ---- what the token says of itself
    Case("issuer of another", R.ISSUER, _claim(iss="https://helseid-sts.example.no")),
    Case("no issuer", R.ISSUER, _claim(iss=None)),
    Case("issuer with a slash more", R.ISSUER, lambda made: _claim(iss=f"{made.issuer}/")(made)),
    Case("issuer as a list", R.ISSUER, lambda made: _claim(iss=[made.issuer])(made)),
    Case("audience of another", R.AUDIENCE, _claim(aud="another-system")),
    Case("no audience", R.AUDIENCE, _claim(aud=None)),
    Case("audiences without us", R.AUDIENCE, _claim(aud=["one", "two"])),
    Case("audience that begins as ours", R.AUDIENCE, _claim(aud=f"{CLIENT_ID}-2")),
    Case("several audiences, nobody authorised", R.AUTHORISED_PARTY, _claim(aud=[CLIENT_ID, "another"])),
    Case("several audiences, another authorised", R.AUTHORISED_PARTY, _claim(aud=[CLIENT_ID, "b"], azp="b")),
    Case("another authorised", R.AUTHORISED_PARTY, _claim(azp="another-system")),
    Case("nonce of another", R.NONCE, _claim(nonce="n" * 43)),
    Case("no nonce", R.NONCE, _claim(nonce=None)),
    Case("nonce empty", R.NONCE, _claim(nonce="")),
    Case("nonce a number", R.NONCE, _claim(nonce=7)),
    Case("token of an earlier log-in", R.NONCE, drive=_nonce_of_an_earlier),
    Case("expired", R.EXPIRED, _claim(exp=lambda: _NOW() - 60)),
    Case("no expiry", R.EXPIRED, _claim(exp=None)),
    Case("expiry a text", R.EXPIRED, _claim(exp="9999999999")),
    Case("expiry not a number", R.EXPIRED, _claim(exp=lambda: float("nan"))),
    Case("expiry never", R.EXPIRED, _claim(exp=lambda: float("inf"))),
    Case("not yet valid", R.NOT_YET_VALID, _claim(nbf=lambda: _NOW() + 120)),
    Case("not yet valid, a text", R.NOT_YET_VALID, _claim(nbf="0")),
    Case("made in the future", R.ISSUED_AT, _claim(iat=lambda: _NOW() + 120)),
    Case("made long ago", R.ISSUED_AT, _claim(iat=lambda: _NOW() - 700)),
    Case("made at no time", R.ISSUED_AT, _claim(iat=None)),
    Case("no subject", R.SUBJECT, _claim(sub=None)),
    Case("subject empty", R.SUBJECT, _claim(sub="")),
    Case("hash of another access token", R.ACCESS_TOKEN_HASH, _claim(at_hash="x" * 22)),
    # ---- how it is signed
    Case("unsigned", R.ALGORITHM, lambda made: {"signed": unsigned}),
    Case("signed with the public key as a secret", R.ALGORITHM, _public_as_secret),
    Case("signed with a secret", R.ALGORITHM, _signed(OctKey.generate_key(256), alg="HS256")),
    Case("signed by another with our provider's key id", R.SIGNATURE, _signed(_OTHER, alg="RS256")),
    Case("signed by another who names the own key", R.KEY_UNKNOWN, _signed(_OTHER, alg="RS256", kid="theirs")),
    Case("header as large as a key", R.TOKEN_UNREADABLE, _signed(_OTHER, alg="RS256", x5c=["c" * 800])),
    Case("signed by the key in its own header", R.ALGORITHM, _own_key_in_header),
    Case("no key named", R.KEY_UNKNOWN, lambda made: {"header": lambda usual: {"alg": "RS256"}}),
    Case("key id a number", R.KEY_UNKNOWN, _token(lambda token: _header(token, kid=7))),
    Case("algorithm of another kind of key", R.ALGORITHM, _signed(_CURVE, alg="ES256")),
    Case("claims changed", R.SIGNATURE, _token(_payload_swapped)),
    Case("signature changed", R.SIGNATURE, _token(lambda token: token[:-8] + "AAAAAAAA")),
    Case("signature cut off", R.SIGNATURE, _token(lambda token: token.rpartition(".")[0] + ".")),
    Case("unknown critical header", R.TOKEN_UNREADABLE, _token(lambda token: _header(token, crit=["b64x"], b64x=1))),
    Case("no token at all", R.TOKEN_UNREADABLE, _token(lambda token: "rubbish")),
    Case("token empty", R.TOKEN_UNREADABLE, _token(lambda token: "")),
    Case("no keys published", R.ANSWER_UNREADABLE, lambda made: {"jwks": lambda usual: {"keys": []}}),
    Case("keys unreadable", R.ANSWER_UNREADABLE, lambda made: {"jwks": lambda usual: {"nothing": 1}}),
    # ---- who it is
    Case("level 3", R.LEVEL_TOO_LOW, person=_helseid_person(security_level="3")),
    Case("no level", R.LEVEL_TOO_LOW, person=_helseid_person(security_level=None)),
    Case("level a number", R.LEVEL_TOO_LOW, person=_helseid_person(security_level=4)),
    Case("level with a blank", R.LEVEL_TOO_LOW, person=_helseid_person(security_level="4 ")),
    Case(
        "substantial only", R.LEVEL_TOO_LOW, name="id_porten", person=_id_porten_person(acr="idporten-loa-substantial")
    ),
    Case("no acr", R.LEVEL_TOO_LOW, name="id_porten", person=_id_porten_person(acr=None)),
    Case("acr of HelseID at ID-porten", R.LEVEL_TOO_LOW, name="id_porten", person=_id_porten_person(acr="4")),
    Case("no national id", R.NATIONAL_ID_MISSING, person=_helseid_person(pid=None)),
    Case("national id empty", R.NATIONAL_ID_MISSING, person=_helseid_person(pid="")),
    Case("national id a list", R.NATIONAL_ID_MISSING, person=_helseid_person(pid=["1"])),
    Case("national id with a wrong digit", R.NATIONAL_ID_UNUSABLE, person=_helseid_person(pid="12345678901")),
    Case("no pid at ID-porten", R.NATIONAL_ID_MISSING, name="id_porten", person=_id_porten_person(pid=None)),
    Case("pid too short at ID-porten", R.NATIONAL_ID_UNUSABLE, name="id_porten", person=_id_porten_person(pid="123")),
    Case("nobody has employed", R.NO_ACCOUNT, person=lambda cast: Person.staff(str(fresh_national_id(age=40)))),
    Case("a patient is no employee", R.NO_ACCOUNT, person=lambda cast: Person.staff(cast.ola.national_id)),
    Case("account switched off", R.NO_ACCOUNT, drive=_inactive),
    Case("has left", R.NO_POSITION, drive=_has_left),
    Case("another HPR number", R.HPR_NUMBER_DIFFERS, person=lambda cast: _kari(cast, hpr_number="1")),
    # ---- what the provider answers
    Case("no ID token", R.TOKEN_MISSING, _answered("token", id_token=None)),
    Case("no access token", R.TOKEN_MISSING, _answered("token", access_token=None)),
    Case("ID token a number", R.TOKEN_MISSING, _answered("token", id_token=7)),
    Case("tokens that are not bound", R.TOKEN_KIND, _answered("token", token_type="Bearer")),
    Case("tokens of no kind", R.TOKEN_KIND, _answered("token", token_type=None)),
    Case("code refused", R.PROVIDER_REFUSED, _instead("token", 400, {"error": "invalid_grant"})),
    Case("we are refused", R.PROVIDER_REFUSED, _instead("token", 401, {"error": "invalid_client"})),
    Case("an error without a word", R.PROVIDER_REFUSED, _instead("token", 400, {})),
    Case("led elsewhere", R.PROVIDER_REFUSED, _instead("token", 302, {})),
    Case("not JSON", R.ANSWER_UNREADABLE, _instead("token", 200, b"<html>")),
    Case("JSON that is no object", R.ANSWER_UNREADABLE, _instead("token", 200, ["id_token"])),
    Case("far too much", R.ANSWER_UNREADABLE, _instead("token", 200, _TOO_MUCH)),
    Case("fault in the provider", R.PROVIDER_AWAY, _instead("token", 500, {})),
    Case("provider falls away on the way", R.PROVIDER_AWAY, drive=_nobody_there),
    Case("proof never good enough", R.PROVIDER_REFUSED, lambda made: {"nonce_refused": None}),
    Case("pushed request refused", R.PROVIDER_REFUSED, _instead("par", 400, {"error": "invalid_request"})),
    Case("pushed request without a name", R.ANSWER_UNREADABLE, _instead("par", 201, {"expires_in": 60})),
    Case("pushed request, fault", R.PROVIDER_AWAY, _instead("par", 503, {})),
    Case("says it is another", R.ISSUER, _metadata(issuer="https://evil.example")),
    Case("names an address without TLS", R.UNSAFE_ADDRESS, _metadata(token_endpoint="http://evil.example/token")),
    Case("names no address", R.UNSAFE_ADDRESS, _metadata(token_endpoint=None)),
    Case("has no pushed requests", R.UNSAFE_ADDRESS, _metadata(pushed_authorization_request_endpoint=None)),
    # ---- how the browser comes back
    Case("state unknown", R.STATE_UNKNOWN, drive=lambda visitor, cast: _with(visitor, state="s" * 43)),
    Case("no state", R.STATE_UNKNOWN, drive=lambda visitor, cast: _with(visitor, state="")),
    Case("begun in another browser", R.OTHER_BROWSER, drive=_in_another_browser),
    Case("no cookie", R.OTHER_BROWSER, drive=_without_cookies),
    Case("came before", R.USED_BEFORE, drive=_twice),
    Case("came before, and was refused", R.USED_BEFORE, drive=_after_a_refusal),
    Case("too late", R.TOO_LATE, drive=_too_late),
    Case("answer at the operators' door", R.OTHER_PROVIDER, drive=_at_the_operators_door),
    Case("cancelled", R.CANCELLED, _back(code=None, error="access_denied")),
    Case("error of the provider", R.PROVIDER_REFUSED, _back(code=None, error="server_error")),
    Case("no code", R.CODE_MISSING, _back(code=None)),
    Case("answer of another issuer", R.ISSUER, _back(iss="https://evil.example")),
    Case("answer of no issuer", R.ISSUER, _back(iss=None)),
    Case("code made up", R.PROVIDER_REFUSED, drive=lambda visitor, cast: _with(visitor, code="made-up")),
    Case("code of another log-in", R.PROVIDER_REFUSED, drive=_code_of_another),
]


def _header(token: str, **more: Any) -> str:
    head, _, rest = token.partition(".")
    read = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{_part({**read, **more})}.{rest}"


@pytest.mark.req("ORG-14")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_what_is_wrong_lets_nobody_in_and_is_told(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    cast = make_clinic()
    staff = case.name == "helseid"
    account = cast.account(cast.kari)
    with provider(case.name) as made:
        usual = Person.staff(account.national_id) if staff else Person.patient(cast.ola.national_id)
        made.person = case.person(cast) if case.person else usual
        made.faults = case.faults(made)
        visitor = Visitor(made, "login-helseid" if staff else "patient-login-id-porten")
        answer = case.drive(visitor, cast)
    assert answer.status_code == (503 if case.refusal == Refusal.PROVIDER_AWAY else 403)
    page = body(answer)
    assert escape(sentence(case.refusal)) in page
    assert "Du ble ikke logget inn." in page
    assert answer.headers["X-Request-ID"] in page
    assert not Session.objects.filter(account=account, ended_at=None).exists()
    assert not Session.objects.filter(national_id=cast.ola.national_id).exists()
    assert {"skranke_staff", "skranke_patient", "skranke_operator"}.isdisjoint(visitor.client.cookies)
    told = [line.msg for line in caplog.records if isinstance(line.msg, dict)]
    reasons = [line["reason"] for line in told if line.get("event") == "log_in_refused"]
    assert reasons[-1] == case.refusal
    for number in (account.national_id, cast.ola.national_id):
        assert number not in caplog.text
    if case.what not in {"came before", "token of an earlier log-in"}:
        with acting(cast.system):
            assert not events_about("account", account.id)


def test_every_reason_but_those_of_other_doors_has_a_case() -> None:
    elsewhere = {Refusal.NOT_SET_UP, Refusal.NOT_OPERATOR}
    assert {case.refusal for case in CASES} | elsewhere == set(Refusal)
    assert len({sentence(one) for one in Refusal}) == len(Refusal)
    assert values.Refusal is Refusal


def test_an_employee_is_no_operator() -> None:
    cast = make_clinic()
    with provider("helseid") as made:
        made.person = Person.staff(cast.account(cast.kari).national_id)
        answer = Visitor(made, "operator-login-helseid").log_in()
    assert answer.status_code == 403
    assert escape(sentence(Refusal.NOT_OPERATOR)) in body(answer)


def test_an_answer_of_one_provider_is_none_of_the_others() -> None:
    cast = make_clinic()
    with provider("helseid") as helseid, provider("id_porten") as id_porten:
        helseid.person = Person.staff(cast.account(cast.kari).national_id)
        id_porten.person = Person.patient(cast.ola.national_id)
        staff = Visitor(helseid, "login-helseid")
        answer = staff.arrive(staff.back().replace("/logg-inn/helseid/", "/min/logg-inn/id-porten/"))
        assert escape(sentence(Refusal.OTHER_PROVIDER)) in body(answer)
        # The other way round: ID-porten's code in HelseID's log-in goes to HelseID alone, who does not know it.
        patient = dict(parse_qsl(urlsplit(Visitor(id_porten, "patient-login-id-porten").back()).query))
        assert _with(staff, code=patient["code"]).status_code == 403
        assert _with(staff, code=patient["code"], iss=patient["iss"]).status_code == 403
    assert not id_porten.seen[1:]


def test_where_no_provider_is_set_up_the_page_says_so() -> None:
    visitor = Visitor(Provider("helseid", dpop=True, client_key=_OTHER), "login-helseid")
    answer = visitor.to_provider()
    assert answer.status_code == 403
    assert escape(sentence(Refusal.NOT_SET_UP)) in body(answer)
    assert "Logg inn med HelseID" not in body(answer)


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///evil.example",
        "\thttps://evil.example",
    ],
)
def test_nobody_is_led_away_from_here_after_the_log_in(evil: str) -> None:
    cast = make_clinic()
    with provider("helseid") as made:
        made.person = Person.staff(cast.account(cast.kari).national_id)
        came = Visitor(made, "login-helseid").log_in(to=evil)
    assert came.status_code == 302
    assert came.headers["Location"].startswith(f"/k/{cast.clinic.slug}/")
