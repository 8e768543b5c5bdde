"""Konfigurasjon > Post > Kommunikasjonstyper: what patients may start in our own channel (RCV-20 to RCV-23)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from skranke.audit.models import AuditEvent
from skranke.audit.queries import changes_of_set_up
from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.receivers import names_of
from skranke.clinics.permissions import Permission
from skranke.dialog.communication import rules
from skranke.dialog.communication.models import OwnType, RecipientFormat, Senders
from skranke.dialog.communication.set_up import (
    SUBJECT,
    TypeSetUp,
    all_types,
    delete_type,
    list_names,
    set_type,
    type_of,
)
from skranke.kernel.actor import Actor
from skranke.kernel.errors import InvalidError
from skranke.kernel.ids import uuid_or_none
from skranke.patients.lists import kept_lists
from skranke.ui.forms import offer
from skranke.web.clinic.settings.editing import is_removal, posted, refusal, save
from skranke.web.clinic.settings.frame import form_page, settings_page, settings_view
from skranke.web.clinic.settings.receivers import choice_text, labelled, value_of
from skranke.web.own_types import own_type_help, own_type_text

ROUTE = "settings-communication-types"
_CHANGES = 8


class TypeForm(forms.Form):
    """How a type is set up. version: of the set-up that the page was drawn with."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    active = forms.BooleanField(label=gettext_lazy("Pasientene kan bruke typen"), required=False)
    senders = forms.ChoiceField(label=gettext_lazy("Hvem kan sende"))
    lists = forms.MultipleChoiceField(
        label=gettext_lazy("Pasientlister"), required=False, widget=forms.CheckboxSelectMultiple
    )
    format = forms.ChoiceField(label=gettext_lazy("Hvem får den"))
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Grupper og roller"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Ansatte pasienten kan velge mellom"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, standing: TypeSetUp) -> None:
        self.standing, self.among = standing, queries.choices()
        values = [value_of(one) for one in standing.recipients]
        initial = {
            "version": standing.version,
            "active": standing.active or standing.id is None,
            "senders": standing.senders.value,
            "lists": [str(one) for one in standing.lists],
            "format": standing.format.value,
            "units": values,
            "people": values,
        }
        super().__init__(data, initial=initial)
        formats = rules.formats(standing.kind)
        self._offer("senders", list(sender_texts().items()))
        self._offer("format", [(one.value, format_texts()[one]) for one in formats])
        self._offer_lists()
        who = _by_id()
        people = [
            one
            for one in self.among
            if one.kind == "employee" and one.id and rules.may_be_listed(standing.kind, who[one.id])
        ]
        self._offer("people", [(one.value, one.name) for one in people])
        if RecipientFormat.UNITS in formats:
            units = [one for one in self.among if one.kind != "employee"]
            self._offer("units", [(one.value, choice_text(one)) for one in units])
        else:
            del self.fields["units"]

    def _offer(self, field: str, choices: list[tuple[str, str]]) -> None:
        offer(self, field, choices)

    def _offer_lists(self) -> None:
        """Those that the administrator may use, and those that stand already, also another's own."""
        own = {str(row.id): row.name for row, _size in kept_lists()}
        standing = {
            str(one): name for one, name in zip(self.standing.lists, list_names(self.standing.lists), strict=True)
        }
        self._offer("lists", list((standing | own).items()))
        if not standing | own:
            self.fields["lists"].help_text = _("Klinikken har ingen egne pasientlister ennå.")

    def wanted(self) -> TypeSetUp:
        """The set-up that saving makes."""
        facts = self.cleaned_data
        form = RecipientFormat(facts["format"])
        values = facts["people"] if form == RecipientFormat.PEOPLE else facts["units"]
        found = [queries.chosen(one, self.among) for one in values]
        lists = [uuid_or_none(one) for one in facts["lists"]]
        return TypeSetUp(
            kind=self.standing.kind,
            active=facts["active"],
            senders=Senders(facts["senders"]),
            lists=tuple(one for one in lists if one is not None),
            format=form,
            recipients=tuple(one for one in found if one is not None),
        )

    def field_of(self, name: str) -> str:
        """The field on this form that a refusal about `name` belongs to."""
        if name != "recipients":
            return name
        return "people" if self.data.get("format") == RecipientFormat.PEOPLE else "units"


@dataclass(frozen=True, slots=True)
class Row:
    """A type as the page shows it. unread: what stands in the way of its being read, or empty."""

    set_up: TypeSetUp
    text: str
    about: str
    senders: str
    recipients: str
    warning: str


@require_GET
@settings_view(Permission.COMMUNICATION_TYPES)
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A row for each type, and what was changed last."""
    context = {
        "rows": [_row(one) for one in all_types()],
        "changes": [_change(event) for event in changes_of_set_up({SUBJECT}, limit=_CHANGES)],
    }
    return settings_page(request, actor, ROUTE, "clinic/settings/communication_types.html", context)


@require_http_methods(["GET", "POST"])
@settings_view(Permission.COMMUNICATION_TYPES)
def edit(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Set up one type, or take it away; what patients have written stays."""
    if kind not in OwnType.values:
        raise Http404
    standing = type_of(OwnType(kind))
    form = TypeForm(posted(request), standing)
    error = None
    status = 200
    if is_removal(request):
        version = request.POST.get("version", "")
        if not version.isdecimal():
            raise Http404
        error = refusal(lambda: delete_type(standing.kind, expected_version=int(version)))
        status = error.http_status if error is not None else 0
    elif form.is_bound:
        status = save(form, lambda facts: _set(form, facts), lambda: type_of(standing.kind).version)
    return form_page(
        request,
        actor,
        ROUTE,
        form,
        status,
        heading=own_type_text(kind),
        told=_(
            "Pasientene starter den i pasientportalen. Det de har skrevet, blir liggende om du endrer eller sletter."
        ),
        removable=_("Slett typen") if standing.id is not None else "",
        error=error,
    )


def _set(form: TypeForm, facts: dict[str, Any]) -> None:
    try:
        set_type(form.wanted(), expected_version=facts["version"])
    except InvalidError as error:
        error.field = form.field_of(error.field)
        raise


def _row(one: TypeSetUp) -> Row:
    if one.id is None:
        return Row(one, own_type_text(one.kind), own_type_help(one.kind), "", "", "")
    senders = sender_texts()[one.senders]
    if one.senders == Senders.LISTS:
        senders = f"{senders}: {', '.join(list_names(one.lists))}"
    names = names_of(one.recipients)
    to = ", ".join(labelled(who, name) for who, name in zip(one.recipients, names, strict=True))
    return Row(one, own_type_text(one.kind), own_type_help(one.kind), senders, to, _warning(one))


def _warning(one: TypeSetUp) -> str:
    """What the administrator must know of who reads it now; empty when all is well."""
    if one.format == RecipientFormat.PEOPLE:
        who = _by_id()
        able = [who[each.employee_id] for each in one.recipients if each.employee_id in who]
        if not any(rules.may_be_listed(one.kind, each) for each in able):
            return _("Ingen av de ansatte kan velges lenger, så pasientene får ikke brukt typen.")
    elif not any(queries.readers(each) for each in one.recipients):
        return _("Ingen leser for mottakerne nå: hele klinikken leser det som kommer.")
    return ""


def _by_id() -> dict[Any, Employee]:
    return {one.id: one for one in queries.staff()}


def _change(event: AuditEvent) -> dict[str, Any]:
    detail = event.detail
    return {
        "at": event.at,
        "by": event.actor_name,
        "type": own_type_text(detail["kind"]),
        "old": _told(detail["old"]),
        "new": _told(detail["new"]),
    }


def _told(side: dict[str, Any]) -> str:
    """A set-up in words, with the names as they were then."""
    if not side:
        return _("ikke satt opp")
    names = ", ".join(name or _("hele klinikken") for name in side["recipients"])
    senders = ", ".join([str(sender_texts()[Senders(side["senders"])]), *side["lists"]])
    state = _("på") if side["active"] else _("av")
    return _("%(state)s; fra %(senders)s til %(names)s") % {"state": state, "senders": senders, "names": names}


def sender_texts() -> dict[str, str]:
    """Who may send, in words, in the order of the screen (RCV-21)."""
    return {
        Senders.ALL.value: _("Alle pasienter"),
        Senders.GP_LIST.value: _("Klinikkens fastlegepasienter"),
        Senders.CLINIC.value: _("Alle pasienter ved klinikken"),
        Senders.LISTS.value: _("Egne pasientlister"),
    }


def format_texts() -> dict[RecipientFormat, str]:
    """Who receives, in words (RCV-22)."""
    return {
        RecipientFormat.UNITS: _("Grupper og roller: hvem som helst i dem kan behandle den"),
        RecipientFormat.PEOPLE: _("Enkeltansatte: pasienten velger hvem"),
    }
