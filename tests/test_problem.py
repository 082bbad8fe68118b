"""The one shape of everything that is wrong."""

from __future__ import annotations

import pytest

from beichen.problem import (
    MESSAGE_LIMIT,
    Level,
    Problem,
    ProblemError,
    Where,
    code,
    nearest,
    registered_codes,
    shorten,
)

UNKNOWN = "SET-001"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where("a.yaml", 3, 4, "/b"), "a.yaml:3:4"),
        (Where("a.yaml", 3), "a.yaml:3"),
        (Where("a.yaml"), "a.yaml"),
        (Where(pointer="/b/0"), "/b/0"),
        (Where(pointer=""), "/"),
        (Where(row=7, field="name"), "row 7, name"),
        (Where(row=7), "row 7"),
        (Where(field="name"), "name"),
        (Where(), ""),
    ],
)
def test_a_place_reads_as_editors_and_people_expect(where: Where, text: str) -> None:
    assert str(where) == text


def test_a_place_holds_what_is_known() -> None:
    """Zero is a place, nothing is none."""
    assert Where(start=0, end=5).as_dict() == {"start": 0, "end": 5}


def test_a_problem_prints_on_one_line() -> None:
    problem = Problem(UNKNOWN, "no setting is called 'prot'", Where("a.toml", 1, 1), "did you mean 'port'?")
    assert str(problem) == "a.toml:1:1: error: SET-001 no setting is called 'prot' (did you mean 'port'?)"
    assert str(Problem(UNKNOWN, "no", level=Level.WARNING)) == "warning: SET-001 no"


def test_a_problem_is_a_problem_document() -> None:
    """RFC 9457, with what it does not know as extensions."""
    document = Problem(UNKNOWN, "no", Where(pointer="/a"), "hint").as_dict()
    assert document["type"].endswith("#set-001")
    assert (document["title"], document["status"]) == (
        "A setting has a name that Beichen does not know.",
        400,
    )
    assert (document["detail"], document["where"], document["hint"]) == ("no", {"pointer": "/a"}, "hint")
    assert "hint" not in Problem(UNKNOWN, "no").as_dict()


def test_an_error_carries_every_problem() -> None:
    """The first decides the status; the others stand beside it."""
    error = ProblemError(Problem("ACC-403", "a"), Problem(UNKNOWN, "b"))
    assert error.status == 403
    assert [document["detail"] for document in error.as_dict()["errors"]] == ["a", "b"]
    assert "errors" not in ProblemError(Problem(UNKNOWN, "b")).as_dict()
    assert str(error).splitlines() == ["error: ACC-403 a", "error: SET-001 b"]
    with pytest.raises(ValueError, match="at least one"):
        ProblemError()


def test_codes_have_one_form_and_one_meaning() -> None:
    """Registering the same again is nothing; another meaning is a mistake of the room."""
    assert code(UNKNOWN, registered_codes()[UNKNOWN].title) == UNKNOWN
    with pytest.raises(ValueError, match="registered twice"):
        code(UNKNOWN, "Something else.")
    for wrong in ("SET-1", "set-001", "SETT-001", "SET-0001", "SET_001"):
        with pytest.raises(ValueError, match="not of the form"):
            code(wrong, "x")
    with pytest.raises(ValueError, match="is not registered"):
        Problem("ZZZ-999", "x")


def test_the_nearest_word() -> None:
    assert nearest("prot", ["port", "hosts"]) == "did you mean 'port'?"
    assert nearest("x", ["port", "hosts"]) == "one of: hosts, port"
    assert nearest("x", [str(number) for number in range(10)]).endswith("6, 7, …")
    assert nearest("x", []) == ""


def test_a_long_text_is_cut_to_one_line() -> None:
    assert shorten("a\n  b") == "a b"
    assert len(shorten("x" * 500)) == MESSAGE_LIMIT
    assert shorten("x" * 500, 5) == "xxxx…"
