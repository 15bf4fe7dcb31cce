"""What a rule is, and where the rules are found."""

import importlib
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding, Related
from execution_lint.model.place import Place
from execution_lint.rules.declaration import declared_rules

if TYPE_CHECKING:
    from execution_lint.project.project import Project


class Subject(Protocol):
    """A linked fact that a rule is asked about: it knows where it stands and how sure it is."""

    @property
    def place(self) -> Place:
        """Where the finding is anchored."""

    @property
    def scope(self) -> str:
        """Qualified name of the enclosing definition."""


SubjectT = TypeVar("SubjectT", bound=Subject)
Check = Callable[[SubjectT, "Project"], Iterator[Finding]]


class Rule:
    """A promise, by code and name, with the checks that hold it."""

    def __init__(
        self,
        code: str,
        name: str,
        message: str,
        since: str,
        options: tuple[str, ...] = (),
        by_full_code_only: bool = False,
        is_about_contract: bool = False,
    ) -> None:
        """`message` is a format string whose fields are given to `finding` by name; `options` are the configuration
        keys that the rule reads; a rule `by_full_code_only` is in no prefix; one that `is_about_contract` holds those
        keys against the project, and does not check what they ask for.
        """
        self.code = code
        self.name = name
        self.message = message
        self.since = since
        self.options = options
        self.by_full_code_only = by_full_code_only
        self.is_about_contract = is_about_contract
        self.module = str(sys._getframe(1).f_globals["__name__"])
        self.checks: list[tuple[type[Subject], Check[Subject]]] = []

    @property
    def documentation(self) -> str:
        """The docstring of the rule's module: a sentence, then headed sections."""
        from inspect import cleandoc

        return cleandoc(importlib.import_module(self.module).__doc__ or "")

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation, on one line."""
        return " ".join(self.documentation.split("\n\n")[0].split())

    @property
    def slug(self) -> str:
        """The name of the rule's folder in `fixtures/rules` and page in `docs/rules`: `exl101_hand_made_event_loop`."""
        return f"{self.code.lower()}_{self.name.replace('-', '_')}"

    def on(self, subject: type[SubjectT]) -> Callable[[Check[SubjectT]], Check[SubjectT]]:
        """Subscribe a check to a kind of subject; mypy rejects a check whose parameter is not that subject."""

        def subscribe(check: Check[SubjectT]) -> Check[SubjectT]:
            self.checks.append((subject, check))  # type: ignore[arg-type]  # the engine hands each check its own subject
            return check

        return subscribe

    def finding(
        self,
        place: Place,
        *,
        scope: str,
        confidence: Confidence = Confidence.PROVEN,
        related: tuple[Related, ...] = (),
        help: str = "",
        **fields: str,
    ) -> Finding:
        """A finding of this rule at `place`, its message filled from `fields`."""
        return Finding(
            code=self.code,
            rule=self.name,
            message=self.message.format(**fields),
            place=place,
            confidence=confidence,
            scope=scope,
            help=help,
            related=related,
        )


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, sorted by code: each module below `rules` that holds a `RULE`."""
    return rules_of(frozenset(rule.code for rule in declared_rules()))


def rules_of(codes: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of these codes, sorted by them; the modules of others are not imported."""
    modules = [importlib.import_module(rule.module) for rule in declared_rules() if rule.code in codes]
    return tuple(module.RULE for module in modules)
