"""Folkeregisteret as Persontjenesten passes it on: one person by number, JSON over HTTP.

Members and values are those of Norsk Helsenett's published samples (HelseID.Samples, interface version 2). As the real
one does for whoever has a legal basis, it tells a secret address with its mark: to leave it is the asker's duty.
"""

from enum import StrEnum
from typing import Any

from skranke.kernel.ids import NationalId
from skranke.sandbox.models import Citizen

PATH = "api/legal-basis/person/get-by-nin"
_VERSION = "2"


class Protection(StrEnum):
    """How secret an address is (graderingsnivaa)."""

    NONE = "Unclassified"
    CONFIDENTIAL = "Confidential"
    STRICT = "StrictlyConfidential"


def protection_of(citizen: Citizen) -> Protection:
    """How secret this citizen's is."""
    if citizen.strictly_confidential:
        return Protection.STRICT
    return Protection.CONFIDENTIAL if citizen.confidential_address else Protection.NONE


def answer(nin: str, version: str, parts: list[str]) -> tuple[int, dict[str, Any]]:
    """The status and the document that answer a question."""
    try:
        wanted = NationalId(nin)
    except ValueError:
        return 400, {"title": "nin is not valid"}
    if version != _VERSION or not parts:
        return 400, {"title": "apiVersion and informationParts are needed"}
    citizen = Citizen.objects.filter(national_id=wanted.value).first()
    if citizen is None:
        return 404, {"title": "Person not found"}
    found: dict[str, Any] = {"id": str(citizen.pk)}
    if "AddressProtection" in parts:
        found["addressProtection"] = [{"isValid": True, "protectionLevel": protection_of(citizen).value}]
    if "ResidentialAddress" in parts:
        found["residentialAddress"] = [_address(citizen)] if citizen.address_line or citizen.city else []
    return 200, found


def _address(citizen: Citizen) -> dict[str, Any]:
    street, _, number = citizen.address_line.rpartition(" ")
    if not number[:1].isdigit():
        street, number = citizen.address_line, ""
    digits = "".join(one for one in number if one.isdigit())
    return {
        "isValid": True,
        "addressConfidentiality": protection_of(citizen).value,
        "streetAddress": {
            "addressName": street,
            "addressNumber": {"houseNumber": digits or None, "houseLetter": number.removeprefix(digits) or None},
            "city": {"cityName": citizen.city, "postalCode": citizen.postal_code},
        },
    }
