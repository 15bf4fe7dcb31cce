"""The inventory of vocabularies."""

from collections.abc import Iterator

from execution_lint.model.place import Place
from execution_lint.project.inventories.vocabularies import OverlapEntry, VocabularyEntry, WordEntry
from execution_lint.reporting.location import absolute, position

_UNNAMED = {
    "text": "mentioned in the text alone",
    "value": "never named, its value is written as a string",
    "": "never used",
}


class VocabularyLayout:
    """What is shown of a vocabulary: a line each for itself and for what there is to say of it."""

    columns = ("vocabulary", "place", "what", "which")

    def rows(self, entry: VocabularyEntry, root: str, working_directory: str) -> Iterator[tuple[str, ...]]:
        """The members with the number of their uses, then fields, words, second enums and members never used."""

        def at(place: Place) -> str:
            return position(root, place, working_directory).rpartition(":")[0]

        governed = entry.governed
        files = len({place.path for place in governed})
        yield (
            entry.enum,
            at(entry.place),
            "vocabulary",
            f"{_counted(len(entry.members), 'member')}, "
            + (f"{_counted(len(governed), 'governed place')} in {_counted(files, 'file')}"),
        )
        for member in entry.members:
            uses = f"named {_counted(len(member.uses), 'time')}" if member.uses else _UNNAMED[member.known_by]
            yield "", at(member.place), "member", f'{member.name} = "{member.value}", {uses}'
        for name in entry.contract_fields:
            yield "", "", "field by contract", name
        for field in entry.fields:
            yield "", at(field.place), "field", field.name
        for word in entry.literals:
            yield "", at(word.place), "literal", f'"{word.word}" is {word.member}, for {word.subject}{_doubt(word)}'
        for word in entry.unknown_words:
            meant = f" (by contract {word.member})" if word.member else ""
            yield "", at(word.place), "unknown word", f'"{word.word}"{meant}, for {word.subject}{_doubt(word)}'
        for overlap in entry.overlaps:
            yield "", at(overlap.place), "second enum", f"{overlap.name}{_differences(overlap)}{_doubt(overlap)}"

    def record(self, entry: VocabularyEntry, root: str) -> dict[str, object]:
        """The vocabulary as JSON."""

        def at(place: Place) -> dict[str, object]:
            return {"filename": absolute(root, place), "line": place.span.start_line}

        def word(found: WordEntry) -> dict[str, object]:
            return {
                "word": found.word,
                "member": found.member or None,
                "subject": found.subject,
                **at(found.place),
                "confidence": found.confidence,
            }

        governed = entry.governed
        return {
            "enum": entry.enum,
            **at(entry.place),
            "declared": entry.is_declared,
            "members": [
                {
                    "name": member.name,
                    "value": member.value,
                    **at(member.place),
                    "uses": [at(place) for place in member.uses],
                    "known_by": member.known_by or None,
                }
                for member in entry.members
            ],
            "contract_fields": list(entry.contract_fields),
            "fields": [{"name": field.name, **at(field.place)} for field in entry.fields],
            "governed_count": len(governed),
            "governed": [at(place) for place in governed],
            "literals": [word(found) for found in entry.literals],
            "unknown_words": [word(found) for found in entry.unknown_words],
            "overlaps": [
                {
                    "enum": overlap.name,
                    **at(overlap.place),
                    "extra": list(overlap.extra),
                    "lacking": list(overlap.lacking),
                    "confidence": overlap.confidence,
                }
                for overlap in entry.overlaps
            ],
            "never_used": list(entry.never_used),
        }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _doubt(found: WordEntry | OverlapEntry) -> str:
    return " (possible)" if found.confidence == "possible" else ""


def _differences(overlap: OverlapEntry) -> str:
    said = [f"more: {', '.join(overlap.extra)}"] if overlap.extra else []
    said += [f"less: {', '.join(overlap.lacking)}"] if overlap.lacking else []
    return f", {'; '.join(said)}" if said else ", the same words"
