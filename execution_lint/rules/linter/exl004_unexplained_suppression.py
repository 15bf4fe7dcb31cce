"""
A suppression gives no reason, and the configuration asks for one.

## Why it matters

Whoever meets the comment in a year must be able to tell whether it still holds.

## Instead

Write the reason behind the comment: `# execution-lint: ignore[EXL301] the vendor's word, not ours`.

## Options

`require-suppression-reason`: off by default.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL004",
    name="unexplained-suppression",
    message="`{comment}` gives no reason",
    since="0.1.0",
    options=("require-suppression-reason",),
)
