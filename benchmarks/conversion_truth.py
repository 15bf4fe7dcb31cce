"""Compares, for every Python file under a folder, the libcst conversion with `ast.parse`, and measures the conversion.

Usage: python benchmarks/conversion_truth.py DIR [--every N] [--skip K]

Exits with 1 if a file which both parsers accept differs in more than the docstring of
`execution_lint.extract.conversion` says; such differences are counted as known.
"""

import argparse
import ast
import gc
import itertools
import sys
import time
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst

from execution_lint.extract.conversion import parse_with_libcst

POSITIONS = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def differences(expected: object, found: object, path: str = "module", in_string: bool = False) -> Iterator[str]:
    """Each place where two trees differ; one known to differ starts with `known`."""
    if isinstance(expected, ast.AST):
        if type(expected) is not type(found):
            yield f"{path}: expected {ast.dump(expected)[:200]}, found {shown(found)}"
            return
        path = f"{path}/{type(expected).__name__}"
        for name in POSITIONS:
            if getattr(expected, name, None) != getattr(found, name, None):
                yield f"{path}.{name}: expected {place(expected)}, found {place(found)}"
                break
        in_string = in_string or isinstance(expected, ast.FormattedValue)
        for name in expected._fields:
            first, second = getattr(expected, name, differences), getattr(found, name, differences)
            if isinstance(expected, ast.JoinedStr) and in_string and isinstance(first, list):
                kept = [part for part in first if not (isinstance(part, ast.Constant) and part.value == "")]
                if len(kept) < len(first):
                    yield f"known {path}: empty texts in a format specification"
                first = kept
            yield from differences(first, second, f"{path}.{name}", in_string)
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(expected) != len(found):
            yield f"{path}: expected {len(expected)} items, found {shown(found)}"
            return
        for position, (first, second) in enumerate(zip(expected, found, strict=True)):
            yield from differences(first, second, f"{path}[{position}]", in_string)
    elif type(expected) is not type(found) or repr(expected) != repr(found):
        yield f"{path}: expected {expected!r:.200}, found {found!r:.200}"


def place(node: object) -> str:
    return ":".join(str(getattr(node, name, "-")) for name in POSITIONS)


def shown(value: object) -> str:
    return ast.dump(value)[:200] if isinstance(value, ast.AST) else repr(value)[:200]


def decoded(path: Path) -> str:
    with path.open("rb") as stream:
        encoding, _ = tokenize.detect_encoding(stream.readline)
    return path.read_bytes().decode(encoding)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="look at every N-th file")
    parser.add_argument("--skip", type=int, default=0, help="start at this file")
    arguments = parser.parse_args()

    warnings.simplefilter("ignore")
    gc.disable()
    counts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    size = 0
    paths = sorted(path for path in arguments.folder.rglob("*.py") if path.is_file())
    for number, path in enumerate(itertools.islice(paths, arguments.skip, None, arguments.every)):
        counts["files"] += 1
        try:
            text = decoded(path)
        except (SyntaxError, UnicodeDecodeError, LookupError):
            counts["not decoded"] += 1
            continue
        try:
            start = time.perf_counter()
            expected = ast.parse(text)
            seconds["ast.parse"] += time.perf_counter() - start
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            counts["refused by ast"] += 1
            try:
                parse_with_libcst(text)
            except (SyntaxError, ValueError, RecursionError):
                counts["refused by both"] += 1
            else:
                print(f"accepted by libcst alone: {path}: {error}")
            continue
        try:
            start = time.perf_counter()
            libcst.parse_module(text)
            middle = time.perf_counter()
            found = parse_with_libcst(text)
            end = time.perf_counter()
        except (SyntaxError, RecursionError, RuntimeError) as error:
            counts["refused by libcst or the conversion alone"] += 1
            print(f"REFUSED {path}: {type(error).__name__}: {error}")
            continue
        seconds["libcst parse"] += middle - start
        seconds["parse and conversion"] += end - middle
        size += len(text.encode())
        counts["compared"] += 1
        different = list(differences(expected, found))
        unknown = [line for line in different if not line.startswith("known")]
        counts["files with known differences"] += len(unknown) < len(different)
        counts["known differences"] += len(different) - len(unknown)
        if unknown:
            counts["FILES THAT DIFFER"] += 1
            print(f"DIFFERS {path}: {len(unknown)}: {unknown[0]}")
        if number % 50 == 0:
            gc.collect()

    for name, count in counts.items():
        print(f"{name}: {count}")
    for name, elapsed in seconds.items():
        print(f"{name}: {elapsed:.2f} s, {size / 1e6 / max(elapsed, 1e-9):.2f} MB/s")
    return 1 if counts["FILES THAT DIFFER"] or counts["refused by libcst or the conversion alone"] else 0


if __name__ == "__main__":
    sys.exit(main())
