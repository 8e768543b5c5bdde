"""What can be wrong with an invoice card."""

from skranke.billing.models import InvoiceCard
from skranke.kernel.errors import ChangedError, ConflictError


class DraftExistsError(ConflictError):
    """The patient has a draft already: go on with it, or say that a new one is meant (BIL-3). draft: the newest."""

    code = "invoice_draft_exists"

    def __init__(self, message: str, draft: InvoiceCard) -> None:
        super().__init__(message)
        self.draft = draft


class CardChangedError(ChangedError):
    """Somebody else has changed the card since the caller read it."""

    code = "invoice_card_changed"


class CardClosedError(ConflictError):
    """The card is no draft any more, or the appointment has one already."""

    code = "invoice_card_closed"
