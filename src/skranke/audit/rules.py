"""What an audit row says when the caller does not say more (NFR-1)."""

from skranke.audit.actions import Purpose
from skranke.kernel.actor import ActorKind

_PURPOSES = {
    ActorKind.EMPLOYEE: Purpose.CARE,
    ActorKind.PATIENT: Purpose.OWN_ACCESS,
    ActorKind.SYSTEM: Purpose.EXCHANGE,
    ActorKind.OPERATOR: Purpose.OPERATION,
    ActorKind.PROGRAM: Purpose.CARE,
}


def default_purpose(kind: ActorKind) -> Purpose:
    """The ordinary reason of this kind of actor."""
    return _PURPOSES[kind]
