"""A tree of files that are hard to cut into regions, to search and to parse; most of them hold something to find."""
# ruff: noqa: E501

from pathlib import Path

CONFIGURATION = '[tool.execution-lint]\nmin-confidence = "possible"\n'

MODELS = '''\
from enum import Enum


class JobStatus(str, Enum):
    """What a job can be."""

    QUEUED = "queued"
    DONE = "done"
    ERROR = "error"


class Job:
    status: JobStatus
    stage: JobStatus = JobStatus.QUEUED
'''

LOOP = """\
import asyncio


def run(work):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work())
    finally:
        loop.close()
"""

STATUS = """\
from hostile.models import Job, JobStatus


def is_over(job: Job) -> bool:
    return job.status == "done" or job.status == JobStatus.ERROR
"""

ROUTE = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/execute")
def execute():
    return {"plugin": "p", "result": 1}
"""

LAYOUTS: dict[str, str | bytes] = {
    "crlf": LOOP.replace("\n", "\r\n"),
    "lone_carriage_returns": LOOP.replace("\n", "\r"),
    "mixed_line_ends": LOOP.replace("try:\n", "try:\r\n").replace("work):\n", "work):\r\n\n\r\n"),
    "byte_order_mark": "\ufeff" + LOOP,
    "byte_order_mark_before_a_decorator": (
        "\ufeff@app.get('/execute')\ndef first():\n    return [1]\n\n\nfrom fastapi import FastAPI\napp = FastAPI()\n"
    ),
    "form_feeds": LOOP.replace("\n\n\ndef", "\n\f\ndef"),
    "form_feed_before_code": LOOP.replace("    loop =", "\f    loop ="),
    "form_feed_that_breaks_an_indent": LOOP.replace("    loop.", "\f    loop."),
    "tabs": LOOP.replace("    ", "\t"),
    "tabs_after_spaces": (
        "import asyncio\nclass Worker:\n    def run(self, work):\n    \tloop = asyncio.new_event_loop()\n"
        "    \treturn loop.run_until_complete(work())\n"
    ),
    "no_newline_at_the_end": LOOP.rstrip("\n"),
    "only_comments": "# asyncio.new_event_loop()\n",
    "nothing": "",
    "blank_lines": "\n\n   \n\t\n",
    "backslashes": (
        "import asyncio\n\n\ndef run(work):\n    loop = \\\n  asyncio \\\n.new_event_loop()\n"
        "    return \\\n        loop.run_until_complete(work())\n\nx = 1 \\\n\ny = 2\n"
    ),
    "backslash_first": "\\\nimport asyncio\n\n\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "backslash_in_an_indent": (
        "import asyncio\ndef run(work):\n    x = 1\n  \\\n  \n    asyncio.new_event_loop().run_until_complete(work())\n"
    ),
    "backslash_between_def_and_name": (
        "import asyncio\nasync \\\n  def \\\n    run(work):\n  asyncio.new_event_loop().run_until_complete(work())\n"
    ),
    "one_line_function": "import asyncio\ndef run(work): return asyncio.new_event_loop().run_until_complete(work())\n",
    "one_line_class": "import asyncio\nclass Worker: loop = asyncio.new_event_loop(); other = 1\n",
    "class_on_one_line_with_a_lambda": "import asyncio\nclass Worker: make = lambda self: asyncio.new_event_loop()\n",
    "semicolons": "import asyncio; x = 1; loop = asyncio.new_event_loop(); y = 2;\n",
    "semicolons_and_strings": 'x = ";"; import asyncio; loop = asyncio.new_event_loop()  # ; z = 3\n',
    "import_behind_a_semicolon": "import os; import asyncio as a; from asyncio import new_event_loop as n\nloop = n()\n",
    "imports_over_lines": (
        "from asyncio import (  # the loop\n    new_event_loop\n    as fresh,\n)\nimport os, \\\n  sys as system\n"
        "def run(work):\n    fresh().run_until_complete(work())\n"
    ),
    "conditional_definitions": (
        "import asyncio\nimport sys\nif sys.platform == 'win32':\n    def make():\n        return asyncio.ProactorEventLoop()\n"
        "elif sys.platform:\n    def make():\n        return asyncio.SelectorEventLoop()\nelse:\n    make = asyncio.new_event_loop\n"
        "try:\n    import uvloop\nexcept ImportError:\n    uvloop = None\nelse:\n    loop = uvloop.new_event_loop()\nfinally:\n    pass\n"
    ),
    "with_and_loops_at_the_top": (
        "import asyncio\nfor _ in range(2):\n    loop = asyncio.new_event_loop()\nelse:\n    loop = None\n"
        "while False:\n    asyncio.new_event_loop()\nwith open('x') as f:\n    other = asyncio.new_event_loop()\n"
    ),
    "nested_classes": (
        "import asyncio\nclass Outer:\n    '''Doc.'''\n    x = 1\n    class Inner:\n        def run(self, work):\n"
        "            asyncio.new_event_loop().run_until_complete(work())\n        class Innermost:\n            loop = asyncio.new_event_loop()\n"
        "    def make(self):\n        def inner():\n            return asyncio.new_event_loop()\n        return inner\n    y = 2\n"
    ),
    "class_of_methods_only": (
        "import asyncio\nclass A:\n    def f(self): return asyncio.new_event_loop()\n    async def g(self): self.loop = asyncio.new_event_loop()\n"
        "    @property\n    def h(self):\n        return asyncio.new_event_loop()\nclass B(A): pass\n"
    ),
    "comments_between_methods": (
        "import asyncio\nclass A:\n    # new_event_loop\n    def f(self):\n        return 1\n# new_event_loop\n    # and here\n"
        "    def g(self):\n        return asyncio.new_event_loop()\n# at the end\n\n# new_event_loop\n"
    ),
    "two_definitions_of_one_name": (
        "import asyncio\ndef make():\n    return None\ndef make():\n    return asyncio.new_event_loop()\nclass A:\n    loop = make()\n"
        "class A:\n    loop = asyncio.new_event_loop()\n"
    ),
    "huge_string_with_code": (
        'import asyncio\nTEXT = """\n' + "import asyncio\ndef run(work):\n    loop = asyncio.new_event_loop()\n" * 400 + '"""\n\n\n'
        "def run(work):\n    '''\n@app.get('/execute')\ndef execute(): return [1]\n    '''\n    asyncio.new_event_loop().run_until_complete(work())\n"
    ),
    "strings_of_all_kinds": (
        "import asyncio\na = r'\\\\'; b = b'\\''; c = rb\"\\\"\"; d = '''it's \"'''; e = \"\"\"'''\"\"\"; f = u'#'; g = '\\\n#'\n"
        "def run(work):\n    return asyncio.new_event_loop().run_until_complete(work('''\n) } ]\n'''))\n"
    ),
    "string_at_column_zero_in_a_method": (
        "import asyncio\nclass A:\n    def f(self, work):\n        x = '''\nclass B:\n    def g(self): pass\n'''\n"
        "        asyncio.new_event_loop().run_until_complete(work(x))\n"
    ),
    "brackets_over_lines": (
        "import asyncio\nx = [\ndef_ := 1,\n  asyncio.new_event_loop(\n)\n]\n" "def run(\nwork=(\n1\n),\n):\n    asyncio.new_event_loop().run_until_complete(work)\n"
    ),
    "comments_in_brackets": (
        "import asyncio\ndef run(work,  # )\n    # ]\n    other=1):\n    loop = asyncio.new_event_loop(  # (\n    )\n    loop.run_until_complete(work)\n"
    ),
    "formatted_strings": (
        "import asyncio\ndef run(work):\n    name = f\"{work!r:>{10}} {{}} {'a' if work else 'b'}\"\n"
        "    return asyncio.new_event_loop().run_until_complete(work(f'{name}', f'''{\n  name\n}'''))\n"
    ),
    "formatted_strings_of_pep_701": (
        'import asyncio\ndef run(work):\n    name = f"{work["#"]} {f"{1 + 1:{"0"}>3}"} {"\\n".join(work)}"\n'
        "    return asyncio.new_event_loop().run_until_complete(work(name))\n"
    ),
    "formatted_string_with_a_comment_of_pep_701": (
        "import asyncio\ndef run(work):\n    name = f'{  # a comment with ' and }\n        work}'\n    asyncio.new_event_loop().run_until_complete(work(name))\n"
    ),
    "formatted_string_around_the_call": (
        "import asyncio\ndef run(work):\n    return f'{asyncio.new_event_loop().run_until_complete(work())}', f\"{'x'}\" '{' \"}\"\n"
    ),
    "match_statements": (
        "import asyncio\ndef run(work):\n    match work:\n        case {'loop': None, **rest}:\n            loop = asyncio.new_event_loop()\n"
        "        case [first, *others] if first:\n            loop = asyncio.SelectorEventLoop()\n        case str() | None:\n            loop = work\n"
        "        case _:\n            return\n    loop.run_until_complete(work)\n"
        "match = 1\nmatch[0:1]\nmatch (1):\n    case 1:\n        loop = asyncio.new_event_loop()\nprint(match)\ncase = type = 1\n"
    ),
    "type_aliases": (
        "import asyncio\ntype Loop = asyncio.AbstractEventLoop\ntype Pair[T] = tuple[T, T]\ndef run[T](work: T) -> T:\n"
        "    return asyncio.new_event_loop().run_until_complete(work)\nclass Box[T: int]:\n    def f(self): return asyncio.new_event_loop()\n"
    ),
    "soft_keywords": "import asyncio\ntype = asyncio.new_event_loop\nmatch = type()\n_ = match\ntype (match)\nmatch * case\n" "case = lambda: type()\n",
    "exception_groups": (
        "import asyncio\ndef run(work):\n    try:\n        loop = asyncio.new_event_loop()\n    except* ValueError as group:\n        raise group\n"
        "    else:\n        loop.run_until_complete(work())\n"
        "try:\n    other = asyncio.new_event_loop()\nexcept* OSError:\n    pass\n"
    ),
    "walrus": (
        "import asyncio\ndef run(work):\n    if (loop := asyncio.new_event_loop()) is not None:\n        loop.run_until_complete(work())\n"
        "    return [made := asyncio.new_event_loop() for _ in work], [x for x in work if (last := x)], made, last\n"
    ),
    "generators": (
        "import asyncio\ndef loops():\n    yield asyncio.new_event_loop()\n    x = yield\n    yield from (asyncio.new_event_loop() for _ in x)\n"
        "async def more():\n    async for x in loops():\n        yield x\n    return\n"
    ),
    "lambdas": (
        "import asyncio\nmake = lambda: asyncio.new_event_loop()\nrun = lambda work, loop=asyncio.new_event_loop(): (\n    loop.run_until_complete(work))\n"
        "table = {'a': lambda x=lambda: 1: asyncio.new_event_loop()}\n"
    ),
    "decorators_over_lines": (
        "import asyncio\nimport functools\n@functools.lru_cache(\n    maxsize=None,\n)\n# between\n\n@functools.wraps(\nprint)\ndef make():\n"
        "    return asyncio.new_event_loop()\nclass A:\n    @(\n      functools\n      .lru_cache)\n    def make(self):\n        return asyncio.new_event_loop()\n"
    ),
    "routes_with_decorators_over_lines": (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.\\\nget('/execute')\ndef first():\n    return [1]\n@(\n  app\n  # between\n  .post('/analyze')\n)\n"
        "async def second():\n    return [1]\n@ app . put ( '/run_it' )\ndef third(): return None\n"
        "def factory(app: FastAPI):\n    @app.get('/execute/a')\n\n    # between\n\n    @app \\\n      .delete('/execute/b')\n    def inner():\n        return [1]\n    return app\n"
    ),
    "unicode_names": (
        "import asyncio\ndef größe(wörk):\n    schleife_ä = asyncio.new_event_loop()\n    schleife_ä.run_until_complete(wörk())\n    名前 = 'é' + 'ü'; return 名前\n"
    ),
    "names_in_other_letters": (
        "import asyncio\nfrom asyncio import n\uff45w_event_loop as ｆｒｅｓｈ\ndef run(work):\n    loop = asyncio.\U0001d5c7ew_event_loop()\n"
        "    loop.run_until_complete(work())\ndef again(work):\n    fresh().run_until_complete(work())\n"
    ),
    "names_with_combining_marks": (
        "import asyncio\nde\u0301but = asyncio.new_event_loop\ndef run(work):\n    d\u00e9but().run_until_complete(work())\n"
    ),
    "dots_and_quotes_of_typography": (
        "import asyncio\ndef run(work):\n    '''Uses asyncio\u2026new_event_loop\u2026 \u201cso\u201d\xa0\u2028 \x85 \x0b \x1c'''\n"
        "    return asyncio.new_event_loop().run_until_complete(work())\n"
    ),
    "escapes_that_warn": "import asyncio\ndef run(work):\n    return asyncio.new_event_loop().run_until_complete(work('\\d \\8 \\N{DIGIT ONE}', 1if work else 2))\n",
    "star_in_subscripts": "import asyncio\ndef run(*work):\n    x: tuple[*work] = 1\n    return asyncio.new_event_loop().run_until_complete(*work, **{}, )\n",
    "old_python": "import asyncio\nprint 'hello'\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "broken_with_a_needle": "import asyncio\ndef run(work:\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "broken_without_a_needle": "def nobody(asks:\n    pass\n",
    "broken_beside_what_is_whole": (
        "import asyncio\ndef broken():\n    return 1 +\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n"
        "class A:\n    def f(self): return ][\n    def g(self): return asyncio.new_event_loop()\n"
    ),
    "broken_indentation": "import asyncio\ndef run(work):\n        x = 1\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "broken_in_the_region": "import asyncio\ndef run(work):\n    loop = asyncio.new_event_loop() +\n    loop.run_until_complete(work())\n",
    "broken_imports": "import asyncio\nfrom import x\nfrom asyncio import new_event_loop as make\ndef run(work):\n    make().run_until_complete(work())\n",
    "string_left_open": "import asyncio\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\nx = '''\n",
    "line_string_left_open": "import asyncio\nx = 'abc\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "only_in_a_comment": "def run(work):\n    # asyncio.new_event_loop().run_until_complete(work())\n    return work\n",
    "only_in_a_string": "def run(work):\n    return 'asyncio.new_event_loop().run_until_complete(work())'\n",
    "sum_of_many_terms": "import asyncio\nx = " + " + ".join(["1"] * 1000) + "\ndef run(work):\n    return asyncio.new_event_loop(), " + " + ".join(["1"] * 900) + "\n",
    "sum_of_too_many_terms": "import asyncio\ndef run(work):\n    return asyncio.new_event_loop(), " + " + ".join(["1"] * 1600) + "\n",
    "sum_that_has_no_end": "import asyncio\ndef run(work):\n    return asyncio.new_event_loop(), "
    + " + ".join(["x"] * 30_000)
    + "\ndef other():\n    return asyncio.new_event_loop()\n",
    "calls_that_have_no_end": "import asyncio\nx = y" + ".f()" * 3_000 + "\ndef run(work):\n    return asyncio.new_event_loop()\n",
    "sum_that_has_no_end_in_a_broken_file": "import asyncio\nx = = 1\ny = asyncio.new_event_loop(), " + " + ".join(["x"] * 5_000) + "\n",
    "brackets_too_deep": "import asyncio\ndef run(work):\n    return asyncio.new_event_loop(), " + "(" * 300 + ")" * 300 + "\n",
    "brackets_deep": "import asyncio\ndef run(work):\n    return asyncio.new_event_loop(), " + "[" * 150 + "]" * 150 + "\n",
    "calls_too_deep": "import asyncio\ndef run(work):\n    asyncio.new_event_loop()\n    return work" + ".f()" * 400 + "\ndef other():\n    return asyncio.new_event_loop()\n",
    "blocks_too_deep": "import asyncio\ndef run(x):\n" + "".join(f"{' ' * depth}if x:\n" for depth in range(1, 98)) + " " * 98 + "asyncio.new_event_loop()\n",
    "conditions_in_a_row": "import asyncio\ndef run(x):\n    if x: pass\n" + "    elif x: pass\n" * 600 + "    else: asyncio.new_event_loop()\n",
    "nots_too_deep": "import asyncio\ndef run(x):\n    return " + "not " * 1000 + "asyncio.new_event_loop()\n",
    "suppressed": LOOP.replace("new_event_loop()", "new_event_loop()  # execution-lint: ignore[EXL101] for the tree"),
    "suppressed_for_nothing": "x = 1  # execution-lint: ignore[EXL101] nothing here\ny = 2  # noqa: EXL301\n",
    "return_outside": "import asyncio\nreturn asyncio.new_event_loop()\nawait x\nyield asyncio.new_event_loop()\nbreak\n",
    "declarations_in_loops": "import asyncio\ndef run(xs):\n    for x in xs:\n        global loop\n        import os as x2, sys\n        loop = asyncio.new_event_loop()\n    del x, xs\n",
    "null_byte": b"import asyncio\nx = '\0'\ndef run(work):\n    asyncio.new_event_loop()\n",
    "latin_1": "# -*- coding: latin-1 -*-\nimport asyncio\ndef größe(work):\n    ä = 'é'; asyncio.new_event_loop().run_until_complete(work(ä))\n".encode("latin-1"),
    "latin_1_alias": "# coding: iso-8859-15\nfrom asyncio import new_event_loop as schleife_ä\ndef run(work):\n    schleife_ä().run_until_complete(work())\n".encode("iso-8859-15"),
    "utf_7": b"# coding: utf-7\nimport asyncio\ndef run(work):\n    asyncio.+AG4-ew_event_loop().run_until_complete(work())\n",
    "shift_jis": "# vim: set fileencoding=shift_jis :\nimport asyncio\ndef run(work):\n    '表示'; asyncio.new_event_loop().run_until_complete(work('ソ'))\n".encode("shift_jis"),
    "escaped_encoding": b"# coding: raw_unicode_escape\nimport asyncio\ndef run(work):\n    asyncio.\\u006eew_event_loop().run_until_complete(work())\n",
    "declared_ascii": b"# coding: ascii\nimport asyncio\ndef run(work):\n    asyncio.new_event_loop().run_until_complete(work())\n",
    "declared_on_the_second_line": "#!/usr/bin/python\n# coding=cp1252\nimport asyncio\nä = asyncio.new_event_loop()\n".encode("cp1252"),
    "unknown_encoding_with_a_needle": b"# coding: klingon\nimport asyncio\nasyncio.new_event_loop()\n",
    "unknown_encoding_without_a_needle": b"# coding: klingon\nnobody_asks = 1\n",
    "undecodable_with_a_needle": b"import asyncio\nx = '\xff\xfe'\nloop = asyncio.new_event_loop()\n",
    "undecodable_without_a_needle": b"nobody_asks = '\xff\xfe'\n",
    "utf_16": LOOP.encode("utf-16"),
    "wrong_cookie_behind_a_mark": b"\xef\xbb\xbf# coding: latin-1\nimport asyncio\nloop = asyncio.new_event_loop()\n",
    "statuses_in_other_layouts": STATUS.replace("\n", "\r\n").replace("    return", "\treturn"),
    "statuses_over_lines": (
        "from hostile.models import (\n    Job,\n    JobStatus as S,\n)\ndef move(job: Job):\n    job.status = (\n        'done'\n    )\n"
        "    match job.status:\n        case 'queued' | S.ERROR:\n            return {'status': 'error'}\n    return job.stage in (\n'done', 'late'\n)\n"
    ),
    "statuses_in_other_letters": "from hostile.models import Job as \uff2aob\ndef f(job: Job):\n    return job.\uff53tatus == 'done'\n",
    "statuses_without_a_name": "import hostile.models\ndef f(job: 'hostile.models.Job'):\n    return job.status == 'done'\n",
    "statuses_of_quoted_types": "from hostile import models as m\ndef f(job: \"m.Job\", other: 'list[m . Job]'):\n    return job.status != 'done', other[0].stage == 'queued'\n",
    "routes_of_all_kinds": ROUTE + (
        "class View:\n    def get(self):\n        return [1]\napp.add_api_route('/analyze/a', View().get)\n"
        "def table():\n    from starlette.applications import Starlette\n    from starlette.routing import Route\n"
        "    return Starlette(routes=[Route('/execute/c', execute)])\n"
    ),
}  # fmt: skip
"""Files by name, each by itself."""

PACKAGES = {
    # A module that is called like a package beside it: the package wins.
    "twice.py": "from asyncio import SelectorEventLoop as make\n",
    "twice/__init__.py": "from asyncio import new_event_loop as make\n",
    "uses_twice.py": "from hostile.twice import make\n\n\ndef run(work):\n    make().run_until_complete(work())\n",
    # A package without `__init__.py`.
    "space/names.py": "from asyncio import *\nfrom ..models import *\n__all__ = ['new_event_loop', 'JobStatus']\n",
    "uses_space.py": (
        "from .space.names import *\nfrom .space import names as n\n\n\ndef run(work, job: n.Job):\n"
        "    n.new_event_loop().run_until_complete(work())\n    return job.status == 'done'\n"
    ),
    # Imports in a circle.
    "circle_a.py": "from .circle_b import make_b\nfrom asyncio import new_event_loop as make_a\nVALUE = make_b\n",
    "circle_b.py": "from .circle_a import make_a as make_b, VALUE\n\n\ndef run(work):\n    VALUE().run_until_complete(work())\n",
    "circle_c.py": "from .circle_c import *\nfrom . import circle_c\nx = circle_c.x\n\n\ndef run(job):\n    return circle_c.x.status == 'done'\n",
    # Names of names.
    "chain_1.py": "import asyncio\nfresh_1 = asyncio.new_event_loop\nfrom .models import JobStatus as Status1\n",
    "chain_2.py": "from .chain_1 import fresh_1 as fresh_2, Status1 as Status2\n",
    "chain_3.py": "from . import chain_2\nfresh_3 = chain_2.fresh_2\nStatus3 = chain_2.Status2\n",
    "chain_4.py": (
        "from .chain_3 import fresh_3, Status3\n\n\ndef run(work, status: Status3):\n    fresh_3().run_until_complete(work())\n    return status == 'done'\n"
    ),
    "router_1.py": "from fastapi import APIRouter as R\n\nrouter = R(prefix='/v1')\nget = router.get\n",
    "router_2.py": "from .router_1 import router as api\n\n\n@api.post('/execute')\ndef execute():\n    return {'plugin': 1, 'result': 2}\n",
    "router_3.py": "from fastapi import FastAPI\nfrom . import router_1, router_2\n\nservice = FastAPI()\nservice.include_router(router_2.api, prefix='/api')\n",
    # What carries a status, far from the name of its vocabulary.
    "carrier.py": "from .models import Job\n\n\ndef latest() -> Job: ...\n\n\nclass Store:\n    def __init__(self, job: Job):\n        self.job = job\n",
    "uses_carrier.py": "from . import carrier\n\n\ndef is_done():\n    return carrier.latest().status == 'done'\n",
    "uses_store.py": "from .carrier import Store\n\n\ndef is_done(store: Store):\n    return store.job.status == 'done'\n",
    # A broken module that others ask for names.
    "broken_model.py": "from enum import Enum\nclass BrokenStatus(str, Enum):\n    DONE = 'done'\n    LATE = = 'late'\n",
    "uses_broken_model.py": "from .broken_model import BrokenStatus\n\n\ndef f(status: BrokenStatus):\n    return status == 'done'\n",
    "open_model.py": "from enum import Enum\nclass OpenStatus(str, Enum):\n    DONE = 'done'\nx = (\n",
    "uses_open_model.py": "from .open_model import OpenStatus\n\n\ndef f(status: OpenStatus):\n    return status == 'done'\n",
}
"""Files that belong together."""


def files() -> dict[str, bytes]:
    """The whole tree by path."""
    found: dict[str, str | bytes] = {
        "pyproject.toml": CONFIGURATION,
        "hostile/__init__.py": "",
        "hostile/models.py": MODELS,
    }
    found.update((f"hostile/{path}", text) for path, text in PACKAGES.items())
    found.update((f"hostile/{name}.py", text) for name, text in LAYOUTS.items())
    found.update(NEEDLES)
    return {path: text if isinstance(text, bytes) else text.encode() for path, text in found.items()}


def write(folder: Path, tree: dict[str, bytes]) -> Path:
    """Write a tree; return its folder."""
    for path, data in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def _loop(call: str, before: str = "import asyncio") -> str:
    return f"{before}\n\n\ndef run(work):\n    {call}.run_until_complete(work())\n"


def _enum(base: str, module: str, package: str) -> dict[str, str]:
    """An enum by one of its base classes, and a module that compares with its values."""
    name = f"{base}JobStatus"
    return {
        f"{package}/enums.py": f"from {module} import {base}\n\n\nclass {name}({base}):\n    DONE = 'done'\n    LATE = 'late'\n",
        f"{package}/use.py": f"from enums import {name}\n\n\ndef is_done(status: {name}):\n    return status == 'done'\n",
    }


def _route(method: str, arguments: str = "'/execute'") -> dict[str, str]:
    # What only changes or removes something is no execution: a tuple is wrong there too.
    answer = "{}, 201" if method in ("delete", "patch") else "[1]"
    return {
        f"needle_{method}/app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        f"needle_{method}/handlers.py": f"from app import app\n\n\n@app.{method}({arguments})\ndef handle():\n    return {answer}\n",
    }


def _replaced(method: str) -> dict[str, str]:
    """A method of a loop that is replaced, in a module that does not say where the loop comes from."""
    return {
        f"needle_{method}/loops.py": "import asyncio\n\n\ndef current() -> asyncio.AbstractEventLoop: ...\n",
        f"needle_{method}/use.py": f"from loops import current\n\ncurrent().{method} = None\n",
    }


FUNCTIONS = (
    *("run", "Runner", "_get_event_loop", "get_running_loop", "_get_running_loop", "set_event_loop", "create_task"),
    *("run_coroutine_threadsafe", "ensure_future", "Task", "Future"),
)
OTHER_METHODS = (
    *("is_running", "is_closed", "close", "stop", "call_soon", "call_soon_threadsafe", "call_later", "call_at"),
    "run_in_executor",
)
LOOP_METHODS = ("run_until_complete", "run_forever", "_run_once", "_check_running", "_check_closed")
METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace", "api_route")

NEEDLES: dict[str, str] = {
    "needle_new_event_loop/use.py": _loop("asyncio.new_event_loop()"),
    "needle_SelectorEventLoop/use.py": _loop("asyncio.SelectorEventLoop()"),
    "needle_ProactorEventLoop/use.py": _loop("asyncio.ProactorEventLoop()"),
    "needle_EventLoop/use.py": _loop("asyncio.EventLoop()"),
    "needle_Loop/use.py": _loop("Loop()", "from winloop import Loop"),
    "needle_uvloop/names.py": "MAKER = 'new_event' '_loop'\n",
    "needle_uvloop/use.py": _loop("getattr(uvloop, MAKER)()", "import uvloop\nfrom names import MAKER"),
    "needle_winloop/names.py": "MAKER = 'new_event' '_loop'\n",
    "needle_winloop/use.py": _loop("getattr(winloop, MAKER)()", "import winloop\nfrom names import MAKER"),
    "needle_BaseEventLoop/use.py": _loop("Own()", "import asyncio\n\n\nclass Own(asyncio.BaseEventLoop):\n    pass"),
    "needle_loop_factory/loops.py": "import asyncio\n\n\ndef make():\n    return asyncio.new_event_loop()\n",
    "needle_loop_factory/use.py": "import asyncio\nfrom loops import make\n\nRUNNER = asyncio.Runner(loop_factory=make)\n",
    "needle_Thread/loops.py": "import asyncio\n\n\ndef serve():\n    loop = asyncio.new_event_loop()\n    loop.run_forever()\n",
    "needle_Thread/use.py": "from threading import Thread\nfrom loops import serve\n\nThread(target=serve).start()\n",
    "needle_nest_asyncio/use.py": "import nest_asyncio\n\nnest_asyncio.apply()\n",
    "needle_nest_asyncio2/use.py": "import nest_asyncio2\n\nnest_asyncio2.apply()\n",
    "needle_patchAsyncio/use.py": "from ib_async import util\n\nutil.patchAsyncio()\n",
    "needle_startLoop/use.py": "from ib_insync import util\n\nutil.startLoop()\n",
    "needle_asyncio/use.py": "import asyncio\n\nasyncio.run = None\n",
    "needle_get_event_loop/use.py": "import asyncio\n\nLOOP = asyncio.get_event_loop()\n",
    "needle_get_event_loop_policy/use.py": "import asyncio\n\nPOLICY = asyncio.get_event_loop_policy()\n",
    "needle_set_event_loop_policy/use.py": "import asyncio\n\nasyncio.set_event_loop_policy(None)\n",
    **{f"needle_{name}/use.py": f"import asyncio\n\nasyncio.{name} = None\n" for name in FUNCTIONS},
    **{f"needle_{name}/use.py": f"import asyncio\n\nasyncio.BaseEventLoop.{name} = None\n" for name in OTHER_METHODS},
    "needle_setattr/use.py": "import asyncio\n\nsetattr(asyncio, 'run', None)\n",
    **{path: text for method in LOOP_METHODS for path, text in _replaced(method).items()},
    **_enum("Enum", "enum", "needle_Enum"),
    **_enum("StrEnum", "enum", "needle_StrEnum"),
    **_enum("IntEnum", "enum", "needle_IntEnum"),
    **_enum("ReprEnum", "enum", "needle_ReprEnum"),
    **_enum("LowercaseStrEnum", "strenum", "needle_LowercaseStrEnum"),
    **_enum("UppercaseStrEnum", "strenum", "needle_UppercaseStrEnum"),
    **_enum("TextChoices", "django.db.models", "needle_TextChoices"),
    **{path: text for method in METHODS for path, text in _route(method).items()},
    "needle_route/app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "needle_route/handlers.py": "from app import app\n\n\n@app.route('/execute')\ndef handle():\n    return [1]\n",
    "needle_add_api_route/handlers.py": "def handle():\n    return [1]\n",
    "needle_add_api_route/app.py": "from fastapi import FastAPI\nfrom handlers import handle\n\napp = FastAPI()\napp.add_api_route('/execute', handle)\n",
    "needle_add_route/handlers.py": "def handle(request):\n    return None\n",
    "needle_add_route/app.py": "from starlette.applications import Starlette\nfrom handlers import handle\n\napp = Starlette()\napp.add_route('/execute', handle)\n",
    "needle_add_url_rule/handlers.py": "def handle():\n    return [1]\n",
    "needle_add_url_rule/app.py": "from flask import Flask\nfrom handlers import handle\n\napp = Flask(__name__)\napp.add_url_rule('/execute', view_func=handle)\n",
    "needle_routes/handlers.py": "def handle(request):\n    return None\n",
    "needle_routes/app.py": (
        "from fastapi import FastAPI\nfrom fastapi.routing import APIRoute\nfrom handlers import handle\n\n"
        "app = FastAPI(routes=[APIRoute('/execute', handle)])\n"
    ),
    "needle_include_router/handlers.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/now')\ndef handle():\n    return [1]\n",
    "needle_include_router/app.py": (
        "from fastapi import FastAPI\nfrom handlers import router\n\napp = FastAPI()\napp.include_router(router, prefix='/execute')\n"
    ),
    "needle_register_blueprint/handlers.py": (
        "from flask import Blueprint\n\nblueprint = Blueprint('b', __name__)\n\n\n@blueprint.get('/now')\ndef handle():\n    return [1]\n"
    ),
    "needle_register_blueprint/app.py": (
        "from flask import Flask\nfrom handlers import blueprint\n\napp = Flask(__name__)\napp.register_blueprint(blueprint, url_prefix='/execute')\n"
    ),
    "needle_mount/handlers.py": "from fastapi import FastAPI\n\nbelow = FastAPI()\n\n\n@below.get('/now')\ndef handle():\n    return [1]\n",
    "needle_mount/app.py": "from fastapi import FastAPI\nfrom handlers import below\n\napp = FastAPI()\napp.mount('/execute', below)\n",
}
"""For each needle a case that nothing else finds."""
