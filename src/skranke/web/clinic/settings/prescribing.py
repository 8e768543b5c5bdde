"""Konfigurasjon > Klinikk > Reseptvindu: where the record system's window for prescriptions is (RX-9)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from skranke.clinics.organisation.prescribing import set_prescription_window
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to

ROUTE = "settings-prescribing"


class WindowForm(forms.Form):
    """before: the address as it was when the page was opened."""

    before = forms.CharField(widget=forms.HiddenInput, required=False)
    address = forms.CharField(
        label=_("Adressen til reseptvinduet"),
        help_text=_(
            "Skriv {patient_id} der journalsystemet skal ha pasienten. Der settes Skrankes egen id, den samme som i "
            "API-et, aldri fødselsnummeret. Tomt felt: ingen lenke vises."
        ),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def window(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The address, and a form to change it."""
    now = this_clinic().prescription_window
    form = WindowForm(posted(request), initial={"before": now, "address": now})
    status = 200
    if form.is_bound:
        status = save(form, _verb)
        if not status:
            return to(request, ROUTE)
    context = {"form": form, "is_set": bool(now)}
    return settings_page(request, actor, ROUTE, "clinic/settings/prescribing.html", context, status=status)


def _verb(facts: dict[str, Any]) -> None:
    set_prescription_window(facts["address"], expected=facts["before"])
