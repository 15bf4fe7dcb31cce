"""Each mutant of the runtime breaks what its table says: a behaviour test fails on it, the linter sees it or not."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from runtime_overlays import (
    FOLDERS,
    Behaviours,
    Overlay,
    Report,
    changed_lines,
    findings,
    marks,
    overlays,
)

MUTANTS = overlays("mutants")
BREAKING = [mutant for mutant in MUTANTS if mutant.table["kind"] == "breaking"]


def named(mutants: list[Overlay]) -> list[object]:
    return [pytest.param(mutant, id=mutant.name) for mutant in mutants]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {mutant.name: mutant.apply(tmp_path_factory.mktemp(mutant.name)) for mutant in MUTANTS}


@pytest.fixture(scope="module")
def reported(projects: dict[str, Path]) -> dict[str, set[Report]]:
    return findings(projects)


@pytest.fixture(scope="module")
def behaviours(projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behaviours]:
    jobs = {mutant.name: (projects[mutant.name], [mutant.table["killed-by"]]) for mutant in BREAKING}
    behaviours = Behaviours(jobs, tmp_path_factory.mktemp("behaviours"), RUNTIME_TEST_PATIENCE="3")
    yield behaviours
    behaviours.close()


def test_there_are_enough_mutants_over_all_families() -> None:
    families = Counter(mutant.table["code"][:4] for mutant in MUTANTS)
    assert len(MUTANTS) >= 30
    assert min(families[family] for family in ("EXL1", "EXL2", "EXL3", "EXL4")) >= 2
    assert len(BREAKING) >= 20


def test_the_table_and_the_folders_agree() -> None:
    assert sorted(mutant.name for mutant in MUTANTS) == sorted(
        path.name for path in FOLDERS["mutants"].iterdir() if path.is_dir()
    )


def test_no_two_mutants_differ_by_names_alone() -> None:
    """Two changes with the same shape, once every name and string is blotted out, would be one mutant."""
    word = re.compile(r"\"[^\"]*\"|'[^']*'|\w+")
    shapes = Counter(
        (mutant.table["file"], mutant.table["code"], tuple(word.sub("_", line) for line in changed_lines(mutant.patch)))
        for mutant in MUTANTS
    )
    assert max(shapes.values()) == 1


@pytest.mark.parametrize("mutant", named(MUTANTS))
def test_a_mutant_marks_the_one_line_that_its_code_is_expected_at(mutant: Overlay, projects: dict[str, Path]) -> None:
    expected = [mark for mark in marks(projects[mutant.name]) if mark.code == mutant.table["code"]]
    assert len(expected) == 1
    assert expected[0].file == mutant.table["file"]
    assert ("killed-by" in mutant.table) == (mutant.table["kind"] == "breaking")


@pytest.mark.parametrize("mutant", named(BREAKING))
def test_a_breaking_mutant_is_killed(mutant: Overlay, behaviours: Behaviours) -> None:
    code, output = behaviours.outcome(mutant.name)
    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert re.search(rf"^FAILED tests/runtime/{re.escape(mutant.table['killed-by'])}(\[|\s)", output, re.MULTILINE), (
        output
    )


@pytest.mark.parametrize("mutant", named(MUTANTS))
def test_the_linter_sees_what_the_table_says_it_sees(
    mutant: Overlay, projects: dict[str, Path], reported: dict[str, set[Report]]
) -> None:
    project = projects[mutant.name]
    expected = {mark for mark in marks(project) if mark.code == mutant.table["code"]}
    found = reported[mutant.name]
    assert (expected <= found) is mutant.table["seen"], sorted(found)
    marked = {(mark.file, mark.line) for mark in marks(project)}
    assert {(finding.file, finding.line) for finding in found} <= marked
