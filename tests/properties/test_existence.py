"""Where the signs of a kind of subject are missing, there is none: looking for it all the same finds nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from both_paths import differences, fast
from generated import modules, projects
from hostile_tree import write
from hypothesis import HealthCheck, given, settings
from rule_harness import FIXTURES, cases

from execution_lint.config.schema import Config
from execution_lint.engine.library import FileLibrary
from execution_lint.project import existence
from execution_lint.project.call_graph import runners
from execution_lint.project.existence import SIGNS, may_exist
from execution_lint.project.frameworks import NOT_READ
from execution_lint.project.project import Project
from execution_lint.project.status_names import ENDINGS, FIELDS
from execution_lint.rules import all_rules
from execution_lint.source.signs import Sign

PROJECTS = Path(__file__).parents[2] / "fixtures" / "projects"
GENERATED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

DECORATED = "@router.{word}('/a')\ndef f():\n    return 1\n"
REGISTERED = (
    "def f():\n    return 1\ndef g(router):\n"
    "    router.{word}('/a', endpoint=f, view_func=f)\n    router.{word}('/a', f)\n"
)
ROUTES = {
    "fastapi": "from fastapi import FastAPI\nfrom fastapi.routing import APIRoute\ndef f(): ...\n"
    "app = FastAPI(routes=[APIRoute('/a', f)])\n",
    "starlette": "import starlette.applications as s\nimport starlette.routing as r\ndef f(x): ...\n"
    "app = s.Starlette(routes=[r.Route('/a', f)])\n",
    "quart": "from quart import Quart\napp = Quart('x')\n@app.websocket('/a')\nasync def f(): ...\n",
    "sanic": "from sanic import Sanic\nfrom sanic.views import HTTPMethodView\napp = Sanic('x')\n"
    "class View(HTTPMethodView, attach=app, uri='/a'):\n    def get(self, r): ...\n",
    "aiohttp": "from aiohttp import web\ndef f(r): ...\napp = web.Application()\napp.router.add_get('/a', f)\n",
    "litestar": "import litestar as li\n@li.websocket('/a')\nasync def f(socket) -> None: ...\n",
    "ninja": "from ninja import Router\nrouter = Router()\ndef f(r): ...\nrouter.add_api_operation('/a', ['GET'], f)\n",
    "django": "from django.urls import path\ndef f(r): ...\nurlpatterns = [path('a', f)]\n",
    "rest_framework": "from rest_framework.routers import DefaultRouter\nfrom rest_framework.viewsets import ViewSet\n"
    "class View(ViewSet):\n    def list(self, r): ...\nrouter = DefaultRouter()\nrouter.register('a', View, 'a')\n",
}
RUNS = {
    "uvicorn": "import uvicorn\nuvicorn.run(1)\n",
    "quart": "import quart\nquart.Quart('x').run()\n",
    "aiohttp": "from aiohttp import web\nweb.run_app(1)\n",
    "asgiref": "from asgiref.sync import async_to_sync\nasync_to_sync(print)()\n",
    "discord": "import discord\ndiscord.Client().run('x')\n",
    **{name: f"import {name}\n{name}.run(1)\n" for name in ("asyncio", "uvloop", "winloop", "anyio")},
    **{name: f"def f(loop):\n    loop.{name}()\n" for name in ("run_until_complete", "run_forever")},
}
NESTING = {
    "nest_asyncio": "import nest_asyncio\nnest_asyncio.apply()\n",
    "nest_asyncio2": "import nest_asyncio2\nnest_asyncio2.apply()\n",
    "ib_insync": "from ib_insync import util\nutil.patchAsyncio()\n",
    "ib_async": "from ib_async import util\nutil.startLoop()\n",
    "asyncio": "import asyncio\nasyncio.run = print\n",
    **{name: f"import {name}\n{name}.Loop.run_forever = print\n" for name in ("uvloop", "winloop")},
}
IDLE = {("RoutedHandler", "flask")}
"""Words that no subject rests on alone: others always stand beside them."""


def _cases() -> "list[tuple[str, str, str]]":
    """By kind and word, a text whose subject has no other sign."""
    loops = [(name, f"import {name}\nloop = {name}.new_event_loop()\n") for name in ("asyncio", "uvloop", "winloop")]
    found = [("LoopCall", *case) for case in loops]
    found += [("LoopRun", *case) for case in RUNS.items()]
    found += [("LoopPatch", *case) for case in NESTING.items()]
    found += [
        ("LoopBridge", "asyncio", "import asyncio\nasyncio.run_coroutine_threadsafe(1, 2)\n"),
        ("LoopBridge", "anyio", "import anyio.from_thread\nanyio.from_thread.run(print)\n"),
        ("UnawaitedCoroutine", "asyncio", "import asyncio\ndef f(a, b):\n    c, d = asyncio.gather(a, b)\n"),
        ("UnawaitedCoroutine", "coroutines", "async  def f(): ...\nasync  def g():\n    f()\n"),
    ]
    found += [("RoutedHandler", *case) for case in ROUTES.items()]
    for word in existence.SIGNS["RoutedHandler"][0].decorators:
        found.append(("RoutedHandler", word, DECORATED.format(word=word)))
    for word in existence.SIGNS["RoutedHandler"][0].words:
        found.append(("RoutedHandler", word, REGISTERED.format(word=word)))
    found += [("RouteExit", name.partition(".")[0], f"from {name} import X\n") for name in NOT_READ]
    members = "    QUEUED = 'queued'\n    DONE = 'done'\n    FAILED = 'failed'\n"
    use = "def f(job: Job):\n    return job.kind == 'queued' or Kind('x') or job.kind == Kind.DONE\n"
    enum = f"import enum\nclass Kind(str, enum.Enum):\n{members}"
    for end in ENDINGS:
        named = f"Job{end.title()}"
        found.append(("vocabularies", end, f"import enum\nclass {named}(enum.Enum):\n{members}"))
        found.append(("vocabularies", end, f"{enum}class Job:\n    of_{end}: Kind\n{use}"))
    found += [
        ("vocabularies", "Enum", f"import enum\nclass JobState(enum.Enum):\n{members}"),
        (
            "vocabularies",
            "TextChoices",
            f"from django import db\nclass JobState(db.models.TextChoices):\n{members}",
        ),
        (
            "vocabularies",
            "Enum(",
            "import enum\nJobState = enum.Enum('JobState', {'QUEUED': 'queued', 'DONE': 'done'})\n",
        ),
        (
            "vocabularies",
            "Enum (",
            "import enum\nJobState = enum.Enum ('JobState', {'QUEUED': 'queued', 'DONE': 'done'})\n",
        ),
    ]
    for blank in ("", " "):
        said = f"Literal{blank}['queued', 'done']"
        text = f"from typing import Literal\ndef f(status: {said}):\n    return status == 'gone'\n"
        found.append(("ListedWord", f"Literal{blank}[", text))
    for name in FIELDS:
        text = (
            f"class Job:\n    {name}: str = 'queued'\n\n    def go(self) -> None:\n        self.{name} = 'done'\n\n"
            f"def f(job: Job) -> bool:\n    return job.{name} == 'done'\n"
        )
        found.append(("StatusField", name, text))
    return sorted(found)


CASES = _cases()


def _project(root: Path, tree: "dict[str, str]") -> Project:
    write(root, {path: text.encode() for path, text in tree.items()})
    return Project(FileLibrary(root, tuple(sorted(tree)), 1 << 20, locate=True, replaced={}), Config(root=str(root)))


def _found(project: Project, kind: str) -> bool:
    """Whether there is a subject of the kind, or something that cannot be decided of it."""
    if kind == "vocabularies":
        return bool(project.vocabularies.all)
    return any(True for _ in project._makers[kind]()) or bool(project.undecided)


def _without(sign: Sign, word: str) -> Sign:
    dropped = frozenset({word})
    return Sign(
        sign.imports - dropped,
        sign.words - dropped,
        sign.decorators - dropped,
        sign.coroutines and word != "coroutines",
        sign.classes - dropped,
        sign.annotated - dropped,
        sign.fields - dropped,
    )


def test_every_kind_that_a_rule_asks_for_has_its_signs() -> None:
    assert {kind.__name__ for rule in all_rules() for kind, _ in rule.checks} <= set(SIGNS)


def test_every_package_of_a_runner_is_a_sign() -> None:
    (sign,) = SIGNS["NestedRun"]
    assert {name.partition(".")[0] for name in runners.RUNNERS} | runners.PACKAGES <= sign.imports
    assert sign.words == runners.METHODS


def test_every_word_of_every_sign_has_a_case() -> None:
    spoken = {word for _, word, _ in CASES} | {word for _, word in IDLE}
    for signs in SIGNS.values():
        for sign in signs:
            words = sign.imports | sign.words | sign.decorators | sign.classes | sign.annotated | sign.fields
            assert words <= spoken


@pytest.mark.parametrize(("kind", "word", "text"), CASES)
def test_without_a_word_a_subject_has_no_sign(kind: str, word: str, text: str, tmp_path: Path) -> None:
    project = _project(tmp_path, {"module.py": text})
    signs = SIGNS["StatusUse" if kind == "vocabularies" else kind]
    assert _found(project, kind)
    assert all(project.inference.modules.library.stands(sign) for sign in signs)
    others = [_without(sign, word) for sign in signs]
    assert not all(project.inference.modules.library.stands(sign) for sign in others)


@pytest.fixture
def ungated(monkeypatch: pytest.MonkeyPatch) -> "Callable[[Path], list[str]]":
    """What looking for every kind adds to the report of a folder, but for files that nobody need parse."""

    def added(folder: Path) -> list[str]:
        quick = fast(folder)
        with monkeypatch.context() as patched:
            patched.setattr(existence, "may_exist", lambda *_: True)
            thorough = fast(folder)
        return [line for line in differences(quick, thorough) if " EXL001 " not in line]

    return added


@pytest.mark.parametrize("folder", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_no_case_of_a_rule_is_without_signs(
    folder: str, tmp_path: Path, ungated: "Callable[[Path], list[str]]"
) -> None:
    for case in (case for case in cases() if case.folder == folder):
        target = tmp_path / case.name
        for name, path in case.files.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / name)
        (target / "setup.cfg").touch()
        found = ungated(target)
        assert not found or found == ["the reports differ in what is none of these"], case.name


@GENERATED
@given(projects())
def test_no_generated_project_is_without_signs(
    tmp_path_factory: pytest.TempPathFactory, ungated: "Callable[[Path], list[str]]", tree: "dict[str, bytes]"
) -> None:
    assert ungated(write(tmp_path_factory.mktemp("project"), tree)) == []


@GENERATED
@given(modules())
def test_no_generated_module_is_without_signs(
    tmp_path_factory: pytest.TempPathFactory, ungated: "Callable[[Path], list[str]]", text: str
) -> None:
    tree = {"pyproject.toml": b"", "module.py": text.encode()}
    assert ungated(write(tmp_path_factory.mktemp("module"), tree)) == []


def test_a_kind_about_the_contract_needs_one() -> None:
    assert not may_exist("IdleEntry", Config(root="."), lambda _: True)
