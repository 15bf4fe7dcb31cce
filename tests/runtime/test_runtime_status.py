"""The states of a job: complete moves, legacy words in one place."""

import json

import pytest

from runtime.status import LEGACY_WORDS, MOVES, JobStatus


def test_the_vocabulary_is_what_clients_were_promised() -> None:
    assert [status.value for status in JobStatus] == ["queued", "running", "done", "error", "cancelled"]


def test_moves_are_total_over_the_enum() -> None:
    assert set(MOVES) == set(JobStatus)


def test_moves_lead_only_forward() -> None:
    order = {status: place for place, status in enumerate(JobStatus)}
    assert all(order[source] < order[target] for source, targets in MOVES.items() for target in targets)


def test_every_state_is_reached_from_queued() -> None:
    reached = {JobStatus.QUEUED}
    for _ in JobStatus:
        reached |= {target for source in reached for target in MOVES[source]}
    assert reached == set(JobStatus)


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        (JobStatus.QUEUED, False),
        (JobStatus.RUNNING, False),
        (JobStatus.DONE, True),
        (JobStatus.ERROR, True),
        (JobStatus.CANCELLED, True),
    ],
)
def test_a_job_is_over_exactly_in_the_end_states(status: JobStatus, is_over: bool) -> None:
    assert status.is_over is is_over


@pytest.mark.parametrize(("word", "status"), [("success", JobStatus.DONE), ("failed", JobStatus.ERROR)])
def test_a_legacy_word_is_looked_up_as_the_member_it_means(word: str, status: JobStatus) -> None:
    assert JobStatus(word) is status


def test_no_legacy_word_is_a_value() -> None:
    assert not set(LEGACY_WORDS) & {status.value for status in JobStatus}


@pytest.mark.parametrize("word", ["DONE", "Success", "complete", "", None, 1])
def test_any_other_word_is_refused(word: object) -> None:
    with pytest.raises(ValueError, match="is not a valid JobStatus"):
        JobStatus(word)


def test_spellings_partition_all_words() -> None:
    words = [word for status in JobStatus for word in status.spellings]
    assert sorted(words) == sorted([*(status.value for status in JobStatus), *LEGACY_WORDS])
    assert all(JobStatus(word) is status for status in JobStatus for word in status.spellings)


def test_a_status_is_its_word_in_json() -> None:
    assert json.dumps(list(JobStatus)) == '["queued", "running", "done", "error", "cancelled"]'
