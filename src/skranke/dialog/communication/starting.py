"""What the patient who acts may start in our own channel, and starting it (RCV-20 to RCV-23, POR-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import connection
from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Employee
from skranke.clinics.organisation.values import Recipient
from skranke.dialog import access
from skranke.dialog import rules as dialog_rules
from skranke.dialog.communication import rules
from skranke.dialog.communication.models import CommunicationType, OwnType, RecipientFormat
from skranke.dialog.models import Channel, DialogKind, Message, Thread
from skranke.dialog.services.changes import add_event, begin, participation
from skranke.dialog.services.own_channel import received_from
from skranke.dialog.services.receive import lock_conversation, require_reader
from skranke.dialog.services.sending import check_length, checked_subject
from skranke.dialog.services.uploads import attach, uploads_of
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.patients.models import Patient
from skranke.tenancy import live
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor

_KIND = DialogKind.E_DIALOG


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenType:
    """A type that the patient may start. people: (id, name) of those to pick among; none where a unit gets it.

    preselected: the one of them who is chosen already (RCV-23).
    """

    kind: OwnType
    people: tuple[tuple[UUID, str], ...]
    preselected: UUID | None
    max_subject: int = dialog_rules.MAX_SUBJECT[_KIND]
    max_text: int = dialog_rules.MAX_TEXT[_KIND]


def open_types() -> list[OpenType]:
    """The types that the patient who acts may start now, in the order of the set-up.

    One whose people have all left is not among them: somebody reads what is sent, or it is not sent.
    """
    patient = access.patient_of(current_actor())
    found = {one.kind: one for row in _rows(patient) if (one := _open(row, patient)) is not None}
    return [found[kind] for kind in OwnType if kind in found]


def get_open_type_for_patient(kind: str) -> OpenType:
    """One of `open_types`. Raises NotFoundError."""
    for one in open_types():
        if one.kind == kind:
            return one
    raise access.nothing()


def start_by_patient(
    kind: str,
    *,
    subject: str,
    text: str,
    form_id: UUID,
    to: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> Thread:
    """Start a dialog of a type as the patient who acts; it waits in the inboxes of whom the clinic has set (RCV-22).

    to: whom the patient has picked, where the type goes to one person. form_id: of the form that was filled in: sent
    twice, it is one thread.
    Raises NotFoundError for a type that is not open to the patient, InvalidError, AttachmentsTooLargeError,
    NobodyReadsError.
    """
    patient = access.patient_of(current_actor())
    conversation = str(uuid5(patient.id, form_id.hex))
    lock_conversation(conversation)
    known = access.own_threads(current_actor()).filter(conversation=conversation).first()
    if known is not None:
        return known
    wanted = get_open_type_for_patient(kind)
    recipients = _recipients(wanted, to)
    subject, text = checked_subject(_KIND, subject), _checked(text)
    thread = _new_thread(patient, wanted.kind, subject, conversation)
    message = _first(thread, patient, subject, text)
    begin(thread, message)
    insert(thread)
    insert(message)
    insert(*(participation(thread, one) for one in recipients))
    attach(message, attachment_ids, uploads_of(patient))
    require_reader(thread)
    add_event(thread, EventKind.RECEIVED, detail={"message": str(message.id)})
    record(
        Action.MESSAGE_RECEIVED,
        subject_kind="message",
        subject_id=message.id,
        patient_id=patient.id,
        detail={"thread": str(thread.id), "kind": thread.kind, "code": message.code, "own_type": thread.own_type},
    )
    live.announce("thread", thread.id)
    return thread


def _rows(patient: Patient) -> list[CommunicationType]:
    """The types that the patient is among the senders of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT opening_lists_of_me()")
        on_lists = [row[0] for row in cursor.fetchall()]
    rows = CommunicationType.objects.filter(active=True).prefetch_related("lists", "recipients")
    return [
        row
        for row in rows
        if rules.may_start(patient, row.senders, [one.patient_list_id for one in row.lists.all()], on_lists)
    ]


def _open(row: CommunicationType, patient: Patient) -> OpenType | None:
    people: tuple[tuple[UUID, str], ...] = ()
    if row.format == RecipientFormat.PEOPLE:
        listed = Employee.objects.filter(id__in=[one.employee_id for one in row.recipients.all()], active=True)
        # What a patient may know of an employee, and nothing else (web/patient/migrations/0001).
        shown = listed.only("id", "clinic_id", "given_name", "family_name", "role", "active")
        found = [one for one in shown.order_by("family_name", "given_name", "id") if rules.may_be_listed(row.kind, one)]
        if not found:
            return None
        people = tuple((one.id, one.name) for one in found)
    chosen = rules.preselected([one for one, _name in people], patient.gp_id)
    return OpenType(kind=OwnType(row.kind), people=people, preselected=chosen)


def _recipients(wanted: OpenType, to: UUID | None) -> list[Recipient]:
    if wanted.people:
        if to not in [one for one, _name in wanted.people]:
            raise InvalidError(_("Velg hvem du vil skrive til."), field="to")
        return [Recipient(employee_id=to)]
    rows = CommunicationType.objects.get(kind=wanted.kind).recipients.values_list("employee", "group", "role")
    return [Recipient(*row) for row in rows]


def _checked(text: str) -> str:
    text = dialog_rules.clean_text(text)
    if not text:
        raise InvalidError(_("Skriv en melding."), field="text")
    check_length(_KIND, text)
    return text


def _new_thread(patient: Patient, kind: OwnType, subject: str, conversation: str) -> Thread:
    now = clock.now()
    return Thread(
        clinic_id=patient.clinic_id,
        kind=_KIND,
        own_type=kind,
        channel=Channel.OWN,
        patient=patient,
        conversation=conversation,
        title=dialog_rules.title(subject, channel=Channel.OWN),
        important=dialog_rules.is_important(_KIND, kind),
        created_at=now,
        last_message_at=now,
    )


def _first(thread: Thread, patient: Patient, subject: str, text: str) -> Message:
    message = received_from(patient, thread, msg_id=thread.conversation, text=text)
    message.subject = subject
    return message
