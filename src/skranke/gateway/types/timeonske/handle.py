"""Wishes for an appointment (OT), a change (OET) or a cancellation (OAT): read by people (HITS 1217 3.5)."""

from dataclasses import replace

from django.utils.translation import gettext as _

from skranke.clinics.models import Service
from skranke.dialog.models import DialogKind
from skranke.gateway.errors import UnknownQuestionError
from skranke.gateway.types.conversations import Conversation, message_of
from skranke.gateway.types.people import require_service
from skranke.gateway.values import Handled, Incoming
from skranke.scheduling.models import WishKind
from skranke.scheduling.services import receive_wish
from skranke.scheduling.values import NamedTime
from skranke.standards.codes import Question, YesNo
from skranke.standards.xcal import VEvent

_KINDS = {
    Question.WISH_FOR_APPOINTMENT: WishKind.TIME,
    Question.WISH_FOR_CHANGE: WishKind.CHANGE,
    Question.WISH_FOR_CANCELLATION: WishKind.CANCELLATION,
}
_CONVERSATION = Conversation(
    kind=DialogKind.APPOINTMENT_WISH,
    service=Service.APPOINTMENT_WISH,
    starts=frozenset(code.value for code in _KINDS),
    takes_wishes=True,
)


def handle(incoming: Incoming) -> Handled:
    """Put the wish into Post; nothing is booked, moved or cancelled (TO-1..3).

    Without KodetOpplysning no other practitioner will do. An OT has no appointment: one that comes is ignored.
    Raises NoAccessError (30), ServiceOffError or UnknownQuestionError (26).
    """
    question = incoming.message.dialog.question
    code = Question.known(question.code) if question is not None else None
    kind = _KINDS.get(code) if code is not None else None
    if question is None or code is None or kind is None:
        raise UnknownQuestionError(_("Denne typen henvendelse kan ikke tas imot her. Ring legekontoret."))
    require_service(incoming, _CONVERSATION.service)
    stored = receive_wish(
        replace(message_of(incoming, _CONVERSATION), subject=question.subject or code.term),
        kind,
        named=None if kind is WishKind.TIME else _named(incoming.message.appointments[0]),
        accepts_other=YesNo.known(question.coded_information) is YesNo.YES,
    )
    return Handled(subject_kind="message", subject_id=stored.id, patient_id=stored.thread.patient_id)


def _named(event: VEvent) -> NamedTime:
    return NamedTime(event.start, event.end, event.uid, event.contact, event.related_to)
