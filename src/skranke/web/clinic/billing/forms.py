"""What is filled in on an invoice card."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.billing.models import InvoiceCard
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError
from skranke.ui.forms import date_input


class CardForm(forms.Form):
    """When the work was done. The codes are boxes beside it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    day = forms.DateField(label=gettext_lazy("Dag"), widget=date_input())
    start = forms.TimeField(
        label=gettext_lazy("Fra klokken"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    end = forms.TimeField(
        label=gettext_lazy("Til klokken"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "regning-%s"

    @classmethod
    def of(cls, card: InvoiceCard) -> "CardForm":
        """The form with what is known now."""
        starts, ends = clock.oslo(card.starts), clock.oslo(card.ends)
        return cls(
            initial={
                "version": card.version,
                "day": starts.date(),
                "start": starts.time(),
                "end": ends.time(),
            }
        )

    def times(self) -> tuple[datetime, datetime]:
        """From and to, as Oslo's clocks show them. Raises InvalidError."""
        told = self.cleaned_data
        found = [clock.from_oslo(datetime.combine(told["day"], told[name])) for name in ("start", "end")]
        if found[0] is None or found[1] is None:
            raise InvalidError(_("Tiden finnes ikke."), field="start")
        return found[0], found[1]
