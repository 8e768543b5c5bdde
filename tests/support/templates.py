"""Rendering a template from a string, as the pages do it."""

from typing import Any

from django.template import engines
from django.utils import translation
from lxml import html

from skranke.ui.backend import Jinja2


def render(source: str, *, language: str = "nb", **context: Any) -> str:
    engine = next(one for one in engines.all() if isinstance(one, Jinja2))
    with translation.override(language):
        return engine.from_string(source).render(context)


def page(source: str, *, language: str = "nb", **context: Any) -> html.HtmlElement:
    return html.fromstring(f"<div>{render(source, language=language, **context)}</div>")
