"""Once a night the clinic asks HelseNorge about everybody on its lists (HITS 1217 3.9.2, PAT-4).

The outbound lane looks: it runs for every clinic that is connected, in production and in the demo alike, and needs
neither a further program nor the operator's cron. A row for each clinic and day, which the database takes once, is
what keeps several lanes, and a lane started anew, from asking twice.
"""

from uuid import UUID

from django.conf import settings

from skranke.gateway.models import NightlyCheck
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.log import get_logger
from skranke.patients.models import Patient
from skranke.patients.reaching import ask_helsenorge
from skranke.tenancy.rows import insert_once
from skranke.tenancy.work import acting

log = get_logger(__name__)

WINDOW_HOURS = 4


def look(clinic_id: UUID) -> None:
    """Ask, when it is night and nobody has asked this night. A night that passed while no lane ran is left out."""
    hour = settings.OURS.status_check_hour
    local = clock.oslo(clock.now())
    if hour < 0 or not hour <= local.hour < hour + WINDOW_HOURS:
        return
    with acting(system(clinic_id)):
        if NightlyCheck.objects.filter(day=local.date()).exists():
            return
        if insert_once(NightlyCheck(clinic_id=clinic_id, day=local.date())):
            asked = ask_helsenorge(Patient.objects.filter(on_gp_list=True))
            log.info("nightly_check", patients=asked)
