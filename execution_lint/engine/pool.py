"""Reads regions in several processes at once; what they say is the same in however many."""

import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterable
from typing import IO

import msgspec

from execution_lint.extract.opened import OpenedFile, Unparsable
from execution_lint.facts.scopes import RegionFacts

BYTES_FOR_FORK = 400_000
"""Source text from which on dividing the work costs less than it saves, where a process is a copy of this one."""

BYTES_FOR_SPAWN = 4_000_000
"""The same, where a process starts from nothing."""


CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"
"""Not on macOS, whose libraries do not stand it."""


class Share(msgspec.Struct, frozen=True):
    """Regions of one file, for a process that has not read it."""

    text: str
    regions: tuple[int, ...]


class Wanted(msgspec.Struct, frozen=True):
    """A file with the regions of it that are wanted."""

    opened: OpenedFile
    regions: tuple[int, ...]


MAXIMUM_JOBS = 4
"""Processes that are used unasked: what they read is put together by one of them, which more cannot help."""


def usual_jobs() -> int:
    """How many processes read where nobody says: as many as there are cores for us, if processes can be copied."""
    if not CAN_FORK:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MAXIMUM_JOBS)


def read_ahead(wanted: Iterable[Wanted], jobs: int) -> None:
    """Have the regions read that are not known yet, by this process and up to `jobs - 1` others, where that pays.

    A process that fails or ends early costs time and nothing else: its regions are read when they are asked for.
    """
    tasks = [
        Wanted(task.opened, unknown)
        for task in wanted
        if (unknown := tuple(index for index in task.regions if not task.opened.is_known(index)))
    ]
    # A copy of a process with threads may wait for ever for what one of them held.
    can_fork = CAN_FORK and threading.active_count() == 1
    size = sum(task.opened.size_of(task.regions) for task in tasks)
    if jobs < 2 or size < (BYTES_FOR_FORK if can_fork else BYTES_FOR_SPAWN):
        return
    shares = _divided(tasks, jobs)
    workers: list[_Worker] = []
    try:
        for share in shares[1:]:
            workers.append(_Forked(share) if can_fork else _Spawned(share))
        for task in shares[0]:
            _read(task)
        for worker in workers:
            worker.collect()
    finally:
        for worker in workers:
            worker.stop()


def _divided(tasks: list[Wanted], jobs: int) -> list[list[Wanted]]:
    """The tasks in shares of about equal size, the largest first given out."""
    shares: list[list[Wanted]] = [[] for _ in range(jobs)]
    sizes = [0] * jobs
    for task in sorted(tasks, key=lambda task: -task.opened.size_of(task.regions)):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(task)
        sizes[smallest] += task.opened.size_of(task.regions)
    return shares


Read = list[list[RegionFacts | None]]
"""What the regions of each task say; None for one that is left to whoever asks for it, since it cannot be parsed."""


def _read(task: Wanted) -> list[RegionFacts | None]:
    facts: list[RegionFacts | None] = []
    for index in task.regions:
        try:
            facts.append(task.opened.facts(index))
        except Unparsable:
            facts.append(None)
    return facts


def _encoded(read: Read) -> bytes:
    """The answers to send; nothing of a file whose strings hold half of a character, which cannot be sent."""
    parts = []
    for facts in read:
        try:
            parts.append(msgspec.msgpack.encode(facts))
        except UnicodeEncodeError:
            parts.append(msgspec.msgpack.encode([None] * len(facts)))
    return msgspec.msgpack.encode([msgspec.Raw(part) for part in parts])


class _Worker:
    """Another process at work on a share."""

    def __init__(self, share: list[Wanted]) -> None:
        self._share = share

    def answers(self) -> IO[bytes]:
        """Where the process writes to."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the process."""
        raise NotImplementedError

    def collect(self) -> None:
        """Wait for what the process read, and keep it."""
        data = self.answers().read()
        try:
            read = msgspec.msgpack.decode(data, type=Read)
        except msgspec.DecodeError:
            return
        for task, answer in zip(self._share, read, strict=True):
            for index, facts in zip(task.regions, answer, strict=True):
                if facts is not None:
                    task.opened.take(index, facts)


class _Forked(_Worker):
    """A copy of this process."""

    def __init__(self, share: list[Wanted]) -> None:
        super().__init__(share)
        reading, writing = os.pipe()
        # Until the copy ignores it, a Ctrl-C must wait: it is this process that speaks of it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with warnings.catch_warnings():
                # Newer Pythons warn of threads that are none of Python's, which hold nothing that the copy needs.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._process = os.fork()
            if self._process == 0:
                _answer_and_exit(share, writing)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(writing)
        self._answers = os.fdopen(reading, "rb")

    def answers(self) -> IO[bytes]:
        return self._answers

    def stop(self) -> None:
        self._answers.close()
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _answer_and_exit(share: list[Wanted], writing: int) -> None:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with os.fdopen(writing, "wb") as answers:
            answers.write(_encoded([_read(task) for task in share]))
        status = 0
    finally:
        # Without the clean-up of the process that this one is a copy of: its buffers are not ours to write.
        os._exit(status)


class _Spawned(_Worker):
    """A new interpreter."""

    def __init__(self, share: list[Wanted]) -> None:
        super().__init__(share)
        # Isolated, so that no file of the scanned project is imported instead of the standard library's.
        command = [sys.executable, "-I", "-c", _PROGRAM, *sys.path]
        # In a group of its own, so that a Ctrl-C does not reach it: the process that started it ends it.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._stdin, self._stdout = _pipes(self._process)
        request = msgspec.msgpack.encode([Share(task.opened.text, task.regions) for task in share])
        self._sender = threading.Thread(target=_send, args=(self._stdin, request), daemon=True)
        self._sender.start()

    def answers(self) -> IO[bytes]:
        return self._stdout

    def stop(self) -> None:
        self._process.kill()
        self._sender.join()
        self._stdout.close()
        self._process.wait()


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from execution_lint.engine.pool import serve; serve()"


def _send(stdin: IO[bytes], data: bytes) -> None:
    try:
        with stdin:
            stdin.write(data)
    except OSError:
        # The process has ended early, and what it does not answer is read here.
        return


def serve() -> None:
    """What a new interpreter does: read shares from standard input, write what they say to standard output."""
    shares = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[Share])
    read = [_read(Wanted(OpenedFile(share.text), share.regions)) for share in shares]
    sys.stdout.buffer.write(_encoded(read))
    sys.stdout.buffer.flush()
