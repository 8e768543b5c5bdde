"""What the clinic's booking messages do to the citizen's appointments (protocol-messages 5.2)."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from skranke.kernel import clock
from skranke.sandbox import moves, rules
from skranke.sandbox.models import Appointment, Citizen, Party
from skranke.sandbox.rules import AppointmentState
from skranke.standards.codes import MessageFunction, NoteRole, Question
from skranke.standards.msghead import MsgHead
from skranke.standards.xcal import VEvent

_ENDED = frozenset({AppointmentState.CANCELLED, AppointmentState.NO_SHOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One booking message, with whom it is about."""

    document: MsgHead
    citizen: Citizen
    party: Party

    @property
    def code(self) -> str:
        """TypeForesp of a push, TemaKodet of an answer."""
        return self.document.code.v

    @property
    def event(self) -> VEvent | None:
        """The time it names."""
        return next(iter(self.document.appointments), None)

    @property
    def text(self) -> str:
        """The clinic's words."""
        body = self.document.dialog.body
        return body.text.plain if body.text else body.subject


def take_push(told: Told) -> None:
    """A fact that the clinic tells unasked: 05, 07, 08 or 11; of home care MOA, which GPs do not send (D-18)."""
    event = told.event
    if event is None or not event.related_to:
        return
    row = _rows(told).filter(related_to=event.related_to).first()
    if row is not None and not rules.is_news(row.told_at, told.document.info.gen_date):
        return
    state = rules.pushed(AppointmentState(row.state) if row else None, told.code)
    if told.code == Question.APPOINTMENT_NOTICE:
        state = rules.noticed(event.status)
    if state is None:
        return
    if row is None:
        row = Appointment(citizen=told.citizen, party=told.party, hidden=state in _ENDED)
    elif state not in _ENDED:
        row.hidden = False
    row.outcome = told.text
    _write(row, told, event, state)


def take_answer(told: Told) -> None:
    """The answer to a reservation, a cancellation or a wish of ours: 05 to 10, 26, 30, 34."""
    reference = told.document.info.conversation_id
    event = told.event
    row = _rows(told).filter(Q(request_msg_id=reference) | Q(cancel_msg_id=reference)).first()
    if row is None and event is not None and event.related_to:
        row = _rows(told).filter(related_to=event.related_to).first()
    if row is None:
        if told.document.info.function is MessageFunction.APPOINTMENT_WISH:
            _given(told)
        return
    if event is not None and event.related_to and not row.related_to:
        _merge(row, told, event)
    before = AppointmentState(row.state)
    state = rules.answered(before, told.code)
    if state is None:
        return
    _apply(row, told, before, state, answers_cancellation=row.cancel_msg_id == reference)
    if row.request_msg_id == reference:
        moves.give_up_old(row)


def _apply(
    row: Appointment, told: Told, before: AppointmentState, state: AppointmentState, *, answers_cancellation: bool
) -> None:
    event = told.event
    if rules.is_fact(told.code) and not rules.is_news(row.told_at, told.document.info.gen_date):
        # Something newer is known already; only the waiting ends.
        if before is AppointmentState.CANCEL_REQUESTED and answers_cancellation:
            _set(row, AppointmentState.CONFIRMED, told.text)
        return
    if event is not None and rules.is_fact(told.code):
        row.outcome = told.text
        _write(row, told, event, state)
    else:
        _set(row, state, told.text)


def _given(told: Told) -> None:
    """A time that the clinic gives for a wish: 05, 07 or 10. Nothing was asked for by name, so there is no row yet."""
    state = rules.pushed(None, told.code)
    if told.event is None or not told.event.related_to or state is not AppointmentState.CONFIRMED:
        return
    row = Appointment(citizen=told.citizen, party=told.party, outcome=told.text)
    _write(row, told, told.event, state)


def take_undelivered(msg_id: str, reason: str) -> None:
    """The message that asked did not reach the clinic."""
    rows = Appointment.objects.select_for_update().filter(Q(request_msg_id=msg_id) | Q(cancel_msg_id=msg_id))
    for row in rows:
        state = rules.undelivered(AppointmentState(row.state))
        if state is not None:
            _set(row, state, reason)


def _rows(told: Told) -> QuerySet[Appointment]:
    return Appointment.objects.select_for_update().filter(citizen=told.citizen)


def _merge(row: Appointment, told: Told, event: VEvent) -> None:
    """A push about the same appointment came before the answer that gives it its id: the two rows become one."""
    other = _rows(told).filter(related_to=event.related_to).exclude(pk=row.pk).first()
    if other is None:
        return
    other.delete()
    if not rules.is_news(other.told_at, told.document.info.gen_date):
        for name in ("state", "uid", "contact", "start", "end", "categories", "summary", "description", "location"):
            setattr(row, name, getattr(other, name))
        row.related_to, row.told_at, row.practitioner = other.related_to, other.told_at, other.practitioner
        row.changed_at = clock.now()
        row.save()


def _write(row: Appointment, told: Told, event: VEvent, state: AppointmentState) -> None:
    row.state = state
    row.related_to, row.uid, row.contact = event.related_to, event.uid, event.contact
    row.start, row.end, row.categories = event.start, event.end, list(event.categories)
    row.summary = event.summary or row.summary
    row.description, row.location = event.description, event.location
    row.practitioner = practitioner_of(told.document) or row.practitioner
    row.told_at = told.document.info.gen_date
    _set(row, state, row.outcome)


def _set(row: Appointment, state: AppointmentState, outcome: str) -> None:
    row.state, row.outcome, row.changed_at = state, outcome, clock.now()
    row.save()


def practitioner_of(document: MsgHead) -> str:
    """Whom the message names as author or practitioner; the empty string when nobody (protocol-messages 2.4)."""
    for role in document.dialog.body.roles:
        if role.practitioner:
            return role.practitioner.full_name
        if role.person and NoteRole.known(role.note_role) in {NoteRole.AUTHOR, None}:
            return role.person.full_name
    return next((one.person.full_name for one in document.practitioners if one.person), "")
