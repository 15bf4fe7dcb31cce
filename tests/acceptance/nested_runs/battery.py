"""The battery: small programs whose nested runs are told by executing them, never by opinion."""

import ast
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"
MARK = "--- "

DRIVER = """\
import asyncio, contextlib, importlib, inspect, json, os, sys, threading

folder, mode = os.path.realpath(sys.argv[1]) + os.sep, sys.argv[2]
SAYINGS = (
    "cannot be called from a running event loop",
    "while another loop is running",
    "This event loop is already running",
    "Already running asyncio in this thread",
    "You cannot use AsyncToSync in the same thread",
)
known, found = [], set()


def trace(frame, event, argument):
    if event == "exception":
        error = argument[1]
        if isinstance(error, RuntimeError) and any(saying in str(error) for saying in SAYINGS):
            if not any(error is other for other in known):
                known.append(error)
                if any(error.__context__ is other for other in known):
                    return trace  # the end of a runner that could not run
                at = frame
                while at is not None and not at.f_code.co_filename.startswith(folder):
                    at = at.f_back
                if at is not None:
                    found.add((at.f_code.co_filename[len(folder):].replace(os.sep, "/"), at.f_lineno))
    return trace


async def imported():
    return importlib.import_module("main")


sys.path.insert(0, folder)
out, sys.stdout = sys.stdout, sys.stderr
threading.settrace(trace)
sys.settrace(trace)
failure = ""
try:
    if mode == "import":
        asyncio.run(imported())
    else:
        main = importlib.import_module("main").main
        asyncio.run(main()) if inspect.iscoroutinefunction(main) else main()
except Exception as error:
    failure = f"{type(error).__name__}: {error}"
sys.settrace(None)
print(json.dumps([sorted(found), failure]), file=out, flush=True)
os._exit(0)
"""


@dataclass(frozen=True)
class Case:
    """A program: its verdict is the first word of its name."""

    name: str
    why: str
    files: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> str:
        """`nested`, `harmless`, or `import`: nested where a server imports it."""
        return self.name.partition("_")[0]

    @property
    def mode(self) -> str:
        """Whether the program is called on a loop, or imported on one."""
        return "import" if "import" in self.name.split("_")[:2] else "call"

    @property
    def code(self) -> str:
        """The rule that has to see it."""
        return "EXL108" if self.mode == "import" else "EXL102"

    def write(self, folder: Path) -> None:
        """Lay the program out in a folder."""
        for name, text in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def shape(self) -> str:
        """The syntax of all its modules, the names and literals taken out."""
        return "\n".join(sorted(_shape(text) for _, text in self.files))


def cases() -> tuple[Case, ...]:
    """Every program of the battery, by name."""
    return tuple(_case(path) for path in sorted(FOLDER.glob("*.txt")))


def _case(path: Path) -> Case:
    head, *parts = ("\n" + path.read_text(encoding="utf-8")).split("\n" + MARK)
    files = tuple(
        (name.strip(), text.rstrip("\n") + "\n") for name, _, text in (part.partition("\n") for part in parts)
    )
    return Case(path.stem, head.strip(), files)


class _Normal(ast.NodeTransformer):
    """Takes out what does not make a program another one."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("name", "id", "attr", "arg", "asname", "module"):
            if isinstance(getattr(node, field, None), str):
                setattr(node, field, "_")
        if isinstance(node, ast.Constant):
            node.value = type(node.value).__name__
        return super().generic_visit(node)


def _shape(text: str) -> str:
    return ast.dump(_Normal().visit(ast.parse(text)))


@dataclass(frozen=True)
class Truth:
    """What executing a program showed."""

    nested: frozenset[tuple[str, int]]
    """File and line of each run that raised because a loop was running."""
    failure: str


def executed(folder: Path, mode: str, python: str = sys.executable) -> Truth:
    """Execute the program that lies in a folder."""
    ran = subprocess.run(
        [python, "-W", "ignore", "-c", DRIVER, str(folder), mode],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )
    assert ran.stdout, ran.stderr
    found, failure = json.loads(ran.stdout)
    return Truth(frozenset((name, line) for name, line in found), failure)
