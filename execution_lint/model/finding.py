"""One finding: what is wrong, where, how sure, and the facts behind it."""

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place


class Related(msgspec.Struct, frozen=True, array_like=True):
    """A further place that explains a finding: a hop of the chain, the enum's definition, the contract's line."""

    message: str
    place: Place


class EntryPoint(msgspec.Struct, frozen=True):
    """A function from which the running loop comes to a finding's place, and what is said if it leads the finding."""

    name: str
    place: Place
    chain: tuple[Related, ...]
    """From the entry down, in the order of the calls."""
    confidence: Confidence
    message: str
    help: str


class Finding(msgspec.Struct, frozen=True):
    """A promise broken at a place."""

    code: str
    """The rule's code, `EXL101`."""
    rule: str
    """The rule's name, `hand-made-event-loop`."""
    message: str
    """One sentence that names the thing."""
    place: Place
    """Where it is, relative to the project's root."""
    confidence: Confidence
    """As sure as the weakest step."""
    scope: str = ""
    """Qualified name of the enclosing definition, empty at module level."""
    help: str = ""
    """What to do about it on this path; empty where the message says all."""
    related: tuple[Related, ...] = ()
    """The facts behind it, in the order in which they explain."""
    fingerprint: str = ""
    """Identity that survives moving code, set by the engine: see `execution_lint.engine.identify`."""
    entries: tuple[EntryPoint, ...] = ()
    """From where its place is reached, for a finding of the call graph: the first one is in `message` and
    `related`."""

    @property
    def paths(self) -> frozenset[str]:
        """The files that have a part in it."""
        chains = (*self.related, *(step for entry in self.entries for step in entry.chain))
        return frozenset((self.place.path, *(step.place.path for step in chains)))


def led_by(finding: Finding, entries: tuple[EntryPoint, ...]) -> Finding:
    """The finding as the first of the entries tells it, the others counted."""
    first, further = entries[0], len(entries) - 1
    counted = f" (and from {further} further {'entry' if further == 1 else 'entries'})" if further else ""
    return msgspec.structs.replace(
        finding,
        message=first.message + counted,
        confidence=first.confidence,
        help=first.help,
        related=first.chain,
        entries=entries,
    )
