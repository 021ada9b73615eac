from __future__ import annotations

from typing import Any

import pytest

from config.reports import with_period
from desk.web.rendering import as_written, by_indicator, doubtful_first


def test_figures_in_doubt_stand_before_the_others_and_keep_their_numbers() -> None:
    values: list[dict[str, Any]] = [
        {"indicator": name, "certainty": certainty}
        for name, certainty in (("A", "certain"), ("B", "doubtful"), ("C", "certain"), ("D", "doubtful"))
    ]
    assert [(at, one["indicator"]) for at, one in doubtful_first(values)] == [
        (1, "B"),
        (3, "D"),
        (0, "A"),
        (2, "C"),
    ]


@pytest.mark.parametrize(
    ("value", "written"), [(None, ""), (0, "0"), (4108, "4.108"), (38.2, "38,2"), (1234567.5, "1.234.567,5")]
)
def test_a_figure_is_written_as_in_the_report_it_is_compared_with(value: float | None, written: str) -> None:
    assert as_written(value) == written


@pytest.mark.parametrize(
    ("report", "period", "said"),
    [
        ("BĐG", "6 tháng đầu năm 2023", "BĐG – 6 tháng đầu năm 2023"),
        ("Báo cáo BĐG 6 tháng đầu năm 2023", "6 tháng đầu năm 2023", "Báo cáo BĐG 6 tháng đầu năm 2023"),
        ("BÁO CÁO BĐG NĂM 2023", "năm 2023", "BÁO CÁO BĐG NĂM 2023"),
        ("Báo cáo BĐG năm 2022", "năm 2023", "Báo cáo BĐG năm 2022 – năm 2023"),
        ("BĐG", "", "BĐG"),
        ("", "năm 2023", "năm 2023"),
        ("", "", ""),
    ],
)
def test_a_report_that_names_its_period_is_not_given_it_twice(report: str, period: str, said: str) -> None:
    assert with_period(report, period) == said


def test_figures_beside_the_original_have_a_row_for_each_indicator_and_none_is_hidden() -> None:
    values: list[dict[str, Any]] = [
        {"indicator": indicator, "sex": sex, "certainty": certainty}
        for indicator, sex, certainty in (
            ("A", "total", "certain"),
            ("B", "total", "doubtful"),
            ("B", "total", "doubtful"),
            ("B", "female", "certain"),
        )
    ]
    rows = [
        (indicator, {sex: [at for at, _ in figures] for sex, figures in by_sex.items()})
        for indicator, by_sex in by_indicator(values)
    ]
    assert rows == [("B", {"total": [1, 2], "female": [3]}), ("A", {"total": [0]})]
