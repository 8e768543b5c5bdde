"""The communication test (KT): does the counterpart answer a clinic, and how fast?"""

from skranke.clinics.queries import clinic_id_of_slug
from skranke.gateway.asking import ask
from skranke.gateway.endpoints import load
from skranke.kernel.errors import SkrankeError
from skranke.standards.build import comtest
from skranke.standards.codes import CommunicationTest
from skranke.wire.connect import connect


def run(slug: str, her_id: str, seconds: float = 0.0) -> int:
    """Ask once, as one of the clinic's parties; print what came of it. The exit status is 0 only for an answer.

    The gateway must be running: its sync lane reads the answer.
    """
    clinic_id = clinic_id_of_slug(slug)
    if clinic_id is None:
        print("No clinic has this address.")
        return 1
    try:
        endpoint = load(clinic_id)
        with connect(endpoint.bus_url) as transport:
            outcome = ask(endpoint, transport, comtest.request, her_id=her_id, seconds=seconds)
    except SkrankeError as error:
        print(f"It could not be asked ({error.code}): {error}")
        return 1
    if outcome.code == CommunicationTest.RESPONSE:
        print(f"{outcome.peer} answered {outcome.code} after {outcome.took.total_seconds():.3f} s.")
        return 0
    if outcome.code or outcome.fault:
        print(f"{outcome.peer} answered something else: {outcome.code or outcome.fault}.")
        return 1
    print(f"{outcome.peer} did not answer within {outcome.took.total_seconds():.0f} s.")
    return 1
