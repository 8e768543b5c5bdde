"""Betalinger: what the clinic has charged, with the reason where nothing is to be paid (POR-3, PAT-21)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from skranke.billing.own import own_payments
from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.web.patient import words
from skranke.web.patient.place import place_of
from skranke.web.patient.session import patient_view
from skranke.web.patient.shell import frame


@require_GET
@patient_view
def payments(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Year by year, the newest first."""
    shell = frame(request, actor, back_url=place_of(request).url("patient-me"))
    context = {
        "shell": shell,
        "years": own_payments(),
        "clinic": this_clinic(),
        "words": words,
    }
    return render(request, "patient/payments.html", context)
