"""Roots, excludes, links and named paths on real trees."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from execution_lint.config.schema import Config
from execution_lint.source.discovery import Discovery, DiscoverySettings, FoundProject, discover

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
CONFIGURED = {"execution-lint.toml": ""}


def make(root: Path, *paths: str) -> None:
    for path in paths:
        made = root / path
        if path.endswith("/"):
            made.mkdir(parents=True, exist_ok=True)
            continue
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text("x = 1\n" if path.endswith(".py") else "")


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def found(
    *paths: "str | Path",
    exclude: tuple[str, ...] | None = None,
    extend_exclude: tuple[str, ...] = (),
    force_exclude: bool = False,
    respect_gitignore: bool = True,
) -> Discovery:
    settings = DiscoverySettings(Config(root="").exclude if exclude is None else exclude, extend_exclude)
    return discover(
        tuple(map(str, paths)),
        settings_of=lambda _: settings,
        force_exclude=force_exclude,
        respect_gitignore=respect_gitignore,
    )


def paths_of(project: FoundProject) -> list[str]:
    return [file.path for file in project.files]


def only(discovery: Discovery) -> FoundProject:
    assert discovery.problems == ()
    (project,) = discovery.projects
    return project


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A configured project."""
    make(tmp_path, "project/execution-lint.toml")
    return tmp_path / "project"


def test_files_are_sorted_with_their_stat_signature(tree: Path) -> None:
    make(tree, "b.py", "a/z.py", "a.py", "a/b/c.py", "no.txt", "stub.pyi", "a/script")
    project = only(found(tree))
    assert project.root == tree.resolve()
    assert paths_of(project) == ["a.py", "a/b/c.py", "a/z.py", "b.py"]
    assert project.named is None
    assert project.explicit == frozenset()
    for file in project.files:
        state = (tree / file.path).stat()
        assert (file.size, file.mtime_ns, file.inode) == (state.st_size, state.st_mtime_ns, state.st_ino)


@pytest.mark.parametrize(
    "excluded",
    [".git", ".venv", "venv", "site-packages", "node_modules", "build", "dist", "__pycache__", ".hidden"],
)
def test_default_excludes(tree: Path, excluded: str) -> None:
    make(tree, "a.py", f"{excluded}/b.py", f"deep/{excluded}/c.py", f"{excluded}x/d.py", ".e.py")
    kept = [".e.py", "a.py"] + ([] if excluded.startswith(".") else [f"{excluded}x/d.py"])
    assert paths_of(only(found(tree))) == sorted(kept)
    assert dict(only(found(tree)).skipped)["excluded"] >= 2


def test_virtual_environments_of_any_name_are_left_out(tree: Path) -> None:
    make(tree, "a.py", "env311/pyvenv.cfg", "env311/lib/b.py")
    project = only(found(tree))
    assert paths_of(project) == ["a.py"]
    assert project.skipped == (("virtual environments", 1),)


@pytest.mark.parametrize(
    ("globs", "kept"),
    [
        (("gen_*.py",), ["a.py", "sub/a.py", "sub/deep/a.py"]),
        (("sub",), ["a.py", "gen_b.py"]),
        (("sub/deep",), ["a.py", "gen_b.py", "sub/a.py"]),
        (("deep/",), ["a.py", "gen_b.py", "sub/a.py"]),
        (("sub/*.py",), ["a.py", "gen_b.py", "sub/deep/a.py"]),
        (("**/deep/**",), ["a.py", "gen_b.py", "sub/a.py"]),
        (("a.py",), ["gen_b.py"]),
        (("a.py/",), ["a.py", "gen_b.py", "sub/a.py", "sub/deep/a.py"]),
        (("[ag]*.py", "su?/"), []),
    ],
)
def test_globs_of_the_configuration(tree: Path, globs: tuple[str, ...], kept: list[str]) -> None:
    make(tree, "a.py", "gen_b.py", "sub/a.py", "sub/deep/a.py")
    for discovery in (found(tree, exclude=globs), found(tree, extend_exclude=globs)):
        (project,) = discovery.projects
        assert paths_of(project) == kept


def test_exclude_replaces_the_default(tree: Path) -> None:
    make(tree, "build/a.py", "x/b.py")
    assert paths_of(only(found(tree, exclude=("x",)))) == ["build/a.py"]


class TestRoots:
    def test_the_nearest_configuration_wins_over_nearer_markers(self, tree: Path) -> None:
        make(tree, "services/a/pyproject.toml", "services/a/app/m.py", "services/b/n.py")
        project = only(found(tree / "services/a"))
        assert project.root == tree.resolve()
        assert paths_of(project) == ["services/a/app/m.py", "services/b/n.py"]
        assert project.named == frozenset({"services/a/app/m.py"})

    @pytest.mark.parametrize("marker", ["pyproject.toml", "setup.cfg", "setup.py", ".git/"])
    def test_without_a_configuration_the_nearest_marker(self, tmp_path: Path, marker: str) -> None:
        make(tmp_path, f"p/{marker}", "p/a/b/c.py", "p/d.py")
        project = only(found(tmp_path / "p/a/b/c.py"))
        assert project.root == (tmp_path / "p").resolve()
        assert {"a/b/c.py", "d.py"} <= set(paths_of(project))
        assert project.named == project.explicit == {"a/b/c.py"}

    def test_a_table_in_pyproject_is_a_configuration_and_a_mention_is_none(self, tmp_path: Path) -> None:
        write(tmp_path, "p/pyproject.toml", '[tool.execution-lint]\nselect = ["EXL"]\n')
        write(tmp_path, "p/q/pyproject.toml", '[project]\ndependencies = ["execution-lint"]\n')
        make(tmp_path, "p/q/a.py")
        assert only(found(tmp_path / "p/q")).root == (tmp_path / "p").resolve()

    def test_a_nested_configuration_is_a_project_of_its_own(self, tree: Path) -> None:
        make(tree, "a.py", "sub/execution-lint.toml", "sub/b.py", "sub/inner/execution-lint.toml", "sub/inner/c.py")
        make(tree, "other/pyproject.toml", "other/d.py")
        discovery = found(tree)
        assert [(project.root.name, paths_of(project), project.named) for project in discovery.projects] == [
            ("project", ["a.py", "other/d.py"], None),
            ("sub", ["b.py"], None),
            ("inner", ["c.py"], None),
        ]

    def test_a_nested_project_is_left_alone_unless_it_lies_in_what_is_named(self, tree: Path) -> None:
        make(tree, "a.py", "x/execution-lint.toml", "x/b.py", "y/c.py", "y/z/execution-lint.toml", "y/z/d.py")
        make(tree, "y/z/w/execution-lint.toml", "y/z/w/e.py")
        assert only(found(tree / "a.py")).root == tree.resolve()
        discovery = found(tree / "y", tree / "y/z/d.py")
        assert [(project.root.name, project.named) for project in discovery.projects] == [
            ("project", frozenset({"y/c.py"})),
            ("z", None),
            ("w", None),
        ]

    def test_a_folder_above_several_projects(self, tmp_path: Path) -> None:
        make(tmp_path, "a/execution-lint.toml", "a/x.py", "b/execution-lint.toml", "b/y.py")
        make(tmp_path, "setup.cfg")
        discovery = found(tmp_path)
        assert discovery.problems == ()
        assert [(each.root.name, paths_of(each)) for each in discovery.projects][1:] == [
            ("a", ["x.py"]),
            ("b", ["y.py"]),
        ]

    def test_settings_are_asked_once_a_root(self, tree: Path) -> None:
        make(tree, "a.py", "b.py", "sub/execution-lint.toml", "sub/c.py")
        asked: list[Path] = []

        def settings_of(root: Path) -> DiscoverySettings:
            asked.append(root)
            return DiscoverySettings(())

        paths = (str(tree / "sub/c.py"), str(tree / "a.py"), str(tree), str(tree / "b.py"))
        discover(paths, settings_of=settings_of, force_exclude=False)
        assert sorted(asked) == [tree.resolve(), tree.resolve() / "sub"]


class TestNamed:
    def test_a_file_and_a_folder(self, tree: Path) -> None:
        make(tree, "a.py", "pkg/b.py", "pkg/sub/c.py", "pkg_two/d.py", "script")
        project = only(found(tree / "pkg", tree / "a.py", tree / "script"))
        assert paths_of(project) == ["a.py", "pkg/b.py", "pkg/sub/c.py", "pkg_two/d.py", "script"]
        assert project.named == frozenset({"a.py", "pkg/b.py", "pkg/sub/c.py", "script"})
        assert project.explicit == {"a.py", "script"}

    def test_the_root_covers_all_else(self, tree: Path) -> None:
        make(tree, "a.py", "b.py")
        project = only(found(tree / "a.py", tree))
        assert project.named is None
        assert project.explicit == {"a.py"}

    def test_relative_to_the_working_directory(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(tree, "pkg/a.py", "pkg/b.py")
        monkeypatch.chdir(tree / "pkg")
        assert only(found("a.py")).named == frozenset({"pkg/a.py"})
        assert only(found(".")).named == frozenset({"pkg/a.py", "pkg/b.py"})
        assert only(found("../pkg/./b.py")).named == frozenset({"pkg/b.py"})
        assert only(found("..")).named is None

    def test_a_named_path_beats_excludes(self, tree: Path) -> None:
        make(tree, "a.py", "build/b.py", "build/lib/c.py", "build/venv/d.py", "build/.hid/e.py", "build/env/pyvenv.cfg")
        make(tree, "build/env/f.py")
        project = only(found(tree / "build/b.py"))
        assert paths_of(project) == ["a.py", "build/b.py"]
        assert project.named == frozenset({"build/b.py"})
        project = only(found(tree / "build"))
        assert paths_of(project) == ["a.py", "build/b.py", "build/lib/c.py"]
        assert project.named == frozenset({"build/b.py", "build/lib/c.py"})
        assert only(found(tree / "build/lib")).named == frozenset({"build/lib/c.py"})
        assert only(found(tree / "build/env")).named == frozenset({"build/env/f.py"})
        assert only(found(tree / "build/.hid")).named == frozenset({"build/.hid/e.py"})

    def test_other_excludes_still_hold_below_a_named_folder(self, tree: Path) -> None:
        make(tree, "a.py", "old/keep/b.py", "old/gen/c.py", "old/x_pb.py")
        project = only(found(tree / "old", exclude=("old", "old/gen", "*_pb.py")))
        assert paths_of(project) == ["a.py", "old/keep/b.py"]

    @pytest.mark.parametrize("path", ["build/b.py", "build", "build/lib", "env/f.py", "x_pb.py", "ignored/g.py"])
    def test_force_exclude_passes_over_in_silence(self, tree: Path, path: str) -> None:
        make(tree, "a.py", "build/b.py", "build/lib/c.py", "env/pyvenv.cfg", "env/f.py", "x_pb.py", "ignored/g.py")
        write(tree, ".gitignore", "ignored/\n")
        assert found(tree / path, extend_exclude=("*_pb.py",), force_exclude=True) == Discovery((), ())
        project = only(found(tree / path, tree / "a.py", extend_exclude=("*_pb.py",), force_exclude=True))
        assert project.named == project.explicit == {"a.py"}
        assert paths_of(project) == ["a.py"]
        assert ("named, but excluded", 1) in project.skipped

    def test_force_exclude_keeps_what_is_not_excluded(self, tree: Path) -> None:
        make(tree, "a.py", "bin/tool")
        project = only(found(tree / "bin/tool", force_exclude=True))
        assert project.named == frozenset({"bin/tool"})

    def test_many_files_of_one_folder(self, tree: Path) -> None:
        names = [f"pkg/deep/er/m{index}.py" for index in range(300)]
        make(tree, *names)
        project = only(found(*(tree / name for name in names), force_exclude=True))
        assert project.named == project.explicit == frozenset(names)


@needs_links
class TestLinks:
    def test_a_loop_ends(self, tree: Path) -> None:
        make(tree, "pkg/a.py")
        (tree / "pkg/up").symlink_to(tree)
        (tree / "pkg/self").symlink_to(tree / "pkg")
        (tree / "pkg/above").symlink_to(tree.parent.parent)
        project = only(found(tree))
        assert paths_of(project) == ["pkg/a.py"]
        assert dict(project.skipped) == {"found elsewhere": 3}

    def test_a_link_that_leads_to_itself_is_said(self, tree: Path) -> None:
        make(tree, "pkg/a.py")
        (tree / "dead.py").symlink_to("dead.py")
        discovery = found(tree)
        (project,) = discovery.projects
        assert paths_of(project) == ["pkg/a.py"]
        assert dict(project.skipped) == {"broken links": 1}
        (problem,) = discovery.problems
        assert "leads to itself" in problem.message

    def test_a_real_file_is_found_once_under_its_real_path(self, tree: Path) -> None:
        make(tree, "z/real.py")
        (tree / "a_link.py").symlink_to(tree / "z/real.py")
        (tree / "a_folder").symlink_to(tree / "z")
        project = only(found(tree))
        assert paths_of(project) == ["z/real.py"]

    def test_links_that_lead_out_are_followed_once(self, tree: Path, tmp_path: Path) -> None:
        make(tmp_path, "outside/x/a.py", "outside/x/deep/b.py", "outside/one.py")
        (tree / "all").symlink_to(tmp_path / "outside")
        (tree / "part").symlink_to(tmp_path / "outside/x")
        (tree / "same").symlink_to(tmp_path / "outside")
        (tree / "one.py").symlink_to(tmp_path / "outside/one.py")
        project = only(found(tree))
        assert sorted(os.path.realpath(tree / path) for path in paths_of(project)) == sorted(
            os.path.realpath(tmp_path / "outside" / path) for path in ("one.py", "x/a.py", "x/deep/b.py")
        )

    def test_naming_the_link_names_the_file(self, tree: Path, tmp_path: Path) -> None:
        make(tree, "real.py", "pkg/a.py")
        make(tmp_path, "outside/x.py")
        (tree / "link.py").symlink_to("real.py")
        (tree / "alias").symlink_to("pkg")
        (tree / "out").symlink_to(tmp_path / "outside")
        assert only(found(tree / "link.py")).named == frozenset({"real.py"})
        assert only(found(tree / "alias/a.py")).named == frozenset({"pkg/a.py"})
        assert only(found(tree / "alias")).named == frozenset({"pkg/a.py"})
        assert only(found(tree / "out")).named == frozenset({"out/x.py"})
        assert only(found(tree / "out/x.py")).named == frozenset({"out/x.py"})

    def test_the_root_is_resolved(self, tree: Path, tmp_path: Path) -> None:
        make(tree, "a.py")
        (tmp_path / "way").symlink_to(tree)
        project = only(found(tmp_path / "way"))
        assert project.root == tree.resolve()
        assert project.named is None
        assert only(found(tmp_path / "way/a.py")).named == frozenset({"a.py"})

    def test_excluded_links_are_not_followed(self, tree: Path, tmp_path: Path) -> None:
        make(tree, "a.py")
        make(tmp_path, "outside/x.py")
        (tree / "venv").symlink_to(tmp_path / "outside")
        (tree / "gone.py").symlink_to("nowhere.py")
        assert paths_of(only(found(tree))) == ["a.py"]

    def test_a_link_to_a_project_is_a_project(self, tree: Path, tmp_path: Path) -> None:
        make(tree, "a.py")
        make(tmp_path, "second/execution-lint.toml", "second/b.py")
        (tree / "link").symlink_to(tmp_path / "second")
        assert paths_of(found(tree).projects[0]) == ["a.py"]

    def test_a_broken_link_that_is_named(self, tree: Path) -> None:
        (tree / "dead.py").symlink_to("nowhere.py")
        (problem,) = found(tree / "dead.py").problems
        assert problem.message.startswith("no such file or folder")


class TestProblems:
    def test_a_missing_path_does_not_stop_the_rest(self, tree: Path) -> None:
        make(tree, "a.py")
        discovery = found(tree / "nope.py", tree / "a.py", "also/missing")
        assert [problem.path for problem in discovery.problems] == [str(tree / "nope.py"), "also/missing"]
        assert discovery.problems[1].message.startswith("no such file or folder: also/missing; ")
        assert discovery.projects[0].named == frozenset({"a.py"})

    def test_a_folder_without_python(self, tree: Path) -> None:
        make(tree, "a.py", "docs/readme.txt", "empty/")
        discovery = found(tree / "docs", tree / "empty")
        assert [problem.message.partition(";")[0] for problem in discovery.problems] == [
            f"no Python files under {tree / 'docs'}",
            f"no Python files under {tree / 'empty'}",
        ]

    def test_a_folder_whose_files_are_all_excluded(self, tree: Path) -> None:
        make(tree, "pkg/build/a.py")
        (problem,) = found(tree / "pkg").problems
        assert "no Python files under" in problem.message
        assert "\n" not in problem.message

    @pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000])
    def test_paths_that_cannot_be(self, path: str) -> None:
        (problem,) = found(path).problems
        assert ";" in problem.message
        assert "\0" not in problem.message

    def test_nothing_named_is_nothing_found(self) -> None:
        assert found() == Discovery((), ())

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
    def test_named_pipes(self, tree: Path) -> None:
        make(tree, "a.py")
        os.mkfifo(tree / "pipe.py")
        os.mkfifo(tree / ".gitignore")
        discovery = found(tree, tree / "pipe.py")
        assert paths_of(discovery.projects[0]) == ["a.py"]
        assert [problem.message.partition(";")[0] for problem in discovery.problems] == [
            f"neither a file nor a folder: {tree / 'pipe.py'}",
            f"{tree.resolve() / '.gitignore'} is a named pipe, not a file",
        ]

    def test_a_folder_that_may_not_be_looked_into(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(tree, "a.py", "closed/b.py")
        honest = os.scandir

        def refuse(path: str) -> object:
            if path.endswith("closed"):
                raise PermissionError(13, "Permission denied")
            return honest(path)

        monkeypatch.setattr(os, "scandir", refuse)
        discovery = found(tree)
        assert paths_of(discovery.projects[0]) == ["a.py"]
        (problem,) = discovery.problems
        assert problem.message.startswith("cannot look into ")
        assert "closed: this user may not; grant the permission or exclude it" in problem.message

    def test_a_deep_tree(self, tree: Path) -> None:
        make(tree, "/".join(["d"] * 400) + "/a.py")
        assert len(only(found(tree)).files) == 1

    @pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
    def test_a_name_that_is_not_utf_8(self, tree: Path) -> None:
        with open(os.fsencode(tree) + b"/\xff.py", "wb"):
            pass
        (path,) = paths_of(only(found(tree)))
        assert os.fsencode(path) == b"\xff.py"


class TestGitignore:
    def test_each_level_and_negation(self, tree: Path) -> None:
        make(tree, ".git/", "a.py", "gen/b.py", "gen/keep.py", "sub/c.py", "sub/x.py", "sub/deep/d.py", "sub/deep/x.py")
        write(tree, ".gitignore", "gen/*\n!gen/keep.py\nx.py\n")
        write(tree, "sub/.gitignore", "/c.py\n!x.py\n")
        write(tree, "sub/deep/.gitignore", "x.py\r\n")
        project = only(found(tree))
        assert paths_of(project) == ["a.py", "gen/keep.py", "sub/deep/d.py", "sub/x.py"]
        assert project.skipped == (("excluded", 1), ("ignored by git", 3))

    def test_levels_above_the_root_up_to_the_top(self, tmp_path: Path) -> None:
        make(tmp_path, "repo/.git/info/", "repo/svc/app/execution-lint.toml", "repo/svc/app/a.py", "repo/svc/app/b.py")
        make(tmp_path, "repo/svc/app/c.py", "repo/svc/app/d.py", "repo/svc/app/e.py")
        write(tmp_path, ".gitignore", "a.py\n")
        write(tmp_path, "repo/.gitignore", "/svc/app/b.py\nd.py\n")
        write(tmp_path, "repo/svc/.gitignore", "app/c.py\n!d.py\n")
        write(tmp_path, "repo/.git/info/exclude", "e.py\n!b.py\n")
        assert paths_of(only(found(tmp_path / "repo/svc/app"))) == ["a.py", "d.py"]

    def test_without_a_repository_the_files_above_do_not_count(self, tmp_path: Path) -> None:
        write(tmp_path, ".gitignore", "*\n")
        make(tmp_path, "p/execution-lint.toml", "p/a.py", "p/b.py")
        write(tmp_path, "p/.gitignore", "b.py\n")
        assert paths_of(only(found(tmp_path / "p"))) == ["a.py"]

    def test_a_repository_inside_another_starts_anew(self, tree: Path) -> None:
        make(tree, ".git/", "a.py", "vendor/.git/info/", "vendor/a.py", "vendor/b.py")
        write(tree, ".gitignore", "a.py\n")
        write(tree, "vendor/.git/info/exclude", "b.py\n")
        assert paths_of(only(found(tree))) == ["vendor/a.py"]

    def test_a_linked_work_tree(self, tmp_path: Path) -> None:
        make(tmp_path, "main/.git/worktrees/w/", "w/setup.cfg", "w/a.py", "w/b.py")
        write(tmp_path, "main/.git/info/exclude", "b.py\n")
        write(tmp_path, "main/.git/worktrees/w/commondir", "../..\n")
        write(tmp_path, "w/.git", f"gitdir: {tmp_path / 'main/.git/worktrees/w'}\n")
        assert paths_of(only(found(tmp_path / "w"))) == ["a.py"]

    def test_a_named_path_beats_gitignore(self, tree: Path) -> None:
        make(tree, ".git/", "a.py", "out/b.py", "out/sub/c.py", "out/tmp_d.py")
        write(tree, ".gitignore", "/out/\ntmp_*\n")
        assert only(found(tree / "out/sub/c.py")).named == frozenset({"out/sub/c.py"})
        assert only(found(tree / "out")).named == frozenset({"out/b.py", "out/sub/c.py"})
        assert only(found(tree / "out/tmp_d.py")).named == frozenset({"out/tmp_d.py"})

    def test_a_root_inside_an_ignored_folder_is_scanned_when_named(self, tmp_path: Path) -> None:
        make(tmp_path, ".git/", "work/p/execution-lint.toml", "work/p/a.py", "work/p/b.py")
        write(tmp_path, ".gitignore", "work/\nb.py\n")
        assert paths_of(only(found(tmp_path / "work/p"))) == ["a.py"]
        assert found(tmp_path / "work/p/a.py", force_exclude=True) == Discovery((), ())

    def test_it_can_be_switched_off(self, tree: Path) -> None:
        make(tree, ".git/", "a.py")
        write(tree, ".gitignore", "*\n")
        assert paths_of(only(found(tree, respect_gitignore=False))) == ["a.py"]
        discovery = discover(
            (str(tree),), settings_of=lambda _: DiscoverySettings((), (), respect_gitignore=False), force_exclude=False
        )
        assert paths_of(only(discovery)) == ["a.py"]
        assert found(tree).projects[0].files == ()

    def test_odd_files(self, tree: Path) -> None:
        make(tree, "a.py", "b.py", "c.py")
        (tree / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\n# c.py\n\n!\n\\\n[z\nb.py \n\xff\n")
        assert paths_of(only(found(tree))) == ["c.py"]


PATTERNS = """\
*.log.py
/anchored.py
!keep.py
build*/
deep/**/x.py
**/any/
foo/*
!foo/bar/
!foo/z.py
/only
one.p[xy]
\\!bang.py
# comment.py
trailing.py\x20\x20
a?c.py
[!k]eg.py
nest/*.py
!nest/in.py
"""
CANDIDATES = [
    *(
        "a.log.py",
        "anchored.py",
        "sub/anchored.py",
        "keep.py",
        "buildx/a.py",
        "deep/x.py",
        "deep/a/b/x.py",
        "deep/y.py",
    ),
    *("any/a.py", "q/any/a.py", "foo/a.py", "foo/bar/a.py", "foo/z.py", "foo/q/r.py", "only/a.py", "sub/only/a.py"),
    *(
        "one.py",
        "!bang.py",
        "trailing.py",
        "abc.py",
        "ac.py",
        "keg.py",
        "leg.py",
        "nest/in.py",
        "nest/out.py",
        "nest/s/t.py",
    ),
    *("sub/x.log.py", "sub/keep.py", "sub/deep/x.py", "# comment.py"),
]


@pytest.mark.skipif(shutil.which("git") is None, reason="no git to compare with")
@pytest.mark.parametrize("inner", ["", "!*.log.py\n/keep.py\nin.py\n", "*\n!*/\n!abc.py\n"])
def test_what_is_found_is_what_git_does_not_ignore(tmp_path: Path, inner: str) -> None:
    git = ("git", "-c", "core.excludesFile=", "-C", str(tmp_path))
    subprocess.run((*git, "init", "-q"), check=True)
    make(tmp_path, *CANDIDATES)
    write(tmp_path, ".gitignore", PATTERNS)
    write(tmp_path, "sub/.gitignore", inner)
    write(tmp_path, "nest/.gitignore", inner)
    listed = subprocess.run(
        (*git, "ls-files", "-z", "--others", "--exclude-standard", "*.py"), check=True, capture_output=True
    ).stdout.decode()
    project = only(found(tmp_path, exclude=(".git",)))
    assert paths_of(project) == sorted(filter(None, listed.split("\0")))
    for candidate in CANDIDATES:
        is_found = candidate in paths_of(project)
        assert bool(found(tmp_path / candidate, exclude=(".git",), force_exclude=True).projects) == is_found
