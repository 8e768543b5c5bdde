"""Departments and roles (ORG-1, ORG-2)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.access import get_department_for, get_role_for
from skranke.clinics.models import Department, Role
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.structure import (
    add_department,
    add_role,
    change_role,
    remove_department,
    remove_role,
    rename_department,
)
from skranke.clinics.permissions import Permission
from skranke.clinics.words import function_text, role_name
from skranke.kernel.actor import Actor
from skranke.kernel.errors import SkrankeError
from skranke.web.clinic.settings.editing import is_removal, posted, refusal, save
from skranke.web.clinic.settings.forms import DepartmentForm, RoleForm
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view

ROUTE, TEMPLATES = "settings-structure", "clinic/settings"


@require_http_methods(["GET"])
@settings_view(Permission.MANAGE_STAFF)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The clinic's departments, and the roles that positions are made from."""
    roles = [{"role": one, "name": role_name(one), "does": _does(one)} for one in queries.roles()]
    context = {"departments": queries.departments(), "roles": roles}
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/structure.html", context)


def _does(role: Role) -> str:
    return ", ".join(function_text(one) for one in role.functions)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def new_department(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another department."""
    form = DepartmentForm(posted(request))
    status = save(form, lambda facts: add_department(facts["name"].strip())) if request.method == "POST" else 200
    return form_page(request, actor, ROUTE, form, status, heading=_("Ny avdeling"))


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def department(request: HttpRequest, actor: Actor, department_id: UUID) -> HttpResponse:
    """Another name, or away with it."""
    row = get_department_for(actor, department_id)
    form = DepartmentForm(posted(request), initial={"name": row.name, "version": row.version})
    error = refusal(lambda: remove_department(department_id)) if is_removal(request) else None

    def verb(facts: dict[str, Any]) -> None:
        rename_department(department_id, facts["name"].strip(), expected_version=facts["version"])

    status = _status(request, error)
    if form.is_bound:
        status = save(form, verb, lambda: Department.objects.get(id=department_id).version)
    remove = _("Ta bort avdelingen")
    return form_page(request, actor, ROUTE, form, status, heading=row.name, removable=remove, error=error)


def _status(request: HttpRequest, error: SkrankeError | None) -> int:
    """Of a page whose form was not sent: 0 when the thing has been taken away."""
    if error is not None:
        return error.http_status
    return 0 if is_removal(request) else 200


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def new_role(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Another role."""
    form = RoleForm(posted(request))
    status = 200
    if request.method == "POST":
        status = save(form, lambda facts: add_role(facts["position_type"], form.facts()))
    return form_page(request, actor, ROUTE, form, status, heading=_("Ny rolle"))


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def role(request: HttpRequest, actor: Actor, role_id: UUID) -> HttpResponse:
    """Change a role, or away with it."""
    row = get_role_for(actor, role_id)
    form = RoleForm.of(row, posted(request))
    error = refusal(lambda: remove_role(role_id)) if is_removal(request) else None

    def verb(facts: dict[str, Any]) -> None:
        change_role(role_id, form.facts(), expected_version=facts["version"])

    status = _status(request, error)
    if form.is_bound:
        status = save(form, verb, lambda: Role.objects.get(id=role_id).version)
    told = _("Endringen gjelder nye stillinger. De som har rollen, beholder tilgangene og funksjonene sine.")
    facts = {"heading": role_name(row), "removable": _("Ta bort rollen"), "told": told}
    return form_page(request, actor, ROUTE, form, status, error=error, **facts)
