"""What can be wrong with a received document, each with the receipt code it is answered with (code list 8221)."""

from typing import ClassVar

from skranke.kernel.errors import SkrankeError
from skranke.standards.codes import AppRecError


class StandardsError(SkrankeError):
    """A document that cannot be acted on.

    `apprec_code` is the code of the negative receipt; `detail` names the place in the document for its free text
    (@OT) and never repeats a person's data.
    """

    code = "standards.invalid"
    apprec_code: ClassVar[AppRecError] = AppRecError.OTHER_FORMAT_FAULT

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotXmlError(StandardsError):
    """The bytes are not well-formed XML of an encoding we read, or hold a document type declaration."""

    code = "standards.not_xml"
    apprec_code = AppRecError.NOT_XML


class EncodingError(NotXmlError):
    """The bytes are, or say they are, in an encoding that we do not read."""

    code = "standards.encoding"


class SchemaError(StandardsError):
    """The XML breaks the national schema, or lacks a value without which it cannot be acted on (D-42)."""

    code = "standards.schema"
    apprec_code = AppRecError.INVALID_XML


class UnsupportedVersionError(StandardsError):
    """A known document in a version we do not read (HIS 80415 3.3.4)."""

    code = "standards.version"
    apprec_code = AppRecError.UNSUPPORTED_FORMAT


class TooLargeError(StandardsError):
    """More bytes than the caller allows; nothing was parsed."""

    code = "standards.too_large"


class AttachmentError(StandardsError):
    """An attachment of a type we do not take, with other content than it says, or outside the message (HITS 1168)."""

    code = "standards.attachment"


class MsgIdError(StandardsError):
    """MsgId is not a UUID (HIS 80415 3.3.4, D-32)."""

    code = "standards.msg_id"
    apprec_code = AppRecError.INVALID_MESSAGE_ID


class PatientError(StandardsError):
    """The patient has no name with a complete national id (HIS 80415 3.3.4)."""

    code = "standards.patient"
    apprec_code = AppRecError.INSUFFICIENT_PATIENT


class BuildError(SkrankeError):
    """A message we were about to send breaks the profile: a fault of ours, found before it left."""

    code = "standards.build"
