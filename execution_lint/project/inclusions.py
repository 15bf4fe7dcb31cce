"""Which router is put under which, and with what prefix: by calls that include, mount and register."""

from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Free, Value
from execution_lint.project.class_views import methods_of
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import PathTexts
from execution_lint.project.presence import Presence
from execution_lint.project.routers import Router, Routers, argument_of, elements
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    ValueKey,
)

MAXIMUM_MOUNTS = 8
"""Mounts within mounts that are followed."""

Child = ValueKey | Definition
"""What is put under a router: another one by the call that makes it or by its class, or a handler."""


class Inclusion(msgspec.Struct, frozen=True):
    """A router, or a handler, under one of these routers."""

    router: Router | None
    """What is included; None for a handler."""
    parents: tuple[Router, ...]
    prefix: tuple[str, ...] | None
    """The prefixes that the call may give; None where it gives none. `…` stands for what is not known of one."""
    site: ValueKey
    version: str = ""
    """Of Sanic's versions: the one that the call gives."""
    call: Frame | None = None
    """The function that makes the router, as this call of it looks at it."""


class _Form(msgspec.Struct, frozen=True):
    """Where the arguments of an including call stand."""

    child: tuple[str, int]
    prefix: tuple[str, int]


_FORMS = {
    "include_router": _Form(("router", 0), ("prefix", 99)),
    "register_blueprint": _Form(("blueprint", 0), ("url_prefix", 99)),
    "blueprint": _Form(("blueprint", 0), ("url_prefix", 99)),
    "mount": _Form(("app", 1), ("path", 0)),
    "host": _Form(("app", 1), ("", 99)),
    "add_subapp": _Form(("subapp", 1), ("prefix", 0)),
    "add_domain": _Form(("subapp", 1), ("", 99)),
    "add_routes": _Form(("routes", 0), ("", 99)),
    "add_router": _Form(("router", 1), ("prefix", 0)),
    "register": _Form(("value", 0), ("", 99)),
}
_MOUNTING = {
    ("starlette", "Mount"): _Form(("app", 1), ("path", 0)),
    ("fastapi", "Mount"): _Form(("app", 1), ("path", 0)),
    ("starlette", "Host"): _Form(("app", 1), ("", 99)),
}


class Inclusions:
    """Finds every inclusion of the project."""

    def __init__(self, inference: Inference, routers: Routers, texts: PathTexts, presence: Presence) -> None:
        self._inference = inference
        self._routers = routers
        self._texts = texts
        self._presence = presence
        self._found: dict[Child, list[Inclusion]] | None = None

    def of(self, child: Child) -> tuple[Inclusion, ...]:
        """Where something is included."""
        if self._found is None:
            self._found = {}
            for key, inclusion in self._find():
                known = self._found.setdefault(key, [])
                if inclusion not in known:
                    known.append(inclusion)
        return tuple(self._found.get(child, ()))

    def add(self, child: Child, inclusion: Inclusion) -> None:
        """Note an inclusion that is read elsewhere."""
        self.of(child)
        assert self._found is not None
        self._found.setdefault(child, []).append(inclusion)

    def _find(self) -> Iterator[tuple[Child, Inclusion]]:
        for path, regions in self._inference.modules.library.candidates(self._presence.including):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    for ref, value in enumerate(scope.values):
                        if isinstance(value, Call) and self._may_include(value, scope.values[value.function]):
                            yield from self._of_call(At(frame, ref), value)

    def _may_include(self, call: Call, function: Value) -> bool:
        """Whether a call of `function` may put one router under another: told from the names alone."""
        is_named = isinstance(function, Attribute) and (function.name in _FORMS or function.name == "group")
        return is_named or self._routers.may_hand_table(call, function)

    def _of_call(self, at: At, call: Call) -> Iterator[tuple[Child, Inclusion]]:
        frame = at.frame
        function = self._inference.scope(frame).values[call.function]
        if isinstance(function, Attribute) and function.name in _FORMS:
            yield from self._included(at, call, function)
        elif isinstance(function, Attribute) and function.name == "group" and self._presence.has("sanic"):
            yield from self._grouped(at, call)
        table = self._routers.table(at, call)
        if table != NONE:
            yield from self._mounted(self._routers.at(at), At(frame, table), "", 0)
        handlers = argument_of(call, "route_handlers", 0 if _is_litestar(function) else 99)
        if handlers != NONE:
            parents = tuple(router for router in self._routers.at(at) if router.framework == "litestar")
            for element in elements(self._inference, At(frame, handlers)) if parents else ():
                yield from self._handled(parents, element, at.key)

    def _included(self, at: At, call: Call, function: Attribute) -> Iterator[tuple[Child, Inclusion]]:
        form = _FORMS[function.name]
        child_ref = argument_of(call, *form.child)
        if child_ref == NONE:
            return
        parents = self._routers.at(At(at.frame, function.base))
        child = At(at.frame, child_ref)
        if function.name == "register":
            if parents and parents[0].framework == "litestar":
                yield from self._handled(parents, child, at.key)
            return
        prefix_ref = argument_of(call, *form.prefix) if form.prefix[0] else NONE
        prefix = self._texts.spelled(At(at.frame, prefix_ref)) if prefix_ref != NONE else None
        version = self._version(at.frame, call)
        for element in elements(self._inference, child):
            for router in self._children(element):
                making = self._making(element, router)
                yield from self._keys(router, Inclusion(router, parents, prefix, at.key, version, making))

    def _children(self, at: At) -> Iterator[Router]:
        found = self._routers.at(at)
        yield from found
        if found or not self._presence.has("ninja"):
            return
        # Django Ninja takes a router by its dotted name too.
        for text in self._texts.of(at) or ():
            module, _, name = text.rpartition(".")
            for path in self._inference.modules.named(module):
                for site in self._inference.module_sites(path, name):
                    yield from self._routers.at(site)

    def _making(self, at: At, router: Router) -> Frame | None:
        """The function that makes a router, as the call looks at it that stands here."""
        value = self._inference.value(at)
        for thing in self._inference.things(At(at.frame, value.function)) if isinstance(value, Call) else ():
            if isinstance(thing, FunctionThing) and router.origin is not None:
                made = thing.definition
                if made == Definition(router.origin.path, router.origin.region, router.origin.scope):
                    arguments = self._inference.arguments(thing, at)
                    return Frame(made.path, made.region, made.scope, arguments, calls=1)
        return None

    def _keys(self, router: Router, inclusion: Inclusion) -> Iterator[tuple[Child, Inclusion]]:
        if router.origin is not None:
            yield router.origin, inclusion
        if router.cls is not None:
            for base in self._inference.ancestry(ClassThing(router.cls)):
                if isinstance(base, ClassThing):
                    yield base.definition, inclusion

    def _version(self, frame: Frame, call: Call) -> str:
        ref = argument_of(call, "version", 99)
        texts = self._texts.of(At(frame, ref)) if ref != NONE and self._presence.has("sanic") else None
        return texts[0] if texts else ""

    def _grouped(self, at: At, call: Call) -> Iterator[tuple[Child, Inclusion]]:
        """`Blueprint.group(first, second, url_prefix=...)`."""
        parents = self._routers.at(at)
        for argument in call.arguments if parents else ():
            if argument.name == "":
                for element in elements(self._inference, At(at.frame, argument.value)):
                    for router in self._routers.at(element):
                        yield from self._keys(router, Inclusion(router, parents, None, at.key))

    def _mounted(
        self, parents: tuple[Router, ...], table: At, prefix: str, depth: int
    ) -> Iterator[tuple[Child, Inclusion]]:
        """The applications that `Mount(path, app=...)` in a table of routes puts under a path."""
        for at in elements(self._inference, table) if parents and depth < MAXIMUM_MOUNTS else ():
            call = self._inference.value(at)
            form = self.mount_form(at.frame, call) if isinstance(call, Call) else None
            if form is None or not isinstance(call, Call):
                continue
            path_ref = argument_of(call, *form.prefix) if form.prefix[0] else NONE
            for text in self._texts.spelled(At(at.frame, path_ref)) if path_ref != NONE else ("",):
                below = f"{prefix.rstrip('/')}{text}" if prefix else text
                inner, child_ref = argument_of(call, "routes", 99), argument_of(call, *form.child)
                if inner != NONE:
                    yield from self._mounted(parents, At(at.frame, inner), below, depth + 1)
                for router in self._routers.at(At(at.frame, child_ref)) if child_ref != NONE else ():
                    yield from self._keys(router, Inclusion(router, parents, (below,), at.key))

    def mount_form(self, frame: Frame, call: Call) -> _Form | None:
        """Where a `Mount(...)` or `Host(...)` has its application and its path; None for any other call."""
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing):
                form = _MOUNTING.get((thing.name.partition(".")[0], thing.name.rpartition(".")[2]))
                if form is not None:
                    return form
        return None

    def _handled(self, parents: tuple[Router, ...], at: At, site: ValueKey) -> Iterator[tuple[Child, Inclusion]]:
        """What Litestar is given as a route handler: a function, a controller, a router, an application."""
        routers = self._routers.at(at)
        for router in routers:
            yield from self._keys(router, Inclusion(router, parents, None, site))
        for thing in self._inference.things(at) if not routers else ():
            match thing:
                case FunctionThing(definition=definition):
                    yield definition, Inclusion(None, parents, None, site)
                case ClassThing():
                    prefix = self._controller_prefix(thing)
                    for method in methods_of(self._inference, thing).values():
                        yield method.definition, Inclusion(None, parents, prefix, site)
                case _:
                    continue

    def _controller_prefix(self, cls: ClassThing) -> tuple[str, ...]:
        found = self._inference.field(cls, "path")
        if found is None or found[1].value == NONE:
            return ("",)
        return self._texts.spelled(At(found[0], found[1].value))


def _is_litestar(function: object) -> bool:
    return isinstance(function, (Free, Attribute)) and function.name == "Litestar"
