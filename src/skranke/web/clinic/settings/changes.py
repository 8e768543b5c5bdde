"""The last changes of a schedule, a type or the limits, read from the audit log, in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from skranke.audit.models import AuditEvent
from skranke.web.clinic.settings.limit_words import first_only_texts, label_of
from skranke.web.clinic.settings.schedule_words import LABELS, audience_texts, owner_texts
from skranke.web.clinic.settings.type_words import (
    TYPE_LABELS,
    category_texts,
    colour_texts,
    contact_texts,
    icon_texts,
    kind_texts,
)


class Change(NamedTuple):
    """Who did what, when. lines: field, old and new of each that differs."""

    at: datetime
    by: str
    lines: tuple[tuple[str, str, str], ...]


def changes(events: Iterable[AuditEvent]) -> list[Change]:
    """What the page says of events that changed something."""
    return [Change(one.at, one.actor_name, _lines(one)) for one in events]


def _lines(event: AuditEvent) -> tuple[tuple[str, str, str], ...]:
    found = event.detail.get("changes", {})
    # Who owns it is told by the name; the kind is a word of the program.
    return tuple((_label(name), _said(name, old), _said(name, new)) for name, (old, new) in found.items())


def _label(name: str) -> str:
    return str(TYPE_LABELS.get(name) or LABELS.get(name) or label_of(name))


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if value in (None, ""):
        return _("ikke satt")
    words = {
        "audience": audience_texts(),
        "owner_kind": owner_texts(),
        "first_only": first_only_texts(),
        "colour": colour_texts(),
        "icon": icon_texts(),
        "contact": contact_texts(),
        "category": category_texts(),
        "visibility": kind_texts(),
    }
    return str(words.get(name, {}).get(str(value), value))
