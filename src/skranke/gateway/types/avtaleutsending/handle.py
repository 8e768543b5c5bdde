"""Nothing of this function is for us: HelseNorge's role in it sends receipts only (HITS 1217 3.6)."""

from skranke.gateway.values import Handled, Incoming
from skranke.wire.errors import UnsupportedMessageError


def handle(_incoming: Incoming) -> Handled:
    """Raises UnsupportedMessageError: the function only leaves us (DDFL-ENV-30)."""
    raise UnsupportedMessageError("The message function is only sent from here.", fields=("subject",))
