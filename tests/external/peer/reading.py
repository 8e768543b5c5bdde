"""What comes from the clinic, opened and taken apart, with every rule of its form that is broken."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from lxml import etree
from proton import Message

from peer.building import Event, File
from peer.words import NAMES, RECEIPT

CONTENT_TYPE = "application/pkcs7-mime; smime-type=signed-and-enveloped-data"
_TEXTUAL = ("fromHerId", "toHerId", "applicationTimeStamp")


@dataclass(frozen=True, slots=True)
class Header:
    """The properties of a message on the bus."""

    message_id: str
    correlation_id: str
    subject: str
    to: str
    reply_to: str
    content_type: str
    properties: Mapping[str, Any]

    @classmethod
    def of(cls, message: Message) -> "Header":
        return cls(
            str(message.id or ""),
            str(message.correlation_id or ""),
            message.subject or "",
            (message.address or "").rpartition("/")[2],
            (message.reply_to or "").rpartition("/")[2],
            str(message.content_type or ""),
            dict(message.properties or {}),
        )

    def faults(self, queue: str, *, synchronous: bool, from_her_ids: set[str], her_id: str, reply_to: str) -> list[str]:
        """What is wrong by HITS 1216 2.1.2 with a message that is not an error report."""
        answer_to = "" if synchronous else reply_to
        checks = {
            "message-id is not a UUID": is_uuid(self.message_id),
            "to is not the queue": self.to == queue,
            "reply-to": self.reply_to == answer_to,
            "correlation-id is not message-id": synchronous or self.correlation_id == self.message_id,
            "content-type": self.content_type == CONTENT_TYPE,
            "a property that is not text": all(isinstance(value, str) for value in self.properties.values()),
            "fromHerId": self.properties.get("fromHerId") in from_her_ids,
            "toHerId": self.properties.get("toHerId") == her_id,
            "applicationTimeStamp has no zone": _has_zone(str(self.properties.get("applicationTimeStamp"))),
        }
        return [f"header: {fault}" for fault, holds in checks.items() if not holds]


@dataclass(frozen=True)
class Received:
    """One message from the clinic. `document` is None for a report on the error queue."""

    queue: str
    header: Header
    document: etree._Element | None = field(default=None, repr=False)

    def text(self, path: str) -> str:
        """The text of the first element or attribute at an XPath with the prefixes of `words.NAMES`; else empty."""
        found = [] if self.document is None else self.document.xpath(path, namespaces=NAMES)
        if not found:
            return ""
        return str(found[0]) if isinstance(found[0], str) else "".join(found[0].itertext())

    def has(self, path: str) -> bool:
        """Whether anything is at the path."""
        return self.document is not None and bool(self.document.xpath(path, namespaces=NAMES))

    def number(self, path: str) -> int:
        """How many there are at the path."""
        return 0 if self.document is None else len(self.document.xpath(path, namespaces=NAMES))

    @property
    def function(self) -> str:
        return self.header.subject

    @property
    def is_receipt(self) -> bool:
        return self.function == RECEIPT and self.document is not None

    @cached_property
    def code(self) -> str:
        """TemaKodet of an answer, TypeForesp of what the clinic starts, Status of a receipt."""
        if self.is_receipt:
            return self.text("/a:AppRec/a:Status/@V")
        return self.text("//d:Notat/d:TemaKodet/@V") or self.text("//d:Foresporsel/d:TypeForesp/@V")

    @property
    def code_list(self) -> str:
        return self.text("//d:Notat/d:TemaKodet/@S") or self.text("//d:Foresporsel/d:TypeForesp/@S")

    @property
    def msg_id(self) -> str:
        return self.text("/m:MsgHead/m:MsgInfo/m:MsgId")

    @property
    def generated_at(self) -> str:
        return self.text("/m:MsgHead/m:MsgInfo/m:GenDate")

    @property
    def parent(self) -> str:
        return self.text("//m:ConversationRef/m:RefToParent")

    @property
    def conversation(self) -> str:
        return self.text("//m:ConversationRef/m:RefToConversation")

    @property
    def patient(self) -> str:
        return self.text("/m:MsgHead/m:MsgInfo/m:Patient/m:Ident/m:Id")

    @property
    def body(self) -> str:
        return self.text("//d:Notat/d:TekstNotatInnhold") or self.text("//d:Foresporsel/d:Sporsmal")

    @property
    def sender(self) -> str:
        """The name of the GP that the message comes from."""
        person = "/m:MsgHead/m:MsgInfo/m:Sender/m:Organisation/m:HealthcareProfessional"
        return f"{self.text(person + '/m:GivenName')} {self.text(person + '/m:FamilyName')}".strip()

    @property
    def author(self) -> str:
        """Who wrote, by RollerRelatertNotat; empty when it does not say."""
        role = "//d:RollerRelatertNotat/*[self::d:HealthcareProfessional or self::d:Person]"
        return f"{self.text(role + '/d:GivenName')} {self.text(role + '/d:FamilyName')}".strip()

    @property
    def original(self) -> str:
        """The MsgId that a receipt is for, or the message-id that an error report is about."""
        if self.is_receipt:
            return self.text("/a:AppRec/a:OriginalMsgId/a:Id")
        return str(self.header.properties.get("originalMessageId", ""))

    @property
    def errors(self) -> list[str]:
        """The error codes of a receipt, or the condition of an error report."""
        if self.is_receipt:
            assert self.document is not None
            return [str(code) for code in self.document.xpath("/a:AppRec/a:Error/@V", namespaces=NAMES)]
        condition = self.header.properties.get("errorCondition")
        return [str(condition)] if condition else []

    @cached_property
    def events(self) -> list[Event]:
        """The times in the message."""
        found = [] if self.document is None else self.document.iterfind(".//c:vevent/c:properties", NAMES)
        return [_event(properties) for properties in found]

    @cached_property
    def files(self) -> list[File]:
        """The attachments in the message."""
        found = [] if self.document is None else self.document.iterfind(".//m:RefDoc[m:MsgType]", NAMES)
        return [_file(part) for part in found if part.find("m:MsgType", NAMES).get("V") == "A"]

    def __str__(self) -> str:
        what = f"{self.function} {self.code}" if self.document is not None else f"report {self.errors}"
        return f"{what} on {self.queue}"


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _has_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _event(properties: etree._Element) -> Event:
    def one(path: str) -> str:
        return (properties.findtext(path, "", NAMES) or "").strip()

    return Event(
        start=one("c:dtstart/c:date-time"),
        end=one("c:dtend/c:date-time"),
        uid=one("c:uid/c:text"),
        contact=one("c:contact/c:text"),
        appointment=one("c:related-to/c:uri"),
        categories=tuple(text.text or "" for text in properties.iterfind("c:categories/c:text", NAMES)),
        status=one("c:status/c:text"),
        location=one("c:location/c:text"),
        summary=one("c:summary/c:text"),
    )


def _file(part: etree._Element) -> File:
    content = part.findtext("m:Content/b:Base64Container", "", NAMES)
    return File(
        part.findtext("m:Description", "", NAMES) or "",
        part.findtext("m:MimeType", "", NAMES) or "",
        b64decode(content),
    )
