"""BEHANDLEROVERSIKT: one entry of the registry."""

from skranke.gateway.types.behandleroversikt.handle import answer, handle, refuse
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(
    functions=frozenset({MessageFunction.PRACTITIONERS, MessageFunction.PRACTITIONERS_OLD}),
    handle=handle,
    answer=answer,
    refuse=refuse,
)
