"""An organisation's code is checked before it is kept (GB 32100)."""

from __future__ import annotations

import pytest

from beichen.problem import ProblemError
from beichen.registry.codes import checked_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODY = "91220101MA0000001"  # made up


def with_check(body: str) -> str:
    """A credit code whose last character is right, by the standard's weights 3^i modulo 31."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + ALPHABET[-total % 31]


def test_a_right_code_is_kept_in_its_compact_form() -> None:
    code = with_check(BODY)
    assert checked_credit_code(f" {code[:8]} {code[8:].lower()}") == code


@pytest.mark.parametrize(
    "code",
    [BODY + "I", BODY, with_check(BODY)[::-1], with_check(BODY).replace("M", "I"), ""],
    ids=[
        "no check character",
        "too short",
        "turned round",
        "a letter that the standard leaves out",
        "nothing",
    ],
)
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(ProblemError, match=r"/code: error: REG-202 .* is no GB 32100 code") as caught:
        checked_credit_code(code)
    assert caught.value.status == 400
    assert caught.value.problems[0].hint == "18 characters, the last one checks the others"


def test_each_other_last_character_is_refused() -> None:
    right = with_check(BODY)
    for last in set(ALPHABET) - {right[-1]}:
        with pytest.raises(ProblemError, match="REG-202"):
            checked_credit_code(BODY + last)
