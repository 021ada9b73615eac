"""A period that is frozen: its figures stand, what comes later is told, and nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.daemon import Daemon
from desk.decisions_on_dues import extend
from desk.errors import FrozenIssueLostError, UnknownNameError
from desk.freezing import NotFreezableError, freeze, frozen, unfreeze
from desk.office import Office as OpenOffice
from desk.taking_back import reopen
from desk.work import issue
from ledger.errors import InvalidDecisionError
from ledger.freezing import FREEZE, freeze_of, target_of
from ledger.records import Decision
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

WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return after_round(tmp_path)[0]


def total(view: Any, indicator: str = "B1") -> Any:
    return next(row for row in view["totals"] if row["indicator"] == indicator and row["sex"] == "total")


def late_report(office: Office) -> Office:
    """A unit that was missing reports after the freeze; the office a day later."""
    office.deliver(report_mail("y-te", figures(9)), "2023-06-08T08:00")
    later = replace(office, now="2023-06-09T09:00:00+07:00")
    later.take_in()
    return later


def freeze_it(office: Office, reason: str = "Đã trình lãnh đạo") -> None:
    office.run("decide", "freeze", *WHERE, "--reason", reason)


def test_a_frozen_period_gets_no_further_issue_and_keeps_its_figures(office: Office) -> None:
    freeze_it(office)
    before = office.listed("consolidate", *WHERE)
    office = late_report(office)
    after = office.listed("consolidate", *WHERE)
    assert (after["number"], after["new"]) == (1, False)
    assert total(after) == total(before)
    assert after["frozen"]["who"] == "Lò Thị Mai"
    assert after["frozen"]["reason"] == "Đã trình lãnh đạo"
    assert office.states()["y-te"] == "late"  # the report itself is booked as ever


def test_what_came_after_the_freeze_is_listed_figure_by_figure(office: Office) -> None:
    freeze_it(office)
    office = late_report(office)
    since = office.listed("consolidate", *WHERE)["since_frozen"]
    assert {row["unit"] for row in since} == {"y-te"}
    assert {"unit": "y-te", "indicator": "B1", "old": None, "new": "19", "why": "arrival"}.items() <= next(
        row for row in since if row["indicator"] == "B1"
    ).items()
    told = office.run("consolidate", *WHERE).out
    assert "đã chốt theo lần lập 1" in " ".join(told.split())
    assert "đến sau khi chốt" in told

    def look(opened: OpenOffice) -> list[str]:
        report = opened.regime.report(REPORT)
        period = opened.period(report, PERIOD)
        assert period is not None
        found = frozen(opened, report, period)
        assert found is not None
        return [each.key.unit for each in found.arrived]

    assert inside(office, look) == ["y-te"]


def test_a_decision_after_the_freeze_moves_nothing_in_silence(office: Office) -> None:
    freeze_it(office)
    held = next(row["id"] for row in office.listed("review") if row["unit"] == "suoi-dau")
    before = office.listed("consolidate", *WHERE)
    office.run("decide", "accept", held)
    after = office.listed("consolidate", *WHERE)
    assert total(after) == total(before)
    assert {row["unit"] for row in after["since_frozen"]} == {"suoi-dau"}


def test_the_issue_is_made_when_figures_have_moved_since_the_last_one(office: Office) -> None:
    office.run("consolidate", *WHERE)
    office = late_report(office)
    freeze_it(office)
    view = office.listed("consolidate", *WHERE)
    assert view["number"] == 2
    assert "y-te" in total(view)["units"]
    assert view["since_frozen"] == []


def test_unfreezing_lets_the_next_issue_tell_what_has_changed(office: Office) -> None:
    freeze_it(office)
    office = late_report(office)
    office.run("decide", "unfreeze", *WHERE, "--reason", "Bổ sung Phòng Y tế")
    view = office.listed("consolidate", *WHERE)
    assert (view["number"], view["new"], view["frozen"]) == (2, True, None)
    assert {cause["unit"] for change in view["changes"] for cause in change["because"]} == {"y-te"}


def test_both_are_decisions_in_journal_and_history(office: Office) -> None:
    freeze_it(office)
    office.run("decide", "unfreeze", *WHERE, "--reason", "Nhầm kỳ")
    lines = (office.home / "decisions.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert "Nhầm kỳ" in lines[1]
    kinds = inside(office, lambda opened: [each.kind for each in opened.ledger.decisions()])
    assert kinds == ["freeze", "unfreeze"]
    assert inside(office, lambda opened: opened.ledger.broken_history()) == ()


def test_a_freeze_survives_the_rebuilding_of_the_ledger(office: Office) -> None:
    freeze_it(office)
    office = late_report(office)
    before = office.listed("consolidate", *WHERE)
    office.run("rebuild", "--replace")
    assert office.listed("consolidate", *WHERE) == before


def test_a_lost_issue_is_told_and_the_way_out_stands_open(office: Office) -> None:
    freeze_it(office)
    office.ledger_file.unlink()
    for beside in office.home.glob("tonghop.sqlite3-*"):
        beside.unlink()
    office.take_in()  # the ledger anew from archive and journal; issues are in neither
    ran = office.run("consolidate", *WHERE, code=5)
    assert "lần lập 1" in " ".join(ran.err.split()) or "lần lập 1" in " ".join(ran.out.split())
    office.run("decide", "unfreeze", *WHERE, "--reason", "Sổ mới")
    assert office.listed("consolidate", *WHERE)["number"] == 1


def test_the_daemon_works_on_past_a_frozen_and_a_lost_issue(office: Office) -> None:
    freeze_it(office)
    said: list[str] = []
    inside(office, lambda opened: Daemon(opened, said.append).run(once=True))

    def lose(opened: OpenOffice) -> None:
        target = target_of(REPORT, PERIOD)
        choice = {"issue": 7, "inputs_sha256": "0" * 64}
        opened.ledger.decide(Decision(0, opened.clock(), "Lò Thị Mai", FREEZE, target, choice))

    inside(office, lose)
    office = replace(office, now="2023-06-08T09:00:00+07:00")
    inside(office, lambda opened: Daemon(opened, said.append).run(once=True))
    assert any("lần lập 7" in sentence for sentence in said)


def test_refusals_are_sentences(office: Office) -> None:
    with office.opened() as opened:
        with pytest.raises(NotFreezableError) as refused:
            unfreeze(opened, REPORT, PERIOD, "x")
        assert refused.value.key == "desk.not_frozen"
        with pytest.raises(NotFreezableError) as refused:
            freeze(opened, REPORT, PERIOD, "  ")
        assert refused.value.key == "desk.reason_wanted"
        freeze(opened, REPORT, PERIOD, "Đã trình")
        with pytest.raises(NotFreezableError) as refused:
            freeze(opened, REPORT, PERIOD, "Lần nữa")
        assert refused.value.key == "desk.frozen_already"
        with pytest.raises(UnknownNameError):
            freeze(opened, REPORT, "khong-co", "Đã trình")


def test_a_freeze_taken_back_by_its_number_leaves_extensions_alone(office: Office) -> None:
    with office.opened() as opened:
        extend(opened, "y-te", REPORT, PERIOD, at("2023-06-20T00:00"), "ốm")
        made = freeze(opened, REPORT, PERIOD, "Đã trình")
        reopen(opened, str(made.number), "nhầm")
        assert freeze_of(opened.ledger.decisions(), REPORT, PERIOD) is None
    assert office.standing("y-te")["due"].startswith("2023-06-20")


def test_another_period_is_not_frozen_with_it(office: Office) -> None:
    freeze_it(office)
    with office.opened() as opened:
        assert freeze_of(opened.ledger.decisions(), REPORT, "2023-Y") is None
        assert freeze_of(opened.ledger.decisions(), "khac", PERIOD) is None


def test_a_freeze_without_its_issue_is_never_recorded(office: Office) -> None:
    with office.opened() as opened:
        for choice in ({}, {"issue": 0}, {"issue": "1"}):
            with pytest.raises(InvalidDecisionError):
                opened.ledger.decide(
                    Decision(0, opened.clock(), "Mai", FREEZE, target_of(REPORT, PERIOD), choice)
                )
        with pytest.raises(InvalidDecisionError):
            opened.ledger.decide(Decision(0, opened.clock(), "Mai", FREEZE, {}, {"issue": 1}))


def test_an_issue_that_is_not_the_one_frozen_is_not_taken_for_it(office: Office) -> None:
    def other(opened: OpenOffice) -> None:
        report = opened.regime.report(REPORT)
        period = opened.period(report, PERIOD)
        assert period is not None
        issue(opened, report, period, opened.clock())
        choice = {"issue": 1, "inputs_sha256": "0" * 64}
        opened.ledger.decide(Decision(0, opened.clock(), "Mai", FREEZE, target_of(REPORT, PERIOD), choice))
        with pytest.raises(FrozenIssueLostError):
            issue(opened, report, period, opened.clock())

    inside(office, other)


def test_values_and_trace_of_a_frozen_period_say_what_stands_beside_what_is(office: Office) -> None:
    freeze_it(office)
    office = late_report(office)
    rows = {row["unit"]: row for row in office.listed("values", *WHERE) if row["indicator"] == "B1"}
    assert (rows["y-te"]["value"], rows["y-te"]["frozen"]) == (19, {"issue": 1, "value": None})
    assert rows["binh-minh"]["frozen"] == {"issue": 1, "value": rows["binh-minh"]["value"]}
    traced = office.listed("trace", "B1", *WHERE)
    assert (traced["total"]["value"], traced["total"]["n"], traced["frozen"]) == (36, 3, 1)
    assert traced["now"]["value"] == 55
    assert "đã chốt theo lần lập 1" in " ".join(office.run("values", *WHERE).out.split())
    assert "Theo sổ hiện nay: 55" in " ".join(office.run("trace", "B1", *WHERE).out.split())
    assert office.listed("trace", "B1", *WHERE, "--as-of", "2023-06-06")["frozen"] is None
    office.run("decide", "unfreeze", *WHERE, "--reason", "Sửa")
    assert office.listed("trace", "B1", *WHERE)["total"]["value"] == 55
    assert {row["frozen"] for row in office.listed("values", *WHERE)} == {None}
