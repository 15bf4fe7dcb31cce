"""What makes a finding the same finding after code has moved."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from execution_lint.model.finding import Finding
from execution_lint.model.place import Place


def identify(findings: Iterable[Finding], text_of: Callable[[Place], str]) -> tuple[Finding, ...]:
    """`findings` in their order, each with its fingerprint; they must be all of one project, for equals are numbered.

    A fingerprint is the SHA-256, in hexadecimal, of the path relative to the root, the scope, the code, the text of
    the span with its whitespace normalised (`text_of`, empty where there is none), and the ordinal among findings
    that are equal in all these, by position. It holds no line number.
    """
    given = tuple(findings)
    parts = [_parts(finding, text_of(finding.place)) for finding in given]
    by_position = sorted(range(len(given)), key=lambda index: (given[index].place, given[index].message))
    seen: Counter[tuple[str, ...]] = Counter()
    fingerprints = {}
    for index in by_position:
        fingerprints[index] = _fingerprint((*parts[index], str(seen[parts[index]])))
        seen[parts[index]] += 1
    return tuple(msgspec.structs.replace(item, fingerprint=fingerprints[index]) for index, item in enumerate(given))


def _parts(finding: Finding, text: str) -> tuple[str, ...]:
    return finding.place.path, finding.scope, finding.code, " ".join(text.split())


def _fingerprint(parts: tuple[str, ...]) -> str:
    # A NUL occurs in none of the parts: neither in a path nor in Python source. Paths may hold lone surrogates.
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
