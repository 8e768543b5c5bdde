"""Dialogs that are begun by themselves, from a shared template (TPL-5, BOK-15). Who decides when is a room above."""

from collections.abc import Sequence
from uuid import uuid4

from skranke.audit.actions import Action
from skranke.clinics.organisation.queries import readers
from skranke.clinics.organisation.values import Recipient
from skranke.clinics.queries import this_clinic
from skranke.dialog import filling, rules
from skranke.dialog.errors import UnreachableError
from skranke.dialog.models import (
    Attachment,
    Channel,
    DeliveryState,
    DialogKind,
    Direction,
    Message,
    MessageTemplate,
    Thread,
)
from skranke.dialog.services.changes import add_event, join, refresh, save_change
from skranke.dialog.services.handling import apply
from skranke.dialog.services.sending import checked_subject, checked_text, record_sent
from skranke.dialog.services.templates import handling_of, known_values, present, require_automatic
from skranke.dialog.services.uploads import require_room
from skranke.dialog.values import EventKind, Handling
from skranke.kernel import clock
from skranke.patients.models import Patient
from skranke.tenancy.work import current_actor

_KIND = DialogKind.E_DIALOG


def start_by_itself(
    template: MessageTemplate, *, patient: Patient, owners: Sequence[Recipient], appointment: str
) -> Thread:
    """Write to a patient in our own portal in the clinic's name, from a shared template (BOK-15).

    owners: who takes part for "whoever uses it", and when nobody else would (MSG-11). appointment: for {{timen}}.
    Raises InvalidError where a word has no value or the text is too long, UnreachableError, AttachmentsTooLargeError.
    """
    require_automatic(template)
    _require_reachable(patient)
    clinic = this_clinic()
    known = known_values(patient, clinic.name, appointment)
    subject = checked_subject(_KIND, filling.fill(template.subject, known))
    text = checked_text(_KIND, filling.fill(template.text, known))
    files = list(template.attachments.order_by("number", "id"))
    return _start(
        patient, subject, text, _takes_part(template, owners), handling=handling_of(template, None), files=files
    )


def tell_by_itself(patient: Patient, *, subject: str, text: str, owners: Sequence[Recipient]) -> Thread:
    """Write to a patient in our own portal in the clinic's name, in words of the program's own (REQ-6).

    owners: who takes part, and reads what the patient answers. Raises InvalidError, UnreachableError.
    """
    _require_reachable(patient)
    subject, text = checked_subject(_KIND, subject), checked_text(_KIND, text)
    return _start(patient, subject, text, owners)


def _require_reachable(patient: Patient) -> None:
    found = rules.reachability_in_portal(patient)
    if not found.ok:
        raise UnreachableError(found.sentence, reason=found.reason)


def _start(
    patient: Patient,
    subject: str,
    text: str,
    owners: Sequence[Recipient],
    *,
    handling: Handling | None = None,
    files: Sequence[Attachment] = (),
) -> Thread:
    clinic_name = this_clinic().name
    thread = _thread(patient, subject)
    message = _message(thread, files, clinic_name, subject, text)
    refresh(thread)
    for one in owners:
        join(thread, one, in_inbox=False)
    if handling is not None:
        apply(thread, handling, by=None)
    add_event(thread, EventKind.STARTED, detail={"message": str(message.id)}, actor_name=clinic_name)
    record_sent(Action.THREAD_STARTED, thread, message)
    save_change(thread)
    return thread


def _takes_part(template: MessageTemplate, owners: Sequence[Recipient]) -> list[Recipient]:
    named = present(template)
    wanted = [*named, *owners] if template.to_user else named
    return wanted if any(readers(one) for one in wanted) else [*named, *owners]


def _thread(patient: Patient, subject: str) -> Thread:
    now = clock.now()
    return Thread.objects.create(
        clinic_id=current_actor().clinic_id,
        kind=_KIND,
        channel=Channel.OWN,
        patient=patient,
        conversation=str(uuid4()),
        title=rules.title(subject, channel=Channel.OWN),
        created_at=now,
        last_message_at=now,
    )


def _message(thread: Thread, files: Sequence[Attachment], clinic_name: str, subject: str, text: str) -> Message:
    now = clock.now()
    require_room(files)
    message = Message.objects.create(
        clinic_id=thread.clinic_id,
        thread=thread,
        direction=Direction.OUT,
        code=rules.start_code(_KIND, may_answer=True),
        subject=subject,
        text=text,
        author_name=clinic_name[:200],
        msg_id=thread.conversation,
        generated_at=now,
        recorded_at=now,
        delivery=DeliveryState.READY,
        delivery_at=now,
    )
    for number, file in enumerate(files):
        Attachment.objects.create(
            clinic_id=thread.clinic_id,
            message=message,
            blob_id=file.blob_id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            number=number,
            created_at=now,
        )
    return message
