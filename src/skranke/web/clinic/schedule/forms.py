"""What is filled in when a time is booked or cancelled."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, SkrankeError
from skranke.scheduling.models import AppointmentState, AppointmentType, ContactInterface, Visibility
from skranke.ui.dates import format_time
from skranke.ui.forms import date_input, offer
from skranke.web.clinic.schedule.grid import contact_text
from skranke.web.clinic.schedule.repeating import RepeatingForm
from skranke.web.clinic.settings.type_words import icon_texts

CONTACTS = [(one.value, one.label) for one in ContactInterface]


def time_field(label: Any, required: Any = "") -> forms.TimeField:
    """A time of day in steps of five minutes. required: what is said where it is missing, else the usual."""
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})
    return forms.TimeField(label=label, widget=widget, error_messages={"required": required} if required else None)


class BookingForm(RepeatingForm):
    """A free time given to a patient (APT-3), once or by a rule (PLN-15)."""

    patient = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Velg en pasient."), "invalid": gettext_lazy("Velg en pasient.")},
    )
    contact = forms.ChoiceField(
        label=gettext_lazy("Kontaktflate"), choices=CONTACTS, widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Årsak til besøk – pasienten ser den"), max_length=500, required=False)
    note = forms.CharField(
        label=gettext_lazy("Notat – bare for klinikken"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    print_card = forms.BooleanField(label=gettext_lazy("Skriv ut timekort"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "bok-%s"
        offer(self, "contact", [(value, contact_text(value)) for value, _label in CONTACTS])


class WhenForm(forms.Form):
    """A time where nothing is planned, perhaps beside another (CAL-9)."""

    day = forms.DateField(label=gettext_lazy("Dag"), widget=date_input())
    start = time_field(gettext_lazy("Fra"))
    concurrent = forms.BooleanField(label=gettext_lazy("Tillat samtidige timer"), required=False)

    def clean(self) -> dict[str, Any]:
        """The start as an instant, under `at`; an hour that the clock skips is no time."""
        cleaned = super().clean() or {}
        day, start = cleaned.get("day"), cleaned.get("start")
        if day and start:
            cleaned["at"] = clock.from_oslo(datetime.combine(day, start))
            if cleaned["at"] is None:
                self.add_error("start", _("Dette klokkeslettet finnes ikke den natten klokken stilles."))
        return cleaned


class ExtraForm(WhenForm, BookingForm):
    """A patient placed where nothing is planned."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutter"), min_value=1, max_value=600, required=False)
    type: "forms.ModelChoiceField[AppointmentType]" = forms.ModelChoiceField(
        label=gettext_lazy("Timetype"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _contact_as_the_type(self)
        types = self.fields["type"]
        types.queryset = AppointmentType.objects.filter(active=True).order_by("-is_default", "name", "id")  # type: ignore[attr-defined]  # a ModelChoiceField has it
        types.label_from_instance = type_text  # type: ignore[attr-defined]  # likewise


class SmartForm(BookingForm):
    """A patient placed in a smart slot, at one of its possible starts (PLN-13)."""

    type = forms.ChoiceField(label=gettext_lazy("Timetype"))
    start = forms.ChoiceField(
        label=gettext_lazy("Starter"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Velg når timen starter."),
            "invalid_choice": gettext_lazy("Denne starten er ikke ledig lenger. Velg en annen."),
        },
    )

    def __init__(
        self, *args: Any, types: Sequence[AppointmentType], starts: Mapping[str, datetime], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.types, self.starts = {str(one.id): one for one in types}, starts
        _contact_as_the_type(self)
        offer(self, "type", [(key, type_text(one)) for key, one in self.types.items()])
        offer(self, "start", [(key, format_time(at)) for key, at in starts.items()])

    @property
    def chosen(self) -> AppointmentType | None:
        """The type that stands in the form now."""
        return self.types.get(str(self["type"].value()))

    def clean(self) -> dict[str, Any]:
        """The type as a row, under `kind`, and the start as an instant, under `at`."""
        cleaned = super().clean() or {}
        cleaned["kind"] = self.types.get(cleaned.get("type", ""))
        cleaned["at"] = self.starts.get(cleaned.get("start", ""))
        return cleaned


def _contact_as_the_type(form: forms.Form) -> None:
    contact = form.fields["contact"]
    contact.choices = [("", _("Som timetypen")), *contact.choices]  # type: ignore[attr-defined]  # a ChoiceField has them


def type_text(kind: AppointmentType) -> str:
    """The name and length of a type, for a list of choices."""
    text = _("%(navn)s, %(minutter)s min") % {"navn": kind.name, "minutter": kind.minutes}
    if kind.icon:
        # A list of choices has no room for a drawing: it says which one to look for in the calendar.
        text = _("%(timetype)s (ikon: %(ikon)s)") % {"timetype": text, "ikon": icon_texts()[kind.icon].lower()}
    hidden = kind.visibility == Visibility.HIDDEN
    return _("%(timetype)s (skjult for pasienten)") % {"timetype": text} if hidden else text


class CancelForm(forms.Form):
    """On whose behalf an appointment is cancelled, why, and whether its time is offered again (APT-7, APT-16)."""

    by = forms.ChoiceField(
        label=gettext_lazy("Avlys på vegne av"),
        choices=[("clinic", gettext_lazy("Klinikken")), ("patient", gettext_lazy("Pasienten"))],
        widget=forms.RadioSelect,
        initial="clinic",
    )
    reason = forms.CharField(label=gettext_lazy("Grunn – bare for klinikken"), max_length=500, required=False)
    keep_closed = forms.BooleanField(label=gettext_lazy("Ikke tilby tiden igjen"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "avlys-%s"


def add_error(form: forms.Form, error: SkrankeError) -> None:
    """Show what a verb refused: at the field it names, else on top of the form."""
    field = error.field if isinstance(error, InvalidError) else ""
    form.add_error(field if field in form.fields else None, str(error))


class StateForm(forms.Form):
    """The state an appointment goes to on the day (APT-10)."""

    state = forms.TypedChoiceField(choices=AppointmentState.choices, coerce=AppointmentState)


class VersionForm(forms.Form):
    """The version of the appointment that the person had on the screen."""

    version = forms.IntegerField(required=False)


class MoveForm(WhenForm):
    """Another time of the same schedule."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "flytt-%s"


class TimesForm(forms.Form):
    """From when to when an appointment lasts, on the day it is on (APT-8). day: set by whoever asks."""

    start = time_field(gettext_lazy("Fra"))
    end = time_field(gettext_lazy("Til"))
    concurrent = forms.BooleanField(label=gettext_lazy("Tillat samtidige timer"), required=False)
    day: date

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "tider-%s"

    def clean(self) -> dict[str, Any]:
        """Both as instants, under `at` and `until`; an hour that the clock skips is no time."""
        cleaned = super().clean() or {}
        for name, instant in (("start", "at"), ("end", "until")):
            if name in cleaned:
                cleaned[instant] = clock.from_oslo(datetime.combine(self.day, cleaned[name]))
                if cleaned[instant] is None:
                    self.add_error(name, _("Dette klokkeslettet finnes ikke den natten klokken stilles."))
        return cleaned
