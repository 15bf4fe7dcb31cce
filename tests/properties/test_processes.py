"""Regions read by several processes say what they say to one, and nothing is left of a process that fails."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_tree import files

from execution_lint.engine import pool
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.pool import Wanted, read_ahead
from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts
from execution_lint.source.text import Undecodable, decode

WAYS = ("fork", "spawn")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How processes start, from the first byte on."""
    if request.param == "fork" and not pool.CAN_FORK:
        pytest.skip("processes cannot be copied here")
    monkeypatch.setattr(pool, "CAN_FORK", request.param == "fork")
    monkeypatch.setattr(pool, "BYTES_FOR_FORK", 0)
    monkeypatch.setattr(pool, "BYTES_FOR_SPAWN", 0)
    return str(request.param)


def opened() -> list[OpenedFile]:
    found = []
    for path, data in files().items():
        if path.endswith(".py"):
            try:
                found.append(OpenedFile(decode(data)))
            except Undecodable:
                continue
    return found


def wanted(texts: list[OpenedFile]) -> list[Wanted]:
    return [Wanted(file, tuple(range(len(file.regions)))) for file in texts]


def said(file: OpenedFile) -> list[RegionFacts | tuple[str, int]]:
    found: list[RegionFacts | tuple[str, int]] = []
    for index in range(len(file.regions)):
        try:
            found.append(file.facts(index))
        except Unparsable as trouble:
            found.append((trouble.reason, trouble.line))
    return found


@pytest.mark.parametrize("jobs", [2, 3])
def test_regions_say_the_same_in_however_many_processes(way: str, jobs: int) -> None:
    alone, together = opened(), opened()
    read_ahead(wanted(together), jobs)
    known = [sum(map(file.is_known, range(len(file.regions)))) for file in together]
    assert sum(known) > 200
    assert [said(file) for file in together] == [said(file) for file in alone]
    assert [file.is_parsed for file in together] == [file.is_parsed for file in alone]


def test_a_few_regions_are_read_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CAN_FORK", False)
    file = OpenedFile("x = 1\n")
    read_ahead([Wanted(file, (0,))], 2)
    assert not file.is_known(0)


def test_strings_that_cannot_be_sent_are_read_where_they_are_asked_for(way: str) -> None:
    files = [OpenedFile('x = "\\ud800"\n'), OpenedFile('y = "\\ud800"\nz = "fine"\n')]
    read_ahead(wanted(files), 2)
    assert [said(file) for file in files] == [said(OpenedFile(file.text)) for file in files]


def test_a_process_that_dies_costs_nothing_but_time(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a copy, reading the second file ends the process; a new interpreter is ended before it can answer."""
    if way == "spawn":
        monkeypatch.setattr(pool, "_PROGRAM", "import sys; sys.stdin.buffer.read(10); sys.exit(3)")
    else:
        own = os.getpid()
        read = pool._read

        def dies(task: Wanted) -> list[RegionFacts | None]:
            if os.getpid() != own:
                os.kill(os.getpid(), signal.SIGKILL)
            return read(task)

        monkeypatch.setattr(pool, "_read", dies)
    texts = [OpenedFile(f"x{index} = {index}\n" * 2_000) for index in range(4)]
    read_ahead(wanted(texts), 2)
    assert 0 < sum(file.is_known(0) for file in texts) < 4
    assert [said(file) for file in texts] == [said(OpenedFile(file.text)) for file in texts]


def test_no_process_outlives_an_interruption(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[pool._Worker] = []

    def interrupted(worker: pool._Worker) -> None:
        started.append(worker)
        raise KeyboardInterrupt

    monkeypatch.setattr(pool._Worker, "collect", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_ahead(wanted(opened()), 3)
    assert started
    if hasattr(os, "waitid"):
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


@pytest.mark.skipif(not hasattr(os, "setsid"), reason="Ctrl-C reaches a group of processes on POSIX alone")
@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_ends_all_processes_without_a_word(way: str, tmp_path: Path) -> None:
    """The whole group is signalled, as a terminal does it; only the process that was started may speak."""
    (tmp_path / "deep.py").write_text(
        "\n".join(f"def f{index}(a):\n    return {'a + ' * 200}a" for index in range(4_000))
    )
    program = (
        "import sys\nfrom execution_lint.engine import pool\nfrom execution_lint.extract.opened import OpenedFile\n"
        f"pool.CAN_FORK = {way == 'fork'}\n"
        "file = OpenedFile(open(sys.argv[1]).read())\n"
        "tasks = [pool.Wanted(OpenedFile(file.text), tuple(range(len(file.regions)))) for _ in range(4)]\n"
        "print('ready', flush=True)\n"
        "try:\n    pool.read_ahead(tasks, 3)\nexcept KeyboardInterrupt:\n    print('stopped')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "deep.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    os.killpg(process.pid, signal.SIGINT)
    answer, complaint = process.communicate(timeout=300)
    assert (answer, complaint) == ("stopped\n", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_the_library_reads_ahead_what_it_is_told_of(tmp_path: Path, way: str) -> None:
    (tmp_path / "a.py").write_text("def f():\n    return 1\n")
    (tmp_path / "b.py").write_text("def g():\n    return 2\n")
    library = FileLibrary(tmp_path, ("a.py", "b.py"), 1_000, locate=True, replaced={}, jobs=2)
    library.prepare({"a.py": (0,), "b.py": {0}, "nowhere.py": (0,)})
    assert [library.peek(path).is_known(0) for path in library.paths] == [True, True]  # type: ignore[union-attr]  # both are there
    lone = FileLibrary(tmp_path, ("a.py",), 1_000, locate=True, replaced={}, jobs=1)
    lone.prepare({"a.py": (0,)})
    assert not lone.peek("a.py").is_known(0)  # type: ignore[union-attr]  # as above
