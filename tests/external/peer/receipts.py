"""Receipts (AppRec 1.1): HelseNorge's own, and whether one from the clinic is right (HIS 80415)."""

from datetime import UTC, datetime
from uuid import uuid4

from lxml import etree

from peer.building import Letter, stamp
from peer.demo import Demo
from peer.reading import Received, is_uuid
from peer.words import FUNCTION_TEXTS, NAMES, A, oid

_ERROR_TEXTS = {"E35": "Innbygger er ikke aktiv"}


def receipt(to: Received, *, error: str = "") -> etree._Element:
    """For a message from the clinic: positive, or negative with an error code. Mirrors all names and ids."""
    made = A.AppRec(
        A.MsgType(V="APPREC", DN="Applikasjonskvittering"),
        A.MIGversion("v1.1 2012-02-15"),
        A.GenDate(stamp(datetime.now(UTC))),
        A.Id(str(uuid4())),
        A.Sender(A.Role(V="PRIM", DN="Primærmottaker"), A.HCP(_institution(to, "Receiver"))),
        A.Receiver(A.Role(V="AVS", DN="Avsender"), A.HCP(_institution(to, "Sender"))),
        A.Status(V="2", DN="Avvist") if error else A.Status(V="1", DN="OK"),
    )
    if error:
        made.append(A.Error(V=error, S=oid("8221"), DN=_ERROR_TEXTS.get(error, error)))
    kind = A.MsgType(V=to.function, DN=to.text("/m:MsgHead/m:MsgInfo/m:Type/@DN"))
    made.append(A.OriginalMsgId(kind, A.IssueDate(to.generated_at), A.Id(to.msg_id)))
    return made


def _institution(original: Received, role: str) -> etree._Element:
    base = f"/m:MsgHead/m:MsgInfo/m:{role}/m:Organisation"
    name = original.text(f"{base}/m:OrganisationName")
    made = A.Inst(A.Name(name), *_ids(original, f"{base}/m:Ident"))
    unit, person = f"{base}/m:Organisation", f"{base}/m:HealthcareProfessional"
    if original.has(unit):
        made.append(A.Dept(A.Name(original.text(f"{unit}/m:OrganisationName")), *_ids(original, f"{unit}/m:Ident")))
    if original.has(person):
        full = f"{original.text(f'{person}/m:GivenName')} {original.text(f'{person}/m:FamilyName')}"
        made.append(A.HCPerson(A.Name(full), *_ids(original, f"{person}/m:Ident")))
    return made


def _ids(original: Received, path: str) -> list[etree._Element]:
    """The HER-id as the schema wants it: Id, then TypeId without @S."""
    return [A.Id(original.text(f"{path}[m:TypeId/@V='HER']/m:Id")), A.TypeId(V="HER", DN="HER-id")]


def faults(receipt: Received, letter: Letter, demo: Demo) -> list[str]:
    """What is wrong with the clinic's receipt for a letter of ours."""
    sender, receiver = "/a:AppRec/a:Sender", "/a:AppRec/a:Receiver"
    told = {
        f"{sender}/a:Role/@V": "PRIM",
        f"{sender}/a:HCP/a:Inst/a:Name": demo.clinic_name,
        f"{sender}/a:HCP/a:Inst/a:Id": demo.clinic_her_id,
        f"{sender}/a:HCP/a:Inst/a:HCPerson/a:Name": letter.gp.name,
        f"{sender}/a:HCP/a:Inst/a:HCPerson/a:Id": letter.gp.her_id,
        f"{receiver}/a:Role/@V": "AVS",
        f"{receiver}/a:HCP/a:Inst/a:Name": demo.own.name_level1,
        f"{receiver}/a:HCP/a:Inst/a:Id": demo.own.her_id_level1,
        f"{receiver}/a:HCP/a:Inst/a:Dept/a:Name": demo.own.name,
        f"{receiver}/a:HCP/a:Inst/a:Dept/a:Id": demo.own.her_id,
        "/a:AppRec/a:MIGversion": "v1.1 2012-02-15",
        "/a:AppRec/a:OriginalMsgId/a:MsgType/@V": letter.function,
        "/a:AppRec/a:OriginalMsgId/a:MsgType/@DN": FUNCTION_TEXTS.get(letter.function, letter.function),
        "/a:AppRec/a:OriginalMsgId/a:IssueDate": letter.generated_at,
        "/a:AppRec/a:OriginalMsgId/a:Id": letter.msg_id,
    }
    wrong = [f"receipt: {path} is {receipt.text(path)!r}, not {text!r}" for path, text in told.items()
             if receipt.text(path) != text]  # fmt: skip
    if not is_uuid(receipt.text("/a:AppRec/a:Id")):
        wrong.append("receipt: Id is not a UUID")
    assert receipt.document is not None
    if (receipt.code == "1") == bool(receipt.document.findall("a:Error", NAMES)):
        wrong.append("receipt: Error must be there with status 2 and only then")
    return wrong
