"""What a change was, for the log: the old and the new value of each field that differs, as plain values."""

from collections.abc import Iterable
from typing import Any

from django.db import models


def differences(before: models.Model, after: models.Model, names: Iterable[str]) -> dict[str, list[Any]]:
    """Old and new, by field. What another row is stands there by its name, as it was then."""
    sides = ((name, _plain(getattr(before, name)), _plain(getattr(after, name))) for name in names)
    return {name: [old, new] for name, old, new in sides if old != new}


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(getattr(value, "name", value.pk))
    return value if value is None or isinstance(value, (bool, int)) else str(value)
