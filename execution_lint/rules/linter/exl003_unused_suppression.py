"""
A suppression holds nothing back.

## Why it matters

A comment that waives nothing today waives whatever comes to stand there tomorrow, and nobody will have decided that.

## Instead

Remove it. Codes of other tools in the same comment are left alone, and so are codes whose rule did not run.

## Known limits

A bare `# noqa` speaks for every tool and is never reported.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL003",
    name="unused-suppression",
    message="{what}",
    since="0.1.0",
)
