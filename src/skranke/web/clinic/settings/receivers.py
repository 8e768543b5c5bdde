"""Who gets the messages from helsenorge.no: a row for each type, with two cells to edit (RCV-3 to RCV-14)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from skranke.audit.actions import Action
from skranke.audit.models import AuditEvent
from skranke.audit.queries import changes_of_set_up
from skranke.clinics.choices import ReceiverFormat
from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries, rules
from skranke.clinics.organisation.receivers import (
    SUBJECT,
    Receivers,
    all_receivers,
    is_received,
    names_of,
    receivers_of,
    set_receivers,
)
from skranke.clinics.organisation.values import Choice, Recipient
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import gps
from skranke.dialog.queries import open_from_helsenorge
from skranke.dialog.routing import in_force, people
from skranke.kernel.actor import Actor
from skranke.scheduling.visibility import service_name
from skranke.ui.dates import format_moment
from skranke.ui.forms import offer
from skranke.web.clinic.settings.editing import save
from skranke.web.clinic.settings.frame import address, settings_page, settings_view, to

MENU, ROUTE = "settings-helsenorge", "settings-receivers"
_KINDS = {"group": gettext_lazy("gruppe"), "role": gettext_lazy("rolle"), "employee": gettext_lazy("ansatt")}
_CHANGES = 8


class ReceiversForm(forms.Form):
    """The two cells of a type. version: of the set-up that the page was drawn with."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=gettext_lazy("Mottakerformat"))
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Mottakere"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg minst én mottaker. Ingenting er lagret.")},
        help_text=gettext_lazy("Velg helst grupper eller roller: da får nye ansatte tilgang av seg selv."),
    )

    def __init__(self, data: Any, standing: Receivers, choices: list[Choice]) -> None:
        values = [value_of(one) for one in standing.recipients]
        initial = {"version": standing.version, "format": standing.format.value, "recipients": values}
        super().__init__(data, initial=initial, prefix=None)
        self.kind, self.standing, self.among = standing.kind, standing, choices
        offer(self, "format", list(format_texts().items()))
        field = self.fields["recipients"]
        field.choices = [(one.value, choice_text(one)) for one in choices]  # type: ignore[attr-defined]  # as above
        field.required = rules.takes_recipients(self.wanted)
        field.disabled = not field.required

    @property
    def wanted(self) -> str:
        """The format as it is chosen now."""
        chosen = str(self["format"].value())
        return chosen if chosen in ReceiverFormat.values else self.standing.format.value

    def meant(self) -> Receivers:
        """The set-up that saving would make."""
        values = self["recipients"].value() or []
        found = [queries.chosen(str(one), self.among) for one in values]
        recipients = tuple(one for one in found if one is not None)
        return Receivers(kind=self.kind, format=ReceiverFormat(self.wanted), recipients=recipients)


@dataclass(frozen=True, slots=True)
class Row:
    """A type as it is set up. recipients: in words, empty where there are none to choose. gets: who gets it now."""

    kind: str
    text: str
    about: str
    format: str
    recipients: tuple[str, ...]
    gets: str


@require_http_methods(["GET", "POST"])
@settings_view(Permission.SET_RECEIVERS)
def edit(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Edit one type; what it would mean is shown before it is saved. A GET with a format shows what that would mean."""
    if not is_received(kind):
        raise Http404
    standing, choices = receivers_of(kind), queries.choices()
    tried = request.GET if "format" in request.GET else None
    form = ReceiversForm(request.POST if request.method == "POST" else tried, standing, choices)
    status = 200
    if request.method == "POST" and "vis" not in request.POST:
        status = save(form, lambda facts: _set(form, facts), lambda: receivers_of(kind).version)
    if not status:
        return to(request, MENU)
    context = section() | {"form": form, "editing": kind, "consequence": consequence(form), "cell": _cell(request)}
    context["here"] = address(request, ROUTE, kind)
    return settings_page(request, actor, MENU, "clinic/settings/receivers.html", context, status=status)


def _set(form: ReceiversForm, facts: dict[str, Any]) -> None:
    meant = form.meant()
    set_receivers(form.kind, meant.format, meant.recipients, expected_version=facts["version"])


def _cell(request: HttpRequest) -> str:
    return "recipients" if request.GET.get("felt") == "mottaker" else "format"


def section() -> dict[str, Any]:
    """What the rows, the preview for each GP and the log of changes are drawn from."""
    set_ups = all_receivers()
    doctors = gps()
    return {
        "receivers": [_row(one, doctors) for one in set_ups],
        "per_gp": [(gp.name, [gets_now(one.kind, gp) for one in set_ups]) for gp in doctors],
        "changes": [_change(event) for event in changes_of_set_up({SUBJECT}, limit=_CHANGES)],
    }


def _row(one: Receivers, doctors: list[Employee]) -> Row:
    texts = names_of(one.recipients)
    return Row(
        kind=one.kind,
        text=service_name(one.kind),
        about=_abouts()[one.kind],
        format=format_texts()[one.format.value],
        recipients=tuple(labelled(who, name) for who, name in zip(one.recipients, texts, strict=True)),
        gets=_gets(in_force(one.kind, None), doctors),
    )


def _gets(one: Receivers, doctors: list[Employee]) -> str:
    """Who gets a message of the type now, in one sentence."""
    if not rules.takes_recipients(one.format):
        return _("Hver fastlege får sine egne.")
    fixed = Receivers(kind=one.kind, format=ReceiverFormat.FIXED, recipients=one.recipients)
    found = people(fixed, None)
    told = ngettext("%(num)s person: %(names)s", "%(num)s personer: %(names)s", len(found))
    told %= {"num": len(found), "names": _names(found)}
    if rules.takes_practitioner(one.format) and doctors:
        return _("Fastlegen og %(others)s, i én felles samtale") % {"others": told}
    return told


def consequence(form: ReceiversForm) -> str:
    """What saving would mean, in words; empty where it cannot be saved."""
    meant = form.meant()
    if not rules.has_somebody(meant.format, meant.recipients):
        return ""
    told = _("Nye meldinger av typen %(type)s: %(gets)s") % {
        "type": service_name(form.kind),
        "gets": _gets(meant, gps()),
    }
    count = open_from_helsenorge(form.kind)
    kept = ngettext(
        "%(num)s åpen samtale beholder sine deltakere.", "%(num)s åpne samtaler beholder sine deltakere.", count
    )
    told = f"{told.rstrip('.')}. {kept % {'num': count}}" if count else f"{told.rstrip('.')}."
    if in_force(form.kind, None).id != form.standing.id:
        told += " " + _("En periode med andre mottakere gjelder nå, og går foran til den er over.")
    return told


def gets_now(kind: str, gp: Employee) -> str:
    """Who gets a message of the type to a GP at this moment, periods among it."""
    return _names(people(in_force(kind, gp), gp))


def _names(found: list[Employee]) -> str:
    return ", ".join(one.name for one in found)


def _change(event: AuditEvent) -> dict[str, Any]:
    detail = event.detail
    if event.action == Action.RECEIVERS_CHANGED:
        text = _("«%(old)s» ble «%(new)s»") % {"old": _told(detail["old"]), "new": _told(detail["new"])}
    else:
        whose, who = detail["gp"] or _("alle fastleger"), _told(detail["new"])
        span = span_text(*(datetime.fromisoformat(detail[end]) if detail[end] else None for end in ("from", "to")))
        is_set = event.action == Action.RECEIVERS_PERIOD_SET
        told = _("satt for %(gp)s, %(span)s: %(who)s") if is_set else _("avsluttet for %(gp)s, %(span)s: %(who)s")
        text = told % {"gp": whose, "span": span, "who": who}
    return {"at": event.at, "by": event.actor_name, "type": service_name(detail["kind"]), "text": text}


def span_text(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """From when to when, in words; no end is permanent."""
    first = format_moment(starts_at, "kort") if starts_at else ""
    if ends_at is None:
        return _("fra %(first)s, uten sluttdato") % {"first": first}
    return _("fra %(first)s til %(last)s") % {"first": first, "last": format_moment(ends_at, "kort")}


def _told(side: dict[str, Any]) -> str:
    """A format with the names of its recipients as they were then; the whole clinic has an empty one."""
    names = [name or _("hele klinikken") for name in side["recipients"]]
    text = format_texts()[side["format"]]
    return f"{text}: {', '.join(names)}" if names else text


def format_texts() -> dict[str, str]:
    """The three formats in words, in the order of the screen."""
    return {
        ReceiverFormat.PRACTITIONER.value: _("Pasientens behandler"),
        ReceiverFormat.FIXED.value: _("Fast (klinikken velger mottaker)"),
        ReceiverFormat.FIXED_AND_PRACTITIONER.value: _("Fast og pasientens behandler"),
    }


def _abouts() -> dict[str, str]:
    return {
        "e_consultation": _("Medisinske spørsmål. Frist 5 virkedager."),
        "e_contact": _("Spørsmål om timer, ferie, parkering."),
        "prescription_renewal": _("Resepter pasienten ønsker fornyet."),
    }


def choice_text(one: Choice) -> str:
    """One who can be chosen, with what it is and how many would get it."""
    if one.kind == "clinic":
        return _("Hele klinikken (%(num)s)") % {"num": one.count}
    return f"{one.name} ({_KINDS[one.kind]}, {one.count})"


def labelled(who: Recipient, name: str) -> str:
    """A recipient by name, with what it is."""
    if who.is_whole_clinic:
        return _("Hele klinikken")
    return f"{name} ({_KINDS['group' if who.group_id else 'role' if who.role_id else 'employee']})"


def value_of(one: Recipient) -> str:
    """A recipient as it stands in a form."""
    kind = "group" if one.group_id else "role" if one.role_id else "employee" if one.employee_id else "clinic"
    found = one.group_id or one.role_id or one.employee_id
    return f"{kind}:{found}" if found else kind
