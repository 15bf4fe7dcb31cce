"""Locating, laziness, the order of files, processes and the cache never change a report."""

import importlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from both_paths import differences, fast, slow
from generated import modules, projects
from hostile_tree import NEEDLES, files, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.model.report import Report
from execution_lint.project import implicit_loops, loop_names, loop_patches, presence, vocabularies
from execution_lint.rules.linter import exl001_unparsed_file, exl002_crashed_rule
from execution_lint.source.regions import Needles
from execution_lint.store import answers, baseline

# By name, for the package's attribute of this name is the function.
ENGINE_RUN = importlib.import_module("execution_lint.engine.run")
FIXTURE_PROJECTS = sorted(path.name for path in (Path(__file__).parents[2] / "fixtures" / "projects").iterdir())
ALL_NEEDLES = sorted(
    loop_names.WORDS
    | {"Thread", "loop_factory", "asyncio"}
    | implicit_loops.WORDS
    | loop_patches.PATCHERS
    | loop_patches.BESIDE
    | loop_patches.REPLACING.all_words
    | loop_patches.REPLACING.beside
    | vocabularies.WORDS
    | presence.REGISTERING[""]
    | presence.DECORATING[""]
    | presence.INCLUDING[""]
)
IDLE = frozenset({"BaseEventLoop", "uvloop", "winloop", "head", "options"})
"""Needles that no finding rests on yet."""

GENERATED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("hostile"), files())


@pytest.fixture(scope="module")
def needles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = {path: text.encode() for path, text in NEEDLES.items()}
    return write(tmp_path_factory.mktemp("needles"), {"pyproject.toml": b"", **tree})


@pytest.fixture(scope="module")
def hostile_report(hostile: Path) -> Report:
    return slow(hostile)


@pytest.fixture(scope="module")
def needles_report(needles: Path) -> Report:
    return slow(needles)


def test_the_hostile_tree_is_reported_alike(hostile: Path, hostile_report: Report) -> None:
    assert differences(fast(hostile), hostile_report) == []


def test_the_hostile_tree_is_worth_the_name(hostile_report: Report) -> None:
    """A tree in which nothing is found, or nothing fails, would show nothing."""
    codes = [finding.code for finding in hostile_report.projects[0].findings]
    assert codes.count(exl001_unparsed_file.RULE.code) >= 15
    assert exl002_crashed_rule.RULE.code not in codes
    assert {"EXL101", "EXL104", "EXL201", "EXL202", "EXL301", "EXL302", "EXL003"} <= set(codes)
    assert len(codes) > 120


@pytest.mark.parametrize("name", FIXTURE_PROJECTS)
def test_a_fixture_project_is_reported_alike(name: str, tmp_path: Path) -> None:
    project = tmp_path / name
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "projects" / name, project)
    assert differences(fast(project), slow(project)) == []


@GENERATED
@given(projects())
def test_a_generated_project_is_reported_alike(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, bytes]
) -> None:
    project = write(tmp_path_factory.mktemp("project"), tree)
    quick, thorough = fast(project), slow(project)
    assert differences(quick, thorough) == []
    assert not _crashes(quick)


@GENERATED
@given(modules())
def test_no_module_crashes_a_rule_and_each_is_reported_alike(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    project = write(tmp_path_factory.mktemp("module"), {"pyproject.toml": b"", "module.py": text.encode()})
    quick = fast(project)
    assert not _crashes(quick)
    assert differences(quick, slow(project)) == []


@pytest.mark.parametrize("word", ALL_NEEDLES)
def test_without_a_needle_the_paths_differ(
    word: str, needles: Path, needles_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = FileLibrary.candidates

    def without(library: FileLibrary, wanted: Needles) -> Iterator[tuple[str, tuple[int, ...]]]:
        return complete(library, wanted.without(frozenset({word})))

    monkeypatch.setattr(FileLibrary, "candidates", without)
    quick, thorough = fast(needles).projects[0], needles_report.projects[0]
    differing = {finding.place.path for finding in set(quick.findings) ^ set(thorough.findings)}
    if word in IDLE:
        assert not differing, f"`{word}` finds something now: take it out of IDLE"
    else:
        assert any(path.startswith(f"needle_{word}/") for path in differing)


def test_with_all_needles_their_cases_are_reported_alike(needles: Path, needles_report: Report) -> None:
    assert differences(fast(needles), needles_report) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_files_is_of_no_matter(
    seed: int, hostile: Path, hostile_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shuffled(FileLibrary):
        def __init__(
            self,
            root: Path,
            paths: tuple[str, ...],
            limit: int,
            *,
            locate: bool,
            replaced: dict[str, bytes],
        ) -> None:
            mixed = list(paths)
            random.Random(seed).shuffle(mixed)
            super().__init__(root, tuple(mixed), limit, locate=locate, replaced=replaced)

    monkeypatch.setattr(ENGINE_RUN, "FileLibrary", Shuffled)
    assert differences(fast(hostile), hostile_report) == []


@given(st.randoms(use_true_random=False))
@settings(max_examples=3, deadline=None)
def test_the_order_of_named_paths_is_of_no_matter(hostile: Path, chance: random.Random) -> None:
    named = sorted((hostile / "hostile").glob("*.py"))[:20]
    mixed = list(named)
    chance.shuffle(mixed)
    assert differences(fast(*named), fast(*mixed)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_are_of_no_matter(jobs: int, hostile: Path, hostile_report: Report) -> None:
    report = run(_invocation(hostile, jobs=jobs))
    assert differences(report, hostile_report) == []


def test_a_cold_and_a_warm_cache_give_the_same(tmp_path: Path, hostile_report: Report) -> None:
    project = write(tmp_path / "hostile", files())
    invocation = msgspec.structs.replace(_invocation(project), cache=True)
    cold, warm = run(invocation), run(invocation)
    assert (project / answers.FOLDER).is_dir()
    assert warm == cold
    assert differences(_at_root(cold, hostile_report), hostile_report) == []


def test_a_baseline_of_a_report_leaves_nothing(tmp_path: Path) -> None:
    project = write(tmp_path / "hostile", files())
    report = run(_invocation(project))
    file = tmp_path / "known.json"
    count = baseline.write(str(file), report)
    held = run(msgspec.structs.replace(_invocation(project), baseline=str(file)))
    assert count == len(report.projects[0].findings) > 120
    assert held.projects[0].findings == ()


def _invocation(project: Path, jobs: int = 1) -> Invocation:
    return Invocation(paths=(str(project),), cache=False, jobs=jobs, min_confidence=Confidence.POSSIBLE)


def _at_root(report: Report, other: Report) -> Report:
    """The report as if its project stood where that of the other stands."""
    return msgspec.structs.replace(
        report,
        projects=tuple(msgspec.structs.replace(project, root=other.projects[0].root) for project in report.projects),
    )


def _crashes(report: Report) -> list[str]:
    return [finding.help for finding in report.projects[0].findings if finding.code == exl002_crashed_rule.RULE.code]
