"""Whether a clinic's way to the bus works: its keys and certificates, the bus itself, and each of its queues."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from skranke.gateway.endpoints import Endpoint, load
from skranke.kernel import clock
from skranke.kernel.log import get_logger
from skranke.wire.certificates import Purpose
from skranke.wire.connect import depth
from skranke.wire.errors import WireError

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried. detail: what the machine said, in its own words; empty when all is well."""

    ok: bool
    text: str
    detail: str = ""


def check(clinic_id: UUID) -> list[Step]:
    """Try the clinic's set-up as the lanes use it, without sending or taking anything; never in a unit of work.

    What cannot be tried because something before it failed is left out.
    """
    try:
        endpoint = load(clinic_id)
    except WireError as error:
        return [_failed(_("Nøkler og sertifikater kan ikke leses."), error)]
    return [
        Step(ok=True, text=_("Nøkler og sertifikater kan leses, og hører sammen.")),
        *_certificates(endpoint),
        *_queues(endpoint),
    ]


def _certificates(endpoint: Endpoint) -> list[Step]:
    try:
        for peer in endpoint.peers.values():
            endpoint.trust.check(peer.encryption, Purpose.ENCRYPTION, now=clock.now())
    except WireError as error:
        return [_failed(_("HelseNorges sertifikat godtas ikke."), error)]
    if not endpoint.peers:
        return [Step(ok=False, text=_("HelseNorge er ikke satt opp som motpart."))]
    return [Step(ok=True, text=_("HelseNorges sertifikat er gyldig og klarert."))]


def _queues(endpoint: Endpoint) -> list[Step]:
    found: list[Step] = []
    for queue in (endpoint.queue_async, endpoint.queue_sync, endpoint.queue_syncreply, endpoint.queue_error):
        try:
            waiting = depth(endpoint.bus_url, queue)
        except WireError as error:
            return [*found, _failed(_("Meldingsbussen svarer ikke."), error)]
        if waiting is None:
            found.append(Step(ok=False, text=_("Køen %(queue)s finnes ikke på bussen.") % {"queue": queue}))
        else:
            text = _("Køen %(queue)s finnes; %(count)s meldinger venter.") % {"queue": queue, "count": waiting}
            found.append(Step(ok=True, text=text))
    return found


def _failed(text: str, error: WireError) -> Step:
    _log.warning("connection_check_failed", reason=type(error).__name__)
    return Step(ok=False, text=text, detail=str(error))
