"""How often an event repeats, as it is filled in, and which events of a series a change is for (PLN-15)."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.scheduling.recurring import MOST, MOST_WEEKS, Recurrence, WallSpan
from skranke.scheduling.services.recurring import Instance, Scope
from skranke.ui.forms import date_input, offer

SCOPES = (
    (Scope.ONE.value, gettext_lazy("Bare denne")),
    (Scope.FOLLOWING.value, gettext_lazy("Denne og de neste")),
    (Scope.ALL.value, gettext_lazy("Alle i rekken")),
)


class RepeatingForm(forms.Form):
    """The fields of a rule; it is one where an end is filled in."""

    every = forms.IntegerField(
        label=gettext_lazy("Hver … uke"), min_value=1, max_value=MOST_WEEKS, required=False, initial=1
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Ukedager"),
        help_text=gettext_lazy("Ingen valgt: samme ukedag som den første."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last = forms.DateField(label=gettext_lazy("Gjenta til og med"), required=False, widget=date_input())
    count = forms.IntegerField(label=gettext_lazy("Eller antall ganger"), min_value=1, max_value=MOST, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(str(one), str(dates.WEEKDAYS[one - 1]).capitalize()) for one in range(1, 8)]
        offer(self, "weekdays", days)

    def clean(self) -> dict[str, Any]:
        """The rule, under `rule`: None for what happens once."""
        cleaned = super().clean() or {}
        cleaned["rule"] = None
        day, last, count = cleaned.get("day"), cleaned.get("last"), cleaned.get("count")
        if day is None or self.errors:
            return cleaned
        if last and count:
            self.add_error("count", _("Velg enten en siste dag eller et antall, ikke begge."))
        elif last or count:
            weekdays = frozenset(cleaned["weekdays"]) or frozenset([day.isoweekday()])
            cleaned["rule"] = Recurrence(cleaned["every"] or 1, weekdays, last, count)
        elif cleaned["weekdays"] or (cleaned["every"] or 1) > 1:
            self.add_error("last", _("Skriv når det tar slutt: en siste dag eller et antall ganger."))
        return cleaned

    @property
    def opened(self) -> bool:
        """Whether anything of the rule is filled in, or wrong: then its fields are shown."""
        names = ("weekdays", "last", "count", "every")
        return self.is_bound and any(
            self.errors.get(name) or self[name].data not in ("", "1", [], None) for name in names
        )


def span_of(filled: dict[str, Any]) -> WallSpan:
    """The times of the first event, on the wall."""
    begins, ends = filled["walls"]
    return WallSpan(begins.time(), ends.time(), (ends.date() - begins.date()).days)


def chosen_scope(request: HttpRequest) -> Scope:
    """Which events of the series are meant; this one alone where nothing, or nothing known, is said."""
    told = request.POST.get("scope", "")
    return Scope(told) if told in list(Scope) else Scope.ONE


def ticked(posted: QueryDict, instances: list[Instance]) -> set[date]:
    """The days that are to have an event: those chosen, or before anything was, all that no holiday falls on."""
    if "lag" in posted:
        asked = set(posted.getlist("dato"))
        return {one.day for one in instances if one.stretch and one.day.isoformat() in asked}
    return {one.day for one in instances if one.stretch and not one.holiday and not one.closed}
