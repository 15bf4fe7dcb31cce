"""What the rules on vocabularies are asked about, besides the single literal."""

from enum import Enum

import msgspec

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.subjects import StatusPlace, VocabularyFact


class Miss(Enum):
    """Why a lookup finds no member."""

    CASE = "case"
    """The word is put in a case that no value, or no name, has."""
    UNKNOWN = "unknown"
    """The literal is none of them."""
    VALUE_AS_NAME = "value as name"
    """It is a value, where a name belongs."""
    NAME_AS_VALUE = "name as value"
    """It is a name, where a value belongs."""
    OTHER_ENUM = "other enum"
    """It is a member of another enum."""


class StatusLookup(msgspec.Struct, frozen=True):
    """A lookup in a vocabulary that finds no member, whatever it is asked."""

    place: Place
    scope: str
    spelled: str
    """`JobStatus(word.upper())`."""
    vocabulary: VocabularyFact
    miss: Miss
    by_name: bool
    """In brackets or by `getattr`: a name belongs there."""
    word: str
    """The literal, or the method that makes the case: `upper`."""
    outcome: str
    """What comes of it: `ValueError`, or a default."""
    confidence: Confidence
    evidence: tuple[Related, ...]


class ListedWord(msgspec.Struct, frozen=True):
    """A string literal where a type lists the words that there are, and has not this one."""

    place: Place
    scope: str
    literal: str
    where: StatusPlace
    subject: str
    """What has the type, as people would write it: `run.state`."""
    words: tuple[str, ...]
    """Those that the type lists."""
    confidence: Confidence
    evidence: tuple[Related, ...]


class Opponent(Enum):
    """What a member is compared with."""

    STRING = "a string"
    OTHER_ENUM = "another enum"


class StatusComparison(msgspec.Struct, frozen=True):
    """A comparison, or a lookup in a table, of a member with what it is never equal to."""

    place: Place
    scope: str
    member: str
    """The member as it is written: `job.status`."""
    other: str
    """The other side, as it is written."""
    enum: str
    """The enum of the member."""
    opponent: Opponent
    opponent_enum: str
    """The enum of the other side; empty for a string."""
    is_always: bool
    """What the expression always is."""
    is_lookup: bool
    """A table is asked, and never has the key."""
    confidence: Confidence
    evidence: tuple[Related, ...]


class BranchForm(Enum):
    """How code tells the members of a vocabulary apart."""

    MATCH = "match"
    CHAIN = "chain"
    """`if` and `elif`, or one `if` that returns after the other."""
    TABLE = "table"


class StatusBranch(msgspec.Struct, frozen=True):
    """A `match`, a chain or a table over a status that has no default and leaves members out."""

    place: Place
    scope: str
    form: BranchForm
    subject: str
    """The status as it is written, or the name of the table."""
    vocabulary: VocabularyFact
    named: tuple[str, ...]
    missing: tuple[str, ...]
    """In the order of the enum."""
    consequence: str
    """What comes of a missing one: `falls off the end of the function`."""
    confidence: Confidence
    evidence: tuple[Related, ...]


class TwinForm(Enum):
    """In which form a vocabulary is said again."""

    LITERAL = "Literal"
    CONSTANT = "constant"
    ENUM = "enum"


class VocabularyTwin(msgspec.Struct, frozen=True):
    """Something that repeats a vocabulary, or says nearly the same."""

    place: Place
    scope: str
    form: TwinForm
    name: str
    """What it is called; empty for an annotation."""
    vocabulary: VocabularyFact
    words: tuple[str, ...]
    """What it says."""
    extra: tuple[str, ...]
    """Words that the vocabulary has not, whatever their case."""
    lacking: tuple[str, ...]
    """Words of the vocabulary that it has not, whatever their case."""
    is_respelled: bool
    """Some words differ in their case alone."""
    confidence: Confidence
    evidence: tuple[Related, ...]


class StatusField(msgspec.Struct, frozen=True):
    """A field that holds a status as a plain string, with every literal that is stored in it or compared with it."""

    place: Place
    """Of its declaration."""
    scope: str
    spelled: str
    """`Job.status`."""
    words: tuple[str, ...]
    """The literals, in the order in which they are found, each once."""
    is_stored: bool
    is_compared: bool
    uses: tuple[Related, ...]
    """Where each stands."""
    confidence: Confidence


class StatusMove(msgspec.Struct, frozen=True):
    """A change of a status from a known state along an edge that the contract does not have."""

    place: Place
    scope: str
    subject: str
    """What is moved, as it is written: `job.status`."""
    vocabulary: VocabularyFact
    sources: tuple[str, ...]
    """The states that it can be in there and cannot be moved from."""
    target: str
    allowed: tuple[str, ...]
    """Where it could be moved to from the first of them."""
    is_listed: bool
    """The contract says what follows the source states, if only that nothing does."""
    confidence: Confidence
    evidence: tuple[Related, ...]
