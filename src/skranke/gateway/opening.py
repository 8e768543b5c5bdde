"""From raw bytes to a message that may be acted on: header, protection, XML, and the rules that need no rows."""

from skranke.gateway.endpoints import Endpoint, Endpoints, OwnParty, Peer
from skranke.gateway.errors import (
    AttachmentsOversizeError,
    NotForUsError,
    UnknownPartyError,
    UnknownSenderError,
    WrongReceiverError,
)
from skranke.gateway.facts import HER_ID_LENGTH, ID_LENGTH, Facts
from skranke.kernel import clock
from skranke.kernel.ids import HerId
from skranke.standards import checks
from skranke.standards.apprec import AppRec
from skranke.standards.errors import EncodingError, NotXmlError, SchemaError, StandardsError
from skranke.standards.msghead import MsgHead
from skranke.standards.parse import parse_document, parse_header
from skranke.wire import headers
from skranke.wire.errors import (
    DecryptionFailedError,
    ExpiredCertificateError,
    InvalidCertificateError,
    InvalidCmsError,
    InvalidEncodingError,
    InvalidFieldValueError,
    InvalidSignatureError,
    NotWellFormedXmlError,
    RevokedCertificateError,
    SpoofingAttackError,
    UnverifiedCertificateError,
    XmlNotInterpretableError,
)
from skranke.wire.headers import CheckedHeader
from skranke.wire.protection import unprotect

CERTIFICATE_FAULTS = (
    DecryptionFailedError,
    ExpiredCertificateError,
    InvalidCertificateError,
    InvalidSignatureError,
    RevokedCertificateError,
    UnverifiedCertificateError,
)
"""What may pass once the clinic's side is read anew: certificates are swapped (HITS 1216 2.1.4)."""


def open_by_newest(facts: Facts, endpoints: Endpoints) -> tuple[Endpoint, Peer]:
    """As `open_protection`, by a set-up read anew where that at hand does not fit; what opened it, and the sender.

    Raises ConfigurationError too.
    """
    endpoint = endpoints.of(facts.clinic_id)
    try:
        return endpoint, open_protection(facts, endpoint)
    except (*CERTIFICATE_FAULTS, UnknownSenderError):
        endpoint = endpoints.of(facts.clinic_id, fresh=True)
        return endpoint, open_protection(facts, endpoint)


def open_protection(facts: Facts, endpoint: Endpoint) -> Peer:
    """Check the header, decrypt, and verify that its sender signed it; the sender.

    Raises a TransportFaultError, or UnknownSenderError when nobody with the sender's HER-id is set up.
    """
    facts.header = header = headers.check(facts.raw)
    if len(header.message_id) > ID_LENGTH or len(str(header.sender)) > HER_ID_LENGTH:
        raise InvalidFieldValueError("A header field is longer than it may be.", fields=("message-id",))
    peer = endpoint.peers.get(str(header.sender))
    if peer is None:
        raise UnknownSenderError("The sender's HER-id is not set up as a counterpart of the clinic.")
    if facts.raw.unread is not None:
        raise InvalidCmsError(f"The body has {facts.raw.unread} bytes: more than is read here.")
    if not header.is_protected:
        raise InvalidFieldValueError("The message is not signed and enveloped.", fields=("content-type",))
    opened = unprotect(
        facts.raw.body,
        decryption=endpoint.decryption,
        sender_certificate=peer.signing,
        trust=endpoint.trust,
        now=clock.now(),
    )
    facts.payload = opened.payload
    return peer


def read_document(facts: Facts) -> MsgHead | AppRec:
    """What the verified payload says.

    Raises a StandardsError when a receipt can tell the sender of it, else a TransportFaultError.
    """
    assert facts.payload is not None
    try:
        facts.document = document = parse_document(facts.payload)
    except StandardsError as error:
        facts.info = parse_header(facts.payload)
        if facts.info is not None:
            raise
        if isinstance(error, EncodingError):
            raise InvalidEncodingError("The payload is in an encoding that is not read.") from error
        if isinstance(error, NotXmlError):
            raise NotWellFormedXmlError("The payload is not well-formed XML.") from error
        raise XmlNotInterpretableError("The payload is XML of no known kind, or its head cannot be read.") from error
    if isinstance(document, MsgHead):
        facts.info = document.info
    return document


def check_parties(facts: Facts, endpoint: Endpoint) -> OwnParty:
    """That header and payload name the same parties and function, and that the receiver is one of ours; it.

    Raises InvalidFieldValueError, SpoofingAttackError, WrongReceiverError, UnknownPartyError or NotForUsError.
    """
    header, document = facts.header, facts.document
    assert header is not None
    assert document is not None
    info = document if isinstance(document, AppRec) else document.info
    if header.function != info.type.v:
        raise InvalidFieldValueError("The subject is not the function that the payload names.", fields=("subject",))
    if info.sender.her_id != header.sender:
        raise SpoofingAttackError("The header's sender is not the payload's.", fields=("fromHerId",))
    party = endpoint.parties.get(str(header.receiver))
    if party is None:
        raise _nobody(info.receiver.level1_her_id, endpoint)
    if not isinstance(document, AppRec) and info.receiver.level2_her_id != header.receiver:
        raise WrongReceiverError("The HER-id of the receiver in the header is not the one in MsgInfo/Receiver.")
    return party


def check_content(facts: Facts, document: MsgHead, header: CheckedHeader, *, most: int) -> None:
    """The rules of the function, and the size of the attachments together (`most`, raw bytes).

    Raises a StandardsError or AttachmentsOversizeError.
    """
    checks.check_message(document, header.function)
    reference = document.info.conversation
    if reference is not None and max(len(reference.parent), len(reference.conversation)) > ID_LENGTH:
        raise SchemaError(f"MsgInfo/ConversationRef: an id is longer than {ID_LENGTH} characters")
    if sum(len(attachment.content) for attachment in document.attachments) > most:
        raise AttachmentsOversizeError(f"The attachments are together larger than {most} bytes.")
    facts.info = document.info


def _nobody(level1: HerId | None, endpoint: Endpoint) -> Exception:
    if level1 == endpoint.her_id:
        return UnknownPartyError("The receiver's HER-id is not set up at the clinic.")
    return NotForUsError("The message is addressed to another organisation.")
