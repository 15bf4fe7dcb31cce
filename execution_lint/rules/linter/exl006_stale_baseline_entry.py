"""
The baseline holds a finding that is no longer there.

## Why it matters

A mended finding that stays in the baseline may come back unseen.

## Instead

Write the baseline again: `execution-lint scan --write-baseline FILE`.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL006",
    name="stale-baseline-entry",
    message="the baseline holds {code} in {where}, which is no longer found",
    since="0.1.0",
)
