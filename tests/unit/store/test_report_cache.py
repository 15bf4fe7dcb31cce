"""The report cache: what was saved is loaded, and everything else is a miss."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place, Span
from execution_lint.model.report import Counts, ProjectReport, Reason, SetAside, Undecided
from execution_lint.store import report_cache
from execution_lint.store.report_cache import Kept

FINDING = Finding(
    code="EXL301",
    rule="raw-status-string",
    message="`終わり`",
    place=Place("a.py", Span(1, 2, 3, 4)),
    confidence=Confidence.LIKELY,
    scope="f",
    help="h",
    related=(Related("enum", Place("b.py", Span(1, 1, 1, 2))),),
    fingerprint="a" * 64,
)
REPORT = ProjectReport(
    root="/srv/service",
    findings=(FINDING,),
    set_aside=(SetAside(FINDING, Reason.SUPPRESSION, "a.py:1"),),
    counts=Counts(4, 3, 2, 1),
    undecided=(Undecided("s", "r", 2),),
    notes=("n",),
    troubled=True,
)


def entry(folder: Path) -> Path:
    """The one entry of `folder`."""
    (path,) = folder.glob("*.report")
    return path


def kept(key: str) -> Kept:
    """What an entry holds."""
    return Kept(key, "", REPORT)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    assert report_cache.save(folder, "key", REPORT) is None
    assert report_cache.load(folder, "key") == kept("key")
    assert report_cache.load(folder, "other key") is None


def test_a_folder_that_is_missing_is_a_miss(tmp_path: Path) -> None:
    notes: list[str] = []
    assert report_cache.load(str(tmp_path / "none"), "key", notes.append) is None
    assert notes == []


def test_git_and_backups_do_not_see_the_cache(tmp_path: Path) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


@pytest.mark.parametrize("cut", [0, 1, 10, 24, 30, 60, -1])
def test_a_truncated_entry_is_a_miss_with_a_note(tmp_path: Path, cut: int) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    path = entry(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    notes: list[str] = []
    assert report_cache.load(str(tmp_path), "key", notes.append) is None
    assert notes == [f"{path}: the cache is damaged; the project was checked without it and the cache is written anew"]
    assert report_cache.save(str(tmp_path), "key", REPORT) is None
    assert report_cache.load(str(tmp_path), "key", notes.append) == kept("key")


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    path = entry(tmp_path)
    data = path.read_bytes()
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert report_cache.load(str(tmp_path), "key") is None


def test_an_entry_of_another_version_is_a_miss_without_a_note(tmp_path: Path) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    path = entry(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"execution-lint report 2\n", b"execution-lint report 0\n"))
    notes: list[str] = []
    assert report_cache.load(str(tmp_path), "key", notes.append) is None
    assert notes == []


def test_an_entry_under_another_keys_name_is_a_miss(tmp_path: Path) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    path = entry(tmp_path)
    report_cache.save(str(tmp_path), "other", REPORT)
    (other,) = set(tmp_path.glob("*.report")) - {path}
    other.replace(path)
    assert report_cache.load(str(tmp_path), "key") is None


def test_the_entries_used_longest_ago_go(tmp_path: Path) -> None:
    for number in range(report_cache.KEPT):
        report_cache.save(str(tmp_path), f"key {number}", REPORT)
        newest = max(tmp_path.glob("*.report"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 + number, 1000 + number))
    assert report_cache.load(str(tmp_path), "key 0") == kept("key 0")
    report_cache.save(str(tmp_path), "one more", REPORT)
    assert len(list(tmp_path.glob("*.report"))) == report_cache.KEPT
    assert report_cache.load(str(tmp_path), "key 0") == kept("key 0")
    assert report_cache.load(str(tmp_path), "key 1") is None
    assert report_cache.load(str(tmp_path), "one more") == kept("one more")


def test_what_a_killed_run_left_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    abandoned, fresh = tmp_path / "a.report.00.partial", tmp_path / "b.report.00.partial"
    for path in (abandoned, fresh):
        path.write_bytes(b"half")
    os.utime(abandoned, (time.time() - 7200,) * 2)
    report_cache.save(str(tmp_path), "key", REPORT)
    assert not abandoned.exists()
    assert fresh.exists()


def test_a_folder_that_cannot_be_made_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    note = report_cache.save(str(tmp_path / "file" / "cache"), "key", REPORT)
    said = "the cache cannot be written (Not a directory); `--no-cache` runs without it"
    assert note == f"{tmp_path / 'file' / 'cache'}: {said}"


def test_an_entry_that_cannot_be_read_is_a_miss_with_a_note(tmp_path: Path) -> None:
    report_cache.save(str(tmp_path), "key", REPORT)
    path = entry(tmp_path)
    path.unlink()
    path.mkdir()
    notes: list[str] = []
    assert report_cache.load(str(tmp_path), "key", notes.append) is None
    assert len(notes) == 1
    assert "the cache cannot be read" in notes[0]


def test_a_report_that_cannot_be_encoded_is_a_note(tmp_path: Path) -> None:
    note = report_cache.save(str(tmp_path), "key", ProjectReport("/srv/caf\udce9"))
    assert note is not None
    assert "not UTF-8" in note
    assert list(tmp_path.glob("*.report*")) == []


def test_runs_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    seen: list[Kept | None] = []
    notes: list[str | None] = []

    def run() -> None:
        for number in range(40):
            notes.append(report_cache.save(str(tmp_path), f"key {number % 3}", REPORT))
            seen.append(report_cache.load(str(tmp_path), f"key {number % 3}", notes.append))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(notes) == {None}
    assert [entry.report for entry in seen if entry is not None] == [REPORT] * 160


def test_the_digest_of_the_analyser_is_that_of_its_source(tmp_path: Path) -> None:
    package = tmp_path / "execution_lint"
    source = Path(report_cache.__file__).parents[1]
    for path in source.rglob("*.py"):
        copy = package / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        os.utime(copy, (1000, 1000))
    cache = tmp_path / "cache"

    def digest(*folder: str) -> str:
        program = f"from execution_lint.store.report_cache import analyser_digest; print(analyser_digest(*{folder}))"
        return subprocess.run(
            [sys.executable, "-B", "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout.strip()

    first = digest(str(cache))
    assert (cache / "analyser").read_text().split()[1] == first
    assert digest(str(cache)) == digest() == first
    changed = package / "model" / "report.py"
    changed.write_text(changed.read_text() + "\n")
    second = digest(str(cache))
    assert second == digest() != first
