"""Konfigurasjon > Klinikk > Åpningstider: when the clinic is open, day by day."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.utils import dates
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.organisation.hours import WEEKDAYS, Week, opening_hours, set_opening_hours
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.web.clinic.settings.editing import CONFLICT, posted, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to

ROUTE = "settings-hours"


def _day(weekday: int) -> str:
    return str(dates.WEEKDAYS[weekday - 1]).capitalize()


def _clock(label: str) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))


class HoursForm(forms.Form):
    """Two times for each day; both empty where it is closed. before: the week as it was when the page was opened."""

    before = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday in WEEKDAYS:
            day = {"day": _day(weekday)}
            self.fields[f"opens{weekday}"] = _clock(_("%(day)s åpner") % day)
            self.fields[f"closes{weekday}"] = _clock(_("%(day)s stenger") % day)

    def days(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each day with its two fields, as the page draws them."""
        for weekday in WEEKDAYS:
            yield _day(weekday), self[f"opens{weekday}"], self[f"closes{weekday}"]

    def clean(self) -> dict[str, Any]:
        """Both times or none, and the end after the beginning."""
        told: dict[str, Any] = super().clean() or {}
        for weekday in WEEKDAYS:
            names = (f"opens{weekday}", f"closes{weekday}")
            if any(name in self.errors for name in names):
                continue
            opens, closes = (told[name] for name in names)
            if (opens is None) is not (closes is None):
                self.add_error(names[opens is not None], _("Skriv begge klokkeslettene, eller ingen."))
            elif opens is not None and opens >= closes:
                self.add_error(names[1], _("Må være etter at dere åpner."))
        return told


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def hours(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The week, and a form to change it."""
    week = opening_hours()
    form = HoursForm(posted(request), initial=_initial(week))
    status = 200
    if form.is_bound:
        status = save(form, _verb)
        if not status:
            return to(request, ROUTE)
        if status == CONFLICT and isinstance(form.data, QueryDict):
            # Who saves again, having been told, means it.
            form.data = form.data.copy()
            form.data["before"] = _text(opening_hours())
    return settings_page(request, actor, ROUTE, "clinic/settings/hours.html", {"form": form}, status=status)


def _verb(facts: dict[str, Any]) -> None:
    week = {day: (facts[f"opens{day}"], facts[f"closes{day}"]) for day in WEEKDAYS if facts[f"opens{day}"] is not None}
    set_opening_hours(week, expected=_read(facts["before"]))


def _initial(week: Week) -> dict[str, Any]:
    found: dict[str, Any] = {"before": _text(week)}
    for day, (opens, closes) in week.items():
        found |= {f"opens{day}": opens, f"closes{day}": closes}
    return found


def _text(week: Week) -> str:
    return " ".join(f"{day}={opens.isoformat()}-{closes.isoformat()}" for day, (opens, closes) in sorted(week.items()))


def _read(text: str) -> Week:
    """The week that a page was drawn with; of what no page says, no week."""
    found: dict[int, tuple[time, time]] = {}
    try:
        for part in text.split():
            day, _sign, times = part.partition("=")
            opens, _sign, closes = times.partition("-")
            found[int(day)] = (time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError:
        return {}
    return found
