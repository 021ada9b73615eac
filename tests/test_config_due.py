from __future__ import annotations

import unicodedata

import pytest

from config.due import DueText, parse_due, read_due
from config.errors import UnreadableDueError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trước ngày 05/6", (6, 5, False)),
        ("trước ngày 8/6/2022", (6, 8, False)),
        ("chậm nhất ngày 08/12", (12, 8, True)),
        ("Chậm nhất là ngày 08 tháng 12 hằng năm", (12, 8, True)),
        ("chậm nhất là trước ngày 10.6", (6, 10, False)),
        ("trước và trong ngày 10/6", (6, 10, True)),
        ("gửi về Phòng trước ngày 05 tháng 6 năm 2023 để tổng hợp", (6, 5, False)),
        ("đến hết ngày 30-6", (6, 30, True)),
        ("hạn cuối cùng là ngày 30/6", (6, 30, True)),
        ("truoc ngay 05/6", (6, 5, False)),
        ("trƣớc ngày 05/6", (6, 5, False)),
        ("trước ngày 29/02", (2, 29, False)),
    ],
)
def test_a_deadline_is_read_as_the_letter_says_it(text: str, expected: tuple[int, int, bool]) -> None:
    assert parse_due(text) == expected
    assert parse_due(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "theo quy định",
        "05/6",
        "ngày 05/6",
        "đến ngày 05/6",
        "trước ngày 31/6",
        "trước ngày 05/13",
        "trước ngày 29/02/2023",
        "trước ngày 05/6 và trước ngày 05/12",
        "trước 17 giờ ngày 05/6",
        "trước ngày 05/6 lúc 16h30",
        "trước ngày 20 hằng tháng",
    ],
)
def test_what_leaves_the_day_or_its_side_open_is_refused(text: str) -> None:
    with pytest.raises(UnreadableDueError):
        parse_due(text)


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [
        ("trước ngày 20 hằng tháng", 20, 1),
        ("trước ngày 20 hàng tháng", 20, 1),
        ("trước ngày 05 của tháng sau", 5, 2),
        ("trước ngày 20 tháng cuối quý", 20, 3),
        ("trước ngày 05 tháng đầu của quý sau", 5, 4),
    ],
)
def test_a_deadline_of_every_period_counts_from_its_first_month(text: str, day: int, month: int) -> None:
    assert read_due(text) == DueText(day, month, inclusive=False, from_start=True)


def test_the_year_of_a_full_date_is_kept() -> None:
    assert read_due("trước ngày 8/6/2022").year == 2022
