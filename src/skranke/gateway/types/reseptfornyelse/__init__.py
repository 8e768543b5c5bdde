"""RESEPTFORNYELSE: one entry of the registry."""

from skranke.gateway.types.reseptfornyelse.handle import handle
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.PRESCRIPTION_RENEWAL}), handle=handle)
