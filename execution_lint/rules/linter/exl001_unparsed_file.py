"""
A file that a rule asked for cannot be read, decoded or parsed.

## Why it matters

Nothing in the file was checked: its silence is worth nothing. The run ends with exit code 2, and the other files are
checked all the same.

## Instead

Mend the file, or exclude it by `extend-exclude` if it is not meant to be Python. A file that holds nothing a rule
could ask about is
never opened, and so never reported here.

## Known limits

A file without a subject is not parsed at all: use a compiler or a formatter to find every syntax error. A file that
is named on the
command line is always looked at.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(
    code="EXL001",
    name="unparsed-file",
    message="{reason}",
    since="0.1.0",
)
