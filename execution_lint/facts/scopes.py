"""What a function, a class or a stretch of module code says: its values and the events that concern them."""

from collections.abc import Sequence
from enum import Enum

import msgspec

from execution_lint.facts.values import NONE, Argument, Ref, Value
from execution_lint.model.place import Span


class ScopeKind(Enum):
    """What a scope belongs to."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"


class ExitKind(Enum):
    """How control leaves a function."""

    RETURN = "return"
    FALL = "fall"
    """Off the end: None."""
    RAISE = "raise"
    YIELD = "yield"


class Exit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place where control leaves a function. `value` is -1 for none; `flow` is the way that leads there."""

    kind: ExitKind
    value: Ref
    span: Span
    flow: Ref
    at: Ref = NONE
    """A value of the statement itself, by which it is told on which way of a fork it stands; -1 for the end."""


class Comparison(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`left operator right`; `case` for a pattern of a `match` statement over `left`."""

    operator: str
    left: Ref
    right: Ref
    span: Span


class BranchKind(Enum):
    """What parts the ways."""

    IF = "if"
    WHILE = "while"
    ASSERT = "assert"
    MATCH = "match"


class Arm(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One way of a branch: an `if`, `elif` or `else`, or a case. The arm of an `assert` has no code of its own."""

    test: Ref
    """The condition, or the guard of a case; -1 where there is none."""
    cases: tuple[Ref, ...]
    """The values that a case compares the subject itself with."""
    is_plain: bool
    """The case matches those values whatever else holds: it has no guard, and its pattern asks nothing more."""
    body: Span
    ends: bool
    """Control does not come from the arm to what follows the branch."""


class Branch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where control goes different ways: each `match`, and of the others those that compare with more than a number or
    None."""

    kind: BranchKind
    subject: Ref
    """What a `match` is about; -1 for the others."""
    arms: tuple[Arm, ...]
    has_default: bool
    """There is an `else`, which is the last arm, or a case that takes whatever is left."""
    start: tuple[int, int]
    head: Span
    """The first test, or the subject of a `match`."""
    rest: Span | None
    """The statements that follow in the same block."""
    is_followed: bool
    """Statements follow: in the same block, or in those around it that end with it. In a loop, in the same round."""
    is_repeated: bool
    """It stands in a loop."""


class TargetKind(Enum):
    """What an assignment binds."""

    NAME = "name"
    GLOBAL = "global"
    """A name of the module or of an enclosing function, by `global` or `nonlocal`."""
    ATTRIBUTE = "attribute"
    ITEM = "item"


class Assignment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`name = value`, `base.name = value`, `base[key] = value`; `value` is -1 for a bare annotation."""

    kind: TargetKind
    name: str
    base: Ref
    key: Ref
    value: Ref
    annotation: Ref
    span: Span
    """The target's span."""


class ParameterKind(Enum):
    """How arguments reach a parameter."""

    POSITIONAL = "positional"
    """Positional only."""
    PLAIN = "plain"
    KEYWORD = "keyword"
    """Keyword only."""
    ARGUMENTS = "*"
    KEYWORDS = "**"


class ParameterFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter with its annotation and default (-1 where there is none)."""

    name: str
    kind: ParameterKind
    annotation: Ref
    default: Ref
    span: Span


class Stretch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The values that a part of a scope's text makes: from `first` up to `end`, which is no longer in it."""

    first: Ref
    end: Ref
    ends: bool
    """Control does not come to its end: it returns, raises, or leaves the loop."""


class ForkKind(Enum):
    """By what control goes different ways."""

    TEST = "test"
    """`if`, `while`, a conditional expression, `and`, `or`: the way where the test holds, the way where it does not."""
    ATTEMPT = "attempt"
    """`try`: its body, its `else`, the joins that only handlers see, and a way for each handler."""
    ROUNDS = "rounds"
    """The body of a `for`."""


class Fork(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place from which control goes different ways, by the values that stand on each."""

    kind: ForkKind
    test: Ref
    """-1 unless it is a test."""
    ways: tuple[Stretch, ...]
    caught: tuple[Ref, ...] = ()
    """What each handler catches; -1 for a bare `except`."""


class Scope(msgspec.Struct, frozen=True):
    """A function, a class body, a lambda, or a stretch of module code."""

    kind: ScopeKind
    name: str
    qualname: str
    """Within the module, `Class.method` or `outer.<locals>.inner`."""
    parent: int
    """Index of the enclosing scope in the region; -1 for the region's own."""
    span: Span
    """From `def` or `class` to the end of the definition."""
    head: Span
    """The name in the definition's head."""
    is_async: bool
    is_generator: bool
    parameters: tuple[ParameterFact, ...]
    returns: Ref
    """The return annotation."""
    decorators: tuple[Ref, ...]
    """Outermost first. Like annotations, defaults and bases, their names are those of the enclosing scope."""
    bases: tuple[Argument, ...]
    values: tuple[Value, ...]
    spans: Sequence[Span]
    """Where each value stands, by index."""
    exits: tuple[Exit, ...]
    comparisons: tuple[Comparison, ...]
    branches: tuple[Branch, ...]
    forks: tuple[Fork, ...]
    """Inner ones before those around them."""
    assignments: tuple[Assignment, ...]
    repeated: tuple[Ref, ...]
    """The calls that stand in a loop."""
    bindings: tuple[tuple[str, Ref], ...]
    """Every value that a name of this scope is bound to, in the order of the text."""


class RegionFacts(msgspec.Struct, frozen=True):
    """What one region says. `scopes[0]` is the surrounding code (module or class level) as far as it lies in the
    region."""

    scopes: tuple[Scope, ...]
