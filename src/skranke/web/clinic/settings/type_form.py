"""The form of an appointment type (TYP-2)."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import Employee
from skranke.clinics.organisation import queries
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.clinics.rules import may
from skranke.kernel.actor import Actor
from skranke.scheduling import rules
from skranke.scheduling.facts import clinic_limits, schedule_facts, type_facts
from skranke.scheduling.models import AppointmentType, Colour, ContactInterface, Visibility
from skranke.scheduling.queries import schedules
from skranke.scheduling.services.limits import NAMES
from skranke.scheduling.values import Level
from skranke.standards.profile import RESOURCE_TEXT_CHARACTERS
from skranke.ui.forms import offer
from skranke.web.clinic.settings.limit_words import holds_text, number_text
from skranke.web.clinic.settings.limits import LimitsForm, initial_limits
from skranke.web.clinic.settings.type_words import (
    category_texts,
    colour_texts,
    contact_texts,
    icon_texts,
    kind_texts,
    label_of,
)

PLAIN = ("name", "colour", "icon", "minutes", "visibility", "contact", "bookable_online", "must_call", "urgent",
         "notifies", "is_default", "information", "price", "address",
         "custom_limits", "custom_cancellation")  # fmt: skip


def _yes(name: str, **facts: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label_of(name), required=False, **facts)


class TypeForm(LimitsForm):
    """A new type, or one as it stands."""

    owner = forms.ChoiceField(
        label=label_of("owner"),
        required=False,
        help_text=_("Ingen eier: alle kan endre den. Har den en eier, kan bare eieren og en administrator det."),
    )
    name = forms.CharField(
        label=label_of("name"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-mirrored": ""}),
        help_text=_("Vises til pasientene. For en ressurstime er det alt de kjenner den igjen på."),
    )
    colour = forms.ChoiceField(label=label_of("colour"), initial=Colour.GREY)
    icon = forms.ChoiceField(
        label=label_of("icon"),
        required=False,
        help_text=_("Står ved siden av navnet i timeboken. Pasientene ser det ikke."),
    )
    minutes = forms.IntegerField(
        label=label_of("minutes"), help_text=_("En endring gjelder nye timer. Timene som finnes, beholder sin lengde.")
    )
    visibility = forms.ChoiceField(
        label=label_of("visibility"),
        initial=Visibility.NORMAL,
        help_text=_(
            "Pasienten ser en vanlig time på nett, også når den ikke kan bestilles der. En skjult time vises aldri."
        ),
    )
    capacity = forms.IntegerField(
        label=label_of("capacity"),
        required=False,
        help_text=_("Hvor mange pasienter som får plass. En endring gjelder nye timer. Ingen mister plassen sin."),
    )
    contact = forms.ChoiceField(
        label=label_of("contact"), initial=ContactInterface.PHYSICAL, help_text=_("Video krever videomodulen.")
    )
    bookable_online = _yes(
        "bookable_online", initial=True, help_text=_("Bare i timebøker som er tilgjengelige på nett.")
    )
    must_call = _yes("must_call")
    urgent = _yes("urgent", help_text=_("Vises som hastetime på helsenorge.no."))
    notifies = _yes("notifies", help_text=_("Virker når klinikken sender egne varsler og timeboken har dem på."))
    is_default = _yes("is_default", help_text=_("Valgt på forhånd når noen setter opp en ny time. Én type om gangen."))
    resource = forms.BooleanField(
        label=_("Bruk som ressurstime på HelseNorge"),
        required=False,
        help_text=_(
            "Pasientene velger den ved siden av behandlerne, fra timebøker på nett som ingen fastlege eier. I en "
            "fastleges egen timebok er den en vanlig time: der har valget ingen virkning."
        ),
    )
    category = forms.ChoiceField(
        label=label_of("category"),
        required=False,
        help_text=_("Bare en kategori, og bare for en ressurstime. Pasientene ser navnet på timetypen."),
    )
    information = forms.CharField(
        label=label_of("information"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-counter": RESOURCE_TEXT_CHARACTERS, "data-mirrored": ""}),
        help_text=_(
            "Hva timen er, og hvem den er for. Vises før bestilling i egne kanaler, og av en ressurstime under navnet "
            "på helsenorge.no, som viser høyst 200 tegn."
        ),
    )
    price = forms.IntegerField(
        label=label_of("price"),
        required=False,
        help_text=_("Vises før bestilling i egne kanaler, ikke på helsenorge.no."),
    )
    address = forms.CharField(
        label=label_of("address"), max_length=300, required=False, help_text=_("Tomt: klinikkens adresse.")
    )
    custom_limits = _yes("custom_limits", help_text=_("Av: timebokens grenser gjelder."))
    custom_cancellation = _yes("custom_cancellation", help_text=_("Av: timebokens grenser gjelder."))

    def __init__(self, data: Any, actor: Actor, kind: AppointmentType | None = None) -> None:
        super().__init__(data, initial=_initial(kind) if kind is not None else {})
        # The field is there for a group alone, and must be filled in then (TYP-6).
        self.fields["capacity"].required = not self.is_bound or data.get("visibility") == Visibility.GROUP
        people = queries.staff()
        if not may(actor, Permission.EDIT_TIMETYPE):
            people = [one for one in people if one.id == actor.person_id]
        self.people: dict[str, Employee] = {str(one.id): one for one in people}
        if kind is not None and kind.owner is not None:
            self.people.setdefault(str(kind.owner_id), kind.owner)
        self._offer("owner", {"": gettext("Ingen eier")} | {key: one.name for key, one in self.people.items()})
        self._offer("colour", colour_texts())
        self._offer("icon", {"": gettext("Ingen")} | icon_texts())
        self._offer("visibility", kind_texts())
        self._offer("contact", contact_texts())
        self._offer("category", {"": gettext("Ingen")} | category_texts())
        self.limit(empty=gettext("Som timeboken"), told=_Told(kind))

    def _offer(self, name: str, choices: dict[str, str]) -> None:
        offer(self, name, list(choices.items()))

    def clean(self) -> dict[str, Any]:
        """A resource's time says of what type it is."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("resource") and not told.get("category"):
            self.add_error("category", gettext("Velg hva ressurstimen er for. Ingenting er lagret."))
        return told

    def facts(self) -> dict[str, Any]:
        """The columns that the form says, when it is valid."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in (*PLAIN, *NAMES)},
            "owner": self.people.get(given["owner"]),
            "capacity": (given["capacity"] or 1) if given["visibility"] == Visibility.GROUP else 1,
            "category": given["category"] if given["resource"] else "",
        }


def _initial(kind: AppointmentType) -> dict[str, Any]:
    return {
        **{name: getattr(kind, name) for name in (*PLAIN, "capacity", "category")},
        **initial_limits(kind),
        "version": kind.version,
        "owner": str(kind.owner_id or ""),
        "resource": bool(kind.category),
    }


class _Told:
    """What stands under each limit: which level decides now, for each schedule where they differ."""

    def __init__(self, kind: AppointmentType | None) -> None:
        self.kind = type_facts(kind) if kind is not None else None
        self.clinic = clinic_limits(this_clinic())
        self.schedules = [schedule_facts(one) for one in schedules()]

    def __call__(self, name: str) -> str:
        if name == "max_self_booked":
            own = self.kind.limits.max_self_booked if self.kind is not None and self.kind.custom_limits else None
            return number_text(own, self.clinic.max_self_booked, Level.TYPE)
        said: dict[str, list[str]] = {}
        for one in self.schedules:
            text = holds_text(name, *rules.deciding(name, one, self.kind, self.clinic))
            said.setdefault(text, []).append(one.internal_name)
        if len(said) > 1:
            return " ".join(f"{', '.join(names)}: {text}" for text, names in said.items())
        return next(iter(said), holds_text(name, *rules.deciding(name, None, self.kind, self.clinic)))
