"""Be om en time: what the patient asks for, and what became of it (REQ-1, REQ-2)."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.scheduling.requests import queries, services
from skranke.scheduling.requests.models import AppointmentRequest, TimeOfDay
from skranke.scheduling.requests.rules import MAX_REMARK
from skranke.scheduling.requests.words import time_of_day_text
from skranke.ui.forms import date_input, offer
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


class RequestForm(forms.Form):
    """What a patient asks for."""

    remark = forms.CharField(
        label=gettext_lazy("Hva gjelder det?"),
        max_length=MAX_REMARK,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Bare de som jobber på legekontoret, leser det."),
    )
    type = forms.ChoiceField(label=gettext_lazy("Hva slags time?"), required=False)
    wished_date = forms.DateField(label=gettext_lazy("Hvilken dag passer best?"), required=False, widget=date_input())
    wished_time = forms.ChoiceField(label=gettext_lazy("Når på dagen?"))
    wished = forms.ChoiceField(label=gettext_lazy("Hvem vil du til?"), required=False)
    skjema = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, choices: queries.Choices, *args: Any, **kwargs: Any) -> None:
        """The choices in the language of who asks."""
        super().__init__(*args, **kwargs)
        self.auto_id = "be-om-%s"
        offer(self, "type", [("", _("Vet ikke")), *((str(one), name) for one, name in choices.types)])
        offer(self, "wished", [("", _("Hvem som helst")), *((str(one), name) for one, name in choices.people)])
        offer(self, "wished_time", [(one.value, time_of_day_text(one)) for one in TimeOfDay])

    def wish(self) -> services.Wish:
        """What was filled in."""
        told = self.cleaned_data
        return services.Wish(
            remark=told["remark"],
            type_id=uuid_or_none(told["type"]),
            wished_id=uuid_or_none(told["wished"]),
            wished_date=told["wished_date"],
            wished_time=told["wished_time"],
        )


@require_http_methods(["GET", "POST"])
@patient_view
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The form, and sending it. Sent twice it is one request."""
    here, choices = place_of(request), queries.choices(actor)
    begun = {"skjema": uuid4(), "wished": str(choices.preselected or ""), "wished_time": TimeOfDay.ANY}
    form = RequestForm(choices, request.POST if request.method == "POST" else None, initial=begun)
    refused: ConflictError | None = None
    if form.is_valid():
        try:
            made = _asked(form)
        except ConflictError as error:
            made, refused = None, error
        if made is not None:
            return HttpResponseRedirect(f"{here.url('patient-request', made.id)}?sendt=1")
    context = {
        "shell": frame(request, actor, back_url=here.url("patient-times")),
        "here": here,
        "form": form,
        "refused": refused,
        "clinic": this_clinic(),
    }
    status = refused.http_status if refused is not None else 422 if form.errors else 200
    return render(request, "patient/request_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@patient_view
def request(request: HttpRequest, actor: Actor, request_id: UUID) -> HttpResponse:
    """One request with the clinic's answer; as long as there is none it can be taken back."""
    here, found, refused = place_of(request), queries.own_request_for(actor, request_id), None
    if request.method == "POST":
        try:
            services.take_back(found.request)
            return HttpResponseRedirect(here.url("patient-request", request_id))
        except ConflictError as error:
            refused, found = error, queries.own_request_for(actor, request_id)
    context = {
        "shell": frame(request, actor, back_url=here.url("patient-times")),
        "here": here,
        "own": found,
        "time_of_day": time_of_day_text(found.request.wished_time),
        "sent": "sendt" in request.GET,
        "refused": refused,
        "clinic": this_clinic(),
    }
    return render(request, "patient/request.html", context, status=200 if refused is None else 409)


def _asked(form: RequestForm) -> AppointmentRequest | None:
    """Send it; what is wrong is put at its field."""
    try:
        return services.ask(form.wish(), form_id=form.cleaned_data["skjema"])
    except InvalidError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
