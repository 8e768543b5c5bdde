"""Certificate authorities of a test's own: they issue, revoke, publish lists and answer, rightly or as one wishes.

`Site` is their web server on 127.0.0.1. Lists and answers come from `openssl` where a stranger is to judge, and from
`cryptography` where they must be wrong in a way that no command makes.
"""

import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from skranke.kernel import clock
from skranke.wire import demo_pki
from skranke.wire.certificates import Certificate, SigningIdentity

from support.openssl import openssl

Answering = Callable[[bytes], bytes]
DAY = timedelta(days=1)
SIGNING = {"content_commitment": True}
ENCRYPTION = {"key_encipherment": True}


@dataclass
class Site:
    """What lies on the web: path to what answers there. A path that is not there is answered 404."""

    port: int
    pages: dict[str, Answering] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def site() -> Iterator[Site]:
    found: list[Site] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, question: bytes) -> None:
            found[0].asked.append(self.path)
            page = found[0].pages.get(self.path)
            if page is None:
                self.send_error(404)
                return
            body = page(question)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.append(Site(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Issuer:
    """An authority with its certificate, and the serial numbers it has revoked."""

    authority: demo_pki.Authority
    revoked: set[int] = field(default_factory=set)

    @property
    def certificate(self) -> Certificate:
        return self.authority.certificate

    @property
    def name(self) -> x509.Name:
        return self.certificate.subject

    def revoke(self, certificate: Certificate) -> None:
        self.revoked.add(certificate.serial_number)

    def issue(self, organisation="Legekontoret Utenfor", **facts) -> SigningIdentity:
        """A party's certificate with its key. facts: see `certificate_for`."""
        bits = facts.pop("bits", None)
        key = facts.pop("key", None) or (demo_pki.new_key(bits) if bits else next(_KEYS))
        name = facts.pop("name", None) or demo_pki.subject(organisation)
        return SigningIdentity(self.certificate_for(name, key.public_key(), **facts), key)

    def certificate_for(
        self,
        name: x509.Name,
        key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
        *,
        use: dict[str, bool] | None = None,
        start: timedelta = -DAY,
        end: timedelta = DAY,
        policies: tuple[str, ...] = (demo_pki.TEST_POLICY,),
        lists: tuple[str, ...] = (),
        responders: tuple[str, ...] = (),
        serial: int | None = None,
        extra: tuple[x509.ExtensionType, ...] = (),
    ) -> Certificate:
        now = clock.now()
        builder = demo_pki._builder(
            name, self.name, key, demo_pki.key_usage(**(use or SIGNING)), start=now + start, end=now + end
        )
        if serial is not None:
            builder._serial_number = serial
        if policies:
            found = [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in policies]
            builder = builder.add_extension(x509.CertificatePolicies(found), critical=False)
        for kind in (*_addresses(lists, responders), *extra):
            builder = builder.add_extension(kind, critical=False)
        return builder.sign(self.authority.key, hashes.SHA256())

    def middle(self, name="Mellom-CA", *, lists: tuple[str, ...] = (), responders: tuple[str, ...] = ()) -> "Issuer":
        """An authority under this one."""
        key = next(_KEYS)
        certificate = self.certificate_for(
            demo_pki.subject(name),
            key.public_key(),
            use={"key_cert_sign": True, "crl_sign": True},
            end=9 * DAY,
            lists=lists,
            responders=responders,
            extra=(x509.BasicConstraints(ca=True, path_length=0),),
        )
        return Issuer(demo_pki.Authority(certificate, key))

    def by_openssl(self, key: rsa.RSAPrivateKey, *, digest: str, organisation="Legekontoret Utenfor") -> Certificate:
        """A certificate for signing, signed with a digest that `cryptography` refuses to use."""
        with tempfile.TemporaryDirectory() as folder:
            place = self._files(Path(folder))
            (place / "ext").write_text(
                f"keyUsage=critical,nonRepudiation\ncertificatePolicies={demo_pki.TEST_POLICY}\n", encoding="utf-8"
            )
            subject = demo_pki.subject(organisation)
            request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
            ca = ("-CA", place / "ca.pem", "-CAkey", place / "ca.key", "-set_serial", str(x509.random_serial_number()))
            pem = openssl(
                "x509", "-req", f"-{digest}", "-days", "2", "-extfile", place / "ext", *ca,
                data=request.public_bytes(Encoding.PEM),
            )  # fmt: skip
            return x509.load_pem_x509_certificate(pem)

    def list_by_openssl(self, days: int = 1) -> bytes:
        """The list of what is revoked, as `openssl ca` makes it."""
        with tempfile.TemporaryDirectory() as folder:
            place = self._files(Path(folder), *self.revoked)
            (place / "conf").write_text(
                f"[ca]\ndefault_ca=x\n[x]\ndatabase={place}/index\ndefault_md=sha256\n", encoding="utf-8"
            )
            keys = ("-keyfile", place / "ca.key", "-cert", place / "ca.pem")
            pem = openssl("ca", "-gencrl", "-config", place / "conf", "-crldays", str(days), *keys)
            return openssl("crl", "-outform", "DER", data=pem)

    def answer_by_openssl(self, question: bytes, *known: Certificate, options: tuple[str, ...] = ("-ndays", "1")):
        """What `openssl ocsp` answers when it has issued the known certificates."""
        with tempfile.TemporaryDirectory() as folder:
            place = self._files(Path(folder), *(one.serial_number for one in known))
            keys = ("-CA", place / "ca.pem", "-rsigner", place / "ca.pem", "-rkey", place / "ca.key")
            (place / "question").write_bytes(question)
            asked = ("-index", place / "index", "-reqin", place / "question", "-respout", place / "answer")
            openssl("ocsp", *asked, *keys, *options)
            return (place / "answer").read_bytes()

    def listing(
        self,
        *,
        begins: timedelta = -DAY,
        ends: timedelta = DAY,
        by: "Issuer | None" = None,
        extra: x509.ExtensionType | None = None,
        critical: bool = True,
    ) -> bytes:
        """A list made here; by: who signs it; extra: an extension of it."""
        now = clock.now()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(now + begins)
        builder = builder.next_update(now + ends)
        for serial in self.revoked:
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - DAY).build()
            builder = builder.add_revoked_certificate(one)
        if extra is not None:
            builder = builder.add_extension(extra, critical=critical)
        return builder.sign((by or self).authority.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def answer(
        self,
        certificate: Certificate,
        question: bytes,
        *,
        begins: timedelta = -timedelta(minutes=1),
        ends: timedelta | None = timedelta(hours=1),
        by: SigningIdentity | None = None,
        nonce: bytes | bool | None = True,
        issuer: Certificate | None = None,
    ) -> bytes:
        """An answer made here, about the certificate whatever was asked; nonce: True repeats the question's."""
        now = clock.now()
        revoked = certificate.serial_number in self.revoked
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=certificate,
            issuer=issuer or self.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now + begins,
            next_update=None if ends is None else now + ends,
            revocation_time=now - DAY if revoked else None,
            revocation_reason=None,
        )
        signer = by or SigningIdentity(self.certificate, self.authority.key)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
        if by is not None:
            builder = builder.certificates([by.certificate])
        if nonce is True:
            asked = ocsp.load_der_ocsp_request(question).extensions.get_extension_for_class(x509.OCSPNonce)
            builder = builder.add_extension(asked.value, critical=False)
        elif isinstance(nonce, bytes):
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def responder(self, *, stated=True, **facts) -> SigningIdentity:
        """Somebody who answers in the authority's name; stated: whether its certificate says so."""
        uses = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]),) if stated else ()
        return self.issue("Svarer", use={"digital_signature": True}, extra=(*uses, *facts.pop("extra", ())), **facts)

    def _files(self, place: Path, *serials: int) -> Path:
        """The authority's files, and openssl's index of the certificates with these serial numbers."""
        write_identity(SigningIdentity(self.certificate, self.authority.key), place / "ca.pem", place / "ca.key")
        until = f"{clock.now() + 9 * DAY:%y%m%d%H%M%SZ}"
        lines = []
        for serial in serials:
            text = f"{serial:X}"
            text = text if len(text) % 2 == 0 else f"0{text}"
            when = f"{clock.now() - timedelta(hours=1):%y%m%d%H%M%SZ}" if serial in self.revoked else ""
            lines.append(f"{'R' if when else 'V'}\t{until}\t{when}\t{text}\tunknown\t/CN=x\n")
        (place / "index").write_text("".join(lines), encoding="utf-8")
        return place


def _some_keys() -> Iterator[rsa.RSAPrivateKey]:
    """Eight keys in turn: making one takes as long as all the rest of a test."""
    made = [demo_pki.new_key() for _ in range(8)]
    yield from itertools.cycle(made)


_KEYS = _some_keys()


def root(name: str = "Rot-CA") -> Issuer:
    return Issuer(demo_pki.make_authority(name, now=clock.now()))


def issuer_of(certificate: Path, key: Path) -> Issuer:
    """An authority whose files lie there."""
    return Issuer(
        demo_pki.Authority(demo_pki.load_certificate(certificate), demo_pki.load_key(key)),
    )


def write_identity(identity: SigningIdentity, certificate: Path, key: Path) -> None:
    """As PEM files, the chain behind the certificate."""
    certificate.write_bytes(pem_of(identity.certificate, *identity.chain))
    key.write_bytes(key_pem(identity.key))


def pem_of(*certificates: Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _addresses(lists: tuple[str, ...], responders: tuple[str, ...]) -> Iterator[x509.ExtensionType]:
    def uri(address: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(address)

    if lists:
        point = x509.DistributionPoint([uri(one) for one in lists], None, None, None)
        yield x509.CRLDistributionPoints([point])
    if responders:
        kind = AuthorityInformationAccessOID.OCSP
        yield x509.AuthorityInformationAccess([x509.AccessDescription(kind, uri(one)) for one in responders])
