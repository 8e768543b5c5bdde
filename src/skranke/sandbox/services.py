"""What citizens and operators do. Each verb is one transaction that leaves rows for the bus process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.errors import SkrankeError
from skranke.sandbox import documents, outbox, rules
from skranke.sandbox.access import Visit, standing
from skranke.sandbox.errors import AttachmentsError, CancelRefusedError, ServiceOffError, SlotGoneError
from skranke.sandbox.keys import the_world
from skranke.sandbox.models import Appointment, Attachment, Citizen, Direction, Message, Party
from skranke.sandbox.rules import AppointmentState
from skranke.sandbox.world import PartyKind, Service
from skranke.standards import attachments as wire_attachments
from skranke.standards.build import comtest, digitalbruker, ekonsultasjon, ekontakt, reseptfornyelse, timereservasjon
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import Delivery, MessageFunction
from skranke.standards.msghead import Attachment as WireAttachment
from skranke.standards.msghead import ConversationRef, MsgHead
from skranke.standards.parse import parse_document
from skranke.standards.times import write_instant
from skranke.standards.xcal import VEvent

_LOOK_EVERY = 0.03
_CHUNK = 1024 * 1024


class Readable(Protocol):
    """A file that is read in parts."""

    def read(self, n: int, /) -> bytes:
        """The next bytes; none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    size: int
    content: Readable


def ask_question(visit: Visit, service: Service, *, subject: str, text: str, uploads: Sequence[Upload] = ()) -> Message:
    """Start an e-consultation (SB) or an e-contact (HE) with the patient's GP.

    Raises AccessError, ServiceOffError, AttachmentsError.
    """
    visit.require_full()
    party = gp_with(visit.patient, service)
    files = _read(uploads)
    envelope = new_envelope(party, visit.patient)
    relation = documents.representation(visit.actor, visit.patient)
    builder = ekonsultasjon if service is Service.E_CONSULTATION else ekontakt
    document = builder.citizen_question(
        envelope, subject=subject, text=text, relation=relation, attachments=_on_the_wire(files)
    )
    return send(visit, party, document, files)


def ask_for_renewal(visit: Visit, *, text: str, delivery: Delivery | None) -> Message:
    """Ask the patient's GP to renew prescriptions (RF). Raises AccessError, ServiceOffError."""
    visit.require_full()
    party = gp_with(visit.patient, Service.PRESCRIPTION_RENEWAL)
    relation = documents.representation(visit.actor, visit.patient)
    document = reseptfornyelse.citizen_request(
        new_envelope(party, visit.patient), text=text, delivery=delivery, relation=relation
    )
    return send(visit, party, document)


def follow_up(visit: Visit, conversation: str, *, text: str, uploads: Sequence[Upload] = ()) -> Message:
    """Write again (22) in a thread that allows it. Raises AccessError, AttachmentsError, ServiceOffError."""
    visit.require_full()
    thread = list(visit.thread(conversation))
    last = thread[-1]
    said = [rules.Said(code=one.code, by_clinic=one.direction == Direction.IN) for one in thread]
    if last.function not in rules.ANSWERABLE or not rules.may_answer(said) or last.party is None:
        raise ServiceOffError(_("Denne samtalen kan ikke besvares. Ingenting ble sendt."))
    files = _read(uploads)
    reference = ConversationRef(parent=last.msg_id, conversation=conversation)
    envelope = new_envelope(last.party, visit.patient, reference)
    relation = documents.representation(visit.actor, visit.patient)
    builder = ekonsultasjon if last.function == MessageFunction.E_CONSULTATION else ekontakt
    document = builder.citizen_answer(envelope, text=text, relation=relation, attachments=_on_the_wire(files))
    return send(visit, last.party, document, files)


def ask_for_slots(visit: Visit, *, first: date | None = None, party: Party | None = None) -> Message:
    """Ask the patient's GP for free times (HLT) of four weeks from a day, today when none is given.

    party: the service of the GP's clinic that is asked instead, for what it offers without a practitioner.
    """
    visit.require_full()
    party = offering(party or visit.patient.gp, Service.BOOKING)
    start = max(first or clock.today(), clock.today())
    document = timereservasjon.free_slots_question(
        new_envelope(party, visit.patient),
        from_date=start,
        to_date=start + timedelta(days=rules.SLOT_DAYS - 1),
        relation=documents.representation(visit.actor, visit.patient),
    )
    with transaction.atomic():
        return outbox.put(
            outbox.Draft(
                document=document,
                party=party,
                citizen=visit.patient,
                acting=visit.actor,
                synchronous=True,
                shown=False,
            )
        )


def wait_for_reply(question: Message, *, seconds: float = rules.REPLY_WITHIN.total_seconds()) -> Message | None:
    """The answer to a synchronous question, as soon as it has come; None when it did not come in time."""
    assert not connection.in_atomic_block, "a transaction would hide the answer"
    end = time.monotonic() + seconds
    while True:
        found = Message.objects.filter(about=question, direction=Direction.IN).first()
        if found is not None or time.monotonic() >= end:
            return found
        time.sleep(_LOOK_EVERY)


def offered(question: Message) -> tuple[VEvent, ...]:
    """The times of the answer to a slot question, in order; empty when none came."""
    answer = Message.objects.filter(about=question, direction=Direction.IN).first()
    if answer is None:
        return ()
    document = parse_document(bytes(answer.document))
    times = document.appointments if isinstance(document, MsgHead) else ()
    return tuple(sorted(times, key=lambda one: (one.start, one.uid)))


def reserve(
    visit: Visit,
    question: Message,
    *,
    uid: str,
    comment: str,
    accepts_other: bool = False,
    replaces: Appointment | None = None,
) -> Appointment:
    """Ask for one of the times that the clinic answered with (RT). Raises SlotGoneError, AccessError.

    replaces: see `moves.move`.
    """
    visit.require_full()
    asked = question.party if question.party is not None and question.party.kind == PartyKind.SERVICE else None
    party = offering(asked or visit.patient.gp, Service.BOOKING)
    now = clock.now()
    slot = next((one for one in offered(question) if one.uid == uid), None)
    if slot is None or slot.must_call or slot.start <= now or (slot.available_at and slot.available_at > now):
        raise SlotGoneError
    document = timereservasjon.reserve(
        new_envelope(party, visit.patient),
        slot,
        accepts_other=accepts_other,
        text=comment,
        relation=documents.representation(visit.actor, visit.patient),
    )
    with transaction.atomic():
        message = outbox.put(
            outbox.Draft(document=document, party=party, citizen=visit.patient, acting=visit.actor, shown=False)
        )
        return Appointment.objects.create(
            citizen=visit.patient,
            party=party,
            state=AppointmentState.REQUESTED,
            uid=slot.uid,
            contact=slot.contact,
            start=slot.start,
            end=slot.end,
            categories=list(slot.categories),
            summary=slot.summary,
            comment=comment,
            request_msg_id=message.msg_id,
            changed_at=now,
            replaces=replaces,
        )


def cancel(visit: Visit, appointment: Appointment, *, reason: str = "") -> None:
    """Ask the clinic to cancel (ART), by AVTALEAVBESTILLING where it told of the time and takes that (AA-1).

    Raises CancelRefusedError, AccessError.
    """
    visit.require_full()
    with transaction.atomic():
        row, party = held(appointment)
        put_cancellation(row, party, patient=visit.patient, actor=visit.actor, reason=reason)


def put_cancellation(row: Appointment, party: Party, *, patient: Citizen, actor: Citizen, reason: str = "") -> None:
    """The cancellation of a locked appointment (ART), in the caller's transaction."""
    told = rules.cancels_by_own_process(booked_here=bool(row.request_msg_id), services=party.services)
    document = timereservasjon.cancel(
        new_envelope(party, patient),
        event_of(row),
        text=reason or None,
        relation=documents.representation(actor, patient),
        function=MessageFunction.APPOINTMENT_CANCELLATION if told else MessageFunction.BOOKING,
    )
    message = outbox.put(outbox.Draft(document=document, party=party, citizen=patient, acting=actor, shown=False))
    await_answer(row, message)


def held(
    appointment: Appointment, refusal: Callable[[], SkrankeError] = CancelRefusedError
) -> tuple[Appointment, Party]:
    """An appointment that may still be given up, locked until commit, and whose it is. Raises `refusal`."""
    row = Appointment.objects.select_for_update(of=("self",)).select_related("party").get(pk=appointment.pk)
    if row.party is None or not rules.may_cancel(AppointmentState(row.state), row.start, clock.now()):
        raise refusal()
    return row, row.party


def event_of(row: Appointment) -> VEvent:
    """The time as a message of ours names it."""
    return VEvent(start=row.start, end=row.end, uid=row.uid, contact=row.contact, related_to=row.related_to)


def await_answer(row: Appointment, message: Message) -> None:
    """The clinic has been asked by this message to cancel; until it answers, the time stands."""
    row.state = AppointmentState.CANCEL_REQUESTED
    row.cancel_msg_id, row.outcome, row.changed_at = message.msg_id, "", clock.now()
    row.save()


def test_party(party: Party) -> Message:
    """Send a communication test (KT) to a clinic's party."""
    _require_own_queues()
    document = comtest.request(new_envelope(party, None))
    with transaction.atomic():
        return outbox.put(outbox.Draft(document=document, party=party, citizen=None, synchronous=True, shown=False))


def set_active(citizen: Citizen, *, active: bool) -> Message | None:
    """Make a citizen active in HelseNorge, or not any more, and tell the GP's clinic (SDAB); None without a GP.

    Nothing is told that was so already.
    """
    _require_own_queues()
    with transaction.atomic():
        row = Citizen.objects.select_for_update(of=("self",)).select_related("gp").get(pk=citizen.pk)
        if row.digitally_active == active:
            return None
        row.digitally_active = active
        row.save(update_fields=["digitally_active"])
        if row.gp is None:
            return None
        document = digitalbruker.status(new_envelope(row.gp, row), active=rules.can_be_reached(standing(row)))
        return outbox.put(outbox.Draft(document=document, party=row.gp, citizen=row, shown=False))


def mark_read(messages: Sequence[UUID]) -> None:
    """The citizen has seen these."""
    Message.objects.filter(pk__in=messages, read_at=None).update(read_at=clock.now())


def archive_thread(visit: Visit, conversation: str, *, away: bool) -> None:
    """Put a dialog away, or take it out again, in the citizen's inbox alone: no message says so (JRN-14).

    Raises NotFoundError, AccessError.
    """
    visit.require_full()
    rows = [row.pk for row in visit.thread(conversation)]
    Message.objects.filter(pk__in=rows).update(archived_at=clock.now() if away else None)


def delete_thread(visit: Visit, conversation: str) -> None:
    """Delete the citizen's copy of a dialog. The clinic's is its own, and no message takes it back (JRN-14).

    Raises NotFoundError, AccessError.
    """
    visit.require_full()
    rows = [row.pk for row in visit.thread(conversation)]
    Message.objects.filter(pk__in=rows).update(shown=False)


def send(visit: Visit, party: Party, document: MsgHead, files: Sequence[Attachment] = ()) -> Message:
    """Leave a message of the visitor's, which the inbox shows, for the bus process."""
    draft = outbox.Draft(
        document=document, party=party, citizen=visit.patient, acting=visit.actor, attachments=tuple(files)
    )
    with transaction.atomic():
        return outbox.put(draft)


def _require_own_queues() -> None:
    if settings.OURS.external:
        raise ServiceOffError(_("Et annet program spiller HelseNorge nå. Ingenting ble sendt."))


def new_envelope(party: Party, patient: Citizen | None, conversation: ConversationRef | None = None) -> Envelope:
    """The envelope of a new message to a clinic's party. Raises ServiceOffError when another program plays us."""
    _require_own_queues()
    return documents.envelope(
        the_world().own, party, patient=patient, msg_id=uuid4(), now=clock.now(), conversation=conversation
    )


def gp_with(patient: Citizen, service: Service) -> Party:
    """The patient's GP, who offers the service. Raises ServiceOffError."""
    return offering(patient.gp, service)


def offering(party: Party | None, service: Service) -> Party:
    """The party, if there is one that offers the service. Raises ServiceOffError."""
    if party is None or service not in party.services:
        raise ServiceOffError(_("Fastlegen tilbyr ikke denne tjenesten. Ingenting ble sendt."))
    return party


def _read(uploads: Sequence[Upload]) -> list[Attachment]:
    if sum(one.size for one in uploads) > rules.ATTACHMENT_BYTES:
        raise AttachmentsError(_("Vedleggene er til sammen større enn 12 MB. Ingenting ble sendt."), field="files")
    found = []
    for one in uploads:
        content = b"".join(iter(partial(one.content.read, _CHUNK), b""))
        media_type = wire_attachments.sniff(content)
        if media_type is None:
            text = _("«%(name)s» kan ikke sendes. Bare PDF, JPEG og PNG kan legges ved.") % {"name": one.name}
            raise AttachmentsError(text, field="files")
        found.append(Attachment(name=one.name[:200], media_type=media_type, size=len(content), content=content))
    return found


def _on_the_wire(files: Sequence[Attachment]) -> tuple[WireAttachment, ...]:
    issued = write_instant(clock.now())
    return tuple(
        WireAttachment(content=bytes(one.content), mime_type=one.media_type, description=one.name, issued=issued)
        for one in files
    )
