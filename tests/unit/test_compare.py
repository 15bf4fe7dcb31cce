"""The program that compares a scan with its peers says what could not be measured, and ends what takes too long."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the program waits as POSIX systems do")


FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module", autouse=True)
def _importable() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        yield


@pytest.fixture(scope="module")
def measuring(_importable: None) -> ModuleType:
    return importlib.import_module("comparison.measuring")


@pytest.fixture(scope="module")
def tables(_importable: None) -> ModuleType:
    return importlib.import_module("comparison.tables")


def lines(text: str) -> int:
    return len(text.splitlines())


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_every_command_has_a_row(measuring: ModuleType, tables: ModuleType, tmp_path: Path) -> None:
    bench = measuring.Bench(tmp_path, 2)
    commands = [
        measuring.Command("first", python("print('a'); print('b')"), None, lines),
        measuring.Command("failing", python("raise SystemExit(7)")),
        measuring.Command("late", python("import subprocess; subprocess.run(['sleep', '60'])")),
        measuring.Command("missing", [], lacking="cannot be installed"),
    ]
    rows = bench.measured(commands, tmp_path, 2)
    first, failing, late, missing = list(tables.table(rows, ""))[2:]
    assert first.startswith("| first | ")
    assert first.endswith(" | 2 | 1.00, 1.00 |")
    assert failing.startswith("| failing (exit 7) | ")
    assert late == "| late: given up after 2 s | | | | | |"
    assert missing == "| missing: cannot be installed | | | | | |"
    assert [len(row.samples) for row in rows] == [2, 2, 1, 0]
    assert rows[1].samples[0].wall < 2


def test_cpu_and_memory_are_of_all_processes(measuring: ModuleType, tmp_path: Path) -> None:
    work = "import time; begun = time.process_time()\nwhile time.process_time() - begun < 0.3: pass"
    child = f"held = bytearray(40_000_000)\n{work}"
    both = measuring.Command(
        "both", python(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])")
    )
    bench = measuring.Bench(tmp_path, 60)
    assert bench.run(both, tmp_path).cpu >= 0.3
    memory = bench.peak(both, tmp_path)
    assert memory is None or memory > 38


def test_growth_is_that_beyond_the_growth_of_the_tree(measuring: ModuleType, tables: ModuleType) -> None:
    def rows(cpu: float) -> list[object]:
        return [measuring.Row("ours", [measuring.Sample(1.0, cpu, 0, None)], 100.0)]

    assert list(tables.growth({1: rows(2.0), 4: rows(12.0)}))[2:] == ["| ours | x4 | 1.50 | 0.25 |"]


def test_a_command_runs_as_a_user_has_it(
    measuring: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    seen = measuring.Command("seen", python("import sys; print('x\\n' * sys.dont_write_bytecode)"), None, lines)
    assert measuring.Bench(tmp_path, 60).run(seen, tmp_path).findings == 1
