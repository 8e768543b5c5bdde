"""A cast of parties, persons and messages for tests of what travels on the wire. All persons are synthetic."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from skranke.kernel.ids import HerId, HprNumber, synthetic_d_number, synthetic_national_id
from skranke.standards.build import parties
from skranke.standards.build.envelope import Envelope
from skranke.standards.codes import MEDICINE, CodedValue, PatientRole, PrescriptionGroup, Relation
from skranke.standards.m1 import ForGoods, ForMedicine, Resept
from skranke.standards.medicines import Goods, Medicine, Prescribing
from skranke.standards.msghead import Attachment, ConversationRef
from skranke.standards.shared import Pasientrelasjon
from skranke.standards.xcal import VEvent

NOW = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
FIRST_ID = UUID("6c7e1a52-0d4f-4f8f-9d53-1a64be7a0001")
SECOND_ID = UUID("6c7e1a52-0d4f-4f8f-9d53-1a64be7a0002")
APPOINTMENT_ID = "51d0a6b3-6a3e-4a55-8b9f-b1c2d3e40001"
SLOT_ID = "51d0a6b3-6a3e-4a55-8b9f-b1c2d3e40002"

CLINIC = parties.organisation("Lyngheia legesenter", HerId("3000001"), "999000001")
GP = parties.gp_party(
    CLINIC, her_id=HerId("3000002"), given_name="Kari", family_name="Lyng", hpr_number=HprNumber("9000021")
)
HELSENORGE = parties.service_party(
    parties.organisation("Norsk helsenett, prøve", HerId("4000001")), her_id=HerId("4000002"), name="Innbyggerflater"
)
OLA = parties.patient(synthetic_national_id(date(1985, 3, 14), 3), given_name="Ola", family_name="Prøvemann")
DAGNY = parties.patient(synthetic_d_number(date(1990, 6, 1), 1), given_name="Dagny", family_name="Dnummer")
MOTHER = parties.representative(synthetic_national_id(date(1984, 2, 2), 1), given_name="Mona", family_name="Mor")
ACTING = Pasientrelasjon(persons=(MOTHER,), relation=Relation.PARENT.cv)
SUBSTITUTE = parties.practitioner_role(
    PatientRole.GP_SUBSTITUTE, hpr_number=HprNumber("9000022"), given_name="Per", family_name="Vik"
)
WANTED = parties.practitioner_role(
    PatientRole.WANTED_PRACTITIONER, hpr_number=HprNumber("9000022"), given_name="Per", family_name="Vik"
)
THREAD = ConversationRef(parent=str(FIRST_ID), conversation=str(FIRST_ID))
PDF = Attachment(
    content=b"%PDF-1.4\nsynthetic",
    mime_type="application/pdf",
    description="Øvelser for skulder",
    issued="2026-11-23T08:00:00Z",
)
PNG = Attachment(content=b"\x89PNG\r\n\x1a\nsynthetic", mime_type="image/png", description="Utslett")


def medicine(
    name: str,
    *,
    xml_id: str = "ID_1",
    amount: Decimal | None = None,
    repeats: int = 0,
    prescribed: date | None = date(2026, 11, 23),
    expires: date | None = date(2027, 11, 23),
) -> Resept:
    """A prescription of a medicine by its name."""
    named = Medicine(name=name, group=PrescriptionGroup.C.cs, id=xml_id)
    return Resept(
        prescribed=prescribed,
        expires=expires,
        medicine=ForMedicine(
            kind=MEDICINE,
            amount=amount,
            repeats=repeats,
            prescribing=Prescribing(use="1 tablett daglig", substance=named),
        ),
    )


def goods(name: str, *, number: str) -> Resept:
    """A prescription of food."""
    return Resept(goods=ForGoods(kind=CodedValue("N"), use="Ved behov", food=Goods(number=number, name=name)))


def from_citizen(*, later: bool = False, patient=OLA) -> Envelope:
    """An envelope from HelseNorge to the GP; `later` puts it in a thread."""
    return Envelope(
        sender=HELSENORGE,
        receiver=GP,
        msg_id=SECOND_ID if later else FIRST_ID,
        gen_date=NOW,
        patient=patient,
        conversation=THREAD if later else None,
    )


def from_clinic(*, later: bool = False, patient=OLA) -> Envelope:
    """An envelope from the GP to HelseNorge; `later` puts it in a thread."""
    return Envelope(
        sender=GP,
        receiver=HELSENORGE,
        msg_id=SECOND_ID if later else FIRST_ID,
        gen_date=NOW,
        patient=patient,
        conversation=THREAD if later else None,
    )


def slot(**changes) -> VEvent:
    """A free time of the GP: 1 December 2026 at nine, twenty minutes."""
    facts = {
        "start": datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        "end": datetime(2026, 12, 1, 8, 20, tzinfo=UTC),
        "uid": SLOT_ID,
        "contact": "3000002",
    }
    return VEvent(**{**facts, **changes})


def appointment(**changes) -> VEvent:
    """The same time, booked."""
    facts = {"related_to": APPOINTMENT_ID, "status": "CONFIRMED", "location": "Storgata 1", "summary": "Konsultasjon"}
    return slot(**{**facts, **changes})
