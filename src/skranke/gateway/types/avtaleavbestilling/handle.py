"""A citizen cancels what the clinic has told of (AA-1, HITS 1217 3.7): the ART of TIMERESERVASJON by another name."""

from django.utils.translation import gettext as _

from skranke.clinics.models import Service
from skranke.clinics.rules import may_take_cancellations
from skranke.gateway.errors import ServiceOffError, UnknownQuestionError
from skranke.gateway.types.people import require_service
from skranke.gateway.types.timereservasjon.handle import cancel_reserved
from skranke.gateway.values import Handled, Incoming
from skranke.standards.codes import Question


def handle(incoming: Incoming) -> Handled:
    """08, or 09 with a reason: whatever is raised here is answered 09 too (D-30, `profile.REFUSED_AS`).

    Raises UnknownQuestionError for another code than ART, ServiceOffError where the process is off or lacks its
    premise, NoAccessError for a patient we do not know.
    """
    if incoming.message.code.v != Question.CANCEL:
        raise UnknownQuestionError(_("Denne forespørselen kan ikke tas imot her. Ring legekontoret."))
    require_service(incoming, Service.APPOINTMENT_CANCELLATION)
    if not may_take_cancellations(tells_of_appointments=incoming.peer.takes_appointment_process):
        raise ServiceOffError(_("Legekontoret tilbyr ikke denne tjenesten. Ring legekontoret."))
    return cancel_reserved(incoming)
