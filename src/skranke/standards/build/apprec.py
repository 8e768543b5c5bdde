"""APPREC: the receipt of a dialog message, by the mirroring rules of HIS 80415 3.5."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from skranke.standards import profile
from skranke.standards.apprec import AppRec, AppRecParty, AppRecUnit, OriginalMessage
from skranke.standards.codes import (
    AppRecError,
    AppRecStatus,
    CodedValue,
    MessageFunction,
    OrganisationIdType,
)
from skranke.standards.errors import BuildError, StandardsError
from skranke.standards.msghead import MsgInfo
from skranke.standards.people import Ident, Party
from skranke.standards.times import write_instant


def error(code: AppRecError, detail: str = "") -> CodedValue:
    """An error with its term and a free text (@OT) that says where or what; never a person's data."""
    return CodedValue(code.value, code.oid, code.term, detail)


def error_of(fault: StandardsError) -> CodedValue:
    """The error that a fault found on reading is answered with."""
    return error(fault.apprec_code, fault.detail)


def apprec_for(
    info: MsgInfo,
    *,
    status: AppRecStatus,
    errors: Iterable[CodedValue] = (),
    now: datetime,
    id: UUID,  # noqa: A002 - the element's own name
    software_version: str = "",
) -> AppRec:
    """The receipt of the message whose head is given.

    Sender mirrors its receiver and receiver its sender, names and all ids; the date is repeated verbatim. A negative
    one has at least one error, a positive one none (raises BuildError).
    """
    errors = tuple(errors)
    if bool(errors) != (status is AppRecStatus.REJECTED):
        raise BuildError("A negative receipt has errors, a positive one has none.")
    return AppRec(
        type=MessageFunction.APPREC.cs,
        gen_date_text=write_instant(now),
        id=str(id),
        sender=_mirror(info.receiver, profile.RECEIPT_SENDER_ROLE),
        receiver=_mirror(info.sender, profile.RECEIPT_RECEIVER_ROLE),
        status=status.cs,
        errors=errors,
        original=OriginalMessage(type=_without_list(info.type), issue_date_text=info.gen_date_text, id=info.msg_id),
        software_name=profile.PRODUCT,
        software_version=software_version,
    )


def _without_list(coded: CodedValue) -> CodedValue:
    # TypeId, Type and MsgType are of type CS in AppRec, where @S is invalid (DDFL-AR-07).
    return CodedValue(coded.v, "", coded.dn)


def _unit(name: str, idents: tuple[Ident, ...]) -> AppRecUnit:
    first = next((ident for ident in idents if ident.type.v == OrganisationIdType.HER), None) or next(
        iter(idents), None
    )
    further = (Ident(id=ident.id, type=_without_list(ident.type)) for ident in idents if ident is not first)
    return AppRecUnit(
        name=name,
        id=first.id if first else "",
        id_type=_without_list(first.type) if first else None,
        further_ids=tuple(further),
    )


def _mirror(party: Party, role: CodedValue) -> AppRecParty:
    service, person = party.service, party.person
    return AppRecParty(
        role=role,
        institution=_unit(party.organisation.name, party.organisation.idents),
        departments=(_unit(service.name, service.idents),) if service else (),
        persons=(_unit(person.full_name, person.idents),) if person else (),
    )
