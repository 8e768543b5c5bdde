"""What an operator fills in: a new clinic, what its activation stands on, and its way to the bus."""

from dataclasses import fields
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from skranke.clinics.activation.founding import Administrator
from skranke.clinics.activation.rules import NO_SMS_MINUTES
from skranke.clinics.activation.values import Connection, Peer
from skranke.clinics.models import Clinic, CommunicationProfile, Counterpart, EmployeeRole
from skranke.clinics.words import position_text
from skranke.ui.forms import date_input, offer

_FILE = RegexValidator(r"^file:/", _("Skriv file: og stien til filen, for eksempel file:/etc/skranke/klinikk.pem."))
_FILE_OR_REGISTER = RegexValidator(
    r"^(file:/|register:[1-9][0-9]*$)", _("Skriv file: og stien til filen, eller register: og HER-id-en.")
)
_QUEUES = {
    "queue_async": _("Kø for asynkrone meldinger"),
    "queue_sync": _("Kø for synkrone spørsmål"),
    "queue_syncreply": _("Kø for svar på egne synkrone spørsmål"),
    "queue_error": _("Feilkø"),
}


def _text(label: Any, length: int = 200, *, required: bool = True, **facts: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, **facts)


def _file(label: Any, *, required: bool = True, **facts: Any) -> forms.CharField:
    """A reference to a file on the server; never what is in it."""
    return _text(label, 500, required=required, validators=[_FILE], **facts)


class NewClinicForm(forms.Form):
    """A clinic, and its first administrator."""

    name = _text(_("Klinikkens navn"))
    slug = _text(_("Adresse i Skranke"), 60, help_text=_("Små bokstaver, tall og bindestrek. Står i adressen: /k/…/"))
    organisation_number = _text(_("Organisasjonsnummer"), 9)
    her_id = _text(_("HER-id"), 10, required=False, help_text=_("Klinikkens egen, fra Adresseregisteret."))
    address = _text(_("Besøksadresse"), 300, required=False)
    phone = _text(_("Telefon"), 30, required=False)
    gp_agreement = forms.BooleanField(
        label=_("Klinikken har fastlegeavtale"),
        required=False,
        initial=True,
        help_text=_("En privat klinikk uten avtale kan ikke slås på i HelseNorge."),
    )
    is_test = forms.BooleanField(
        label=_("Testmiljø"),
        required=False,
        help_text=_("Motparten er et prøve-HelseNorge. Alle sider sier at det er en test."),
    )
    given_name = _text(_("Administratorens fornavn"), 100)
    family_name = _text(_("Administratorens etternavn"), 100)
    role = forms.ChoiceField(label=_("Administratorens rolle"), initial=EmployeeRole.SECRETARY)
    national_id = _text(
        _("Administratorens fødselsnummer"), 11, help_text=_("Slik innloggingen kjenner personen igjen.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", [(one.value, position_text(one)) for one in EmployeeRole])

    def administrator(self) -> Administrator:
        """The first administrator, of a form that is valid."""
        facts = self.cleaned_data
        return Administrator(
            given_name=facts["given_name"],
            family_name=facts["family_name"],
            role=EmployeeRole(facts["role"]),
            national_id=facts["national_id"],
        )

    def clinic(self) -> dict[str, Any]:
        """The facts of the clinic, of a form that is valid."""
        names = ("name", "slug", "organisation_number", "her_id", "address", "phone", "gp_agreement", "is_test")
        return {name: self.cleaned_data[name] for name in names}


class PrerequisitesForm(forms.Form):
    """What the activation stands on; nothing is saved without the order (ACT-7)."""

    ordered = forms.BooleanField(
        label=_("Klinikken har bestilt Digital dialog hos Norsk Helsenett"),
        error_messages={"required": _("Kryss av når klinikken har bestilt. Uten bestilling lagres ingenting.")},
    )
    ordered_on = forms.DateField(
        label=_("Bestilt den"),
        widget=date_input(),
        error_messages={"required": _("Skriv dagen klinikken bestilte. Uten den lagres ingenting.")},
    )
    nhn_member = forms.BooleanField(label=_("Klinikken er medlem av Norsk Helsenett"), required=False)
    gp_agreement = forms.BooleanField(label=_("Klinikken har fastlegeavtale"), required=False)
    her_id = _text(_("Klinikkens HER-id"), 10, required=False)

    @classmethod
    def of(cls, clinic: Clinic) -> "PrerequisitesForm":
        """As it stands now."""
        return cls(
            initial={
                "ordered": clinic.ordered_on is not None,
                "ordered_on": clinic.ordered_on,
                "nhn_member": clinic.nhn_member,
                "gp_agreement": clinic.gp_agreement,
                "her_id": clinic.her_id or "",
            }
        )

    def facts(self) -> dict[str, Any]:
        """What is noted, of a form that is valid."""
        return {name: self.cleaned_data[name] for name in ("ordered_on", "nhn_member", "gp_agreement", "her_id")}


class NoticesForm(forms.Form):
    """The clinic's own notices of appointments (NOT-6, NOT-20)."""

    own_notices = forms.BooleanField(
        label=_("Klinikken sender egne varsler om timer"),
        required=False,
        help_text=_("Når klinikken har bestilt det. Timeboken og timetypen må også ha varsler på."),
    )
    no_sms_minutes = forms.IntegerField(
        label=_("Ingen SMS når timen begynner innen så mange minutter"),
        min_value=0,
        max_value=NO_SMS_MINUTES,
        help_text=_("Gjelder bekreftelser. 0: alltid SMS."),
    )

    @classmethod
    def of(cls, clinic: Clinic) -> "NoticesForm":
        """As it stands now."""
        return cls(initial={"own_notices": clinic.own_notices, "no_sms_minutes": clinic.no_sms_minutes})


class ConnectionForm(forms.Form):
    """The clinic's way to the bus."""

    bus_url = _file(_("Meldingsbussens adresse"), help_text=_("En fil med adresse, bruker og passord."))
    bus_namespace = _text(_("Navnerom på bussen"), 100, required=False)
    address_style = forms.ChoiceField(label=_("Adresseform"), choices=[("v1", "v1"), ("v2", "v2")])
    queue_async = _text(_QUEUES["queue_async"])
    queue_sync = _text(_QUEUES["queue_sync"])
    queue_syncreply = _text(_QUEUES["queue_syncreply"])
    queue_error = _text(_QUEUES["queue_error"])
    signing_certificate = _file(_("Sertifikat for signering"))
    signing_key = _file(_("Nøkkel for signering"))
    signing_password = _file(_("Fil med passord til nøkkelen for signering"), required=False)
    decryption_certificate = _file(_("Sertifikat for dekryptering"))
    decryption_key = _file(_("Nøkkel for dekryptering"))
    decryption_password = _file(_("Fil med passord til nøkkelen for dekryptering"), required=False)
    previous_decryption_certificate = _file(
        _("Forrige sertifikat for dekryptering"), required=False, help_text=_("Bare mens sertifikatet byttes.")
    )
    previous_decryption_key = _file(_("Forrige nøkkel for dekryptering"), required=False)
    previous_decryption_password = _file(_("Fil med passord til den forrige nøkkelen"), required=False)
    trust_anchor = _file(_("Rotsertifikater vi stoler på"))

    @classmethod
    def of(cls, profile: CommunicationProfile | None) -> "ConnectionForm":
        """As it stands now."""
        return cls(initial=_shown(Connection, profile), prefix="buss")

    def connection(self) -> Connection:
        """What was written, of a form that is valid."""
        return Connection(**self.cleaned_data)


class PeerForm(forms.Form):
    """HelseNorge, as Adresseregisteret tells of it."""

    her_id = _text(_("HelseNorges HER-id, nivå 2"), 10)
    name = _text(_("Navn, nivå 2"))
    her_id_level1 = _text(_("HelseNorges HER-id, nivå 1"), 10)
    name_level1 = _text(_("Navn, nivå 1"))
    queue_async = _text(_QUEUES["queue_async"])
    queue_sync = _text(_QUEUES["queue_sync"])
    queue_error = _text(_QUEUES["queue_error"])
    signing_certificate = _text(_("Sertifikat for signering"), 500, validators=[_FILE_OR_REGISTER])
    encryption_certificate = _text(_("Sertifikat for kryptering"), 500, validators=[_FILE_OR_REGISTER])

    @classmethod
    def of(cls, counterpart: Counterpart | None) -> "PeerForm":
        """As it stands now."""
        return cls(initial=_shown(Peer, counterpart), prefix="motpart")

    def peer(self) -> Peer:
        """What was written, of a form that is valid."""
        return Peer(**self.cleaned_data)


def _shown(kind: type[Connection | Peer], row: CommunicationProfile | Counterpart | None) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(kind)} if row is not None else {}
