"""The matrix of certificates and identities: what a row of it is, and the scene in which it is played.

A row makes one message with real bytes; the answer says what must come of it. The rows stand in `matrix_rows`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from skranke.clinics.models import CommunicationProfile, Counterpart
from skranke.dialog.models import Thread
from skranke.gateway.inbound import Disposition
from skranke.gateway.models import DeliveryTry, ReceivedMessage
from skranke.outbox.models import OutboxItem
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render
from skranke.wire.certificates import Certificate, SigningIdentity, load_certificate
from skranke.wire.protection import encrypt, protect, sign

from support.authority import Issuer, Site, issuer_of, pem_of
from support.openssl import openssl
from support.surgery import Surgery

Changes = dict[str, Any]
NOT_STORED = ""


@dataclass
class Scene:
    """A connected clinic, the authority both sides trust, and a web server of the authority's."""

    office: Surgery
    site: Site
    folder: Path
    question: MsgHead = field(init=False)
    authority: Issuer = field(init=False)

    def __post_init__(self) -> None:
        pki = self.office.town.pki
        self.authority = issuer_of(pki.ca_certificate, pki.folder / "ca.key")
        self.question = self.office.helsenorge.e_contact(self.office.cast.ola)

    @property
    def xml(self) -> bytes:
        return render(self.question)

    @property
    def ours(self) -> Certificate:
        """The clinic's certificate for encryption."""
        return load_certificate(self.office.helsenorge.clinic_files.encryption_certificate)

    @property
    def sender(self) -> SigningIdentity:
        """HelseNorge, as it is set up at the clinic."""
        return self.office.helsenorge.files.signing()

    def register(self, *certificates: Certificate, field: str = "signing_certificate") -> None:
        """Adresseregisteret now says that these are HelseNorge's."""
        path = self.folder / f"{field}.pem"
        path.write_bytes(pem_of(*certificates))
        with self.office.acting():
            Counterpart.objects.update(**{field: f"file:{path}"})

    def change_profile(self, **fields: str) -> None:
        with self.office.acting():
            CommunicationProfile.objects.update(**fields)

    def signed_by(self, identity: SigningIdentity, *, attributes: bool = True) -> Changes:
        """The message signed by somebody whose certificate is now the registered one."""
        self.register(identity.certificate)
        return {"body": protect(self.xml, signer=identity, recipient=self.ours, signed_attributes=attributes)}

    def party(self, issuer: Issuer | None = None, **facts: Any) -> Changes:
        """The message signed with a new certificate of these facts, which is registered."""
        return self.signed_by((issuer or self.authority).issue("Helsenorge", **facts))

    def sealed(self, signed: bytes) -> Changes:
        """Signed data of the row's own making, encrypted to the clinic."""
        return {"body": encrypt(signed, recipient=self.ours)}

    def signed(self, *, attributes: bool = True) -> bytes:
        return sign(self.xml, signer=self.sender, signed_attributes=attributes)

    def signed_by_many(self, *signers: SigningIdentity, options: tuple[pkcs7.PKCS7Options, ...] = ()) -> bytes:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(self.xml)
        for one in signers:
            builder = builder.add_signer(one.certificate, one.key, hashes.SHA256())
        return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])

    def signed_by_openssl(self, *options: str) -> bytes:
        files = self.office.helsenorge.files
        keys = ("-signer", files.signing_certificate, "-inkey", files.signing_key)
        return openssl("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", *keys, *options, data=self.xml)

    def encrypted_by_openssl(
        self,
        *options: str,
        to: tuple[Certificate, ...] = (),
        keys: tuple[str, ...] = (),
        signed: bytes = b"",
    ) -> Changes:
        names = []
        for number, certificate in enumerate(to or (self.ours,)):
            path = self.folder / f"to{number}.pem"
            path.write_bytes(pem_of(certificate))
            names += ["-recip", path, *keys]
        chosen = ("cms", "-encrypt", "-binary", "-outform", "DER", *options, *names)
        return {"body": openssl(*chosen, data=signed or self.signed())}


@dataclass(frozen=True)
class Answer:
    """What comes of a row. `code` is the condition, the AppRec error, or the state that is kept."""

    text: str
    code: str
    check: Callable[[Scene, str], None]

    def __str__(self) -> str:
        return f"{self.text} `{self.code}`" if self.code else self.text


def _kept(scene: Scene) -> tuple[str, str]:
    with scene.office.acting():
        assert not DeliveryTry.objects.exists()
        row = ReceivedMessage.objects.get()
        return row.state, row.code


def _nothing_acted_on(scene: Scene) -> None:
    with scene.office.acting():
        assert not Thread.objects.exists()


def _accepted(scene: Scene, _code: str) -> None:
    (receipt,) = scene.office.answers()
    assert (receipt.is_receipt, receipt.code, scene.office.helsenorge.reports()) == (True, "1", [])
    assert _kept(scene)[0] == "acted"
    with scene.office.acting():
        assert Thread.objects.count() == 1


def _reported(scene: Scene, code: str) -> None:
    assert scene.office.answers() == []
    (report,) = scene.office.helsenorge.reports()
    sent = scene.office.helsenorge.sent[-1]
    assert (report.headers.error_condition, report.body) == (code, b"")
    assert report.headers.original_message_id == sent.message_id
    assert _kept(scene) == ("fault", code)
    _nothing_acted_on(scene)


def _receipted(scene: Scene, code: str) -> None:
    (receipt,) = scene.office.answers()
    assert (receipt.is_receipt, receipt.code, receipt.errors) == (True, "2", [code])
    assert scene.office.helsenorge.reports() == []
    assert _kept(scene) == ("refused", code)
    _nothing_acted_on(scene)


def _waits(scene: Scene, code: str) -> None:
    """Also after more tries than a faulty message gets: nothing is told, nothing kept, nothing set aside."""
    for _ in range(7):
        assert scene.office.take_in() == [Disposition.RELEASE]
    scene.office.send_out()
    assert (scene.office.helsenorge.letters(), scene.office.helsenorge.reports()) == ([], [])
    with scene.office.acting():
        assert not ReceivedMessage.objects.exists()
        assert [(one.tries, one.last_error) for one in DeliveryTry.objects.all()] == [(0, code)]
    _nothing_acted_on(scene)


def _recorded(scene: Scene, code: str) -> None:
    assert (scene.office.answers(), scene.office.helsenorge.reports()) == ([], [])
    assert _kept(scene) == ("fault", code)
    _nothing_acted_on(scene)


def _stays(scene: Scene, code: str) -> None:
    """The message is acted on, but nothing leaves for a certificate that may not be used."""
    scene.office.work()
    assert scene.office.helsenorge.letters() == []
    with scene.office.acting():
        assert Thread.objects.count() == 1
        (row,) = OutboxItem.objects.all()
        assert (row.state, row.error, row.body) == ("pending", code, None)


ACCEPTED = Answer("accepted", "", _accepted)
WAITS = Answer("waits, tried again; told to nobody but the operator:", "wire_revocation_offline", _waits)


def condition(name: str) -> Answer:
    return Answer("error queue", name if name.startswith("abuse:") else f"transport:{name}", _reported)


def receipt(code: str) -> Answer:
    return Answer("negative AppRec", code, _receipted)


def recorded(code: str) -> Answer:
    return Answer("told to nobody but the operator:", code, _recorded)


def stays(code: str) -> Answer:
    return Answer("the answer waits in the outbox, with an alarm:", code, _stays)


@dataclass(frozen=True)
class Row:
    """case: what is special about the message. make: it, as changes to a message that is right."""

    group: str
    case: str
    answer: Answer
    make: Callable[[Scene], Changes]


def table(rows: tuple[Row, ...]) -> str:
    """The rows as docs/certificates.md shows them."""
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        if number == 1 or row.group != rows[number - 2].group:
            lines += ["", f"### {row.group}", "", "| | message | answer |", "|---|---|---|"]
        lines.append(f"| {number} | {row.case} | {row.answer} |")
    return "\n".join([*lines, ""])
