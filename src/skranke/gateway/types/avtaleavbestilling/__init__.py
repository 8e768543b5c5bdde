"""AVTALEAVBESTILLING: one entry of the registry."""

from skranke.gateway.types.avtaleavbestilling.handle import handle
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(
    functions=frozenset({MessageFunction.APPOINTMENT_CANCELLATION, MessageFunction.APPOINTMENT_CANCELLATION_OLD}),
    handle=handle,
)
