"""What is known of one delivery, more with each step of opening it; an error leaves what was known until then."""

import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings

from skranke.kernel import clock
from skranke.kernel.ids import new_id
from skranke.standards.apprec import AppRec
from skranke.standards.msghead import MsgHead, MsgInfo
from skranke.wire.headers import CheckedHeader
from skranke.wire.transport import Headers, OutgoingMessage, RawMessage

HER_ID_LENGTH = 10
ID_LENGTH = 255
_NAMES = ("message_id", "correlation_id", "subject", "to", "reply_to", "content_type")
# No part of it matches "<": else a body of many openings without an end would cost its length squared.
_CONTAINER = re.compile(rb"(<(?:[A-Za-z_][\w.-]*:)?Base64Container(?:\s[^<>]*)?(?<!/)>)[^<]*(?=</)")


class ListCheck(StrEnum):
    """How it is known whether a citizen stands on the list (ACT-6).

    LOCAL: by the clinic's own list alone. ASKED: Fastlegeregisteret has been asked, and the clinic's list corrected.
    UNREACHABLE: the register has not answered for as long as the message may wait.
    """

    LOCAL = "local"
    ASKED = "asked"
    UNREACHABLE = "unreachable"


@dataclass(slots=True, kw_only=True)
class Facts:
    """One delivery. `raw` is as it came, a body that is too large gone; the rest is None until its step has succeeded.

    tries: which of its tries this is, from 1, and 0 before it is counted. first_tried_at: when the first of them was.
    list_check: how it is known whether the patient is on the list. payload: the verified bytes. document: what they
    say. info: the head, also where the rest cannot be read.
    """

    raw: RawMessage
    clinic_id: UUID
    received_id: UUID = field(default_factory=new_id)
    received_at: datetime = field(default_factory=clock.now)
    started: float = field(default_factory=time.monotonic)
    sha256: str = ""
    header: CheckedHeader | None = None
    payload: bytes | None = None
    document: MsgHead | AppRec | None = None
    info: MsgInfo | None = None
    tries: int = 0
    first_tried_at: datetime | None = None
    list_check: ListCheck = ListCheck.LOCAL

    def __post_init__(self) -> None:
        if len(self.raw.body) > settings.OURS.message_bytes:
            self.raw = self.raw.without_body()
        self.sha256 = sha256(self.raw.body).hexdigest()

    @property
    def from_her_id(self) -> str:
        """As the header says, fit to be stored."""
        return storable(self.raw.headers.from_her_id).strip()[:HER_ID_LENGTH]

    @property
    def message_id(self) -> str:
        """As the header says, fit to be stored; empty when it does not say."""
        return storable(self.raw.message_id)[:ID_LENGTH]

    @property
    def msg_id(self) -> str:
        """The document's own id, empty as long as it is not known."""
        if isinstance(self.document, AppRec):
            return storable(self.document.id)[:ID_LENGTH]
        return storable(self.info.msg_id)[:ID_LENGTH] if self.info else ""

    @property
    def payload_sha256(self) -> str:
        """Of the verified payload (hex), empty without one."""
        return sha256(self.payload).hexdigest() if self.payload is not None else ""


def storable(text: str | None) -> str:
    """The text without what PostgreSQL cannot store."""
    return (text or "").replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def without_attachments(payload: bytes) -> bytes:
    """The XML with every Base64Container emptied: what the trace keeps."""
    return _CONTAINER.sub(rb"\1", payload) if b"Base64Container" in payload else payload


def properties_of(raw: RawMessage | OutgoingMessage) -> dict[str, Any]:
    """Every property as JSON, so that `raw_of` can make the same message again."""
    return {
        "properties": {name: storable(value) for name in _NAMES if (value := getattr(raw, name)) is not None},
        "application": {storable(name): storable(value) for name, value in raw.headers.properties().items()},
    }


def to_send(raw: RawMessage, queue: str) -> OutgoingMessage:
    """The same message, to be put on a queue."""
    plain = {name: getattr(raw, name) for name in _NAMES}
    return OutgoingMessage(queue=queue, body=raw.body, headers=raw.headers, **plain)


def raw_of(queue: str, stored: dict[str, Any], body: bytes) -> RawMessage:
    """The message whose properties were stored by `properties_of`."""
    return RawMessage(
        queue=queue, body=body, headers=Headers.of(stored.get("application", {})), **stored.get("properties", {})
    )
