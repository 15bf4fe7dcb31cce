"""Runs the cases of `fixtures/rules`: the name is the verdict, the docstring the reason, the marks the places."""

import importlib.util
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.model.report import ProjectReport, Report
from execution_lint.reporting import full
from execution_lint.rules import Rule, all_rules

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
VERDICTS = ("bad", "good", "missed")
CONFIGURATION = "execution-lint.toml"
BASELINE = "baseline.json"
ADDED_CHECK = "added_check.py"
"""A module that subscribes one more check to a rule, for as long as its case runs."""

_BESIDE = {".toml": CONFIGURATION, ".baseline.json": BASELINE, ".check.py": ADDED_CHECK}
"""What may stand beside a case of one file, by its ending, and what it is called in a case of several."""

_NAME = re.compile(r"(bad|good|missed)(_[a-z0-9]+)*")
_MARK = re.compile(r"#\s*(expect|missed):\s*(EXL\d{3}[^\"#\n]*)")
_MARKED = re.compile(r"(EXL\d{3})(?:\s+(proven|likely|possible))?")


class Mark(msgspec.Struct, frozen=True, order=True):
    """A finding that a case speaks of."""

    path: str
    line: int
    code: str
    confidence: str = ""
    """Empty in a mark that leaves it open."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.code} {self.confidence}".rstrip()


class RuleCase(msgspec.Struct, frozen=True):
    """One case: a file with what stands beside it, or a folder."""

    folder: str
    """The rule's folder, `exl101_hand_made_event_loop`."""
    name: str
    """`bad`, `good_nested_function`, `missed_alias`."""
    path: Path

    @property
    def verdict(self) -> str:
        """`bad`, `good` or `missed`."""
        return self.name.partition("_")[0]

    @property
    def code(self) -> str:
        """The code of the rule, by the folder's name."""
        return self.folder.partition("_")[0].upper()

    @property
    def files(self) -> dict[str, Path]:
        """The files of the case by the path that they have in the project that is scanned."""
        if self.path.is_dir():
            found = (path for path in self.path.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
            return {path.relative_to(self.path).as_posix(): path for path in sorted(found)}
        beside = {name: self.path.with_name(self.name + ending) for ending, name in _BESIDE.items()}
        return {self.path.name: self.path} | {name: path for name, path in beside.items() if path.is_file()}

    def marks(self, kind: str) -> list[Mark]:
        """The findings that are marked as `expect` or `missed`."""
        return sorted(
            Mark(name, number, code, confidence)
            for name, path in self.files.items()
            for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), start=1)
            for mark in _MARK.finditer(line)
            if mark[1] == kind
            for code, confidence in _MARKED.findall(mark[2])
        )


def cases(root: Path = FIXTURES) -> Iterator[RuleCase]:
    """Every case below `root`, by folder and name."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        for path in sorted(folder.iterdir()):
            name = path.name if path.is_dir() else path.name.removesuffix(".py")
            if _NAME.fullmatch(name) and (path.is_dir() or path.suffix == ".py"):
                yield RuleCase(folder.name, name, path)


def scan(case: RuleCase, target: Path, *, every_rule: bool = False, locate: bool = True) -> ProjectReport:
    """What is found in `case`, which is copied to the empty folder `target`.

    Only the rule of its folder runs, at `possible`; with `every_rule` all of them, at the default threshold. The rules
    of EXL0xx speak of what others do, so there all of them run.
    """
    for name, path in case.files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
    if not (target / "pyproject.toml").exists():
        (target / CONFIGURATION).touch()
    added = target / ADDED_CHECK
    invocation = Invocation(
        paths=(str(target),),
        select=None if every_rule or case.code.startswith("EXL0") else (case.code,),
        min_confidence=None if every_rule else Confidence.POSSIBLE,
        locate=locate,
        cache=False,
        jobs=1,
        baseline=str(target / BASELINE) if (target / BASELINE).exists() else None,
    )
    if not added.exists():
        return _only(run(invocation))
    source = added.read_text(encoding="utf-8")
    added.unlink()
    with _subscribed(source):
        return _only(run(invocation))


def _only(report: Report) -> ProjectReport:
    (project,) = report.projects
    return project


@contextmanager
def _subscribed(source: str) -> Iterator[None]:
    """The checks that a module adds to rules, taken away again afterwards."""
    before = {rule.code: list(rule.checks) for rule in all_rules()}
    specification = importlib.util.spec_from_loader("added_check", loader=None)
    assert specification is not None
    try:
        exec(source, vars(importlib.util.module_from_spec(specification)))
        yield
    finally:
        for rule in all_rules():
            rule.checks[:] = before[rule.code]


def found(report: ProjectReport) -> list[Mark]:
    """The findings of a report as marks."""
    return sorted(
        Mark(finding.place.path, finding.place.span.start_line, finding.code, finding.confidence.value)
        for finding in report.findings
    )


def differences(expected: Iterable[Mark], actual: Iterable[Mark]) -> list[str]:
    """What is missing and what is too much, one line each.

    Counts are exact; a mark without a confidence takes any.
    """
    left = Counter(actual)
    missing = []
    for mark in sorted(expected, key=lambda mark: not mark.confidence):
        same = next((other for other in sorted(left) if left[other] and _is_met(mark, other)), None)
        if same is None:
            missing.append(mark)
        else:
            left[same] -= 1
    return sorted([*(f"missing  {mark}" for mark in missing), *(f"too much {mark}" for mark in left.elements())])


def _is_met(mark: Mark, finding: Mark) -> bool:
    return (mark.path, mark.line, mark.code) == (finding.path, finding.line, finding.code) and mark.confidence in (
        "",
        finding.confidence,
    )


def mistakes(case: RuleCase, report: ProjectReport) -> list[str]:
    """What a case and its report disagree on; empty if nothing."""
    expected, missed = case.marks("expect"), case.marks("missed")
    actual = found(report)
    wrong = differences(expected, actual)
    own = [mark for mark in expected if mark.code == case.code]
    match case.verdict:
        case "bad":
            wrong += [] if own else [f"no line is marked with {case.code}"]
            wrong += [f"a bad case has nothing missed: {mark}" for mark in missed]
        case "good":
            wrong += [f"a good case marks nothing: {mark}" for mark in (*own, *missed)]
        case _:
            wrong += [] if missed else ["no line is marked as missed"]
            wrong += [
                f"the rule sees it now, the case is bad: {mark}"
                for mark in missed
                if any(_is_met(mark, other) for other in actual)
            ]
    return wrong


def rendered(report: ProjectReport) -> str:
    """The full text rendering of a report, with paths relative to its root."""
    return full.render(
        Report(projects=(report,)),
        lambda path: Path(path).read_text(encoding="utf-8", errors="replace").split("\n"),
        report.root,
    )


def rule_of(case: RuleCase) -> Rule:
    """The rule that a case belongs to."""
    return next(rule for rule in all_rules() if rule.slug == case.folder)
