"""Plays HelseNorge on the bus: writes, asks, reads what the clinic sends, and judges every byte of it.

Each document that comes is opened with our own code and with `openssl cms` (where there is one), validated against the
national schemas, and parsed. A clinic on a bus to play with: `support.surgery`.
"""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from skranke.kernel import clock
from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.patients.models import Patient
from skranke.standards.apprec import AppRec
from skranke.standards.build import (
    behandleroversikt,
    comtest,
    digitalbruker,
    ekonsultasjon,
    ekontakt,
    parties,
    reseptfornyelse,
    timeonske,
    timereservasjon,
)
from skranke.standards.build.apprec import apprec_for, error
from skranke.standards.build.envelope import Envelope, reply_to
from skranke.standards.codes import Answer, AppRecError, AppRecStatus, Delivery, MessageFunction, PatientRole, Question
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import Attachment, MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.people import Party
from skranke.standards.render import render
from skranke.standards.xcal import VEvent
from skranke.wire import headers
from skranke.wire.certificates import load_certificate, load_trust
from skranke.wire.demo_pki import DemoPki, PartyFiles
from skranke.wire.protection import protect, unprotect
from skranke.wire.transport import OutgoingMessage, RawMessage, Transport, deliveries

from support.openssl import PROGRAM, openssl
from support.schemas import validate

PDF = Attachment(
    content=b"%PDF-1.4\nsynthetic", mime_type="application/pdf", description="Notat", issued="2026-11-23T08:00:00Z"
)


@dataclass(frozen=True)
class Letter:
    """One message from the clinic, opened, verified and valid."""

    raw: RawMessage
    xml: bytes
    document: MsgHead | AppRec

    @property
    def is_receipt(self) -> bool:
        return isinstance(self.document, AppRec)

    @property
    def code(self) -> str:
        """The answer's code; of a receipt its status."""
        return self.document.status.v if isinstance(self.document, AppRec) else self.document.code.v

    @property
    def text(self) -> str:
        assert isinstance(self.document, MsgHead)
        return self.document.dialog.body.text.plain if self.document.dialog.body.text else ""

    @property
    def times(self) -> tuple[VEvent, ...]:
        assert isinstance(self.document, MsgHead)
        return self.document.appointments

    @property
    def errors(self) -> list[str]:
        assert isinstance(self.document, AppRec)
        return [found.v for found in self.document.errors]

    @property
    def about(self) -> str:
        """MsgId of the message it answers or receipts."""
        if isinstance(self.document, AppRec):
            return self.document.original.id
        return self.document.info.conversation.parent if self.document.info.conversation else ""


@dataclass
class Queues:
    """Queue names of the two parties."""

    clinic_async: str
    clinic_sync: str
    clinic_error: str
    clinic_syncreply: str
    ours_async: str
    ours_sync: str
    ours_syncreply: str
    ours_error: str

    @property
    def clinic_dead(self) -> str:
        return f"{self.clinic_async.removesuffix('_async')}_dead"

    @property
    def of_the_clinic(self) -> tuple[str, ...]:
        return self.clinic_async, self.clinic_sync, self.clinic_error, self.clinic_syncreply

    @property
    def of_helsenorge(self) -> tuple[str, ...]:
        return self.ours_async, self.ours_sync, self.ours_syncreply, self.ours_error


@dataclass
class HelseNorge:
    """The other party. gp: whom it writes to unless told otherwise. openssl: also judge with the command."""

    transport: Transport
    pki: DemoPki
    files: PartyFiles
    clinic_files: PartyFiles
    queues: Queues
    party: Party
    gp: Party
    openssl: bool = PROGRAM is not None
    sent: list[OutgoingMessage] = field(default_factory=list)

    def envelope(self, patient: Patient | None, *, to: Party | None = None, **changes) -> Envelope:
        """A first message about a patient; changes: fields of Envelope."""
        facts = {"msg_id": uuid4(), "gen_date": clock.now()}
        wire = (
            parties.patient(
                NationalId(patient.national_id), given_name=patient.given_name, family_name=patient.family_name
            )
            if patient
            else None
        )
        return Envelope(sender=self.party, receiver=to or self.gp, patient=wire, **{**facts, **changes})

    def e_consultation(
        self, patient: Patient, *, subject="Vondt i skulderen", text="Hva gjør jeg?", **facts
    ) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return ekonsultasjon.citizen_question(envelope, subject=subject, text=text, **rest)

    def e_contact(self, patient: Patient, *, subject="Åpningstid", text="Er dere åpne?", **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return ekontakt.citizen_question(envelope, subject=subject, text=text, **rest)

    def renewal(self, patient: Patient, *, text="Paracet 500 mg", delivery=Delivery.PHARMACY, **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return reseptfornyelse.citizen_request(envelope, text=text, delivery=delivery, **rest)

    def follow_up(self, letter: Letter, text="Takk.", code=Answer.CITIZEN_ANSWER, **facts) -> MsgHead:
        """The citizen's answer in the thread of a letter."""
        assert isinstance(letter.document, MsgHead)
        envelope = reply_to(letter.document.info, msg_id=uuid4(), gen_date=clock.now())
        build = ekontakt if letter.raw.subject.endswith("EKONTAKT") else ekonsultasjon
        return build.citizen_answer(envelope, code, text=text, **facts)

    def free_times(self, patient: Patient, first: date | None = None, last: date | None = None, **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        first = first or clock.today()
        return timereservasjon.free_slots_question(
            envelope, from_date=first, to_date=last or first + timedelta(days=27), **rest
        )

    def booked_times(self, patient: Patient, **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return timereservasjon.booked_question(envelope, **rest)

    def reserve(self, patient: Patient, time: VEvent, text="Øreverk", *, accepts_other=False, **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return timereservasjon.reserve(envelope, time, accepts_other=accepts_other, text=text, **rest)

    def cancel(self, patient: Patient, time: VEvent, text="", **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return timereservasjon.cancel(envelope, time, text=text or None, **rest)

    def change(self, patient: Patient, time: VEvent, wanted: VEvent, text="", **facts) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return timereservasjon.change(envelope, time, wanted, text=text or None, **rest)

    def digital_status(self, patient: Patient, *, active: bool, **facts) -> MsgHead:
        """SDAB."""
        envelope, _ = self._split(patient, facts)
        return digitalbruker.status(envelope, active=active)

    def digital_answer(self, letter: Letter, code: Answer, *patients: Patient, **facts) -> MsgHead:
        """28, 29, 26 or 31 to a SIDAB of the clinic's."""
        assert isinstance(letter.document, MsgHead)
        facts = {"msg_id": uuid4(), "gen_date": clock.now(), **facts}
        persons = [self.envelope(patient).patient for patient in patients]
        return digitalbruker.answer(reply_to(letter.document.info, **facts), code, persons=persons)

    def wish(
        self, patient: Patient, code: Question, text="Helst en morgen", *, accepts_other=False, **facts
    ) -> MsgHead:
        envelope, rest = self._split(patient, facts)
        return timeonske.wish(envelope, code, accepts_other=accepts_other, text=text, **rest)

    def test_question(self) -> MsgHead:
        return comtest.request(self.envelope(None))

    def receipt_for(self, letter: Letter, *codes: AppRecError, detail="") -> AppRec:
        """A receipt of a letter: positive, or negative with these errors."""
        assert isinstance(letter.document, MsgHead)
        status = AppRecStatus.REJECTED if codes else AppRecStatus.OK
        errors = [error(code, detail) for code in codes]
        return apprec_for(letter.document.info, status=status, errors=errors, now=clock.now(), id=uuid4())

    def sealed(self, document: MsgHead | AppRec | bytes, *, sync=False, attributes=True, **changes) -> OutgoingMessage:
        """A document as it goes on the bus; changes: fields of OutgoingMessage that replace the right ones.

        `document` may be bytes, with `like` naming the document whose header they travel under.
        """
        like = changes.pop("like", document)
        xml = document if isinstance(document, bytes) else render(document)
        sender, receiver = _ends(like)
        recipient = load_certificate(self.clinic_files.encryption_certificate)
        body = protect(xml, signer=self.files.signing(), recipient=recipient, signed_attributes=attributes)
        build = headers.request if sync else headers.outgoing
        message = build(
            queue=self.queues.clinic_sync if sync else self.queues.clinic_async,
            function=like.type.v if isinstance(like, AppRec) else like.info.type.v,
            body=body,
            sender=sender,
            receiver=receiver,
            reply_to=self.queues.ours_syncreply if sync else self.queues.ours_async,
            now=clock.now(),
            metadata=bus_metadata(like),
        )
        header = {name: changes.pop(name) for name in list(changes) if hasattr(message.headers, name)}
        return replace(message, headers=replace(message.headers, **header), **changes)

    def send(self, document: MsgHead | AppRec | bytes, **changes) -> OutgoingMessage:
        """Seal and send; what was sent, so that it can be sent again with `again`."""
        return self.again(self.sealed(document, **changes))

    def again(self, message: OutgoingMessage) -> OutgoingMessage:
        self.transport.send(message)
        self.sent.append(message)
        return message

    def letters(self, idle: float = 0.0) -> list[Letter]:
        """All that waits on our asynchronous queue, opened and judged."""
        return [self._open(raw) for raw in self._read(self.queues.ours_async, idle)]

    def replies(self, idle: float = 0.0) -> list[Letter]:
        """All that waits on our synchronous reply queue."""
        return [self._open(raw) for raw in self._read(self.queues.ours_syncreply, idle)]

    def questions(self, idle: float = 0.0) -> list[Letter]:
        """All that waits on our synchronous queue."""
        return [self._open(raw) for raw in self._read(self.queues.ours_sync, idle)]

    def reply(self, letter: Letter, document: MsgHead, **changes) -> None:
        """The answer to a synchronous question of the clinic's; changes: of the message."""
        body = protect(
            render(document),
            signer=self.files.signing(),
            recipient=load_certificate(self.clinic_files.encryption_certificate),
        )
        message = headers.reply(letter.raw, body=body, now=clock.now(), metadata=bus_metadata(document))
        self.transport.send(replace(message, **changes))

    def practitioners(self, patient: Patient, *, function=MessageFunction.PRACTITIONERS, **facts) -> MsgHead:
        """HB."""
        envelope, _ = self._split(patient, facts)
        return behandleroversikt.question(envelope, function=function)

    def reports(self, idle: float = 0.0) -> list[RawMessage]:
        """All that waits on our error queue."""
        return self._read(self.queues.ours_error, idle)

    def _read(self, queue: str, idle: float) -> list[RawMessage]:
        found = []
        for delivery in deliveries(self.transport, queue, idle=idle):
            found.append(delivery.message)
            self.transport.accept(delivery)
        return found

    def _open(self, raw: RawMessage) -> Letter:
        opened = unprotect(
            raw.body,
            decryption=[self.files.decryption()],
            sender_certificate=load_certificate(self.clinic_files.signing_certificate),
            trust=load_trust(self.pki.ca_certificate),
            now=clock.now(),
        )
        if self.openssl:
            assert self._by_openssl(raw.body) == opened.payload
        document = parse_document(opened.payload)
        checked = headers.check(raw)
        validate(opened.payload, checked.function)
        assert {str(HerId(str(end))) for end in _ends(document)} == {str(checked.sender), str(checked.receiver)}
        return Letter(raw, opened.payload, document)

    def _by_openssl(self, body: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            signed = Path(folder) / "signed.der"
            own = ("-recip", str(self.files.encryption_certificate), "-inkey", str(self.files.encryption_key))
            openssl("cms", "-decrypt", "-inform", "DER", "-binary", "-out", signed, *own, data=body)
            trust = ("-CAfile", str(self.pki.ca_certificate), "-purpose", "any")
            signer = ("-nointern", "-certfile", str(self.clinic_files.signing_certificate))
            return openssl("cms", "-verify", "-inform", "DER", "-binary", *trust, *signer, data=signed.read_bytes())

    def _split(self, patient: Patient, facts: dict) -> tuple[Envelope, dict]:
        names = {"to", "msg_id", "gen_date", "conversation"}
        return self.envelope(patient, **{name: facts[name] for name in facts if name in names}), {
            name: value for name, value in facts.items() if name not in names
        }


def _ends(document: MsgHead | AppRec) -> tuple[HerId, HerId]:
    ends = (
        (document.sender, document.receiver)
        if isinstance(document, AppRec)
        else (
            document.info.sender,
            document.info.receiver,
        )
    )
    return ends[0].her_id, ends[1].her_id


def booked(letter: Letter) -> VEvent:
    """The one time of an answer or push."""
    (time,) = letter.times
    return time


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by Oslo wall time."""
    found = clock.from_oslo(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001 - wall time
    assert found is not None
    return found


__all__ = ["PDF", "HelseNorge", "Letter", "Queues", "at", "booked"]


def wish_for(employee):
    """Role 23 with an employee's HPR number."""
    return parties.practitioner_role(
        PatientRole.WANTED_PRACTITIONER,
        hpr_number=HprNumber(employee.hpr_number),
        given_name=employee.given_name,
        family_name=employee.family_name,
    )
