"""What every rule must be: named by its place, documented, shown by its cases, and clear in what it says."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from rule_harness import FIXTURES, VERDICTS, RuleCase, cases, scan

import execution_lint
from execution_lint import rules as package
from execution_lint.config.kinds import List, Table, keys_of
from execution_lint.config.schema import Options
from execution_lint.config.toml import parse
from execution_lint.reporting.explanation import explain
from execution_lint.rules import Rule, all_rules

FAMILIES = {"linter": "EXL0", "event_loop": "EXL1", "envelope": "EXL2", "status": "EXL3"}
"""The hundred of each family's codes, by its folder."""

HEADINGS = ("Why it matters", "Instead", "Fix safety", "Options", "Known limits")
"""The headings of a rule's docstring, in their order."""

UNFIT_FOR_RULES = ("os", "pathlib", "io", "sys", "libcst", "execution_lint.engine", "execution_lint.extract")
"""What no rule imports: it sees no file system, no syntax and not the run."""

RULES = all_rules()
CASES = tuple(cases())
BAD = tuple(case for case in CASES if case.verdict == "bad")

by_code = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def sections(rule: Rule) -> dict[str, str]:
    """The text below each heading of the docstring."""
    headed = re.split(r"^## (.+)$", rule.documentation, flags=re.MULTILINE)
    return dict(zip(headed[1::2], headed[2::2], strict=True))


def syntax(rule: Rule) -> ast.Module:
    """The rule's module, parsed."""
    path = Path(package.__file__).parents[1].joinpath(*rule.module.split(".")[1:]).with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def own_cases(rule: Rule) -> tuple[RuleCase, ...]:
    """The cases in the rule's folder."""
    return tuple(case for case in CASES if case.folder == rule.slug)


# The place and the name


@by_code
def test_the_code_lies_in_the_hundred_of_the_family(rule: Rule) -> None:
    family = rule.module.split(".")[-2]
    assert re.fullmatch(rf"{FAMILIES[family]}\d\d", rule.code)


@by_code
def test_the_module_is_called_as_the_rule(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.module.split(".")[-1] == rule.slug


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_every_module_of_a_rule_is_found() -> None:
    modules = {path.stem for path in Path(package.__file__).parent.rglob("exl*.py")}
    assert modules == {rule.slug for rule in RULES}


@by_code
def test_since_is_a_released_version(rule: Rule) -> None:
    def parts(version: str) -> tuple[int, ...]:
        return tuple(int(part) for part in version.split("."))

    assert parts(rule.since) <= parts(execution_lint.__version__)


# The module


@by_code
def test_the_rule_stands_before_its_checks_and_these_before_what_helps_them(rule: Rule) -> None:
    kinds = [kind for node in syntax(rule).body if (kind := order_of(node)) is not None]
    assert kinds == sorted(kinds)
    assert (len(rule.checks) > 0) is not rule.code.startswith("EXL0")


def order_of(node: ast.stmt) -> int | None:
    """Where a statement belongs in a rule's module; None where it does not matter."""
    match node:
        case ast.Import() | ast.ImportFrom():
            return 1
        case ast.Assign(targets=[ast.Name(id="RULE")]):
            return 2
        case ast.FunctionDef(decorator_list=[ast.Call(func=ast.Attribute(value=ast.Name(id="RULE"), attr="on"))]):
            return 3
        case ast.FunctionDef(name=name):
            assert name.startswith("_"), f"`{name}` is neither a check nor private"
            return 4
        case _:
            return None


@by_code
def test_the_module_sees_neither_files_nor_syntax_nor_the_run(rule: Rule) -> None:
    imported = {
        name
        for node in ast.walk(syntax(rule))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert not [name for name in imported for unfit in UNFIT_FOR_RULES if name == unfit or name.startswith(unfit + ".")]


# The documentation


@by_code
def test_the_docstring_begins_with_one_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z`].{20,180}\.", rule.summary)
    assert not re.search(r"\. [A-Z]", rule.summary)


@by_code
def test_the_docstring_has_its_headings_in_order(rule: Rule) -> None:
    headings = [heading for heading in sections(rule) if heading != "Example"]
    assert headings == [heading for heading in HEADINGS if heading in headings]
    assert {"Why it matters", "Instead"} <= set(headings)
    assert all(text.strip() for text in sections(rule).values())


@by_code
def test_the_safety_of_a_fix_is_told_if_and_only_if_there_is_one(rule: Rule) -> None:
    has_fix = any((FIXTURES / rule.slug).glob("*.fixed.py"))
    assert ("Fix safety" in sections(rule)) is has_fix


@by_code
def test_every_option_is_documented(rule: Rule) -> None:
    told = sections(rule).get("Options", "")
    assert ("Options" in sections(rule)) is bool(rule.options)
    assert [option for option in rule.options if f"`{option}`" not in told] == []


@by_code
def test_every_option_is_one_of_the_configuration(rule: Rule) -> None:
    assert set(rule.options) <= set(known_options())


def known_options() -> Iterator[str]:
    """Every key of the configuration, with those of its tables."""
    for key in keys_of(Options).values():
        yield key.name
        kind = key.kind.entry if isinstance(key.kind, List) else key.kind
        if isinstance(kind, Table):
            yield from (f"{key.name}.{inner}" for inner in keys_of(kind.struct))


@by_code
def test_every_option_is_used_by_a_case(rule: Rule) -> None:
    used = {
        option for case in own_cases(rule) for name, path in case.files.items() for option in configured(name, path)
    }
    assert [option for option in rule.options if option not in used] == []


def configured(name: str, path: Path) -> Iterator[str]:
    """The options that a configuration file of a case sets."""
    if not name.endswith(".toml"):
        return
    table: object = parse(path.read_text(encoding="utf-8"))
    for key in ("tool", "execution-lint") if name == "pyproject.toml" else ():
        table = table.get(key, {}) if isinstance(table, dict) else {}
    assert isinstance(table, dict)
    for key, value in table.items():
        yield key
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, dict):
                yield from (f"{key}.{inner}" for inner in entry)


# The cases


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} == {rule.slug for rule in RULES}


@by_code
def test_every_rule_has_its_example(rule: Rule) -> None:
    folder = FIXTURES / rule.slug
    assert [name for name in ("bad.py", "good.py", "output.txt") if not (folder / name).is_file()] == []


@by_code
def test_nothing_else_lies_in_the_folder(rule: Rule) -> None:
    folder = FIXTURES / rule.slug
    used = {folder / "output.txt", *folder.glob("*.fixed.py")}
    for case in own_cases(rule):
        used |= {case.path} if case.path.is_dir() else set(case.files.values())
    assert [path.name for path in sorted(folder.iterdir()) if path not in used and path.name != "__pycache__"] == []


@by_code
def test_every_case_says_why_and_no_two_say_the_same(rule: Rule) -> None:
    told = {case.name: sentence(case) for case in own_cases(rule)}
    assert [name for name, text in told.items() if not text.endswith(".")] == []
    assert len(set(told.values())) == len(told)


def sentence(case: RuleCase) -> str:
    """The docstring of a case: of its file, or of the first module of its folder that has one."""
    texts = (path.read_text(encoding="utf-8") for name, path in case.files.items() if name.endswith(".py"))
    found = (re.match(r'(?:#.*\n)*"""(.+?)"""', text, re.DOTALL) for text in texts)
    return next((match[1] for match in found if match is not None), "")


@by_code
def test_the_page_shows_the_example(rule: Rule) -> None:
    from execution_lint.cli.rule_cases import cases_of

    page = explain(rule, cases_of(rule, FIXTURES))
    assert page.startswith(f"# {rule.code}: {rule.name}\n")
    assert "### Reported" in page
    assert "### Put right" in page
    for case in own_cases(rule):
        assert case.name in ("bad", "good") or f"(`{case.name}`)" in page


def test_every_verdict_is_known() -> None:
    assert {case.verdict for case in CASES} <= set(VERDICTS)


# The findings


@by_code
def test_the_message_names_things(rule: Rule) -> None:
    fields = [name for _, name, _, _ in string.Formatter().parse(rule.message) if name is not None]
    assert fields
    assert all(name.isidentifier() for name in fields)


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case.code}-{case.name}")
def test_findings_are_whole(case: RuleCase, tmp_path: Path) -> None:
    (rule,) = (rule for rule in RULES if rule.slug == case.folder)
    findings = [finding for finding in scan(case, tmp_path).findings if finding.code == rule.code]
    for finding in findings:
        assert finding.rule == rule.name
        assert finding.message
        assert not re.search(r"\bNone\b|<[a-z_]+ |\n|``", finding.message), finding.message
        assert not finding.message.endswith(".")
        assert re.fullmatch(r"[0-9a-f]{64}", finding.fingerprint)
        for place in (finding.place, *(related.place for related in finding.related)):
            lines = (tmp_path / place.path).read_text(encoding="utf-8", errors="replace").split("\n")
            span = place.span
            assert (1, 1) <= (span.start_line, span.start_column) <= (span.end_line, span.end_column)
            assert span.end_line <= len(lines)
            assert span.end_column <= len(lines[span.end_line - 1]) + 1
        assert all(related.message for related in finding.related)
        if not rule.code.startswith("EXL0"):
            assert finding.help, finding.message
    assert len({finding.fingerprint for finding in findings}) == len(findings)
