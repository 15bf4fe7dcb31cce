"""What the contract declares, so that the engine can say which of it no rule checks yet."""

from execution_lint.config.schema import Config

_TABLES = ("event-loop", "envelope", "vocabulary", "boundary")


def declared_keys(config: Config) -> tuple[tuple[str, int], ...]:
    """The keys of the contract that the configuration gives, each with its line: `("vocabulary.transitions", 31)`.

    Dotted and without indexes, in the order of the schema; a key that several tables give is there once for each.
    """
    return tuple((line.key, line.line) for line in config.lines if not line.entry and line.key.startswith(_DOTTED))


_DOTTED = tuple(f"{table}." for table in _TABLES)
