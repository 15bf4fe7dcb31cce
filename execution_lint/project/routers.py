"""Applications and routers: which they are, and under which prefixes they answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from execution_lint.facts.values import NONE, Argument, Attribute, Call, Sequence
from execution_lint.project.inference import Inference
from execution_lint.project.strings import known_end, strings
from execution_lint.project.things import At, ClassThing, ExternalThing, Frame, InstanceThing, Thing, ValueKey
from execution_lint.source.regions import Needles

_FRAMEWORKS = ("fastapi", "starlette", "flask")
_APPLICATIONS = frozenset({"FastAPI", "Starlette", "Flask"})
_ROUTERS = frozenset({"APIRouter", "Router", "Blueprint"})
_INCLUDES = frozenset({"include_router", "register_blueprint", "mount"})
MAXIMUM_MOUNTS = 8
"""Mounts within mounts that are followed."""
MAXIMUM_PREFIXES = 16
"""Prefixes under which one router may answer, beyond which the rest is not followed."""


@dataclass(frozen=True, slots=True)
class Router:
    """An application or a router, by the call that makes it (where that is known)."""

    framework: str
    is_application: bool
    origin: ValueKey | None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a path; `is_complete` where nothing can stand before it."""

    text: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Inclusion:
    parents: tuple[Router, ...]
    prefix: tuple[str, ...] | None
    """None where the call gives none; empty where it gives one that is not known."""


def join(prefix: str, path: str) -> str:
    """A path behind a prefix, with one slash between them."""
    if not prefix:
        return path if path.startswith("/") or not path else f"/{path}"
    return prefix.rstrip("/") + (path if path.startswith("/") or not path else f"/{path}")


class Routers:
    """Recognises routers and composes their prefixes through inclusion, at any depth and across modules."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._inclusions: dict[ValueKey, list[_Inclusion]] | None = None
        self._holders: dict[ValueKey, list[tuple[ValueKey, str, Router | None]]] = {}

    def of_thing(self, thing: Thing) -> Router | None:
        """The router that a thing is; None for anything else."""
        if not isinstance(thing, InstanceThing):
            return None
        bases = self._inference.ancestry(thing.of) if isinstance(thing.of, ClassThing) else (thing.of,)
        for base in bases:
            if isinstance(base, ExternalThing):
                package, _, rest = base.name.partition(".")
                last = rest.rpartition(".")[2]
                if package in _FRAMEWORKS and last in _APPLICATIONS | _ROUTERS:
                    return Router(package, last in _APPLICATIONS, thing.origin)
        return None

    def at(self, at: At) -> tuple[Router, ...]:
        """The routers that a value may be."""
        found = (self.of_thing(thing) for thing in self._inference.things(at))
        return tuple(dict.fromkeys(router for router in found if router is not None))

    def keyword(self, router: Router, name: str) -> At | None:
        """The argument `name` of the call that makes a router."""
        if router.origin is None:
            return None
        frame = Frame(router.origin.path, router.origin.region, router.origin.scope)
        call = self._inference.scope(frame).values[router.origin.ref]
        arguments = call.arguments if isinstance(call, Call) else ()
        return next((At(frame, argument.value) for argument in arguments if argument.name == name), None)

    def own_prefix(self, router: Router) -> tuple[str, ...]:
        """The prefixes that the router is made with; `…` stands for what is not known of one."""
        at = self.keyword(router, "url_prefix" if router.framework == "flask" else "prefix")
        if at is None:
            return ("",)
        if router.framework == "flask" and not self._is_given(at):
            return ("",)
        return strings(self._inference, at) or (f"…{known_end(self._inference, at)}",)

    def _is_given(self, at: At) -> bool:
        return strings(self._inference, at) is not None or bool(known_end(self._inference, at))

    def prefixes(self, router: Router, passed: tuple[ValueKey, ...] = ()) -> tuple[Prefix, ...]:
        """Every prefix under which the routes of a router answer."""
        own = self.own_prefix(router)
        if router.origin is None:
            return tuple(_prefix(text, is_complete=router.is_application) for text in own)
        if router.origin in passed:
            return ()
        found: dict[Prefix, None] = {}
        for inclusion in self._included().get(router.origin, ()):
            for before in self._before(inclusion, (*passed, router.origin)):
                for text in self._through(router, inclusion, own):
                    found[_prefix(join(before.text, text) if text else before.text, is_complete=before.is_complete)] = (
                        None
                    )
        if not found or router.is_application:
            for text in own:
                found.setdefault(_prefix(text, is_complete=router.is_application), None)
        return tuple(found)[:MAXIMUM_PREFIXES]

    def _before(self, inclusion: _Inclusion, passed: tuple[ValueKey, ...]) -> Iterator[Prefix]:
        if not inclusion.parents:
            yield Prefix("", False)
        for parent in inclusion.parents:
            yield from self.prefixes(parent, passed)

    def _through(self, router: Router, inclusion: _Inclusion, own: tuple[str, ...]) -> Iterator[str]:
        if inclusion.prefix is None:
            yield from own
            return
        for given in inclusion.prefix or ("…",):
            if router.framework == "flask":
                yield given
            else:
                for text in own:
                    yield join(given, text) if text else given

    def _included(self) -> dict[ValueKey, list[_Inclusion]]:
        if self._inclusions is None:
            self._inclusions = {}
            for child, inclusion in self._find():
                self._inclusions.setdefault(child, []).append(inclusion)
        return self._inclusions

    def _find(self) -> Iterator[tuple[ValueKey, _Inclusion]]:
        for path, regions in self._inference.modules.library.candidates(Needles(_INCLUDES | {"routes"})):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    for ref, value in enumerate(scope.values):
                        if isinstance(value, Call):
                            function = scope.values[value.function]
                            if isinstance(function, Attribute) and function.name in _INCLUDES:
                                yield from self._inclusion(frame, function, value)
                            table = argument_of(value, "routes", 99)
                            if table != NONE:
                                yield from self._mounted(self.at(At(frame, ref)), At(frame, table), "", 0)

    def _mounted(
        self, parents: tuple[Router, ...], table: At, prefix: str, depth: int
    ) -> Iterator[tuple[ValueKey, _Inclusion]]:
        """The applications that `Mount(path, app=...)` in a table of routes puts under a path."""
        for at, call in route_tables(self._inference, table) if parents and depth < MAXIMUM_MOUNTS else ():
            path_ref = argument_of(call, "path", 0)
            inner, child_ref = argument_of(call, "routes", 99), argument_of(call, "app", 1)
            texts = strings(self._inference, At(at.frame, path_ref)) if path_ref != NONE else None
            if not texts or not self._is_mount(At(at.frame, call.function)):
                continue
            if inner != NONE:
                yield from self._mounted(parents, At(at.frame, inner), join(prefix, texts[0]), depth + 1)
            for child in self.at(At(at.frame, child_ref)) if child_ref != NONE else ():
                if child.origin is not None:
                    yield child.origin, _Inclusion(parents, (join(prefix, texts[0]),))

    def _is_mount(self, at: At) -> bool:
        return any(
            isinstance(thing, ExternalThing) and thing.name.rpartition(".")[2] == "Mount"
            for thing in self._inference.things(at)
        )

    def _inclusion(self, frame: Frame, function: Attribute, call: Call) -> Iterator[tuple[ValueKey, _Inclusion]]:
        positional = [argument.value for argument in call.arguments if argument.name == ""]
        named = {argument.name: argument.value for argument in call.arguments}
        if function.name == "mount":
            prefix_ref = named.get("path", positional[0] if positional else NONE)
            child_ref = named.get("app", positional[1] if len(positional) > 1 else NONE)
        else:
            prefix_ref = named.get("url_prefix" if function.name == "register_blueprint" else "prefix", NONE)
            child_ref = named.get("router", named.get("blueprint", positional[0] if positional else NONE))
        if child_ref == NONE:
            return
        prefix: tuple[str, ...] | None = None
        if prefix_ref != NONE:
            at = At(frame, prefix_ref)
            prefix = strings(self._inference, at) or (f"…{known_end(self._inference, at)}",)
        parents = self.at(At(frame, function.base))
        for child in self.at(At(frame, child_ref)):
            if child.origin is not None:
                yield child.origin, _Inclusion(parents, prefix)


def _prefix(text: str, *, is_complete: bool) -> Prefix:
    """A prefix of which everything before the last `…` is not known."""
    _, mark, end = text.rpartition("…")
    return Prefix(end, is_complete and not mark)


def route_tables(inference: Inference, at: At) -> Iterator[tuple[At, Call]]:
    """The calls in a list of routes, lists that it is made of included."""
    value = inference.value(at)
    if isinstance(value, Call):
        yield at, value
    elif isinstance(value, Sequence):
        for element in value.elements:
            yield from route_tables(inference, At(at.frame, element))
    else:
        for thing in inference.things(at):
            if isinstance(thing, InstanceThing) and thing.origin is not None and thing.origin != at.key:
                origin = thing.origin
                yield from route_tables(inference, At(Frame(origin.path, origin.region, origin.scope), origin.ref))


def argument_of(call: Call, name: str, position: int) -> int:
    """The argument of a call by name or position; -1 where it has none."""
    positional: list[Argument] = [argument for argument in call.arguments if argument.name == ""]
    named = next((argument.value for argument in call.arguments if argument.name == name), NONE)
    return named if named != NONE else positional[position].value if len(positional) > position else NONE
