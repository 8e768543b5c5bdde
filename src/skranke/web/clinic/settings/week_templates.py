"""Konfigurasjon > Timebok > Ukemaler: named weeks of free times, typed or drawn (PLN-1, CAL-8, PLN-8)."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.audit.queries import events_about
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.scheduling import queries, rules
from skranke.scheduling.access import get_template_for, owns_a_schedule
from skranke.scheduling.models import TemplateSlot, WeekTemplate
from skranke.scheduling.services import week_templates as verbs
from skranke.scheduling.year_plan import stale_weeks, used_by
from skranke.web.clinic.schedule.grid import STEP, size_of
from skranke.web.clinic.settings.changes import changes
from skranke.web.clinic.settings.editing import REFUSED, posted, refusal, save
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view, to
from skranke.web.clinic.settings.type_words import CSS
from skranke.web.clinic.settings.week_template_form import WEEKDAYS, CopyForm, NameForm, StretchForm, day_name

ROUTE, ONE, TEMPLATES = "settings-week-templates", "settings-week-template", "clinic/settings"
_EARLIEST, _LATEST = 7, 17


@require_GET
@settings_view()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The templates, how many times each has, and where each is planned."""
    stale = stale_weeks()
    rows = []
    for one in WeekTemplate.objects.order_by("name", "id"):
        users = used_by(one)
        rows.append(
            {
                "template": one,
                "slots": one.slots.count(),
                "users": users,
                "stale": [user for user in users if user.id in stale],
            }
        )
    return settings_page(
        request, actor, ROUTE, f"{TEMPLATES}/week_templates.html", {"rows": rows, "may_edit": _may_edit(actor)}
    )


@require_http_methods(["GET", "POST"])
@settings_view()
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another template, empty at first."""
    form = NameForm(posted(request))
    made: list[WeekTemplate] = []
    status = 200
    if form.is_bound:
        verbs.check_may_edit()
        status = save(form, lambda facts: made.append(verbs.create_template(name=facts["name"])))
        if not status:
            return to(request, ONE, made[0].id)
    return form_page(request, actor, ROUTE, form, status, heading=_("Ny ukemal"), submit=_("Opprett ukemal"))


@require_http_methods(["GET", "POST"])
@settings_view()
def template(request: HttpRequest, actor: Actor, template_id: UUID) -> HttpResponse:
    """One template: its week, and forms that fill days, copy them, empty them."""
    row = get_template_for(actor, template_id)
    if request.method == "GET":
        return _page(request, actor, row)
    verbs.check_may_edit()
    deed = _DEEDS.get(request.POST.get("gjor", ""))
    if deed is None:
        return _page(request, actor, row, status=REFUSED)
    return deed(request, actor, row)


def _add(request: HttpRequest, actor: Actor, row: WeekTemplate) -> HttpResponse:
    form = StretchForm(request.POST, types=_types(), template=row)

    def verb(facts: dict[str, Any]) -> None:
        verbs.add_stretch(
            row, weekdays=facts["days"], start=facts["start"], end=facts["end"], kind=form.chosen,
            minutes=facts["minutes"], expected=_seen(facts["seen"]),
        )  # fmt: skip

    return _after(request, actor, row, save(form, verb), stretch=form)


def _copy(request: HttpRequest, actor: Actor, row: WeekTemplate) -> HttpResponse:
    form = CopyForm(request.POST, template=row)

    def verb(facts: dict[str, Any]) -> None:
        verbs.copy_day(row, facts["weekday"], facts["to"], expected=_seen(facts["seen"]))

    return _after(request, actor, row, save(form, verb), copy=form)


def _rename(request: HttpRequest, actor: Actor, row: WeekTemplate) -> HttpResponse:
    form = NameForm(request.POST)
    return _after(request, actor, row, save(form, lambda facts: verbs.rename_template(row, facts["name"])), name=form)


def _take_away(request: HttpRequest, actor: Actor, row: WeekTemplate) -> HttpResponse:
    """A time of a day, or all of a day."""
    try:
        weekday, start = int(request.POST.get("dag", "")), request.POST.get("start", "")
        at = time.fromisoformat(start) if start else None
    except ValueError:
        return _page(request, actor, row, status=REFUSED)
    seen = _seen(request.POST.get("seen", ""))
    return _plain(request, actor, row, lambda: verbs.remove_entries(row, weekday, at, expected=seen))


def _delete(request: HttpRequest, actor: Actor, row: WeekTemplate) -> HttpResponse:
    error = refusal(lambda: verbs.remove_template(row))
    if error is None:
        return to(request, ROUTE)
    return _page(request, actor, get_template_for(actor, row.id), status=error.http_status, error=error)


def _plain(request: HttpRequest, actor: Actor, row: WeekTemplate, verb: Callable[[], None]) -> HttpResponse:
    error = refusal(verb)
    if error is None:
        return to(request, ONE, row.id)
    return _page(request, actor, get_template_for(actor, row.id), status=error.http_status, error=error)


def _after(request: HttpRequest, actor: Actor, row: WeekTemplate, status: int, **forms: Any) -> HttpResponse:
    if not status:
        return to(request, ONE, row.id)
    return _page(request, actor, get_template_for(actor, row.id), status=status, **forms)


_DEEDS: dict[str, Callable[[HttpRequest, Actor, WeekTemplate], HttpResponse]] = {
    "legg-til": _add,
    "kopier": _copy,
    "navn": _rename,
    "ta-bort": _take_away,
    "slett": _delete,
}


def _page(
    request: HttpRequest,
    actor: Actor,
    row: WeekTemplate,
    *,
    status: int = 200,
    error: SkrankeError | None = None,
    **forms: Any,
) -> HttpResponse:
    slots = list(row.slots.select_related("type").order_by("weekday", "start"))
    users, stale = used_by(row), stale_weeks()
    context = {
        "row": row,
        "seen": row.changed_at.isoformat(),
        "days": _days(slots),
        "hours": _hours(slots),
        "axis": _axis(slots),
        "count": len(slots),
        "users": users,
        "stale": [user for user in users if user.id in stale],
        "may_edit": _may_edit(actor),
        "error": error,
        "stretch": StretchForm(types=_types(), template=row),
        "copy": CopyForm(template=row),
        "name": NameForm(initial={"name": row.name}),
        "changes": changes(events_about(verbs.SUBJECT, row.id, limit=8)),
        **forms,
    }
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/week_template.html", context, status=status)


def _days(slots: list[TemplateSlot]) -> list[dict[str, Any]]:
    """Monday to Sunday, each with its times as the grid draws them."""
    first, _last = _hours(slots)
    drawn: dict[int, list[dict[str, Any]]] = {weekday: [] for weekday in WEEKDAYS}
    for one in slots:
        begins = one.start.hour * 60 + one.start.minute - first * 60
        steps = max(1, -(-one.minutes // STEP))
        drawn[one.weekday].append(
            {
                "slot": one,
                "start": f"{one.start:%H:%M}",
                "css": f"free {CSS.get(one.type.colour, one.type.colour)} a{begins // STEP} d{steps}{size_of(steps)}",
            }
        )
    return [{"number": number, "name": day_name(number), "slots": drawn[number]} for number in WEEKDAYS]


def _hours(slots: list[TemplateSlot]) -> tuple[int, int]:
    """The whole hours that the grid shows."""
    starts = [one.start.hour for one in slots]
    ends = [min(24, -(-(one.start.hour * 60 + one.start.minute + one.minutes) // 60)) for one in slots]
    return min([_EARLIEST, *starts]), max([_LATEST, *ends])


def _axis(slots: list[TemplateSlot]) -> list[tuple[str, str]]:
    first, last = _hours(slots)
    return [(f"a{(hour - first) * 60 // STEP}", f"{hour:02}") for hour in range(first, last)]


def _types() -> list[Any]:
    return [one for one in queries.types() if one.active]


def _may_edit(actor: Actor) -> bool:
    return rules.may_edit_templates(actor, owns=owns_a_schedule(actor))


def _seen(text: str) -> datetime | None:
    """When the template was last changed, as the page that was sent had it; of no such page, long ago."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
