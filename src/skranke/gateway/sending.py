"""The loop of the outbound lane: send what is due, then sleep until a commit or a clock says that more may be."""

import threading
import time
from uuid import UUID

import psycopg
from django.db import connection

from skranke.gateway import outbound, overdue
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.health import Heart
from skranke.kernel.log import get_logger
from skranke.outbox.services import CHANNEL
from skranke.wire.connect import connect
from skranke.wire.errors import TransportDownError

log = get_logger(__name__)

# Grace periods and pauses end by the clock, which wakes nobody.
LOOK_ANEW_SECONDS = 0.5
OVERDUE_SECONDS = 10.0


class Sender:
    """Sends one clinic's rows over one bus connection. owner: this worker's name on its leases."""

    def __init__(self, clinic_id: UUID, endpoints: Endpoints, owner: str) -> None:
        self._clinic_id, self._endpoints, self._owner = clinic_id, endpoints, owner
        self._next_look = 0.0

    def run(self, stop: threading.Event, heart: Heart) -> None:
        """Until told to stop."""
        outbound.take_over(self._clinic_id, self._owner)
        with connect(self._endpoints.of(self._clinic_id).bus_url) as transport:
            self._listen()
            while not stop.is_set():
                heart.beat()
                try:
                    self._look_for_overdue()
                    if not outbound.run_once(self._clinic_id, self._endpoints, transport, self._owner):
                        self._sleep()
                except TransportDownError as error:
                    log.warning("bus_away", reason=error.code, detail=str(error))
                    stop.wait(LOOK_ANEW_SECONDS)

    def _look_for_overdue(self) -> None:
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + OVERDUE_SECONDS
            overdue.look(self._clinic_id)

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def _sleep(self) -> None:
        """Until a row is stored, or for LOOK_ANEW_SECONDS."""
        connection.ensure_connection()
        raw = connection.connection
        assert isinstance(raw, psycopg.Connection)
        for _ in raw.notifies(timeout=LOOK_ANEW_SECONDS, stop_after=1):
            pass
