"""What the contract says of things that the project does not have: routes, handlers, owners of loops, boundaries."""

from collections.abc import Iterable, Iterator

from execution_lint.config.mistakes import nearest
from execution_lint.config.schema import METHODS, Config, Envelope, Reference
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place, Span
from execution_lint.project.class_views import methods_of
from execution_lint.project.inference import Inference
from execution_lint.project.routes import ListedHandler
from execution_lint.project.subjects import IdleEntry, LoopCall
from execution_lint.project.things import ClassThing, ExternalThing, Thing, Things, UnknownThing
from execution_lint.source.regions import RegionKind


class IdleContract:
    """Holds each entry of the contract against what the project has. An entry of the command line has no place, and is
    left alone."""

    def __init__(
        self,
        inference: Inference,
        config: Config,
        handlers: Iterable[ListedHandler],
        loops: Iterable[LoopCall],
        of_routes: Confidence | None,
    ) -> None:
        """`of_routes` is how sure it is that all routes are known; None where some are seen that cannot be read."""
        self._inference = inference
        self._config = config
        self._handlers = tuple(handlers)
        self._loops = tuple(loops)
        self._of_routes = of_routes

    def __iter__(self) -> Iterator[IdleEntry]:
        sure = self._of_routes
        for envelope in self._config.envelopes:
            if sure is None:
                break
            yield from self._idle_routes(envelope, sure)
            yield from self._idle_modules(envelope, sure)
            yield from self._idle_handlers(envelope, sure)
            yield from self._taken(envelope, sure)
        for owner in self._config.event_loop.owners:
            if not any(loop.declared_by == owner.spelled for loop in self._loops):
                missing = self._missing(owner)
                what = missing[0] if missing else "makes no event loop"
                yield from self._entry(
                    owner.line, f"the owner `{owner.spelled}`", what, missing[1] if missing else None
                )
        for boundary in self._config.boundaries:
            missing = self._missing(boundary.call)
            if missing is not None:
                yield from self._entry(
                    boundary.call.line, f"the boundary of `{boundary.call.spelled}`", missing[0], missing[1]
                )
            for module in boundary.only_in:
                names = self._modules()
                if not any(module.matches(name) for name in names):
                    what = "matches no module of the project"
                    found = nearest(module.pattern, names)
                    yield from self._entry(
                        module.line, f"`{module.pattern}`, where a boundary lets calls be,", what, found
                    )

    def _idle_routes(self, envelope: Envelope, confidence: Confidence) -> Iterator[IdleEntry]:
        for pattern in envelope.routes:
            routes = [route for handler in self._handlers for route in handler.routes]
            is_met = any(
                pattern.matches(method, route.path)
                if route.path_complete
                else pattern.matches_suffix(method, route.path)
                for route in routes
                for method in route.methods or METHODS
            )
            if not is_met:
                known = [
                    f"{method} {route.path}" for route in routes for method in route.methods if route.path_complete
                ]
                found = nearest(pattern.spelled, known) or nearest(
                    pattern.path, [route.path for route in routes if route.path_complete]
                )
                yield from self._entry(
                    pattern.line,
                    f"`{pattern.spelled}` of the envelope `{envelope.name}`",
                    "matches no route",
                    found,
                    confidence,
                )

    def _idle_modules(self, envelope: Envelope, confidence: Confidence) -> Iterator[IdleEntry]:
        modules = {handler.handler.partition(":")[0] for handler in self._handlers}
        for pattern in envelope.modules:
            if not any(pattern.matches(module) for module in modules):
                found = nearest(pattern.pattern, sorted(modules))
                yield from self._entry(
                    pattern.line,
                    f"`{pattern.pattern}` of the envelope `{envelope.name}`",
                    "matches no module with routes",
                    found,
                    confidence,
                )

    def _idle_handlers(self, envelope: Envelope, confidence: Confidence) -> Iterator[IdleEntry]:
        known = [handler.handler for handler in self._handlers]
        for reference in envelope.handlers:
            if reference.spelled not in known:
                yield from self._entry(
                    reference.line,
                    f"`{reference.spelled}` of the envelope `{envelope.name}`",
                    "is no handler of a route",
                    nearest(reference.spelled, known),
                    confidence,
                )

    def _taken(self, envelope: Envelope, confidence: Confidence) -> Iterator[IdleEntry]:
        """An envelope whose routes are all governed by earlier ones, or exempt."""
        if not envelope.routes or envelope.modules or envelope.handlers or envelope is self._config.envelopes[0]:
            return
        earlier: dict[str, None] = {}
        for handler in self._handlers:
            for route in handler.routes:
                if not route.path_complete or not route.methods:
                    return
                for method in route.methods:
                    governing = next(
                        (
                            found
                            for found in self._config.envelopes
                            if any(pattern.matches(method, route.path) for pattern in found.routes)
                            and not any(pattern.matches(method, route.path) for pattern in found.exempt)
                        ),
                        None,
                    )
                    if governing is envelope:
                        return
                    if governing is not None and any(
                        pattern.matches(method, route.path) for pattern in envelope.routes
                    ):
                        earlier[governing.name] = None
        if earlier:
            names = ", ".join(f"`{name}`" for name in earlier)
            what = f"governs nothing: its routes are governed by {names}, which stands before it"
            yield from self._entry(envelope.line, f"the envelope `{envelope.name}`", what, None, confidence)

    def _entry(
        self, line: int, entry: str, what: str, found: str | None, confidence: Confidence = Confidence.PROVEN
    ) -> Iterator[IdleEntry]:
        if line and self._config.file:
            place = Place(self._config.file, Span(line, 1, line, 1))
            yield IdleEntry(place, "", entry, what, found or "", confidence)

    def _modules(self) -> tuple[str, ...]:
        modules = self._inference.modules
        return tuple(dict.fromkeys(modules.identify(path)[1] for path in modules.library.paths))

    def _missing(self, reference: Reference) -> tuple[str, str | None] | None:
        """Why a reference names nothing, with the nearest name; None where it names something, or something outside
        the project, of which nothing is known."""
        paths = self._inference.modules.named(reference.module)
        if not paths:
            modules = self._modules()
            top = reference.module.partition(".")[0]
            if not any(name == top or name.startswith(f"{top}.") for name in modules):
                return None
            found = nearest(reference.module, modules)
            return "names no module of the project", f"{found}:{reference.qualname}" if found else None
        missing = [self._missing_in(path, reference) for path in paths]
        return missing[0] if all(found is not None for found in missing) else None

    def _missing_in(self, path: str, reference: Reference) -> tuple[str, str | None] | None:
        top, _, rest = reference.qualname.partition(".")
        sites = self._inference.module_sites(path, top)
        module = self._inference.modules.at(path)
        if not sites:
            if module is None or module.star_imports():
                return None
            names = [region.name for region in module.regions if region.name and region.kind is not RegionKind.METHOD]
            found = nearest(top, names)
            rest = f".{rest}" if rest else ""
            return "names nothing in its module", f"{reference.module}:{found}{rest}" if found else None
        things: Things = tuple(thing for site in sites for thing in self._inference.things(site))
        prefix = f"{reference.module}:{top}"
        for name in rest.split(".") if rest else ():
            classes = [thing for thing in things if isinstance(thing, ClassThing)]
            if len(classes) < len(things) or not classes or not all(self._is_whole(cls) for cls in classes):
                return None
            things = tuple(found for thing in things for found in self._inference.attribute(thing, name))
            if all(isinstance(thing, UnknownThing) for thing in things):
                names = [method for cls in classes for method in methods_of(self._inference, cls)]
                found = nearest(name, names)
                return f"names nothing in `{prefix.rpartition(':')[2]}`", f"{prefix}.{found}" if found else None
            prefix = f"{prefix}.{name}"
        return None

    def _is_whole(self, cls: ClassThing) -> bool:
        """Whether all that a class has is seen."""
        return not any(_hides(base) for base in self._inference.ancestry(cls))


def _hides(base: Thing) -> bool:
    return isinstance(base, UnknownThing) or (
        isinstance(base, ExternalThing) and base.name not in ("builtins.object", "abc.ABC", "typing.Protocol")
    )
