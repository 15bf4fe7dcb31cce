"""The battery: small programs whose nested runs are told by executing them, never by opinion."""

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "cases"
MARK = "--- "


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
