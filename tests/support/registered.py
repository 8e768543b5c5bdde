"""A program that is registered with the sandbox's log-in providers, and can be told to prove itself wrongly."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from skranke.kernel.ids import NationalId
from skranke.sandbox.oidc.world import Client, LogIn, Person

CLIENT_ID = "a-registered-program"
KEY = RSAKey.generate_key(2048, auto_kid=True)
KARI = Person(national_id=NationalId("01857409449"), name="Kari Lunde", hpr_number="9000011")
BACK = {
    "helseid": "http://127.0.0.1:8000/logg-inn/helseid/svar",
    "id-porten": "http://127.0.0.1:8000/min/logg-inn/id-porten/svar",
}
AFTER = {"helseid": "http://127.0.0.1:8000/logg-inn", "id-porten": "http://127.0.0.1:8000/min/logg-inn"}
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def log_in(folder: Path) -> LogIn:
    """What the sandbox is told of the program; its public key in a file."""
    public = folder / "program.json"
    public.write_text(json.dumps(KEY.as_dict(private=False)), encoding="ascii")
    clients = tuple(
        Client(
            provider=name.replace("-", "_"),
            client_id=CLIENT_ID,
            redirect_uris=(back,),
            public_key=public,
            log_out_uris=(AFTER[name],),
        )
        for name, back in BACK.items()
    )
    return LogIn(clients=clients, people=(KARI,))


@dataclass
class Program:
    """One log-in of the program. What is sent may be changed before it is: claims, headers and members by name."""

    base: str
    name: str = "helseid"
    key: RSAKey = field(default_factory=lambda: KEY)
    proof_key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    assertion: dict[str, Any] = field(default_factory=dict)
    assertion_header: dict[str, Any] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)
    proof_header: dict[str, Any] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"{self.base}/oidc/{self.name}"

    def push(self) -> httpx.Response:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return self.ask(
            "par",
            {
                "response_type": "code",
                "redirect_uri": BACK[self.name],
                "scope": "openid helseid://scopes/identity/pid helseid://scopes/identity/security_level",
                "state": "a-state",
                "nonce": "a-nonce",
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            },
        )

    def choose(self, request_uri: str, person: str, level: str = "4") -> dict[str, str]:
        """What comes back when somebody was chosen on the provider's page."""
        told = {"client_id": CLIENT_ID, "request_uri": request_uri}
        address = f"{self.issuer}/connect/authorize"
        with httpx.Client() as browser:
            page = browser.get(address, params=told)
            assert page.status_code == 200, page.text
            token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
            sent = browser.post(address, data={**told, "csrfmiddlewaretoken": token, "person": person, "level": level})
        assert sent.status_code == 302, sent.text
        return dict(parse_qsl(urlsplit(sent.headers["location"]).query))

    def code(self, person: str = str(KARI.national_id)) -> str:
        return self.choose(self.push().json()["request_uri"], person)["code"]

    def redeem(self, code: str) -> httpx.Response:
        return self.ask(
            "token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": BACK[self.name],
                "code_verifier": self.verifier,
            },
        )

    def ask(self, endpoint: str, form: dict[str, str]) -> httpx.Response:
        """One request with proofs; once more with the nonce that the provider asks for."""
        answer = self.send(endpoint, form)
        if answer.status_code == 400 and answer.json().get("error") == "use_dpop_nonce":
            answer = self.send(endpoint, form, nonce=answer.headers["DPoP-Nonce"])
        return answer

    def send(self, endpoint: str, form: dict[str, str], nonce: str = "") -> httpx.Response:
        address = f"{self.issuer}/connect/{endpoint}"
        proven = {
            "client_id": CLIENT_ID,
            "client_assertion_type": ASSERTION,
            "client_assertion": self.signed_assertion(),
            **form,
            **self.form,
        }
        headers = {"DPoP": self.signed_proof(address, nonce)} if self.name == "helseid" else {}
        return httpx.post(address, data=proven, headers=headers)

    def signed_assertion(self) -> str:
        now = self.now()
        claims = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + 30,
            **self.assertion,
        }
        header = {"alg": "PS256", "typ": "client-authentication+jwt", **self.assertion_header}
        return jwt.encode(header, _told(claims), self.key, algorithms=["PS256"])

    def signed_proof(self, address: str, nonce: str) -> str:
        claims = {"jti": secrets.token_urlsafe(12), "htm": "POST", "htu": address, "iat": self.now(), **self.proof}
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.proof_key.as_dict(private=False), **self.proof_header}
        if nonce:
            claims.setdefault("nonce", nonce)
        return jwt.encode(_told(header), _told(claims), self.proof_key, algorithms=["ES256"])

    def but(self, **changed: Any) -> "Program":
        return replace(self, **changed)

    @staticmethod
    def now() -> int:
        return int(time.time())


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
