"""Projects and modules that Hypothesis makes up: loops, routes, enums and statuses, spread over modules and renamed."""

import ast

from hypothesis import strategies as st

LINE_ENDS = st.sampled_from(["\n", "\n", "\r\n"])
NAMES = ("alpha", "beta", "gamma")
STATUSES = ("queued", "running", "done", "Failed")

_INDENTS = st.sampled_from(["    ", "\t", "  "])
_NOISE = st.sampled_from(
    [
        "",
        "# JobStatus new_event_loop @app.get\n",
        '"""asyncio.new_event_loop()"""\n',
        "x = {'a': [1, (2, 3)]}\n\n\n",
        "text = '''\ndef f():\n@app.get\n'''\n",
        "unused = 1; other = 2\n",
        "if unused_flag:\n    pass\nelse:\n    y = 1 \\\n        + 2\n",
        "class Plain:\n    '''Doc.'''\n    def get(self): return None\n    # between\n    z = 3\n",
    ]
)


def _indented(text: str, indent: str) -> str:
    return "".join(indent + line if line.strip() else line for line in text.splitlines(keepends=True))


@st.composite
def _placed(draw: st.DrawFn, body: str, name: str) -> str:
    """Statements in a function, a method, a nested definition, under a condition, or at module level."""
    indent = draw(_INDENTS)
    kind = draw(st.sampled_from(["module", "function", "async", "method", "nested", "conditional", "try", "class"]))
    inner = _indented(body, indent)
    match kind:
        case "module":
            return body
        case "function":
            return f"def {name}(work, job, self=None):\n{inner}"
        case "async":
            return f"@decorated(\n    1,\n)\nasync def {name}(work, job):\n{inner}"
        case "method":
            method = f"def {name}(self, work, job):\n{inner}"
            return f"class Holder_{name}:\n" + _indented(f"attribute = 1\n{method}def other(self): pass\n", indent)
        case "nested":
            return f"def outer_{name}(work, job):\n" + _indented(f"def {name}():\n{inner}return {name}\n", indent)
        case "conditional":
            return f"if flag:\n{inner}elif other:\n{indent}pass\nelse:\n{inner}"
        case "try":
            return f"try:\n{inner}except (ImportError, ValueError) as error:\n{inner}finally:\n{indent}pass\n"
        case _:
            return f"class Body_{name}:\n{inner}"


@st.composite
def _imported(draw: st.DrawFn, module: str, name: str) -> tuple[str, str]:
    """An import of a name from a module of the project, and how the name is then spelled."""
    alias = draw(st.sampled_from(NAMES))
    return draw(
        st.sampled_from(
            [
                (f"from {module} import {name}\n", name),
                (f"from {module} import {name} as {alias}\n", alias),
                (f"from {module} import (\n    {name} as {alias},\n)\n", alias),
                (f"import {module}\n", f"{module}.{name}"),
                (f"import {module} as {alias}\n", f"{alias}.{name}"),
                (f"from {module} import *\n", name),
                (f"from {module} import {name} as first\n{alias} = first\n", alias),
                (f"try:\n    from {module} import {name}\nexcept ImportError:\n    {name} = None\n", name),
            ]
        )
    )


@st.composite
def _loops(draw: st.DrawFn) -> dict[str, str]:
    maker = draw(st.sampled_from(["new_event_loop", "SelectorEventLoop", "EventLoop"]))
    before, spelled = draw(
        st.sampled_from(
            [
                ("import asyncio\n", f"asyncio.{maker}"),
                ("import asyncio as aio\n", f"aio.{maker}"),
                (f"from asyncio import {maker} as make\n", "make"),
                (f"import asyncio\nmake = asyncio.{maker}\n", "make"),
                (f"from functools import partial\nimport asyncio\nmake = partial(asyncio.{maker})\n", "make"),
            ]
        )
    )
    body = f"loop = {spelled}()\n" + draw(
        st.sampled_from(
            [
                "loop.run_until_complete(work())\nloop.close()\n",
                "self.loop = loop\n",
                "loop.run_forever()\n",
                "print(loop)\n",
            ]
        )
    )
    files = {"loops": before + draw(_NOISE) + draw(_placed(body, "run"))}
    if "make" in spelled:
        imported, name = draw(_imported("loops", "make"))
        files["more_loops"] = imported + draw(_NOISE) + draw(_placed(f"{name}().run_until_complete(work())\n", "again"))
    return files


@st.composite
def _statuses(draw: st.DrawFn) -> dict[str, str]:
    base = draw(
        st.sampled_from(
            ["from enum import Enum\nclass JobStatus(str, Enum):\n", "import enum\nclass JobStatus(enum.StrEnum):\n"]
        )
    )
    enum = base + "".join(f"    {value.upper()} = '{value}'\n" for value in STATUSES)
    holder = draw(
        st.sampled_from(
            [
                "class Job:\n    status: JobStatus\n",
                "from dataclasses import dataclass\n@dataclass\nclass Job:\n    name: str\n"
                "    status: JobStatus = JobStatus.DONE\n",
                "class Job:\n    def __init__(self, status: JobStatus):\n        self.status = status\n",
                "class Job:\n    @property\n    def status(self) -> JobStatus:\n        return JobStatus.DONE\n",
            ]
        )
    )
    value = draw(st.sampled_from([*STATUSES, "finished", "DONE"]))
    imported, job = draw(_imported("models", "Job"))
    use = draw(
        st.sampled_from(
            [
                f"answer = given.status == '{value}'\n",
                f"given.status = '{value}'\n",
                f"answer = given.status not in ('{value}', 'queued')\n",
                f"match given.status:\n    case '{value}':\n        pass\n    case _:\n        pass\n",
                f"answer = {{'status': '{value}' if given.status != 'done' else 'x'}}\n",
            ]
        )
    )
    body = f"given: {job} = None\n{use}"
    files = {"models": draw(_NOISE) + enum + draw(_NOISE) + holder}
    files["use_models"] = imported + draw(_NOISE) + draw(_placed(body, "check"))
    status, name = draw(_imported("models", "JobStatus"))
    files["name_models"] = status + draw(
        _placed(f"status: {name} = {name}.DONE\nanswer = status == '{value}'\n", "compare")
    )
    return files


@st.composite
def _routes(draw: st.DrawFn) -> dict[str, str]:
    answer = draw(
        st.sampled_from(
            ["{'plugin': 1, 'result': 2}", "[1]", "None", "dict(plugin=1, job_id=2, status='done')", "helper()"]
        )
    )
    method = draw(st.sampled_from(["get", "post", "put", "patch", "delete"]))
    decorator = draw(
        st.sampled_from(
            [
                f"@ROUTER.{method}('/execute')",
                f"@(\n    ROUTER\n    .{method}('/execute'))",
                f"@ROUTER.\\\n{method}('/run_it')",
            ]
        )
    )
    handler = f"def handler():\n    helper = lambda: {{'plugin': 1}}\n    return {answer}\n"
    made = "from fastapi import APIRouter\nrouter = APIRouter(prefix='/v1')\n"
    imported, name = draw(_imported("routers", "router"))
    if "." in name and "\n" in decorator:
        decorator = f"@ROUTER.{method}('/execute')"
    files = {"routers": draw(_NOISE) + made}
    files["handlers"] = (
        imported
        + draw(_NOISE)
        + decorator.replace("ROUTER", name)
        + "\n"
        + draw(st.sampled_from(["", "async "]))
        + handler
    )
    files["app"] = (
        f"from fastapi import FastAPI\n{imported}import handlers\napp = FastAPI()\n"
        f"app.include_router({name}, prefix='/api')\n"
    )
    return files


@st.composite
def projects(draw: st.DrawFn) -> dict[str, bytes]:
    """A small project by path."""
    modules: dict[str, str] = {}
    for part in draw(st.sets(st.sampled_from(["loops", "statuses", "routes"]), min_size=1)):
        modules.update(draw({"loops": _loops(), "statuses": _statuses(), "routes": _routes()}[part]))
    broken = draw(st.sampled_from([*[""] * 6, *modules]))
    if broken:
        modules[broken] += draw(st.sampled_from(["def broken(:\n    pass\n", "x = '''\n", "y = = 1\n", "z = (\n"]))
    found = {"pyproject.toml": ""}
    for name, text in modules.items():
        end = draw(LINE_ENDS)
        found[f"{name}.py"] = text.replace("\n", end)
    return {path: text.encode() for path, text in found.items()}


_SPELLED = """
asyncio new_event_loop loop self app router get status JobStatus DONE job cls super dict partial Depends BaseModel
property x make fastapi Enum Literal Annotated list
"""
_WORDS = st.sampled_from(_SPELLED.split())
_TEXTS = st.sampled_from(["done", "status", "/execute", "", "JobStatus", "list[JobStatus]", "x y", "plugin", "job_id"])


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


_LEAVES = st.one_of(
    _WORDS.map(_load),
    _TEXTS.map(ast.Constant),
    st.sampled_from([None, True, 0, 1.5, 2j, b"a", ...]).map(ast.Constant),
)


def _expressions(inner: st.SearchStrategy[ast.expr]) -> st.SearchStrategy[ast.expr]:
    some = st.lists(inner, max_size=3)
    keywords = st.lists(st.builds(ast.keyword, arg=st.one_of(st.none(), _WORDS), value=inner), max_size=2)
    starred = st.one_of(inner, st.builds(ast.Starred, value=inner, ctx=st.just(ast.Load())))
    generators = st.lists(
        st.builds(
            ast.comprehension,
            target=_TARGETS,
            iter=inner,
            ifs=st.lists(inner, max_size=1),
            is_async=st.just(0),
        ),
        min_size=1,
        max_size=2,
    )
    return st.one_of(
        st.builds(ast.Attribute, value=inner, attr=_WORDS, ctx=st.just(ast.Load())),
        st.builds(ast.Call, func=inner, args=st.lists(starred, max_size=2), keywords=keywords),
        st.builds(ast.Subscript, value=inner, slice=inner, ctx=st.just(ast.Load())),
        st.builds(lambda keys, values: ast.Dict([*keys, None][: len(values)], values[: len(keys) + 1]), some, some),
        st.builds(ast.List, elts=st.lists(starred, max_size=3), ctx=st.just(ast.Load())),
        st.builds(ast.Tuple, elts=st.lists(starred, min_size=1, max_size=3), ctx=st.just(ast.Load())),
        st.builds(ast.Set, elts=st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            ast.Compare,
            left=inner,
            ops=st.sampled_from([ast.Eq(), ast.In(), ast.Is(), ast.NotEq()]).map(lambda operator: [operator]),
            comparators=inner.map(lambda value: [value]),
        ),
        st.builds(
            ast.BoolOp, op=st.sampled_from([ast.And(), ast.Or()]), values=st.lists(inner, min_size=2, max_size=3)
        ),
        st.builds(ast.BinOp, left=inner, op=st.sampled_from([ast.Add(), ast.BitOr(), ast.Mod()]), right=inner),
        st.builds(ast.UnaryOp, op=st.sampled_from([ast.Not(), ast.USub()]), operand=inner),
        st.builds(ast.IfExp, test=inner, body=inner, orelse=inner),
        st.builds(ast.Lambda, args=_ARGUMENTS, body=inner),
        st.builds(ast.NamedExpr, target=_WORDS.map(lambda name: ast.Name(name, ast.Store())), value=inner),
        st.builds(ast.ListComp, elt=inner, generators=generators),
        st.builds(ast.DictComp, key=inner, value=inner, generators=generators),
        st.builds(ast.Await, value=inner),
        st.builds(ast.Yield, value=inner),
        st.builds(
            ast.JoinedStr,
            values=st.lists(
                st.builds(ast.FormattedValue, value=_WORDS.map(_load), conversion=st.just(-1), format_spec=st.none()),
                max_size=2,
            ),
        ),
    )


_TARGETS = st.one_of(
    _WORDS.map(lambda name: ast.Name(name, ast.Store())),
    _WORDS.map(lambda name: ast.Attribute(_load("self"), name, ast.Store())),
    _TEXTS.map(lambda text: ast.Subscript(_load("x"), ast.Constant(text), ast.Store())),
    st.lists(_WORDS, min_size=1, max_size=2).map(
        lambda names: ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
    ),
)
_ARGUMENTS = st.lists(_WORDS, max_size=3, unique=True).map(
    lambda names: ast.arguments([], [ast.arg(name, None) for name in names], None, [], [], None, [])
)
_EXPRESSIONS = st.recursive(_LEAVES, _expressions, max_leaves=8)


def _arguments(names: list[str], annotations: list[ast.expr | None], default: ast.expr) -> ast.arguments:
    parameters = [ast.arg(name, annotation) for name, annotation in zip(names, annotations, strict=False)]
    return ast.arguments([], parameters, None, [], [], None, [default] if parameters else [])


_NAMED_ARGUMENTS = st.builds(
    _arguments,
    st.lists(_WORDS, max_size=3, unique=True),
    st.lists(st.one_of(st.none(), _EXPRESSIONS), min_size=3, max_size=3),
    _EXPRESSIONS,
)


def _statements(inner: st.SearchStrategy[ast.stmt]) -> st.SearchStrategy[ast.stmt]:
    block = st.lists(inner, min_size=1, max_size=3)
    more: st.SearchStrategy[list[ast.stmt]] = st.one_of(st.just([]), block)
    decorators = st.lists(_EXPRESSIONS, max_size=2)
    handlers = st.builds(ast.ExceptHandler, type=_EXPRESSIONS, name=st.one_of(st.none(), _WORDS), body=block).map(
        lambda handler: [handler]
    )
    definition = {
        "name": _WORDS,
        "args": _NAMED_ARGUMENTS,
        "body": block,
        "decorator_list": decorators,
        "type_params": st.just([]),
    }
    return st.one_of(
        st.builds(ast.If, test=_EXPRESSIONS, body=block, orelse=more),
        st.builds(ast.While, test=_EXPRESSIONS, body=block, orelse=more),
        st.builds(ast.For, target=_TARGETS, iter=_EXPRESSIONS, body=block, orelse=more),
        st.builds(ast.Try, body=block, handlers=handlers, orelse=more, finalbody=more),
        st.builds(
            ast.With,
            items=st.builds(ast.withitem, context_expr=_EXPRESSIONS, optional_vars=st.one_of(st.none(), _TARGETS)).map(
                lambda item: [item]
            ),
            body=block,
        ),
        st.builds(
            ast.Match,
            subject=_EXPRESSIONS,
            cases=st.builds(
                ast.match_case,
                pattern=st.one_of(
                    _TEXTS.map(lambda text: ast.MatchValue(ast.Constant(text))),
                    _WORDS.map(lambda name: ast.MatchClass(_load(name), [], ["status"], [ast.MatchAs(None, "x")])),
                    st.just(ast.MatchMapping([ast.Constant("status")], [ast.MatchAs(None, "x")], "rest")),
                ),
                guard=st.one_of(st.none(), _EXPRESSIONS),
                body=block,
            ).map(lambda case: [case]),
        ),
        st.builds(ast.FunctionDef, returns=st.one_of(st.none(), _EXPRESSIONS), **definition),
        st.builds(ast.AsyncFunctionDef, returns=st.one_of(st.none(), _EXPRESSIONS), **definition),
        st.builds(
            ast.ClassDef,
            name=_WORDS,
            bases=st.lists(_EXPRESSIONS, max_size=2),
            keywords=st.just([]),
            body=block,
            decorator_list=decorators,
            type_params=st.just([]),
        ),
    )


_SIMPLE = st.one_of(
    st.builds(ast.Expr, value=_EXPRESSIONS),
    st.builds(ast.Assign, targets=_TARGETS.map(lambda target: [target]), value=_EXPRESSIONS),
    st.builds(ast.Return, value=_EXPRESSIONS),
    st.builds(
        ast.AnnAssign,
        target=_WORDS.map(lambda name: ast.Name(name, ast.Store())),
        annotation=_EXPRESSIONS,
        value=st.one_of(st.none(), _EXPRESSIONS),
        simple=st.just(1),
    ),
    st.builds(
        ast.AugAssign,
        target=_WORDS.map(lambda name: ast.Name(name, ast.Store())),
        op=st.just(ast.BitOr()),
        value=_EXPRESSIONS,
    ),
    st.builds(ast.Delete, targets=_TARGETS.map(lambda target: [target])),
    st.builds(ast.Raise, exc=_EXPRESSIONS, cause=st.none()),
    st.builds(ast.Global, names=_WORDS.map(lambda name: [name])),
    st.builds(
        ast.ImportFrom,
        module=st.sampled_from(["asyncio", "module", "enum", "fastapi", "nowhere"]),
        names=st.builds(ast.alias, name=_WORDS, asname=st.one_of(st.none(), _WORDS)).map(lambda name: [name]),
        level=st.sampled_from([0, 0, 1]),
    ),
    st.builds(
        ast.Import,
        names=st.builds(ast.alias, name=_WORDS, asname=st.one_of(st.none(), _WORDS)).map(lambda name: [name]),
    ),
)
_PREAMBLE = """\
import asyncio
from asyncio import new_event_loop as make
from enum import Enum
from functools import partial
from fastapi import FastAPI, APIRouter, Depends
app = FastAPI()
router = APIRouter()
class JobStatus(str, Enum):
    DONE = 'done'
class Job:
    status: JobStatus
"""


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A module of any statements, most of them without sense, over the names that the rules know."""
    body = draw(st.lists(st.recursive(_SIMPLE, _statements, max_leaves=8), min_size=1, max_size=6))
    return _PREAMBLE + ast.unparse(ast.fix_missing_locations(ast.Module(body, []))) + "\n"
