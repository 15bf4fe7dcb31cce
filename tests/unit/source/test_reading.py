"""What cannot be read is said in one line, and nothing hangs."""

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from execution_lint.source.reading import MAXIMUM_SIZE, Unreadable, read


def reason(path: "Path | str", limit: int = MAXIMUM_SIZE) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path, limit)
    assert str(caught.value) == caught.value.reason
    assert "\n" not in caught.value.reason
    assert ";" in caught.value.reason
    return caught.value.reason


@pytest.mark.parametrize("data", [b"", b"x = 1\r\n\x1a\n", b"x" * 200_000])
def test_bytes_as_they_are(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    assert read(path, MAXIMUM_SIZE) == data
    assert read(str(path)) == data


def test_the_limit_is_inclusive(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x" * 1000)
    assert len(read(path, 1000)) == 1000
    assert reason(path, 999) == "has 1,000 bytes, over the limit of 999; split it or exclude it"


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist any more; scan again" in reason(tmp_path / "a.py")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder, not a file" in reason(tmp_path)


def test_a_path_with_a_nul_character() -> None:
    assert "NUL character in its path" in reason("a\0.py")


def test_too_long_a_path(tmp_path: Path) -> None:
    assert reason(tmp_path / ("a" * 5000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert "is a named pipe, not a file" in reason(tmp_path / "a.py")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_with_a_writer_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b"x = 1\n")
    assert "is a named pipe" in reason(path)
    os.close(writer)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here")
def test_an_endless_device_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("/dev/zero")
    assert "is a device" in reason(tmp_path / "a.py")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.py")
        assert "is a socket" in reason("a.py")


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("a.py")
    assert "leads back to itself" in reason(tmp_path / "a.py")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x")
    path.chmod(0)
    assert "may not be read by this user" in reason(path)


def test_permission_is_named_for_a_file_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert "may not be read by this user; grant the permission" in reason(tmp_path / "a.py")


def test_an_error_of_the_disk_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x")

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)
    assert reason(path).startswith("cannot be read (Input/output error)")


@pytest.mark.parametrize("change", [b"x" * 50, b"x" * 5000, b""], ids=["shorter", "longer", "empty"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"y" * 100)
    honest = os.read

    def read_then_change(descriptor: int, count: int) -> bytes:
        data = honest(descriptor, count)
        path.write_bytes(change)
        return data

    monkeypatch.setattr(os, "read", read_then_change)
    assert "changed while it was read; scan again" in reason(path)


def test_a_file_that_grows_for_ever_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"y" * 100)
    monkeypatch.setattr(os, "read", lambda _, count: b"y" * count)
    assert "over the limit" in reason(path, 1_000_000)


def test_a_file_that_is_replaced_meanwhile_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"a" * 10_000)
    done = threading.Event()

    def replace() -> None:
        for index in range(300):
            fresh = tmp_path / f"{index}.tmp"
            fresh.write_bytes(b"ab"[index % 2 : index % 2 + 1] * 10_000)
            os.replace(fresh, path)
        done.set()

    writer = threading.Thread(target=replace)
    writer.start()
    while not done.is_set():
        data = read(path)
        assert len(data) == 10_000
        assert len(set(data)) == 1
    writer.join()
