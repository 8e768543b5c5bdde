"""Replaces each rule by its opposite, one at a time, and runs the tests that name its requirement: they must fail.

    make mutants                          every room, for as long as --minutes allows
    tests/mutants.py --room scheduling    one room (or several: --room a --room b)
    tests/mutants.py --only may_cancel    one function
    tests/mutants.py --list               what would be tried, without running anything

A rule is a function or a number of a `rules.py`; its docstring names its requirements, and `@pytest.mark.req` the
tests that prove them. One that names none is judged by the tests of those that use it, or of its room. The mutants of
a rule: its answer turned round, a guard or one side of an `and`/`or` skipped, a comparison moved over its border, a
number off by one. What survives is printed: the line may be wrong without any test noticing.

Everything happens in a copy of the project, on a template database of the run's own.
"""

import argparse
import ast
import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from support.database import TEMPLATE, Server  # noqa: E402 - the path must stand first
from support.run import Run  # noqa: E402

# Of the product specification (MSG-9) and of the conformance checklist (DDFL-AR-01).
ONE = r"(?!SHA|ISO|NS|HIS)[A-Z]{2,4}-(?:[A-Z]{2,4}-)?\d+"
SPAN = re.compile(rf"({ONE})\.\.(\d+)")
NAMED = re.compile(rf"{ONE}")
MARK = re.compile(r"mark\.req\(([^)]*)\)", re.DOTALL)
LONGEST_SECONDS = 240
BORDERS: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
KILLED, SURVIVED, UNTESTED, BROKEN = "killed", "SURVIVED", "UNTESTED", "BROKEN"


@dataclass(frozen=True)
class Rule:
    """One function or number of a rules.py, with the requirements it serves."""

    path: Path
    name: str
    requirements: frozenset[str]
    node: ast.FunctionDef | ast.Assign

    @property
    def room(self) -> str:
        return self.path.parent.name


@dataclass(frozen=True)
class Mutant:
    """A change of one rule. order: 0 the plainest; what is cut by the clock is the finest."""

    rule: Rule
    line: int
    change: str
    source: str
    order: int

    def __str__(self) -> str:
        return f"{self.rule.room}/rules.py:{self.line} {self.rule.name}: {self.change}"


# --- rules and the tests that name them ----------------------------------------------------------------------------


def requirements_in(text: str) -> frozenset[str]:
    """Every requirement a docstring names; `BOK-5..8` means four."""
    found = set(NAMED.findall(text))
    for first, last in SPAN.findall(text):
        area, _, number = first.rpartition("-")
        found |= {f"{area}-{one}" for one in range(int(number), int(last) + 1)}
    return frozenset(found)


def rules_of(path: Path) -> list[Rule]:
    """The file's functions and numbers. One that names no requirement serves those of the functions that use it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    parts: dict[str, ast.FunctionDef | ast.Assign] = {}
    stated: dict[str, frozenset[str]] = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef):
            parts[node.name] = node
            stated[node.name] = requirements_in(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            parts[name] = node
            stated[name] = requirements_in(ast.unparse(after) if isinstance(after, ast.Expr) else "")
    served = dict(stated)
    for _ in parts:
        for user, node in parts.items():
            for name in {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & set(parts) - {user}:
                if not stated[name]:
                    served[name] |= served[user]
    return [Rule(path, name, served[name], node) for name, node in parts.items()]


def files_by_requirement() -> dict[str, list[Path]]:
    """Requirement to the test files that name it."""
    found: dict[str, list[Path]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for mark in MARK.findall(path.read_text(encoding="utf-8")):
            for identity in re.findall(rf'"({ONE})"', mark):
                found.setdefault(identity, []).append(path.relative_to(ROOT))
    return found


# --- mutants -------------------------------------------------------------------------------------------------------


def mutants_of(rule: Rule) -> Iterator[Mutant]:
    """Every change of this rule, the plainest first."""
    source = rule.path.read_text(encoding="utf-8")
    turned = _turned_round(rule.node) if isinstance(rule.node, ast.FunctionDef) else None
    if turned:
        yield Mutant(rule, rule.node.lineno, turned[0], f"{source}\n\n{turned[1]}\n", 0)
    tree = ast.parse(source)
    for position, place in enumerate(_places(tree, rule)):
        for change, order, replacement in _changes(place):
            changed = copy.deepcopy(tree)
            target = _places(changed, rule)[position]
            changed = ast.fix_missing_locations(_Replaced(target, replacement).visit(changed))
            yield Mutant(rule, getattr(place, "lineno", rule.node.lineno), change, ast.unparse(changed), order)


def _places(tree: ast.Module, rule: Rule) -> list[ast.AST]:
    """What may be changed of a rule: a function's body without its signature, or a number's value."""
    found = next(node for node in tree.body if node.lineno == rule.node.lineno)
    parts = found.body if isinstance(found, ast.FunctionDef) else [found]
    return [node for part in parts for node in ast.walk(part)]


def _turned_round(node: ast.FunctionDef) -> tuple[str, str] | None:
    """Code that, put at the end of the file, turns the function's answer round; None where that says nothing."""
    kind = ast.unparse(node.returns) if node.returns else ""
    answers = {
        "bool": ("the answer negated", "not {0}"),
        "int": ("the answer plus one", "{0} + 1"),
        "Seconds": ("the answer plus one", "{0} + 1"),
        "date": ("the answer a day later", "{0} + __import__('datetime').timedelta(days=1)"),
        "datetime": ("the answer a second later", "{0} + __import__('datetime').timedelta(seconds=1)"),
        "str": ("the answer with a sign too much", "{0} + '·'"),
        "Q": ("the condition negated", "~{0}"),
    }
    if kind in answers:
        change, answer = answers[kind]
    elif kind.endswith("| None") or kind == "Any":
        change, answer = "the answer always None", "{0} and None"
    elif kind.startswith("list["):
        change, answer = "the answer always empty", "{0} and []"
    else:
        return None
    call = answer.format(f"_right_{node.name}(*given, **named)")
    code = f"_right_{node.name} = {node.name}\n\n\ndef {node.name}(*given, **named):\n    return {call}"
    return change, code


def _changes(place: ast.AST) -> Iterator[tuple[str, int, ast.AST]]:
    if isinstance(place, ast.If) and not place.orelse and isinstance(place.body[-1], ast.Return | ast.Raise):
        yield f"guard skipped: if {ast.unparse(place.test)}", 1, ast.Pass()
    elif isinstance(place, ast.BoolOp):
        word = "and" if isinstance(place.op, ast.And) else "or"
        for number, side in enumerate(place.values):
            rest = [value for other, value in enumerate(place.values) if other != number]
            kept = rest[0] if len(rest) == 1 else ast.BoolOp(place.op, rest)
            yield f"without '{word} {ast.unparse(side)}'", 2, copy.deepcopy(kept)
    elif isinstance(place, ast.Compare) and len(place.ops) == 1 and type(place.ops[0]) in BORDERS:
        moved = ast.Compare(place.left, [BORDERS[type(place.ops[0])]()], place.comparators)
        yield f"{ast.unparse(place)} became {ast.unparse(moved)}", 3, copy.deepcopy(moved)
    elif isinstance(place, ast.Constant) and type(place.value) is int:
        yield f"{place.value} became {place.value + 1}", 4, ast.Constant(place.value + 1)
    elif isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.Not):
        yield f"{ast.unparse(place)} without its not", 2, copy.deepcopy(place.operand)


class _Replaced(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self._target, self._replacement = target, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return self._replacement if node is self._target else super().visit(node)


# --- judging -------------------------------------------------------------------------------------------------------


class Judge:
    """Runs the tests of a mutant's rule against a copy of the project that holds the mutant."""

    def __init__(self, folder: Path, number: int) -> None:
        self._copy = folder / f"copy-{number}"
        for name in ("src", "tests", "docs"):
            shutil.copytree(ROOT / name, self._copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
            shutil.copyfile(ROOT / name, self._copy / name)
        self._files = files_by_requirement()
        standards = ROOT.parent / "shared" / "standards"
        self._environment = {
            "SKRANKE_STANDARDS": str(standards),
            **os.environ,
            "PYTHONPATH": str(self._copy / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def tests_of(self, rule: Rule) -> list[str]:
        """What to hand to pytest: the room's own files first, for they are the quickest to notice."""
        named = {path for one in rule.requirements for path in self._files.get(one, [])}
        if named:
            own = sorted(named, key=lambda path: (path.parts[1] != rule.room, str(path)))
            return [*map(str, own), "--req", ",".join(sorted(rule.requirements))]
        return [f"tests/{rule.room}"] if not rule.requirements else []

    def judge(self, mutant: Mutant) -> str:
        """What became of the mutant; the copy is as it was afterwards."""
        tests = self.tests_of(mutant.rule)
        if not tests:
            return UNTESTED
        place = self._copy / mutant.rule.path.relative_to(ROOT)
        right = place.read_text(encoding="utf-8")
        place.write_text(mutant.source, encoding="utf-8")
        try:
            return self.run(tests)
        finally:
            place.write_text(right, encoding="utf-8")

    def run(self, tests: list[str]) -> str:
        """What a run of these tests says: SURVIVED when all pass."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n", "0", *tests]
        command += ["-m", "not (slow or amqp or browser)"]
        try:
            done = subprocess.run(
                command,
                cwd=self._copy,
                env=self._environment,
                capture_output=True,
                timeout=LONGEST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return KILLED  # a rule that makes a test wait for ever has been noticed
        return {0: SURVIVED, 1: KILLED, 2: KILLED, 5: UNTESTED}.get(done.returncode, BROKEN)


def judged(mutants: list[Mutant], judges: list[Judge], until: float) -> Iterator[tuple[Mutant, str]]:
    """Mutants with what became of them, as long as there is time; those left are not given."""
    free = list(judges)

    def one(mutant: Mutant) -> str | None:
        if time.monotonic() > until:
            return None
        judge = free.pop()
        try:
            return judge.judge(mutant)
        finally:
            free.append(judge)

    with ThreadPoolExecutor(len(judges)) as pool:
        for mutant, verdict in zip(mutants, pool.map(one, mutants), strict=True):
            if verdict is not None:
                yield mutant, verdict


def chosen(arguments: argparse.Namespace) -> list[Mutant]:
    """The mutants that were asked for, the plainest of every rule before the finer ones."""
    paths = sorted((ROOT / "src" / "skranke").rglob("rules.py"))
    rules = [
        rule
        for path in paths
        if not arguments.room or path.parent.name in arguments.room
        for rule in rules_of(path)
        if not arguments.only or rule.name in arguments.only
    ]
    return sorted((mutant for rule in rules for mutant in mutants_of(rule)), key=lambda mutant: mutant.order)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--room", action="append", default=[], help="only this room; may be given again")
    parser.add_argument("--only", action="append", default=[], help="only this function; may be given again")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many minutes and say what was cut")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--list", action="store_true", help="print what would be tried")
    return parser.parse_args()


def main() -> int:
    arguments = asked()
    mutants = chosen(arguments)
    if arguments.list:
        print("\n".join(map(str, mutants)))
        return 0
    run = Run()
    server = Server(run)
    try:
        server.clear(run.begin())
        server.start()
        print(f"{len(mutants)} mutants, template {os.environ[TEMPLATE]}", flush=True)
        return report(mutants, arguments, Path(tempfile.gettempdir()))
    finally:
        server.stop()
        run.end()


def report(mutants: list[Mutant], arguments: argparse.Namespace, folder: Path) -> int:
    judges = [Judge(folder, number) for number in range(max(1, arguments.jobs))]
    until = time.monotonic() + arguments.minutes * 60
    verdicts: dict[Mutant, str] = {}
    for mutant, verdict in judged(mutants, judges, until):
        verdicts[mutant] = verdict
        if len(verdicts) % 20 == 0:
            print(f"... {len(verdicts)} of {len(mutants)}", flush=True)
        if verdict != KILLED:
            print(f"{verdict:9} {mutant}", flush=True)
    killed = sum(verdict == KILLED for verdict in verdicts.values())
    print(f"{killed} of {len(verdicts)} noticed")
    cut = [mutant for mutant in mutants if mutant not in verdicts]
    if cut:
        print(f"not tried, for want of time: {len(cut)}")
        print("\n".join(f"  {mutant}" for mutant in cut))
    return 0 if killed == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
