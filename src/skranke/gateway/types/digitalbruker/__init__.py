"""DIGITALBRUKER: one entry of the registry."""

from skranke.gateway.types.digitalbruker.handle import handle
from skranke.gateway.types.digitalbruker.render import RENDERERS
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.DIGITAL_USER}), handle=handle, renderers=RENDERERS)
