"""The sandbox's settings, each from SKRANKE_SANDBOX_NAME or from the file that SKRANKE_SANDBOX_NAME_FILE names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

PREFIX = "SKRANKE_SANDBOX_"


class SettingError(Exception):
    """A setting is missing or has an unusable value; the message names it and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the sandbox, with its default and its meaning."""

    database_url: str = field(default="", metadata={"help": "postgresql://user:password@host:port/database"})
    secret_key: str = field(default="", metadata={"help": "Signs sessions; at least 32 characters."})
    allowed_hosts: str = field(default="127.0.0.1,localhost,[::1]", metadata={"help": "Comma-separated host names."})
    url: str = field(default="http://127.0.0.1:8002", metadata={"help": "The address of the sandbox's pages."})
    secure_cookies: bool = field(default=False, metadata={"help": "Send cookies over HTTPS only."})
    world: str = field(default="", metadata={"help": "The world: a JSON file, see skranke.sandbox.world."})
    external: bool = field(default=False, metadata={"help": "Another program plays HelseNorge: touch no queue."})
    log_level: str = field(default="INFO", metadata={"help": "DEBUG, INFO, WARNING or ERROR."})


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from an environment (default: this process's). Raises SettingError.

    The world's file is named by SKRANKE_SANDBOX_WORLD_FILE itself: it is a file, never a value.
    """
    source = os.environ if environment is None else environment
    values: dict[str, str | bool] = {"world": source.get(f"{PREFIX}WORLD_FILE", "")}
    for item in fields(Settings):
        name = f"{PREFIX}{item.name.upper()}"
        text = None if item.name == "world" else _text(source, name)
        if text is not None:
            values[item.name] = _flag(name, text) if isinstance(item.default, bool) else text
    return Settings(**values)  # type: ignore[arg-type]  # each value has its field's type by now


def _text(source: Mapping[str, str], name: str) -> str | None:
    if name in source:
        return source[name]
    if f"{name}_FILE" not in source:
        return None
    try:
        return Path(source[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE names a file that cannot be read: {error.strerror}.") from error


def _flag(name: str, text: str) -> bool:
    if text.lower() not in {"true", "false", "1", "0", "yes", "no"}:
        raise SettingError(f"{name} must be true or false.")
    return text.lower() in {"true", "1", "yes"}


def database(url: str) -> dict[str, object]:
    """Django's description of the database a URL names. Raises SettingError."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise SettingError(f"{PREFIX}DATABASE_URL must read postgresql://user:password@host:port/database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
