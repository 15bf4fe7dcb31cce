"""A project, and small changes to its files, some of which matter."""

import random
import re
from keyword import iskeyword
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
    "held.py": """\
import asyncio


async def send(name):
    await asyncio.sleep(1)


def main(names):
    'What it does.'
    send(names[0])  # execution-lint: ignore[EXL107] on purpose
    send(names[1])  # noqa
    for name in names:
        send(name)


def unused():
    return 1  # execution-lint: ignore[EXL101] in vain


class Sender:
    kind = "mail"

    def go(self, loop):
        loop.call_soon(self.gone)
        send(
            "all",
        )

    def gone(self):
        return self.kind
""",
    "empty.py": "",
}
ADDED = (
    "def added(value):\n    if value:\n        return 1\n    return len(str(value))\n",
    "class Added:\n    size = 1\n\n    def fill(self):\n        return self.size\n",
    "async def fetch_more():\n    return 1\n",
    "import math\n",
    "'Said of it.'",
)
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

STATEMENTS = (
    *("print('{word}')", "logger.info('%s', {a})", "print({a}.{b}, {c})", "fresh = 17", "fresh = '{word}'", "len({a})"),
    *("fresh = {a}", "fresh = {a}.{b}", "fresh = {a}({b})", "fresh = {a}(17)", "fresh = {a}('{word}')", "{a}({b})"),
    *(
        "fresh = {a}.{b}()",
        "{a}.{b}({c}, status='{word}')",
        "{a}({b}='{word}')",
        "{a}({b}, '{word}')",
        "await {a}({b})",
    ),
    *("fresh = {{'{word}': {a}}}", "fresh = {a}['{word}']", "fresh = {a}.get('{word}')", "fresh = ({a}, '{word}')"),
    *(
        "{a}.{b} = '{word}'",
        "{a} = {b}",
        "setattr({a}, 'status', '{word}')",
        "fresh = {a} == '{word}'",
        "{a}.append({b})",
    ),
    *("fresh = sum(part for part in {a})", "fresh = {a} or {b}", "fresh = lambda: {a}", "return {a}", "assert {a}"),
    *("fresh = f'{{{a}}} {word}'", "fresh: {a} = {b}", "if not {a}: raise ValueError('{word}')", "global {a}"),
    *("for fresh in {a}: {b}(fresh)", "with {a}: pass", "fresh = {a}(*{b})", "execute(\"set {a} = '{word}'\")"),
)


def edit(path: Path, choice: random.Random) -> None:
    """Change a file a little, somewhere."""
    lines = path.read_text().split("\n")
    at = choice.randrange(len(lines))
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    match choice.randrange(14):
        case 0:
            lines.insert(at, choice.choice(LINES))
        case 1:
            lines.append(choice.choice(LINES))
        case 2:
            del lines[at]
        case 3:
            lines[at] += "  # said"
        case 4:
            words = lines[at].split(" ")
            words[choice.randrange(len(words))] = choice.choice(("done", "x", "await", "status", "17"))
            lines[at] = " ".join(words)
        case 5 | 6:
            # Where it stands as it should.
            lines.insert(
                at, indent + choice.choice(("# a comment", "note = 'done'", "print('said')", "pass", "'said'"))
            )
        case 7 | 8:
            added = choice.choice(ADDED).split("\n")
            lines[at:at] = [indent + line if line else line for line in added]
        case 9:
            lines[at] = _renamed(lines[at], choice)
        case 10 | 11 | 12:
            lines.insert(at, indent + statement("\n".join(lines), choice))
        case _:
            lines[at] = lines[at].replace("(", "(\n" + indent + "        ", 1)
    path.write_text("\n".join(lines))


def statement(text: str, choice: random.Random) -> str:
    """A statement that speaks of what a text does."""
    names = [name for name in re.findall(r"[A-Za-z_]\w+", text) if not iskeyword(name)] or ["x"]
    words = re.findall(r"""["']([\w -]{1,20})["']""", text) or ["done"]
    a, b, c = (choice.choice(names) for _ in range(3))
    return choice.choice(STATEMENTS).format(a=a, b=b, c=c, word=choice.choice(words))


def _renamed(line: str, choice: random.Random) -> str:
    """A line with something of it called otherwise: what it defines, if it does."""
    names = re.findall(r"(?:def|class) (\w+)", line) or re.findall(r"[a-z_]{3,}", line)
    name = choice.choice(names) if names else "x"
    return line.replace(name, f"{name}_anew", 1)
