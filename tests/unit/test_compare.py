"""The program that compares a scan with its peers says what could not be measured, and ends what takes too long."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the program waits as POSIX systems do")


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "compare.py"
    spec = importlib.util.spec_from_file_location("compare", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_every_command_has_a_row(compare: ModuleType, tmp_path: Path) -> None:
    bench = compare.Bench(tmp_path, 2)
    commands = [
        compare.Command("first", python("print('a'); print('b')"), None, compare.lines),
        compare.Command("failing", python("raise SystemExit(7)")),
        compare.Command("late", python("import subprocess; subprocess.run(['sleep', '60'])")),
        compare.Command("missing", [], lacking="cannot be installed"),
    ]
    rows = bench.measured(commands, tmp_path, 2)
    first, failing, late, missing = list(compare.table(rows, ""))[2:]
    assert first.startswith("| first | ")
    assert first.endswith(" | 2 | 1.00, 1.00 |")
    assert failing.startswith("| failing (exit 7) | ")
    assert late == "| late: given up after 2 s | | | | | |"
    assert missing == "| missing: cannot be installed | | | | | |"
    assert [len(row.samples) for row in rows] == [2, 2, 1, 0]
    assert rows[1].samples[0].wall < 2


def test_cpu_and_memory_are_of_all_processes(compare: ModuleType, tmp_path: Path) -> None:
    work = "import time; begun = time.process_time()\nwhile time.process_time() - begun < 0.3: pass"
    child = f"held = bytearray(40_000_000)\n{work}"
    both = compare.Command("both", python(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"))
    bench = compare.Bench(tmp_path, 60)
    assert bench.run(both, tmp_path).cpu >= 0.3
    memory = bench.peak(both, tmp_path)
    assert memory is None or memory > 38


def test_growth_is_that_beyond_the_growth_of_the_tree(compare: ModuleType) -> None:
    def rows(cpu: float) -> list[object]:
        return [compare.Row("ours", [compare.Sample(1.0, cpu, 0, None)], 100.0)]

    assert list(compare.growth({1: rows(2.0), 4: rows(12.0)}))[2:] == ["| ours | x4 | 1.50 | 0.25 |"]


def test_a_command_runs_as_a_user_has_it(compare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    seen = compare.Command("seen", python("import sys; print('x\\n' * sys.dont_write_bytecode)"), None, compare.lines)
    assert compare.Bench(tmp_path, 60).run(seen, tmp_path).findings == 1
