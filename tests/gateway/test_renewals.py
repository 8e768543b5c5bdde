"""Requests for renewal from the bus to the thread, and the one answer back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from skranke.clinics.models import CommunicationParty, Group
from skranke.dialog.errors import AlreadyAnsweredError
from skranke.dialog.models import Message, Thread
from skranke.dialog.queries import thread_view
from skranke.dialog.services import answer
from skranke.dialog.values import ItemResult, PrescriptionFacts
from skranke.kernel import clock
from skranke.standards.build import reseptfornyelse
from skranke.standards.build.envelope import reply_to
from skranke.standards.codes import MEDICINE, AppRecError, CodedValue, Delivery, MessageFunction, PrescriptionGroup
from skranke.standards.m1 import ForGoods, ForMedicine, M1Edition, Resept, ids
from skranke.standards.medicines import Goods, Medicine, Mixture, Pack, Prescribing
from skranke.standards.msghead import MsgHead
from skranke.standards.render import render

from support import messages
from support.clinic_pages import address, logged_in
from support.database import as_role
from support.dialog import EVERYBODY, holders
from support.helsenorge import PDF

_GROUP = CodedValue("C")
_AMOUNT = b'<Mengde xmlns="http://www.kith.no/xmlstds/eresept/forskrivning/2013-10-08" V="100" U="g"></Mengde>'
_PRESCRIBED = {
    "brand": Prescribing(brand=Medicine(name="Prøvelin tab 5 mg", group=_GROUP, brand="Prøvelin")),
    "substance": Prescribing(substance=Medicine(name="Prøvestoff tab 5 mg", group=_GROUP, id="ID_1")),
    "mixture": Prescribing(mixture=Mixture(name="Prøvesalve", information="-", amount=_AMOUNT, mixture_form=_GROUP)),
}
_SAMPLES = {
    name: Resept(medicine=ForMedicine(kind=MEDICINE, repeats=0, prescribing=one)) for name, one in _PRESCRIBED.items()
} | {
    "prosthesis": Resept(goods=ForGoods(kind=CodedValue("B"), prosthesis=Goods(number="1", name="Prøveprotese"))),
    "supply": Resept(goods=ForGoods(kind=CodedValue("M"), supply=Goods(number="2", name="Prøvestrimler"))),
    "group": Resept(goods=ForGoods(kind=CodedValue("M"), product_group=CodedValue("0101", "", "Prøveposer"))),
    "kind": Resept(goods=ForGoods(kind=CodedValue("N", "", "Næringsmidler"))),
}
PARTLY = (ItemResult(number=1, renewed=True), ItemResult(number=2, renewed=False, text="Ibux"))
CODES = {"renewed": "14", "not_renewed": "15", "partly_renewed": "32", "rejected": "26"}


def asked(office, **facts) -> Thread:
    """A request that has come in and been receipted."""
    request = office.helsenorge.renewal(office.cast.ola, **facts)
    office.helsenorge.send(request)
    (receipt,) = office.answers()
    assert (receipt.is_receipt, receipt.code, receipt.about) == (True, "1", request.info.msg_id)
    with office.acting():
        return Thread.objects.get(conversation=request.info.msg_id)


@pytest.mark.req("RX-1", "RCV-9", "MSG-19", "DDFL-RX-01")
def test_a_request_becomes_a_thread_of_the_whole_clinic_with_its_way_of_delivery(office) -> None:
    thread = asked(office, delivery=Delivery.PHARMACY)
    with office.acting():
        message = thread.messages.get()
        assert (thread.kind, thread.title) == ("prescription_renewal", "Paracet 500 mg – helsenorge.no")
        assert (message.code, message.text, message.delivery_way) == ("RF", "Paracet 500 mg", "AP")
    assert holders(office.cast, thread) == EVERYBODY


@pytest.mark.req("DDFL-RX-02")
def test_a_request_without_way_of_delivery_is_taken_as_not_stated(office) -> None:
    thread = asked(office, delivery=None, subject="Migrenemedisin")
    with office.acting():
        assert thread.messages.get().delivery_way == ""
        assert thread.title.startswith("Migrenemedisin")


@pytest.mark.req("DDFL-RX-01")
def test_the_way_of_delivery_is_read_whatever_list_is_named(office) -> None:
    request = office.helsenorge.renewal(office.cast.ola)
    question = replace(request.dialog.question, coded_information=CodedValue("HE", "8324", "Hentes"))
    dialog = replace(request.documents[0], content=replace(request.dialog, question=question))
    office.helsenorge.send(replace(request, documents=(dialog, *request.documents[1:])))
    office.answers()
    with office.acting():
        assert Message.objects.get().delivery_way == "HE"


@pytest.mark.req("RX-4", "RX-6", "MSG-25", "DDFL-RX-06", "DDFL-RX-07", "DDFL-RX-11")
@pytest.mark.parametrize("outcome", CODES)
def test_the_outcome_and_its_text_reach_helsenorge(office, outcome, caplog) -> None:
    thread = asked(office)
    with office.acting(office.cast.ali):
        results = PARTLY if outcome == "partly_renewed" else ()
        reply = answer(thread, text="Ring oss om noe er uklart.", outcome=outcome, results=results)
    (told,) = office.answers()
    assert (told.code, told.text, told.about) == (CODES[outcome], "Ring oss om noe er uklart.", thread.conversation)
    document = told.document
    assert isinstance(document, MsgHead)
    assert document.info.function is MessageFunction.PRESCRIPTION_RENEWAL
    assert document.info.conversation.conversation == thread.conversation
    assert (document.dialog.note.subject, document.attachments, document.appointments) == ("", (), ())
    assert (document.relation, document.practitioners, document.other, document.prescriptions) == (None, (), (), ())
    assert ("renewal_without_prescriptions" in caplog.text) is (outcome in {"renewed", "partly_renewed"})
    assert str(document.info.sender.her_id) == office.cast.kari_party.her_id
    office.helsenorge.send(office.helsenorge.receipt_for(told))
    assert office.answers() == []
    with office.acting():
        assert Message.objects.get(id=reply.id).delivery == "received"


PARACET = PrescriptionFacts(
    name="Paracet tab 500 mg",
    amount=Decimal(2),
    repeats=3,
    group="F",
    use="1 tablett ved behov",
    prescribed=date(2026, 11, 23),
    expires=date(2027, 11, 23),
)


@pytest.mark.req("RX-16", "DDFL-RX-04", "DDFL-RX-05", "DDFL-RX-09")
@pytest.mark.parametrize(("outcome", "names"), [("renewed", ["Paracet", "Ibux"]), ("partly_renewed", ["Paracet"])])
def test_one_m1_goes_along_for_each_renewed_item(office, outcome, names, caplog) -> None:
    thread = asked(office, text="Paracet\nIbux")
    items = [PARACET, replace(PARACET, name="Ibux tab 400 mg", group="C", expires=None)][: len(names)]
    with office.acting(office.cast.ali):
        results = PARTLY if outcome == "partly_renewed" else ()
        answer(thread, text="Klar på apoteket.", outcome=outcome, prescriptions=items, results=results)
    (told,) = office.answers()  # each part and the whole are valid, or this would fail
    assert (told.code, "renewal_without_prescriptions" in caplog.text) == (CODES[outcome], False)
    renewed = told.document.prescriptions
    assert [one.name for one in renewed] == [one.name for one in items]
    assert {one.edition for one in renewed} == {M1Edition.V2_5}
    assert len(set(ids(renewed))) == len(names)
    first = renewed[0]
    assert (first.prescribed, first.expires) == (PARACET.prescribed, PARACET.expires)
    assert (first.medicine.amount, first.medicine.repeats, first.medicine.kind.v) == (2, 3, "L")
    assert first.medicine.prescribing.use == "1 tablett ved behov"
    assert first.medicine.prescribing.substance.group.v == "F"
    # The article and the list of medicines are not known: none is made up.
    assert (first.medicine.prescribing.pack, first.fest_updated, renewed[-1].earliest) == (None, "", None)


@pytest.mark.req("RX-2", "RX-16", "DDFL-RX-12")
def test_a_request_by_prescriptions_shows_its_items_and_what_is_renewed_goes_back(office) -> None:
    pack = Medicine(
        name="Prøvelin tab 5 mg",
        group=PrescriptionGroup.C.cs,
        atc=CodedValue("N02BE01", "2.16.578.1.12.4.1.1.7180", "Prøvestoff"),
        id="ID_1",
        number="397604",
        packs=(Pack(name="Prøvelin", size="100", unit=CodedValue("stk", "2.16.578.1.12.4.1.1.7452", "stykk")),),
    )
    wanted = Resept(
        medicine=ForMedicine(
            kind=MEDICINE, amount=Decimal("1.5"), repeats=2, prescribing=Prescribing(use="1 daglig", pack=pack)
        )
    )
    food = messages.goods("Prøvenæring", number="900123")
    request = office.helsenorge.renewal(office.cast.ola, text="", prescriptions=(wanted, food))
    assert b">0001-01-01<" in render(request)
    office.helsenorge.send(request)
    assert [one.code for one in office.answers()] == ["1"]
    with office.acting(office.cast.ali):
        thread = Thread.objects.get(conversation=request.info.msg_id)
        assert thread.title.startswith("Prøvelin tab 5 mg")
        (shown,) = thread_view(thread).messages
        assert (shown.code, shown.text) == ("RFER", "")
        first, second = shown.prescriptions
        assert (first.name, first.amount, first.repeats, first.use) == (
            "Prøvelin tab 5 mg",
            Decimal("1.5"),
            2,
            "1 daglig",
        )
        assert (first.prescribed, first.expires, second.prescribed) == (None, None, None)
        assert (second.name, second.article_number, second.form) == ("Prøvenæring", "900123", "food")
        stated = [PrescriptionFacts(of=first.id, prescribed=date(2026, 11, 24)), PrescriptionFacts(of=second.id)]
        answer(thread, text="Begge er klare.", outcome="renewed", prescriptions=stated)
    (told,) = office.answers()
    again, also = told.document.prescriptions
    assert (again.prescribed, again.expires, again.medicine) == (date(2026, 11, 24), None, wanted.medicine)
    assert (also.name, also.goods.food.number) == ("Prøvenæring", "900123")


@pytest.mark.req("RX-16")
@pytest.mark.parametrize("name", _SAMPLES)
def test_every_form_of_prescription_can_be_asked_for_and_renewed(office, name) -> None:
    wanted = _SAMPLES[name]
    request = office.helsenorge.renewal(office.cast.ola, text="", prescriptions=(wanted,))
    office.helsenorge.send(request)
    office.answers()
    with office.acting(office.cast.ali):
        thread = Thread.objects.get()
        (item,) = thread_view(thread).messages[0].prescriptions
        assert item.name == wanted.name
        answer(thread, text="Ja.", outcome="renewed", prescriptions=[PrescriptionFacts(of=item.id, group="C")])
    (told,) = office.answers()
    assert [one.name for one in told.document.prescriptions] == [wanted.name]


@pytest.mark.req("DDFL-RX-09")
def test_a_request_with_the_same_id_twice_is_not_taken(office) -> None:
    request = office.helsenorge.renewal(office.cast.ola, text="", prescriptions=(messages.medicine("Paracet"),))
    twice = replace(request, documents=(*request.documents, request.documents[-1]))
    office.helsenorge.send(twice)
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("2", [AppRecError.INVALID_XML.value])


@pytest.mark.req("DDFL-RX-01")
def test_a_request_by_nothing_at_all_is_not_taken(office) -> None:
    request = office.helsenorge.renewal(office.cast.ola, text="", prescriptions=(messages.medicine("Paracet"),))
    office.helsenorge.send(replace(request, documents=request.documents[:1]))
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("2", [AppRecError.INVALID_XML.value])


@pytest.mark.req("CMP-13")
def test_the_answer_names_who_wrote_it(office) -> None:
    thread = asked(office)
    with office.acting(office.cast.per):
        answer(thread, text="Klar på apoteket.", outcome="renewed")
    (told,) = office.answers()
    (role,) = told.document.dialog.note.roles
    assert (role.role.v, str(role.practitioner.hpr_number)) == ("15", office.cast.per.hpr_number)


@pytest.mark.req("DDFL-RX-08")
def test_a_blocked_patient_is_told_30_and_nothing_is_stored(office) -> None:
    with office.acting():
        type(office.cast.ola).objects.filter(id=office.cast.ola.id).update(blocked=True)
    request = office.helsenorge.renewal(office.cast.ola)
    office.helsenorge.send(request)
    receipt, refusal = office.answers()
    assert (receipt.code, refusal.code, refusal.about) == ("1", "30", request.info.msg_id)
    assert refusal.text
    with office.acting():
        assert not Thread.objects.exists()


@pytest.mark.req("DDFL-RX-07", "ACT-1")
def test_a_request_to_a_gp_without_the_service_is_rejected(office) -> None:
    with office.acting():
        party = CommunicationParty.objects.get(id=office.cast.kari_party.id)
        party.services = ["e_contact"]
        party.save()
    office.helsenorge.send(office.helsenorge.renewal(office.cast.ola))
    receipt, refusal = office.answers()
    assert (receipt.code, refusal.code) == ("1", "26")
    assert refusal.raw.subject == MessageFunction.PRESCRIPTION_RENEWAL.value


@pytest.mark.req("DDFL-RX-01")
def test_a_file_that_comes_along_is_kept_and_logged(office, caplog) -> None:
    request = office.helsenorge.renewal(office.cast.ola)
    with_file = office.helsenorge.e_contact(office.cast.ola, attachments=(PDF,)).documents[-1]
    office.helsenorge.send(replace(request, documents=(*request.documents, with_file)))
    (receipt,) = office.answers()
    assert receipt.code == "1"
    assert "renewal_with_attachments" in caplog.text
    with office.acting():
        assert Message.objects.get().attachments.get().name == "Notat.pdf"


@pytest.mark.req("DDFL-RX-01")
def test_a_request_without_any_content_is_not_taken(office) -> None:
    request = office.helsenorge.renewal(office.cast.ola)
    question = replace(request.dialog.question, text=None)
    dialog = replace(request.documents[0], content=replace(request.dialog, question=question))
    office.helsenorge.send(replace(request, documents=(dialog,)))
    (receipt,) = office.answers()
    assert (receipt.code, receipt.errors) == ("2", [AppRecError.INVALID_XML.value])


@pytest.mark.req("DDFL-RX-10")
def test_a_new_request_in_an_answered_conversation_lands_there_and_is_answered_anew(office) -> None:
    thread = asked(office)
    with office.acting(office.cast.ali):
        answer(thread, text="Nei.", outcome="not_renewed")
    (told,) = office.answers()
    later = reply_to(told.document.info, msg_id=thread.id, gen_date=office.helsenorge.envelope(None).gen_date)
    first = office.helsenorge.renewal(office.cast.ola, msg_id=thread.id, text="Ibux 400 mg")
    office.helsenorge.send(replace(first, info=replace(first.info, conversation=later.conversation)))
    assert [one.code for one in office.answers()] == ["1"]
    with office.acting(office.cast.ali):
        answer(thread, text="Denne er klar.", outcome="renewed")
    (second,) = office.answers()
    assert (second.code, second.about) == ("14", str(thread.id))


@pytest.mark.req("DDFL-RX-10")
def test_what_the_citizen_writes_after_the_answer_is_stored_and_not_answered(office) -> None:
    thread = asked(office)
    with office.acting(office.cast.ali):
        answer(thread, text="Klar.", outcome="renewed")
    (told,) = office.answers()
    envelope = reply_to(told.document.info, msg_id=thread.id, gen_date=office.helsenorge.envelope(None).gen_date)
    office.helsenorge.send(reseptfornyelse.citizen_message(envelope, text="Takk!"))
    assert [one.code for one in office.answers()] == ["1"]
    with office.acting():
        assert sorted(one.text for one in thread.messages.all()) == ["Klar.", "Paracet 500 mg", "Takk!"]
    with office.acting(office.cast.ali), pytest.raises(AlreadyAnsweredError):
        answer(thread, text="Igjen.", outcome="renewed")


def set_up(office, form: str, *recipients: str) -> None:
    facts = {"format": form, "recipients": list(recipients), "version": 0}
    where = address(office.cast, "settings-receivers", "prescription_renewal")
    with as_role("skranke_web"):
        assert logged_in(office.cast, office.cast.ali).post(where, facts).status_code == 302


@pytest.mark.req("RX-13")
def test_the_clinic_itself_decides_who_prepares_prescriptions(office) -> None:
    set_up(office, "fixed", f"employee:{office.cast.anne.id}")
    assert holders(office.cast, asked(office)) == {"Anne"}


@pytest.mark.req("RX-14")
def test_a_request_lies_in_the_shared_box_and_with_the_gp_and_an_absent_gp_stops_nothing(office) -> None:
    with office.acting():
        group = Group.objects.get()
    set_up(office, "fixed_and_practitioner", f"group:{group.id}")
    thread = asked(office)
    assert holders(office.cast, thread) == {"Kari", "Ali"}
    where = address(office.cast, "thread-answer", thread.id)
    facts = {"versjon": str(thread.version), "text": "Klar.", "utfall": "renewed", "uten_utstedt": "1"}
    # Kari is away; Ali reads the shared box and answers, and then it waits for nobody.
    with as_role("skranke_web"):
        assert logged_in(office.cast, office.cast.ali).post(where, facts).status_code == 302
    clock.move(timedelta(seconds=11))  # until then it can be called back
    (told,) = office.answers()
    assert (told.code, told.about) == ("14", thread.conversation)
    assert holders(office.cast, thread) == set()
