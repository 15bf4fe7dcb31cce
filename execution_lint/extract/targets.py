"""What is assigned to, unpacked into and declared as a parameter."""

# A method is named after what it lowers, binds or joins.
# ruff: noqa: D102

import ast
from abc import abstractmethod

from execution_lint.extract.flow import FLOW, Flow
from execution_lint.facts.scopes import (
    Assignment,
    ParameterFact,
    ParameterKind,
    ScopeKind,
    TargetKind,
)
from execution_lint.facts.values import (
    NONE,
    After,
    Assigned,
    Changed,
    Comprehension,
    Declared,
    Element,
    Parameter,
    Ref,
    Sequence,
    Spread,
)


class Targets(Flow):
    """Binds names, attributes and items to values."""

    @abstractmethod
    def annotation(self, node: ast.expr) -> Ref:
        """Like an expression, with what stands in quotes read as code."""

    def target(self, node: ast.expr, value: Ref, annotation: Ref) -> None:
        match node:
            case ast.Name(id=name):
                kind = TargetKind.GLOBAL if name in self.outer_names else TargetKind.NAME
                self.assignments.append(Assignment(kind, name, NONE, NONE, value, annotation, self.region.span(node)))
                if value != NONE:
                    is_declared = annotation != NONE and kind is TargetKind.NAME and self.kind is ScopeKind.FUNCTION
                    self.bind(name, self.add(Declared(annotation, value), node) if is_declared else value)
            case ast.Attribute(value=base, attr=name):
                receiver = self.expression(base)
                span = self.region.span(node)
                self.assignments.append(Assignment(TargetKind.ATTRIBUTE, name, receiver, NONE, value, annotation, span))
                if self.environment is not None and self.kind is ScopeKind.FUNCTION:
                    assigned = self.add(Assigned(receiver, name, value), node)
                    self.environment[FLOW] = self.add(After(self.environment[FLOW], assigned), node)
            case ast.Subscript(value=base, slice=index):
                receiver = self.expression(base)
                key = self.expression(index)
                span = self.region.span(node)
                self.assignments.append(Assignment(TargetKind.ITEM, "", receiver, key, value, annotation, span))
                if isinstance(base, ast.Name):
                    self.rebind(receiver, self.add(Changed(receiver, "set", key, value), node))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(targets, value, node)
            case ast.Starred(value=inner):
                self.target(inner, self.add(Element(value, NONE), node), annotation)
            case _:
                pass

    def unpack(self, targets: list[ast.expr], value: Ref, node: ast.expr) -> None:
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
            elif isinstance(target, ast.Starred):
                rest = self.add(Comprehension("list", self.add(Element(value, NONE), node), NONE), node)
                self.target(target.value, rest, NONE)
            else:
                self.target(target, self.add(Element(value, position), node), NONE)

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

    def bind_parameters(self, node: ast.arguments) -> None:
        """The names of the parameters stand for what is given."""
        for parameter in (*node.posonlyargs, *node.args, node.vararg, *node.kwonlyargs, node.kwarg):
            if parameter is not None:
                self.bind(parameter.arg, self.add(Parameter(parameter.arg), parameter))

    def parameter(self, node: ast.arg, kind: ParameterKind, default: ast.expr | None) -> ParameterFact:
        annotation = self.annotation(node.annotation) if node.annotation is not None else NONE
        value = self.outer_expression(default) if default is not None else NONE
        return ParameterFact(node.arg, kind, annotation, value, self.region.span(node))

    def outer_expression(self, node: ast.expr) -> Ref:
        """A decorator, default or base: evaluated before the scope has names of its own."""
        return self.expression(node)
