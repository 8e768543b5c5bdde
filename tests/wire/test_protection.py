"""Protection against the openssl command, in both directions, and against every kind of bad message."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from skranke.kernel import clock
from skranke.wire import demo_pki, protection
from skranke.wire.certificates import (
    DecryptionIdentity,
    Purpose,
    SigningIdentity,
    TrustStore,
    load_certificate,
    load_certificates,
    load_trust,
)
from skranke.wire.errors import (
    DecryptionFailedError,
    ExpiredCertificateError,
    InvalidCertificateError,
    InvalidCmsError,
    InvalidSignatureError,
    MissingCertificateError,
    TransportFaultError,
    UnverifiedCertificateError,
)

from support.openssl import openssl
from support.properties import tried

NOW = clock.now()
PAYLOADS = [b"", b"<a>\n\xc3\xa6\r\n</a>\n", bytes(range(256)), b"x" * 15, b"x" * 16]


@dataclass(frozen=True)
class World:
    pki: demo_pki.DemoPki
    authority: demo_pki.Authority
    clinic: demo_pki.PartyFiles
    helsenorge: demo_pki.PartyFiles
    signer: SigningIdentity
    recipient: DecryptionIdentity
    trust: TrustStore

    def open(self, data: bytes, **changes) -> bytes:
        arguments = {
            "decryption": [self.recipient],
            "sender_certificate": self.signer.certificate,
            "trust": self.trust,
            "now": NOW,
        }
        return protection.unprotect(data, **(arguments | changes)).payload

    def protect(self, payload: bytes = b"hei", **changes) -> bytes:
        arguments = {"signer": self.signer, "recipient": self.recipient.certificate}
        return protection.protect(payload, **(arguments | changes))

    def issued(self, *, start=timedelta(days=-1), end=timedelta(days=1), bits=2048, **use) -> SigningIdentity:
        key = demo_pki.new_key(bits)
        certificate = self.authority.issue(
            demo_pki.subject("Legekontoret Utenfor"),
            key.public_key(),
            demo_pki.key_usage(**(use or {"content_commitment": True})),
            start=NOW + start,
            end=NOW + end,
        )
        return SigningIdentity(certificate, key)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    parties = {"clinic": "Storgata legesenter", "helsenorge": "Helsenorge demo"}
    pki = demo_pki.make_pki(tmp_path_factory.mktemp("pki"), parties, now=NOW)
    clinic, helsenorge = pki.party("clinic"), pki.party("helsenorge")
    authority = demo_pki.Authority(load_certificate(pki.ca_certificate), demo_pki.load_key(pki.folder / "ca.key"))
    trust = load_trust(pki.ca_certificate, policies=frozenset({demo_pki.TEST_POLICY}))
    return World(pki, authority, clinic, helsenorge, helsenorge.signing(), clinic.decryption(), trust)


def openssl_signed(world: World, payload: bytes, *options: str) -> bytes:
    keys = ("-signer", world.helsenorge.signing_certificate, "-inkey", world.helsenorge.signing_key)
    return openssl(
        "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-outform", "DER", *keys, *options, data=payload
    )


def openssl_encrypted(world: World, content: bytes, *options: str) -> bytes:
    chosen = options or ("-aes256",)
    return openssl(
        "cms", "-encrypt", "-binary", "-outform", "DER", *chosen, world.clinic.encryption_certificate, data=content
    )


@pytest.mark.parametrize("signed_attributes", [True, False])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_openssl_opens_and_verifies_what_we_protect(world, payload, signed_attributes, tmp_path):
    data = world.protect(payload, signed_attributes=signed_attributes)
    keys = ("-inkey", world.clinic.encryption_key, "-recip", world.clinic.encryption_certificate)
    signed = openssl("cms", "-decrypt", "-binary", "-inform", "DER", *keys, data=data)
    trusted = ("-CAfile", world.pki.ca_certificate, "-purpose", "any")
    (tmp_path / "signed.der").write_bytes(signed)
    opened = openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "signed.der", *trusted)
    assert opened == payload
    shape = openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", data=signed).decode()
    assert ("object: messageDigest" in shape) is signed_attributes
    envelope = openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", data=data).decode()
    assert "aes-256-cbc" in envelope
    assert "d.issuerAndSerialNumber" in envelope
    assert "rsaEncryption" in envelope
    assert "contentType: pkcs7-data" in envelope


@pytest.mark.parametrize("payload", PAYLOADS[1:])
@pytest.mark.parametrize("options", [(), ("-noattr",), ("-stream",), ("-md", "sha512")], ids=" ".join)
def test_we_open_what_openssl_protects(world, payload, options):
    assert world.open(openssl_encrypted(world, openssl_signed(world, payload, *options))) == payload


@pytest.mark.parametrize("options", [("-aes128",), ("-aes192",), ("-aes256", "-stream")], ids=" ".join)
def test_we_open_other_key_lengths_and_indefinite_lengths(world, options):
    assert world.open(openssl_encrypted(world, openssl_signed(world, b"hei"), *options)) == b"hei"


@tried(25)
@given(payload=st.binary(max_size=2000), signed_attributes=st.booleans())
def test_any_payload_comes_back_unchanged(world, payload, signed_attributes):
    assert world.open(world.protect(payload, signed_attributes=signed_attributes)) == payload


def test_the_message_of_twelve_mebibytes(world):
    payload = bytes(range(256)) * (12 * 4096)
    assert world.open(world.protect(payload)) == payload


def test_the_root_is_not_sent_but_intermediates_are(world):
    middle = authority_under(world, can_sign=True)
    leaf = identity_under(middle)
    signed = protection.sign(b"hei", signer=replace(leaf, chain=(middle.certificate,)))
    sent = protection._sent_certificates(protection._content(signed, "signed_data"))
    assert {one.subject for one in sent} == {leaf.certificate.subject, middle.certificate.subject}
    found = protection.verify(signed, sender_certificate=leaf.certificate, trust=plain(world), now=NOW)
    assert found.signer_certificate == leaf.certificate
    bare = protection.sign(b"hei", signer=leaf)
    with pytest.raises(UnverifiedCertificateError):
        protection.verify(bare, sender_certificate=leaf.certificate, trust=plain(world), now=NOW)


def test_a_chain_that_has_been_verified_holds_no_longer_than_each_of_its_links(world):
    middle = authority_under(world, can_sign=True, days=1)
    leaf, trust = identity_under(middle), plain(world)
    for _ in range(2):
        trust.check(leaf.certificate, Purpose.SIGNING, now=NOW, sent=[middle.certificate])
    later = NOW + timedelta(days=1, hours=12)
    with pytest.raises(UnverifiedCertificateError):
        trust.check(leaf.certificate, Purpose.SIGNING, now=later, sent=[middle.certificate])
    with pytest.raises(UnverifiedCertificateError):
        trust.check(leaf.certificate, Purpose.SIGNING, now=NOW)


def test_an_ordinary_certificate_cannot_issue_others(world):
    middle = authority_under(world, can_sign=False)
    leaf = identity_under(middle)
    signed = protection.sign(b"hei", signer=replace(leaf, chain=(middle.certificate,)))
    with pytest.raises(UnverifiedCertificateError):
        protection.verify(signed, sender_certificate=leaf.certificate, trust=plain(world), now=NOW)


def plain(world: World) -> TrustStore:
    return TrustStore(roots=world.trust.roots)


def authority_under(world: World, *, can_sign: bool, days: int = 9) -> demo_pki.Authority:
    key = demo_pki.new_key()
    use = demo_pki.key_usage(key_cert_sign=can_sign, content_commitment=not can_sign)
    builder = demo_pki._builder(
        demo_pki.subject("Mellom-CA"),
        world.authority.certificate.subject,
        key.public_key(),
        use,
        start=NOW - timedelta(days=1),
        end=NOW + timedelta(days=days),
    ).add_extension(x509.BasicConstraints(ca=can_sign, path_length=None), critical=True)
    return demo_pki.Authority(builder.sign(world.authority.key, hashes.SHA256()), key)


def identity_under(authority: demo_pki.Authority) -> SigningIdentity:
    key = demo_pki.new_key()
    use = demo_pki.key_usage(content_commitment=True)
    span = {"start": NOW - timedelta(days=1), "end": NOW + timedelta(days=2)}
    return SigningIdentity(authority.issue(demo_pki.subject("Kontoret"), key.public_key(), use, **span), key)


def test_both_decryption_certificates_are_tried_during_a_swap(world):
    fresh = world.issued(key_encipherment=True)
    new = DecryptionIdentity(fresh.certificate, fresh.key)
    for data in (world.protect(), world.protect(recipient=new.certificate)):
        assert world.open(data, decryption=[new, world.recipient]) == b"hei"


def test_any_of_the_senders_registered_certificates_will_do(world):
    other = world.issued()
    assert world.open(world.protect(), sender_certificate=[other.certificate, world.signer.certificate]) == b"hei"


def stranger(world: World) -> bytes:
    other = demo_pki.make_authority("En annen CA", now=NOW)
    signer = World.issued(replace(world, authority=other))
    chained = replace(signer, chain=(other.certificate,))
    return world.open(world.protect(signer=chained), sender_certificate=signer.certificate)


Bad = Callable[[World], object]
BAD: dict[str, tuple[type[TransportFaultError], Bad]] = {
    "not CMS": (InvalidCmsError, lambda w: w.open(b"<xml/>")),
    "empty": (InvalidCmsError, lambda w: w.open(b"")),
    "truncated": (InvalidCmsError, lambda w: w.open(w.protect()[:-20])),
    "trailing bytes": (InvalidCmsError, lambda w: w.open(w.protect() + b"x")),
    "signed only": (InvalidCmsError, lambda w: w.open(protection.sign(b"hei", signer=w.signer))),
    "encrypted only": (InvalidCmsError, lambda w: w.open(openssl_encrypted(w, b"<xml/>"))),
    "3DES": (InvalidCmsError, lambda w: w.open(openssl_encrypted(w, openssl_signed(w, b"hei"), "-des3"))),
    "SHA-1 with attributes": (
        InvalidCmsError,
        lambda w: w.open(openssl_encrypted(w, openssl_signed(w, b"hei", "-md", "sha1"))),
    ),
    "SHA-1": (
        InvalidCmsError,
        lambda w: w.open(openssl_encrypted(w, openssl_signed(w, b"hei", "-md", "sha1", "-noattr"))),
    ),
    "not for us": (DecryptionFailedError, lambda w: w.open(w.protect(recipient=w.issued().certificate))),
    "our certificate, another key": (
        DecryptionFailedError,
        lambda w: w.open(w.protect(), decryption=[replace(w.recipient, key=demo_pki.new_key())]),
    ),
    "no decryption certificate": (DecryptionFailedError, lambda w: w.open(w.protect(), decryption=[])),
    "another signer": (InvalidCertificateError, lambda w: w.open(w.protect(signer=w.issued()))),
    "no registered certificate": (MissingCertificateError, lambda w: w.open(w.protect(), sender_certificate=[])),
    "registered certificate, another key": (
        InvalidSignatureError,
        lambda w: w.open(w.protect(signer=forged(w)), sender_certificate=w.signer.certificate),
    ),
    "expired": (ExpiredCertificateError, lambda w: own(w, end=timedelta(seconds=-1))),
    "not yet valid": (ExpiredCertificateError, lambda w: own(w, start=timedelta(minutes=5))),
    "for encryption only": (InvalidCertificateError, lambda w: own(w, key_encipherment=True)),
    "for log-in only": (InvalidCertificateError, lambda w: own(w, digital_signature=True)),
    "weak key": (InvalidCertificateError, lambda w: own(w, bits=1024)),
    "unknown authority": (UnverifiedCertificateError, stranger),
    "other policy": (
        InvalidCertificateError,
        lambda w: w.open(w.protect(), trust=replace(w.trust, policies=frozenset({"2.16.578.1.26.1.3.2"}))),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_message_is_refused_with_its_condition(world, case):
    kind, action = BAD[case]
    with pytest.raises(TransportFaultError) as caught:
        action(world)
    assert type(caught.value) is kind
    assert caught.value.permanent


def own(world: World, **facts) -> bytes:
    """A message signed with a certificate that is registered for the sender and has these facts."""
    signer = world.issued(**facts)
    return world.open(world.protect(signer=signer), sender_certificate=signer.certificate)


def forged(world: World) -> SigningIdentity:
    """Somebody else's key under a certificate with the registered one's issuer and serial number."""
    key = demo_pki.new_key()
    real = world.signer.certificate
    twin = (
        x509.CertificateBuilder()
        .subject_name(real.subject)
        .issuer_name(real.issuer)
        .public_key(key.public_key())
        .serial_number(real.serial_number)
        .not_valid_before(real.not_valid_before_utc)
        .not_valid_after(real.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    return SigningIdentity(twin, key)


@pytest.mark.parametrize("signed_attributes", [True, False])
def test_changed_content_breaks_the_signature(world, signed_attributes):
    signed = protection.sign(b"the content", signer=world.signer, signed_attributes=signed_attributes)
    changed = protection.encrypt(signed.replace(b"the content", b"THE content"), recipient=world.recipient.certificate)
    with pytest.raises(InvalidSignatureError):
        world.open(changed)


def test_attributes_that_travel_in_another_order_than_they_were_signed_in_are_verified(world):
    signed = protection.sign(b"hei", signer=world.signer)
    signer = protection._content(signed, "signed_data")["signer_infos"][0]
    attributes = [one.dump() for one in signer["signed_attrs"]]
    turned = signed.replace(b"".join(attributes), b"".join(reversed(attributes)))
    assert turned != signed
    found = protection.verify(turned, sender_certificate=world.signer.certificate, trust=world.trust, now=NOW)
    assert found.payload == b"hei"


def test_a_signature_over_attributes_does_not_pass_for_one_over_content(world):
    """The signed attributes of one message, sent as the content of another without attributes."""
    structure = protection._content(protection.sign(b"hei", signer=world.signer), "signed_data")
    signer = structure["signer_infos"][0]
    attributes = signer["signed_attrs"].untag().dump()
    signature = signer["signature"].native
    twin = protection._content(protection.sign(attributes, signer=world.signer, signed_attributes=False), "signed_data")
    twin["signer_infos"][0]["signature"] = signature
    wrapped = protection.cms.ContentInfo({"content_type": "signed_data", "content": twin}).dump(force=True)
    with pytest.raises(InvalidSignatureError):
        protection.verify(wrapped, sender_certificate=world.signer.certificate, trust=world.trust, now=NOW)


@tried(60)
@given(data=st.data())
def test_a_damaged_message_ends_in_one_of_our_errors(world, data):
    good = bytearray(protection.sign(b"<hei/>", signer=world.signer))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = protection.verify(bytes(good), sender_certificate=world.signer.certificate, trust=world.trust, now=NOW)
    except TransportFaultError:
        return
    assert found.payload == b"<hei/>", "only parts that nobody reads may change"


@tried(60)
@given(data=st.data())
def test_a_damaged_envelope_ends_in_one_of_our_errors(world, data):
    good = bytearray(protection.encrypt(b"<hei/>", recipient=world.recipient.certificate))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(TransportFaultError):
        protection.decrypt(bytes(good), decryption=[world.recipient])


def test_the_clock_decides_validity(world):
    data = world.protect()
    with pytest.raises(ExpiredCertificateError):
        world.open(data, now=NOW + timedelta(days=5000))


def test_recipient_checks(world):
    trust = world.trust
    trust.check(world.recipient.certificate, Purpose.ENCRYPTION, now=NOW)
    trust.check(world.issued(data_encipherment=True).certificate, Purpose.ENCRYPTION, now=NOW)
    with pytest.raises(InvalidCertificateError):
        trust.check(world.signer.certificate, Purpose.ENCRYPTION, now=NOW)
    with pytest.raises(MissingCertificateError):
        trust.check(None, Purpose.ENCRYPTION, now=NOW)


def test_the_demo_pki_is_made_once(world, tmp_path):
    first = demo_pki.make_pki(tmp_path, {"a": "A"}, now=NOW)
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    demo_pki.make_pki(tmp_path, {"a": "A", "b": "B"}, now=NOW)
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept
    assert first.party("b").signing().certificate.issuer == load_certificates(first.ca_certificate)[0].subject
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("*.key"))


def test_keys_are_not_shown(world):
    secret = world.signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert "key=" not in repr(world.signer)
    assert secret not in repr(world.recipient)
