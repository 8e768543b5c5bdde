"""One way to an invoice card: absent and forbidden look the same (house rule 3)."""

from uuid import UUID

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.billing.models import InvoiceCard
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.errors import NotFoundError


def get_card_for(actor: Actor, card_id: UUID) -> InvoiceCard:
    """A card of the actor's clinic, for staff. The reading is audited. Raises NotFoundError."""
    rows = InvoiceCard.objects.select_related("patient", "appointment").filter(clinic_id=actor.clinic_id)
    card = rows.filter(id=card_id).first() if actor.kind == ActorKind.EMPLOYEE else None
    if card is None:
        raise NotFoundError("The invoice card does not exist.")
    record(Action.INVOICE_READ, subject_kind="invoice_card", subject_id=card.id, patient_id=card.patient_id)
    return card
