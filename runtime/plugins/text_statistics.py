"""Counts what a text consists of."""

from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

from runtime.plugins.plugin import AsyncPlugin


class TextArguments(BaseModel):
    """A text short enough to be counted between two turns of the event loop."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=200_000)


class WordFrequency(BaseModel):
    """A word in lower case, and how often it stands in the text."""

    word: str
    count: int


class TextResult(BaseModel):
    """The counts, and the five most frequent words."""

    characters: int
    words: int
    lines: int
    distinct_words: int
    most_frequent: list[WordFrequency]


class TextStatistics(AsyncPlugin[TextArguments, TextResult]):
    """Characters, words and lines of a text."""

    name = "text_statistics"
    summary = "Counts characters, words and lines of a text, and its most frequent words."
    arguments = TextArguments
    result = TextResult

    async def run(self, arguments: TextArguments) -> TextResult:
        """Count; words are what white space separates, equal without regard to case."""
        words = Counter(arguments.text.lower().split())
        return TextResult(
            characters=len(arguments.text),
            words=words.total(),
            lines=len(arguments.text.splitlines()),
            distinct_words=len(words),
            most_frequent=[WordFrequency(word=word, count=count) for word, count in words.most_common(5)],
        )
