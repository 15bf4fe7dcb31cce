import os
import sys
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execution_lint.config.declaration import declared_keys
from execution_lint.config.digest import digest
from execution_lint.config.kinds import all_keys
from execution_lint.config.loading import find, load
from execution_lint.config.schema import (
    Alias,
    Boundary,
    Config,
    Envelope,
    ErrorContract,
    Member,
    ModulePattern,
    Reference,
    RoutePattern,
    StatusContract,
    Transition,
    Vocabulary,
)
from execution_lint.config.settings import show
from execution_lint.errors import ConfigurationError
from execution_lint.model.confidence import Confidence

EVERYTHING = """\
[tool.execution-lint]
select = ["EXL"]
ignore = ["EXL105"]
min-confidence = "possible"
target-version = "3.10"
per-file-ignores = { "legacy/**" = ["EXL3"] }

[tool.execution-lint.event-loop]
owners = ["app.worker.loop:LoopThread.start"]

[[tool.execution-lint.envelope]]
name = "execution"
routes = [
    "* /v1/analyze-execution",
    "GET /v1/analyze-execution/jobs/*",
]
modules = ["app.api.*"]
handlers = ["app.api.jobs:get_job"]
require = ["plugin", "job_id", "status"]
id = "job_id"
status = { key = "status", vocabulary = "app.models:JobStatus" }
errors = { require = ["error"] }
wrappers = ["app.api.envelope:wrapped"]
exempt = ["GET /health"]

[[tool.execution-lint.vocabulary]]
enum = "app.models:JobStatus"
fields = ["status", "job_status"]
aliases = { success = "DONE", failed = "ERROR" }
forbidden = ["UNKNOWN"]
transitions = { QUEUED = ["RUNNING", "CANCELLED"], DONE = [] }

[[tool.execution-lint.boundary]]
call = "app.plugins:Plugin.run"
only-in = ["app.tool_runner"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the working directory: messages name files relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mistakes(project: Path, *overrides: str, isolated: bool = False) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        load(project, overrides, isolated)
    assert str(error.value) == "\n".join(error.value.mistakes)
    return list(error.value.mistakes)


def mistakes_in(project: Path, text: str) -> list[str]:
    (project / "pyproject.toml").write_text(f"[tool.execution-lint]\n{text}\n", encoding="utf-8")
    return mistakes(project)


def test_the_whole_schema_is_read_with_its_lines(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    config = load(project)
    assert (config.root, config.file, config.notes) == (project.as_posix(), "pyproject.toml", ())
    assert config.select == ("EXL",)
    assert config.ignore == ("EXL105",)
    assert config.min_confidence is Confidence.POSSIBLE
    assert config.target_version == (3, 10)
    assert config.per_file_ignores == (("legacy/**", ("EXL3",)),)
    assert config.event_loop.owners == (Reference("app.worker.loop", "LoopThread.start", 9),)
    assert config.event_loop.line == 8
    enum = Reference("app.models", "JobStatus", 21)
    assert config.envelopes == (
        Envelope(
            name="execution",
            routes=(
                RoutePattern("*", "/v1/analyze-execution", 14),
                RoutePattern("GET", "/v1/analyze-execution/jobs/*", 15),
            ),
            modules=(ModulePattern("app.api.*", 17),),
            handlers=(Reference("app.api.jobs", "get_job", 18),),
            require=("plugin", "job_id", "status"),
            id="job_id",
            status=StatusContract(key="status", vocabulary=enum, line=21),
            errors=ErrorContract(require=("error",), line=22),
            wrappers=(Reference("app.api.envelope", "wrapped", 23),),
            exempt=(RoutePattern("GET", "/health", 24),),
            line=11,
        ),
    )
    assert config.vocabularies == (
        Vocabulary(
            enum=Reference("app.models", "JobStatus", 27),
            fields=("status", "job_status"),
            aliases=(Alias("success", "DONE", 29), Alias("failed", "ERROR", 29)),
            forbidden=(Member("UNKNOWN", 30),),
            transitions=(
                Transition("QUEUED", (Member("RUNNING", 31), Member("CANCELLED", 31)), 31),
                Transition("DONE", (), 31),
            ),
            line=26,
        ),
    )
    assert config.boundaries == (
        Boundary(
            call=Reference("app.plugins", "Plugin.run", 34),
            only_in=(ModulePattern("app.tool_runner", 35),),
            line=33,
        ),
    )


def test_the_own_file_needs_no_table_and_may_have_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    shared = load(project)
    (project / "pyproject.toml").unlink()
    own = project / "execution-lint.toml"
    own.write_text(EVERYTHING)
    assert load(project) == msgspec.structs.replace(shared, file="execution-lint.toml")
    own.write_text("\n" + EVERYTHING.replace("[tool.execution-lint]\n", "").replace("tool.execution-lint.", ""))
    assert load(project) == msgspec.structs.replace(shared, file="execution-lint.toml")


def test_the_own_file_wins_and_the_other_is_named(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.execution-lint]\nselect = ['EXL3']\n")
    (project / "execution-lint.toml").write_text("select = ['EXL1']\n")
    config = load(project)
    assert config.select == ("EXL1",)
    assert config.notes == ("execution-lint.toml is used, [tool.execution-lint] in pyproject.toml beside it is not",)
    (project / "pyproject.toml").write_text("[project]\ndependencies = ['execution-lint']\n")
    assert load(project).notes == ()


def test_without_a_file_the_defaults_hold(project: Path) -> None:
    assert load(project) == Config(root=project.as_posix())
    (project / "pyproject.toml").write_text("[project]\nname = 'execution-lint'\n")
    assert load(project) == Config(root=project.as_posix())


def test_an_isolated_run_reads_no_file_but_its_overrides(project: Path) -> None:
    (project / "pyproject.toml").write_text("not toml")
    config = load(project, ("min-confidence=proven",), isolated=True)
    assert config.min_confidence is Confidence.PROVEN
    assert config.file is None


def test_a_byte_order_mark_is_no_matter(project: Path) -> None:
    (project / "execution-lint.toml").write_bytes(b"\xef\xbb\xbfselect = ['EXL1']\r\n")
    assert load(project).select == ("EXL1",)


def test_only_a_configuration_is_found(project: Path) -> None:
    assert find(project) is None
    shared = project / "pyproject.toml"
    shared.write_text("[project]\ndependencies = ['execution-lint']\n")
    assert find(project) is None
    shared.write_text("[tool.execution-lint]\n")
    found = find(project)
    assert found is not None
    assert found.name == "pyproject.toml"
    shared.write_text("[tool.execution-lint\n")
    assert find(project) == found
    shared.unlink()
    shared.mkdir()
    assert find(project) is None


def test_all_mistakes_are_said_at_once(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        """\
[project]
name = "service"

[tool.execution-lint]
select = ["EXL", "E501"]
min_confidence = "likely"
min-confidence = "likly"
target-version = 3.10
owners = ["app.loop:run"]
exclude = ["a["]
per-file-ignores = { "tests/**" = ["EXLX"], "a" = "EXL1" }

[tool.execution-lint.event-loop]
owners = [
    "app.worker.loop.LoopThread.start",
]

[[tool.execution-lint.envelope]]
name = "execution"
routes = ["GTE /v1/jobs/*"]
modules = ["app/api"]
require = ["plugin", 3]
status = { key = "status", vocabulry = "app.models:JobStatus" }

[[tool.execution-lint.envelope]]
name = "execution"

[[tool.execution-lint.vocabulary]]
enum = "app.models:JobStatus"
transitions = { QUEUED = ["JobStatus.DONE"] }
"""
    )
    assert mistakes(project, "target-version=3.1", "select") == [
        'pyproject.toml:5: select: "E501" is not a code; expected EXL and up to three digits',
        "pyproject.toml:6: min_confidence: is not a key here; did you mean min-confidence?",
        'pyproject.toml:7: min-confidence: "likly" is not a confidence; expected proven, likely, possible; '
        "did you mean likely?",
        "pyproject.toml:9: owners: is not a key here; did you mean event-loop.owners?",
        'pyproject.toml:10: exclude: "a[" opens a [ that nothing closes',
        'pyproject.toml:11: per-file-ignores."tests/**": "EXLX" is not a code; expected EXL and up to three digits',
        'pyproject.toml:11: per-file-ignores.a: expected a list of codes, such as ["EXL302"], not the string "EXL1"',
        'pyproject.toml:15: event-loop.owners: "app.worker.loop.LoopThread.start" has no colon between the module and '
        "the name; did you mean app.worker.loop:LoopThread.start?",
        'pyproject.toml:20: envelope.routes: "GTE /v1/jobs/*" starts with no HTTP method; did you mean GET?',
        'pyproject.toml:21: envelope.modules: "app/api" is a path; modules are named with dots; did you mean app.api?',
        'pyproject.toml:22: envelope.require: expected a string, such as "status", not the number 3',
        "pyproject.toml:23: envelope.status.vocabulry: is not a key here; did you mean vocabulary?",
        "pyproject.toml:23: envelope.status: lacks the key vocabulary; "
        'expected a reference, such as "app.models:JobStatus"',
        'pyproject.toml:25: envelope: "execution" is given twice, first on line 18',
        "pyproject.toml:25: envelope: governs nothing: it needs routes, modules or handlers, "
        'such as routes = ["/v1/**"]',
        "pyproject.toml:25: envelope: demands nothing: it needs require, id, status or errors, "
        'such as require = ["status"]',
        'pyproject.toml:30: vocabulary.transitions.QUEUED: "JobStatus.DONE" is not the name of a member; '
        "did you mean DONE?",
        "--config: select: is not KEY=VALUE, such as min-confidence=possible",
        '--config: target-version: "3.1" is not a version of Python from 3.7 on; did you mean 3.10?',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select = 'EXL'", 'select: expected a list of codes, such as ["EXL302"], not the string "EXL"'),
        ("select = ['exl101']", "did you mean EXL101?"),
        ("select = ['ALL']", "did you mean EXL?"),
        ("select = ['EXL1011']", "is not a code"),
        ("select = ['EXL١']", "is not a code"),
        ("select = ['']", "select: is empty; expected a code"),
        ("select = ['EXL1', 'EXL1']", 'select: "EXL1" is given twice, first on line 2'),
        ("respect-gitignore = 1", "respect-gitignore: expected true or false, not the number 1"),
        ("min-confidence = true", 'min-confidence: expected "proven", "likely" or "possible", not true'),
        ("target-version = '2.7'", "is not a version of Python from 3.7 on"),
        ("target-version = 'py3.1x'", "is not a version of Python"),
        ("target-version = 1979-05-27", "not the date or time 1979-05-27"),
        (f"target-version = 0x{'f' * 9000}", "not a number"),
        ("src = ['../lib']", "is not below the root"),
        ("src = ['/lib']", "is not below the root"),
        ("src = ['a\\b']", "did you mean a/b?"),
        ('src = ["a\\u0000"]', "holds a NUL character"),
        ("per-file-ignores = ['a']", "expected a table from globs to lists of codes"),
        ("per-file-ignores = { 'a/../b' = ['EXL1'] }", 'per-file-ignores."a/../b": "a/../b" holds a `..` segment'),
        ("event-loop = 'app:run'", "event-loop: expected a table, not the string"),
        ("event-loop.owners = ['app:']", "is not a reference; expected module:name"),
        ("event-loop.owners = ['app:run:now']", "is not a reference"),
        ("event-loop.owners = ['a b']", "has no colon between the module and the name"),
        ("envelope = { routes = ['**'] }", "envelope: expected a list of tables, not a table"),
        ("envelope = [1]", "envelope: expected a table, not the number 1"),
        ("vocabulary = [{ fields = ['status'] }]", "vocabulary: lacks the key enum; expected a reference"),
        ("vocabulary = [{ enum = 'a:B', aliases = { done = 1 } }]", "vocabulary.aliases.done: expected a member"),
        ("vocabulary = [{ enum = 'a:B' }, { enum = 'a:B' }]", 'vocabulary: "a:B" is given twice'),
        ("boundary = [{ call = 'a:B.run', only-in = ['a b'] }]", "is not a module name"),
        ("selct = []", "selct: is not a key here; did you mean select?"),
        ("zzzzzz = []", "zzzzzz: is not a key here"),
        ('"a\\nb" = 1', '"a\\nb": is not a key here'),
    ],
)
def test_a_mistake_names_line_key_and_remedy(project: Path, text: str, said: str) -> None:
    (line,) = mistakes_in(project, text)
    assert line.startswith("pyproject.toml:2: ")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[tool.execution-lint]\nselect = [\n", "pyproject.toml:2: is not TOML: "),
        (b"[tool.execution-lint]\nselect = 1\nselect = 2\n", "pyproject.toml:3: is not TOML: "),
        (b"[project\n", "pyproject.toml:1: is not TOML: "),
        (b"x = 1\n\ny = '\xff'\n", "pyproject.toml:3: is not UTF-8 (byte 0xff); save it as UTF-8"),
        ("x = 1".encode("utf-16"), "pyproject.toml:1: is not UTF-8 (byte 0xff)"),
        (b"x = '\0'", "pyproject.toml:1: is not TOML: "),
        (b"x = " + b"[" * 100_000, "pyproject.toml: is not TOML: is nested too deeply"),
        (b"x = " + b"1" * 100_000, "pyproject.toml: is not TOML: "),
        (b"[tool]\nexecution-lint = 3", "pyproject.toml:2: tool.execution-lint: expected a table"),
        (b"[[tool.execution-lint]]\n", "pyproject.toml:1: tool.execution-lint: expected a table"),
        (b"tool = 'x'", "pyproject.toml:1: tool: expected a table"),
    ],
)
def test_a_broken_file_is_one_clear_line(project: Path, data: bytes, said: str) -> None:
    (project / "pyproject.toml").write_bytes(data)
    (line,) = mistakes(project)
    assert line.startswith(said)
    assert len(line) < 700


def test_a_broken_file_does_not_hide_a_wrong_override(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool")
    assert [line.split(":")[0] for line in mistakes(project, "selct=[]")] == ["pyproject.toml", "--config"]


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_an_unreadable_file_is_one_clear_line(project: Path) -> None:
    (project / "execution-lint.toml").write_text("")
    (project / "execution-lint.toml").chmod(0)
    assert mistakes(project) == ["execution-lint.toml: cannot be read: Permission denied"]


def test_a_file_elsewhere_is_named_by_its_full_path(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "execution-lint.toml").write_text("x = 1")
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    assert mistakes(project) == [f"{project.as_posix()}/execution-lint.toml:1: x: is not a key here"]


@pytest.mark.parametrize(
    ("override", "attribute", "value"),
    [
        ("min-confidence=possible", "min_confidence", Confidence.POSSIBLE),
        ('min-confidence = "possible"', "min_confidence", Confidence.POSSIBLE),
        ("target-version=3.10", "target_version", (3, 10)),
        ("target-version=py312", "target_version", (3, 12)),
        ("require-suppression-reason=true", "require_suppression_reason", True),
        ('select=["EXL1","EXL302"]', "select", ("EXL1", "EXL302")),
        ('per-file-ignores."a=b.py"=["EXL1"]', "per_file_ignores", (("a=b.py", ("EXL1",)),)),
        ("src=['./lib/', '.']", "src", ("lib", ".")),
        (
            'boundary=[{call="a:b", only-in=["c"]}]',
            "boundaries",
            (Boundary(call=Reference("a", "b"), only_in=(ModulePattern("c"),)),),
        ),
    ],
)
def test_an_override_sets_a_value(project: Path, override: str, attribute: str, value: object) -> None:
    assert getattr(load(project, (override,)), attribute) == value


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("", "--config: is not KEY=VALUE, such as min-confidence=possible"),
        ("=x", "--config: =x: is not KEY=VALUE"),
        ("a b=x", "--config: a b=x: is not KEY=VALUE"),
        ("[tool]\nselect=[]", "--config: [tool]\\nselect=[]: is not KEY=VALUE"),
        ("select=", "--config: select: has no value"),
        ("select=[", "--config: select: is not TOML: "),
        ("select=[]\nignore=[]", "--config: select: holds more than one value"),
        ("select=EXL1", '--config: select: expected a list of codes, such as ["EXL302"], not the string "EXL1"'),
        ("select.x=[]", "--config: select: expected a list of codes"),
        ("envelope.name=x", "--config: envelope.name: envelope is not a table; give it whole"),
        ("event_loop.owners=[]", "--config: event_loop: is not a key here; did you mean event-loop?"),
        ("min-confidence=\udcff", "--config: min-confidence=\\udcff: is not UTF-8"),
    ],
)
def test_a_wrong_override_is_said(project: Path, override: str, said: str) -> None:
    (project / "execution-lint.toml").write_text('[[envelope]]\nroutes = ["**"]\nrequire = ["a"]\n')
    lines = mistakes(project, override)
    assert lines[0].startswith(said)


def test_an_override_beats_the_file_and_has_no_line(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    config = load(project, ('event-loop.owners=["app.loop:run"]', 'event-loop.owners=["app.loop:go"]'))
    assert config.event_loop.owners == (Reference("app.loop", "go", 0),)
    assert config.event_loop.line == 8
    assert config.vocabularies == load(project).vocabularies
    assert config.line_of("event-loop.owners") == 0


def test_the_engine_can_name_the_line_of_a_code(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.execution-lint]\nselect = [\n  'EXL1',\n  'EXL9',\n]\n")
    config = load(project)
    line = config.line_of("select", "EXL9")
    assert line == 4
    assert config.mistake(line, "select", '"EXL9" is no rule', ["EXL1", "STATUS"], "EXL9") == (
        'pyproject.toml:4: select: "EXL9" is no rule; did you mean EXL1?'
    )
    assert config.mistake(0, "select", "is odd") == "--config: select: is odd"


def test_the_declared_keys_of_the_contract(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    declared = declared_keys(load(project, ('vocabulary=[{enum="a:B", forbidden=["C"]}]',)))
    assert ("envelope.errors", 22) in declared
    assert ("envelope.errors.require", 22) in declared
    assert ("boundary.call", 34) in declared
    assert ("vocabulary.forbidden", 0) in declared
    assert {key for key, _ in declared} <= set(all_keys())
    assert not {key for key, _ in declared} & {"select", "vocabulary.transitions", "envelope"}
    assert declared_keys(Config(root="/x")) == ()


def test_every_key_of_the_example_is_known_and_declared(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    contract = {key for key in all_keys() if "." in key}
    assert {key for key, _ in declared_keys(load(project))} == contract


def test_what_is_shown_says_the_same(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    config = load(project)
    other = project / "other"
    other.mkdir()
    (other / "execution-lint.toml").write_text(show(config), encoding="utf-8")
    assert show(load(other)).split("\n")[2:] == show(config).split("\n")[2:]
    assert _meant(load(other)) == _meant(config)


def test_the_digest_tells_configurations_apart(project: Path) -> None:
    (project / "pyproject.toml").write_text(EVERYTHING)
    config = load(project)
    assert digest(config) == digest(load(project))
    assert len(digest(config)) == 64
    others = [
        load(project, (override,)) for override in ("select=['EXL1']", "vocabulary=[]", "respect-gitignore=false")
    ]
    (project / "pyproject.toml").write_text("\n" + EVERYTHING)
    others.append(load(project))
    others.append(msgspec.structs.replace(config, root="/elsewhere"))
    assert len({digest(config), *map(digest, others)}) == len(others) + 1


def test_the_digest_is_the_same_in_every_process() -> None:
    config = Config(root="/service", envelopes=(Envelope(routes=(RoutePattern.parse("GET /a"),), require=("x",)),))
    assert digest(config) == "daa1f26f48b77fe71c53a49d7193fc82e5cf7a783de44d22a0c4e084b99b3e01"
    assert digest(Config(root=os.fsdecode(b"/ser\xffvice"))) != digest(config)


def _meant(config: Config) -> bytes:
    """What a configuration says, without the lines on which it says it."""

    def without_lines(value: object) -> object:
        if isinstance(value, dict):
            return {name: without_lines(inner) for name, inner in value.items() if name not in ("line", "lines")}
        return [without_lines(inner) for inner in value] if isinstance(value, list) else value

    plain: object = msgspec.json.decode(msgspec.json.encode(msgspec.structs.replace(config, root="", file=None)))
    return msgspec.json.encode(without_lines(plain))


ValueT = TypeVar("ValueT")

_TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
_WORDS = st.from_regex(r"[a-zé_]{1,6}", fullmatch=True).filter(str.isidentifier)
_REFERENCES = st.builds(Reference, st.lists(_WORDS, min_size=1, max_size=3).map(".".join), _WORDS)
_ROUTES = st.sampled_from(["GET /a/*", "/b/**", "p* /{id}", "**"]).map(RoutePattern.parse)
_CODES = st.sampled_from(["EXL", "EXL1", "EXL30", "EXL302"])
_GLOBS = st.sampled_from(["a/**", '"', "tests/", "*.py", "é", "[!a]b", "\x7f", "a b"])


def _tuples(values: st.SearchStrategy[ValueT]) -> st.SearchStrategy[tuple[ValueT, ...]]:
    return st.lists(values, max_size=3, unique=True).map(tuple)


_CONFIGS = st.builds(
    Config,
    root=st.just("/service"),
    select=_tuples(_CODES),
    per_file_ignores=st.dictionaries(_GLOBS, _tuples(_CODES), max_size=2).map(lambda table: tuple(table.items())),
    min_confidence=st.sampled_from(Confidence),
    require_suppression_reason=st.booleans(),
    target_version=st.none() | st.tuples(st.just(3), st.integers(7, 14)),
    extend_exclude=_tuples(_GLOBS),
    src=_tuples(st.sampled_from([".", "src", "a/b"])),
    envelopes=st.lists(
        st.builds(
            Envelope,
            name=_TEXTS,
            routes=st.tuples(_ROUTES),
            require=st.lists(_TEXTS, min_size=1, max_size=3, unique=True).map(tuple),
            id=st.none() | _TEXTS,
            status=st.none() | st.builds(StatusContract, key=_TEXTS, vocabulary=_REFERENCES),
            errors=st.none() | st.builds(ErrorContract, require=_tuples(_TEXTS)),
            wrappers=_tuples(_REFERENCES),
        ),
        max_size=2,
        unique_by=lambda envelope: envelope.name,
    ).map(tuple),
    vocabularies=st.lists(
        st.builds(
            Vocabulary,
            enum=_REFERENCES,
            fields=_tuples(_TEXTS),
            aliases=st.dictionaries(_TEXTS, _WORDS, max_size=2).map(
                lambda table: tuple(Alias(*pair) for pair in table.items())
            ),
            transitions=st.dictionaries(_WORDS, _tuples(_WORDS.map(Member)), max_size=2).map(
                lambda table: tuple(Transition(source, targets) for source, targets in table.items())
            ),
        ),
        max_size=2,
        unique_by=lambda vocabulary: vocabulary.enum.spelled,
    ).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_CONFIGS)
def test_what_is_shown_can_be_read_again(tmp_path: Path, config: Config) -> None:
    (tmp_path / "execution-lint.toml").write_text(show(config), encoding="utf-8", newline="")
    assert _meant(load(tmp_path)) == _meant(config)


def _said(root: Path, overrides: tuple[str, ...] = (), isolated: bool = False) -> tuple[str, ...]:
    """The mistakes of a configuration, none where it can be loaded; any other exception is a failure."""
    try:
        load(root, overrides, isolated)
    except ConfigurationError as error:
        return error.mistakes
    return ()


_RAW = st.recursive(
    st.sampled_from(["1", "true", '"EXL1"', '"a:B"', '""', "1.5", "'GET /a'", "1979-05-27", '"\\u0000"', "'['"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]")
        | st.dictionaries(st.sampled_from(["name", "routes", "enum", "x", "'a/b'", "status", "key"]), inner).map(
            lambda table: "{" + ", ".join(f"{name} = {value}" for name, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(sorted({key.split(".")[0] for key in all_keys()})), _RAW, max_size=4))
def test_any_value_under_any_key_is_read_or_said(tmp_path: Path, document: dict[str, str]) -> None:
    text = "\n".join(f"{name} = {value}" for name, value in document.items())
    (tmp_path / "execution-lint.toml").write_text(text, encoding="utf-8")
    for line in _said(tmp_path):
        place, _, rest = line.partition(": ")
        number = int(place.rpartition(":")[2])
        assert 1 <= number <= len(document)
        assert rest.split(":")[0].split(".")[0] in list(document)[number - 1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "execution-lint.toml").write_bytes(data)
    assert all(line.isprintable() for line in _said(tmp_path))


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("='\".[]{}#\\\na1 ", max_size=30))
def test_any_override_is_read_or_said(text: str) -> None:
    said = _said(Path("nowhere"), (text,), isolated=True)
    assert all(line.startswith("--config: ") and line.isprintable() for line in said)
