"""TEST: one entry of the registry."""

from skranke.gateway.types.comtest.handle import answer, handle
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.TEST}), handle=handle, answer=answer)
