"""Every call that makes a loop is somebody's: EXL101, EXL104, a declared owner, or exempt, and only one of them."""

from types import SimpleNamespace
from typing import cast

import pytest

from execution_lint.config.schema import EventLoopContract
from execution_lint.model.place import Place, Span
from execution_lint.project.project import Project
from execution_lint.project.subjects import LoopCall, LoopLife
from execution_lint.rules.event_loop import exl101_hand_made_event_loop, exl104_undeclared_loop_owner


@pytest.mark.parametrize("owner", ["", "app:make"])
@pytest.mark.parametrize("life", LoopLife)
def test_every_life_is_reported_by_one_rule_or_has_a_reason_not_to_be(life: LoopLife, owner: str) -> None:
    call = LoopCall(
        place=Place("app.py", Span(1, 1, 1, 2)),
        scope="make",
        qualname="app:make",
        spelled="asyncio.new_event_loop",
        life=life,
        is_closed=False,
        is_fallback=False,
        is_async=False,
        where="",
        declared_by=owner,
    )
    project = cast(Project, SimpleNamespace(config=SimpleNamespace(event_loop=EventLoopContract(), file="")))
    codes = [
        finding.code
        for rule in (exl101_hand_made_event_loop, exl104_undeclared_loop_owner)
        for finding in rule.check(call, project)
    ]
    assert len(codes) == (0 if owner or life is LoopLife.EXEMPT else 1)
