"""A knot of attributes that are made of each other is walked through once, and its answers stay what they were."""

import pytest

from execution_lint.config.schema import Config
from execution_lint.engine.library import FileLibrary
from execution_lint.project.inference import Inference
from execution_lint.project.project import Project
from execution_lint.project.things import At, ClassThing, Definition, InstanceThing

KNOT = 12
"""Attributes, each of which is made of all others; the steps through them would double with each."""


def project(tmp_path_factory: pytest.TempPathFactory, text: str) -> Project:
    root = tmp_path_factory.mktemp("knot")
    (root / "knot.py").write_text(text, encoding="utf-8")
    return Project(FileLibrary(root, ("knot.py",), 1 << 20, locate=True, replaced={}), Config(root=str(root)))


def attribute(inference: Inference, name: str) -> set[str]:
    module = inference.modules.at("knot.py")
    assert module is not None
    region = module.class_region("Knot")
    assert region is not None
    knot = InstanceThing(ClassThing(Definition("knot.py", region, 1)))
    return {
        thing.of.name
        for thing in inference.attribute(knot, name)
        if isinstance(thing, InstanceThing) and not isinstance(thing.of, ClassThing)
    }


def test_a_knot_of_attributes_is_walked_through_once(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["class Knot:", "    def __init__(self):", "        self.a0 = 1.5 and str()"]
    for number in range(KNOT):
        lines.append(f"    def tie{number}(self):")
        lines.extend(f"        self.a{number} = self.a{other}" for other in range(KNOT) if other != number)
    steps = 0
    answer = Inference._value_things

    def counted(self: Inference, at: At) -> object:
        nonlocal steps
        steps += 1
        return answer(self, at)

    monkeypatch.setattr(Inference, "_value_things", counted)
    inference = project(tmp_path_factory, "\n".join(lines)).inference
    for number in range(KNOT):
        assert attribute(inference, f"a{number}") == {"builtins.str"}
    assert KNOT * KNOT <= steps < 20 * KNOT**3


def test_an_answer_found_within_a_circle_is_not_taken_for_the_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`b` asked for while `a` is open lacks what `a` gives; asked for afterwards it has it."""
    text = """class Knot:
    def __init__(self):
        self.a = self.b
        self.b = self.a

    def start(self):
        self.a = str()
        self.b = bytes()
"""
    inference = project(tmp_path_factory, text).inference
    assert attribute(inference, "a") == {"builtins.str", "builtins.bytes"}
    assert attribute(inference, "b") == {"builtins.str", "builtins.bytes"}
