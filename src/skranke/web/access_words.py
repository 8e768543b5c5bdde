"""Who has seen a patient's data, in words: for the patient's own page and for the clinic's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from skranke.audit.actions import Purpose
from skranke.audit.rules import Unusual
from skranke.audit.seeing import DEEDS, Deed, Seen
from skranke.clinics.models import EmployeeRole
from skranke.clinics.words import position_text
from skranke.kernel.actor import ActorKind
from skranke.web.action_words import WORDS


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One person on one day: who, in which role, what was done, why, and from when to when."""

    who: str
    role: str
    deeds: Sequence[str]
    why: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class SeenDay:
    """A day and whoever used the patient's data on it, the last one first."""

    day: date
    lines: Sequence[SeenLine]


def days_of(entries: Sequence[Seen]) -> list[SeenDay]:
    """What `audit.seeing.who_has_seen` found, in words, for the macro `web/seen.html`."""
    return [SeenDay(day, [_line(one) for one in some]) for day, some in groupby(entries, key=lambda one: one.day)]


def _line(seen: Seen) -> SeenLine:
    deeds = [_deed(deed, times) for deed, times in seen.deeds.items()]
    return SeenLine(_who(seen), _role(seen), deeds, why(seen.purpose), seen.first, seen.last)


def _who(seen: Seen) -> str:
    """Never another patient's name."""
    return _("En som handler på dine vegne") if seen.kind is ActorKind.PATIENT else seen.name or _("Ukjent navn")


def _role(seen: Seen) -> str:
    if seen.kind is ActorKind.OPERATOR:
        return _("Teknisk drift")
    if seen.kind is ActorKind.PROGRAM:
        return _("Et program som klinikken bruker")
    return position_text(seen.role) if seen.role in EmployeeRole.values else ""


def who_and_role(kind: str, name: str, role: str) -> tuple[str, str]:
    """Somebody in the log, as the clinic's own people read it."""
    if kind == ActorKind.OPERATOR:
        return name or _("Ukjent navn"), _("Teknisk drift")
    if kind == ActorKind.PATIENT:
        return name or _("Ukjent navn"), _("Pasient")
    return name or _("Ukjent navn"), position_text(role) if role in EmployeeRole.values else role


def reason_text(reason: Unusual) -> str:
    """What is out of the ordinary in a look at a patient."""
    return {
        Unusual.COLLEAGUE: _("Pasienten arbeider her"),
        Unusual.NO_RELATION: _("Ingen kjent grunn"),
        Unusual.OUTSIDE_HOURS: _("Utenom åpningstid"),
    }[reason]


def purpose_by_clinic(purpose: str) -> str:
    """The reason for which data were used, as the clinic's own people read it."""
    reasons: dict[str, str] = {
        Purpose.CARE: _("Helsehjelp"),
        Purpose.OWN_ACCESS: _("Eget innsyn"),
        Purpose.EXCHANGE: _("Meldingsutveksling"),
        Purpose.OPERATION: _("Drift"),
    }
    return reasons.get(purpose, purpose)


def action_by_clinic(action: str) -> str:
    """What a row of the log says was done; the action's own name where there is no word for it."""
    if action in WORDS:
        return str(WORDS[action])
    deed = DEEDS.get(action)
    return action if deed is None else deed_by_clinic(deed)


def deed_by_clinic(deed: Deed) -> str:
    """What was done, as the clinic's own people read it."""
    return {
        Deed.LOOKED_UP: _("Slo opp pasienten"),
        Deed.READ_JOURNAL: _("Leste i journalen"),
        Deed.READ_CONVERSATION: _("Leste samtaler"),
        Deed.READ_FILE: _("Åpnet et vedlegg"),
        Deed.READ_APPOINTMENT: _("Så på timer"),
        Deed.WROTE_TO_YOU: _("Skrev til pasienten"),
        Deed.HANDLED_CONVERSATION: _("Behandlet en samtale"),
        Deed.WROTE_IN_JOURNAL: _("Skrev i journalen"),
        Deed.CHANGED_APPOINTMENT: _("Bestilte, endret eller avlyste en time"),
        Deed.CHANGED_FACTS: _("Endret opplysninger"),
        Deed.BILLED: _("Arbeidet med regningskort"),
        Deed.READ_ACCESS: _("Så hvem som har sett opplysningene"),
        Deed.OTHER: _("Annet"),
    }[deed]


def why(purpose: str) -> str:
    """The reason for which data were used, as a patient understands it."""
    reasons: dict[str, str] = {
        Purpose.CARE: _("For å gi deg helsehjelp"),
        Purpose.OWN_ACCESS: _("Innsyn og egne ærender"),
        Purpose.EXCHANGE: _("For å utveksle meldinger med Helsenorge"),
        Purpose.OPERATION: _("For å holde systemet i drift"),
    }
    return reasons.get(purpose, purpose)


def _deed(deed: Deed, times: int) -> str:
    text = {
        Deed.LOOKED_UP: _("Slo opp på deg"),
        Deed.READ_JOURNAL: _("Leste i journalen din"),
        Deed.READ_CONVERSATION: _("Leste en samtale med deg"),
        Deed.READ_FILE: _("Åpnet et vedlegg"),
        Deed.READ_APPOINTMENT: _("Så på timene dine"),
        Deed.WROTE_TO_YOU: _("Skrev til deg"),
        Deed.HANDLED_CONVERSATION: _("Tok, sendte videre eller avsluttet en samtale"),
        Deed.WROTE_IN_JOURNAL: _("Skrev i journalen din"),
        Deed.CHANGED_APPOINTMENT: _("Bestilte, endret eller avlyste en time"),
        Deed.CHANGED_FACTS: _("Endret opplysninger om deg"),
        Deed.BILLED: _("Arbeidet med regningen din"),
        Deed.READ_ACCESS: _("Så hvem som har sett opplysningene dine"),
        Deed.OTHER: _("Brukte opplysninger om deg"),
    }[deed]
    if times == 1:
        return text
    return text + " " + ngettext("(%(times)d gang)", "(%(times)d ganger)", times) % {"times": times}
