"""Files are replaced whole or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from execution_lint.store.replacement import replace

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions and special files of POSIX")


def test_a_file_is_created_and_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    replace(str(path), b"one")
    replace(str(path), b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    before = os.umask(0o027)
    try:
        replace(str(path), b"one")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    replace(str(path), b"two")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@posix
def test_a_symlink_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace(str(link), b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@posix
def test_what_is_no_regular_file_is_written_to(tmp_path: Path) -> None:
    replace(os.devnull, b"data")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="descriptors by name")
def test_an_open_descriptor_is_written_to_and_its_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"before,")
    with path.open("ab") as file:
        replace(f"/dev/fd/{file.fileno()}", b"after")
    assert path.read_bytes() == b"before,after"


def test_an_interruption_leaves_the_old_file_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")

    def interrupted(source: str, target: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace(str(tmp_path / "none" / "out.json"), b"x")
