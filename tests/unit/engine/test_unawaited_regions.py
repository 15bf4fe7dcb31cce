"""In which regions a call may leave a coroutine unawaited, told from the text of the file alone."""

import pytest

from execution_lint.engine.unawaited import unawaited_regions
from execution_lint.extract.opened import OpenedFile
from execution_lint.source.regions import RegionKind

NAMES = frozenset({"job"})


def is_looked_at(text: str, name: str = "caller") -> bool:
    opened = OpenedFile(text)
    caller = next(index for index, region in enumerate(opened.regions) if region.name == name)
    return caller in unawaited_regions(opened, NAMES)


def a_class(method: str, job: str = "def job(self): pass", more: str = "") -> str:
    body = "\n".join(f"    {line}" for line in (more, job, method) if line)
    return f"class A(B):\n{body}\n"


@pytest.mark.parametrize(
    "text",
    [
        "def job(): pass\ndef caller(): job()",
        "def caller(x):\n    job(); x.job\ndef job(): pass",
        a_class("def caller(self): self.job()"),
        a_class("async def caller(self, x): self.job(x); self.other()"),
        a_class("def caller(self): self.job()") + "class C:\n    async def job(self): pass\n",
    ],
)
def test_a_call_of_a_plain_function_of_the_file_is_passed_over(text: str) -> None:
    assert not is_looked_at(text)


@pytest.mark.parametrize(
    "text",
    [
        # It is, or may be, a coroutine function, or something else.
        "async def job(): pass\ndef caller(): job()",
        "@wraps\ndef job(): pass\ndef caller(): job()",
        "def job(): pass\nasync def job(): pass\ndef caller(): job()",
        "def job(): pass\njob = other\ndef caller(): job()",
        "def job(): pass\nfrom other import job\ndef caller(): job()",
        "def job(): pass\nif x:\n    from other import job\ndef caller(): job()",
        "def job(): pass\n(job, x) = other\ndef caller(): job()",
        "class job: pass\ndef caller(): job()",
        "from other import job\ndef caller(): job()",
        "from other import *\ndef caller(): job()",
        # The name is another's where it is called.
        "def job(): pass\ndef caller(job): job()",
        "def job(): pass\ndef caller():\n    async def job(): pass\n    job()",
        "def job(): pass\ndef caller():\n    async def \\\n  job(): pass\n    job()",
        "def job(): pass\ndef caller():\n    from other import job\n    job()",
        "def job(): pass\ndef caller(x):\n    for job in x: job()",
        "def job(): pass\ndef caller(x):\n    with x as job: job()",
        "def job(): pass\ndef caller(x):\n    lambda job: str(job())",
        "def job(): pass\ndef caller(x): x.job()",
        "def job(): pass\ndef caller(ｊob): job()",
        # One of several calls may dangle.
        "def job(): pass\ndef caller(x): job(); x.job()",
        # So may `self`, or the attribute of its class.
        a_class("def caller(self): self.job()", "async def job(self): pass"),
        a_class("def caller(self): self.job()", "@wraps\ndef job(self): pass".replace("\n", "\n    ")),
        a_class("def caller(self): self.job()", "def other(self): pass"),
        a_class("def caller(self): self.job()", more="job: Job"),
        a_class("def caller(self): self.job()", more="if x:\n        async def job(self): pass"),
        a_class("def caller(self): self.job()", more="async def job(self): pass"),
        a_class("@staticmethod\n    def caller(self): self.job()"),
        a_class("def caller(self: C): self.job()"),
        a_class("def caller(it): it.job()"),
        a_class("def caller(this, self): self.job()"),
        a_class("def caller(self, x): self = x; self.job()"),
        a_class("def caller(self):\n        if isinstance(self, C): self.job()"),
        a_class("def caller(self):\n        def f(self): self.job()"),
        a_class("def caller(self):\n        return lambda self: str(self.job())"),
        a_class("def caller(self): self.x.job()"),
        a_class("def caller(self): super().job()"),
        "class C:\n    def job(self): pass\n" + a_class("def caller(self): self.job()", ""),
    ],
)
def test_a_call_of_what_may_be_a_coroutine_function_is_looked_at(text: str) -> None:
    compile(text, "", "exec")
    assert is_looked_at(text)


def test_a_call_in_the_body_of_a_class_is_looked_at() -> None:
    opened = OpenedFile("def job(): pass\nclass A:\n    job()\n")
    (region,) = unawaited_regions(opened, NAMES)
    assert opened.regions[region].kind is RegionKind.CLASS
