"""Who calls a function: only calls under one of its names are looked at, whatever those are."""

from pathlib import Path

import pytest

from execution_lint.config.schema import Config
from execution_lint.engine.library import FileLibrary
from execution_lint.project.callers import Callers
from execution_lint.project.project import Project
from execution_lint.project.things import Definition

ROUTES = """\
def attach(app):
    pass

class Service:
    def __init__(self, app):
        pass
"""
HEAD = "import routes\nfrom routes import Service, attach\n"


def found(tmp_path: Path, name: str, source: str) -> int:
    """How many calls of `attach`, or of the constructor of `Service`, are found."""
    (tmp_path / "routes.py").write_text(ROUTES, encoding="utf-8")
    (tmp_path / "main.py").write_text(HEAD + source, encoding="utf-8")
    library = FileLibrary(tmp_path, ("main.py", "routes.py"), 1_000_000, locate=True, replaced={})
    inference = Project(library, Config(root=str(tmp_path))).inference
    module = inference.modules.at("routes.py")
    assert module is not None
    region = next(index for index, region in enumerate(module.regions) if region.name == name)
    return len(Callers(inference).frames(Definition("routes.py", region, 1)))


@pytest.mark.parametrize(
    "source",
    [
        "attach(1)\n",
        "routes.attach(1)\n",
        "def build(app):\n    add = attach\n    add(app)\n",
        "add = attach\ndef build(app):\n    add(app)  # attach\n",
        "from routes import attach as add\ndef build(app):\n    add(app)  # attach\n",
        "add = attach\nput = add\ndef build(app):\n    put(app)  # attach\n",
        "def build(app):\n    add = attach\n    def inner():\n        add(app)\n    inner()\n",
        "def build(app, add=attach):\n    def inner():\n        add(app)\n    inner()\n",
        "class Table:\n    add = staticmethod(attach)\ndef build(app):\n    Table.add(app)  # attach\n",
    ],
)
def test_a_function_is_called_under_each_of_its_names(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, "attach", source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "Service(1)\n",
        "class Own(Service):\n    pass\ndef build(app):\n    Own(app)  # Service\n",
        "class Own(Service):\n    def __init__(self, app):\n        Service.__init__(self, app)\n",
        "class Own(Service):  # Service\n    def __init__(self, app):\n        super().__init__(app)  # Service\n",
    ],
)
def test_a_constructor_is_called_by_every_class_that_has_it(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, "__init__", source) == 1


@pytest.mark.parametrize("source", ["print(1)  # attach\n", "def build(attach):\n    attach(1)\n", "attach\n"])
def test_what_is_called_otherwise_is_another(tmp_path: Path, source: str) -> None:
    assert not found(tmp_path, "attach", source)
