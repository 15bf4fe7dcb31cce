"""The places of one region that make a target execute, and the further names that it gives the target."""

from collections.abc import Iterator

from execution_lint.facts.scopes import ExitKind, ParameterFact, ParameterKind, Scope, ScopeKind, TargetKind
from execution_lint.facts.values import (
    NONE,
    Argument,
    Attribute,
    Call,
    Choice,
    Element,
    Entered,
    Formatted,
    Free,
    Imported,
    Item,
    Nested,
    Operation,
    Parameter,
    Ref,
)
from execution_lint.model.confidence import Confidence
from execution_lint.model.place import Place
from execution_lint.project.call_graph.fates import Fates
from execution_lint.project.call_graph.handing import Handing
from execution_lint.project.call_graph.mentions import Mentions
from execution_lint.project.call_graph.nodes import Manner, Use, executor
from execution_lint.project.call_graph.search import Alias, Reach
from execution_lint.project.call_graph.targets import FunctionTarget, Match, Target
from execution_lint.project.inference import Inference
from execution_lint.project.spelling import root_of, spelled
from execution_lint.project.things import At, ClassThing, Frame, FunctionThing, Thing, Things, UnknownThing

_OPERATORS = {
    "__add__": "+",
    "__sub__": "-",
    "__mul__": "*",
    "__matmul__": "@",
    "__truediv__": "/",
    "__mod__": "%",
    "__or__": "|",
    "__and__": "&",
    "__rshift__": ">>",
    "__lshift__": "<<",
    "__eq__": "==",
    "__ne__": "!=",
    "__lt__": "<",
    "__gt__": ">",
    "__le__": "<=",
    "__ge__": ">=",
    "__contains__": "in",
    "__bool__": "not",
    "__invert__": "~",
    "__neg__": "-",
}
_BUILTINS = {
    "__len__": "len",
    "__str__": "str",
    "__repr__": "repr",
    "__iter__": "iter",
    "__next__": "next",
    "__bool__": "bool",
    "__int__": "int",
    "__float__": "float",
    "__hash__": "hash",
    "__bytes__": "bytes",
    "__abs__": "abs",
}
_CONSUMERS = frozenset(
    {"list", "tuple", "set", "dict", "sorted", "sum", "min", "max", "any", "all", "frozenset", "next"}
)


class Uses:
    """Looks for a target in regions that are candidates."""

    def __init__(self, inference: Inference, fates: Fates) -> None:
        self._inference = inference
        self._fates = fates
        self._mentions = Mentions(inference)
        self.unknown_handings = 0
        """Callables that are handed to something of which nothing is known."""

    def frames(self, path: str, region: int) -> Iterator[Frame]:
        """The scopes of a region."""
        module = self._inference.modules.at(path)
        facts = module.facts(region) if module is not None else None
        for index in range(len(facts.scopes) if facts is not None else 0):
            yield Frame(path, region, index)

    def found(self, target: Target, path: str, region: int, name: str) -> Iterator[Use]:
        """The uses of the target under a name."""
        for frame, scope in self._concerned(target, path, region, name):
            for ref, value in enumerate(scope.values):
                if isinstance(value, Call):
                    yield from self._at_call(target, frame, scope, ref, value, name)
            if isinstance(target, FunctionTarget):
                if target.is_property:
                    yield from self._property_uses(target, frame, scope, name)
                if target.is_implicit:
                    yield from self._implicit_uses(target, frame, scope, name)

    def _concerned(self, target: Target, path: str, region: int, name: str) -> Iterator[tuple[Frame, Scope]]:
        """The scopes of a region in which a value may be the target under a name."""
        for frame in self.frames(path, region):
            if self._mentioning(target, frame, name) or _is_around(target, frame):
                yield frame, self._inference.scope(frame)

    def _mentioning(self, target: Target, frame: Frame, name: str) -> frozenset[Ref]:
        deep = not isinstance(target, FunctionTarget) or target.is_deep
        return self._mentions.of(frame, name, through_results=deep) if name else frozenset()

    def concerns(self, target: Target, frame: Frame, scope: Scope, ref: Ref, name: str) -> bool:
        """Whether a value can be the target under a name: from the text, before the inference is asked."""
        if ref == NONE:
            return False
        if ref in self._mentioning(target, frame, name):
            return True
        return (
            isinstance(target, FunctionTarget)
            and _is_around(target, frame)
            and self._is_nested(target, frame, scope, ref)
        )

    def _is_nested(self, target: FunctionTarget, frame: Frame, scope: Scope, ref: Ref, depth: int = 5) -> bool:
        definition = target.definition
        if ref == NONE or depth == 0:
            return False
        match scope.values[root_of(scope, ref)]:
            case Nested(scope=index):
                return index == definition.scope or target.owner == ClassThing(
                    type(definition)(frame.path, frame.region, index)
                )
            case Choice(alternatives=parts):
                return any(self._is_nested(target, frame, scope, part, depth - 1) for part in parts)
            case Call(function=function, arguments=arguments):
                parts = (function, *(argument.value for argument in arguments))
                return any(self._is_nested(target, frame, scope, part, depth - 1) for part in parts)
            case Attribute(base=base) | Item(base=base):
                return self._is_nested(target, frame, scope, base, depth - 1)
            case _:
                return False

    # Calls

    def _at_call(self, target: Target, frame: Frame, scope: Scope, ref: Ref, call: Call, name: str) -> Iterator[Use]:
        if self.concerns(target, frame, scope, call.function, name):
            things = self._inference.things(At(frame, call.function))
            match = _surest(target.called(thing) for thing in things)
            if match is not None and self._may_dispatch(target, frame, scope, call.function, things):
                yield self._use(frame, ref, match, things, "calls", is_own=self._is_own(frame, scope, call.function))
        for argument in call.arguments:
            if self.concerns(target, frame, scope, argument.value, name):
                yield from self._handed(target, frame, scope, ref, argument)

    def _handed(self, target: Target, frame: Frame, scope: Scope, ref: Ref, argument: Argument) -> Iterator[Use]:
        things = self._inference.things(At(frame, argument.value))
        match = _surest(target.called(thing) for thing in things)
        if match is None:
            return
        call = scope.values[ref]
        assert isinstance(call, Call)
        whom = f"has `{spelled(scope, call.function)}` call"
        for fate in self._fates.of_argument(frame, ref, argument):
            confidence = Confidence.weakest(match.confidence, fate.confidence)
            place = Place(frame.path, scope.spans[ref])
            match fate.handing:
                case Handing.AT_ONCE if fate.frame is None:
                    yield Use(frame, ref, place, Manner.AT_ONCE, confidence, whom, match.receiver)
                case Handing.AT_ONCE | Handing.WRAPPED if fate.frame is not None:
                    inner = self._inference.scope(fate.frame)
                    where = Place(fate.frame.path, inner.spans[fate.ref])
                    at = executor(self._inference, fate.frame, fate.ref)
                    if at is not None and self._inference.scope(at).is_async:
                        verb = "is given, and calls,"
                        yield Use(fate.frame, fate.ref, where, Manner.AT_ONCE, confidence, verb, match.receiver)
                    elif fate.handing is Handing.AT_ONCE:
                        hop = (f"`{inner.qualname}` calls what it is given", where)
                        yield Use(frame, ref, place, Manner.AT_ONCE, confidence, whom, match.receiver, hops=(hop,))
                case Handing.ON_THE_LOOP:
                    yield Use(frame, ref, place, Manner.ON_THE_LOOP, confidence, "has the loop call", match.receiver)
                case Handing.UNKNOWN:
                    self.unknown_handings += 1
                case _:
                    pass

    def _use(self, frame: Frame, ref: Ref, match: Match, things: Things, verb: str, *, is_own: bool = False) -> Use:
        is_vague = any(isinstance(thing, UnknownThing) for thing in things)
        confidence = Confidence.weakest(match.confidence, Confidence.LIKELY if is_vague else Confidence.PROVEN)
        place = Place(frame.path, self._inference.scope(frame).spans[ref])
        return Use(frame, ref, place, Manner.AT_ONCE, confidence, verb, match.receiver, is_own)

    def _is_own(self, frame: Frame, scope: Scope, ref: Ref) -> bool:
        """Whether a method is taken from the `self` of the method around it, or from its `super()`."""
        value = scope.values[root_of(scope, ref)]
        if not isinstance(value, Attribute):
            return False
        if _is_super(scope, value.base):
            return True
        base = scope.values[root_of(scope, value.base)]
        if self._inference.owner(frame.definition) is None or not scope.parameters:
            return False
        return isinstance(base, Parameter) and base.name == scope.parameters[0].name

    def _may_dispatch(self, target: Target, frame: Frame, scope: Scope, ref: Ref, things: Things) -> bool:
        """Whether a call can come to the target: that of a method of `super()` comes to no override of it, unless
        some class extends both."""
        value = scope.values[root_of(scope, ref)]
        if not (isinstance(target, FunctionTarget) and isinstance(value, Attribute) and _is_super(scope, value.base)):
            return True
        if any(isinstance(thing, FunctionThing) and thing.definition == target.definition for thing in things):
            return True
        owner = self._inference.owner(frame.definition)
        return owner is None or target.is_beside(owner)

    # Syntax that calls methods

    def _property_uses(self, target: FunctionTarget, frame: Frame, scope: Scope, name: str) -> Iterator[Use]:
        for ref, value in enumerate(scope.values):
            if isinstance(value, Attribute) and value.name == target.scope.name == name:
                things = self._inference.things(At(frame, value.base))
                match = _surest(target.on(thing) for thing in things)
                if match is not None:
                    yield self._use(frame, ref, match, things, "reads", is_own=self._is_own(frame, scope, ref))

    def setter_uses(self, target: FunctionTarget, path: str, region: int, name: str) -> Iterator[Use]:
        """Assignments to a property whose setter is the target."""
        for frame in self.frames(path, region):
            scope = self._inference.scope(frame)
            for assignment in scope.assignments:
                if assignment.kind is TargetKind.ATTRIBUTE and assignment.name == name:
                    things = self._inference.things(At(frame, assignment.base))
                    match = _surest(target.on(thing) for thing in things)
                    if match is not None:
                        use = self._use(frame, assignment.base, match, things, "sets")
                        yield Use(
                            use.frame,
                            use.ref,
                            Place(frame.path, assignment.span),
                            use.manner,
                            use.confidence,
                            "sets",
                            use.receiver,
                        )

    def _implicit_uses(self, target: FunctionTarget, frame: Frame, scope: Scope, name: str) -> Iterator[Use]:
        method = target.scope.name
        for ref, value in enumerate(scope.values):
            for subject, verb in _subjects(scope, value, method):
                if self.concerns(target, frame, scope, subject, name):
                    things = self._inference.things(At(frame, subject))
                    match = _surest(target.on(thing) for thing in things)
                    if match is not None:
                        yield self._use(frame, ref, match, things, verb)
        if method in ("__setitem__", "__delitem__"):
            for assignment in scope.assignments:
                if assignment.kind is TargetKind.ITEM and self.concerns(target, frame, scope, assignment.base, name):
                    things = self._inference.things(At(frame, assignment.base))
                    match = _surest(target.on(thing) for thing in things)
                    if match is not None:
                        yield self._use(frame, assignment.key, match, things, "sets an item, which calls")

    # Other names

    def aliases(self, target: Target, path: str, region: int, name: str, makers: Things) -> Iterator[Alias]:
        """Further names of the target, or of what makes it (`makers`)."""
        for frame, scope in self._concerned(target, path, region, name):
            for bound, ref in scope.bindings:
                value = scope.values[ref]
                if isinstance(value, Imported):
                    if value.name == name and self._holds(target, At(frame, ref), makers):
                        yield self._alias(frame, scope, bound)
                elif (
                    not isinstance(value, (Nested, Parameter))
                    and self.concerns(target, frame, scope, ref, name)
                    and self._holds(target, At(frame, ref), makers)
                ):
                    yield self._alias(frame, scope, bound)
            for assignment in scope.assignments:
                if (
                    assignment.kind in (TargetKind.ATTRIBUTE, TargetKind.GLOBAL)
                    and assignment.value != NONE
                    and self.concerns(target, frame, scope, assignment.value, name)
                    and self._holds(target, At(frame, assignment.value), makers)
                ):
                    if assignment.kind is TargetKind.GLOBAL:
                        yield Alias(path, region, assignment.name, Reach.MODULE)
                    else:
                        yield Alias(path, region, assignment.name, Reach.ATTRIBUTE, self._families(frame))
            for parameter in scope.parameters:
                if self.concerns(target, frame, scope, parameter.default, name) and self._holds(
                    target, At(frame, parameter.default), makers
                ):
                    yield Alias(path, region, parameter.name, Reach.REGION)
                if self._is_annotated(target, frame, parameter, name):
                    yield Alias(path, region, parameter.name, Reach.REGION)
            if isinstance(target, FunctionTarget) and target.is_implicit and scope.kind is ScopeKind.FUNCTION:
                yield from self._givers(target, frame, scope, name)

    def _is_annotated(self, target: Target, frame: Frame, parameter: ParameterFact, name: str) -> bool:
        """Whether a parameter takes an object whose syntax calls the target."""
        if not isinstance(target, FunctionTarget) or not target.is_implicit or parameter.annotation == NONE:
            return False
        return (
            parameter.kind not in (ParameterKind.ARGUMENTS, ParameterKind.KEYWORDS)
            and parameter.annotation in self._mentions.of(frame, name, through_results=False)
            and any(target.on(thing) for thing in self._inference.types(At(frame, parameter.annotation)))
        )

    def _givers(self, target: FunctionTarget, frame: Frame, scope: Scope, name: str) -> Iterator[Alias]:
        """A function that gives an object whose syntax calls the target."""
        given = [exit.value for exit in scope.exits if exit.kind is ExitKind.RETURN and exit.value != NONE]
        if any(
            self.concerns(target, frame, scope, ref, name) and self._holds(target, At(frame, ref), ()) for ref in given
        ) or (scope.returns != NONE and scope.returns in self._mentions.of(frame, name, through_results=False)):
            owner = self._inference.owner(frame.definition)
            families = self._families(frame) if owner is not None else frozenset()
            reach = Reach.ATTRIBUTE if owner is not None else Reach.MODULE if scope.parent == 0 else Reach.REGION
            yield Alias(frame.path, frame.region, scope.name, reach, families)

    def _holds(self, target: Target, at: At, makers: Things) -> bool:
        return any(target.holds(thing) or thing in makers for thing in map(_plain, self._inference.things(at)))

    def _alias(self, frame: Frame, scope: Scope, name: str) -> Alias:
        match scope.kind:
            case ScopeKind.MODULE:
                return Alias(frame.path, frame.region, name, Reach.MODULE)
            case ScopeKind.CLASS:
                return Alias(frame.path, frame.region, name, Reach.ATTRIBUTE, frozenset({scope.name}))
            case _:
                return Alias(frame.path, frame.region, name, Reach.REGION)

    def _families(self, frame: Frame) -> frozenset[str]:
        owner = self._inference.owner(frame.definition)
        return frozenset({self._inference.scope(owner.definition).name}) if owner is not None else frozenset()

    def is_consumed(self, frame: Frame, aliases: set[Ref]) -> bool:
        """Whether a generator that a call gives is iterated in the same scope."""
        scope = self._inference.scope(frame)
        for value in scope.values:
            match value:
                case Element(base=base) if base in aliases:
                    return True
                case Call(function=function, arguments=arguments) if any(
                    argument.value in aliases for argument in arguments
                ):
                    callee = scope.values[function]
                    called = callee.name if isinstance(callee, (Free, Attribute)) else ""
                    if called in _CONSUMERS or called in ("join", "extend", "update"):
                        return True
                case _:
                    pass
        return any(exit.kind is ExitKind.YIELD and exit.value in aliases for exit in scope.exits)

    def is_returned(self, frame: Frame, aliases: set[Ref]) -> bool:
        """Whether a function gives back one of these values."""
        scope = self._inference.scope(frame)
        return any(exit.kind is ExitKind.RETURN and exit.value in aliases for exit in scope.exits)


def _is_around(target: Target, frame: Frame) -> bool:
    """Whether a scope is one of the region that defines the target."""
    return isinstance(target, FunctionTarget) and (frame.region, frame.path) == (
        target.definition.region,
        target.definition.path,
    )


def _is_super(scope: Scope, ref: Ref) -> bool:
    """Whether a value is what `super()` gives."""
    value = scope.values[root_of(scope, ref)]
    callee = scope.values[value.function] if isinstance(value, Call) else None
    return isinstance(callee, Free) and callee.name == "super"


def _plain(thing: Thing) -> Thing:
    return FunctionThing(thing.definition) if isinstance(thing, FunctionThing) and thing.receiver is None else thing


def _surest(matches: "Iterator[Match | None]") -> Match | None:
    found = [match for match in matches if match is not None]
    return max(found, key=lambda match: match.confidence.rank, default=None)


def _subjects(scope: Scope, value: object, method: str) -> Iterator[tuple[Ref, str]]:
    """The values on which a piece of syntax calls a method."""
    match value:
        case Entered(base=base, is_async=False) if method in ("__enter__", "__exit__"):
            yield base, "enters, which calls" if method == "__enter__" else "enters, which ends in"
        case Item(base=base) if method in ("__getitem__", "__class_getitem__"):
            yield base, "takes an item, which calls"
        case Element(base=base) if method in ("__iter__", "__next__"):
            yield base, "iterates, which calls"
        case Formatted(parts=parts) if method in ("__str__", "__format__"):
            for part in parts:
                yield part, "formats, which calls"
        case Operation(operator=operator, operands=operands) if method in _OPERATORS:
            if operator == _OPERATORS[method] or (method == "__contains__" and operator == "not in"):
                yield operands[-1] if method == "__contains__" else operands[0], f"uses `{operator}`, which calls"
        case Call(function=function, arguments=arguments) if method in _BUILTINS and arguments:
            callee = scope.values[function]
            if isinstance(callee, Free) and callee.name == _BUILTINS[method]:
                yield arguments[0].value, f"uses `{callee.name}`, which calls"
        case _:
            pass
