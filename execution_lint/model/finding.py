"""One finding: what is wrong, where, how sure, and the facts behind it."""

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place


class Related(msgspec.Struct, frozen=True, array_like=True):
    """A further place that explains a finding: a hop of the chain, the enum's definition, the contract's line."""

    message: str
    place: Place


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
