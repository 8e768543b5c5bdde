"""Reads for the patient's own page: what the clinic has charged, and why (POR-3, PAT-21)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.billing.models import CardSource, CardState, InvoiceCard, InvoiceLine, NoUserFee
from skranke.billing.queries import sum_of
from skranke.kernel import clock
from skranke.tenancy.work import current_actor

_YEARS = 5
_READ = ("id", "clinic_id", "patient_id", "source", "starts", "free")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPayment:
    """What the patient is charged for one visit or answer. free: why there is no user fee; user_fee: kroner in all."""

    at: datetime
    source: CardSource
    free: NoUserFee
    lines: tuple[InvoiceLine, ...]
    user_fee: Decimal


@dataclass(frozen=True, slots=True)
class Year:
    """The payments of a year, the newest first, and what they come to: the exemption card counts by year."""

    number: int
    payments: tuple[OwnPayment, ...]

    @property
    def user_fee(self) -> Decimal:
        """What the user fees of the year come to, in kroner."""
        return sum((one.user_fee for one in self.payments), Decimal(0))


def own_payments() -> list[Year]:
    """The finished cards of the patient who acts, this year and the four before, the newest first.

    The reading is audited (NFR-1). A draft may still change, and what was discarded is nobody's. Cards of hidden
    appointments do not come from the database at all (TYP-4).
    """
    actor = current_actor()
    assert actor.person_id is not None
    begins = datetime(clock.today().year - _YEARS + 1, 1, 1, tzinfo=clock.OSLO)
    rows = InvoiceCard.objects.filter(patient_id=actor.person_id, state=CardState.READY, starts__gte=begins)
    found = [_view(row) for row in rows.only(*_READ).prefetch_related("lines").order_by("-starts", "-id")]
    record(
        Action.INVOICE_READ,
        subject_kind="patient",
        subject_id=actor.person_id,
        patient_id=actor.person_id,
        detail={"cards": len(found)},
    )
    return [Year(year, tuple(ones)) for year, ones in groupby(found, key=lambda one: clock.oslo(one.at).year)]


def _view(card: InvoiceCard) -> OwnPayment:
    return OwnPayment(
        at=card.starts,
        source=CardSource(card.source),
        free=NoUserFee(card.free),
        lines=tuple(sorted(card.lines.all(), key=lambda one: one.code)),
        user_fee=sum_of(card).user_fee,
    )
