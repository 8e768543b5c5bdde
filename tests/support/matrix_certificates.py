"""Rows of the matrix about the signer's certificate: its facts, its chain and its revocation (protocol.md 3)."""

from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from skranke.kernel import clock
from skranke.wire import demo_pki
from skranke.wire.certificates import SigningIdentity

from support.authority import DAY, ENCRYPTION, Issuer, root
from support.matrix import ACCEPTED, WAITS, Changes, Row, Scene, condition
from support.openssl import needed

INVALID = condition("invalid-certificate")
UNVERIFIED = condition("unverified-certificate")
REVOKED = condition("revoked-certificate")
EXPIRED = condition("expired-certificate")
SIGNER = "The signer's certificate"
REVOCATION = "Revocation"


def chained(scene: Scene, middle: Issuer, *, sent: bool = True, **facts) -> Changes:
    """Signed by a party under an intermediate authority that comes along, or not."""
    party = middle.issue("Helsenorge", **facts)
    return scene.signed_by(replace(party, chain=(middle.certificate,) if sent else ()))


def under_a_party(scene: Scene) -> Changes:
    party = scene.authority.issue("En part")
    return chained(scene, Issuer(demo_pki.Authority(party.certificate, party.key)))


def self_signed(scene: Scene) -> Changes:
    key = demo_pki.new_key()
    name = demo_pki.subject("Helsenorge")
    builder = demo_pki._builder(
        name,
        name,
        key.public_key(),
        demo_pki.key_usage(content_commitment=True),
        start=scene.authority.certificate.not_valid_before_utc,
        end=scene.authority.certificate.not_valid_after_utc,
    )
    policy = x509.PolicyInformation(x509.ObjectIdentifier(demo_pki.TEST_POLICY), None)
    builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    return scene.signed_by(SigningIdentity(builder.sign(key, hashes.SHA256()), key))


def same_name(scene: Scene) -> Changes:
    other = demo_pki.make_authority("Skranke demo-CA", now=clock.now())
    assert other.certificate.subject == scene.authority.name
    return scene.party(Issuer(other))


def weakly_signed(digest: str):
    def make(scene: Scene) -> Changes:
        key = demo_pki.new_key()
        return scene.signed_by(SigningIdentity(scene.authority.by_openssl(key, digest=digest), key))

    return make


def elliptic(scene: Scene) -> Changes:
    return scene.party(key=ec.generate_private_key(ec.SECP256R1()))


def listed(scene: Scene, *, revoked: bool) -> Changes:
    issuer = replace(scene.authority, revoked=set())
    party = issuer.issue("Helsenorge", lists=(scene.site.url("/list"),))
    if revoked:
        issuer.revoke(party.certificate)
    made_list = issuer.list_by_openssl()
    scene.site.pages["/list"] = lambda _: made_list
    return scene.signed_by(party)


def answered(scene: Scene, *, revoked: bool) -> Changes:
    issuer = replace(scene.authority, revoked=set())
    party = issuer.issue("Helsenorge", responders=(scene.site.url("/responder"),))
    if revoked:
        issuer.revoke(party.certificate)
    needed()
    scene.site.pages["/responder"] = lambda asked: issuer.answer_by_openssl(asked, party.certificate)
    return scene.signed_by(party)


def middle_revoked(scene: Scene) -> Changes:
    issuer = replace(scene.authority, revoked=set())
    middle = issuer.middle(lists=(scene.site.url("/list"),))
    issuer.revoke(middle.certificate)
    made_list = issuer.list_by_openssl()
    scene.site.pages["/list"] = lambda _: made_list
    return chained(scene, middle)


def only_the_list(scene: Scene) -> Changes:
    made_list = replace(scene.authority, revoked=set()).list_by_openssl()
    scene.site.pages["/list"] = lambda _: made_list
    return scene.party(lists=(scene.site.url("/list"),), responders=(scene.site.url("/gone"),))


def nobody_reachable(scene: Scene) -> Changes:
    return scene.party(lists=(scene.site.url("/gone"),), responders=(scene.site.url("/gone-too"),))


def forged_answer(scene: Scene) -> Changes:
    party = scene.authority.issue("Helsenorge", responders=(scene.site.url("/responder"),))
    other = root()
    by = SigningIdentity(other.certificate, other.authority.key)
    scene.site.pages["/responder"] = lambda asked: scene.authority.answer(party.certificate, asked, by=by)
    return scene.signed_by(party)


def outdated_list(scene: Scene) -> Changes:
    scene.site.pages["/list"] = lambda _: scene.authority.listing(begins=-2 * DAY, ends=-DAY)
    return scene.party(lists=(scene.site.url("/list"),))


CERTIFICATES = (
    Row(SIGNER, "right in every way", ACCEPTED, lambda s: s.party()),
    Row(SIGNER, "for signing and encryption both", ACCEPTED,
        lambda s: s.party(use={"content_commitment": True, **ENCRYPTION})),
    Row(SIGNER, "not included in the message", ACCEPTED,
        lambda s: s.sealed(s.signed_by_many(s.sender, options=(pkcs7.PKCS7Options.NoCerts,)))),
    Row(SIGNER, "under an intermediate that comes along", ACCEPTED,
        lambda s: chained(s, s.authority.middle())),
    Row(SIGNER, "under an intermediate that nobody has", UNVERIFIED,
        lambda s: chained(s, s.authority.middle(), sent=False)),
    Row(SIGNER, "under an ordinary party's certificate", UNVERIFIED, under_a_party),
    Row(SIGNER, "expired", EXPIRED,
        lambda s: s.party(end=-timedelta(minutes=1))),
    Row(SIGNER, "not yet valid", EXPIRED,
        lambda s: s.party(start=timedelta(minutes=9))),
    Row(SIGNER, "for encryption only", INVALID, lambda s: s.party(use=ENCRYPTION)),
    Row(SIGNER, "for log-in only", INVALID,
        lambda s: s.party(use={"digital_signature": True})),
    Row(SIGNER, "self-signed", UNVERIFIED, self_signed),
    Row(SIGNER, "of an authority we do not trust", UNVERIFIED, lambda s: s.party(root())),
    Row(SIGNER, "of another authority with the trusted one's name", UNVERIFIED, same_name),
    Row(SIGNER, "without a policy", INVALID, lambda s: s.party(policies=())),
    Row(SIGNER, "under another policy", INVALID,
        lambda s: s.party(policies=("2.16.578.1.26.1.3.1",))),
    Row(SIGNER, "under the policy of production", ACCEPTED,
        lambda s: s.party(policies=("2.16.578.1.26.1.3.2",))),
    Row(SIGNER, "signed with SHA-1", INVALID, weakly_signed("sha1")),
    Row(SIGNER, "signed with MD5", INVALID, weakly_signed("md5")),
    Row(SIGNER, "RSA of 1024 bits", INVALID, lambda s: s.party(bits=1024)),
    Row(SIGNER, "an elliptic curve", INVALID, elliptic),
    Row(REVOCATION, "good by list", ACCEPTED, lambda s: listed(s, revoked=False)),
    Row(REVOCATION, "good by responder", ACCEPTED, lambda s: answered(s, revoked=False)),
    Row(REVOCATION, "good by list, the responder away", ACCEPTED, only_the_list),
    Row(REVOCATION, "revoked by list", REVOKED, lambda s: listed(s, revoked=True)),
    Row(REVOCATION, "revoked by responder", REVOKED, lambda s: answered(s, revoked=True)),
    Row(REVOCATION, "the intermediate revoked", REVOKED, middle_revoked),
    Row(REVOCATION, "nobody reachable", WAITS, nobody_reachable),
    Row(REVOCATION, "the responder's answer signed by a stranger", WAITS, forged_answer),
    Row(REVOCATION, "the list outdated", WAITS, outdated_list),
)  # fmt: skip
