from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checks import parse_checks
from config.errors import UnreadableCheckError
from config.reports import Comparison, Figure, Grade, Sex, Term


def sum_of(*figures: Figure, constant: int = 0) -> Term:
    return Term(figures, Decimal(constant))


def fault_of(text: str) -> UnreadableCheckError | None:
    try:
        parse_checks(text, "a")
    except UnreadableCheckError as error:
        return error
    return None


def test_a_comparison_of_two_figures() -> None:
    (check,) = parse_checks("CT02.total <= CT01.total", "a")
    assert check.claim == Comparison(sum_of(Figure("CT02")), "<=", sum_of(Figure("CT01")))
    assert (check.id, check.text, check.condition) == ("a", "CT02.total <= CT01.total", None)


def test_a_sum_of_figures_and_constants() -> None:
    (check,) = parse_checks("GD03.male + GD03.female + 2 - 1 = GD03.total", "a")
    left = sum_of(Figure("GD03", Sex.MALE), Figure("GD03", Sex.FEMALE), constant=1)
    assert check.claim == Comparison(left, "=", sum_of(Figure("GD03")))


@pytest.mark.parametrize(
    "text",
    [
        "TT01.total = 0 implies TT02.female = 0",
        "if TT01.total = 0 then TT02.female = 0",
        "nếu TT01.tổng = 0 thì TT02.nữ = 0",
        "Nếu TT01 tổng số = 0 thì TT02 Nữ = 0",
        "neu TT01 = 0 thi TT02.nu = 0",
        "TT01 = 0 kéo theo TT02.gái == 0",
    ],
)
def test_a_condition_in_either_language(text: str) -> None:
    zero = sum_of()
    for spelt in (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)):
        (check,) = parse_checks(spelt, "a")
        assert check.condition == Comparison(sum_of(Figure("TT01")), "=", zero)
        assert check.claim == Comparison(sum_of(Figure("TT02", Sex.FEMALE)), "=", zero)


def test_several_rules_are_numbered_and_keep_the_grade() -> None:
    checks = parse_checks("A1 ≤ B1; A1.nam >= 3;", "so-luong", Grade.WARNING)
    assert [check.id for check in checks] == ["so-luong.1", "so-luong.2"]
    assert [check.text for check in checks] == ["A1 ≤ B1", "A1.nam >= 3"]
    assert {check.grade for check in checks} == {Grade.WARNING}


def test_a_decimal_comma_is_a_decimal_comma() -> None:
    (check,) = parse_checks("KP01 >= 0,5", "a")
    assert check.claim.right.constant == Decimal("0.5")


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 1, "check_expected_figure"),
        ("CT01", 5, "check_expected_operator"),
        ("CT01 < CT02", 6, "check_expected_operator"),
        ("CT01 <= ", 8, "check_expected_figure"),
        ("CT01.trẻ = 1", 6, "check_expected_sex"),
        ("CT01 - CT02 = 1", 8, "check_expected_number"),
        ("CT01 = 1 CT02 = 1", 10, "check_unexpected"),
        ("nếu CT01 = 1", 13, "check_expected_then"),
        ("CT01 * 2 = CT02", 6, "check_expected_operator"),
        ("CT01 = 1; = 2", 11, "check_expected_figure"),
    ],
)
def test_a_fault_names_its_position_and_what_is_accepted(text: str, position: int, reason: str) -> None:
    with pytest.raises(UnreadableCheckError) as caught:
        parse_checks(text, "a")
    assert (caught.value.position, caught.value.reason) == (position, reason)
    assert str(position) in str(caught.value)


@given(st.text(alphabet="AB1 .<>=+-;nữếthì0", max_size=30))
def test_any_text_is_read_or_refused_at_a_position_within_it(text: str) -> None:
    fault = fault_of(text)
    assert fault is None or 1 <= fault.position <= len(fault.text) + 1
