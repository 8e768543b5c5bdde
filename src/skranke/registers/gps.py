"""Fastlegeregisteret: who stands on whose list (IFlrReadOperations; protocol.md 10.3)."""

from datetime import datetime

from skranke.kernel.ids import HprNumber, NationalId
from skranke.registers.errors import RegisterFaultError, RegisterUnreadableError
from skranke.registers.reading import (
    child,
    children,
    code,
    her_id,
    hpr_number,
    number,
    organisation_number,
    text,
    validity,
)
from skranke.registers.soap import Patience, SoapService
from skranke.registers.values import DoctorCycle, GPContract, GPDetails, Listing
from skranke.standards.codec import Element
from skranke.standards.times import write_instant

NAMESPACE = "http://schemas.nhn.no/reg/flr"
ACTIONS = f"{NAMESPACE}/IFlrReadOperations/"
# The register's own words: its faults have one code ("Feil") and are told apart by their text alone.
_ON_NO_LIST = ("ikke tilknyttet fastlegekontrakt", "patientnin er ugyldig")
_NO_CONTRACTS = ("ingen fastlegeavtaler", "ingen kontrakter")


class GPRegister:
    """The register at one address. Each method asks, and raises as `SoapService.ask` does."""

    def __init__(self, service: SoapService) -> None:
        self._service = service

    def listing(self, person: NationalId, patience: Patience) -> Listing | None:
        """The list a person stands on now; None when the register says: on none."""
        try:
            found = self._service.ask("GetPatientGPDetails", {"patientNin": person.value}, patience)
        except RegisterFaultError as error:
            if _says(error, _ON_NO_LIST):
                return None
            raise
        return read_listing(found) if len(found) else None

    def contracts_of(self, organisation: str, at: datetime, patience: Patience) -> tuple[GPContract, ...]:
        """The lists of an office at an instant."""
        asked = {"organizationNumber": organisation, "atTime": write_instant(at)}
        try:
            found = self._service.ask("GetGPContractsOnOffice", asked, patience)
        except RegisterFaultError as error:
            if _says(error, _NO_CONTRACTS):
                return ()
            raise
        return tuple(_contract(one) for one in children(found, "GPContract"))

    def patients_of(self, contract_id: int, patience: Patience) -> tuple[Listing, ...]:
        """Everybody on a list now."""
        found = self._service.ask("GetGPPatientList", {"gpContractId": str(contract_id)}, patience)
        return tuple(read_listing(one) for one in children(found, "PatientToGPContractAssociation"))

    def gp(self, doctor: HprNumber, at: datetime, patience: Patience) -> GPDetails | None:
        """A doctor with the lists the doctor works on at an instant; None for one who is not registered as GP."""
        asked = {"hprNumber": doctor.value, "atTime": write_instant(at)}
        found = self._service.ask("GetGPWithAssociatedGPContracts", asked, patience)
        known, person = hpr_number(found, "HprNumber"), child(found, "GP")
        if known is None:
            return None
        cycles = children(child(found, "Contracts"), "GPOnContractAssociation")
        return GPDetails(
            hpr_number=known,
            given_name=_given(person),
            family_name=text(person, "LastName"),
            contracts=tuple(_cycle(one) for one in cycles),
        )

    def confirms(self, person: NationalId, doctor: HprNumber, at: datetime, patience: Patience) -> bool:
        """Whether a doctor is a person's GP at an instant."""
        asked = {"patientNin": person.value, "hprNumber": doctor.value, "atTime": write_instant(at)}
        return (self._service.ask("ConfirmGP", asked, patience).text or "").strip().lower() == "true"


def read_listing(element: Element) -> Listing:
    """A PatientToGPContractAssociation. Raises RegisterUnreadableError."""
    person, contract = child(element, "Patient"), child(element, "GPContract")
    contract_id = number(element, "GPContractId") or number(contract, "Id")
    national_id = text(element, "PatientNIN") or text(person, "NIN")
    if contract_id is None or not national_id:
        raise RegisterUnreadableError("The register's listing lacks the list or the person. Nothing was changed.")
    return Listing(
        contract_id=contract_id,
        national_id=national_id,
        gp_her_id=her_id(element, "GPHerId"),
        organisation_number=organisation_number(contract, "GPOfficeOrganizationNumber"),
        given_name=_given(person),
        family_name=text(person, "LastName"),
        valid=validity(element, "Period"),
        doctors=_cycles(element) or _cycles(contract),
    )


def _contract(element: Element) -> GPContract:
    identity = number(element, "Id")
    if identity is None:
        raise RegisterUnreadableError("The register's list has no id. Nothing was changed.")
    status = code(element, "Status")
    return GPContract(
        id=identity,
        organisation_number=organisation_number(element, "GPOfficeOrganizationNumber"),
        name=text(element, "Name"),
        status=status.value if status else "",
        max_patients=number(element, "MaxPatients"),
        valid=validity(element, "Valid"),
        doctors=_cycles(element),
    )


def _cycles(element: Element | None) -> tuple[DoctorCycle, ...]:
    return tuple(_cycle(one) for one in children(child(element, "DoctorCycles"), "GPOnContractAssociation"))


def _cycle(element: Element) -> DoctorCycle:
    relationship = code(element, "Relationship")
    return DoctorCycle(
        contract_id=number(element, "GPContractId") or 0,
        hpr_number=hpr_number(element, "HprNumber"),
        substitute_for=hpr_number(element, "SubstituteForHprNumber"),
        given_name=_given(child(element, "GP")),
        family_name=text(child(element, "GP"), "LastName"),
        relationship=relationship.value if relationship else "",
        valid=validity(element, "Valid"),
    )


def _given(person: Element | None) -> str:
    return " ".join(part for part in (text(person, "FirstName"), text(person, "MiddleName")) if part)


def _says(error: RegisterFaultError, known: tuple[str, ...]) -> bool:
    return any(words in error.fault.lower() for words in known)
