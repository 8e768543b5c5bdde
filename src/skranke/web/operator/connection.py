"""One clinic's way to the bus and to HelseNorge, and a check that it works."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics import queries as clinics
from skranke.clinics.activation import services
from skranke.clinics.models import CommunicationProfile, Counterpart
from skranke.gateway.connection import Step, check
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.tenancy.work import acting
from skranke.web.operator.activation import version_of
from skranke.web.operator.forms import ConnectionForm, PeerForm
from skranke.web.operator.session import Operator, operator_view
from skranke.web.operator.shell import shell


@require_GET
@operator_view
def connection(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Both forms, as they stand."""
    return _page(request, operator, clinic_id)


@require_POST
@operator_view
def change_connection(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Say how the clinic reaches the bus."""
    form = ConnectionForm(request.POST, prefix="buss")
    return _change(
        request,
        operator,
        clinic_id,
        form,
        lambda: services.set_connection(form.connection(), expected_version=version_of(request)),
    )


@require_POST
@operator_view
def change_peer(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Say where HelseNorge is."""
    form = PeerForm(request.POST, prefix="motpart")
    return _change(
        request,
        operator,
        clinic_id,
        form,
        lambda: services.set_peer(form.peer(), expected_version=version_of(request)),
    )


@require_POST
@operator_view
def try_connection(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Try the set-up as the gateway uses it; nothing is sent or taken."""
    with acting(operator.at(clinic_id)):
        clinics.this_clinic()
    return _page(request, operator, clinic_id, steps=check(clinic_id))


def _change(
    request: HttpRequest, operator: Operator, clinic_id: UUID, form: forms.Form, verb: Callable[[], None]
) -> HttpResponse:
    """Save and go back to the page; else the form says what stands in the way, with what was typed."""
    if form.is_valid():
        try:
            with acting(operator.at(clinic_id)):
                clinics.this_clinic()
                verb()
        except InvalidError as error:
            form.add_error(error.field or None, str(error))
        except ChangedError as error:
            form.add_error(None, str(error))
            return _page(request, operator, clinic_id, form=form, status=error.http_status)
        else:
            return HttpResponseRedirect(f"{reverse('operator-connection', args=[clinic_id])}?gjort=lagret")
    return _page(request, operator, clinic_id, form=form, status=422)


def _page(
    request: HttpRequest,
    operator: Operator,
    clinic_id: UUID,
    *,
    form: forms.Form | None = None,
    steps: list[Step] | None = None,
    status: int = 200,
) -> HttpResponse:
    with acting(operator.at(clinic_id)):
        clinic = clinics.this_clinic()
        context = {
            "shell": shell(operator, "operator-home"),
            "clinic": clinic,
            "connection": form if isinstance(form, ConnectionForm) else ConnectionForm.of(_profile()),
            "peer": form
            if isinstance(form, PeerForm)
            else PeerForm.of(Counterpart.objects.order_by("-read_at").first()),
            "steps": steps,
            "saved": request.GET.get("gjort") == "lagret",
        }
        return render(request, "operator/connection.html", context, status=status)


def _profile() -> CommunicationProfile | None:
    return CommunicationProfile.objects.filter(active=True).first()
