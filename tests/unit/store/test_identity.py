"""A finding is the same finding after code has moved, and another one after its text was touched."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from execution_lint.model.confidence import Confidence
from execution_lint.model.finding import Finding
from execution_lint.model.place import Place, Span
from execution_lint.store.identity import identify


def finding(line: int = 1, path: str = "app/a.py", code: str = "EXL301", scope: str = "f") -> Finding:
    place = Place(path, Span(line, 5, line, 9))
    return Finding(code, "raw-status-string", "m", place, Confidence.PROVEN, scope=scope)


def fingerprints(*findings: Finding, text: str = '"done"') -> list[str]:
    return [item.fingerprint for item in identify(findings, lambda place: text)]


def test_the_fingerprint_is_this_one_for_ever() -> None:
    assert fingerprints(finding()) == ["3cfcdf867f1c020fa1e95a48905cc66b299178c34cf56de62eb1b373350d3970"]


def test_a_line_number_does_not_matter() -> None:
    assert fingerprints(finding(1)) == fingerprints(finding(400))


def test_whitespace_does_not_matter_and_other_text_does() -> None:
    assert fingerprints(finding(), text="f(a,\n    b)") == fingerprints(finding(), text="f(a,  b)")
    assert fingerprints(finding(), text="f(a, b)") != fingerprints(finding(), text="f(a, c)")


def test_path_scope_and_code_matter() -> None:
    assert len({*fingerprints(finding()), *fingerprints(finding(path="b.py")), *fingerprints(finding(scope="g"))}) == 3
    assert fingerprints(finding()) != fingerprints(finding(code="EXL302"))


def test_the_parts_do_not_run_together() -> None:
    assert fingerprints(finding(path="a", scope="bc")) != fingerprints(finding(path="ab", scope="c"))


def test_message_confidence_and_help_do_not_matter() -> None:
    reworded = msgspec.structs.replace(finding(), message="other", confidence=Confidence.POSSIBLE, help="x")
    assert fingerprints(finding()) == fingerprints(reworded)


def test_equals_are_numbered_by_position_and_stay_in_their_order() -> None:
    first, second = fingerprints(finding(3), finding(9))
    assert first != second
    assert fingerprints(finding(9), finding(3)) == [second, first]
    assert fingerprints(finding(3)) == [first]


def test_names_that_are_not_utf_8_have_a_fingerprint() -> None:
    assert len(fingerprints(finding(path="caf\udce9.py"))[0]) == 64


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from("ab"), st.sampled_from(["f", "g"])), max_size=12))
def test_all_fingerprints_of_a_project_differ_whatever_the_order(made: list[tuple[int, str, str]]) -> None:
    findings = [finding(line, path, scope=scope) for line, path, scope in made]
    given_order = identify(findings, lambda place: "x")
    assert len({item.fingerprint for item in given_order}) == len(findings)
    other_order = identify(reversed(findings), lambda place: "x")
    assert sorted(item.fingerprint for item in other_order) == sorted(item.fingerprint for item in given_order)
