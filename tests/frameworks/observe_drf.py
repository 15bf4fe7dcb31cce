"""Run the application of Django REST framework and print what it answers."""

import re

from observing_django import show


def spell(path: str) -> str:
    """The path that a regular expression stands for."""
    return re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", path).replace("^", "").replace("$", "")


show(spell)
