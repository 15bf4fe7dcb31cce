"""Whether something may be compared, looked up by or given a string, told from the text alone."""

import ast

import pytest

from execution_lint.source.weighing import may_weigh

WEIGHED = [
    "job.status == x",
    "x != job.status",
    "job . status == x",
    "job.status.value == x",
    "job.status.lower().strip() == x",
    "job\\\n.status == x",
    "(\n    job\n    .status\n    == x\n)",
    "(\n    x ==\n    job.status\n)",
    "(job.status) == x",
    "(job.status or '') == x",
    "(await job.status()) == x",
    "str(job.status) == x",
    "cast('str', job.status) == x",
    "job.status in x",
    "job.status not in x",
    "job.status is x",
    "x is job.status",
    "job.status.in_([x])",
    "job['status'] == x",
    'job [ "status" ] == x',
    "job['''status'''] == x",
    "job.jobs[0]['status'] == x",
    "job.get('status') == x",
    "job.get('status', None) == x",
    "job.get('status', 'done')",
    "job.pop('status', other)",
    "getattr(job, 'status') == x",
    "setattr(job, 'status', 'done')",
    "status == x",
    "f'{job.status == x}'",
    "f'{TABLE[job.status]}'",
    "match job.status:\n    case x: pass",
    "match x:\n    case job.status: pass",
    "match x:\n    case Job(status='done'): pass",
    "match x:\n    case {'status': 'done'}: pass",
    "TABLE[job.status]",
    "TABLE['a'][job.status]",
    "table()[job.status]",
    "TABLE.get(job.status)",
    "TABLE.get(job.status, x)",
    "job.status = 'done'",
    "job.status = 'a' if x else 'b'",
    "job.status = (\n    'a'\n)",
    "job.status: str = 'done'",
    "job['status'] = 'done'",
    "x = job.status = 'done'",
    "new = 'done'\njob.status = new",
    "new, old = 'done', x\njob.status = new",
    "new: str = 'done'\njob.status = new",
    "if (new := 'done'): job.status = new",
    "make(status='done')",
    "make(status = other or 'done')",
    "make(\n    status=(\n        'done'\n    ),\n)",
    "{'status': 'done'}",
    "{'status': x if y else 'done'}",
    "{Job.status: 'done'}",
    "status('done')",
    "job.status('done')",
    "job.status(x, name='done')",
    "job.status([*x, 'done'])",
    "new = 'done'\njob.status(new)",
    "now = job.status\nnow == x",
    "now: str = job.status\nnow == x",
    "now = job.status\nTABLE[now]",
    "now = job.status\nnow in x",
    "now, then = job.status, x\nthen == x",
    "then, now = x, job.status\nnow == x",
    "then, now = (x, job.status)\nnow == x",
    "now = x if y else job.status\nnow == x",
    "now = x or job.status\nnow == x",
    "(now := job.status) == x",
    "def status(self): return 'done'",
    "def status(self):\n    new = 'done'\n    return new",
    "def f(status: Literal['a'] = 'b'): pass",
    "class A:\n    status: str = 'done'",
    "[j for j in x if j.status == y]",
    "lambda j: j.status == y",
    "x = 'é'; job.status",
    "x = job.status; s\N{FEMININE ORDINAL INDICATOR} = 1",
]
HANDED_ON = [
    "x == y",
    "job.statuses == x",
    "# job.status == x\nx",
    "'job.status == x'",
    "'''job.status == x'''",
    "job.status",
    "return job.status",
    "return (yield job.status)",
    "print(job.status)",
    "print(x, job.status, y)",
    "print(\n    job.status,\n    x,\n)",
    "make(status=job.status)",
    "make(\n    status=job.status,\n)",
    "make(status=job.status, name='x')",
    "make(status=None)",
    "make(status=other)",
    "make(status=other.current())",
    "{'status': job.status}",
    "{'status': job.status, 'x': 'done'}",
    "{'status': other(job)}",
    "{'status': other}",
    "('status', 'x')",
    "['status']",
    "other == 'status'",
    "f'{job.status} is in {x}'",
    "f'{job.status!r:>10}'",
    "job.status.name == x",
    "job.status is None",
    "if job.status is not None: pass",
    "if job.status: pass",
    "if x and job.status: pass",
    "while not job.status: pass",
    "job.status == 200",
    "job.status >= 400",
    "job.status < x",
    "'%s' % job.status",
    "'x' + job.status",
    "job.status = other.status",
    "job.status = None",
    "job.status = 0",
    "job.status = other.current()",
    "now = job.status\nreturn now",
    "now = job.status\nnow == 200",
    "for status in x: pass",
    "for x in job.status: pass",
    "[x for x in job.status]",
    "[j.status for j in x]",
    "{j.status for j in x}",
    "any(j.status for j in x)",
    "sorted(x, key=lambda j: j.status)",
    "job.status()",
    "job.status(other)",
    "def status(self): return self._kind",
    "def f(status): pass",
    "def f(status=None): pass",
    "def f(status: str, x): pass",
    "class A:\n    status: str\n    x = 'done'",
    "from job import status",
    "import status",
    "x: job.status = 1",
    "def f() -> job.status: pass",
    "@job.status\ndef f(): pass",
    "await job.status()",
    "job.get('status')",
    "job.get('status', None)",
    "print(job['status'])",
]


def parsed(text: str) -> None:
    statements = text.replace("\n", "\n    ")
    ast.parse(f"async def f():\n    {statements}")


def is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def is_given_status(text: str, around: str) -> bool:
    """Whether a string or a comparison is put where a status is given: that weighs it, and is no case of these."""
    return "status" in around and ("'" in text or "==" in text)


@pytest.mark.parametrize("text", WEIGHED)
def test_what_may_weigh(text: str) -> None:
    parsed(text)
    assert may_weigh(text, "phase status")


@pytest.mark.parametrize("text", HANDED_ON)
def test_what_only_hands_on(text: str) -> None:
    parsed(text)
    assert not may_weigh(text, "phase status")


@pytest.mark.parametrize(
    ("text", "around"),
    [
        (text, around)
        for text in filter(is_expression, HANDED_ON)
        for around in ("print({})", "x = [\n    {},\n]", "make(status={})", "{{'status': {}}}")
        if not is_given_status(text, around)
    ],
)
def test_what_is_handed_on_within_an_expression(text: str, around: str) -> None:
    assert not may_weigh(around.format(text), "phase status")


@pytest.mark.parametrize("text", [text for text in WEIGHED if is_expression(text)])
@pytest.mark.parametrize(
    "around",
    ["print({})", "x = [\n    {},\n]", "assert (\n    x and {}\n)", "return {}", "if not {}:\n    pass", "x[{}]"],
)
def test_what_weighs_within_an_expression(text: str, around: str) -> None:
    assert may_weigh(around.format(text), "phase status")


@pytest.mark.parametrize("text", WEIGHED)
def test_what_weighs_among_others(text: str) -> None:
    before = "if x:\n    pass\nprint(job.status)\n\n"
    assert may_weigh(f"{before}{text}\n# the end\nreturn job.status\n", "phase status")


def test_a_string_left_open_may_be_anything() -> None:
    assert may_weigh("job.status\n'''", "status")
