"""What a project does with its vocabularies, besides writing literals: lookups, comparisons, branches, moves, twins."""

from collections.abc import Iterator
from functools import cached_property

from execution_lint.config.schema import Config
from execution_lint.facts.scopes import Scope
from execution_lint.project.enum_kinds import Enums
from execution_lint.project.inference import Inference
from execution_lint.project.status_branches import StatusBranches
from execution_lint.project.status_carriers import Carriers
from execution_lint.project.status_comparisons import StatusComparisons
from execution_lint.project.status_lookups import StatusLookups
from execution_lint.project.status_moves import StatusMoves
from execution_lint.project.status_narrowing import StatusNarrowing
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.status_table_gaps import StatusTableGaps
from execution_lint.project.things import Frame
from execution_lint.project.vocabularies import Vocabularies
from execution_lint.project.vocabulary_subjects import (
    StatusBranch,
    StatusComparison,
    StatusLookup,
    StatusMove,
    VocabularyTwin,
)
from execution_lint.project.vocabulary_twins import VocabularyTwins


class VocabularyGovernance:
    """Makes the subjects of the rules on vocabularies, each kind when it is asked for."""

    def __init__(self, inference: Inference, vocabularies: Vocabularies, config: Config) -> None:
        self._inference = inference
        self._vocabularies = vocabularies
        self._config = config
        fields = frozenset(field for entry in config.vocabularies for field in entry.fields)
        self.carriers = Carriers(inference, vocabularies, fields)
        self._enums = Enums(inference, vocabularies, config)
        self._narrowing = StatusNarrowing(inference, self._enums)
        self._subjects = StatusSubjects(inference, vocabularies)

    def lookups(self) -> Iterator[StatusLookup]:
        """The lookups that find no member."""
        lookups = StatusLookups(self._inference, self.carriers, self._enums)
        for frame, scope in self._scopes(self._naming):
            yield from lookups.within(frame, scope)

    def comparisons(self) -> Iterator[StatusComparison]:
        """The comparisons that are decided before the code runs."""
        comparisons = StatusComparisons(self._inference, self.carriers, self._enums, self._subjects)
        for frame, scope in self._scopes(self.carriers.candidates):
            yield from comparisons.within(frame, scope)

    def branches(self) -> Iterator[StatusBranch]:
        """The matches, chains and tables that leave members out."""
        branches = StatusBranches(self.carriers, self._enums, self._narrowing, self._subjects)
        tables = StatusTableGaps(self._inference, self.carriers, self._enums, self._narrowing)
        for frame, scope in self._scopes(self.carriers.candidates):
            yield from branches.within(frame, scope)
            yield from tables.within(frame, scope)

    def twins(self) -> Iterator[VocabularyTwin]:
        """What repeats a vocabulary."""
        yield from VocabularyTwins(self._inference, self._vocabularies, self.carriers, self._enums)

    def moves(self) -> Iterator[StatusMove]:
        """The changes of a status that the contract's transitions lack."""
        moves = StatusMoves(
            self._inference, self._vocabularies, self._config, self.carriers, self._enums, self._narrowing
        )
        if not moves.is_idle:
            for frame, scope in self._scopes(self.carriers.candidates, is_scan=False):
                yield from moves.within(frame, scope)

    @cached_property
    def _naming(self) -> dict[str, set[int]]:
        """The regions that name a vocabulary, and the methods of the vocabularies themselves."""
        found = {path: set(regions) for path, regions in self.carriers.naming.items()}
        for definition in self._vocabularies.all:
            module = self._inference.module(definition.path)
            found.setdefault(definition.path, set()).update((definition.region, *module.methods(definition.region)))
        return found

    def _scopes(self, regions: "dict[str, set[int]]", *, is_scan: bool = True) -> Iterator[tuple[Frame, Scope]]:
        """The scopes of some regions, in the order of files and lines; for the scan, or for whoever looks at how the
        parts of one go together."""
        if not self._vocabularies.all:
            return
        for path in sorted(regions):
            module = self._inference.modules.at(path)
            for region in sorted(regions[path]) if module is not None else ():
                if module is None:
                    continue
                facts = module.scanned(region, self.carriers.scan) if is_scan else module.facts(region)
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    yield Frame(path, region, index), scope
