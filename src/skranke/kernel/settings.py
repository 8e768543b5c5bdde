"""How a program's settings are read: from environment variables, or from the files that NAME_FILE names.

A wrong value stops the program with the setting's name and the cure.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingError(Exception):
    """A setting is missing or has an unusable value; the message names it and says what to write."""


def text_of(source: Mapping[str, str], name: str) -> str | None:
    """The value of the variable, or what lies in the file that NAME_FILE names; None without either.

    Raises SettingError for a file that cannot be read.
    """
    if name in source:
        return source[name]
    if f"{name}_FILE" not in source:
        return None
    try:
        return Path(source[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE names a file that cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise SettingError(f"{name}_FILE names a file that is not text in UTF-8.") from error


def flag_of(name: str, text: str) -> bool:
    """Yes or no. Raises SettingError for anything else."""
    if text.lower() not in {"true", "false", "1", "0", "yes", "no"}:
        raise SettingError(f"{name} must be true or false.")
    return text.lower() in {"true", "1", "yes"}


def database_of(name: str, url: str) -> dict[str, Any]:
    """Django's description of the database a URL names; its query, such as sslmode=verify-full, are libpq's options.

    Raises SettingError for a URL of another form.
    """
    try:
        parts = urlsplit(url)
        port, options = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        known = parts.scheme in {"postgresql", "postgres"} and bool(parts.path.strip("/"))
    except ValueError:
        known = False
    if not known:
        raise SettingError(f"{name} must read postgresql://user:password@host:port/database[?sslmode=...].")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
