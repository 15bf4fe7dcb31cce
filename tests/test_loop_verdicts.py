"""Every call that makes an event loop is judged exactly once, or declared, or exempt: nothing is silently fine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from rule_harness import CONFIGURATION, RuleCase, cases

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.model.inventory import Entry
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.rules import all_rules

CASES = tuple(case for case in cases() if case.code.startswith("EXL10"))
JUDGES = tuple(rule for rule in all_rules() if rule.code in ("EXL101", "EXL104"))


class Judged(msgspec.Struct, frozen=True):
    """A call that makes a loop, with the rules that speak of it."""

    call: str
    codes: tuple[str, ...]
    is_let_be: bool
    """It is declared or exempt."""


def judged(case: RuleCase, target: Path) -> tuple[list[Judged], set[tuple[str, int, int]]]:
    """Every call of a case, and where they stand."""
    for name, path in case.files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(path.read_bytes())
    if not (target / "pyproject.toml").exists():
        (target / CONFIGURATION).touch()
    found: list[Judged] = []
    places: set[tuple[str, int, int]] = set()

    def judge(project: Project) -> Iterator[Entry]:
        for call in project.subjects(LoopCall):
            codes = [
                finding.code
                for rule in JUDGES
                for subject, check in rule.checks
                if subject is LoopCall
                for finding in check(call, project)
            ]
            span = call.place.span
            is_let_be = bool(call.declared_by) or call.life is LoopLife.EXEMPT
            found.append(Judged(f"{call.place.path}:{span.start_line} {call.life.value}", tuple(codes), is_let_be))
            places.add((call.place.path, span.start_line, span.start_column))
        yield from ()

    take(Invocation(paths=(str(target),), cache=False, jobs=1), judge)
    return found, places


def plainly_made(target: Path) -> Iterator[tuple[str, int, int]]:
    """The calls `asyncio.new_event_loop()` in files in which `asyncio` is the module and nothing else."""
    for path in sorted(target.rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError:
            continue
        if not _is_the_module(tree):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.new_event_loop":
                yield path.relative_to(target).as_posix(), node.lineno, node.col_offset + 1


def _is_the_module(tree: ast.Module) -> bool:
    names: list[str] = []
    is_imported = False
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                is_imported |= any(alias.name == "asyncio" and alias.asname is None for alias in aliases)
                names += [alias.asname for alias in aliases if alias.asname]
            case ast.ImportFrom(names=aliases):
                names += [alias.asname or alias.name for alias in aliases]
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.append(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case _:
                pass
    return is_imported and not {"asyncio", "*"} & set(names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.name}")
def test_a_call_is_judged_once_or_let_be(case: RuleCase, tmp_path: Path) -> None:
    found, places = judged(case, tmp_path)
    assert [call for call in found if len(call.codes) != (0 if call.is_let_be else 1)] == []
    assert set(plainly_made(tmp_path)) - places == set()


def test_the_cases_have_calls_of_each_outcome(tmp_path: Path) -> None:
    outcomes = set()
    for index, case in enumerate(CASES):
        if case.code in ("EXL101", "EXL104"):
            found, _ = judged(case, tmp_path / str(index))
            outcomes |= {(call.codes, call.is_let_be) for call in found}
    assert outcomes == {(("EXL101",), False), (("EXL104",), False), ((), True)}
