"""Files handed in by the officer: kept as mail is, booked as she says, read, undone and rebuilt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desk.by_hand import HandedFile, HandedIn, contradictions, hand_in
from desk.decisions import set_aside
from desk.errors import RefusedReceiptError
from desk.taking_back import reopen
from desk.work import recognise
from intake.extractors.scan import is_installed
from ledger.records import MessageState, ObligationKey, ObligationState
from tests import builders_pages as paper
from tests.builders import png
from tests.offices import PERIOD, REPORT, Office, at, figures, inside, letter, make_office, report_mail

REPORT_FILE = HandedFile("bao cao.docx", letter("suoi-dau", figures(5)))
HANDED = HandedIn("suoi-dau", REPORT, PERIOD, (REPORT_FILE,), at("2023-06-02T14:30"), "zalo", "Zalo chị Hoa")
WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def handed(office: Office, given: HandedIn = HANDED) -> str:
    taken = inside(office, lambda opened: hand_in(opened, given))
    return str(taken.outcome.archive_id)


def test_a_file_is_read_and_booked_with_the_moment_it_was_received(office: Office) -> None:
    archive_id = handed(office)
    message = office.message(archive_id)
    assert (message["state"], message["unit"], message["period"]) == ("booked", "suoi-dau", PERIOD)
    standing = office.standing("suoi-dau")
    assert (standing["state"], standing["first_valid"]) == ("on_time", "2023-06-02T14:30:00+07:00")
    found = office.value("suoi-dau", "B1")
    assert (found["value"], found["source"]["file"]) == (15, "bao cao.docx")


def test_who_handed_it_in_how_and_why_is_in_the_record(office: Office) -> None:
    handed(office)
    (decision,) = inside(office, lambda opened: opened.ledger.decisions())
    assert (decision.kind, decision.reason) == ("assign", "Zalo chị Hoa")
    assert decision.choice["channel"] == "zalo"
    assert decision.choice["received_at"] == "2023-06-02T14:30:00+07:00"


def test_it_is_the_same_after_a_rebuild(office: Office) -> None:
    archive_id = handed(office)
    seen = (office.message(archive_id), office.standing("suoi-dau"), office.value("suoi-dau", "B1"))
    again = office.run("rebuild", "--replace", "--json").json
    assert again["differences"] == []
    assert (office.message(archive_id), office.standing("suoi-dau"), office.value("suoi-dau", "B1")) == seen


def test_a_scan_that_gives_no_figures_is_received_all_the_same(office: Office) -> None:
    scan = HandedFile("anh 1.png", png(1200, 900))
    archive_id = handed(office, replace(HANDED, files=(scan,), channel="paper"))
    assert office.message(archive_id)["state"] == "booked"
    assert office.states()["suoi-dau"] == "on_time"
    assert office.value("suoi-dau", "B1") is None


@pytest.mark.skipif(not is_installed(), reason="Tesseract with Vietnamese is not installed")
def test_a_scan_is_recognised_afterwards_and_its_figures_wait_for_a_person(office: Office) -> None:
    pages = paper.pages(paper.printed(paper.ruled(letter("suoi-dau", figures(5)))))
    scan = HandedFile("ban quet.pdf", paper.scan_pdf([paper.scanned(page) for page in pages]))
    archive_id = handed(office, replace(HANDED, files=(scan,), channel="paper"))
    assert office.listed("review") == []
    (outcome,) = inside(office, lambda opened: list(recognise(opened)))
    assert (outcome.archive_id, outcome.state) == (archive_id, MessageState.BOOKED)
    asked = [item for item in office.listed("review") if item["message"] == archive_id]
    assert {"B1", "B6"} <= {item["indicator"] for item in asked}
    assert {office.value("suoi-dau", item["indicator"])["certainty"] for item in asked} == {"doubtful"}
    assert inside(office, lambda opened: list(recognise(opened))) == []


def test_several_photos_are_one_message(office: Office) -> None:
    photos = tuple(HandedFile(f"trang {n}.png", png(900 + n, 700)) for n in (1, 2, 3))
    archive_id = handed(office, replace(HANDED, files=photos))
    assert [file["name"] for file in office.message(archive_id)["files"]] == [each.name for each in photos]


def test_the_same_file_twice_is_booked_once(office: Office) -> None:
    handed(office)
    with pytest.raises(RefusedReceiptError):
        handed(office)
    assert len(inside(office, lambda opened: opened.ledger.decisions())) == 1


def test_a_file_that_was_taken_back_can_be_handed_in_again(office: Office) -> None:
    archive_id = handed(office)
    inside(office, lambda opened: set_aside(opened, archive_id, "other", "Nhầm"))
    assert office.states()["suoi-dau"] == "missing"
    assert handed(office) == archive_id
    assert office.states()["suoi-dau"] == "on_time"


def test_a_file_of_another_unit_is_booked_as_said_and_its_contradiction_is_told(office: Office) -> None:
    wrong = HandedFile("bc.docx", letter("dong-tam", figures(6)))
    archive_id = handed(office, replace(HANDED, files=(wrong,)))
    outcome = inside(office, lambda opened: opened.ledger.message(archive_id))
    assert contradictions(outcome, ObligationKey("suoi-dau", REPORT, PERIOD)) == ("unit",)
    right = inside(office, lambda opened: opened.ledger.message(handed(office, HANDED)))
    assert contradictions(right, ObligationKey("suoi-dau", REPORT, PERIOD)) == ()


def test_a_mail_that_comes_after_it_is_judged_by_it(office: Office) -> None:
    handed(office, replace(HANDED, unit="binh-minh", files=(HandedFile("a.docx", letter("binh-minh")),)))
    later = office.deliver(report_mail("binh-minh"), "2023-06-03T08:00")
    office.take_in()
    assert office.message(later)["class"] == "duplicate"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"files": (HandedFile("trong.docx", b""),)}, "desk.file_empty"),
        ({"at": at("2023-06-08T00:00")}, "desk.moment_ahead"),
        ({"nil": True}, "desk.nil_with_file"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_kept(
    office: Office, change: dict[str, object], key: str
) -> None:
    with pytest.raises(RefusedReceiptError) as raised:
        handed(office, replace(HANDED, **change))  # type: ignore[arg-type]
    assert raised.value.key == key
    assert inside(office, lambda opened: (opened.archive.ids(), opened.ledger.decisions())) == ((), ())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "bao\r\nBcc: x@y.example\r\n\r\ncao.docx", "x" * 4000 + ".docx", "", "\x00"]
)
def test_a_hostile_file_name_is_only_a_name(office: Office, name: str) -> None:
    archive_id = handed(office, replace(HANDED, files=(replace(REPORT_FILE, name=name),)))
    outcome = inside(office, lambda opened: opened.ledger.message(archive_id))
    assert outcome.state is MessageState.BOOKED
    (file,) = outcome.attachments
    assert "/" not in file.name
    assert "\n" not in file.name
    assert len(file.name) <= 120
    assert outcome.from_name == "Lò Thị Mai" or outcome.from_name


def test_from_the_command_line_a_file_is_read_and_a_nil_report_needs_its_reason(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "bao cao giay.docx"
    path.write_bytes(REPORT_FILE.content)
    office.run("decide", "receive", "suoi-dau", *WHERE, "--at", "2023-06-02T14:30", "--file", str(path))
    assert office.value("suoi-dau", "B1")["value"] == 15
    nil = ("decide", "receive", "y-te", *WHERE, "--at", "2023-06-02T14:30", "--channel", "phone", "--nil")
    office.run(*nil, code=6)
    office.run(*nil, "--reason", "Không phát sinh trong kỳ")
    assert office.standing("y-te")["state"] == "on_time"
    assert office.value("y-te", "B1") is None


def test_taking_an_extension_back_leaves_what_was_received_by_hand(office: Office) -> None:
    office.run("decide", "receive", "y-te", *WHERE, "--at", "2023-06-06T08:00")
    office.run("decide", "extend", "y-te", "2023-06-10", *WHERE, "--reason", "Xin lùi")
    assert office.states()["y-te"] == ObligationState.ON_TIME
    inside(office, lambda opened: reopen(opened, "2", "Bấm nhầm"))
    standing = office.standing("y-te")
    assert (standing["state"], standing["first_valid"]) == ("late", "2023-06-06T08:00:00+07:00")


def test_an_extension_that_is_no_later_is_refused(office: Office) -> None:
    office.run("decide", "extend", "y-te", "2023-06-05", *WHERE, "--reason", "Xin lùi", code=6)
