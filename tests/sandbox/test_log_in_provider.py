"""The sandbox as HelseID and ID-porten: it verifies what the real ones do, and our own log-in runs against it."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from lxml import html

from skranke.clinics.models import Employee
from skranke.identity.models import Account
from skranke.identity.oidc.values import Refusal
from skranke.patients.services import register
from skranke.tenancy.work import acting
from skranke.web.refusals import sentence

from cast import make_clinic
from support.clinic_pages import address, body
from support.provider import Visitor
from support.registered import AFTER, CLIENT_ID, KARI, KEY, Program

_OTHER = RSAKey.generate_key(2048, auto_kid=True)


def test_a_log_in_by_the_book(play) -> None:
    program = Program(play.base)
    answer = program.choose(program.push().json()["request_uri"], str(KARI.national_id))
    assert (answer["state"], answer["iss"]) == ("a-state", program.issuer)
    tokens = program.redeem(answer["code"])
    assert (tokens.status_code, tokens.json()["token_type"]) == (200, "DPoP")
    keys = KeySet.import_key_set(httpx.get(f"{program.issuer}/jwks").json())
    claims = jwt.decode(tokens.json()["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["aud"], claims["nonce"]) == (CLIENT_ID, "a-nonce")
    assert claims["helseid://claims/identity/pid"] == str(KARI.national_id)
    assert claims["helseid://claims/identity/security_level"] == "4"
    assert "helseid://claims/hpr/hpr_number" not in claims, "it was not asked for"
    bound = jwt.decode(tokens.json()["access_token"], keys, algorithms=["RS256"]).claims
    assert bound["cnf"] == {"jkt": program.proof_key.thumbprint()}
    assert "d" not in httpx.get(f"{program.issuer}/jwks").json()["keys"][0]


CLIENT, PROOF = "invalid_client", "invalid_dpop_proof"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"key": _OTHER}, CLIENT),
        ({"assertion": {"aud": "https://another.example"}}, CLIENT),
        ({"assertion": {"iss": "another"}}, CLIENT),
        ({"assertion": {"sub": "another"}}, CLIENT),
        ({"assertion": {"exp": 1}}, CLIENT),
        ({"assertion": {"exp": 99999999999}}, CLIENT),
        ({"assertion": {"exp": None}}, CLIENT),
        ({"assertion": {"iat": 99999999999}}, CLIENT),
        ({"assertion": {"jti": None}}, CLIENT),
        ({"assertion_header": {"typ": "JWT"}}, CLIENT),
        ({"form": {"client_id": "nobody"}}, CLIENT),
        ({"form": {"client_assertion_type": "password"}}, CLIENT),
        ({"form": {"client_assertion": "rubbish"}}, CLIENT),
        ({"proof": {"htm": "GET"}}, PROOF),
        ({"proof": {"htu": "https://another.example/token"}}, PROOF),
        ({"proof": {"iat": 1}}, PROOF),
        ({"proof": {"jti": None}}, PROOF),
        ({"proof": {"nonce": "of-my-own"}}, "use_dpop_nonce"),
        ({"proof_header": {"typ": "JWT"}}, PROOF),
        ({"proof_header": {"jwk": None}}, PROOF),
        ({"proof_header": {"jwk": ECKey.generate_key("P-256").as_dict(private=False)}}, PROOF),
        ({"form": {"redirect_uri": "https://evil.example/"}}, "invalid_request"),
        ({"form": {"response_type": "token"}}, "unsupported_response_type"),
        ({"form": {"scope": "profile"}}, "invalid_scope"),
        ({"form": {"code_challenge_method": "plain"}}, "invalid_request"),
        ({"form": {"code_challenge": "short"}}, "invalid_request"),
    ],
)
def test_a_program_that_proves_nothing_is_refused(play, changed: dict[str, Any], error: str) -> None:
    answer = Program(play.base).but(**changed).push()
    assert (answer.status_code, answer.json()["error"]) == (401 if error == CLIENT else 400, error)
    assert answer.json()["error_description"]


def test_a_proof_of_a_private_key_is_refused(play) -> None:
    key = ECKey.generate_key("P-256")
    program = Program(play.base, proof_key=key, proof_header={"jwk": key.as_dict(private=True)})
    assert program.push().json()["error"] == PROOF


def test_an_assertion_and_a_proof_are_good_once(play) -> None:
    program = Program(play.base, assertion={"jti": "again"})
    # The first question is answered with a nonce, and has used the assertion up.
    assert program.push().json()["error"] == CLIENT
    program = Program(play.base, proof={"jti": "once-more"})
    assert program.push().status_code == 201
    assert program.push().json()["error"] == PROOF


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"verifier": "x" * 64}, "invalid_grant"),
        ({"form": {"code_verifier": ""}}, "invalid_grant"),
        ({"form": {"redirect_uri": "https://evil.example/"}}, "invalid_grant"),
        ({"form": {"code": "made-up"}}, "invalid_grant"),
        ({"form": {"code": ""}}, "invalid_grant"),
        ({"form": {"grant_type": "password"}}, "unsupported_grant_type"),
        ({"key": _OTHER}, CLIENT),
    ],
)
def test_a_code_is_worth_nothing_without_its_proofs(play, changed: dict[str, Any], error: str) -> None:
    program = Program(play.base)
    code = program.code()
    assert program.but(**changed).redeem(code).json()["error"] == error


def test_a_code_is_good_once_and_at_its_own_provider(play) -> None:
    program = Program(play.base)
    code = program.code()
    other = Program(play.base, "id-porten", verifier=program.verifier, assertion_header={"typ": "JWT"})
    assert other.redeem(code).json()["error"] == "invalid_grant"
    assert program.redeem(code).status_code == 200
    assert program.redeem(code).json()["error"] == "invalid_grant"


def test_a_request_is_for_one_choice(play) -> None:
    program = Program(play.base)
    name = program.push().json()["request_uri"]
    assert program.choose(name, "")["error"] == "access_denied"
    page = httpx.get(f"{program.issuer}/connect/authorize", params={"client_id": CLIENT_ID, "request_uri": name})
    assert page.status_code == 404
    assert "Innloggingen er ikke her lenger" in page.text


# ---- our own log-in, against this provider


class _Choosing:
    """The sandbox's page as `Visitor` needs it: the person is chosen by name on the page."""

    def __init__(self, base: str, name: str, person: str, level: str = "4") -> None:
        self._program, self._person, self._level = Program(base, name), person, level

    def log_in(self, sent: str) -> str:
        told = dict(parse_qsl(urlsplit(sent).query))
        answer = self._program.choose(told["request_uri"], self._person, self._level)
        return f"/?{httpx.QueryParams(answer)}"


def _settings(base: str, name: str, provider: str) -> override_settings:
    facts = {
        f"{name}_issuer": f"{base}/oidc/{provider}",
        f"{name}_client_id": CLIENT_ID,
        f"{name}_key": KEY.as_pem(private=True).decode(),
    }
    return override_settings(OURS=replace(settings.OURS, public_url="http://127.0.0.1:8000", **facts))


def _log_in(choosing: _Choosing, begin: str, answer_route: str) -> tuple[Visitor, Any]:
    visitor = Visitor(choosing, begin)
    query = urlsplit(visitor.back()).query
    return visitor, visitor.client.get(f"{reverse(answer_route)}?{query}")


@pytest.mark.req("ORG-14")
def test_our_own_log_in_of_staff_runs_against_it(play) -> None:
    cast = make_clinic()
    Account.objects.filter(national_id=str(KARI.national_id)).update(national_id="")
    Account.objects.filter(id=cast.kari.account_id).update(national_id=str(KARI.national_id))
    with acting(cast.system):
        Employee.objects.filter(id=cast.kari.id).update(hpr_number=KARI.hpr_number)
    with _settings(play.base, "helseid", "helseid"):
        person = str(KARI.national_id)
        visitor, came = _log_in(_Choosing(play.base, "helseid", person), "login-helseid", "login-helseid-answer")
        assert came.headers["Location"] == address(cast, "post")
        assert visitor.client.get(address(cast, "post")).status_code == 200
        left = visitor.client.post(reverse("logout"))
        assert visitor.client.get(address(cast, "post")).status_code == 302
        out = httpx.get(html.fromstring(body(left)).xpath("//main//a/@href")[0])
        assert (out.status_code, out.headers["location"]) == (302, AFTER["helseid"])
        low = _Choosing(play.base, "helseid", person, "3")
        _, refused = _log_in(low, "login-helseid", "login-helseid-answer")
        assert sentence(Refusal.LEVEL_TOO_LOW) in body(refused)
        _, cancelled = _log_in(_Choosing(play.base, "helseid", ""), "login-helseid", "login-helseid-answer")
        assert sentence(Refusal.CANCELLED) in body(cancelled)


@pytest.mark.req("POR-1")
def test_our_own_log_in_of_patients_runs_against_it(play) -> None:
    cast, citizen = make_clinic(), play.citizen()
    with acting(cast.system):
        register(national_id=citizen.national_id, given_name="Ola", family_name="Nordli")
    with _settings(play.base, "id_porten", "id-porten"):
        choosing = _Choosing(play.base, "id-porten", str(citizen.national_id))
        begin, answer = "patient-login-id-porten", "patient-login-id-porten-answer"
        visitor, came = _log_in(choosing, begin, answer)
        assert came.headers["Location"] == reverse("patient-home")
        assert visitor.client.get(reverse("patient-clinic", args=[cast.clinic.slug])).status_code == 200
        left = visitor.client.post(reverse("patient-logout"))
        way = html.fromstring(body(left)).xpath("//main//a/@href")[0]
        assert httpx.get(way).headers["location"] == AFTER["id-porten"]
        # Nobody is sent on to where the program has not registered, and a forged hint is nobody's.
        for wrong in (way.replace("logg-inn", "annet"), way.replace("id_token_hint=", "id_token_hint=x")):
            stays = httpx.get(wrong)
            assert (stays.status_code, "Du er logget ut" in stays.text) == (200, True)
        low = _Choosing(play.base, "id-porten", str(citizen.national_id), "3")
        assert sentence(Refusal.LEVEL_TOO_LOW) in body(_log_in(low, begin, answer)[1])
