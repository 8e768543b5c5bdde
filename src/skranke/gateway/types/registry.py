"""The message functions we take part in: a new one is a folder and a line here."""

from skranke.gateway.types import (
    apprec,
    avtaleavbestilling,
    avtaleutsending,
    behandleroversikt,
    comtest,
    conversations,
    digitalbruker,
    ekonsultasjon,
    ekontakt,
    refusals,
    reseptfornyelse,
    timeonske,
    timereservasjon,
)
from skranke.gateway.values import MessageType, Renderer
from skranke.outbox.intents import Intent
from skranke.standards.apprec import AppRec
from skranke.standards.msghead import MsgHead
from skranke.wire.errors import UnsupportedMessageError

TYPES: tuple[MessageType, ...] = (
    ekonsultasjon.TYPE,
    ekontakt.TYPE,
    reseptfornyelse.TYPE,
    timereservasjon.TYPE,
    timeonske.TYPE,
    avtaleutsending.TYPE,
    avtaleavbestilling.TYPE,
    digitalbruker.TYPE,
    behandleroversikt.TYPE,
    comtest.TYPE,
    apprec.TYPE,
)

_BY_FUNCTION: dict[str, MessageType] = {function.value: kind for kind in TYPES for function in kind.functions}

RENDERERS: dict[Intent, Renderer] = {
    Intent.DIALOG_REFUSAL: refusals.render,
    Intent.DIALOG_MESSAGE: conversations.render,
    **{intent: renderer for kind in TYPES for intent, renderer in kind.renderers.items()},
}
"""Who makes what leaves, by intent. An error report has no document: `rendering` makes it."""


def type_named(stated: str) -> MessageType | None:
    """The type of a message function, or None for one we take no part in."""
    return _BY_FUNCTION.get(stated)


def type_of(document: MsgHead | AppRec) -> MessageType:
    """The type of a message. Raises UnsupportedMessageError for a function we take no part in."""
    stated = document.type.v if isinstance(document, AppRec) else document.info.type.v
    kind = _BY_FUNCTION.get(stated)
    if kind is None:
        raise UnsupportedMessageError("The message function is not offered here.", fields=("subject",))
    return kind
