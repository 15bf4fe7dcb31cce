"""Which kinds of subjects can exist in a project at all: told from its texts, before anything that knows of a kind is
imported."""

from collections.abc import Callable

from execution_lint.config.schema import Config
from execution_lint.project.frameworks import NOT_READ, PACKAGES
from execution_lint.project.presence import DECORATING, KEYWORDS, REGISTERING
from execution_lint.project.status_names import ENDINGS, FIELDS
from execution_lint.source.signs import Sign

_LOOPS = Sign(imports=frozenset({"asyncio", "uvloop", "winloop"}))
"""Packages that have event loops."""

_RUNS = Sign(
    imports=frozenset({"asyncio", "uvloop", "winloop", "anyio", "uvicorn", "quart", "aiohttp", "asgiref", "discord"}),
    words=frozenset({"run_until_complete", "run_forever"}),
)
"""Packages that run loops, and the methods that whatever has them is taken for a loop by."""

_BRIDGES = Sign(imports=frozenset({"asyncio", "anyio"}))
_PATCHES = Sign(imports=_LOOPS.imports | {"nest_asyncio", "nest_asyncio2", "ib_insync", "ib_async"})
_COROUTINES = Sign(imports=frozenset({"asyncio"}), coroutines=True)

_ROUTES = Sign(
    imports=PACKAGES | frozenset(name.partition(".")[0] for name in NOT_READ),
    words=REGISTERING[""] - KEYWORDS,
    decorators=DECORATING[""],
)
"""Web frameworks, and what gives a path to a handler by whatever router."""

_ENUMS = Sign(words=frozenset({"Enum", "TextChoices"}))
_STATUS_ENUMS = Sign(words=frozenset({"Enum(", "Enum ("}), classes=ENDINGS, annotated=ENDINGS)
_VOCABULARY = (_ENUMS, _STATUS_ENUMS)
"""An enum that is called a status, is made by a call, or may type a field that is."""

_LISTS = Sign(words=frozenset({"Literal[", "Literal ["}))

SIGNS: "dict[str, tuple[Sign, ...]]" = {
    "LoopCall": (_LOOPS,),
    "UnclosedLoop": (_LOOPS,),
    "LoopRun": (_RUNS,),
    "LoopBridge": (_BRIDGES,),
    "NestedRun": (_RUNS,),
    "ImportTimeRun": (_RUNS,),
    "ImplicitLoop": (_LOOPS,),
    "LoopPatch": (_PATCHES,),
    "UnawaitedCoroutine": (_COROUTINES,),
    "RouteExit": (_ROUTES,),
    "RoutedHandler": (_ROUTES,),
    "AnswerModel": (_ROUTES,),
    "AnsweredStatus": (_ROUTES,),
    "ErrorAnswer": (_ROUTES,),
    "InventedIdentifier": (_ROUTES,),
    "ShadowedRoute": (_ROUTES,),
    "TupleAnswer": (_ROUTES,),
    "IdleEntry": (),
    "StatusUse": _VOCABULARY,
    "StatusLookup": _VOCABULARY,
    "StatusComparison": _VOCABULARY,
    "StatusBranch": _VOCABULARY,
    "StatusMove": _VOCABULARY,
    "VocabularyTwin": _VOCABULARY,
    "ListedWord": (_LISTS,),
    "StatusField": (Sign(fields=FIELDS),),
}
"""By kind, the signs that must all stand somewhere in the project."""

_OF_CONTRACT = frozenset({"IdleEntry"})
"""The kinds that are about the contract: they exist where there is one."""


def may_exist(kind: str, config: Config, stands: "Callable[[Sign], bool]") -> bool:
    """Whether subjects of a kind can exist in a project, or anything can be undecided of them; `stands` tells of a sign
    whether it stands anywhere in it."""
    has_contract = bool(config.envelopes or config.vocabularies or config.boundaries or config.event_loop.owners)
    if has_contract:
        return True
    return kind not in _OF_CONTRACT and all(stands(sign) for sign in SIGNS[kind])
