from __future__ import annotations

from itertools import permutations

import pytest

from config.reports import Section, SectionRole
from intake.documents import Cell, Document, Paragraph, Table
from intake.figures.outline import OutlineReading, _Matcher, cut_outline, role_of

OUTLINE = (
    Section("I", "Công tác lãnh đạo, chỉ đạo"),
    Section("II", "Kết quả thực hiện"),
    Section("II.1", "Rà soát hộ nghèo", keywords=("điều tra hộ nghèo",)),
    Section("II.2", "Tín dụng ưu đãi"),
    Section("II.3", "Hỗ trợ nhà ở"),
    Section("III", "Khó khăn, hạn chế", role=SectionRole.DIFFICULTIES),
    Section("IV", "Phương hướng, nhiệm vụ", role=SectionRole.PLANS),
    Section("V", "Kiến nghị, đề xuất", role=SectionRole.PROPOSALS),
)


def _document(*lines: str, bold: tuple[str, ...] = ()) -> Document:
    return Document(
        tuple(Paragraph(line, number, bold=line in bold) for number, line in enumerate(lines, start=1))
    )


def _cut(*lines: str, bold: tuple[str, ...] = ()) -> OutlineReading:
    return cut_outline(_document(*lines, bold=bold), OUTLINE, "bc.docx")


def _texts(reading: OutlineReading) -> dict[str, str]:
    return {section.section: section.text for section in reading.sections}


def test_numbered_headings_cut_the_text() -> None:
    reading = _cut(
        "BÁO CÁO",
        "Kính gửi: Phòng Kinh tế",
        "UBND xã Bến Đá báo cáo kết quả như sau:",
        "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
        "Xã đã ban hành 02 kế hoạch.",
        "II. KẾT QUẢ THỰC HIỆN",
        "1. Rà soát hộ nghèo",
        "Xã có 12 hộ nghèo.",
        "2. Công tác tín dụng",
        "Cho vay 5 hộ.",
        "III. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN",
        "- Kinh phí còn ít.",
        "IV. PHƯƠNG HƯỚNG THỜI GIAN TỚI",
        "- Tiếp tục rà soát.",
        "V. ĐỀ XUẤT, KIẾN NGHỊ",
        "- Không.",
        "Trên đây là báo cáo kết quả giảm nghèo của UBND xã Bến Đá./.",
    )
    assert _texts(reading) == {
        "I": "Xã đã ban hành 02 kế hoạch.",
        "II.1": "Xã có 12 hộ nghèo.",
        "II.2": "Cho vay 5 hộ.",
        "III": "- Kinh phí còn ít.",
        "IV": "- Tiếp tục rà soát.",
        "V": "- Không.",
    }
    assert reading.missing == ("II.3",)


def test_the_title_and_the_opening_stand_in_no_section() -> None:
    reading = _cut(
        "BÁO CÁO",
        "Kết quả giảm nghèo",
        "6 tháng đầu năm 2024",
        "UBND xã báo cáo như sau:",
        "I. Lãnh đạo, chỉ đạo",
        "Tốt.",
    )
    assert [line.text for line in reading.lines] == ["Tốt."]


def test_headings_are_known_by_their_type_alone() -> None:
    reading = _cut(
        "Hỗ trợ nhà ở cho hộ nghèo",
        "Xóa 3 nhà tạm.",
        "Khó khăn",
        "Thiếu vốn.",
        "Kiến nghị",
        "Tăng vốn.",
        bold=("Khó khăn", "Hỗ trợ nhà ở cho hộ nghèo", "Kiến nghị"),
    )
    assert _texts(reading) == {"II.3": "Xóa 3 nhà tạm.", "III": "Thiếu vốn.", "V": "Tăng vốn."}


def test_a_keyword_of_the_section_names_it() -> None:
    assert _texts(_cut("1. Điều tra hộ nghèo", "Đã xong.")) == {"II.1": "Đã xong."}


def test_the_words_after_a_heading_on_its_own_line_are_its_text() -> None:
    reading = _cut("I. Lãnh đạo, chỉ đạo", "Tốt.", "Khó khăn: đường đi lại còn khó.", "Kiến nghị: không có.")
    assert _texts(reading)["III"] == "đường đi lại còn khó."
    assert _texts(reading)["V"] == "không có."


@pytest.mark.parametrize(
    "plans", ["III. PHƯƠNG HƯỚNG, NHIỆM VỤ 6 THÁNG CUỐI NĂM", "3. Nhiệm vụ trọng tâm thời gian tới"]
)
def test_a_subheading_of_the_plans_never_leads_back_to_the_results(plans: str) -> None:
    reading = _cut("I. KẾT QUẢ THỰC HIỆN", "Tốt.", plans, "a) Rà soát hộ nghèo", "Phấn đấu giảm 10 hộ.")
    assert "II.1" not in _texts(reading)
    assert reading.lines[-1].role is SectionRole.PLANS


def test_plans_are_plans_also_where_the_outline_asks_for_none() -> None:
    outline = (Section("1", "Rà soát hộ nghèo"),)
    reading = cut_outline(
        _document("I. Rà soát hộ nghèo", "12 hộ.", "II. Phương hướng, nhiệm vụ", "Giảm 10 hộ."), outline, "f"
    )
    assert _texts(reading) == {"1": "12 hộ."}
    assert (reading.lines[-1].section, reading.lines[-1].role) == ("", SectionRole.PLANS)


def test_an_unknown_subsection_stays_with_its_parent() -> None:
    reading = _cut(
        "II. KẾT QUẢ THỰC HIỆN", "1. Rà soát hộ nghèo", "12 hộ.", "1.1. Theo dân tộc", "Dao: 5 hộ."
    )
    assert _texts(reading) == {"II.1": "12 hộ.\nDao: 5 hộ."}


def test_list_items_stay_one_a_line() -> None:
    reading = _cut("III. KHÓ KHĂN", "- Thiếu vốn.", "- Thiếu người.")
    assert _texts(reading)["III"].splitlines() == ["- Thiếu vốn.", "- Thiếu người."]


def test_a_number_from_the_list_and_not_from_the_text_makes_a_heading() -> None:
    document = Document((Paragraph("KHÓ KHĂN, HẠN CHẾ", 1, list_label="III."), Paragraph("Thiếu vốn.", 2)))
    assert _texts(cut_outline(document, OUTLINE, "f")) == {"III": "Thiếu vốn."}


def test_a_numbered_sentence_is_text_and_no_heading() -> None:
    reading = _cut("I. LÃNH ĐẠO, CHỈ ĐẠO", "1. Tổ chức rà soát hộ nghèo cho 12 thôn, có 5 hộ thoát nghèo.")
    assert _texts(reading)["I"].startswith("1. Tổ chức rà soát")


def test_signature_annex_and_tables_are_left_out() -> None:
    signature = Table("1", (Cell(0, 0, "Nơi nhận:\n- Như trên"), Cell(0, 1, "CHỦ TỊCH")), 1, 2)
    figures = Table("2", (Cell(0, 0, "STT"),), 1, 1)
    document = Document(
        (
            Paragraph("I. LÃNH ĐẠO", 1),
            Paragraph("Tốt.", 2),
            figures,
            signature,
            Paragraph("PHỤ LỤC", 3),
            Paragraph("9 hộ", 4),
        )
    )
    assert [line.text for line in cut_outline(document, OUTLINE, "f").lines] == ["Tốt."]


def test_what_stands_under_the_title_of_a_list_before_the_closing_is_part_of_the_letter() -> None:
    told = ("III. KHÓ KHĂN", "Thiếu vốn.", "BIỂU SỐ LIỆU KÈM THEO BÁO CÁO", "- Hộ nghèo: 9 hộ.")
    assert "- Hộ nghèo: 9 hộ." in _texts(_cut(*told, "Trên đây là báo cáo của xã."))["III"]
    assert _texts(_cut(*told)) == {"III": "Thiếu vốn."}


def test_struck_text_is_not_read() -> None:
    document = Document(
        (Paragraph("I. LÃNH ĐẠO", 1), Paragraph("Cũ.", 2, deleted=True), Paragraph("Mới.", 3))
    )
    assert _texts(cut_outline(document, OUTLINE, "f")) == {"I": "Mới."}


def test_a_section_says_from_which_paragraph_to_which_it_stands() -> None:
    reading = _cut("III. KHÓ KHĂN", "- Thiếu vốn.", "- Thiếu người.")
    assert reading.sections[0].place.where == "đoạn 2–3"
    assert [line.place("").where for line in reading.lines] == ["đoạn 2", "đoạn 3"]


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Tồn tại, hạn chế và nguyên nhân", SectionRole.DIFFICULTIES),
        ("Nhiệm vụ trọng tâm", SectionRole.PLANS),
        ("Đề xuất, kiến nghị", SectionRole.PROPOSALS),
        ("Kết quả thực hiện nhiệm vụ", SectionRole.RESULTS),
        ("Lãnh đạo thực hiện các giải pháp", SectionRole.RESULTS),
    ],
)
def test_a_title_tells_the_role_of_its_section(title: str, role: SectionRole) -> None:
    assert role_of(Section("x", title)) is role


def test_a_text_without_headings_is_kept_whole_outside_every_section() -> None:
    reading = _cut("Xã có 12 hộ nghèo.")
    assert reading.sections == ()
    assert [line.text for line in reading.lines] == ["Xã có 12 hộ nghèo."]
    assert reading.missing == tuple(section.id for section in OUTLINE)


def test_capital_letters_part_a_report_like_roman_numbers() -> None:
    reading = _cut(
        "A. KẾT QUẢ THỰC HIỆN",
        "I. Rà soát hộ nghèo",
        "12 hộ.",
        "B. PHƯƠNG HƯỚNG",
        "I. Rà soát hộ nghèo",
        "Giảm 5 hộ.",
    )
    assert _texts(reading) == {"II.1": "12 hộ.", "IV": "I. Rà soát hộ nghèo\nGiảm 5 hộ."}


@pytest.mark.parametrize(
    "heading", ["II. MỤC TIÊU, CHỈ TIÊU KẾ HOẠCH NĂM 2023", "CÁC CHỈ TIÊU ĐƯỢC GIAO", "II. Mục tiêu cụ thể"]
)
def test_what_was_asked_for_stands_under_no_results(heading: str) -> None:
    reading = _cut("I. CÔNG TÁC CHỈ ĐẠO", "Có 01 kế hoạch.", heading, "Xóa 12 hộ nghèo.", bold=(heading,))
    assert reading.lines[-1].role is SectionRole.PLANS
    assert "12" not in "".join(_texts(reading).values())


@pytest.mark.parametrize(
    "heading", ["II. KẾT QUẢ THỰC HIỆN CHỈ TIÊU KẾ HOẠCH", "II. Chỉ tiêu kế hoạch đạt được"]
)
def test_what_came_of_what_was_asked_for_is_a_result(heading: str) -> None:
    assert _cut("I. CHỈ ĐẠO", "Có 01 kế hoạch.", heading, "Có 12 hộ.").lines[-1].role is SectionRole.RESULTS


def test_an_item_whose_name_is_a_heading_keeps_its_name_beside_its_figure() -> None:
    assert (
        _cut("1. Rà soát hộ nghèo: 12 hộ.", "2. Tín dụng ưu đãi: tốt.").lines[0].text
        == "Rà soát hộ nghèo: 12 hộ."
    )


@pytest.mark.parametrize(
    "line", ["6 tháng đầu năm 2024", "6 THÁNG ĐẦU NĂM", "Quý II năm 2024", "Tháng 6/2024"]
)
def test_a_line_that_names_only_a_time_opens_no_month_of_action(line: str) -> None:
    month = Section("I", "Tháng hành động vì trẻ em", keywords=("tháng hành động", "quý hành động"))
    outline = (month, *(Section(f"II.{n}", f"Hành động của nhóm {n}") for n in range(4)))
    text = "Xã gửi số liệu còn thiếu trong báo cáo đã gửi."
    read = cut_outline(_document("BÁO CÁO", line, text, bold=(line,)), outline, "bc.docx")
    assert read.sections == ()
    again = cut_outline(_document("I. Tháng hành động năm 2024", text), outline, "bc.docx")
    assert _texts(again) == {"I": text}


def test_how_like_a_heading_is_hangs_on_no_order_in_which_a_set_gives_its_words() -> None:
    outline = (
        Section("I", "Tháng hành động vì bình đẳng giới và phòng ngừa bạo lực"),
        Section("II", "Phòng ngừa bạo lực trong gia đình"),
        Section("III", "Công tác phòng, chống bạo lực"),
    )
    matcher = _Matcher(outline)
    words = ("phong", "ngua", "bao", "luc", "nam", "2024")
    assert len({matcher.weighed(order) for order in permutations(words)}) == 1
    assert len({sum(map(matcher._weight, order)) for order in permutations(words)}) > 1  # added up one by one


@pytest.mark.parametrize(
    "heading",
    ["III. KẾ HOẠCH NĂM 2025", "III. Kế hoạch công tác quý IV năm 2024", "III. MỤC TIÊU, CHỈ TIÊU NĂM 2025"],
)
def test_what_is_planned_for_a_time_stands_among_the_plans(heading: str) -> None:
    reading = _cut("II. KẾT QUẢ THỰC HIỆN", "Xã có 12 hộ nghèo.", heading, "Xã còn 8 hộ nghèo.")
    assert "Xã còn 8 hộ nghèo." not in _texts(reading).get("II", "")
    assert [line.role for line in reading.lines if "8 hộ" in line.text] == [SectionRole.PLANS]


@pytest.mark.parametrize(
    "heading", ["1. Kết quả thực hiện kế hoạch năm 2024", "1. Kế hoạch, văn bản chỉ đạo"]
)
def test_what_came_of_a_plan_stands_among_the_results(heading: str) -> None:
    reading = _cut("II. KẾT QUẢ THỰC HIỆN", heading, "Xã có 12 hộ nghèo.")
    assert [line.role for line in reading.lines if "12 hộ" in line.text] == [SectionRole.RESULTS]


def test_the_number_of_a_row_left_as_a_line_is_none_of_its_words() -> None:
    reading = _cut("I. KẾT QUẢ THỰC HIỆN", "4\tCán bộ công chức\tngười\t31", "12\tlớp được mở trong năm")
    assert [line.text for line in reading.lines] == [
        "Cán bộ công chức người 31",
        "12 lớp được mở trong năm",
    ]
