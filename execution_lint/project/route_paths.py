"""The full paths and the methods that a registration names."""

from execution_lint.facts.values import NONE, Call, Sequence
from execution_lint.project.frameworks import METHODS, WEBSOCKET, joined
from execution_lint.project.inference import Inference
from execution_lint.project.path_texts import UNKNOWN, PathTexts
from execution_lint.project.prefixes import NOTHING_KNOWN, Prefix, Prefixes
from execution_lint.project.registration import FullPath
from execution_lint.project.route_rows import NO_ROW, Row
from execution_lint.project.routers import Router, Step, argument_of, elements, positional_of
from execution_lint.project.strings import listed
from execution_lint.project.things import At, ExternalThing, Frame

PATH_NAMES = ("path", "rule", "uri")
"""What the frameworks call the argument that holds the path."""
MAXIMUM_PATHS = 24
"""Full paths of one registration, beyond which the rest is left out."""


class RoutePaths:
    """Puts prefixes before paths, and reads lists of methods."""

    def __init__(self, inference: Inference, texts: PathTexts, prefixes: Prefixes) -> None:
        self._inference = inference
        self._texts = texts
        self._prefixes = prefixes

    def path_argument(self, call: Call, position: int = 0) -> int:
        """The argument of a call that holds the path; -1 where it has none."""
        for name in PATH_NAMES:
            ref = argument_of(call, name, 99)
            if ref != NONE:
                return ref
        return positional_of(call, position)

    def full(
        self,
        framework: str,
        routers: tuple[Router, ...],
        path: At,
        site: At,
        version: At | None = None,
        calls: tuple[Frame, ...] = (),
        row: Row = NO_ROW,
    ) -> tuple[FullPath, ...]:
        """Every full path of a route that is registered with these routers; `calls` are the functions through which
        the path comes there, each as its call looks at it; `row` is the one of a table that a loop takes it from."""
        return self._composed(framework, self._before(routers), path, site, routers, version, calls, row)

    def handled(self, framework: str, prefixes: tuple[Prefix, ...], call: Call, site: At) -> tuple[FullPath, ...]:
        """Every full path of a handler that says its own paths, in a text or a list; `/` where it says none."""
        ref = argument_of(call, "path", 0)
        if ref == NONE:
            texts: tuple[str, ...] = ("/",)
        else:
            texts = tuple(
                text
                for element in elements(self._inference, At(site.frame, ref))
                for text in self._texts.spelled(element)
            ) or ("/",)
        return self._composed(framework, prefixes, texts, site, (), None)

    def _before(self, routers: tuple[Router, ...]) -> tuple[Prefix, ...]:
        found = tuple(prefix for router in routers for prefix in self._prefixes.of_router(router))
        return found or NOTHING_KNOWN

    def _composed(
        self,
        framework: str,
        prefixes: tuple[Prefix, ...],
        path: At | tuple[str, ...],
        site: At,
        routers: tuple[Router, ...],
        version: At | None,
        calls: tuple[Frame, ...] = (),
        row: Row = NO_ROW,
    ) -> tuple[FullPath, ...]:
        found: dict[FullPath, None] = {}
        step = Step(routers[0].origin if routers else None, site.key)
        versions = self._texts.of(version) if version is not None else None
        for prefix in prefixes:
            for text in self._texts.spelled(path, *calls, prefix.call, row=row) if isinstance(path, At) else path:
                way = (*prefix.way, step)
                if UNKNOWN in text:
                    found[FullPath(text.rpartition(UNKNOWN)[2], False, way, False)] = None
                    continue
                known = versions[0] if versions else prefix.version
                full = joined(framework, prefix.text, text)
                found[FullPath(f"/v{known}{full}" if known else full, prefix.is_complete, way)] = None
        return tuple(found)[:MAXIMUM_PATHS]

    def methods(
        self, frame: Frame, call: Call, name: str, default: tuple[str, ...] = ("GET",), row: Row = NO_ROW
    ) -> tuple[str, ...]:
        """The methods that a call named after one, or with a list of them, registers; empty where not known."""
        last = name.removeprefix("add_")
        if last in METHODS:
            return (last.upper(),)
        if "websocket" in last:
            return (WEBSOCKET,)
        ref = argument_of(call, "methods", 99)
        return self.listed(At(frame, ref), row) if ref != NONE and not self.is_none(At(frame, ref)) else default

    def is_none(self, at: At) -> bool:
        """Whether a value is the literal None."""
        value = self._inference.value(at)
        return getattr(value, "kind", "") == "None"

    def listed(self, at: At, row: Row = NO_ROW) -> tuple[str, ...]:
        """The methods in a list, or the single one, in upper case; empty where they are not known."""
        value = self._inference.value(at)
        if row.cells and isinstance(value, Sequence):
            cells = [self._texts.of(At(at.frame, element), row=row) for element in value.elements]
            return tuple(name.upper() for texts in cells for name in texts or ()) if all(cells) else ()
        at = row.at(at)
        names = listed(self._inference, at)
        if names is None:
            names = self._texts.of(at)
        if names is None:
            names = tuple(
                thing.name.removesuffix(".value").rpartition(".")[2]
                for element in elements(self._inference, at)
                for thing in self._inference.things(element)
                if isinstance(thing, ExternalThing)
            )
        found = tuple(dict.fromkeys(name.upper() for name in names))
        return found if all(name.isalpha() for name in found) else ()
