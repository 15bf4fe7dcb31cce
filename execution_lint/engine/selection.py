"""Which rules run: the most specific prefix wins."""

from collections.abc import Iterable

from execution_lint.config.schema import Config
from execution_lint.engine.invocation import Invocation
from execution_lint.rules.declaration import DeclaredRule, declared_rules


def selected(config: Config, invocation: Invocation) -> frozenset[str]:
    """The codes of the rules that run. The command line is a layer above the file: its `--select` replaces the file's
    selection."""
    enabled: set[str] = set()
    layers = (
        (config.select, config.extend_select, config.ignore),
        (invocation.select, invocation.extend_select, invocation.ignore),
    )
    for select, extend, ignore in layers:
        if select is not None:
            enabled.clear()
        chosen = {*(select or ()), *extend}
        for rule in declared_rules():
            gain, loss = _specificity(rule, chosen), _specificity(rule, ignore)
            if loss and loss >= gain:
                enabled.discard(rule.code)
            elif gain:
                enabled.add(rule.code)
    return frozenset(enabled)


def _specificity(rule: DeclaredRule, prefixes: Iterable[str]) -> int:
    """The length of the longest prefix that names the rule; 0 where none does. A rule by its full code alone is in no
    prefix."""
    matching = (
        prefix
        for prefix in prefixes
        if rule.code.startswith(prefix) and (not rule.by_full_code_only or prefix == rule.code)
    )
    return max((len(prefix) for prefix in matching), default=0)


def is_known(prefix: str) -> bool:
    """Whether a code or prefix names a rule."""
    return any(rule.code.startswith(prefix) for rule in declared_rules())
