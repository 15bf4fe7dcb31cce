"""Lowers the statements of a region to scopes in single-assignment form."""

import ast
from collections.abc import Callable, Iterable

from execution_lint.extract.chains import MAXIMUM_CHAIN
from execution_lint.extract.coordinates import Coordinates
from execution_lint.facts.scopes import (
    Assignment,
    Comparison,
    Exit,
    ExitKind,
    ParameterFact,
    ParameterKind,
    RegionFacts,
    Scope,
    ScopeKind,
    TargetKind,
)
from execution_lint.facts.values import (
    NONE,
    After,
    Argument,
    Assigned,
    Attribute,
    Awaited,
    Call,
    Caught,
    Changed,
    Choice,
    Comprehension,
    Constant,
    Declared,
    Element,
    Entered,
    Formatted,
    Free,
    Imported,
    Item,
    Mapping,
    Narrowed,
    Nested,
    Operation,
    Parameter,
    Ref,
    Sequence,
    Spread,
    Text,
    Unknown,
    Value,
)
from execution_lint.model.place import Span

MAXIMUM_DEPTH = 180
"""Levels of nesting in one region beyond which it is given up: the same on every path and every Python."""

_FLOW = ""
"""Name of the pseudo variable that holds the flow of control."""

_MUTATORS = frozenset({"update", "setdefault", "pop", "clear"})
_LIST_MUTATORS = frozenset({"append", "extend", "insert", "remove", "popitem", "add", "discard", "sort", "reverse"})

Environment = dict[str, Ref]

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.Not: "not",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
}


class TooDeep(Exception):
    """The region is nested more deeply than `MAXIMUM_DEPTH`."""


def lower(statements: list[ast.stmt], coordinates: Coordinates, owner: str, text: str) -> RegionFacts:
    """The facts of a region of code at module level (`owner` empty) or in the body of the class `owner` (its name).

    `text` is what the statements were parsed from. Raises `TooDeep` for code that is nested beyond what is followed.
    """
    region = _Region(coordinates, ":=" in text or "yield" in text)
    kind = ScopeKind.CLASS if owner else ScopeKind.MODULE
    fragment = _ScopeBuilder(region, kind, owner.rpartition(".")[2], owner, NONE)
    fragment.block(statements)
    fragment.close()
    return RegionFacts(scopes=tuple(scope.built() for scope in region.scopes))


class _Region:
    """What the scopes of one region share."""

    def __init__(self, coordinates: Coordinates, binds_in_expressions: bool) -> None:
        self.coordinates = coordinates
        self.fields = _ALL_FIELDS if binds_in_expressions else _BINDING_FIELDS
        """What to look into for the names that a function binds."""
        self.scopes: list[_ScopeBuilder] = []
        self.depth = 0
        self.fixed: Span | None = None
        """In an f-string or a quoted annotation: the span of the whole string, since Pythons differ on the parts."""

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler | ast.pattern) -> Span:
        return self.fixed or self.coordinates.span(node)


class _Loop:
    """The ways out of a loop."""

    def __init__(self) -> None:
        self.breaks: list[Environment] = []
        self.continues: list[Environment] = []


class _ScopeBuilder:
    """Walks the statements of one scope in the order of control flow."""

    def __init__(self, region: _Region, kind: ScopeKind, name: str, qualname: str, parent: int) -> None:
        self.region = region
        self.kind = kind
        self.name = name
        self.qualname = qualname
        self.parent = parent
        self.index = len(region.scopes)
        region.scopes.append(self)
        self.span = self.head = Span(1, 1, 1, 1)
        self.is_async = self.is_generator = False
        self.parameters: tuple[ParameterFact, ...] = ()
        self.returns: Ref = NONE
        self.decorators: tuple[Ref, ...] = ()
        self.bases: tuple[Argument, ...] = ()
        self.values: list[Value] = []
        self.spans: list[Span] = []
        self.exits: list[Exit] = []
        self.comparisons: list[Comparison] = []
        self.assignments: list[Assignment] = []
        self.repeated: list[Ref] = []
        self.bindings: list[tuple[str, Ref]] = []
        self.locals: frozenset[str] = frozenset()
        self.outer_names: frozenset[str] = frozenset()
        self.environment: Environment | None = {_FLOW: NONE}
        self.loops: list[_Loop] = []

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
            spans=tuple(self.spans),
            exits=tuple(self.exits),
            comparisons=tuple(self.comparisons),
            assignments=tuple(self.assignments),
            repeated=tuple(self.repeated),
            bindings=tuple(self.bindings),
        )

    def close(self) -> None:
        """The end of the scope is reached."""
        if self.environment is not None and self.kind is ScopeKind.FUNCTION:
            self.exits.append(Exit(ExitKind.FALL, NONE, self.head, self.environment[_FLOW]))

    def add(self, value: Value, span: Span) -> Ref:
        self.values.append(value)
        self.spans.append(span)
        return len(self.values) - 1

    # Environments

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
                if value == old and name != _FLOW:
                    self.environment[name] = new
                    self.bindings.append((name, new))

    def joined(self, environments: Iterable[Environment | None]) -> Environment | None:
        alive = [environment for environment in environments if environment is not None]
        if not alive:
            return None
        if len(alive) == 1:
            return dict(alive[0])
        result = dict(alive[0])
        names: dict[str, None] = {}
        for environment in alive:
            names.update(dict.fromkeys(environment))
        for name in names:
            values = tuple(dict.fromkeys(environment[name] for environment in alive if name in environment))
            if len(values) > 1:
                # What one arm knows of a value, the code behind the arms does not.
                values = tuple(dict.fromkeys(self.widened(value) for value in values))
            result[name] = values[0] if len(values) == 1 else self.add(Choice("join", values), self._origin(values))
        return result

    def widened(self, ref: Ref) -> Ref:
        """The value without what a test told of it, where every other way to go has ended the value is told still."""
        while ref != NONE:
            value = self.values[ref]
            if not isinstance(value, Narrowed):
                break
            ref = value.base
        return ref

    def narrow(self, test: ast.expr, holds: bool) -> None:
        """What the names stand for where a test holds, or does not."""
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
        if self.environment is None or name not in self.environment or name == _FLOW:
            return
        base = self.environment[name]
        narrowed = self.add(Narrowed(base, how, kind), self.region.span(test))
        for other, value in self.environment.items():
            if value == base and other != _FLOW:
                self.environment[other] = narrowed

    def _origin(self, values: tuple[Ref, ...]) -> Span:
        return next((self.spans[value] for value in values if value != NONE), self.span)

    # Statements

    def block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            if self.environment is None:
                return
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        handler = _STATEMENTS.get(type(node))
        if handler is None:
            return
        self.enter()
        handler(self, node)
        self.region.depth -= 1

    def enter(self) -> None:
        self.region.depth += 1
        if self.region.depth > MAXIMUM_DEPTH:
            raise TooDeep

    def expression_statement(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        value = self.expression(node.value)
        call = self.values[value]
        if self.environment is not None and isinstance(call, (Call, Awaited)):
            flow = self.add(After(self.environment[_FLOW], value), self.spans[value])
            self.environment[_FLOW] = flow

    def assign(self, node: ast.Assign) -> None:
        value = self.expression(node.value)
        for target in node.targets:
            self.target(target, value, NONE)

    def annotated_assign(self, node: ast.AnnAssign) -> None:
        annotation = self.annotation(node.annotation)
        value = self.expression(node.value) if node.value is not None else NONE
        self.target(node.target, value, annotation)

    def augmented_assign(self, node: ast.AugAssign) -> None:
        operator = _OPERATORS[type(node.op)]
        load = _loaded(node.target)
        before = self.expression(load)
        operand = self.expression(node.value)
        if operator == "|" and isinstance(node.target, ast.Name):
            changed = self.add(Changed(before, "update", NONE, operand), self.region.span(node))
            self.rebind(before, changed)
            return
        result = self.add(Operation(operator, (before, operand)), self.region.span(node))
        self.target(node.target, result, NONE)

    def target(self, node: ast.expr, value: Ref, annotation: Ref) -> None:
        span = self.region.span(node)
        match node:
            case ast.Name(id=name):
                kind = TargetKind.GLOBAL if name in self.outer_names else TargetKind.NAME
                self.assignments.append(Assignment(kind, name, NONE, NONE, value, annotation, span))
                if value != NONE:
                    is_declared = annotation != NONE and kind is TargetKind.NAME and self.kind is ScopeKind.FUNCTION
                    self.bind(name, self.add(Declared(annotation, value), span) if is_declared else value)
            case ast.Attribute(value=base, attr=name):
                receiver = self.expression(base)
                self.assignments.append(Assignment(TargetKind.ATTRIBUTE, name, receiver, NONE, value, annotation, span))
                if self.environment is not None and self.kind is ScopeKind.FUNCTION:
                    assigned = self.add(Assigned(receiver, name, value), span)
                    self.environment[_FLOW] = self.add(After(self.environment[_FLOW], assigned), span)
            case ast.Subscript(value=base, slice=index):
                receiver = self.expression(base)
                key = self.expression(index)
                self.assignments.append(Assignment(TargetKind.ITEM, "", receiver, key, value, annotation, span))
                if isinstance(base, ast.Name):
                    self.rebind(receiver, self.add(Changed(receiver, "set", key, value), span))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(targets, value, span)
            case ast.Starred(value=inner):
                self.target(inner, self.add(Element(value, NONE), span), annotation)
            case _:
                pass

    def unpack(self, targets: list[ast.expr], value: Ref, span: Span) -> None:
        source = self.values[value] if value != NONE else None
        pairwise = (
            isinstance(source, Sequence)
            and len(source.elements) == len(targets)
            and not any(isinstance(target, ast.Starred) for target in targets)
            and not any(isinstance(self.values[element], Spread) for element in source.elements)
        )
        for position, target in enumerate(targets):
            if pairwise and isinstance(source, Sequence):
                self.target(target, source.elements[position], NONE)
            else:
                self.target(target, self.add(Element(value, position), span), NONE)

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name) and self.environment is not None:
                self.environment.pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                receiver = self.expression(target.value)
                key = self.expression(target.slice)
                self.rebind(receiver, self.add(Changed(receiver, "delete", key, NONE), self.region.span(target)))

    def leave(self, node: ast.Return) -> None:
        value = self.expression(node.value) if node.value is not None else NONE
        self.exit(ExitKind.RETURN, value, self.region.span(node))
        self.environment = None

    def throw(self, node: ast.Raise) -> None:
        value = self.expression(node.exc) if node.exc is not None else NONE
        if node.cause is not None:
            self.expression(node.cause)
        self.exit(ExitKind.RAISE, value, self.region.span(node))
        self.environment = None

    def exit(self, kind: ExitKind, value: Ref, span: Span) -> None:
        if self.environment is not None:
            self.exits.append(Exit(kind, value, span, self.environment[_FLOW]))

    def assertion(self, node: ast.Assert) -> None:
        self.expression(node.test)
        if node.msg is not None:
            self.expression(node.msg)
        self.narrow(node.test, True)

    def condition(self, node: ast.If) -> None:
        ends: list[Environment | None] = []
        branch: ast.If | None = node
        while branch is not None:
            self.expression(branch.test)
            before = dict(self.environment) if self.environment is not None else None
            self.narrow(branch.test, True)
            self.block(branch.body)
            ends.append(self.environment)
            self.environment = before
            self.narrow(branch.test, False)
            if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
                branch = branch.orelse[0]
            else:
                self.block(branch.orelse)
                branch = None
        self.environment = self.joined([*ends, self.environment])

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.expression(node.iter)
        element = self.add(Element(iterable, NONE), self.region.span(node.target))
        self.loop(node, node.target, element, endless=False)

    def while_loop(self, node: ast.While) -> None:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.loop(node, None, NONE, endless)

    def loop(
        self, node: ast.For | ast.AsyncFor | ast.While, target: ast.expr | None, element: Ref, endless: bool
    ) -> None:
        assert self.environment is not None
        before = dict(self.environment)
        pending: dict[str, Ref] = {}
        for name in self._carried(node):
            if name in before:
                placeholder = self.add(Choice("join", (before[name],)), self._origin((before[name],)))
                pending[name] = placeholder
                self.environment[name] = placeholder
        if isinstance(node, ast.While):
            self.expression(node.test)
        start = dict(self.environment)
        if isinstance(node, ast.While):
            self.narrow(node.test, True)
        loop = _Loop()
        self.loops.append(loop)
        if target is not None:
            self.target(target, element, NONE)
        self.block(node.body)
        self.loops.pop()
        ends = [end for end in [self.end(), *loop.continues] if end is not None]
        for name, placeholder in pending.items():
            carried = (end[name] for end in ends if name in end and end[name] != placeholder)
            self.values[placeholder] = Choice("join", tuple(dict.fromkeys((before[name], *carried))))
        self.environment = None if endless else self.joined([start, *ends])
        self.block(node.orelse)
        self.environment = self.joined([self.environment, *loop.breaks])

    def _carried(self, node: ast.stmt) -> list[str]:
        """The names that the loop binds or changes in place: their value at its start depends on the round."""
        assert self.environment is not None
        environment = self.environment
        names: dict[str, None] = {}
        stack: list[ast.AST] = [node]
        while stack:
            part = stack.pop()
            kind = type(part)
            if kind is ast.Name:
                assert isinstance(part, ast.Name)
                name = part.id
                if name in environment and (type(part.ctx) is not ast.Load or self.is_changeable(environment[name])):
                    names[name] = None
            elif kind not in _LEAVES:
                for field in _ALL_FIELDS[kind]:
                    child = getattr(part, field, None)
                    if type(child) is list:
                        stack.extend(child)
                    elif isinstance(child, ast.AST):
                        stack.append(child)
        return sorted(names)

    def interrupt(self, node: ast.Break | ast.Continue) -> None:
        if self.loops and self.environment is not None:
            ways = self.loops[-1].breaks if isinstance(node, ast.Break) else self.loops[-1].continues
            ways.append(self.environment)
        self.environment = None

    def with_block(self, node: ast.With | ast.AsyncWith) -> None:
        swallows = False
        for item in node.items:
            manager = self.expression(item.context_expr)
            swallows = swallows or _is_suppress(item.context_expr)
            if item.optional_vars is not None:
                entered = self.add(Entered(manager), self.region.span(item.context_expr))
                self.target(item.optional_vars, entered, NONE)
        before = dict(self.environment) if swallows and self.environment is not None else None
        self.block(node.body)
        self.environment = self.joined([self.environment, before])

    def try_block(self, node: ast.Try) -> None:
        assert self.environment is not None
        snapshots: list[Environment | None] = [dict(self.environment)]
        for statement in node.body:
            if self.end() is None:
                break
            self.statement(statement)
            end = self.end()
            snapshots.append(dict(end) if end is not None else None)
        interrupted = self.joined(snapshots)
        self.block(node.orelse)
        ends = [self.end()]
        for handler in node.handlers:
            self.environment = dict(interrupted) if interrupted is not None else None
            caught = self.expression(handler.type) if handler.type is not None else NONE
            if handler.name is not None:
                self.bind(handler.name, self.add(Caught(caught), self.region.span(handler)))
            self.block(handler.body)
            ends.append(self.end())
        after = self.joined(ends)
        if not node.finalbody:
            self.environment = after
            return
        self.environment = dict(after if after is not None else interrupted or {_FLOW: NONE})
        self.block(node.finalbody)
        if after is None:
            self.environment = None

    def match_block(self, node: ast.Match) -> None:
        subject = self.expression(node.subject)
        ends: list[Environment | None] = []
        exhaustive = False
        for case in node.cases:
            before = dict(self.environment) if self.environment is not None else None
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.expression(case.guard)
            self.block(case.body)
            ends.append(self.environment)
            self.environment = before
            if case.guard is None and _is_irrefutable(case.pattern):
                exhaustive = True
        self.environment = self.joined(ends if exhaustive else [*ends, self.environment])

    def pattern(self, node: ast.pattern, subject: Ref) -> None:
        span = self.region.span(node)
        match node:
            case ast.MatchValue(value=expression):
                value = self.expression(expression)
                self.comparisons.append(Comparison("case", subject, value, span))
            case ast.MatchOr(patterns=patterns):
                for alternative in patterns:
                    self.pattern(alternative, subject)
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self.pattern(inner, subject)
                if name is not None:
                    self.bind(name, subject)
            case ast.MatchStar(name=name):
                if name is not None:
                    self.bind(name, self.add(Element(subject, NONE), span))
            case ast.MatchSequence(patterns=patterns):
                for position, part in enumerate(patterns):
                    self.pattern(part, self.add(Element(subject, position), span))
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key, part in zip(keys, patterns, strict=True):
                    index = self.expression(key)
                    self.pattern(part, self.add(Item(subject, index), span))
                if rest is not None:
                    self.bind(rest, self.add(Unknown("the rest of a matched mapping"), span))
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=names, kwd_patterns=keyword_patterns):
                self.expression(cls)
                for part in patterns:
                    self.pattern(part, self.add(Unknown("a positional part of a matched class"), span))
                for name, part in zip(names, keyword_patterns, strict=True):
                    self.pattern(part, self.add(Attribute(subject, name), span))
            case _:
                pass

    def import_names(self, node: ast.Import) -> None:
        span = self.region.span(node)
        for alias in node.names:
            if alias.asname is not None:
                self.bind(alias.asname, self.add(Imported(alias.name, "", 0), span))
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, self.add(Imported(top, "", 0), span))

    def import_from(self, node: ast.ImportFrom) -> None:
        span = self.region.span(node)
        for alias in node.names:
            imported = self.add(Imported(node.module or "", alias.name, node.level), span)
            self.bind(alias.asname or alias.name, imported)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        prefix = self._prefix()
        inner = _ScopeBuilder(self.region, ScopeKind.FUNCTION, node.name, prefix + node.name, self.index)
        inner.span = self.region.coordinates.span(node)
        inner.head = self.region.coordinates.head(node)
        inner.is_async = isinstance(node, ast.AsyncFunctionDef)
        inner.decorators = tuple(inner.outer_expression(decorator) for decorator in node.decorator_list)
        inner.returns = inner.annotation(node.returns) if node.returns is not None else NONE
        inner.signature(node.args)
        inner.body(node.body)
        self.bind(node.name, self.add(Nested(inner.index), inner.span))

    def body(self, statements: list[ast.stmt]) -> None:
        bound, outer, self.is_generator = _names(statements, self.region.fields)
        self.outer_names = outer
        self.locals = frozenset(bound | {parameter.name for parameter in self.parameters}) - outer
        assert self.environment is not None
        for parameter in self.parameters:
            self.bind(parameter.name, self.add(Parameter(parameter.name), parameter.span))
        self.block(statements)
        self.close()

    def signature(self, node: ast.arguments) -> None:
        found: list[ParameterFact] = []
        positional = [*node.posonlyargs, *node.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(node.defaults))
        for position, (argument, default) in enumerate(zip(positional, [*defaults, *node.defaults], strict=True)):
            kind = ParameterKind.POSITIONAL if position < len(node.posonlyargs) else ParameterKind.PLAIN
            found.append(self.parameter(argument, kind, default))
        if node.vararg is not None:
            found.append(self.parameter(node.vararg, ParameterKind.ARGUMENTS, None))
        for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            found.append(self.parameter(argument, ParameterKind.KEYWORD, default))
        if node.kwarg is not None:
            found.append(self.parameter(node.kwarg, ParameterKind.KEYWORDS, None))
        self.parameters = tuple(found)

    def parameter(self, node: ast.arg, kind: ParameterKind, default: ast.expr | None) -> ParameterFact:
        annotation = self.annotation(node.annotation) if node.annotation is not None else NONE
        value = self.outer_expression(default) if default is not None else NONE
        return ParameterFact(node.arg, kind, annotation, value, self.region.span(node))

    def class_definition(self, node: ast.ClassDef) -> None:
        inner = _ScopeBuilder(self.region, ScopeKind.CLASS, node.name, self._prefix() + node.name, self.index)
        inner.span = self.region.coordinates.span(node)
        inner.head = self.region.coordinates.head(node)
        inner.decorators = tuple(inner.outer_expression(decorator) for decorator in node.decorator_list)
        inner.bases = tuple(
            [inner.argument(base) for base in node.bases]
            + [Argument(keyword.arg or "**", inner.outer_expression(keyword.value)) for keyword in node.keywords]
        )
        inner.block(node.body)
        self.bind(node.name, self.add(Nested(inner.index), inner.span))

    def _prefix(self) -> str:
        if not self.qualname:
            return ""
        return self.qualname + ("." if self.kind is ScopeKind.CLASS else ".<locals>.")

    def outer_expression(self, node: ast.expr) -> Ref:
        """A decorator, default or base: evaluated before the scope has names of its own."""
        return self.expression(node)

    def declare(self, node: ast.Global | ast.Nonlocal) -> None:
        if self.kind is not ScopeKind.FUNCTION:
            self.outer_names = self.outer_names | frozenset(node.names)

    def type_alias(self, node: ast.stmt) -> None:
        name, value = getattr(node, "name", None), getattr(node, "value", None)
        if isinstance(name, ast.Name) and isinstance(value, ast.expr):
            self.target(name, self.expression(value), NONE)

    # Expressions

    def expression(self, node: ast.expr) -> Ref:
        handler = _EXPRESSIONS.get(type(node))
        if handler is None:
            return self.add(Unknown(f"a {type(node).__name__} expression"), self.region.span(node))
        region = self.region
        region.depth += 1
        if region.depth > MAXIMUM_DEPTH:
            raise TooDeep
        value = handler(self, node)
        region.depth -= 1
        return value

    def name_of(self, node: ast.Name) -> Ref:
        if self.environment is not None:
            value = self.environment.get(node.id)
            if value is not None:
                return value
        span = self.region.span(node)
        if node.id in self.locals:
            return self.add(Unknown(f"`{node.id}` is not bound on this way"), span)
        return self.add(Free(node.id), span)

    def constant(self, node: ast.Constant) -> Ref:
        span = self.region.span(node)
        match node.value:
            case str():
                return self.add(Text(node.value), span)
            case None:
                return self.add(Constant("None", "None"), span)
            case _ if node.value is ...:
                return self.add(Constant("ellipsis", "..."), span)
            case bytes():
                return self.add(Constant("bytes", ""), span)
            case bool():
                return self.add(Constant("bool", str(node.value)), span)
            case int():
                return self.add(Constant("int", hex(node.value) if abs(node.value) >> 64 else str(node.value)), span)
            case _:
                return self.add(Constant(type(node.value).__name__, repr(node.value)), span)

    def attribute(self, node: ast.Attribute) -> Ref:
        base = self.expression(node.value)
        return self.add(Attribute(base, node.attr), self.region.span(node))

    def call(self, node: ast.Call) -> Ref:
        function = self.expression(node.func)
        arguments = [self.argument(argument) for argument in node.args]
        arguments += [Argument(keyword.arg or "**", self.expression(keyword.value)) for keyword in node.keywords]
        call = self.add(Call(function, tuple(arguments)), self.region.span(node))
        if self.loops:
            self.repeated.append(call)
        self.effects(node, arguments, call)
        return call

    def argument(self, node: ast.expr) -> Argument:
        if isinstance(node, ast.Starred):
            return Argument("*", self.expression(node.value))
        return Argument("", self.expression(node))

    def effects(self, node: ast.Call, arguments: list[Argument], call: Ref) -> None:
        """What the call does to the names it is given: a method that changes its receiver, a dict that is handed on."""
        if self.environment is None:
            return
        span = self.spans[call]
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if (
                name in self.environment and method in _MUTATORS | _LIST_MUTATORS
            ):
                receiver = self.environment[name]
                how = method if method in _MUTATORS else "method"
                key = arguments[0].value if arguments and method != "update" and arguments[0].name == "" else NONE
                self.rebind(receiver, self.add(Changed(receiver, how, key, call), span))
            case _:
                pass
        for argument, given in zip(arguments, [*node.args, *(keyword.value for keyword in node.keywords)], strict=True):
            if (
                isinstance(given, ast.Name)
                and argument.name in ("", argument.name)
                and not argument.name.startswith("*")
                and self.environment.get(given.id) == argument.value
                and self.is_changeable(argument.value)
            ):
                self.rebind(argument.value, self.add(Changed(argument.value, "passed", NONE, call), span))

    def is_changeable(self, value: Ref) -> bool:
        """Whether the value is a dict that was built in this scope, whose keys a call could change."""
        for _ in range(64):
            match self.values[value]:
                case Mapping():
                    return True
                case Changed(base=base) | Narrowed(base=base) | Declared(value=base):
                    value = base
                case Choice(kind="join", alternatives=alternatives):
                    value = alternatives[0]
                case Call(function=function):
                    callee = self.values[function]
                    return isinstance(callee, Free) and callee.name == "dict"
                case _:
                    return False
            if value == NONE:
                return False
        return False

    def subscript(self, node: ast.Subscript) -> Ref:
        base = self.expression(node.value)
        index = self.expression(node.slice)
        return self.add(Item(base, index), self.region.span(node))

    def mapping(self, node: ast.Dict) -> Ref:
        entries = []
        for key, value in zip(node.keys, node.values, strict=True):
            entries.append((self.expression(key) if key is not None else NONE, self.expression(value)))
        return self.add(Mapping(tuple(entries)), self.region.span(node))

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Ref:
        elements = tuple(self.expression(element) for element in node.elts)
        return self.add(Sequence(type(node).__name__.lower(), elements), self.region.span(node))

    def starred(self, node: ast.Starred) -> Ref:
        return self.add(Spread(self.expression(node.value)), self.region.span(node))

    def awaited(self, node: ast.Await) -> Ref:
        return self.add(Awaited(self.expression(node.value)), self.region.span(node))

    def alternative(self, node: ast.IfExp) -> Ref:
        self.expression(node.test)
        before = dict(self.environment) if self.environment is not None else None
        self.narrow(node.test, True)
        body = self.expression(node.body)
        self.environment = dict(before) if before is not None else None
        self.narrow(node.test, False)
        orelse = self.expression(node.orelse)
        self.environment = before
        return self.add(Choice("if", (body, orelse)), self.region.span(node))

    def boolean(self, node: ast.BoolOp) -> Ref:
        values = tuple(self.expression(value) for value in node.values)
        return self.add(Choice("or" if isinstance(node.op, ast.Or) else "and", values), self.region.span(node))

    def comparison(self, node: ast.Compare) -> Ref:
        span = self.region.span(node)
        operands = [self.expression(node.left)]
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            right = self.expression(operand)
            self.comparisons.append(Comparison(_OPERATORS[type(operator)], operands[-1], right, span))
            operands.append(right)
        return self.add(Operation(_OPERATORS[type(node.ops[0])], tuple(operands)), span)

    def binary(self, node: ast.BinOp) -> Ref:
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        if len(spine) > MAXIMUM_CHAIN:
            raise TooDeep
        value = self.expression(spine[-1].left)
        for part in reversed(spine):
            operand = self.expression(part.right)
            value = self.add(Operation(_OPERATORS[type(part.op)], (value, operand)), self.region.span(part))
        return value

    def unary(self, node: ast.UnaryOp) -> Ref:
        operand = self.expression(node.operand)
        return self.add(Operation(_OPERATORS[type(node.op)], (operand,)), self.region.span(node))

    def formatted(self, node: ast.JoinedStr) -> Ref:
        span = self.region.span(node)
        outer, self.region.fixed = self.region.fixed, self.region.fixed or span
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(self.expression(part.value))
                if part.format_spec is not None:
                    self.expression(part.format_spec)
            else:
                parts.append(self.expression(part))
        self.region.fixed = outer
        return self.add(Formatted(tuple(parts)), span)

    def walrus(self, node: ast.NamedExpr) -> Ref:
        value = self.expression(node.value)
        self.target(node.target, value, NONE)
        return value

    def yielded(self, node: ast.Yield | ast.YieldFrom) -> Ref:
        span = self.region.span(node)
        value = self.expression(node.value) if node.value is not None else NONE
        self.exit(ExitKind.YIELD, value, span)
        return self.add(Unknown("what is sent to a generator"), span)

    def anonymous(self, node: ast.Lambda) -> Ref:
        inner = _ScopeBuilder(self.region, ScopeKind.LAMBDA, "<lambda>", self._prefix() + "<lambda>", self.index)
        inner.span = inner.head = self.region.span(node)
        inner.signature(node.args)
        inner.locals = frozenset(parameter.name for parameter in inner.parameters)
        for parameter in inner.parameters:
            inner.bind(parameter.name, inner.add(Parameter(parameter.name), parameter.span))
        value = inner.expression(node.body)
        inner.exit(ExitKind.RETURN, value, inner.span)
        return self.add(Nested(inner.index), inner.span)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Ref:
        outer = dict(self.environment) if self.environment is not None else None
        bound = len(self.bindings)
        targets: set[str] = set()
        for generator in node.generators:
            iterable = self.expression(generator.iter)
            element = self.add(Element(iterable, NONE), self.region.span(generator.target))
            targets.update(part.id for part in ast.walk(generator.target) if isinstance(part, ast.Name))
            assigned = len(self.assignments)
            self.target(generator.target, element, NONE)
            del self.assignments[assigned:]
            for test in generator.ifs:
                self.expression(test)
        if isinstance(node, ast.DictComp):
            kind, key, value = "dict", self.expression(node.key), NONE
            # The conversion leaves out the value of `{**mapping for ...}`.
            if isinstance(node.value, ast.expr):
                value = self.expression(node.value)
        else:
            kind, key, value = _COMPREHENSIONS[type(node)], NONE, self.expression(node.elt)
        self.bindings[bound:] = [binding for binding in self.bindings[bound:] if binding[0] not in targets]
        if self.environment is not None and outer is not None:
            for name in targets:
                self.environment.pop(name, None)
                if name in outer:
                    self.environment[name] = outer[name]
        return self.add(Comprehension(kind, value, key), self.region.span(node))

    def slice(self, node: ast.Slice) -> Ref:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.expression(part)
        return self.add(Unknown("a slice"), self.region.span(node))

    # Annotations

    def annotation(self, node: ast.expr) -> Ref:
        """Like an expression, with what stands in quotes read as code."""
        match node:
            case ast.Constant(value=str(text)):
                return self.quoted(node, text)
            case ast.Subscript(value=base, slice=index):
                name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
                if name == "Literal":
                    return self.expression(node)
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                generic = self.expression(base)
                read = [
                    self.annotation(parts[0]),
                    *(self.expression(part) if name == "Annotated" else self.annotation(part) for part in parts[1:]),
                ]
                if isinstance(index, ast.Tuple):
                    argument = self.add(Sequence("tuple", tuple(read)), self.region.span(index))
                else:
                    argument = read[0]
                return self.add(Item(generic, argument), self.region.span(node))
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self.enter()
                operands = (self.annotation(left), self.annotation(right))
                self.region.depth -= 1
                return self.add(Operation("|", operands), self.region.span(node))
            case _:
                return self.expression(node)

    def quoted(self, node: ast.Constant, text: str) -> Ref:
        span = self.region.span(node)
        try:
            parsed = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self.add(Text(text), span)
        outer, self.region.fixed = self.region.fixed, span
        self.enter()
        value = self.annotation(parsed.body)
        self.region.depth -= 1
        self.region.fixed = outer
        return value


def _loaded(node: ast.expr) -> ast.expr:
    """The target of an augmented assignment, read."""
    match node:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), node)
        case _:
            return node


def _is_suppress(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) == "suppress"


def _is_irrefutable(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _is_irrefutable(inner)
        case ast.MatchOr(patterns=patterns):
            return any(_is_irrefutable(alternative) for alternative in patterns)
        case _:
            return False


_COMPREHENSIONS: dict[type[ast.AST], str] = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}


_DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_COMPREHENSION_NODES = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})
# An absent part, such as the key of `**mapping` in a dict, is None.
_LEAVES: frozenset[type[object]] = frozenset(
    {ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.alias, type(None)}
)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each class of nodes, but for some."""

    def __init__(self, without: frozenset[str]) -> None:
        super().__init__()
        self._without = without

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        without = self._without - {"value"} if kind is ast.Starred else self._without
        self[kind] = fields = tuple(field for field in kind._fields if field not in without)
        return fields


_INERT = frozenset(
    {"ctx", "op", "ops", "attr", "id", "arg", "asname", "module", "level", "kind", "type_comment", "type_params"}
    | {"kwd_attrs", "names"}
)
_VALUES = frozenset(
    {"value", "test", "iter", "exc", "cause", "msg", "annotation", "context_expr", "subject", "guard", "type", "slice"}
    | {"decorator_list"}
)
_ALL_FIELDS = _Fields(_INERT)
_BINDING_FIELDS = _Fields(_INERT | _VALUES)
"""Without `:=` and `yield` in the text, what is only read binds nothing."""


def _names(statements: Iterable[ast.AST], fields: _Fields) -> tuple[set[str], frozenset[str], bool]:
    """The names that a function body binds, those it declares global or nonlocal, and whether it yields."""
    bound: set[str] = set()
    outer: set[str] = set()
    yields = False
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]  # the exact type was compared above
                bound.add(node.id)  # type: ignore[attr-defined]  # as above
            continue
        if kind in _LEAVES or kind is ast.Lambda:
            continue
        if kind in _DEFINITIONS:
            assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            bound.add(node.name)
            if fields is _ALL_FIELDS:
                stack.extend(node.decorator_list)
            continue
        if kind in _COMPREHENSION_NODES:
            assert isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
            inner, inner_yields = _comprehension_names(node, fields)
            bound.update(inner)
            yields = yields or inner_yields
            continue
        if kind is ast.Import or kind is ast.ImportFrom:
            assert isinstance(node, (ast.Import, ast.ImportFrom))
            bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            continue
        if kind is ast.Global or kind is ast.Nonlocal:
            assert isinstance(node, (ast.Global, ast.Nonlocal))
            outer.update(node.names)
            continue
        if kind is ast.Yield or kind is ast.YieldFrom:
            yields = True
        elif kind in _NAMING:
            name = getattr(node, _NAMING[kind])
            if name is not None:
                bound.add(name)
        for field in fields[kind]:
            child = getattr(node, field, None)
            if type(child) is list:
                stack.extend(child)
            elif isinstance(child, ast.AST):
                stack.append(child)
    return bound, frozenset(outer), yields


_NAMING: dict[type[ast.AST], str] = {
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}


def _comprehension_names(
    node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, fields: _Fields
) -> tuple[set[str], bool]:
    """What a comprehension binds around itself (by `:=`), and whether it yields."""
    targets = {
        part.id for generator in node.generators for part in ast.walk(generator.target) if isinstance(part, ast.Name)
    }
    results: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    inner, _, inner_yields = _names(results, fields)
    outside, _, outside_yields = _names(
        [part for generator in node.generators for part in (generator.iter, *generator.ifs)], fields
    )
    return (inner - targets) | outside, inner_yields or outside_yields


_STATEMENTS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Expr: _ScopeBuilder.expression_statement,
    ast.Assign: _ScopeBuilder.assign,
    ast.AnnAssign: _ScopeBuilder.annotated_assign,
    ast.AugAssign: _ScopeBuilder.augmented_assign,
    ast.Delete: _ScopeBuilder.delete,
    ast.Return: _ScopeBuilder.leave,
    ast.Raise: _ScopeBuilder.throw,
    ast.Assert: _ScopeBuilder.assertion,
    ast.If: _ScopeBuilder.condition,
    ast.For: _ScopeBuilder.for_loop,
    ast.AsyncFor: _ScopeBuilder.for_loop,
    ast.While: _ScopeBuilder.while_loop,
    ast.Break: _ScopeBuilder.interrupt,
    ast.Continue: _ScopeBuilder.interrupt,
    ast.With: _ScopeBuilder.with_block,
    ast.AsyncWith: _ScopeBuilder.with_block,
    ast.Try: _ScopeBuilder.try_block,
    ast.Match: _ScopeBuilder.match_block,
    ast.Import: _ScopeBuilder.import_names,
    ast.ImportFrom: _ScopeBuilder.import_from,
    ast.FunctionDef: _ScopeBuilder.function,
    ast.AsyncFunctionDef: _ScopeBuilder.function,
    ast.ClassDef: _ScopeBuilder.class_definition,
    ast.Global: _ScopeBuilder.declare,
    ast.Nonlocal: _ScopeBuilder.declare,
}
if hasattr(ast, "TryStar"):
    _STATEMENTS[ast.TryStar] = _ScopeBuilder.try_block
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = _ScopeBuilder.type_alias

_EXPRESSIONS: dict[type[ast.AST], Callable[..., Ref]] = {
    ast.Name: _ScopeBuilder.name_of,
    ast.Constant: _ScopeBuilder.constant,
    ast.Attribute: _ScopeBuilder.attribute,
    ast.Call: _ScopeBuilder.call,
    ast.Subscript: _ScopeBuilder.subscript,
    ast.Dict: _ScopeBuilder.mapping,
    ast.List: _ScopeBuilder.sequence,
    ast.Tuple: _ScopeBuilder.sequence,
    ast.Set: _ScopeBuilder.sequence,
    ast.Starred: _ScopeBuilder.starred,
    ast.Await: _ScopeBuilder.awaited,
    ast.IfExp: _ScopeBuilder.alternative,
    ast.BoolOp: _ScopeBuilder.boolean,
    ast.Compare: _ScopeBuilder.comparison,
    ast.BinOp: _ScopeBuilder.binary,
    ast.UnaryOp: _ScopeBuilder.unary,
    ast.JoinedStr: _ScopeBuilder.formatted,
    ast.NamedExpr: _ScopeBuilder.walrus,
    ast.Yield: _ScopeBuilder.yielded,
    ast.YieldFrom: _ScopeBuilder.yielded,
    ast.Lambda: _ScopeBuilder.anonymous,
    ast.ListComp: _ScopeBuilder.comprehension,
    ast.SetComp: _ScopeBuilder.comprehension,
    ast.DictComp: _ScopeBuilder.comprehension,
    ast.GeneratorExp: _ScopeBuilder.comprehension,
    ast.Slice: _ScopeBuilder.slice,
}
