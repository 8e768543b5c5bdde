"""A certificate does not fit: its owner may have swapped it, and Adresseregisteret knows (HITS 1216 2.1.4)."""

from datetime import timedelta

from skranke.clinics.directory import FROM_REGISTER, refresh_counterpart
from skranke.clinics.models import Counterpart
from skranke.gateway.alarms import alarm
from skranke.gateway.facts import Facts
from skranke.kernel import clock
from skranke.kernel.actor import system
from skranke.kernel.errors import SkrankeError
from skranke.kernel.log import get_logger
from skranke.registers.soap import IN_A_LANE
from skranke.tenancy.work import acting

log = get_logger(__name__)

AGAIN = timedelta(minutes=5)
"""A stream of damaged messages asks no more often than this (protocol.md 10.1: kept 5 minutes to 12 hours)."""


def ask_the_register(facts: Facts) -> None:
    """Read the sender anew, unless that was done a moment ago or the operator keeps its certificates in files.

    Whatever goes wrong is told to the operator; the message is then judged by what was known before.
    """
    actor = system(facts.clinic_id)
    with acting(actor):
        known = Counterpart.objects.filter(her_id=facts.from_her_id).first()
        if known is None or not known.signing_certificate.startswith(FROM_REGISTER):
            return
        if known.read_at <= clock.now() < known.read_at + AGAIN:
            return
    try:
        refresh_counterpart(actor, known.her_id, IN_A_LANE)
        log.info("counterpart_read_anew", her_id=known.her_id)
    except SkrankeError as error:
        alarm(error)
