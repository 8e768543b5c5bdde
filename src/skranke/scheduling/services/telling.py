"""A message about an appointment that did not arrive: why, and telling it once more (MSG-22, HITS 1216 2.2.4, 2.2.5).

The rules are those of a message of a dialog; what says where the message stands is its row in the outbox.
"""

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.dialog import reasons
from skranke.dialog import rules as dialog_rules
from skranke.dialog.errors import NotResendableError
from skranke.dialog.models import DeliveryState
from skranke.kernel import clock
from skranke.outbox.afterwards import last_about, send_again
from skranke.outbox.models import OutboxItem, OutboxState
from skranke.outbox.services import enqueue
from skranke.scheduling.models import Appointment
from skranke.scheduling.services.booking import locked
from skranke.scheduling.services.record import is_told, log


def undelivered(item: OutboxItem) -> DeliveryState | None:
    """How the message failed to arrive: refused, reported or unsendable, or never receipted; None when it did not."""
    if item.state == OutboxState.SENT and item.error_code == reasons.EXPIRED:
        return DeliveryState.EXPIRED
    failed = {OutboxState.REJECTED.value: DeliveryState.REJECTED, OutboxState.FAILED.value: DeliveryState.FAILED}
    return failed.get(item.state)


def why_undelivered(item: OutboxItem) -> str:
    """In plain words for whoever works at the clinic."""
    said = item.error_words if item.state == OutboxState.REJECTED else ""
    return reasons.explain(item.error_code, said)


def may_tell_again(appointment: Appointment, item: OutboxItem) -> bool:
    """Whether the message may leave once more: as a dialog's may, and to a patient who is there (TYP-4, DDFL-PU-14)."""
    state = undelivered(item)
    if state is None or not is_told(appointment.patient, hidden=appointment.hidden):
        return False
    return dialog_rules.may_resend(state, item.error_code, resends=len(item.earlier_message_ids))


def tell_again(appointment: Appointment, *, expected_version: int | None = None) -> Appointment:
    """Send the newest message about the appointment once more.

    What was refused leaves as a new message with a new MsgId, made of the appointment as it stands; what was lost on
    the way or never receipted is the same document with its MsgId under a new message-id (DDFL-ID-03, DDFL-ID-04).
    Raises NotResendableError, AppointmentChangedError.
    """
    item = last_about(appointment.id, lock=True)
    held = locked(appointment, expected_version)
    newest = last_about(appointment.id)
    if item is None or newest is None or newest.id != item.id or undelivered(item) is None:
        raise NotResendableError(_("Beskjeden er allerede på vei eller mottatt. Ingenting er sendt på nytt."))
    if not may_tell_again(held, item):
        raise NotResendableError(_("Beskjeden kan ikke sendes på nytt. Gi pasienten beskjed på en annen måte."))
    is_new = dialog_rules.is_new_when_resent(item.state)
    if is_new:
        enqueue(stream=item.stream, intent=item.intent, subject_id=item.subject_id, detail=item.detail)
    else:
        send_again(item)
    log(held, "told_again", Action.MESSAGE_RESENT, clock.now(), {"code": item.error_code, "new": is_new})
    return held
