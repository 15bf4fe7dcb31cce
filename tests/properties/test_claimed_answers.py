"""What is claimed of the answers of made-up handlers is what FastAPI sends."""

import asyncio
import sys
import types
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path

import httpx
from generated_handlers import application
from hypothesis import HealthCheck, given, settings

from execution_lint.engine.inventory import take
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.process import RECURSION_LIMIT
from execution_lint.project.inventories.routes import ExitEntry, RouteEntry, routes

LEAST_CLAIMED = 0.8
"""The share of exits of which all must be claimed, over the whole run."""


def returning_line(function: types.FunctionType, returns: set[int], p: bool, q: bool) -> int | None:
    """The last of the lines of `return` statements that a call of the handler comes to; None where it raises."""
    found: list[int] = []

    def trace(frame: types.FrameType, event: str, argument: object) -> object:
        if frame.f_code is not function.__code__:
            return None

        def local(inner: types.FrameType, event: str, argument: object) -> object:
            if event == "line" and inner.f_lineno in returns:
                found.append(inner.f_lineno)
            return local

        return local

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typeshed asks for a recursive type
    try:
        asyncio.run(function(p, q))
    except Exception:
        return None
    finally:
        sys.settrace(before)
    return found[-1] if found else None


def is_met(entry: ExitEntry, body: object) -> bool:
    """Whether an observed body is what an entry claims."""
    match entry.kind:
        case "unknown":
            return True
        case "object" if isinstance(body, dict):
            further = set(body) - set(entry.keys)
            return set(entry.keys) <= set(body) and (entry.optional_keys is None or further <= set(entry.optional_keys))
        case "bare":
            return not isinstance(body, dict)
        case _:
            return False


def get(application: Callable[..., Awaitable[None]], path: str, p: bool, q: bool) -> httpx.Response:
    """What an application answers; a crash of its own is a 500."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(path, params={"p": p, "q": q})

    return asyncio.run(ask())


def test_claimed_keys_are_those_that_are_sent(tmp_path: Path) -> None:
    counted: Counter[str] = Counter()
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_bytes(b"")

    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(application())
    def hold(source: str) -> None:
        path = folder / "service.py"
        path.write_text(source, encoding="utf-8")
        invocation = Invocation(paths=(str(folder),), cache=False, jobs=1)
        entries = [entry for project in take(invocation, routes).projects for entry in project.entries]
        module = types.ModuleType("service")
        module.__dict__["__file__"] = str(path)
        sys.modules["service"] = module
        exec(compile(source, str(path), "exec"), module.__dict__)
        assert {entry.path for entry in entries if isinstance(entry, RouteEntry)} == {
            f"/h{index}" for index in range(4)
        }
        for entry in entries:
            assert isinstance(entry, RouteEntry)
            compare(entry, module, source)

    def compare(entry: RouteEntry, module: types.ModuleType, source: str) -> None:
        seen: set[int] = set()
        lines = enumerate(source.splitlines(), start=1)
        returns = {number for number, line in lines if line.strip().startswith("return")}
        for p, q in product((False, True), repeat=2):
            line = returning_line(module.__dict__[entry.path[1:]], returns, p, q)
            response = get(module.__dict__["app"], entry.path, p, q)
            if line is None or response.status_code == 500:
                continue
            claims = [exit for exit in entry.exits if exit.line == line]
            text = source.splitlines()[line - 1].strip()
            assert any(is_met(exit, response.json()) for exit in claims), (text, response.json(), claims, source)
            if line not in seen:
                seen.add(line)
                counted["claimed" if all(exit.is_decided for exit in claims) else "open"] += 1
                counted["optional"] += any(exit.optional_keys for exit in claims)

    sys.setrecursionlimit(RECURSION_LIMIT)  # as the engine does, which Hypothesis takes for a change of the test's
    hold()
    count = counted["claimed"] + counted["open"]
    share = counted["claimed"] / count
    print(f"{count} exits, {share:.1%} claimed, {counted['optional']} with optional keys")
    assert count > 100
    assert counted["optional"] > 5
    assert share >= LEAST_CLAIMED
