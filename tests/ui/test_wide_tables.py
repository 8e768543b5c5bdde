"""A wide table is cards on a phone: there its head is out of sight, so that each cell must say what it is."""

import re
from pathlib import Path

import pytest

import skranke

TEMPLATES = [
    file
    for file in sorted(Path(skranke.__file__).parent.rglob("*.html"))
    if re.search(r'class="[^"]*\bstacks\b', file.read_text(encoding="utf-8"))
]
_TABLE = re.compile(r'<div class="[^"]*\bstacks\b.*?</table>', re.DOTALL)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_each_cell_of_a_wide_table_says_what_it_is(file: Path) -> None:
    tables = _TABLE.findall(file.read_text(encoding="utf-8"))
    assert tables
    for table in tables:
        cells = re.findall(r"<td\b[^>]*>?", table)
        assert cells
        assert [cell for cell in cells if "data-label=" not in cell] == []


def test_there_are_wide_tables() -> None:
    assert len(TEMPLATES) > 4
