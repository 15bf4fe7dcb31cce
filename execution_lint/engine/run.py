"""The run on one screen: plan, read, check, sift."""

import datetime
import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from execution_lint.config.digest import digest
from execution_lint.engine import precedents
from execution_lint.engine.confirm import disagreements
from execution_lint.engine.edits import reference
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.library import FileLibrary
from execution_lint.engine.outcome import NOTHING, Outcome
from execution_lint.engine.plan import Plan, Planner
from execution_lint.engine.process import ready, usual_jobs
from execution_lint.engine.progress import Progress
from execution_lint.engine.sift import Sieve
from execution_lint.engine.troubles import Trouble
from execution_lint.engine.watch import Watch
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.model.report import Counts, ProjectReport, Report, SetAside, Undecided
from execution_lint.rules.declaration import declared_rules
from execution_lint.rules.linter import exl001_unparsed_file, exl002_crashed_rule
from execution_lint.source.reading import MAXIMUM_SIZE
from execution_lint.source.suppressions import may_name_us
from execution_lint.source.text import split_lines
from execution_lint.store import answers, report_cache
from execution_lint.store import baseline as baselines
from execution_lint.store.identity import identify

RECENT_SECONDS = 2.0
"""A file that changed so shortly before a run may change again within the same time stamp: its content decides."""


def run(invocation: Invocation, progress: Progress | None = None, watch: Watch | None = None) -> Report:
    """Carry out a scan. Raises `ExecutionLintError` where it cannot be carried out at all; trouble with a part is in
    the report. `watch` takes down what it looked at."""
    with ready():
        return _run(invocation, progress, watch or Watch())


def _run(invocation: Invocation, progress: Progress | None, watch: Watch) -> Report:
    planner = Planner(invocation, watch.seen)
    found, plans = planner.drafts()
    baseline = baselines.read(invocation.baseline) if invocation.baseline is not None else None
    tasks = tuple(_task(invocation, plan, baseline) for plan in plans)
    # What an earlier run has found stands only as long as there is what the contract names.
    planner.check((task.plan, task.library) for task in tasks if task.known is None and task.followed is None)
    watch.plans = plans
    watch.is_sound = not found.problems and invocation.cache and invocation.locate and invocation.stdin is None
    reports = tuple(_project_report(invocation, task, baseline, progress, watch) for task in tasks)
    notes = tuple(problem.message for problem in found.problems)
    return Report(projects=reports, notes=notes, troubled=bool(found.problems))


def settings(invocation: Invocation) -> str:
    """The resolved settings of every project, for people."""
    from execution_lint.config.settings import show

    _, plans = Planner(invocation).plans()
    return "\n".join(show(msgspec.structs.replace(plan.config, min_confidence=plan.threshold)) for plan in plans)


def files(invocation: Invocation) -> tuple[str, ...]:
    """The files that a scan would report on, absolute."""
    _, plans = Planner(invocation).plans()
    return tuple(
        str(plan.found.root / file.path)
        for plan in plans
        for file in plan.found.files
        if plan.found.named is None or file.path in plan.found.named
    )


class _Task(NamedTuple):
    """One project, and what earlier runs have left of it."""

    plan: Plan
    folder: str
    """Of the cache."""
    rules_key: str
    """Of what the rules find; empty where no cache is to be used."""
    key: str
    """Of the report."""
    known: report_cache.Kept | None
    followed: precedents.Followed | None
    library: FileLibrary
    notes: tuple[str, ...]


def _task(invocation: Invocation, plan: Plan, baseline: baselines.Baseline | None) -> _Task:
    folder = str(plan.found.root / answers.FOLDER)
    is_cached = invocation.cache and invocation.locate and invocation.stdin is None
    rules_key = _rules_key(plan, folder) if is_cached else ""
    key = _cache_key(plan, rules_key, baseline) if is_cached else ""
    notes: list[str] = []
    known = report_cache.load(folder, key, notes.append) if is_cached else None
    paths, replaced = _with_stdin(invocation, plan)
    library = FileLibrary(plan.found.root, paths, MAXIMUM_SIZE, locate=invocation.locate, replaced=replaced)
    library.is_remembered = is_cached
    explicit = plan.found.explicit & frozenset(paths)
    is_followed = is_cached and known is None
    followed = precedents.standing(folder, rules_key, library, plan.found.files, explicit) if is_followed else None
    return _Task(plan, folder, rules_key, key, known, followed, library, tuple(notes))


def _project_report(
    invocation: Invocation,
    task: _Task,
    baseline: baselines.Baseline | None,
    progress: Progress | None,
    watch: Watch,
) -> ProjectReport:
    plan, folder, rules_key, key = task.plan, task.folder, task.rules_key, task.key
    notes = list(task.notes)
    is_cached = bool(rules_key)
    if is_cached:
        watch.is_sound = watch.is_sound and not notes
    if task.known is not None:
        watch.precedents[task.known.report.root] = task.known.precedent
        return msgspec.structs.replace(task.known.report, notes=(*task.known.report.notes, *notes))
    report = _scanned(invocation, task, baseline, progress, watch)
    is_kept = is_cached and not any(finding.code == exl002_crashed_rule.RULE.code for finding in report.findings)
    if is_kept:
        precedent = watch.precedents.get(report.root, "")
        note = report_cache.save(folder, key, report, precedent)
        if note is not None:
            notes.append(note)
        settled = _cache_key(plan, rules_key, baseline)
        if note is None and settled != key and _is_unchanged(plan):
            report_cache.save(folder, settled, report, precedent)
    watch.is_sound = watch.is_sound and is_kept and not notes
    return msgspec.structs.replace(report, notes=(*report.notes, *notes))


def _is_unchanged(plan: Plan) -> bool:
    """Whether every file still has the stat signature that it was found with."""
    for file in plan.found.files:
        try:
            found = os.stat(plan.found.root / file.path)
        except OSError:
            return False
        if (found.st_size, found.st_mtime_ns) != (file.size, file.mtime_ns):
            return False
    return True


def _cache_key(plan: Plan, rules_key: str, baseline: baselines.Baseline | None) -> str:
    """Everything that can change the report."""
    state = hashlib.sha256()
    now = time.time()
    parts = [
        rules_key,
        plan.threshold.value,
        repr(sorted(plan.found.named)) if plan.found.named is not None else "",
        repr(sorted(plan.found.explicit)),
        repr(baseline),
        str(datetime.date.today()),
    ]
    for part in parts:
        state.update(part.encode("utf-8", "surrogatepass") + b"\0")
    for file in plan.found.files:
        state.update(f"{file.path}\0{file.size}\0{file.mtime_ns}\0{file.inode}\0".encode("utf-8", "surrogatepass"))
        if abs(now - file.mtime_ns / 1e9) < RECENT_SECONDS:
            try:
                state.update((plan.found.root / file.path).read_bytes())
            except OSError:
                state.update(b"unreadable")
    return state.hexdigest()


def _rules_key(plan: Plan, folder: str) -> str:
    """Everything besides the files that can change what the rules find, before anything is held back."""
    parts = (
        report_cache.analyser_digest(folder),
        repr(sys.version_info[:3]),
        digest(plan.config),
        repr(sorted(plan.codes)),
        str(plan.found.root),
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _scanned(
    invocation: Invocation, task: _Task, baseline: baselines.Baseline | None, progress: Progress | None, watch: Watch
) -> ProjectReport:
    """`watch` takes what the report rests on."""
    plan, library, followed = task.plan, task.library, task.followed
    cache = (task.folder, task.rules_key) if task.rules_key else None
    root = plan.found.root
    paths = library.paths
    explicit = plan.found.explicit & frozenset(paths)
    known = followed.precedent if followed is not None else None
    if known is None:
        checked = _checked(invocation, plan, library, progress, watch) if _concerned(plan, library) else NOTHING
        found = [*checked.findings, *_troubles(library.troubles)]
        troubles, undecided = dict(library.troubles), checked.undecided
    else:
        found = list(known.findings)
        troubles, undecided = known.troubles, known.undecided
        library.troubles.update(troubles)
    raw = tuple(found)
    for path in sorted(explicit):
        library.check(path)
    found += _troubles({path: trouble for path, trouble in library.troubles.items() if path not in troubles})
    lines = _Lines(library)
    findings = identify(sorted(_distinct(found), key=_order), lines.text_of)
    sieve = Sieve(
        config=plan.config,
        codes=plan.codes,
        threshold=plan.threshold,
        named=plan.found.named,
        explicit=plan.found.explicit,
        baseline=baseline,
        text_of=library.text,
        today=datetime.date.today(),
    )
    kept, aside = sieve.sift(findings)
    naming_us = library.holding(may_name_us) if known is None else tuple(sorted(known.naming_us))
    about = identify(sorted(sieve.about_suppressions(naming_us), key=_order), lines.text_of)
    stale = identify(sorted(sieve.stale((*findings, *about)), key=_order), lines.text_of)
    more, more_aside = sieve.sift((*about, *stale))
    reported = tuple(sorted((*kept, *more), key=_order))
    unconfirmed = kept if known is None else known.unconfirmed(kept)
    doubts = tuple(disagreements(unconfirmed, library)) if invocation.locate else ()
    named = plan.found.named
    is_crashed = any(finding.code == exl002_crashed_rule.RULE.code for finding in found)
    troubled = any(named is None or path in named for path in library.troubles) or is_crashed
    if cache is not None and known is None and not is_crashed and not doubts:
        taken, texts = precedents.taken(library, plan.found.files, raw, troubles, undecided, kept)
        precedents.save(*cache, taken, texts)
        followed = precedents.Followed(taken, ())
    if cache is not None and followed is not None and not doubts:
        watch.precedents[root.as_posix()] = reference(cache[1], followed.precedent.mark, followed.otherwise)
    read, parsed = (library.read_count, library.parsed_count) if known is None else (known.read, known.parsed)
    return ProjectReport(
        root=root.as_posix(),
        findings=reported,
        set_aside=(*aside, *_not_twice(more_aside)),
        counts=Counts(found=len(paths), read=read, parsed=parsed, skipped=len(library.troubles)),
        undecided=tuple(Undecided(subject, reason, count) for subject, reason, count in sorted(undecided)),
        notes=(*plan.notes, *doubts),
        troubled=troubled,
    )


def _concerned(plan: Plan, library: FileLibrary) -> frozenset[str]:
    """The rules for which the project can have a subject."""
    from execution_lint.project import existence

    return frozenset(
        rule.code
        for rule in declared_rules()
        if rule.code in plan.codes
        and any(existence.may_exist(kind, plan.config, library.stands) for kind in rule.subjects)
    )


def _checked(
    invocation: Invocation, plan: Plan, library: FileLibrary, progress: Progress | None, watch: Watch
) -> Outcome:
    # Not needed where there is nothing to check, and dear.
    from execution_lint.engine.division import outcome
    from execution_lint.project.project import Project
    from execution_lint.rules.rule import rules_of

    project = Project(library, plan.config)
    watch.made.append(project)
    size = sum(file.size for file in plan.found.files)
    jobs = (invocation.jobs or usual_jobs()) if invocation.locate else 1
    rules = rules_of(_concerned(plan, library))
    return outcome(library, project, rules, progress, jobs=jobs, size=size, debug=invocation.debug)


def _with_stdin(invocation: Invocation, plan: Plan) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The project's files, with the text of standard input in the place of the file that it stands for."""
    paths = [file.path for file in plan.found.files]
    if invocation.stdin is None:
        return tuple(paths), {}
    name, data = invocation.stdin
    relative = os.path.relpath(os.path.realpath(name), plan.found.root).replace(os.sep, "/")
    if relative not in paths:
        paths = sorted([*paths, relative])
    return tuple(paths), {relative: data}


def _troubles(troubles: Mapping[str, Trouble]) -> Iterator[Finding]:
    for path, trouble in sorted(troubles.items()):
        line = max(1, trouble.line)
        yield exl001_unparsed_file.RULE.finding(
            Place(path, Span(line, 1, line, 1)),
            scope="",
            help="mend the file, or exclude it with `extend-exclude`",
            reason=trouble.reason,
        )


class _Lines:
    """The text of spans."""

    def __init__(self, library: FileLibrary) -> None:
        self._library = library
        self._lines: dict[str, list[str]] = {}

    def text_of(self, place: Place) -> str:
        """What stands in a span; empty where the file cannot be read."""
        if place.path not in self._lines:
            text = self._library.text(place.path)
            self._lines[place.path] = split_lines(text) if text is not None else []
        span = place.span
        lines = self._lines[place.path][span.start_line - 1 : span.end_line]
        if not lines:
            return ""
        lines = [*lines[:-1], lines[-1][: span.end_column - 1]]
        return "\n".join([lines[0][span.start_column - 1 :], *lines[1:]])


def _order(finding: Finding) -> tuple[Place, str, str]:
    return finding.place, finding.code, finding.message


def _distinct(findings: list[Finding]) -> list[Finding]:
    """One finding a place and code: the surest."""
    best: dict[tuple[Place, str], Finding] = {}
    for finding in findings:
        key = (finding.place, finding.code)
        if key not in best or finding.confidence.rank > best[key].confidence.rank:
            best[key] = finding
    return list(best.values())


def _not_twice(aside: list[SetAside]) -> list[SetAside]:
    return list(dict.fromkeys(aside))
