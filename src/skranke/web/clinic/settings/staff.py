"""The employees: the list, hiring, the employee card, and ending an employment."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics import queries as clinics
from skranke.clinics.absences.services import absences_of
from skranke.clinics.access import get_employee_for
from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.staff import change_employee
from skranke.clinics.permissions import Permission
from skranke.clinics.services import hire
from skranke.clinics.substitutes.conditions import warnings
from skranke.clinics.substitutes.models import Substitute
from skranke.clinics.substitutes.queries import substitutes_set
from skranke.clinics.words import function_text, role_name
from skranke.dialog.services.leaving import count_open_threads, end_employment
from skranke.identity.queries import account_of_person
from skranke.identity.services import create_account
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.ids import new_id
from skranke.web.clinic.settings.editing import posted, refusal, save
from skranke.web.clinic.settings.forms import CardForm, HireForm
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view, to
from skranke.web.clinic.standing_in import stand_in_text

ROUTE, TEMPLATES = "settings-staff", "clinic/settings"


@require_GET
@settings_view(Permission.MANAGE_STAFF)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who works here, as what, with which accesses (ORG-6)."""
    roles = {one.id: one for one in queries.roles()}
    her_ids = {one.employee_id: one.her_id for one in clinics.parties()}
    rows = [
        {
            "employee": one,
            "role": role_name(roles[one.held_role_id]),
            "her_id": her_ids.get(one.id, ""),
            "stand_in": stand_in_text(one.id),
        }
        for one in queries.staff()
    ]
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/staff.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give a person a position (ORG-3)."""
    form = HireForm(posted(request))
    status = save(form, lambda facts: _hire(form, facts)) if request.method == "POST" else 200
    return form_page(request, actor, ROUTE, form, status, heading=_("Ny ansatt"), submit=_("Ansett"))


def _hire(form: HireForm, facts: dict[str, Any]) -> Employee:
    national_id, name = facts["national_id"], f"{facts['given_name']} {facts['family_name']}"
    account = account_of_person(national_id) or create_account(f"p-{new_id()}", name, national_id=national_id)
    names = ("given_name", "family_name", "hpr_number", "email", "phone")
    return hire(
        **{key: facts[key] for key in names},
        held_role=form.role_rows[facts["held_role"]],
        department=form.department_rows[facts["department"]],
        account_id=account.id,
    )


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def card(request: HttpRequest, actor: Actor, employee_id: UUID) -> HttpResponse:
    """The employee card (ORG-5, ORG-6)."""
    employee = get_employee_for(actor, employee_id)
    form = CardForm.of(employee, posted(request))
    status = 200
    if request.method == "POST":
        status = save(
            form,
            lambda facts: change_employee(employee_id, form.card(), expected_version=facts["version"]),
            lambda: Employee.objects.get(id=employee_id).version,
        )
    if not status:
        return to(request, "settings-employee", employee_id)
    groups = [one.name for one in queries.groups() if queries.belongs(one, employee)]
    context = {"form": form, "employee": employee, "groups": groups, "function_text": function_text}
    today = clock.today()
    context |= {"absences": absences_of(employee, today), "today": today, "substitutes": _substitutes(employee)}
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/card.html", context, status=status)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.MANAGE_STAFF)
def end(request: HttpRequest, actor: Actor, employee_id: UUID) -> HttpResponse:
    """End an employment, after being told what it means."""
    employee = get_employee_for(actor, employee_id)
    error = refusal(lambda: end_employment(employee_id)) if request.method == "POST" else None
    if request.method == "POST" and error is None:
        return to(request, ROUTE)
    context = {"employee": employee, "threads": count_open_threads(employee), "error": error}
    status = error.http_status if error is not None else 200
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/end.html", context, status=status)


def _substitutes(employee: Employee) -> list[tuple[Substitute, list[str]]]:
    """Who has been set, each with what is missing for it."""
    return [(one, warnings(employee, one.employee)) for one in substitutes_set(employee)]
