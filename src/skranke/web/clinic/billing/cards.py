"""A draft of an invoice card: begun, gone on with, filled in, made ready (BIL-1 to BIL-3, BIL-6, BIL-8)."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from skranke.billing import queries
from skranke.billing.access import get_card_for
from skranke.billing.models import CardSource, CardState, InvoiceCard
from skranke.billing.services import (
    change_card,
    close_card,
    open_card,
    open_for_appointment,
    open_for_consultation,
)
from skranke.billing.tariff import tariff_on
from skranke.dialog.access import get_thread_for
from skranke.kernel import clock
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError, NotFoundError
from skranke.kernel.ids import uuid_or_none
from skranke.patients.access import get_patient_for
from skranke.patients.models import Patient
from skranke.scheduling.access import get_appointment_for
from skranke.web.clinic.billing.forms import CardForm
from skranke.web.clinic.patients.forms import add_error
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import clinic_view
from skranke.web.clinic.shell import shell
from skranke.web.numbers import number_of

TEMPLATES = "clinic/billing"


@require_http_methods(["GET", "POST"])
@clinic_view
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Begin a card of a patient, an appointment or an e-consultation; a draft that is there may be gone on with."""
    patient, what, begin = _asked(request, actor)
    error = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                made = begin("nytt" in request.POST)
            return HttpResponseRedirect(reverse("invoice-card", args=[slug_of(request), made.id]))
        except (ConflictError, InvalidError) as refused:
            error = str(refused)
    context = {
        "shell": shell(request, actor, "patients"),
        "slug": slug_of(request),
        "patient": patient,
        "what": what,
        "drafts": queries.drafts_of(patient),
        "error": error,
    }
    return render(request, f"{TEMPLATES}/new.html", context, status=409 if error else 200)


@require_http_methods(["GET", "POST"])
@clinic_view
def card(request: HttpRequest, actor: Actor, card_id: UUID) -> HttpResponse:
    """The time and the codes of a card, with what it comes to; a card that is no draft is only shown."""
    row = get_card_for(actor, card_id)
    if request.method != "POST":
        return _page(request, actor, row, CardForm.of(row))
    form = CardForm(request.POST)
    if form.is_valid():
        try:
            starts, ends = form.times()
            with transaction.atomic():
                change_card(
                    row,
                    starts=starts,
                    ends=ends,
                    codes=request.POST.getlist("codes"),
                    expected_version=form.cleaned_data["version"],
                )
            return HttpResponseRedirect(reverse("invoice-card", args=[slug_of(request), row.id]))
        except (ConflictError, InvalidError) as error:
            add_error(form, error)
    return _page(request, actor, row, form)


@require_POST
@clinic_view
def close(request: HttpRequest, actor: Actor, card_id: UUID) -> HttpResponse:
    """Make the card ready for the accounts, or discard it."""
    row = get_card_for(actor, card_id)
    state = CardState.DISCARDED if "forkast" in request.POST else CardState.READY
    form = CardForm.of(row)
    try:
        with transaction.atomic():
            close_card(row, state, expected_version=number_of(request.POST.get("version", "")))
    except (ConflictError, InvalidError) as error:
        return _page(request, actor, row, form, error=str(error))
    return HttpResponseRedirect(reverse("patient", args=[slug_of(request), row.patient_id]) + "#area-economy")


Begin = Callable[[bool], InvoiceCard]


def _asked(request: HttpRequest, actor: Actor) -> tuple[Patient, str, Begin]:
    """Whose card, what it is made from in words, and how to begin it."""
    wanted = {name: uuid_or_none(request.GET.get(name, "")) for name in ("pasient", "time", "samtale")}
    if (time_id := wanted["time"]) is not None:
        one = get_appointment_for(actor, time_id)
        return one.patient, _("time"), lambda new: open_for_appointment(one, new=new)
    if (thread_id := wanted["samtale"]) is not None:
        thread = get_thread_for(actor, thread_id)
        if thread.patient_id is None:
            raise NotFoundError("There is no patient.")
        return (
            get_patient_for(actor, thread.patient_id),
            _("besvart eKonsultasjon"),
            lambda new: open_for_consultation(thread, new=new),
        )
    if (patient_id := wanted["pasient"]) is None:
        raise NotFoundError("There is no such thing here.")
    patient = get_patient_for(actor, patient_id)
    return patient, "", lambda new: open_card(patient, new=new)


def _page(request: HttpRequest, actor: Actor, row: InvoiceCard, form: CardForm, *, error: str = "") -> HttpResponse:
    tariff = tariff_on(clock.oslo(row.starts).date())
    lines = list(row.lines.order_by("code"))
    context = {
        "shell": shell(request, actor, "patients"),
        "slug": slug_of(request),
        "card": row,
        "patient": row.patient,
        "form": form,
        "error": error,
        "lines": lines,
        "chosen": request.POST.getlist("codes") if form.is_bound else [one.code for one in lines],
        "sum": queries.sum_of(row),
        "tariff": tariff,
        "overlapping": queries.overlapping(row),
        "is_draft": row.state == CardState.DRAFT,
        "is_consultation": row.source == CardSource.E_CONSULTATION,
    }
    return render(request, f"{TEMPLATES}/card.html", context, status=422 if form.errors or error else 200)
