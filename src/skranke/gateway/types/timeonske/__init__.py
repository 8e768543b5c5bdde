"""TIMEONSKE: one entry of the registry. Its answers leave as messages of their thread (`wish_answers`)."""

from skranke.gateway.types.timeonske.handle import handle
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.APPOINTMENT_WISH}), handle=handle)
