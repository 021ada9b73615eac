"""The page of the period: what it shows, at which moment, and at what cost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.standing import period_standing
from desk.work import consolidation_of
from ledger.records import ObligationState
from tests.large_office import large_office
from tests.offices import PERIOD, REPORT, at, figures, make_office, report_mail, round_of_mail
from tests.web import PAGES, Served, costs, questions_to, served_office, served_round

PAGE = "/ky-bao-cao"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_round(tmp_path_factory.mktemp("desk")) as found:
        yield found


def shown(desk: Served, **query: str) -> list[tuple[str, str]]:
    """(unit, state) of the board, in order."""
    answer = desk.client().get(PAGE, params=query)
    assert answer.status_code == 200
    board = answer.text.partition('<section id="bang"')[2]
    rows = board.split("<tr>")[2:]
    found = []
    for row in rows:
        unit = re.search(r'<th scope="row">(?:<a [^>]*>)?(.*?)</', row)
        state = re.search(r'class="state (\w+)"', row)
        if unit and state:
            found.append((unit[1], state[1]))
    return found


def test_the_board_says_what_status_says(desk: Served) -> None:
    (status,) = desk.office.listed("status", "-r", REPORT, "-k", PERIOD)
    names = {row["unit"]: row["name"] for row in status["obligations"]}
    states = {names[unit]: state for unit, state in desk.office.states().items()}
    assert dict(shown(desk)) == states


def test_the_page_and_status_say_which_rule_made_the_deadline(desk: Served) -> None:
    (status,) = desk.office.listed("status", "-r", REPORT, "-k", PERIOD)
    assert status["due_rule"].startswith("Cách tính hạn: “trước ngày 05/6” là đến hết")
    assert status["due_rule"] in desk.client().get(PAGE).text
    unit = status["obligations"][0]["unit"]
    assert status["due_rule"] in desk.client().get(f"/don-vi/{unit}").text


def test_what_needs_the_officer_stands_first(desk: Served) -> None:
    states = [state for _unit, state in shown(desk)]
    order = ["needs_review", "missing", "late", "on_time", "exempt"]
    assert states == sorted(states, key=order.index)


def test_rates_are_of_the_units_that_owe(desk: Served) -> None:
    page = desk.client().get(PAGE).text
    assert "42,9%" in page
    assert "3/7 đơn vị" in page
    assert "28,6%" in page


def test_any_past_moment_can_be_asked_for(desk: Served) -> None:
    then = dict(shown(desk, luc="2023-06-02T00:00"))
    assert [unit for unit, state in then.items() if state == "on_time"] == ["UBND xã Bình Minh"]
    assert list(then.values()).count("missing") == 6
    page = desk.client().get(PAGE, params={"luc": "2023-06-02T00:00"}).text
    assert "00:00 02/06/2023" in page
    assert 'hx-trigger="every' not in page


def test_a_moment_that_is_none_is_said_and_now_is_shown(desk: Served) -> None:
    page = desk.client().get(PAGE, params={"luc": "hôm qua"}).text
    assert "hôm qua" in page
    assert dict(shown(desk, luc="hôm qua")) == dict(shown(desk))


@pytest.mark.parametrize("words", ["Suối Dâu", "suoi dau", "SUOI", "  suối  dâu "])
def test_units_are_found_with_and_without_marks(desk: Served, words: str) -> None:
    assert [unit for unit, _state in shown(desk, q=words)] == ["UBND xã Suối Dâu"]


def test_a_mark_that_is_typed_counts(desk: Served) -> None:
    assert shown(desk, q="suôi dâu") == []


def test_the_board_is_narrowed_to_a_kind_and_a_state(desk: Served) -> None:
    assert len(shown(desk, loai="department")) == 3
    assert shown(desk, tt="late") == [("UBND xã Hòa Lạc", "late")]
    assert shown(desk, loai="department", tt="late") == []


@pytest.mark.parametrize("sort", ["state", "sheet", "name", "arrival", "kept", "khong-co"])
def test_every_order_shows_every_unit(desk: Served, sort: str) -> None:
    assert sorted(shown(desk, xep=sort)) == sorted(shown(desk))


def test_by_arrival_the_first_stands_first_and_the_missing_last(desk: Served) -> None:
    states = [state for _unit, state in shown(desk, xep="arrival")]
    assert states[:3] == ["on_time", "on_time", "late"]


def test_a_period_nobody_collects_is_a_sentence(desk: Served) -> None:
    answer = desk.client().get(PAGE, params={"ky": "bdg/1999-H1"})
    assert answer.status_code == 422
    assert "1999-H1" in answer.text


def test_an_office_without_any_period_says_what_to_do_next(tmp_path: Path) -> None:
    with served_office(make_office(tmp_path)) as desk:
        assert "tonghop poll" in desk.client().get(PAGE).text


def test_the_page_asks_again_and_is_told_when_mail_came(tmp_path: Path) -> None:
    with served_round(tmp_path) as desk:
        client = desk.client()
        asked = re.search(r'hx-get="(/ky-bao-cao/moi[^"]*)"', client.get(PAGE).text)
        assert asked is not None
        again = asked[1].replace("&amp;", "&")
        assert client.get(again).status_code == 204
        desk.office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
        desk.office.take_in()
        answer = client.get(again)
        assert answer.status_code == 200
        assert "57,1%" in answer.text
        assert "/ky-bao-cao/moi" in answer.text


def test_what_came_by_hand_counts_in_this_period_and_in_earlier_ones(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    when = ("-r", REPORT, "-k", "2022-Y", "--at", "2022-12-01T08:00")
    office.run("decide", "receive", "y-te", *when, "--channel", "paper")
    with office.opened() as opened:
        report = opened.regime.report(REPORT)
        period = opened.period(report, PERIOD)
        assert period is not None
        stood = period_standing(opened, report, period, opened.clock())
        kept = {each.period.id: each.state for each in stood.kept["y-te"]}
        # Of 2022-H1 nothing came from anybody: it was not collected here, and speaks against no unit.
        assert kept == {"2022-Y": ObligationState.ON_TIME}
        assert {each.state for each in stood.kept["binh-minh"]} == {ObligationState.MISSING}


def test_looking_back_agrees_with_what_a_consolidation_of_that_period_says(tmp_path: Path) -> None:
    office = large_office(tmp_path, units=20, periods=4)
    with office.opened() as opened:
        report = opened.regime.report(REPORT)
        last = opened.period(report, "2023-Y")
        assert last is not None
        for moment in (opened.clock(), at("2023-06-01T00:00")):
            stood = period_standing(opened, report, last, moment)
            for period_id in ("2022-H1", "2022-Y", "2023-H1"):
                period = opened.period(report, period_id)
                assert period is not None
                whole = consolidation_of(opened, report, period, moment)
                was_collected = any(each.first_valid for each in whole.standings)
                for standing in whole.standings:
                    # What waits for a person is missing until it is accepted; looking back tells no more.
                    expected = standing.state
                    if expected is ObligationState.NEEDS_REVIEW:
                        expected = ObligationState.MISSING
                    kept = {each.period.id: each.state for each in stood.kept[standing.unit.id]}
                    assert kept.get(period_id) is (expected if was_collected else None)
            whole = consolidation_of(opened, report, last, moment)
            assert [each.state for each in stood.standings] == [each.state for each in whole.standings]


def test_no_page_asks_the_ledger_more_often_for_more_units(tmp_path: Path) -> None:
    asked = []
    for units in (20, 60):
        with served_office(large_office(tmp_path / str(units), units)) as desk:
            client = desk.client()
            counts = {}
            for page in PAGES:
                client.settled(page)
                with questions_to(desk) as statements:
                    assert client.get(page).status_code == 200
                counts[page] = len(statements)
            asked.append(counts)
    assert asked[0] == asked[1]
    # What is due asks who stands where in each period whose ladder stands at a rung.
    assert max(asked[0].values()) <= 16, asked[0]


def test_sixty_units_ten_periods_and_forty_indicators_cost_little(tmp_path: Path) -> None:
    # Processor time, not the clock on the wall: the machine that runs the tests has other things to do.
    with served_office(large_office(tmp_path, 60)) as desk:
        client = desk.client()
        client.get(PAGE)
        spent = []
        for _ in range(3):
            begun = time.process_time()
            assert client.get(PAGE).status_code == 200
            spent.append(time.process_time() - begun)
        assert min(spent) < 0.2 * costs(), spent


def test_the_board_leads_to_the_unit_and_to_what_waits_of_it(desk: Served) -> None:
    client = desk.client()
    board = client.get(PAGE).text
    (unit,) = re.findall(r'<a href="(/don-vi/suoi-dau\?[^"]*)"', board)
    assert "UBND xã Suối Dâu" in client.get(unit).text
    (waiting,) = re.findall(r'<a href="(/viec-can-xem\?[^"]*)" aria-label="[^"]*Suối Dâu"', board)
    assert client.get(waiting).text.count('class="task"') == 1


def test_a_past_moment_is_typed_day_first_and_the_deadline_is_one_click(desk: Served) -> None:
    assert "00:00 02/06/2023" in desk.client().get(PAGE, params={"luc": "2/6/2023"}).text
    page = desk.client().get(PAGE).text
    (then,) = re.findall(r'href="([^"]*)">Xem lúc hết hạn nộp</a>', page)
    assert "Đang xem tình hình lúc 00:00 05/06/2023" in desk.client().get(then.replace("&amp;", "&")).text
