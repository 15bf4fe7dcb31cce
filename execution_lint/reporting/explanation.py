"""A rule's page in Markdown, from its docstring and the cases that test it."""

import re
from collections.abc import Iterable

import msgspec

from execution_lint.rules.rule import Rule


class Case(msgspec.Struct, frozen=True):
    """One case of a rule's fixture folder."""

    name: str
    """The name of its file or folder without suffix: `bad`, `good_nested_function`, `missed_alias`."""
    sentence: str
    """Its docstring on one line; empty where it has none."""
    source: str
    """Its code below the docstring; empty for a case of several files."""


_MARK = re.compile(r"#\s*expect:\s*(?P<codes>EXL\d+[^#\n]*)")
_KINDS = {
    "bad_": "Reported as well",
    "good_": "Not reported",
    "missed_": "Known to be missed",
}


def explain(rule: Rule, cases: Iterable[Case] = ()) -> str:
    """The page of `rule`, ended by one line break. Without cases it holds the docstring alone."""
    by_name = {case.name: case for case in cases}
    summary, sections = _sections(rule.documentation)
    example = _example(by_name.get("bad"), by_name.get("good"))
    if example:
        sections.insert(_place_of_example(sections), example)
    parts = [f"# {rule.code}: {rule.name}", summary, f"Since {rule.since}.", *sections, *_further(by_name)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sections(documentation: str) -> tuple[str, list[str]]:
    """The text before the first heading, and each headed section."""
    summary, *sections = re.split(r"^(?=## )", documentation, flags=re.MULTILINE)
    return summary.strip(), [section.strip() for section in sections]


def _place_of_example(sections: list[str]) -> int:
    """Before the section on what to do instead, so that the page reads why, bad, good, how."""
    headings = [section.split("\n", 1)[0] for section in sections]
    return headings.index("## Instead") if "## Instead" in headings else len(sections)


def _example(bad: Case | None, good: Case | None) -> str:
    parts = []
    for title, case in (("Reported", bad), ("Put right", good)):
        if case is not None:
            parts += [f"### {title}", case.sentence, f"```python\n{_MARK.sub(_shown_mark, case.source).strip()}\n```"]
    return "\n\n".join(["## Example", *(part for part in parts if part)]) if parts else ""


def _shown_mark(mark: re.Match[str]) -> str:
    return "# " + mark["codes"].strip()


def _further(by_name: dict[str, Case]) -> list[str]:
    parts = []
    for prefix, title in _KINDS.items():
        listed = [case for name, case in sorted(by_name.items()) if name.startswith(prefix)]
        if listed:
            rows = [f"- {case.sentence or case.name} (`{case.name}`)" for case in listed]
            parts.append("\n".join([f"### {title}", "", *rows]))
    return ["## Cases", *parts] if parts else []
