"""One file a rule: what it forbids, why, and the check. Found by discovery; nothing is registered by hand."""

from execution_lint.rules.rule import Rule, all_rules

__all__ = ["Rule", "all_rules"]
