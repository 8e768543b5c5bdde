"""AVTALEUTSENDING: one entry of the registry."""

from skranke.gateway.types.avtaleutsending.handle import handle
from skranke.gateway.types.avtaleutsending.render import render
from skranke.gateway.values import MessageType
from skranke.outbox.intents import Intent
from skranke.standards.codes import MessageFunction

TYPE = MessageType(
    functions=frozenset({MessageFunction.APPOINTMENT_PUSH}),
    handle=handle,
    renderers={Intent.APPOINTMENT_PUSH: render},
)
