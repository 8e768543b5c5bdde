"""Sending what was decided: each sending is claimed in a commit of its own before it is handed over (NOT-17).

So two workers never send the same, and what is found claimed long after was left by a program that died: nobody knows
whether it left. A confirmation or reminder is then not sent again; a change or a cancellation is, with the same
reference. For the installation as a whole, since nothing may be held open while a stranger answers.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.models import Clinic
from skranke.clinics.queries import this_clinic
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.log import get_logger
from skranke.notifications import rules
from skranke.notifications.channels import CHANNELS
from skranke.notifications.channels.errors import NoAddressError, OutcomeUnknownError
from skranke.notifications.channels.values import Letter
from skranke.notifications.models import Notice, NoticeSending, SendingState
from skranke.notifications.recipients import recipient_by
from skranke.notifications.rules import NoticeEvent, NoticeTo
from skranke.notifications.texts import Text, text_for_owner, text_for_patient
from skranke.patients.models import NotifyBy
from skranke.tenancy.live import announce
from skranke.tenancy.work import acting

log = get_logger(__name__)

_OPEN = (SendingState.WAITING, SendingState.SENDING)
_ENDED = (SendingState.SENT, SendingState.FAILED, SendingState.DROPPED, SendingState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    sending: NoticeSending
    letter: Letter | None


def send_due() -> None:
    """Send all that waits, clinic by clinic. Done by the worker, for the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clinics_with_notices_to_send(%s)", [clock.now()])
        clinics = [row[0] for row in cursor.fetchall()]
    for clinic_id in clinics:
        while _send_next(clinic_id):
            pass


def _send_next(clinic_id: UUID) -> bool:
    """One sending of a clinic; whether there was one."""
    with acting(system(clinic_id)):
        claimed = _claim()
    if claimed is None:
        return False
    if claimed.letter is not None:
        error = _hand_over(NotifyBy(claimed.sending.way), claimed.letter)
        with acting(system(clinic_id)):
            _note(claimed.sending, error)
    return True


def _claim() -> _Claimed | None:
    now = clock.now()
    rows = NoticeSending.objects.select_for_update(of=("self",), skip_locked=True).select_related("notice__employee")
    sending = rows.filter(state__in=_OPEN, next_at__lte=now).order_by("next_at", "id").first()
    if sending is None:
        return None
    notice, event = sending.notice, NoticeEvent(sending.notice.event)
    abandoned = sending.state == SendingState.SENDING
    if abandoned and not rules.is_sent_though_uncertain(event):
        return _end(sending, SendingState.UNCERTAIN, "outcome_unknown")
    if now >= notice.expires_at or rules.is_overtaken(event, _later(notice)):
        return _end(sending, SendingState.DROPPED)
    try:
        letter = _letter(sending, this_clinic())
    except NoAddressError as error:
        return _end(sending, SendingState.FAILED, error.code)
    sending.state, sending.tries, sending.tried_at = SendingState.SENDING, sending.tries + 1, now
    sending.next_at, sending.address = rules.abandoned_at(now), rules.masked(letter.address)
    sending.save(update_fields=["state", "tries", "tried_at", "next_at", "address"])
    return _Claimed(sending=sending, letter=letter)


def _end(sending: NoticeSending, state: SendingState, error: str = "") -> _Claimed:
    sending.state, sending.error = state, error or sending.error
    sending.save(update_fields=["state", "error"])
    _tell(sending)
    return _Claimed(sending=sending, letter=None)


def _later(notice: Notice) -> frozenset[NoticeEvent]:
    """What has been planned since of the same thing for the same reader."""
    rows = Notice.objects.filter(subject_id=notice.subject_id, employee=notice.employee)
    return frozenset(map(NoticeEvent, rows.filter(created_at__gt=notice.created_at).values_list("event", flat=True)))


def _letter(sending: NoticeSending, clinic: Clinic) -> Letter:
    """Raises NoAddressError."""
    notice, way = sending.notice, NotifyBy(sending.way)
    event = NoticeEvent(notice.event)
    text: Text | None = None
    address, language = "", "nb"
    if notice.employee is not None:
        address = notice.employee.phone
        text = text_for_owner(event, notice.facts, clinic)
    elif notice.told_id is not None:
        recipient = recipient_by(NoticeTo(notice.told), notice.told_id)
        if recipient is not None:
            address, language = recipient.address(way), recipient.language
            text = text_for_patient(event, notice.facts, clinic, language)
    if text is None or not address:
        raise NoAddressError("There is no address any more.")
    return Letter(
        address=address,
        sender=clinic.name,
        subject=text.subject,
        text=text.long if way == NotifyBy.EMAIL else text.short,
        reference=str(sending.id),
        language=language,
    )


def _hand_over(way: NotifyBy, letter: Letter) -> SkrankeError | None:
    """What went wrong, if anything did. An error that nobody thought of says nothing of whether it left."""
    try:
        CHANNELS[way].send(letter)
    except SkrankeError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one letter that cannot be sent stops no other
        return OutcomeUnknownError(type(error).__name__)
    return None


def _note(sending: NoticeSending, error: SkrankeError | None) -> None:
    """Write down how the try went, unless somebody took it over meanwhile."""
    now = clock.now()
    held = NoticeSending.objects.select_for_update(of=("self",)).select_related("notice").get(id=sending.id)
    if held.state != SendingState.SENDING or held.tries != sending.tries:
        return
    held.error = "" if error is None else f"{error.code}: {error}"
    if error is None:
        held.state, held.sent_at = SendingState.SENT, now
    else:
        again = _again(held, error)
        at = rules.try_again_at(held.tries, now) if again else None
        if at is not None:
            held.state, held.next_at = SendingState.WAITING, at
        else:
            unknown = isinstance(error, OutcomeUnknownError)
            held.state = SendingState.UNCERTAIN if unknown else SendingState.FAILED
        log.warning(
            "notice_not_sent",
            sending=str(held.id),
            way=held.way,
            reason=held.error,
            tries=held.tries,
            again=at is not None,
        )
    held.save(update_fields=["state", "sent_at", "next_at", "error"])
    if held.state in _ENDED:
        _tell(held)


def _again(sending: NoticeSending, error: SkrankeError) -> bool:
    if isinstance(error, OutcomeUnknownError):
        return rules.is_sent_though_uncertain(NoticeEvent(sending.notice.event))
    return not error.permanent


def _tell(sending: NoticeSending) -> None:
    """Into the audit log, and to open pages that show it."""
    notice = sending.notice
    record(
        Action.NOTICE_SENT,
        subject_kind=notice.subject_kind,
        subject_id=notice.subject_id,
        patient_id=notice.patient_id,
        detail={"event": notice.event, "way": sending.way, "state": sending.state, "why": sending.error_code},
    )
    announce("notice", notice.subject_id)
