"""Django forms in Designsystemet markup: `FORM_RENDERER = "skranke.ui.forms.Renderer"`.

Labels, hints and errors are linked to their field (aria-describedby, aria-invalid), and a form with errors opens
with a summary whose lines lead to the fields.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import renderers
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

_INPUT_CLASS = "ds-input"


class Renderer(renderers.Jinja2):
    """Our templates for forms and fields; Django's own Jinja2 templates for the widgets inside."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"

    def get_template(self, template_name: str) -> Any:
        """A template by name, from our environment when it is one of ours."""
        if template_name.startswith("django/"):
            return super().get_template(template_name)
        return get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """The markup; a widget gets Designsystemet's class beside its own."""
        widget = context.get("widget")
        if isinstance(widget, dict):
            context = context | {"widget": _with_class(widget)}
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 - the template has escaped it


def _with_class(widget: dict[str, Any]) -> dict[str, Any]:
    """The widget's context with Designsystemet's class; a group of widgets passes it on to its parts."""
    if "subwidgets" in widget:
        legend = {"aria-labelledby": f"{widget['attrs'].get('id', '')}_legend"}
        parts = [part | {"attrs": part["attrs"] | legend} for part in widget["subwidgets"]]
        return widget | {"subwidgets": [_with_class(part) for part in parts]}
    if widget.get("is_hidden") or ("optgroups" in widget and not widget["template_name"].endswith("/select.html")):
        return widget
    css = f"{_INPUT_CLASS} {widget['attrs'].get('class', '')}".strip()
    return widget | {"attrs": widget["attrs"] | {"class": css}}


def date_input() -> forms.DateInput:
    """The field a day is picked or typed in; a fresh one for each field, since widgets keep attributes of their own."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def offer(form: forms.BaseForm, field: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Give a field of choices what can be chosen, where that is known only when the form is made."""
    form.fields[field].choices = choices  # type: ignore[attr-defined]  # a field of choices has them
