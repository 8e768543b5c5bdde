"""Writes docs/requirements.md: every requirement of the product specification, and how far it is proven.

proven: named by a test that goes through the door - HTTP, bus or browser (tests/web, tests/api, tests/gateway,
tests/external, tests/sandbox, tests/journeys). proven in part: so, and `LACKS` says what of it is not there. named:
named by other tests only. not built: named by none.
`--check` compares and changes nothing.
"""

import re
import sys
from pathlib import Path

from support.marks import named_requirements

ROOT = Path(__file__).parents[1]
SPECIFICATION = ROOT.parent / "shared" / "product-spec.md"
TABLE = ROOT / "docs" / "requirements.md"
DOORS = ("web", "api", "gateway", "external", "sandbox", "journeys")
REQUIREMENT = re.compile(r"^- ([A-Z]{2,3}-\d+)\.", re.MULTILINE)
LACKS = {
    "ABS-3": "what the chosen functions decide; making a new employee in the same step",
    "ABS-8": "accesses beside the GP's dialogs; a look into Adresseregisteret for the substitute's own party",
    "ABS-9": "refusing the timebok of a substitute by position, where HelseNorge names the practitioner (DDFL-HT-07)",
    "ABS-12": "the list of threads, recipients to choose among, search results",
    "NOT-7": "sending by SMS and e-mail",
    "NOT-8": "sending, and push",
    "APT-12": "check-in at a payment terminal",
    "POR-3": "a picture, finding a clinic, video",
    "RES-27": "the forms of a category, such as corona's",
}
"""What of a requirement nothing stands behind yet, though tests prove the rest of it."""
HEAD = """# Requirements

Made by `make requirements`, checked by a test. *proven*: a test that goes through HTTP, bus or browser names it;
*proven in part*: so, but for what is said not to be there; *named*: only other tests do; *not built*: no test names it
yet. `make mutants` turns rules round and runs these tests.

"""


def named() -> dict[str, set[str]]:
    """Requirement id to the test folders that name it."""
    found: dict[str, set[str]] = {}
    for file, identity in named_requirements():
        found.setdefault(identity, set()).add(file.parts[0])
    return found


def table() -> str:
    """The whole page."""
    tests = named()
    groups: dict[str, list[str]] = {}
    counts = {"proven": 0, "proven in part": 0, "named": 0, "not built": 0}
    for identity in REQUIREMENT.findall(SPECIFICATION.read_text(encoding="utf-8")):
        folders = tests.get(identity, set())
        state = "proven" if folders & set(DOORS) else "named" if folders else "not built"
        where = ", ".join(sorted(folders)) or "-"
        if state == "proven" and identity in LACKS:
            state, where = "proven in part", f"{where}; not there: {LACKS[identity]}"
        counts[state] += 1
        groups.setdefault(identity.split("-")[0], []).append(f"| {identity} | {state} | {where} |")
    total = ", ".join(f"{count} {state}" for state, count in counts.items()) + ".\n"
    parts = [
        f"\n## {name}\n\n| requirement | state | tests |\n|---|---|---|\n" + "\n".join(rows) + "\n"
        for name, rows in groups.items()
    ]
    return HEAD + total + "".join(parts)


def main() -> int:
    text = table()
    if "--check" in sys.argv:
        same = TABLE.exists() and TABLE.read_text(encoding="utf-8") == text
        print("up to date" if same else "docs/requirements.md is old: run `make requirements`")
        return 0 if same else 1
    TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
