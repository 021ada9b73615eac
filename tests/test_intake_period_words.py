from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reports import PeriodKind
from intake.evidence.period_words import (
    _CITING,
    _COMPARING,
    _COVERED,
    _OF_CITING,
    _OF_COMPARING,
    _OF_PLANNING,
    _PLANNING,
    _RULES,
    periods_named,
    several_periods,
)

HALF, YEAR, QUARTER, MONTH, NINE = (
    PeriodKind.HALF_YEAR,
    PeriodKind.YEAR,
    PeriodKind.QUARTER,
    PeriodKind.MONTH,
    PeriodKind.NINE_MONTHS,
)


@pytest.mark.parametrize(
    ("text", "kind", "year", "number"),
    [
        ("6 tháng đầu năm 2024", HALF, 2024, 1),
        ("06 tháng đầu năm 2024", HALF, 2024, 1),
        ("sáu tháng đầu năm", HALF, None, 1),
        ("6 tháng năm 2024", HALF, 2024, 1),
        ("6T/2024", HALF, 2024, 1),
        ("6T2024", HALF, 2024, 1),
        ("bao cao 6 thang dau nam 2024", HALF, 2024, 1),
        ("BC_6T_2024_xa.docx", HALF, 2024, 1),
        ("6 THÁNG ĐẦU NĂM 2024", HALF, 2024, 1),
        ("6 tháng cuối năm", HALF, None, 2),
        ("kỳ 1/2024", HALF, 2024, 1),
        ("năm 2024", YEAR, 2024, 0),
        ("cả năm 2024", YEAR, 2024, 0),
        ("BC giam ngheo nam 2024", YEAR, 2024, 0),
        ("quý II/2024", QUARTER, 2024, 2),
        ("quý 2 năm 2024", QUARTER, 2024, 2),
        ("Q2/2024", QUARTER, 2024, 2),
        ("quý III", QUARTER, None, 3),
        ("quí II năm 2024", QUARTER, 2024, 2),
        ("tháng 6/2024", MONTH, 2024, 6),
        ("tháng 06 năm 2024", MONTH, 2024, 6),
        ("T6/2024", MONTH, 2024, 6),
        ("9 tháng", NINE, None, 0),
        ("9 tháng đầu năm 2024", NINE, 2024, 0),
    ],
)
def test_a_period_is_known_in_all_its_spellings(
    text: str, kind: PeriodKind, year: int | None, number: int
) -> None:
    (named,) = periods_named(text)
    assert (named.kind, named.year, named.number) == (kind, year, number)


@pytest.mark.parametrize(
    "text",
    [
        "Bến Đá, ngày 24 tháng 5 năm 2024",
        "Bến Đá, ngày     tháng 3 năm 2024",
        "ngày … tháng … năm 2024",
        "từ ngày 15/12/2023 đến ngày 14/6/2024",
        "Nghị định số 125/2021/NĐ-CP",
        "Nghị quyết số 28/NQ-CP",
        "Chỉ thị số 21-CT/TW",
        "giai đoạn 2021-2025",
        "nhiệm kỳ 2021-2026",
        "nhiệm kỳ 2021 - 2026",
        "năm học 2023-2024",
        "Luật Phòng, chống bạo lực gia đình năm 2022",
        "đến năm 2030",
        "trẻ dưới 6 tháng tuổi",
        "trong đó nam 2024 người",
        "Quỹ 2 tỷ đồng",
        "thời hạn 6 tháng",
    ],
)
def test_dates_numbers_terms_and_ages_name_no_period(text: str) -> None:
    assert periods_named(text) == ()


def test_a_year_in_a_cited_letter_is_weaker_than_the_period_reported() -> None:
    cited, named = periods_named(
        "Thực hiện Công văn số 77/UBND-VX của UBND huyện về công tác giảm nghèo năm 2024, "
        "UBND xã Bến Đá báo cáo kết quả 6 tháng đầu năm 2024 như sau:"
    )
    assert (cited.kind, cited.cited) == (YEAR, True)
    assert (named.kind, named.cited) == (HALF, False)


def test_a_year_compared_with_is_marked() -> None:
    (named,) = periods_named("tăng 5% so với cùng kỳ năm 2023")
    assert named.cited


def test_a_plan_for_the_second_half_lends_its_year_to_the_first() -> None:
    first, second = periods_named("Kết quả 6 tháng đầu năm, phương hướng nhiệm vụ 6 tháng cuối năm 2024")
    assert (first.number, first.year, first.planned) == (1, 2024, False)
    assert (second.number, second.year, second.planned) == (2, 2024, True)


def test_the_position_is_that_of_the_text() -> None:
    text = "Báo cáo công tác quý II/2024 của xã"
    (named,) = periods_named(text)
    assert text[named.position : named.position + len(named.text)] == named.text == "quý II/2024"


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    periods_named(text)


@pytest.mark.parametrize(
    "text",
    ["sáu tháng đầu năm", "nửa đầu năm", "chín tháng", "ba tháng đầu năm", "quý hai", "cả năm",
     "SÁU THÁNG CUỐI NĂM", "nua dau nam", "quy iv", "ca nam"],
)  # fmt: skip
def test_a_period_said_without_a_digit_is_named(text: str) -> None:
    assert periods_named(f"Báo cáo {text} của xã")


@pytest.mark.parametrize(
    ("title", "several"),
    [
        ("Kết quả công tác giảm nghèo quý I và quý II năm 2024", True),
        ("Tình hình từ tháng 6 đến tháng 7 năm 2024", True),
        ("Tình hình tháng 6, tháng 7/2024", True),
        ("Kết quả tháng 12 năm 2023 và tháng 1 năm 2024", True),
        ("Kết quả quý I, phương hướng quý II năm 2024", False),
        ("Kết quả quý II năm 2024 so với quý I năm 2024", False),
        ("Kết quả quý IV và cả năm 2024", False),
        ("Kết quả 6 tháng đầu năm; nhiệm vụ 6 tháng cuối năm 2024", False),
        ("Tình hình tháng 4 + 5 năm 2024", True),
        ("Tình hình quí I, II", True),
        ("Tình hình tháng 5, 6 tháng đầu năm 2024", False),
        ("Tình hình tháng 5, 12 ngày đầu tháng 6", False),
    ],
)
def test_a_title_on_several_periods_of_one_kind_is_told_from_one_that_compares_or_plans(
    title: str, several: bool
) -> None:
    assert several_periods(title) is several


@pytest.mark.parametrize(
    ("words", "times", "pattern"),
    [
        *((rule.words, 1, rule.pattern) for rule in _RULES),
        *_COVERED,
        (_OF_CITING, 1, _CITING),
        (_OF_COMPARING, 1, _COMPARING),
        (_OF_PLANNING, 1, _PLANNING),
    ],
    ids=lambda value: value.pattern[:40] if isinstance(value, re.Pattern) else "",
)
@given(data=st.data())
def test_no_pattern_is_passed_over_in_a_text_it_fits(
    words: tuple[str, ...], times: int, pattern: re.Pattern[str], data: st.DataObject
) -> None:
    told = data.draw(st.from_regex(re.compile(pattern.pattern)))
    assert sum(map(told.lower().count, words)) >= times
