"""Whose list a patient stands on, whether HelseNorge reaches the patient, and how a search is read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from skranke.clinics.models import CommunicationParty, Employee, PartyKind
from skranke.kernel.actor import Actor, ActorKind
from skranke.kernel.ids import NationalId, age_on
from skranke.patients.models import (
    CardArea,
    Exemption,
    HelseNorgeState,
    NotifyBy,
    Patient,
    PatientList,
    ResidenceReading,
)

OWN_ACCESS_AGE = 16
_PATIENCE = timedelta(seconds=10)
_ASK_AGAIN = timedelta(minutes=1)
MAX_NOTE = 2000
_LIST_FRESH = timedelta(hours=1)
_FIRST_PAUSE, _LONGEST_PAUSE, _TRIED_LONG_ENOUGH = timedelta(seconds=30), timedelta(hours=1), timedelta(days=1)
_NEAR_LETTERS = range(3, 101)
_LONG_WORD = 5
_PHONE_DIGITS = 8
_NORWEGIAN_LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
_ORGANISATION_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", re.ASCII)
_SHORT_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_NATIONAL_ID = re.compile(r"([0-9]{6}) ?([0-9]{5})", re.ASCII)
_LONG_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})", re.ASCII)
_PHONE = re.compile(r"(?:\+|00)?[0-9][0-9 ().\-]{6,}", re.ASCII)
# In this order. Ways to spell the same sound in Norwegian names: Haakon, Håkon; Christian, Kristian; Vik, Wiik.
_BY_EAR = (
    ("}", "a"), ("{", "e"), ("|", "o"), ("aa", "a"), ("ae", "e"), ("oe", "o"), ("ch", "k"), ("ck", "k"), ("c", "k"),
    ("q", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("hv", "v"), ("hj", "j"), ("gj", "j"), ("w", "v"), ("z", "s"),
    ("x", "ks"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")
_WORDS = re.compile(r"[\s,.\-]+")


class Reason(StrEnum):
    """Why a patient cannot be reached in HelseNorge; the first check of PAT-9 that fails."""

    NONE = ""
    NOT_ON_LIST = "not_on_list"
    GP_NOT_LIVE = "gp_not_live"
    NATIONAL_ID_INCOMPLETE = "national_id_incomplete"
    NOT_IN_HELSENORGE = "not_in_helsenorge"


# HelseNorge's own status is never explained: whether the account or the consent is missing is not ours to tell.
_SENTENCES: dict[Reason, Promise] = {
    Reason.NONE: _("Pasienten kan kontaktes gjennom HelseNorge."),
    Reason.NOT_ON_LIST: _("Pasienten står ikke på listen til en fastlege ved klinikken."),
    Reason.GP_NOT_LIVE: _("Pasientens fastlege tilbyr ikke digital dialog i HelseNorge."),
    Reason.NATIONAL_ID_INCOMPLETE: _(
        "Pasienten mangler et fullstendig fødselsnummer eller D-nummer. Rett det på pasientkortet."
    ),
    Reason.NOT_IN_HELSENORGE: _("Pasienten kan ikke kontaktes gjennom HelseNorge. Velg en annen kanal."),
}


class Reach(StrEnum):
    """What the header tells of a patient and HelseNorge (PAT-4)."""

    REACHABLE = "reachable"
    NOT_REACHABLE = "not_reachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether a dialog may be started with the patient in HelseNorge, and the reason when it may not.

    known: False while only HelseNorge can tell and has not told, or told it too long ago (PAT-10). as_of: when it told.
    """

    reason: Reason
    known: bool = True
    as_of: datetime | None = None

    @property
    def ok(self) -> bool:
        """True when every check of PAT-9 holds, as far as is known."""
        return self.reason == Reason.NONE

    @property
    def state(self) -> Reach:
        """The one of the three states (PAT-4)."""
        if not self.known:
            return Reach.UNKNOWN
        return Reach.REACHABLE if self.ok else Reach.NOT_REACHABLE

    @property
    def sentence(self) -> str:
        """The reason for the screen, in the reader's language (PAT-11)."""
        return str(_SENTENCES[self.reason])


def reachability(
    patient: Patient, *, gp_is_live: bool, now: datetime, fresh: timedelta, list_known: bool = True
) -> Reachability:
    """The checks of PAT-9 in their order.

    list_known: False while Fastlegeregisteret is to tell that the patient is on no list here (ACT-6). gp_is_live: the
    patient's GP works here and offers a service in HelseNorge. fresh: how old HelseNorge's telling may be (PAT-10).
    Nobody told otherwise counts as reachable and not known: HelseNorge then answers the message itself (PAT-12).
    """
    if not is_listed(patient):
        return Reachability(Reason.NOT_ON_LIST, known=list_known, as_of=patient.list_read_at)
    if not gp_is_live:
        return Reachability(Reason.GP_NOT_LIVE)
    if not has_complete_national_id(patient):
        return Reachability(Reason.NATIONAL_ID_INCOMPLETE)
    at = patient.helsenorge_state_at
    known = patient.helsenorge_state != HelseNorgeState.UNKNOWN and at is not None and now - at < fresh
    inactive = patient.helsenorge_state == HelseNorgeState.INACTIVE
    return Reachability(Reason.NOT_IN_HELSENORGE if inactive else Reason.NONE, known=known, as_of=at)


def list_is_known(patient: Patient, now: datetime, *, has_register: bool) -> bool:
    """ACT-6: Fastlegeregisteret need not be asked again: it has told lately, or cannot tell of this patient."""
    if not has_register or not has_complete_national_id(patient):
        return True
    return patient.list_read_at is not None and now - patient.list_read_at < _LIST_FRESH


def may_ask(patient: Patient, now: datetime) -> bool:
    """PAT-10: whether to ask HelseNorge about a patient now: not again while the answer may still come."""
    return patient.helsenorge_asked_at is None or now - patient.helsenorge_asked_at >= _ASK_AGAIN


def is_exempt(patient: Patient, day: date) -> bool:
    """PAT-7, BIL-9: whether the patient's exemption card holds on a day."""
    return patient.exemption == Exemption.YES and patient.exemption_until is not None and day <= patient.exemption_until


def may_ask_where(reading: ResidenceReading, now: datetime) -> bool:
    """PAT-8: whether to ask Folkeregisteret anew for somebody who is made active: not again within the minute."""
    return now - reading.asked_at >= _ASK_AGAIN


def next_asking(asked_at: datetime, tries: int, now: datetime) -> datetime | None:
    """PAT-8: when to ask Folkeregisteret again if it does not answer now; None after a day of trying."""
    if now - asked_at >= _TRIED_LONG_ENOUGH:
        return None
    return now + min(_FIRST_PAUSE * (1 << min(tries, 10)), _LONGEST_PAUSE)


def has_waited_enough(patient: Patient, now: datetime) -> bool:
    """PAT-10: HelseNorge has not answered in time, so that what was written may be kept as a draft."""
    return patient.helsenorge_asked_at is not None and now - patient.helsenorge_asked_at >= _PATIENCE


def is_listed(patient: Patient) -> bool:
    """The patient stands on one of the clinic's lists (ACT-6): a GP's, or one without a doctor."""
    return (patient.on_gp_list and patient.gp_id is not None) or patient.gp_list_id is not None


def on_list_of(patient: Patient, gp: Employee) -> bool:
    """The patient stands on this GP's list (ACT-6)."""
    return patient.on_gp_list and patient.gp_id == gp.id


def may_address(patient: Patient, party: CommunicationParty) -> bool:
    """The patient may write to or book with the party (ACT-6).

    On the GP's list; for a service party on any; for a substitute alone on a list, whom the register has us address.
    """
    if party.kind == PartyKind.SERVICE:
        return is_listed(patient)
    if patient.gp_list is not None and patient.gp_list.her_id == party.her_id:
        return True
    return party.employee is not None and on_list_of(patient, party.employee)


def has_complete_national_id(patient: Patient) -> bool:
    """A fødselsnummer or D-number of eleven digits whose control digits hold (PAT-9)."""
    try:
        NationalId(patient.national_id)
    except ValueError:
        return False
    return True


def is_read_by_parents(born: date, today: date) -> bool:
    """CMP-17: below sixteen, a parent may read in HelseNorge what is written to the child (HNP-6)."""
    return age_on(born, today) < OWN_ACCESS_AGE


def may_use_list(actor: Actor, patient_list: PatientList) -> bool:
    """PAT-15: the owner, and everybody at the clinic when the owner shares the list."""
    return actor.kind == ActorKind.EMPLOYEE and (patient_list.shared or patient_list.owner_id == actor.person_id)


def may_change_list(actor: Actor, patient_list: PatientList) -> bool:
    """PAT-15: the owner decides; an administrator may where the list can be used, so that none outlives its owner."""
    return may_use_list(actor, patient_list) and (patient_list.owner_id == actor.person_id or actor.is_admin)


def is_organisation_number(text: str) -> bool:
    """Nine digits whose last one holds (Brønnøysundregistrene: modulus 11)."""
    if not re.fullmatch(r"[0-9]{9}", text, re.ASCII):
        return False
    numbers = [int(digit) for digit in text]
    return sum(weight * number for weight, number in zip(_ORGANISATION_WEIGHTS, numbers, strict=True)) % 11 == 0


def is_phone(text: str) -> bool:
    """Whether a text reads as a phone number (PAT-7)."""
    return _PHONE.fullmatch(text.strip()) is not None


def notice_routes(wish: str, *, email: str, phone: str) -> tuple[NotifyBy, ...]:
    """NOT-7, NOT-8: by which ways the clinic's own notices would go; none where neither address nor phone is known.

    E-mail is the first where nothing is wished; a way that is wished and not possible gives way to the other.
    """
    possible = tuple(way for way, known in ((NotifyBy.EMAIL, email), (NotifyBy.SMS, phone)) if known)
    if wish == NotifyBy.BOTH:
        return possible
    wished = wish or NotifyBy.EMAIL
    return tuple(way for way in possible if way == wished) or possible


def may_add_relation(actor: Actor) -> bool:
    """PAT-20: only the clinic adds a relation or gives it access."""
    return actor.kind == ActorKind.EMPLOYEE


def in_order(areas: Sequence[str]) -> tuple[CardArea, ...]:
    """PAT-5: every area once: as arranged, then those that came since; what no longer exists is left out."""
    kept = [CardArea(one) for one in areas if one in set(CardArea)]
    return tuple(dict.fromkeys([*kept, *CardArea]))


def moved(areas: Sequence[CardArea], area: CardArea, steps: int) -> tuple[CardArea, ...]:
    """PAT-5: the areas with one of them some steps further down, or up when negative; never past an end."""
    others = [one for one in areas if one != area]
    place = max(0, min(len(others), areas.index(area) + steps))
    return (*others[:place], area, *others[place:])


def name_key(text: str) -> str:
    """A name as it is compared and sorted: small letters without accents, and æ, ø, å last, whatever the database.

    In ASCII the signs { | } follow z, as æ ø å do in Norwegian (ISO 646-NO gave them the same places).
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_NORWEGIAN_LAST)
    plain = unicodedata.normalize("NFD", folded)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def after_beginning(key: str) -> str:
    """The key behind every one that begins with this one, so that an index is read from here to there."""
    return key + "\U0010ffff"


def name_parts(*names: str) -> list[str]:
    """The words of a name as keys, each once, in their order."""
    words = (word for name in names for word in _WORDS.split(name_key(name)))
    return list(dict.fromkeys(word for word in words if word))


def loose_key(key: str) -> str:
    """A word of a name (`name_key`) as it is heard, so that ways to spell the same sound are equal (PAT-1)."""
    for spelt, heard in _BY_EAR:
        key = key.replace(spelt, heard)
    return _DOUBLE.sub(r"\1", key)


def may_be_misspelt(word: str) -> bool:
    """Whether a word is long enough to mean a name though a letter is wrong, and no longer than names are (PAT-1)."""
    return len(word) in _NEAR_LETTERS


def slips(word: str) -> int:
    """How many wrong letters a word may have and still mean a name (PAT-1): two letters changed round count two."""
    return 2 if len(word) >= _LONG_WORD else 1


def phone_key(phone: str) -> str:
    """A phone number as it is compared: its last eight digits, so that +47 and spaces do not matter (PAT-1)."""
    return "".join(sign for sign in phone if sign in "0123456789")[-_PHONE_DIGITS:]


def as_phone(text: str) -> str:
    """What a search for a phone number is compared with; empty when the text is none."""
    return phone_key(text) if _PHONE.fullmatch(text.strip()) else ""


def as_national_id(text: str) -> str | None:
    """The eleven digits of a search for a national id, or None."""
    found = _NATIONAL_ID.fullmatch(text.strip())
    return "".join(found.groups()) if found else None


def as_birth_dates(text: str) -> list[date]:
    """The dates a search may mean: one for dd.mm.yyyy or ddmmyyyy, one a century for ddmmyy; none for anything else."""
    if found := _DATE.fullmatch(text.strip()) or _LONG_DATE.fullmatch(text.strip()):
        day, month, year = (int(part) for part in found.groups())
        years = [year]
    elif found := _SHORT_DATE.fullmatch(text.strip()):
        day, month, short = (int(part) for part in found.groups())
        years = [1900 + short, 2000 + short]
    else:
        return []
    return [found_date for year in years if (found_date := _date(year, month, day)) is not None]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
