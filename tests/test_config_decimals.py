from __future__ import annotations

from decimal import Decimal

import pytest

from config.decimals import plain_number, vietnamese_number


@pytest.mark.parametrize("number", ["12", "12.0", "1.2E+1", "12.000"])
def test_equal_numbers_have_one_plain_text(number: str) -> None:
    assert plain_number(Decimal(number)) == "12"


@pytest.mark.parametrize(("number", "text"), [("0", "0"), ("-0.0", "0"), ("1E+3", "1000"), ("-0.50", "-0.5")])
def test_plain_text_has_no_exponent_and_keeps_the_noughts_that_count(number: str, text: str) -> None:
    assert plain_number(Decimal(number)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("14405.50", "14.405,5"), ("1000", "1.000"), ("-1234567.0", "-1.234.567"), ("1E+6", "1.000.000")],
)
def test_vietnamese_writing_points_the_thousands_and_puts_a_comma_before_decimals(
    number: str, text: str
) -> None:
    assert vietnamese_number(Decimal(number)) == text
