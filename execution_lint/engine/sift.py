"""Decides which findings are reported. Nothing is deleted: what is held back is set aside with the reason."""

import ast
import datetime
import os
import warnings
from collections.abc import Callable

import msgspec

from execution_lint.config.glob import matches_any_path, matches_path
from execution_lint.config.schema import Config
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import EntryPoint, Finding, led_by
from execution_lint.model.place import Place, Span
from execution_lint.model.report import Reason, SetAside
from execution_lint.rules.declaration import declared_rules
from execution_lint.rules.linter import (
    exl003_unused_suppression,
    exl004_unexplained_suppression,
    exl005_expired_suppression,
    exl006_stale_baseline_entry,
)
from execution_lint.source.generated import is_generated
from execution_lint.source.suppressions import Suppression, suppressions
from execution_lint.store.baseline import Baseline

_REPORTED_IN_TESTS = frozenset({"EXL102", "EXL107", "EXL108"})
_ABOUT_COMMENTS = frozenset(
    rule.RULE.code for rule in (exl003_unused_suppression, exl004_unexplained_suppression, exl005_expired_suppression)
)
"""What is said of a comment, the comment cannot hold back."""


class Sieve(msgspec.Struct):
    """What holds findings back in one project."""

    config: Config
    codes: frozenset[str]
    threshold: Confidence
    named: frozenset[str] | None
    """The files that were named, also by a folder; None for the whole project."""
    explicit: frozenset[str]
    """The files that were named one by one: their being tests or generated does not count."""
    baseline: Baseline | None
    text_of: Callable[[str], str | None]
    """The decoded text of a file; None where it cannot be read."""
    today: datetime.date
    _comments: dict[str, tuple[Suppression, ...]] = msgspec.field(default_factory=dict)
    _used: set[tuple[str, int, int]] = msgspec.field(default_factory=set)

    def sift(self, findings: tuple[Finding, ...]) -> tuple[list[Finding], list[SetAside]]:
        """The findings that are reported, and those that are not."""
        kept: list[Finding] = []
        aside: list[SetAside] = []
        for finding in findings:
            held = self._held(finding)
            if held is None:
                left = self._left(finding)
                if isinstance(left, SetAside):
                    aside.append(left)
                else:
                    kept.append(left)
            else:
                aside.append(SetAside(finding, *held))
        return kept, aside

    def _left(self, finding: Finding) -> "Finding | SetAside":
        """The finding without the entries that a comment waives; set aside where none is left."""
        if not finding.entries:
            return finding
        waived = [(entry, comment) for entry in finding.entries if (comment := self._waiving(finding, entry))]
        if not waived:
            return finding
        gone = {id(entry) for entry, _ in waived}
        left = tuple(entry for entry in finding.entries if id(entry) not in gone)
        if not left:
            entry, comment = waived[0]
            return SetAside(finding, Reason.SUPPRESSION, f"{entry.place.path}:{comment.line}")
        told = led_by(finding, left)
        if not told.confidence.is_at_least(self.threshold):
            return SetAside(told, Reason.CONFIDENCE, f"min-confidence {self.threshold.value}")
        return told

    def _waiving(self, finding: Finding, entry: EntryPoint) -> Suppression | None:
        """The comment at an entry, at its definition or where it makes the first call of the chain."""
        own = [entry.place, *(step.place for step in entry.chain[1:2] if step.place.path == entry.place.path)]
        return next((comment for place in own if (comment := self._suppressing(finding.code, place))), None)

    def _held(self, finding: Finding) -> tuple[Reason, str] | None:
        path = finding.place.path
        comment = self._suppressing(finding.code, finding.place) if finding.code not in _ABOUT_COMMENTS else None
        if comment is not None:
            return Reason.SUPPRESSION, f"{path}:{comment.line}"
        for glob, codes in self.config.per_file_ignores:
            if any(finding.code.startswith(code) for code in codes) and matches_path(glob, path):
                return Reason.PLACE, f"per-file-ignores {glob}"
        place = self._unreported_place(finding)
        if place:
            return Reason.PLACE, place
        if not finding.confidence.is_at_least(self.threshold):
            return Reason.CONFIDENCE, f"min-confidence {self.threshold.value}"
        if self.named is not None and self.named.isdisjoint(finding.paths):
            return Reason.UNNAMED, "no file of it was named"
        if self.baseline is not None and finding.fingerprint in self.baseline.fingerprints:
            return Reason.BASELINE, self.baseline.path
        return None

    def _unreported_place(self, finding: Finding) -> str:
        path = finding.place.path
        if finding.code.startswith("EXL0") or path in self.explicit:
            return ""
        if finding.code not in _REPORTED_IN_TESTS and matches_any_path(self.config.test_paths, path):
            return "test-paths"
        if matches_any_path(self.config.frozen_paths, path):
            return "frozen-paths"
        text = self.text_of(path)
        if text is not None and is_generated(text):
            return "a generated file"
        return ""

    # Suppressions

    def comments(self, path: str) -> tuple[Suppression, ...]:
        """The suppressions of a file."""
        if path not in self._comments:
            text = self.text_of(path)
            self._comments[path] = suppressions(text) if text is not None else ()
        return self._comments[path]

    def _suppressing(self, code: str, place: Place) -> Suppression | None:
        lines: frozenset[int] | None = None
        for comment in self.comments(place.path):
            if comment.mistake or not _names(comment, code) or self._is_expired(comment):
                continue
            span = place.span
            if comment.kind != "ignore-file" and comment.line not in (span.start_line, span.end_line):
                lines = lines if lines is not None else self._head_lines(place)
                if lines.isdisjoint(
                    (
                        comment.line,
                        comment.next_code_line if comment.own_line and comment.kind == "ignore" else comment.line,
                    )
                ):
                    continue
            self._used.add((place.path, comment.line, comment.column))
            return comment
        return None

    def _is_expired(self, comment: Suppression) -> bool:
        return comment.until is not None and comment.until < self.today

    def _head_lines(self, place: Place) -> frozenset[int]:
        """The lines of the statement that the finding stands in, for a compound one those of its head."""
        span = place.span
        own = frozenset({span.start_line, span.end_line})
        text = self.text_of(place.path) or ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return own
        found = own
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and node.lineno <= span.start_line <= (node.end_lineno or node.lineno):
                body = getattr(node, "body", None) or getattr(node, "cases", None)
                first = body[0] if isinstance(body, list) and body else None
                start = getattr(first, "lineno", None) or getattr(getattr(first, "pattern", None), "lineno", None)
                last = max(node.lineno, start - 1) if start is not None else node.end_lineno or node.lineno
                if node.lineno <= span.start_line <= last:
                    found = own | frozenset(range(node.lineno, last + 1))
        return found

    def about_suppressions(self, paths: tuple[str, ...]) -> list[Finding]:
        """EXL003 to EXL005 for the suppressions in these files. To be asked after `sift`."""
        found: list[Finding] = []
        for path in paths:
            for comment in self.comments(path):
                place = Place(path, Span(comment.line, comment.column, comment.line, comment.end_column))
                if self.named is None or path in self.named:
                    found.extend(self._about(comment, place))
        return [finding for finding in found if finding.code in self.codes]

    def _about(self, comment: Suppression, place: Place) -> list[Finding]:
        is_ours = comment.names_us
        found: list[Finding] = []
        if comment.mistake:
            return [
                exl003_unused_suppression.RULE.finding(
                    place, scope="", what=f"the suppression cannot be understood: {comment.mistake}"
                )
            ]
        if self._is_expired(comment):
            return [exl005_expired_suppression.RULE.finding(place, scope="", until=str(comment.until))]
        did_run = not comment.codes or any(_ran(code, self.codes) for code in comment.codes)
        if is_ours and (place.path, comment.line, comment.column) not in self._used and did_run:
            what = f"nothing is held back by the suppression of {', '.join(comment.codes) or 'every rule'}"
            found.append(exl003_unused_suppression.RULE.finding(place, scope="", what=what, help="remove it"))
        if is_ours and self.config.require_suppression_reason and not comment.reason:
            spelled = (
                f"{comment.kind}[{', '.join(comment.codes)}]"
                if comment.kind != "noqa"
                else f"noqa: {', '.join(comment.codes)}"
            )
            help_line = "write `# execution-lint: ignore[CODE] reason`"
            found.append(exl004_unexplained_suppression.RULE.finding(place, scope="", help=help_line, comment=spelled))
        return found

    def stale(self, findings: tuple[Finding, ...]) -> list[Finding]:
        """EXL006 for what the baseline holds of this project and nobody finds any more."""
        code = exl006_stale_baseline_entry.RULE.code
        if self.baseline is None or self.named is not None or code not in self.codes:
            return []
        fingerprints = frozenset(finding.fingerprint for finding in findings)
        path = os.path.relpath(self.baseline.path, self.config.root).replace(os.sep, "/")
        return [
            exl006_stale_baseline_entry.RULE.finding(
                Place(path, Span(entry.line, 1, entry.line, 1)),
                scope="",
                help="write the baseline again with `--write-baseline`",
                code=entry.code,
                where=f"{entry.path}{f' ({entry.scope})' if entry.scope else ''}",
            )
            for entry in self.baseline.stale(self.config.root, fingerprints)
            if _ran(entry.code, self.codes)
        ]


def _names(comment: Suppression, code: str) -> bool:
    return not comment.codes or any(code.startswith(named) for named in comment.codes)


def _ran(prefix: str, codes: frozenset[str]) -> bool:
    return any(code.startswith(prefix) for code in codes) and any(
        rule.code.startswith(prefix) for rule in declared_rules()
    )
