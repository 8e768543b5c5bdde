"""Konfigurasjon > Timebok > Arbeidsplaner: which template each week of a schedule has (PLN-2..9)."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError, SkrankeError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling import queries, rules
from skranke.scheduling.access import get_schedule_for, get_template_for, owners_of
from skranke.scheduling.models import PlannedWeek, Schedule, WeekTemplate
from skranke.scheduling.services import planning
from skranke.scheduling.values import IsoWeek
from skranke.scheduling.year_plan import red_days, stale_weeks, weeks_of, year_plan
from skranke.web.clinic.settings.editing import REFUSED, refusal
from skranke.web.clinic.settings.frame import address, settings_page, settings_view
from skranke.web.clinic.settings.schedule_words import owner_text
from skranke.web.numbers import number_of

ROUTE, ONE, TEMPLATES = "settings-plans", "settings-plan", "clinic/settings"
_YEARS = 10
_MARKS: dict[str, Callable[[int], bool]] = {
    "alle": lambda _week: True,
    "partall": lambda week: week % 2 == 0,
    "oddetall": lambda week: week % 2 == 1,
}


@require_GET
@settings_view()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The schedules whose plan one may edit, how far each is planned, and which must be applied (PLN-3, PLN-8)."""
    mine = [one for one in queries.schedules() if rules.may_edit_plan(actor, owners_of(one))]
    stale = stale_weeks(mine)
    rows = [{"schedule": one, "owner": owner_text(one), "stale": one.id in stale, "last": _last(one)} for one in mine]
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/plans.html", {"rows": rows})


def _last(schedule: Schedule) -> IsoWeek | None:
    year = schedule.planned_weeks.aggregate(year=Max("iso_year"))["year"]
    if year is None:
        return None
    week = PlannedWeek.objects.filter(schedule=schedule, iso_year=year).aggregate(week=Max("iso_week"))["week"]
    return IsoWeek(year, week)


@require_http_methods(["GET", "POST"])
@settings_view()
def plan(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """A year of one schedule: weeks get a template or lose it, single days off, and the plan is applied."""
    row, year = get_schedule_for(actor, schedule_id), _year(request)
    if request.method == "GET":
        return _page(request, actor, row, year)
    done: list[str] = []
    deed = next((verb for name, verb in _DEEDS.items() if f"gjor-{name}" in request.POST), None)
    if deed is None:
        return _page(request, actor, row, year, status=REFUSED)
    error = refusal(lambda: done.append(deed(_Asked(request, actor, row, year))))
    if error is not None:
        return _page(request, actor, row, year, status=error.http_status, error=error)
    return HttpResponseRedirect(f"{address(request, ONE, schedule_id)}?aar={year}{done[0]}")


class _Asked(NamedTuple):
    """A deed that was asked for, of one schedule and one year."""

    request: HttpRequest
    actor: Actor
    row: Schedule
    year: int


def _set(asked: _Asked) -> str:
    """The marked weeks get a template; what patients see is as before, until the plan is applied (PLN-4)."""
    key = uuid_or_none(asked.request.POST.get("ukemal", ""))
    if key is None:
        raise InvalidError(_("Velg ukemalen som de merkede ukene skal ha. Ingenting er endret."), field="ukemal")
    planning.plan_weeks(asked.row, get_template_for(asked.actor, key), _marked(asked))
    return "&lagret=ja"


def _empty(asked: _Asked) -> str:
    """The marked weeks lose their template, and at once the free times it has made there (PLN-4, PLN-5)."""
    weeks = _marked(asked)
    planning.plan_weeks(asked.row, None, weeks)
    result = planning.apply_plan(asked.row, weeks)
    return f"&nye={result.created}&borte={result.removed}"


def _days(asked: _Asked) -> str:
    """PLN-6: single days of one week without free times; at once where the week's times are out already."""
    week = _marked(asked)[0]
    planned = asked.row.planned_weeks.filter(iso_year=week.year, iso_week=week.week).select_related("template").first()
    if planned is None:
        raise InvalidError(_("Uken har ingen ukemal lenger. Ingenting er endret."), field="uke")
    kept = {int(one) for one in asked.request.POST.getlist("dag") if one in set("1234567")}
    red = {day.isoweekday() for day in red_days(week)}
    planning.plan_weeks(asked.row, planned.template, [week], days_off=sorted(set(range(1, 8)) - kept - red))
    if planned.applied_at is not None:
        planning.apply_plan(asked.row, [week])
    return "&lagret=ja"


def _apply(asked: _Asked) -> str:
    """PLN-4, PLN-8: every week that was changed since the plan was last applied, of any year."""
    weeks = stale_weeks([asked.row]).get(asked.row.id, [])
    result = planning.apply_plan(asked.row, weeks, replace_singles=asked.request.POST.get("erstatt") == "ja")
    return f"&nye={result.created}&borte={result.removed}"


_DEEDS: dict[str, Callable[[_Asked], str]] = {
    "sett": _set,
    "tom": _empty,
    "dager": _days,
    "oppdater": _apply,
}


def _marked(asked: _Asked) -> list[IsoWeek]:
    """The weeks that were ticked, from this one on: what has been is not planned anew."""
    present = IsoWeek.of(clock.today())
    chosen = asked.request.POST.getlist("uke")
    weeks = [one for one in weeks_of(asked.year) if str(one.week) in chosen and one >= present]
    if not weeks:
        raise InvalidError(_("Merk minst én uke som ikke er over. Ingenting er endret."), field="uke")
    return weeks


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Schedule,
    year: int,
    *,
    status: int = 200,
    error: SkrankeError | None = None,
) -> HttpResponse:
    weeks = year_plan(row, year)
    stale = stale_weeks([row]).get(row.id, [])
    opened = request.GET.get("dager", "")
    context = {
        "row": row,
        "year": year,
        "here": address(request, ONE, row.id),
        "weeks": weeks,
        "marked": {one.week.week for one in weeks if _is_marked(request, one.week.week)},
        "open": next((one for one in weeks if one.template and not one.past and str(one.week.week) == opened), None),
        "templates": list(WeekTemplate.objects.order_by("name", "id")),
        "may_edit": rules.may_edit_plan(actor, owners_of(row)) and not row.archived,
        "stale": stale,
        "preview": planning.plan_preview(row, stale) if stale else None,
        "done": _done(request),
        "error": error,
    }
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/plan.html", context, status=status)


def _is_marked(request: HttpRequest, week: int) -> bool:
    """As it was sent; on a page that is opened, as its link says."""
    if request.method == "POST":
        return str(week) in request.POST.getlist("uke")
    chosen = _MARKS.get(request.GET.get("merk", ""))
    return chosen is not None and chosen(week)


def _done(request: HttpRequest) -> tuple[int, int] | None:
    """How many free times the plan made and took away, when it has just been applied."""
    numbers = [request.GET.get(name, "") for name in ("nye", "borte")]
    return (number_of(numbers[0]), number_of(numbers[1])) if all(numbers) else None


def _year(request: HttpRequest) -> int:
    """The year asked for, at most ten away; else the one that this week belongs to."""
    present = IsoWeek.of(clock.today()).year
    text = request.GET.get("aar", "")
    year = number_of(text)
    return year if abs(year - present) <= _YEARS else present
