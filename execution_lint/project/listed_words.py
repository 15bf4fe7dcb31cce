"""Words where a type lists the words that there are, `Literal["queued", "done"]`, and has not this one."""

import re
from collections.abc import Iterator
from functools import cached_property

from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import Ref, Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import mentioned
from execution_lint.project.status_callees import StatusCallees
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_literals import StatusLiteral, StatusLiterals
from execution_lint.project.status_names import FIELDS, is_status_name
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.subjects import StatusPlace
from execution_lint.project.things import ConstantThing, Frame, TextThing, Things
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_subjects import ListedWord
from execution_lint.source.regions import Needles, RegionKind

LITERAL = "Literal"

_SAYS_STATUS = re.compile(r"status|state|phase|stage|outcome", re.IGNORECASE)
_VAGUE = frozenset({"", "unknown", "n/a", "none", "null", "-"})


class ListedCarriers(Carriers):
    """The names of types that list words, and of the fields, functions and classes whose status has such a type."""

    scan = "listed words"
    _asks_everything = False

    @cached_property
    def names(self) -> frozenset[str]:
        """`Literal`, and what a module calls a `Literal[...]`."""
        found = {LITERAL}
        for path, regions in self._inference.modules.library.candidates(Needles(frozenset({LITERAL}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                if module is not None and module.regions[region].kind is RegionKind.ASSIGNMENT:
                    found.add(module.regions[region].name)
        return frozenset(found - {""})

    @cached_property
    def naming(self) -> dict[str, tuple[int, ...]]:
        """The regions, by file, that name such a type and something called like a status."""
        called = frozenset(name for name in self.names if is_status_name(name))
        found = self._inference.modules.library.candidates(Needles(self.names, within=FIELDS | called))
        return {path: regions for path, regions in found if self._inference.modules.at(path) is not None}

    @cached_property
    def candidates(self) -> dict[str, set[int]]:
        """The regions that name what carries a listed status."""
        self.announce()
        found = self._inference.modules.library.candidates(Needles(names=self.words)) if self.words else ()
        return {path: set(self._weighing(path, regions)) for path, regions in found}

    def is_asked(self, frame: Frame, name: str) -> bool:  # noqa: ARG002 (the names say it, whatever the file)
        """Whether something called `name` can be a listed status."""
        return name in self.words

    def _carried(self, frame: Frame, scope: Scope, owner: str) -> Iterator[str]:
        carried = frozenset(super()._carried(frame, scope, owner))
        called = [parameter for parameter in scope.parameters if is_status_name(parameter.name)]
        # What has another type is called like a status, too, and lists none.
        statuses = {
            parameter.name
            for parameter in called
            if (mentioned(scope, parameter.annotation) | mentioned(scope, parameter.default)) & self.names
        }
        for assignment in scope.assignments:
            if assignment.name in carried and (
                is_status_name(assignment.name) or _is_status(scope, assignment.annotation)
            ):
                statuses.add(assignment.name)
        yield from statuses
        # A call names the parameter, or is called like what it sets: any other name says too little to look for it.
        if called or statuses or _is_status(scope, scope.returns):
            yield from (name for name in carried & {scope.name} if _SAYS_STATUS.search(name))


class ListedWords:
    """Finds the words of a project that no type lists."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies) -> None:
        self._inference = inference
        self._carriers = ListedCarriers(inference, vocabularies)
        subjects = StatusSubjects(inference, vocabularies)
        self._literals = StatusLiterals(inference, self._carriers, subjects, StatusCallees(inference, self._carriers))

    def __iter__(self) -> Iterator[ListedWord]:
        for path, regions in sorted(self._carriers.candidates.items()):
            module = self._inference.module(path)
            for region in sorted(regions):
                facts = module.scanned(region, self._carriers.scan)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    judged = (self._judged(literal) for literal in self._literals.within(frame, scope))
                    found = dict.fromkeys(word for word in judged if word is not None)
                    if found and not self._carriers.is_vocabulary_body(frame):
                        yield from found

    def _judged(self, literal: StatusLiteral) -> ListedWord | None:
        words = _listed(literal.subject.things)
        # A table that a function looks into is one of the module.
        scope = self._inference.followed(literal.frame)
        value = scope.values[literal.ref]
        if len(words) < 2 or literal.subject.peers or literal.word or not isinstance(value, Text):
            return None
        if literal.where is StatusPlace.RETURN and not (is_status_name(scope.name) or _is_status(scope, scope.returns)):
            return None
        if literal.subject.name and literal.subject.name not in self._carriers.words:
            return None
        if value.value in words:
            return None
        return ListedWord(
            place=Place(literal.frame.path, scope.spans[literal.ref]),
            scope=scope.qualname,
            literal=value.value,
            where=literal.where,
            subject=literal.subject.spelled,
            words=words,
            confidence=Confidence.POSSIBLE if value.value.lower() in _VAGUE else Confidence.PROVEN,
            evidence=literal.subject.origins,
        )


def _is_status(scope: Scope, annotation: Ref) -> bool:
    """Whether an annotation names something that is called like a status."""
    return any(is_status_name(name) for name in mentioned(scope, annotation))


def _listed(things: Things) -> tuple[str, ...]:
    """The words that a type lists, None apart; none where it may be anything else."""
    found: list[str] = []
    for thing in things:
        match thing:
            case TextThing(value=word, is_listed=True):
                found.append(word)
            case ConstantThing(kind="None"):
                continue
            case _:
                return ()
    return tuple(found)
