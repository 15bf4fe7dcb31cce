"""A project, and small changes to its files, some of which matter."""

import random
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "fixtures" / "projects" / "three_bugs"

MORE = {
    "plain.py": """\
'''Nothing that a rule asks about.'''


def double(x):
    y = 2
    return x * y


class Box:
    size = 3

    def fill(self, thing):
        self.thing = thing
        return len(thing)
""",
    "work.py": """\
import asyncio

import plain


async def fetch(name):
    await asyncio.sleep(1)
    return name


def start(names):
    for name in names:
        fetch(name)
    return plain.double(3)
""",
    "empty.py": "",
}
LINES = (
    "# a comment",
    "",
    "    value = 17",
    "    note = 'done'",
    "    loop = asyncio.new_event_loop()",
    "    job.status = 'finished'",
    "    fetch(1)",
    "async def double(x): ...",
    "x = (",
    "import asyncio",
    "@app.get('/v1/x')",
    "# execution-lint: ignore[EXL101] because",
    "é = 'ﬁnished'",
)


def edit(path: Path, choice: random.Random) -> None:
    """Change a file a little, somewhere."""
    lines = path.read_text().split("\n")
    at = choice.randrange(len(lines))
    match choice.randrange(5):
        case 0:
            lines.insert(at, choice.choice(LINES))
        case 1:
            lines.append(choice.choice(LINES))
        case 2:
            del lines[at]
        case 3:
            lines[at] += "  # said"
        case _:
            words = lines[at].split(" ")
            words[choice.randrange(len(words))] = choice.choice(("done", "x", "await", "status", "17"))
            lines[at] = " ".join(words)
    path.write_text("\n".join(lines))
