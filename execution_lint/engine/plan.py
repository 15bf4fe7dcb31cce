"""What to do for each project root: its files, its configuration, the rules that run there."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from execution_lint.config.declaration import declared_keys
from execution_lint.config.loading import load
from execution_lint.config.mistakes import OVERRIDE, mistake, nearest
from execution_lint.config.schema import Config, Reference
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.selection import is_known, selected
from execution_lint.errors import ConfigurationError
from execution_lint.model.confidence import Confidence
from execution_lint.rules.declaration import declared_rules
from execution_lint.source.discovery import Discovery, DiscoverySettings, FoundProject, Seen, discover
from execution_lint.source.reading import MAXIMUM_SIZE


class Plan(msgspec.Struct, frozen=True):
    """One project, before anything of it is read."""

    found: FoundProject
    config: Config
    codes: frozenset[str]
    """The rules that run."""
    threshold: Confidence
    notes: tuple[str, ...]


class Planner:
    """Loads the configuration of each root once, and gathers every mistake before it gives up."""

    def __init__(self, invocation: Invocation, seen: Seen | None = None) -> None:
        """`seen` takes down what is looked at for it."""
        self._invocation = invocation
        self._seen = seen
        self._configs: dict[str, Config] = {}
        self._mistakes: list[str] = []

    def config(self, root: Path) -> Config:
        """The configuration of a root; the defaults where it cannot be used, which is remembered."""
        key = str(root)
        if key not in self._configs:
            try:
                self._configs[key] = load(root, self._invocation.overrides, self._invocation.isolated)
            except ConfigurationError as error:
                self._mistakes.extend(error.mistakes)
                self._configs[key] = error.usable if isinstance(error.usable, Config) else Config(root=key)
        return self._configs[key]

    def plans(self) -> tuple[Discovery, tuple[Plan, ...]]:
        """Every project of the paths that were given. Raises `ConfigurationError` with all mistakes."""
        found, plans = self.drafts()
        self.check((plan, _library(plan)) for plan in plans)
        return found, plans

    def drafts(self) -> tuple[Discovery, tuple[Plan, ...]]:
        """The same, before what the contracts name is looked for, unless there is a mistake already: `check` is yet to
        be asked."""
        found = self._discovery()
        plans = tuple(self._plan(project) for project in found.projects)
        self._check_codes(plans)
        if self._mistakes:
            self.check((plan, _library(plan)) for plan in plans)
        return found, plans

    def check(self, projects: Iterable[tuple[Plan, FileLibrary]]) -> None:
        """Look for what the contracts of these projects name, in their files. Raises `ConfigurationError` with all
        mistakes, also those that were made before."""
        for plan, library in projects:
            self._mistakes.extend(_check_contract(plan, library))
        if self._mistakes:
            raise ConfigurationError(tuple(dict.fromkeys(self._mistakes)))

    def _discovery(self) -> Discovery:
        """The projects; a text of standard input may stand for a file that is not there yet."""
        paths = self._invocation.paths
        name = self._invocation.stdin[0] if self._invocation.stdin is not None else ""
        is_new = bool(name) and not os.path.exists(name)
        if is_new:
            paths = tuple(os.path.dirname(path) or "." if path == name else path for path in paths)
        found = discover(
            paths, settings_of=self._settings, force_exclude=self._invocation.force_exclude, seen=self._seen
        )
        if not is_new:
            return found
        projects = []
        for project in found.projects:
            relative = frozenset({os.path.relpath(os.path.realpath(name), project.root).replace(os.sep, "/")})
            projects.append(project._replace(named=relative, explicit=relative))
        return found._replace(projects=tuple(projects))

    def _settings(self, root: Path) -> DiscoverySettings:
        config = self.config(root)
        return DiscoverySettings(
            exclude=config.exclude, extend_exclude=config.extend_exclude, respect_gitignore=config.respect_gitignore
        )

    def _plan(self, project: FoundProject) -> Plan:
        config = self.config(project.root)
        threshold = self._invocation.min_confidence or config.min_confidence
        return Plan(
            project, config, selected(config, self._invocation), threshold, (*config.notes, *_unchecked(config))
        )

    def _check_codes(self, plans: tuple[Plan, ...]) -> None:
        known = [rule.code for rule in declared_rules()]
        given = (
            ("--select", self._invocation.select or ()),
            ("--extend-select", self._invocation.extend_select),
            ("--ignore", self._invocation.ignore),
        )
        for option, codes in given:
            for code in codes:
                if not is_known(code):
                    self._mistakes.append(f"{option}: no rule is called {code}{_hint(nearest(code, known))}")
        for plan in plans:
            config = plan.config
            for key, codes in (
                ("select", config.select),
                ("extend-select", config.extend_select),
                ("ignore", config.ignore),
            ):
                for code in codes:
                    if not is_known(code):
                        line = config.line_of(key, code)
                        self._mistakes.append(config.mistake(line, key, f"no rule is called {code}", known, code))
            for glob, codes in config.per_file_ignores:
                for code in codes:
                    if not is_known(code):
                        line = config.line_of("per-file-ignores", glob) or config.line_of("per-file-ignores")
                        self._mistakes.append(
                            config.mistake(line, "per-file-ignores", f"no rule is called {code}", known, code)
                        )


def _hint(candidate: str | None) -> str:
    return f"; did you mean {candidate}?" if candidate else "; `execution-lint rule --all` lists them"


def _unchecked(config: Config) -> tuple[str, ...]:
    """The keys of the contract whose demands no rule checks yet."""
    read = {option for rule in declared_rules() if not rule.is_about_contract for option in rule.options}
    lines: dict[str, list[int]] = {}
    for key, line in declared_keys(config):
        if not any(key == option or key.startswith(option + ".") or option.startswith(key + ".") for option in read):
            lines.setdefault(key, []).append(line)
    found = []
    for key, places in lines.items():
        if not any(key.startswith(f"{other}.") for other in lines):
            file = os.path.join(config.root, config.file) if config.file and places[0] else OVERRIDE
            more = f" (and on {len(places) - 1} more line{'s' if len(places) > 2 else ''})" if len(places) > 1 else ""
            found.append(mistake(_shown(file), places[0], key, f"accepted, but no rule checks it yet{more}"))
    return tuple(found)


def _shown(file: str) -> str:
    if file == OVERRIDE:
        return file
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative.replace(os.sep, "/")


def _enums_of_contract(config: Config) -> list[tuple[str, Reference]]:
    """The enums that the contract names, each with the key that does."""
    named: list[tuple[str, Reference]] = [("vocabulary.enum", entry.enum) for entry in config.vocabularies]
    named += [
        ("envelope.status.vocabulary", entry.status.vocabulary)
        for entry in config.envelopes
        if entry.status is not None
    ]
    return named


def _library(plan: Plan) -> FileLibrary:
    paths = tuple(file.path for file in plan.found.files)
    return FileLibrary(plan.found.root, paths, MAXIMUM_SIZE, locate=True, replaced={})


def _check_contract(plan: Plan, library: FileLibrary) -> tuple[str, ...]:
    """The enums that the contract names and the project does not have, one line each."""
    config = plan.config
    named = _enums_of_contract(config)
    if not named:
        return ()
    from execution_lint.project.project import Project

    project = Project(library, config)
    found = []
    for key, reference in named:
        if not project.has_enum(reference):
            candidates = sorted(vocabulary.dotted for vocabulary in project.vocabularies.all.values())
            what = f"there is no enum {reference.spelled}"
            found.append(config.mistake(reference.line, key, what, candidates, reference.spelled))
    return tuple(found)
