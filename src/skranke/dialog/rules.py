"""The rules of dialogs: pure predicates and calculations, each with the requirement it serves."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath

from django.db.models import Q

from skranke.blobs.models import Scan
from skranke.clinics.models import Employee
from skranke.dialog import kinds
from skranke.dialog.communication.models import OwnType
from skranke.dialog.models import Channel, DeliveryState, DialogKind, PrescriptionForm
from skranke.dialog.outcomes import DECIDED, REFUSABLE, REFUSAL, OutcomeRule
from skranke.kernel import clock
from skranke.kernel.holidays import add_working_days, working_days_between
from skranke.patients.models import Patient
from skranke.patients.rules import Reachability, Reason, has_complete_national_id
from skranke.standards import attachments
from skranke.standards.codes import PrescriptionGroup

HELSENORGE = "helsenorge.no"
TITLE_LENGTH = 300
SUBJECT_LENGTH = 60
ANSWER_WORKING_DAYS = 5
NAME_LENGTH = 120
PROBLEM_LENGTH = 200
NOTE_LENGTH = 10_000

# What never leaves for HelseNorge, and where it lives instead.
_OURS = {DialogKind.E_DIALOG: Channel.OWN, DialogKind.INTERNAL: Channel.INTERNAL}
# CMP-16: what HelseNorge shows; our own pages show all, and what is read there is bounded only to stay a message.
MAX_SUBJECT = dict.fromkeys(DialogKind, 50) | dict.fromkeys(_OURS, 100)
MAX_TEXT = dict.fromkeys(DialogKind, 1000) | dict.fromkeys(_OURS, 10_000)

# CMP-11: what came and is not opened: something was found in it, or the scanner has not seen it yet.
QUARANTINED = frozenset({Scan.INFECTED, Scan.WAITING})
_UNSURE = "application/octet-stream"

# Codes of list 7601 and 7602 (MSG-25); HITS 1217 3.2 and 3.3.
NOT_DELIVERED_CODES = frozenset({"26", "31"})
_ANSWER, _ANSWER_AND_CLOSE, _ENQUIRY_ANSWER = "12", "13", "19"
_DIALOG, _ONE_WAY = "DI", "EKI"
# A message of our own channel is on no national list.
OWN_CODE = ""
# The error of a receipt (list 8221): the citizen is not active in HelseNorge.
_NOT_ACTIVE = "E35"

_MOST_AMOUNT, _AMOUNT_DECIMALS = 10_000, 3
_MEDICINES = frozenset({PrescriptionForm.MEDICINE, PrescriptionForm.BRAND, PrescriptionForm.PACK})

_TURNS = {
    DialogKind.E_CONTACT: (DialogKind.E_CONSULTATION,),
    DialogKind.E_CONSULTATION: (DialogKind.E_CONTACT,),
    DialogKind.PRESCRIPTION_RENEWAL: (DialogKind.E_CONTACT, DialogKind.E_CONSULTATION),
}

# What XML 1.0 cannot carry.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_FINAL = frozenset({DeliveryState.RECEIVED, DeliveryState.REJECTED})
_IN_PORTAL = frozenset({DeliveryState.READY, DeliveryState.READ})
_NEXT_DELIVERY = {
    DeliveryState.QUEUED: frozenset(DeliveryState) - {DeliveryState.QUEUED, *_IN_PORTAL},
    DeliveryState.FAILED: frozenset({DeliveryState.SENT, *_FINAL}),
    DeliveryState.SENT: frozenset({DeliveryState.FAILED, DeliveryState.EXPIRED, *_FINAL}),
    DeliveryState.EXPIRED: frozenset({DeliveryState.FAILED, *_FINAL}),
    DeliveryState.READY: frozenset({DeliveryState.READ}),
}
PROBLEMS = frozenset({DeliveryState.REJECTED, DeliveryState.FAILED, DeliveryState.EXPIRED})
LOST = frozenset({DeliveryState.REJECTED, DeliveryState.FAILED})
"""What never reached the patient, so that it is no answer; what has expired may have."""


def channel(kind: str) -> Channel:
    """Where a dialog of this kind that the clinic starts lives.

    An e-dialog in our own patient portal (CMP-4), one between colleagues where they work (MSG-21).
    """
    return _OURS.get(DialogKind(kind), Channel.HELSENORGE)


def startable(*, integration: bool) -> tuple[DialogKind, ...]:
    """What may be written to a patient, as it is offered at the top right: without HelseNorge an e-dialog (CMP-1)."""
    ways = (DialogKind.E_CONTACT, DialogKind.E_CONSULTATION, DialogKind.E_DIALOG)
    return tuple(kind for kind in ways if integration or channel(kind) == Channel.OWN)


def template_kinds(kind: str) -> tuple[DialogKind, ...]:
    """What a template may say it is for, to be used in this kind of dialog (TPL-5).

    An e-dialog is begun in the same form as a dialog between colleagues (CMP-5).
    """
    pair = (DialogKind.E_DIALOG, DialogKind.INTERNAL)
    return pair if kind in pair else (DialogKind(kind),)


def is_notifiable(patient: Patient) -> bool:
    """Whether a notice of our own could reach the patient (CMP-15); HelseNorge sends its own (CMP-14)."""
    return bool(patient.phone or patient.email)


def is_shown_to_patient(channel: str) -> bool:
    """Whether our portal shows the patient a thread: those of our own channel alone (CMP-4, docs/decisions/0009)."""
    return channel == Channel.OWN


def reachability_in_portal(patient: Patient) -> Reachability:
    """Whether an e-dialog can reach the patient: whoever can log in, in HelseNorge or not (CMP-4, POR-1)."""
    return Reachability(Reason.NONE if has_complete_national_id(patient) else Reason.NATIONAL_ID_INCOMPLETE)


def is_out(now: datetime, prefix: str = "") -> Q:
    """A message, reached by `prefix`, that the patient may see: nobody can call it back any more (decisions/0016)."""
    return Q(**{f"{prefix}held_until": None}) | Q(**{f"{prefix}held_until__lte": now})


def patient_may_write(*, may_be_answered: bool, blocked: bool) -> bool:
    """Whether a patient may write in a thread of our own channel.

    Not after "Svar og avslutt" or "Send og avslutt" (MSG-8, CMP-7), nor one whom the clinic has shut out.
    """
    return may_be_answered and not blocked


def title(subject: str, *, channel: str = Channel.HELSENORGE) -> str:
    """The title of a thread: from HelseNorge it always holds "helsenorge.no" (MSG-19)."""
    subject = " ".join(subject.split())
    if channel != Channel.HELSENORGE:
        return _shortened(subject, TITLE_LENGTH)
    if not subject:
        return HELSENORGE
    if HELSENORGE in subject.lower():
        return _shortened(subject, TITLE_LENGTH) if len(subject) <= TITLE_LENGTH else title(f"{subject[:200]}…")
    ending = f" – {HELSENORGE}"
    return _shortened(subject, TITLE_LENGTH - len(ending)) + ending


def subject(kind: str, stated: str, text: str) -> str:
    """What a thread is called after: a request for renewal without a subject after its first line (MSG-19, RX-1).

    HelseNorge's form has no field for a subject there (HITS 1217 3.1.1); in the list they would all look the same.
    """
    if stated.strip() or kind != DialogKind.PRESCRIPTION_RENEWAL:
        return stated
    return _shortened(next(iter(text.strip().splitlines()), ""), SUBJECT_LENGTH)


def practitioner(kind: str, *, wanted: Employee | None, addressed: Employee | None) -> Employee | None:
    """The practitioner a new thread is for; None where no active one is addressed (RCV-5, RCV-13).

    wanted: the active employee the patient asked for (role 23); addressed: the active employee of the addressed party.
    Role 23 of an e-contact is to be ignored (HITS 1217 3.3.1), and a renewal has none. A wish for an appointment goes
    to the GP, or to the practitioner wished for (REQ-5).
    """
    if kind in {DialogKind.E_CONSULTATION, DialogKind.APPOINTMENT_WISH}:
        return wanted or addressed
    return addressed


def is_practitioners_own(kind: str) -> bool:
    """Whether a thread that no set-up speaks of is its practitioner's alone: a wish, a consultation (ORG-13, REQ-5)."""
    return kind in {DialogKind.E_CONSULTATION, DialogKind.APPOINTMENT_WISH}


def goes_to_whole_clinic(kind: str, *, is_gps: bool) -> bool:
    """What was written to a GP and nobody can tell the type of yet; what else is nobody's goes by ORG-13."""
    return is_gps and not is_practitioners_own(kind)


def is_journaled(kind: str) -> bool:
    """Every e-consultation is journaled by itself, both directions; no other kind is (JRN-1, JRN-2)."""
    return kind == DialogKind.E_CONSULTATION


def is_consultation(kind: str, own_type: str = "") -> bool:
    """Whether a dialog is an e-consultation: through HelseNorge, or started as one in our own channel (JRN-10)."""
    return kind == DialogKind.E_CONSULTATION or is_own_consultation(own_type)


def is_own_consultation(own_type: str) -> bool:
    """An e-consultation of our own channel: it gets into the journal when the one who answers says so (JRN-9)."""
    return own_type == OwnType.E_CONSULTATION


def is_important(kind: str, own_type: str = "") -> bool:
    """An e-consultation is important by default (JRN-10)."""
    return is_consultation(kind, own_type)


def answer_due(kind: str, waiting_since: datetime | None, own_type: str = "") -> date | None:
    """The last day to answer: five working days after the oldest unanswered message of an e-consultation (JRN-10)."""
    if not is_consultation(kind, own_type) or waiting_since is None:
        return None
    return add_working_days(clock.oslo(waiting_since).date(), ANSWER_WORKING_DAYS)


def days_left(due: date | None, today: date) -> int | None:
    """Working days left: 0 on the last day, negative when late, also on a day off after it; None without a deadline.

    JRN-10: turns red on the last day.
    """
    if due is None:
        return None
    return min(working_days_between(today, due), -1) if due < today else working_days_between(today, due)


def may_close(kind: str, *, waits_for_clinic: bool, own_type: str = "") -> bool:
    """An e-consultation that waits for an answer may not be closed without one (MSG-9)."""
    return not is_consultation(kind, own_type) or not waits_for_clinic


def is_answerable(kind: str) -> bool:
    """Whether threads of this kind can be answered through HelseNorge: every known kind (CMP-7, RX-3)."""
    return kind != DialogKind.UNKNOWN


def outcomes(kind: str, asked: str = "") -> tuple[OutcomeRule, ...]:
    """What an answer in this kind may decide, in the order of the screen; empty where it decides nothing (RX-4).

    asked: the code of the request that is answered, where each has answers of its own (DDFL-TO-02); left out: any.
    """
    decided = DECIDED.get(DialogKind(kind))
    found = decided.outcomes if decided else ()
    return tuple(rule for rule in found if not asked or not rule.after or asked in rule.after)


def outcome(kind: str, wanted: str, asked: str = "") -> OutcomeRule | None:
    """The outcome of that name or national code; None when an answer in this kind may not decide it (RX-4)."""
    possible = (REFUSAL,) if is_refusable(kind) else outcomes(kind, asked)
    return next((rule for rule in possible if wanted in {rule.outcome.value, rule.code.value}), None)


def is_refusable(kind: str) -> bool:
    """Whether what a patient writes may be refused instead of answered (DDFL-EK-03, DDFL-KO-06)."""
    return kind in REFUSABLE


def ends_dialog(kind: str, code: str) -> bool:
    """Whether the patient may write no more after an answer of this code (protocol-messages 4.1, 5.3)."""
    return is_refusable(kind) and code == REFUSAL.code.value


def final_codes(kind: str) -> frozenset[str]:
    """The codes after which a request is answered once for all (DDFL-RX-10, protocol-messages 5.4)."""
    return frozenset(rule.code.value for rule in outcomes(kind) if rule.final)


def request_codes(kind: str) -> frozenset[str]:
    """The codes of messages that ask anew, so that a thread answered before may be answered again (DDFL-RX-10)."""
    decided = DECIDED.get(DialogKind(kind))
    return frozenset(code.value for code in decided.requests) if decided else frozenset()


def tells_of_items(decided: OutcomeRule | None, told: Iterable[bool]) -> bool:
    """Whether an outcome fits what is said of the items, renewed or not: "partly" is some and not all (RX-10)."""
    said = set(told)
    return not said if decided is None else decided.must_tell <= said <= decided.may_tell


def needs_issued(kind: str, wanted: str) -> bool:
    """Whether an outcome, by name or code, says that all is renewed, which should then be issued (RX-11)."""
    decided = outcome(kind, wanted)
    return decided is not None and decided.needs_issued


def needs_group(form: str) -> bool:
    """Whether a prescription must say under which rules it stands (list 7421): M1 demands it of a medicine."""
    return form in _MEDICINES


def is_prescription_group(code: str) -> bool:
    """Whether list 7421 has the code."""
    return PrescriptionGroup.known(code) is not None


def is_amount(amount: Decimal) -> bool:
    """Whether so many packs can be prescribed: above zero, and no finer than a row holds."""
    return amount.is_finite() and 0 < amount <= _MOST_AMOUNT and amount == round(amount, _AMOUNT_DECIMALS)


def takes_attachments(kind: str) -> bool:
    """Whether an answer may have files: not where it decides a request (DDFL-RX-11)."""
    return not outcomes(kind)


def turns_into(kind: str, *, turned: bool) -> tuple[DialogKind, ...]:
    """What the answer to a patient's message may be instead of what was asked for (JRN-3, RX-7).

    An e-consultation may be answered as an e-kontakt when it was about something practical (JRN-12), unless it is one
    because the clinic made it one: that is one way (JRN-4). turned: whether it was another kind before.
    """
    if kind == DialogKind.E_CONSULTATION and turned:
        return ()
    return _TURNS.get(DialogKind(kind), ())


def clinical_word(texts: Iterable[str], words: Iterable[str]) -> str:
    """The first of the words (lower case) that one of the texts holds, also as a part of a longer one (IMP-6).

    Norwegian puts words together: "smerte" is in "magesmerter". Empty when none is there.
    """
    said = " ".join(" ".join(text.split()) for text in texts).lower()
    return next((word for word in words if word in said), "")


def closing_code(kind: str) -> str:
    """The code of the answer that ends what was turned into another dialog (JRN-15, RX-17)."""
    if kind == DialogKind.PRESCRIPTION_RENEWAL:
        return REFUSAL.code.value
    return answer_code(kind, close=True)


def may_cost(kind: str) -> bool:
    """Whether the patient, who did not ask for it, is told that it may cost something (JRN-5)."""
    return kind == DialogKind.E_CONSULTATION


def answer_code(kind: str, *, close: bool) -> str:
    """The code of list 7602 an answer without outcome leaves with (MSG-25): 12, or 13 when it closes; else 19.

    What stays with us has none (CMP-4).
    """
    if kind in _OURS:
        return OWN_CODE
    if kind != DialogKind.E_CONSULTATION:
        return _ENQUIRY_ANSWER
    return _ANSWER_AND_CLOSE if close else _ANSWER


def start_code(kind: str, *, may_answer: bool) -> str:
    """The code of list 7601 a dialog started by the clinic leaves with (MSG-25); what stays with us has none."""
    if kind in _OURS:
        return OWN_CODE
    return _DIALOG if may_answer else _ONE_WAY


def delivery_may_become(old: str, new: str) -> bool:
    """A receipt is final; a late receipt still counts after the wait for it has ended (protocol-messages 4.11, 5.3)."""
    return new in _NEXT_DELIVERY.get(DeliveryState(old), frozenset()) if old else False


def may_resend(delivery: str, code: str, *, resends: int) -> bool:
    """Whether a message that did not reach the patient may be sent again (PAT-12, MSG-22; HITS 1216 2.2.4, 2.2.5).

    Never to a citizen who is not active in HelseNorge (E35, HITS 1217 2.13.2). What only lacks its receipt is sent
    again at most once, by itself or by a person.
    """
    if delivery == DeliveryState.EXPIRED:
        return resends == 0
    return delivery in {DeliveryState.REJECTED, DeliveryState.FAILED} and _NOT_ACTIVE not in code.split()


def is_new_when_resent(delivery: str) -> bool:
    """What was refused is another message when it comes again, with its own MsgId (DDFL-ID-04).

    What was lost on the way is the same one (DDFL-ID-03).
    """
    return delivery == DeliveryState.REJECTED


def closes(code: str) -> bool:
    """Whether a message of ours ends the dialog by its code (MSG-25)."""
    return code in {_ANSWER_AND_CLOSE, _ONE_WAY}


def received_media_type(stated: str, content: bytes) -> str:
    """The media type to keep for a file that came in: what it is, and never a previewed kind that it is not."""
    found = attachments.sniff(content)
    if found:
        return found
    return _UNSURE if is_previewable(stated.lower()) or not stated else stated[:100]


def is_previewable(media_type: str) -> bool:
    """Whether a browser may show the file itself: of what may be sent, only what HelseNorge shows as well."""
    return kinds.on_the_wire(media_type)


def safe_name(name: str, media_type: str = "") -> str:
    """A file name without folders and control characters, with the ending of a known media type."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    name = re.sub(r'[<>:"|?*]+', "_", name).strip(" .") or "vedlegg"
    endings = kinds.endings_of(media_type)
    path = PurePosixPath(name)
    if endings and path.suffix.lower() not in endings:
        return f"{name[:NAME_LENGTH]}{endings[0]}"
    return f"{path.stem[:NAME_LENGTH]}{path.suffix[:10]}"


def clean_text(text: str) -> str:
    """Text as it may stand in XML: line ends of one kind, nothing XML cannot carry, no space around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_TEXT.sub("", text).strip()


def clean_line(text: str) -> str:
    """As `clean_text`, on one line."""
    return " ".join(clean_text(text).split())


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
