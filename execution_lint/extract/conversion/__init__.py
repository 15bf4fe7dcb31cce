"""Parses Python with libcst into the nodes of `ast`; each module walks one layer of the syntax."""

from execution_lint.extract.conversion.parsing import convert, parse_with_libcst

__all__ = ["convert", "parse_with_libcst"]
