"""APPREC in: our outbox row and the message's delivery state follow it (protocol-messages 4.11)."""

from skranke.dialog.models import DeliveryState
from skranke.dialog.services import mark_delivery
from skranke.gateway.errors import UnknownOriginalError
from skranke.gateway.values import Handled, Incoming
from skranke.kernel.ids import NationalId
from skranke.outbox.models import OutboxItem
from skranke.outbox.services import mark_answered
from skranke.patients.models import HelseNorgeState
from skranke.patients.queries import by_national_id
from skranke.patients.services import note_helsenorge_state
from skranke.standards.apprec import AppRec
from skranke.standards.codes import AppRecError
from skranke.standards.parse import parse_header


def handle(incoming: Incoming) -> Handled:
    """Note the receipt. Raises UnknownOriginalError when it is for no message of ours (DDFL-AR-24)."""
    receipt = incoming.document
    assert isinstance(receipt, AppRec)
    accepted, why = receipt.positive, reasons(receipt)
    error = "" if accepted else f"{_codes(receipt)}: {why}"
    item = mark_answered(receipt.original.id, accepted=accepted, error=error)
    if item is None:
        raise UnknownOriginalError("The receipt is for no message of ours.")
    state = DeliveryState.RECEIVED if accepted else DeliveryState.REJECTED
    mark_delivery(receipt.original.id, state, receipt.gen_date, why, _codes(receipt))
    if not accepted and receipt.has_error(AppRecError.UNKNOWN_PATIENT):
        _citizen_is_not_there(item, receipt)
    return Handled(subject_kind="outbox_item", subject_id=item.id, code=_codes(receipt))


def reasons(receipt: AppRec) -> str:
    """What the writer is shown of a negative receipt: term and free text of each error (DDFL-AR-20)."""
    said = (f"{error.dn or error.v}: {error.ot}" if error.ot else error.dn or error.v for error in receipt.errors)
    return "" if receipt.positive else "; ".join(said)


def _codes(receipt: AppRec) -> str:
    return "" if receipt.positive else " ".join(error.v for error in receipt.errors)


def _citizen_is_not_there(item: OutboxItem, receipt: AppRec) -> None:
    """E35: the citizen is not active in HelseNorge; nothing is sent there again (HITS 1217 2.13.2, DDFL-PU-15)."""
    info = parse_header(bytes(item.document or b""))
    national_id: NationalId | None = info.patient.national_id if info and info.patient else None
    patient = by_national_id(national_id) if national_id else None
    if patient is not None:
        note_helsenorge_state(patient, HelseNorgeState.INACTIVE, at=receipt.gen_date)
