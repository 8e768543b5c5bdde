"""A type in words: its fields, kinds, colours, icons and ways to meet (TYP-2, TYP-7)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from skranke.scheduling.models import Colour, ContactInterface, ResourceCategory, TypeIcon, Visibility

CSS = {Colour.VIDEO.value: "vid"}
"""The page kit's name of a colour, where it is another."""

TYPE_LABELS: dict[str, Promise] = {
    "owner": gettext_lazy("Eier"),
    "name": gettext_lazy("Navn"),
    "colour": gettext_lazy("Farge"),
    "icon": gettext_lazy("Ikon"),
    "minutes": gettext_lazy("Varighet i minutter"),
    "visibility": gettext_lazy("Slag"),
    "capacity": gettext_lazy("Plasser i gruppen"),
    "contact": gettext_lazy("Kontaktflate"),
    "bookable_online": gettext_lazy("Kan bestilles online"),
    "must_call": gettext_lazy("Vises på nett, men må bestilles på telefon"),
    "urgent": gettext_lazy("Hastetime"),
    "notifies": gettext_lazy("Aktiver pasientvarsler"),
    "is_default": gettext_lazy("Bruk som standard"),
    "category": gettext_lazy("Type ressurs"),
    "information": gettext_lazy("Tilleggsinformasjon"),
    "price": gettext_lazy("Normal pris i kroner"),
    "address": gettext_lazy("Besøksadresse"),
    "custom_limits": gettext_lazy("Egne grenser for bestilling"),
    "custom_cancellation": gettext_lazy("Egne grenser for avbestilling"),
    "active": gettext_lazy("I bruk"),
}


def label_of(name: str) -> Any:
    """What the screen calls a field."""
    return TYPE_LABELS[name]


def kind_texts() -> dict[str, str]:
    """Normal, hidden, group (TYP-3, TYP-4, TYP-6)."""
    return {
        Visibility.NORMAL.value: gettext("Vanlig"),
        Visibility.HIDDEN.value: gettext("Skjult"),
        Visibility.GROUP.value: gettext("Gruppe"),
    }


def colour_texts() -> dict[str, str]:
    """The colours with what they are suggested for (TYP-7)."""
    return {
        Colour.GREY.value: gettext("Grå"),
        Colour.ONLINE.value: gettext("Grønn, foreslått for timer på nett"),
        Colour.DESK.value: gettext("Blå, foreslått for timer som ikke er på nett"),
        Colour.ACUTE.value: gettext("Rød, foreslått for øyeblikkelig hjelp"),
        Colour.VIDEO.value: gettext("Lilla"),
        Colour.LAB.value: gettext("Gul"),
    }


def icon_texts() -> dict[str, str]:
    """The icons by what they look like (TYP-2)."""
    return {
        TypeIcon.BELL.value: gettext("Bjelle"),
        TypeIcon.PEOPLE.value: gettext("Flere personer"),
        TypeIcon.HOME.value: gettext("Hus"),
        TypeIcon.JOURNAL.value: gettext("Ark"),
        TypeIcon.FLASK.value: gettext("Kolbe"),
        TypeIcon.BOLT.value: gettext("Lyn"),
        TypeIcon.PILL.value: gettext("Pille"),
        TypeIcon.STETHOSCOPE.value: gettext("Stetoskop"),
        TypeIcon.STAR.value: gettext("Stjerne"),
    }


def contact_texts() -> dict[str, str]:
    """How patient and practitioner meet."""
    return {
        ContactInterface.PHYSICAL.value: gettext("Oppmøte"),
        ContactInterface.VIDEO.value: gettext("Video"),
        ContactInterface.PHONE.value: gettext("Telefon"),
    }


def category_texts() -> dict[str, str]:
    """What a resource's times are for (RES-13)."""
    return {
        ResourceCategory.CORONA_TEST.value: gettext("Koronatest"),
        ResourceCategory.CORONA_VACCINE.value: gettext("Koronavaksine"),
        ResourceCategory.LAB.value: gettext("Laboratorium"),
        ResourceCategory.VACCINE.value: gettext("Vaksine"),
    }
