"""What a scan finds in what was added to a function, and in what it finds nothing."""

import msgspec
import pytest

from execution_lint.extract.differences import Difference, difference
from execution_lint.extract.opened import OpenedFile
from execution_lint.project.aliases import ALIASES
from execution_lint.project.coroutines import COROUTINES
from execution_lint.project.listed_words import ListedCarriers
from execution_lint.project.scans import is_silent
from execution_lint.project.status_carriers import Carriers, Known
from execution_lint.project.status_evidence import EVIDENCE

NAMES = frozenset({"JobStatus"})


def _known(words: frozenset[str], *, asks_everything: bool) -> bytes:
    return msgspec.msgpack.encode(
        Known(
            asks_everything=asks_everything,
            names=NAMES,
            words=words,
            fields=words,
            takers=NAMES,
            naming=frozenset({"jobs.py"}),
        )
    )


STATUSES = _known(frozenset({"status", "finish"}), asks_everything=True)
LISTED = _known(frozenset({"status"}), asks_everything=False)
CALLED = msgspec.msgpack.encode(frozenset({"fetch"}))


def addition(statement: str) -> Difference:
    """What a statement adds to a function."""
    text = "def run(self, job, store):\n    return job\n"
    found = difference(
        OpenedFile(text).facts(0), OpenedFile(text.replace("    return", f"    {statement}\n    return")).facts(0)
    )
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["jobs.py", "others.py"])
@pytest.mark.parametrize(
    "statement",
    ["value = 17", "count = len(str(job))", "print('done')", "logger.info('%s', job.status)", "value = store[job.key]"],
)
def test_nothing_is_found(path: str, statement: str) -> None:
    silent = [
        is_silent(scan, known, path, addition(statement))
        for scan, known in ((Carriers.scan, STATUSES), (ListedCarriers.scan, LISTED), (COROUTINES, CALLED))
    ]
    assert all(silent) or (path == "jobs.py" and "store[" in statement)


@pytest.mark.parametrize(
    ("scan", "known", "statement"),
    [
        (Carriers.scan, STATUSES, "finish('done')"),
        (Carriers.scan, STATUSES, "store.put(status='done')"),
        (Carriers.scan, STATUSES, "value = JobStatus('done')"),
        (Carriers.scan, STATUSES, "value = {'status': 'done'}"),
        (Carriers.scan, STATUSES, "value = job.get('status', 'done')"),
        (Carriers.scan, STATUSES, "store.execute(\"select 1 where status = 'done'\")"),
        (Carriers.scan, STATUSES, "value = {JobStatus.DONE: 1, JobStatus.GONE: 2}"),
        (Carriers.scan, STATUSES, "store.put(kind=JobStatus.DONE)"),
        (Carriers.scan, b"", "value = 17"),
        (ListedCarriers.scan, LISTED, "store.put(status='done')"),
        (COROUTINES, CALLED, "fetch(job)"),
        (COROUTINES, CALLED, "value = store.fetch(job)"),
        (EVIDENCE, b"all", "store.put(kind=job.kind)"),
        (ALIASES, b"all", "value = JobStatus"),
        (ALIASES, b"all", "value = job.kind"),
        (ALIASES, b"all", "value = partial(JobStatus)"),
        ("another scan", b"all", "value = 17"),
    ],
)
def test_something_may_be_found(scan: str, known: bytes, statement: str) -> None:
    assert not is_silent(scan, known, "jobs.py", addition(statement))


@pytest.mark.parametrize(
    ("scan", "known", "statement"),
    [
        (COROUTINES, CALLED, "await fetch(job)"),
        (COROUTINES, CALLED, "send(job)"),
        (EVIDENCE, b"all", "store.put(kind=job)"),
        (ALIASES, b"all", "value = JobStatus()"),
        (ALIASES, b"all", "print(JobStatus)"),
    ],
)
def test_another_scan_finds_nothing(scan: str, known: bytes, statement: str) -> None:
    assert is_silent(scan, known, "jobs.py", addition(statement))
