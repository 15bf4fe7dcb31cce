"""Lowers expressions and annotations to symbolic values."""

# A method is named after what it lowers, binds or joins.
# ruff: noqa: D102

import ast
from collections.abc import Callable
from itertools import pairwise

from execution_lint.extract.chains import MAXIMUM_CHAIN
from execution_lint.extract.flow import MAXIMUM_DEPTH, Environment, TooDeep
from execution_lint.extract.targets import Targets
from execution_lint.facts.scopes import (
    Comparison,
    ExitKind,
    ScopeKind,
)
from execution_lint.facts.values import (
    NONE,
    SLICE,
    Argument,
    Attribute,
    Awaited,
    Call,
    Changed,
    Choice,
    Comprehension,
    Constant,
    Element,
    Formatted,
    Free,
    Item,
    Mapping,
    Nested,
    Operation,
    Ref,
    Sequence,
    Spread,
    Text,
    Unknown,
)

_MUTATORS = frozenset({"update", "setdefault", "pop", "popitem", "clear"})
_ALL_MUTATORS = _MUTATORS | {"append", "extend", "insert", "remove", "add", "discard", "sort", "reverse"}

# One of each is enough for all regions.
_FREE: dict[str, Free] = {}
_CONSTANTS: dict[tuple[type[object], str], Constant] = {}
_POSITIONAL = tuple(Argument("", value) for value in range(1_000))
_KINDS: dict[type[object], str] = {type(None): "None", type(...): "ellipsis"}

OPERATORS: dict[type[ast.AST], str] = {
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


class Expressions(Targets):
    """Adds the value of every expression to the scope, with what it does to the names."""

    def expression(self, node: ast.expr) -> Ref:
        kind = type(node)
        if kind is ast.Name:
            # Most are names.
            return self.name_of(node)  # type: ignore[arg-type]  # the exact type was compared above
        handler = _EXPRESSIONS.get(kind)
        if handler is None:
            return self.add(Unknown(f"a {type(node).__name__} expression"), node)
        region = self.region
        region.depth += 1
        if region.depth > MAXIMUM_DEPTH:
            raise TooDeep
        value = handler(self, node)
        region.depth -= 1
        return value

    def name_of(self, node: ast.Name) -> Ref:
        name = node.id
        if self.environment is not None:
            value = self.environment.get(name)
            if value is not None:
                return value
        if name in self.locals:
            return self.add(Unknown(f"`{name}` is not bound on this way"), node)
        free = _FREE.get(name)
        if free is None:
            free = _FREE[name] = Free(name)
        return self.add(free, node)

    def constant(self, node: ast.Constant) -> Ref:
        literal = node.value
        if isinstance(literal, str):
            return self.add(Text(literal), node)
        kind = type(literal)
        if isinstance(literal, bytes):
            text = ""
        elif isinstance(literal, int) and abs(literal) >> 64:
            text = hex(literal)
        else:
            text = "..." if literal is ... else repr(literal)
        key = (kind, text)
        constant = _CONSTANTS.get(key)
        if constant is None:
            constant = _CONSTANTS[key] = Constant(_KINDS.get(kind, kind.__name__), text)
        return self.add(constant, node)

    def attribute(self, node: ast.Attribute) -> Ref:
        base = self.expression(node.value)
        return self.add(Attribute(base, node.attr), node)

    def call(self, node: ast.Call) -> Ref:
        function = self.expression(node.func)
        arguments = [self.argument(argument) for argument in node.args]
        for keyword in node.keywords:
            arguments.append(Argument(keyword.arg or "**", self.expression(keyword.value)))
        call = self.add(Call(function, tuple(arguments)), node)
        if self.loops:
            self.repeated.append(call)
        if self.environment is not None:
            self.effects(node, arguments, call, self.environment)
        return call

    def argument(self, node: ast.expr) -> Argument:
        if isinstance(node, ast.Starred):
            return Argument("*", self.expression(node.value))
        value = self.expression(node)
        return _POSITIONAL[value] if value < len(_POSITIONAL) else Argument("", value)

    def effects(self, node: ast.Call, arguments: list[Argument], call: Ref, environment: Environment) -> None:
        """What the call does to the names it is given: a method that changes its receiver, a dict that is handed on."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _ALL_MUTATORS:
            method = function.attr
            if isinstance(function.value, ast.Name) and function.value.id in environment:
                receiver = environment[function.value.id]
                how = method if method in _MUTATORS else "method"
                key = arguments[0].value if arguments and method != "update" and arguments[0].name == "" else NONE
                self.rebind(receiver, self.add(Changed(receiver, how, key, call), node))
        for position, given in enumerate(node.args):
            if type(given) is ast.Name:
                self.handed_on(given, arguments[position].value, node, call, environment)
        for keyword, argument in zip(node.keywords, arguments[len(node.args) :], strict=True):
            if type(keyword.value) is ast.Name and keyword.arg is not None:
                self.handed_on(keyword.value, argument.value, node, call, environment)

    def handed_on(self, name: ast.Name, value: Ref, node: ast.Call, call: Ref, environment: Environment) -> None:
        """A name is given to a call, which may change the dict that it stands for."""
        if environment.get(name.id) == value and self.is_changeable(value):
            self.rebind(value, self.add(Changed(value, "passed", NONE, call), node))

    def subscript(self, node: ast.Subscript) -> Ref:
        base = self.expression(node.value)
        index = self.expression(node.slice)
        return self.add(Item(base, index), node)

    def mapping(self, node: ast.Dict) -> Ref:
        entries = []
        for key, value in zip(node.keys, node.values, strict=True):
            entries.append((self.expression(key) if key is not None else NONE, self.expression(value)))
        return self.add(Mapping(tuple(entries)), node)

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Ref:
        elements = tuple(self.expression(element) for element in node.elts)
        return self.add(Sequence(type(node).__name__.lower(), elements), node)

    def starred(self, node: ast.Starred) -> Ref:
        return self.add(Spread(self.expression(node.value)), node)

    def awaited(self, node: ast.Await) -> Ref:
        return self.add(Awaited(self.expression(node.value)), node)

    def alternative(self, node: ast.IfExp) -> Ref:
        test = self.expression(node.test)
        before = dict(self.environment) if self.environment is not None else None
        first = len(self.values)
        self.narrow(node.test, True)
        body = self.expression(node.body)
        holds = self.since(first)
        self.environment = dict(before) if before is not None else None
        self.narrow(node.test, False)
        orelse = self.expression(node.orelse)
        self.fork(test, holds, self.since(holds.end))
        self.environment = before
        return self.add(Choice("if", (body, orelse)), node)

    def boolean(self, node: ast.BoolOp) -> Ref:
        values = [self.expression(node.values[0])]
        before = dict(self.environment) if self.environment is not None else None
        for earlier, operand in pairwise(node.values):
            self.narrow(earlier, isinstance(node.op, ast.And))
            nothing = self.since(len(self.values))
            values.append(self.expression(operand))
            further = self.since(nothing.end)
            if isinstance(node.op, ast.And):
                self.fork(values[-2], further, nothing)
            else:
                self.fork(values[-2], nothing, further)
        self.forget_tests(before)
        kind = "or" if isinstance(node.op, ast.Or) else "and"
        return self.add(Choice(kind, tuple(values)), node)

    def comparison(self, node: ast.Compare) -> Ref:
        span = self.region.span(node)
        operands = [self.expression(node.left)]
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            right = self.expression(operand)
            self.comparisons.append(Comparison(OPERATORS[type(operator)], operands[-1], right, span))
            operands.append(right)
        return self.add(Operation(OPERATORS[type(node.ops[0])], tuple(operands)), node)

    def binary(self, node: ast.BinOp) -> Ref:
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        if len(spine) > MAXIMUM_CHAIN:
            raise TooDeep
        value = self.expression(spine[-1].left)
        for part in reversed(spine):
            operand = self.expression(part.right)
            value = self.add(Operation(OPERATORS[type(part.op)], (value, operand)), part)
        return value

    def unary(self, node: ast.UnaryOp) -> Ref:
        operand = self.expression(node.operand)
        return self.add(Operation(OPERATORS[type(node.op)], (operand,)), node)

    def formatted(self, node: ast.JoinedStr) -> Ref:
        outer, self.region.fixed = self.region.fixed, self.region.fixed or node
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(self.expression(part.value))
                self.format_specification(part.format_spec)
            else:
                parts.append(self.expression(part))
        self.region.fixed = outer
        return self.add(Formatted(tuple(parts)), node)

    def format_specification(self, node: ast.expr | None) -> None:
        """What a format specification computes; its texts are left out, for Pythons differ on them."""
        for part in node.values if isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                self.expression(part.value)
                self.format_specification(part.format_spec)

    def walrus(self, node: ast.NamedExpr) -> Ref:
        value = self.expression(node.value)
        self.target(node.target, value, NONE)
        return value

    def yielded(self, node: ast.Yield | ast.YieldFrom) -> Ref:
        value = self.expression(node.value) if node.value is not None else NONE
        self.exit(ExitKind.YIELD, value, self.region.span(node))
        return self.add(Unknown("what is sent to a generator"), node)

    def anonymous(self, node: ast.Lambda) -> Ref:
        inner = self.inner(ScopeKind.LAMBDA, "<lambda>")
        inner.node = node
        inner.span = inner.head = self.region.span(node)
        inner.signature(node.args)
        inner.locals = frozenset(parameter.name for parameter in inner.parameters)
        inner.bind_parameters(node.args)
        value = inner.expression(node.body)
        inner.exit(ExitKind.RETURN, value, inner.span)
        return self.add(Nested(inner.index), node)

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Ref:
        outer = dict(self.environment) if self.environment is not None else None
        bound = len(self.bindings)
        targets: set[str] = set()
        for generator in node.generators:
            iterable = self.expression(generator.iter)
            element = self.add(Element(iterable, NONE), generator.target)
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
        is_partial = len(node.generators) > 1 or bool(node.generators[0].ifs)
        return self.add(Comprehension(kind, value, key, is_partial), node)

    def slice(self, node: ast.Slice) -> Ref:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.expression(part)
        return self.add(Unknown(SLICE), node)

    def annotation(self, node: ast.expr) -> Ref:
        """Like an expression, with what stands in quotes read as code."""
        kind = type(node)
        if kind is ast.Name or kind is ast.Attribute:
            return self.expression(node)
        match node:
            case ast.Constant(value=str(text)):
                return self.quoted(node, text)
            case ast.Subscript(value=base, slice=index):
                name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
                if name == "Literal":
                    return self.expression(node)
                parts = index.elts if isinstance(index, ast.Tuple) and index.elts else [index]
                generic = self.expression(base)
                read = [
                    self.annotation(parts[0]),
                    *(self.expression(part) if name == "Annotated" else self.annotation(part) for part in parts[1:]),
                ]
                if isinstance(index, ast.Tuple) and index.elts:
                    argument = self.add(Sequence("tuple", tuple(read)), index)
                else:
                    argument = read[0]
                return self.add(Item(generic, argument), node)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self.enter()
                operands = (self.annotation(left), self.annotation(right))
                self.region.depth -= 1
                return self.add(Operation("|", operands), node)
            case _:
                return self.expression(node)

    def quoted(self, node: ast.Constant, text: str) -> Ref:
        try:
            parsed = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self.add(Text(text), node)
        outer, self.region.fixed = self.region.fixed, self.region.fixed or node
        self.enter()
        value = self.annotation(parsed.body)
        self.region.depth -= 1
        self.region.fixed = outer
        return value


_COMPREHENSIONS: dict[type[ast.AST], str] = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}

_EXPRESSIONS: dict[type[ast.AST], Callable[..., Ref]] = {
    ast.Name: Expressions.name_of,
    ast.Constant: Expressions.constant,
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.Subscript: Expressions.subscript,
    ast.Dict: Expressions.mapping,
    ast.List: Expressions.sequence,
    ast.Tuple: Expressions.sequence,
    ast.Set: Expressions.sequence,
    ast.Starred: Expressions.starred,
    ast.Await: Expressions.awaited,
    ast.IfExp: Expressions.alternative,
    ast.BoolOp: Expressions.boolean,
    ast.Compare: Expressions.comparison,
    ast.BinOp: Expressions.binary,
    ast.UnaryOp: Expressions.unary,
    ast.JoinedStr: Expressions.formatted,
    ast.NamedExpr: Expressions.walrus,
    ast.Yield: Expressions.yielded,
    ast.YieldFrom: Expressions.yielded,
    ast.Lambda: Expressions.anonymous,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.Slice: Expressions.slice,
}
