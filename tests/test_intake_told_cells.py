"""Cells that say more than a number: read where every word is accounted for, else left to a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from config.reports import Indicator, Sex
from intake.figures.told_cells import told_number

HOUSES = Indicator("A", "Số hộ đạt danh hiệu gia đình văn hóa", "hộ")
EVENTS = Indicator("B", "Số buổi truyền thông về quyền trẻ em", "buổi")
PERSONS = Indicator("C", "Số người được huấn luyện", "người", (Sex.TOTAL, Sex.FEMALE))
HALLS = Indicator("D", "Số nhà văn hóa thôn", "nhà")
CASES = Indicator("E", "Số vụ bạo lực gia đình", "vụ")
VILLAGES = Indicator("F", "Số thôn, tổ dân phố đạt danh hiệu văn hóa", "thôn")


@pytest.mark.parametrize(
    ("text", "indicator", "figure"),
    [
        ("340/372 hộ, đạt 91,4%", HOUSES, 340),
        ("340/372 hộ (91,40%)", HOUSES, 340),
        ("1.340/1.372 hộ đạt 97,7 %", HOUSES, 1340),
        ("Đã có 340 hộ đạt danh hiệu gia đình văn hóa", HOUSES, 340),
        ("6/7 thôn", VILLAGES, 6),
        ("07 nhà văn hóa", HALLS, 7),
        ("Tổ chức được 05 buổi, thu hút 1.200 lượt người xem", EVENTS, 5),
        ("Phối hợp tổ chức 03 cuộc truyền thông; với 150 người", EVENTS, 3),
        ("Thực hiện 12 người, đạt 60%", PERSONS, 12),
    ],
)
def test_words_around_a_figure_are_read_when_all_are_its_own(
    text: str, indicator: Indicator, figure: int
) -> None:
    found = told_number(text, indicator)
    assert found is not None
    assert found.value == Decimal(figure)


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("340/372 hộ, đạt 81,4%", HOUSES),  # the percentage says otherwise
        ("372/340 hộ", HOUSES),
        ("340/372", HOUSES),
        ("340 hộ thoát nghèo", HOUSES),
        ("31/86 người", PERSONS),  # the women, or those of a plan
        ("12 người nữ", PERSONS),
        ("3/5 vụ", CASES),  # the settled, or those there were
        ("05 buổi, tăng 02 buổi", EVENTS),
        ("05 buổi, với 02 cuộc tại trường", EVENTS),
        ("05 lớp", EVENTS),
        ("Không tổ chức 05 buổi", EVENTS),
        ("1,234 hộ đạt danh hiệu", HOUSES),
        ("Kế hoạch 05 buổi", EVENTS),
        ("05 buổi, có kết quả tốt", EVENTS),
    ],
)
def test_a_cell_with_a_word_left_over_tells_no_figure(text: str, indicator: Indicator) -> None:
    assert told_number(text, indicator) is None
