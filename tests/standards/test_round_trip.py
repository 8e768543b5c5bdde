"""parse(render(x)) == x for whatever a document may hold."""

import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skranke.kernel.clock import OSLO
from skranke.standards import namespaces as ns
from skranke.standards.apprec import AppRec, AppRecParty, AppRecUnit, OriginalMessage
from skranke.standards.codes import CodedValue
from skranke.standards.dialog import Dialogmelding, Foresporsel, Notat, RelatedRole
from skranke.standards.m1 import ForGoods, ForMedicine, M1Edition, Resept
from skranke.standards.medicines import Goods, Medicine, Pack, Prescribing
from skranke.standards.metadata import bus_metadata
from skranke.standards.msghead import Binary, ConversationRef, Document, DocumentInfo, MsgHead, MsgInfo, RawPart
from skranke.standards.parse import parse_document, parse_header
from skranke.standards.people import Address, HealthPerson, Ident, Organisation, Party, Person, Telecom
from skranke.standards.render import render
from skranke.standards.richtext import RichText, from_plain, sanitise, to_plain
from skranke.standards.shared import Pasientrelasjon, PersonList, Practitioner, PractitionerEdition, PractitionerList
from skranke.standards.times import read_instant, write_instant
from skranke.standards.xcal import Calendar, CalendarPerson, VEvent

from support.properties import tried

quick = tried(40)

_ALLOWED = st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t\r<>&'\"æøå")
texts = st.text(_ALLOWED, max_size=12)
lines = st.text(string.ascii_letters + "æøå <&", max_size=8)
tokens = st.text(string.ascii_letters + string.digits + "-._&", max_size=8)
some_token = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=8)
codes = st.builds(CodedValue, tokens, tokens, texts, texts)
some_code = st.builds(CodedValue, some_token, tokens, texts)
instants = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def optional(strategy):
    return st.none() | strategy


def several(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


def one_or_two(strategy):
    return st.lists(strategy, min_size=1, max_size=2).map(tuple)


idents = st.builds(Ident, id=tokens, type=codes)
telecoms = st.builds(Telecom, type=optional(codes), address=tokens)
addresses = st.builds(
    Address, type=optional(codes), street=texts, postal_code=texts, city=texts, postbox=texts, county=optional(codes)
)
_PERSON = {
    "family_name": texts,
    "middle_name": texts,
    "given_name": texts,
    "birth_date": dates.map(str),
    "sex": optional(codes),
    "address": optional(addresses),
    "telecoms": several(telecoms),
}
persons = st.builds(Person, idents=several(idents), **_PERSON)
health_persons = st.builds(
    HealthPerson, idents=one_or_two(idents), profession=optional(codes), role=optional(codes), **_PERSON
)
organisations = st.builds(
    Organisation,
    name=texts,
    idents=one_or_two(idents),
    type=optional(codes),
    address=optional(addresses),
    telecoms=several(telecoms),
)
parties = st.builds(Party, organisation=organisations, com_method=optional(codes)).flatmap(
    lambda party: st.builds(
        lambda level_2: Party(
            organisation=party.organisation,
            com_method=party.com_method,
            service=level_2 if isinstance(level_2, Organisation) else None,
            person=level_2 if isinstance(level_2, HealthPerson) else None,
        ),
        organisations | health_persons | st.none(),
    )
)
rich_texts = texts.map(RichText.of) | texts.map(lambda text: RichText.of_xhtml(from_plain(text)))
roles = st.builds(
    RelatedRole,
    note_role=optional(codes),
    role=optional(codes),
    practitioner=optional(health_persons),
) | st.builds(RelatedRole, note_role=optional(codes), person=optional(persons))
questions = st.builds(
    Foresporsel,
    code=some_code,
    subject=texts,
    text=optional(rich_texts),
    purpose=optional(codes),
    reason=texts,
    urgency=optional(codes),
    from_date=optional(dates),
    to_date=optional(dates),
    record_info=several(codes),
    coded_information=optional(codes),
    document_id=texts,
    roles=several(roles),
)
notes = st.builds(
    Notat,
    code=some_code,
    subject=texts,
    text=optional(rich_texts),
    remark=texts,
    document_id=texts,
    written=optional(dates),
    question=optional(questions),
    roles=several(roles),
)
dialogs = st.builds(Dialogmelding, question=questions, case_type=texts, case_type_coded=optional(codes)) | st.builds(
    Dialogmelding, note=notes, case_type=texts
)


def _tells_itself(instant: datetime) -> bool:
    """Not the second of two equal wall times (autumn night), which xCal cannot tell from the first."""
    return instant.astimezone(OSLO).fold == 0


times = instants.filter(_tells_itself)
calendar_persons = st.builds(CalendarPerson, name=texts, address=texts)
events = st.builds(
    VEvent,
    start=times,
    end=times,
    uid=some_token,
    contact=some_token,
    related_to=tokens,
    categories=several(some_token),
    available_at=optional(times),
    summary=texts,
    description=texts,
    location=texts,
    status=tokens,
    attendees=several(calendar_persons),
    organizer=optional(calendar_persons),
    exception_dates=several(times),
    expected_duration=st.sampled_from(["", "PT30M", "P30M"]),
    cancellation_reason=texts,
    referral_id=texts,
)
calendars = st.builds(Calendar, events=several(events), product=texts, version=texts)
relations = st.builds(Pasientrelasjon, persons=several(persons), relation=optional(codes))
practitioner_lists = st.builds(
    PractitionerList, entries=several(st.builds(Practitioner, people=several(health_persons), remark=texts))
) | st.builds(
    PractitionerList,
    entries=st.builds(Practitioner, people=several(health_persons)).map(lambda entry: (entry,)),
    edition=st.just(PractitionerEdition.SINGLE_2014),
)
person_lists = st.builds(PersonList, persons=several(persons))
binaries = st.builds(Binary, content=st.binary(max_size=64))
_OLD = '<m:Dialogmelding xmlns:m="{}"><m:a b="c">{}</m:a></m:Dialogmelding>'
raw_parts = lines.map(
    lambda text: RawPart(namespace=ns.DIALOG_1_0, xml=_OLD.format(ns.DIALOG_1_0, escape(text, quote=False)).encode())
)
truths = optional(st.booleans())
amounts = optional(st.decimals(0, 10**6, places=3))
names = st.text(string.ascii_letters, min_size=1, max_size=8)
medicines = st.builds(
    Medicine, name=texts, group=codes, atc=optional(codes), conditions=several(names), opioid_approval=truths
)
branded = st.builds(Medicine, name=texts, group=codes, id=names, brand=texts, long_form=texts)
packed = st.builds(
    Medicine,
    name=texts,
    group=codes,
    number=texts,
    ean=texts,
    no_preservation=truths,
    packs=several(st.builds(Pack, name=texts, size=texts, unit=codes)),
)
_USE = {"purpose": texts, "use": texts, "no_combination": truths, "usage": optional(codes)}
prescribed = st.one_of(
    st.builds(Prescribing, substance=st.builds(replace, medicines, id=names), **_USE),
    st.builds(Prescribing, brand=branded, **_USE),
    st.builds(Prescribing, pack=packed, **_USE),
)
_GOODS = st.builds(Goods, number=texts, name=texts)
goods = st.builds(ForGoods, kind=codes, amount=amounts, remark=texts, use=texts, food=_GOODS) | st.builds(
    ForGoods, kind=codes, product_group=codes
)
for_medicine = st.builds(
    ForMedicine,
    kind=codes,
    amount=amounts,
    remark=texts,
    refund_code=optional(codes),
    repeats=optional(st.integers(0, 99)),
    may_exchange=optional(codes),
    prescribing=prescribed,
)
_PRESCRIPTION = {
    "prescribed": optional(dates),
    "expires": optional(dates),
    "exempt": truths,
    "reference": texts,
    "speciality": optional(codes),
    "fest_updated": st.sampled_from(["", "2026-11-20T00:00:00"]),
    "edition": st.sampled_from(M1Edition),
}
prescriptions = st.builds(Resept, medicine=for_medicine, **_PRESCRIPTION) | st.builds(
    Resept, goods=goods, **_PRESCRIPTION
)
document_infos = st.builds(
    DocumentInfo,
    type=codes,
    heading=texts,
    issued=tokens,
    mime_type=texts,
    description=texts,
    id=texts,
    connection=optional(codes),
    content_type=optional(codes),
    category=optional(codes),
    annotation=texts,
    oid_ref=tokens,
    compression=optional(codes),
)


@st.composite
def heads(draw):
    gen_date_text = write_instant(draw(instants))
    return MsgInfo(
        type=draw(some_code),
        gen_date=read_instant(gen_date_text),
        gen_date_text=gen_date_text,
        msg_id=draw(tokens),
        sender=draw(parties),
        receiver=draw(parties),
        ack=draw(optional(codes)),
        conversation=draw(optional(st.builds(ConversationRef, parent=some_token, conversation=some_token))),
        patient=draw(optional(persons)),
        processing_status=draw(optional(codes)),
        requested_priority=draw(optional(codes)),
    )


some_head = MsgInfo(
    type=CodedValue("X"),
    gen_date=read_instant("2026-11-23T08:15:00Z"),
    gen_date_text="2026-11-23T08:15:00Z",
    msg_id="x",
    sender=Party(organisation=Organisation(name="a", idents=(Ident(id="1", type=CodedValue("HER")),))),
    receiver=Party(organisation=Organisation(name="b", idents=(Ident(id="2", type=CodedValue("HER")),))),
)
some_dialog = Document(content=Dialogmelding(note=Notat(code=CodedValue("19"))))


def assert_round_trip(document):
    data = render(document)
    assert parse_document(data) == document
    assert render(parse_document(data)) == data
    assert all(isinstance(value, str) and value for value in bus_metadata(document).values())


@pytest.mark.req("DDFL-ENV-24")
@quick
@given(heads())
def test_a_head_survives(info):
    message = MsgHead(info=info, documents=(some_dialog,))
    assert_round_trip(message)
    assert parse_header(render(message)) == info


@quick
@given(dialogs, document_infos)
def test_a_dialogmelding_survives(dialog, info):
    assert_round_trip(MsgHead(info=some_head, documents=(Document(content=dialog, info=info),)))


@pytest.mark.req("DDFL-ENV-16")
@quick
@given(
    st.lists(
        st.builds(
            Document,
            info=document_infos,
            content=calendars | relations | practitioner_lists | person_lists | binaries | raw_parts | prescriptions,
        ),
        max_size=3,
    )
)
def test_every_other_part_survives_in_any_order(parts):
    assert_round_trip(MsgHead(info=some_head, documents=(some_dialog, *parts)))


@pytest.mark.req("DDFL-CAL-04")
@tried(100)
@given(st.builds(VEvent, start=times, end=times, uid=some_token, contact=some_token))
def test_a_time_survives_across_the_clock_changes(event):
    part = Document(content=Calendar(events=(event,)))
    assert_round_trip(MsgHead(info=some_head, documents=(some_dialog, part)))


@pytest.mark.req("DDFL-CAL-04")
@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_each_quarter_of_a_clock_change_night_survives(night):
    quarters = [night + timedelta(minutes=15 * number) for number in range(-8, 12)]
    events = tuple(VEvent(start=at, end=at, uid="a", contact="1") for at in quarters if _tells_itself(at))
    assert len(events) >= 16
    part = Document(content=Calendar(events=events))
    assert_round_trip(MsgHead(info=some_head, documents=(some_dialog, part)))


units = st.builds(AppRecUnit, name=texts, id=tokens, id_type=optional(codes), further_ids=several(idents))
typed_units = st.builds(AppRecUnit, name=texts, id=tokens, id_type=optional(codes), type=optional(codes))
receipt_parties = st.builds(
    AppRecParty,
    role=optional(codes),
    institution=units,
    departments=several(typed_units),
    persons=several(units),
    speciality=optional(codes),
) | st.builds(AppRecParty, professional=typed_units)
receipts = st.builds(
    AppRec,
    type=codes,
    gen_date_text=instants.map(write_instant),
    id=tokens,
    sender=receipt_parties,
    receiver=receipt_parties,
    status=codes,
    original=st.builds(OriginalMessage, type=codes, issue_date_text=instants.map(write_instant), id=tokens),
    errors=several(codes),
    software_name=texts,
    software_version=texts,
)


@quick
@given(receipts)
def test_a_receipt_survives(receipt):
    assert_round_trip(receipt)


@pytest.mark.req("DDFL-ENV-25")
@quick
@given(st.text(_ALLOWED, max_size=60))
def test_what_is_shown_of_a_text_is_the_text(text):
    div = from_plain(text)
    assert to_plain(div).split() == text.split()
    assert "<" not in sanitise(div).replace("<div>", "").replace("</div>", "").replace("<p>", "").replace(
        "</p>", ""
    ).replace("<br>", "")
