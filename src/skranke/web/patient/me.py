"""Meg: who the clinic knows the patient as, and the contact data, which the patient keeps (POR-3)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.patients.access import get_patient_for
from skranke.patients.contact import change_own_contact
from skranke.patients.errors import PatientChangedError
from skranke.patients.models import Patient
from skranke.patients.relating import relations_of
from skranke.ui.i18n import remember
from skranke.web.notices import NOTIFY_CHOICES, wish_text
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame

_LANGUAGES = (("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English"))


class ContactForm(forms.Form):
    """How the clinic reaches the patient. version: of the record that was read."""

    phone = forms.CharField(
        label=_("Mobiltelefon"), required=False, max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    email = forms.EmailField(
        label=_("E-post"), required=False, max_length=200, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    language = forms.ChoiceField(label=_("Språk i det vi skriver til deg"), choices=_LANGUAGES)
    notify_by = forms.ChoiceField(
        label=_("Varsler fra legekontoret"),
        choices=NOTIFY_CHOICES,
        required=False,
        help_text=_("Foreløpig varsler legekontoret bare gjennom helsenorge.no."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
@patient_view
def me(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the clinic knows of the patient, and what can be done with it."""
    patient = own_record(actor)
    context = {
        "shell": frame(request, actor, "patient-me"),
        "here": place_of(request),
        "is_self": actor.relation_id is None,
        "patient": patient,
        "notify_wish": wish_text(patient),
        "acting": relations_of(patient).filter(access=True).count(),
        "saved": "lagret" in request.GET,
    }
    return render(request, "patient/me.html", context)


@require_http_methods(["GET", "POST"])
@patient_view
def contact(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Phone, e-mail and language."""
    patient, address = own_record(actor), place_of(request).url("patient-me")
    form = ContactForm(request.POST or None, initial=_stored(patient))
    if request.method == "POST" and form.is_valid() and _saved(form):
        response = HttpResponseRedirect(f"{address}?lagret=1")
        if actor.relation_id is None:
            remember(request, response, form.cleaned_data["language"])
        return response
    shell = frame(request, actor, back_url=address)
    return render(request, "patient/contact.html", {"shell": shell, "form": form}, status=422 if form.errors else 200)


def own_record(actor: Actor) -> Patient:
    """The record of the patient who acts; the reading is audited (NFR-1)."""
    assert actor.person_id is not None
    return get_patient_for(actor, actor.person_id)


def _stored(patient: Patient) -> dict[str, Any]:
    return {name: getattr(patient, name) for name in ("phone", "email", "language", "notify_by", "version")}


def _saved(form: ContactForm) -> bool:
    """Save it; what is wrong is put at its field."""
    told = form.cleaned_data
    try:
        change_own_contact(
            phone=told["phone"],
            email=told["email"],
            language=told["language"],
            notify_by=told["notify_by"],
            expected_version=told["version"],
        )
    except InvalidError as error:
        form.add_error(error.field, str(error))
    except PatientChangedError as error:
        form.add_error(None, str(error))
    return not form.errors
