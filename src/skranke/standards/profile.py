"""What we write where guide, schema, samples and registers disagree: one value a decision, with its reason.

The numbers D-nn are those of the project's protocol notes (section 9). What we *read* is wider and stands in the
readers. A newer rule of Norsk Helsenett should be a change of this file.
"""

from skranke.standards.codes import (
    Acknowledgement,
    Answer,
    AppRecRole,
    CodedValue,
    MessageFunction,
    OrganisationIdType,
    PersonIdType,
    SlotCategory,
)
from skranke.standards.m1 import M1Edition
from skranke.standards.shared import PractitionerEdition

PRODUCT = "Skranke"
"""prodid of our calendars and SoftwareName of our receipts."""

CALENDAR_VERSION = "2.0"
"""The version of iCalendar that xCal is an XML form of (HITS 1217 2.8)."""

ACK_ASYNCHRONOUS: CodedValue = Acknowledgement.YES.cs
"""HITS 1217 2.3.5."""

ACK_SYNCHRONOUS: CodedValue = Acknowledgement.NO.cs
"""D-01: the guide says N; the official samples say J also for synchronous messages."""

PERSON_HER_TYPE: CodedValue = PersonIdType.HER.cv
"""D-26: list 8116 for a person's HER-id, as guide and samples; only library samples use 9051."""

ORGANISATION_HER_TYPE: CodedValue = OrganisationIdType.HER.cv
"""D-24: HER-id first at level 1, an organisation number may follow."""

PRACTITIONER_EDITION = PractitionerEdition.LIST_2015
"""D-12: the guide's list; one sample still has the single form of 2014."""

JPEG = "image/jpeg"
PDF = "application/pdf"
PNG = "image/png"
ATTACHMENT_TYPES = frozenset({PDF, JPEG, PNG})
"""HITS 1217 2.10. D-23: image/jpeg is written; image/jpg of one sample is read as the same."""

_CANCELLATION_ANSWERS = frozenset({Answer.CANCELLED, Answer.NOT_CANCELLED})

CLINIC_ANSWERS: dict[MessageFunction, frozenset[Answer]] = {
    # D-08, D-11: no 13, 16, 17, 18 or 27 on e-kontakt. D-06: refusals by service, 26/30/31 here.
    MessageFunction.E_CONTACT: frozenset(
        {Answer.ENQUIRY_ANSWER, Answer.REJECTED, Answer.NO_ACCESS, Answer.GENERAL_FAULT}
    ),
    # D-09: 13 closes as an answer, never as a question.
    MessageFunction.E_CONSULTATION: frozenset(
        {
            Answer.PRACTITIONER_ANSWER,
            Answer.DIALOG_CLOSED,
            Answer.REJECTED,
            Answer.NO_ACCESS,
            Answer.GENERAL_FAULT,
        }
    ),
    # D-06: 31 is not in the guide's list of this service.
    MessageFunction.PRESCRIPTION_RENEWAL: frozenset(
        {Answer.RENEWED, Answer.NOT_RENEWED, Answer.PARTLY_RENEWED, Answer.REJECTED, Answer.NO_ACCESS}
    ),
    # D-06: 31 is not in the guide's list of this service. D-14: no practitioners in a 03.
    MessageFunction.BOOKING: frozenset(
        {
            Answer.BOOKED_APPOINTMENTS,
            Answer.NO_BOOKED_APPOINTMENTS,
            Answer.FREE_SLOTS,
            Answer.NO_FREE_SLOTS,
            Answer.RESERVED,
            Answer.SLOT_TAKEN,
            Answer.CHANGED,
            Answer.NOT_CHANGED,
            Answer.CANCELLED,
            Answer.NOT_CANCELLED,
            Answer.REJECTED,
            Answer.NO_ACCESS,
        }
    ),
    # TO-4: 10 is legal here alone.
    MessageFunction.APPOINTMENT_WISH: frozenset(
        {
            Answer.RESERVED,
            Answer.RESERVED_WITH_OTHER,
            Answer.SLOT_TAKEN,
            Answer.CHANGED,
            Answer.NOT_CHANGED,
            Answer.CANCELLED,
            Answer.NOT_CANCELLED,
            Answer.REJECTED,
            Answer.NO_ACCESS,
        }
    ),
    # D-30: the guide's own list of this service (3.7.1.2) has 08 and 09 alone.
    MessageFunction.APPOINTMENT_CANCELLATION: _CANCELLATION_ANSWERS,
    MessageFunction.APPOINTMENT_CANCELLATION_OLD: _CANCELLATION_ANSWERS,
}
"""Which TemaKodet a clinic may send in each function (section 1)."""

REFUSED_AS: dict[MessageFunction, Answer] = {
    MessageFunction.APPOINTMENT_CANCELLATION: Answer.NOT_CANCELLED,
    MessageFunction.APPOINTMENT_CANCELLATION_OLD: Answer.NOT_CANCELLED,
}
"""D-30: where a refusal of any kind is one code with a text; elsewhere it is 26 or 30."""

PRESCRIPTION_EDITION = M1Edition.V2_5
"""D-05: M1 2.5 by the guide and the CPA; the CPP template and a library sample have 2.4."""

MOST_PRESCRIPTIONS = 100
"""D-05: how many M1 a renewal may carry, by the CPP template."""

RENEWAL_NEEDS_PRESCRIPTIONS = False
"""D-05: the guide demands one M1 for each renewed prescription. A record system may have none to send: then the answer
leaves without, and it is logged. True: such an answer is refused before anything is stored. None is ever made up."""

TURNED_RENEWAL_IS_CLOSED = True
"""RX-17: a renewal that is answered as an e-kontakt or an e-konsultasjon gets a closing 26 too, because HelseNorge
waits for an answer in it. No source says what HelseNorge shows then. False: the closing answer is held back."""

CITIZEN_ANSWERS = frozenset({Answer.CITIZEN_ANSWER, Answer.REJECTED, Answer.GENERAL_FAULT})
"""Which TemaKodet HelseNorge sends in a dialog (EK-4, KO-4)."""

PUSHES = frozenset({Answer.RESERVED, Answer.CHANGED, Answer.CANCELLED, Answer.NO_SHOW})
"""TR-7 and AU-1: answers of list 7602 in TypeForesp. D-18: MOA is never sent."""

ANSWERS_WITH_APPOINTMENT = frozenset(
    {Answer.RESERVED, Answer.RESERVED_WITH_OTHER, Answer.CHANGED, Answer.CANCELLED, Answer.NOT_CHANGED}
)
"""TR-6, TO-4: these must name the time. 09 names it when it is known. D-17: 06, 26 and 30 carry none."""

RESOURCE_CALENDARS = True
"""Ressurstimebok, a stand-in: how a clinic's own calendar (vaccination, laboratory) looks on the wire is not public.

Evidence: it is set up in Adresseregisteret on a HER-id with a calendar category, the FHIR guide has the categories
Vaksine and Lab, and HelseNorge shows a type's name and some text. So: the messages of TIMERESERVASJON, addressed to a
service party; contact is its HER-id, summary the type's name, categories the type's, and the uid stands for a type
and a start in whichever schedules have it free. False: a service party has no calendar, and a question to it is
answered 26.
"""

RESOURCE_TEXT_CHARACTERS = 200
"""What HelseNorge shows of a resource type's information; the rest is cut (same stand-in)."""

RESOURCE_CATEGORIES = frozenset({SlotCategory.VACCINE, SlotCategory.LAB})
"""Only in the calendars of service parties: those of a GP have Hastetime, Video and MustCall (HITS 1217 2.8.2)."""

PERSONS_AT_MOST = 500
"""3.3: no maximum is stated for Personer; we ask about so many in one SIDAB."""

ECHOED_FUNCTIONS = frozenset(
    {
        MessageFunction.PRACTITIONERS,
        MessageFunction.PRACTITIONERS_OLD,
        MessageFunction.APPOINTMENT_CANCELLATION,
        MessageFunction.APPOINTMENT_CANCELLATION_OLD,
    }
)
"""D-28, D-29: guide, samples and code list disagree about these names; an answer repeats the one of its question."""

RECEIPT_SENDER_ROLE: CodedValue = AppRecRole.PRIMARY_RECEIVER.cs
RECEIPT_RECEIVER_ROLE: CodedValue = AppRecRole.SENDER.cs
"""HIS 80415 3.5.1, 4.4.5: who receives a message as its main receiver acknowledges it to its sender."""
