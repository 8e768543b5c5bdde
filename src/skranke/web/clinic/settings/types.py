"""Konfigurasjon > Timebok > Timetyper: made by anybody, changed by whoever may (TYP-1, TYP-2, TYP-11, TYP-12)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.audit.queries import events_about
from skranke.gateway.types.appointments import resource_text
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.scheduling import queries, rules
from skranke.scheduling.access import get_type_for
from skranke.scheduling.holding import holding
from skranke.scheduling.models import AppointmentType
from skranke.scheduling.services.types import SUBJECT, change_type, check_may_edit, create_type, remove_type
from skranke.standards.profile import RESOURCE_TEXT_CHARACTERS
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.settings.changes import changes
from skranke.web.clinic.settings.editing import is_removal, posted, refusal, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to
from skranke.web.clinic.settings.limits import BOOKING, CANCELLING
from skranke.web.clinic.settings.type_form import TypeForm
from skranke.web.clinic.settings.type_words import CSS, contact_texts, icon_texts, kind_texts

ROUTE, ONE, TEMPLATES = "settings-types", "settings-type", "clinic/settings"


@require_GET
@settings_view()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The types with colour and kind; those out of use last."""
    rows = [
        {
            "type": one,
            "css": CSS.get(one.colour, one.colour),
            "icon": icon_texts().get(one.icon, ""),
            "kind": kind_texts()[one.visibility],
            "contact": contact_texts()[one.contact],
        }
        for one in queries.types()
    ]
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/types.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@settings_view()
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another type (TYP-1)."""
    form = TypeForm(posted(request), actor)
    status = save(form, lambda _facts: create_type(**form.facts())) if form.is_bound else 200
    return _page(request, actor, form, status) if status else to(request, ROUTE)


@require_http_methods(["GET", "POST"])
@settings_view()
def kind(request: HttpRequest, actor: Actor, type_id: UUID) -> HttpResponse:
    """One type: changed, put out of use or into use again, or deleted while nothing uses it (TYP-11)."""
    row = get_type_for(actor, type_id)
    if request.method == "POST":
        check_may_edit(row.owner)
    if is_removal(request) or "bruk" in request.POST:
        return _deed(request, actor, row)
    form = TypeForm(posted(request), actor, row)

    def verb(facts: dict[str, Any]) -> None:
        change_type(row, expected_version=facts["version"], **form.facts())

    status = save(form, verb, lambda: get_type_for(actor, type_id).version) if form.is_bound else 200
    if not status:
        return to(request, ONE, type_id)
    return _page(request, actor, form, status, row=get_type_for(actor, type_id))


def _deed(request: HttpRequest, actor: Actor, row: AppointmentType) -> HttpResponse:
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() else 0
    away, active = is_removal(request), request.POST.get("bruk") == "ja"

    def verb() -> None:
        if away:
            remove_type(row, expected_version=version)
        else:
            change_type(row, expected_version=version, active=active)

    error = refusal(verb)
    if error is None:
        return to(request, ROUTE) if away else to(request, ONE, row.id)
    row = get_type_for(actor, row.id)
    return _page(request, actor, TypeForm(None, actor, row), error.http_status, row=row, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    """A type as a common service (RES-15..18). text: what HelseNorge shows of its information; cut: not all.

    shown: the schedules it is offered from; gps: those of GPs, where it is an ordinary time (RES-3); plan: where its
    times are planned. most: the characters that HelseNorge shows.
    """

    text: str
    cut: bool
    shown: tuple[str, ...]
    gps: tuple[str, ...]
    plan: str
    most: int = RESOURCE_TEXT_CHARACTERS


def _resource(request: HttpRequest, form: TypeForm, row: AppointmentType | None) -> _Resource:
    held = holding(row) if row is not None and row.category else []
    gps = [one for one in held if one.owner is not None and one.owner.is_gp]
    shown = [one for one in held if one.online and one not in gps]
    written = (form["information"].value() or "").strip()
    slug = slug_of(request)
    plan = reverse("settings-plan", args=[slug, shown[0].id]) if shown else reverse("settings-plans", args=[slug])
    return _Resource(
        text=resource_text(written),
        cut=resource_text(written) != written,
        shown=tuple(one.internal_name for one in shown),
        gps=tuple(one.internal_name for one in gps),
        plan=plan,
    )


def _page(
    request: HttpRequest,
    actor: Actor,
    form: TypeForm,
    status: int,
    *,
    row: AppointmentType | None = None,
    error: SkrankeError | None = None,
) -> HttpResponse:
    may_edit = row is None or rules.may_edit_type(actor, row.owner_id)
    if not may_edit:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "row": row,
        "heading": row.name if row is not None else _("Ny timetype"),
        "may_edit": may_edit,
        "error": error,
        "booking": BOOKING,
        "resource": _resource(request, form, row),
        "links": settings.OURS,
        "cancelling": CANCELLING,
        "changes": changes(events_about(SUBJECT, row.id, limit=8)) if row is not None else None,
    }
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/type.html", context, status=status)
