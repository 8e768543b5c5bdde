"""The pages of Konfigurasjon, in the order of its menu. A new page is one line here, and a view in the frame."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from skranke.clinics.permissions import Permission


class Area(StrEnum):
    """The parts of the menu, in its order."""

    CLINIC = "clinic"
    SCHEDULE = "schedule"
    POST = "post"
    OPERATION = "operation"


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One page: the name of its address, its text in the menu, what it is for, and who may open it (None: everybody).

    The address has the clinic's slug and nothing else in it.
    """

    area: Area
    route: str
    text: str | Promise
    about: str | Promise
    permission: Permission | None = None


AREAS: dict[Area, str | Promise] = {
    Area.CLINIC: _("Klinikk"),
    Area.SCHEDULE: _("Timebok"),
    Area.POST: _("Post"),
    Area.OPERATION: _("Drift"),
}

PAGES = (
    SettingsPage(
        Area.SCHEDULE,
        "settings-schedules",
        _("Timebøker"),
        _("Hvem som har timebok, hvem som kan bestille der, og hvor lenge i forveien."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.SCHEDULE,
        "settings-types",
        _("Timetyper"),
        _("Hva en time er: navn, varighet, farge, og om pasientene kan bestille den selv."),
    ),
    SettingsPage(
        Area.SCHEDULE,
        "settings-week-templates",
        _("Ukemaler"),
        _("Uker med ledige timer, som arbeidsplanene lages av."),
    ),
    SettingsPage(
        Area.SCHEDULE, "settings-plans", _("Arbeidsplaner"), _("Hvilken ukemal hver uke har, timebok for timebok.")
    ),
    SettingsPage(
        Area.SCHEDULE,
        "settings-limits",
        _("Grenser for klinikken"),
        _("Hvor mye pasientene kan bestille selv, der timeboken og timetypen ikke sier noe annet."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.OPERATION,
        "settings-tokens",
        _("API-nøkler"),
        _("Hvilke programmer som kan lese eller endre, og i hvems navn."),
    ),
    SettingsPage(
        Area.POST,
        "settings-helsenorge",
        _("HelseNorge"),
        _("Kom i gang, og hvilke tjenester pasientene får."),
        Permission.SET_RECEIVERS,
    ),
    SettingsPage(
        Area.POST,
        "settings-communication-types",
        _("Kommunikasjonstyper"),
        _("Hva pasientene kan starte i pasientportalen, og hvem som får det."),
        Permission.COMMUNICATION_TYPES,
    ),
    SettingsPage(
        Area.POST, "settings-sight", _("Hva ser pasienten?"), _("Hva som vises på helsenorge.no, og hvorfor ikke mer.")
    ),
    SettingsPage(
        Area.POST,
        "settings-start",
        _("Bestemt ved oppstart"),
        _("Hvem gjør hva med meldinger, timer og resepter."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-access-log",
        _("Innsynslogg"),
        _("Hvem som har brukt pasientenes opplysninger, og hva som er uvanlig."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-staff",
        _("Ansatte"),
        _("Hvem som jobber her, med roller, tilganger og kontaktopplysninger."),
        Permission.MANAGE_STAFF,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-structure",
        _("Avdelinger og roller"),
        _("En rolle er malen nye stillinger får funksjoner og tilganger fra."),
        Permission.MANAGE_STAFF,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-hours",
        _("Åpningstider"),
        _("Når klinikken er åpen. Oppslag utenom vises i innsynsloggen."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-groups",
        _("Grupper"),
        _("Ansatte som får post sammen, for eksempel resepsjonen."),
        Permission.MANAGE_GROUPS,
    ),
    SettingsPage(
        Area.POST,
        "settings-addressing",
        _("Tjenestebasert adressering"),
        _("Hvem som får det som kommer til hver HER-id, og det som ikke er noen annens."),
        Permission.SET_RECEIVERS,
    ),
    SettingsPage(
        Area.POST, "settings-templates", _("Maler"), _("Meldinger som skrives ofte: klinikkens delte, og dine egne.")
    ),
    SettingsPage(
        Area.POST,
        "settings-clinical-words",
        _("Medisinske ord"),
        _("Ord som får Post til å foreslå eKonsultasjon for en e-Kontakt."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.POST,
        "settings-message-log",
        _("Meldingslogg"),
        _("Alle elektroniske meldinger inn og ut, og hvor de står."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.CLINIC,
        "settings-prescribing",
        _("Reseptvindu"),
        _("Adressen til journalsystemets reseptvindu, som åpnes med Alt+R."),
        Permission.CHANGE_SETTINGS,
    ),
    SettingsPage(
        Area.CLINIC, "settings-me", _("Min profil"), _("Navn, telefon, språk, og hvilke grupper du er logget inn i.")
    ),
    SettingsPage(
        Area.CLINIC, "settings-access", _("Hvem kan hva"), _("Hva en bruker, en eier og en administrator kan gjøre.")
    ),
)
