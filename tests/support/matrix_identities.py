"""Rows of the matrix about who wrote to whom, and about the receiver's certificate of what leaves us.

protocol.md 4 and 9, protocol-messages 7; D-31, D-32.
"""

from dataclasses import replace
from datetime import timedelta

from skranke.kernel.ids import HerId
from skranke.standards.build import parties
from skranke.standards.render import render
from skranke.wire.protection import protect

from cast import fresh_her_id
from support.authority import ENCRYPTION, SIGNING, root
from support.matrix import ACCEPTED, Changes, Row, Scene, condition, receipt, recorded, stays
from support.matrix_certificates import CERTIFICATES
from support.matrix_messages import ENCRYPTIONS, SIGNATURES
from support.surgery import gp_of

IDENTITY = "Who wrote to whom"
OUTWARD = "The receiver's certificate of our answer"


def with_info(scene: Scene, **changes) -> bytes:
    return render(replace(scene.question, info=replace(scene.question.info, **changes)))


def sealed(scene: Scene, xml: bytes) -> Changes:
    return {"body": protect(xml, signer=scene.sender, recipient=scene.ours)}


def from_another(scene: Scene) -> Changes:
    other = gp_of(scene.office.cast, scene.office.cast.mona_party)
    return sealed(scene, with_info(scene, sender=other))


def to_another(*, ours: bool):
    """Header and payload name one who is not set up here: at the clinic, or at another organisation."""

    def make(scene: Scene) -> Changes:
        gp, her_id = scene.office.helsenorge.gp, fresh_her_id()
        at = gp.organisation if ours else parties.organisation("Et annet sted", HerId(fresh_her_id()))
        nobody = parties.gp_party(at, her_id=HerId(her_id), given_name="En", family_name="Annen")
        return sealed(scene, with_info(scene, receiver=nobody)) | {"to_her_id": her_id}

    return make


def without_uuid(scene: Scene) -> Changes:
    return sealed(scene, scene.xml.replace(scene.question.info.msg_id.encode(), b"abc"))


def outward(*, trusted: bool = True, **facts):
    """The message is right; what is special is the certificate to which our receipt would be encrypted."""

    def make(scene: Scene) -> Changes:
        issuer = scene.authority if trusted else root()
        made = issuer.issue("Helsenorge", **{"use": ENCRYPTION, **facts})
        scene.register(made.certificate, field="encryption_certificate")
        return {}

    return make


def outward_revoked(scene: Scene) -> Changes:
    issuer = replace(scene.authority, revoked=set())
    made = issuer.issue("Helsenorge", use=ENCRYPTION, lists=(scene.site.url("/list"),))
    issuer.revoke(made.certificate)
    made_list = issuer.list_by_openssl()
    scene.site.pages["/list"] = lambda _: made_list
    scene.register(made.certificate, field="encryption_certificate")
    return {}


def outward_unreachable(scene: Scene) -> Changes:
    made = scene.authority.issue("Helsenorge", use=ENCRYPTION, lists=(scene.site.url("/gone"),))
    scene.register(made.certificate, field="encryption_certificate")
    return {}


IDENTITIES = (
    Row(IDENTITY, "header and payload agree", ACCEPTED, lambda s: {}),
    Row(IDENTITY, "the payload names another sender", condition("abuse:spoofing-attack"), from_another),
    Row(IDENTITY, "the header names another receiver of ours", receipt("E10"),
        lambda s: {"to_her_id": s.office.cast.mona_party.her_id}),
    Row(IDENTITY, "the header names another function", condition("invalid-field-value"),
        lambda s: {"subject": "DIALOG_INNBYGGER_EKONSULTASJON"}),
    Row(IDENTITY, "the content type says that nothing is protected", condition("invalid-field-value"),
        lambda s: {"content_type": "text/plain"}),
    Row(IDENTITY, "a receiver at the clinic who is not set up", receipt("E21"), to_another(ours=True)),
    Row(IDENTITY, "a receiver at another organisation", recorded("gateway_not_for_us"), to_another(ours=False)),
    Row(IDENTITY, "a sender who is not set up", recorded("gateway_unknown_sender"),
        lambda s: {"from_her_id": fresh_her_id()}),
    Row(IDENTITY, "a MsgId that is no UUID", receipt("E10"), without_uuid),
    Row(IDENTITY, "an empty document, rightly signed", condition("not-well-formed-xml"), lambda s: sealed(s, b"")),
)  # fmt: skip

RECEIVERS = (
    Row(OUTWARD, "expired", stays("wire_expired_certificate"), outward(end=-timedelta(minutes=1))),
    Row(OUTWARD, "for signing only", stays("wire_invalid_certificate"), outward(use=SIGNING)),
    Row(OUTWARD, "of an authority we do not trust", stays("wire_unverified_certificate"), outward(trusted=False)),
    Row(OUTWARD, "revoked", stays("wire_revoked_certificate"), outward_revoked),
    Row(OUTWARD, "nobody tells whether it is revoked", stays("wire_revocation_offline"), outward_unreachable),
)

ROWS = (*CERTIFICATES, *SIGNATURES, *ENCRYPTIONS, *IDENTITIES, *RECEIVERS)
