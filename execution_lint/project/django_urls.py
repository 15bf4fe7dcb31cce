"""The URL configuration of Django: `urlpatterns`, what they include, and the view sets of REST framework's routers."""

import re
from collections.abc import Iterator

import msgspec

from execution_lint.facts.values import NONE, Attribute, Call, Constant, Free, Sequence
from execution_lint.model.confidence import Confidence
from execution_lint.project.class_views import endpoints, has_base, methods_of
from execution_lint.project.frameworks import RouterClass, join
from execution_lint.project.inclusions import Inclusion, Inclusions
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import PathTexts
from execution_lint.project.prefixes import Prefixes
from execution_lint.project.registration import FullPath, Registration
from execution_lint.project.routers import Router, Routers, Step, argument_of, elements
from execution_lint.project.strings import listed
from execution_lint.project.things import (
    At,
    ClassThing,
    Definition,
    ExternalThing,
    Frame,
    ModuleThing,
    ValueKey,
)
from execution_lint.source.regions import Needles

MAXIMUM_INCLUDES = 8
"""Lists of patterns within each other that are followed."""

_CLASS = RouterClass("django")
_ROOT_CLASS = RouterClass("django", is_application=True)
_PATHS = frozenset({"path", "re_path", "url"})
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_PLAIN = re.compile(r"[\w/<>:.~%-]*")
_ACTIONS = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
"""What a view set's method answers, and whether one object is meant."""
_REQUIRING = {
    "require_GET": ("GET",),
    "require_POST": ("POST",),
    "require_safe": ("GET", "HEAD"),
}


class _Pattern(msgspec.Struct, frozen=True):
    """`path(text, view)`, with what stands before it in its own module."""

    owner: Router
    text: str
    is_known: bool
    at: At
    view: At


class DjangoUrls:
    """Reads the URL configuration; a module that nothing includes may be under any prefix, unless it is the root."""

    def __init__(
        self, inference: Inference, routers: Routers, texts: PathTexts, inclusions: Inclusions, prefixes: Prefixes
    ) -> None:
        self._inference = inference
        self._routers = routers
        self._texts = texts
        self._inclusions = inclusions
        self._prefixes = prefixes
        self._patterns: list[_Pattern] = []
        self._roots: frozenset[str] = frozenset()

    def read(self) -> None:
        """Note what the URL configuration includes, before the prefixes of anything are asked for."""
        self._roots = frozenset(self._find_roots())
        library = self._inference.modules.library
        for path in [path for path, _ in library.candidates(Needles(frozenset({"urlpatterns"})))]:
            if self._inference.modules.at(path) is None:
                continue
            for site in self._inference.module_sites(path, "urlpatterns"):
                if site.frame.path == path:
                    self._walk(self._module(path), site, "", True, 0)

    def registrations(self) -> Iterator[Registration]:
        """The views that patterns lead to."""
        for pattern in self._patterns:
            for handler, methods in endpoints(self._inference, pattern.view):
                yield Registration(
                    handler=handler,
                    framework=self._framework(handler),
                    methods=methods if methods is not None else self._required(handler),
                    full_paths=tuple(self._full(pattern)),
                    confidence=Confidence.PROVEN,
                    routers=(pattern.owner,),
                    decorator=pattern.at,
                    position=NONE,
                )

    def registered(self, at: At, call: Call, router: Router) -> Iterator[Registration]:
        """`router.register("jobs", JobViewSet)`."""
        prefix_ref, view_ref = argument_of(call, "prefix", 0), argument_of(call, "viewset", 1)
        if prefix_ref == NONE or view_ref == NONE:
            return
        slash = self._routers.argument(router, "trailing_slash", 0)
        value = self._inference.value(slash) if slash is not None else None
        end = "" if isinstance(value, Constant) and value.text == "False" else "/"
        for text in self._texts.spelled(At(at.frame, prefix_ref)):
            for thing in self._inference.things(At(at.frame, view_ref)):
                if isinstance(thing, ClassThing):
                    for handler, methods, rest in self._actions(thing, end):
                        yield Registration(
                            handler=handler,
                            framework="drf",
                            methods=methods,
                            full_paths=tuple(
                                FullPath(
                                    join(prefix.text, f"{text}{rest}") if "…" not in text else rest,
                                    prefix.is_complete and "…" not in text,
                                    (*prefix.way, Step(router.origin, at.key)),
                                    "…" not in text,
                                )
                                for prefix in self._prefixes.of_router(router)
                            ),
                            confidence=Confidence.PROVEN,
                            routers=(router,),
                            decorator=at,
                            position=NONE,
                        )

    def _actions(self, cls: ClassThing, end: str) -> Iterator[tuple[Definition, tuple[str, ...], str]]:
        one = f"/<{self._lookup(cls)}>{end}"
        for name, function in methods_of(self._inference, cls).items():
            if name in _ACTIONS:
                method, is_one = _ACTIONS[name]
                yield function.definition, (method,), one if is_one else end
                continue
            for at, call in self._decorating(function.definition, "action"):
                detail, given = argument_of(call, "detail", 99), argument_of(call, "url_path", 99)
                value = self._inference.value(At(at.frame, detail)) if detail != NONE else None
                texts = self._texts.of(At(at.frame, given)) if given != NONE else (name,)
                is_one = isinstance(value, Constant) and value.text == "True"
                beginning = f"/<{self._lookup(cls)}>" if is_one else ""
                for text in texts or ("…",):
                    yield function.definition, self._given_methods(at, call, 0), f"{beginning}/{text}{end}"

    def _lookup(self, cls: ClassThing) -> str:
        for name in ("lookup_url_kwarg", "lookup_field"):
            found = self._inference.field(cls, name)
            texts = self._texts.of(At(found[0], found[1].value)) if found and found[1].value != NONE else None
            if texts:
                return texts[0]
        return "pk"

    def _given_methods(self, at: At, call: Call, position: int) -> tuple[str, ...]:
        ref = argument_of(call, "methods", position)
        ref = ref if ref != NONE else argument_of(call, "http_method_names", position)
        if ref == NONE:
            return ("GET",)
        names = listed(self._inference, At(at.frame, ref))
        return tuple(name.upper() for name in names) if names is not None else ()

    def _decorating(self, definition: Definition, name: str) -> Iterator[tuple[At, Call]]:
        """The calls of REST framework's decorator `name` over a function."""
        frame = Frame(definition.path, definition.region, definition.scope)
        scope = self._inference.scope(frame)
        for decorator in scope.decorators:
            call = scope.values[decorator]
            if isinstance(call, Call):
                for thing in self._inference.things(At(frame, call.function)):
                    if (
                        isinstance(thing, ExternalThing)
                        and thing.name.rpartition(".")[2] == name
                        and thing.name.startswith(("rest_framework.", "django."))
                    ):
                        yield At(frame, decorator), call

    def _required(self, handler: Definition) -> tuple[str, ...]:
        """The methods that a function's decorators let through; empty where all do."""
        for name in ("api_view", "require_http_methods"):
            for at, call in self._decorating(handler, name):
                return self._given_methods(at, call, 0)
        for thing in self._inference.decorators(handler):
            if thing.name.startswith("django.") and thing.name.rpartition(".")[2] in _REQUIRING:
                return _REQUIRING[thing.name.rpartition(".")[2]]
        return ()

    def _framework(self, handler: Definition) -> str:
        owner = self._inference.owner(handler)
        if owner is not None and has_base(self._inference, owner, "rest_framework"):
            return "drf"
        return "drf" if any(True for _ in self._decorating(handler, "api_view")) else "django"

    def _full(self, pattern: _Pattern) -> Iterator[FullPath]:
        for prefix in self._prefixes.of_router(pattern.owner):
            way = (*prefix.way, Step(pattern.owner.origin, pattern.at.key))
            if pattern.is_known:
                yield FullPath(join(prefix.text, pattern.text) or "/", prefix.is_complete, way)
            else:
                yield FullPath(pattern.text, False, way, False)

    def _find_roots(self) -> Iterator[str]:
        """The modules that a setting names as the root of the configuration."""
        library = self._inference.modules.library
        for path, regions in library.candidates(Needles(frozenset({"ROOT_URLCONF"}))):
            module = self._inference.modules.at(path)
            for region in regions if module is not None else ():
                facts = module.facts(region) if module is not None else None
                for index, scope in enumerate(facts.scopes if facts is not None else ()):
                    frame = Frame(path, region, index)
                    values = [ref for name, ref in scope.bindings if name == "ROOT_URLCONF"]
                    values += [
                        argument.value
                        for value in scope.values
                        if isinstance(value, Call)
                        for argument in value.arguments
                        if argument.name == "ROOT_URLCONF"
                    ]
                    for ref in values:
                        for text in self._texts.of(At(frame, ref)) or ():
                            yield from self._inference.modules.named(text)

    def _module(self, path: str) -> Router:
        known = _ROOT_CLASS if path in self._roots else _CLASS
        return Router(known, ValueKey(path, NONE, NONE, NONE))

    def _walk(self, owner: Router, table: At, before: str, is_known: bool, depth: int) -> None:
        for at in elements(self._inference, table) if depth < MAXIMUM_INCLUDES else ():
            call = self._inference.value(at)
            name = self._django_name(at.frame, call) if isinstance(call, Call) else ""
            if name not in _PATHS or not isinstance(call, Call):
                self._include_routers(owner, at, before, is_known, at)
                continue
            route_ref, view_ref = argument_of(call, "route", 0), argument_of(call, "view", 1)
            if route_ref == NONE or view_ref == NONE:
                continue
            for spelled in self._texts.spelled(At(at.frame, route_ref)):
                text, is_plain = _plain(spelled) if name != "path" else (spelled, True)
                is_whole = is_known and is_plain and "…" not in text
                self._lead(owner, at, At(at.frame, view_ref), before + text if is_whole else text, is_whole, depth)

    def _lead(self, owner: Router, at: At, view: At, text: str, is_known: bool, depth: int) -> None:
        value = self._inference.value(view)
        if isinstance(value, Call) and self._django_name(view.frame, value) == "include" and value.arguments:
            self._include(owner, at, At(view.frame, value.arguments[0].value), text, is_known, depth)
        elif not self._include_routers(owner, view, text, is_known, at):
            self._patterns.append(_Pattern(owner, text.rpartition("…")[2], is_known, at, view))

    def _include(self, owner: Router, at: At, given: At, text: str, is_known: bool, depth: int) -> None:
        value = self._inference.value(given)
        if isinstance(value, Sequence) and value.kind == "tuple" and value.elements:
            given = At(given.frame, value.elements[0])
        if self._include_routers(owner, given, text, is_known, at):
            return
        paths = [thing.path for thing in self._inference.things(given) if isinstance(thing, ModuleThing)]
        for name in self._texts.of(given) or () if not paths else ():
            paths += self._inference.modules.named(name)
        for path in paths:
            router = self._module(path)
            assert router.origin is not None
            self._note(router.origin, Inclusion(router, (owner,), (text if is_known else f"…{text}",), at.key))
        if not paths:
            self._walk(owner, given, text, is_known, depth + 1)

    def _include_routers(self, owner: Router, at: At, text: str, is_known: bool, site: At) -> bool:
        """`api.urls`, `router.urls`: the routes of a router of Django Ninja or REST framework."""
        found = False
        for router in self._routers.at(at):
            if router.origin is not None:
                found = True
                self._note(router.origin, Inclusion(router, (owner,), (text if is_known else f"…{text}",), site.key))
        return found

    def _note(self, key: ValueKey, inclusion: Inclusion) -> None:
        if inclusion not in self._inclusions.of(key):
            self._inclusions.add(key, inclusion)

    def _django_name(self, frame: Frame, call: Call) -> str:
        function = self._inference.scope(frame).values[call.function]
        if not isinstance(function, (Free, Attribute)):
            return ""
        for thing in self._inference.things(At(frame, call.function)):
            if isinstance(thing, ExternalThing) and thing.name.startswith("django."):
                return thing.name.rpartition(".")[2]
        return ""


def _plain(expression: str) -> tuple[str, bool]:
    """The path that a regular expression stands for, and whether it says no more than that."""
    text = _GROUP.sub(r"<\1>", expression.removeprefix("^").removesuffix("$"))
    return text, _PLAIN.fullmatch(text) is not None
