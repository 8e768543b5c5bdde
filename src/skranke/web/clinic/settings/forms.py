"""What an administrator fills in about people, departments, roles and groups."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import Access, Department, Employee, EmployeeRole, Group, GroupKind, Role, StaffFunction
from skranke.clinics.organisation import queries
from skranke.clinics.organisation.groups import GroupFacts
from skranke.clinics.organisation.staff import EmployeeCard
from skranke.clinics.organisation.structure import RoleFacts
from skranke.clinics.words import function_text, position_text, role_name
from skranke.kernel.ids import HerId, HprNumber, NationalId
from skranke.ui.forms import offer


def _text(label: Any, length: int = 100, *, required: bool = True, **facts: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, **facts)


def _many(label: Any, **facts: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **facts)


def _yes(label: Any, **facts: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **facts)


class SettingsForm(forms.Form):
    """A form that knows the clinic's departments, roles and people, and the version it was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department_rows = {str(one.id): one for one in queries.departments()}
        self.role_rows = {str(one.id): one for one in queries.roles()}
        self._offer("functions", [(one.value, function_text(one)) for one in StaffFunction])
        self._offer("position_types", [(one.value, position_text(one)) for one in EmployeeRole])
        self._offer("position_type", [(one.value, position_text(one)) for one in EmployeeRole])
        self._offer("held_role", [(key, self._role_text(one)) for key, one in self.role_rows.items()])
        self._offer("roles", [(key, self._role_text(one)) for key, one in self.role_rows.items()])
        if "department" in self.fields:
            self._offer_departments(self.fields["department"])

    def _offer(self, field: str, choices: list[tuple[str, str]]) -> None:
        if field in self.fields:
            offer(self, field, choices)

    def _offer_departments(self, field: forms.Field) -> None:
        """ORG-1: where there is one department only, there is nothing to choose."""
        choices = [(key, one.name) for key, one in self.department_rows.items()]
        if not field.required:
            choices = [("", gettext("Hele klinikken")), *choices]
        elif len(choices) == 1:
            field.disabled, field.initial = True, choices[0][0]
            self.initial["department"] = choices[0][0]
        field.choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them

    def _role_text(self, role: Role) -> str:
        several = len(self.department_rows) > 1
        return f"{role_name(role)}, {role.department.name}" if several else role_name(role)

    def chosen_department(self) -> Department | None:
        """The department that was chosen; None for the whole clinic."""
        return self.department_rows.get(self.cleaned_data["department"])

    def clean_her_id(self) -> str:
        """ACT-16."""
        text: str = self.cleaned_data["her_id"].strip()
        try:
            return HerId(text).value if text else ""
        except ValueError:
            raise forms.ValidationError(gettext("En HER-id er et positivt helt tall.")) from None

    def clean_hpr_number(self) -> str:
        """ACT-16."""
        text: str = self.cleaned_data["hpr_number"].strip()
        try:
            return HprNumber(text).value if text else ""
        except ValueError:
            raise forms.ValidationError(gettext("Et HPR-nummer har opptil ni sifre.")) from None


class HireForm(SettingsForm):
    """A new employee (ORG-3); functions and accesses come from the role (ORG-2)."""

    given_name = _text(_("Fornavn"))
    family_name = _text(_("Etternavn"))
    national_id = _text(_("Fødselsnummer"), 11, help_text=_("Slik HelseID kjenner personen igjen ved innlogging."))
    held_role = forms.ChoiceField(
        label=_("Rolle"), help_text=_("Stillingen får rollens funksjoner og tilganger. De kan endres på ansattkortet.")
    )
    department = forms.ChoiceField(label=_("Avdeling"))
    hpr_number = _text(_("HPR-nummer"), 9, required=False)
    email = forms.EmailField(label=_("E-post"), required=False)
    phone = _text(_("Telefon"), 30, required=False)

    def clean_national_id(self) -> str:
        """A whole and valid one."""
        try:
            return NationalId(self.cleaned_data["national_id"].replace(" ", "")).value
        except ValueError:
            raise forms.ValidationError(gettext("Fødselsnummeret er ikke gyldig. Sjekk sifrene.")) from None


class CardForm(SettingsForm):
    """The employee card (ORG-6)."""

    given_name = _text(_("Fornavn"))
    family_name = _text(_("Etternavn"))
    email = forms.EmailField(label=_("E-post"), required=False)
    phone = _text(_("Telefon"), 30, required=False)
    held_role = forms.ChoiceField(label=_("Rolle"))
    department = forms.ChoiceField(label=_("Avdeling"))
    functions = _many(_("Funksjoner"))
    hpr_number = _text(_("HPR-nummer"), 9, required=False)
    her_id = _text(
        _("HER-id"), 10, required=False, help_text=_("Bare fastleger og vikarer har egen, i Adresseregisteret.")
    )
    licence_active = _yes(_("Autorisasjonen er aktiv"))
    is_admin = _yes(_("Klinikkadministrator"), help_text=_("Kan endre ansatte, grupper og innstillinger."))
    sees_clinic_open = _yes(_("Kan lese Klinikkens åpne"))
    sees_clinic_archive = _yes(_("Kan lese Klinikkens arkiv"))
    sees_reports = _yes(_("Kan se Rapporter"), help_text=_("Tall for hele klinikken, uten navn på pasienter."))
    may_prescribe = _yes(_("Kan skrive ut resepter"), help_text=_("Gjelder bare med aktiv autorisasjon."))

    @classmethod
    def of(cls, employee: Employee, data: Any) -> "CardForm":
        """The form of an employee as the card stands, or with what was sent."""
        names = ("version", "given_name", "family_name", "email", "phone", "functions", "hpr_number", "licence_active",
                 "is_admin", "sees_clinic_open", "sees_clinic_archive", "sees_reports", "may_prescribe")  # fmt: skip
        party = employee.parties.first()
        initial = {name: getattr(employee, name) for name in names}
        initial |= {"held_role": str(employee.held_role_id), "department": str(employee.department_id)}
        return cls(data, initial=initial | {"her_id": party.her_id if party is not None else ""})

    def card(self) -> EmployeeCard:
        """What the form says, when it is valid."""
        facts = self.cleaned_data
        plain = {name: value for name, value in facts.items() if name in EmployeeCard.__dataclass_fields__}
        return EmployeeCard(
            **{
                **plain,
                "held_role": self.role_rows[facts["held_role"]],
                "department": self.department_rows[facts["department"]],
                "functions": tuple(facts["functions"]),
            }
        )


class DepartmentForm(SettingsForm):
    """A department (ORG-1)."""

    name = _text(_("Navn"))


class RoleForm(SettingsForm):
    """A role (ORG-2)."""

    position_type = forms.ChoiceField(label=_("Stillingstype"))
    name = _text(_("Navn"), required=False, help_text=_("Står det ingenting her, heter rollen som stillingstypen."))
    department = forms.ChoiceField(label=_("Avdeling"))
    specialisation = _text(_("Spesialisering"), required=False, help_text=_("Bare for leger."))
    functions = _many(_("Funksjoner"))
    accesses = _many(_("Tilganger for nye stillinger"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {
            Access.ADMINISTRATOR: gettext("Klinikkadministrator"),
            Access.CLINIC_OPEN: gettext("Kan lese Klinikkens åpne"),
            Access.CLINIC_ARCHIVE: gettext("Kan lese Klinikkens arkiv"),
            Access.REPORTS: gettext("Kan se Rapporter"),
            Access.PRESCRIBE: gettext("Kan skrive ut resepter"),
        }
        self._offer("accesses", [(one.value, texts[one]) for one in Access])

    @classmethod
    def of(cls, role: Role, data: Any) -> "RoleForm":
        """The form of a role as it stands, or with what was sent; its position type is what it is."""
        names = ("version", "position_type", "name", "specialisation", "functions", "accesses")
        initial = {name: getattr(role, name) for name in names} | {"department": str(role.department_id)}
        form = cls(data, initial=initial)
        form.fields["position_type"].disabled = True
        return form

    def facts(self) -> RoleFacts:
        """What the form says, when it is valid."""
        given = self.cleaned_data
        return RoleFacts(
            department=self.department_rows[given["department"]],
            name=given["name"].strip(),
            specialisation=given["specialisation"].strip(),
            functions=tuple(given["functions"]),
            accesses=tuple(given["accesses"]),
        )


class GroupForm(SettingsForm):
    """A group (ORG-7), dynamic or static (ORG-8)."""

    name = _text(_("Navn"))
    description = _text(_("Beskrivelse"), 300, required=False)
    department = forms.ChoiceField(label=_("Eier"), required=False)
    shown_to_patients = _yes(_("Navnet kan vises til pasienter"))
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=[
            (GroupKind.DYNAMIC, _("Dynamisk: medlemmene følger av kriterier")),
            (GroupKind.STATIC, _("Statisk: medlemmene velges én og én")),
        ],
        widget=forms.RadioSelect,
        initial=GroupKind.DYNAMIC,
    )
    position_types = _many(
        _("Stillingstyper"), help_text=_("For en dynamisk gruppe. Nye ansatte som passer, blir med.")
    )
    functions = _many(_("Funksjoner"), help_text=_("For en dynamisk gruppe. Er mer enn ett slag valgt, må alle passe."))
    roles = _many(_("Roller"), help_text=_("For en dynamisk gruppe."))
    members = _many(_("Medlemmer"), help_text=_("For en statisk gruppe."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.id): one for one in queries.staff()}
        self._offer("members", [(key, one.name) for key, one in self.people.items()])

    @classmethod
    def of(cls, group: Group, data: Any) -> "GroupForm":
        """The form of one of `groups` as it stands, or with what was sent."""
        names = ("version", "name", "description", "shown_to_patients", "kind", "position_types", "functions")
        initial = {name: getattr(group, name) for name in names}
        picked: list[UUID] = group.picked  # type: ignore[attr-defined]  # annotated by `groups`
        role_ids: list[UUID] = group.role_ids  # type: ignore[attr-defined]  # as above
        initial |= {"roles": [str(one) for one in role_ids], "members": [str(one) for one in picked]}
        return cls(data, initial=initial | {"department": str(group.department_id or "")})

    def facts(self) -> GroupFacts:
        """What the form says, when it is valid."""
        given = self.cleaned_data
        return GroupFacts(
            name=given["name"].strip(),
            kind=GroupKind(given["kind"]),
            description=given["description"].strip(),
            department=self.chosen_department(),
            shown_to_patients=given["shown_to_patients"],
            position_types=tuple(given["position_types"]),
            functions=tuple(given["functions"]),
            roles=tuple(self.role_rows[key] for key in given["roles"]),
            members=tuple(self.people[key] for key in given["members"]),
        )


class ProfileForm(forms.Form):
    """What everybody may change of the own profile (ORG-15)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    given_name = _text(_("Fornavn"), help_text=_("Navnet vises for kolleger, og for pasienter i svarene dine."))
    family_name = _text(_("Etternavn"))
    phone = _text(_("Telefon"), 30, required=False)
