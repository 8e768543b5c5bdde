"""TIMERESERVASJON: one entry of the registry."""

from skranke.gateway.types.timereservasjon.handle import handle
from skranke.gateway.types.timereservasjon.lookup import answer, refuse
from skranke.gateway.types.timereservasjon.render import RENDERERS
from skranke.gateway.values import MessageType
from skranke.standards.codes import MessageFunction

TYPE = MessageType(
    functions=frozenset({MessageFunction.BOOKING}), handle=handle, answer=answer, refuse=refuse, renderers=RENDERERS
)
