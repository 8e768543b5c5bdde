"""APPREC: one entry of the registry."""

from skranke.gateway.types.apprec.handle import handle
from skranke.gateway.types.apprec.render import RENDERERS
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(functions=frozenset({MessageFunction.APPREC}), handle=handle, receipted=False, renderers=RENDERERS)
