"""How a model is configured: `model_config`, `class Config`, keywords of the class."""

import msgspec

from execution_lint.facts.scopes import TargetKind
from execution_lint.facts.values import NONE, Call, Constant, Free, Mapping, Nested
from execution_lint.project.inference import Inference
from execution_lint.project.strings import strings
from execution_lint.project.things import At, ClassThing, Frame


class Setting(msgspec.Struct, frozen=True):
    """What the configuration of a model says."""

    values: dict[str, At]

    def has(self, inference: Inference, name: str, wanted: str) -> bool:
        """Whether the setting is the string or the constant."""
        at = self.values.get(name)
        if at is None:
            return False
        value = inference.value(at)
        return value.text == wanted if isinstance(value, Constant) else strings(inference, at) == (wanted,)


class ModelSettings:
    """Reads what the configuration of a model says."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def of(self, cls: ClassThing) -> Setting:
        """The configuration of a model, inherited: `model_config`, `class Config`, keywords of the class."""
        found: dict[str, At] = {}
        for base in reversed(self._inference.ancestry(cls)):
            if not isinstance(base, ClassThing):
                continue
            frame = Frame(base.definition.path, base.definition.region, base.definition.scope)
            scope = self._inference.scope(frame)
            for assignment in scope.assignments:
                if assignment.kind is TargetKind.NAME and assignment.name == "model_config":
                    found |= self._configured(At(frame, assignment.value))
            for name, ref in scope.bindings:
                value = scope.values[ref]
                if name == "Config" and isinstance(value, Nested):
                    inner = Frame(frame.path, frame.region, value.scope)
                    found |= {
                        assignment.name: At(inner, assignment.value)
                        for assignment in self._inference.scope(inner).assignments
                        if assignment.kind is TargetKind.NAME and assignment.value != NONE
                    }
            found |= {argument.name: At(frame, argument.value) for argument in scope.bases if argument.name}
        return Setting(found)

    def _configured(self, at: At, depth: int = 4) -> dict[str, At]:
        match self._inference.value(at):
            case Call(arguments=arguments):
                return {argument.name: At(at.frame, argument.value) for argument in arguments if argument.name}
            case Mapping(entries=entries):
                found: dict[str, At] = {}
                for key, value in entries:
                    names = strings(self._inference, At(at.frame, key)) if key != NONE else None
                    if names is not None and len(names) == 1:
                        found[names[0]] = At(at.frame, value)
                return found
            case Free(name=name) if depth:
                sites = self._inference.sites(at.frame, name)
                return self._configured(sites[0], depth - 1) if len(sites) == 1 else {}
            case _:
                return {}
