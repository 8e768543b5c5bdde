"""Konfigurasjon > Arbeidsplaner > Fjern ledige timer: a period without free times, at once and undoable (PLN-10)."""

from datetime import date, datetime, timedelta
from datetime import time as wall_time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import queries, rules
from skranke.scheduling.access import get_schedule_for, owners_of
from skranke.scheduling.models import Appointment, Schedule
from skranke.scheduling.services import planning
from skranke.scheduling.values import Within
from skranke.ui.forms import date_input
from skranke.web.clinic.settings.editing import refusal, save
from skranke.web.clinic.settings.frame import settings_page, settings_view
from skranke.web.clinic.settings.plans import ROUTE
from skranke.web.clinic.settings.week_template_form import WEEKDAYS, day_name

TEMPLATE = "clinic/settings/removal.html"
_LONGEST = timedelta(days=400)
_MOST_SHOWN = 500


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=date_input())


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, wall_time(), clock.OSLO)


class RemovalForm(forms.Form):
    """The period, both days included, and what of it: all of it where no day and no hour is given."""

    first = _day(gettext_lazy("Fra og med"))
    last = _day(gettext_lazy("Til og med"))
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Bare disse ukedagene"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    since = _clock(gettext_lazy("Fra klokken"))
    until = _clock(gettext_lazy("Til klokken"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, forms.TypedMultipleChoiceField)
        days.choices = [(str(one), day_name(one)) for one in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        """The end after the beginning, of the days and of the hours."""
        told: dict[str, Any] = super().clean() or {}
        first, last, since, until = (told.get(name) for name in ("first", "last", "since", "until"))
        far = last is not None and abs(last - clock.today()) > rules.FARTHEST
        if far or (first and last and not timedelta() <= last - first <= _LONGEST):
            self.add_error("last", _("Siste dag må være etter den første, og høyst et år etter."))
        if since and until and since >= until:
            self.add_error("until", _("Må være etter «fra klokken»."))
        return told

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The period of a valid form, in Oslo."""
        after = self.cleaned_data["last"] + timedelta(days=1)
        return _midnight(self.cleaned_data["first"]), _midnight(after)

    @property
    def within(self) -> Within:
        """What of the period is meant."""
        told = self.cleaned_data
        weekdays = frozenset(told["days"]) or frozenset(WEEKDAYS)
        return Within(weekdays=weekdays, since=told["since"] or wall_time.min, until=told["until"])


@require_http_methods(["GET", "POST"])
@settings_view()
def removal(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """Take the free times of a period away, see whom it concerns, and undo it."""
    row = get_schedule_for(actor, schedule_id)
    if "angre" in request.POST:
        return _undo(request, actor, row)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    removed: list[UUID] = []
    if not form.is_bound:
        return _page(request, actor, row, form)
    status = save(form, lambda _facts: removed.extend(planning.remove_slots(row, *form.span, form.within)[0]))
    if status:
        return _page(request, actor, row, form, status=status)
    return _page(request, actor, row, form, removed=removed, concerned=_concerned(row, form))


def _concerned(row: Schedule, form: RemovalForm) -> list[Appointment]:
    """Whose appointments stand in the period; the reading is audited (NFR-1)."""
    start, end = form.span
    found = queries.appointment_page(0, _MOST_SHOWN, schedule=row, start=start, end=end)
    return [one for one in found if form.within.holds(clock.oslo(one.during.lower))]


def _undo(request: HttpRequest, actor: Actor, row: Schedule) -> HttpResponse:
    ids = [one for one in map(uuid_or_none, request.POST["angre"].split()) if one is not None]
    back: list[int] = []
    error = refusal(lambda: back.append(planning.restore_slots(row, ids)))
    if error is not None:
        return _page(request, actor, row, RemovalForm(), status=error.http_status, error=error)
    return _page(request, actor, row, RemovalForm(), back=back[0], away=len(ids) - back[0])


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Schedule,
    form: RemovalForm,
    *,
    status: int = 200,
    error: SkrankeError | None = None,
    **facts: Any,
) -> HttpResponse:
    may_edit = rules.may_edit_plan(actor, owners_of(row))
    context = {"row": row, "form": form, "may_edit": may_edit, "error": error, **facts}
    return settings_page(request, actor, ROUTE, TEMPLATE, context, status=status)
