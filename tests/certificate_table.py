"""Writes the matrix of certificates into docs/certificates.md, from the rows that the tests play."""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

DOCUMENT = Path(__file__).parents[1] / "docs" / "certificates.md"
BEGIN = "<!-- made by `make certificates`, checked by tests/gateway/test_certificate_matrix.py -->\n"


def main() -> int:
    """The text up to the mark stays; what follows it is made anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skranke.config.settings")
    os.environ.setdefault("SKRANKE_DATABASE_URL", "postgresql:///unused")
    django.setup()
    rows = import_module("support.matrix_identities").ROWS
    text = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[0]
    DOCUMENT.write_text(text + BEGIN + import_module("support.matrix").table(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
