"""The sandbox's settings, each from SKRANKE_SANDBOX_NAME or from the file that SKRANKE_SANDBOX_NAME_FILE names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from skranke.kernel.settings import database_of, flag_of, text_of

PREFIX = "SKRANKE_SANDBOX_"


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
    registers_user: str = field(default="skranke", metadata={"help": "User name for asking the registers here."})
    registers_password: str = field(default="", metadata={"help": "Its password; empty: the registers answer nobody."})
    log_level: str = field(default="INFO", metadata={"help": "DEBUG, INFO, WARNING or ERROR."})


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from an environment (default: this process's). Raises SettingError.

    The world's file is named by SKRANKE_SANDBOX_WORLD_FILE itself: it is a file, never a value.
    """
    source = os.environ if environment is None else environment
    values: dict[str, str | bool] = {"world": source.get(f"{PREFIX}WORLD_FILE", "")}
    for item in fields(Settings):
        name = f"{PREFIX}{item.name.upper()}"
        text = None if item.name == "world" else text_of(source, name)
        if text is not None:
            values[item.name] = flag_of(name, text) if isinstance(item.default, bool) else text
    return Settings(**values)  # type: ignore[arg-type]  # each value has its field's type by now


def database(url: str) -> dict[str, Any]:
    """Django's description of the database a URL names. Raises SettingError."""
    return database_of(f"{PREFIX}DATABASE_URL", url)
