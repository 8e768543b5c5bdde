"""What a prescription says beside its name, in one line."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from skranke.ui.dates import format_date


def amount_text(amount: Decimal | None) -> str:
    """A number of packs: 1,5."""
    return f"{amount.normalize():f}".replace(".", ",") if amount is not None else ""


def prescription_text(
    *,
    use: str,
    purpose: str,
    amount: Decimal | None,
    repeats: int | None,
    group: str,
    prescribed: date | None,
    expires: date | None,
) -> str:
    """The facts that are stated, in their order; what is not is left out (DDFL-RX-12)."""
    parts = (
        use,
        purpose,
        _("antall %(amount)s") % {"amount": amount_text(amount)} if amount is not None else "",
        _("reiterasjoner %(n)d") % {"n": repeats} if repeats else "",
        _("reseptgruppe %(group)s") % {"group": group} if group else "",
        _("forskrevet %(date)s") % {"date": format_date(prescribed, "kort")} if prescribed else "",
        _("gyldig til %(date)s") % {"date": format_date(expires, "kort")} if expires else "",
    )
    return " · ".join(part for part in parts if part)
