"""RESEPTFORNYELSE out: answers of ours, whose form the thread's kind decides."""

from skranke.gateway.types.conversations import render
from skranke.gateway.values import Renderer
from skranke.outbox.intents import Intent

RENDERERS: dict[Intent, Renderer] = {Intent.DIALOG_MESSAGE: render}
