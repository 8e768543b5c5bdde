"""Konfigurasjon > Timebok > Timebøker: made, changed, archived (CAL-1..7)."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from skranke.audit.queries import deeds_about
from skranke.clinics.permissions import Permission
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.scheduling import queries
from skranke.scheduling.access import get_schedule_for
from skranke.scheduling.errors import ScheduleInUseError
from skranke.scheduling.holding import namesakes, wrongly_owned
from skranke.scheduling.models import Schedule
from skranke.scheduling.rules import wrong_number_of_schedules
from skranke.scheduling.services.schedules import DEEDS, SUBJECT, change_schedule, create_schedule
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.schedule.place import with_query
from skranke.web.clinic.settings.changes import changes
from skranke.web.clinic.settings.editing import posted, refusal, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to
from skranke.web.clinic.settings.limits import limit_sections
from skranke.web.clinic.settings.schedule_form import ScheduleForm
from skranke.web.clinic.settings.schedule_words import audience_text, owner_text

ROUTE, ONE, TEMPLATES = "settings-schedules", "settings-schedule", "clinic/settings"


@require_GET
@settings_view(Permission.CHANGE_SETTINGS)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The schedules with whose they are and who may book; those that are archived last (CAL-1)."""
    found = queries.schedules(archived=True)
    owned = Counter(one.owner_id for one in found if not one.archived and one.owner is not None and one.owner.is_gp)
    several = {gp_id for gp_id, number in owned.items() if wrong_number_of_schedules(number)}
    alike = namesakes(found)
    wrong = {one.id for one in wrongly_owned()}
    rows = [
        {
            "schedule": one,
            "owner": owner_text(one),
            "audience": audience_text(one),
            "too_many": not one.archived and one.owner_id in several,
            "namesake": one.id in alike,
            "common_of_gp": one.id in wrong,
        }
        for one in sorted(found, key=lambda one: one.archived)
    ]
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/schedules.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another schedule (CAL-1)."""
    form = ScheduleForm(posted(request))
    status = save(form, lambda _facts: create_schedule(**form.facts())) if form.is_bound else 200
    return _page(request, actor, form, status) if status else to(request, ROUTE)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def schedule(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """One schedule, and a form to change it (CAL-2)."""
    row = get_schedule_for(actor, schedule_id)
    form = ScheduleForm(posted(request), row)

    def verb(facts: dict[str, Any]) -> None:
        change_schedule(row, expected_version=facts["version"], **form.facts())

    status = save(form, verb, lambda: get_schedule_for(actor, schedule_id).version) if form.is_bound else 200
    if not status:
        return to(request, ONE, schedule_id)
    return _page(request, actor, form, status, row=get_schedule_for(actor, schedule_id))


@require_POST
@settings_view(Permission.CHANGE_SETTINGS)
def archive(request: HttpRequest, actor: Actor, schedule_id: UUID) -> HttpResponse:
    """Archive a schedule that nobody has an appointment in, or take it into use again."""
    row = get_schedule_for(actor, schedule_id)
    away, version = request.POST.get("tilstand") != "i-bruk", request.POST.get("version", "")
    expected = int(version) if version.isdecimal() else 0
    error = refusal(lambda: change_schedule(row, expected_version=expected, archived=away))
    if error is None:
        return to(request, ONE, schedule_id)
    row = get_schedule_for(actor, schedule_id)
    return _page(request, actor, ScheduleForm(None, row), error.http_status, row=row, error=error)


def _page(
    request: HttpRequest,
    actor: Actor,
    form: ScheduleForm,
    status: int,
    *,
    row: Schedule | None = None,
    error: SkrankeError | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "row": row,
        "heading": row.internal_name if row is not None else _("Opprett ny timebok"),
        "sections": limit_sections(),
        "error": error,
        "first": _where(request, error),
        "namesakes": _namesakes(row),
        "plan": reverse("settings-plan", args=[slug_of(request), row.id]) if row is not None else "",
        "changes": changes(deeds_about(SUBJECT, row.id, DEEDS, limit=8)) if row is not None else None,
    }
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/schedule.html", context, status=status)


def _namesakes(row: Schedule | None) -> list[str]:
    """The other schedules that patients cannot tell from this one."""
    found = namesakes(queries.schedules()) if row is not None else {}
    return [one.internal_name for one in found.get(row.id, ())] if row is not None else []


def _where(request: HttpRequest, error: SkrankeError | None) -> str:
    """The day of the first appointment that stands in the way, in Timebok."""
    if not isinstance(error, ScheduleInUseError):
        return ""
    day = clock.oslo(error.first.during.lower).date()
    return with_query(
        reverse("schedule", args=[slug_of(request)]),
        timebok=error.first.schedule_id,
        dag=day.isoformat(),
        visning="dag",
    )
