"""Programs that Hypothesis makes up, layer over layer, are executed: the linter and the execution agree."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nested_execution import executed

from execution_lint import scan
from execution_lint.engine.process import RECURSION_LIMIT

# A scan raises the limit for good; Hypothesis objects where that happens within an example.
sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))

SINKS = {
    "run": "asyncio.run(work())",
    "loop": "asyncio.new_event_loop().run_until_complete(work())",
    "runner": "asyncio.Runner().run(work())",
    "partial": "functools.partial(asyncio.run, debug=False)(work())",
}

Layer = Callable[[int, str], tuple[str, str]]
"""From its number and the expression below it: the code of a layer, and the expression that executes it."""


def _function(number: int, *lines: str) -> str:
    return "\n".join([f"def f{number}():", *(f"    {line}" for line in lines)])


def _class(number: int, head: str, *lines: str) -> str:
    return "\n".join(
        [f"class C{number}:", *(f"    {line}" for line in head.split("\n")), *(f"        {x}" for x in lines)]
    )


def _in_thread(number: int, inner: str) -> tuple[str, str]:
    lines = (f"thread = threading.Thread(target=lambda: {inner})", "thread.start()", "thread.join()")
    return _function(number, *lines), f"f{number}()"


LAYERS: dict[str, Layer] = {
    "function": lambda n, inner: (_function(n, f"return {inner}"), f"f{n}()"),
    "method": lambda n, inner: (_class(n, "def m(self):", f"return {inner}"), f"C{n}().m()"),
    "static method": lambda n, inner: (_class(n, "@staticmethod\ndef m():", f"return {inner}"), f"C{n}.m()"),
    "property": lambda n, inner: (_class(n, "@property\ndef p(self):", f"return {inner}"), f"C{n}().p"),
    "constructor": lambda n, inner: (_class(n, "def __init__(self):", f"self.v = {inner}"), f"C{n}()"),
    "call": lambda n, inner: (_class(n, "def __call__(self):", f"return {inner}"), f"C{n}()()"),
    "item": lambda n, inner: (_class(n, "def __getitem__(self, key):", f"return {inner}"), f"C{n}()[0]"),
    "inherited": lambda n, inner: (
        _class(n, "def m(self):", f"return {inner}") + f"\n\nclass D{n}(C{n}):\n    pass",
        f"D{n}().m()",
    ),
    "hook": lambda n, inner: (
        f"class B{n}:\n    def go(self):\n        return self.m()\n\n    def m(self):\n        return None\n\n"
        f"class C{n}(B{n}):\n    def m(self):\n        return {inner}",
        f"C{n}().go()",
    ),
    "nested": lambda n, inner: (_function(n, "def g():", f"    return {inner}", "return g()"), f"f{n}()"),
    "closure": lambda n, inner: (_function(n, "def g():", f"    return {inner}", "return g"), f"f{n}()()"),
    "map": lambda n, inner: (_function(n, f"return list(map(lambda _: {inner}, [0]))"), f"f{n}()"),
    "key": lambda n, inner: (_function(n, f"return sorted([0], key=lambda _: bool({inner}))"), f"f{n}()"),
    "partial": lambda n, inner: (
        _function(n, f"return {inner}") + f"\n\np{n} = functools.partial(f{n})",
        f"p{n}()",
    ),
    "comprehension": lambda n, inner: (_function(n, f"return [{inner} for _ in (0,)]"), f"f{n}()"),
    "generator": lambda n, inner: (
        f"def g{n}():\n    yield {inner}\n\n" + _function(n, f"return list(g{n}())"),
        f"f{n}()",
    ),
    "higher order": lambda n, inner: (
        f"def apply{n}(action):\n    return action()\n\n" + _function(n, f"return apply{n}(lambda: {inner})"),
        f"f{n}()",
    ),
    "decorated": lambda n, inner: (
        f"def traced{n}(action):\n    @functools.wraps(action)\n    def wrapper(*given):\n"
        f"        return action(*given)\n    return wrapper\n\n@traced{n}\n" + _function(n, f"return {inner}"),
        f"f{n}()",
    ),
    "context": lambda n, inner: (
        _class(n, "def __exit__(self, *error):", "return None")
        + f"\n\n    def __enter__(self):\n        return {inner}\n\n"
        + _function(n, f"with C{n}() as entered:", "    return entered"),
        f"f{n}()",
    ),
    "wrong guard": lambda n, inner: (
        _function(
            n, "try:", "    asyncio.get_running_loop()", "except RuntimeError:", "    return None", f"return {inner}"
        ),
        f"f{n}()",
    ),
    "tight guard": lambda n, inner: (
        _function(
            n, "try:", "    asyncio.get_running_loop()", "except RuntimeError:", f"    return {inner}", "return None"
        ),
        f"f{n}()",
    ),
    "flag": lambda n, inner: (
        _function(
            n,
            "try:",
            "    asyncio.get_running_loop()",
            "    running = True",
            "except RuntimeError:",
            "    running = False",
            f"return None if running else {inner}",
        ),
        f"f{n}()",
    ),
    "pool": lambda n, inner: (
        _function(n, "with ThreadPoolExecutor(1) as pool:", f"    return pool.submit(lambda: {inner}).result()"),
        f"f{n}()",
    ),
    "thread": _in_thread,
}

ENTRIES = {
    "coroutine": "async def main():\n    return {top}\n",
    "callback": "async def main():\n    asyncio.get_running_loop().call_soon(lambda: {top})\n"
    "    await asyncio.sleep(0.01)\n",
    "thread": "async def main():\n    return await asyncio.to_thread(lambda: {top})\n",
    "evaluated": "async def main():\n    return await asyncio.to_thread(print, {top})\n",
    "script": "def main():\n    return {top}\n",
}
HEADER = "import asyncio\nimport functools\nimport threading\nfrom concurrent.futures import ThreadPoolExecutor\n\n"


@dataclass(frozen=True)
class Program:
    """A made-up program, with what it is made of."""

    files: dict[str, str]
    parts: tuple[str, ...]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    sink = draw(st.sampled_from(sorted(SINKS)))
    kinds = draw(st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=4))
    entry = draw(st.sampled_from(sorted(ENTRIES)))
    module, expression = 0, SINKS[sink]
    code = {0: HEADER + "async def work():\n    return 1\n\n"}
    for number, kind in enumerate(kinds):
        text, top = LAYERS[kind](number, expression)
        code[module] += text + "\n\n"
        expression = top
        if draw(st.booleans()):
            name = top.partition("(")[0].partition(".")[0]
            style = draw(st.sampled_from(["from", "alias", "module"]))
            before, module = f"m{module}", module + 1
            imported = {
                "from": (f"from {before} import {name}", name),
                "alias": (f"from {before} import {name} as other{number}", f"other{number}"),
                "module": (f"import {before}", f"{before}.{name}"),
            }[style]
            code[module] = HEADER + imported[0] + "\n\n"
            expression = imported[1] + top[len(name) :]
    files = {f"m{number}.py": text for number, text in code.items() if number < module}
    files["main.py"] = code[module] + ENTRIES[entry].format(top=expression)
    return Program(files, (sink, *kinds, entry))


def reported(folder: Path) -> set[tuple[str, int]]:
    report = scan(folder, select=("EXL102",), cache=False)
    return {
        (finding.place.path, finding.place.span.start_line)
        for project in report.projects
        for finding in project.findings
    }


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(program=programs())
def test_the_linter_agrees_with_the_execution(program: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("program")
    for name, text in program.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    truth = executed(folder.resolve(), "call")
    assert reported(folder) == truth.nested, (program.parts, truth)


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_each_layer_below_a_coroutine(kind: str, tmp_path: Path) -> None:
    text, top = LAYERS[kind](0, SINKS["run"])
    source = HEADER + "async def work():\n    return 1\n\n" + text + "\n\n" + ENTRIES["coroutine"].format(top=top)
    (tmp_path / "main.py").write_text(source, encoding="utf-8")
    assert reported(tmp_path) == executed(tmp_path.resolve(), "call").nested
