"""Converts libcst expressions to the nodes of `ast`, in source order, each placed where `ast.parse` places it."""

import ast
import operator
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from execution_lint.extract.conversion.literals import imaginary_value, integer_value
from execution_lint.extract.conversion.positions import Start
from execution_lint.extract.conversion.strings import Strings

LOAD = ast.Load()
STORE = ast.Store()
DELETE = ast.Del()

_NAMED_CONSTANTS = {"True": True, "False": False, "None": None}

_UNARY_OPERATORS: dict[type[cst.CSTNode], tuple[ast.unaryop, int]] = {
    cst.Not: (ast.Not(), 3),
    cst.Minus: (ast.USub(), 1),
    cst.Plus: (ast.UAdd(), 1),
    cst.BitInvert: (ast.Invert(), 1),
}
_BINARY_OPERATORS: dict[type[cst.CSTNode], tuple[ast.operator, int]] = {
    cst.Add: (ast.Add(), 1),
    cst.Subtract: (ast.Sub(), 1),
    cst.Multiply: (ast.Mult(), 1),
    cst.Divide: (ast.Div(), 1),
    cst.FloorDivide: (ast.FloorDiv(), 2),
    cst.Modulo: (ast.Mod(), 1),
    cst.Power: (ast.Pow(), 2),
    cst.LeftShift: (ast.LShift(), 2),
    cst.RightShift: (ast.RShift(), 2),
    cst.BitOr: (ast.BitOr(), 1),
    cst.BitAnd: (ast.BitAnd(), 1),
    cst.BitXor: (ast.BitXor(), 1),
    cst.MatrixMultiply: (ast.MatMult(), 1),
}
_BOOLEAN_OPERATORS: dict[type[cst.CSTNode], tuple[ast.boolop, int]] = {cst.And: (ast.And(), 3), cst.Or: (ast.Or(), 2)}
_COMPARISON_OPERATORS: dict[type[cst.CSTNode], tuple[ast.cmpop, tuple[int, ...]]] = {
    cst.Equal: (ast.Eq(), (2,)),
    cst.NotEqual: (ast.NotEq(), (2,)),
    cst.LessThan: (ast.Lt(), (1,)),
    cst.LessThanEqual: (ast.LtE(), (2,)),
    cst.GreaterThan: (ast.Gt(), (1,)),
    cst.GreaterThanEqual: (ast.GtE(), (2,)),
    cst.In: (ast.In(), (2,)),
    cst.NotIn: (ast.NotIn(), (3, 2)),
    cst.Is: (ast.Is(), (2,)),
    cst.IsNot: (ast.IsNot(), (2, 3)),
}


def identifier(name: str) -> str:
    """The identifier that Python reads where `name` is written."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


class Expressions(Strings):
    """Walks expressions; each method consumes the tokens of its node and returns the node of `ast`."""

    __slots__ = ("paren",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.paren: Start = (1, 0)
        """The innermost parenthesis opened around the expression that comes next."""

    def expression(self, node: cst.BaseExpression) -> ast.expr:
        """Convert any expression. What is nested to the left, as in `a.b().c`, costs no recursion."""
        outer: list[tuple[cst.BaseExpression, Start]] = []
        while True:
            for _ in node.lpar:
                self.paren = self.start()
                self.at += 1
            kind = type(node)
            leftmost = _LEFTMOST.get(kind)
            if leftmost is None:
                break
            outer.append((node, self.start()))
            node = leftmost(node)
        result = _WHOLE[kind](self, node)
        if node.rpar:
            self._close_parens(node, result)
        while outer:
            node, start = outer.pop()
            result = self.place(_CONTINUED[type(node)](self, node, result), start)
            if node.rpar:
                self._close_parens(node, result)
        return result

    def target(self, node: cst.BaseExpression) -> ast.expr:
        """Convert an expression that is bound."""
        return with_context(self.expression(node), STORE)

    def comma(self, node: cst.CSTNode | cst.MaybeSentinel | None) -> None:
        """Consume the comma of an element, where it has one."""
        if type(node) is cst.Comma:
            self.token(1)

    def identifier(self, node: cst.Name) -> str:
        """Consume a name that is no expression."""
        self.word(node.value)
        return identifier(node.value)

    def parameters(self, node: cst.Parameters) -> ast.arguments:
        """Convert the parameters of a function or a lambda."""
        defaults: list[ast.expr] = []
        keyword_defaults: list[ast.expr | None] = []
        vararg = kwarg = None

        positional_only = [self._parameter(param, defaults) for param in node.posonly_params]
        if type(node.posonly_ind) is cst.ParamSlash:
            self.token(1)
            self.comma(node.posonly_ind.comma)
        positional = [self._parameter(param, defaults) for param in node.params]
        if isinstance(node.star_arg, cst.Param):
            self.token(1)
            vararg = self._parameter(node.star_arg, [])
        elif isinstance(node.star_arg, cst.ParamStar):
            self.token(1)
            self.comma(node.star_arg.comma)
        keyword_only = []
        for param in node.kwonly_params:
            found: list[ast.expr] = []
            keyword_only.append(self._parameter(param, found))
            keyword_defaults.append(found[0] if found else None)
        if node.star_kwarg is not None:
            self.token(2)
            kwarg = self._parameter(node.star_kwarg, [])
        return ast.arguments(positional_only, positional, vararg, keyword_only, keyword_defaults, kwarg, defaults)

    def arguments(self, nodes: Sequence[cst.Arg], positional: list[ast.expr], keywords: list[ast.keyword]) -> None:
        """Convert the arguments of a call or the bases of a class into the lists given."""
        for node in nodes:
            if node.keyword is not None:
                start = self.start()
                name = self.identifier(node.keyword)
                self.token(1)
                keywords.append(self.place(ast.keyword(name, self.expression(node.value)), start))
            elif node.star == "**":
                start = self.start()
                self.at += 2
                keywords.append(self.place(ast.keyword(None, self.expression(node.value)), start))
            elif node.star == "*":
                positional.append(self.starred(node.value))
            else:
                positional.append(self.expression(node.value))
            if type(node.comma) is cst.Comma:
                self.token(1)

    def _close_parens(self, node: cst.BaseExpression, result: ast.expr) -> None:
        if isinstance(result, (ast.Tuple, ast.GeneratorExp)):
            self.token(1)
            result.end_lineno, result.end_col_offset = self.end()
            parens = len(node.rpar) - 1
        else:
            parens = len(node.rpar)
        for _ in range(parens):
            self.token(1)

    def _parameter(self, node: cst.Param, defaults: list[ast.expr]) -> ast.arg:
        start = self.start()
        parameter = ast.arg(self.identifier(node.name), None)
        if node.annotation is not None:
            self.token(1)
            parameter.annotation = self.expression(node.annotation.annotation)
        self.place(parameter, start)
        if node.default is not None:
            self.token(1)
            defaults.append(self.expression(node.default))
        self.comma(node.comma)
        return parameter

    def starred(self, value: cst.BaseExpression) -> ast.expr:
        """Convert a starred expression, given what stands behind the star."""
        start = self.start()
        self.at += 1
        return self.place(ast.Starred(self.expression(value), LOAD), start)

    def _elements(self, nodes: Sequence[cst.BaseElement]) -> list[ast.expr]:
        found = []
        for node in nodes:
            if type(node) is cst.StarredElement:
                found.append(self.starred(node.value))
            else:
                found.append(self.expression(node.value))
            if type(node.comma) is cst.Comma:
                self.token(1)
        return found

    def _name(self, node: cst.Name) -> ast.expr:
        start = self.start()
        value = node.value
        if value.isascii():
            self.at += len(value)
            if value in _NAMED_CONSTANTS:
                return self.place(ast.Constant(_NAMED_CONSTANTS[value], None), start)
            return self.place(ast.Name(value, LOAD), start)
        self.at += len(value.encode())
        return self.place(ast.Name(identifier(value), LOAD), start)

    def _ellipsis(self, _: cst.Ellipsis) -> ast.expr:
        start = self.start()
        self.at += 3
        return self.place(ast.Constant(..., None), start)

    def _integer(self, node: cst.Integer) -> ast.expr:
        start = self.start()
        self.at += len(node.value)
        return self.place(ast.Constant(integer_value(node.value), None), start)

    def _float(self, node: cst.Float) -> ast.expr:
        start = self.start()
        self.at += len(node.value)
        return self.place(ast.Constant(float(node.value), None), start)

    def _imaginary(self, node: cst.Imaginary) -> ast.expr:
        start = self.start()
        self.at += len(node.value)
        return self.place(ast.Constant(imaginary_value(node.value), None), start)

    def _comparison(self, node: cst.Comparison, left: ast.expr) -> ast.expr:
        operators: list[ast.cmpop] = []
        comparators: list[ast.expr] = []
        for comparison in node.comparisons:
            found, lengths = _COMPARISON_OPERATORS[type(comparison.operator)]
            for length in lengths:
                self.token(length)
            operators.append(found)
            comparators.append(self.expression(comparison.comparator))
        return ast.Compare(left, operators, comparators)

    def _unary_operation(self, node: cst.UnaryOperation) -> ast.expr:
        start = self.start()
        found, length = _UNARY_OPERATORS[type(node.operator)]
        self.at += length
        return self.place(ast.UnaryOp(found, self.expression(node.expression)), start)

    def _binary_operation(self, node: cst.BinaryOperation, left: ast.expr) -> ast.expr:
        found, length = _BINARY_OPERATORS[type(node.operator)]
        self.token(length)
        return ast.BinOp(left, found, self.expression(node.right))

    def _boolean_operation(self, node: cst.BooleanOperation, left: ast.expr) -> ast.expr:
        found, length = _BOOLEAN_OPERATORS[type(node.operator)]
        self.token(length)
        right = self.expression(node.right)
        if isinstance(left, ast.BoolOp) and left.op is found and not node.left.lpar:
            left.values.append(right)
            return left
        return ast.BoolOp(found, [left, right])

    def _attribute(self, node: cst.Attribute, value: ast.expr) -> ast.expr:
        self.token(1)
        return ast.Attribute(value, self.identifier(node.attr), LOAD)

    def _call(self, node: cst.Call, function: ast.expr) -> ast.expr:
        start = self.start()
        self.at += 1
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        self.arguments(node.args, positional, keywords)
        self.token(1)
        if len(node.args) == 1 and type(node.args[0].value) is cst.GeneratorExp and not node.args[0].value.lpar:
            self.place(positional[0], start)
        return ast.Call(function, positional, keywords)

    def _subscript(self, node: cst.Subscript, value: ast.expr) -> ast.expr:
        self.token(1)
        start = self.start()
        elements = node.slice
        items: list[ast.expr] = []
        for element in elements:
            item = element.slice
            if isinstance(item, cst.Slice):
                items.append(self._slice(item))
            elif isinstance(item, cst.Index):
                items.append(self.starred(item.value) if item.star else self.expression(item.value))
            self.comma(element.comma)
        if len(items) == 1 and type(elements[0].comma) is not cst.Comma and type(items[0]) is not ast.Starred:
            index = items[0]
        else:
            index = self.place(ast.Tuple(items, LOAD), start)
        self.token(1)
        return ast.Subscript(value, index, LOAD)

    def _slice(self, node: cst.Slice) -> ast.expr:
        start = self.start()
        lower = None if node.lower is None else self.expression(node.lower)
        self.token(1)
        upper = None if node.upper is None else self.expression(node.upper)
        if type(node.second_colon) is cst.Colon:
            self.token(1)
        step = None if node.step is None else self.expression(node.step)
        return self.place(ast.Slice(lower, upper, step), start)

    def _lambda(self, node: cst.Lambda) -> ast.expr:
        start = self.start()
        self.at += 6
        parameters = self.parameters(node.params)
        self.token(1)
        return self.place(ast.Lambda(parameters, self.expression(node.body)), start)

    def _await(self, node: cst.Await) -> ast.expr:
        start = self.start()
        self.at += 5
        return self.place(ast.Await(self.expression(node.expression)), start)

    def _conditional(self, node: cst.IfExp, body: ast.expr) -> ast.expr:
        self.token(2)
        test = self.expression(node.test)
        self.token(4)
        return ast.IfExp(test, body, self.expression(node.orelse))

    def _yield(self, node: cst.Yield) -> ast.expr:
        start = self.start()
        self.at += 5
        if node.value is None:
            return self.place(ast.Yield(None), start)
        if isinstance(node.value, cst.From):
            self.token(4)
            return self.place(ast.YieldFrom(self.expression(node.value.item)), start)
        return self.place(ast.Yield(self.expression(node.value)), start)

    def _starred(self, node: cst.StarredElement) -> ast.expr:
        return self.starred(node.value)

    def _named(self, node: cst.NamedExpr, target: ast.expr) -> ast.expr:
        assert isinstance(target, ast.Name)
        target.ctx = STORE
        self.token(2)
        return ast.NamedExpr(target, self.expression(node.value))

    def _tuple(self, node: cst.Tuple) -> ast.expr:
        start = self.paren if node.lpar else self.start()
        return self.place(ast.Tuple(self._elements(node.elements), LOAD), start)

    def _list(self, node: cst.List) -> ast.expr:
        start = self.start()
        self.at += 1
        elements = self._elements(node.elements)
        self.token(1)
        return self.place(ast.List(elements, LOAD), start)

    def _set(self, node: cst.Set) -> ast.expr:
        start = self.start()
        self.at += 1
        elements = self._elements(node.elements)
        self.token(1)
        return self.place(ast.Set(elements), start)

    def _dict(self, node: cst.Dict) -> ast.expr:
        start = self.start()
        self.at += 1
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                keys.append(self.expression(element.key))
                self.token(1)
            else:
                self.token(2)
                keys.append(None)
            values.append(self.expression(element.value))
            self.comma(element.comma)
        self.token(1)
        return self.place(ast.Dict(keys, values), start)

    def _generator(self, node: cst.GeneratorExp) -> ast.expr:
        start = self.paren if node.lpar else self.start()
        element = self.expression(node.elt)
        return self.place(ast.GeneratorExp(element, self._comprehensions(node.for_in)), start)

    def _list_comprehension(self, node: cst.ListComp) -> ast.expr:
        start = self.start()
        self.at += 1
        element = self.expression(node.elt)
        generators = self._comprehensions(node.for_in)
        self.token(1)
        return self.place(ast.ListComp(element, generators), start)

    def _set_comprehension(self, node: cst.SetComp) -> ast.expr:
        start = self.start()
        self.at += 1
        element = self.expression(node.elt)
        generators = self._comprehensions(node.for_in)
        self.token(1)
        return self.place(ast.SetComp(element, generators), start)

    def _dict_comprehension(self, node: cst.DictComp) -> ast.expr:
        start = self.start()
        self.at += 1
        key = self.expression(node.key)
        self.token(1)
        value = self.expression(node.value)
        generators = self._comprehensions(node.for_in)
        self.token(1)
        return self.place(ast.DictComp(key, value, generators), start)

    def _starred_dict_comprehension(self, node: Any) -> ast.expr:
        start = self.start()
        self.at += 1
        self.token(2)
        mapping = self.expression(node.value)
        place = self.place(ast.Constant(None, None), self.end())
        generators = self._comprehensions(node.for_in)
        self.token(1)
        return self.place(ast.DictComp(mapping, place, generators), start)

    def _comprehensions(self, node: cst.CompFor) -> list[ast.comprehension]:
        found: list[ast.comprehension] = []
        rest: cst.CompFor | None = node
        while rest is not None:
            if rest.asynchronous is not None:
                self.token(5)
            self.token(3)
            target = self.target(rest.target)
            self.token(2)
            iterable = self.expression(rest.iter)
            tests = []
            for condition in rest.ifs:
                self.token(2)
                tests.append(self.expression(condition.test))
            found.append(ast.comprehension(target, iterable, tests, int(rest.asynchronous is not None)))
            rest = rest.inner_for_in
        return found


def with_context(node: ast.expr, context: ast.expr_context) -> ast.expr:
    """Make `node`, converted as read, one that is bound or deleted; return it."""
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        node.ctx = context
    elif isinstance(node, (ast.Tuple, ast.List)):
        node.ctx = context
        for element in node.elts:
            with_context(element, context)
    elif isinstance(node, ast.Starred):
        node.ctx = context
        with_context(node.value, context)
    return node


_LEFTMOST: dict[type[cst.CSTNode], Callable[[Any], cst.BaseExpression]] = {
    cst.Attribute: operator.attrgetter("value"),
    cst.Subscript: operator.attrgetter("value"),
    cst.Call: operator.attrgetter("func"),
    cst.Comparison: operator.attrgetter("left"),
    cst.BinaryOperation: operator.attrgetter("left"),
    cst.BooleanOperation: operator.attrgetter("left"),
    cst.IfExp: operator.attrgetter("body"),
    cst.NamedExpr: operator.attrgetter("target"),
}
_CONTINUED: dict[type[cst.CSTNode], Callable[[Expressions, Any, ast.expr], ast.expr]] = {
    cst.Attribute: Expressions._attribute,
    cst.Subscript: Expressions._subscript,
    cst.Call: Expressions._call,
    cst.Comparison: Expressions._comparison,
    cst.BinaryOperation: Expressions._binary_operation,
    cst.BooleanOperation: Expressions._boolean_operation,
    cst.IfExp: Expressions._conditional,
    cst.NamedExpr: Expressions._named,
}
_WHOLE: dict[type[cst.CSTNode], Callable[[Expressions, Any], ast.expr]] = {
    cst.Name: Expressions._name,
    cst.Ellipsis: Expressions._ellipsis,
    cst.Integer: Expressions._integer,
    cst.Float: Expressions._float,
    cst.Imaginary: Expressions._imaginary,
    cst.SimpleString: Expressions.string,
    cst.FormattedString: Expressions.formatted_string,
    cst.ConcatenatedString: Expressions.concatenated_string,
    cst.UnaryOperation: Expressions._unary_operation,
    cst.Lambda: Expressions._lambda,
    cst.Await: Expressions._await,
    cst.Yield: Expressions._yield,
    cst.StarredElement: Expressions._starred,
    cst.Tuple: Expressions._tuple,
    cst.List: Expressions._list,
    cst.Set: Expressions._set,
    cst.Dict: Expressions._dict,
    cst.GeneratorExp: Expressions._generator,
    cst.ListComp: Expressions._list_comprehension,
    cst.SetComp: Expressions._set_comprehension,
    cst.DictComp: Expressions._dict_comprehension,
}
if hasattr(cst, "TemplatedString"):
    _WHOLE[cst.TemplatedString] = Expressions.formatted_string
if hasattr(cst, "StarredDictComp"):
    _WHOLE[cst.StarredDictComp] = Expressions._starred_dict_comprehension
