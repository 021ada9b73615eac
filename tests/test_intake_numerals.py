from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.figures.measures import (
    convert,
    is_counted,
    money_power,
    same_measure,
    split_measure,
    stated_measure,
)
from intake.figures.numerals import number_text, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", "1234"),
        ("1 234", "1234"),
        ("1\u00a0234", "1234"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1 234 567,8", "1234567.8"),
        ("1,5", "1.5"),
        ("902,595", None),
        ("0,595", "0.595"),
        ("8.5", "8.5"),
        ("12.25", "12.25"),
        ("02", "2"),
        ("007", "7"),
        ("00", "0"),
        ("12.", "12"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("một", "1"),
        ("Mười", "10"),
        ("hai cuộc", "2"),
        ("05 (năm) người", "5"),
    ],
)
def test_numbers_are_read_by_the_vietnamese_rules(text: str, value: str | None) -> None:
    assert read_number(text).value == (None if value is None else Decimal(value))


def test_one_comma_before_three_digits_is_ambiguous_and_both_readings_are_kept() -> None:
    read = read_number("1,234")
    assert read.ambiguous
    assert read.value is None
    assert read.candidates == (Decimal("1.234"), Decimal(1234))


@pytest.mark.parametrize(
    "text",
    [
        "không",
        "Không có",
        "KHÔNG",
        "0",
        "KPS",
        "kps",
        "không phát sinh",
        "-",
        "–",
        "—",
        "khong",
        "ko",
        "không có vụ nào",
        "chưa phát hiện trường hợp nào",
        "không xảy ra",
    ],
)
def test_words_and_dashes_for_nothing_are_zero(text: str) -> None:
    read = read_number(text)
    assert read.value == 0
    assert not read.blank


@pytest.mark.parametrize(
    "text", ["", "  ", "…", "...", "....", "x", "X", "/", "không có số liệu", "chưa thống kê"]
)
def test_a_blank_is_never_a_zero(text: str) -> None:
    read = read_number(text)
    assert read.blank
    assert read.value is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("12 người", "người"),
        ("12 (cuộc)", "cuộc"),
        ("12người", "người"),
        ("15 triệu đồng", "triệu đồng"),
        ("1.200đ", "đ"),
        ("7 đ/c", "đ/c"),
        ("12", ""),
    ],
)
def test_the_unit_in_the_cell_is_kept_beside_the_number(text: str, unit: str) -> None:
    read = read_number(text)
    assert read.value is not None
    assert read.unit == unit


@pytest.mark.parametrize(
    ("text", "qualifier", "value"),
    [
        ("trên 60", "trên", 60),
        ("hơn 1.200 lượt người", "hơn", 1200),
        ("Khoảng 15", "khoảng", 15),
        ("gần 30", "gần", 30),
        ("ước đạt 12", "ước", 12),
        (">5", "trên", 5),
    ],
)
def test_words_of_approximation_are_kept(text: str, qualifier: str, value: int) -> None:
    read = read_number(text)
    assert read.qualifier == qualifier
    assert read.value == value


def test_a_fraction_is_no_number_and_no_date() -> None:
    read = read_number("8/13 xã")
    assert read.fraction == (Decimal(8), Decimal(13))
    assert read.value is None


@pytest.mark.parametrize("text", ["59,2%", "59,2 %", "59,2 (%)"])
def test_a_percentage_is_marked(text: str) -> None:
    read = read_number(text)
    assert read.percent
    assert read.value == Decimal("59.2")


@pytest.mark.parametrize(
    "text",
    [
        "12o",
        "12 O",
        "l2",
        "1O",
        "1.2345",
        "0.123",
        "12.34.567",
        "1.23,4",
        "5-7",
        "12 5",
        "(5)",
        "- 5",
        "chưa có",
        "12 (nữ 5)",
        "12, trong đó nữ 5",
        "năm 2024",
        "?",
        "0901234567890123456",
        "1e5",
        "có",
        "１２",
    ],
)
def test_what_is_no_clean_number_is_unreadable_and_never_guessed(text: str) -> None:
    read = read_number(text)
    assert read.unreadable
    assert read.value is None


def test_a_negative_number_keeps_its_sign() -> None:
    assert read_number("-5").value == -5


def test_a_stored_number_is_taken_as_stored_whatever_is_shown() -> None:
    assert read_number("1.235", cell_number="1234.5").value == Decimal("1234.5")
    assert read_number("45%", cell_number="0.45", percent=True).value == 45
    assert read_number("", cell_number="1e3").value == 1000


@given(st.text())
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    read = read_number(text)
    assert sum((read.value is not None, read.blank, read.unreadable)) == 1


@given(st.text(alphabet="0123456789., -+()/%đxngười\u00a0", max_size=14))
def test_nothing_that_looks_like_a_number_makes_the_reader_stumble(text: str) -> None:
    read = read_number(text, cell_number=text)
    assert read.value is None or read.value.is_finite()


@given(st.decimals(0, 10**12, allow_nan=False, places=2) | st.integers(0, 10**15).map(Decimal))
def test_a_number_written_the_vietnamese_way_is_read_back(number: Decimal) -> None:
    read = read_number(number_text(number))
    assert not read.ambiguous
    assert read.value == number


@given(st.integers(0, 10**15))
def test_digits_alone_and_padded_are_read_back(number: int) -> None:
    assert read_number(str(number)).value == number
    assert read_number(f"0{number} người").value == number


@pytest.mark.parametrize(
    ("measure", "power"),
    [
        ("đồng", 0),
        ("đ", 0),
        ("VNĐ", 0),
        ("nghìn đồng", 3),
        ("Ngàn đồng", 3),
        ("1.000đ", 3),
        ("1000 đồng", 3),
        ("triệu đồng", 6),
        ("tr.đ", 6),
        ("trđ", 6),
        ("Triệu", 6),
        ("tỷ đồng", 9),
        ("tỉ", 9),
        ("d", None),
        ("vụ", None),
    ],
)
def test_money_is_known_in_all_its_short_forms(measure: str, power: int | None) -> None:
    assert money_power(measure) == power


def test_money_is_converted_exactly() -> None:
    assert convert(Decimal(14405000), "nghìn đồng", "triệu đồng") == Decimal(14405)
    assert convert(Decimal("902.595"), "triệu đồng", "đồng") == Decimal(902595000)
    assert convert(Decimal(1), "đồng", "tỷ đồng") == Decimal("0.000000001")


def test_money_and_persons_are_never_converted_into_each_other() -> None:
    assert convert(Decimal(5), "triệu đồng", "người") is None
    assert convert(Decimal(5), "người", "triệu đồng") is None


@given(st.decimals(0, 10**9, allow_nan=False, places=3))
def test_money_converted_and_back_is_the_same(amount: Decimal) -> None:
    there = convert(amount, "tỷ đồng", "đồng")
    assert there is not None
    assert convert(there, "đồng", "tỷ đồng") == amount


def test_persons_and_attendances_are_different_things() -> None:
    assert not same_measure("người", "lượt người")
    assert same_measure("buổi", "cuộc")
    assert same_measure("Tin bài", "tin, bài")
    assert same_measure("mô hình", "CLB, mô hình")
    assert not same_measure("vụ", "người")


def test_persons_are_counted_and_money_and_shares_are_not() -> None:
    assert is_counted("người")
    assert not is_counted("triệu đồng")
    assert not is_counted("%")


def test_a_unit_in_brackets_is_told_from_a_remark_in_brackets() -> None:
    assert split_measure("Dư nợ (triệu đồng)") == ("Dư nợ", "triệu đồng")
    assert split_measure("Số cán bộ (kể cả hợp đồng)") == ("Số cán bộ (kể cả hợp đồng)", "")


def test_the_unit_above_a_table_is_found_and_an_office_is_no_unit() -> None:
    assert stated_measure("Đơn vị tính: triệu đồng") == "triệu đồng"
    assert stated_measure("(ĐVT: 1.000 đồng)") == "1.000 đồng"
    assert stated_measure("Đơn vị: Trạm Y tế") == ""


def test_units_written_without_marks_are_known_as_every_unit_they_may_be() -> None:
    assert split_measure("Dia chi tin cay (dia chi)") == ("Dia chi tin cay", "dia chi")
    assert same_measure("luot nguoi", "lượt người")
    assert not same_measure("luot nguoi", "người")
    assert same_measure("to", "tờ")
    assert same_measure("to", "tổ")
    assert split_measure("So can bo (ke ca hop dong)") == ("So can bo (ke ca hop dong)", "")
