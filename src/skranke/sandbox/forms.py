"""The forms of the citizen's pages. Limits are those of HelseNorge's own form (HITS 1217 2.4.1)."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from skranke.kernel import clock
from skranke.sandbox.rules import SUBJECT_CHARACTERS, TEXT_CHARACTERS
from skranke.sandbox.words import DELIVERIES

_LONGEST_MOVE = timedelta(days=400)
_MOST_MINUTES = _LONGEST_MOVE // timedelta(minutes=1)


def _box(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "data-counter": TEXT_CHARACTERS})


class QuestionForm(forms.Form):
    """The first message of a dialog."""

    subject = forms.CharField(label=_("Emne"), max_length=SUBJECT_CHARACTERS)
    text = forms.CharField(label=_("Hva gjelder det?"), max_length=TEXT_CHARACTERS, widget=_box(5))


class RenewalForm(forms.Form):
    """Which prescriptions are to be renewed, and how they are wanted."""

    text = forms.CharField(label=_("Hvilke resepter vil du fornye?"), max_length=TEXT_CHARACTERS, widget=_box(5))
    delivery = forms.ChoiceField(
        label=_("Hvordan vil du ha dem?"),
        choices=[(way.value, text) for way, text in DELIVERIES.items()],
        widget=forms.RadioSelect,
    )


class FollowUpForm(forms.Form):
    """A later message of a dialog."""

    text = forms.CharField(label=_("Skriv svar"), max_length=TEXT_CHARACTERS, widget=_box(4))


class ReserveForm(forms.Form):
    """A chosen time, and what it is about (HNB-9)."""

    uid = forms.CharField(label=_("Time"), max_length=255, error_messages={"required": _("Velg en time.")})
    comment = forms.CharField(label=_("Hva gjelder timen?"), max_length=TEXT_CHARACTERS, widget=_box(3))


class CancelForm(forms.Form):
    """Why an appointment is cancelled."""

    reason = forms.CharField(
        label=_("Hvorfor avbestiller du?"), required=False, max_length=TEXT_CHARACTERS, widget=_box(3)
    )


class WishForm(forms.Form):
    """A wish in words: for a time, or to be rid of one (TIMEONSKE)."""

    text = forms.CharField(label=_("Hva ønsker du?"), max_length=TEXT_CHARACTERS, widget=_box(4))
    accepts_other = forms.BooleanField(label=_("En annen behandler er også greit"), required=False)


class MoveForm(forms.Form):
    """How far to move the clock: a number of minutes, or to a wall time in Oslo."""

    minutes = forms.IntegerField(label=_("Minutter"), required=False, min_value=1, max_value=_MOST_MINUTES)
    to = forms.DateTimeField(
        label=_("Til dato og klokkeslett"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )

    def clean_to(self) -> datetime | None:
        """At most 400 days in one go: beyond the calendar, or all certificates, nothing would work again."""
        wanted: datetime | None = self.cleaned_data["to"]
        if wanted is not None and abs(wanted - clock.now()) > _LONGEST_MOVE:
            raise forms.ValidationError(_("Klokken kan flyttes høyst 400 dager om gangen."))
        return wanted
