"""What a notice says: the clinic, where and when, and that the rest is read after log-in; never what for (NOT-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skranke.clinics.models import Clinic
from skranke.notifications.rules import NoticeEvent
from skranke.ui.dates import format_moment

_NEWS: Mapping[NoticeEvent, Promise] = {
    NoticeEvent.BOOKED: gettext_lazy("Time er bestilt: %(time)s."),
    NoticeEvent.CHANGED: gettext_lazy("En time er endret. Den er nå %(time)s."),
    NoticeEvent.CANCELLED: gettext_lazy("Timen %(time)s er avlyst."),
    NoticeEvent.REMINDER: gettext_lazy("Påminnelse om time %(time)s."),
}
_FOR_OWNER: Mapping[NoticeEvent, Promise] = {
    NoticeEvent.BOOKED: gettext_lazy("En pasient har bestilt time %(time)s."),
    NoticeEvent.CANCELLED: gettext_lazy("En pasient har avbestilt timen %(time)s."),
}
_SUBJECTS: Mapping[NoticeEvent, Promise] = {
    NoticeEvent.BOOKED: gettext_lazy("Time hos %(clinic)s"),
    NoticeEvent.CHANGED: gettext_lazy("Endret time hos %(clinic)s"),
    NoticeEvent.CANCELLED: gettext_lazy("Avlyst time hos %(clinic)s"),
    NoticeEvent.REMINDER: gettext_lazy("Påminnelse om time hos %(clinic)s"),
}
_MEETING: Mapping[str, Promise] = {
    "video": gettext_lazy("Timen er på video."),
    "phone": gettext_lazy("Timen er på telefon: du blir ringt opp."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A notice in one language. short: all of it, for a text message. subject, long: for an e-mail."""

    short: str
    subject: str
    long: str


def text_for_patient(event: NoticeEvent, facts: Mapping[str, str], clinic: Clinic, language: str) -> Text:
    """What the patient, or whoever answers for the patient, is told (NOT-9, NOT-10)."""
    with translation.override(language):
        said = str(_NEWS[event]) % {"time": _moment(facts)}
        link = settings.OURS.public_url + reverse("patient-clinic", args=[clinic.slug])
        log_in = _("Logg inn for å lese mer: %(link)s") % {"link": link}
        place = "" if event == NoticeEvent.CANCELLED else _place(facts)
        call = _("Ring oss på %(phone)s hvis du ikke kan logge inn.") % {"phone": clinic.phone} if clinic.phone else ""
        no_reply = _("Denne e-posten kan ikke besvares.")
        parts = [said, place, log_in, call, f"{clinic.name}\n{no_reply}"]
        return Text(
            short=f"{clinic.name}: {said} {log_in}",
            subject=str(_SUBJECTS[event]) % {"clinic": clinic.name},
            long="\n\n".join(part for part in parts if part) + "\n",
        )


def text_for_owner(event: NoticeEvent, facts: Mapping[str, str], clinic: Clinic) -> Text:
    """What the owner of a schedule is told; bokmål, as no staff's language is known here (BOK-13)."""
    with translation.override("nb"):
        said = str(_FOR_OWNER[event]) % {"time": _moment(facts)}
        return Text(short=f"{clinic.name}: {said}", subject=said, long=said)


def _moment(facts: Mapping[str, str]) -> str:
    return format_moment(datetime.fromisoformat(facts["start"]), "lang")


def _place(facts: Mapping[str, str]) -> str:
    if facts.get("address"):
        return _("Sted: %(address)s") % {"address": facts["address"]}
    meeting = _MEETING.get(facts.get("contact", ""))
    return str(meeting) if meeting is not None else ""
