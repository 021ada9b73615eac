from __future__ import annotations

from decimal import Decimal

from config.reports import Sex
from consolidate.differences import Change, differences
from ledger.records import Place, Value


def value(
    indicator: str, told: str | None, *, sex: Sex = Sex.TOTAL, text: str = "", qualifier: str = ""
) -> Value:
    number = None if told is None else Decimal(told)
    place = Place("bc.docx", "bảng 1, hàng 2, cột 3", text)
    return Value(indicator, sex, number, "người", place, qualifier=qualifier)


def told(before: list[Value], after: list[Value], *, supplement: bool = False) -> list[tuple[str, str]]:
    found = differences(before, after, supplement=supplement)
    return [(one.figure.indicator, one.change.value) for one in found]


def test_each_figure_is_same_changed_added_or_removed() -> None:
    before = [value("B1", "5"), value("B2", "7"), value("B3", "1")]
    after = [value("B2", "8"), value("B1", "5"), value("B4", "2")]
    assert told(before, after) == [("B2", "changed"), ("B1", "same"), ("B4", "added"), ("B3", "removed")]


def test_both_sides_of_a_change_are_given() -> None:
    [one] = differences([value("B1", "5")], [value("B1", "6")])
    assert (one.change, one.before, one.after) == (Change.CHANGED, value("B1", "5"), value("B1", "6"))


def test_men_and_women_are_figures_of_their_own() -> None:
    before = [value("B1", "5"), value("B1", "2", sex=Sex.FEMALE)]
    after = [value("B1", "5"), value("B1", "3", sex=Sex.FEMALE)]
    assert told(before, after) == [("B1", "same"), ("B1", "changed")]


def test_another_way_of_writing_is_no_change() -> None:
    assert told([value("B1", "2", text="02")], [value("B1", "2.0", text="2")]) == [("B1", "same")]


def test_a_blank_is_not_zero_and_an_estimate_is_not_a_count() -> None:
    assert told([value("B1", None)], [value("B1", "0")]) == [("B1", "changed")]
    assert told([value("B1", "9", qualifier="ước")], [value("B1", "9")]) == [("B1", "changed")]


def test_what_a_supplement_leaves_out_stands() -> None:
    before, after = [value("B1", "5"), value("B2", "7")], [value("B2", "8")]
    assert told(before, after, supplement=True) == [("B2", "changed"), ("B1", "kept")]
