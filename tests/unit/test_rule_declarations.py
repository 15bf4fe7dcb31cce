"""What is told of the rules without importing them is what they are."""

from execution_lint.rules import all_rules
from execution_lint.rules.declaration import DeclaredRule, declared_rules


def test_rules_are_declared_as_they_are() -> None:
    assert declared_rules() == tuple(
        DeclaredRule(
            rule.code,
            rule.options,
            rule.by_full_code_only,
            rule.is_about_contract,
            tuple(kind.__name__ for kind, _ in rule.checks),
            rule.module,
        )
        for rule in all_rules()
    )
