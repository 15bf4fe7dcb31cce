"""Code that makes loops or asks for them on behalf of others: fixtures of pytest, loops and policies themselves."""

from execution_lint.facts.scopes import ScopeKind
from execution_lint.facts.values import NONE
from execution_lint.project.inference import Inference
from execution_lint.project.loop_names import CLASSES
from execution_lint.project.things import ClassThing, ExternalThing, Frame

_POLICIES = ("EventLoopPolicy",)
_FIXTURES = frozenset({"pytest.fixture", "pytest_asyncio.fixture", "_pytest.fixtures.fixture"})


def is_exempt(inference: Inference, frame: Frame) -> bool:
    """Whether the code is that of a pytest fixture, or of a method of a loop or policy class."""
    facts = inference.module(frame.path).facts(frame.region)
    assert facts is not None
    index = frame.scope
    while index != NONE:
        scope = facts.scopes[index]
        at = Frame(frame.path, frame.region, index)
        if scope.kind is ScopeKind.FUNCTION:
            if any(decorator.name in _FIXTURES for decorator in inference.decorators(at.definition)):
                return True
            owner = inference.owner(at.definition)
            if owner is not None and _is_loop_or_policy(inference, owner):
                return True
        index = scope.parent
    return False


def _is_loop_or_policy(inference: Inference, cls: ClassThing) -> bool:
    return any(
        isinstance(base, ExternalThing)
        and (
            base.name.endswith(_POLICIES)
            or base.name.rpartition(".")[2] in (*CLASSES, "BaseEventLoop", "AbstractEventLoop")
        )
        for base in inference.ancestry(cls)
    )
