"""What every verb that changes a thread shares: the lock, the version, events, inboxes, and the live announcement."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from skranke.clinics.models import Employee
from skranke.clinics.organisation.values import WHOLE_CLINIC, Recipient
from skranke.dialog import access, rules
from skranke.dialog.errors import VersionConflictError
from skranke.dialog.models import Channel, Direction, Message, Participant, Thread, ThreadEvent
from skranke.dialog.values import EventKind
from skranke.kernel import clock
from skranke.tenancy import live
from skranke.tenancy.rows import insert
from skranke.tenancy.work import current_actor
from skranke.ui.dates import format_time


def lock_for_change(thread: Thread, *, expected_version: int | None = None) -> tuple[Thread, Employee]:
    """The thread as it stands now, locked until commit, and the employee who acts.

    Raises NotFoundError where the actor may not see it, VersionConflictError when it changed since it was read.
    """
    actor = current_actor()
    employee = access.employee_of(actor)
    access.forget_thread()
    locked = Thread.objects.select_for_update(of=("self",)).select_related("patient", "party")
    current = locked.filter(id=thread.id).first()
    # The rights are asked after the lock: whoever had it before may just have changed them.
    if current is None or not access.visible_threads(employee).filter(id=thread.id).exists():
        raise access.nothing()
    if expected_version is not None and current.version != expected_version:
        raise VersionConflictError(_what_happened(current))
    return current, employee


def save_change(thread: Thread, *fields: str) -> None:
    """Write the thread, or only these fields of it, under a new version and tell open pages."""
    access.forget_thread()
    thread.version += 1
    thread.save(update_fields=[*fields, "version"] if fields else None)
    live.announce("thread", thread.id)


def add_event(
    thread: Thread, kind: EventKind, *, detail: Mapping[str, object] | None = None, actor_name: str = ""
) -> None:
    """Add a line to the thread's event log (MSG-24), in the name of the actor or of `actor_name`."""
    insert(event_of(thread, kind, detail=detail, actor_name=actor_name))


def event_of(
    thread: Thread, kind: EventKind, *, detail: Mapping[str, object] | None = None, actor_name: str = ""
) -> ThreadEvent:
    """The row that `add_event` writes, for a verb that inserts it with its other rows."""
    actor = current_actor()
    return ThreadEvent(
        clinic_id=actor.clinic_id,
        thread=thread,
        at=clock.now(),
        kind=kind,
        actor_name=(actor_name or actor.name)[:200],
        detail=dict(detail or {}),
    )


def participation(
    thread: Thread, who: Recipient, *, in_inbox: bool = True, personal: bool | None = None
) -> Participant:
    """The row by which somebody takes part in a thread where nobody does yet; personal unless told, if one can be."""
    return Participant(
        clinic_id=thread.clinic_id,
        thread=thread,
        employee_id=who.employee_id,
        group_id=who.group_id,
        role_id=who.role_id,
        in_inbox=in_inbox,
        personal=who.employee_id is not None if personal is None else personal,
        last_message_at=thread.last_message_at,
    )


def join(thread: Thread, who: Recipient, *, in_inbox: bool, given: bool = False) -> None:
    """Let an employee, a group, a role or the whole clinic take part; given: by others (MSG-11)."""
    facts = {"in_inbox": in_inbox, "last_message_at": thread.last_message_at}
    personal = given and who.employee_id is not None
    if personal:
        facts["personal"] = True
    columns = {"employee_id": who.employee_id, "group_id": who.group_id, "role_id": who.role_id}
    named: dict[str, object] = {name: value for name, value in columns.items() if value is not None}
    whose = named or {f"{name}__isnull": True for name in columns}
    if not thread.participants.filter(**whose).update(**facts):
        insert(participation(thread, who, in_inbox=in_inbox, personal=personal))


def of(employee: Employee) -> Recipient:
    """The employee as a participant."""
    return Recipient(employee_id=employee.id)


def leave_all_inboxes(thread: Thread) -> None:
    """The thread has been treated: nobody's inbox holds it any more (MSG-3)."""
    thread.participants.update(in_inbox=False, last_message_at=thread.last_message_at)


def enter_inboxes(thread: Thread) -> None:
    """A new message waits: for every participant (RCV-15), or the whole clinic when none is active any more.

    A group or role that nobody reads needs nothing here: its mail is everybody's (`access.shared_with`, RCV-12).
    """
    thread.participants.update(in_inbox=True, last_message_at=thread.last_message_at)
    # What was demanded of the others has come (MSG-16).
    thread.reply_due = None
    if not thread.participants.filter(Q(employee__isnull=True) | Q(employee__active=True)).exists():
        join(thread, WHOLE_CLINIC, in_inbox=True)
    # What has just come has been read by nobody.
    thread.readings.all().delete()


def waiting_since(thread: Thread) -> datetime | None:
    """When the oldest message from the patient that has got no answer was written; None when nothing waits.

    An answer counts for what had come before it was written; one that never reached the patient does not count.
    """
    return waiting(thread)[0]


def waiting(thread: Thread) -> tuple[datetime | None, str]:
    """As `waiting_since`, and the kind by whose rules it waits: as what it was written, or what the thread became."""
    answers = thread.messages.filter(direction=Direction.OUT, points_on=False).exclude(delivery__in=rules.LOST)
    answered = answers.aggregate(at=Max("recorded_at"))["at"]
    waiting = thread.messages.filter(direction=Direction.IN).exclude(code__in=rules.NOT_DELIVERED_CODES)
    if answered is not None:
        waiting = waiting.filter(recorded_at__gt=answered)
    if thread.channel != Channel.HELSENORGE:
        # Never turned into anything; and a patient, who works here too, may not read of conversations.
        return waiting.order_by("generated_at").values_list("generated_at", flat=True).first(), thread.kind
    since, written_as = waiting.order_by("generated_at").values_list("generated_at", "earlier__kind").first() or (
        None,
        None,
    )
    return since, written_as if written_as and not rules.is_journaled(thread.kind) else thread.kind


def is_answered_finally(thread: Thread) -> bool:
    """Whether the thread's request has had its one answer, and none that asks anew has come since (DDFL-RX-10).

    An answer that is known not to have reached the patient does not count.
    """
    final = rules.final_codes(thread.kind)
    if not final:
        return False
    answers = thread.messages.filter(direction=Direction.OUT, code__in=final).exclude(delivery__in=rules.PROBLEMS)
    answered = answers.aggregate(at=Max("recorded_at"))["at"]
    if answered is None:
        return False
    anew = thread.messages.filter(direction=Direction.IN, code__in=rules.request_codes(thread.kind))
    return not anew.filter(recorded_at__gt=answered).exists()


def asked_code(thread: Thread) -> str:
    """The code of the newest request of the thread; empty where its kind knows none."""
    requests = rules.request_codes(thread.kind)
    if not requests:
        return ""
    asked = thread.messages.filter(direction=Direction.IN, code__in=requests).order_by("-generated_at", "-msg_id")
    return asked.values_list("code", flat=True).first() or ""


def takes_answers(message: Message) -> bool:
    """Whether the patient may write where this was written: not after a one-way message or a refusal (5.3)."""
    thread = message.thread
    ours = thread.messages.filter(direction=Direction.OUT, earlier=message.earlier_id).exclude(delivery__in=rules.LOST)
    said = ours.order_by("-generated_at", "-msg_id").values_list("code", flat=True).first()
    return thread.may_be_answered and not rules.ends_dialog(message.kind, said or "")


def last_message(thread: Thread) -> Message | None:
    """The newest message by GenDate, then MsgId."""
    return thread.messages.order_by("-generated_at", "-msg_id").first()


def refresh(thread: Thread) -> None:
    """Work out again what follows from the messages: deadline, place in the lists, parent of the next message."""
    since, kind = waiting(thread)
    thread.answer_due = rules.answer_due(kind, _clock_started(thread, since), thread.own_type)
    newest = last_message(thread)
    if newest is not None:
        thread.last_message_at = newest.generated_at
    own = thread.messages.filter(earlier=None).order_by("-generated_at", "-msg_id")
    thread.last_msg_id = own.values_list("msg_id", flat=True).first() or ""


def begin(thread: Thread, message: Message) -> None:
    """What `refresh` works out, for a thread whose only message this is; it is the patient's."""
    waits = message.code not in rules.NOT_DELIVERED_CODES
    thread.answer_due = rules.answer_due(thread.kind, message.generated_at if waits else None, thread.own_type)
    thread.last_message_at, thread.last_msg_id = message.generated_at, message.msg_id


def _clock_started(thread: Thread, since: datetime | None) -> datetime | None:
    """From when the days to answer are counted: what waits, or by setting no earlier than it was turned (JRN-4)."""
    if since is None or thread.channel != Channel.HELSENORGE or not settings.OURS.conversion_restarts_deadline:
        return since
    turned = thread.earlier.aggregate(at=Max("ended_at"))["at"]
    return since if turned is None else max(since, turned)


def _what_happened(thread: Thread) -> str:
    event = thread.events.exclude(kind__in=[EventKind.OPENED, EventKind.JOURNALED]).order_by("at", "id").last()
    if event is None:
        return _("Samtalen er endret siden du åpnet den. Ingenting er sendt. Les den på nytt.")
    facts = {"name": event.actor_name, "time": format_time(event.at)}
    sentences = {
        EventKind.ANSWERED: _("%(name)s svarte kl. %(time)s. Ingenting er sendt. Les svaret først."),
        EventKind.CLOSED: _("%(name)s avsluttet samtalen kl. %(time)s. Ingenting er sendt."),
        EventKind.RESENT: _("%(name)s sendte en melding på nytt kl. %(time)s. Ingenting mer er sendt."),
        EventKind.TAKEN: _("%(name)s tok samtalen kl. %(time)s. Ingenting er sendt."),
        EventKind.FORWARDED: _("%(name)s videresendte samtalen kl. %(time)s. Ingenting er sendt."),
        EventKind.RECEIVED: _("Det kom en ny melding kl. %(time)s. Ingenting er sendt. Les den først."),
        EventKind.REOPENED: _("Det kom en ny melding kl. %(time)s. Ingenting er sendt. Les den først."),
    }
    fallback = _("Samtalen ble endret kl. %(time)s. Ingenting er sendt. Les den på nytt.")
    return sentences.get(EventKind(event.kind), fallback) % facts
