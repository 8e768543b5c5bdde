"""Everything the worker does: one line for each job.

A verb is called for each clinic, in a unit of work of the program's own; while it returns True there is more to do,
and it is called again in the next unit. With `whole` it is called once for the installation and opens its units
itself. It may be called again after a crash, so it must be one that can be repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from skranke.patients.reaching import ask_about_everybody
from skranke.worker.rules import Daily, When


@dataclass(frozen=True, slots=True)
class Job:
    """One scheduled verb. The name stands in rows and logs: never give it to another job."""

    name: str
    when: When
    verb: Callable[[], object]
    whole: bool = False


JOBS: tuple[Job, ...] = (
    Job("patients.ask", Daily(lambda: settings.OURS.status_check_hour, timedelta(hours=4)), ask_about_everybody),
)
