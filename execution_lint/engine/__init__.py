"""The run: plan, read, check, sift."""

from execution_lint.engine.run import files, run, settings

__all__ = ["files", "run", "settings"]
