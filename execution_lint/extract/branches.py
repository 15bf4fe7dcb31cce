"""Notes where control goes different ways by a comparison, and what follows there."""

# A method is named after what it notes.
# ruff: noqa: D102

import ast

from execution_lint.extract.expressions import Expressions
from execution_lint.facts.scopes import Arm, Branch, BranchKind
from execution_lint.facts.values import NONE, Ref
from execution_lint.model.place import Span

_COMPARES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)


Followers = tuple[list[ast.stmt], int]
"""A block, and the position in it of the statement that the walk has come to."""


class Branches(Expressions):
    """Adds the branches of a scope that compare with more than a number or None."""

    followers: Followers = ([], 0)
    is_followed: bool = False
    """Something follows the statement that the walk has come to: in its block, or in one around it that ends with it.
    In a loop, in the same round."""

    def chain(
        self, node: ast.If, arms: list[tuple[ast.If, Ref, bool]], followers: Followers, otherwise: list[ast.stmt]
    ) -> None:
        """An `if` with its `elif`s, each with the value of its test and whether control does not come out of it; the
        walk has come to the end of the `else`."""
        found = [Arm(test, (), False, self.stretch(arm.body), ends) for arm, test, ends in arms]
        if otherwise:
            found.append(Arm(NONE, (), False, self.stretch(otherwise), self.end() is None))
        self.branch(BranchKind.IF, node, found, followers, has_default=bool(otherwise))

    def branch(
        self,
        kind: BranchKind,
        node: ast.If | ast.While | ast.Assert | ast.Match,
        arms: list[Arm],
        followers: Followers,
        *,
        subject: Ref = NONE,
        has_default: bool = False,
    ) -> None:
        span = self.region.span(node)
        start = (span.start_line, span.start_column)
        following = followers[0][followers[1] + 1 :]
        rest = self.stretch(following) if following else None
        head = self.region.span(node.subject if isinstance(node, ast.Match) else node.test)
        self.branches.append(
            Branch(kind, subject, tuple(arms), has_default, start, head, rest, self.is_followed, bool(self.loops))
        )

    def stretch(self, statements: list[ast.stmt]) -> Span:
        """From the beginning of the first statement to the end of the last."""
        first, last = self.region.span(statements[0]), self.region.span(statements[-1])
        return Span(first.start_line, first.start_column, last.end_line, last.end_column)


def is_telling(test: ast.expr) -> bool:
    """Whether a test compares something with more than a number or None."""
    match test:
        case ast.BoolOp(values=parts):
            return any(is_telling(part) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return is_telling(operand)
        case ast.Compare(ops=[operator], comparators=[right]):
            return isinstance(operator, _COMPARES) and (
                not isinstance(right, ast.Constant) or isinstance(right.value, str)
            )
        case _:
            return False


def is_plain(pattern: ast.pattern) -> bool:
    """Whether a pattern compares the subject itself with values, and asks nothing more."""
    match pattern:
        case ast.MatchValue():
            return True
        case ast.MatchOr(patterns=patterns):
            return all(is_plain(part) for part in patterns)
        case ast.MatchAs(pattern=inner) if inner is not None:
            return is_plain(inner)
        case _:
            return False
