"""What the REST API takes of a prescription that has been renewed (RX-16)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from ninja import Schema

from skranke.web.api.text import Text


class PrescriptionIn(Schema):
    """A prescription that has been renewed: as it was issued. A medicine needs `name` and `group`.

    `of`: the id of the prescription of the request that it renews; what is left out is as there, but for the dates.
    Another name than there is another article, of which nothing is taken from the request but amount and use.
    `name`: name, form and strength. `amount`: of packs. `repeats`: how often it may be dispensed again, 0 to 99.
    `group`: national list 7421 (A, B, C, CF, F, K). `article_number`: of the pack (Varenr).
    """

    of: UUID | None = None
    name: Text = ""
    amount: Decimal | None = None
    repeats: int | None = None
    group: Text = ""
    use: Text = ""
    purpose: Text = ""
    prescribed: date | None = None
    expires: date | None = None
    atc: Text = ""
    atc_name: Text = ""
    article_number: Text = ""
