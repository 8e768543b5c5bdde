"""CPPA: a party's collaboration protocol profile, made of the services that are on (ICPPAService, ebXML CPP 2.0)."""

from lxml import etree

from skranke.sandbox import keys
from skranke.sandbox.models import Party
from skranke.sandbox.registers.soap import Asked, FaultError
from skranke.sandbox.world import Service
from skranke.standards.codec import Element

NAMESPACE = "http://schemas.nhn.no/reg/CollaborationProtocolProfile"
_EBXML = "http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd"
_PROCESSES = {
    Service.E_CONTACT: ("Dialog_Innbygger_Ekontakt", "1.2"),
    Service.E_CONSULTATION: ("Dialog_Innbygger_Ekonsultasjon", "1.2"),
    Service.PRESCRIPTION_RENEWAL: ("Dialog_Innbygger_Reseptfornyelse", "1.2"),
    Service.BOOKING: ("Dialog_Innbygger_Timereservasjon", "1.2"),
    Service.APPOINTMENT_WISH: ("Dialog_Innbygger_Timeonske", "1.2"),
    Service.APPOINTMENT_CANCELLATION: ("Dialog_Innbygger_Avtaleavbestilling", "1.0"),
}
_ALWAYS = (
    ("Dialog_Innbygger_Digitalbruker", "1.1"),
    ("Dialog_Innbygger_BehandlerOversikt", "1.0"),
    ("Dialog_Innbygger_Test", "1.1"),
)
_CITIZENS = "Innbygger"
_CLINICS = "Helsepersonell"


def profile(asked: Asked, result: Element) -> None:
    """GetCppXmlForCommunicationParty: XML within a string, declaration and all."""
    her_id, own = str(asked.number("herId")), keys.the_world().own
    if her_id == own.her_id.value:
        processes = [*_PROCESSES.values(), *_ALWAYS]
        result.text = _written(her_id, own.unit_name, processes, role=_CITIZENS)
        return
    party = Party.objects.filter(her_id=her_id).first()
    if party is None:
        raise FaultError("CppNotFound", "Fant ingen CPP for kommunikasjonsparten.")
    processes = [_PROCESSES[Service(one)] for one in party.services]
    result.text = _written(her_id, party.name, [*processes, *_ALWAYS], role=_CLINICS)


OPERATIONS = {"GetCppXmlForCommunicationParty": profile}


def _written(her_id: str, name: str, processes: list[tuple[str, str]], *, role: str) -> str:
    root = etree.Element(_tag("CollaborationProtocolProfile"), nsmap={"tns": _EBXML})
    root.set(_tag("cppid"), f"sandbox-{her_id}")
    info = etree.SubElement(root, _tag("PartyInfo"))
    info.set(_tag("partyName"), name)
    identity = etree.SubElement(info, _tag("PartyId"))
    identity.set(_tag("type"), "HER")
    identity.text = her_id
    for process, version in processes:
        within = etree.SubElement(info, _tag("CollaborationRole"))
        specified = etree.SubElement(within, _tag("ProcessSpecification"))
        specified.set(_tag("name"), process)
        specified.set(_tag("version"), version)
        etree.SubElement(within, _tag("Role")).set(_tag("name"), role)
    return '<?xml version="1.0" encoding="utf-16"?>' + etree.tostring(root, encoding="unicode")


def _tag(name: str) -> str:
    return f"{{{_EBXML}}}{name}"
