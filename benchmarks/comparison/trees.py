"""The packages that are scanned: fetched once, grown by copying, or cut to a part."""

import shutil
import subprocess
import sys
from pathlib import Path

TREES = {
    "litellm": "litellm==1.109.1",
    "prefect": "prefect==3.9.1",
    "mlflow": "mlflow==3.18.0",
    "networkx": "networkx==3.6.1",
    "dagster": "dagster==1.13.29",
}
"""What is scanned, by name: a pinned requirement whose wheel is unpacked. In networkx there is nothing for our rules;
dagster is no tree that anything was tuned on."""

USUAL_TREES = ("litellm", "prefect", "mlflow")

SLOW_BYTES = 600_000
"""How much of a tree the slow peers are given."""


def fetched_tree(name: str, work: Path, wheels: Path | None) -> Path:
    """The unpacked wheel of a tree."""
    folder = work / "trees" / name
    if folder.is_dir():
        return folder
    requirement = TREES[name]
    found = sorted(wheels.glob(requirement.replace("==", "-") + "-*.whl")) if wheels is not None else []
    if not found:
        target = work / "wheels"
        download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*download, "-d", str(target), requirement], check=True)
        found = sorted(target.glob(requirement.replace("==", "-") + "-*.whl"))
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.unpack_archive(str(found[0]), str(partial), "zip")
    partial.rename(folder)
    return folder


def grown(tree: Path, size: int) -> Path:
    """A tree with the first one `size` times, each copy under a name of its own."""
    if size == 1:
        return tree
    folder = tree.with_name(f"{tree.name}-x{size}")
    if not folder.is_dir():
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for number in range(size):
            shutil.copytree(tree, partial / f"copy{number}", ignore=shutil.ignore_patterns(".*"))
        partial.rename(folder)
    return folder


def part_of(tree: Path) -> Path:
    """A tree with the first files of another one, up to `SLOW_BYTES`."""
    folder = tree.with_name(f"{tree.name}-part")
    if not folder.is_dir():
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        left = SLOW_BYTES
        for path in sorted(tree.rglob("*.py")):
            left -= path.stat().st_size
            if left < 0:
                break
            target = partial / path.relative_to(tree)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        partial.rename(folder)
    return folder


def describe(tree: Path) -> str:
    sizes = [path.stat().st_size for path in tree.rglob("*.py")]
    return f"{len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB"
