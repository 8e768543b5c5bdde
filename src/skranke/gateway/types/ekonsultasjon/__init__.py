"""EKONSULTASJON: one entry of the registry."""

from skranke.gateway.types.ekonsultasjon.handle import handle
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.E_CONSULTATION}), handle=handle)
