"""Which earlier report a report says it replaces, and what that makes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.documents import Document, Paragraph
from intake.evidence.replaced import replaced_in
from ledger.records import MessageClass, MessageState, Role
from tests.offices import Bench, figures, report_mail


def named_in(*lines: str) -> tuple[str, date | None] | None:
    found = replaced_in(Document(tuple(Paragraph(line, n) for n, line in enumerate(lines, 1))))
    return (found.number, found.dated) if found else None


@pytest.mark.parametrize(
    ("line", "number", "dated"),
    [
        (
            "Báo cáo này thay thế Báo cáo số 12/BC-UBND ngày 25/5/2023 của UBND xã.",
            "12/BC-UBND",
            date(2023, 5, 25),
        ),
        ("(Thay thế cho Báo cáo số: 12 /BC-UBND)", "12/BC-UBND", None),
        (
            "Trên đây là báo cáo công tác 6 tháng, thay thế báo cáo số 7a/BC-VHXH ngày 01 tháng 6 năm 2023",
            "7a/BC-VHXH",
            date(2023, 6, 1),
        ),
        ("Số liệu tại báo cáo này thay thế toàn bộ số liệu tại BC số 3/BC ngày 31.02.2023", "3/BC", None),
    ],
)
def test_a_report_names_the_one_it_replaces(line: str, number: str, dated: date | None) -> None:
    assert named_in("BÁO CÁO", line) == (number, dated)


@pytest.mark.parametrize(
    "line",
    [
        "Kế hoạch số 15/KH-UBND thay thế Kế hoạch số 12/KH-UBND ngày 25/5/2023.",
        "UBND xã đã ban hành văn bản thay thế Báo cáo số 12/BC-UBND ngày 25/5/2023.",
        "Báo cáo này gửi kèm Kế hoạch. Kế hoạch thay thế Báo cáo số 12/BC-UBND.",
        "Thực hiện Báo cáo số 12/BC-UBND ngày 25/5/2023",
        "Thay thế 3 máy tính; báo cáo số lượng 12/15.",
    ],
)
def test_a_replacing_that_is_only_told_of_is_not_its_own(line: str) -> None:
    assert named_in(line) is None


@pytest.mark.parametrize(
    ("cited", "state", "reasons"),
    [
        ("ngày 01/6/2023", MessageState.BOOKED, ("replacement",)),
        ("ngày 03/6/2023", MessageState.REVIEW, ("second_version",)),
        ("ngày 01/12/2022", MessageState.REVIEW, ("second_version",)),
    ],
)
def test_a_report_that_names_one_that_came_replaces_it_and_any_other_is_asked_about(
    tmp_path: Path, cited: str, state: MessageState, reasons: tuple[str, ...]
) -> None:
    bench = Bench(tmp_path)
    bench.judged(report_mail("binh-minh"), "2023-06-01T08:00")
    more = (f"Báo cáo này thay thế Báo cáo số 17/BC-UBND {cited} của UBND xã Bình Minh.",)
    outcome = bench.judged(report_mail("binh-minh", figures(2), more=more), "2023-06-03T08:00")
    (handed_in,) = outcome.submissions
    assert (outcome.message_class, outcome.state, outcome.reasons) == (
        MessageClass.CORRECTION,
        state,
        reasons,
    )
    assert handed_in.role is Role.REPLACEMENT
    (told,) = [each for each in handed_in.findings if each.code == "replaces_document"]
    assert told.parameters["text"].startswith("Báo cáo này thay thế Báo cáo số 17/BC-UBND")


@pytest.mark.parametrize(
    ("cited", "came", "state"),
    [
        ("17/BC-UBND ngày 01/6/2023", "17/BC-UBND", MessageState.BOOKED),
        ("017/BC ngày 01/6/2023", "17/BC-UBND", MessageState.BOOKED),
        ("17/2023/BC-UBND", "17/BC-UBND", MessageState.BOOKED),
        ("71/BC-UBND ngày 01/6/2023", "17/BC-UBND", MessageState.REVIEW),
        ("17/BC-UBND ngày 31/5/2023", "17/BC-UBND", MessageState.REVIEW),
        ("17/BC-HND ngày 01/6/2023", "17/BC-UBND", MessageState.REVIEW),
        ("71/BC-UBND ngày 01/6/2023", "    /BC-UBND", MessageState.BOOKED),
    ],
)
@pytest.mark.parametrize("subject", ["Báo cáo bình đẳng giới", "Báo cáo bình đẳng giới (thay thế)"])
def test_only_the_number_and_day_that_came_are_replaced(
    tmp_path: Path, cited: str, came: str, state: MessageState, subject: str
) -> None:
    bench = Bench(tmp_path)
    bench.judged(report_mail("binh-minh", number=came), "2023-06-01T08:00")
    later = report_mail(
        "binh-minh", figures(2), subject=subject, number="19/BC-UBND", day="ngày 03 tháng 6 năm 2023",
        more=(f"Báo cáo này thay thế Báo cáo số {cited}.",),
    )  # fmt: skip
    outcome = bench.judged(later, "2023-06-03T08:00")
    expected = ("replacement",) if state is MessageState.BOOKED else ("replaces_another",)
    assert (outcome.state, outcome.reasons) == (state, expected)
    assert outcome.submissions[0].role is Role.REPLACEMENT
    (told,) = [one for one in outcome.submissions[0].findings if one.code.startswith("replaces_")]
    assert told.parameters.get("came", "") == ("" if state is MessageState.BOOKED else f"{came} (01/06/2023)")


def test_the_number_of_a_report_is_kept_with_its_day_and_place(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    mail = report_mail("binh-minh", number="07 /BC - UBND")
    (handed_in,) = bench.judged(mail).submissions
    assert handed_in.document is not None
    assert (handed_in.document.number, handed_in.document.dated) == ("07/BC-UBND", date(2023, 6, 1))
    assert handed_in.document.place.text.endswith("07 /BC - UBND")
    key = handed_in.key
    (kept,) = bench.ledger.submissions(key.report, key.period, key.unit)
    assert kept.document == handed_in.document
    (blank,) = bench.judged(report_mail("dong-tam")).submissions
    assert blank.document is None


@pytest.mark.parametrize(
    ("number", "day", "reason"),
    [
        ("17/BC-UBND", "ngày 01 tháng 6 năm 2023", "same_number"),
        ("18/BC-UBND", "ngày 01 tháng 6 năm 2023", "second_version"),
        ("17/BC-UBND", "ngày 01 tháng 6 năm 2022", "second_version"),
    ],
)
def test_other_figures_under_the_same_number_and_day_are_asked_as_a_correction(
    tmp_path: Path, number: str, day: str, reason: str
) -> None:
    bench = Bench(tmp_path)
    bench.judged(report_mail("binh-minh", number="17/BC-UBND"), "2023-06-01T08:00")
    outcome = bench.judged(report_mail("binh-minh", figures(2), number=number, day=day), "2023-06-03T08:00")
    assert outcome.message_class is MessageClass.CORRECTION
    assert outcome.state is MessageState.REVIEW
    assert reason in outcome.reasons


def test_a_report_that_replaces_another_units_is_asked_about(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.judged(report_mail("binh-minh"), "2023-06-01T08:00")
    more = ("Báo cáo này thay thế Báo cáo số 17/BC-UBND ngày 01/6/2023 của UBND xã Đồng Tâm.",)
    outcome = bench.judged(report_mail("binh-minh", figures(2), more=more), "2023-06-03T08:00")
    assert outcome.state is MessageState.REVIEW
    assert "second_version" in outcome.reasons
