"""Where we are sure that an expression of a real package holds a status, mypy says the same."""

import os
from collections import Counter
from pathlib import Path

import pytest
from type_truth import Answer, Held, judged

CORPUS = os.environ.get("EXECUTION_LINT_CORPUS", "")
LEAST = {"agno-3.1.10": 1000, "prefect-3.9.1": 350, "feast-0.67.0": 50}
"""By package, the expressions that hold a member without naming it with which mypy agrees: a floor, so that what is
compared cannot fade."""

LEAST_KNOWN = 0.95
"""The share of our claims of which mypy says anything at all: it sees no types of libraries that are not installed."""


@pytest.mark.skipif(not CORPUS, reason="EXECUTION_LINT_CORPUS names no folder of unpacked packages")
@pytest.mark.parametrize("folder", LEAST)
def test_mypy_says_the_same_of_a_real_package(folder: str) -> None:
    root = Path(CORPUS) / folder
    if not root.is_dir():
        pytest.skip(f"{folder} is not below {CORPUS}")
    answers = judged(root)
    counts = Counter((answer.claim.held, answer.claim.is_named, answer.answer) for answer in answers)
    for (held, is_named, answer), count in sorted(counts.items(), key=str):
        print(f"{folder}: {count} hold {held.value}{', by name' if is_named else ''}; mypy {answer.value}")
    others = [str(answer) for answer in answers if answer.is_disagreement]
    assert not others, "\n".join(others)
    assert counts[Held.MEMBER, False, Answer.AGREES] >= LEAST[folder], counts
    known = sum(answer.answer not in (Answer.ANY, Answer.UNSEEN) for answer in answers)
    assert known >= LEAST_KNOWN * len(answers), counts
