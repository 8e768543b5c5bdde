"""When the clinic is open, set by an administrator: what is done outside is told in the review of the log (NFR-1)."""

from collections.abc import Mapping
from datetime import time

from django.utils.translation import gettext as _

from skranke.audit.actions import Action
from skranke.audit.services import record
from skranke.clinics.access import require
from skranke.clinics.models import Clinic, OpeningHours
from skranke.clinics.permissions import Permission
from skranke.kernel.errors import ChangedError, InvalidError
from skranke.tenancy.work import current_actor

WEEKDAYS = range(1, 8)
STANDARD = {weekday: (time(7), time(18)) for weekday in WEEKDAYS[:5]}
"""Until a clinic has said otherwise. Outside these hours hardly any clinic is open."""

Week = Mapping[int, tuple[time, time]]
"""From when until when, Oslo wall time, by ISO weekday; a day that is not named is closed."""


def opening_hours() -> Week:
    """The clinic's week as it stands."""
    rows = OpeningHours.objects.order_by("weekday")
    return {row.weekday: (row.opens, row.closes) for row in rows} or STANDARD


def set_opening_hours(week: Week, *, expected: Week) -> None:
    """Say when the clinic is open. expected: the week that the caller has changed.

    Raises NotAllowedError, InvalidError, ChangedError.
    """
    actor = current_actor()
    require(actor, Permission.CHANGE_SETTINGS)
    if not week:
        raise InvalidError(_("Minst én dag må være åpen. Ingenting er lagret."))
    if any(opens >= closes for opens, closes in week.values()):
        raise InvalidError(_("Dere må stenge etter at dere åpner. Ingenting er lagret."))
    Clinic.objects.select_for_update().get(id=actor.clinic_id)
    if opening_hours() != expected:
        raise ChangedError(_("Noen andre har endret åpningstidene i mellomtiden. Se over, og lagre igjen."))
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic_id=actor.clinic_id, weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in sorted(week.items())
    )
    told = {str(weekday): f"{opens:%H:%M}-{closes:%H:%M}" for weekday, (opens, closes) in sorted(week.items())}
    record(Action.OPENING_HOURS_CHANGED, subject_kind="clinic", subject_id=actor.clinic_id, detail=told)
