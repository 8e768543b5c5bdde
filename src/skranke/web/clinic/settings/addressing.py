"""Service-based addressing (ORG-13): who gets what comes to each HER-id."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from skranke.clinics.access import get_party_for
from skranke.clinics.models import PartyKind
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.addressing import recipients_by_party, service_parties, set_recipients
from skranke.clinics.organisation.values import Choice, Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.kernel.errors import NotFoundError
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view

ROUTE, TEMPLATES = "settings-addressing", "clinic/settings"
_KINDS = {"group": gettext_lazy("gruppe"), "role": gettext_lazy("rolle"), "employee": gettext_lazy("ansatt")}


class RecipientsForm(forms.Form):
    """Who gets it. before: what was set when the page was opened."""

    before = forms.CharField(widget=forms.HiddenInput, required=False)
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Mottakere"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Velg helst grupper eller roller: da får nye ansatte tilgang av seg selv."),
    )


@require_GET
@settings_view(Permission.SET_RECEIVERS)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Each service with its HER-id as read from Adresseregisteret, and the clinic's own row as the catch-all."""
    chosen, names = recipients_by_party(), _names()
    rows = [
        {"party": one, "key": str(one.id), "recipients": [names[who] for who in chosen.get(one.id, ()) if who in names]}
        for one in service_parties()
    ]
    own = [names[who] for who in chosen.get(None, ()) if who in names]
    context = {"rows": rows, "own": own, "clinic": this_clinic()}
    return settings_page(request, actor, ROUTE, f"{TEMPLATES}/addressing.html", context)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_RECEIVERS)
def clinic(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who gets what is nobody else's."""
    return _edit(request, actor, None, _("Klinikken: alt som ikke er noen annens"))


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_RECEIVERS)
def service(request: HttpRequest, actor: Actor, party_id: UUID) -> HttpResponse:
    """Who gets what comes to one service."""
    party = get_party_for(actor, party_id)
    if party.kind != PartyKind.SERVICE:
        raise NotFoundError("The party is a person's.")
    return _edit(request, actor, party_id, party.name)


def _edit(request: HttpRequest, actor: Actor, party_id: UUID | None, heading: str) -> HttpResponse:
    choices = [one for one in queries.choices() if one.kind != "clinic"]
    standing = {_value(one) for one in recipients_by_party().get(party_id, ())}
    initial = {"recipients": sorted(standing), "before": " ".join(sorted(standing))}
    form = RecipientsForm(posted(request), initial=initial)
    form.fields["recipients"].choices = [  # type: ignore[attr-defined]  # a field of choices has them
        (one.value, f"{one.name} ({_KINDS[one.kind]}, {one.count})") for one in choices
    ]

    def verb(facts: dict[str, object]) -> None:
        before = _meant(str(facts["before"]).split(), choices)
        set_recipients(party_id, _meant(facts["recipients"], choices), before=before)

    status = save(form, verb) if request.method == "POST" else 200
    told = _("Er ingen valgt, går meldingene til klinikkens egne mottakere, og er det ingen der, til hele klinikken.")
    return form_page(request, actor, ROUTE, form, status, heading=heading, told=told)


def _meant(values: object, choices: list[Choice]) -> list[Recipient]:
    found = [queries.chosen(str(value), choices) for value in values] if isinstance(values, list) else []
    return [one for one in found if one is not None]


def _value(one: Recipient) -> str:
    kind = "group" if one.group_id else "role" if one.role_id else "employee"
    return f"{kind}:{one.group_id or one.role_id or one.employee_id}"


def _names() -> dict[Recipient, str]:
    return {
        Recipient(**{f"{one.kind}_id": one.id}): f"{one.name} ({_KINDS[one.kind]})"
        for one in queries.choices()
        if one.kind != "clinic"
    }
