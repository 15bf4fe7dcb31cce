"""Lookups in a vocabulary that can find no member: `JobStatus(word.upper())`, `JobStatus["done"]`."""

import json
from collections.abc import Callable, Iterator

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import NONE, Attribute, Call, Choice, Item, Ref, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.enum_kinds import EnumAnswers, EnumKind, Enums
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import last_name, root_of, spelled
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.strings import strings
from execution_lint.project.subjects import VocabularyFact
from execution_lint.project.things import (
    At,
    ClassThing,
    ExternalThing,
    Frame,
    MemberValueThing,
    UnknownThing,
)
from execution_lint.project.vocabulary_subjects import Miss, StatusLookup

CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "casefold": str.casefold,
    "title": str.title,
    "capitalize": str.capitalize,
}
"""The methods that put a word in a case. What one of them gives, it gives again."""

_KEEPING = frozenset({"strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "rjust", "ljust"})
"""Methods that leave the case of a word as it is."""
_RECEIVERS = frozenset({"cls", "type", "__class__"})
"""How an enum's own methods speak of it."""


class StatusLookups:
    """Finds the lookups of a project that always fail."""

    def __init__(self, inference: Inference, carriers: Carriers, enums: Enums) -> None:
        self._inference = inference
        self._carriers = carriers
        self._enums = enums

    def within(self, frame: Frame, scope: Scope) -> Iterator[StatusLookup]:
        """The lookups of a scope that always fail."""
        for ref, value in enumerate(scope.values):
            match value:
                case Call(function=function, arguments=arguments) if arguments:
                    name = last_name(scope, function)
                    if name == "getattr" and len(arguments) > 1 and self._is_named(scope, arguments[0].value):
                        yield from self._got(frame, scope, ref, value)
                    elif self._is_named(scope, function) and len(arguments) == 1 and arguments[0].name in ("", "value"):
                        yield from self._called(frame, scope, ref, value)
                case Item(base=base, index=index) if self._is_named(scope, base):
                    yield from self._subscripted(frame, scope, ref, base, index)
                case _:
                    continue

    def _is_named(self, scope: Scope, ref: Ref) -> bool:
        name = last_name(scope, ref)
        return name in self._carriers.names or name in _RECEIVERS

    def _vocabularies(self, frame: Frame, ref: Ref) -> Iterator[tuple[ClassThing, VocabularyFact, Confidence]]:
        """The vocabulary that an expression names; none where it may be something else of the project."""
        things = self._inference.things(At(frame, ref))
        named = [
            thing for thing in things if not isinstance(thing, UnknownThing) and getattr(thing, "kind", "") != "None"
        ]
        if len(named) == 1 and isinstance(named[0], ClassThing):
            vocabulary = self._enums.vocabulary(named[0])
            if vocabulary is not None:
                yield named[0], vocabulary, Confidence.PROVEN if len(things) == 1 else Confidence.LIKELY

    def _called(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[StatusLookup]:
        """`JobStatus(word)`."""
        given = call.arguments[0].value
        for cls, vocabulary, confidence in self._vocabularies(frame, call.function):
            answers = self._enums.answers(cls)
            if answers.takes_other_words or not answers.values:
                continue
            accepted = (*answers.values, *answers.other_words)
            found = self._miss(frame, scope, cls, given, accepted, answers.names, by_name=False)
            if found is not None:
                miss, word = found
                yield self._lookup(
                    frame, scope, ref, f"{last_name(scope, call.function)}({_written(scope, given)})", vocabulary,
                    miss, word, "ValueError", confidence, by_name=False,
                )  # fmt: skip

    def _subscripted(self, frame: Frame, scope: Scope, ref: Ref, base: Ref, index: Ref) -> Iterator[StatusLookup]:
        """`JobStatus[name]`."""
        for cls, vocabulary, confidence in self._vocabularies(frame, base):
            answers = self._enums.answers(cls)
            if answers.takes_other_names:
                continue
            found = self._miss(frame, scope, cls, index, answers.names, answers.values, by_name=True)
            if found is not None:
                miss, word = found
                yield self._lookup(
                    frame, scope, ref, f"{last_name(scope, base)}[{_written(scope, index)}]", vocabulary,
                    miss, word, "KeyError", confidence, by_name=True,
                )  # fmt: skip

    def _got(self, frame: Frame, scope: Scope, ref: Ref, call: Call) -> Iterator[StatusLookup]:
        """`getattr(JobStatus, name)`."""
        owner, name = call.arguments[0].value, call.arguments[1].value
        if not any(
            isinstance(thing, ExternalThing) and thing.name == "builtins.getattr"
            for thing in self._inference.things(At(frame, call.function))
        ):
            return
        for cls, vocabulary, confidence in self._vocabularies(frame, owner):
            answers = self._enums.answers(cls)
            if answers.takes_other_names:
                continue
            found = self._miss(frame, scope, cls, name, answers.names, answers.values, by_name=True)
            if found is None:
                continue
            miss, word = found
            if miss is not Miss.CASE and self._is_other_attribute(cls, answers, word):
                continue
            outcome = "AttributeError" if len(call.arguments) == 2 else "the default"
            text = f"getattr({last_name(scope, owner)}, {_written(scope, name)})"
            yield self._lookup(frame, scope, ref, text, vocabulary, miss, word, outcome, confidence, by_name=True)

    def _is_other_attribute(self, cls: ClassThing, answers: EnumAnswers, name: str) -> bool:
        """Whether the enum has a method or the like of this name."""
        is_own = any(
            bool(self._inference.class_sites(base, name))
            for base in self._inference.ancestry(cls)
            if isinstance(base, ClassThing)
        )
        inherited = {EnumKind.STRING: str, EnumKind.NUMBER: int, EnumKind.PLAIN: object}[answers.kind]
        return is_own or hasattr(inherited, name) or name in ("name", "value") or name.startswith("_")

    def _miss(
        self,
        frame: Frame,
        scope: Scope,
        cls: ClassThing,
        given: Ref,
        accepted: tuple[str, ...],
        others: tuple[str, ...],
        *,
        by_name: bool,
    ) -> tuple[Miss, str] | None:
        """Why none of the accepted words can be what is given, with the word or the method; None where one can."""
        method = _case_of(scope, given)
        if method:
            makes = CASES[method]
            return (Miss.CASE, method) if all(makes(word) != word for word in accepted) else None
        found = strings(self._inference, At(frame, given)) or tuple(_literals(scope, given))
        if found:
            wrong = [word for word in found if word not in accepted]
            if not wrong or (len(wrong) < len(found) and not isinstance(scope.values[given], Choice)):
                return None
            if wrong[0] in others:
                return (Miss.VALUE_AS_NAME if by_name else Miss.NAME_AS_VALUE), wrong[0]
            return Miss.UNKNOWN, wrong[0]
        return self._by_part(frame, scope, cls, given, accepted, by_name=by_name)

    def _by_part(
        self, frame: Frame, scope: Scope, cls: ClassThing, given: Ref, accepted: tuple[str, ...], *, by_name: bool
    ) -> tuple[Miss, str] | None:
        """A member's value where a name belongs, its name where a value belongs, or a member of another enum."""
        part = scope.values[root_of(scope, given)]
        things = self._inference.things(At(frame, given))
        answers = self._enums.answers(cls)
        if by_name:
            is_value = bool(things) and all(isinstance(thing, MemberValueThing) and thing.of == cls for thing in things)
            if is_value and answers.values and not set(answers.values) & set(accepted):
                return Miss.VALUE_AS_NAME, spelled(scope, given)
            return None
        if isinstance(part, Attribute) and part.name == "name":
            owners = self._enums.is_member_of(self._inference.things(At(frame, part.base)))
            if owners == (cls,) and not set(answers.names) & set(accepted):
                return Miss.NAME_AS_VALUE, spelled(scope, given)
            return None
        enums = self._enums.is_member_of(things)
        is_other = bool(enums) and all(
            enum != cls
            and self._enums.answers(enum).kind is EnumKind.PLAIN
            and not self._enums.answers(enum).is_equal_otherwise
            for enum in enums
        )
        if is_other:
            return Miss.OTHER_ENUM, self._inference.scope(enums[0].definition).qualname
        return None

    def _lookup(
        self,
        frame: Frame,
        scope: Scope,
        ref: Ref,
        text: str,
        vocabulary: VocabularyFact,
        miss: Miss,
        word: str,
        outcome: str,
        confidence: Confidence,
        *,
        by_name: bool,
    ) -> StatusLookup:
        return StatusLookup(
            place=Place(frame.path, scope.spans[ref]),
            scope=scope.qualname,
            spelled=text,
            vocabulary=vocabulary,
            miss=miss,
            by_name=by_name,
            word=word,
            outcome=outcome,
            confidence=confidence,
            evidence=(Related(f"`{vocabulary.name}` is defined here", vocabulary.place),),
        )


def _case_of(scope: Scope, ref: Ref) -> str:
    """The method that puts a word in a case last; empty where none does."""
    ref = root_of(scope, ref)
    while ref != NONE:
        call = scope.values[ref]
        function = scope.values[call.function] if isinstance(call, Call) else None
        if not isinstance(call, Call) or not isinstance(function, Attribute):
            return ""
        if function.name in CASES and not call.arguments:
            return function.name
        if function.name not in _KEEPING:
            return ""
        ref = root_of(scope, function.base)
    return ""


def _literals(scope: Scope, ref: Ref) -> Iterator[str]:
    """The literals that `word or "done"` can end in, where it stands in the lookup itself."""
    value = scope.values[ref]
    if isinstance(value, Choice) and value.kind in ("or", "if") and all(bound != ref for _, bound in scope.bindings):
        for alternative in value.alternatives:
            text = scope.values[alternative]
            if isinstance(text, Text):
                yield text.value


def _written(scope: Scope, ref: Ref) -> str:
    value = scope.values[root_of(scope, ref)]
    return json.dumps(value.value, ensure_ascii=False) if isinstance(value, Text) else spelled(scope, ref)
