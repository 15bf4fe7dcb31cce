"""
Measures which edits of a real project are judged without running the rules again, and whether they are judged rightly.

    python benchmarks/judged_edits.py TREE [--draw 100 --seed 7] [--edits statement,comment] [--check 5]

`TREE` is a folder that is copied and scanned once. Of every kind of edit as many as `--draw` says are tried, each by
itself, half of them in files that a finding lies in or refers to. `given again` is the share after which the answer is
given again as it was; `without the rules`, of those after which what the rules found stands, if perhaps elsewhere.
`--check` compares the report after as many edits of each kind with one that is made anew, which takes its time.
"""

import argparse
import ast
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from execution_lint.engine.edits import SUFFIX, Texts, change_nothing, judged
from execution_lint.engine.invocation import Invocation
from execution_lint.engine.precedents import Precedent
from execution_lint.engine.process import RECURSION_LIMIT
from execution_lint.engine.run import run
from execution_lint.engine.watch import Watch
from execution_lint.model.confidence import Confidence
from execution_lint.model.report import Report
from execution_lint.store import report_cache
from execution_lint.store.answers import FOLDER

COMMENTS = ("# why this is so", "# TODO: later", "#")
STATEMENTS = (
    "value = 17",
    "count = len(str(17))",
    "print('here')",
    "logger.debug('done with it')",
    "if not True:\n    raise ValueError('no')",
    "total = sum(x for x in range(3))",
)
FUNCTION = "def {name}(value):\n    if value is None:\n        return 0\n    return len(str(value))\n"

Edit = Callable[[list[str], ast.Module, random.Random], list[str] | None]
"""From the lines of a file to other ones; None where the file has no place for it."""


def _functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def _inserted(lines: list[str], at: int, text: str, indent: int) -> list[str]:
    added = [" " * indent + line if line else line for line in text.split("\n")]
    return [*lines[:at], *added, *lines[at:]]


def _before_a_statement(
    lines: list[str], tree: ast.Module, choice: random.Random, texts: tuple[str, ...]
) -> list[str] | None:
    """One of the texts before a statement of a function."""
    functions = _functions(tree)
    if not functions:
        return None
    before = choice.choice(choice.choice(functions).body)
    return _inserted(lines, before.lineno - 1, choice.choice(texts), before.col_offset)


def comment(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """A comment before a statement of a function."""
    return _before_a_statement(lines, tree, choice, COMMENTS)


def docstring(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """Another docstring for a function that has one, longer by a line."""
    found = [function.body[0] for function in _functions(tree) if ast.get_docstring(function) and function.body[1:]]
    if not found:
        return None
    first = choice.choice(found)
    kept = [*lines[: first.lineno - 1], *lines[first.end_lineno :]]
    return _inserted(kept, first.lineno - 1, '"""What it does,\nand why."""', first.col_offset)


def statement(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """A statement before one of a function."""
    return _before_a_statement(lines, tree, choice, STATEMENTS)


def removal(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """Without a statement of a function that has others."""
    found = [
        statement
        for function in _functions(tree)
        for statement in function.body[1:]
        if isinstance(statement, (ast.Expr, ast.Assign))
    ]
    if not found:
        return None
    gone = choice.choice(found)
    return [*lines[: gone.lineno - 1], *lines[gone.end_lineno :]]


def text(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """Another text in a call that a function makes for what it does."""
    found = [
        part
        for function in _functions(tree)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        for part in ast.walk(statement)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.lineno == part.end_lineno
    ]
    if not found:
        return None
    first = choice.choice(found)
    line = lines[first.lineno - 1].encode()
    changed = line[: first.col_offset] + b"'measured otherwise'" + line[first.end_col_offset :]
    return [*lines[: first.lineno - 1], changed.decode(), *lines[first.lineno :]]


def function(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """A function between two others, or at the end."""
    starts = [node.lineno - 1 for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    at = choice.choice([*starts, len(lines)])
    return _inserted(lines, at, FUNCTION.format(name=f"measured_{choice.randrange(10**6)}") + "\n", 0)


def method(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """A method before another."""
    found = [
        node
        for cls in tree.body
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list
    ]
    if not found:
        return None
    before = choice.choice(found)
    text = FUNCTION.format(name=f"measured_{choice.randrange(10**6)}").replace("(value", "(self, value")
    return _inserted(lines, before.lineno - 1, text, before.col_offset)


def renaming(lines: list[str], tree: ast.Module, choice: random.Random) -> list[str] | None:
    """Another name for a function, where it is defined."""
    functions = _functions(tree)
    if not functions:
        return None
    renamed = choice.choice(functions)
    at = renamed.lineno - 1
    return [*lines[:at], lines[at].replace(renamed.name, f"{renamed.name}_anew", 1), *lines[at + 1 :]]


EDITS: tuple[Edit, ...] = (comment, docstring, statement, removal, text, function, method, renaming)


class Project:
    """A tree that was scanned once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        watch = Watch()
        self.report(watch)
        self._references = dict(watch.precedents)
        (reference,) = self._references.values()
        key = msgspec.json.decode(reference, type=list[str])[0]
        content = report_cache.read_entry(str(root / FOLDER), key, SUFFIX)
        assert content is not None
        self.precedent = msgspec.msgpack.decode(content, type=Precedent)
        self._texts = Texts(str(root / FOLDER), self.precedent.key)

    def report(self, watch: Watch | None = None) -> Report:
        """The report on the tree as it is; made anew where nobody watches."""
        is_cached = watch is not None
        invocation = Invocation(paths=(str(self.root),), cache=is_cached, min_confidence=Confidence.POSSIBLE)
        return run(invocation, watch=watch)

    def is_given_again(self, path: str, data: bytes) -> bool:
        """Whether the answer is the same to the letter."""
        return change_nothing({str(self.root / path): data}, self._references)

    def stands(self, path: str, data: bytes) -> bool:
        """Whether what the rules found stands."""
        before = self.precedent.files[path]
        return judged(path, before, data, self.precedent.questions, self._texts.read) is not None


def _edited(project: Project, paths: list[str], edit: Edit, choice: random.Random) -> tuple[str, bytes, bytes] | None:
    path = choice.choice(paths)
    data = (project.root / path).read_bytes()
    try:
        text = data.decode()
        lines = edit(text.split("\n"), ast.parse(text), choice)
        after = "\n".join(lines).encode() if lines is not None else data
        ast.parse(after)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return (path, data, after) if after != data else None


def _drawn(
    project: Project, paths: list[str], edit: Edit, count: int, choice: random.Random
) -> Iterator[tuple[str, bytes, bytes]]:
    for _ in range(count * 20):
        found = _edited(project, paths, edit, choice)
        if found is not None:
            yield found
            count -= 1
        if not count:
            return


def _is_right(project: Project, path: str, before: bytes, after: bytes) -> bool:
    """Whether the report after the edit is the one that is made anew."""
    (project.root / path).write_bytes(after)
    try:
        quick, fresh = project.report(Watch()), project.report()
    finally:
        (project.root / path).write_bytes(before)
    return [_comparable(report) for report in quick.projects] == [_comparable(report) for report in fresh.projects]


def _comparable(report: msgspec.Struct) -> object:
    return msgspec.json.encode(msgspec.structs.replace(report, counts=None, notes=()))


def main() -> int:
    """Print the shares, a line for each kind of edit and of file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--draw", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--edits", default=",".join(edit.__name__ for edit in EDITS), help="kinds, of all: %(default)s")
    parser.add_argument("--check", type=int, default=0)
    arguments = parser.parse_args()
    sys.setrecursionlimit(RECURSION_LIMIT)
    accepted: list[tuple[str, bytes, bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder)) / arguments.tree.resolve().name
        shutil.copytree(arguments.tree, root, ignore=shutil.ignore_patterns(FOLDER))
        project = Project(root)
        everywhere = sorted(project.precedent.files)
        spoken_of = sorted(project.precedent.spoken_of.keys() & project.precedent.files.keys())
        for edit in (edit for edit in EDITS if edit.__name__ in arguments.edits.split(",")):
            for name, paths in (("any file", everywhere), ("with findings", spoken_of)):
                choice = random.Random(arguments.seed)
                drawn = list(_drawn(project, paths, edit, arguments.draw // 2, choice)) if paths else []
                started = time.process_time()
                given = sum(project.is_given_again(path, after) for path, _, after in drawn)
                spent = (time.process_time() - started) / max(1, len(drawn))
                standing = [(path, before, after) for path, before, after in drawn if project.stands(path, after)]
                share = f"given again {given:4} {given / max(1, len(drawn)):4.0%}"
                rest = f"without the rules {len(standing):4} {len(standing) / max(1, len(drawn)):4.0%}"
                print(
                    f"{edit.__name__:10} {name:14} of {len(drawn):4}   {share}   {rest}   {spent * 1000:4.0f} ms each"
                )
                accepted += standing[: arguments.check]
        # Last, for each run anew puts another precedent in the place of the one that is measured.
        wrong = [path for path, before, after in accepted if not _is_right(project, path, before, after)]
    if arguments.check:
        print(f"{len(accepted)} compared with a run anew, {len(wrong)} of them wrong")
    for path in wrong:
        print(f"  WRONG: {path}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
