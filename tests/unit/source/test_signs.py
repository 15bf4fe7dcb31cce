"""What is a sign of something in a text, and what is none."""

import time

import pytest

from execution_lint.source.signs import FileSigns, Sign

IMPORTS = Sign(imports=frozenset({"asyncio"}))
DECORATORS = Sign(decorators=frozenset({"get"}))
COROUTINES = Sign(coroutines=True)
CLASSES = Sign(classes=frozenset({"status"}))
ANNOTATED = Sign(annotated=frozenset({"status", "state"}))
FIELDS = Sign(fields=frozenset({"status", "job_status"}))


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (IMPORTS, "import asyncio"),
        (IMPORTS, "import os, asyncio as a"),
        (IMPORTS, "from asyncio import (\n    run,\n)"),
        (IMPORTS, "from \\\n    asyncio \\\n    import run"),
        (IMPORTS, "import os, \\\r\n    asyncio"),
        (IMPORTS, "x = 1\rimport asyncio\r"),
        (IMPORTS, "import importlib\nname = 'asyncio'\nimportlib.import_module(name)"),
        (IMPORTS, "from importlib import import_module as load"),
        (IMPORTS, "load = __import__"),
        (IMPORTS, "import 𝒶syncio"),
        (IMPORTS, "# coding: utf-7\n"),
        (DECORATORS, "@router.get('/a')\ndef f(): ..."),
        (DECORATORS, "@router(\n    1,\n    get=2)\ndef f(): ..."),
        (COROUTINES, "async  def f(): ..."),
        (CLASSES, "class JobStatus(Base): ..."),
        (CLASSES, "class JobStatus[T](Base): ..."),
        (ANNOTATED, "class Job:\n    STATUS: Kind"),
        (ANNOTATED, "class Job: status: Kind"),
        (ANNOTATED, "class Job:\n    (state\n): Kind = 1"),
        (FIELDS, "class Job:\n    status = 'new'"),
        (FIELDS, "class Job:\n    status = (\n        f'new')"),
        (FIELDS, "class Job:\n    status = Column(String)"),
        (FIELDS, "class Job:\n    status: str"),
        (FIELDS, "class Job:\n    status, name = 'new', 'job'"),
        (FIELDS, "self.status = first()"),
        (FIELDS, "self.status: str = x"),
        (FIELDS, "self.status, x = 'new', 1"),
        (FIELDS, "self.status += 'x'"),
        (FIELDS, "for self.status in words: ..."),
        (FIELDS, "class Status:\n    x = 1\nself.status = Status() or 'new'"),
        (FIELDS, "\n@decorated\nclass Status:\n    x = 1\nself.status = Status()"),
        (FIELDS, "self.status = 'a string that is left open"),
    ],
)
def test_a_sign(sign: Sign, text: str) -> None:
    assert FileSigns(text.encode()).hold(sign)


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (IMPORTS, "import os\n# asyncio is not used"),
        (IMPORTS, "import os\nimportlib.import_module(name)"),
        (IMPORTS, "from os import path\nasyncio = 1"),
        (DECORATORS, "@router.getter('/a')\ndef f():\n    get()"),
        (COROUTINES, "asynchronous = 'async'\ndef f(): ..."),
        (CLASSES, "class JobStatus: ..."),
        (CLASSES, "class Statuses(Base): ..."),
        (ANNOTATED, "def f():\n    '''\n    status: how it is\n    '''\n    if not state: ..."),
        (FIELDS, "class Job:\n    status = 1\n    other_status = 'new'"),
        (FIELDS, "if self.status: ...\nreturn self.status == 'new'"),
        (FIELDS, "\nclass Status:\n    x = 1\nself.status = Status(1)\n"),
    ],
)
def test_no_sign(sign: Sign, text: str) -> None:
    assert not FileSigns(text.encode()).hold(sign)


def test_a_long_line_is_looked_at_once() -> None:
    text = "x = [" + "self.status, if self.status in " * 30_000 + "]\n"
    started = time.process_time()
    FileSigns(text.encode()).hold(FIELDS)
    FileSigns(text.encode()).hold(ANNOTATED)
    assert time.process_time() - started < 5
