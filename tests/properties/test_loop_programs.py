"""However a loop is made and whatever is done with it: exactly one rule speaks of it, and the inventory has it."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.process import RECURSION_LIMIT
from execution_lint.engine.run import run
from execution_lint.model.confidence import Confidence
from execution_lint.project.inventories.loops import LoopEntry, loops

# As the engine does, which Hypothesis takes for a change of the test's.
sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))

GENERATED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

IMPORTS = """\
import asyncio
import asyncio as aio
import contextlib
import threading
from asyncio import new_event_loop as fresh
from functools import partial
import uvloop
make = asyncio.new_event_loop
made_by_partial = partial(asyncio.new_event_loop)
KEPT = {}
"""
MAKERS = (
    "asyncio.new_event_loop()",
    "aio.new_event_loop()",
    "fresh()",
    "make()",
    "made_by_partial()",
    "asyncio.SelectorEventLoop()",
    "asyncio.events.new_event_loop()",
    "asyncio.get_event_loop_policy().new_event_loop()",
    "uvloop.new_event_loop()",
    "uvloop.Loop()",
    'getattr(asyncio, "new_event_loop")()',
)
USES = (
    "LOOP.run_until_complete(work())",
    "LOOP.run_forever()",
    "LOOP.close()",
    "with contextlib.closing(LOOP):\n    LOOP.run_until_complete(work())",
    "asyncio.set_event_loop(LOOP)",
    "return LOOP",
    "return LOOP, 1",
    "yield LOOP",
    "self.loop = LOOP",
    "KEPT['loop'] = LOOP",
    "KEPT.setdefault('loop', LOOP)",
    "global CURRENT\nCURRENT = LOOP",
    "threading.Thread(target=LOOP.run_forever).start()",
    "start(LOOP)",
    "start(loop=LOOP)",
    "def inner():\n    LOOP.run_forever()\nstart(inner)",
    "start(lambda: LOOP.stop())",
    "other = LOOP\nother.run_until_complete(work())",
    "pair = (LOOP, 1)",
    "pass",
    "print(LOOP)",
    "try:\n    LOOP.run_until_complete(work())\nfinally:\n    LOOP.close()",
    "if self:\n    return LOOP\nself.loop = LOOP",
    "for item in self:\n    LOOP.run_until_complete(item)",
)
AROUND = (
    "BODY",
    "if self:\n    BODY\nelse:\n    pass",
    "try:\n    BODY\nexcept RuntimeError:\n    pass",
    "for each in self:\n    BODY",
    "with lock:\n    BODY",
    "while self:\n    BODY\n    break",
    "def nested(self):\n    BODY\nstart(nested)",
    "try:\n    current = asyncio.get_event_loop()\nexcept RuntimeError:\n    BODY",
    "match self:\n    case 1:\n        BODY",
)
HOLDERS = (
    "def function(self, start, work, lock):\n    BODY",
    "async def function(self, start, work, lock):\n    BODY",
    "class Holder:\n    def method(self, start=None, work=None, lock=None):\n        BODY",
    "class Holder:\n    @staticmethod\n    def method(self, start, work, lock):\n        BODY",
    "class Holder(threading.Thread):\n    def run(self, start=None, work=None, lock=None):\n        BODY",
    "@decorated\ndef function(self, start, work, lock):\n    BODY",
)


class Program(NamedTuple):
    """A module that makes one loop, at a known line."""

    text: str
    line: int


def _filled(text: str, body: str) -> str:
    """The text with the body in its place, indented as it stands there."""
    before, _, after = text.partition("BODY")
    indent = " " * (len(before) - len(before.rstrip(" ")))
    return before + body.replace("\n", f"\n{indent}") + after


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A maker, what is done with the loop, and where that stands."""
    maker, use = draw(st.sampled_from(MAKERS)), draw(st.sampled_from(USES))
    holder = draw(st.sampled_from(HOLDERS))
    further = draw(st.sampled_from(("", *(use for use in USES if "def " not in use and "global" not in use))))
    is_named = draw(st.booleans()) or further or use.count("LOOP") != 1
    if is_named:
        body = f"loop = {maker}\n{use}\n{further}".replace("LOOP", "loop").rstrip("\n")
    else:
        body = use.replace("LOOP", maker)
    around = draw(st.sampled_from(AROUND))
    text = IMPORTS + _filled(holder, _filled(around, body)) + "\n"
    line = next(
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if number > IMPORTS.count("\n") and maker in line
    )
    return Program(text, line)


@GENERATED
@given(program=programs())
def test_one_rule_speaks_of_a_loop_and_the_inventory_has_it(program: Program) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").touch()
        (Path(folder) / "program.py").write_text(program.text)
        asked = Invocation(
            paths=(folder,),
            select=("EXL101", "EXL104"),
            min_confidence=Confidence.POSSIBLE,
            cache=False,
            jobs=1,
            debug=True,
        )
        (report,) = run(asked).projects
        (taken,) = take(asked, loops).projects
    assert [finding.place.span.start_line for finding in report.findings] == [program.line], program.text
    kinds = [entry.kind for entry in taken.entries if isinstance(entry, LoopEntry)]
    assert kinds.count("loop") == 1, program.text
