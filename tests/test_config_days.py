from __future__ import annotations

import pytest

from config.days import read_moment


def read(text: str) -> str:
    moment = read_moment(text)
    return moment.isoformat() if moment else ""


@pytest.mark.parametrize(
    "text",
    ["08:30 05/06/2023", "05/06/2023 08:30", " 5/6/2023  8h30 ", "8 giờ 30 5.6.2023", "2023-06-05T08:30"],
)
def test_a_moment_is_read_day_first_in_either_order(text: str) -> None:
    assert read(text) == "2023-06-05T08:30:00"


def test_a_day_alone_is_its_beginning_and_an_hour_alone_its_full_hour() -> None:
    assert read("5/6/2023") == "2023-06-05T00:00:00"
    assert read("8h 5/6/2023") == "2023-06-05T08:00:00"


def test_only_iso_says_in_which_time_zone() -> None:
    assert read("2023-06-05T01:30:00+00:00") == "2023-06-05T01:30:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "hôm qua", "06/13/2023", "25:00 05/06/2023", "05/06/23", "2023-06-31T08:00", "08:30"]
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None
