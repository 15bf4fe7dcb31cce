"""The tables, in Markdown."""

import statistics
from collections.abc import Iterable, Iterator

from comparison.measuring import Row


def table(rows: Iterable[Row], base: str) -> Iterator[str]:
    """Rows of Markdown; the ratios are of the medians of the wall clock and the CPU to those of `base`."""
    rows = list(rows)
    wall_of_first, cpu_of_first = medians(next(row for row in rows if row.samples and base in ("", row.name)))
    yield "| what | wall s: median (min to max) | CPU s: the same | memory MB | findings | wall, CPU to the first |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        if row.lacking or not row.samples:
            yield f"| {row.name}: {row.lacking or 'not run'} | | | | | |"
            continue
        if row.samples[-1].code is None:
            yield f"| {row.name}: given up after {row.samples[-1].wall:.0f} s | | | | | |"
            continue
        walls, cpus = zip(*((sample.wall, sample.cpu) for sample in row.samples), strict=True)
        findings = row.samples[-1].findings
        memory = f"{row.memory:.0f}" if row.memory is not None else ""
        failed = {sample.code for sample in row.samples} - {0, 1}
        name = row.name + (f" (exit {', '.join(map(str, sorted(failed, key=str)))})" if failed else "")
        wall, cpu = medians(row)
        counted = "" if findings is None else str(findings)
        ratio = f"{wall / wall_of_first:.2f}, {cpu / cpu_of_first:.2f}"
        yield f"| {name} | {spread(walls)} | {spread(cpus)} | {memory} | {counted} | {ratio} |"


def growth(by_size: dict[int, list[Row]]) -> Iterator[str]:
    """How much more than the tree each command's CPU and memory grow."""
    first = min(by_size)
    yield f"| what | size | CPU to x{first}, by the growth of the tree | memory, the same |"
    yield "|---|---|---|---|"
    for row in by_size[first]:
        for size, rows in by_size.items():
            other = next((each for each in rows if each.name == row.name), row)
            if size == first or not row.samples or not other.samples or other.samples[-1].code is None:
                continue
            cpu = medians(other)[1] / medians(row)[1] * first / size
            memory = f"{other.memory / row.memory * first / size:.2f}" if other.memory and row.memory else ""
            yield f"| {row.name} | x{size} | {cpu:.2f} | {memory} |"


def medians(row: Row) -> tuple[float, float]:
    return statistics.median(each.wall for each in row.samples), statistics.median(each.cpu for each in row.samples)


def spread(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"
