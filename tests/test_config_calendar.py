from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import add_working_days, is_working_day, period_by_id, periods_of, public_holidays
from config.due import due_rule
from config.regime import CalendarPolicy
from config.reports import Period, PeriodKind, PeriodRule, ReportDefinition, Weekend
from config.wording import Wording

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
USUAL = CalendarPolicy()
HALF = PeriodRule(PeriodKind.HALF_YEAR, "trước ngày 05/6", due_month=6, due_day=5)
YEAR = PeriodRule(PeriodKind.YEAR, "trước ngày 05/12", due_month=12, due_day=5)
QUARTER = PeriodRule(PeriodKind.QUARTER, due_month=3, due_day=20, due_from_start=True)
MONTH = PeriodRule(PeriodKind.MONTH, due_month=2, due_day=5, due_from_start=True)


def a_report(*rules: PeriodRule) -> ReportDefinition:
    return ReportDefinition("r", "Báo cáo", "BC", ("việc làm",), (), (), rules)


def the_period(rule: PeriodRule, period_id: str, policy: CalendarPolicy = USUAL) -> Period:
    period = period_by_id(a_report(rule), VIETNAM, policy, period_id)
    assert period is not None
    return period


def due_of(period: Period) -> str:
    assert period.due is not None
    return period.due.isoformat()


def with_rule(**changes: object) -> PeriodRule:
    return PeriodRule(PeriodKind.HALF_YEAR, **({"due_month": 6, "due_day": 5} | changes))  # type: ignore[arg-type]


def test_before_the_fifth_ends_at_midnight_of_the_fifth() -> None:
    assert due_of(the_period(HALF, "2023-H1")) == "2023-06-05T00:00:00+07:00"


def test_at_the_latest_on_the_fifth_includes_the_fifth() -> None:
    assert due_of(the_period(with_rule(due_inclusive=True), "2023-H1")) == "2023-06-06T00:00:00+07:00"


def test_a_strict_deadline_ends_on_sunday_all_the_same() -> None:
    assert date(2023, 6, 4).isoweekday() == 7
    assert due_of(the_period(with_rule(weekend=Weekend.STRICT), "2023-H1")).startswith("2023-06-05")


def test_a_last_day_on_sunday_may_roll_to_the_end_of_monday() -> None:
    rolled = the_period(with_rule(weekend=Weekend.NEXT_WORKING_DAY), "2023-H1")
    assert due_of(rolled) == "2023-06-06T00:00:00+07:00"


def test_a_last_day_on_sunday_may_be_brought_forward_to_the_end_of_friday() -> None:
    rolled = the_period(with_rule(weekend=Weekend.PREVIOUS_WORKING_DAY), "2023-H1")
    assert due_of(rolled) == "2023-06-03T00:00:00+07:00"


def test_a_last_day_on_a_working_day_is_not_rolled() -> None:
    rolled = the_period(with_rule(weekend=Weekend.NEXT_WORKING_DAY, due_day=8), "2023-H1")
    assert due_of(rolled) == "2023-06-08T00:00:00+07:00"


def test_grace_days_are_added_after_rolling() -> None:
    period = the_period(with_rule(weekend=Weekend.NEXT_WORKING_DAY, grace_days=2), "2023-H1")
    assert due_of(period) == "2023-06-08T00:00:00+07:00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_day": 7}, "“trước ngày 7/6” là đến hết 24 giờ 00 ngày 06/06/2023."),
        ({"due_day": 7, "due_inclusive": True}, "“chậm nhất ngày 7/6” là đến hết 24 giờ 00 ngày 07/06/2023."),
        ({}, "ngày 04/06/2023; ngày này là ngày nghỉ nhưng cơ quan không lùi hạn."),
        (
            {"weekend": Weekend.NEXT_WORKING_DAY},
            "lùi đến hết 24 giờ 00 ngày 05/06/2023, ngày làm việc tiếp theo.",
        ),
        (
            {"weekend": Weekend.PREVIOUS_WORKING_DAY},
            "đưa lên hết 24 giờ 00 ngày 02/06/2023, ngày làm việc liền trước.",
        ),
        ({"due_day": 7, "weekend": Weekend.NEXT_WORKING_DAY}, "là đến hết 24 giờ 00 ngày 06/06/2023."),
        ({"due_day": 7, "grace_days": 2}, "gia hạn chung 2 ngày: nhận đến hết 24 giờ 00 ngày 08/06/2023."),
    ],
)
def test_the_rule_that_made_a_deadline_is_said_in_words(changes: dict[str, object], words: str) -> None:
    said = "chậm nhất ngày" if changes.get("due_inclusive") else "trước ngày"
    text = f"{said} {changes.get('due_day', 5)}/6"
    assert due_rule(the_period(with_rule(due_text=text, **changes), "2023-H1"), Wording()).endswith(words)


def test_a_day_in_lieu_the_department_names_is_a_day_off_in_the_rule() -> None:
    in_lieu = CalendarPolicy(extra_holidays=frozenset({date(2023, 6, 6)}))
    rule = with_rule(due_text="trước ngày 07/6", due_day=7, weekend=Weekend.NEXT_WORKING_DAY)
    assert "lùi đến hết 24 giờ 00 ngày 07/06/2023" in due_rule(
        the_period(rule, "2023-H1", in_lieu), Wording()
    )


def test_a_period_without_a_deadline_has_no_rule_to_say() -> None:
    assert due_rule(the_period(PeriodRule(PeriodKind.HALF_YEAR), "2023-H1"), Wording()) == ""


def test_a_half_year_covers_the_days_of_decree_09_2019() -> None:
    period = the_period(HALF, "2023-H1")
    assert (period.data_from, period.data_to) == (date(2022, 12, 15), date(2023, 6, 14))


@pytest.mark.parametrize(
    ("rule", "period_id", "name", "first", "last"),
    [
        (YEAR, "2023-Y", "năm 2023", date(2022, 12, 15), date(2023, 12, 14)),
        (QUARTER, "2023-Q1", "quý I năm 2023", date(2022, 12, 15), date(2023, 3, 14)),
        (QUARTER, "2023-Q3", "quý III năm 2023", date(2023, 6, 15), date(2023, 9, 14)),
        (MONTH, "2023-M06", "tháng 6 năm 2023", date(2023, 5, 15), date(2023, 6, 14)),
        (MONTH, "2023-M01", "tháng 1 năm 2023", date(2022, 12, 15), date(2023, 1, 14)),
        (with_rule(number=2), "2023-H2", "6 tháng cuối năm 2023", date(2023, 6, 15), date(2023, 12, 14)),
        (
            PeriodRule(PeriodKind.NINE_MONTHS),
            "2023-9M",
            "9 tháng đầu năm 2023",
            date(2022, 12, 15),
            date(2023, 9, 14),
        ),
    ],
)
def test_every_kind_has_its_id_name_and_days(
    rule: PeriodRule, period_id: str, name: str, first: date, last: date
) -> None:
    period = the_period(rule, period_id)
    assert (period.name, period.data_from, period.data_to) == (name, first, last)


def test_a_report_may_state_its_own_days() -> None:
    period = the_period(with_rule(data_from="01/12-1", data_to="31/5"), "2023-H1")
    assert (period.data_from, period.data_to) == (date(2022, 12, 1), date(2023, 5, 31))


def test_a_monthly_deadline_falls_in_the_month_after() -> None:
    assert due_of(the_period(MONTH, "2023-M12")) == "2024-01-05T00:00:00+07:00"


def test_a_quarterly_deadline_falls_in_the_last_month_of_the_quarter() -> None:
    assert due_of(the_period(QUARTER, "2023-Q2")) == "2023-06-20T00:00:00+07:00"


def test_a_deadline_may_lie_in_the_year_after() -> None:
    rule = PeriodRule(PeriodKind.YEAR, due_month=1, due_day=15, due_year_offset=1)
    assert due_of(the_period(rule, "2023-Y")) == "2024-01-15T00:00:00+07:00"


def test_the_thirtieth_of_february_is_its_last_day() -> None:
    rule = PeriodRule(PeriodKind.MONTH, due_month=1, due_day=30, due_inclusive=True, due_from_start=True)
    assert due_of(the_period(rule, "2023-M02")) == "2023-03-01T00:00:00+07:00"


def test_periods_are_found_by_the_day_they_are_due() -> None:
    report = a_report(HALF, YEAR)
    found = periods_of(report, VIETNAM, USUAL, date(2023, 6, 5), date(2023, 12, 5))
    assert [period.id for period in found] == ["2023-H1", "2023-Y"]


def test_a_period_due_the_day_after_is_not_found() -> None:
    assert periods_of(a_report(HALF), VIETNAM, USUAL, date(2023, 1, 1), date(2023, 6, 4)) == ()


def test_a_period_of_december_due_in_january_is_found_in_january() -> None:
    found = periods_of(a_report(MONTH), VIETNAM, USUAL, date(2024, 1, 1), date(2024, 1, 31))
    assert [period.id for period in found] == ["2023-M12"]


def test_a_deadline_not_stated_leaves_due_open_and_counts_by_the_last_day_of_data() -> None:
    report = a_report(PeriodRule(PeriodKind.HALF_YEAR))
    (period,) = periods_of(report, VIETNAM, USUAL, date(2023, 6, 14), date(2023, 6, 14))
    assert (period.id, period.due) == ("2023-H1", None)


def test_a_rule_holds_for_its_years_only() -> None:
    report = a_report(with_rule(first_year=2023, last_year=2023))
    found = periods_of(report, VIETNAM, USUAL, date(2020, 1, 1), date(2026, 12, 31))
    assert [period.id for period in found] == ["2023-H1"]


def test_a_yearly_campaign_is_named_for_its_year() -> None:
    rule = PeriodRule(
        PeriodKind.CAMPAIGN, data_from="15/11", data_to="15/12", id="thang-cao-diem", name="Đợt {year}"
    )
    period = the_period(rule, "2023-thang-cao-diem")
    assert (period.name, period.data_to) == ("Đợt 2023", date(2023, 12, 15))


def test_an_explicit_period_is_found_by_its_own_id() -> None:
    opens = datetime(2022, 5, 1, tzinfo=VIETNAM)
    fixed = Period(
        "ra-soat", PeriodKind.ONE_OFF, "rà soát", 2022, date(2022, 1, 1), date(2022, 5, 31), opens, None
    )
    report = a_report(PeriodRule(PeriodKind.ONE_OFF, fixed=fixed))
    assert period_by_id(report, VIETNAM, USUAL, "ra-soat") == fixed
    assert periods_of(report, VIETNAM, USUAL, date(2022, 5, 31), date(2022, 5, 31)) == (fixed,)


@pytest.mark.parametrize("period_id", ["", "2023", "2023-H2", "H1", "2023-Q1", "٢٠٢٣-H1", "9999-H1"])
def test_an_id_the_report_does_not_have_is_no_period(period_id: str) -> None:
    assert period_by_id(a_report(HALF, YEAR), VIETNAM, USUAL, period_id) is None


@given(st.integers(1990, 2100), st.sampled_from([HALF, YEAR, QUARTER, MONTH]))
def test_every_period_made_is_found_again_by_its_id(year: int, rule: PeriodRule) -> None:
    report = a_report(rule)
    for period in periods_of(report, VIETNAM, USUAL, date(year, 1, 1), date(year, 12, 31)):
        assert period_by_id(report, VIETNAM, USUAL, period.id) == period


def test_public_holidays_and_swapped_days_are_known() -> None:
    assert not is_working_day(date(2024, 4, 29), USUAL)
    assert is_working_day(date(2024, 5, 4), USUAL)
    assert not is_working_day(date(2023, 6, 4), USUAL)
    assert is_working_day(date(2023, 6, 5), USUAL)


@pytest.mark.parametrize(
    ("language", "name"),
    [("vi", "Ngày nghỉ (thay cho ngày 26/04/2025)"), ("en", "Day off (substituted from 26/04/2025)")],
)
def test_a_day_off_names_the_day_worked_for_it_day_first(language: str, name: str) -> None:
    assert dict(public_holidays(2025, language))[date(2025, 5, 2)] == name


def test_the_departments_own_days_win() -> None:
    policy = CalendarPolicy(frozenset({date(2023, 6, 5)}), frozenset({date(2023, 6, 4), date(2023, 9, 2)}))
    assert not is_working_day(date(2023, 6, 5), policy)
    assert is_working_day(date(2023, 6, 4), policy)
    assert is_working_day(date(2023, 9, 2), policy)


def test_working_days_are_counted_past_the_weekend_in_both_directions() -> None:
    assert add_working_days(date(2023, 6, 2), 1, USUAL) == date(2023, 6, 5)
    assert add_working_days(date(2023, 6, 5), -1, USUAL) == date(2023, 6, 2)
    assert add_working_days(date(2023, 6, 4), 0, USUAL) == date(2023, 6, 4)


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, count: int) -> None:
    reached = add_working_days(day, count, USUAL)
    between = [day + timedelta(days=step) for step in range(1, (reached - day).days + 1)]
    assert sum(is_working_day(one, USUAL) for one in between) == count
