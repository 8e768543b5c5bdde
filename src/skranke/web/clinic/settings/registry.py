"""The pages of Konfigurasjon, in the order of its menu. A new page is one line here, and a view in the frame."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from skranke.clinics.permissions import Permission


class Area(StrEnum):
    """The parts of the menu, in its order."""

    CLINIC = "clinic"
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
    Area.POST: _("Post"),
    Area.OPERATION: _("Drift"),
}

PAGES = (
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
        Area.CLINIC, "settings-access", _("Hvem kan hva"), _("Hva en bruker, en eier og en administrator kan gjøre.")
    ),
)
