"""Writes docs/functions.md."""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

DOCUMENT = Path(__file__).parents[1] / "docs" / "functions.md"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skranke.config.settings")
    os.environ.setdefault("SKRANKE_DATABASE_URL", "postgresql:///unused")
    django.setup()
    DOCUMENT.write_text(import_module("support.functions").table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
