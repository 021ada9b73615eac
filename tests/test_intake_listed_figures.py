"""Lists of one indicator and its figure a line: what is read, and what is left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from config.reports import Indicator, Period, PeriodKind, ReportDefinition, SectionRole, Sex
from intake.figures.listed_figures import read_listed
from intake.figures.outline import NarrativeLine
from tests.offices import at

BOTH = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
REPORT = ReportDefinition(
    id="te",
    name="Báo cáo trẻ em",
    short_name="TE",
    topics=("trẻ em",),
    indicators=(
        Indicator("T1", "Số trẻ em dưới 16 tuổi", "trẻ em", BOTH),
        Indicator("T2", "Số buổi truyền thông", "buổi"),
        Indicator("T3", "Kinh phí thực hiện", "triệu đồng"),
        Indicator("T4", "Hội viên phụ nữ được vay vốn", "hộ", (Sex.FEMALE,)),
    ),
    outline=(),
    period_rules=(),
)
JUNE = at("2024-06-01")
QUARTER = Period(
    "2024-Q2", PeriodKind.QUARTER, "quý II năm 2024", 2024, JUNE.date(), JUNE.date(), JUNE, None
)  # fmt: skip


def read(*texts: str, role: SectionRole = SectionRole.RESULTS) -> dict[str, Decimal | None]:
    lines = [NarrativeLine("", role, text, "f", n) for n, text in enumerate(texts, 1)]
    values = read_listed(lines, REPORT, QUARTER, "commune")
    return {f"{value.indicator} {value.sex.value}": value.value for value in values}


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("- Số trẻ em dưới 16 tuổi: 1.551", {"T1 total": 1551}),
        ("1. Số trẻ em dưới 16 tuổi: 33 (nam 18, nữ 15)", {"T1 total": 33, "T1 male": 18, "T1 female": 15}),
        ("a) Số trẻ em dưới 16 tuổi: 64 em, trong đó nữ 29 em.", {"T1 total": 64, "T1 female": 29}),
        ("+ Số trẻ em dưới 16 tuổi = 05 em (02 em nữ)", {"T1 total": 5, "T1 female": 2}),
        ("Trong đó: Số trẻ em dưới 16 tuổi: 12 trẻ", {"T1 total": 12}),
        ("Số buổi truyền thông (buổi): 04;", {"T2 total": 4}),
        ("Số buổi truyền thông: không", {"T2 total": 0}),
        ("Số buổi truyền thông: không có./.", {"T2 total": 0}),
        ("Số buổi truyền thông........................ 04 buổi", {"T2 total": 4}),
        ("Số buổi truyền thông ……………: 04 buổi.", {"T2 total": 4}),
        ("Số trẻ em dưới 16 tuổi ________ 12 (nữ 5)", {"T1 total": 12, "T1 female": 5}),
        ("Hội viên phụ nữ được vay vốn: 18 hộ", {"T4 female": 18}),
        ("Kinh phí thực hiện: 28.400.000 đồng", {"T3 total": Decimal("28.4")}),
    ],
)
def test_a_name_with_its_figure_is_read(line: str, figures: dict[str, int]) -> None:
    assert read(line) == figures


@pytest.mark.parametrize(
    "line",
    [
        "Số trẻ em dưới 16 tuổi: 30 (kế hoạch 40)",
        "Số trẻ em dưới 16 tuổi: 33 (nam 18, nữ 14)",  # the parts are not the whole
        "Số trẻ em dưới 16 tuổi: 12 (nữ 15)",
        "Số trẻ em dưới 16 tuổi: 97%",
        "Số trẻ em dưới 16 tuổi: 12/40",
        "Số trẻ em dưới 16 tuổi: 1,234",
        "Số buổi truyền thông: 6 buổi tại thôn, 3 buổi tại trường",
        "Số buổi truyền thông: 12 người",
        "Số buổi truyền thông: xem phụ lục 2",
        "Kinh phí thực hiện: 28",  # of what?
        "Số trẻ em mồ côi dưới 16 tuổi: 7",
    ],
)
def test_anything_else_on_the_line_leaves_it_alone(line: str) -> None:
    assert read(line) == {}


@pytest.mark.parametrize(
    "announced",
    [
        "Quý I năm 2024:",
        "Năm 2023:",
        "Tại thôn Đồng Bưởi:",
        "Thôn 3",
        "Dự kiến cả năm:",
        "Toàn huyện có:",
        "Kế hoạch được giao:",
    ],
)
def test_a_list_of_another_time_place_or_level_is_left_alone(announced: str) -> None:
    assert read(announced, "- Số buổi truyền thông: 4") == {}
    assert read(announced, "- Số buổi truyền thông: 4", "Kết quả của xã:", "- Số buổi truyền thông: 9") == {
        "T2 total": 9
    }


def test_a_figure_given_twice_differently_is_of_parts_and_left_out() -> None:
    assert read("Số buổi truyền thông: 4", "Số buổi truyền thông: 5", "Kinh phí thực hiện: 2 triệu đồng") == {
        "T3 total": 2
    }


def test_only_sections_that_tell_results_are_read() -> None:
    assert read("Số buổi truyền thông: 4", role=SectionRole.PLANS) == {}
