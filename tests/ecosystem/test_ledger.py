"""The verdicts on findings of real packages: well kept, and which of them today's report touches."""

import os
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from execution_lint import scan
from execution_lint.model.finding import Finding

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
CONTRACTS = HERE / "contracts"
CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")
DRAWN = {"EXL1": 12, "EXL2": 14, "EXL3": 14}

needs_corpus = pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What reading the code said about one finding."""

    fingerprint: str
    code: str
    package: str
    version: str
    place: str
    """Path in the package, line and column, where it was reported when it was judged."""
    confidence: str
    sample: Literal["drawn", "left", "later"]
    """It is in the random sample, was left when that was drawn, or has been reported since."""
    verdict: Literal["true", "false"]
    """`true`: a reviewer of that code base would change it or want it said; `false`: they would not."""
    decided_by: str
    """Path in the package and line of the code that decides it."""
    line: str
    why: str

    @property
    def folder(self) -> str:
        return f"{self.package}-{self.version}"


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All verdicts, and the seed of the sample among them."""

    seed: int
    verdict: tuple[Verdict, ...]


LEDGER = msgspec.convert(tomllib.loads((HERE / "ledger.toml").read_text(encoding="utf-8")), Ledger)
FOLDERS = tuple(sorted({verdict.folder for verdict in LEDGER.verdict}))
Reported = Callable[[str], dict[str, Finding]]
Judged = dict[tuple[str, str], Verdict]
Now = dict[tuple[str, str], Finding]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """What is reported in a package of the ledger, under its contract, by fingerprint; scanned once."""
    found: dict[str, dict[str, Finding]] = {}

    def of(folder: str) -> dict[str, Finding]:
        if folder not in found:
            source = Path(CORPUS) / folder
            if not source.is_dir():
                pytest.skip(f"{folder} is not below {CORPUS}")
            copy = tmp_path_factory.mktemp("package") / folder
            shutil.copytree(source, copy)
            contract = CONTRACTS / f"{folder.rpartition('-')[0]}.toml"
            (copy / "execution-lint.toml").write_bytes(contract.read_bytes() if contract.exists() else b"")
            projects = scan(copy, cache=False).projects
            found[folder] = {finding.fingerprint: finding for project in projects for finding in project.findings}
            shutil.rmtree(copy)
        return found[folder]

    return of


def test_the_sample_is_the_one_that_the_seed_draws() -> None:
    chance = random.Random(LEDGER.seed)
    pool = sorted(LEDGER.verdict, key=lambda verdict: (verdict.fingerprint, verdict.package))
    for family, size in DRAWN.items():
        judged = [verdict for verdict in pool if verdict.code.startswith(family) and verdict.sample != "later"]
        drawn = {verdict.fingerprint for verdict in chance.sample(judged, size)}
        assert drawn == {verdict.fingerprint for verdict in judged if verdict.sample == "drawn"}


def test_each_verdict_is_said_once_and_gives_its_reason() -> None:
    keys = Counter((verdict.package, verdict.fingerprint) for verdict in LEDGER.verdict)
    assert [key for key, count in keys.items() if count > 1] == []
    for verdict in LEDGER.verdict:
        assert re.fullmatch(r"[0-9a-f]{64}", verdict.fingerprint), verdict
        assert re.fullmatch(r"[^:]+\.py:\d+:\d+", verdict.place), verdict
        assert re.fullmatch(r"[^:]+\.py:\d+", verdict.decided_by), verdict
        assert verdict.line, verdict
        assert verdict.why.endswith((".", ".)")), verdict


@pytest.mark.parametrize("contract", sorted(CONTRACTS.glob("*.toml")), ids=lambda contract: str(contract.stem))
def test_each_contract_is_valid_and_used(contract: Path, tmp_path: Path) -> None:
    (tmp_path / "execution-lint.toml").write_bytes(contract.read_bytes())
    (tmp_path / "empty.py").write_bytes(b"")
    assert not scan(tmp_path, cache=False).troubled
    assert contract.stem in {verdict.package for verdict in LEDGER.verdict}


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_quoted_lines_stand_in_the_package(folder: str) -> None:
    package = Path(CORPUS) / folder
    if not package.is_dir():
        pytest.skip(f"{folder} is not below {CORPUS}")
    for verdict in LEDGER.verdict:
        if verdict.folder == folder:
            path, _, line = verdict.decided_by.rpartition(":")
            text = (package / path).read_text(encoding="utf-8").split("\n")[int(line) - 1].strip()
            assert text == verdict.line, verdict


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_true_finding_is_gone(folder: str, reported: Reported) -> None:
    now = reported(folder)
    gone = [
        f"{verdict.code} {verdict.place}: {verdict.why}"
        for verdict in LEDGER.verdict
        if verdict.folder == folder and verdict.verdict == "true" and verdict.fingerprint not in now
    ]
    assert not gone, "no longer reported, although it was judged true:\n" + "\n".join(gone)


@needs_corpus
def test_the_rates(reported: Reported, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [folder for folder in FOLDERS if (Path(CORPUS) / folder).is_dir()]
    now = {(folder, fingerprint): finding for folder in folders for fingerprint, finding in reported(folder).items()}
    judged = {(entry.folder, entry.fingerprint): entry for entry in LEDGER.verdict if entry.folder in folders}
    with capsys.disabled():
        print("\n" + "\n".join([*_rates(judged, now), *_touched(judged, now)]))
    assert now, "nothing at all is reported in the packages of the ledger"


def _rates(judged: Judged, now: Now) -> Iterator[str]:
    """A line a code: how its verdicts fare in today's report."""
    yield "code    judged  true  gone  false  still there  reported  not judged  false alarms"
    for code in sorted({entry.code for entry in judged.values()} | {finding.code for finding in now.values()}):
        entries = {key: entry for key, entry in judged.items() if entry.code == code}
        true = {key for key, entry in entries.items() if entry.verdict == "true"}
        false = entries.keys() - true
        there = {key for key, finding in now.items() if finding.code == code}
        known = there & entries.keys()
        rate = f"{len(false & there) / len(known):.0%}" if known else "none reported"
        yield (
            f"{code}  {len(entries):6}  {len(true):4}  {len(true - there):4}  {len(false):5}  {len(false & there):11}"
            f"  {len(there):8}  {len(there - known):10}  {rate}"
        )


def _touched(judged: Judged, now: Now) -> Iterator[str]:
    """A line a finding that the verdicts do not settle, or that has come or gone since."""
    for key, entry in judged.items():
        if (entry.verdict == "true") == (key not in now):
            state = "true, and gone" if entry.verdict == "true" else "false, and still reported"
            yield f"{state}: {entry.code} {entry.folder}/{entry.place}"
    for key, finding in now.items():
        if key not in judged:
            place = f"{key[0]}/{finding.place.path}:{finding.place.span.start_line}"
            yield f"not judged: {finding.code} {finding.confidence.value} {place} {finding.message}"
