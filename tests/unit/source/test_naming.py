"""Where a name may mean what it names, told from the text alone."""

import ast

import pytest

from execution_lint.source.naming import may_rename, may_use


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("run()", True),
        ("self . run", True),
        ("rerun()", False),
        ("# run()", False),
        ('"""run() it"""', False),
        ("'run'", False),
        ("getattr(it, 'run')", True),
        ("f'{run()}'", True),
        ("rf'{run()}'", True),
        ("r'{run()}'", False),
        ("def run(): pass", False),
        ("async  def  run(): pass", False),
        ("class run: pass", False),
        ("def run(): return run()", True),
        ("undef = run", True),
        ("@run\ndef other(): pass", True),
        ("from a.run.b import c", False),
        ("x = 1; from run import c", False),
        ("from . import run", True),
        ("from a import (\n    run,\n)", True),
        ("import run", True),
        ("yield from run()", True),
        ("x = lambda: (yield from run.it)", True),
        ("raise X from run", True),
        ("raise X \\\n  from run", True),
        ("from .run import c", False),
        ("if c:\n    from .. a.run import b", False),
        ("call(run=1)", True),
        ("x = 'é'", True),
        ("é = 1", True),
    ],
)
def test_whether_a_name_may_be_meant(text: str, used: bool) -> None:
    ast.parse(text if "yield" not in text else f"def f():\n    {text}")
    assert may_use(text, "run") is used


def test_names_in_strings_count_where_asked_for() -> None:
    assert may_use("x: 'Optional[Job]'", "Job", in_strings=True)
    assert not may_use("x: 'Optional[Job]'  # Jobs", "Jobs", in_strings=True)


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("import shop as store", True),
        ("import shop.prices, shop \\\n as store", True),
        ("from shop import (\n    prices,\n    shop as store,\n)", True),
        ("import shop.prices as store", False),
        ("import shop", False),
        ("import shop, os as system", False),
        ("import ｓhop as store", True),
    ],
)
def test_whether_a_module_may_be_known_by_another_name(text: str, renamed: bool) -> None:
    ast.parse(text)
    assert may_rename(text, "shop") is renamed
