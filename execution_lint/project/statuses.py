"""String literals in places that a vocabulary governs, with the evidence for it."""

import re
from collections.abc import Iterator

from execution_lint.config.schema import Config
from execution_lint.facts.scopes import Scope
from execution_lint.facts.values import (
    Text,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Related
from execution_lint.model.place import Place
from execution_lint.project.inference import Inference
from execution_lint.project.status_callees import StatusCallees
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_evidence import StatusEvidence
from execution_lint.project.status_literals import StatusLiteral, StatusLiterals
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.subjects import StatusUse
from execution_lint.project.things import (
    Frame,
    MemberValueThing,
)
from execution_lint.project.vocabularies import Vocabularies

_HEALTH = frozenset(
    {"ok", "healthy", "unhealthy", "alive", "up", "down", "degraded", "not_ready", "ready", "pass", "warn"}
)
"""Words of health checks, which no job's vocabulary speaks unless the type says so."""
_HEALTH_CHECK = re.compile(r"health|liveness|readiness|heartbeat", re.IGNORECASE)

_WORD = re.compile(r"[A-Za-z][\w-]*(?: [\w-]+){0,2}")
"""What a status can look like; a sentence is none."""
_VAGUE = frozenset({"", "unknown", "n/a", "none", "null", "-", "all", "any", "*", "auto", "default", "other"})
"""Words for no status, or for whatever status."""


class Statuses:
    """Finds the literals that stand where a member of a vocabulary belongs."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, config: Config, carriers: Carriers) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._carriers = carriers
        subjects = StatusSubjects(inference, vocabularies)
        callees = StatusCallees(inference, self._carriers)
        self._evidence = StatusEvidence(inference, vocabularies, config, self._carriers, subjects, callees)
        self._literals = StatusLiterals(inference, self._carriers, subjects, callees, self._evidence)

    def __iter__(self) -> Iterator[StatusUse]:
        if not self._vocabularies.all:
            return
        for path, regions in sorted(self._carriers.candidates.items()):
            module = self._inference.modules.at(path)
            for region in sorted(regions) if module is not None else ():
                facts = module.scanned(region, self._carriers.scan) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    uses = self._uses(frame, scope)
                    # Asked of what was found: it takes the class around each method.
                    if uses and not self._carriers.is_vocabulary_body(frame):
                        yield from uses

    def _uses(self, frame: Frame, scope: Scope) -> tuple[StatusUse, ...]:
        found: dict[tuple[Place, str], StatusUse] = {}
        for literal in self._literals.within(frame, scope):
            use = self._governed(literal)
            if use is not None:
                key = (use.place, use.literal)
                if key not in found or use.confidence.rank > found[key].confidence.rank:
                    found[key] = use
        return tuple(found.values())

    def _governed(self, literal: StatusLiteral) -> StatusUse | None:
        scope = self._inference.followed(literal.frame)
        value = scope.values[literal.ref]
        assert isinstance(value, Text)
        text = Text(literal.word) if literal.word else value
        found = self._evidence.governing(literal, text.value)
        if found is None:
            return None
        definition, confidence, evidence = found
        vocabulary = self._vocabularies.all[definition]
        is_member = vocabulary.member_of(text.value) is not None
        if confidence is not Confidence.PROVEN:
            if _HEALTH_CHECK.search(scope.qualname) or _HEALTH_CHECK.search(literal.frame.path):
                return None
            if not is_member and text.value.lower() in _HEALTH:
                return None
        if (
            not is_member
            and confidence is not Confidence.PROVEN
            and not _WORD.fullmatch(text.value)
            and text.value.lower() not in _VAGUE
        ):
            return None
        if not is_member and text.value.lower() in _VAGUE:
            confidence = Confidence.POSSIBLE
        takes_value = any(isinstance(thing, MemberValueThing) for thing in literal.subject.things)
        return StatusUse(
            place=Place(literal.frame.path, scope.spans[literal.ref]),
            scope=scope.qualname,
            literal=text.value,
            where=literal.where,
            subject=literal.subject.spelled,
            vocabulary=vocabulary,
            confidence=confidence,
            evidence=(*evidence, Related(f"`{vocabulary.name}` is defined here", vocabulary.place)),
            takes_value=takes_value,
        )
