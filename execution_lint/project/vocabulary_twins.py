"""What repeats a vocabulary or says nearly the same: `Literal[...]`, constants of strings, second enums."""

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from execution_lint.facts.scopes import Scope, ScopeKind, TargetKind
from execution_lint.facts.values import NONE, Call, Declared, Item, Operation, Ref, Sequence, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place, Span
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.inference import Inference
from execution_lint.project.modules import Module
from execution_lint.project.spelling import last_name, mentioned
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.subjects import VocabularyFact
from execution_lint.project.things import At, ClassThing, Definition, ExternalThing, Frame
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_subjects import TwinForm, VocabularyTwin
from execution_lint.source.regions import Needles

LEAST_WORDS = 3
"""A vocabulary of fewer words has no twins: `on` and `off` are said everywhere."""

_LITERALS = frozenset({"typing.Literal", "typing_extensions.Literal"})
_GATHERING = frozenset({"frozenset", "set", "tuple", "list"})
_KIND = re.compile(r"_?(?:status|state|phase|stage|outcome)(?:es|s)?$", re.IGNORECASE)
_PART = re.compile(r"\w+")


class _Said(msgspec.Struct, frozen=True):
    """Words that stand together, before it is known what they repeat."""

    form: TwinForm
    name: str
    words: tuple[str, ...]
    place: Place
    scope: str
    beside: frozenset[str] = frozenset()
    """The names that stand in the same union."""


class _Nearness(msgspec.Struct, frozen=True):
    """How some words differ from a vocabulary."""

    extra: tuple[str, ...]
    lacking: tuple[str, ...]
    is_respelled: bool

    @property
    def is_exact(self) -> bool:
        """Whether it says the same, letter by letter."""
        return not self.extra and not self.lacking and not self.is_respelled


class VocabularyTwins:
    """Finds the twins of a project's vocabularies, each beside the vocabulary that it is nearest to."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, carriers: Carriers, enums: Enums) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._carriers = carriers
        self._enums = enums
        self._spoken: dict[str, frozenset[Definition]] = {}

    def __iter__(self) -> Iterator[VocabularyTwin]:
        yield from self._second_enums()
        for path, regions in sorted(self._candidates.items()):
            module = self._inference.module(path)
            for region in sorted(regions):
                facts = module.facts(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    for said in self._said(Frame(path, region, index), scope):
                        twin = self._twin(said, tuple(self._rich))
                        if twin is not None:
                            yield twin

    @cached_property
    def _rich(self) -> dict[Definition, VocabularyFact]:
        """The vocabularies with words enough, those that the contract declares first."""
        found = {
            definition: vocabulary
            for definition, vocabulary in self._vocabularies.all.items()
            if len(_words(vocabulary)) >= LEAST_WORDS and not self._is_deprecated(definition)
        }
        order = sorted(found, key=lambda definition: (not self._is_declared(definition), found[definition].dotted))
        return {definition: found[definition] for definition in order}

    def _is_deprecated(self, definition: Definition) -> bool:
        """Whether it is on its way out, and its twin on purpose."""
        scope = self._inference.scope(definition)
        return any("deprecated" in mentioned(scope, decorator) for decorator in scope.decorators)

    def _is_declared(self, definition: Definition) -> bool:
        return self._enums.entry(ClassThing(definition)) is not None

    @cached_property
    def _candidates(self) -> dict[str, set[int]]:
        """The regions that may repeat a vocabulary. Whatever does has one of any two of its words, and all but one."""
        found: dict[str, set[int]] = {}
        asked: dict[Needles, list[list[frozenset[str]]]] = {}
        for vocabulary in self._rich.values():
            # The longest are the rarest.
            words = sorted(_words(vocabulary), key=lambda word: (-len(_longest_part(word)), word))
            spellings = [_spellings(word) for word in words]
            asked.setdefault(_needles(words[0]) | _needles(words[1]), []).append(spellings)
        for needles, several in asked.items():
            for path, regions in self._inference.modules.library.candidates(needles):
                module = self._inference.modules.at(path)
                for region in regions if module is not None else ():
                    assert module is not None
                    if any(_all_but_one_stand_in(module, region, spellings) for spellings in several):
                        found.setdefault(path, set()).add(region)
        return found

    def _said(self, frame: Frame, scope: Scope) -> Iterator[_Said]:
        """The `Literal`s and the constants of a scope."""
        if self._carriers.is_vocabulary_body(frame):
            return
        for ref, value in enumerate(scope.values):
            if isinstance(value, Item) and last_name(scope, value.base) == "Literal":
                words = _texts(scope, value.index)
                if words and any(
                    isinstance(thing, ExternalThing) and thing.name in _LITERALS
                    for thing in self._inference.things(At(frame, value.base))
                ):
                    name = next((name for name, bound in scope.bindings if bound == ref), "")
                    said = self._made(frame, scope, TwinForm.LITERAL, name, words, scope.spans[ref])
                    yield msgspec.structs.replace(said, beside=_beside(scope, ref))
            elif isinstance(value, Call):
                yield from self._choices(frame, scope, value)
        if scope.kind in (ScopeKind.MODULE, ScopeKind.CLASS):
            for assignment in scope.assignments:
                words = _texts(scope, assignment.value) if assignment.kind is TargetKind.NAME else ()
                if words and assignment.name not in ("__all__", "__slots__"):
                    yield self._made(frame, scope, TwinForm.CONSTANT, assignment.name, words, assignment.span)

    def _choices(self, frame: Frame, scope: Scope, call: Call) -> Iterator[_Said]:
        """What a parser or a form offers: `choices=[...]`, `Choice([...])`."""
        for position, argument in enumerate(call.arguments):
            is_choice = argument.name == "choices" or (
                position == 0 and argument.name == "" and last_name(scope, call.function) == "Choice"
            )
            words = _texts(scope, argument.value) if is_choice else ()
            if words and isinstance(scope.values[argument.value], Sequence):
                yield self._made(frame, scope, TwinForm.CONSTANT, "", words, scope.spans[argument.value])

    def _made(self, frame: Frame, scope: Scope, form: TwinForm, name: str, words: tuple[str, ...], span: Span) -> _Said:
        return _Said(form, name, words, Place(frame.path, span), scope.qualname)

    def _second_enums(self) -> Iterator[VocabularyTwin]:
        """The enums that say what another one says; the first of two is the one that the contract declares, that more
        of the code speaks of."""
        paired = [
            definition
            for definition in self._rich
            if any(
                other != definition
                and (
                    self._nearness(self._of_enum(definition), self._rich[other], definition) is not None
                    or self._nearness(self._of_enum(other), self._rich[definition], other) is not None
                )
                for other in self._rich
            )
        ]
        order = sorted(
            paired,
            key=lambda definition: (
                not self._is_declared(definition),
                -self._uses(definition),
                self._rich[definition].dotted,
            ),
        )
        for position, definition in enumerate(order):
            twin = self._twin(self._of_enum(definition), tuple(order[:position]), definition)
            if twin is not None:
                yield twin

    def _of_enum(self, definition: Definition) -> _Said:
        vocabulary = self._rich[definition]
        scope = self._inference.scope(definition)
        return _Said(TwinForm.ENUM, vocabulary.name, _words(vocabulary), vocabulary.place, scope.qualname)

    def _uses(self, definition: Definition) -> int:
        """How many modules speak of an enum."""
        return sum(definition in self._spoken_in(path) for path in self._carriers.naming)

    def _spoken_in(self, path: str) -> frozenset[Definition]:
        """The vocabularies that a module defines or imports."""
        if path not in self._spoken:
            self._spoken[path] = frozenset(
                thing.definition
                for name in (sorted(self._carriers.names) if path in self._carriers.naming else ())
                for site in self._inference.module_sites(path, name)
                for thing in self._inference.things(site)
                if isinstance(thing, ClassThing) and thing.definition in self._vocabularies.all
            )
        return self._spoken[path]

    def _twin(
        self, said: _Said, originals: tuple[Definition, ...], own: Definition | None = None
    ) -> VocabularyTwin | None:
        """The vocabulary that the words are nearest to, the surest first; None where they repeat none."""
        beside = tuple(original for original in originals if self._stands_beside(said, original))
        originals = beside or originals
        found: list[tuple[tuple[int, bool, bool], Definition, _Nearness, Confidence]] = []
        for definition in originals:
            vocabulary = self._rich[definition]
            nearness = self._nearness(said, vocabulary, own)
            if nearness is not None and said.place != vocabulary.place:
                confidence = self._tied(said, definition, nearness, own)
                is_namesake = _stem(said.name) == _stem(vocabulary.name)
                found.append(((confidence.rank, is_namesake, nearness.is_exact), definition, nearness, confidence))
        if not found:
            return None
        _, definition, nearness, confidence = max(found, key=lambda candidate: candidate[0])
        vocabulary = self._rich[definition]
        return VocabularyTwin(
            place=said.place,
            scope=said.scope,
            form=said.form,
            name=said.name,
            vocabulary=vocabulary,
            words=said.words,
            extra=nearness.extra,
            lacking=nearness.lacking,
            is_respelled=nearness.is_respelled,
            confidence=confidence,
            evidence=(Related(f"`{vocabulary.name}` is defined here", vocabulary.place),),
        )

    def _stands_beside(self, said: _Said, definition: Definition) -> bool:
        return self._rich[definition].name.rpartition(".")[2] in said.beside

    def _nearness(self, said: _Said, vocabulary: VocabularyFact, own: Definition | None) -> _Nearness | None:
        """How the words differ from the vocabulary's; None where they say something else, or only a part of it."""
        own_words = {word.lower(): word for word in said.words}
        words = {word.lower(): word for word in _words(vocabulary)}
        extra = tuple(word for key, word in own_words.items() if key not in words)
        lacking = tuple(word for key, word in words.items() if key not in own_words)
        is_respelled = any(words[key] != word for key, word in own_words.items() if key in words)
        found = _Nearness(extra, lacking, is_respelled)
        if not extra and not lacking:
            return found
        if own is not None and self._has_names(own, vocabulary):
            return found
        is_near = len(extra) <= 1 and len(lacking) <= 1 and bool(extra) and len(words) - len(lacking) >= LEAST_WORDS
        return found if is_near else None

    def _has_names(self, own: Definition, vocabulary: VocabularyFact) -> bool:
        """Whether an enum is called like the vocabulary and has its members' names, whatever their values."""
        twin = self._rich[own]
        names = {name for name, _, _ in twin.members}
        return (
            twin.name.rpartition(".")[2] == vocabulary.name.rpartition(".")[2]
            and len(names ^ {name for name, _, _ in vocabulary.members}) <= 1
            and len(names) >= LEAST_WORDS
        )

    def _tied(self, said: _Said, definition: Definition, nearness: _Nearness, own: Definition | None) -> Confidence:
        """How sure it is that the words mean this vocabulary, and that nobody meant to say them twice."""
        path, vocabulary = said.place.path, self._rich[definition]
        speaks = definition in self._spoken_in(path) or path == definition.path
        if own is not None:
            speaks = speaks or own in self._spoken_in(definition.path)
            one, other = _stem(said.name), _stem(vocabulary.name)
            if one not in other and other not in one:
                # Two things that go through the same states.
                return Confidence.POSSIBLE
            if nearness.extra and not nearness.lacking and one != other:
                # What it adds is why there are two: an enum with members cannot be extended.
                return Confidence.POSSIBLE
        if self._stands_beside(said, definition):
            # `JobStatus | Literal[...]`: it is meant.
            return Confidence.POSSIBLE
        if speaks:
            return Confidence.PROVEN if nearness.is_exact and own is None else Confidence.LIKELY
        is_repeat = nearness.is_exact or (own is not None and self._has_names(own, vocabulary))
        is_near_by = is_repeat and _folder(path) == _folder(definition.path)
        return Confidence.LIKELY if self._is_declared(definition) or is_near_by else Confidence.POSSIBLE


def _all_but_one_stand_in(module: Module, region: int, spellings: list[frozenset[str]]) -> bool:
    """Whether no more than one of the words is missing from a region, each spelled in one of its ways."""
    missing = 0
    for words in spellings:
        if not any(module.mentions(region, word) for word in words):
            missing += 1
            if missing > 1:
                return False
    return True


def _stem(name: str) -> str:
    """What the states are of: `job` of `JobStatus`, and of `Job.Status`."""
    owner, _, own = name.rpartition(".")
    stem = _KIND.sub("", own).lower().strip("_")
    return stem if stem or not owner else _stem(owner)


def _words(vocabulary: VocabularyFact) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for _, value, _ in vocabulary.members))


def _needles(word: str) -> Needles:
    """What stands in the text wherever a string says the word."""
    is_whole = _longest_part(word) == word
    return Needles(strings=_spellings(word)) if is_whole else Needles(_spellings(word))


def _spellings(word: str) -> frozenset[str]:
    """One of these stands in the text wherever the word does, in whatever case: its longest part in the usual cases."""
    part = _longest_part(word)
    return frozenset({part, part.lower(), part.upper(), part.capitalize(), part.title()} - {""})


def _longest_part(word: str) -> str:
    return max(_PART.findall(word), key=len, default="")


def _texts(scope: Scope, ref: Ref, depth: int = 3) -> tuple[str, ...]:
    """The strings of a display that holds nothing else; of pairs, the first of each."""
    if ref == NONE or depth == 0:
        return ()
    value = scope.values[ref]
    if isinstance(value, Declared):
        return _texts(scope, value.value, depth)
    if isinstance(value, Call) and len(value.arguments) == 1 and last_name(scope, value.function) in _GATHERING:
        return _texts(scope, value.arguments[0].value, depth - 1)
    if not isinstance(value, Sequence):
        return ()
    found: list[str] = []
    for element in value.elements:
        part = scope.values[element]
        if isinstance(part, Sequence) and len(part.elements) == 2:
            part = scope.values[part.elements[0]]
        if not isinstance(part, Text):
            return ()
        found.append(part.value)
    return tuple(dict.fromkeys(found)) if len(found) >= LEAST_WORDS else ()


def _beside(scope: Scope, ref: Ref) -> frozenset[str]:
    """The names in the unions that a value stands in."""
    found: frozenset[str] = frozenset()
    inner = {ref}
    for index, value in enumerate(scope.values):
        parts = (
            value.operands
            if isinstance(value, Operation) and value.operator == "|"
            else value.elements
            if isinstance(value, Sequence)
            else (value.index,)
            if isinstance(value, Item)
            else ()
        )
        if not inner.isdisjoint(parts):
            inner.add(index)
            found = found.union(*(mentioned(scope, part) for part in parts))
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
