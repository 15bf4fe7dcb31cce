"""Converts statements, the walk's outermost layer."""

import ast
import sys
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execution_lint.extract.conversion.expressions import DELETE, STORE, with_context
from execution_lint.extract.conversion.patterns import Patterns

_HAS_TYPE_PARAMETERS = sys.version_info >= (3, 12)
_HAS_TYPE_PARAMETER_DEFAULTS = sys.version_info >= (3, 13)
# Read by name, for the older of the supported releases lack them.
_TRY_STAR: Any = getattr(ast, "TryStar", ast.Try)
_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", None)
_TYPE_PARAMETERS: dict[type[cst.CSTNode], Any] = {
    cst.TypeVar: getattr(ast, "TypeVar", None),
    cst.TypeVarTuple: getattr(ast, "TypeVarTuple", None),
    cst.ParamSpec: getattr(ast, "ParamSpec", None),
}

_AUGMENTED_OPERATORS: dict[type[cst.CSTNode], tuple[ast.operator, int]] = {
    cst.AddAssign: (ast.Add(), 2),
    cst.SubtractAssign: (ast.Sub(), 2),
    cst.MultiplyAssign: (ast.Mult(), 2),
    cst.DivideAssign: (ast.Div(), 2),
    cst.FloorDivideAssign: (ast.FloorDiv(), 3),
    cst.ModuloAssign: (ast.Mod(), 2),
    cst.PowerAssign: (ast.Pow(), 3),
    cst.LeftShiftAssign: (ast.LShift(), 3),
    cst.RightShiftAssign: (ast.RShift(), 3),
    cst.BitOrAssign: (ast.BitOr(), 2),
    cst.BitAndAssign: (ast.BitAnd(), 2),
    cst.BitXorAssign: (ast.BitXor(), 2),
    cst.MatrixMultiplyAssign: (ast.MatMult(), 2),
}


class Statements(Patterns):
    """Walks statements; each method consumes the tokens of its node and returns the nodes of `ast`."""

    __slots__ = ()

    def statements(self, nodes: Sequence[cst.BaseStatement]) -> list[ast.stmt]:
        """Convert the statements of a module or a block."""
        found: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine):
                self._small_statements(node.body, found)
            else:
                found.append(_COMPOUND[type(node)](self, node))
        return found

    def _small_statements(self, nodes: Sequence[cst.BaseSmallStatement], found: list[ast.stmt]) -> None:
        for node in nodes:
            start = self.start()
            found.append(self.place(_SMALL[type(node)](self, node), start))
            if type(node.semicolon) is cst.Semicolon:
                self.token(1)

    def _suite(self, node: cst.BaseSuite) -> list[ast.stmt]:
        self.token(1)
        if isinstance(node, cst.IndentedBlock):
            return self.statements(node.body)
        found: list[ast.stmt] = []
        if isinstance(node, cst.SimpleStatementSuite):
            self._small_statements(node.body, found)
        return found

    def _else(self, node: cst.Else | None) -> list[ast.stmt]:
        if node is None:
            return []
        self.token(4)
        return self._suite(node.body)

    def _if(self, node: cst.If) -> ast.stmt:
        arms = []
        keyword_length = 2
        while True:
            start = self.start()
            self.at += keyword_length
            test = self.expression(node.test)
            arms.append((start, test, self._suite(node.body)))
            rest = node.orelse
            if not isinstance(rest, cst.If):
                break
            node = rest
            keyword_length = 4
        orelse = self._else(rest)
        start, test, body = arms.pop()
        result = self.place(ast.If(test, body, orelse), start)
        while arms:
            start, test, body = arms.pop()
            result = self.place(ast.If(test, body, [result]), start)
        return result

    def _while(self, node: cst.While) -> ast.stmt:
        start = self.start()
        self.at += 5
        test = self.expression(node.test)
        body = self._suite(node.body)
        return self.place(ast.While(test, body, self._else(node.orelse)), start)

    def _for(self, node: cst.For) -> ast.stmt:
        start = self.start()
        if node.asynchronous is not None:
            self.token(5)
        self.token(3)
        target = self.target(node.target)
        self.token(2)
        iterable = self.expression(node.iter)
        body = self._suite(node.body)
        orelse = self._else(node.orelse)
        kind = ast.For if node.asynchronous is None else ast.AsyncFor
        return self.place(kind(target, iterable, body, orelse, None), start)

    def _with(self, node: cst.With) -> ast.stmt:
        start = self.start()
        if node.asynchronous is not None:
            self.token(5)
        self.token(4)
        is_parenthesized = isinstance(node.lpar, cst.LeftParen)
        if is_parenthesized:
            self.token(1)
        items = []
        for item in node.items:
            context = self.expression(item.item)
            target = None
            if item.asname is not None:
                self.token(2)
                target = self.target(item.asname.name)
            items.append(ast.withitem(context, target))
            self.comma(item.comma)
        if is_parenthesized:
            self.token(1)
        body = self._suite(node.body)
        kind = ast.With if node.asynchronous is None else ast.AsyncWith
        return self.place(kind(items, body, None), start)

    def _try(self, node: cst.Try | cst.TryStar) -> ast.stmt:
        start = self.start()
        self.at += 3
        body = self._suite(node.body)
        handlers = [self._handler(handler) for handler in node.handlers]
        orelse = self._else(node.orelse)
        final: list[ast.stmt] = []
        if node.finalbody is not None:
            self.token(7)
            final = self._suite(node.finalbody.body)
        kind = _TRY_STAR if isinstance(node, cst.TryStar) else ast.Try
        result: ast.stmt = kind(body, handlers, orelse, final)
        return self.place(result, start)

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ast.ExceptHandler:
        start = self.start()
        self.at += 6
        if isinstance(node, cst.ExceptStarHandler):
            self.token(1)
        kind = None if node.type is None else self.expression(node.type)
        name = None
        if node.name is not None and isinstance(node.name.name, cst.Name):
            self.token(2)
            name = self.identifier(node.name.name)
        return self.place(ast.ExceptHandler(kind, name, self._suite(node.body)), start)

    def _function(self, node: cst.FunctionDef) -> ast.stmt:
        decorators = self._decorators(node.decorators)
        start = self.start()
        if node.asynchronous is not None:
            self.token(5)
        self.token(3)
        name = self.identifier(node.name)
        type_parameters = self._type_parameters(node.type_parameters)
        self.token(1)
        parameters = self.parameters(node.params)
        self.token(1)
        returns = None
        if node.returns is not None:
            self.token(2)
            returns = self.expression(node.returns.annotation)
        body = self._suite(node.body)
        kind: Any = ast.FunctionDef if node.asynchronous is None else ast.AsyncFunctionDef
        result: ast.stmt = kind(name, parameters, body, decorators, returns, None, *type_parameters)
        return self.place(result, start)

    def _class_definition(self, node: cst.ClassDef) -> ast.stmt:
        decorators = self._decorators(node.decorators)
        start = self.start()
        self.at += 5
        name = self.identifier(node.name)
        type_parameters = self._type_parameters(node.type_parameters)
        bases: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if isinstance(node.lpar, cst.LeftParen):
            self.token(1)
            self.arguments((*node.bases, *node.keywords), bases, keywords)
            self.token(1)
        body = self._suite(node.body)
        kind: Any = ast.ClassDef
        result: ast.stmt = kind(name, bases, keywords, body, decorators, *type_parameters)
        # Not every `ast` has a field for them.
        parameters = node.type_parameters.params if node.type_parameters is not None else ()
        vars(result)["type_variables"] = tuple(parameter.param.name.value for parameter in parameters)
        return self.place(result, start)

    def _decorators(self, nodes: Sequence[cst.Decorator]) -> list[ast.expr]:
        found = []
        for node in nodes:
            self.token(1)
            found.append(self.expression(node.decorator))
        return found

    def _match(self, node: cst.Match) -> ast.stmt:
        start = self.start()
        self.at += 5
        subject = self.expression(node.subject)
        self.token(1)
        cases = []
        for case in node.cases:
            self.token(4)
            pattern = self.pattern(case.pattern)
            guard = None
            if case.guard is not None:
                self.token(2)
                guard = self.expression(case.guard)
            cases.append(ast.match_case(pattern, guard, self._suite(case.body)))
        return self.place(ast.Match(subject, cases), start)

    def _type_parameters(self, node: cst.TypeParameters | None) -> tuple[list[Any], ...]:
        """The last field of a definition, or no field where `ast` has none."""
        found: list[Any] = []
        if node is not None:
            self.token(1)
            for parameter in node.params:
                found.append(self._type_parameter(parameter))
                self.comma(parameter.comma)
            self.token(1)
        return (found,) if _HAS_TYPE_PARAMETERS else ()

    def _type_parameter(self, node: cst.TypeParam) -> Any:
        start = self.start()
        parameter = node.param
        fields: list[Any] = []
        if isinstance(parameter, cst.TypeVar):
            fields.append(self.identifier(parameter.name))
            if parameter.bound is not None:
                self.token(1)
            fields.append(None if parameter.bound is None else self.expression(parameter.bound))
        else:
            self.at += 1 if isinstance(parameter, cst.TypeVarTuple) else 2
            fields.append(self.identifier(parameter.name))
        default = None
        if node.default is not None:
            self.token(1)
            default = self.starred(node.default) if node.star else self.expression(node.default)
        if _HAS_TYPE_PARAMETER_DEFAULTS:
            fields.append(default)
        kind = _TYPE_PARAMETERS[type(parameter)]
        return None if kind is None else self.place(kind(*fields), start)

    def _expression_statement(self, node: cst.Expr) -> ast.stmt:
        return ast.Expr(self.expression(node.value))

    def _assign(self, node: cst.Assign) -> ast.stmt:
        targets = []
        for target in node.targets:
            targets.append(self.target(target.target))
            self.token(1)
        return ast.Assign(targets, self.expression(node.value), None)

    def _annotated_assign(self, node: cst.AnnAssign) -> ast.stmt:
        target = self.target(node.target)
        assert isinstance(target, (ast.Name, ast.Attribute, ast.Subscript))
        self.token(1)
        annotation = self.expression(node.annotation.annotation)
        value = None
        if node.value is not None:
            self.token(1)
            value = self.expression(node.value)
        is_simple = type(target) is ast.Name and not node.target.lpar
        return ast.AnnAssign(target, annotation, value, int(is_simple))

    def _augmented_assign(self, node: cst.AugAssign) -> ast.stmt:
        target = self.target(node.target)
        assert isinstance(target, (ast.Name, ast.Attribute, ast.Subscript))
        found, length = _AUGMENTED_OPERATORS[type(node.operator)]
        self.token(length)
        return ast.AugAssign(target, found, self.expression(node.value))

    def _return(self, node: cst.Return) -> ast.stmt:
        self.at += 6
        return ast.Return(None if node.value is None else self.expression(node.value))

    def _delete(self, node: cst.Del) -> ast.stmt:
        self.at += 3
        target = with_context(self.expression(node.target), DELETE)
        is_list = isinstance(target, ast.Tuple) and not node.target.lpar
        return ast.Delete(target.elts if isinstance(target, ast.Tuple) and is_list else [target])

    def _pass(self, _: cst.Pass) -> ast.stmt:
        self.at += 4
        return ast.Pass()

    def _break(self, _: cst.Break) -> ast.stmt:
        self.at += 5
        return ast.Break()

    def _continue(self, _: cst.Continue) -> ast.stmt:
        self.at += 8
        return ast.Continue()

    def _raise(self, node: cst.Raise) -> ast.stmt:
        self.at += 5
        exception = None if node.exc is None else self.expression(node.exc)
        cause = None
        if node.cause is not None:
            self.token(4)
            cause = self.expression(node.cause.item)
        return ast.Raise(exception, cause)

    def _assert(self, node: cst.Assert) -> ast.stmt:
        self.at += 6
        test = self.expression(node.test)
        message = None
        if node.msg is not None:
            self.token(1)
            message = self.expression(node.msg)
        return ast.Assert(test, message)

    def _global(self, node: cst.Global) -> ast.stmt:
        self.at += 6
        return ast.Global(self._name_items(node.names))

    def _nonlocal(self, node: cst.Nonlocal) -> ast.stmt:
        self.at += 8
        return ast.Nonlocal(self._name_items(node.names))

    def _name_items(self, nodes: Sequence[cst.NameItem]) -> list[str]:
        found = []
        for node in nodes:
            found.append(self.identifier(node.name))
            self.comma(node.comma)
        return found

    def _import(self, node: Any) -> ast.stmt:
        if type(node) is not cst.Import:
            self.token(4)
        self.token(6)
        return ast.Import([self._alias(name) for name in node.names])

    def _import_from(self, node: Any) -> ast.stmt:
        if type(node) is not cst.ImportFrom:
            self.token(4)
        self.token(4)
        for _ in node.relative:
            self.token(1)
        module = None if node.module is None else self._dotted(node.module)
        self.token(6)
        if isinstance(node.names, cst.ImportStar):
            start = self.start()
            self.at += 1
            names = [self.place(ast.alias("*", None), start)]
        else:
            is_parenthesized = node.lpar is not None
            if is_parenthesized:
                self.token(1)
            names = [self._alias(name) for name in node.names]
            if is_parenthesized:
                self.token(1)
        return ast.ImportFrom(module, names, len(node.relative))

    def _alias(self, node: cst.ImportAlias) -> ast.alias:
        start = self.start()
        name = self._dotted(node.name)
        asname = None
        if node.asname is not None and isinstance(node.asname.name, cst.Name):
            self.token(2)
            asname = self.identifier(node.asname.name)
        alias = self.place(ast.alias(name, asname), start)
        self.comma(node.comma)
        return alias

    def _dotted(self, node: cst.BaseExpression) -> str:
        parts: list[cst.Name] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr)
            node = node.value
        assert isinstance(node, cst.Name)
        name = self.identifier(node)
        while parts:
            self.token(1)
            name = f"{name}.{self.identifier(parts.pop())}"
        return name

    def _type_alias(self, node: cst.TypeAlias) -> ast.stmt:
        self.at += 4
        start = self.start()
        name = ast.Name(self.identifier(node.name), STORE)
        self.place(name, start)
        type_parameters = self._type_parameters(node.type_parameters)
        self.token(1)
        value = self.expression(node.value)
        if _TYPE_ALIAS is None:
            return ast.Assign([name], value, None)
        result: ast.stmt = _TYPE_ALIAS(name, *type_parameters, value)
        return result


_SMALL: dict[type[cst.CSTNode], Callable[[Statements, Any], ast.stmt]] = {
    cst.Expr: Statements._expression_statement,
    cst.Assign: Statements._assign,
    cst.AnnAssign: Statements._annotated_assign,
    cst.AugAssign: Statements._augmented_assign,
    cst.Return: Statements._return,
    cst.Del: Statements._delete,
    cst.Pass: Statements._pass,
    cst.Break: Statements._break,
    cst.Continue: Statements._continue,
    cst.Raise: Statements._raise,
    cst.Assert: Statements._assert,
    cst.Global: Statements._global,
    cst.Nonlocal: Statements._nonlocal,
    cst.Import: Statements._import,
    cst.ImportFrom: Statements._import_from,
    cst.TypeAlias: Statements._type_alias,
}
for _name, _convert in (("LazyImport", Statements._import), ("LazyImportFrom", Statements._import_from)):
    if hasattr(cst, _name):
        _SMALL[getattr(cst, _name)] = _convert

_COMPOUND: dict[type[cst.CSTNode], Callable[[Statements, Any], ast.stmt]] = {
    cst.If: Statements._if,
    cst.While: Statements._while,
    cst.For: Statements._for,
    cst.With: Statements._with,
    cst.Try: Statements._try,
    cst.TryStar: Statements._try,
    cst.FunctionDef: Statements._function,
    cst.ClassDef: Statements._class_definition,
    cst.Match: Statements._match,
}
