"""The verdicts on decided exits of real packages: well kept, and still claimed."""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.project.inventories.routes import RouteEntry, routes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")


class JudgedExit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What reading the code said about one answer."""

    seed: int
    package: str
    version: str
    place: str
    """Path in the package and line."""
    kind: Literal["object", "bare"]
    keys: tuple[str, ...]
    verdict: Literal["right", "spare", "wrong"]
    line: str
    why: str
    optional: tuple[str, ...] = ()


class Exits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All verdicts, and the seeds of the samples."""

    seeds: tuple[int, ...]
    exit: tuple[JudgedExit, ...]


EXITS = msgspec.convert(tomllib.loads((Path(__file__).parent / "exits.toml").read_text(encoding="utf-8")), Exits)
FOLDERS = sorted({f"{exit.package}-{exit.version}" for exit in EXITS.exit})


def test_each_exit_is_judged_once_and_gives_its_reason() -> None:
    assert Counter(exit.seed for exit in EXITS.exit) == dict.fromkeys(EXITS.seeds, 40)
    assert max(Counter((exit.seed, exit.package, exit.place, exit.keys) for exit in EXITS.exit).values()) == 1
    assert all(exit.line and exit.why.endswith(".") for exit in EXITS.exit)


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_was_right_is_still_claimed_and_what_was_wrong_is_not(folder: str) -> None:
    package = Path(CORPUS) / folder
    if not package.is_dir():
        pytest.skip(f"{folder} is not below {CORPUS}")
    inventory = take(Invocation(paths=(str(package),), cache=False, jobs=1), routes)
    claimed = {
        (f"{entry.place.path}:{exit.line}", exit.kind, exit.keys, exit.optional_keys)
        for project in inventory.projects
        for entry in project.entries
        if isinstance(entry, RouteEntry)
        for exit in entry.exits
        if exit.is_decided
    }
    for exit in EXITS.exit:
        if f"{exit.package}-{exit.version}" == folder and exit.verdict != "spare":
            is_claimed = (exit.place, exit.kind, exit.keys, exit.optional) in claimed
            assert is_claimed is (exit.verdict == "right"), exit
