"""How often something repeats, as it is filled in, and which events of a series a change is for (PLN-15)."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.scheduling.recurring import MOST, MOST_DAYS, MOST_WEEKS, Recurrence, Unit, WallSpan
from skranke.scheduling.services.recurring import Instance, Scope
from skranke.ui.forms import date_input, offer

SCOPES = (
    (Scope.ONE.value, gettext_lazy("Bare denne")),
    (Scope.FOLLOWING.value, gettext_lazy("Denne og de neste")),
    (Scope.ALL.value, gettext_lazy("Alle i rekken")),
)


UNITS = ((Unit.WEEKS.value, gettext_lazy("uke")), (Unit.DAYS.value, gettext_lazy("dag")))
_EVERY_DAY = frozenset(range(1, 8))


class RepeatingForm(forms.Form):
    """The fields of a rule; it is one where an end is filled in.

    first: the day it begins on, set by whoever asks where no field `day` tells it.
    """

    every = forms.IntegerField(
        label=gettext_lazy("Gjenta hver"), min_value=1, max_value=MOST_DAYS, required=False, initial=1
    )
    unit = forms.ChoiceField(label=gettext_lazy("Uke eller dag"), choices=UNITS, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Ukedager"),
        help_text=gettext_lazy("Ingen valgt: samme ukedag som den første, eller alle når det gjentas i dager."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last = forms.DateField(label=gettext_lazy("Gjenta til og med"), required=False, widget=date_input())
    count = forms.IntegerField(label=gettext_lazy("Eller antall ganger"), min_value=1, max_value=MOST, required=False)
    first: date | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "weekdays", [(str(one), str(dates.WEEKDAYS[one - 1]).capitalize()) for one in sorted(_EVERY_DAY)])

    def clean(self) -> dict[str, Any]:
        """The rule, under `rule`: None for what happens once."""
        cleaned = super().clean() or {}
        cleaned["rule"] = None
        day, last, count = cleaned.get("day") or self.first, cleaned.get("last"), cleaned.get("count")
        if day is None or self.errors:
            return cleaned
        every, unit = cleaned["every"] or 1, Unit(cleaned["unit"] or Unit.WEEKS)
        if unit is Unit.WEEKS and every > MOST_WEEKS:
            self.add_error("every", _("Høyst %(most)d uker.") % {"most": MOST_WEEKS})
        elif last and count:
            self.add_error("count", _("Velg enten en siste dag eller et antall, ikke begge."))
        elif last or count:
            usual = _EVERY_DAY if unit is Unit.DAYS else frozenset([day.isoweekday()])
            cleaned["rule"] = Recurrence(every, frozenset(cleaned["weekdays"]) or usual, last, count, unit)
        elif cleaned["weekdays"] or every > 1 or unit is Unit.DAYS:
            self.add_error("last", _("Skriv når det tar slutt: en siste dag eller et antall ganger."))
        return cleaned

    @property
    def opened(self) -> bool:
        """Whether anything of the rule is filled in, or wrong: then its fields are shown."""
        names = ("weekdays", "last", "count", "every", "unit")
        usual: tuple[object, ...] = ("", "1", 1, [], None, Unit.WEEKS)
        return any(self.errors.get(name) or self[name].value() not in usual for name in names)


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
