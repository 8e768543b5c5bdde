"""What is documented exists, and what exists is documented (house rule 11)."""

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from skranke.cli.main import command_names
from skranke.config.environment import Settings
from skranke.sandbox.environment import Settings as SandboxSettings

from support import functions

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "skranke"
ENUMERATIONS = ("TenantModel", "models.Model", "TextChoices", "StrEnum", "Limits", "IntEnum", "Enum")


def _names_in_code(text: str) -> set[str]:
    return set(re.findall(r"`([A-Za-z_]+)", text))


def _rows_and_enumerations() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0]
        if room in {"sandbox", "cli", "standards"} or "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = [ast.unparse(base) for base in node.bases]
                if any(base.endswith(ENUMERATIONS) for base in bases):
                    found[node.name] = path
    return found


def test_every_row_and_enumeration_is_in_the_glossary() -> None:
    known = _names_in_code((DOCS / "glossary.md").read_text(encoding="utf-8"))
    missing = {
        name: str(path.relative_to(ROOT)) for name, path in _rows_and_enumerations().items() if name not in known
    }
    assert missing == {}


def test_the_glossary_names_nothing_that_is_gone() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    gone = {
        name for name in _names_in_code((DOCS / "glossary.md").read_text()) if not re.search(rf"\b{name}\b", source)
    }
    assert gone == set()


@pytest.mark.parametrize(("prefix", "kind"), [("SKRANKE_", Settings), ("SKRANKE_SANDBOX_", SandboxSettings)])
def test_every_setting_is_listed_with_its_default_and_meaning(prefix: str, kind: type) -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    listed = [item for item in fields(kind) if (kind, item.name) != (SandboxSettings, "world")]
    rows = [
        f"| `{prefix}{item.name.upper()}` | `{item.default or ('none' if item.default == '' else item.default)}` "
        f"| {item.metadata['help']} |"
        for item in listed
    ]
    assert [row for row in rows if row not in text] == []


def test_no_setting_is_listed_that_does_not_exist() -> None:
    listed = set(re.findall(r"^\| `(SKRANKE_\w+)`", (DOCS / "settings.md").read_text(encoding="utf-8"), re.MULTILINE))
    real = {f"SKRANKE_{item.name.upper()}" for item in fields(Settings)}
    real |= {f"SKRANKE_SANDBOX_{item.name.upper()}" for item in fields(SandboxSettings) if item.name != "world"}
    assert listed == real | {"SKRANKE_SANDBOX_WORLD_FILE"}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\[<>=; ]", requirement)[0].lower() for requirement in wanted}
    text = (DOCS / "dependencies.md").read_text(encoding="utf-8").lower()
    rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    assert {name for name in names if not re.search(rf"[| ]{re.escape(name)}[ ,|]", rows)} == set()


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    notes = [path.name for path in (DOCS / "decisions").glob("0*.md")]
    assert [name for name in notes if name not in index] == []


def test_every_command_is_in_the_docs() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *DOCS.rglob("*.md")])
    assert [name for name in command_names() if f"skranke {name}" not in text] == []


def test_the_table_of_requirements_is_up_to_date() -> None:
    """Made by `make requirements`."""
    if not (ROOT.parent / "shared" / "product-spec.md").exists():
        pytest.skip("the product specification lies beside the checkout, and is not here")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "requirements_table.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_table_of_functions_is_up_to_date() -> None:
    """Made by `make functions`; every function of the registry has a fixture and a test."""
    text = functions.table()
    assert (DOCS / "functions.md").read_text(encoding="utf-8") == text
    assert functions.without_example(text) == []


def test_links_between_the_docs_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        broken += [f"{page.name}: {target}" for target in targets if not (page.parent / target).exists()]
    assert broken == []
