"""What the REST API takes of prescriptions that have been renewed, and of what is asked for (RX-2, RX-10, RX-16)."""

from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, model_validator
from pydantic.dataclasses import dataclass

from skranke.dialog.models import PrescriptionForm
from skranke.dialog.values import ItemResult, PrescriptionFacts, RenewalItem, StatedPrescription
from skranke.web.api.text import Text, storable


@dataclass(frozen=True, kw_only=True)
class PrescriptionIn(StatedPrescription):
    """A prescription that has been renewed: as it was issued. A medicine needs `name` and `group`.

    `of`: the id of the prescription of the request that it renews; what is left out is as there, but for the dates.
    Another name than there is another article, of which nothing is taken from the request but amount and use.
    `item`: the number of the thread's item that it renews.
    `name`: name, form and strength. `amount`: of packs. `repeats`: how often it may be dispensed again, 0 to 99.
    `group`: national list 7421 (A, B, C, CF, F, K). `article_number`: of the pack (Varenr).
    """

    @model_validator(mode="after")
    def _check(self) -> Self:
        for value in asdict(self).values():
            if isinstance(value, str):
                storable(value)
        return self


class RenewalItemOut(Schema):
    """One thing that a request asks to renew, as the clinic has arranged it. `prescription_id`: where it names one."""

    number: int
    text: str
    prescription_id: UUID | None


class ItemResultIn(Schema):
    """What an answer says of an item. `number`: of the thread's items; a higher one adds an item, with its `text`."""

    number: int
    renewed: bool
    text: Text = ""


class ItemResultOut(Schema):
    """What an answer has said of an item."""

    number: int
    text: str
    renewed: bool


class ItemsIn(Schema):
    """What a request asks to renew, a text for each item, in place of what stood there."""

    items: list[Text]


class IssuedIn(Schema):
    """A prescription that the record system has issued to a patient. `name`: with form and strength."""

    name: Text
    issued_at: AwareDatetime


class IssuedOut(Schema):
    """A prescription that was told of."""

    id: UUID
    patient_id: UUID
    name: str
    issued_at: datetime


def renewed(stated: PrescriptionIn) -> PrescriptionFacts:
    """What the dialog room takes."""
    form = PrescriptionForm.PACK if stated.article_number else PrescriptionForm.MEDICINE
    return PrescriptionFacts(form=form, **asdict(stated))


def result(stated: ItemResultIn) -> ItemResult:
    """What the dialog room takes."""
    return ItemResult(number=stated.number, renewed=stated.renewed, text=stated.text)


def item_out(item: RenewalItem) -> RenewalItemOut:
    """An item of a thread."""
    return RenewalItemOut(number=item.number, text=item.text, prescription_id=item.of)
