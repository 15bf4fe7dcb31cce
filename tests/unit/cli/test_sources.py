"""The lines shown in frames are the lines that Python sees."""

from pathlib import Path

import pytest

from execution_lint.cli.sources import Sources


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", [""]),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\rc\n", ["a", "b", "c", ""]),
        (b"a\x0cb\x0bc\x1c\n", ["a\x0cb\x0bc\x1c", ""]),
        ("a = '\u2028'\n".encode(), ["a = '\u2028'", ""]),
        (b"\xef\xbb\xbfa", ["a"]),
        (b"# coding: latin-1\n\xe9", ["# coding: latin-1", "é"]),
        (b"a = '\xe9'", ["a = '\ufffd'"]),
        (b"# coding: nonsense\n\xc3\xa9", ["# coding: nonsense", "é"]),
        (b"# coding: hex\nx", ["# coding: hex", "x"]),
        (b"a\x00b", ["a\x00b"]),
    ],
)
def test_lines(tmp_path: Path, data: bytes, lines: list[str]) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert Sources({}).lines(str(path)) == lines


def test_what_replaces_a_file_is_shown_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("on disk")
    monkeypatch.chdir(tmp_path)
    sources = Sources({"a.py": b"typed", "new.py": b"new"})
    assert sources.lines(str(tmp_path / "a.py")) == ["typed"]
    assert sources.lines(str(tmp_path / "new.py")) == ["new"]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Sources({}).lines(str(tmp_path / "none.py"))
