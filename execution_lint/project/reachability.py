"""Whether control comes to a place: behind a call that always raises nothing is reached."""

from heapq import heappop, heappush

from execution_lint.facts.scopes import ExitKind
from execution_lint.facts.values import (
    NONE,
    After,
    Assigned,
    Awaited,
    Call,
    Choice,
    Ref,
)
from execution_lint.project.inference import Inference
from execution_lint.project.strings import status_code
from execution_lint.project.things import (
    At,
    Definition,
    ExternalThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Thing,
    ValueKey,
)


class Reachability:
    """Follows the flow of a function back to its start, and calls into what they always raise."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._raising: dict[ValueKey, bool] = {}
        self._reachable: dict[tuple[Definition, Ref], bool] = {}
        self._under_way = 0

    def is_reachable(self, frame: Frame, flow: Ref) -> bool:
        """Whether control comes so far: not behind a call that never returns."""
        key = (frame.definition, flow)
        found = self._reachable.get(key)
        if found is None:
            found = self._comes(frame, flow)
            # While it is being found out whether a call returns, it is taken to do so.
            if not self._under_way:
                self._reachable[key] = found
        return found

    def _comes(self, frame: Frame, flow: Ref) -> bool:
        """Whether a way without a call that never returns leads back to the start. A call is asked about only where no
        way leads around it, the first in the text before those that it would spare."""
        values = self._inference.scope(frame).values
        waiting, behind, seen = [flow], list[tuple[Ref, Ref]](), set[Ref]()
        while waiting or behind:
            if not waiting:
                before, call = heappop(behind)
                if not self.never_returns(At(frame, call)):
                    waiting.append(before)
                continue
            ref = waiting.pop()
            if ref == NONE:
                return True
            if ref in seen:
                continue
            seen.add(ref)
            match values[ref]:
                case After(flow=before, call=call):
                    if isinstance(values[call], (Call, Awaited)):
                        heappush(behind, (before, call))
                    else:
                        waiting.append(before)
                case Choice(alternatives=alternatives):
                    waiting.extend(alternatives)
                case _:
                    return True
        return False

    def error_code(self, frame: Frame, flow: Ref) -> bool:
        """Whether an error status, or one that is not known, is set on the response on a way that leads here."""
        scope = self._inference.scope(frame)
        waiting, seen = [flow], set()
        while waiting:
            ref = waiting.pop()
            if ref == NONE or ref in seen:
                continue
            seen.add(ref)
            match scope.values[ref]:
                case After(flow=before, call=call):
                    waiting.append(before)
                    step = scope.values[call]
                    if isinstance(step, Assigned) and step.name in ("status_code", "status"):
                        code = status_code(self._inference, At(frame, step.value))
                        if code is None or code >= 400:
                            return True
                case Choice(alternatives=alternatives):
                    waiting.extend(alternatives)
                case _:
                    continue
        return False

    def never_returns(self, at: At) -> bool:
        """Whether a call always raises or exits, whoever calls."""
        if at.key not in self._raising:
            self._raising[at.key] = False
            self._under_way += 1
            try:
                self._raising[at.key] = self._never_returns(
                    At(Frame(at.frame.path, at.frame.region, at.frame.scope), at.ref)
                )
            finally:
                self._under_way -= 1
        return self._raising[at.key]

    def is_abstract(self, definition: Definition) -> bool:
        """Whether a method is there for the classes that extend its own to define: it does nothing, or raises
        `NotImplementedError`."""
        if self._inference.owner(definition) is None:
            return False
        scope = self._inference.scope(definition)
        if [exit.kind for exit in scope.exits] == [ExitKind.FALL]:
            return not any(isinstance(value, Call) for value in scope.values)
        frame = Frame(definition.path, definition.region, definition.scope)
        return bool(scope.exits) and all(
            exit.kind is ExitKind.RAISE and exit.value != NONE and self._is_not_implemented(At(frame, exit.value))
            for exit in scope.exits
        )

    def _is_not_implemented(self, at: At) -> bool:
        things = self._inference.things(at)
        kinds = [thing.of if isinstance(thing, InstanceThing) else thing for thing in things]
        return bool(kinds) and all(
            isinstance(kind, ExternalThing) and kind.name == "builtins.NotImplementedError" for kind in kinds
        )

    def _never_returns(self, at: At) -> bool:
        value = self._inference.value(at)
        if isinstance(value, Awaited):
            at = At(at.frame, value.base)
            value = self._inference.value(at)
        if not isinstance(value, Call):
            return False
        things = self._inference.things(At(at.frame, value.function))
        return bool(things) and all(self._raises(thing) for thing in things)

    def _raises(self, thing: Thing) -> bool:
        match thing:
            case ExternalThing(name=name):
                return name in (
                    "sys.exit",
                    "os._exit",
                    "flask.abort",
                    "quart.abort",
                    "werkzeug.exceptions.abort",
                    "os.abort",
                    "builtins.exit",
                )
            case FunctionThing(definition=definition):
                scope = self._inference.scope(definition)
                if scope.is_generator or not scope.exits or self.is_abstract(definition):
                    return False
                frame = Frame(definition.path, definition.region, definition.scope)
                return all(
                    exit.kind is ExitKind.RAISE or not self.is_reachable(frame, exit.flow) for exit in scope.exits
                )
            case _:
                return False
