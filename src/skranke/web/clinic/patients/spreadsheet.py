"""Writing a list as a spreadsheet: CSV as Norwegian office programs open it."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet would take for a formula when a cell begins with it (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"


def spreadsheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons and UTF-8 with its mark; a cell that looks like a formula is text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return f"{_BYTE_ORDER_MARK}{out.getvalue()}".encode()


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
