"""What lies in a clinic's dead letter queue: listed, shown in clear, put back or set aside, one at a time."""

from skranke.clinics.queries import clinic_id_of_slug
from skranke.gateway import dead_letters
from skranke.gateway.endpoints import load
from skranke.kernel.errors import SkrankeError
from skranke.wire.connect import connect
from skranke.wire.transport import Delivery


def run(slug: str, action: str, message_id: str, queue: str = "") -> int:
    """Do it; the exit status. Only `show` prints what a person wrote."""
    clinic_id = clinic_id_of_slug(slug)
    if clinic_id is None:
        print("No clinic has this address.")
        return 1
    try:
        endpoint = load(clinic_id)
        wanted = queue or dead_letters.queue_of(endpoint)
        with connect(endpoint.bus_url) as transport, dead_letters.held(transport, wanted) as letters:
            if not action:
                return _list(letters, wanted)
            letter = dead_letters.the_one(letters, message_id)
            if action == "show":
                seen = dead_letters.in_clear(letter.message, endpoint)
                print(seen.xml or f"It cannot be opened: {seen.fault}.")
            elif action == "put-back":
                print(f"Put back into {dead_letters.put_back(transport, letters, letter, endpoint)}.")
            else:
                dead_letters.set_aside(transport, letters, letter, endpoint)
                print("Set aside: skranke replay lists it.")
    except SkrankeError as error:
        print(f"It could not be done ({error.code}): {error}")
        return 1
    return 0


def _list(letters: list[Delivery], queue: str) -> int:
    for letter in letters:
        raw = letter.message
        sent, sender = raw.headers.application_timestamp or "-", raw.headers.from_her_id or "-"
        print(f"{raw.message_id}  {sent}  {raw.subject}  from {sender}  {len(raw.body)} bytes")
    print(f"{len(letters)} in {queue}." + (" Each: show, put-back or set-aside." if letters else ""))
    return 0
