"""The block of absences on the employee card: what is told, and taken away."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from skranke.clinics.absences.services import get_absence_for, register_absence, remove_absence
from skranke.clinics.access import get_employee_for
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.ui.forms import date_input
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import form_page, settings_view, to


class AbsenceForm(forms.Form):
    """From which day to which somebody is away."""

    first_day = forms.DateField(label=gettext_lazy("Første dag"), widget=date_input())
    last_day = forms.DateField(
        label=gettext_lazy("Siste dag"),
        help_text=gettext_lazy("Tomt felt: fraværet varer til noen fjerner det."),
        required=False,
        widget=date_input(),
    )


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_ABSENCE)
def new(request: HttpRequest, actor: Actor, employee_id: UUID) -> HttpResponse:
    """Tell that an employee is away (ABS-27)."""
    employee = get_employee_for(actor, employee_id)
    form = AbsenceForm(posted(request))
    status = 200
    if form.is_bound:
        status = save(form, lambda facts: register_absence(employee_id, facts["first_day"], facts["last_day"]))
        if not status:
            return to(request, "settings-employee", employee_id)
    return form_page(
        request,
        actor,
        "settings-staff",
        form,
        status,
        heading=_("Fravær for %(name)s") % {"name": employee.name},
        submit=_("Registrer fravær"),
        told=_("Fraværet er til opplysning. Det endrer ikke hvem som får meldinger, og ingen ledige timer."),
    )


@require_POST
@settings_view(Permission.SET_ABSENCE)
def remove(request: HttpRequest, actor: Actor, absence_id: UUID) -> HttpResponse:
    """Take away what was told."""
    get_absence_for(actor, absence_id)
    return to(request, "settings-employee", remove_absence(absence_id))
