"""An array of objects with the keys that ruff's users know, and what only this linter has to say."""

import json

import msgspec

from execution_lint.model.finding import Finding, Related
from execution_lint.model.report import Report
from execution_lint.reporting.location import absolute


class Location(msgspec.Struct, frozen=True):
    """A position, 1-based, the column in code points."""

    row: int
    column: int


class RelatedEntry(msgspec.Struct, frozen=True):
    """A further place that explains a finding."""

    message: str
    filename: str
    location: Location


class ReachingEntry(msgspec.Struct, frozen=True):
    """A function from which the running loop comes to the finding's place."""

    name: str
    filename: str
    line: int
    chain: tuple[RelatedEntry, ...]


class Entry(msgspec.Struct, frozen=True):
    """One finding; the order of the fields is the order of the keys."""

    code: str
    message: str
    filename: str
    """Absolute, with the separators of this platform."""
    location: Location
    end_location: Location
    """Exclusive."""
    fix: None
    """No rule repairs yet."""
    url: str | None
    """The rule's page; null where the pages are not published."""
    rule: str
    confidence: str
    related: tuple[RelatedEntry, ...]
    fingerprint: str
    entries: tuple[ReachingEntry, ...]
    """Empty for the rules that follow no calls."""


def render(report: Report, pages: str | None = None) -> str:
    """The findings as JSON in ASCII, ended by a line break; `[]` where there are none.

    `pages` is the address of the folder that holds the rules' pages, None where they are not published.
    """
    entries = [_entry(project.root, finding, pages) for project in report.projects for finding in project.findings]
    # Not msgspec's encoder: it refuses lone surrogates, which names of files on POSIX may hold.
    return json.dumps(msgspec.to_builtins(entries), indent=2) + "\n"


def _entry(root: str, finding: Finding, pages: str | None) -> Entry:
    span = finding.place.span
    return Entry(
        code=finding.code,
        message=finding.message,
        filename=absolute(root, finding.place),
        location=Location(span.start_line, span.start_column),
        end_location=Location(span.end_line, span.end_column),
        fix=None,
        url=f"{pages.rstrip('/')}/{finding.code.lower()}_{finding.rule.replace('-', '_')}" if pages else None,
        rule=finding.rule,
        confidence=finding.confidence.value,
        related=_related(root, finding.related),
        fingerprint=finding.fingerprint,
        entries=tuple(
            ReachingEntry(
                name=entry.name,
                filename=absolute(root, entry.place),
                line=entry.place.span.start_line,
                chain=_related(root, entry.chain),
            )
            for entry in finding.entries
        ),
    )


def _related(root: str, related: tuple[Related, ...]) -> tuple[RelatedEntry, ...]:
    return tuple(
        RelatedEntry(
            message=item.message,
            filename=absolute(root, item.place),
            location=Location(item.place.span.start_line, item.place.span.start_column),
        )
        for item in related
    )
