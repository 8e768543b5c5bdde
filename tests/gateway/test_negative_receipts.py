"""When a receipt is positive, and the table of the negative codes: each row with a message that meets it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from skranke.clinics.models import Employee
from skranke.dialog.models import Message, Thread
from skranke.dialog.services import answer
from skranke.gateway.errors import Reaction, ReceiptError, rule_for
from skranke.gateway.models import ReceivedMessage
from skranke.gateway.replay import replay
from skranke.kernel.ids import HerId
from skranke.standards import namespaces as ns
from skranke.standards.apprec import VERSION
from skranke.standards.build import parties
from skranke.standards.codes import AppRecError
from skranke.standards.errors import StandardsError, TooLargeError
from skranke.standards.msghead import Attachment
from skranke.standards.render import render

from cast import fresh_her_id

Send = Callable[[object], object]


@dataclass(frozen=True)
class Row:
    """The error that the code stands for, its code, and a message from HelseNorge that meets it."""

    error: str
    code: AppRecError
    send: Send


def broken(change: Callable[[bytes], bytes]) -> Send:
    def send(office) -> None:
        question = office.helsenorge.e_contact(office.cast.ola)
        office.helsenorge.send(change(render(question)), like=question)

    return send


def between(start: bytes, end: bytes, instead: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml[: xml.index(start)] + instead + xml[xml.index(end) + len(end) :]


def attached(content: bytes) -> Send:
    file = Attachment(content=content, mime_type="application/pdf", description="fil")
    return lambda office: office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola, attachments=(file,)))


def to_nobody(office) -> None:
    ours = office.helsenorge.gp.organisation
    nobody = parties.gp_party(ours, her_id=HerId(fresh_her_id()), given_name="En", family_name="Annen")
    office.helsenorge.send(office.helsenorge.e_contact(office.cast.ola, to=nobody))


def to_another_gp(office) -> None:
    question = office.helsenorge.e_contact(office.cast.ola)
    office.helsenorge.send(question, to_her_id=office.cast.mona_party.her_id)


ROWS = (
    Row("NotXmlError", AppRecError.NOT_XML, broken(lambda xml: xml[:-40])),
    Row("SchemaError", AppRecError.INVALID_XML, broken(lambda xml: xml.replace(b"<TypeForesp", b"<Tull/><TypeForesp"))),
    Row(
        "UnsupportedVersionError",
        AppRecError.UNSUPPORTED_FORMAT,
        broken(lambda xml: xml.replace(ns.DIALOG.encode(), ns.DIALOG_1_0.encode())),
    ),
    Row("MsgIdError", AppRecError.INVALID_MESSAGE_ID, broken(between(b"<MsgId>", b"</MsgId>", b"<MsgId>abc</MsgId>"))),
    Row("PatientError", AppRecError.INSUFFICIENT_PATIENT, broken(between(b"<Patient>", b"</Patient>", b""))),
    Row("AttachmentError", AppRecError.OTHER_FORMAT_FAULT, attached(b"PK\x03\x04")),
    Row("AttachmentsOversizeError", AppRecError.OTHER_FORMAT_FAULT, attached(b"%PDF-1.4\n" + bytes(12 * 1024 * 1024))),
    Row("WrongReceiverError", AppRecError.INVALID_MESSAGE_ID, to_another_gp),
    Row("UnknownPartyError", AppRecError.UNKNOWN_RECEIVER, to_nobody),
)


@pytest.mark.req("DDFL-AR-10", "DDFL-AR-11", "DDFL-AR-12", "DDFL-AR-15", "DDFL-ENV-14", "DDFL-ENV-20")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.error)
def test_each_fault_has_its_code_and_is_not_in_the_record(office, row: Row) -> None:
    row.send(office)
    (receipt,) = office.answers()
    (told,) = receipt.document.errors
    assert (receipt.code, told.v, told.s, told.dn) == ("2", row.code.value, row.code.oid, row.code.term)
    assert told.ot
    assert office.cast.ola.national_id not in told.ot
    assert office.helsenorge.reports() == []
    with office.acting():
        assert (Thread.objects.count(), Message.objects.count()) == (0, 0)
        kept = ReceivedMessage.objects.get()
        assert (kept.state, kept.code) == ("refused", row.code.value)


def test_the_table_has_every_error_that_is_told_so() -> None:
    """TooLargeError apart: the bus takes nothing of that size (`wire.transport.MAXIMUM_BODY`)."""
    kinds = {*StandardsError.__subclasses__(), *ReceiptError.__subclasses__()} - {TooLargeError}
    assert {kind.__name__ for kind in kinds} == {row.error for row in ROWS}
    assert {kind.__name__: kind.apprec_code for kind in kinds} == {row.error: row.code for row in ROWS}
    assert {rule_for(kind("")).reaction for kind in kinds} == {Reaction.RECEIPT}


@pytest.mark.req("DDFL-AR-01", "DDFL-AR-18", "NFR-3", "RCV-8")
@pytest.mark.parametrize("service", ["e_contact", "e_consultation"])
def test_where_nobody_could_read_it_nothing_is_receipted_until_somebody_can(office, service) -> None:
    """HIS 80415 3.3.1: positive means that it can be read. A clinic whose people have all left has no readers."""
    with office.acting():
        Employee.objects.update(active=False)
    office.helsenorge.send(getattr(office.helsenorge, service)(office.cast.ola))
    assert [office.take_in() for _ in range(6)] == [["release"]] * 5 + [["accept"]]
    office.send_out()
    assert (office.helsenorge.letters(), office.helsenorge.reports()) == ([], [])
    with office.acting():
        row = ReceivedMessage.objects.get()
        assert (row.state, row.detail, Thread.objects.count()) == ("set_aside", "nobody_reads", 0)
        Employee.objects.filter(id=office.cast.ali.id).update(active=True)
    replay(row.id, office.cast.system, office.endpoints)
    (receipt,) = office.answers()
    assert receipt.code == "1"
    with office.acting():
        assert Thread.objects.get().participants.get().employee_id is None


@pytest.mark.req("DDFL-AR-01", "RCV-15")
def test_a_later_message_needs_a_reader_too(office) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.answers()
    with office.acting(office.cast.kari):
        answer(Thread.objects.get(), text="Kom innom.")
    (letter,) = office.answers()
    with office.acting():
        Employee.objects.update(active=False)
    office.helsenorge.send(office.helsenorge.follow_up(letter))
    assert office.take_in() == ["release"]
    with office.acting():
        Employee.objects.filter(id=office.cast.anne.id).update(active=True)
    (receipt,) = office.answers()
    assert receipt.code == "1"


@pytest.mark.req("DDFL-AR-19", "DDFL-AR-20")
@pytest.mark.parametrize("refused", [False, True])
def test_a_receipt_of_version_1_0_counts_as_one_of_1_1(office, refused) -> None:
    office.helsenorge.send(office.helsenorge.e_consultation(office.cast.ola))
    office.answers()
    with office.acting(office.cast.kari):
        message = answer(Thread.objects.get(), text="Kom innom.")
    (letter,) = office.answers()
    codes = [AppRecError.OTHER_FORMAT_FAULT] if refused else []
    receipt = office.helsenorge.receipt_for(letter, *codes, detail="Vedlegg 1")
    old = render(receipt).replace(ns.APPREC.encode(), ns.APPREC_1_0.encode())
    office.helsenorge.send(old.replace(VERSION.encode(), b"1.0 2004-11-21"), like=receipt)
    assert office.answers() == []
    assert office.helsenorge.reports() == []
    with office.acting():
        found = Message.objects.get(id=message.id)
    assert (found.delivery, "Vedlegg 1" in found.delivery_error) == (
        ("rejected", True) if refused else ("received", False)
    )
