"""The mistakes a user can make, as exceptions; each names the place and the remedy.

ExecutionLintError
├── ConfigurationError   the configuration cannot be used; carries every mistake found, not the first
├── UsageError           the command line cannot be carried out
└── BaselineError        the baseline file cannot be read or written
"""


class ExecutionLintError(Exception):
    """A mistake of the user's, said in one clear line (or one line a mistake); ends the run with exit code 2."""


class ConfigurationError(ExecutionLintError):
    """The configuration cannot be used. `mistakes` holds one rendered line a mistake, `usable` what is left without
    them."""

    def __init__(self, mistakes: tuple[str, ...], usable: object = None) -> None:
        self.mistakes = mistakes
        self.usable = usable
        super().__init__("\n".join(mistakes))


class UsageError(ExecutionLintError):
    """The command line asks for something that cannot be done."""


class BaselineError(ExecutionLintError):
    """The baseline file cannot be read, written or understood."""
