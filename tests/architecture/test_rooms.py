"""The house rules of docs/architecture.md that a program can check."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "skranke"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "locale" not in path.parts)
MOST_LINES_A_FILE = 500
MOST_LINES_A_FUNCTION = 60
# Where a program chooses at run time what to load; the reason stands beside each call.
LOADERS: set[str] = set()


def _trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in FILES]


def test_a_room_imports_only_rooms_below_it() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_and_functions_can_be_read_in_one_look() -> None:
    big = []
    for path, tree in _trees():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > MOST_LINES_A_FILE:
            big.append(f"{path.relative_to(SOURCE)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_LINES_A_FUNCTION:
                    big.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}: {length} lines")
    assert big == []


def test_nothing_is_imported_inside_a_function() -> None:
    found = []
    for path, tree in _trees():
        if str(path.relative_to(SOURCE)) in LOADERS:
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{path.relative_to(SOURCE)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert found == []


def test_a_plain_installation_needs_no_extra() -> None:
    """Only modules that `wire.connect` imports by name may need Proton or pika."""
    of_the_extra = ("proton", "pika", "skranke.wire.amqp.transport", "skranke.wire.declare")
    found = []
    for path, tree in _trees():
        place = path.relative_to(SOURCE)
        if place.is_relative_to("wire/amqp") or place == Path("wire/declare.py"):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{name}" for name in names]
            found += [
                f"{place}: {name}" for name in names if f"{name}.".startswith(tuple(f"{one}." for one in of_the_extra))
            ]
    assert found == []


def test_there_are_no_signals() -> None:
    found = [path for path in FILES if "django.dispatch" in (text := path.read_text()) or "db.models.signals" in text]
    assert found == []


def test_now_comes_from_the_clock_alone() -> None:
    allowed = {SOURCE / "kernel" / "clock.py"}
    found = []
    for path, tree in _trees():
        if path in allowed:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = f"{ast.unparse(node.func.value)}.{node.func.attr}"
                if name in {"datetime.now", "datetime.utcnow", "date.today", "timezone.now", "datetime.today"}:
                    found.append(f"{path.relative_to(SOURCE)}:{node.lineno} {name}")
    assert found == []


@pytest.mark.parametrize("room", sorted({path.relative_to(SOURCE).parts[0] for path in FILES if path.parent != SOURCE}))
def test_every_room_says_what_it_is(room: str) -> None:
    tree = ast.parse((SOURCE / room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{room}/__init__.py has no docstring"
