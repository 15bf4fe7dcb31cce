"""
A rule raised an exception: this is a mistake of the linter, not of your code.

## Why it matters

What the rule would have said of this subject is not known. The other rules and the other files go on; the run ends
with exit code 2.

## Instead

Run again with `--debug` to see the traceback, and report it with the code that it stands on.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL002",
    name="crashed-rule",
    message="rule {rule_code} stopped with {error}",
    since="0.1.0",
)
