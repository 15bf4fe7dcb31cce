"""Where something stands in a source file."""

import msgspec


class Span(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A stretch of source text: lines and columns 1-based, columns in code points, the end exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies within this span."""
        return (self.start_line, self.start_column) <= (other.start_line, other.start_column) and (
            other.end_line,
            other.end_column,
        ) <= (self.end_line, self.end_column)


class Place(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A span in a file. `path` is POSIX and relative to the project's root."""

    path: str
    span: Span
