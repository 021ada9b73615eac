"""What an officer decides: what it changes, how it is recorded, and that nothing undoes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.decisions import accept
from desk.office import Office as OpenOffice
from desk.taking_back import undo
from ledger.records import Decision
from ledger.taught import effective_regime
from tests.builders import xlsx
from tests.offices import (
    PERIOD,
    REPORT,
    Office,
    address,
    after_round,
    facts,
    figure_table,
    figures,
    inside,
    make_office,
    note,
    report_mail,
)

WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def ids(office: Office) -> dict[str, str]:
    """The office has taken a small round in."""
    return after_round(office.home.parent)[1]


def decisions(office: Office) -> tuple[Decision, ...]:
    found: tuple[Decision, ...] = inside(office, lambda opened: opened.ledger.decisions())
    return found


def survives(office: Office, look: Callable[[], Any]) -> None:
    """What is seen stays the same over a rerun, a re-import and a rebuild that replaces the ledger."""
    seen = look()
    office.take_in()  # the copy lies in a folder of its own: the same mail is sighted there too
    before = inside(office, lambda opened: facts(opened.ledger))

    def reread(opened: Any) -> None:
        opened.ledger.read_again([m.archive_id for m in opened.ledger.messages()])

    inside(office, reread)
    office.take_in()
    assert look() == seen
    again = office.run("rebuild", "--replace", "--json").json
    assert again["differences"] == []
    assert look() == seen
    assert inside(office, lambda opened: facts(opened.ledger)) == before


def test_accepting_books_the_held_mail_with_its_original_arrival(office: Office, ids: dict[str, str]) -> None:
    told = office.run("decide", "accept", office.question(ids["held"]), "--reason", "Đã gọi điện hỏi lại").out
    assert re.search(r"lúc \d\d/\d{1,2}/\d{4} \d\d:\d\d\.", told)
    message = office.message(ids["held"])
    assert (message["state"], message["unit"]) == ("booked", "suoi-dau")
    assert message["arrival"] == "2023-06-03T10:00:00+07:00"
    standing = office.standing("suoi-dau")
    assert (standing["state"], standing["first_valid"]) == ("on_time", "2023-06-03T10:00:00+07:00")
    assert office.value("suoi-dau", "B1")["certainty"] == "certain"
    survives(office, lambda: (office.message(ids["held"]), office.standing("suoi-dau")))


def test_a_line_that_nothing_arose_is_booked_as_a_nil_report_at_its_arrival(office: Office) -> None:
    said = "UBND xã Bình Minh báo cáo: 6 tháng đầu năm 2023 không phát sinh nội dung, số liệu."
    mail = office.deliver(note(address("binh-minh"), "Báo cáo bình đẳng giới", said), "2023-06-04T23:00:00")
    office.take_in()
    assert office.standing("binh-minh")["state"] == "needs_review"
    question = office.question(mail)
    office.run("decide", "accept", question)
    standing = office.standing("binh-minh")
    assert (standing["state"], standing["first_valid"]) == ("on_time", "2023-06-04T23:00:00+07:00")
    assert office.message(mail)["state"] == "set_aside"
    assert office.listed("review") == []
    survives(office, lambda: (office.message(mail), office.standing("binh-minh")))
    office.run("decide", "reopen", mail, "--reason", "Đơn vị sẽ gửi văn bản")
    assert office.question(mail) == question
    assert office.standing("binh-minh")["state"] == "needs_review"


def test_a_decision_is_recorded_with_who_when_and_why(office: Office, ids: dict[str, str]) -> None:
    office.run("decide", "accept", office.question(ids["held"]), "--reason", "Đã gọi điện hỏi lại")
    first = decisions(office)[0]
    assert (first.number, first.who, first.reason) == (1, "Lò Thị Mai", "Đã gọi điện hỏi lại")
    assert first.at.isoformat() == "2023-06-07T02:00:00+00:00"
    journal = (office.home / "decisions.jsonl").read_text("utf-8")
    assert "Lò Thị Mai" in journal
    assert "Đã gọi điện hỏi lại" in journal


def test_accepting_a_strangers_mail_learns_the_address(office: Office, ids: dict[str, str]) -> None:
    office.run("decide", "accept", office.question(ids["held"]))
    later = report_mail(
        "suoi-dau", figures(9), sender="ban@rieng.example", subject="Thay thế báo cáo bình đẳng giới"
    )
    archive_id = office.deliver(later, "2023-06-06T08:00")
    office.take_in()
    assert office.message(archive_id)["class"] == "correction"
    assert office.message(archive_id)["state"] == "booked"


def test_an_address_learned_by_an_acceptance_is_forgotten_when_that_is_taken_back(
    office: Office, ids: dict[str, str]
) -> None:
    item = office.question(ids["held"])
    office.run("decide", "accept", item, "--unit", "y-te", "--report", REPORT, "--period", PERIOD)
    assert office.standing("y-te")["state"] == "on_time"
    office.run("decide", "reopen", item, "--reason", "Nhầm đơn vị")
    assert [decision.kind for decision in decisions(office)] == ["assign", "link_address", "reopen", "reopen"]
    # Else the address would speak for the wrong unit from now on, and be stronger than the letterhead.
    assert office.message(ids["held"])["state"] == "review"
    assert office.question(ids["held"]) == item
    survives(office, lambda: (office.message(ids["held"]), office.standing("y-te")))


def test_an_address_learned_from_two_mails_is_forgotten_when_both_are_taken_back_one_by_one(
    office: Office, ids: dict[str, str]
) -> None:
    second = report_mail("suoi-dau", figures(6), sender="ban@rieng.example")
    other = office.deliver(second, "2023-06-03T12:00")
    office.take_in()
    items = [office.question(ids["held"]), office.question(other)]

    def accepted_and_taken_back(opened: OpenOffice) -> None:
        unread = replace(opened, later=lambda: None)  # as on the desk: mails are read again afterwards
        named: Any = {"unit": "suoi-dau", "report": REPORT, "period": PERIOD, "role": None, "reason": ""}
        made = [accept(unread, item, **named).number for item in items]
        for number in reversed(made):
            undo(unread, number, "")

    inside(office, accepted_and_taken_back)
    regime = inside(office, lambda opened: effective_regime(opened.regime, opened.ledger.decisions()))
    unit = regime.unit("suoi-dau")
    assert "ban@rieng.example" not in {known.address for known in unit.addresses}


def test_an_address_linked_by_hand_outlives_what_else_is_taken_back(
    office: Office, ids: dict[str, str]
) -> None:
    office.run("decide", "accept", office.question(ids["held"]), "--no-learn")
    office.run("decide", "link", "ban@rieng.example", "suoi-dau")
    office.run("decide", "reopen", ids["held"])
    assert office.message(ids["held"])["state"] == "booked"


@pytest.mark.parametrize("figure", ["ba bốn", "-", "không", "khoảng 7", "1,234", "7-8", "7%", ""])
def test_what_an_officer_types_is_a_number_in_digits_or_nothing(office: Office, figure: str) -> None:
    office.deliver(report_mail("y-te", figures(5, B3=("1,234", "20"))), "2023-06-03T11:00")
    office.take_in()
    (question,) = office.listed("review")
    office.run("decide", "value", question["id"], figure, code=6)
    assert decisions(office) == ()


def test_assigning_books_a_mail_to_whom_the_officer_names(office: Office) -> None:
    book = xlsx({"Biểu": figure_table(figures(6))})
    held = office.deliver(
        note("la@rieng.example", "Báo cáo bình đẳng giới", "Gửi chị.", ("bieu.xlsx", book)),
        "2023-06-02T08:00",
    )
    office.take_in()
    assert office.message(held)["state"] == "review"
    office.run("decide", "accept", held, "--unit", "y-te", "--report", REPORT, "--period", PERIOD)
    assert office.standing("y-te")["state"] == "on_time"
    assert office.value("y-te", "B1")["value"] == 16
    assert decisions(office)[0].kind == "assign"
    survives(office, lambda: (office.message(held), office.value("y-te", "B1")))


def test_a_proposal_that_leaves_something_open_is_not_accepted_blindly(office: Office) -> None:
    book = xlsx({"Biểu": figure_table(figures(6))})
    held = office.deliver(
        note("la@rieng.example", "Báo cáo bình đẳng giới", "Gửi chị.", ("bieu.xlsx", book)),
        "2023-06-02T08:00",
    )
    office.take_in()
    assert "(đơn vị)" in office.run("decide", "accept", office.question(held), code=6).err
    assert decisions(office) == ()


def test_setting_aside_takes_a_booked_report_out_of_everything(office: Office, ids: dict[str, str]) -> None:
    office.run("decide", "set-aside", ids["first"], "--class", "other", "--reason", "Gửi nhầm")
    message = office.message(ids["first"])
    assert (message["class"], message["state"]) == ("other", "set_aside")
    assert office.standing("binh-minh")["state"] == "missing"
    assert office.value("binh-minh", "B1") is None
    survives(office, lambda: (office.message(ids["first"]), office.standing("binh-minh")))


def test_a_figure_the_officer_enters_counts(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1, B2=("410", "999"))), "2023-06-01T08:00")
    office.take_in()
    items = [q for q in office.listed("review") if q["indicator"] == "B2"]
    assert office.value("binh-minh", "B2", items[0]["sex"])["certainty"] == "doubtful"
    for item in items:
        figure = "199" if item["sex"] == "female" else "410"
        office.run("decide", "value", item["id"], figure, "--reason", "Xã xác nhận qua điện thoại")
    women = office.value("binh-minh", "B2", "female")
    total = office.value("binh-minh", "B2")
    assert (total["value"], total["certainty"]) == (410, "certain")
    entered = [value for value in (women, total) if value["method"] == "decision"]
    assert len(entered) == len(items)
    assert office.listed("review") == []
    survives(office, lambda: [office.value("binh-minh", "B2", sex) for sex in ("total", "female")])


def test_taking_a_figure_back_leaves_the_report_where_it_is(office: Office) -> None:
    given = figures(1, B2=("410", "999"))
    held = office.deliver(report_mail("suoi-dau", given, sender="ban@rieng.example"), "2023-06-01T08:00")
    office.take_in()
    office.run("decide", "accept", office.question(held), "--no-learn")
    item = next(q for q in office.listed("review") if q["kind"] == "value")
    office.run("decide", "set-aside", item["id"], code=6)
    office.run("decide", "value", item["id"], "410")
    office.run("decide", "reopen", item["id"])
    assert office.value("suoi-dau", "B2", item["sex"])["certainty"] == "doubtful"
    assert item["id"] in {q["id"] for q in office.listed("review")}
    assert office.message(held)["state"] == "booked"


def test_what_is_no_number_is_not_entered(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1, B2=("410", "999"))), "2023-06-01T08:00")
    office.take_in()
    item = next(q["id"] for q in office.listed("review"))
    for text in ("nhiều", "", "12 hoặc 13"):
        office.run("decide", "value", item, text, code=6)
    assert decisions(office) == ()


def test_linking_books_all_earlier_mails_of_the_address(office: Office, ids: dict[str, str]) -> None:
    second = report_mail(
        "suoi-dau", {"B1": ("30", "")}, sender="ban@rieng.example", subject="Bổ sung báo cáo bình đẳng giới"
    )
    supplement = office.deliver(second, "2023-06-04T10:00")
    office.take_in()
    office.run("decide", "link", "Ban@Rieng.example", "suoi-dau", "--reason", "Địa chỉ riêng của văn thư")
    assert office.message(ids["held"])["state"] == "booked"
    assert office.message(supplement)["class"] == "correction"
    assert office.standing("suoi-dau")["first_valid"] == "2023-06-03T10:00:00+07:00"
    assert office.value("suoi-dau", "B1")["value"] == 30
    survives(office, lambda: (office.message(supplement), office.standing("suoi-dau")))


def test_linking_from_a_day_leaves_earlier_mails_alone(office: Office, ids: dict[str, str]) -> None:
    later = report_mail("suoi-dau", figures(8), sender="ban@rieng.example")
    second = office.deliver(later, "2023-06-04T00:00")
    office.take_in()
    office.run("decide", "link", "ban@rieng.example", "suoi-dau", "--from", "04/06/2023")
    assert office.message(ids["held"])["state"] == "review"
    assert office.message(second)["state"] == "booked"


def test_a_report_on_paper_ends_the_chase(office: Office, ids: dict[str, str]) -> None:
    assert ids
    assert "y-te" in {mail["unit"] for mail in office.listed("remind")["mails"]}
    office.run("decide", "receive", "y-te", *WHERE, "--at", "2023-06-02T15:00", "--channel", "zalo")
    standing = office.standing("y-te")
    assert (standing["state"], standing["first_valid"]) == ("on_time", "2023-06-02T15:00:00+07:00")
    assert "y-te" not in {mail["unit"] for mail in office.listed("remind")["mails"]}
    survives(office, lambda: office.standing("y-te"))


def test_a_report_on_paper_after_the_deadline_is_late(office: Office) -> None:
    office.run("decide", "receive", "y-te", *WHERE, "--at", "2023-06-05")
    assert office.standing("y-te")["state"] == "late"


def test_an_exempt_unit_owes_nothing_and_is_not_expected(office: Office, ids: dict[str, str]) -> None:
    assert ids
    office.run("decide", "exempt", "y-te", *WHERE, "--reason", "Mới thành lập")
    standing = office.standing("y-te")
    assert (standing["state"], standing["exempt"]) == ("exempt", "Mới thành lập")
    (view,) = office.listed("status", *WHERE)
    assert view["counts"]["expected"] == 6
    survives(office, lambda: office.standing("y-te"))


def test_an_extension_turns_late_into_on_time_for_that_unit_alone(
    office: Office, ids: dict[str, str]
) -> None:
    assert ids
    assert office.standing("hoa-lac")["state"] == "late"
    office.run("decide", "extend", "hoa-lac", "2023-06-10", *WHERE, "--reason", "Mưa lũ")
    assert office.standing("hoa-lac")["state"] == "on_time"
    assert office.standing("hoa-lac")["due"] == "2023-06-10T00:00:00+07:00"
    assert office.standing("y-te")["due"] == "2023-06-05T00:00:00+07:00"
    survives(office, lambda: office.standing("hoa-lac"))


def test_reopening_takes_a_decision_back_and_keeps_it_in_the_record(
    office: Office, ids: dict[str, str]
) -> None:
    before = office.message(ids["first"])
    office.run("decide", "set-aside", ids["first"])
    office.run("decide", "reopen", ids["first"], "--reason", "Bấm nhầm")
    assert office.message(ids["first"]) == before
    assert office.standing("binh-minh")["state"] == "on_time"
    assert [d.kind for d in decisions(office)] == ["set_aside", "reopen"]
    survives(office, lambda: office.message(ids["first"]))


def test_an_accepted_question_that_is_reopened_is_asked_again(office: Office, ids: dict[str, str]) -> None:
    item = office.question(ids["held"])
    office.run("decide", "accept", item, "--no-learn")
    assert [q["id"] for q in office.listed("review") if q["message"] == ids["held"]] == []
    office.run("decide", "reopen", item)
    assert office.question(ids["held"]) == item
    assert office.standing("suoi-dau")["state"] == "needs_review"


def test_a_question_keeps_its_id_over_reruns(office: Office, ids: dict[str, str]) -> None:
    before = {q["id"] for q in office.listed("review")}

    def reread(opened: Any) -> None:
        opened.ledger.read_again(list(ids.values()))

    inside(office, reread)
    office.take_in()
    assert {q["id"] for q in office.listed("review")} == before


def test_decisions_alone_bring_a_lost_ledger_back(office: Office, ids: dict[str, str]) -> None:
    office.run("decide", "accept", office.question(ids["held"]))
    office.run("decide", "exempt", "y-te", *WHERE, "--reason", "Mới thành lập")
    states = office.states()
    for path in office.home.glob("tonghop.sqlite3*"):
        path.unlink()
    office.take_in()
    assert office.states() == states


def test_an_automatic_answer_that_carries_the_report_counts_when_the_officer_says_so(office: Office) -> None:
    headers = {"Auto-Submitted": "auto-replied"}
    held = office.deliver(
        note("yte@songmay.example", "Vắng mặt", "Báo cáo bình đẳng giới: 12 buổi.", headers=headers),
        "2023-06-02T08:00",
    )
    office.take_in()
    assert office.message(held)["state"] == "set_aside"
    office.run("decide", "accept", held, "-u", "y-te", *WHERE)
    assert office.standing("y-te")["state"] == "on_time"


@pytest.mark.parametrize(
    ("words", "unit", "before", "after"),
    [
        (("exempt", "y-te", "--reason", "Nhầm"), "y-te", "exempt", "missing"),
        (("extend", "hoa-lac", "2023-06-10", "--reason", "Nhầm"), "hoa-lac", "on_time", "late"),
    ],
)
def test_a_decision_about_no_message_is_taken_back_by_its_number(
    office: Office, ids: dict[str, str], words: tuple[str, ...], unit: str, before: str, after: str
) -> None:
    assert ids
    office.run("decide", *words, *WHERE)
    assert office.standing(unit)["state"] == before
    with office.opened() as opened:
        number = opened.ledger.decisions()[-1].number
    office.run("decide", "reopen", str(number))
    assert office.standing(unit)["state"] == after
    survives(office, lambda: office.standing(unit))
