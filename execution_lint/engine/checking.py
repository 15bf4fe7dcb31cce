"""Has rules check the subjects of a project."""

import traceback
from collections.abc import Iterator

from execution_lint.engine.progress import Progress
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.project.project import Project
from execution_lint.rules.linter import exl002_crashed_rule
from execution_lint.rules.rule import Rule, Subject

_WHAT = {"LoopCall": "event loops", "RouteExit": "routes", "StatusUse": "statuses"}


def checked(project: Project, rules: tuple[Rule, ...], progress: Progress | None, *, debug: bool) -> Iterator[Finding]:
    """What the rules find: a rule that raises is a finding of its own, and the others go on."""
    kinds: dict[type[Subject], None] = {kind: None for rule in rules for kind, _ in rule.checks}
    for done, kind in enumerate(kinds):
        if progress is not None:
            progress.step(done, len(kinds), _WHAT.get(kind.__name__, kind.__name__))
        concerned = [(rule, check) for rule in rules for subscribed, check in rule.checks if subscribed is kind]
        try:
            subjects = project.subjects(kind)
        except Exception as error:
            for rule, _ in concerned:
                yield _crash(
                    rule,
                    Place(next(iter(project.inference.modules.library.paths), "."), Span(1, 1, 1, 1)),
                    "",
                    error,
                    debug=debug,
                )
            continue
        for subject in subjects:
            for rule, check in concerned:
                try:
                    yield from check(subject, project)
                except Exception as error:
                    yield _crash(rule, subject.place, subject.scope, error, debug=debug)
    if progress is not None:
        progress.step(len(kinds), len(kinds), "done")


def _crash(rule: Rule, place: Place, scope: str, error: Exception, *, debug: bool) -> Finding:
    shown = "".join(traceback.format_exception(error)) if debug else "run again with `--debug` for the traceback"
    return exl002_crashed_rule.RULE.finding(
        place, scope=scope, help=shown, rule_code=rule.code, error=f"{type(error).__name__}: {error}"
    )
