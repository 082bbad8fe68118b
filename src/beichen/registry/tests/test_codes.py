"""Codes: the check characters of ISO 7064 and GB 32100."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from beichen.kernel.actor import system
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.codes import check_character, is_serial_code, serial_code
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander


@given(st.integers(1, 36**8 - 1))
def test_serial_codes_have_the_standard_check_character(serial: int) -> None:
    code = serial_code(serial)
    assert len(code) == 9
    assert mod_37_36.is_valid(code)
    assert is_serial_code(code)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=20))
def test_the_check_character_is_that_of_stdnum(text: str) -> None:
    assert check_character(text) == mod_37_36.calc_check_digit(text)


def test_a_slip_of_the_hand_is_noticed() -> None:
    code = serial_code(123456)
    swapped = code[:5] + code[6] + code[5] + code[7:]
    assert not is_serial_code(swapped)
    assert not is_serial_code("")


@pytest.mark.django_db
def test_organisations_keep_their_credit_code_and_people_get_a_random_one() -> None:
    by = system("test")
    kinds = [service.TypeFacts("firm", "organisation"), service.TypeFacts("human", "person")]
    service.declare_types(kinds, scene="people", by=by)

    def draft(number: int, kind: str, **attributes: Any) -> service.Draft:
        expander = Expander(CORE_ONLY)
        return service.Draft(expander.entity({"id": f"urn:x:{number}", "type": kind, **attributes}))

    drafts = [
        draft(1, "firm", credit_code="91110000600037341L"),
        draft(2, "firm", credit_code="91110000600037341M"),
        draft(3, "human"),
        draft(4, "human"),
    ]
    written = service.write_objects(drafts, by=by)
    codes = [row.code for row in written.created]
    assert codes[0] == "91110000600037341L"
    assert [error.problems[0].code for error in written.errors.values()] == ["REG-202"]
    assert len(codes[1]) == len(codes[2]) == 16
    assert codes[1] != codes[2]
    with pytest.raises(ProblemError, match="REG-203"):
        service.write_object(draft(5, "firm", credit_code="91110000600037341L"), by=by)
