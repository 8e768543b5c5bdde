"""Fastlegeregisteret: which citizen stands on which list (IFlrReadOperations).

Each GP has one list, whose id is the party's HER-id, and so has the office's service party for a list without a GP;
other services have none.
"""

from lxml import etree

from skranke.kernel.ids import NationalId
from skranke.sandbox.models import Citizen, Party
from skranke.sandbox.registers.soap import COMMON_EN, Asked, FaultError, put, put_code, put_period
from skranke.sandbox.world import PartyKind
from skranke.standards.codec import Element

NAMESPACE = "http://schemas.nhn.no/reg/flr"
_BEGAN, _CHANGED = "2020-01-01T00:00:00+01:00", "2024-01-01T00:00:00+01:00"
_ERROR = "Feil"
_MOST_PATIENTS = 1200
_ON_NO_LIST = "ArgumentException: Personen er ikke tilknyttet fastlegekontrakt"


def of_patient(asked: Asked, result: Element) -> None:
    """GetPatientGPDetails."""
    citizen = _citizen(asked)
    if citizen is None or citizen.gp is None:
        raise FaultError(_ERROR, _ON_NO_LIST)
    _write_listing(result, citizen, citizen.gp, whole=True)


def of_office(asked: Asked, result: Element) -> None:
    """GetGPContractsOnOffice."""
    number = f"{asked.number('organizationNumber'):09}"
    found = Party.objects.filter(clinic_organisation_number=number).order_by("her_id")
    parties = [party for party in found if party.has_list]
    if not parties:
        raise FaultError(_ERROR, "ArgumentException: Virksomheten har ingen fastlegeavtaler")
    for party in parties:
        _write_contract(etree.SubElement(result, _tag("GPContract")), party)


def on_list(asked: Asked, result: Element) -> None:
    """GetGPPatientList."""
    party = Party.objects.filter(her_id=str(asked.number("gpContractId"))).first()
    if party is None or not party.has_list:
        raise FaultError(_ERROR, "ArgumentException: Kontrakten finnes ikke")
    for citizen in party.citizens.order_by("id"):
        _write_listing(etree.SubElement(result, _tag("PatientToGPContractAssociation")), citizen, party, whole=False)


def of_doctor(asked: Asked, result: Element) -> None:
    """GetGPWithAssociatedGPContracts."""
    number = str(asked.number("hprNumber"))
    parties = list(Party.objects.filter(hpr_number=number, kind=PartyKind.GP).order_by("her_id"))
    if not parties:
        raise FaultError(_ERROR, "ArgumentException: Legen er ikke registrert som fastlege")
    contracts = put(result, "Contracts", "")
    for party in parties:
        _write_cycle(etree.SubElement(contracts, _tag("GPOnContractAssociation")), party)
    _write_doctor(result, parties[0])
    put(result, "HprNumber", number)


def confirm(asked: Asked, result: Element) -> None:
    """ConfirmGP."""
    citizen = _citizen(asked)
    gp = citizen.gp if citizen is not None else None
    result.text = "true" if gp is not None and gp.hpr_number == str(asked.number("hprNumber")) else "false"


OPERATIONS = {
    "GetPatientGPDetails": of_patient,
    "GetGPContractsOnOffice": of_office,
    "GetGPPatientList": on_list,
    "GetGPWithAssociatedGPContracts": of_doctor,
    "ConfirmGP": confirm,
}


def _citizen(asked: Asked) -> Citizen | None:
    try:
        wanted = NationalId(asked.values.get("patientNin", ""))
    except ValueError:
        raise FaultError(_ERROR, "ArgumentException: patientNin er ugyldig") from None
    return Citizen.objects.filter(national_id=str(wanted)).select_related("gp").first()


def _write_listing(element: Element, citizen: Citizen, party: Party, *, whole: bool) -> None:
    """whole: with the list and its doctors; the register leaves them out where many are asked for."""
    if whole:
        _write_cycles(element, party)
        _write_contract(etree.SubElement(element, _tag("GPContract")), party)
    put(element, "GPContractId", party.her_id)
    put(element, "GPHerId", party.her_id)
    put(element, "Id", citizen.pk)
    person = put(element, "Patient", "")
    put(person, "FirstName", citizen.given_name)
    put(person, "LastName", citizen.family_name)
    put(person, "NIN", citizen.national_id)
    put(element, "PatientNIN", citizen.national_id)
    put_period(element, "Period", _BEGAN, namespace=COMMON_EN, end=None)
    put(element, "UpdatedOn", _CHANGED)


def _write_contract(element: Element, party: Party) -> None:
    _write_cycles(element, party)
    put(element, "GPOfficeOrganizationNumber", party.clinic_organisation_number or "0")
    put(element, "Id", party.her_id)
    put(element, "MaxPatients", _MOST_PATIENTS)
    put(element, "Name", None)
    put_code(element, "Status", "FAAA", "Åpen", oid=7751, simple_type="flrv2_statuscode")
    put_period(element, "Valid", _BEGAN, namespace=COMMON_EN, end=None)


def _write_cycles(element: Element, party: Party) -> None:
    cycles = put(element, "DoctorCycles", "")
    if party.kind == PartyKind.GP and party.hpr_number:
        _write_cycle(etree.SubElement(cycles, _tag("GPOnContractAssociation")), party)


def _write_cycle(element: Element, party: Party) -> None:
    _write_doctor(element, party)
    put(element, "GPContractId", party.her_id)
    put(element, "HprNumber", party.hpr_number)
    put(element, "Id", party.her_id)
    put_code(element, "Relationship", "LPFL", "Fastlege", oid=7750, simple_type="flrv2_contract_relationship")
    put(element, "SubstituteForHprNumber", None)
    put_period(element, "Valid", _BEGAN, namespace=COMMON_EN, end=None)


def _write_doctor(element: Element, party: Party) -> None:
    doctor = put(element, "GP", "")
    put(doctor, "FirstName", party.given_name)
    put(doctor, "LastName", party.family_name)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
