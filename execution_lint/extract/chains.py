"""Measures chains such as `a + b + ...` and `a.b().c()...`: libcst's parser takes time in the cube of their length."""

import ast
import re

from execution_lint.source import lexer

MAXIMUM_CHAIN = 1_000
"""Links of one chain beyond which code is not given to libcst, which needs a second for them, and a sum is given up."""

_FIRST_PART: dict[type[ast.AST], str] = {
    ast.BinOp: "left",
    ast.Attribute: "value",
    ast.Call: "func",
    ast.Subscript: "value",
}
_MARK = re.compile(r"[-+*/%|&^@.]+|[()\[\]{},:;=\n]")


def has_long_chain(tree: ast.AST) -> bool:
    """Whether a chain in the tree has more links than `MAXIMUM_CHAIN`."""
    stack = [(tree, 0)]
    while stack:
        node, links = stack.pop()
        if links > MAXIMUM_CHAIN:
            return True
        first = getattr(node, _FIRST_PART.get(type(node), ""), None)
        stack.extend((child, links + 1 if child is first else 0) for child in ast.iter_child_nodes(node))
    return False


def may_have_long_chain(text: str) -> bool:
    """The same of a text that cannot be parsed: rather yes than no."""
    if len(text) <= 2 * MAXIMUM_CHAIN:
        return False
    links = [0]
    for mark in _MARK.findall(lexer.blank(text)):
        if mark in ")]}":
            if len(links) > 1:
                links.pop()
        elif mark in ",:;=" or (mark == "\n" and len(links) == 1):
            links[-1] = 0
        elif mark != "\n":
            links[-1] += 1
            if links[-1] > MAXIMUM_CHAIN:
                return True
            if mark in "([{":
                links.append(0)
    return False
