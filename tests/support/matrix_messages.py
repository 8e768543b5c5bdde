"""Rows of the matrix about the message itself: its signature and its encryption (protocol.md 3 and 9)."""

from hashlib import sha256
from uuid import uuid4

from asn1crypto import cms

from skranke.clinics.models import Counterpart
from skranke.wire import demo_pki
from skranke.wire.certificates import SigningIdentity, load_certificate
from skranke.wire.protection import encrypt, protect, sign

from cast import fresh_her_id
from support.authority import ENCRYPTION, pem_of, root, write_identity
from support.matrix import ACCEPTED, Changes, Row, Scene, condition

LEGACY = ("-provider", "legacy", "-provider", "default")
INVALID_CERTIFICATE = condition("invalid-certificate")
INVALID_CMS = condition("invalid-cms-pkcs")
INVALID_SIGNATURE = condition("invalid-signature")
NOT_DECRYPTED = condition("decryption-failed")
SIGNATURE = "The signature"
ENVELOPE = "The encryption"
OTHER_TEXT = (b"Er dere", b"Er DERE")


def stranger(scene: Scene) -> SigningIdentity:
    return scene.office.town.pki.party("stranger").signing()


def unregistered(scene: Scene) -> Changes:
    return {"body": protect(scene.xml, signer=stranger(scene), recipient=scene.ours)}


def of_another_counterpart(scene: Scene) -> Changes:
    """Both are set up and both certificates hold, but the signer is not the sender."""
    path = scene.folder / "other.pem"
    path.write_bytes(pem_of(stranger(scene).certificate))
    with scene.office.acting():
        row = Counterpart.objects.get()
        row.pk, row.her_id, row.signing_certificate = uuid4(), fresh_her_id(), f"file:{path}"
        row.save(force_insert=True)
    return unregistered(scene)


def signed_by_twin(*, other_issuer: bool):
    """A certificate of an authority we do not trust, with the registered one's name and serial number."""

    def make(scene: Scene) -> Changes:
        real, key = scene.sender.certificate, demo_pki.new_key()
        name = "En annen CA" if other_issuer else "Skranke demo-CA"
        other = root(name)
        assert (other.name == scene.authority.name) is not other_issuer
        made = other.certificate_for(real.subject, key.public_key(), serial=real.serial_number)
        return {"body": protect(scene.xml, signer=SigningIdentity(made, key), recipient=scene.ours)}

    return make


def replaced(signed: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    for old, new in pairs:
        assert old in signed
        assert len(old) == len(new)
        signed = signed.replace(old, new)
    return signed


def changed(*, attributes: bool):
    return lambda s: s.sealed(replaced(s.signed(attributes=attributes), OTHER_TEXT))


def changed_with_digest(scene: Scene) -> Changes:
    """Content and the digest in the signed attributes both changed, so that these two fit each other."""
    digests = [sha256(xml).digest() for xml in (scene.xml, scene.xml.replace(*OTHER_TEXT))]
    return scene.sealed(replaced(scene.signed(), OTHER_TEXT, (digests[0], digests[1])))


def attributes_as_content(scene: Scene) -> Changes:
    """Another message's signed attributes sent as content under its signature, which holds for them."""
    signer = cms.ContentInfo.load(scene.signed())["content"]["signer_infos"][0]
    attributes, signature = signer["signed_attrs"].untag().dump(), signer["signature"].native
    bare = cms.ContentInfo.load(sign(attributes, signer=scene.sender, signed_attributes=False))["content"]
    bare["signer_infos"][0]["signature"] = signature
    return scene.sealed(cms.ContentInfo({"content_type": "signed_data", "content": bare}).dump(force=True))


def without_signers(scene: Scene) -> Changes:
    signed = cms.ContentInfo.load(scene.signed())["content"]
    signed["signer_infos"] = cms.SignerInfos([])
    return scene.sealed(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump(force=True))


SIGNATURES = (
    Row(SIGNATURE, "without signed attributes", ACCEPTED, lambda s: s.sealed(s.signed(attributes=False))),
    Row(SIGNATURE, "made by openssl with SHA-512", ACCEPTED,
        lambda s: s.sealed(s.signed_by_openssl("-md", "sha512"))),
    Row(SIGNATURE, "with SHA-1", INVALID_CMS, lambda s: s.sealed(s.signed_by_openssl("-md", "sha1"))),
    Row(SIGNATURE, "with MD5", INVALID_CMS, lambda s: s.sealed(s.signed_by_openssl("-md", "md5"))),
    Row(SIGNATURE, "content changed, with attributes", INVALID_SIGNATURE, changed(attributes=True)),
    Row(SIGNATURE, "content changed, without attributes", INVALID_SIGNATURE, changed(attributes=False)),
    Row(SIGNATURE, "content and signed digest changed", INVALID_SIGNATURE, changed_with_digest),
    Row(SIGNATURE, "another message's signed attributes as content", INVALID_SIGNATURE, attributes_as_content),
    Row(SIGNATURE, "without any signer", INVALID_SIGNATURE, without_signers),
    Row(SIGNATURE, "two, the second the sender's", ACCEPTED,
        lambda s: s.sealed(s.signed_by_many(stranger(s), s.sender))),
    Row(SIGNATURE, "two, neither the sender's", INVALID_CERTIFICATE,
        lambda s: s.sealed(s.signed_by_many(stranger(s), s.authority.issue()))),
    Row(SIGNATURE, "another organisation's, same authority", INVALID_CERTIFICATE, unregistered),
    Row(SIGNATURE, "another counterpart's", INVALID_CERTIFICATE, of_another_counterpart),
    Row(SIGNATURE, "by a certificate with the right serial number and another issuer", INVALID_CERTIFICATE,
        signed_by_twin(other_issuer=True)),
    Row(SIGNATURE, "by a forged certificate with the right issuer and serial number", INVALID_SIGNATURE,
        signed_by_twin(other_issuer=False)),
    Row(SIGNATURE, "none: the XML is only encrypted", INVALID_CMS, lambda s: s.sealed(s.xml)),
)  # fmt: skip


def to_stranger_too(scene: Scene) -> Changes:
    theirs = load_certificate(scene.office.town.pki.party("stranger").encryption_certificate)
    return scene.encrypted_by_openssl("-aes256", to=(theirs, scene.ours))


def to_stranger(scene: Scene) -> Changes:
    theirs = load_certificate(scene.office.town.pki.party("stranger").encryption_certificate)
    return {"body": protect(scene.xml, signer=scene.sender, recipient=theirs)}


def old_key(*, kept: bool):
    """Encrypted to a certificate of the clinic's that was replaced, its key still there or not."""

    def make(scene: Scene) -> Changes:
        old = scene.authority.issue("Prøvevik", use=ENCRYPTION)
        certificate, key = scene.folder / "old.pem", scene.folder / "old.key"
        write_identity(old, certificate, key)
        if kept:
            scene.change_profile(
                previous_decryption_certificate=f"file:{certificate}", previous_decryption_key=f"file:{key}"
            )
        return {"body": protect(scene.xml, signer=scene.sender, recipient=old.certificate)}

    return make


def with_another_key(scene: Scene) -> Changes:
    """Names our certificate as recipient, but the wrapped key is of another."""
    data = cms.ContentInfo.load(encrypt(scene.signed(), recipient=scene.ours))
    info = data["content"]["recipient_infos"][0].chosen
    info["encrypted_key"] = bytes(reversed(info["encrypted_key"].native))
    return {"body": data.dump(force=True)}


def right(scene: Scene) -> bytes:
    return protect(scene.xml, signer=scene.sender, recipient=scene.ours)


ENCRYPTIONS = (
    Row(ENVELOPE, "AES of 128 bits", ACCEPTED, lambda s: s.encrypted_by_openssl("-aes128")),
    Row(ENVELOPE, "BER of indefinite length", ACCEPTED,
        lambda s: s.encrypted_by_openssl("-aes256", "-stream", signed=s.signed_by_openssl("-stream"))),
    Row(ENVELOPE, "several recipients, we are the second", ACCEPTED, to_stranger_too),
    Row(ENVELOPE, "to our previous certificate, during a swap", ACCEPTED, old_key(kept=True)),
    Row(ENVELOPE, "to a retired certificate of ours", NOT_DECRYPTED, old_key(kept=False)),
    Row(ENVELOPE, "to somebody else", NOT_DECRYPTED, to_stranger),
    Row(ENVELOPE, "to us, with another key", NOT_DECRYPTED, with_another_key),
    Row(ENVELOPE, "recipient by key identifier", NOT_DECRYPTED,
        lambda s: s.encrypted_by_openssl("-aes256", "-keyid")),
    Row(ENVELOPE, "key transport with OAEP", INVALID_CMS,
        lambda s: s.encrypted_by_openssl("-aes256", keys=("-keyopt", "rsa_padding_mode:oaep"))),
    Row(ENVELOPE, "3DES", INVALID_CMS, lambda s: s.encrypted_by_openssl("-des3")),
    Row(ENVELOPE, "DES", INVALID_CMS, lambda s: s.encrypted_by_openssl("-des", *LEGACY)),
    Row(ENVELOPE, "RC2", INVALID_CMS, lambda s: s.encrypted_by_openssl("-rc2-128", *LEGACY)),
    Row(ENVELOPE, "AES-GCM", INVALID_CMS, lambda s: s.encrypted_by_openssl("-aes-256-gcm")),
    Row(ENVELOPE, "none: the message is only signed", INVALID_CMS, lambda s: {"body": s.signed()}),
    Row(ENVELOPE, "neither signed nor encrypted", INVALID_CMS, lambda s: {"body": s.xml}),
    Row(ENVELOPE, "the body cut short", INVALID_CMS, lambda s: {"body": right(s)[:-20]}),
    Row(ENVELOPE, "bytes behind the body", INVALID_CMS, lambda s: {"body": right(s) + b"\x00"}),
    Row(ENVELOPE, "an empty body", INVALID_CMS, lambda s: {"body": b""}),
)  # fmt: skip
