"""Which calls may dangle, told from the text alone."""

import pytest

from execution_lint.source.dangling import MAXIMUM_CALLS, CoroutineNames, called_on, dangling, may_promise, places

NAMES = frozenset({"job"})


@pytest.mark.parametrize(
    "line",
    [
        "job()",
        "    service.job()",
        "x = job()",
        "x = service.repository.job(1, 'a)')",
        "if job(): pass",
        "if not job(): pass",
        "if (job()): pass",
        "while a and job(): pass",
        "for x in job(): pass",
        "return job()",
        "return job().x",
        "return job()['x']",
        "return job() == 1",
        "return job() or None",
        "return await job().x",
        "await (job()).x",
        "f'{job()}'",
        "str(job())",
        "len(service.job())",
        "print(1); job()",
        "call(job() + 1)",
        "[job() + 1]",
        "get().job()",
        "a[0].job()",
        "client('x').job()",
        "(client\n    .job())",
        "with job(): pass",
        "call(job('''\n)''') + 1)",
        "x = (\n    job()\n    == 1\n)",
        "await job(  # it isn't told\n    1,\n)",
        "await job(  # why\n    1,\n).name",
        "x = job(), 1\n",
        "x == job()",
        "call(x == job())",
        "call(x := job())",
        "x: int = job()",
        "lambda: job().x",
        "lambda x, *y: job() + 1",
        "if x: job()",
        "(x\n    @ job()\n    @ y)",
        "(x\n    @ job())",
    ],
)
def test_a_call_that_may_dangle(line: str) -> None:
    assert list(dangling(line, NAMES)) == [line.index("job(")]


@pytest.mark.parametrize(
    "line",
    [
        "await job()",
        "await service.job()",
        "await service.repository().job(1)",
        "await\tjob()",
        "yield job()",
        "gather(job(), other.job())",
        "tasks.append(job())",
        "create_task(job(1, (2, 3)))",
        "[job() for _ in range(3)]",
        "(job() for _ in range(3))",
        "await job(  # why (it waits\n    1,\n)",
        "'job() is said here'",
        "`service.job()` is said here",
        "async def job(): pass",
        "def job(): pass",
        "class job(): pass",
        "async with job() as x: pass",
        "# job() is said here",
        "other_job()",
        "job = 3",
        "a job (in prose)",
        "return await job()\n@decorator\ndef other(): pass",
        "call(x=job())",
        "call(1, x = job(1, (2)), y=3)",
        "def other(x=job()): pass",
        "lambda: job()",
        "call(lambda x, *y: job(), 1)",
        "@job()\ndef other(): pass",
        "    @router.job('x')  # why\n    async def other(): pass",
    ],
)
def test_a_call_that_is_plainly_somebody_elses(line: str) -> None:
    assert list(dangling(line, NAMES)) == []


def names_of(**files: str) -> CoroutineNames:
    names = CoroutineNames()
    for path, text in files.items():
        names.add(path, text.encode())
    return names


def test_a_name_is_looked_at_in_the_files_that_call_it() -> None:
    names = names_of(a="async def job(): pass", b="job()", c="job")
    assert [sorted(names.of_file(path)) for path in "abc"] == [["job"], ["job"], []]


@pytest.mark.parametrize(
    "text",
    ["from a import job as start\nstart()", "import x, job as start\nstart()", "start = partial(job, 1)\nstart()"],
)
def test_a_further_name_is_looked_at_too(text: str) -> None:
    assert "start" in names_of(a="async def job(): pass", b=text).of_file("b")


def test_a_name_of_many_functions_is_looked_at_where_its_coroutine_function_is() -> None:
    calls = "get()\n" * (MAXIMUM_CALLS + 1)
    names = names_of(a="async def get(): pass\nget()", b="def get(): pass", c=calls)
    assert [sorted(names.of_file(path)) for path in "abc"] == [["get"], [], []]
    assert list(names.passed_over()) == [("get", MAXIMUM_CALLS + 4)]


def test_a_name_of_coroutine_functions_alone_is_looked_at_however_often_it_is_called() -> None:
    names = names_of(a="async def job(): pass", c="job()\n" * (MAXIMUM_CALLS + 1))
    assert names.of_file("c") == {"job"}
    assert list(names.passed_over()) == []


def test_names_in_other_letters_are_names() -> None:
    names = names_of(a="async def prüfe(): pass", b="prüfe()")
    assert names.of_file("b") == {"prüfe"}
    assert list(dangling("prüfe()", names.of_file("b"))) == [0]


@pytest.mark.parametrize(
    ("line", "is_returned"),
    [
        ("return job()", True),
        ("return service.job(1, 'x')", True),
        ("return job().name", False),
        ("return 1 + job()", False),
        ("return\njob()", False),
        ("x = job()", False),
    ],
)
def test_what_is_returned_as_it_is(line: str, is_returned: bool) -> None:
    assert [(call.at, call.is_returned) for call in places(line, NAMES)] == [(line.index("job("), is_returned)]


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("async def job() -> int: pass", True),
        ("async \\\n def job(\n) -> int: pass", True),
        ("async def job(): pass", False),
        ("def job() -> int: pass", False),
        ("def job() -> int: pass\nasync def other(): pass", False),
        ("is_async = 1\ndef job() -> int: pass", False),
    ],
)
def test_a_coroutine_function_that_says_what_it_gives(text: str, may: bool) -> None:
    assert may_promise(text) is may


@pytest.mark.parametrize(
    "text",
    [
        "job(1)\nx.job(job())",
        "y(job)\r\n  job (2)\r\njob(3)",
        "job[job](job.job())",
        'é; job(ü, job(1))\n"…job("; ö.job()',
    ],
)
def test_the_places_found_when_names_were_counted_are_those_of_a_search(text: str) -> None:
    names = names_of(a="async def job(): pass", b=text)
    found = list(places(text, NAMES))
    assert list(places(text, NAMES, names.places("b", text))) == found


@pytest.mark.parametrize(
    "line",
    [
        "from a import job  as  start",
        "from a import (\n    job as start,\n)",
        "import\tjob as start",
        "x(y,\r\njob as start",
    ],
)
def test_a_name_is_renamed(line: str) -> None:
    assert "start" in names_of(a="async def job(): pass", b=f"{line}\nstart()").of_file("b")


@pytest.mark.parametrize(
    "line", ["with job as start", "except job as start", "x.job as start", "reimport job as start"]
)
def test_a_name_is_not_renamed(line: str) -> None:
    assert "start" not in names_of(a="async def job(): pass", b=f"1; {line}\nstart()").of_file("b")


def test_a_place_is_counted_in_characters() -> None:
    text = "é = 'ü'; await ö.job(); '…'; job()"
    assert list(dangling(text, frozenset({"job"}))) == [text.rindex("job(")]
    text = "é = 'ü'\nbüro()"
    assert list(dangling(text, frozenset({"büro"}))) == [text.index("büro(")]


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("def f(): op.job()", {"op"}),
        ("def f():\n    op.x.job()\n    other.job(op.y)\n    await client.job()", {"op", "other"}),
        ("def f(): op.job(); job()", None),
        ("def f(): op.job(); op().job()", None),
        ("def f(op): op.job()", None),
        ("def f():\n    for op in x: op.job()", None),
        ("def f():\n    import op\n    op.job()", None),
        ("def f(): op.gather(); op.job()", None),
        ("def f(): await op.job()", None),
        ("def f(ｏp): op.job()", None),
    ],
)
def test_what_is_called_on_names_of_the_module_alone(text: str, bases: set[str] | None) -> None:
    assert called_on(text, NAMES | {"gather"}) == bases
