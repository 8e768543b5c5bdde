"""What was refused because of who it was about or what is offered, for the operator: never about whom (ACT-6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.clinics.models import CommunicationParty
from skranke.gateway.models import ReceivedMessage

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refusal. function: of the message; party: whom it addressed; code: what was answered (7602)."""

    at: datetime
    function: str
    party: str
    code: str
    received_id: UUID | None


def refusals(*, limit: int = MOST) -> list[Refused]:
    """The newest refusals of the clinic."""
    events = list(AuditEvent.objects.filter(action=Action.PATIENT_REFUSED).order_by("-at")[:limit])
    rows = ReceivedMessage.objects.filter(id__in=[event.subject_id for event in events])
    messages = {row.id: row for row in rows.only("id", "function", "to_her_id")}
    names = dict(CommunicationParty.objects.values_list("her_id", "name"))
    return [_refused(event, messages.get(event.subject_id) if event.subject_id else None, names) for event in events]


def _refused(event: AuditEvent, message: ReceivedMessage | None, names: dict[str, str]) -> Refused:
    her_id = message.to_her_id if message else ""
    return Refused(
        at=event.at,
        function=message.function if message else "",
        party=names.get(her_id, her_id),
        code=str(event.detail.get("code", "")),
        received_id=event.subject_id,
    )
