"""A rule's page."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from execution_lint.reporting.explanation import Case, explain
from execution_lint.rules.rule import Rule

SOURCE = '''"""
A loop made by hand leaks.

## Why it matters
It stays open.

## Instead
Let `asyncio.run` make it.

## Known limits
None.
"""

from execution_lint.rules.rule import Rule

RULE = Rule(code="EXL101", name="hand-made-event-loop", message="m", since="0.1.0")
'''


@pytest.fixture
def rule() -> Iterator[Rule]:
    """A rule of a module that nothing but this test knows."""
    module = ModuleType("a_documented_rule")
    sys.modules[module.__name__] = module
    exec(SOURCE, vars(module))
    yield module.RULE
    del sys.modules[module.__name__]


def test_without_fixtures_the_page_is_the_docstring(rule: Rule) -> None:
    assert explain(rule, ()) == (
        """\
# EXL101: hand-made-event-loop

A loop made by hand leaks.

Since 0.1.0.

## Why it matters
It stays open.

## Instead
Let `asyncio.run` make it.

## Known limits
None.
"""
    )


def test_the_fixtures_are_the_example_and_the_cases(rule: Rule) -> None:
    cases = (
        Case("missed_alias", "An alias made at run time.", "x"),
        Case("good_nested", "", "y"),
        Case("bad_from_import_alias", "An imported alias.", "z"),
        Case("good", "The same, put right.", "asyncio.run(main())\n"),
        Case("bad", "A loop for one call.", "loop = new_event_loop()  # expect: EXL101\n"),
    )
    assert explain(rule, cases) == (
        """\
# EXL101: hand-made-event-loop

A loop made by hand leaks.

Since 0.1.0.

## Why it matters
It stays open.

## Example

### Reported

A loop for one call.

```python
loop = new_event_loop()  # EXL101
```

### Put right

The same, put right.

```python
asyncio.run(main())
```

## Instead
Let `asyncio.run` make it.

## Known limits
None.

## Cases

### Reported as well

- An imported alias. (`bad_from_import_alias`)

### Not reported

- good_nested (`good_nested`)

### Known to be missed

- An alias made at run time. (`missed_alias`)
"""
    )
