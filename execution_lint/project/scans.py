"""The scans: searches that go through all that a region says, and judge each part of it for itself.

What is added to a region that only scans went through, or taken from it, changes nothing that they find if they find
nothing in it alone.
They are asked that with nothing at hand but the names that they go by: whoever then needs to know more may find
something.
"""

from typing import Any, NoReturn

import msgspec

from execution_lint.extract.differences import Difference
from execution_lint.facts.scopes import Scope
from execution_lint.project import aliases, coroutines, status_evidence
from execution_lint.project.aliases import binds_no_alias
from execution_lint.project.coroutines import unawaited_calls
from execution_lint.project.listed_words import ListedCarriers
from execution_lint.project.status_branches import StatusBranches
from execution_lint.project.status_carriers import Carriers, Known
from execution_lint.project.status_comparisons import StatusComparisons
from execution_lint.project.status_evidence import meets_nothing
from execution_lint.project.status_leads import leads_nowhere
from execution_lint.project.status_literals import StatusLiterals
from execution_lint.project.status_lookups import StatusLookups
from execution_lint.project.status_table_gaps import StatusTableGaps
from execution_lint.project.things import Frame


def is_silent(scan: str, known: bytes, path: str, difference: Difference) -> bool:
    """Whether a scan, which goes by what is `known`, finds nothing in what was added to a region of a file, and has
    found nothing in what is gone from it."""
    frame = Frame(path, 0, difference.index)
    try:
        return bool(known) and all(_is_silent(scan, known, frame, scope) for scope in difference.parts)
    except (_Asked, LookupError, AssertionError):
        # A part of a scope may lack what somebody counts on who is about to find something.
        return False


def _is_silent(scan: str, known: bytes, frame: Frame, scope: Scope) -> bool:
    match scan:
        case Carriers.scan:
            names = msgspec.msgpack.decode(known, type=Known)
            return leads_nowhere(scope, names.names) and not _finds_status(names, frame, scope)
        case ListedCarriers.scan:
            return not _finds_status(msgspec.msgpack.decode(known, type=Known), frame, scope)
        case coroutines.COROUTINES:
            called = msgspec.msgpack.decode(known, type=frozenset[str])
            return not any(True for _ in unawaited_calls(scope, called))
        case status_evidence.EVIDENCE:
            return meets_nothing(scope)
        case aliases.ALIASES:
            return binds_no_alias(scope)
        case _:
            return False


def _finds_status(known: Known, frame: Frame, scope: Scope) -> bool:
    carriers: Any = known
    nothing: Any = _Nothing()
    readers = (
        StatusLiterals(nothing, carriers, nothing, nothing, nothing),
        StatusComparisons(nothing, carriers, nothing, nothing),
        StatusLookups(nothing, carriers, nothing),
        StatusBranches(carriers, nothing, nothing, nothing),
        StatusTableGaps(nothing, carriers, nothing, nothing),
    )
    return any(True for reader in readers for _ in reader.within(frame, scope))


class _Asked(Exception):
    """Somebody needs to know more than is at hand."""


class _Nothing:
    """Stands for all that is known of a project."""

    def __getattr__(self, name: str) -> NoReturn:
        raise _Asked
