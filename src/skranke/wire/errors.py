"""Errors of transport and protection.

A `TransportFaultError` is one that the sender is told of on the error queue; `condition` is the value of the
property errorCondition (HITS 1216 2.2.6, protocol.md 9). The rest stay inside.
"""

from typing import ClassVar

from skranke.kernel.errors import SkrankeError


class WireError(SkrankeError):
    """Base of this room's errors."""

    code = "wire"


class TransportFaultError(WireError):
    """A fault in a received message that its sender must hear about. `condition` names it on the error queue.

    `fields` are names of header fields or thumbprints, never a person's data (property errorConditionData).
    """

    code = "wire_fault"
    condition: ClassVar[str] = "transport:internal-error"

    def __init__(self, message: str, *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class InvalidCmsError(TransportFaultError):
    """The body is not CMS, or uses structures or algorithms that are refused (DES, 3DES, MD5, SHA-1)."""

    code = "wire_invalid_cms"
    condition = "transport:invalid-cms-pkcs"


class InvalidCertificateError(TransportFaultError):
    """A certificate has the wrong use, a weak key, or is not the one registered for the sender."""

    code = "wire_invalid_certificate"
    condition = "transport:invalid-certificate"


class ExpiredCertificateError(TransportFaultError):
    """The instant lies outside a certificate's validity, before or after."""

    code = "wire_expired_certificate"
    condition = "transport:expired-certificate"


class RevokedCertificateError(TransportFaultError):
    """The issuer has revoked the certificate."""

    code = "wire_revoked_certificate"
    condition = "transport:revoked-certificate"


class RevocationOfflineError(TransportFaultError):
    """Revocation could not be asked. Temporary: nothing is reported, the message is tried again (HITS 1216 2.1.4)."""

    code = "wire_revocation_offline"
    condition = "transport:revoked-certificate-offline"
    permanent = False
    http_status = 503


class UnverifiedCertificateError(TransportFaultError):
    """No chain leads from the certificate to a trusted authority."""

    code = "wire_unverified_certificate"
    condition = "transport:unverified-certificate"


class MissingCertificateError(TransportFaultError):
    """No certificate is registered for the party."""

    code = "wire_missing_certificate"
    condition = "transport:missing-certificate"


class DecryptionFailedError(TransportFaultError):
    """None of our decryption keys opens the message. All causes look the same, so that nothing can be probed."""

    code = "wire_decryption_failed"
    condition = "transport:decryption-failed"


class InvalidSignatureError(TransportFaultError):
    """The signature does not hold for the content and the sender's registered certificate."""

    code = "wire_invalid_signature"
    condition = "transport:invalid-signature"


class RequiredFieldMissingError(TransportFaultError):
    """A field that the message must have is absent from the payload."""

    code = "wire_required_field_missing"
    condition = "transport:required-field-missing"


class InvalidFieldValueError(TransportFaultError):
    """A header field is absent or has a value that cannot be right (protocol.md 2.3)."""

    code = "wire_invalid_field_value"
    condition = "transport:invalid-field-value"


class InvalidEncodingError(TransportFaultError):
    """The payload is not in the character encoding it claims."""

    code = "wire_invalid_encoding"
    condition = "transport:invalid-encoding"


class XmlNotInterpretableError(TransportFaultError):
    """The payload is XML, but of no known kind."""

    code = "wire_xml_not_interpretable"
    condition = "transport:xml-not-interpretable"


class NotWellFormedXmlError(TransportFaultError):
    """The payload is not XML at all and no receipt can be addressed."""

    code = "wire_not_well_formed_xml"
    condition = "transport:not-well-formed-xml"


class UnsupportedMessageError(TransportFaultError):
    """The message function is unknown here, or not in the parties' agreement."""

    code = "wire_unsupported_message"
    condition = "transport:unsupported-message"


class SpoofingAttackError(TransportFaultError):
    """The header's sender is not the sender that the signed payload names (HITS 1216 2.2.3)."""

    code = "wire_spoofing_attack"
    condition = "abuse:spoofing-attack"


class InternalFaultError(TransportFaultError):
    """An internal fault. It has a condition because the other side may send it; we never do (HITS 1216 2.1.3)."""

    code = "wire_internal_fault"
    condition = "transport:internal-error"
    permanent = False
    http_status = 500


class TransportDownError(WireError):
    """The bus cannot be reached. Nothing is lost: send the same bytes with the same ids again later."""

    code = "wire_transport_down"
    permanent = False
    http_status = 503


class DeliveryLostError(WireError):
    """The connection that took the delivery is gone, and the message is back in its queue: it will come again."""

    code = "wire_delivery_lost"
    permanent = False
    http_status = 503


class QueueUnavailableError(WireError):
    """The queue does not exist, or the party may not use it. Check the queue name and the bus set-up."""

    code = "wire_queue_unavailable"


class MessageRefusedError(WireError):
    """The bus refused the message: too large, or refused by the broker. The same message will be refused again."""

    code = "wire_message_refused"


class ConfigurationError(WireError):
    """A bus address, a certificate file or a missing extra: the message says which and what to do."""

    code = "wire_configuration"
    http_status = 500


def _conditions(base: type[TransportFaultError]) -> dict[str, type[TransportFaultError]]:
    return {kind.condition: kind for kind in base.__subclasses__()}


FAULTS: dict[str, type[TransportFaultError]] = _conditions(TransportFaultError)
"""Every condition of protocol.md 9 with its error, for reading the error queue and for the error table."""
