"""The flow of control through a scope: what its names stand for, how ways join, and what a test tells."""

# A method is named after what it lowers, binds or joins.
# ruff: noqa: D102

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TypeVar

from execution_lint.extract.binding import ALL_FIELDS, BINDING_FIELDS
from execution_lint.extract.coordinates import Coordinates, Placed, Spans, position_of
from execution_lint.facts.scopes import (
    Assignment,
    Branch,
    Comparison,
    Exit,
    ExitKind,
    Fork,
    ForkKind,
    ParameterFact,
    Scope,
    ScopeKind,
    Stretch,
)
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Call,
    Changed,
    Choice,
    Declared,
    Element,
    Free,
    Item,
    Mapping,
    Narrowed,
    Parameter,
    Ref,
    Value,
)
from execution_lint.model.place import Span

MAXIMUM_DEPTH = 180
"""Levels of nesting in one region beyond which it is given up: the same on every path and every Python."""

FLOW = ""
"""Name of the pseudo variable that holds the flow of control."""

Environment = dict[str, Ref]

_SIMPLE = (Parameter, Attribute, Item, Element)

Builder = TypeVar("Builder", bound="Flow")

START = Span(1, 1, 1, 1)
"""Where the code of a module stands, or that of a class's body."""

_NOWHERE = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
"""What such code is made of."""


class TooDeep(Exception):
    """The region is nested more deeply than `MAXIMUM_DEPTH`."""


class Region:
    """What the scopes of one region share."""

    def __init__(self, coordinates: Coordinates, binds_in_expressions: bool) -> None:
        self.coordinates = coordinates
        self.fields = ALL_FIELDS if binds_in_expressions else BINDING_FIELDS
        """What to look into for the names that a function binds."""
        self.scopes: list[Flow] = []
        self.depth = 0
        self.fixed: Placed | None = None
        """In an f-string or a quoted annotation: the whole string, since Pythons differ on where its parts stand."""

    def span(self, node: Placed) -> Span:
        return self.coordinates.span(self.fixed or node)


class Loop:
    """The ways out of a loop."""

    def __init__(self) -> None:
        self.breaks: list[Environment] = []
        self.continues: list[Environment] = []


class Flow(ABC):
    """A scope that is being built, with the environment where the walk is now."""

    def __init__(self, region: Region, kind: ScopeKind, name: str, qualname: str, parent: int) -> None:
        self.region = region
        self.kind = kind
        self.name = name
        self.qualname = qualname
        self.parent = parent
        self.index = len(region.scopes)
        region.scopes.append(self)
        self.span = self.head = START
        self.node: Placed = _NOWHERE
        """What the scope is made of."""
        self.is_async = self.is_generator = False
        self.parameters: tuple[ParameterFact, ...] = ()
        self.returns: Ref = NONE
        self.decorators: tuple[Ref, ...] = ()
        self.bases: tuple[Argument, ...] = ()
        self.values: list[Value] = []
        self.nodes: list[Placed] = []
        """Where each value stands."""
        self.exits: list[Exit] = []
        self.comparisons: list[Comparison] = []
        self.branches: list[Branch] = []
        self.forks: list[Fork] = []
        self.assignments: list[Assignment] = []
        self.repeated: list[Ref] = []
        self.bindings: list[tuple[str, Ref]] = []
        self.locals: frozenset[str] = frozenset()
        self.outer_names: frozenset[str] = frozenset()
        self.environment: Environment | None = {FLOW: NONE}
        self.loops: list[Loop] = []

    def built(self) -> Scope:
        return Scope(
            kind=self.kind,
            name=self.name,
            qualname=self.qualname,
            parent=self.parent,
            span=self.span,
            head=self.head,
            is_async=self.is_async,
            is_generator=self.is_generator,
            parameters=self.parameters,
            returns=self.returns,
            decorators=self.decorators,
            bases=self.bases,
            values=tuple(self.values),
            spans=Spans(self.region.coordinates, map(position_of, self.nodes)),
            exits=tuple(self.exits),
            comparisons=tuple(self.comparisons),
            branches=tuple(self.branches),
            forks=tuple(self.forks),
            assignments=tuple(self.assignments),
            repeated=tuple(self.repeated),
            bindings=tuple(self.bindings),
        )

    def close(self) -> None:
        """The end of the scope is reached."""
        if self.environment is not None and self.kind is ScopeKind.FUNCTION:
            self.exits.append(Exit(ExitKind.FALL, NONE, self.head, self.environment[FLOW]))

    def add(self, value: Value, node: Placed) -> Ref:
        values = self.values
        ref = len(values)
        values.append(value)
        self.nodes.append(self.region.fixed or node)
        return ref

    def since(self, first: Ref, *, ends: bool = False) -> Stretch:
        """The values that were added from `first` on."""
        return Stretch(first, len(self.values), ends)

    def fork(self, test: Ref, holds: Stretch, fails: Stretch) -> None:
        """Note a test on which something depends."""
        if holds.first < holds.end or fails.first < fails.end or holds.ends or fails.ends:
            self.forks.append(Fork(ForkKind.TEST, test, (holds, fails)))

    def end(self) -> Environment | None:
        """What the names stand for where the walk is now; None where control does not come."""
        return self.environment

    def bind(self, name: str, value: Ref) -> None:
        self.bindings.append((name, value))
        if self.environment is not None and name not in self.outer_names:
            self.environment[name] = value

    def rebind(self, old: Ref, new: Ref) -> None:
        """Every name that stands for `old` now stands for its changed version."""
        if self.environment is not None:
            for name, value in self.environment.items():
                if value == old and name != FLOW:
                    self.environment[name] = new
                    self.bindings.append((name, new))

    def joined(self, environments: Iterable[Environment | None]) -> Environment | None:
        alive = [environment for environment in environments if environment is not None]
        if not alive:
            return None
        if len(alive) == 1:
            return dict(alive[0])
        result = dict(alive[0])
        different: set[str] = set()
        for environment in alive[1:]:
            for name, value in environment.items():
                if name not in result:
                    result[name] = value
                elif result[name] != value:
                    different.add(name)
        for name in list(filter(different.__contains__, result)) if different else ():
            # What one arm knows of a value, the code behind the arms does not.
            found = dict.fromkeys(self.widened(ways[name]) for ways in alive if name in ways)
            values = tuple(found)
            result[name] = values[0] if len(values) == 1 else self.add(Choice("join", values), self._origin(values))
        return result

    def widened(self, ref: Ref) -> Ref:
        """The value without what a test told of it, where every other way to go has ended the value is told still."""
        values = self.values
        while ref != NONE:
            value = values[ref]
            if type(value) is not Narrowed:
                break
            ref = value.base
        return ref

    def narrow(self, test: ast.expr, holds: bool) -> None:
        """What the names stand for where a test holds, or does not."""
        if isinstance(test, (ast.Attribute, ast.Subscript)):
            return
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.narrow(operand, not holds)
            case ast.BoolOp(op=ast.And(), values=parts) if holds:
                for part in parts:
                    self.narrow(part, holds)
            case ast.BoolOp(op=ast.Or(), values=parts) if not holds:
                for part in parts:
                    self.narrow(part, holds)
            case ast.Name(id=name) | ast.NamedExpr(target=ast.Name(id=name)):
                self.narrow_name(name, "true" if holds else "false", NONE, test)
            case ast.Compare(
                left=ast.Name(id=name) | ast.NamedExpr(target=ast.Name(id=name)),
                ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq() as operator],
                comparators=[ast.Constant(value=None)],
            ):
                is_none = isinstance(operator, (ast.Is, ast.Eq)) == holds
                self.narrow_name(name, "none" if is_none else "some", NONE, test)
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]) if holds:
                self.narrow_name(name, "instance", self.expression(kind), test)
            case _:
                pass

    def narrow_name(self, name: str, how: str, kind: Ref, test: ast.expr) -> None:
        if self.environment is None or name not in self.environment or name == FLOW:
            return
        base = self.environment[name]
        narrowed = self.add(Narrowed(base, how, kind), test)
        for other, value in self.environment.items():
            if value == base and other != FLOW:
                self.environment[other] = narrowed

    def forget_tests(self, before: Environment | None) -> None:
        """What the names stood for before some tests, where nothing but those has changed it."""
        if self.environment is None or before is None:
            return
        for name, value in self.environment.items():
            if name in before and value != before[name] and self.widened(value) == self.widened(before[name]):
                self.environment[name] = before[name]

    def is_changeable(self, value: Ref) -> bool:
        """Whether the value is a dict that was built in this scope, whose keys a call could change."""
        values = self.values
        for _ in range(64):
            if value == NONE:
                return False
            made = values[value]
            if isinstance(made, _SIMPLE):
                return False
            match made:
                case Mapping():
                    return True
                case Changed(base=base) | Narrowed(base=base) | Declared(value=base):
                    value = base
                case Choice(kind="join", alternatives=alternatives):
                    value = alternatives[0]
                case Call(function=function):
                    callee = values[function]
                    return isinstance(callee, Free) and callee.name == "dict"
                case _:
                    return False
        return False

    def _origin(self, values: tuple[Ref, ...]) -> Placed:
        return next((self.nodes[value] for value in values if value != NONE), self.node)

    def enter(self) -> None:
        self.region.depth += 1
        if self.region.depth > MAXIMUM_DEPTH:
            raise TooDeep

    def exit(self, kind: ExitKind, value: Ref, span: Span) -> None:
        if self.environment is not None:
            self.exits.append(Exit(kind, value, span, self.environment[FLOW], len(self.values) - 1))

    def inner(self: Builder, kind: ScopeKind, name: str) -> Builder:
        """A scope within this one, to be filled."""
        prefix = "" if not self.qualname else self.qualname + ("." if self.kind is ScopeKind.CLASS else ".<locals>.")
        return type(self)(self.region, kind, name, prefix + name, self.index)

    @abstractmethod
    def expression(self, node: ast.expr) -> Ref:
        """The value of an expression."""
