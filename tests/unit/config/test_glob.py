import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution_lint.config.glob import (
    check_module_glob,
    check_path_glob,
    check_route_glob,
    matches_any_path,
    matches_module,
    matches_path,
    matches_word,
)
from execution_lint.config.mistakes import WrongValue
from execution_lint.config.schema import RoutePattern


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("build", "build"),
        ("build", "app/build/x.py"),
        ("build/", "build/"),
        ("build/", "app/build/x.py"),
        ("test_*.py", "app/test_jobs.py"),
        ("tests/", "app/tests/unit/x.py"),
        (".*/", ".hidden/x.py"),
        ("app/legacy", "app/legacy/deep/x.py"),
        ("app/**/x.py", "app/x.py"),
        ("app/**/x.py", "app/a/b/x.py"),
        ("**/gen/**/x.py", "a/gen/b/c/x.py"),
        ("app/**", "app/x.py"),
        ("/setup.py", "setup.py"),
        ("app/*.py", "app/x.py"),
        ("v[12].py", "app/v1.py"),
        ("v[!12].py", "app/v3.py"),
        ("[]x].py", "].py"),
        ("[a-c]?.py", "bz.py"),
        ("*.[!p]y", "x.qy"),
        ("**", "anything/at/all.py"),
        ("a+b(c).py", "a+b(c).py"),
        ("*a*b*.py", "xxaxxaxxbxx.py"),
    ],
)
def test_a_path_glob_covers(pattern: str, path: str) -> None:
    check_path_glob(pattern)
    assert matches_path(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("build", "rebuild/x.py"),
        ("build/", "app/build"),
        ("test_*.py", "app/latest_jobs.py"),
        (".*/", ".hidden.py"),
        ("app/legacy", "lib/app/legacy/x.py"),
        ("app/*.py", "app/deep/x.py"),
        ("/setup.py", "app/setup.py"),
        ("v[12].py", "app/v3.py"),
        ("v[!1].py", "v/.py"),
        ("app/**", "app"),
        ("a.py", "abpy"),
        ("*.py", "x.pyc"),
        ("Tests/", "tests/x.py"),
    ],
)
def test_a_path_glob_does_not_cover(pattern: str, path: str) -> None:
    assert not matches_path(pattern, path)


@pytest.mark.parametrize(
    "pattern", ["", "/", "a[", "a[/]b", "**x", "a/**b/c", "a/../b", "./a", "a\\b", "a\0b", "[z-a]", "[]"]
)
def test_what_is_no_path_glob_is_refused(pattern: str) -> None:
    with pytest.raises(WrongValue):
        check_path_glob(pattern)


def _plainly_matches(pattern: list[str], path: list[str]) -> bool:
    """Path globs of `*` and `**` alone, by definition: every way to split is tried."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_plainly_matches(pattern[1:], path[skipped:]) for skipped in range(len(path) + 1)) and bool(path)
    if not path:
        return False
    fits = re.fullmatch(pattern[0].replace("*", ".*"), path[0]) is not None
    return fits and _plainly_matches(pattern[1:], path[1:])


_names = st.text("ab", min_size=1, max_size=4)
_stars = st.lists(
    st.one_of(st.just("**"), st.text("ab*", min_size=1, max_size=4).filter(lambda text: "**" not in text))
)


@settings(deadline=None)
@given(_stars.filter(lambda steps: steps != []), st.lists(_names, min_size=1, max_size=6))
def test_a_path_glob_means_what_its_definition_says(steps: list[str], path: list[str]) -> None:
    steps = [*steps, "end"]
    path = [*path, "end"]
    assert matches_path("/" + "/".join(steps), "/".join(path)) == _plainly_matches(steps, path)


@settings(deadline=None)
@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_star_in_a_word_is_any_text(pattern: str, word: str) -> None:
    assert matches_word(pattern, word) == (re.fullmatch(pattern.replace("*", ".*"), word) is not None)


def test_several_path_globs_are_one_question() -> None:
    patterns = ("*a*b", "tests/", "**/x/*y*z/**/w")
    assert matches_any_path(patterns, "1a2b")
    assert matches_any_path(patterns, "p/x/1y2y3z/q/w")
    assert not matches_any_path(patterns, "p/x/1y/w")
    assert not matches_any_path((), "x")


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "**/a/" * 30 + "b", "a*" * 40 + "b"])
def test_a_hostile_path_glob_answers_at_once(pattern: str) -> None:
    assert not matches_path(pattern, "a" * 250 + "/" + "a/" * 120 + "c")


@settings(deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_crashes_a_path_glob(pattern: str, path: str) -> None:
    try:
        check_path_glob(pattern)
    except WrongValue:
        return
    matches_path(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "module", "is_covered"),
    [
        ("app.api.*", "app.api.jobs", True),
        ("app.api.*", "app.api.jobs.views", True),
        ("app.api.*", "app.api", False),
        ("app.api", "app.api", True),
        ("app.api", "app.api.jobs", True),
        ("app.api", "app.apis", False),
        ("app.api", "app", False),
        ("**.views", "app.jobs.views", True),
        ("**.views", "app.jobs.viewsets", False),
        ("app.*_routes", "app.job_routes.v1", True),
        ("*", "app.anything", True),
    ],
)
def test_a_module_glob(pattern: str, module: str, is_covered: bool) -> None:
    check_module_glob(pattern)
    assert matches_module(pattern, module) is is_covered


@pytest.mark.parametrize(
    "pattern", ["app/api", "app.api.py", "app..api", "app:api", "app.", "1app", "app.**x", "app.a-b"]
)
def test_what_is_no_module_glob_is_refused(pattern: str) -> None:
    with pytest.raises(WrongValue):
        check_module_glob(pattern)


@pytest.mark.parametrize(
    ("pattern", "method", "path", "is_meant"),
    [
        ("GET /v1/jobs/*", "GET", "/v1/jobs/{job_id}", True),
        ("GET /v1/jobs/*", "get", "/v1/jobs/<int:job_id>", True),
        ("GET /v1/jobs/*", "POST", "/v1/jobs/{job_id}", False),
        ("GET /v1/jobs/*", "GET", "/v1/jobs", False),
        ("GET /v1/jobs/*", "GET", "/v1/jobs/a/b", False),
        ("* /v1/**", "DELETE", "/v1", True),
        ("* /v1/**", "DELETE", "/v1/a/b/c", True),
        ("/v1/**/cancel", "POST", "/v1/jobs/{id}/cancel", True),
        ("/v1/jobs", "PUT", "/v1/jobs/", True),
        ("p* /v1/jobs", "PATCH", "/v1/jobs", True),
        ("p* /v1/jobs", "GET", "/v1/jobs", False),
        ("/v1/jobs/{job_id}", "GET", "/v1/jobs/{job_id}", True),
        ("/v1/jobs/{job_id}", "GET", "/v1/jobs/{id}", False),
        ("/v1/job*", "GET", "/v1/jobs", True),
        ("**", "GET", "/", True),
        ("/", "GET", "/", True),
        ("/", "GET", "/x", False),
        ("/V1/jobs", "GET", "/v1/jobs", False),
    ],
)
def test_a_route_pattern(pattern: str, method: str, path: str, is_meant: bool) -> None:
    assert RoutePattern.parse(pattern).matches(method, path) is is_meant


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("GET /v1/analyze-execution/jobs/*", "/jobs/{job_id}", True),
        ("GET /v1/analyze-execution/jobs/*", "/analyze-execution/jobs/{job_id}", True),
        ("GET /v1/analyze-execution/jobs/*", "/v1/analyze-execution/jobs/{job_id}", True),
        ("GET /v1/analyze-execution/jobs/*", "/users/{user_id}", False),
        # Only a wildcard fits: that is no evidence.
        ("GET /v1/analyze-execution/jobs/*", "/{job_id}", False),
        ("GET /v1/jobs/{job_id}", "/{job_id}", False),
        ("GET /v1/jobs", "/", False),
        ("/v1/**", "/jobs", False),
        ("/v1/**/cancel", "/jobs/{id}/cancel", True),
        ("/v1/jobs/**", "/jobs", True),
        # Whatever the prefix is, it fits.
        ("**", "/anything", True),
        ("/**/cancel", "/cancel", True),
        ("/v1/jobs", "/v2/jobs", False),
    ],
)
def test_a_route_pattern_by_suffix(pattern: str, path: str, is_meant: bool) -> None:
    assert RoutePattern.parse(pattern).matches_suffix("GET", path) is is_meant
    assert not RoutePattern.parse(f"DELETE {pattern.split()[-1]}").matches_suffix("GET", path)


_segments = st.lists(st.sampled_from(["jobs", "v1", "{id}", "*", "**", "a*"]), min_size=1, max_size=5)
_parts = st.lists(st.sampled_from(["jobs", "v1", "{id}", "abc"]), min_size=1, max_size=4)


@settings(deadline=None)
@given(_segments, _parts, _parts)
def test_what_fits_by_suffix_fits_with_some_prefix(segments: list[str], prefix: list[str], suffix: list[str]) -> None:
    """The known end of a matching path is never refused when a literal segment is in it that only the end can meet."""
    pattern = RoutePattern.parse("/" + "/".join([*segments, "known"]))
    if pattern.matches("GET", "/" + "/".join([*prefix, *suffix, "known"])):
        assert pattern.matches_suffix("GET", "/" + "/".join([*suffix, "known"]))


@pytest.mark.parametrize("pattern", ["jobs", "GTE /jobs", "GET", "", "GET /a /b", "/a/**b", "GET jobs/*"])
def test_what_is_no_route_is_refused(pattern: str) -> None:
    with pytest.raises(WrongValue):
        RoutePattern.parse(pattern)


def test_a_route_without_its_slash_is_told_where_it_belongs() -> None:
    with pytest.raises(WrongValue) as wrong:
        check_route_glob("jobs/*")
    assert wrong.value.nearest == "/jobs/*"
