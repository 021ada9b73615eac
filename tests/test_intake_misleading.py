"""Mails in which one piece of evidence misleads while the rest is silent or mild: they are asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.units import Unit
from intake.evidence.inner_bodies import inner_body
from intake.evidence.irregular import is_special
from intake.evidence.unit_names import UnitIndex
from intake.judging.settlement import Announced, announced
from intake.mail.bodies import signature_of
from ledger.records import MessageClass, MessageOutcome, MessageState, ObligationKey, Role
from tests.builders import docx, xlsx, zip_of
from tests.offices import BY_ID, UNITS, Bench, address, figure_table, figures, letter, note, report_mail

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
SHEET_TITLE = "BIỂU BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023"
FORM = [[SHEET_TITLE], *figure_table(figures())]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def is_held(outcome: MessageOutcome, reason: str) -> bool:
    counts = any(intent.accepted for intent in outcome.submissions)
    return outcome.state is MessageState.REVIEW and reason in outcome.reasons and not counts


def silent_book(title: str = SHEET_TITLE) -> tuple[str, bytes]:
    return "bieu.xlsx", xlsx({"Biểu": [[title], *figure_table(figures())]})


# -- a part of the unit ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Kết quả công tác 6 tháng đầu năm của lớp 7B", "lớp 7B"),
        ("Tình hình học sinh lớp 8A tháng 4", "lớp 8A"),
        ("KẾT QUẢ … THÔN KHE SÂU", "THÔN KHE"),
        ("BC_thon_Khe_Sau.xlsx", "thon Khe"),
        ("BC điểm trường Khe Sâu", "điểm trường Khe"),
        ("Kết quả công tác của Trung tâm Kiểm định", "của Trung tâm Kiểm"),
        ("BC 6 tháng Trường THPT Lý Bôn", "Trường THPT Lý Bôn"),
        ("Kết quả công tác của Đảng ủy xã Khe Sâu", "của Đảng ủy"),
        ("Kết quả trong lực lượng Công an xã", "trong lực lượng Công an"),
        ("KẾT QUẢ XÂY DỰNG NÔNG THÔN MỚI", ""),
        ("Kết quả tại các thôn, xóm", ""),
        ("Dân chủ ở cơ sở 6 tháng đầu năm", ""),
        ("Báo cáo bản 2", ""),
        ("Số lớp 9 tháng đầu năm", ""),
    ],
)
def test_a_body_inside_a_unit_is_known_by_a_name_of_its_own(text: str, part: str) -> None:
    assert inner_body(text) == part


def test_a_village_or_a_school_is_no_part_of_itself() -> None:
    assert inner_body("Kết quả tháng 5 của thôn Khe Sâu", "thon khe sau") == ""
    assert inner_body("Kết quả của trường THCS Lý Bôn", "truong thcs ly bon", is_own=True) == ""
    assert inner_body("Kết quả của Hội Nông dân xã", "hoi nong dan xa khe sau") == ""
    assert inner_body("Kết quả của Hội Nông dân xã", "ubnd xa khe sau", is_own=True) == "của Hội"


def test_a_report_titled_for_a_part_is_asked_about_under_the_head_of_the_whole(bench: Bench) -> None:
    title = "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023 của thôn Khe Sâu"
    outcome = bench.judged(report_mail("binh-minh", title=title))
    assert is_held(outcome, "of_a_part")
    assert ("named_in_title", "thôn Khe") in [(item.kind, item.text) for item in outcome.evidence]


def test_a_silent_sheet_sent_for_a_part_is_asked_about_and_a_letter_of_the_whole_is_not(bench: Bench) -> None:
    subject = f"{SUBJECT} thôn Khe Sâu"
    assert is_held(bench.judged(note(address("binh-minh"), subject, "", silent_book())), "of_a_part")
    assert bench.judged(report_mail("dong-tam", figures(2), subject=subject)).state is MessageState.BOOKED


SCHOOL = Unit("thcs", "Trường THCS Sông Mây", "department", addresses=(*BY_ID["y-te"].addresses,))


@pytest.mark.parametrize("group", ["LỚP 7B", "TỔ TỰ NHIÊN", "CÔNG ĐOÀN", "NHÓM TRẺ 24-36 THÁNG"])
def test_a_group_below_the_name_of_a_school_is_a_part_of_it(group: str) -> None:
    index = UnitIndex([SCHOOL], "huyện Sông Mây")
    assert index.names_a_part(f"TRƯỜNG THCS SÔNG MÂY {group}")
    assert not index.names_a_part("TRƯỜNG THCS SÔNG MÂY")


# -- whose it is -----------------------------------------------------------------------------------------


def test_a_mail_signed_for_another_unit_holds_a_silent_sheet(bench: Bench) -> None:
    text = "Gửi Phòng.\n\nTrân trọng,\nLò Văn Nam\nVăn hóa - UBND xã Đồng Tâm"
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, text, silent_book())), "unit_conflict")
    own = text.replace("Đồng Tâm", "Hòa Lạc")
    book = xlsx({"Biểu": [[SHEET_TITLE], *figure_table(figures(3))]})
    outcome = bench.judged(note(address("hoa-lac"), SUBJECT, own, ("b.xlsx", book)))
    assert outcome.state is MessageState.BOOKED


def test_the_signature_of_a_mail_is_that_of_its_own_text() -> None:
    quoted = (
        "\n\n---------- Forwarded message ---------\nFrom: A <a@b.example>\nSubject: x\n\nTrân trọng,\nxã B"
    )
    assert signature_of("Em gửi.\nXin cảm ơn!\nLò Nam\nUBND xã A" + quoted) == "Lò Nam\nUBND xã A"
    assert signature_of("Em gửi.\n--\nUBND xã A") == "UBND xã A"
    assert signature_of("Cảm ơn chị đã gửi mẫu của UBND xã A cho em") == ""
    assert signature_of("Em gửi." + quoted) == ""


def test_a_head_left_blank_says_nothing_and_an_office_of_any_other_name_does(bench: Bench) -> None:
    head = [
        ["ỦY BAN NHÂN DÂN\nXÃ ……………", "Độc lập - Tự do - Hạnh phúc"],
        ["Số:    /BC-UBND", "……, ngày 01/6/2023"],
    ]
    title = "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023"
    blank = docx(head, "BÁO CÁO", title, figure_table(figures()))
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "", ("bc.docx", blank)))
    assert outcome.state is MessageState.BOOKED
    assert is_held(
        bench.judged(report_mail("y-te", figures(2), head="ĐOÀN GIÁM ĐỊNH\nVĂN PHÒNG")), "letterhead_unknown"
    )


def test_two_places_in_one_breath_are_several() -> None:
    districts = [Unit("a", "UBND huyện Đông Bảo", "d"), Unit("b", "UBND huyện Tây Bảo", "d")]
    index = UnitIndex([*districts, Unit("t1", "Thôn 1", "v")], "tỉnh Sông Mây")
    assert index.names_several("BC huyện Đông Bảo, Tây Bảo")
    assert index.only_in("Tây Bảo gửi báo cáo") == ("b",)
    for several in ("bc thôn 1+2 t5", "bc thôn 1, 2 tháng 5", "thon1-2.xlsx", "thôn 1 và thôn 2"):
        assert index.names_several(several)
    for one in ("bc thôn 1, 2 tháng đầu năm", "thôn 1 - 5/2024", "thôn 1-2024", "thôn 1 tháng 2"):
        assert not index.names_several(one)


def test_what_a_board_of_the_party_and_a_school_are_called() -> None:
    board = Unit("bnc", "Ban Nội chính Huyện ủy Sông Mây", "department")
    schools = [Unit("a", "Trường TH&THCS Khe Sâu", "s"), Unit("b", "Trường Tiểu học Khe Sâu", "s")]
    index = UnitIndex([board, *schools], "huyện Sông Mây")
    assert index.only_in("BC của Ban Nội chính") == ("bnc",)
    assert index.fully_in("Ban nội chính họp") == ()
    assert index.fully_in("BC TH&THCS Khe Sâu") == ("a",)
    assert index.fully_in("BC trường TH Khe Sâu") == ("b",)


def test_a_board_below_the_head_of_its_committee_is_that_unit(tmp_path: Path) -> None:
    board = replace(BY_ID["y-te"], name="Ban Nội chính Huyện ủy Sông Mây")
    bench = Bench(tmp_path, [*(unit for unit in UNITS if unit.id != "y-te"), board])
    outcome = bench.judged(report_mail("y-te", head="HUYỆN ỦY SÔNG MÂY\nBAN NỘI CHÍNH"))
    assert (outcome.state, outcome.submissions[0].key.unit) == (MessageState.BOOKED, "y-te")


def test_figures_of_a_former_area_are_asked_about_from_the_new_units_own_box(tmp_path: Path) -> None:
    gone = Unit(
        "suoi-cu", "UBND xã Suối Cũ", "commune", valid_to=date(2022, 12, 31), successors=("binh-minh",)
    )
    bench = Bench(tmp_path, [*UNITS, gone])
    book = silent_book(f"{SHEET_TITLE} - XÃ SUỐI CŨ")
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, "", book)), "former_unit")


def test_a_file_of_somebody_helped_is_asked_about_whatever_courtesy_names_him(bench: Bench) -> None:
    text = "Em gửi hộ bác cán bộ xã Đồng Tâm với ạ"
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, text, silent_book())), "unit_conflict")


def test_a_sheet_said_to_be_of_two_units_is_asked_about_and_one_that_speaks_of_another_is_not(
    bench: Bench,
) -> None:
    both = "Gửi báo cáo của xã Bình Minh và xã Đồng Tâm"
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, both, silent_book())), "unit_conflict")
    together = "Xã phối hợp xã Đồng Tâm, xã Hòa Lạc tổ chức giao lưu. Xin gửi báo cáo."
    assert bench.judged(note(address("binh-minh"), SUBJECT, together, silent_book())).submissions[0].accepted


def test_a_place_line_of_another_commune_holds_a_letter(bench: Bench) -> None:
    head = [["ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH", "Độc lập - Tự do - Hạnh phúc"]]
    head += [["Số:    /BC-UBND", "Đồng Tâm, ngày 01 tháng 6 năm 2023"]]
    title = "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023"
    copied = docx(head, "BÁO CÁO", title, figure_table(figures()))
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, "", ("b.docx", copied))), "unit_conflict")


# -- which report ----------------------------------------------------------------------------------------

TOPICS = ("an toàn lao động", "công tác an toàn")


@pytest.mark.parametrize(
    ("title", "special"),
    [
        ("Kết quả kiểm tra công tác an toàn lao động năm 2024", True),
        ("Tham luận tại hội nghị tổng kết an toàn lao động", True),
        ("Giải trình việc chậm nộp báo cáo an toàn lao động", True),
        ("Quyết toán kinh phí thực hiện công tác an toàn", True),
        ("Chấm điểm, xếp loại công tác an toàn lao động năm 2024", True),
        ("Gương điển hình trong công tác an toàn lao động năm 2024", True),
        ("Vướng mắc về an toàn lao động năm 2024", True),
        ("Kết quả công tác an toàn lao động dịp 01/5 năm 2024", True),
        ("Kết quả công tác an toàn lao động, kiểm tra và kinh phí năm 2024", False),
        ("Kết quả công tác phòng dịch và an toàn lao động 6 tháng đầu năm 2024", False),
        ("UBND xã Khe Sâu báo cáo tình hình an toàn lao động quý II", False),
        ("Kết quả thực hiện Nghị quyết số 05-NQ/HU ngày 02/3/2021 của Huyện ủy về an toàn lao động", False),
        ("Kết quả thực hiện Kế hoạch an toàn lao động năm 2024", False),
    ],
)
def test_a_report_on_one_activity_of_the_field_is_not_the_regular_one(title: str, special: bool) -> None:
    assert is_special((title,), "", "Báo cáo an toàn lao động", TOPICS) is special


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        (
            "kinh tế - xã hội",
            "Tình hình phát triển kinh tế - xã hội, quốc phòng - an ninh 6 tháng đầu năm 2025",
        ),
        ("kinh tế - xã hội", "Công tác chỉ đạo, điều hành phát triển kinh tế - xã hội tháng 3"),
        ("giảm nghèo", "Kết quả công tác lãnh đạo, chỉ đạo giảm nghèo 6 tháng đầu năm"),
        ("giảm nghèo", "Tình hình, kết quả công tác xóa đói giảm nghèo"),
        ("trẻ em", "Tình hình thực hiện quyền trẻ em 6 tháng"),
        ("cải cách hành chính", "Tình hình, kết quả đẩy mạnh cải cách hành chính quý I"),
    ],
)
def test_how_a_regular_report_is_called_makes_it_no_other(topic: str, title: str) -> None:
    assert not is_special((title,), "", f"Báo cáo {topic}", (topic,))


def test_an_activity_that_is_itself_asked_for_is_the_regular_report() -> None:
    title = "Kết quả kiểm tra an toàn lao động"
    assert not is_special((title,), "", "Báo cáo kết quả kiểm tra an toàn lao động", TOPICS)


def test_another_report_sent_as_ours_is_asked_about_and_sent_as_its_own_set_aside(bench: Bench) -> None:
    other = "Kết quả công tác dân vận 6 tháng đầu năm 2023"
    mistaken = bench.judged(report_mail("binh-minh", title=other, table=False))
    assert is_held(mistaken, "report_unknown")
    as_such = report_mail("dong-tam", title=other, table=False, subject="BC dân vận", name="dan van.docx")
    assert bench.judged(as_such).message_class is MessageClass.OTHER_REPORT


def test_a_draft_is_asked_about_where_it_bears_no_number_or_wants_comments(bench: Bench) -> None:
    unnumbered = report_mail("binh-minh", name="Du thao BC.docx")
    assert is_held(bench.judged(unnumbered), "draft")
    numbered = report_mail("dong-tam", figures(2), name="Du thao BC.docx", number="12/BC-UBND")
    assert bench.judged(numbered).state is MessageState.BOOKED


def test_an_empty_form_from_above_is_set_aside_and_one_from_a_unit_asked_about(bench: Bench) -> None:
    empty = [[cell if at < 3 else "" for at, cell in enumerate(row)] for row in figure_table(figures())[1:]]
    form = docx("BÁO CÁO", "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023", [FORM[1], *empty])
    text = "Đề nghị các đơn vị báo cáo theo mẫu gửi kèm."
    outcome = bench.judged(note("sold@tinh.example", SUBJECT, text, ("mau.docx", form)))
    assert (outcome.state, outcome.reasons) == (MessageState.SET_ASIDE, ("blank_form",))
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, text, ("mau.docx", form))), "empty_form")


@pytest.mark.parametrize("plan", ["BIỂU GIAO CHỈ TIÊU", "BẢNG ĐĂNG KÝ", "BIỂU KẾ HOẠCH"])
def test_a_form_of_what_is_planned_holds_no_results(bench: Bench, plan: str) -> None:
    book = silent_book(f"{plan} BÌNH ĐẲNG GIỚI 6 THÁNG ĐẦU NĂM 2023")
    assert bench.judged(note(address("binh-minh"), "Gửi biểu", "", book)).state is MessageState.REVIEW


def test_a_form_filled_in_on_trial_is_asked_about(bench: Bench) -> None:
    text = "Em điền thử, chị xem giúp em đúng chưa ạ"
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, text, silent_book())), "draft")


def test_a_letter_that_asks_for_more_time_is_a_question(bench: Bench) -> None:
    title = "V/v xin lùi thời hạn gửi báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    asking = letter("binh-minh", kind="CÔNG VĂN", title=title, table=False)
    outcome = bench.judged(note(address("binh-minh"), "Công văn", "", ("cv.docx", asking)))
    assert (outcome.message_class, outcome.state) == (MessageClass.QUESTION, MessageState.REVIEW)


def test_a_list_typed_without_marks_is_read_and_waits_for_a_person(bench: Bench) -> None:
    text = (
        "Xa Binh Minh bao cao binh dang gioi 6 thang dau nam 2023:\n- So buoi tuyen truyen: 12 buoi\n"
        "- So luot nguoi tham du: 640 luot nguoi (trong do nu 320)\n- So vu bao luc gia dinh: 2 vu"
    )
    outcome = bench.judged(note(address("binh-minh"), "bc binh dang gioi 6 thang", text))
    assert is_held(outcome, "without_marks")
    told = {(v.indicator, v.sex.value): str(v.value) for v in outcome.submissions[0].values}
    assert told == {
        ("B1", "total"): "12",
        ("B2", "total"): "640",
        ("B2", "female"): "320",
        ("B5", "total"): "2",
    }


# -- for which period ------------------------------------------------------------------------------------


def test_a_report_that_ends_for_another_period_is_asked_about(bench: Bench) -> None:
    ends = "Trên đây là báo cáo công tác bình đẳng giới 6 tháng đầu năm 2022 của UBND xã Bình Minh./."
    assert is_held(bench.judged(report_mail("binh-minh", more=(ends,))), "period_conflict")
    right = ends.replace("6 tháng đầu năm 2022", "năm 2023").replace("Bình Minh", "Đồng Tâm")
    assert bench.judged(report_mail("dong-tam", figures(2), more=(right,))).state is MessageState.BOOKED
    title = "Kết quả công tác bình đẳng giới năm 2023"
    half = ends.replace("2022", "2023").replace("Bình Minh", "Hòa Lạc")
    year = report_mail("hoa-lac", figures(3), more=(half,), title=title, subject="BC năm", day="")
    assert is_held(bench.judged(year, "2023-12-02T08:00"), "period_conflict")


def test_a_subject_of_two_periods_with_the_report_of_one_is_asked_about_while_the_other_is_owed(
    bench: Bench,
) -> None:
    title = "Kết quả công tác bình đẳng giới năm 2022"
    both = "BC bình đẳng giới năm 2022 và 6 tháng đầu năm 2023"
    assert is_held(bench.judged(report_mail("binh-minh", subject=both)), "period_lacking")
    earlier = report_mail("dong-tam", figures(2), subject="BC BĐG", title=title)
    assert bench.judged(earlier, "2022-12-03T08:00").state is MessageState.BOOKED
    assert bench.judged(report_mail("dong-tam", figures(3), subject=both)).state is MessageState.BOOKED


# -- what it does to what came before --------------------------------------------------------------------


def test_a_correction_that_is_replaced_is_replaced() -> None:
    assert announced("Thay thế bản đính chính hôm qua", "", (), ()) is Announced.REPLACEMENT
    assert (
        announced("Bổ sung, thay thế mục 3 báo cáo; gửi bổ sung số liệu", "", (), ()) is Announced.SUPPLEMENT
    )


def test_the_version_that_was_replaced_is_asked_about_when_it_comes_again(bench: Bench) -> None:
    first = report_mail("binh-minh", number="5/BC-UBND")
    assert bench.judged(first).state is MessageState.BOOKED
    second = report_mail("binh-minh", figures(2), subject=f"{SUBJECT} (thay thế)")
    assert bench.judged(second, "2023-06-02T08:00").submissions[0].role is Role.REPLACEMENT
    again = report_mail("binh-minh", number="5/BC-UBND", subject="Gửi lại")
    assert is_held(bench.judged(again, "2023-06-03T08:00"), "overtaken_again")


@pytest.mark.parametrize(
    "text",
    [
        "Xã xin thu hồi báo cáo gửi sáng nay.",
        "Bản gửi sáng nay có sai sót, đề nghị Phòng không sử dụng.",
        "Nhờ chị không dùng file vừa rồi ạ.",
    ],
)
def test_a_report_taken_back_is_told_with_and_without_its_file(bench: Bench, text: str) -> None:
    assert bench.judged(report_mail("binh-minh")).state is MessageState.BOOKED
    alone = bench.judged(note(address("binh-minh"), "Re: BC BĐG 6 tháng", text), "2023-06-02T08:00")
    assert (alone.state, alone.reasons) == (MessageState.REVIEW, ("withdraws",))
    assert alone.review[0].key == ObligationKey("binh-minh", "bdg", "2023-H1")
    again = bench.judged(report_mail("binh-minh", text=text), "2023-06-03T08:00")
    assert is_held(again, "withdraws")


def test_a_first_report_that_tells_of_documents_withdrawn_is_booked(bench: Bench) -> None:
    told = "Trong kỳ xã thu hồi 02 văn bản. Xã gửi báo cáo."
    assert bench.judged(report_mail("binh-minh", text=told)).state is MessageState.BOOKED


def test_a_report_that_waits_from_a_strangers_address_counts_when_the_units_own_comes(bench: Bench) -> None:
    strange = report_mail("binh-minh", sender="lan@thu.example")
    assert bench.judged(strange).state is MessageState.REVIEW
    outcome = bench.judged(report_mail("binh-minh"), "2023-06-06T08:00")
    assert (outcome.state, outcome.submissions[0].role) == (MessageState.BOOKED, Role.FIRST)
    assert (
        bench.judged(report_mail("binh-minh", text="Gửi lại"), "2023-06-07T08:00").submissions[0].role
        is Role.DUPLICATE
    )


# -- in other wrappings than a file of one letter -----------------------------------------------------------


def bound(*letters: tuple[str, str]) -> bytes:
    """Letters in one file: the head of each and its title."""
    blocks: list[str | list[list[str]]] = []
    for head, title in letters:
        state = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
        frame = [[head, state], ["Số: 7/BC-UBND", "Sông Mây, ngày 01 tháng 6 năm 2023"]]
        blocks += [frame, "BÁO CÁO", title, "I. KẾT QUẢ THỰC HIỆN", figure_table(figures())]
    return docx(*blocks)


OWN = "ỦY BAN NHÂN DÂN\nXÃ BÌNH MINH"
TITLE = "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023"


@pytest.mark.parametrize(
    ("behind", "held"),
    [
        (("ỦY BAN NHÂN DÂN\nXÃ ĐỒNG TÂM", TITLE), True),
        ((OWN, "Kết quả công tác trẻ em 6 tháng đầu năm 2023"), True),
        ((OWN, "Phụ lục số liệu kèm theo"), False),
    ],
    ids=["another unit's", "on something else", "its annex"],
)
def test_a_second_letter_in_the_same_file_is_asked_about(
    tmp_path: Path, behind: tuple[str, str], held: bool
) -> None:
    ours = Bench(tmp_path / "a").regime.reports
    other = replace(ours[0], id="tre-em", topics=("công tác trẻ em",))
    bench = Bench(tmp_path / "b", reports=(*ours, other))
    octets = note(address("binh-minh"), SUBJECT, "", ("bc.docx", bound((OWN, TITLE), behind)))
    outcome = bench.judged(octets)
    assert is_held(outcome, "several_letters") is held
    heads = [item.text for item in outcome.evidence if item.kind == "letterhead"]
    assert (len(heads) == 2) is held  # both are shown


@pytest.mark.parametrize("name", ["Xã Đồng Tâm/bieu.xlsx", "xa dong tam/bieu.xlsx"])
def test_the_folder_a_silent_sheet_is_packed_in_names_its_unit(bench: Bench, name: str) -> None:
    packed = zip_of({name: silent_book()[1]})
    outcome = bench.judged(note(address("binh-minh"), SUBJECT, "", ("bc.zip", packed)))
    assert is_held(outcome, "unit_conflict")
    assert outcome.review[0].proposal["unit"] == "dong-tam"


def test_a_mail_that_speaks_for_another_unit_than_its_sender_is_asked_about(bench: Bench) -> None:
    lines = [f"- {row[1]}: {row[3]} {row[2]}" for row in figure_table(figures())[1:]]
    text = "\n".join(["UBND xã Đồng Tâm báo cáo:", *lines])
    assert is_held(bench.judged(note(address("binh-minh"), SUBJECT, text)), "sender_contradicts")
    own = text.replace("Đồng Tâm", "Bình Minh")
    assert bench.judged(note(address("binh-minh"), SUBJECT, own)).state is MessageState.BOOKED


def test_a_title_on_the_former_area_is_asked_about_under_the_new_head(tmp_path: Path) -> None:
    day, into = date(2023, 5, 1), ("binh-minh",)
    gone = [replace(u, valid_to=day, successors=into) if u.id == "dong-tam" else u for u in UNITS]
    bench = Bench(tmp_path, gone)
    held = bench.judged(report_mail("binh-minh", title=f"{TITLE} (địa bàn xã Đồng Tâm cũ)"))
    assert is_held(held, "former_unit")
    assert bench.judged(report_mail("binh-minh", figures(2))).state is MessageState.BOOKED


def test_an_office_of_another_area_is_no_office_of_ours() -> None:
    index = UnitIndex([Unit("pn", "Hội Liên hiệp Phụ nữ tỉnh Sông Mây", "d")], "tỉnh Sông Mây")
    assert index.names_a_part("HỘI LHPN HUYỆN ĐÔNG BẢO")
    assert not index.names_a_part("HỘI LHPN TỈNH SÔNG MÂY")
    assert not index.names_a_part("HỘI LHPN TỈNH SÔNG MÂY BAN THƯỜNG VỤ")


def test_a_city_of_the_provinces_own_name_keeps_it() -> None:
    city = Unit("tp", "Phòng Nội vụ thành phố Sông Mây", "d")
    rural = Unit("db", "Phòng Nội vụ huyện Đông Bảo", "d")
    index = UnitIndex([city, rural], "tỉnh Sông Mây")
    assert index.offices_of_other_areas("BC huyen Dong Bao.zip", "tp") == ("db",)
    assert index.fully_in("PHÒNG NỘI VỤ THÀNH PHỐ SÔNG MÂY") == ("tp",)


@pytest.mark.parametrize("name", ["TDP số 12", "tdp 12", "Tổ dân phố 12", "tdp12.xlsx", "to dan pho so 12"])
def test_a_street_group_is_known_by_its_short_names(name: str) -> None:
    groups = [Unit(f"t{n}", f"Tổ dân phố số {n}", "v") for n in (1, 2, 12)]
    assert UnitIndex(groups, "phường Sông Mây").only_in(name) == ("t12",)


TYPED = [f"- {row[1]}: {row[3]} {row[2]}" for row in figure_table(figures())[1:]]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["UBND xã Bình Minh:", *TYPED, "UBND xã Đồng Tâm:", *TYPED], "unit_conflict"),
        (["6 tháng đầu năm 2022:", *TYPED, "6 tháng đầu năm 2023:", *TYPED], "period_conflict"),
        ([*TYPED, "", "Công chức xã Đồng Tâm", "Lò Văn Páo"], "sender_contradicts"),
    ],
    ids=["two units", "two periods", "signed for another"],
)
def test_typed_figures_headed_or_signed_for_another_are_asked_about(
    bench: Bench, lines: list[str], reason: str
) -> None:
    outcome = bench.judged(note(address("binh-minh"), "Báo cáo bình đẳng giới", "\n".join(lines)))
    assert is_held(outcome, reason)


def test_typed_figures_under_their_own_names_are_booked(bench: Bench) -> None:
    lines = ["Kính gửi Phòng", "UBND xã Bình Minh:", "6 tháng đầu năm 2023:", *TYPED, "", "UBND xã Bình Minh"]
    octets = note(address("binh-minh"), "Báo cáo bình đẳng giới", "\n".join(lines))
    assert bench.judged(octets).state is MessageState.BOOKED


@pytest.mark.parametrize(
    ("told", "held"),
    [({"B1": ("19", ""), "B2": ("412", "207")}, True), ({"B1": ("2", ""), "B2": ("41", "20")}, False)],
    ids=["telling", "small"],
)
def test_few_figures_of_a_unit_that_come_again_for_another_period_are_asked_about(
    bench: Bench, told: dict[str, tuple[str, str]], held: bool
) -> None:
    kept = {code: told.get(code, ("", "")) for code in figures()}
    half = report_mail("binh-minh", kept)
    year = report_mail("binh-minh", kept, title="Kết quả công tác bình đẳng giới năm 2023", subject="Báo cáo")
    assert bench.judged(half).state is MessageState.BOOKED
    again = bench.judged(year, "2023-12-01T08:00")
    assert is_held(again, "previous_period") is held
