"""What a text says by a name besides a variable: every spelling that may be more is told to be."""

import pytest

from execution_lint.source.carrying import may_carry, may_hand_on

CARRYING = {
    "attribute": "def f(job):\n    return job.status == 'done'",
    "spaced attribute": "def f(job):\n    return job . status",
    "attribute on the next line": "x = (job\n    .status)",
    "attribute behind a backslash": "x = job.\\\n    status",
    "set attribute": "def f(self, status: str):\n    self.status = status",
    "argument": "f(status='done')",
    "argument on its own line": "f(\n    1,\n    status='done',\n)",
    "argument behind a comment": "f(  # the first\n    status='done',\n)",
    "default": "def f(status=START): ...",
    "call": "x = status('done')",
    "call behind a blank": "x = status ('done')",
    "decorator": "@status(1)\ndef f(): ...",
    "case": "match job:\n    case Job(status='done'): ...",
    "key of a case": "match job:\n    case {'status': 'done'}: ...",
    "item": "x = row['status']",
    "raw item": "x = row[r'status']",
    "tripled item": "x = row['''status''']",
    "getattr": "x = getattr(job, 'status')",
    "key of values": "x = update(Job).values({'status': 'done'})",
    "key of a copy": "x = job.model_copy(update={'status': 'done'})",
    "annotated parameter": "def f(status: Status): ...",
    "annotated parameter behind others": "def f(self, *, a: int = 1, status: Status = 'x'): ...",
    "annotated on its own line": "def f(\n    self,\n    status: Maybe,\n): ...",
    "annotated with a string": "def f(status: 'Maybe'): ...",
    "annotated within": "def f(status: Optional[Maybe]): ...",
    "annotated beside": "def f(status: str | Maybe): ...",
    "annotated behind a comma": "def f(status: Union[str, Maybe]): ...",
    "annotated with a string within": "def f(status: Optional['Maybe']): ...",
    "annotated through a module": "def f(status: jobs.Maybe): ...",
    "annotated field": "class Row:\n    status: Maybe = 'done'",
    "annotated without a blank": "class Row:\n    status:Maybe='done'",
    "annotated local": "def f():\n    x = 1; status: Maybe = 'done'",
    "annotated kwargs": "def f(**status: Maybe): ...",
    "of a lambda": "x = map(lambda status: status == 'done', jobs)",
    "used in a nested function": "def f(status):\n    def g():\n        return status == 'done'\n    return g",
    "used in a lambda": "def f(status):\n    return lambda: status == 'done'",
    "used in a lambda of a class": "class Row:\n    test = property(lambda self: status == 'done')",
    "typed answer": "def status() -> Maybe:\n    return 'done'",
    "type of a display": "def f(x) -> status:\n    return {'mode': 'done'}",
    "type within a type of a display": "x: list[status] = [{'mode': 'done'}]",
    "type in brackets": "x: (\n    status | None\n) = {'mode': 'done'}",
    "type of a default": "def f(x: status = {'mode': 'done'}): ...",
    "imported": "def f():\n    from jobs import status as mine\n    mine('done')",
    "imported among others": "def f():\n    from jobs import (\n        b as c,\n        status as mine,\n    )",
    "attribute in an f-string": "x = f'{job.status}'",
    "item in an f-string": "x = f\"{job['status'] == 'done'}\"",
    "argument in an f-string": "x = f'{show(status=1)}'",
    "call in an f-string": "x = F'{status(1)}'",
    "string left open": "x = status == 'done",
    "another spelling": "x = job.\u017ftatus",
}
VARIABLE = {
    "parameter": "def f(status):\n    return status == 'done'",
    "typed parameter": "def f(status: str | None, other: Job):\n    return status == 'done'",
    "parameter that lists words": "def f(status: Literal['new', 'done']):\n    return status == 'done'",
    "local": "def f():\n    status = work()\n    if status == 'done':\n        return 1",
    "loop": "for status in work():\n    print(status)",
    "test": "def f(x, status):\n    if not status: return 1",
    "key": "def f(x, status):\n    return {'status': 'done', 'x': status}",
    "f-string": "def f(status):\n    return f'a status: {status!r}'",
    "f-string beside letters": "def f(status):\n    return f'\u00e9t\u00e9 {status}'",
    "comment": "def f(x):\n    # job.status\n    return x",
    "sentence": "def f(x):\n    '''Gives the job.status of it.'''",
    "own name": "def status(x) -> str:\n    return 'done'",
    "own name without a type": "def status(x):\n    return 'done'",
    "class": "class status(Base):\n    x = 1",
    "part of a word": "def f(x):\n    return x.status_code == statuses.new",
    "typed without displays": "def f(x: status) -> status:\n    return x",
}


@pytest.mark.parametrize("text", CARRYING.values(), ids=list(CARRYING))
def test_carries(text: str) -> None:
    assert may_carry(text, "status")


@pytest.mark.parametrize("text", VARIABLE.values(), ids=list(VARIABLE))
def test_is_a_variable(text: str) -> None:
    assert not may_carry(text, "status")


@pytest.mark.parametrize(
    "text",
    [
        "mine = put",
        "mine = (put)",
        "mine = (other if x else put)",
        "mine = other or put",
        "mine = x and put",
        "f(func=put)",
        "if mine := put: ...",
        "x: Any = put",
        "def go():\n    from jobs import a, put as mine",
    ],
)
def test_hands_on(text: str) -> None:
    assert may_hand_on(text, "put")


@pytest.mark.parametrize(
    "text",
    [
        "x == put",
        "put(1)",
        "x = put(1)",
        "x = put.some",
        "x = put[1]",
        "f(put)",
        "x >= put",
        "'= put'",
        "def put(): ...",
    ],
)
def test_hands_nothing_on(text: str) -> None:
    assert not may_hand_on(text, "put")
