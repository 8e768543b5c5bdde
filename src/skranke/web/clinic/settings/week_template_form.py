"""The forms of a week template: its name, a stretch of times, and the same times on other days."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.scheduling.models import AppointmentType, WeekTemplate

WEEKDAYS = range(1, 8)


def day_name(weekday: int) -> str:
    """Mandag for 1."""
    return str(dates.WEEKDAYS[weekday - 1]).capitalize()


def _clock(label: Any, **facts: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **facts)


class NameForm(forms.Form):
    """What a template is called."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=200)


class StretchForm(forms.Form):
    """Times of one type, one after the other, from and to, on some days.

    seen: the template's `changed_at` as the page was drawn with it.
    """

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Dager"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )
    start = _clock(gettext_lazy("Fra"))
    end = _clock(gettext_lazy("Til"), required=False, help_text=gettext_lazy("Tomt: bare én time."))
    kind = forms.ChoiceField(label=gettext_lazy("Timetype"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutter"), required=False, min_value=1, max_value=24 * 60,
        help_text=gettext_lazy("Tomt: som timetypen sier."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, types: Iterable[AppointmentType], template: WeekTemplate, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"seen": template.changed_at.isoformat(), **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.types = {str(one.id): one for one in types}
        choices = [
            (key, _("%(navn)s (%(min)s min)") % {"navn": one.name, "min": one.minutes})
            for key, one in self.types.items()
        ]
        kind, days = self.fields["kind"], self.fields["days"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(days, forms.TypedMultipleChoiceField)
        kind.choices = choices
        days.choices = [(str(one), day_name(one)) for one in WEEKDAYS]
        default = next((key for key, one in self.types.items() if one.is_default), "")
        kind.initial = default

    @property
    def chosen(self) -> AppointmentType:
        """The type that was chosen, of a valid form."""
        return self.types[self.cleaned_data["kind"]]


class CopyForm(forms.Form):
    """The times of one day, on others too."""

    weekday = forms.TypedChoiceField(label=gettext_lazy("Dag"), coerce=int)
    to = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Til"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    prefix = "kopi"

    def __init__(self, *args: Any, template: WeekTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"seen": template.changed_at.isoformat()}
        weekday, to = self.fields["weekday"], self.fields["to"]
        assert isinstance(weekday, forms.TypedChoiceField)
        assert isinstance(to, forms.TypedMultipleChoiceField)
        weekday.choices = to.choices = [(str(one), day_name(one)) for one in WEEKDAYS]
