"""HelseNorge on the bus: sends for citizens, opens and judges what comes, acknowledges it."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from lxml import etree
from proton import Message

from peer import protection, receipts
from peer.building import Letter, message, serialised
from peer.demo import Demo, Gp
from peer.line import Line
from peer.national import Judge
from peer.protection import ProtectionError
from peer.reading import CONTENT_TYPE, Header, Received, is_uuid
from peer.words import RECEIPT, TEST

SYNCHRONOUS_SECONDS = 15
SOON = 60.0  # for a busy machine; nothing waits for it in full


class HelseNorge:
    """`complaints`: every rule that a message of the clinic broke. `acknowledges`: receipts go by themselves."""

    def __init__(self, demo: Demo) -> None:
        own = demo.own.queues
        self.demo = demo
        self.judge = Judge()
        self.complaints: list[str] = []
        self.acknowledges = True
        self.opened = 0
        self._line = Line(demo.broker, own.asynchronous, own.syncreply, own.error)
        self._waiting: list[Received] = []
        self._signers: dict[str, bytes] = {}
        self._attributes = True

    # --- out -----------------------------------------------------------------------------------------------------

    def send(self, letter: Letter, **changes: Any) -> str:
        """Put a letter on the clinic's queue, protected; its message-id. changes: as of `envelope`."""
        document = message(letter, self.demo)
        self.complaints += self.judge.faults(document, f"ours {letter.function}")
        return self.send_bytes(self.protect(serialised(document), letter.gp), letter, **changes)

    def protect(self, payload: bytes, gp: Gp) -> bytes:
        """Signed and encrypted; every other one has no signed attributes, as .NET writes it."""
        own = self.demo.own
        self._attributes = not self._attributes
        signed = protection.sign(payload, own.signing_certificate, own.signing_key, attributes=self._attributes)
        return protection.encrypt(signed, gp.encryption_certificate)

    def send_bytes(self, body: bytes, letter: Letter, **changes: Any) -> str:
        """Put any bytes on the queue that the letter belongs on; the message-id."""
        made = self.envelope(body, letter, **changes)
        self._line.send(made.address, made)
        return str(made.id)

    def envelope(
        self,
        body: bytes,
        letter: Letter,
        *,
        message_id: str = "",
        subject: str = "",
        properties: Mapping[str, str | None] | None = None,
    ) -> Message:
        """The message on the bus (HITS 1216 2.1.2). properties: replace or, with None, leave out."""
        synchronous = letter.code in {"HLT", "KT"}
        queues, own = letter.gp.queues, self.demo.own.queues
        told = {
            "fromHerId": self.demo.own.her_id,
            "toHerId": letter.gp.her_id,
            "applicationTimeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **(properties or {}),
        }
        identity = message_id or str(uuid4())
        made = Message(
            body=body,
            id=identity,
            correlation_id=identity,
            address=queues.sync if synchronous else queues.asynchronous,
            subject=subject or letter.function,
            reply_to=own.syncreply if synchronous else own.asynchronous,
            content_type=CONTENT_TYPE,
            properties={name: value for name, value in told.items() if value is not None},
            durable=True,
        )
        made.inferred = True  # the body is a Data section, not a value
        if synchronous:
            made.ttl = SYNCHRONOUS_SECONDS
        return made

    def acknowledge(self, received: Received, *, error: str = "") -> None:
        """Send a receipt for a message from the clinic."""
        document = receipts.receipt(received, error=error)
        self.complaints += self.judge.faults(document, f"ours {RECEIPT}")
        gp = self.demo.gp(received.header.properties["fromHerId"])
        letter = Letter(function=RECEIPT, code="", gp=gp, citizen=None)
        self.send_bytes(self.protect(serialised(document), gp), letter)

    def send_report(self, about: Received, gp: Gp, condition: str) -> None:
        """Tell the clinic on its error queue that a message could not be taken (HITS 1216 2.2.6)."""
        made = self.envelope(b"", Letter(function=about.function, code="", gp=gp, citizen=None))
        made.address = gp.queues.error
        made.reply_to = None
        made.properties |= {
            "originalMessageId": about.header.message_id,
            "receiverTimeStamp": made.properties["applicationTimeStamp"],
            "errorCondition": condition,
            "errorDescription": "The message could not be decrypted.",
        }
        self._line.send(made.address, made)

    # --- in ------------------------------------------------------------------------------------------------------

    def wait(self, wanted: Callable[[Received], bool], what: str, seconds: float = SOON) -> Received:
        """The first message, waiting or yet to come, that is wanted; it is no longer waiting then."""
        deadline = time.monotonic() + seconds
        while True:
            found = next((one for one in self._waiting if wanted(one)), None)
            if found is not None:
                self._waiting.remove(found)
                return found
            left = deadline - time.monotonic()
            seen = ", ".join(map(str, self._waiting)) or "nothing"
            assert left > 0, f"did not come in {seconds:.0f} s: {what}; waiting: {seen}"
            self._take(left)

    def ask(self, letter: Letter) -> Received:
        """Send a synchronous question and wait for its answer, as long as HelseNorge does."""
        asked = self.send(letter)
        answer = self.wait(
            lambda one: one.queue == self.demo.own.queues.syncreply and one.header.correlation_id == asked,
            f"the answer to {letter.code}",
            SYNCHRONOUS_SECONDS,
        )
        expect(answer.conversation == letter.msg_id, "a synchronous answer refers to its question")
        expect(answer.text("//m:Ack/@V") == "N", "a synchronous answer wants no receipt")
        expect(answer.patient == (letter.citizen.national_id if letter.citizen else ""), "the answer's patient")
        return answer

    def receipt_for(self, letter: Letter) -> Received:
        """The clinic's receipt for a letter, with its form checked."""
        found = self.wait(lambda one: one.is_receipt and one.original == letter.msg_id, f"AppRec for {letter.code}")
        self.complaints += receipts.faults(found, letter, self.demo)
        return found

    def answer_to(self, letter: Letter, seconds: float = SOON) -> Received:
        """The next message of the clinic in the conversation that the letter started."""
        conversation = letter.thread.conversation if letter.thread else letter.msg_id
        return self.wait(
            lambda one: not one.is_receipt and one.conversation == conversation, f"an answer to {letter.code}", seconds
        )

    def report_on(self, message_id: str) -> Received:
        """The clinic's report on the error queue about a message."""
        return self.wait(
            lambda one: one.queue == self.demo.own.queues.error and one.original == message_id, "an error report"
        )

    def count(self, wanted: Callable[[Received], bool], seconds: float) -> int:
        """How many messages are wanted of those that wait or come in the next seconds; they stay waiting."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._take(left)
        return sum(1 for one in self._waiting if wanted(one))

    def forget(self, wanted: Callable[[Received], bool]) -> None:
        """No longer wait for some messages."""
        self._waiting = [one for one in self._waiting if not wanted(one)]

    def close(self) -> None:
        """Leave the bus."""
        self._line.close()

    def _take(self, timeout: float) -> None:
        taken = self._line.take(timeout)
        if taken is None:
            return
        queue, raw = taken
        received = self._read(queue, raw)
        if received is None:
            return
        self._waiting.append(received)
        if self.acknowledges and queue == self.demo.own.queues.asynchronous and not received.is_receipt:
            self.acknowledge(received)

    def _read(self, queue: str, raw: Message) -> Received | None:
        header = Header.of(raw)
        if queue == self.demo.own.queues.error:
            if bytes(raw.body or b""):
                self.complaints.append("an error report has a body")
            return Received(queue, header)
        try:
            payload = self._open(bytes(raw.body), header)
            document = etree.fromstring(payload, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except (ProtectionError, etree.XMLSyntaxError) as error:
            self.complaints.append(f"cannot be opened: {error}")
            return None
        received = Received(queue, header, document)
        self._judge(received)
        return received

    def _open(self, body: bytes, header: Header) -> bytes:
        own = self.demo.own
        signed = protection.decrypt(body, own.encryption_certificate, own.encryption_key)
        payload, signer = protection.verify(signed, self.demo.ca_certificate)
        sender = str(header.properties.get("fromHerId"))
        if sender not in self._signers:
            self._signers[sender] = protection.der(self.demo.gp(sender).signing_certificate)
        if signer != self._signers[sender]:
            self.complaints.append("not signed by the party that the header names")
        self.opened += 1
        return payload

    def _judge(self, received: Received) -> None:
        own, document = self.demo.own, received.document
        assert document is not None
        self.complaints += self.judge.faults(document, received.function)
        self.complaints += received.header.faults(
            received.queue,
            synchronous=received.queue == own.queues.syncreply,
            from_her_ids={gp.her_id for gp in self.demo.gps},
            her_id=own.her_id,
            reply_to=self.demo.gps[0].queues.asynchronous,
        )
        if not received.is_receipt:
            self.complaints += _head_faults(received, self.demo)


def expect(holds: object, what: str) -> None:
    """Fail the scene unless something holds; `what` says what it is."""
    if not holds:
        raise AssertionError(what)


def _head_faults(received: Received, demo: Demo) -> list[str]:
    """The head's parties and function are those of the header, and its form is right (protocol-messages 2)."""
    info, header = "/m:MsgHead/m:MsgInfo", received.header
    clinic, theirs = f"{info}/m:Sender/m:Organisation", f"{info}/m:Receiver/m:Organisation"
    gp = f"{clinic}/m:HealthcareProfessional"
    her_id = "m:Ident[m:TypeId/@V='HER']/m:Id"
    synchronous = received.queue == demo.own.queues.syncreply
    told = {
        f"{info}/m:Type/@V": header.subject,
        f"{info}/m:Ack/@V": "N" if synchronous else "J",
        f"{clinic}/m:OrganisationName": demo.clinic_name,
        f"{clinic}/{her_id}": demo.clinic_her_id,
        f"{gp}/m:RoleToPatient/@V": "6",
        f"{gp}/{her_id}": str(header.properties.get("fromHerId")),
        f"{theirs}/m:OrganisationName": demo.own.name_level1,
        f"{theirs}/{her_id}": demo.own.her_id_level1,
        f"{theirs}/m:Organisation/m:OrganisationName": demo.own.name,
        f"{theirs}/m:Organisation/{her_id}": demo.own.her_id,
    }
    wrong = [f"{received}: {path} is {received.text(path)!r}, not {text!r}" for path, text in told.items()
             if received.text(path) != text]  # fmt: skip
    checks = {
        "MsgId is not a UUID": is_uuid(received.msg_id),
        "no name of the GP": received.sender in {one.name for one in demo.gps},
        "the patient has not exactly one id": received.function == TEST
        or received.number(f"{info}/m:Patient/m:Ident") == 1,
        "the first document is not the dialog": received.has("/m:MsgHead/m:Document[1]//d:Dialogmelding"),
        "the question is repeated in an answer": not received.has("//d:Notat/d:Foresporsel"),
        "a relation leaves the clinic": not received.has("//*[local-name()='Pasientrelasjon']"),
    }
    return wrong + [f"{received}: {fault}" for fault, holds in checks.items() if not holds]
