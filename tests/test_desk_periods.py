"""Which periods are looked at: those collected through us; without words, the nearest deadline's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desk.work import chosen_periods, current_periods, periods_not_looked_at, settle
from tests.offices import REPORT_FILE, Office, make_office

MONTHLY = "  - {kind: month, due: chậm nhất ngày 20 hằng tháng}\n"
HALF_YEARS = (
    "  - {kind: half_year, number: 1, due: trước ngày 05/6}\n  - {kind: year, due: trước ngày 05/12}\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that collects each month, two days after the deadline of December."""
    return made(tmp_path, "2026-12-22", MONTHLY)


def made(folder: Path, day: str, periods: str) -> Office:
    """An office with these periods, at nine on that day."""
    report = REPORT_FILE[: REPORT_FILE.index("periods:")] + "periods:\n" + periods
    return replace(make_office(folder, report=report), now=f"{day}T09:00:00+07:00")


def begun(office: Office, day: str) -> Office:
    """The office whose mailbox is looked at from that day on."""
    office.settings(f"mailbox: {{host: imap.example, user: a@songmay.example, start: {day}}}\n")
    return office


def current(office: Office) -> list[str]:
    """The ids of the periods that are looked at."""
    with office.opened() as opened:
        return [period.id for _, period in current_periods(opened)]


def chosen(office: Office) -> list[str]:
    """The ids of the periods that are shown when none is named."""
    with office.opened() as opened:
        assert not chosen_periods(opened, None, None, opened.clock())
        told = periods_not_looked_at(opened, None, opened.clock())
        settle(opened)
        found = chosen_periods(opened, None, None, opened.clock())
        assert found == told
        return [period.id for _, period in found]


def test_nobody_is_missing_for_months_that_were_over_before_the_office_began(office: Office) -> None:
    assert current(begun(office, "01/12/2026")) == ["2026-M12", "2027-M01"]


def test_a_deadline_after_the_first_day_counts(office: Office) -> None:
    assert current(begun(office, "20/11/2026"))[0] == "2026-M11"


def test_two_days_after_a_deadline_that_month_is_shown_though_the_next_has_opened(office: Office) -> None:
    assert chosen(office) == ["2026-M12"]


def test_nearer_to_the_next_deadline_the_next_month_is_shown(tmp_path: Path) -> None:
    assert chosen(made(tmp_path, "2027-01-11", MONTHLY)) == ["2027-M01"]


def test_a_quarter_and_a_year_due_on_one_day_are_both_shown(tmp_path: Path) -> None:
    both = (
        "  - {kind: quarter, due: chậm nhất ngày 15 tháng cuối quý}\n"
        "  - {kind: year, due: chậm nhất ngày 15/12}\n"
    )
    assert set(chosen(made(tmp_path, "2026-12-17", both))) == {"2026-Q4", "2026-Y"}


def test_before_the_half_years_deadline_it_is_shown_not_last_years_report(tmp_path: Path) -> None:
    assert chosen(made(tmp_path, "2026-05-15", HALF_YEARS)) == ["2026-H1"]
