"""Each neutral variant of the runtime behaves as the runtime does, and the linter has nothing to say about it."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from runtime_overlays import FOLDERS, Behaviours, Overlay, Report, changed_lines, findings, overlays, smoke_tests

VARIANTS = overlays("variants")


def named(variants: list[Overlay]) -> list[object]:
    return [pytest.param(variant, id=variant.name) for variant in variants]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {variant.name: variant.apply(tmp_path_factory.mktemp(variant.name)) for variant in VARIANTS}


@pytest.fixture(scope="module")
def reported(projects: dict[str, Path]) -> dict[str, set[Report]]:
    return findings(projects)


@pytest.fixture(scope="module")
def behaviours(projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behaviours]:
    jobs = {variant.name: (projects[variant.name], [*smoke_tests(), *variant.table["also"]]) for variant in VARIANTS}
    behaviours = Behaviours(jobs, tmp_path_factory.mktemp("behaviours"))
    yield behaviours
    behaviours.close()


def test_there_are_enough_variants() -> None:
    assert len(VARIANTS) >= 20


def test_the_table_and_the_folders_agree() -> None:
    assert sorted(variant.name for variant in VARIANTS) == sorted(
        path.name for path in FOLDERS["variants"].iterdir() if path.is_dir()
    )


def test_no_two_variants_differ_by_names_alone() -> None:
    word = re.compile(r"\"[^\"]*\"|'[^']*'|\w+")
    shapes = Counter(tuple(word.sub("_", line) for line in changed_lines(variant.patch)) for variant in VARIANTS)
    assert max(shapes.values()) == 1


@pytest.mark.parametrize("variant", named(VARIANTS))
def test_a_variant_behaves_as_the_runtime_does(variant: Overlay, behaviours: Behaviours) -> None:
    code, output = behaviours.outcome(variant.name)
    assert code == 0, output


@pytest.mark.parametrize("variant", named(VARIANTS))
def test_the_linter_is_silent_on_a_variant(variant: Overlay, reported: dict[str, set[Report]]) -> None:
    assert reported[variant.name] == set()
