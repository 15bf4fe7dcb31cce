"""The verdicts on words near a status, drawn by text alone: well kept, and what of them is reported."""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from execution_lint import scan

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")
Found = Literal["no", "possible", "likely", "proven"]
RANKS = ("no", "possible", "likely", "proven")


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What reading the code said about one quoted word."""

    package: str
    version: str
    place: str
    """Path in the package, line and column."""
    word: str
    verdict: Literal["true", "other"]
    """`true`: a member belongs there, or the line repeats the enum; `other`: another vocabulary's word, or text."""
    found: Found
    """The confidence with which it was reported when it was judged."""
    line: str
    why: str = ""
    """Of a true one: by which rule it is reported, or why it is not."""

    @property
    def folder(self) -> str:
        return f"{self.package}-{self.version}"

    @property
    def path(self) -> str:
        return self.place.split(":")[0]

    @property
    def row(self) -> int:
        return int(self.place.split(":")[1])


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All verdicts, and the seed of the sample."""

    seed: int
    word: tuple[Word, ...]


WORDS = msgspec.convert(tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8")), Words).word
FOLDERS = sorted({word.folder for word in WORDS})


def test_each_word_is_judged_once_and_gives_its_reason() -> None:
    assert Counter(word.folder for word in WORDS) == dict.fromkeys(FOLDERS, 50)
    assert max(Counter((word.folder, word.place) for word in WORDS).values()) == 1
    for word in WORDS:
        assert word.word in word.line
        assert not word.why or word.why.endswith(".")
        assert word.why or word.verdict == "other" or word.found != "no", "a missed one says why"


def test_what_is_said_of_recall_is_what_the_verdicts_say() -> None:
    true = Counter(word.found for word in WORDS if word.verdict == "true")
    text = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
    sure = true["likely"] + true["proven"]
    assert f"| {len(WORDS)} | {true.total()} | {sure} | {sure + true['possible']} |" in text


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_was_found_is_still_found_and_what_is_another_word_is_not(folder: str) -> None:
    package = Path(CORPUS) / folder
    if not package.is_dir():
        pytest.skip(f"{folder} is not below {CORPUS}")
    report = scan(package, select=["EXL3"], min_confidence="possible", isolated=True, cache=False)
    now: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    for finding in (finding for project in report.projects for finding in project.findings):
        span = finding.place.span
        for row in range(span.start_line, span.end_line + 1):
            said = (finding.code, finding.message, finding.confidence.value)
            now.setdefault((finding.place.path, row), []).append(said)
    for word in (word for word in WORDS if word.folder == folder):
        assert (package / word.path).read_text(encoding="utf-8").split("\n")[word.row - 1].strip() == word.line
        sure = max(
            (
                RANKS.index(confidence)
                for code, message, confidence in now.get((word.path, word.row), [])
                if code in ("EXL303", "EXL307") or f'"{word.word}"' in message
            ),
            default=0,
        )
        if word.verdict == "true":
            assert sure >= RANKS.index(word.found), word
        else:
            assert sure < RANKS.index("likely"), word
