"""What was set aside after too many tries: listed, and done anew when a person says so."""

from uuid import UUID

from skranke.clinics.queries import clinics_on_the_bus
from skranke.gateway.endpoints import Endpoints
from skranke.gateway.errors import code_of
from skranke.gateway.models import ReceivedMessage, ReceptionState
from skranke.gateway.replay import replay
from skranke.kernel.actor import system
from skranke.tenancy.work import acting


def set_aside() -> list[tuple[UUID, ReceivedMessage]]:
    """Every message that was set aside, with its clinic, oldest first in each; without its content."""
    found: list[tuple[UUID, ReceivedMessage]] = []
    for clinic_id in clinics_on_the_bus():
        with acting(system(clinic_id)):
            rows = ReceivedMessage.objects.filter(state=ReceptionState.SET_ASIDE).defer("ciphertext", "document")
            found += [(clinic_id, row) for row in rows.order_by("received_at")]
    return found


def run(wanted: UUID | None) -> int:
    """List what was set aside, or do one of them anew; the exit status. Nothing printed is a person's."""
    waiting = set_aside()
    if wanted is None:
        for clinic_id, row in waiting:
            print(f"{row.id}  {row.received_at:%Y-%m-%dT%H:%M:%SZ}  {row.function}  {row.detail}  clinic {clinic_id}")
        print(f"{len(waiting)} set aside." + (" Do one anew with: skranke replay ID" if waiting else ""))
        return 0
    owner = next((clinic_id for clinic_id, row in waiting if row.id == wanted), None)
    if owner is None:
        print("No message with this id was set aside.")
        return 1
    try:
        replay(wanted, system(owner), Endpoints())
    except Exception as error:  # noqa: BLE001 - whatever it was, its words may hold a person's data
        print(f"It failed again ({code_of(error)}) and stays set aside.")
        return 1
    print("Done.")
    return 0
