"""A log-in provider of the tests' own: a real HTTP server that checks what we prove, and can be told to do wrong.

It shares no code with the sandbox's. `wrongs` are functions that spoil one thing just before it is sent.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey, import_key

from skranke.identity.oidc import discovery
from skranke.kernel import clock

CLIENT_ID = "skranke-under-test"
Wrong = Callable[[Any], Any]
# Made once: a key takes longer than a log-in. The provider's, and ours.
_KEYS = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True) for _ in range(2)]


@dataclass
class Person:
    """Who stands before the provider. claims: what it tells of the person beside the ordinary."""

    claims: dict[str, Any]

    @staticmethod
    def staff(national_id: str, *, level: str = "4", hpr_number: str = "") -> "Person":
        told = {"identity/pid": national_id, "identity/security_level": level, "hpr/hpr_number": hpr_number}
        return Person({f"helseid://claims/{name}": value for name, value in told.items() if value})

    @staticmethod
    def patient(national_id: str, *, acr: str = "idporten-loa-high") -> "Person":
        return Person({"pid": national_id, "acr": acr})


@dataclass
class Provider:
    """One provider. seen: the bodies of what came, newest last; faults: named spoilings."""

    name: str
    dpop: bool
    client_key: RSAKey
    key: RSAKey = field(default_factory=lambda: _KEYS[0])
    person: Person | None = None
    faults: dict[str, Wrong] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    issuer: str = ""

    def spoil(self, what: str, value: Any) -> Any:
        return self.faults[what](value) if what in self.faults else value

    # ---- what the browser meets

    def log_in(self, address: str) -> str:
        """What the browser is sent back to when the person has chosen to log in at an address of the provider."""
        told = dict(parse_qsl(urlsplit(address).query))
        assert told["client_id"] == CLIENT_ID
        request = self.pushed.pop(told["request_uri"])
        code = secrets.token_urlsafe(16)
        self.codes[code] = request
        answer = self.spoil("answer", {"code": code, "state": request["state"], "iss": self.issuer})
        return f"{request['redirect_uri']}?{urlencode(answer)}"

    # ---- what programs meet

    def document(self, path: str) -> tuple[int, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            return 200, self.spoil(
                "metadata",
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "pushed_authorization_request_endpoint": f"{self.issuer}/par",
                    "jwks_uri": f"{self.issuer}/jwks",
                    "end_session_endpoint": f"{self.issuer}/end",
                    "authorization_response_iss_parameter_supported": True,
                },
            )
        if path.endswith("/jwks"):
            return 200, self.spoil("jwks", {"keys": [self.key.as_dict(private=False)]})
        return 404, {"error": "not_found"}

    def receive(self, path: str, form: dict[str, str], proof: str) -> tuple[int, Any, str]:
        endpoint = path.rpartition("/")[2]
        fresh = secrets.token_urlsafe(12)
        self.nonces.add(fresh)
        if "status" in self.faults:
            return self.spoil("status", 200), {"error": "server_error"}, fresh
        claims = self._client(form)
        if self.dpop and (wrong := self._proof(path, proof)):
            return 400, {"error": wrong}, fresh
        self.seen.append((endpoint, form, claims))
        if endpoint == "par":
            uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(12)}"
            self.pushed[uri] = form
            return (*self.spoil("par", (201, {"request_uri": uri, "expires_in": 60})), fresh)
        return (*self.spoil("token", self._tokens(form)), fresh)

    def _client(self, form: dict[str, str]) -> dict[str, Any]:
        assert form["client_id"] == CLIENT_ID
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        read = jwt.decode(form["client_assertion"], self.client_key, algorithms=["PS256", "RS256"])
        claims, now = read.claims, clock.now().timestamp()
        assert read.header["typ"] == ("client-authentication+jwt" if self.dpop else "JWT")
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert claims["aud"] == self.issuer
        assert claims["iat"] <= now + 2 < claims["exp"] <= now + 62
        assert claims["jti"] not in self.used
        self.used.add(claims["jti"])
        return dict(claims)

    def _proof(self, path: str, proof: str) -> str:
        header = jws.extract_compact(proof.encode()).headers()
        assert header["typ"] == "dpop+jwt"
        assert "d" not in header["jwk"]
        claims = jwt.decode(proof, import_key(header["jwk"]), algorithms=["ES256"]).claims
        assert claims["htm"] == "POST"
        assert claims["htu"] == f"{self.issuer.rpartition('/')[0]}{path}"
        assert abs(claims["iat"] - clock.now().timestamp()) < 5
        assert claims["jti"] not in self.used
        self.used.add(claims["jti"])
        if "nonce_refused" in self.faults:
            return "use_dpop_nonce"
        if claims.get("nonce") not in self.nonces:
            return "use_dpop_nonce"
        self.nonces.discard(claims["nonce"])
        return ""

    def _tokens(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        request = self.codes.pop(form["code"], None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if request is None or request["redirect_uri"] != form["redirect_uri"] or request["code_challenge"] != digest:
            return 400, {"error": "invalid_grant"}
        assert request["code_challenge_method"] == "S256"
        assert self.person is not None
        access, now = secrets.token_urlsafe(32), int(clock.now().timestamp())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": secrets.token_hex(8),
            "aud": CLIENT_ID,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "nonce": request["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.person.claims,
        }
        return 200, {
            "id_token": self.spoil("signed", self._signed)(self.spoil("claims", claims)),
            "access_token": access,
            "token_type": "DPoP" if self.dpop else "Bearer",
            "expires_in": 60,
        }

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(self.spoil("header", {"alg": "RS256", "kid": self.key.kid}), claims, self.key)


def signed_by(key: RSAKey | ECKey | OctKey, header: dict[str, Any]) -> Wrong:
    """Have ID tokens signed by another key than the provider's."""
    return lambda _usual: lambda claims: jwt.encode(header, claims, key, algorithms=[header["alg"]])


def unsigned(_usual: Any) -> Callable[[dict[str, Any]], str]:
    """ID tokens with `alg: none`, by hand: no library makes them."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return lambda claims: f"{part({'alg': 'none'})}.{part(claims)}."


@contextmanager
def provider(name: str) -> Iterator[Provider]:
    """A running provider ("helseid" or "id_porten") that the installation is registered with."""
    ours = _KEYS[1]
    made = Provider(name, dpop=name == "helseid", client_key=RSAKey.import_key(ours.as_dict(private=False)))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.issuer = f"http://127.0.0.1:{server.server_port}/{name}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    facts = {
        f"{name}_issuer": made.issuer,
        f"{name}_client_id": CLIENT_ID,
        f"{name}_key": ours.as_pem(private=True).decode(),
    }
    try:
        with override_settings(OURS=replace(settings.OURS, public_url="http://127.0.0.1:8000", **facts)):
            yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        discovery._known.pop(made.issuer, None)


def _handler(made: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            status, body = made.document(self.path)
            self._send(status, body, "")

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(content, keep_blank_values=True).items()}
            try:
                status, body, nonce = made.receive(self.path, form, self.headers.get("DPoP", ""))
            except (AssertionError, KeyError) as error:
                made.seen.append(("refused", form, {"why": repr(error)}))
                status, body, nonce = 401, {"error": "invalid_client"}, ""
            self._send(status, body, nonce)

        def _send(self, status: int, body: Any, nonce: str) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if nonce:
                self.send_header("DPoP-Nonce", nonce)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing is written: a test's output is its own."""

    return Handler


@dataclass
class Visitor:
    """A browser on its way through a log-in. begin: the route that begins it."""

    provider: Provider
    begin: str
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="127.0.0.1"))

    def to_provider(self, *, to: str = "") -> Any:
        """What our page answers when the button is pressed."""
        return self.client.get(reverse(self.begin), {"neste": to} if to else {})

    def back(self, *, to: str = "") -> str:
        """The address the provider sends the browser back to."""
        sent = self.to_provider(to=to)
        assert sent.status_code == 302, sent.content.decode()
        return self.provider.log_in(sent.headers["Location"])

    def log_in(self, *, to: str = "") -> Any:
        """All the way; what our page answers in the end."""
        sent = self.to_provider(to=to)
        return self.arrive(self.provider.log_in(sent.headers["Location"])) if sent.status_code == 302 else sent

    def arrive(self, address: str) -> Any:
        """Come back from the provider."""
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")
