"""Cancelling several appointments at once: whom it concerns, who hears of it and how, and the deed itself (APT-13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.kernel import clock
from skranke.kernel.errors import InvalidError, NotFoundError
from skranke.outbox.intents import Intent
from skranke.outbox.models import OutboxItem
from skranke.scheduling import rules
from skranke.scheduling.access import note_reading
from skranke.scheduling.errors import SeveralChangedError
from skranke.scheduling.models import Appointment, AppointmentState, Schedule
from skranke.scheduling.services.cancelling import By, cancel
from skranke.scheduling.services.locks import Stretch, lock_for_several
from skranke.scheduling.services.record import is_told

MOST = 100
"""Appointments that can be cancelled in one unit of work."""
_DAY = timedelta(days=1)


class CancellationNotice(StrEnum):
    """How a patient hears of a cancellation; everybody but HELSENORGE must be called.

    HIDDEN: nothing of the appointment leaves (TYP-4). UNREACHABLE: not in HelseNorge. UNTOLD: HelseNorge has not been
    told of the appointment yet, and will not be.
    """

    HELSENORGE = "helsenorge"
    HIDDEN = "hidden"
    UNREACHABLE = "unreachable"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """An appointment that is to be cancelled, and how its patient hears of it."""

    appointment: Appointment
    reach: CancellationNotice

    @property
    def must_call(self) -> bool:
        """No message leaves: somebody has to call."""
        return self.reach != CancellationNotice.HELSENORGE


def concerned(appointments: Sequence[Appointment]) -> list[Concerned]:
    """What a cancellation of these would tell, as things stand; one statement however many there are."""
    pushed = OutboxItem.objects.filter(
        subject_id__in=[one.id for one in appointments], intent=Intent.APPOINTMENT_PUSH, rendered_at__isnull=False
    )
    known = set(pushed.values_list("subject_id", flat=True))
    known |= {one.id for one in appointments if one.told_helsenorge}
    return [Concerned(appointment=one, reach=_reach(one, known=one.id in known)) for one in appointments]


def _reach(appointment: Appointment, *, known: bool) -> CancellationNotice:
    if appointment.hidden:
        return CancellationNotice.HIDDEN
    if not is_told(appointment.patient, hidden=False):
        return CancellationNotice.UNREACHABLE
    return CancellationNotice.HELSENORGE if known else CancellationNotice.UNTOLD


def remaining_of_day(schedule: Schedule, day: date) -> list[Appointment]:
    """The appointments of a day (Oslo) in a schedule that are not over and may be cancelled, by start (APT-13).

    The reading of each is audited (NFR-1).
    """
    begins, ends = (clock.from_oslo(datetime.combine(one, time())) for one in (day, day + _DAY))
    rows = Appointment.objects.filter(schedule=schedule, starts__gte=begins, starts__lt=ends, ends__gt=clock.now())
    states = [state for state in AppointmentState.values if rules.may_be_cancelled(state)]
    found = list(rows.filter(state__in=states).select_related("schedule", "type", "patient").order_by("starts", "id"))
    note_reading(found)
    return found


def cancel_several(
    versions: Mapping[UUID, int | None], *, by: By, reason: str = "", offer_again: bool = True
) -> list[Appointment]:
    """Cancel appointments, all or none: each is freed, told to HelseNorge, logged and audited as `cancel` does.

    versions: what the user saw of each, None for any. Raises SeveralChangedError, and nothing is done, when one has
    been changed since or may no longer be cancelled; InvalidError for none or more than MOST; NotFoundError.
    """
    if not 0 < len(versions) <= MOST:
        raise InvalidError(_("Velg mellom én og %(limit)d timer.") % {"limit": MOST}, field="appointments")
    seen = list(Appointment.objects.filter(id__in=list(versions)).order_by("id"))
    if len(seen) != len(versions):
        raise NotFoundError("There is no such appointment.")
    stretches = [Stretch(one.schedule_id, one.during.lower, one.during.upper) for one in seen]
    lock_for_several({one.patient_id for one in seen}, stretches)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("schedule", "type", "patient")
    held = list(rows.filter(id__in=list(versions)).order_by("id"))
    changed = [one for one in held if not _stands(one, versions[one.id])]
    if changed:
        names = ", ".join(dict.fromkeys(one.patient.name for one in changed))
        raise SeveralChangedError(
            _("Ingen timer er avlyst. Noen andre har i mellomtiden endret timen til %(names)s.") % {"names": names},
            sorted(changed, key=lambda one: (one.during.lower, one.id)),
        )
    held.sort(key=lambda one: (one.during.lower, one.id))
    return [cancel(one, by=by, reason=reason, offer_again=offer_again) for one in held]


def _stands(appointment: Appointment, version: int | None) -> bool:
    as_seen = version is None or appointment.version == version
    return as_seen and rules.may_be_cancelled(appointment.state)
