from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.calendar import periods_of
from config.errors import TargetFolderNotEmptyError, UnknownShippedRegimeError
from config.loader import load_regime, missing_before_use
from config.reports import Aggregation, Sex
from config.shipped import copy_regime, shipped_regimes

if TYPE_CHECKING:
    from pathlib import Path

    from config.regime import Regime


@pytest.fixture(scope="module")
def regimes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Regime]:
    folder = tmp_path_factory.mktemp("regimes")
    return {name: load_regime(copy_regime(name, folder / name)) for name in shipped_regimes()}


def test_every_shipped_regime_loads_from_its_copy(regimes: dict[str, Regime]) -> None:
    assert sorted(regimes) == ["son-duong", "thanh-xa", "trieu-son", "tuan-giao"]
    assert all(name == regime.id for name, regime in regimes.items())


@pytest.mark.parametrize(
    ("name", "day", "communes"),
    [
        ("son-duong", date(2019, 6, 1), 33),
        ("son-duong", date(2023, 6, 1), 31),
        ("son-duong", date(2024, 12, 1), 30),
        ("son-duong", date(2025, 7, 1), 10),
        ("tuan-giao", date(2022, 6, 1), 19),
        ("trieu-son", date(2022, 6, 1), 34),
        ("trieu-son", date(2025, 1, 1), 32),
    ],
)
def test_the_units_of_a_day_are_those_of_the_official_lists(
    regimes: dict[str, Regime], name: str, day: date, communes: int
) -> None:
    found = [unit for unit in regimes[name].units_on(day) if unit.kind in {"commune", "township"}]
    assert len(found) == communes


def test_every_successor_begins_the_day_after_its_predecessor_ends(regimes: dict[str, Regime]) -> None:
    for regime in regimes.values():
        for unit in regime.units:
            for successor in unit.successors:
                assert unit.valid_to is not None
                began = regime.unit(successor).valid_from
                assert began is not None
                assert (began - unit.valid_to).days == 1, unit.id


def test_the_deadlines_of_the_letters_hold(regimes: dict[str, Regime]) -> None:
    for name, expected in (("son-duong", ["05", "05"]), ("tuan-giao", ["08", "08"])):
        regime = regimes[name]
        report = regime.report("binh-dang-gioi")
        found = periods_of(report, regime.timezone, regime.calendar, date(2022, 1, 1), date(2022, 12, 31))
        assert [f"{period.due:%d}" for period in found] == expected
        assert [f"{period.due:%m}" for period in found] == ["06", "12"]


@pytest.mark.parametrize("name", ["trieu-son", "thanh-xa"])
def test_deadlines_the_letters_leave_open_stay_open(regimes: dict[str, Regime], name: str) -> None:
    codes = [problem.code for problem in missing_before_use(regimes[name], date(2023, 6, 1))]
    assert codes.count("deadline_not_stated") == 2


def test_trieu_son_asks_for_men_and_women_of_all_persons(regimes: dict[str, Regime]) -> None:
    report = regimes["trieu-son"].report("binh-dang-gioi")
    assert report.outline_required
    for indicator in report.indicators:
        if indicator.unit_of_measure in {"người", "lượt người", "trẻ", "học sinh"}:
            assert set(indicator.sexes) == set(Sex), indicator.code


def test_departments_count_only_for_what_every_unit_does(regimes: dict[str, Regime]) -> None:
    report = regimes["son-duong"].report("binh-dang-gioi")
    asked = {indicator.code for indicator in report.asked_of("department")}
    assert {"TT01", "TT02", "QL01"} <= asked
    assert not asked & {"GD01", "CT01", "YT01"}


def test_no_ratio_is_added(regimes: dict[str, Regime]) -> None:
    for regime in regimes.values():
        for report in regime.reports:
            for indicator in report.indicators:
                is_percent = indicator.unit_of_measure == "%"
                assert not is_percent or indicator.aggregation is Aggregation.RATIO


def test_no_shipped_unit_has_an_invented_address(regimes: dict[str, Regime]) -> None:
    assert not [unit.id for regime in regimes.values() for unit in regime.units if unit.addresses]


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownShippedRegimeError, match="son-duong"):
        copy_regime("../son-duong", tmp_path / "a")


def test_nothing_is_copied_over_work(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("mã\n", "utf-8")
    with pytest.raises(TargetFolderNotEmptyError):
        copy_regime("son-duong", tmp_path)
