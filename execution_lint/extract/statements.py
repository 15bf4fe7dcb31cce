"""Lowers statements: branches, loops, handlers, definitions and imports."""

# A method is named after what it lowers, binds or joins.
# ruff: noqa: D102

import ast
from collections.abc import Callable

from execution_lint.extract.binding import ALL_FIELDS, LEAVES, names_bound
from execution_lint.extract.branches import Branches, is_plain, is_telling
from execution_lint.extract.expressions import OPERATORS
from execution_lint.extract.flow import FLOW, MAXIMUM_DEPTH, Environment, Loop, TooDeep
from execution_lint.extract.made_enums import made_enum
from execution_lint.facts.scopes import (
    Arm,
    BranchKind,
    Comparison,
    ExitKind,
    Fork,
    ForkKind,
    ScopeKind,
    Stretch,
)
from execution_lint.facts.values import (
    NONE,
    After,
    Argument,
    Attribute,
    Awaited,
    Call,
    Caught,
    Changed,
    Choice,
    Element,
    Entered,
    Free,
    Imported,
    Item,
    Narrowed,
    Nested,
    Operation,
    Ref,
    Sequence,
    Unknown,
)
from execution_lint.model.place import Span


class Statements(Branches):
    """Walks the statements of one scope in the order of control flow."""

    def block(self, statements: list[ast.stmt]) -> None:
        is_followed = self.is_followed
        for position, statement in enumerate(statements):
            if self.environment is None:
                break
            self.followers = (statements, position)
            self.is_followed = is_followed or position + 1 < len(statements)
            self.statement(statement)
        self.is_followed = is_followed

    def statement(self, node: ast.stmt) -> None:
        handler = _STATEMENTS.get(type(node))
        if handler is None:
            return
        region = self.region
        region.depth += 1
        if region.depth > MAXIMUM_DEPTH:
            raise TooDeep
        handler(self, node)
        region.depth -= 1

    def expression_statement(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        value = self.expression(node.value)
        call = self.values[value]
        if self.environment is not None and isinstance(call, (Call, Awaited)):
            flow = self.add(After(self.environment[FLOW], value), self.nodes[value])
            self.environment[FLOW] = flow

    def assign(self, node: ast.Assign) -> None:
        enum = made_enum(node)
        if enum is not None:
            self.made_class(enum, self.region.span(node.targets[0]))
            return
        value = self.expression(node.value)
        for target in node.targets:
            self.target(target, value, NONE)

    def annotated_assign(self, node: ast.AnnAssign) -> None:
        annotation = self.annotation(node.annotation)
        value = self.expression(node.value) if node.value is not None else NONE
        self.target(node.target, value, annotation)

    def augmented_assign(self, node: ast.AugAssign) -> None:
        operator = OPERATORS[type(node.op)]
        load = _loaded(node.target)
        before = self.expression(load)
        operand = self.expression(node.value)
        if operator == "|" and isinstance(node.target, ast.Name):
            changed = self.add(Changed(before, "update", NONE, operand), node)
            self.rebind(before, changed)
            return
        result = self.add(Operation(operator, (before, operand)), node)
        self.target(node.target, result, NONE)

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name) and self.environment is not None:
                self.environment.pop(target.id, None)
            elif isinstance(target, ast.Subscript):
                receiver = self.expression(target.value)
                key = self.expression(target.slice)
                self.rebind(receiver, self.add(Changed(receiver, "delete", key, NONE), target))

    def leave(self, node: ast.Return) -> None:
        before = len(self.values)
        value = self.expression(node.value) if node.value is not None else NONE
        if len(self.values) == before:
            self.add(Unknown("a return"), node)
        self.exit(ExitKind.RETURN, value, self.region.span(node))
        self.environment = None

    def throw(self, node: ast.Raise) -> None:
        value = self.expression(node.exc) if node.exc is not None else NONE
        if node.cause is not None:
            self.expression(node.cause)
        self.exit(ExitKind.RAISE, value, self.region.span(node))
        self.environment = None

    def assertion(self, node: ast.Assert) -> None:
        test = self.expression(node.test)
        if is_telling(node.test):
            span = self.region.span(node)
            self.branch(BranchKind.ASSERT, node, [Arm(test, (), False, span, True)], self.followers)
        if node.msg is not None:
            self.expression(node.msg)
        self.narrow(node.test, True)

    def condition(self, node: ast.If) -> None:
        ends: list[Environment | None] = []
        branch: ast.If | None = node
        followers = self.followers
        arms: list[tuple[ast.If, Ref, bool]] = []
        held: list[tuple[Ref, Stretch]] = []
        while branch is not None:
            test = self.expression(branch.test)
            before = dict(self.environment) if self.environment is not None else None
            first = len(self.values)
            self.narrow(branch.test, True)
            self.block(branch.body)
            held.append((test, self.since(first, ends=self.end() is None)))
            ends.append(self.environment)
            arms.append((branch, test, self.end() is None))
            self.environment = before
            self.narrow(branch.test, False)
            if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
                branch = branch.orelse[0]
            else:
                self.block(branch.orelse)
                if any(is_telling(arm.test) for arm, _, _ in arms):
                    self.chain(node, arms, followers, branch.orelse)
                branch = None
        does_end = self.end() is None
        for test, holds in reversed(held):
            self.fork(test, holds, self.since(holds.end, ends=does_end))
            does_end = does_end and holds.ends
        self.environment = self.joined([*ends, self.environment])

    def for_loop(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.expression(node.iter)
        element = self.add(Element(iterable, NONE), node.target)
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
        test = NONE
        if isinstance(node, ast.While):
            test = self.expression(node.test)
            if is_telling(node.test):
                arm = Arm(test, (), False, self.stretch(node.body), False)
                self.branch(BranchKind.WHILE, node, [arm], ([], 0))
        start = dict(self.environment)
        first = len(self.values)
        if isinstance(node, ast.While):
            self.narrow(node.test, True)
        loop = Loop()
        self.loops.append(loop)
        if target is not None:
            self.target(target, element, NONE)
        is_followed, self.is_followed = self.is_followed, False
        self.block(node.body)
        self.is_followed = is_followed
        self.loops.pop()
        if isinstance(node, ast.While):
            self.fork(test, self.since(first), self.since(len(self.values)))
        else:
            self.forks.append(Fork(ForkKind.ROUNDS, NONE, (self.since(first),)))
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
            elif kind not in LEAVES:
                for field in ALL_FIELDS[kind]:
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
        swallows = NONE
        for item in node.items:
            manager = self.expression(item.context_expr)
            if _swallows(item.context_expr):
                swallows = manager
            is_async = isinstance(node, ast.AsyncWith)
            entered = self.add(Entered(manager, is_async), item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars, entered, NONE)
        before = dict(self.environment) if swallows != NONE and self.environment is not None else None
        first = len(self.values)
        self.block(node.body)
        if swallows != NONE:
            body = self.since(first, ends=self.end() is None)
            nothing = self.since(body.end)
            self.forks.append(Fork(ForkKind.ATTEMPT, NONE, (body, nothing, nothing, nothing), (swallows,)))
        self.environment = self.joined([self.environment, before])

    def try_block(self, node: ast.Try) -> None:
        assert self.environment is not None
        snapshots: list[Environment | None] = [dict(self.environment)]
        first = len(self.values)
        is_followed = self.is_followed
        for position, statement in enumerate(node.body):
            if self.end() is None:
                break
            self.followers = (node.body, position)
            self.is_followed = is_followed or position + 1 < len(node.body) or bool(node.orelse)
            self.statement(statement)
            end = self.end()
            snapshots.append(dict(end) if end is not None else None)
        self.is_followed = is_followed
        ways = [self.since(first, ends=self.end() is None)]
        interrupted = self.joined(snapshots)
        joins = self.since(ways[0].end)
        self.block(node.orelse)
        ways += [self.since(joins.end, ends=self.end() is None), joins]
        ends = [self.end()]
        kinds: list[Ref] = []
        for handler in node.handlers:
            self.environment = dict(interrupted) if interrupted is not None else None
            first = len(self.values)
            caught = self.expression(handler.type) if handler.type is not None else NONE
            kinds.append(caught)
            if handler.name is not None:
                self.bind(handler.name, self.add(Caught(caught), handler))
            self.block(handler.body)
            ways.append(self.since(first, ends=self.end() is None))
            ends.append(self.end())
        self.forks.append(Fork(ForkKind.ATTEMPT, NONE, tuple(ways), tuple(kinds)))
        after = self.joined(ends)
        if not node.finalbody:
            self.environment = after
            return
        self.environment = dict(after if after is not None else interrupted or {FLOW: NONE})
        self.block(node.finalbody)
        if after is None:
            self.environment = None

    def match_block(self, node: ast.Match) -> None:
        followers = self.followers
        subject = self.expression(node.subject)
        ends: list[Environment | None] = []
        exhaustive = False
        arms: list[Arm] = []
        for case in node.cases:
            before = dict(self.environment) if self.environment is not None else None
            first = len(self.comparisons)
            self.pattern(case.pattern, subject)
            cases = tuple(found.right for found in self.comparisons[first:] if found.left == subject)
            guard = self.expression(case.guard) if case.guard is not None else NONE
            self.block(case.body)
            ends.append(self.environment)
            is_sure = case.guard is None and is_plain(case.pattern)
            arms.append(Arm(guard, cases, is_sure, self.stretch(case.body), self.end() is None))
            self.environment = before
            if case.guard is None and _is_irrefutable(case.pattern):
                exhaustive = True
        self.branch(BranchKind.MATCH, node, arms, followers, subject=subject, has_default=exhaustive)
        self.environment = self.joined(ends if exhaustive else [*ends, self.environment])

    def pattern(self, node: ast.pattern, subject: Ref) -> Ref:
        """What is known of the subject where the pattern matches."""
        match node:
            case ast.MatchValue(value=expression):
                value = self.expression(expression)
                self.comparisons.append(Comparison("case", subject, value, self.region.span(node)))
            case ast.MatchOr(patterns=patterns):
                before = dict(self.environment) if self.environment is not None else None
                for alternative in patterns:
                    self.pattern(alternative, subject)
                    self.forget_tests(before)
            case ast.MatchAs(pattern=inner, name=name):
                matched = self.pattern(inner, subject) if inner is not None else subject
                if name is not None:
                    self.bind(name, matched)
                return matched
            case ast.MatchStar(name=name):
                if name is not None:
                    self.bind(name, self.add(Element(subject, NONE), node))
            case ast.MatchSequence(patterns=patterns):
                for position, part in enumerate(patterns):
                    self.pattern(part, self.add(Element(subject, position), node))
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key, part in zip(keys, patterns, strict=True):
                    index = self.expression(key)
                    self.pattern(part, self.add(Item(subject, index), node))
                if rest is not None:
                    self.bind(rest, self.add(Unknown("the rest of a matched mapping"), node))
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=names, kwd_patterns=keyword_patterns):
                matched = self.add(Narrowed(subject, "instance", self.expression(cls)), node)
                if self.environment is not None:
                    known = {name for name, value in self.environment.items() if value == subject and name != FLOW}
                    self.environment.update(dict.fromkeys(known, matched))
                for part in patterns:
                    self.pattern(part, self.add(Unknown("a positional part of a matched class"), node))
                for name, part in zip(names, keyword_patterns, strict=True):
                    self.pattern(part, self.add(Attribute(matched, name), node))
                return matched
            case _:
                pass
        return subject

    def import_names(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname is not None:
                self.bind(alias.asname, self.add(Imported(alias.name, "", 0), node))
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, self.add(Imported(top, "", 0), node))

    def import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            imported = self.add(Imported(node.module or "", alias.name, node.level), node)
            self.bind(alias.asname or alias.name, imported)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        inner = self.inner(ScopeKind.FUNCTION, node.name)
        inner.node = node
        inner.span = self.region.coordinates.span(node)
        inner.head = self.region.coordinates.head(node)
        inner.is_async = isinstance(node, ast.AsyncFunctionDef)
        inner.decorators = tuple(inner.outer_expression(decorator) for decorator in node.decorator_list)
        inner.returns = inner.annotation(node.returns) if node.returns is not None else NONE
        inner.signature(node.args)
        inner.body(node.args, node.body)
        self.bind(node.name, self.add(Nested(inner.index), node))

    def body(self, parameters: ast.arguments, statements: list[ast.stmt]) -> None:
        bound, outer, self.is_generator = names_bound(statements, self.region.fields)
        self.outer_names = outer
        self.locals = frozenset(bound | {parameter.name for parameter in self.parameters}) - outer
        self.bind_parameters(parameters)
        self.block(statements)
        self.close()

    def class_definition(self, node: ast.ClassDef) -> None:
        self.made_class(node, self.region.coordinates.head(node))

    def made_class(self, node: ast.ClassDef, head: Span) -> None:
        inner = self.inner(ScopeKind.CLASS, node.name)
        inner.node = node
        inner.span = self.region.coordinates.span(node)
        inner.head = head
        inner.decorators = tuple(inner.outer_expression(decorator) for decorator in node.decorator_list)
        inner.bases = tuple(
            [inner.argument(base) for base in node.bases]
            + [Argument(keyword.arg or "**", inner.outer_expression(keyword.value)) for keyword in node.keywords]
        )
        inner.bases += inner.type_variables(node)
        inner.block(node.body)
        self.bind(node.name, self.add(Nested(inner.index), node))

    def type_variables(self, node: ast.ClassDef) -> tuple[Argument, ...]:
        """`class Box[T]` as what it is short for: `class Box(Generic[T])`."""
        names = getattr(node, "type_variables", None)
        if names is None:
            names = tuple(parameter.name for parameter in getattr(node, "type_params", ()))
        if not names:
            return ()
        variables = self.add(Sequence("tuple", tuple(self.add(Free(name), node) for name in names)), node)
        return (Argument("", self.add(Item(self.add(Imported("typing", "Generic", 0), node), variables), node)),)

    def declare(self, node: ast.Global | ast.Nonlocal) -> None:
        if self.kind is not ScopeKind.FUNCTION:
            self.outer_names = self.outer_names | frozenset(node.names)

    def type_alias(self, node: ast.stmt) -> None:
        name, value = getattr(node, "name", None), getattr(node, "value", None)
        if isinstance(name, ast.Name) and isinstance(value, ast.expr):
            self.target(name, self.expression(value), NONE)


def _loaded(node: ast.expr) -> ast.expr:
    """The target of an augmented assignment, read."""
    match node:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), node)
        case _:
            return node


_SWALLOWING = frozenset({"suppress", "move_on_after", "move_on_at", "CancelScope", "raises", "assertRaises"})
"""Last names of the context managers after which control goes on where their block ended by an exception: those of the
standard library, anyio, trio and pytest."""


def _swallows(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _SWALLOWING


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


_STATEMENTS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Expr: Statements.expression_statement,
    ast.Assign: Statements.assign,
    ast.AnnAssign: Statements.annotated_assign,
    ast.AugAssign: Statements.augmented_assign,
    ast.Delete: Statements.delete,
    ast.Return: Statements.leave,
    ast.Raise: Statements.throw,
    ast.Assert: Statements.assertion,
    ast.If: Statements.condition,
    ast.For: Statements.for_loop,
    ast.AsyncFor: Statements.for_loop,
    ast.While: Statements.while_loop,
    ast.Break: Statements.interrupt,
    ast.Continue: Statements.interrupt,
    ast.With: Statements.with_block,
    ast.AsyncWith: Statements.with_block,
    ast.Try: Statements.try_block,
    ast.Match: Statements.match_block,
    ast.Import: Statements.import_names,
    ast.ImportFrom: Statements.import_from,
    ast.FunctionDef: Statements.function,
    ast.AsyncFunctionDef: Statements.function,
    ast.ClassDef: Statements.class_definition,
    ast.Global: Statements.declare,
    ast.Nonlocal: Statements.declare,
}
if hasattr(ast, "TryStar"):
    _STATEMENTS[ast.TryStar] = Statements.try_block
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = Statements.type_alias
