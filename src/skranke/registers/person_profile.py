"""How Folkeregisteret is asked through Persontjenesten: everything of its interface that may be another elsewhere.

Known: addresses, form fields and members are those of Norsk Helsenett's published samples for Persontjenesten
(HelseID.Samples, interface version 2, "with legal basis"). The number is sent in the body, so that it stands in no
address and no log. Not known: the real service takes a token of HelseID for the clinic as a consumer, which an
installation gets only with its agreement; until then it is asked with basic authentication, as the other registers
are, and a proxy that holds the agreement may stand between. Who uses another interface changes this file alone.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from skranke.registers.values import AddressProtection, ResidentialAddress

PATH = "/api/legal-basis/person/get-by-nin"
MEDIA_TYPE = "application/x-www-form-urlencoded"
_VERSION = "2"
_PARTS = ("AddressProtection", "ResidentialAddress")
"""Nothing else is asked for: what is not needed is not fetched."""
_LEVELS = {
    "": AddressProtection.NONE,
    "Unclassified": AddressProtection.NONE,
    "Confidential": AddressProtection.CONFIDENTIAL,
    "StrictlyConfidential": AddressProtection.STRICT,
}
_CLIENT_ADDRESS = "ClientAddress"


def question(national_id: str) -> bytes:
    """The body that asks about one person."""
    parts = [("informationParts", part) for part in _PARTS]
    return urlencode([*parts, ("apiVersion", _VERSION), ("nin", national_id), ("includeHistory", "false")]).encode()


def protection(person: Mapping[str, Any]) -> AddressProtection:
    """The strictest level that holds for the person or for an address; a level nobody knows is taken as one."""
    levels = [_text(one, "protectionLevel") for one in _valid(person, "addressProtection")]
    levels += [_text(one, "addressConfidentiality") for one in _valid(person, "residentialAddress")]
    found = [_LEVELS.get(one, AddressProtection.CONFIDENTIAL) for one in levels if one != _CLIENT_ADDRESS]
    return max(found, default=AddressProtection.NONE)


def address(person: Mapping[str, Any]) -> ResidentialAddress | None:
    """Where the person lives; None where the register has no street or place, or one that is not to be passed on."""
    for one in _valid(person, "residentialAddress"):
        if _text(one, "addressConfidentiality") == _CLIENT_ADDRESS:
            continue
        street = _part(one, "streetAddress")
        place = street or _part(one, "cadastralAddress")
        city = _part(place, "city")
        found = ResidentialAddress(_line(place), _text(city, "postalCode"), _text(city, "cityName"))
        if found.line or found.city:
            return found
    return None


def _line(place: Mapping[str, Any]) -> str:
    number = _part(place, "addressNumber")
    house = f"{_text(number, 'houseNumber')}{_text(number, 'houseLetter')}"
    street = " ".join(one for one in (_text(place, "addressName"), house) if one)
    parts = (_text(place, "coAddressName"), street or _text(place, "addressAdditionalName"))
    return ", ".join(one for one in parts if one)


def _valid(person: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The entries that hold now; one that does not say so does."""
    found = person.get(name) or []
    return [one for one in found if one.get("isValid") is not False]


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return whole.get(name) or {}


def _text(whole: Mapping[str, Any], name: str) -> str:
    return str(whole.get(name) or "").strip()
