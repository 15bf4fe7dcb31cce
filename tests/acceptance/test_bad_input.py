"""Whatever is wrong with the input is said in a line, the rest is checked, and nothing is left half-written."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from linter_process import LOOP, scan

CACHE = ".execution-lint-cache"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a project with one finding, in `app/good.py`."""
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    (folder / "app" / "good.py").write_text(LOOP)
    monkeypatch.chdir(folder)
    return folder


def partial(project: Path) -> list[Path]:
    return [path for path in project.rglob("*") if ".partial" in path.name]


def test_a_missing_path(project: Path) -> None:
    ran = scan("app", "nowhere")
    assert (ran.code, ran.codes) == (2, ["EXL101"])
    assert ran.notes == ["note: no such file or folder: nowhere; check the spelling and the working directory"]


def test_a_folder_without_python(project: Path) -> None:
    (project / "empty").mkdir()
    ran = scan("app", "empty")
    assert (ran.code, ran.codes) == (2, ["EXL101"])
    (note,) = ran.notes
    assert note.startswith("note: no Python files under empty; ")


DEEP = 50_000

BROKEN = {
    "a syntax error": (f"{LOOP}\ndef (:\n".encode(), "15:1", "syntax error"),
    "a bracket left open": (f"{LOOP}\nasyncio.new_event_loop(\n".encode(), "15:1", "syntax error"),
    "a string left open": (f"{LOOP}\nx = '''\n".encode(), "15:1", "syntax error"),
    "an encoding that is not the declared one": (
        b"# caf\xe9\n" + LOOP.encode(),
        "1:1",
        "byte 0xe9 on line 1 is not UTF-8",
    ),
    "an encoding that does not exist": (f"# coding: klingon\n{LOOP}".encode(), "1:1", "klingon"),
    "a NUL byte": (LOOP.replace("return 1", "return 1\0").encode(), "5:1", "NUL byte on line 5"),
    "5 MB": (f"{LOOP}x = '{'a' * 5_000_000}'\n".encode(), "1:1", "over the limit"),
    "a sum of many terms": (
        f"{LOOP}\ndef total(x):\n    return asyncio.new_event_loop() + {' + '.join(['x'] * DEEP)}\n".encode(),
        "",
        "nested too deeply",
    ),
    "brackets in brackets": (
        f"{LOOP}\ndef deep():\n    return {'(' * DEEP}asyncio.new_event_loop(){')' * DEEP}\n".encode(),
        "16:1",
        "",
    ),
}


@pytest.mark.parametrize("named", [False, True], ids=["in a folder", "named"])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file(project: Path, case: str, named: bool) -> None:
    data, place, reason = BROKEN[case]
    (project / "app" / "bad.py").write_bytes(data)
    ran = scan("app/bad.py", "app/good.py") if named else scan()
    assert ran.code == 2
    (said,) = [line for line in ran.out.splitlines() if " EXL001 " in line]
    assert said.startswith(f"app{os.sep}bad.py:{place}")
    assert reason in said
    assert f"app{os.sep}good.py:9:12: EXL101" in ran.out
    assert ran.err.splitlines()[-1] == "Not everything could be checked; the lines above say what."


def test_a_broken_file_says_what_to_do(project: Path) -> None:
    (project / "app" / "bad.py").write_bytes(BROKEN["a syntax error"][0])
    ran = scan("--output-format", "full")
    assert "= help: mend the file, or exclude it with `extend-exclude`" in ran.out


def test_a_sum_of_900_terms_is_checked(project: Path) -> None:
    """A recursion that Python copes with is no reason to skip."""
    total = f"def total(x):\n    asyncio.new_event_loop()\n    return {' + '.join(['x'] * 900)}\n"
    (project / "app" / "sum.py").write_text(f"import asyncio\n\n\n{total}")
    ran = scan()
    assert ran.code == 1
    assert ran.codes == ["EXL101", "EXL104", "EXL105"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[tool.execution-lint]\nselect = ["EXL"\n', ["error: pyproject.toml:2: is not TOML: "]),
        ("broken", ["error: pyproject.toml:1: is not TOML: "]),
        ('[tool.execution-lint]\nselect = ["EXL999"]\n', ["error: pyproject.toml:2: select: no rule is called EXL999"]),
        (
            '[tool.execution-lint]\nselekt = []\nmin-confidence = "sure"\nper-file-ignores = { "a" = 1 }\n',
            [
                "error: pyproject.toml:2: selekt: is not a key here; did you mean select?",
                "error: pyproject.toml:3: min-confidence: ",
                "error: pyproject.toml:4: per-file-ignores",
            ],
        ),
    ],
)
def test_a_configuration_that_cannot_be_used(project: Path, text: str, lines: list[str]) -> None:
    (project / "pyproject.toml").write_text(text)
    ran = scan()
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.notes) == len(lines) == len(ran.err.splitlines())
    for note, line in zip(ran.notes, lines, strict=True):
        assert note.startswith(line)


def test_a_configuration_that_is_not_text(project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"\xff")
    ran = scan()
    assert ran.code == 2
    assert ran.notes == ["error: pyproject.toml:1: is not UTF-8 (byte 0xff); save it as UTF-8"]


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_an_unknown_code(project: Path, option: str) -> None:
    ran = scan(option, "EXL999,EXL110")
    assert (ran.code, ran.out) == (2, "")
    assert [note.split("; ")[0] for note in ran.notes] == [
        f"error: {option}: no rule is called EXL999",
        f"error: {option}: no rule is called EXL110",
    ]


def test_a_cache_that_cannot_be_written(project: Path) -> None:
    (project / CACHE).write_text("in the way")
    ran = scan()
    # Everything was checked, so the exit code speaks of the findings alone.
    assert (ran.code, ran.codes) == (1, ["EXL101"])
    (note,) = ran.notes
    assert note.startswith(f"note: {project.resolve() / CACHE}: the cache cannot be written (")
    assert note.endswith("; `--no-cache` runs without it")
    assert scan("--no-cache").notes == []
    assert (project / CACHE).read_text() == "in the way"


@pytest.mark.parametrize("damage", ["longer", "shorter", "empty", "turned", "a folder"])
def test_a_damaged_cache(project: Path, damage: str) -> None:
    # A file that has just changed is judged by its content, so that the same state would be another entry later on.
    os.utime("app/good.py", (0, 0))
    expected = scan()
    (entry,) = (project / CACHE).glob("*.report")
    for answer in (project / CACHE).glob("*.answer"):
        answer.unlink()
    data = entry.read_bytes()
    if damage == "a folder":
        entry.unlink()
        entry.mkdir()
    else:
        changed = {
            "longer": data + b"x",
            "shorter": data[:-9],
            "empty": b"",
            "turned": data[:-1] + bytes([data[-1] ^ 1]),
        }
        entry.write_bytes(changed[damage])
    ran = scan()
    assert (ran.code, ran.out) == (expected.code, expected.out)
    assert any(str(entry.resolve()) in note and "cache" in note for note in ran.notes)
    if damage != "a folder":
        assert scan() == expected


def test_a_stale_cache(project: Path) -> None:
    os.utime("app/good.py", (0, 0))
    scan()
    (entry,) = (project / CACHE).glob("*.report")
    (project / "app" / "good.py").write_text("x = 1\n")
    assert scan().code == 0
    (project / "app" / "good.py").write_text(LOOP)
    # Written by another version: passed over without a word.
    entry.write_bytes(b"execution-lint report 0\n" + entry.read_bytes())
    ran = scan()
    assert (ran.code, ran.codes, ran.notes) == (1, ["EXL101"], [])


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege")
def test_links_in_a_circle(project: Path) -> None:
    (project / "app" / "up").symlink_to("..")
    ran = scan("app")
    assert (ran.code, ran.codes, ran.notes) == (1, ["EXL101"], [])

    (project / "app" / "self.py").symlink_to("self.py")
    ran = scan("app")
    assert (ran.code, ran.codes) == (2, ["EXL101"])
    assert ran.notes == [
        f"note: app{os.sep}self.py: this symbolic link leads to itself; remove it or exclude it",
    ]
    ran = scan("app/self.py", "app/good.py")
    assert (ran.code, ran.codes) == (2, ["EXL101"])
    assert all("self.py" in note for note in ran.notes)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux alone")
def test_a_name_that_is_not_utf8(project: Path) -> None:
    with open(os.fsencode(project / "app") + b"/caf\xe9.py", "w") as file:
        file.write(LOOP + "\n\nasync def route():\n    return analyze()\n")
    ran = scan("app")
    assert (ran.code, set(ran.codes)) == (1, {"EXL101", "EXL102"})
    (note,) = ran.notes
    assert note.endswith("the report is not cached, for a file's name in it is not UTF-8; rename the file")


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe")
def test_a_pipe_is_not_waited_for(project: Path) -> None:
    os.mkfifo(project / "app" / "pipe.py")
    assert scan().code == 1
    ran = scan("app/pipe.py", "app/good.py")
    assert (ran.code, ran.codes) == (2, ["EXL101"])
    assert len(ran.notes) == 1


VANISH = """\
import os

opened = os.open

def vanishing(path, *rest, **named):
    if os.fspath(path).endswith("bad.py"):
        os.unlink(path)
    return opened(path, *rest, **named)

os.open = vanishing
"""

CHANGE = """\
import os

given = os.read

def changing(descriptor, count):
    data = given(descriptor, count)
    if b"changing" in data:
        with open("app/bad.py", "a") as file:
            file.write("more = 1\\n")
    return data

os.read = changing
"""


@pytest.mark.parametrize(
    ("site", "reason"),
    [(VANISH, "does not exist any more; scan again"), (CHANGE, "changed while it was read; scan again")],
)
def test_a_file_that_vanishes_or_changes_while_it_is_read(project: Path, site: str, reason: str) -> None:
    (project / "app" / "bad.py").write_text("# changing\n" + LOOP)
    ran = scan("app", site=site)
    assert ran.code == 2
    (said,) = [line for line in ran.out.splitlines() if " EXL001 " in line]
    assert said.startswith(f"app{os.sep}bad.py:1:1: EXL001 {reason}")
    assert f"app{os.sep}good.py:9:12: EXL101" in ran.out


INTERRUPTED_AT = """\
import os
import signal

done = os.{function}

def interrupted(path, *rest, **named):
    if {mark!r} in os.fspath(path):
        os.kill(os.getpid(), signal.SIGINT)
    return done(path, *rest, **named)

os.{function} = interrupted
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("function", "mark"),
    [
        ("open", "good.py"),
        ("open", ".partial"),
        ("replace", ".report"),
        ("replace", "out.json"),
        ("scandir", "project"),
    ],
)
def test_an_interruption_at_the_worst_moment(project: Path, function: str, mark: str) -> None:
    (project / "out.json").write_text("before")
    ran = scan(
        *("--output-format", "json", "--output-file", "out.json"),
        site=INTERRUPTED_AT.format(function=function, mark=mark),
    )
    assert (ran.code, ran.out, ran.err) == (130, "", "interrupted\n")
    assert (project / "out.json").read_text() == "before"
    assert partial(project) == []
    assert scan().codes == ["EXL101"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interruption_while_modules_are_imported(project: Path) -> None:
    """CPython has an exit code of its own for an interruption within `exec`."""
    site = "import builtins, os, signal\nrun = builtins.exec\n" + (
        "def interrupted(*given):\n"
        "    if isinstance(given[0], str):\n"
        "        builtins.exec = run\n"
        "        return run('import os, signal; os.kill(os.getpid(), signal.SIGINT)\\n' + given[0], *given[1:])\n"
        "    return run(*given)\n"
        "import dataclasses\n"
        "dataclasses.exec = interrupted\n"
    )
    ran = scan(site=site)
    assert (ran.code, ran.out, ran.err) == (130, "", "interrupted\n")


@pytest.mark.skipif(shutil.which("bash") is None, reason="a full disk is /dev/full")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is /dev/full")
def test_a_full_disk(project: Path) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "execution_lint", "scan"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            text=True,
        )
    assert ran.returncode == 2
    assert ran.stderr == "error: standard output cannot be written: No space left on device\n"


def test_signals_are_left_as_the_shell_wants_them(project: Path) -> None:
    """`nohup` and a shell's `&` ask to be left alone by Ctrl-C."""
    if sys.platform == "win32":
        pytest.skip("signals of POSIX")
    site = "import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nos.kill(os.getpid(), signal.SIGINT)\n"
    site += INTERRUPTED_AT.format(function="open", mark="good.py")
    assert signal.getsignal(signal.SIGINT) is not None
    assert scan(site=site).codes == ["EXL101"]
