"""What booking, cancelling and planning refuse. `wire_code` is the answer HelseNorge gets (list 7602)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _

from skranke.kernel.errors import ChangedError, ConflictError, InvalidError, SkrankeError
from skranke.scheduling.values import Refusal

if TYPE_CHECKING:
    from skranke.scheduling.models import Appointment

UNAVAILABLE = "06"
NOT_CANCELLED = "09"
REJECTED = "26"
NO_ACCESS = "30"

WIRE_CODES = {
    Refusal.SERVICE_OFF: REJECTED,
    Refusal.NO_SCHEDULE: REJECTED,
    Refusal.SEVERAL_SCHEDULES: REJECTED,
    Refusal.NO_COMMENT: REJECTED,
    Refusal.IN_GROUP: REJECTED,
    Refusal.BLOCKED: NO_ACCESS,
    Refusal.NOT_ENTITLED: NO_ACCESS,
}


class BookingRefusedError(SkrankeError):
    """A booking breaks a rule. `reason` says which; `wire_code` is 06, 26 or 30."""

    code: ClassVar[str] = "booking_refused"
    http_status: ClassVar[int] = 422

    def __init__(self, reason: Refusal, text: str = "") -> None:
        super().__init__(text or text_for(reason))
        self.reason = reason
        self.wire_code = WIRE_CODES.get(reason, UNAVAILABLE)


class SlotTakenError(BookingRefusedError):
    """The time is no longer free: somebody was first, or it is gone (APT-24). Answer 06."""

    code: ClassVar[str] = "slot_taken"
    http_status: ClassVar[int] = 409

    def __init__(self, reason: Refusal = Refusal.TAKEN) -> None:
        super().__init__(reason)


class CancellationRefusedError(ConflictError):
    """The appointment stands: the patient may not cancel it, or too late (BOK-7). Answer 09."""

    code = "cancellation_refused"
    wire_code = NOT_CANCELLED


class GraceOverError(ConflictError):
    """The grace period is over: the appointment can be cancelled, no longer deleted (APT-5)."""

    code = "grace_over"


class AppointmentChangedError(ChangedError):
    """The appointment changed since the user read it: what was to be done may rest on what is no longer so."""

    code = "appointment_changed"


class SeveralChangedError(ChangedError):
    """Of several appointments some are no longer as the user saw them; nothing was done with any (APT-13).

    `changed`: those, as they stand now.
    """

    code = "appointments_changed"

    def __init__(self, message: str, changed: "Sequence[Appointment]") -> None:
        super().__init__(message)
        self.changed = tuple(changed)


class SeveralTakenError(ConflictError):
    """Of several times that were to be booked together some can no longer be had; none was booked (PLN-15).

    `refused`: why, for each day.
    """

    code = "times_taken"

    def __init__(self, message: str, refused: "Mapping[date, BookingRefusedError]") -> None:
        super().__init__(message)
        self.refused = dict(refused)


class ScheduleInUseError(ConflictError):
    """Appointments are still to come in the schedule. `first`: the earliest of them."""

    code = "schedule_in_use"

    def __init__(self, message: str, first: "Appointment") -> None:
        super().__init__(message)
        self.first = first


class TypeInUseError(ConflictError):
    """The type stands in appointments, slots or templates: it can be made inactive, not deleted (TYP-11)."""

    code = "type_in_use"


class TemplateInUseError(ConflictError):
    """Weeks are planned with the template: it cannot be deleted."""

    code: ClassVar[str] = "week_template_in_use"


class VideoModuleError(InvalidError):
    """The clinic has no video module, so no type is met by video (TYP-8)."""

    code = "video_module_needed"


class WrongStateError(ConflictError):
    """The appointment is not in a state that allows this (APT-10)."""

    code = "wrong_state"


class OverlappingSlotsError(InvalidError):
    """Free slots of one schedule may not overlap (CAL-8)."""

    code = "overlapping_slots"


def text_for(reason: Refusal) -> str:
    """One sentence for the patient, in the present language."""
    texts = {
        Refusal.SERVICE_OFF: _("Legekontoret tilbyr ikke timebestilling her. Ring legekontoret."),
        Refusal.NO_SCHEDULE: _("Legen har ingen timebok for timebestilling. Ring legekontoret."),
        Refusal.SEVERAL_SCHEDULES: _("Timebestilling er ikke tilgjengelig hos denne legen nå. Ring legekontoret."),
        Refusal.BLOCKED: _("Du kan ikke bestille time her. Ring legekontoret."),
        Refusal.NOT_ENTITLED: _("Du kan bare bestille time hos din egen fastlege. Ring legekontoret."),
        Refusal.NO_COMMENT: _("Skriv hva timen gjelder."),
        Refusal.IN_GROUP: _("Du har allerede plass i denne gruppetimen."),
        Refusal.TOO_MANY: _("Du har allerede så mange timer som det er lov å bestille selv."),
        Refusal.TOO_LATE: _("Fristen for å bestille denne timen er ute. Ring legekontoret."),
        Refusal.TOO_EARLY: _("Timen kan ikke bestilles så lenge i forveien."),
        Refusal.MUST_CALL: _("Denne timen kan bare bestilles på telefon."),
        Refusal.NOT_YET_OPEN: _("Timen er ikke åpnet for bestilling ennå."),
    }
    return texts.get(reason, _("Timen er ikke lenger ledig. Velg en annen."))
