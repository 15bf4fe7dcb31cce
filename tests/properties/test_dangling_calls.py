"""What the text tells of dangling calls leaves out none that the facts would report."""

from hypothesis import given, settings
from hypothesis import strategies as st

from execution_lint.engine.unawaited import unawaited_regions
from execution_lint.extract.opened import OpenedFile
from execution_lint.facts.values import NONE, Call, Free
from execution_lint.project.value_uses import ConsumingCall, uses_of
from execution_lint.source.dangling import CONSUMERS

NAMES = frozenset({"job"})
AROUND = (
    *("{0}", "await {0}", "({0})", "not {0}", "str({0})", "len({0})", "send({0})", "send(1, {0})", "send(key={0})"),
    *("{0}.name", "{0}.close()", "{0}[0]", "rows[{0}]", "{0} + 1", "1 + {0}", "{0} == 1", "1 != {0}", "{0} is None"),
    *("{0} in rows", "1 in {0}", "{0} and 1", "1 and {0}", "{0} or rows", "{0} if rows else 1", "1 if {0} else 2"),
    *("[{0}]", "[1, {0}]", "[{0} for x in rows]", "[x for x in {0}]", "[x for x in rows if {0}]", "({0}, 1)"),
    *("{{'a': {0}}}", "{{{0}: 1}}", "{{{0}}}", "[*{0}]", "send(*{0})", "lambda: {0}", "(y := {0})", 'f"{{{0}}}"'),
    *("lambda x, *y: {0}", "lambda: ({0}, 1)", "send(1,\n        key={0}, y=2)", "send(y = {0})", "(y, x := {0})"),
    *("{0}('x')", "(\n        {0}\n        + 1\n    )", "send(\n        {0},\n        2,\n    )", "-{0}"),
)
STATEMENTS = (
    *("{0}", "x = {0}", "x = y = {0}", "x, y = {0}", "x: int = {0}", "x += {0}", "self.x = {0}", "rows[0] = {0}"),
    *("return {0}", "yield {0}", "if {0}:\n        pass", "while {0}:\n        break", "assert {0}", "raise {0}"),
    *("for x in {0}:\n        pass", "with {0} as x:\n        pass", "x = {0}\n    return x", "x = {0}\n    x[0]"),
    *("x = {0}\n    if x:\n        pass", "x = {0}\n    await x", "match {0}:\n        case 1:\n            pass"),
    *("@{0}\n    def x(): pass", "@{0}  # why\n    @y\n    class x: pass", "x = (rows\n        @ {0}\n        @ y)"),
    *("x, y={0}, 1", "(x, y)={0}", "x = y={0}", "def x(y={0}): pass", "x = lambda y={0}: y", "class x(y={0}): pass"),
    *("1; {0}", "if rows: {0}", "del rows[{0}]", "async with {0} as x:\n        pass"),
)


@settings(max_examples=300)
@given(
    call=st.sampled_from(
        ["job()", "job(1)", "job('a)')", "job(  # b\n        1)", "job(job2(1), (2))", 'job("#", [1])']
    ),
    around=st.lists(st.sampled_from(AROUND), max_size=3),
    statement=st.sampled_from(STATEMENTS),
    prefix=st.sampled_from(["async ", ""]),
    returns=st.sampled_from([" -> int", ""]),
)
def test_the_text_tells_of_every_call_that_the_facts_would_report(
    call: str, around: list[str], statement: str, prefix: str, returns: str
) -> None:
    expression = call
    for form in around:
        if expression.startswith("(y :=") or ('f"' in form and ('"' in expression or "\n" in expression)):
            continue
        expression = form.format(expression)
    text = f"{prefix}def main(self, rows, send, y){returns}:\n    {statement.format(expression)}\n"
    try:
        compile(text, "", "exec")
    except SyntaxError:
        return
    opened = OpenedFile(text)
    facts = opened.facts(0)
    told = unawaited_regions(opened, NAMES)
    for index, scope in enumerate(facts.scopes):
        for ref, value in enumerate(scope.values):
            if isinstance(value, Call) and isinstance(scope.values[value.function], Free):
                if scope.values[value.function].name != "job":  # type: ignore[union-attr]  # it is a Free
                    continue
                uses = uses_of(facts, index, ref, ConsumingCall(scope, CONSUMERS))
                is_promised = scope.is_async and scope.returns != NONE
                if not uses.may_be_awaited or (uses.returned and is_promised):
                    assert told == (0,), text
