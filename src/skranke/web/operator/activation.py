"""One clinic's activation: its checklist, its GPs, and the switches (ACT-7, ACT-8)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics import queries as clinics
from skranke.clinics.access import get_party_for
from skranke.clinics.activation import services
from skranke.clinics.activation.checklist import clinic_lines
from skranke.clinics.activation.queries import party_statuses
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ConflictError, InvalidError
from skranke.tenancy.work import acting
from skranke.web.operator.forms import NoticesForm, PrerequisitesForm
from skranke.web.operator.session import Operator, operator_view
from skranke.web.operator.shell import shell

Verb = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to, told on the page that follows. state: ok or bad."""

    text: str
    state: str = "ok"
    status: int = 200


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who asks what of which clinic."""

    request: HttpRequest
    operator: Operator
    clinic_id: UUID

    def work(self) -> AbstractContextManager[Actor]:
        """A unit of work in the clinic."""
        return acting(self.operator.at(self.clinic_id))


@require_GET
@operator_view
def clinic(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """How far the clinic and each who works there have come."""
    done = _done().get(request.GET.get("gjort", ""))
    return _page(_Visit(request, operator, clinic_id), Outcome(done) if done else None)


@require_POST
@operator_view
def prerequisites(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Note the order and what else the activation stands on (ACT-7)."""
    visit, form = _Visit(request, operator, clinic_id), PrerequisitesForm(request.POST)
    if not form.is_valid():
        return _page(visit, form=form, status=422)
    return _attempt(
        visit, lambda seen: services.note_prerequisites(**form.facts(), expected_version=seen), "lagret", form
    )


@require_POST
@operator_view
def notices(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Put the clinic's own notices on or off (NOT-6)."""
    visit, form = _Visit(request, operator, clinic_id), NoticesForm(request.POST)
    if not form.is_valid():
        return _page(visit, notices_form=form, status=422)
    facts = form.cleaned_data
    return _attempt(visit, lambda seen: services.set_own_notices(**facts, expected_version=seen), "lagret")


@require_POST
@operator_view
def switch(request: HttpRequest, operator: Operator, clinic_id: UUID) -> HttpResponse:
    """Switch the integration on or off for the whole clinic."""
    on = _wanted(request)
    verb = services.go_live if on else services.take_off
    return _attempt(
        _Visit(request, operator, clinic_id), lambda seen: verb(expected_version=seen), "klinikk-pa" if on else "av"
    )


@require_POST
@operator_view
def switch_employee(request: HttpRequest, operator: Operator, clinic_id: UUID, employee_id: UUID) -> HttpResponse:
    """Switch the integration on for one who works there; who is no GP is refused with the reason (ACT-4)."""
    visit = _Visit(request, operator, clinic_id)
    return _attempt(visit, lambda seen: services.put_employee_live(employee_id, expected_version=seen), "lege-pa")


@require_POST
@operator_view
def switch_party(request: HttpRequest, operator: Operator, clinic_id: UUID, party_id: UUID) -> HttpResponse:
    """Switch the integration on or off for a GP, a vacant list or a resource."""
    on, actor = _wanted(request), operator.at(clinic_id)
    verb = services.put_party_live if on else services.take_party_off
    return _attempt(
        _Visit(request, operator, clinic_id),
        lambda seen: verb(get_party_for(actor, party_id), expected_version=seen),
        "lege-pa" if on else "av",
    )


def _attempt(visit: _Visit, verb: Verb, done: str, form: PrerequisitesForm | None = None) -> HttpResponse:
    """Do it and go back to the page, or tell there why not; what was typed stays."""
    try:
        with visit.work():
            clinics.this_clinic()
            verb(version_of(visit.request))
    except (ConflictError, InvalidError) as error:
        if form is not None and isinstance(error, InvalidError) and error.field in form.fields:
            form.add_error(error.field, str(error))
            return _page(visit, form=form, status=422)
        return _page(visit, Outcome(str(error), "bad", error.http_status), form=form)
    return HttpResponseRedirect(f"{reverse('operator-clinic', args=[visit.clinic_id])}?gjort={done}")


def version_of(request: HttpRequest) -> int:
    """The version of the activation that the form was drawn with. Raises Http404 when it names none."""
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        raise Http404 from None


def _wanted(request: HttpRequest) -> bool:
    return request.POST.get("on") == "true"


def _page(
    visit: _Visit,
    outcome: Outcome | None = None,
    *,
    form: PrerequisitesForm | None = None,
    notices_form: NoticesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    with visit.work():
        clinic = clinics.this_clinic()
        everybody = party_statuses()
        context = {
            "shell": shell(visit.operator, "operator-home"),
            "clinic": clinic,
            "lines": clinic_lines(clinic),
            "able": [one for one in everybody if one.eligible],
            "others": [one for one in everybody if not one.eligible],
            "form": form or PrerequisitesForm.of(clinic),
            "notices_form": notices_form or NoticesForm.of(clinic),
            "outcome": outcome,
        }
        status = outcome.status if outcome else status
        return render(visit.request, "operator/clinic.html", context, status=status)


def _done() -> dict[str, str]:
    return {
        "lagret": _("Lagret."),
        "klinikk-pa": _("Klinikken er på i HelseNorge."),
        "lege-pa": _("Slått på i HelseNorge."),
        "av": _("Slått av. Nye henvendelser blir avvist med beskjed til pasienten."),
    }
