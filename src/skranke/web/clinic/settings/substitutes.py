"""The block of substitutes on a GP's employee card: who is set, and ended (ABS-3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from skranke.clinics.access import get_employee_for
from skranke.clinics.models import Employee, StaffFunction
from skranke.clinics.organisation.queries import staff
from skranke.clinics.permissions import Permission
from skranke.clinics.substitutes.conditions import licence_warning
from skranke.clinics.substitutes.services import end_substitute, get_substitute_for, set_substitute
from skranke.clinics.words import function_text
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.ui.forms import date_input, offer
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import form_page, settings_view, to


class SubstituteForm(forms.Form):
    """Who stands in for a GP, with which functions, from which day to which."""

    employee = forms.ChoiceField(label=gettext_lazy("Vikar"))
    functions = forms.MultipleChoiceField(
        label=gettext_lazy("Vikarfunksjoner"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    starts_on = forms.DateField(label=gettext_lazy("Første dag"), widget=date_input())
    ends_on = forms.DateField(
        label=gettext_lazy("Siste dag"),
        help_text=gettext_lazy("Tomt felt: vikaren ser dialogene til noen avslutter det."),
        required=False,
        widget=date_input(),
    )

    def __init__(self, gp: Employee, data: Mapping[str, Any] | None) -> None:
        """Anybody else who works here can be chosen; the functions are the GP's to begin with."""
        super().__init__(data, initial={"functions": gp.functions, "starts_on": clock.today()})
        others = [(str(one.id), one.name) for one in staff() if one.id != gp.id]
        offer(self, "employee", [("", _("Velg …")), *others])
        offer(self, "functions", [(one.value, function_text(one)) for one in StaffFunction])


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_ABSENCE)
def new(request: HttpRequest, actor: Actor, employee_id: UUID) -> HttpResponse:
    """Let somebody stand in for a GP (ABS-3)."""
    gp = get_employee_for(actor, employee_id)
    if not gp.is_gp:
        raise NotFoundError("Only a GP has a substitute.")
    form = SubstituteForm(gp, posted(request))
    status = 200
    if form.is_bound:
        status = save(form, lambda facts: _set(gp, facts))
        if not status:
            return to(request, "settings-employee", employee_id)
    return form_page(
        request,
        actor,
        "settings-staff",
        form,
        status,
        heading=_("Vikar for %(name)s") % {"name": gp.name},
        submit=_("Sett vikar"),
        warning=licence_warning(gp),
        told=_(
            "I perioden ser vikaren alle dialogene legen har fått, også tidligere og private, og svarer i eget navn. "
            "Etterpå ser vikaren bare dem han eller hun selv har deltatt i. Pasienten ser bare legen ved booking."
        ),
    )


def _set(gp: Employee, facts: Mapping[str, Any]) -> None:
    set_substitute(
        gp.id,
        UUID(facts["employee"]),
        functions=facts["functions"],
        starts_on=facts["starts_on"],
        ends_on=facts["ends_on"],
    )


@require_POST
@settings_view(Permission.SET_ABSENCE)
def end(request: HttpRequest, actor: Actor, substitute_id: UUID) -> HttpResponse:
    """End it now, or take it away before it begins."""
    get_substitute_for(actor, substitute_id)
    return to(request, "settings-employee", end_substitute(substitute_id))
