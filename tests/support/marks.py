"""Which test files name which requirements, read from their text: `@pytest.mark.req("MSG-8", "DDFL-EK-01")`."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
_MARK = re.compile(r"mark\.req\(([^)]*)\)", re.DOTALL)
_ID = re.compile(r"\"([A-Z]{2,4}-[A-Z0-9-]+)\"")


def named_requirements() -> Iterator[tuple[Path, str]]:
    """Each file, below `tests`, with each requirement or row of the conformance checklist that it names."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for mark in _MARK.findall(path.read_text(encoding="utf-8")):
            for identity in _ID.findall(mark):
                yield path.relative_to(TESTS), identity
