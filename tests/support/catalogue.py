"""One example of each message that our builders make, by a name that tests show."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from skranke.kernel.ids import HprNumber
from skranke.standards.build import (
    behandleroversikt,
    comtest,
    digitalbruker,
    ekonsultasjon,
    ekontakt,
    parties,
    reseptfornyelse,
    timeonske,
    timereservasjon,
)
from skranke.standards.build.apprec import apprec_for, error
from skranke.standards.build.envelope import reply_to
from skranke.standards.codes import Answer, AppRecError, AppRecStatus, Delivery, MessageFunction, PatientRole, Question
from skranke.standards.richtext import RichText, from_plain
from skranke.standards.shared import Practitioner

from support.messages import (
    ACTING,
    DAGNY,
    NOW,
    OLA,
    PDF,
    PNG,
    SECOND_ID,
    SUBSTITUTE,
    WANTED,
    appointment,
    from_citizen,
    from_clinic,
    goods,
    medicine,
    slot,
)

RECEIPT_ID = UUID("6c7e1a52-0d4f-4f8f-9d53-1a64be7a0009")
_LATER = from_clinic(later=True)
_CITIZEN_LATER = from_citizen(later=True)
_FORMATTED = RichText.of_xhtml(from_plain("Første avsnitt.\n\nAndre avsnitt,\nto linjer."))
OTHER = Practitioner(
    people=(
        parties.health_person(
            hpr_number=HprNumber("9000022"), given_name="Per", family_name="Vik", role=PatientRole.GP_SUBSTITUTE
        ),
    ),
    remark="Tirsdager",
)

E_CONTACT = {
    "HE": ekontakt.citizen_question(
        from_citizen(), subject="Julen", text="Er dere åpne?", relation=ACTING, attachments=(PNG,), case_type="sak-1"
    ),
    "19": ekontakt.clinic_answer(
        _LATER,
        text=_FORMATTED,
        subject="Svar",
        author=parties.author(given_name="Ali", family_name="Sekretær"),
        attachments=(PDF,),
        case_type="sak-1",
    ),
    "EK-26": ekontakt.clinic_answer(_LATER, Answer.REJECTED, text="Ring oss."),
    "EK-30": ekontakt.clinic_answer(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "EK-31": ekontakt.clinic_answer(_LATER, Answer.GENERAL_FAULT, text="Prøv igjen."),
    "EK-DI": ekontakt.clinic_question(from_clinic(), subject="Prøver", text="Kom innom.", may_answer=True),
    "EK-EKI": ekontakt.clinic_question(
        from_clinic(patient=DAGNY), subject="Stengt", text="Vi holder stengt.", may_answer=False
    ),
    "EK-22": ekontakt.citizen_answer(_CITIZEN_LATER, text="Takk!", relation=ACTING, attachments=(PDF,)),
    "EK-26-HN": ekontakt.citizen_answer(_CITIZEN_LATER, Answer.REJECTED, text=None),
}
E_CONSULTATION = {
    "SB": ekonsultasjon.citizen_question(
        from_citizen(), subject="Skulder", text=_FORMATTED, wanted=WANTED, relation=ACTING, attachments=(PDF, PNG)
    ),
    "12": ekonsultasjon.clinic_answer(_LATER, text="Se vedlegg.", practitioner=SUBSTITUTE, attachments=(PDF,)),
    "13": ekonsultasjon.clinic_answer(_LATER, Answer.DIALOG_CLOSED, text="God bedring."),
    "KO-26": ekonsultasjon.clinic_answer(_LATER, Answer.REJECTED, text="Bestill time."),
    "KO-30": ekonsultasjon.clinic_answer(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "KO-31": ekonsultasjon.clinic_answer(_LATER, Answer.GENERAL_FAULT, text="Prøv igjen."),
    "KO-DI": ekonsultasjon.clinic_question(
        from_clinic(), subject="Svar på prøver", text="Alt er fint.", may_answer=True, practitioner=SUBSTITUTE
    ),
    "KO-EKI": ekonsultasjon.clinic_question(from_clinic(), subject="Til orientering", text="Hei.", may_answer=False),
    "KO-22": ekonsultasjon.citizen_answer(_CITIZEN_LATER, text="Takk.", wanted=WANTED, attachments=(PNG,)),
}
BOOKING = {
    "HLT": timereservasjon.free_slots_question(
        from_citizen(), from_date=date(2026, 12, 1), to_date=date(2026, 12, 28), wanted=WANTED, relation=ACTING
    ),
    "03": timereservasjon.free_slots_answer(
        _LATER,
        (
            slot(),
            slot(categories=("Video",), available_at=NOW),
            slot(categories=("Hastetime", "MustCall")),
        ),
    ),
    "04": timereservasjon.free_slots_answer(_LATER, ()),
    "HBT": timereservasjon.booked_question(from_citizen(), relation=ACTING),
    "01": timereservasjon.booked_answer(_LATER, (appointment(), appointment(categories=("Video",)))),
    "02": timereservasjon.booked_answer(_LATER, ()),
    "TR-2-26": timereservasjon.lookup_refusal(_LATER, Answer.REJECTED, text="Tjenesten er av."),
    "TR-2-30": timereservasjon.lookup_refusal(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "RT": timereservasjon.reserve(
        from_citizen(), slot(), accepts_other=True, text="Øreverk", relation=ACTING, attachments=(PNG,)
    ),
    "ART": timereservasjon.cancel(from_citizen(), appointment(), text="Jeg er frisk.", relation=ACTING),
    "ERT": timereservasjon.change(from_citizen(), appointment(), slot(), text="Passer bedre.", relation=ACTING),
    "05": timereservasjon.clinic_answer(_LATER, Answer.RESERVED, appointment=appointment(), text="Velkommen."),
    "05-other": timereservasjon.clinic_answer(
        _LATER, Answer.RESERVED, appointment=appointment(), practitioner=SUBSTITUTE, other_practitioner=OTHER
    ),
    "06": timereservasjon.clinic_answer(_LATER, Answer.SLOT_TAKEN, text="Timen er tatt."),
    "07": timereservasjon.clinic_answer(_LATER, Answer.CHANGED, appointment=appointment()),
    "34": timereservasjon.clinic_answer(_LATER, Answer.NOT_CHANGED, appointment=appointment(), text="Avbestill."),
    "08": timereservasjon.clinic_answer(_LATER, Answer.CANCELLED, appointment=appointment(status="CANCELLED")),
    "09": timereservasjon.clinic_answer(_LATER, Answer.NOT_CANCELLED, appointment=appointment(), text="For sent."),
    "09-unknown": timereservasjon.clinic_answer(_LATER, Answer.NOT_CANCELLED, text="Ukjent time."),
    "TR-6-26": timereservasjon.clinic_answer(_LATER, Answer.REJECTED, text="Skriv hva det gjelder."),
    "TR-6-30": timereservasjon.clinic_answer(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "push-05": timereservasjon.push(from_clinic(), Answer.RESERVED, appointment(), practitioner=SUBSTITUTE),
    "push-07": timereservasjon.push(from_clinic(), Answer.CHANGED, appointment(categories=("Video",))),
    "push-08": timereservasjon.push(from_clinic(), Answer.CANCELLED, appointment(status="CANCELLED")),
    "push-11": timereservasjon.push(from_clinic(), Answer.NO_SHOW, appointment()),
}
PUSHED = {
    f"AU-{code.value}": timereservasjon.push(
        from_clinic(), code, appointment(), function=MessageFunction.APPOINTMENT_PUSH
    )
    for code in (Answer.RESERVED, Answer.CHANGED, Answer.CANCELLED, Answer.NO_SHOW)
}
_TAKEN_BACK = timereservasjon.cancel(
    from_citizen(), appointment(), text="Frisk.", function=MessageFunction.APPOINTMENT_CANCELLATION
)
CANCELLATION = {
    "AA-ART": _TAKEN_BACK,
    "AA-ART-old": timereservasjon.cancel(
        from_citizen(), appointment(), function=MessageFunction.APPOINTMENT_CANCELLATION_OLD
    ),
    "AA-08": timereservasjon.clinic_answer(
        reply_to(_TAKEN_BACK.info, msg_id=SECOND_ID, gen_date=NOW),
        Answer.CANCELLED,
        appointment=appointment(status="CANCELLED"),
        function=MessageFunction.APPOINTMENT_CANCELLATION,
    ),
    "AA-09": timereservasjon.clinic_answer(
        reply_to(_TAKEN_BACK.info, msg_id=SECOND_ID, gen_date=NOW),
        Answer.NOT_CANCELLED,
        text="Ring oss.",
        function=MessageFunction.APPOINTMENT_CANCELLATION,
    ),
}
RENEWAL = {
    "RF": reseptfornyelse.citizen_request(
        from_citizen(), text="Paracet 500 mg", delivery=Delivery.COLLECT, wanted=WANTED, relation=ACTING
    ),
    "RFER": reseptfornyelse.citizen_request(
        from_citizen(),
        text="",
        delivery=Delivery.PHARMACY,
        prescriptions=(
            medicine("Prøvelin tab 5 mg", xml_id="ID_1", amount=Decimal(1), prescribed=None, expires=None),
            goods("Prøvenæring", number="900123"),
        ),
    ),
    "RF-bare": reseptfornyelse.citizen_request(from_citizen(), text="Ibux", subject="Resept", delivery=None),
    "14": reseptfornyelse.clinic_answer(
        _LATER,
        Answer.RENEWED,
        text="Klar.",
        subject="Paracet",
        practitioner=SUBSTITUTE,
        case_type="sak-1",
        prescriptions=(medicine("Paracet tab 500 mg", xml_id="ID_1", amount=Decimal(2), repeats=3),),
    ),
    "14-uten": reseptfornyelse.clinic_answer(_LATER, Answer.RENEWED, text="Klar."),
    "15": reseptfornyelse.clinic_answer(_LATER, Answer.NOT_RENEWED, text="Bestill time."),
    "32": reseptfornyelse.clinic_answer(
        _LATER,
        Answer.PARTLY_RENEWED,
        text=_FORMATTED,
        prescriptions=(
            medicine("Paracet tab 500 mg", xml_id="ID_1", amount=Decimal(1)),
            medicine("Ibux tab 400 mg", xml_id="ID_2"),
        ),
    ),
    "RX-26": reseptfornyelse.clinic_answer(_LATER, Answer.REJECTED, text="Ring oss."),
    "RX-30": reseptfornyelse.clinic_answer(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "RX-22": reseptfornyelse.citizen_message(_CITIZEN_LATER, text="Takk."),
}
DIGITAL_USER = {
    "SDAB": digitalbruker.status(from_citizen(), active=True),
    "SDAB-2": digitalbruker.status(from_citizen(patient=DAGNY), active=False),
    "SIDAB": digitalbruker.check(from_clinic(), (OLA, DAGNY)),
    "28": digitalbruker.answer(_CITIZEN_LATER, Answer.ACTIVE_USERS, persons=(OLA,)),
    "29": digitalbruker.answer(_CITIZEN_LATER, Answer.NO_ACTIVE_USERS),
    "DB-31": digitalbruker.answer(_CITIZEN_LATER, Answer.GENERAL_FAULT, text="Prøv igjen."),
}
PRACTITIONERS = {
    "HB": behandleroversikt.question(from_citizen(), relation=ACTING),
    "HB-old": behandleroversikt.question(from_citizen(), function=MessageFunction.PRACTITIONERS_OLD),
    "20": behandleroversikt.answer(_LATER, (OTHER,)),
    "21": behandleroversikt.answer(_LATER),
    "BO-30": behandleroversikt.refusal(_LATER, Answer.NO_ACCESS, text="Ring oss."),
    "BO-31": behandleroversikt.refusal(_LATER, Answer.GENERAL_FAULT, text="Prøv igjen."),
}
WISH = {
    "OT": timeonske.wish(
        from_citizen(),
        Question.WISH_FOR_APPOINTMENT,
        accepts_other=True,
        text="Helst en morgen.",
        relation=ACTING,
        attachments=(PNG,),
    ),
    "OET": timeonske.wish(
        from_citizen(), Question.WISH_FOR_CHANGE, accepts_other=False, text="Senere.", appointment=appointment()
    ),
    "OAT": timeonske.wish(
        from_citizen(), Question.WISH_FOR_CANCELLATION, accepts_other=False, appointment=appointment()
    ),
    "TO-05": timeonske.clinic_answer(_LATER, Answer.RESERVED, appointment=appointment(), text="Velkommen."),
    "TO-10": timeonske.clinic_answer(
        _LATER,
        Answer.RESERVED_WITH_OTHER,
        appointment=appointment(),
        practitioner=SUBSTITUTE,
        other_practitioner=OTHER,
    ),
    "TO-06": timeonske.clinic_answer(_LATER, Answer.SLOT_TAKEN, text="Ingen ledige."),
    "TO-07": timeonske.clinic_answer(_LATER, Answer.CHANGED, appointment=appointment()),
    "TO-34": timeonske.clinic_answer(_LATER, Answer.NOT_CHANGED, appointment=appointment(), text="Den står."),
    "TO-08": timeonske.clinic_answer(_LATER, Answer.CANCELLED, appointment=appointment(status="CANCELLED")),
    "TO-09": timeonske.clinic_answer(_LATER, Answer.NOT_CANCELLED, appointment=appointment(), text="For sent."),
    "TO-26": timeonske.clinic_answer(_LATER, Answer.REJECTED, text="Ring oss."),
}
TEST = {
    "KT": comtest.request(from_clinic()),
    "RKT": comtest.response(_CITIZEN_LATER),
}
RECEIPTS = {
    "positive": apprec_for(E_CONTACT["HE"].info, status=AppRecStatus.OK, now=NOW, id=RECEIPT_ID),
    "negative": apprec_for(
        E_CONTACT["19"].info,
        status=AppRecStatus.REJECTED,
        errors=(error(AppRecError.UNKNOWN_PATIENT), error(AppRecError.OTHER_FORMAT_FAULT, "Vedlegg 2")),
        now=NOW,
        id=RECEIPT_ID,
        software_version="0.1",
    ),
}
MESSAGES = (
    E_CONTACT | E_CONSULTATION | BOOKING | PUSHED | CANCELLATION | RENEWAL | WISH | DIGITAL_USER | PRACTITIONERS | TEST
)
