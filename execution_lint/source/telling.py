"""What the text of a region tells about a name, without being parsed."""

from enum import Enum

from execution_lint.source.assigning import declared_outer, may_assign, may_declare_outer
from execution_lint.source.carrying import may_carry, may_hand_on
from execution_lint.source.dangling import called_on
from execution_lint.source.naming import may_rename, may_use
from execution_lint.source.weighing import may_weigh


class Telling(Enum):
    """A question about a name that a text answers: rather yes too often than no once."""

    USES = "uses"
    """Whether the name may mean there what it names."""
    USES_AS_TEXT = "uses as text"
    """The same where strings may hold code, as annotations do."""
    ASSIGNS = "assigns"
    """Whether an attribute of that name may be assigned to."""
    DECLARES = "declares"
    """Whether the name may be declared to be the module's."""
    DECLARES_ALL = "declares all"
    """Whether the names, with blanks between them, are all that are declared to be the module's, as far as is told."""
    CALLS_ON = "calls on"
    """Whether of the names, with blanks between them, those behind a dot are all on which those before it are called
    by calls that may dangle."""
    CARRIES = "carries"
    """Whether the name may be more there than a variable."""
    HANDS_ON = "hands on"
    """Whether what the name stands for may get another name."""
    RENAMES = "renames"
    """Whether an import may bring the name under another one."""
    WEIGHS = "weighs"
    """Whether something of one of the names, with blanks between them, may be compared, looked up by or given a
    string."""


def tells(question: Telling, text: str, name: str) -> bool:
    """The answer that a text gives."""
    match question:
        case Telling.USES:
            return may_use(text, name)
        case Telling.USES_AS_TEXT:
            return may_use(text, name, in_strings=True)
        case Telling.ASSIGNS:
            return may_assign(text, name)
        case Telling.DECLARES:
            return may_declare_outer(text, name)
        case Telling.DECLARES_ALL:
            return declared_outer(text) == frozenset(name.split())
        case Telling.CALLS_ON:
            names, _, bases = name.partition(" . ")
            return called_on(text, frozenset(names.split())) == frozenset(bases.split())
        case Telling.CARRIES:
            return may_carry(text, name)
        case Telling.HANDS_ON:
            return may_hand_on(text, name)
        case Telling.RENAMES:
            return may_rename(text, name)
        case Telling.WEIGHS:
            return may_weigh(text, name)
