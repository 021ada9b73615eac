from __future__ import annotations

from decimal import Decimal

import pytest

from config.reports import (
    Aggregation,
    Check,
    Comparison,
    Figure,
    Grade,
    Indicator,
    RatioRule,
    ReportDefinition,
    Sex,
    Term,
)
from config.wording import Wording
from intake.figures.checks import check_values
from intake.figures.table_notes import GivenPercent
from ledger.records import Certainty, Finding, Place, Value

ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
PLACE = Place("bieu.xlsx", "sheet Biểu 1, ô D4", "9")
RATIO = RatioRule(Figure("M", Sex.FEMALE), Figure("M"))
INDICATORS = (
    Indicator("M", "Hội viên", "người", ALL),
    Indicator("N", "Hội viên được tập huấn", "người", ALL),
    Indicator("L", "Lớp tập huấn", "lớp"),
    Indicator("R", "Tỷ lệ nữ hội viên", "%", aggregation=Aggregation.RATIO, ratio=RATIO),
)


def side(*figures: Figure, constant: int = 0) -> Term:
    return Term(figures, Decimal(constant))


TRAINED = Check(
    "K1",
    "Hội viên được tập huấn không quá số hội viên",
    Comparison(side(Figure("N")), "<=", side(Figure("M"))),
)
NO_CLASS = Check(
    "K2",
    "Không có lớp thì không có người học",
    Comparison(side(Figure("N")), "=", side()),
    condition=Comparison(side(Figure("L")), "=", side()),
)
SOFT = Check(
    "K3", "Ít nhất một lớp", Comparison(side(Figure("L")), ">=", side(constant=1)), grade=Grade.WARNING
)


def report(*checks: Check, by_kind: dict[str, frozenset[str]] | None = None) -> ReportDefinition:
    return ReportDefinition(
        "hv", "Báo cáo", "HV", (), INDICATORS, (), (), checks, indicators_by_kind=by_kind or {}
    )


def value(code: str, number: str | None, sex: Sex = Sex.TOTAL, **facts: object) -> Value:
    amount = None if number is None else Decimal(number)
    return Value(code, sex, amount, "người", PLACE, **facts)  # type: ignore[arg-type]


def split(code: str, total: str, male: str, female: str) -> tuple[Value, ...]:
    return (value(code, total), value(code, male, Sex.MALE), value(code, female, Sex.FEMALE))


def doubted(values: tuple[Value, ...]) -> set[tuple[str, Sex]]:
    return {(v.indicator, v.sex) for v in values if v.certainty is Certainty.DOUBTFUL}


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def test_figures_that_agree_stay_certain() -> None:
    values, findings = check_values(split("M", "30", "10", "20"), report(), "branch")
    assert (doubted(values), findings) == (set(), ())


def test_a_total_that_is_not_its_parts_makes_the_three_doubtful_and_no_others() -> None:
    given = (*split("M", "30", "15", "20"), value("L", "2"))
    values, findings = check_values(given, report(), "branch")
    assert doubted(values) == {("M", sex) for sex in ALL}
    assert codes(findings) == ["total_not_parts"]
    assert findings[0].grade is Grade.ERROR
    assert findings[0].place == PLACE


def test_a_total_above_its_parts_is_found_like_one_below() -> None:
    _, findings = check_values(split("M", "36", "15", "20"), report(), "branch")
    assert codes(findings) == ["total_not_parts"]


@pytest.mark.parametrize("sex", [Sex.MALE, Sex.FEMALE])
def test_a_part_may_be_the_whole(sex: Sex) -> None:
    values, findings = check_values((value("M", "30"), value("M", "30", sex)), report(), "branch")
    assert (doubted(values), findings) == (set(), ())


def test_a_part_above_its_total_makes_only_the_two_doubtful() -> None:
    given = (value("M", "30"), value("M", "31", Sex.FEMALE), value("N", "3", Sex.FEMALE))
    values, findings = check_values(given, report(), "branch")
    assert doubted(values) == {("M", Sex.TOTAL), ("M", Sex.FEMALE)}
    assert codes(findings) == ["female_above_total"]


def test_a_missing_figure_breaks_no_rule() -> None:
    given = (value("N", "9"), value("M", None), value("M", "4", Sex.MALE))
    values, findings = check_values(given, report(TRAINED), "branch")
    assert (doubted(values), findings) == (set(), ())


def test_an_own_rule_that_is_broken_makes_its_figures_doubtful_in_the_officers_words() -> None:
    given = (value("M", "8"), value("N", "9"), value("L", "1"))
    values, findings = check_values(given, report(TRAINED), "branch")
    assert doubted(values) == {("M", Sex.TOTAL), ("N", Sex.TOTAL)}
    sentence = Wording("vi")(f"findings.{findings[0].code}", **findings[0].parameters)
    assert TRAINED.text in sentence
    assert "Hội viên: 8" in sentence


@pytest.mark.parametrize(("classes", "broken"), [("0", True), ("2", False)])
def test_a_rule_with_a_condition_speaks_only_where_the_condition_holds(classes: str, broken: bool) -> None:
    _, findings = check_values((value("L", classes), value("N", "9")), report(NO_CLASS), "branch")
    assert bool(findings) is broken


def test_a_warning_is_said_and_keeps_the_figures_certain() -> None:
    values, findings = check_values((value("L", "0"),), report(SOFT), "branch")
    assert doubted(values) == set()
    assert [finding.grade for finding in findings] == [Grade.WARNING]


def test_a_rule_is_not_asked_of_a_kind_that_is_not_asked_for_its_figures() -> None:
    asked = report(TRAINED, by_kind={"branch": frozenset({"N"})})
    _, findings = check_values((value("M", "8"), value("N", "9")), asked, "branch")
    assert findings == ()


def test_doubtful_and_approximate_figures_are_not_held_against_others() -> None:
    unsure = value("M", "30", certainty=Certainty.DOUBTFUL, reason="ambiguous_number")
    around = value("N", "30", qualifier="khoảng")
    given = (unsure, value("M", "31", Sex.FEMALE), around, value("N", "31", Sex.FEMALE))
    values, findings = check_values(given, report(), "branch")
    assert findings == ()
    assert values == given


def test_a_stated_percentage_may_be_rounded_but_not_wrong() -> None:
    given = split("M", "125", "51", "74")
    rounded = GivenPercent("M", Decimal("59.1"), PLACE, of_women=True)
    wrong = GivenPercent("M", Decimal("49.2"), PLACE, of_women=True)
    of_ratio = GivenPercent("R", Decimal("60.2"), PLACE)
    assert check_values(given, report(), "branch", [rounded])[1] == ()
    values, findings = check_values(given, report(), "branch", [wrong, of_ratio])
    assert [(f.code, f.grade) for f in findings] == [("percent_differs", Grade.WARNING)] * 2
    assert findings[0].parameters["recomputed"] == "59,20"
    assert doubted(values) == set()


def test_a_share_outside_0_to_100_is_found() -> None:
    given = (GivenPercent("R", Decimal(120), PLACE), GivenPercent("M", Decimal(-1), PLACE, of_women=True))
    _, findings = check_values((), report(), "branch", given)
    assert codes(findings) == ["percent_out_of_range"] * 2


def test_a_percentage_of_an_unknown_whole_is_left_alone() -> None:
    given = GivenPercent("M", Decimal(120), PLACE)
    assert check_values(split("M", "125", "51", "74"), report(), "branch", [given])[1] == ()
