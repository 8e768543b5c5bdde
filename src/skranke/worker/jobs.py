"""Everything the worker does: one line for each job.

A verb is called for each clinic, in a unit of work of the program's own; while it returns True there is more to do,
and it is called again in the next unit. With `whole` it is called once for the installation and opens its units
itself. It may be called again after a crash, so it must be one that can be repeated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from skranke.audit.sealing import clinics_to_seal, seal
from skranke.clinics.directory import refresh_every_clinic
from skranke.dialog.services.listed import look_up_asked
from skranke.identity.sessions import forget_old
from skranke.notifications.deciding import clinics_with_due
from skranke.notifications.sending import send_due
from skranke.patients.listing.placing import adopt_lists
from skranke.patients.listing.syncing import ask_monthly, do_what_is_asked
from skranke.patients.reaching import ask_about_everybody
from skranke.patients.residing import ask_all_due
from skranke.scheduling.services.automatic import clinics_with_waiting, send_automatic
from skranke.scheduling.services.deciding import decide_due
from skranke.scheduling.waiting.offering import clinics_with_waiting_list, tend_waiting_list
from skranke.worker.rules import Daily, Every, When


def every_clinic() -> list[UUID]:
    """All clinics; needs no unit of work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT every_clinic()")
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled verb. The name stands in rows and logs: never give it to another job.

    clinics: for whom it is done; one that is done often asks only for those that have something to do.
    """

    name: str
    when: When
    verb: Callable[[], object]
    whole: bool = False
    clinics: Callable[[], Sequence[UUID]] = every_clinic


JOBS: tuple[Job, ...] = (
    Job("patients.ask", Daily(lambda: settings.OURS.status_check_hour, timedelta(hours=4)), ask_about_everybody),
    Job("audit.seal", Every(timedelta(seconds=5)), seal, clinics=clinics_to_seal),
    Job("registers.refresh", Daily(lambda: settings.OURS.register_refresh_hour), refresh_every_clinic, whole=True),
    Job("lists.month", Every(timedelta(hours=1)), ask_monthly),
    Job("lists.adopt", Every(timedelta(minutes=1)), adopt_lists),
    Job("lists.read", Every(timedelta(seconds=3)), do_what_is_asked, whole=True),
    Job("lists.ask", Every(timedelta(seconds=1)), look_up_asked, whole=True),
    Job("patients.residence", Every(timedelta(seconds=1)), ask_all_due, whole=True),
    Job("dialogs.automatic", Every(timedelta(seconds=1)), send_automatic, clinics=clinics_with_waiting),
    Job("notices.decide", Every(timedelta(seconds=1)), decide_due, clinics=clinics_with_due),
    Job("notices.send", Every(timedelta(seconds=1)), send_due, whole=True),
    Job("waiting.offer", Every(timedelta(seconds=5)), tend_waiting_list, clinics=clinics_with_waiting_list),
    Job("sessions.forget", Every(timedelta(hours=1)), forget_old, whole=True),
)
