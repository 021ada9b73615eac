"""What is kept of a period's figures is what is worked out afresh, and passes for current while it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config.reports import Figure, Sex
from desk.figures import figures_of
from desk.office import Office as OpenOffice
from desk.settled import (
    NotWorkedOutError,
    Settled,
    settled,
    settled_findings,
    settled_units,
    settled_values,
    work_out,
    work_out_all,
)
from ledger.lock import only_worker
from tests.offices import (
    PERIOD,
    REPORT,
    Office,
    after_round,
    at,
    figures,
    inside,
    report_mail,
)
from tests.web import Served, served_office

PAGE = "/tong-hop"
WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return after_round(tmp_path)[0]


@pytest.fixture
def desk(office: Office) -> Iterator[Served]:
    with served_office(office) as found:
        yield found


def kept(opened: OpenOffice, period: str = PERIOD) -> Settled | None:
    report = opened.regime.report(REPORT)
    known = opened.period(report, period)
    assert known is not None
    with opened.ledger.snapshot():
        return settled(opened, report, known)


def worked(opened: OpenOffice, period: str = PERIOD) -> bool:
    report = opened.regime.report(REPORT)
    known = opened.period(report, period)
    assert known is not None
    return work_out(opened, report, known)


def test_what_is_kept_is_what_is_worked_out_afresh(office: Office) -> None:
    def look(opened: Any) -> None:
        assert kept(opened) is None
        assert worked(opened)
        found = kept(opened)
        assert found is not None
        report, period = found.report, found.period
        afresh = figures_of(opened, report, period, opened.clock(), compared=True)
        assert found.is_current
        assert found.figures == afresh.figures
        assert settled_values(opened.ledger, found) == afresh.consolidation.values
        assert settled_findings(opened.ledger, found)[0] == afresh.consolidation.findings
        given = settled_units(opened.ledger, found, Figure("B1", Sex.TOTAL))
        (total,) = (each for each in afresh.figures if each.indicator.code == "B1")
        waiting = {each.unit for each in given if each.state == "doubtful"}
        assert {each.unit for each in given if each.state == "missing"} | waiting == set(total.missing)
        counted = [each.held.value.value for each in given if each.state == "counted" and each.held]
        assert sum(number for number in counted if number is not None) == total.stands.value
        assert not worked(opened)

    inside(office, look)


def mail_comes(office: Office) -> None:
    office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
    office.take_in()


def figure_decided(office: Office) -> None:
    item = next(each["id"] for each in office.listed("review") if each["period"] == PERIOD)
    office.run("decide", "set-aside", item, "--class", "other", "--reason", "thử")


def unit_exempted(office: Office) -> None:
    office.run("decide", "exempt", "the-thao", *WHERE, "--reason", "không thuộc diện")


def draft_made(office: Office) -> None:
    office.run("consolidate", *WHERE)


def label_changed(office: Office) -> None:
    report = office.home / "regime" / "reports" / "bdg.yaml"
    report.write_text(report.read_text("utf-8").replace("Số buổi", "Số cuộc"), "utf-8")


@pytest.mark.parametrize("change", [mail_comes, figure_decided, unit_exempted, draft_made, label_changed])
def test_what_is_kept_holds_no_more_once_something_it_rests_on_has_changed(
    office: Office, change: Any
) -> None:
    inside(office, worked)
    change(office)
    found = inside(office, kept)
    assert found is None or not found.is_current
    assert inside(office, worked)
    assert inside(office, kept).is_current


def test_what_is_kept_holds_on_after_what_concerns_another_period_or_an_address(office: Office) -> None:
    inside(office, worked)
    office.run("decide", "exempt", "the-thao", "-r", REPORT, "-k", "2023-Y", "--reason", "không thuộc diện")
    office.run("decide", "link", "moi@songmay.example", "y-te")
    inside(office, lambda opened: opened.ledger.note("morning_done", "2023-06-07"))
    assert inside(office, kept).is_current
    assert not inside(office, worked)


def test_mail_dated_ahead_ends_what_is_kept_at_its_moment(office: Office) -> None:
    office.deliver(report_mail("y-te", figures(9)), "2023-06-07T10:00")
    office.take_in()
    inside(office, worked)
    assert inside(office, kept).is_current
    later = replace(office, now="2023-06-07T10:01:00+07:00")
    assert not inside(later, kept).is_current


def test_what_was_kept_may_be_lost_or_unreadable_at_any_time(office: Office) -> None:
    def spoil(opened: Any) -> None:
        with opened.ledger._database.writing() as connection:
            connection.execute(text("UPDATE settled SET content = x'00'"))

    inside(office, worked)
    inside(office, spoil)
    assert inside(office, kept) is None
    assert inside(office, worked)
    assert inside(office, kept).is_current


def test_what_cannot_be_worked_out_is_told_and_not_tried_again_until_something_changes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk.errors import UnknownNameError

    def fail(*_given: Any, **_named: Any) -> None:
        raise UnknownNameError("desk.unknown_unit", name="ma", known="")

    with monkeypatch.context() as broken:
        broken.setattr("desk.settled.figures_of", fail)
        assert inside(office, worked)
        assert not inside(office, worked)
        with pytest.raises(NotWorkedOutError):
            inside(office, kept)
    mail_comes(office)
    assert inside(office, worked)
    assert inside(office, kept).is_current


def test_the_daemon_works_out_every_period_that_is_being_collected(office: Office) -> None:
    inside(office, work_out_all)
    assert inside(office, kept).is_current
    assert not inside(office, worked)


def test_while_another_process_works_the_page_shows_what_was_kept_and_says_so(desk: Served) -> None:
    client = desk.client()
    client.settled(PAGE)
    url = desk.desk.office().settings.database_url
    with only_worker(url):
        desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
        desk.office.take_in()
        page = client.get(PAGE).text
        assert "Sau đó đã có thay đổi" in page
        assert ">36</a>" in page
        assert "tep=bang-tinh" in client.get(f"{PAGE}/xuat").headers["location"]
    page = client.settled(PAGE).text
    assert "Sau đó đã có thay đổi" not in page
    assert ">55</a>" in page


def test_a_period_nobody_has_worked_out_is_awaited_without_a_script_too(desk: Served) -> None:
    with only_worker(desk.desk.office().settings.database_url):
        page = desk.client().get(PAGE).text
        assert "Đang tính số liệu" in page
        assert "Tải lại trang" in page
        assert desk.client().get(f"{PAGE}/chi-tieu").headers["location"].startswith(PAGE)
    assert ">36</a>" in desk.client().settled(PAGE).text


def test_figures_are_shown_with_the_moment_they_were_worked_out(desk: Served) -> None:
    desk.client().settled(PAGE)
    desk.clock.now = at("2023-06-09T10:00")
    assert "Số liệu tính lúc" in desk.client().get(PAGE).text
