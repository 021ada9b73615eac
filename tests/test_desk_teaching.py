"""What an officer teaches of the wording of rows: what it settles, leaves alone, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intake.extractors.scan import is_installed
from tests import builders_pages as paper
from tests.builders import xlsx
from tests.offices import (
    Office,
    address,
    facts,
    figure_table,
    figures,
    inside,
    letter,
    make_office,
    note,
    report_mail,
)

SHORT = "Cán bộ"  # may be the indicator "Cán bộ công chức"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def reworded(unit: str, seed: int, *more: list[str], **labels: str) -> bytes:
    """A unit's report with rows named otherwise; `labels` give the other name by indicator."""
    given = figures(seed)
    rows = figure_table(given)
    codes = dict(zip(given, range(1, len(given) + 1), strict=True))
    for code, label in labels.items():
        rows[codes[code]][1] = label
    book = xlsx({"Biểu": [*rows, *more]})
    subject = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    return note(address(unit), subject, "Kính gửi Phòng.", ("bieu.xlsx", book))


def asked(office: Office, indicator: str, unit: str = "") -> list[Any]:
    items = office.listed("review")
    return [item for item in items if item["indicator"] == indicator and unit in ("", item["unit"])]


def certainty(office: Office, unit: str, indicator: str = "B4") -> str | None:
    found = office.value(unit, indicator)
    return None if found is None else str(found["certainty"])


def judged_anew(office: Office) -> dict[str, Any]:
    """What the ledger tells after every message was judged once more."""

    def reread(opened: Any) -> None:
        opened.ledger.read_again([m.archive_id for m in opened.ledger.messages()])

    inside(office, reread)
    office.take_in()
    found: dict[str, Any] = inside(office, lambda opened: facts(opened.ledger))
    return found


def test_a_remembered_wording_settles_every_report_that_says_it(office: Office) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.deliver(reworded("dong-tam", 2, B4=SHORT), "2023-06-01T09:00")
    office.take_in()
    assert len(asked(office, "B4")) == 4  # all and women of two units
    office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember", "--reason", "Cách gọi quen")
    assert asked(office, "B4") == []
    assert [certainty(office, unit) for unit in ("binh-minh", "dong-tam")] == ["certain", "certain"]
    assert office.value("dong-tam", "B4")["value"] == 32
    office.deliver(reworded("hoa-lac", 3, B4=SHORT), "2023-06-02T08:00")
    office.take_in()
    assert (certainty(office, "hoa-lac"), asked(office, "B4")) == ("certain", [])


def test_a_figure_accepted_without_remembering_counts_alone(office: Office) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.deliver(reworded("dong-tam", 2, B4=SHORT), "2023-06-01T09:00")
    office.take_in()
    office.run("decide", "accept", asked(office, "B4", "binh-minh")[0]["id"])
    assert [certainty(office, unit) for unit in ("binh-minh", "dong-tam")] == ["certain", "doubtful"]
    assert office.value("binh-minh", "B4")["value"] == 31


def test_what_was_taught_survives_a_rebuild_that_replaces_the_ledger(office: Office) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.deliver(reworded("dong-tam", 2), "2023-06-01T09:00")
    office.take_in()
    office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember")
    office.deliver(reworded("hoa-lac", 3, B4=SHORT), "2023-06-02T08:00")
    office.take_in()
    before = inside(office, lambda opened: facts(opened.ledger))
    assert judged_anew(office) == before
    assert office.run("rebuild", "--replace", "--json").json["differences"] == []
    assert inside(office, lambda opened: facts(opened.ledger)) == before
    assert (certainty(office, "binh-minh"), certainty(office, "hoa-lac")) == ("certain", "certain")


@pytest.mark.parametrize("by_number", [True, False])
def test_a_wording_taken_back_is_asked_about_again(office: Office, *, by_number: bool) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.take_in()
    item = asked(office, "B4")[0]["id"]
    before = inside(office, lambda opened: facts(opened.ledger))
    office.run("decide", "accept", item, "--remember")
    office.run("decide", "reopen", "1" if by_number else item)
    assert inside(office, lambda opened: facts(opened.ledger)) == before
    assert office.run("rebuild", "--replace", "--json").json["differences"] == []
    office.run("decide", "accept", item, "--remember")
    assert certainty(office, "binh-minh") == "certain"


def test_what_one_office_teaches_another_does_not_know(tmp_path: Path) -> None:
    one, other = make_office(tmp_path / "one"), make_office(tmp_path / "other")
    for each in (one, other):
        each.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
        each.take_in()
    one.run("decide", "accept", asked(one, "B4")[0]["id"], "--remember")
    assert (certainty(one, "binh-minh"), certainty(other, "binh-minh")) == ("certain", "doubtful")
    assert other.run("rebuild", "--json").json["differences"] == []


def test_a_wording_is_remembered_for_one_indicator_only(office: Office) -> None:
    def other_owner(opened: Any) -> None:
        from datetime import UTC, datetime

        from ledger.records import Decision

        target = {"report": "bdg", "wording": "bộ cán"}
        moment = datetime(2023, 6, 1, tzinfo=UTC)
        opened.ledger.decide(Decision(0, moment, "Lò Thị Mai", "teach", target, {"indicator": "B6"}))

    inside(office, other_owner)
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.take_in()
    ran = office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember", code=6)
    assert "Số mô hình câu lạc bộ" in ran.err
    assert certainty(office, "binh-minh") == "doubtful"


def test_only_the_wording_of_a_row_can_be_remembered(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1, B2=("410", "999"))), "2023-06-01T08:00")
    office.take_in()
    office.run("decide", "accept", asked(office, "B2")[0]["id"], "--remember", code=6)
    assert inside(office, lambda opened: opened.ledger.decisions()) == ()


def test_the_row_that_names_the_indicator_outranks_a_taught_wording(office: Office) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.take_in()
    office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember")
    both = reworded("dong-tam", 2, ["7", SHORT, "người", "40", ""])
    office.deliver(both, "2023-06-02T08:00")
    office.take_in()
    assert (office.value("dong-tam", "B4")["value"], certainty(office, "dong-tam")) == (32, "certain")


def test_an_issue_is_numbered_anew_when_a_wording_changes_its_figures(office: Office) -> None:
    office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.take_in()
    where = ("consolidate", "-r", "bdg", "-k", "2023-H1")
    assert office.listed(*where)["number"] == 1
    office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember")
    second = office.listed(*where)
    assert (second["number"], second["new"]) == (2, True)
    assert {change["indicator"] for change in second["changes"]} == {"B4", "B4R"}
    assert office.listed(*where)["new"] is False


def test_explaining_a_message_tells_which_decision_taught_the_wording(office: Office) -> None:
    message = office.deliver(reworded("binh-minh", 1, B4=SHORT), "2023-06-01T08:00")
    office.take_in()
    office.run("decide", "accept", asked(office, "B4")[0]["id"], "--remember")
    view = office.listed("explain", message)
    (told,) = [f for f in view["submissions"][0]["findings"] if f["code"] == "row_by_wording"]
    assert "quyết định số 1" in told["sentence"]
    assert SHORT in told["sentence"]


@pytest.mark.skipif(not is_installed(), reason="Tesseract with Vietnamese is not installed")
def test_a_wording_read_from_a_picture_is_not_remembered(office: Office) -> None:
    printed = paper.printed(paper.ruled(letter("binh-minh", figures(1)), {"Cán bộ công chức": SHORT}))
    scan = paper.scan_pdf([paper.scanned(page) for page in paper.pages(printed)])
    subject = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    office.deliver(note(address("binh-minh"), subject, "Gửi", ("bc.pdf", scan)), "2023-06-01T08:00")
    office.take_in()
    (message,) = office.listed("review")
    office.run("decide", "accept", message["id"])
    item = asked(office, "B4")[0]
    assert item["question"]["code"] == "label_uncertain"
    ran = office.run("decide", "accept", item["id"], "--remember", code=6)
    assert "nhận dạng từ ảnh" in ran.err
    assert [decision.kind for decision in inside(office, lambda opened: opened.ledger.decisions())] == [
        "accept"
    ]
    assert certainty(office, "binh-minh") == "doubtful"
