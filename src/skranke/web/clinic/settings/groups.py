"""Groups (ORG-7, ORG-8, ORG-9)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics.access import get_group_for
from skranke.clinics.models import Group
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.groups import add_group, change_group, remove_group
from skranke.clinics.permissions import Permission
from skranke.dialog.queries import unread_recipients
from skranke.kernel.actor import Actor
from skranke.web.clinic.settings.editing import is_removal, posted, refusal, save
from skranke.web.clinic.settings.forms import GroupForm
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view

ROUTE, TEMPLATES = "settings-groups", "clinic/settings"


@require_GET
@settings_view(Permission.MANAGE_GROUPS)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The groups with who is in them now, and those whose mail is everybody's because nobody is (RCV-12)."""
    empty = {row.id for row, _count in unread_recipients()}
    rows = [
        {
            "group": one,
            "members": queries.members_of(one),
            "away": {who.id for who in queries.members_of(one) if queries.is_away(one, who)},
            "nobody": one.id in empty,
        }
        for one in queries.groups()
    ]
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/groups.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_GROUPS)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another group."""
    form = GroupForm(posted(request))
    status = save(form, lambda _facts: add_group(form.facts())) if request.method == "POST" else 200
    return form_page(request, actor, ROUTE, form, status, heading=_("Ny gruppe"))


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_GROUPS)
def group(request: HttpRequest, actor: Actor, group_id: UUID) -> HttpResponse:
    """Change a group, or away with it."""
    get_group_for(actor, group_id)
    row = next(one for one in queries.groups() if one.id == group_id)
    form = GroupForm.of(row, posted(request))
    error = refusal(lambda: remove_group(group_id)) if is_removal(request) else None

    def verb(facts: dict[str, Any]) -> None:
        change_group(group_id, form.facts(), expected_version=facts["version"])

    status = error.http_status if error is not None else 0 if is_removal(request) else 200
    if form.is_bound:
        status = save(form, verb, lambda: Group.objects.get(id=group_id).version)
    told = _("Er ingen med i gruppen, kan hele klinikken lese det som kommer, til noen er med.")
    facts = {"heading": row.name, "removable": _("Ta bort gruppen"), "told": told}
    return form_page(request, actor, ROUTE, form, status, error=error, **facts)
