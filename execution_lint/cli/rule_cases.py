"""The cases of a rule's fixture folder, where this program runs from its repository."""

import re
from pathlib import Path

from execution_lint.reporting.explanation import Case
from execution_lint.rules.rule import Rule

_CASE = re.compile(r"(bad|good|missed)(_\w+)?")
_DOCSTRING = re.compile(r'(?:[ \t]*#[^\n]*\n|\s*\n)*[rR]?"""(.+?)"""', re.DOTALL)


def fixtures() -> Path | None:
    """The folder of all rules' cases; None where it is not at hand, as in an installed wheel."""
    repository = Path(__file__).parents[2]
    folder = repository / "fixtures" / "rules"
    return folder if (repository / "pyproject.toml").is_file() and folder.is_dir() else None


def cases_of(rule: Rule, folder: Path | None) -> tuple[Case, ...]:
    """The cases of `rule` below `folder`, sorted by name; none without a folder."""
    if folder is None or not (folder / rule.slug).is_dir():
        return ()
    cases = []
    for path in sorted((folder / rule.slug).iterdir()):
        if path.is_dir() and _CASE.fullmatch(path.name):
            cases.append(Case(path.name, _sentence_of_folder(path), ""))
        elif path.suffix == ".py" and _CASE.fullmatch(path.stem):
            cases.append(_case(path))
    return tuple(cases)


def _case(path: Path) -> Case:
    source = path.read_text(encoding="utf-8", errors="replace")
    sentence, end = _docstring(source)
    below = "\n".join(source.splitlines()[end:]).strip()
    return Case(path.stem, sentence, below)


def _sentence_of_folder(folder: Path) -> str:
    """The first docstring among its modules, by path."""
    sentences = (
        _docstring(path.read_text(encoding="utf-8", errors="replace"))[0] for path in sorted(folder.rglob("*.py"))
    )
    return next((sentence for sentence in sentences if sentence), "")


def _docstring(source: str) -> tuple[str, int]:
    """A module's docstring on one line, and the number of its last line, by its text: some cases do not parse, or not
    on every Python."""
    found = _DOCSTRING.match(source)
    return (" ".join(found[1].split()), source.count("\n", 0, found.end()) + 1) if found else ("", 0)
