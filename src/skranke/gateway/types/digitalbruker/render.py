"""DIGITALBRUKER out: a check (SIDAB) of patients of one GP's list, from the GP's own party."""

from uuid import UUID, uuid4

from skranke.gateway.endpoints import Endpoint
from skranke.gateway.errors import LostOriginalError, NothingToSendError
from skranke.gateway.types.people import wire_patient
from skranke.gateway.values import Letter, Renderer
from skranke.kernel import clock
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.patients.models import Patient
from skranke.patients.rules import has_complete_national_id
from skranke.standards.build import digitalbruker
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import MessageFunction


def render(item: OutboxItem, endpoint: Endpoint) -> Letter:
    """The check of the patients in `detail`, from the party `subject_id`; nothing when none of them is left to ask."""
    party = next((one for one in endpoint.parties.values() if one.id == item.subject_id), None)
    if party is None:
        raise LostOriginalError("The party the check was to leave from is not active.")
    wanted = [UUID(text) for text in item.detail["patients"]]
    rows = Patient.objects.filter(id__in=wanted).order_by("sort_key", "id")
    persons = [wire_patient(patient) for patient in rows if has_complete_national_id(patient)]
    if not persons:
        raise NothingToSendError("None of the patients can be asked about any more.")
    peer, msg_id = endpoint.peer(), uuid4()
    envelope = Envelope(sender=party.party, receiver=peer.party, msg_id=msg_id, gen_date=clock.now())
    return Letter(
        document=digitalbruker.check(envelope, persons),
        function=MessageFunction.DIGITAL_USER.value,
        msg_id=str(msg_id),
        sender=party.her_id,
        peer=peer,
    )


RENDERERS: dict[Intent, Renderer] = {Intent.STATUS_CHECK: render}
