"""Whether everything is alive: the database, the bus and the programs that work in the background."""

import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from skranke.clinics import queries as clinics
from skranke.gateway.endpoints import bus_url
from skranke.gateway.health import WORKER, Heartbeat, heartbeats
from skranke.gateway.supervisor import LANES
from skranke.kernel.actor import system
from skranke.tenancy.work import acting
from skranke.wire.connect import is_amqp
from skranke.wire.errors import ConfigurationError

_STALE_SECONDS = 15
_PATIENCE_SECONDS = 2


@require_GET
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """200 when all is alive, else 503; the body names each part and says "ok" or what is wrong with it.

    dead_letters: how many messages the brokers set aside, which a person must look at; null where nobody can tell.
    """
    beats = heartbeats(settings.OURS.health_directory or "/nonexistent")
    parts = {"database": _database()}
    parts |= {"bus": _bus() if parts["database"] == "ok" else "not asked: the database is away"}
    parts |= _programs(beats)
    alive = all(state == "ok" for state in parts.values())
    body = {"status": "ok" if alive else "failing", "parts": parts, "dead_letters": _dead_letters(beats)}
    return JsonResponse(body, status=200 if alive else 503, headers={"Cache-Control": "no-store"})


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "cannot be reached"
    return "ok"


def _bus() -> str:
    """Each broker that a live clinic uses takes a connection; one that is being set up is nobody's trouble yet."""
    for clinic_id in clinics.clinics_on_the_bus():
        with acting(system(clinic_id)):
            if clinics.this_clinic().live_since is None:
                continue
            stored = clinics.profile().bus_url
        try:
            _knock(bus_url(stored))
        except (OSError, psycopg.Error, ConfigurationError):
            return "cannot be reached"
    return "ok"


def _knock(url: str) -> None:
    if is_amqp(url):
        parts = urlsplit(url)
        socket.create_connection((parts.hostname or "", parts.port or 5671), timeout=_PATIENCE_SECONDS).close()
    else:
        psycopg.connect(url, connect_timeout=_PATIENCE_SECONDS).close()


def _dead_letters(beats: Sequence[Heartbeat]) -> int | None:
    counts = [beat.dead_letters for beat in beats if beat.dead_letters is not None]
    return sum(counts) if counts else None


def _programs(beats: Sequence[Heartbeat]) -> dict[str, str]:
    """Each lane of the gateway, and the worker, writes a heartbeat every second."""
    ages = {beat.lane: beat.age for beat in beats}
    return {f"gateway.{name}": _state(ages.get(name)) for name in LANES} | {WORKER: _state(ages.get(WORKER))}


def _state(age: float | None) -> str:
    if age is None:
        return "no sign of life"
    return "ok" if age < _STALE_SECONDS else f"no sign of life for {age:.0f} s"
