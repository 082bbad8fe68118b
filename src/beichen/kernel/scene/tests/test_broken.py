"""Every broken package of the corpus is reported with its code and its place, and with no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.scene import codes, service
from beichen.kernel.scene.tests.factories import CITY, HERE, SCENE, broken_cases, copy_of, lay_over, places
from beichen.problem import MESSAGE_LIMIT, registered_codes


@pytest.mark.parametrize("case", broken_cases(), ids=lambda case: str(case.name))
def test_a_broken_package_is_reported_in_its_place(case: Path, tmp_path: Path) -> None:
    """The check names exactly what `expected` says, in messages that fit a line."""
    folder = lay_over(case, tmp_path)
    reading = service.check(folder)
    assert places(reading, folder) == (case / "expected").read_text(encoding="utf-8").splitlines()
    assert all(len(problem.message) <= MESSAGE_LIMIT for problem in reading.problems)


@pytest.mark.parametrize("package", [SCENE, CITY], ids=lambda package: str(package.name))
def test_the_sound_packages_are_sound(package: Path) -> None:
    """What the corpus is laid over has no mistake of its own."""
    assert service.check(package).problems == []


def test_the_corpus_is_large() -> None:
    """At least eighty mistakes are told; the corpus grows with every bug."""
    assert len(broken_cases()) >= 80


def test_every_code_of_the_room_is_raised() -> None:
    """A code stands in the corpus, or a test of this room names it."""
    raised = "".join((case / "expected").read_text(encoding="utf-8") for case in broken_cases())
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    names = {value: name for name, value in vars(codes).items() if str(value).startswith("SCN-")}
    ours = {code for code in registered_codes() if code.startswith("SCN-")}
    assert ours == set(names)
    assert [code for code in sorted(ours) if code not in raised and f"codes.{names[code]}" not in tests] == []


def test_a_large_declaration_is_refused(tmp_path: Path) -> None:
    """More than 256 KiB is no declaration."""
    folder = copy_of(SCENE, tmp_path)
    with (folder / "scene.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# " + "x" * 262_144)
    assert [problem.code for problem in service.check(folder).problems] == [codes.TOO_LARGE]


def test_a_link_out_of_the_package_is_refused(tmp_path: Path) -> None:
    """A package holds its files; a link to elsewhere is not read."""
    folder = copy_of(SCENE, tmp_path)
    secret = tmp_path / "secret.yaml"
    secret.write_text("story: secret\n", encoding="utf-8")
    (folder / "stories/secret.yaml").symlink_to(secret)
    problems = service.check(folder).problems
    assert [(problem.code, problem.where.file) for problem in problems] == [
        (codes.OUTSIDE, f"{folder.as_posix()}/stories/secret.yaml")
    ]


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """A folder that was named by mistake is not read to its end."""
    folder = copy_of(SCENE, tmp_path)
    for number in range(2001):
        (folder / f"stories/{number}.txt").touch()
    assert codes.OUTSIDE in {problem.code for problem in service.check(folder).problems}


def test_scenes_that_require_each_other_in_a_circle(tmp_path: Path) -> None:
    """The circle is told in full, where it closes."""
    for key, other in (("trees", "parks"), ("parks", "lawns"), ("lawns", "trees")):
        copy_of(SCENE, tmp_path, key, requires=(other,))
    problems = service.check(tmp_path / "trees").problems
    assert [problem.code for problem in problems] == [codes.CIRCLE]
    assert problems[0].message == "a circle: trees → parks → lawns → trees"


def test_check_touches_no_database(tmp_path: Path) -> None:
    """The database is not unlocked for this test: a query would raise."""
    assert service.check(copy_of(CITY, tmp_path)).errors == []
