"""Konfigurasjon > Timebok > Grenser for klinikken, and the limits' fields, which every level has (CAL-6, CAL-7)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from skranke.audit.queries import changes_of_set_up
from skranke.clinics.choices import FirstOnly
from skranke.clinics.models import Clinic
from skranke.clinics.permissions import Permission
from skranke.clinics.queries import this_clinic
from skranke.kernel.actor import Actor
from skranke.scheduling import rules
from skranke.scheduling.services.limits import NAMES, SUBJECT, set_clinic_limits
from skranke.ui.forms import offer
from skranke.web.clinic.settings.changes import changes
from skranke.web.clinic.settings.editing import posted, save
from skranke.web.clinic.settings.frame import settings_page, settings_view, to
from skranke.web.clinic.settings.limit_words import first_only_texts, label_of

ROUTE = "settings-limits"
BOOKING, CANCELLING = NAMES[:4], NAMES[4:]


class LimitsForm(forms.Form):
    """The limits of a level. At the clinic's an empty number is no limit; below it leaves the question to the next."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    max_self_booked = forms.IntegerField(label=label_of("max_self_booked"), required=False)
    days_ahead = forms.IntegerField(label=label_of("days_ahead"), required=False)
    booking_deadline_hours = forms.IntegerField(label=label_of("booking_deadline_hours"), required=False)
    first_only = forms.ChoiceField(label=label_of("first_only"), required=False)
    cancellation_allowed = forms.TypedChoiceField(
        label=label_of("cancellation_allowed"), required=False, coerce="ja".__eq__, empty_value=None
    )
    cancellation_deadline_hours = forms.IntegerField(label=label_of("cancellation_deadline_hours"), required=False)

    def limit(self, *, empty: str, told: Callable[[str], str]) -> None:
        """Bounds and choices. empty: what an empty choice is called; told: what stands under each field."""
        answers = [("ja", gettext("Ja")), ("nei", gettext("Nei"))]
        answers = [("", empty), *answers] if empty else answers
        offer(self, "cancellation_allowed", answers)
        modes = list(first_only_texts().items())
        offer(self, "first_only", [("", empty), *modes] if empty else modes)
        for name in NAMES:
            field = self.fields[name]
            field.help_text = told(name)
            if name in rules.MOST:
                bounds = {"min": int(name == "max_self_booked"), "max": rules.MOST[name], "inputmode": "numeric"}
                field.widget.attrs.update(bounds)


def initial_limits(level: Any) -> dict[str, Any]:
    """What the fields hold of a level as it stands."""
    allowed = level.cancellation_allowed
    plain = {name: getattr(level, name) for name in NAMES}
    return plain | {"cancellation_allowed": "" if allowed is None else "ja" if allowed else "nei"}


class ClinicLimitsForm(LimitsForm):
    """The clinic's own (BOK-8)."""

    def __init__(self, data: Any, clinic: Clinic) -> None:
        initial = initial_limits(clinic) | {"version": clinic.limits_version}
        super().__init__(data, initial=initial | {"first_only": clinic.first_only or FirstOnly.ALL})
        self.limit(empty="", told=_told)


def _told(name: str) -> str:
    if name in rules.MOST:
        return gettext("Tomt betyr ingen grense.")
    return ""


@require_http_methods(["GET", "POST"])
@settings_view(Permission.CHANGE_SETTINGS)
def clinic(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The clinic's limits, which hold where neither schedule nor type says anything."""
    form = ClinicLimitsForm(posted(request), this_clinic())
    status = save(form, _verb, lambda: this_clinic().limits_version) if form.is_bound else 200
    if not status:
        return to(request, ROUTE)
    context = {
        "form": form,
        "sections": limit_sections(),
        "changes": changes(changes_of_set_up({SUBJECT}, limit=8)),
    }
    return settings_page(request, actor, ROUTE, "clinic/settings/limits.html", context, status=status)


def _verb(facts: dict[str, Any]) -> None:
    set_clinic_limits(expected_version=facts["version"], **{name: facts[name] for name in NAMES})


def limit_sections() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The fields in their two parts: id, heading, names."""
    return (
        ("bestilling", str(gettext_lazy("Grenser for bestilling")), BOOKING),
        ("avbestilling", str(gettext_lazy("Grenser for avbestilling")), CANCELLING),
    )
