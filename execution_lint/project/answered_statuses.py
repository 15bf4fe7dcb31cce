"""The values under the status key of governed answers that are not from the contract's vocabulary."""

from collections.abc import Iterable, Iterator

from execution_lint.facts.values import Text
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.answer_values import AnswerValues, Held
from execution_lint.project.inference import Inference
from execution_lint.project.subjects import AnsweredStatus, RouteExit, VocabularyFact
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    TextThing,
    Thing,
)
from execution_lint.project.vocabularies import Vocabularies


class AnsweredStatuses:
    """Follows governed answers to what stands under the status key of their envelope."""

    def __init__(self, inference: Inference, values: AnswerValues, vocabularies: Vocabularies) -> None:
        self._inference = inference
        self._values = values
        self._vocabularies = vocabularies

    def of_exits(self, exits: Iterable[RouteExit]) -> Iterator[AnsweredStatus]:
        """Every value, each place once, that is not from the vocabulary that the contract ties the key to."""
        found: dict[Place, AnsweredStatus] = {}
        for exit in exits:
            governance = exit.governance
            status = governance.envelope.status if governance is not None else None
            if status is None or exit.value is None:
                continue
            definition = self._vocabulary(status.vocabulary.spelled)
            if definition is None:
                continue
            origin = Frame(exit.value.path, exit.value.region, exit.value.scope)
            for held in self._values.under(At(origin, exit.value.ref), status.key):
                answered = self._judged(exit, held, status.key, definition)
                if answered is not None:
                    found.setdefault(answered.place, answered)
        yield from found.values()

    def _vocabulary(self, dotted: str) -> Definition | None:
        everything = self._vocabularies.all
        return next((definition for definition, fact in everything.items() if fact.dotted == dotted), None)

    def _judged(self, exit: RouteExit, held: Held, key: str, wanted: Definition) -> AnsweredStatus | None:
        vocabulary = self._vocabularies.all[wanted]
        things = self._inference.things(held.at)
        literal = self._inference.value(held.at)
        if isinstance(literal, Text):
            what = f'"{literal.value}"'
            member = vocabulary.member_of(literal.value)
        else:
            wrong = [self._wrong(thing, wanted) for thing in things]
            if not wrong or not all(wrong):
                return None
            what, member = wrong[0], None
        scope = self._inference.scope(held.at.frame)
        return AnsweredStatus(
            place=Place(held.at.frame.path, scope.spans[held.at.ref]),
            scope=scope.qualname,
            exit=exit,
            key=key,
            what=what,
            literal=literal.value if isinstance(literal, Text) else None,
            member=member,
            vocabulary=vocabulary,
            confidence=Confidence.weakest(
                exit.confidence, exit.governance.confidence if exit.governance is not None else Confidence.PROVEN
            ),
            related=self._related(exit, held, vocabulary),
        )

    def _wrong(self, thing: Thing, wanted: Definition) -> str:
        """How to call something that is no member of the vocabulary; empty where it may be one."""
        match thing:
            case MemberThing(of=cls, name=name) if cls.definition != wanted:
                return f"`{self._inference.scope(cls.definition).qualname}.{name}`"
            case MemberValueThing(of=cls, name=name) if cls.definition != wanted:
                owner = self._inference.scope(cls.definition).qualname
                return f"`{owner}.{name}.value`" if name else f"a value of `{owner}`"
            case InstanceThing(of=ClassThing() as cls) if cls.definition != wanted and self._inference.is_enum(cls):
                return f"a `{self._inference.scope(cls.definition).qualname}`"
            case TextThing(value=text):
                return f'"{text}"'
            case ConstantThing(kind=kind, text=text):
                return "null" if kind == "None" else text
            case _:
                return ""

    def _related(self, exit: RouteExit, held: Held, vocabulary: VocabularyFact) -> tuple[Related, ...]:
        here = Place(held.at.frame.path, self._inference.scope(held.at.frame).spans[held.at.ref])
        answered = () if here.path == exit.place.path and here.span == exit.place.span else (exit.place,)
        governed = exit.governance.related if exit.governance is not None else ()
        return (
            *(Related("it is answered here", place) for place in answered),
            Related(f"`{vocabulary.name}`", vocabulary.place),
            *governed,
        )
