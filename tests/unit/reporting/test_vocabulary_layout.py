"""What the table of vocabularies says of an entry."""

from execution_lint.model.place import Place, Span
from execution_lint.project.inventories.vocabularies import (
    FieldEntry,
    MemberEntry,
    OverlapEntry,
    VocabularyEntry,
    WordEntry,
)
from execution_lint.reporting.inventories.vocabularies import VocabularyLayout


def place(line: int, path: str = "app/models.py") -> Place:
    return Place(path, Span(line, 5, line, 9))


def word(said: str, member: str, line: int, confidence: str) -> WordEntry:
    return WordEntry(
        word=said, member=member, subject="job.status", place=place(line, "app/a.py"), confidence=confidence
    )


ENTRY = VocabularyEntry(
    place=place(4),
    enum="app.models:JobStatus",
    is_declared=True,
    contract_fields=("state",),
    members=(
        MemberEntry(name="QUEUED", value="queued", place=place(5), uses=(place(20, "app/a.py"),), known_by="name"),
        MemberEntry(name="HELD", value="held", place=place(6), uses=(), known_by="text"),
        MemberEntry(name="DONE", value="done", place=place(7), uses=(), known_by="value"),
        MemberEntry(name="LOST", value="lost", place=place(8), uses=(), known_by=""),
    ),
    fields=(FieldEntry(name="app.models:Job.status", place=place(12)),),
    literals=(word("done", "DONE", 21, "proven"),),
    unknown_words=(word("finished", "DONE", 22, "likely"), word("gone", "", 23, "possible")),
    overlaps=(
        OverlapEntry(
            name="app.b:State", place=place(1, "app/b.py"), extra=("x",), lacking=("y",), confidence="possible"
        ),
        OverlapEntry(name="app.c:State", place=place(1, "app/c.py"), extra=(), lacking=(), confidence="likely"),
    ),
)


def test_a_line_says_one_thing() -> None:
    rows = list(VocabularyLayout().rows(ENTRY, "/srv", "/srv/app"))
    assert rows == [
        ("app.models:JobStatus", "models.py:4", "vocabulary", "4 members, 4 governed places in 1 file"),
        ("", "models.py:5", "member", 'QUEUED = "queued", named 1 time'),
        ("", "models.py:6", "member", 'HELD = "held", mentioned in the text alone'),
        ("", "models.py:7", "member", 'DONE = "done", never named, its value is written as a string'),
        ("", "models.py:8", "member", 'LOST = "lost", never used'),
        ("", "", "field by contract", "state"),
        ("", "models.py:12", "field", "app.models:Job.status"),
        ("", "a.py:21", "literal", '"done" is DONE, for job.status'),
        ("", "a.py:22", "unknown word", '"finished" (by contract DONE), for job.status'),
        ("", "a.py:23", "unknown word", '"gone", for job.status (possible)'),
        ("", "b.py:1", "second enum", "app.b:State, more: x; less: y (possible)"),
        ("", "c.py:1", "second enum", "app.c:State, the same words"),
    ]


def test_a_record_says_nothing_by_null() -> None:
    record = VocabularyLayout().record(ENTRY, "/srv")
    assert record["governed"] == [{"filename": "/srv/app/a.py", "line": line} for line in (20, 21, 22, 23)]
    assert record["never_used"] == ["LOST"]
    words = record["unknown_words"]
    assert isinstance(words, list)
    assert [found["member"] for found in words] == ["DONE", None]
