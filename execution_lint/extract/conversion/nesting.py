"""Refuses text that nests deeper than libcst's parser can stand, for an overflow of its stack ends the process.

Limits: a lexical measure, so that a long chain within a statement is only seen for the operators named here.
"""

import re
from itertools import accumulate

BRACKET_LIMIT = 200
"""As in CPython's tokenizer; libcst overflows a stack of 8 MB between 1,000 and 5,000."""

RUN_LIMIT = 1_500
"""Prefix operators in a row; libcst overflows a stack of 8 MB between 2,000 and 5,000 `lambda:`."""

CHAIN_LIMIT = 10_000
"""Links of `and`, `or` or `elif`, counted in the whole text; libcst overflows a stack of 8 MB below 20,000 `and`."""

_INERT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|#[^\n]*",
    re.DOTALL,
)
_INERT_OR_BRACKET = re.compile(rf"{_INERT.pattern}|[()\[\]{{}}]", re.DOTALL)
_STEPS = {ord(bracket): 1 for bracket in "([{"} | {ord(bracket): -1 for bracket in ")]}"}
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEPS)
_RUNS = (
    ("lambda", re.compile(rf"(?:\blambda\b[^:\n]*:\s*){{{RUN_LIMIT}}}")),
    ("not", re.compile(rf"(?:\bnot\s+){{{RUN_LIMIT}}}")),
    ("-", re.compile(rf"(?:[-+~]\s*){{{RUN_LIMIT}}}")),
    ("~", re.compile(rf"(?:[-+~]\s*){{{RUN_LIMIT}}}")),
)
_CHAINS = (re.compile(r"\band\b"), re.compile(r"\bor\b"), re.compile(r"\belif\b"))


def refuse_deep_nesting(text: str) -> None:
    """Raise SyntaxError where brackets nest deeper than in Python, RecursionError where operators chain too long."""
    if text.count("(") + text.count("[") + text.count("{") <= BRACKET_LIMIT and len(text) < RUN_LIMIT:
        return
    code = _INERT.sub('""', text)
    brackets = code.encode().translate(None, _NOT_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > BRACKET_LIMIT:
        raise SyntaxError("too many nested parentheses", (None, *_deepest_place(text), None))
    for mark, run in _RUNS:
        if code.count(mark) >= RUN_LIMIT and run.search(code):
            raise RecursionError(f"more than {RUN_LIMIT} `{mark}` in a row")
    if len(code) > CHAIN_LIMIT * 4:
        for chain in _CHAINS:
            if code.count(chain.pattern[2:-2]) >= CHAIN_LIMIT and len(chain.findall(code)) >= CHAIN_LIMIT:
                raise RecursionError(f"more than {CHAIN_LIMIT} `{chain.pattern[2:-2]}`")


def _deepest_place(text: str) -> tuple[int, int]:
    """The line and the offset, both 1-based, of the bracket that is one too many."""
    depth = 0
    for match in _INERT_OR_BRACKET.finditer(text):
        depth += _STEPS.get(ord(match[0][0]), 0)
        if depth > BRACKET_LIMIT:
            return text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start())
    return 1, 1
