"""The form of a schedule (CAL-2)."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import Employee, Group
from skranke.clinics.organisation import queries
from skranke.clinics.queries import this_clinic
from skranke.patients.lists import kept_lists
from skranke.patients.models import PatientList
from skranke.scheduling import rules
from skranke.scheduling.facts import clinic_limits, schedule_facts
from skranke.scheduling.models import Audience, Schedule
from skranke.scheduling.services.limits import NAMES
from skranke.scheduling.values import Level
from skranke.web.clinic.settings.forms import SettingsForm
from skranke.web.clinic.settings.limit_words import holds_text, number_text
from skranke.web.clinic.settings.limits import LimitsForm, initial_limits
from skranke.web.clinic.settings.schedule_words import audience_texts, label_of

PLAIN = ("public_name", "internal_name", "online", "audience", "owner_sms", "reminders")
CLINIC = "clinic"


class ScheduleForm(LimitsForm, SettingsForm):
    """A new schedule, or one as it stands."""

    owner = forms.ChoiceField(
        label=_("Eier"),
        help_text=_(
            "En ansatt, en gruppe (for eksempel laben) eller hele klinikken. En fastlege kan ikke eie en timebok som "
            "bare har ressurstimer."
        ),
    )
    public_name = forms.CharField(
        label=label_of("public_name"),
        max_length=200,
        help_text=_(
            "Vises til pasientene i appen og portalen. Helsenorge.no viser bare navnene på timetypene. Kall den opp "
            "etter behandleren, tjenesten («Vaksinering») eller den som tar imot («Labtjenester (helsesekretær 1)»)."
        ),
    )
    internal_name = forms.CharField(
        label=label_of("internal_name"), max_length=200, required=False, help_text=_("Vises til kolleger.")
    )
    department = forms.ChoiceField(
        label=label_of("department"), required=False, help_text=_("Hvor timeboken hører til.")
    )
    online = forms.BooleanField(
        label=label_of("online"),
        required=False,
        initial=True,
        help_text=_("Av: ingen kan bestille her på nett, uansett timetype."),
    )
    audience = forms.ChoiceField(
        label=label_of("audience"),
        initial=Audience.GP_LIST,
        help_text=_(
            "På helsenorge.no ser pasientene bare timeboken til sin egen fastlege, uansett hva du velger her. "
            "Ressurstimer vises der for klinikkens fastlegepasienter, eller bare for dem på listen du velger."
        ),
    )
    patient_list_id = forms.ChoiceField(
        label=label_of("patient_list"), required=False, help_text=_("Bare når pasientene på en liste kan bestille.")
    )
    owner_sms = forms.BooleanField(label=label_of("owner_sms"), required=False)
    reminders = forms.BooleanField(label=label_of("reminders"), required=False, initial=True)

    def __init__(self, data: Any = None, schedule: Schedule | None = None) -> None:
        super().__init__(data, initial=_initial(schedule) if schedule is not None else {})
        self.people: dict[str, Employee | Group] = {f"employee:{one.id}": one for one in queries.staff()}
        self.people |= {f"group:{one.id}": one for one in queries.groups()}
        self.lists = {str(row.id): row for row, _count in kept_lists()}
        if schedule is not None:
            self._keep(schedule)
        groups = {key: one for key, one in self.people.items() if isinstance(one, Group)}
        self._offer("owner", [("", gettext("Velg eier")), *self._names(set(self.people) - set(groups))])
        self._offer("owner", [*self._choices("owner"), *self._names(set(groups)), (CLINIC, gettext("Hele klinikken"))])
        self._offer("audience", list(audience_texts().items()))
        self._offer("patient_list_id", [("", gettext("Ingen")), *((key, one.name) for key, one in self.lists.items())])
        self.limit(empty=gettext("Som klinikken"), told=lambda name: _told(name, schedule))

    def _keep(self, schedule: Schedule) -> None:
        """Who owns it and whose list decides stay choices, also when they have left or are somebody's own."""
        if schedule.owner is not None:
            self.people.setdefault(f"employee:{schedule.owner_id}", schedule.owner)
        if schedule.group is not None:
            self.people.setdefault(f"group:{schedule.group_id}", schedule.group)
        if schedule.patient_list is not None:
            self.lists.setdefault(str(schedule.patient_list_id), schedule.patient_list)

    def _choices(self, name: str) -> list[tuple[str, str]]:
        return list(self.fields[name].choices)  # type: ignore[attr-defined]  # a ChoiceField has them

    def _names(self, keys: set[str]) -> list[tuple[str, str]]:
        found = [(key, one) for key, one in self.people.items() if key in keys]
        return [
            (key, gettext("%(name)s (gruppe)") % {"name": one.name} if isinstance(one, Group) else one.name)
            for key, one in found
        ]

    def facts(self) -> dict[str, Any]:
        """The columns that the form says, when it is valid."""
        given = self.cleaned_data
        chosen: PatientList | None = self.lists.get(given["patient_list_id"])
        plain = {name: given[name] for name in (*PLAIN, *NAMES)}
        plain["internal_name"] = plain["internal_name"].strip() or plain["public_name"].strip()
        return plain | {
            "owner": self.people.get(given["owner"]),
            "department": self.chosen_department(),
            "patient_list": chosen if given["audience"] == Audience.LIST else None,
        }


def _initial(schedule: Schedule) -> dict[str, Any]:
    kind, owner_id = _owner(schedule)
    return {
        **{name: getattr(schedule, name) for name in PLAIN},
        **initial_limits(schedule),
        "version": schedule.version,
        "owner": f"{kind}:{owner_id}" if owner_id else CLINIC,
        "department": str(schedule.department_id or ""),
        "patient_list_id": str(schedule.patient_list_id or ""),
    }


def _owner(schedule: Schedule) -> tuple[str, UUID | None]:
    return schedule.owner_kind, schedule.owner_id or schedule.group_id


def _told(name: str, schedule: Schedule | None) -> str:
    clinic = clinic_limits(this_clinic())
    facts = schedule_facts(schedule) if schedule is not None else None
    if name == "max_self_booked":
        own = facts.limits.max_self_booked if facts is not None else None
        return number_text(own, clinic.max_self_booked, Level.SCHEDULE)
    return holds_text(name, *rules.deciding(name, facts, None, clinic))
