"""
A suppression with an end has outlived it, and holds nothing back any more.

## Why it matters

`... until 2027-01-01` is a promise to mend the code by then.

## Instead

Mend the code, or set a new date with a new reason.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL005",
    name="expired-suppression",
    message="the suppression was meant to hold until {until}",
    since="0.1.0",
)
