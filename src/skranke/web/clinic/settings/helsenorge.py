"""Konfigurasjon > Post > HelseNorge: receivers, getting started, what is on for whom, what is offered (ACT-3)."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from skranke.clinics import queries as clinics
from skranke.clinics.access import require
from skranke.clinics.activation import services
from skranke.clinics.activation.checklist import clinic_lines
from skranke.clinics.activation.queries import PartyStatus, gone_for_patients, party_statuses
from skranke.clinics.directory import refresh_from_register
from skranke.clinics.models import CHOOSABLE
from skranke.clinics.permissions import Permission
from skranke.kernel.actor import Actor
from skranke.kernel.errors import ChangedError, SkrankeError
from skranke.patients.listing.placing import adopt_lists
from skranke.registers.soap import ON_A_PAGE
from skranke.scheduling.holding import wrongly_owned
from skranke.scheduling.visibility import SERVICES, service_name
from skranke.tenancy.work import acting
from skranke.web.clinic.post.place import slug_of
from skranke.web.clinic.session import asking_view
from skranke.web.clinic.settings import receiver_periods, receivers
from skranke.web.clinic.settings.frame import settings_page, settings_view

ROUTE = "settings-helsenorge"


@dataclass(frozen=True, slots=True)
class Notice:
    """What an attempt came to. state: ok or bad."""

    text: str
    state: str = "ok"
    status: int = 200


class OffersForm(forms.Form):
    """What the clinic offers, each by itself (ACT-14)."""

    offers = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what Django's form takes
        field = self.fields["offers"]
        field.label = _("Tjenester klinikken tilbyr")
        field.help_text = _("En tjeneste virker for pasientene når den er på her og i Adresseregisteret.")
        field.choices = [(one.value, service_name(one.value)) for one in CHOOSABLE]  # type: ignore[attr-defined]  # a ChoiceField has them


@require_GET
@settings_view(Permission.SET_RECEIVERS)
def helsenorge(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How far the clinic has come, what is on for each GP, and what the clinic offers."""
    done = {"lest": _("Lest fra Adresseregisteret."), "lagret": _("Lagret.")}.get(request.GET.get("gjort", ""))
    return _page(request, actor, Notice(done) if done else None)


@require_POST
@settings_view(Permission.SET_RECEIVERS)
def offers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose what the clinic offers."""
    form = OffersForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form=form, status=422)
    try:
        services.choose_offers(form.cleaned_data["offers"], expected_version=_version(request))
    except ChangedError as error:
        return _page(request, actor, Notice(str(error), "bad", error.http_status), form=form)
    return _back(request, "lagret")


@require_POST
@asking_view
def refresh(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Read Adresseregisteret anew (ACT-10); what was read before stays where it does not answer."""
    require(actor, Permission.SET_RECEIVERS)
    try:
        refresh_from_register(actor, ON_A_PAGE)
        with acting(actor):
            adopt_lists()
    except SkrankeError as error:
        told = _("Adresseregisteret svarte ikke. Det som ble lest sist, gjelder fortsatt. Prøv igjen om litt.")
        status = max(error.http_status, HttpResponse.status_code)
        with acting(actor):
            return _page(request, actor, Notice(told, "bad", status))
    return _back(request, "lest")


def _version(request: HttpRequest) -> int:
    """The version of the activation that the form was drawn with. Raises Http404 when it names none."""
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise Http404
    return int(text)


def _back(request: HttpRequest, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(ROUTE, args=[slug_of(request)])}?gjort={done}")


def _page(
    request: HttpRequest,
    actor: Actor,
    notice: Notice | None = None,
    *,
    form: OffersForm | None = None,
    status: int = 200,
) -> HttpResponse:
    clinic = clinics.this_clinic()
    able = [one for one in party_statuses() if one.eligible]
    read = [one.party.services_read_at for one in able if one.party is not None and one.party.services_read_at]
    context = (
        receivers.section()
        | receiver_periods.section()
        | {
            "clinic": clinic,
            "red": [line for line in clinic_lines(clinic) if not line.ok],
            "services": [(one.value, service_name(one.value)) for one in SERVICES],
            "rows": [(one, _states(one)) for one in able],
            "read_at": min(read) if read else None,
            "form_offers": form or OffersForm(initial={"offers": clinic.offers}),
            "notice": notice,
            "wrongly_owned": wrongly_owned(),
            "gone": gone_for_patients(),
            "links": settings.OURS,
        }
    )
    return settings_page(
        request,
        actor,
        ROUTE,
        "clinic/settings/helsenorge.html",
        context,
        status=notice.status if notice else status,
    )


def _states(status: PartyStatus) -> list[bool]:
    """Which of the four services the register has on."""
    on = status.party.services if status.party is not None else []
    return [service.value in on for service in SERVICES]
