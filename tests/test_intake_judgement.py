"""Every class and state a message can end in, each by an invented mail."""

from __future__ import annotations

import base64
import gc
import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from config.reports import PeriodKind, PeriodRule
from config.wording import Wording
from consolidate.totals import effective_values
from desk.standing import waiting_of
from desk.views import reason
from intake.documents import FileKind
from intake.extractors.scan import RECOGNISED
from intake.mail.messages import ReadMessage
from ledger.records import Certainty, MessageClass, MessageOutcome, MessageState, Method, Role
from tests.builders import docx, ole, raw_mail, xlsx, zip_of
from tests.offices import (
    MAILBOX,
    PERIOD,
    REPORT,
    SERVER,
    Bench,
    address,
    figure_table,
    figures,
    letter,
    note,
    read_here,
    report_mail,
    verified,
)
from tests.test_intake_archives import SOLID_RAR4, ZSTD_7Z

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
BOOKED = (MessageClass.REPORT, MessageState.BOOKED)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def ended(outcome: MessageOutcome) -> tuple[MessageClass, MessageState]:
    return outcome.message_class, outcome.state


def nothing_counts(outcome: MessageOutcome) -> bool:
    return not any(intent.accepted for intent in outcome.submissions)


def is_held(outcome: MessageOutcome, reason: str) -> bool:
    """In review for that reason, with a question, and counting for nothing."""
    asked = outcome.state is MessageState.REVIEW and bool(outcome.review)
    return asked and reason in outcome.reasons and nothing_counts(outcome)


# -- reports ---------------------------------------------------------------------------------------------


def test_a_report_from_its_unit_is_booked_to_unit_report_and_period(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh"))
    (intent,) = outcome.submissions
    assert ended(outcome) == BOOKED
    assert (intent.key.unit, intent.key.report, intent.key.period) == ("binh-minh", REPORT, PERIOD)
    assert (intent.role, intent.accepted, len(intent.values)) == (Role.FIRST, True, 9)
    assert outcome.review == ()


def test_a_workbook_with_a_covering_note_is_booked(bench: Bench) -> None:
    rows = [["UBND XÃ BÌNH MINH"], ["BIỂU SỐ LIỆU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"]]
    book = xlsx({"Biểu": [*rows, *figure_table(figures())]})
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Em gửi biểu ạ.", ("bieu.xlsx", book)))
    assert ended(outcome) == BOOKED
    assert len(outcome.submissions[0].values) == 9


def test_letter_and_annex_of_one_mail_are_one_submission(bench: Bench) -> None:
    files = (
        ("cong van.docx", letter("binh-minh", table=False)),
        ("phu luc.xlsx", xlsx({"Biểu": figure_table(figures())})),
    )
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Gửi Phòng.", *files))
    assert ended(outcome) == BOOKED
    (intent,) = outcome.submissions
    assert (len(intent.files), len(intent.values)) == (2, 9)


def test_an_announced_replacement_is_a_correction_that_replaces(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    corrected = report_mail("binh-minh", figures(1, B1=("19", "")), subject=f"{SUBJECT} (thay thế bản trước)")
    outcome = bench.judged(corrected, "2023-06-02T08:00")
    assert ended(outcome) == (MessageClass.CORRECTION, MessageState.BOOKED)
    assert outcome.submissions[0].role is Role.REPLACEMENT


def test_an_announced_supplement_is_a_correction_that_adds(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    supplement = report_mail("binh-minh", {"B1": ("19", "")}, subject=f"Đính chính {SUBJECT}")
    outcome = bench.judged(supplement, "2023-06-02T08:00")
    assert ended(outcome) == (MessageClass.CORRECTION, MessageState.BOOKED)
    assert outcome.submissions[0].role is Role.SUPPLEMENT


def test_a_second_version_nobody_announced_is_asked_about(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    changed = report_mail("binh-minh", figures(1, B1=("19", "")))
    assert is_held(bench.judged(changed, "2023-06-02T08:00"), "second_version")


def test_the_same_file_in_another_mail_is_a_duplicate(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    again = report_mail("binh-minh", text="Em gửi lại cho chắc ạ, sợ thư trước không tới.")
    outcome = bench.judged(again, "2023-06-02T08:00")
    assert ended(outcome) == (MessageClass.DUPLICATE, MessageState.BOOKED)
    assert outcome.submissions[0].role is Role.DUPLICATE


def test_the_same_content_saved_anew_is_a_duplicate(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    saved_anew = report_mail("binh-minh", more=["./."])
    outcome = bench.judged(saved_anew, "2023-06-02T08:00")
    assert ended(outcome) == (MessageClass.DUPLICATE, MessageState.BOOKED)


def test_the_rest_of_a_report_is_a_part(bench: Bench) -> None:
    given = figures()
    first = {code: given[code] for code in ("B1", "B2", "B3")}
    rest = {code: given[code] for code in ("B4", "B5", "B6")}
    bench.judged(report_mail("binh-minh", first))
    outcome = bench.judged(report_mail("binh-minh", rest), "2023-06-02T08:00")
    assert ended(outcome) == (MessageClass.PART_OF_REPORT, MessageState.BOOKED)
    assert outcome.submissions[0].role is Role.PART


@pytest.mark.parametrize(
    "together", [{"B1"}, {"B2", "B6"}, {"B1", "B3", "B5"}, {"B1", "B2", "B3", "B4", "B5"}]
)
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the rest first"])
def test_a_report_split_over_two_mails_gives_the_figures_of_the_whole(
    tmp_path: Path, together: set[str], turned: bool
) -> None:
    given = figures()
    halves = [
        {code: pair for code, pair in given.items() if code in together},
        {code: pair for code, pair in given.items() if code not in together},
    ]
    split, whole = Bench(tmp_path / "a"), Bench(tmp_path / "b")
    for day, half in enumerate(reversed(halves) if turned else halves, 1):
        split.judged(report_mail("binh-minh", half), f"2023-06-0{day}T08:00")
    whole.judged(report_mail("binh-minh", given))
    assert counted(split) == counted(whole)


def counted(bench: Bench) -> list[tuple[str, str, Decimal | None, Certainty]]:
    submissions = bench.ledger.submissions(REPORT, PERIOD, "binh-minh")
    held = effective_values(submissions)
    return [(value.indicator, value.sex.value, value.value, value.certainty) for value, _ in held]


def test_one_mail_with_the_letters_of_two_units_that_share_an_address_is_two_submissions(
    bench: Bench,
) -> None:
    files = (
        ("vh.docx", letter("van-hoa", figures(5))),
        ("tt.docx", letter("the-thao", figures(6))),
    )
    outcome = bench.judged(note(address("van-hoa"), SUBJECT, "Gửi hai báo cáo.", *files))
    assert ended(outcome) == BOOKED
    assert {intent.key.unit for intent in outcome.submissions} == {"van-hoa", "the-thao"}


def test_a_shared_address_without_a_name_is_asked_about(bench: Bench) -> None:
    book = xlsx({"Biểu": figure_table(figures())})
    outcome = bench.judged(note(address("van-hoa"), SUBJECT, "Gửi Phòng.", ("bieu.xlsx", book)))
    assert is_held(outcome, "shared_address")


def test_a_report_typed_into_the_mail_itself_is_never_lost(bench: Bench) -> None:
    text = (
        "UBND xã Bình Minh báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2023 như sau:\n"
        "I. Kết quả thực hiện\nTổ chức 12 buổi tuyên truyền với 410 lượt người tham dự, nữ 207.\n"
        "II. Khó khăn\nKinh phí còn ít.\nIII. Kiến nghị\nĐề nghị hỗ trợ tài liệu.\n"
    )
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, text))
    assert outcome.message_class is MessageClass.REPORT
    assert outcome.submissions[0].key.unit == "binh-minh"


# -- reports a person must look at ------------------------------------------------------------------------


def test_an_unknown_address_with_a_letterhead_is_proposed(bench: Bench) -> None:
    outcome = bench.judged(report_mail("suoi-dau", sender="ba.tam@rieng.example"))
    assert is_held(outcome, "sender_unregistered")
    assert outcome.review[0].proposal == {"unit": "suoi-dau", "report": REPORT, "period": PERIOD}


def test_an_unknown_address_without_a_letterhead_is_asked_about(bench: Bench) -> None:
    book = xlsx({"Biểu": figure_table(figures())})
    outcome = bench.judged(note("ba.tam@rieng.example", SUBJECT, "Gửi Phòng.", ("bieu.xlsx", book)))
    assert is_held(outcome, "unit_unknown")
    assert outcome.review[0].key is None


def test_a_letter_of_another_unit_than_the_sender_is_held(bench: Bench) -> None:
    outcome = bench.judged(report_mail("dong-tam", sender=address("binh-minh")))
    assert is_held(outcome, "sender_contradicts")


def test_a_letter_of_another_unit_leaves_its_sender_waiting_and_corrects_nobody(bench: Bench) -> None:
    bench.judged(report_mail("dong-tam"))
    strange = note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bc.docx", letter("dong-tam", figures(2))))
    outcome = bench.judged(strange, "2023-06-02T08:00")
    assert outcome.message_class is MessageClass.REPORT
    assert nothing_counts(outcome)
    assert {intent.key.unit for intent in outcome.submissions} == {"dong-tam", "binh-minh"}
    waiting = waiting_of([outcome], outcome.review)
    assert {key.unit for key in waiting} == {"dong-tam", "binh-minh"}


def test_another_unit_named_in_the_text_is_held(bench: Bench) -> None:
    mixed = [
        "Trên đây là báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2023 của UBND xã Đồng Tâm./."
    ]
    assert is_held(bench.judged(report_mail("binh-minh", more=mixed)), "unit_conflict")


def test_an_empty_form_is_held_and_gives_no_zero(bench: Bench) -> None:
    empty = dict.fromkeys(figures(), ("", ""))
    outcome = bench.judged(report_mail("binh-minh", empty))
    assert is_held(outcome, "empty_form")
    assert all(value.value is None for intent in outcome.submissions for value in intent.values)


def test_last_years_title_is_held(bench: Bench) -> None:
    old = report_mail("binh-minh", title="Kết quả công tác bình đẳng giới 6 tháng đầu năm 2022")
    outcome = bench.judged(old)
    assert outcome.state is MessageState.REVIEW
    assert nothing_counts(outcome)


def test_the_figures_of_an_earlier_period_again_are_held(bench: Bench) -> None:
    year = "Kết quả công tác bình đẳng giới năm 2022"
    subject = "Báo cáo bình đẳng giới năm 2022"
    before = bench.judged(report_mail("binh-minh", title=year, subject=subject), "2022-12-01T08:00")
    assert before.submissions[0].key.period == "2022-Y"
    assert before.state is MessageState.BOOKED
    assert is_held(bench.judged(report_mail("binh-minh")), "previous_period")


def test_two_units_with_the_same_figures_are_held(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    assert is_held(bench.judged(report_mail("dong-tam"), "2023-06-02T08:00"), "twin_figures")


def test_a_unit_of_another_district_is_held(bench: Bench) -> None:
    head = "UBND HUYỆN BIỂN HỒ\nUBND XÃ BÌNH MINH"
    outcome = bench.judged(report_mail("binh-minh", head=head, sender="xa@bienho.example"))
    assert outcome.state is MessageState.REVIEW
    assert nothing_counts(outcome)


def test_a_doubtful_figure_is_a_question_while_the_rest_counts(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh", figures(1, B2=("410", "999"))))
    assert outcome.state is MessageState.BOOKED
    (intent,) = outcome.submissions
    assert intent.accepted
    assert {item.indicator for item in outcome.review} == {"B2"}
    assert {item.kind for item in outcome.review} == {"value"}


def test_a_message_fetched_only_in_part_is_held(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh"), fetch_doubt="too_large")
    assert is_held(outcome, "fetched_in_part")


def test_nothing_is_made_of_a_message_fetched_only_in_part(bench: Bench) -> None:
    """Its missing half may say otherwise: it is neither a newsletter nor a report."""
    news = note("tin@bao.example", "Bản tin", "Tin", headers={"List-Id": "<tin.bao.example>"})
    for octets in (news, report_mail("binh-minh")):
        outcome = bench.judged(octets, fetch_doubt="possibly_incomplete")
        assert ended(outcome) == (MessageClass.UNREADABLE, MessageState.REVIEW)
        assert (outcome.reasons, outcome.submissions) == (("fetched_in_part",), ())


def test_a_report_that_its_unit_does_not_owe_is_held(tmp_path: Path) -> None:
    report = Bench(tmp_path / "all").regime.report(REPORT)
    bench = Bench(tmp_path / "communes", reports=(replace(report, owed_by_kinds=frozenset({"commune"})),))
    assert is_held(bench.judged(report_mail("y-te")), "not_owed")
    assert ended(bench.judged(report_mail("binh-minh", figures(2)))) == BOOKED


def test_a_photo_beside_the_file_it_shows_adds_no_figure_and_no_conflict(bench: Bench) -> None:
    octets = report_mail("binh-minh", figures(1))
    message = read_here(octets)
    (file,) = message.files
    assert file.document is not None
    shown = read_here(report_mail("binh-minh", figures(2))).files[0].document
    assert shown is not None
    photo = replace(
        file, name="anh.jpg", kind=FileKind.IMAGE, document=replace(shown, notes=(RECOGNISED,)), sha256="0"
    )
    both = bench.outcome_of(octets, replace(message, files=(file, photo)))
    alone = bench.outcome_of(octets, message)
    assert len(alone.submissions[0].values) > 0
    assert both.submissions[0].values == alone.submissions[0].values
    assert both.submissions[0].findings == alone.submissions[0].findings
    pictured = bench.outcome_of(octets, replace(message, files=(photo,)))
    assert {value.method for value in pictured.submissions[0].values} == {Method.OCR}


def test_a_report_without_a_sure_arrival_is_held(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh"), fetch_doubt="arrival_unknown")
    assert is_held(outcome, "arrival_uncertain")


def test_a_report_found_in_the_junk_folder_is_booked_and_says_so(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh"), junk=True)
    assert ended(outcome) == BOOKED
    assert "junk_folder" in outcome.reasons


# -- whose report it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "HỘI LHPN HUYỆN SÔNG MÂY\nHỘI LHPN XÃ BÌNH MINH",
        "TRUNG TÂM Y TẾ\nTRẠM Y TẾ XÃ BÌNH MINH",
        "UBND XÃ BÌNH MINH\nTRƯỜNG MẦM NON SƠN CA",
    ],
)
def test_a_body_inside_a_commune_does_not_report_for_it_unasked(bench: Bench, head: str) -> None:
    outcome = bench.judged(report_mail("binh-minh", head=head))
    assert outcome.state is MessageState.REVIEW
    assert {"letterhead_of_part", "letterhead_unknown"} & set(outcome.reasons)
    assert nothing_counts(outcome)


def test_a_nameless_file_sent_on_behalf_of_another_unit_is_asked_about(bench: Bench) -> None:
    book = xlsx({"Biểu": figure_table(figures())})
    helping = note(address("binh-minh"), SUBJECT, "Em gửi giúp xã Đồng Tâm ạ.", ("bieu.xlsx", book))
    outcome = bench.judged(helping)
    assert is_held(outcome, "unit_conflict")
    assert outcome.review[0].proposal["unit"] == "dong-tam"
    # It may be the sender's own all the same, who is not missing before somebody has looked.
    assert {intent.key.unit for intent in outcome.submissions} == {"binh-minh", "dong-tam"}
    greeting = "Kính gửi: Phòng Y tế\nXã gửi báo cáo."
    own = note(address("binh-minh"), SUBJECT, greeting, ("bieu.xlsx", book))
    assert ended(bench.judged(own)) == BOOKED


# -- which period ----------------------------------------------------------------------------------------

MONTHLY = PeriodRule(
    kind=PeriodKind.MONTH,
    due_text="chậm nhất ngày 20 hằng tháng",
    due_month=1,
    due_day=20,
    due_inclusive=True,
    due_from_start=True,
)


@pytest.fixture
def monthly(tmp_path: Path) -> Bench:
    report = Bench(tmp_path / "half a year").regime.report(REPORT)
    return Bench(tmp_path / "month", reports=(replace(report, period_rules=(MONTHLY,)),))


def silent_mail(unit: str, seed: int, subject: str = "Báo cáo bình đẳng giới") -> bytes:
    book = xlsx({"Biểu": figure_table(figures(seed))})
    return note(address(unit), subject, "Em gửi biểu ạ.", ("Book1.xlsx", book))


def period_of(outcome: MessageOutcome) -> str:
    (intent,) = outcome.submissions
    return intent.key.period


def test_what_comes_late_and_names_no_month_is_not_booked_to_the_month_that_has_just_opened(
    monthly: Bench,
) -> None:
    monthly.judged(silent_mail("binh-minh", 1, "BC bình đẳng giới tháng 3/2023"), "2023-03-18T08:00")
    monthly.judged(silent_mail("binh-minh", 2, "BC bình đẳng giới tháng 4/2023"), "2023-04-18T08:00")
    late = monthly.judged(silent_mail("binh-minh", 3), "2023-05-23T08:00")
    assert (late.state, period_of(late)) == (MessageState.BOOKED, "2023-M05")
    next_one = monthly.judged(silent_mail("binh-minh", 4), "2023-06-10T08:00")
    assert (next_one.state, period_of(next_one)) == (MessageState.BOOKED, "2023-M06")


def test_a_nameless_report_is_asked_about_while_the_one_of_the_month_before_is_owed(monthly: Bench) -> None:
    monthly.judged(silent_mail("binh-minh", 1, "BC bình đẳng giới tháng 4/2023"), "2023-04-18T08:00")
    assert is_held(monthly.judged(silent_mail("binh-minh", 3), "2023-06-10T08:00"), "period_unnamed")
    named = silent_mail("binh-minh", 4, "BC bình đẳng giới tháng 6/2023")
    assert monthly.judged(named, "2023-06-11T08:00").state is MessageState.BOOKED


def test_a_span_of_days_in_the_title_names_the_month(monthly: Bench) -> None:
    title = "Công tác bình đẳng giới (từ ngày 15/5/2023 đến ngày 14/6/2023)"
    sent = report_mail("binh-minh", subject="bc", title=title, day="")
    assert monthly.judged(sent, "2023-06-16T08:00").state is MessageState.BOOKED
    longer = title.replace("15/5", "15/01")
    sent = report_mail("dong-tam", figures(2), subject="bc", title=longer, day="")
    assert is_held(monthly.judged(sent, "2023-06-16T08:00"), "cut_off_contradicts")


def test_an_annex_that_names_no_month_goes_with_its_letter(monthly: Bench) -> None:
    report = letter("binh-minh", title="Công tác bình đẳng giới tháng 5 năm 2023", table=False, day="")
    files = (("bc.docx", report), ("PL.xlsx", xlsx({"PL": figure_table(figures(1))})))
    outcome = monthly.judged(note(address("binh-minh"), "bc", "", *files), "2023-06-05T08:00")
    assert (outcome.state, period_of(outcome)) == (MessageState.BOOKED, "2023-M05")
    assert len(outcome.submissions[0].files) == 2


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("Công tác bình đẳng giới tháng 5 và 5 tháng đầu năm 2023", MessageState.BOOKED),
        ("Công tác bình đẳng giới (số liệu đến tháng 5/2023)", MessageState.BOOKED),
        ("Công tác bình đẳng giới 6 tháng đầu năm 2023", MessageState.REVIEW),
        ("Công tác bình đẳng giới quý II năm 2023", MessageState.REVIEW),
        ("Công tác bình đẳng giới năm 2023", MessageState.REVIEW),
    ],
)
def test_a_report_on_a_longer_time_is_not_booked_as_that_of_a_month(
    monthly: Bench, title: str, state: MessageState
) -> None:
    outcome = monthly.judged(report_mail("binh-minh", subject="bc", title=title, day=""), "2023-05-18T08:00")
    assert (outcome.state, period_of(outcome)) == (state, "2023-M05")


@pytest.mark.parametrize("subject", ["BC bình đẳng giới tháng 6", "bc BDG thang 6 nam 2023"])
def test_a_subject_that_names_another_month_than_the_title_is_asked_about(
    monthly: Bench, subject: str
) -> None:
    title = "Công tác bình đẳng giới tháng 5 năm 2023"
    outcome = monthly.judged(report_mail("binh-minh", subject=subject, title=title), "2023-06-12T08:00")
    assert is_held(outcome, "period_conflict")
    answer = report_mail("dong-tam", figures(2), subject=f"Re: {subject}", title=title)
    assert monthly.judged(answer, "2023-06-12T08:00").state is MessageState.BOOKED


@pytest.mark.parametrize(
    ("heads", "held"), [(("Năm 2022", "Tổng số"), False), (("Năm 2022", "Ghi chú"), True)]
)
def test_a_column_to_compare_with_names_no_period_of_the_report(
    bench: Bench, heads: tuple[str, str], held: bool
) -> None:
    rows = [("Số buổi tuyên truyền", "9", "12"), ("Số vụ bạo lực gia đình", "1", "0")]
    rows += [("Số mô hình câu lạc bộ", "2", "3")]
    table = [["STT", "Chỉ tiêu", *heads], *([str(n), *row] for n, row in enumerate(rows, 1))]
    report = docx(
        [["ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]],
        "BÁO CÁO",
        "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023",
        table,
    )
    outcome = bench.judged(note(address("binh-minh"), "bc", "", ("bc.docx", report)))
    assert ("period_conflict" in outcome.reasons) is held


def test_last_months_file_again_is_asked_about_while_this_months_is_owed(monthly: Bench) -> None:
    report = letter(
        "binh-minh", title="Công tác bình đẳng giới tháng 5 năm 2023", day="ngày 18 tháng 5 năm 2023"
    )
    sent = [
        note(address("binh-minh"), "Báo cáo bình đẳng giới", text, ("bc.docx", report))
        for text in ("Gửi Phòng", "Gửi Phòng báo cáo", "Xã gửi")
    ]
    assert monthly.judged(sent[0], "2023-05-18T08:00").state is MessageState.BOOKED
    soon = monthly.judged(sent[1], "2023-05-22T08:00")
    assert ended(soon) == (MessageClass.DUPLICATE, MessageState.BOOKED)
    assert is_held(monthly.judged(sent[2], "2023-06-18T08:00"), "period_again")


# -- senders that may not be who they say -----------------------------------------------------------------


def test_a_failed_dmarc_is_a_spoof_and_counts_for_nothing(bench: Bench) -> None:
    sender = address("binh-minh")
    outcome = bench.judged(report_mail("binh-minh", headers=verified(sender, "fail")))
    assert ended(outcome) == (MessageClass.SPOOF, MessageState.REVIEW)
    assert outcome.submissions == ()


def test_letting_one_report_of_a_forged_mail_count_leaves_the_other_held(bench: Bench) -> None:
    files = (("vh.docx", letter("van-hoa", figures(5))), ("tt.docx", letter("the-thao", figures(6))))
    sender = address("van-hoa")
    octets = note(sender, SUBJECT, "Gửi hai báo cáo.", *files, headers=verified(sender, "fail"))
    (item,) = bench.judged(octets).review
    bench.decide("accept", octets, item=item.id)
    outcome = bench.judged(octets)
    counted = {intent.key.unit: intent.accepted for intent in outcome.submissions}
    assert item.key is not None
    assert counted == {unit: unit == item.key.unit for unit in ("van-hoa", "the-thao")}
    assert "sender_fail" in outcome.reasons


def test_a_second_forged_finding_below_the_servers_own_changes_nothing(bench: Bench) -> None:
    honest = report_mail("binh-minh", headers=verified(address("binh-minh"), "fail"))
    forged = f"Authentication-Results: {SERVER}; dmarc=pass header.from=binhminh.example\r\n".encode()
    head, _, rest = honest.partition(b"\r\nMIME-Version:")
    outcome = bench.judged(head + b"\r\n" + forged + b"MIME-Version:" + rest)
    assert ended(outcome) == (MessageClass.SPOOF, MessageState.REVIEW)


def test_a_finding_of_another_server_proves_nothing(bench: Bench) -> None:
    headers = {"Authentication-Results": "mx.ke-xau.example; dmarc=pass header.from=binhminh.example"}
    assert is_held(bench.judged(report_mail("binh-minh", headers=headers)), "sender_unverified")


def test_a_registered_address_in_the_display_name_is_a_spoof(bench: Bench) -> None:
    sender = f'"{address("binh-minh")}" <ke.xau@xa-la.example>'
    octets = report_mail("binh-minh", sender=sender, headers=verified("ke.xau@xa-la.example"))
    outcome = bench.judged(octets)
    assert ended(outcome) == (MessageClass.SPOOF, MessageState.REVIEW)


def test_an_address_that_looks_like_a_registered_one_is_a_spoof(bench: Bench) -> None:
    outcome = bench.judged(report_mail("binh-minh", sender="vanthu@binhmlnh.example"))
    assert ended(outcome) == (MessageClass.SPOOF, MessageState.REVIEW)


# -- files nobody can open --------------------------------------------------------------------------------


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bao cao.docx", b"\0" * (60 << 20))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bao cao.docx", letter("binh-minh")[:900], "file_damaged"),
        ("bao cao.docx", ole("EncryptionInfo", "EncryptedPackage"), "file_encrypted"),
        ("bao cao.zip", _bomb(), "file_bomb"),
        ("bao cao.docx", b"", "file_empty"),
    ],
    ids=["damaged", "encrypted", "bomb", "empty"],
)
def test_a_report_nobody_can_open_is_unreadable_and_asked_about(
    bench: Bench, name: str, content: bytes, reason: str
) -> None:
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Gửi Phòng báo cáo.", (name, content)))
    assert ended(outcome) == (MessageClass.UNREADABLE, MessageState.REVIEW)
    assert is_held(outcome, reason)


def test_a_format_of_a_later_day_is_asked_about_and_never_lost(bench: Bench) -> None:
    scan = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bao cao.pdf", scan)))
    assert outcome.state is MessageState.REVIEW
    assert nothing_counts(outcome)
    assert outcome.review[0].proposal["unit"] == "binh-minh"


def test_a_damaged_copy_beside_a_sound_report_does_not_hold_it(bench: Bench) -> None:
    files = (("bao cao.docx", letter("binh-minh")), ("ban quet.pdf", b"%PDF-1.4\n%%EOF\n"))
    assert ended(bench.judged(note(address("binh-minh"), SUBJECT, "Gửi.", *files))) == BOOKED


def test_a_report_inside_a_zip_is_read(bench: Bench) -> None:
    packed = zip_of({"bao cao.docx": letter("binh-minh")})
    assert ended(bench.judged(note(address("binh-minh"), SUBJECT, "Gửi.", ("bc.zip", packed)))) == BOOKED


def test_of_an_archive_opened_in_part_or_not_at_all_nothing_counts(bench: Bench) -> None:
    solid, otherwise, sound = base64.b64decode(SOLID_RAR4), base64.b64decode(ZSTD_7Z), letter("binh-minh")
    for files in ([("bc.7z", otherwise)], [("bc.rar", solid), ("bc.docx", sound)]):
        outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Gửi.", *files))
        assert is_held(outcome, "packed_otherwise")


def test_a_report_behind_a_link_is_asked_about_for_its_unit(bench: Bench) -> None:
    text = "Báo cáo của xã ở đây ạ: https://drive.google.com/file/d/abc/view"
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, text))
    assert ended(outcome) == (MessageClass.LINK_ONLY, MessageState.REVIEW)
    assert outcome.review[0].proposal["unit"] == "binh-minh"


# -- mail that is no report -------------------------------------------------------------------------------


def test_a_report_on_another_subject_is_catalogued(bench: Bench) -> None:
    other = report_mail(
        "binh-minh",
        title="Kết quả công tác giảm nghèo 6 tháng đầu năm 2023",
        subject="Báo cáo giảm nghèo",
        table=False,
        more=["Xã có 12 hộ nghèo."],
    )
    assert ended(bench.judged(other)) == (MessageClass.OTHER_REPORT, MessageState.SET_ASIDE)


def test_a_question_of_a_unit_is_put_before_the_officer(bench: Bench) -> None:
    asked = note(address("binh-minh"), "Hỏi biểu mẫu", "Cho em hỏi số liệu nữ tính thế nào ạ?")
    assert ended(bench.judged(asked)) == (MessageClass.QUESTION, MessageState.REVIEW)


def test_thanks_are_set_aside(bench: Bench) -> None:
    thanks = note(address("binh-minh"), "Cảm ơn", "Em cảm ơn chị ạ.")
    assert ended(bench.judged(thanks)) == (MessageClass.OTHER, MessageState.SET_ASIDE)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (SUBJECT, "Kính gửi Phòng, xã gửi báo cáo ạ."),
        ("Xã Bình Minh", "Em gửi chị file số liệu đính kèm ạ."),
        (SUBJECT, ""),
        ("BĐG", "6 tháng đầu năm xã không phát sinh vụ bạo lực gia đình nào."),
        ("", "Xã gửi nhé, có gì gọi số 0900 000 001"),
        ("Re: Đôn đốc báo cáo", "Dạ em gửi chị ạ."),
        ("Xã Bình Minh nộp báo cáo", ""),
    ],
)
def test_a_report_whose_file_was_forgotten_is_asked_about_and_never_taken_for_thanks(
    bench: Bench, subject: str, text: str
) -> None:
    outcome = bench.judged(note(address("binh-minh"), subject, text))
    assert ended(outcome) == (MessageClass.UNREADABLE, MessageState.REVIEW)
    assert (outcome.reasons, [item.question for item in outcome.review]) == (("no_file",), ["no_file"])


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ((("Bình đẳng giới", "Kết quả"), ("việc một", "12"), ("việc hai", "7"), ("việc ba", "30")), True),
        ((("Nguyễn Văn A", "Công chức văn hóa"), ("Điện thoại", "0912 345 678")), False),
    ],
    ids=["figures", "signature"],
)
def test_figures_in_a_mail_that_nobody_could_read_are_asked_about_and_never_taken_for_thanks(
    bench: Bench, rows: tuple[tuple[str, str], ...], asked: bool
) -> None:
    table = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in rows)
    text = "Xã có kết quả bình đẳng giới như bảng."
    octets = note(address("binh-minh"), "Xã Bình Minh", text, html=f"<p>{text}</p><table>{table}</table>")
    assert (bench.judged(octets).reasons == ("no_file",)) is asked


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (SUBJECT, "UBND xã Bình Minh báo cáo: kỳ này không phát sinh nội dung, số liệu."),
        ("BĐG", "Xã kỳ này không phát sinh ạ."),
        ("Bao cao BDG", "xa khong phat sinh so lieu trong ky. Tran trong!"),
    ],
)
def test_a_line_that_nothing_arose_is_asked_about_as_a_nil_report(
    bench: Bench, subject: str, text: str
) -> None:
    outcome = bench.judged(note(address("binh-minh"), subject, text))
    assert ended(outcome) == (MessageClass.REPORT, MessageState.REVIEW)
    assert (outcome.reasons, [item.question for item in outcome.review]) == (("nil_report",), ["nil_report"])
    assert outcome.submissions == ()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Đề nghị gửi báo cáo bình đẳng giới", "Dạ em cảm ơn anh, tuần sau xã sẽ gửi báo cáo ạ."),
        ("Xác nhận", "Xã đã nhận được công văn đề nghị gửi báo cáo."),
        ("Công văn", "Kính gửi Phòng, xã chưa gửi được báo cáo do cán bộ đi học."),
        ("Re: Xã Bình Minh nộp báo cáo", "Em cảm ơn chị."),
    ],
)
def test_a_promise_is_not_taken_for_a_forgotten_file(bench: Bench, subject: str, text: str) -> None:
    assert "no_file" not in bench.judged(note(address("binh-minh"), subject, text)).reasons


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (SUBJECT, "Đang tổng hợp, mai gửi"),
        ("Xã Bình Minh nộp báo cáo", "Xã chưa xong, tuần sau gửi ạ"),
        ("Re: Đôn đốc báo cáo", "Em sẽ gửi trong chiều nay ạ"),
        ("Báo cáo BĐG", "Đồng chí phụ trách đi học, mai xã nộp bù."),
    ],
)
def test_a_notice_that_the_report_comes_later_is_set_aside_as_that(
    bench: Bench, subject: str, text: str
) -> None:
    outcome = bench.judged(note(address("binh-minh"), subject, text))
    assert (outcome.state, outcome.reasons) == (MessageState.SET_ASIDE, ("promised",))


@pytest.mark.parametrize(
    "text", ["Em gửi báo cáo ạ, bản giấy mai em gửi sau", "Xã gửi chị file số liệu, báo cáo chữ sẽ gửi sau"]
)
def test_who_hands_in_now_and_promises_more_has_forgotten_the_file(bench: Bench, text: str) -> None:
    assert bench.judged(note(address("binh-minh"), SUBJECT, text)).reasons == ("no_file",)


def test_a_unit_that_owes_nothing_more_is_not_asked_for_a_file(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    later = note(address("binh-minh"), "Báo cáo", "Em gửi báo cáo rồi, cảm ơn chị.")
    assert bench.judged(later, "2023-06-02T08:00").state is MessageState.SET_ASIDE


_FEW = [["TT", "Nội dung", "Số lượng"], ["1", "Số người dự", "12"], ["2", "Số buổi", "3"]]
_SILENT = {
    "a bare table": ("Book1.xlsx", xlsx({"Sheet1": _FEW})),
    "two rows of ours": ("1.xlsx", xlsx({"Sheet1": figure_table({"B1": ("4", ""), "B5": ("0", "")})})),
    "one line": ("a.docx", docx("Số liệu như kèm theo, kính chuyển.")),
    "a report that names no subject": (
        "bc.docx",
        letter("binh-minh", title="6 tháng đầu năm 2023", table=False),
    ),
    "a bare title": ("bc.docx", docx("BÁO CÁO", "Kết quả công tác 6 tháng xã Bình Minh", "I. Tình hình")),
    "nothing but text": ("ghi.txt", "Phụ nữ 12, nam 9, cộng 21".encode()),
    "an empty document": ("vb.docx", docx("")),
}


@pytest.mark.parametrize("file", list(_SILENT.values()), ids=list(_SILENT))
@pytest.mark.parametrize("subject", ["", "Gửi chị", "Cảm ơn chị"])
def test_a_readable_file_from_a_unit_that_owes_is_never_set_aside_silently(
    bench: Bench, subject: str, file: tuple[str, bytes]
) -> None:
    outcome = bench.judged(note(address("binh-minh"), subject, "Em gửi chị ạ.", file))
    assert outcome.state is MessageState.REVIEW
    assert outcome.message_class is MessageClass.REPORT
    assert nothing_counts(outcome)
    (item,) = outcome.review
    assert item.proposal == {"unit": "binh-minh", "report": REPORT, "period": PERIOD}


@pytest.mark.parametrize(
    "file", [_SILENT["a bare table"], ("ghi.txt", "Danh sách 12 người".encode())], ids=["table", "text"]
)
def test_a_file_that_holds_nothing_of_the_report_its_mail_names_is_asked_about(
    bench: Bench, file: tuple[str, bytes]
) -> None:
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, "Em gửi ạ.", file)), "nothing_of_report")


def test_a_calendar_entry_is_no_report_though_it_speaks_of_one(bench: Bench) -> None:
    entry = f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:{SUBJECT}\r\nEND:VCALENDAR\r\n".encode()
    outcome = bench.judged(note(address("y-te"), "Mời họp giao ban", "Mời dự họp.", ("invite.ics", entry)))
    assert ended(outcome) == (MessageClass.OTHER, MessageState.SET_ASIDE)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", ""),
        ("bc", ""),
        ("Gửi chị", "Được gửi từ điện thoại"),
        ("", "--\nLò Văn Páo"),
        ("Xã Bình Minh", ""),
        ("BĐG 6 tháng", ""),
        ("Re: V/v đôn đốc", ""),
    ],
)
def test_an_empty_mail_of_a_unit_that_owes_is_asked_about(bench: Bench, subject: str, text: str) -> None:
    outcome = bench.judged(note(address("binh-minh"), subject, text))
    assert ended(outcome) == (MessageClass.UNREADABLE, MessageState.REVIEW)
    assert outcome.reasons in {("empty_mail",), ("no_file",)}


def test_an_empty_mail_of_whom_nothing_is_missing_is_set_aside(bench: Bench) -> None:
    assert bench.judged(note("nguoi@la.example", "", "")).state is MessageState.SET_ASIDE
    thanks = note(address("binh-minh"), "Cảm ơn Phòng", "")
    assert bench.judged(thanks).state is MessageState.SET_ASIDE
    bench.judged(report_mail("binh-minh"))
    assert (
        bench.judged(note(address("binh-minh"), "", ""), "2023-06-02T08:00").state is MessageState.SET_ASIDE
    )


def test_a_silent_page_of_a_scan_is_asked_about(bench: Bench) -> None:
    octets = note(address("binh-minh"), "Gửi chị", "ạ", _SILENT["one line"])
    message = read_here(octets)
    (file,) = message.files
    assert file.document is not None
    page = replace(file, kind=FileKind.IMAGE, document=replace(file.document, notes=(RECOGNISED,)))
    outcome = bench.outcome_of(octets, replace(message, files=(page,)))
    assert is_held(outcome, "unnamed_file")
    assert outcome.reasons == ("unnamed_file", "scan_only")


def test_a_silent_file_of_a_unit_that_owes_nothing_more_or_of_a_stranger_is_not_asked_about(
    bench: Bench,
) -> None:
    silent = _SILENT["a bare table"]
    stranger = note("nguoi@la.example", "Gửi chị", "Em gửi.", silent)
    assert bench.judged(stranger).state is MessageState.SET_ASIDE
    bench.judged(report_mail("binh-minh"))
    later = note(address("binh-minh"), "Gửi chị", "Em gửi.", silent)
    assert bench.judged(later, "2023-06-02T08:00").state is MessageState.SET_ASIDE


def test_a_report_on_another_subject_explains_the_file_beside_it(bench: Bench) -> None:
    other = letter("binh-minh", title="Tình hình phòng, chống dịch bệnh trên địa bàn xã", table=False)
    mail = note(address("binh-minh"), "Gửi chị", "ạ", ("dich.docx", other), _SILENT["a bare table"])
    assert ended(bench.judged(mail)) == (MessageClass.OTHER_REPORT, MessageState.SET_ASIDE)
    ours = note(address("binh-minh"), "Gửi chị", "ạ", ("dich.docx", other), _SILENT["two rows of ours"])
    assert is_held(bench.judged(ours), "unnamed_file")


def test_a_report_in_the_form_of_a_letter_is_asked_about_and_what_it_covers_is_booked(bench: Bench) -> None:
    title = "V/v báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2023"
    cover = letter("binh-minh", kind="CÔNG VĂN", title=title, table=False)
    alone = bench.judged(note(address("binh-minh"), "Gửi chị", "ạ", ("cv.docx", cover)))
    assert is_held(alone, "reports_by_letter")
    book = xlsx({"Biểu": figure_table(figures())})
    both = note(address("binh-minh"), "Gửi chị", "ạ", ("cv.docx", cover), ("Book1.xlsx", book))
    outcome = bench.judged(both)
    assert ended(outcome) == BOOKED
    assert len(outcome.submissions[0].values) == 9
    asking = letter("binh-minh", kind="CÔNG VĂN", title="V/v đề nghị hướng dẫn báo cáo bình đẳng giới")
    asks = note(address("binh-minh"), "Gửi chị", "ạ", ("cv.docx", asking))
    assert ended(bench.judged(asks)) == (MessageClass.QUESTION, MessageState.REVIEW)


def test_a_table_in_the_mail_itself_is_read_as_a_table(bench: Bench) -> None:
    rows = [
        f"<tr>{''.join(f'<td><p>{text}</p></td>' for text in row)}</tr>" for row in figure_table(figures())
    ]
    page = f"<p>Xã báo cáo bình đẳng giới 6 tháng đầu năm 2023:</p><table>{''.join(rows)}</table>"
    quoted = "<blockquote type='cite'><table><tr><td>Chỉ tiêu</td><td>Tổng số</td></tr><tr><td>Số buổi tuyên "
    quoted += "truyền</td><td>99</td></tr></table></blockquote>"
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Xã báo cáo.", html=page + quoted))
    (intent,) = outcome.submissions
    assert ended(outcome) == BOOKED
    told = {(value.indicator, value.sex.value): value.value for value in intent.values}
    assert (len(told), told["B1", "total"], told["B2", "female"]) == (9, Decimal(11), Decimal(207))
    assert intent.values[0].place.where == "bảng 1, hàng 2, cột 4"


def test_a_plan_is_no_report(bench: Bench) -> None:
    plan = report_mail(
        "binh-minh",
        kind="KẾ HOẠCH",
        title="Triển khai công tác bình đẳng giới năm 2023",
        subject="Kế hoạch bình đẳng giới",
        table=False,
    )
    assert ended(bench.judged(plan)) == (MessageClass.OTHER, MessageState.SET_ASIDE)


def test_an_automatic_reply_is_set_aside(bench: Bench) -> None:
    headers = {**verified(address("binh-minh")), "Auto-Submitted": "auto-replied"}
    away = note(address("binh-minh"), "Trả lời tự động", "Tôi đi công tác.", headers=headers)
    assert ended(bench.judged(away)) == (MessageClass.AUTO_REPLY, MessageState.SET_ASIDE)


def test_a_bounce_is_set_aside(bench: Bench) -> None:
    bounce = raw_mail(
        f"From: MAILER-DAEMON@mx.example\nTo: {MAILBOX}\nSubject: Undelivered Mail Returned to Sender\n"
        "Return-Path: <>\nMessage-ID: <b@mx.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
        "--r\nContent-Type: text/plain\n\nNo such user\n--r\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
        "Status: 5.1.1\n\n--r--\n",
    )
    assert ended(bench.judged(bounce)) == (MessageClass.BOUNCE, MessageState.SET_ASIDE)


def test_an_advertisement_of_a_stranger_is_spam(bench: Bench) -> None:
    offer = note("qua@khuyenmai.example", "Khuyến mại lớn", "Mua một tặng một, giảm giá nửa tháng!")
    assert ended(bench.judged(offer)) == (MessageClass.SPAM, MessageState.SET_ASIDE)


def test_who_sells_is_spam_though_it_speaks_of_reports_but_a_unit_or_an_office_never_is(bench: Bench) -> None:
    words = ("Khóa học lập báo cáo thống kê", "Đăng ký ngay, chiết khấu lớn cho cán bộ xã!")
    assert ended(bench.judged(note("hoc@daotao.example", *words))) == (
        MessageClass.SPAM,
        MessageState.SET_ASIDE,
    )
    for sender in ("so@tinh.gov.vn", address("binh-minh")):
        assert bench.judged(note(sender, *words)).message_class is not MessageClass.SPAM
    about = note("ai@rieng.example", "Báo cáo", "UBND xã Bình Minh gửi báo giá khóa học của xã.")
    assert bench.judged(about).message_class is not MessageClass.SPAM


def test_a_newsletter_is_set_aside(bench: Bench) -> None:
    letter_ = note("tin@bao.example", "Bản tin tuần", "Tin", headers={"List-Id": "<tin.bao.example>"})
    outcome = bench.judged(letter_)
    assert outcome.state is MessageState.SET_ASIDE
    assert outcome.message_class in (MessageClass.OTHER, MessageClass.SPAM)


def test_what_the_office_sent_itself_is_set_aside(bench: Bench) -> None:
    own = note(MAILBOX, "Đôn đốc báo cáo bình đẳng giới", "Đề nghị các đơn vị gửi báo cáo.")
    assert ended(bench.judged(own)) == (MessageClass.OTHER, MessageState.SET_ASIDE)


def test_a_forged_mail_in_our_own_name_is_shown_and_not_set_aside_as_ours(bench: Bench) -> None:
    forged = report_mail("binh-minh", sender=MAILBOX, headers=verified(MAILBOX, "fail"))
    assert ended(bench.judged(forged)) == (MessageClass.SPOOF, MessageState.REVIEW)


def test_every_reason_and_question_has_a_sentence(bench: Bench) -> None:
    say = Wording("vi")
    outcomes = [
        bench.judged(report_mail("binh-minh")),
        bench.judged(report_mail("suoi-dau", figures(3), sender="ba.tam@rieng.example")),
        bench.judged(note(address("y-te"), "Hỏi", "Cho em hỏi hạn nộp báo cáo khi nào ạ?")),
        bench.judged(report_mail("dong-tam")),
    ]
    codes = {code for outcome in outcomes for code in outcome.reasons}
    codes |= {item.question for outcome in outcomes for item in outcome.review}
    assert [code for code in codes if reason(code, say) == code] == []


# -- a person outranks the machine -----------------------------------------------------------------------


def test_an_accepted_message_counts_as_proposed(bench: Bench) -> None:
    held = report_mail("suoi-dau", sender="ba.tam@rieng.example")
    bench.judged(held)
    bench.decide("accept", held)
    outcome = bench.judged(held)
    assert ended(outcome) == BOOKED
    assert outcome.submissions[0].key.unit == "suoi-dau"


def test_an_assigned_message_counts_for_whom_the_officer_named(bench: Bench) -> None:
    held = note(
        "ba.tam@rieng.example", SUBJECT, "Gửi.", ("bieu.xlsx", xlsx({"Biểu": figure_table(figures())}))
    )
    bench.judged(held)
    bench.decide("assign", held, unit="suoi-dau", report=REPORT, period=PERIOD)
    outcome = bench.judged(held)
    assert ended(outcome) == BOOKED
    assert outcome.submissions[0].key.unit == "suoi-dau"
    assert len(outcome.submissions[0].values) == 9


def test_the_officer_books_to_a_period_that_had_not_opened_first_again_and_replaced(bench: Bench) -> None:
    early = "2023-03-01T08:00"
    replacing = "Báo cáo này thay thế Báo cáo số 17/BC ngày 01/3/2023 của UBND xã Bình Minh."
    versions = {
        Role.FIRST: letter("binh-minh"),
        Role.DUPLICATE: letter("binh-minh", more=("Bản in lại.",)),
        Role.REPLACEMENT: letter("binh-minh", figures(2), more=(replacing,)),
    }
    for role, content in versions.items():
        mail = note(address("binh-minh"), f"Gửi trước {role}", "Xã gửi.", ("bao cao.docx", content))
        bench.judged(mail, early)
        bench.decide("assign", mail, unit="binh-minh", report=REPORT, period=PERIOD)
        outcome = bench.judged(mail, early)
        assert ended(outcome)[1] is MessageState.BOOKED, role
        assert [intent.role for intent in outcome.submissions] == [role]


def test_a_spoof_that_the_officer_releases_counts(bench: Bench) -> None:
    octets = report_mail("binh-minh", headers=verified(address("binh-minh"), "fail"))
    bench.judged(octets)
    bench.decide("assign", octets, unit="binh-minh", report=REPORT, period=PERIOD)
    assert ended(bench.judged(octets)) == BOOKED


def test_an_assigned_message_that_names_no_report_counts_with_its_files(bench: Bench) -> None:
    """Without recognition there is no match to take over; the officer's word makes one."""
    scan = note("la@rieng.example", "Gửi chị", "Em gửi ạ", ("anh.pdf", b"%PDF-1.4\n%%EOF\n"))
    bench.judged(scan)
    bench.decide("assign", scan, unit="suoi-dau", report=REPORT, period=PERIOD)
    outcome = bench.judged(scan)
    assert outcome.state is MessageState.BOOKED
    assert [intent.key.unit for intent in outcome.submissions] == ["suoi-dau"]
    assert outcome.submissions[0].accepted


def test_a_message_put_aside_by_the_officer_counts_for_nothing(bench: Bench) -> None:
    octets = report_mail("binh-minh")
    bench.judged(octets)
    bench.decide("set_aside", octets, **{"class": "other"})
    outcome = bench.judged(octets)
    assert ended(outcome) == (MessageClass.OTHER, MessageState.SET_ASIDE)
    assert outcome.submissions == ()


def test_a_reopened_message_is_judged_as_if_nobody_had_decided(bench: Bench) -> None:
    held = report_mail("suoi-dau", sender="ba.tam@rieng.example")
    before = bench.judged(held)
    bench.decide("accept", held)
    bench.judged(held)
    bench.decide("reopen", held)
    assert bench.judged(held) == before


def test_a_role_the_officer_names_wins(bench: Bench) -> None:
    bench.judged(report_mail("binh-minh"))
    changed = report_mail("binh-minh", figures(1, B1=("19", "")))
    bench.judged(changed, "2023-06-02T08:00")
    bench.decide("accept", changed, role="supplement")
    outcome = bench.judged(changed, "2023-06-02T08:00")
    assert (outcome.state, outcome.submissions[0].role) == (MessageState.BOOKED, Role.SUPPLEMENT)


def test_the_mail_of_nobody_is_judged_too(bench: Bench) -> None:
    """Not even a head: kept, shown, and in nobody's way."""
    outcome = bench.judged(b"\r\n\r\n")
    assert outcome.state in (MessageState.SET_ASIDE, MessageState.REVIEW)
    assert outcome.submissions == ()


# -- sums that are only proposed -------------------------------------------------------------------------

VILLAGES = [["STT", "Thôn", "Số buổi tuyên truyền"], ["1", "Thôn Đồng Mòn", "3"], ["2", "Thôn 5", "8"]]


@pytest.mark.parametrize("told", ["", "11"])
def test_villages_are_asked_about_unless_the_form_states_their_sum(bench: Bench, told: str) -> None:
    book = xlsx({"Biểu": figure_table(figures(1, B1=(told, ""))), "Thôn": VILLAGES})
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "Gửi Phòng.", ("bieu.xlsx", book)))
    (value,) = [v for v in outcome.submissions[0].values if v.indicator == "B1"]
    asked = [item.question for item in outcome.review]
    found = [finding.code for finding in outcome.submissions[0].findings]
    assert value.value == 11
    assert (value.certainty is Certainty.CERTAIN) is bool(told)
    assert (asked, "sum_of_places" in found) == (([], False) if told else (["sum_of_places"], True))


# -- another form ----------------------------------------------------------------------------------------

#: Rows of another office's form, as a unit sends it that took the wrong one from its folder.
OTHER_FORM = [
    ["STT", "Nội dung", "Đơn vị tính", "Số lượng"],
    ["1", "Số hộ gia đình văn hóa", "Hộ", "812"],
    ["2", "Số thôn có nhà sinh hoạt cộng đồng", "Thôn", "7"],
    ["3", "Số lượt khách tham quan", "Lượt", "1.240"],
]


def with_form(*rows: list[str], more: tuple[str, ...] = ()) -> bytes:
    """A report in order but for its annex."""
    files = (
        ("bao cao.docx", letter("binh-minh", table=False, more=more)),
        ("bieu.xlsx", xlsx({"Biểu": list(rows)})),
    )
    return note(address("binh-minh"), SUBJECT, "Xã gửi báo cáo.", *files)


def test_a_report_with_the_form_of_another_is_not_counted_as_handed_in(bench: Bench) -> None:
    outcome = bench.judged(with_form(*OTHER_FORM))
    assert is_held(outcome, "wrong_form")


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (OTHER_FORM[:3], ()),
        ([*figure_table(figures()), *OTHER_FORM[1:]], ()),
        (OTHER_FORM, ("1. Tổ chức 12 buổi tuyên truyền về bình đẳng giới.",)),
    ],
    ids=["two rows are no form", "beside our rows", "figures stand in the text"],
)
def test_rows_of_others_beside_ours_make_no_wrong_form(
    bench: Bench, rows: list[list[str]], more: tuple[str, ...]
) -> None:
    outcome = bench.judged(with_form(*rows, more=more))
    assert "wrong_form" not in outcome.reasons
    assert [intent.accepted for intent in outcome.submissions] == [True]


# -- the outline ----------------------------------------------------------------------------------------

HALF_TOLD = ("Tổ chức 12 buổi tuyên truyền.", "II. KHÓ KHĂN", "Kinh phí còn hạn hẹp.")


def unwritten(outcome: MessageOutcome) -> list[tuple[str, str]]:
    (intent,) = outcome.submissions
    found = [finding for finding in intent.findings if finding.code == "sections_missing"]
    return [(finding.grade.value, finding.parameters["sections"]) for finding in found]


@pytest.mark.parametrize(
    ("required", "more", "told"),
    [
        (False, HALF_TOLD, [("note", "III. Kiến nghị")]),
        (True, HALF_TOLD, [("warning", "III. Kiến nghị")]),
        (False, (), []),
        (True, (), [("warning", "I. Kết quả thực hiện; II. Khó khăn; III. Kiến nghị")]),
        (True, (*HALF_TOLD, "III. KIẾN NGHỊ", "Đề nghị bổ sung kinh phí."), []),
    ],
    ids=["custom", "asked", "table alone", "asked, table alone", "whole"],
)
def test_sections_of_the_outline_without_a_word_are_listed(
    tmp_path: Path, required: bool, more: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    bench = Bench(tmp_path)
    (report,) = bench.regime.reports
    bench = Bench(tmp_path / "b", reports=(replace(report, outline_required=required),))
    assert unwritten(bench.judged(report_mail("binh-minh", more=more))) == told


# -- what a unit says it sent ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["Xa khong co gi phat sinh a", "Kỳ này xã em không có gì để báo cáo ạ", "Xã không có phát sinh"]
)
def test_nothing_to_report_is_told_in_many_words(bench: Bench, said: str) -> None:
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, said))
    assert (outcome.message_class, outcome.reasons) == (MessageClass.REPORT, ("nil_report",))


@pytest.mark.parametrize(
    "said",
    ["Bản em nộp bản giấy cho chị Hoa ở văn phòng hôm qua rồi", "Xã gửi trực tiếp từ sáng nay rồi ạ"],
)
def test_a_unit_that_says_it_handed_in_on_paper_is_heard(bench: Bench, said: str) -> None:
    outcome = bench.judged(note(address("binh-minh"), "Re: V/v đôn đốc gửi báo cáo", said))
    assert (outcome.message_class, outcome.reasons) == (MessageClass.QUESTION, ("claims_sent",))


def test_a_report_that_names_no_subject_and_the_whole_year_is_no_other_report(bench: Bench) -> None:
    document = docx("BÁO CÁO", "6 tháng đầu năm và cả năm 2023", "I. KẾT QUẢ THỰC HIỆN", "Xã đã làm 3 việc.")
    outcome = bench.judged(note(address("binh-minh"), "", "", ("bc.docx", document)))
    assert is_held(outcome, "unnamed_file")


def test_a_unit_that_says_it_sent_is_believed_once_something_has_come(bench: Bench) -> None:
    said = note(address("binh-minh"), "Re: V/v đôn đốc gửi báo cáo", "Xã đã gửi rồi nhé. Cảm ơn chị.")
    before = bench.judged(said, "2023-06-05T08:00")
    assert (*ended(before), before.reasons) == (
        MessageClass.QUESTION,
        MessageState.REVIEW,
        ("claims_sent",),
    )
    bench.judged(report_mail("binh-minh"), "2023-06-05T09:00")
    again = note(address("binh-minh"), "Re: V/v đôn đốc gửi báo cáo", "Xã đã gửi rồi chị ạ.")
    assert ended(bench.judged(again, "2023-06-05T10:00")) == (MessageClass.OTHER, MessageState.SET_ASIDE)


def test_what_was_read_of_a_mail_is_let_go_with_its_judgement(bench: Bench) -> None:
    octets = report_mail("binh-minh")
    gc.collect()
    gc.disable()
    try:
        before = _living_readings()  # of tests before this one, whose failures or fixtures keep theirs
        assert ended(bench.outcome_of(octets, read_here(octets))) == BOOKED
        assert not _living_readings() - before
    finally:
        gc.enable()


def _living_readings() -> set[int]:
    return {id(one) for one in gc.get_objects() if isinstance(one, ReadMessage)}


def test_a_replacement_that_would_take_all_figures_out_is_asked_about(bench: Bench) -> None:
    subject = "Thay thế báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    more = ["Xã đã tổ chức nhiều hoạt động."]
    bench.judged(report_mail("binh-minh"))
    octets = report_mail("binh-minh", subject=subject, table=False, more=more)
    worded = bench.judged(octets, "2023-06-02T08:00")
    assert is_held(worded, "figures_lost")
    whole = bench.judged(report_mail("binh-minh", figures(2), subject=subject), "2023-06-03T08:00")
    assert [(i.role, i.accepted) for i in whole.submissions] == [(Role.REPLACEMENT, True)]
