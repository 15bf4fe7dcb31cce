"""What a type checker says of the expressions that hold a status for us: mypy's types beside our claims."""

import inspect
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from mypy import build, nodes, types
from mypy.modulefinder import BuildSource
from mypy.options import Options

from execution_lint.config.schema import Config
from execution_lint.engine.library import FileLibrary
from execution_lint.facts.scopes import Scope, TargetKind
from execution_lint.facts.values import (
    NONE,
    Attribute,
    Awaited,
    Call,
    Free,
    Item,
    Parameter,
)
from execution_lint.model.place import Span
from execution_lint.project.project import Project
from execution_lint.project.spelling import spelled
from execution_lint.project.status_subjects import StatusSubjects
from execution_lint.project.things import (
    At,
    ClassThing,
    ConstantThing,
    Definition,
    Frame,
    InstanceThing,
    MemberThing,
    MemberValueThing,
    Things,
)

MAXIMUM_SIZE = 1 << 22
_READ = (Free, Attribute, Call, Item, Awaited)
"""The values that stand where they are read; others stand where they were made, or at a test."""


class Held(Enum):
    """What an expression holds."""

    MEMBER = "a member"
    VALUE = "the value of a member"


@dataclass(frozen=True, slots=True)
class Claim:
    """We are sure that an expression holds a member of an enum, or the value of one, None apart."""

    path: str
    span: Span
    operand: int
    """Which operand of the comparison at the span it is; -1 where the expression itself stands there."""
    spelled: str
    enum: Definition
    name: str
    """Of the enum, within its module."""
    held: Held
    is_named: bool
    """It names a member by its enum: `JobStatus.DONE`."""


class Answer(Enum):
    """What the type checker makes of a claim."""

    AGREES = "agrees"
    WIDER = "says that it may be something else too"
    OTHER = "says that it is something else"
    NONE = "says that nothing but None is left there"
    ANY = "does not know"
    """It says `Any`, or `object`, which `getattr` gives."""
    UNSEEN = "does not look at it"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the answer."""

    claim: Claim
    answer: Answer
    said: str

    @property
    def is_disagreement(self) -> bool:
        """Whether mypy knows, and knows better."""
        return self.answer in (Answer.WIDER, Answer.OTHER)

    def __str__(self) -> str:
        claim = self.claim
        place = f"{claim.path}:{claim.span.start_line}:{claim.span.start_column}"
        ours = f"{place}: `{claim.spelled}` holds {claim.held.value} of {claim.name}"
        return f"{ours}; mypy {self.answer.value}: {self.said}"


def judged(root: Path, cache: Path | None = None, replaced: Mapping[str, bytes] = {}) -> list[Judged]:
    """What mypy says of every claim about the files below a folder. `replaced` are texts that we read instead of them;
    `cache` is a folder where mypy may keep what it knows of libraries."""
    paths = tuple(sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py")))
    library = FileLibrary(root, paths, MAXIMUM_SIZE, locate=True, replaced=dict(replaced))
    found = list(dict.fromkeys(claims(Project(library, Config(root=str(root))))))
    if not found:
        return []
    known = Types(root, sorted({claim.path for claim in found}), cache)
    return [known.judge(claim) for claim in found]


def claims(project: Project) -> Iterator[Claim]:
    """Every expression of the project of which we are sure that it holds a status: what is read, what is compared, what
    is assigned to, and the parameters and fields that are declared."""
    carriers = project.governance.carriers
    subjects = StatusSubjects(project.inference, project.vocabularies)
    for path, regions in sorted(carriers.candidates.items()):
        module = project.inference.modules.at(path)
        for region in sorted(regions) if module is not None else ():
            facts = module.facts(region) if module is not None else None
            for index, scope in enumerate(facts.scopes if facts is not None else ()):
                frame = Frame(path, region, index)
                yield from _of_scope(project, subjects, frame, scope)


def _of_scope(project: Project, subjects: StatusSubjects, frame: Frame, scope: Scope) -> Iterator[Claim]:
    for ref, value in enumerate(scope.values):
        if isinstance(value, _READ):
            things = project.inference.things(At(frame, ref))
            is_named = isinstance(value, Attribute) and _is_class(project, At(frame, value.base))
            yield from _claim(project, frame, scope.spans[ref], NONE, spelled(scope, ref), things, is_named=is_named)
    seen: Counter[Span] = Counter()
    for comparison in scope.comparisons:
        if comparison.operator == "case":
            continue
        position = seen[comparison.span]
        seen[comparison.span] += 1
        for operand, ref in ((position, comparison.left), (position + 1, comparison.right)):
            if not isinstance(scope.values[ref], _READ):
                things = project.inference.things(At(frame, ref))
                yield from _claim(project, frame, comparison.span, operand, spelled(scope, ref), things)
    for assignment in scope.assignments:
        if assignment.kind is TargetKind.ATTRIBUTE:
            subject = subjects.target(frame, scope, assignment)
            yield from _claim(project, frame, assignment.span, NONE, subject.spelled, subject.things)
        elif assignment.annotation != NONE:
            types_ = project.inference.types(At(frame, assignment.annotation))
            yield from _claim(project, frame, assignment.span, NONE, assignment.name, types_)
    for parameter in scope.parameters:
        ref = next((i for i, value in enumerate(scope.values) if value == Parameter(parameter.name)), NONE)
        if ref != NONE and (parameter.annotation != NONE or parameter.default == NONE):
            things = project.inference.things(At(frame, ref))
            yield from _claim(project, frame, parameter.span, NONE, parameter.name, things)


def _is_class(project: Project, at: At) -> bool:
    return any(isinstance(thing, ClassThing) for thing in project.inference.things(at))


def _claim(
    project: Project, frame: Frame, span: Span, operand: int, written: str, things: Things, *, is_named: bool = False
) -> Iterator[Claim]:
    found: set[tuple[Definition, Held]] = set()
    for thing in things:
        match thing:
            case ConstantThing(kind="None"):
                continue
            case MemberThing(of=cls):
                found.add((cls.definition, Held.MEMBER))
            case InstanceThing(of=ClassThing() as cls) if project.inference.is_enum(cls):
                found.add((cls.definition, Held.MEMBER))
            case MemberValueThing(of=cls):
                found.add((cls.definition, Held.VALUE))
            case _:
                return
    if len(found) == 1:
        ((enum, held),) = found
        name = project.inference.scope(enum).qualname
        yield Claim(frame.path, span, operand, written, enum, name, held, is_named)


class Types:
    """The types that mypy infers for the expressions of files, by place."""

    def __init__(
        self, root: Path, paths: Iterable[str], cache: Path | None = None, reread: Mapping[str, str] = {}
    ) -> None:
        options = Options()
        options.export_types = True
        options.preserve_asts = True
        options.check_untyped_defs = True
        options.ignore_missing_imports = True
        options.follow_imports = "silent"
        options.namespace_packages = True
        options.explicit_package_bases = True
        options.incremental = cache is not None
        options.cache_dir = str(cache) if cache is not None else os.devnull
        options.sqlite_cache = False
        options.mypy_path = [str(root)]
        self._root = root
        self._modules: dict[str, str] = {}
        sources = []
        for path in paths:
            module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self._modules[path] = module
            sources.append(BuildSource(str(root / path), module))
        here = Path.cwd()
        os.chdir(root)
        try:
            self._result = build.build(sources, options)
        finally:
            os.chdir(here)
        # What is known of modules from the cache has no types of expressions: they are checked each time.
        for module in self._modules.values() if cache is not None else ():
            assert cache is not None
            place = module.replace(".", "/")
            for kept in (*cache.glob(f"*/{place}.*"), *cache.glob(f"*/{place}/__init__.*")):
                kept.unlink()
        self._places: dict[str, _Places] = {}

    @property
    def errors(self) -> list[str]:
        """What mypy reports."""
        return list(self._result.errors)

    def judge(self, claim: Claim) -> Judged:
        """What mypy makes of a claim."""
        found = self._of(claim)
        if found is None:
            return Judged(claim, Answer.UNSEEN, "nothing")
        if not self._is_known(claim):
            return Judged(claim, Answer.ANY, "an enum whose base is not known")
        return Judged(claim, self._answer(claim, found), str(found))

    def _of(self, claim: Claim) -> types.Type | None:
        places = self._at(claim.path)
        if places is None:
            return None
        span = places.bytes_of(claim.span)
        if claim.operand != NONE:
            comparison = places.comparisons.get(span)
            if comparison is None or claim.operand >= len(comparison.operands):
                return None
            return self._result.types.get(comparison.operands[claim.operand])
        for expression in places.expressions.get(span, ()):
            found = self._result.types.get(expression)
            if found is not None:
                return found
        return places.variables.get(span[:2])

    def _is_known(self, claim: Claim) -> bool:
        """Whether mypy knows the bases of the enum: those of Django have no types of their own."""
        state = self._result.graph.get(self._modules.get(claim.enum.path, ""))
        names = state.tree.names if state is not None and state.tree is not None else {}
        for name in claim.name.split("."):
            node = names[name].node if name in names else None
            if not isinstance(node, nodes.TypeInfo):
                return True
            names = node.names
            if node.fallback_to_any and name == claim.name.rpartition(".")[2]:
                return False
        return True

    def _at(self, path: str) -> "_Places | None":
        if path not in self._places:
            state = self._result.graph.get(self._modules.get(path, ""))
            if state is None or state.tree is None:
                return None
            self._places[path] = _Places((self._root / path).read_bytes(), state.tree)
        return self._places[path]

    def _answer(self, claim: Claim, found: types.Type) -> Answer:
        found = types.get_proper_type(found)
        match found:
            case types.UnionType(items=items):
                answers = {self._answer(claim, item) for item in items} - {Answer.NONE}
                if len(answers) == 1:
                    return answers.pop()
                if Answer.ANY in answers:
                    return Answer.ANY
                return Answer.WIDER if Answer.AGREES in answers else Answer.OTHER
            case types.AnyType() | types.UnboundType():
                return Answer.ANY
            case types.NoneType():
                return Answer.NONE
            case types.Instance(type=info) if info.fullname == "builtins.object":
                return Answer.ANY
            case types.UninhabitedType():
                return Answer.UNSEEN
            case types.TypeVarType(upper_bound=bound):
                return self._answer(claim, bound)
            case types.LiteralType(fallback=fallback):
                return self._answer(claim, fallback)
            case types.Instance(type=info, args=args) if info.fullname.startswith("sqlalchemy.") and len(args) == 1:
                # A column of a model, as SQLAlchemy types it.
                return self._answer(claim, args[0])
            case types.Instance(type=info) if claim.held is Held.VALUE:
                return Answer.AGREES if info.fullname in ("builtins.str", "builtins.int") else Answer.OTHER
            case types.Instance(type=info):
                return Answer.AGREES if self._is_enum(claim, info) else Answer.OTHER
            case _:
                return Answer.OTHER

    def _is_enum(self, claim: Claim, info: nodes.TypeInfo) -> bool:
        state = self._result.graph.get(info.module_name)
        path = Path(state.xpath) if state is not None else Path()
        own = re.sub(r"@\d+", "", info.fullname).rpartition(".")[2]
        return own == claim.name.rpartition(".")[2] and path == self._root / claim.enum.path


ByteSpan = tuple[int, int, int, int]


_ELSEWHERE = frozenset({"node", "info", "type", "unanalyzed_type", "var", "def_var", "setter", "imported_names", "mro"})
"""Attributes of mypy's nodes that lead away from the text: to what a name stands for, and to types."""


class _Places:
    """The expressions of a module by place. Columns count bytes, as those of `ast` do."""

    def __init__(self, text: bytes, tree: nodes.MypyFile) -> None:
        self._lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self.expressions: dict[ByteSpan, list[nodes.Expression]] = {}
        self.comparisons: dict[ByteSpan, nodes.ComparisonExpr] = {}
        self.variables: dict[tuple[int, int], types.Type] = {}
        for node in _nodes(tree):
            if isinstance(node, nodes.Argument):
                if node.variable.type is not None:
                    self.variables[node.line, node.column] = node.variable.type
            elif isinstance(node, nodes.Expression) and not _is_of_formatted(node):
                span = (node.line, node.column, node.end_line or 0, node.end_column or 0)
                self.expressions.setdefault(span, []).append(node)
                if isinstance(node, nodes.ComparisonExpr):
                    self.comparisons[span] = node

    def bytes_of(self, span: Span) -> ByteSpan:
        """A span in bytes."""
        return (
            span.start_line,
            self._column(span.start_line, span.start_column),
            span.end_line,
            self._column(span.end_line, span.end_column),
        )

    def _column(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else b""
        return len(text.decode("utf-8", "replace")[: column - 1].encode("utf-8", "replace"))


def _is_of_formatted(node: nodes.Expression) -> bool:
    """Whether mypy made the call out of an f-string or a part of one, in whose place it stands."""
    callee = node.callee if isinstance(node, nodes.CallExpr) else None
    return (
        isinstance(callee, nodes.MemberExpr)
        and isinstance(callee.expr, nodes.StrExpr)
        and (callee.name, callee.expr.value) in (("format", "{:{}}"), ("join", ""))
    )


def _nodes(tree: nodes.MypyFile) -> Iterator[nodes.Node]:
    """Every node of the text. mypy's own visitors are compiled, and take no class that is not."""
    seen: set[int] = set()
    parts: dict[str, frozenset[str]] = {}
    waiting: list[object] = [tree.defs]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, tuple)):
            waiting.extend(part)
        elif isinstance(part, nodes.Node) and id(part) not in seen:
            seen.add(id(part))
            yield part
            kind = type(part)
            if kind.__name__ not in parts:
                parts[kind.__name__] = _attributes(kind)
            waiting.extend(getattr(part, name, None) for name in parts[kind.__name__])


def _attributes(kind: type[object]) -> frozenset[str]:
    """The attributes of a kind of node that hold its parts."""
    found = {name for base in kind.__mro__ for name, value in vars(base).items() if inspect.isgetsetdescriptor(value)}
    return frozenset(found - _ELSEWHERE)
