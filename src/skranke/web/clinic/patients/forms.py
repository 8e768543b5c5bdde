"""What is filled in about a patient."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.clinics import queries as clinics
from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, SkrankeError
from skranke.patients.contact import Contact
from skranke.patients.models import (
    AddressSource,
    Confidentiality,
    Exemption,
    Patient,
    PatientList,
    PatientListKind,
    RelationKind,
)
from skranke.patients.residing import is_kept_by_register
from skranke.patients.rules import MAX_NOTE
from skranke.ui.forms import date_input, offer
from skranke.web.notices import NOTIFY_CHOICES

_LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]


class VersionedForm(forms.Form):
    """A form that knows which version of the patient it was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "pasient-%s"


class ContactForm(VersionedForm):
    """How a patient is reached (PAT-7). The GP is asked for only where the register knows none (PAT-7)."""

    phone = forms.CharField(label=gettext_lazy("Telefon"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("E-post"), max_length=200, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Språk til pasienten"), choices=_LANGUAGES)
    notify_by = forms.ChoiceField(label=gettext_lazy("Varsler fra klinikken"), choices=NOTIFY_CHOICES, required=False)
    confidentiality = forms.ChoiceField(
        label=gettext_lazy("Adressesperre"),
        choices=Confidentiality.choices,
        required=False,
        help_text=gettext_lazy("Når adressen er sperret, slettes den her og kan ikke skrives inn."),
    )
    address_line = forms.CharField(label=gettext_lazy("Gateadresse"), max_length=200, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postnummer"), max_length=10, required=False)
    city = forms.CharField(label=gettext_lazy("Poststed"), max_length=100, required=False)
    address_source = forms.ChoiceField(
        label=gettext_lazy("Hvem har oppgitt adressen?"),
        # Nobody speaks for Folkeregisteret.
        choices=[one for one in AddressSource.choices if one[0] != AddressSource.REGISTER],
        required=False,
    )
    gp = forms.ChoiceField(
        label=gettext_lazy("Fastlege ved klinikken"),
        required=False,
        help_text=gettext_lazy("Bare til Fastlegeregisteret sier noe annet."),
    )

    def __init__(self, patient: Patient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gps = {str(one.id): one for one in clinics.gps()}
        if patient.on_gp_list:
            del self.fields["gp"]
        else:
            named = [(key, one.name) for key, one in self._gps.items()]
            offer(self, "gp", [("", _("Ingen")), *named])
        self._keeps_address = is_kept_by_register(patient)
        if patient.confidentiality or self._keeps_address:
            for name in ("address_line", "postal_code", "city", "address_source"):
                del self.fields[name]

    @classmethod
    def of(cls, patient: Patient) -> "ContactForm":
        """The form with what is known now."""
        names = (
            "version", "phone", "email", "language", "notify_by", "confidentiality", "address_line", "postal_code",
            "city", "address_source",
        )  # fmt: skip
        known = {name: getattr(patient, name) for name in names}
        return cls(patient, initial=known | {"gp": str(patient.gp_id or "")})

    def contact(self) -> Contact:
        """What was filled in."""
        facts = dict(self.cleaned_data)
        del facts["version"]
        gp = self._gps.get(facts.get("gp") or "")
        return Contact(**(facts | {"gp": gp, "keeps_address": self._keeps_address}))


class ExemptionForm(VersionedForm):
    """The exemption card (PAT-7)."""

    state = forms.ChoiceField(
        label=gettext_lazy("Frikort"), choices=Exemption.choices, required=False, widget=forms.RadioSelect
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Gjelder til og med"),
        required=False,
        widget=date_input(),
        help_text=gettext_lazy("Et frikort gjelder ut kalenderåret."),
    )

    @classmethod
    def of(cls, patient: Patient) -> "ExemptionForm":
        """The form with what is known now; a new card holds till the end of the year."""
        until = patient.exemption_until or clock.today().replace(month=12, day=31)
        return cls(initial={"version": patient.version, "state": patient.exemption, "valid_until": until})


class NumberForm(VersionedForm):
    """Another national id: a D-number becomes a fødselsnummer."""

    national_id = forms.CharField(
        label=gettext_lazy("Nytt fødselsnummer eller D-nummer"),
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class NoteForm(VersionedForm):
    """The important note (PAT-23)."""

    note = forms.CharField(
        label=gettext_lazy("Viktig merknad"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Alle ved klinikken ser merknaden. Den vises ikke for pasienten."),
    )


class RelationForm(forms.Form):
    """A relative of the patient (PAT-20)."""

    national_id = forms.CharField(
        label=gettext_lazy("Den pårørendes fødselsnummer eller D-nummer"),
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Navn"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Trengs bare når den pårørende ikke er pasient her."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Er pasientens"), choices=RelationKind.choices)
    access = forms.ChoiceField(
        label=gettext_lazy("Tilgang til pasientens profil"),
        choices=[("no", gettext_lazy("Nei")), ("yes", gettext_lazy("Ja"))],
        widget=forms.RadioSelect,
        initial="no",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "relasjon-%s"


class ListForm(forms.Form):
    """A patient list that somebody keeps (PAT-14, PAT-15)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Navn på listen"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=PatientListKind.choices, widget=forms.RadioSelect)
    organisation_number = forms.CharField(
        label=gettext_lazy("Bedriftens organisasjonsnummer"),
        max_length=11,
        required=False,
        help_text=gettext_lazy("Bare for en bedriftsliste."),
    )
    shared = forms.BooleanField(
        label=gettext_lazy("Alle ved klinikken kan bruke listen"),
        required=False,
        help_text=gettext_lazy("Ellers ser bare du den. Eieren og en administrator kan endre den."),
    )

    def __init__(self, *args: Any, kept: PatientList | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "liste-%s"
        if kept is not None:
            del self.fields["kind"]
            if kept.kind != PatientListKind.COMPANY:
                del self.fields["organisation_number"]

    @classmethod
    def of(cls, kept: PatientList) -> "ListForm":
        """The form with what is known now."""
        names = ("version", "name", "organisation_number", "shared")
        return cls(initial={name: getattr(kept, name) for name in names}, kept=kept)

    def at(self, version: int) -> "ListForm":
        """The same, of the newest version: to save again is meant."""
        self.data = {**dict(self.data.items()), "version": str(version)}
        return self

    def facts(self) -> dict[str, Any]:
        """What a new list is."""
        told = self.cleaned_data
        return {**self.changes(), "kind": told["kind"]}

    def changes(self) -> dict[str, Any]:
        """What may be changed later."""
        told = self.cleaned_data
        return {
            "name": told["name"],
            "shared": told["shared"],
            "organisation_number": told.get("organisation_number", ""),
        }


def add_error(form: forms.Form, error: SkrankeError) -> None:
    """Show a verb's refusal at the field it names, else on top."""
    field = error.field if isinstance(error, InvalidError) and error.field in form.fields else None
    form.add_error(field, str(error))
