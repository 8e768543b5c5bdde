"""What things are called in the patient portal, in plain words."""

from django.utils.translation import gettext as _

from skranke.billing.models import CardSource, NoUserFee
from skranke.scheduling.models import AppointmentState, ContactInterface
from skranke.scheduling.own import OwnAppointment
from skranke.scheduling.requests.models import OutcomeKind


def meeting(contact: str) -> str:
    """How patient and practitioner meet."""
    return {
        ContactInterface.PHYSICAL: _("Oppmøte"),
        ContactInterface.VIDEO: _("Video"),
        ContactInterface.PHONE: _("Telefon"),
    }[ContactInterface(contact)]


def meeting_help(contact: str) -> str:
    """What the patient does when the time has come; empty where the address says it."""
    return {
        ContactInterface.VIDEO: _("Dere møtes på video."),
        ContactInterface.PHONE: _("Legekontoret ringer deg."),
    }.get(ContactInterface(contact), "")


def time_state(time: OwnAppointment) -> str:
    """Where an appointment stands; empty for one that simply lies ahead or is over."""
    return {
        AppointmentState.CHECKED_IN: _("Du er registrert som fremmøtt"),
        AppointmentState.IN_CONSULTATION: _("Timen er i gang"),
        AppointmentState.CANCELLED_BY_CLINIC: _("Avlyst av legekontoret"),
        AppointmentState.CANCELLED_BY_PATIENT: _("Du har avbestilt"),
        AppointmentState.NO_SHOW: _("Du møtte ikke"),
    }.get(time.state, "")


def request_state(kind: str) -> str:
    """What became of a request for a time (REQ-2)."""
    return {
        OutcomeKind.ACCEPTED: _("Du fikk time"),
        OutcomeKind.DECLINED: _("Legekontoret kunne ikke gi deg timen"),
        OutcomeKind.WITHDRAWN: _("Trukket"),
    }[OutcomeKind(kind)]


def paid_for(source: CardSource) -> str:
    """What a payment is for."""
    return {
        CardSource.PATIENT: _("Legekontoret har ført dette uten at det hører til en time."),
        CardSource.APPOINTMENT: _("Time hos legekontoret"),
        CardSource.E_CONSULTATION: _("Svar på e-konsultasjon"),
        CardSource.NO_SHOW: _("Time du ikke møtte til"),
        CardSource.LATE_CANCEL: _("Time som ble avbestilt for sent"),
    }[source]


def why_free(reason: NoUserFee) -> str:
    """Why no user fee is paid."""
    return {
        NoUserFee.UNDER_AGE: _("Ingen egenandel for barn og unge under 16 år."),
        NoUserFee.EXEMPTION_CARD: _("Ingen egenandel, siden du har frikort."),
    }.get(reason, "")
