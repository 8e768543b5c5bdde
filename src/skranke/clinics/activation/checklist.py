"""The checklist in words (ACT-8): for each line one sentence that says what is so, and one that says what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skranke.clinics.activation import rules
from skranke.clinics.activation.values import Check, ClinicFacts, Line, PartyFacts
from skranke.clinics.models import Clinic, CommunicationParty, CommunicationProfile, Counterpart, Employee, PartyKind
from skranke.ui.dates import format_date, format_relative


def clinic_lines(clinic: Clinic) -> list[Line]:
    """The clinic's part, in order."""
    connected = CommunicationProfile.objects.filter(active=True).exists() and Counterpart.objects.exists()
    missing = rules.missing_of_clinic(
        ClinicFacts(
            ordered=clinic.ordered_on is not None,
            gp_agreement=clinic.gp_agreement,
            nhn_member=clinic.nhn_member,
            has_her_id=clinic.her_id is not None,
            connected=connected,
        )
    )
    met, unmet = _clinic_met(clinic), _clinic_unmet()
    return [_line(check, met[check], unmet[check], ok=check not in missing) for check in met]


def party_lines(employee: Employee | None, party: CommunicationParty | None) -> list[Line]:
    """The part for one who works at the clinic, for its vacant list, or for a resource.

    Who is no GP has one line only: the others are not worth mending.
    """
    is_service = party is not None and party.kind == PartyKind.SERVICE
    missing = rules.missing_of_party(
        PartyFacts(
            listed=is_service or (employee is not None and employee.active and employee.is_gp),
            has_her_id=party is not None and party.active,
            services=party is not None and bool(party.services),
        )
    )
    met, unmet = _party_met(employee, party), _party_unmet(employee, party)
    checks = [Check.GP] if Check.GP in missing else list(met)
    return [_line(check, met[check], unmet[check], ok=check not in missing) for check in checks]


def _line(check: Check, met: str, unmet: tuple[str, str], *, ok: bool) -> Line:
    return Line(check=check, ok=True, text=met) if ok else Line(check=check, ok=False, text=unmet[0], cure=unmet[1])


def _clinic_met(clinic: Clinic) -> dict[Check, str]:
    ordered = format_date(clinic.ordered_on, "kort") if clinic.ordered_on else ""
    return {
        Check.ORDERED: _("Klinikken bestilte Digital dialog %(day)s.") % {"day": ordered},
        Check.AGREEMENT: _("Klinikken har fastlegeavtale."),
        Check.MEMBER: _("Klinikken er medlem av Norsk Helsenett."),
        Check.CLINIC_HER_ID: _("Klinikken har HER-id %(her_id)s.") % {"her_id": clinic.her_id or ""},
        Check.CONNECTED: _("Klinikken er satt opp mot meldingsbussen og HelseNorge."),
    }


def _clinic_unmet() -> dict[Check, tuple[str, str]]:
    return {
        Check.ORDERED: (
            _("Det står ikke når klinikken bestilte Digital dialog."),
            _("Be klinikken bestille hos Norsk Helsenett, og skriv inn dagen."),
        ),
        Check.AGREEMENT: (
            _("Klinikken er privat, uten fastlegeavtale."),
            _("Digital dialog er for fastleger: klinikken kan ikke slås på."),
        ),
        Check.MEMBER: (
            _("Det er ikke bekreftet at klinikken er medlem av Norsk Helsenett."),
            _("Sjekk medlemskapet hos Norsk Helsenett, og kryss av."),
        ),
        Check.CLINIC_HER_ID: (
            _("Klinikken mangler HER-id."),
            _("Få den fra Norsk Helsenett, og skriv den inn."),
        ),
        Check.CONNECTED: (
            _("Klinikken er ikke satt opp mot meldingsbussen og HelseNorge."),
            _("Fyll ut kommunikasjonsoppsettet, og sjekk det."),
        ),
    }


def _party_met(employee: Employee | None, party: CommunicationParty | None) -> dict[Check, str]:
    count = len(party.services) if party is not None else 0
    services = ngettext(
        "%(count)s tjeneste er på i Adresseregisteret.", "%(count)s tjenester er på i Adresseregisteret.", count
    )
    is_gp = employee is not None and employee.is_gp
    return {
        Check.GP: _("Fastlege med liste.") if is_gp else _("Liste uten fast lege, eller en ressurs."),
        Check.HER_ID: _("HER-id %(her_id)s.") % {"her_id": party.her_id if party is not None else ""},
        Check.SERVICES: f"{services % {'count': count}} {_read(party)}".strip(),
    }


def _party_unmet(employee: Employee | None, party: CommunicationParty | None) -> dict[Check, tuple[str, str]]:
    name = employee.name if employee is not None else party.name if party is not None else ""
    never = party is None or party.services_read_at is None
    return {
        Check.GP: (
            _("%(name)s er ikke fastlege med liste.") % {"name": name},
            _("Bare en fastlege med liste kan slås på."),
        ),
        Check.HER_ID: (
            _("%(name)s mangler HER-id.") % {"name": name},
            _("Legen får den i Adresseregisteret, under klinikkens. Skriv den på ansattkortet."),
        ),
        Check.SERVICES: (
            _("Tjenestene er ikke lest fra Adresseregisteret.")
            if never
            else " ".join(filter(None, (_("Ingen tjenester er på i Adresseregisteret."), _read(party)))),
            _("Les dem på nytt.")
            if never
            else _("Legen selv, eller Norsk Helsenett når legen ber om det, slår dem på der. Les dem så på nytt."),
        ),
    }


def _read(party: CommunicationParty | None) -> str:
    if party is None or party.services_read_at is None:
        return ""
    return _("Lest %(when)s.") % {"when": format_relative(party.services_read_at)}
