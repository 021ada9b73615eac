from __future__ import annotations

import pytest

from intake.documents import Cell, Document, Paragraph, Table
from intake.evidence.letterhead import Letterhead, read_letterhead

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n___________"


def _table(name: str, *rows: tuple[str, ...], sheet: bool = False) -> Table:
    cells = tuple(
        Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts) if text
    )
    return Table(name, cells, len(rows), max(len(row) for row in rows), sheet=sheet)


def _document(*blocks: str | Table) -> Document:
    number = 0
    made: list[Paragraph | Table] = []
    for block in blocks:
        if isinstance(block, str):
            number += 1
            made.append(Paragraph(block, number))
        else:
            made.append(block)
    return Document(tuple(made))


def _head(
    left: str, number: str = "Số: 31/BC-UBND", date: str = "Bến Đá, ngày 02 tháng 6 năm 2024"
) -> Letterhead:
    table = _table("1", (left, NATION), (number, date))
    return read_letterhead(_document(table, "BÁO CÁO", "Kết quả công tác giảm nghèo"), "bc.docx")


def _report() -> Document:
    return _document(
        _table(
            "1",
            ("ỦY BAN NHÂN DÂN\nXÃ BẾN ĐÁ\n_____", NATION),
            ("Số: 31/BC-UBND", "Bến Đá, ngày 02 tháng 6 năm 2024"),
        ),
        "BÁO CÁO",
        "Kết quả công tác giảm nghèo",
        "6 tháng đầu năm 2024",
        "-------",
        "Kính gửi: Phòng Kinh tế huyện Suối Cạn.",
        "Thực hiện Công văn số 77/UBND-VX ngày 03/5/2024 của UBND huyện Suối Cạn, "
        "UBND xã Bến Đá báo cáo kết quả như sau:",
        "I. KẾT QUẢ",
        "Xã có 12 hộ nghèo.",
        "Trên đây là báo cáo kết quả công tác giảm nghèo 6 tháng đầu năm 2024 của UBND xã Bến Đá./.",
        _table(
            "2",
            (
                "Nơi nhận:\n- Như trên;\n- Lưu: VT.",
                "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n\n\nLò Văn Sáng",
            ),
        ),
        "BIỂU TỔNG HỢP",
        "(Kèm theo Báo cáo số 31/BC-UBND ngày 02/6/2024 của UBND xã Bến Đá)",
    )


def test_a_report_in_the_official_layout_names_all_its_parts() -> None:
    head = read_letterhead(_report(), "bc.docx")
    assert head.issuer == "ỦY BAN NHÂN DÂN XÃ BẾN ĐÁ"
    assert head.superior == ()
    assert head.number is not None
    assert (head.number.number, head.number.symbol) == ("31", "BC-UBND")
    assert head.document_type == "BÁO CÁO"
    assert head.subject == "Kết quả công tác giảm nghèo 6 tháng đầu năm 2024"
    assert [line.text for line in head.named_in_opening] == ["UBND xã Bến Đá"]
    assert [line.text for line in head.named_in_closing] == ["UBND xã Bến Đá"]


def test_the_annex_says_which_report_it_belongs_to_and_whose_it_is() -> None:
    (annex,) = read_letterhead(_report()).annexes
    assert (annex.document_type, annex.number, annex.date, annex.issuer) == (
        "báo cáo",
        "31/BC-UBND",
        "02/6/2024",
        "UBND xã Bến Đá",
    )


def test_every_part_says_where_it_stands() -> None:
    head = read_letterhead(_report(), "bc.docx")
    assert head.issuer_lines[0].place.where == "bảng 1, hàng 1, cột 1"
    assert head.type_line is not None
    assert head.type_line.place.where == "đoạn 1"
    assert head.type_line.place.file == "bc.docx"


@pytest.mark.parametrize(
    ("left", "superior", "issuer"),
    [
        ("UBND HUYỆN SUỐI CẠN\nPHÒNG Y TẾ", ["UBND HUYỆN SUỐI CẠN"], "PHÒNG Y TẾ"),
        (
            "UBND HUYỆN SUỐI CẠN\nỦY BAN NHÂN DÂN\nXÃ BẾN ĐÁ",
            ["UBND HUYỆN SUỐI CẠN"],
            "ỦY BAN NHÂN DÂN XÃ BẾN ĐÁ",
        ),
        ("ỦY BAN NHÂN DÂN\nHUYỆN SUỐI CẠN", [], "ỦY BAN NHÂN DÂN HUYỆN SUỐI CẠN"),
        (
            "HỘI NÔNG DÂN TỈNH\nHỘI NÔNG DÂN HUYỆN SUỐI CẠN",
            ["HỘI NÔNG DÂN TỈNH"],
            "HỘI NÔNG DÂN HUYỆN SUỐI CẠN",
        ),
        (
            "UBND HUYỆN SUỐI CẠN\nPHÒNG LAO ĐỘNG -\nTHƯƠNG BINH VÀ XÃ HỘI\n-----",
            ["UBND HUYỆN SUỐI CẠN"],
            "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
        ),
        (
            "UBND HUYỆN SUỐI CẠN\nTRUNG TÂM VĂN HÓA\nVÀ TRUYỀN THÔNG",
            ["UBND HUYỆN SUỐI CẠN"],
            "TRUNG TÂM VĂN HÓA VÀ TRUYỀN THÔNG",
        ),
        ("ĐẢNG ỦY XÃ BẾN ĐÁ\nBAN DÂN VẬN", ["ĐẢNG ỦY XÃ BẾN ĐÁ"], "BAN DÂN VẬN"),
    ],
)
def test_the_issuer_is_the_last_office_of_the_left_column(
    left: str, superior: list[str], issuer: str
) -> None:
    head = _head(left)
    assert ([line.text for line in head.superior], head.issuer) == (superior, issuer)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Số: 31/BC-UBND", ("31", "BC-UBND")),
        ("Số:      /BC-UBND", ("", "BC-UBND")),
        ("Số : 45 /BC- UBND", ("45", "BC-UBND")),
        ("Số.24a/KH-UBND", ("24a", "KH-UBND")),
        ("Số: 12-BC/HU", ("12", "BC/HU")),
        ("Số: 739/BNV-CTTN&BĐG", ("739", "BNV-CTTN&BĐG")),
    ],
)
def test_number_and_symbol_are_read_in_the_forms_of_state_and_party(
    line: str, expected: tuple[str, str]
) -> None:
    number = _head("ỦY BAN NHÂN DÂN\nXÃ BẾN ĐÁ", number=line).number
    assert number is not None
    assert (number.number, number.symbol) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bến Đá, ngày 02 tháng 6 năm 2024", ("Bến Đá", 2, 6, 2024)),
        ("Bến Đá, ngày      tháng 6 năm 2024", ("Bến Đá", 0, 6, 2024)),
        ("Bến Đá, ngày … tháng … năm 2024", ("Bến Đá", 0, 0, 2024)),
    ],
)
def test_place_and_date_may_be_left_blank(line: str, expected: tuple[str, int, int, int]) -> None:
    found = _head("ỦY BAN NHÂN DÂN\nXÃ BẾN ĐÁ", date=line).place_and_date
    assert found is not None
    assert (found.place_name, found.day, found.month, found.year) == expected


@pytest.mark.parametrize(
    "line",
    [
        "CỘNG HỊA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập – Tự do – Hạnh phúc",
        "ĐẢNG CỘNG SẢN VIỆT NAM",
    ],
)
def test_the_national_lines_are_no_part_of_the_issuer_even_damaged(line: str) -> None:
    assert read_letterhead(_document("UBND XÃ BẾN ĐÁ", line, "BÁO CÁO")).issuer == "UBND XÃ BẾN ĐÁ"


def test_a_head_without_a_table_reads_the_same() -> None:
    head = read_letterhead(
        _document(
            "UBND HUYỆN SUỐI CẠN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "PHÒNG Y TẾ\tĐộc lập - Tự do - Hạnh phúc",
            "Số: 9/BC-PYT",
            "Suối Cạn, ngày 3 tháng 6 năm 2024",
            "BÁO CÁO",
            "Công tác y tế quý II năm 2024",
            "I. KẾT QUẢ",
        )
    )
    assert head.document_type == "BÁO CÁO"
    assert head.number is not None
    assert head.subject == "Công tác y tế quý II năm 2024"


def test_a_letter_is_told_by_its_subject_under_the_number() -> None:
    head = read_letterhead(
        _document(
            _table(
                "1", ("UBND HUYỆN SUỐI CẠN\nPHÒNG Y TẾ", NATION), ("Số: 12/PYT\nV/v gửi báo cáo quý II", "")
            ),
            "Kính gửi:",
            "- Phòng Kinh tế;",
            "- Phòng Nội vụ.",
        )
    )
    assert head.document_type == "CÔNG VĂN"
    assert head.subject == "gửi báo cáo quý II"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("KẾ HOẠCH", "KẾ HOẠCH"),
        ("GIẤY MỜI", "GIẤY MỜI"),
        ("TỜ TRÌNH", "TỜ TRÌNH"),
        ("BIÊN BẢN HỌP TỔ", "BIÊN BẢN"),
        ("BÁO CÁO KẾT QUẢ GIẢM NGHÈO", "BÁO CÁO"),
        ("BÁO CÁO kết quả giảm nghèo tháng 5 năm 2024", "BÁO CÁO"),
        ("Báo cáo kết quả giảm nghèo tháng 5 năm 2024", ""),
    ],
)
def test_the_type_is_told_from_its_title(title: str, kind: str) -> None:
    assert (
        read_letterhead(_document("UBND XÃ BẾN ĐÁ", title, "Thực hiện công tác năm 2024")).document_type
        == kind
    )


def test_a_title_alone_in_its_line_goes_before_one_that_begins_another() -> None:
    head = read_letterhead(_document("DỰ ÁN nước sạch Bến Đá", "BÁO CÁO", "Kết quả cấp nước quý II năm 2024"))
    assert (head.document_type, head.subject) == ("BÁO CÁO", "Kết quả cấp nước quý II năm 2024")


def test_words_about_a_report_in_running_text_are_no_title() -> None:
    text = "Báo cáo của các đơn vị gửi về trước ngày 05/6 để tổng hợp."
    assert read_letterhead(_document(text)).document_type == ""


def test_a_workbook_is_read_above_its_table() -> None:
    sheet = _table(
        "Biểu 1",
        ("UBND XÃ BẾN ĐÁ", ""),
        ("BIỂU SỐ LIỆU CÔNG TÁC GIẢM NGHÈO 6 THÁNG ĐẦU NĂM 2024", ""),
        ("(Kèm theo Báo cáo số 31/BC-UBND ngày 02/6/2024 của UBND xã Bến Đá)", ""),
        ("STT", "Chỉ tiêu", "ĐVT", "Tổng số"),
        ("1", "Hộ nghèo", "hộ", "12"),
        sheet=True,
    )
    head = read_letterhead(Document((sheet,)), "bieu.xlsx")
    assert head.issuer == "UBND XÃ BẾN ĐÁ"
    assert head.issuer_lines[0].place.where == "trang tính Biểu 1, ô A1"
    assert head.document_type == "BIỂU"
    assert "6 THÁNG ĐẦU NĂM 2024" in head.subject
    assert [annex.issuer for annex in head.annexes] == ["UBND xã Bến Đá"]


def test_a_workbook_may_name_its_unit_after_a_label() -> None:
    sheet = _table(
        "S",
        ("Đơn vị báo cáo: UBND xã Bến Đá",),
        ("STT", "Chỉ tiêu", "Tổng số"),
        ("1", "Hộ nghèo", "2"),
        sheet=True,
    )
    assert read_letterhead(Document((sheet,))).issuer == "UBND xã Bến Đá"


def test_an_empty_document_has_an_empty_frame() -> None:
    assert read_letterhead(Document(())) == Letterhead()


def test_the_signature_says_in_whose_name_it_stands() -> None:
    signed = read_letterhead(_report()).signed_for
    assert signed is not None
    assert signed.text == "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH"


@pytest.mark.parametrize(
    ("lines", "signed"),
    [
        (("T/M UBND xã Bến Đá", "CHỦ TỊCH", "Lò Văn Sáng"), "T/M UBND xã Bến Đá CHỦ TỊCH"),
        (("KT. TRƯỞNG PHÒNG NỘI VỤ", "PHÓ TRƯỞNG PHÒNG"), "KT. TRƯỞNG PHÒNG NỘI VỤ PHÓ TRƯỞNG PHÒNG"),
        (("GIÁM ĐỐC", "Nguyễn Thị Lan"), "GIÁM ĐỐC"),
        (("Chủ tịch xã đã chỉ đạo các thôn.", "Nơi nhận:"), ""),
    ],
)
def test_a_signature_is_read_from_loose_lines_too(lines: tuple[str, ...], signed: str) -> None:
    found = read_letterhead(_document("I. KẾT QUẢ", *lines)).signed_for
    assert (found.text if found else "") == signed


def test_the_signature_before_an_annex_and_at_the_foot_of_a_sheet_is_found() -> None:
    annex = _table("3", ("TT", "Chỉ tiêu", "Tổng số", "Nữ"), *((str(n), "Hộ", "1", "2") for n in range(20)))
    frame = _table("2", ("Nơi nhận:\n- Lưu: VT.", "TM. UBND XÃ BẾN ĐÁ\nCHỦ TỊCH"))
    sheet = _table("Biểu", *((str(n), "Hộ nghèo") for n in range(30)), ("", "TM. UBND XÃ BẾN ĐÁ"), sheet=True)
    for document in (_document("I. KẾT QUẢ", frame, annex), Document((sheet,))):
        signed = read_letterhead(document).signed_for
        assert signed is not None
        assert signed.text.startswith("TM. UBND XÃ BẾN ĐÁ")


def test_the_head_of_a_column_is_no_title_of_a_document() -> None:
    figures = _table(
        "1",
        ("STT", "Nội dung", "ĐVT", "Kế hoạch", "Thực hiện"),
        ("1", "Số hộ nghèo", "hộ", "90", "84"),
        ("2", "Số hộ cận nghèo", "hộ", "70", "72"),
    )
    head = read_letterhead(_document("UBND XÃ BẾN ĐÁ", "BIỂU SỐ LIỆU GIẢM NGHÈO NĂM 2024", figures))
    assert head.document_type == "BIỂU"
    assert head.subject == "BIỂU SỐ LIỆU GIẢM NGHÈO NĂM 2024"


def test_a_title_in_the_table_of_figures_stands_above_their_head() -> None:
    whole = _table(
        "1",
        ("UBND XÃ BẾN ĐÁ",),
        ("BÁO CÁO KẾT QUẢ GIẢM NGHÈO",),
        ("STT", "Nội dung", "ĐVT", "Kế hoạch", "Thực hiện"),
        ("1", "Số hộ nghèo", "hộ", "90", "84"),
    )
    assert read_letterhead(_document(whole)).document_type == "BÁO CÁO"


def test_a_place_alone_above_a_table_issues_it_and_runs_on_into_no_other_sheet() -> None:
    form = ("TT", "Chỉ tiêu", "Tổng số", "Nữ")
    first = _table("Biểu 1", ("XÃ BẾN ĐÁ",), form, ("1", "Hộ nghèo", "3", "1"), sheet=True)
    second = _table("Biểu 2", ("Chi hội",), form, ("1", "Hộ", "3", "1"), sheet=True)
    found = read_letterhead(Document((first, second)))
    assert (found.issuer, found.superior) == ("XÃ BẾN ĐÁ", ())
    social = _table("Biểu 1", ("XÃ HỘI HÓA GIÁO DỤC",), form, sheet=True)
    assert read_letterhead(Document((social,))).issuer == ""


def test_each_sheet_has_its_own_issuer_and_a_village_names_itself() -> None:
    form = ("TT", "Chỉ tiêu", "Tổng số", "Nữ")
    sheets = [
        _table(name, (f"UBND {name}",), form, ("1", "Hộ", "3", "1"), sheet=True) for name in ("XÃ A", "XÃ B")
    ]
    found = read_letterhead(Document((sheets[0], _table("3", form, sheet=True), sheets[1])))
    assert [line.text for line in found.issuers_of_sheets] == ["UBND XÃ A", "UBND XÃ B"]
    typed = _document("BÁO CÁO", "Thôn Bến Đá báo cáo tình hình tháng 5 như sau:", "I. KẾT QUẢ")
    assert [line.text for line in read_letterhead(typed).named_in_opening] == ["Thôn Bến Đá"]


def test_a_title_close_below_the_number_and_national_lines_in_two_halves_leave_the_subject_alone() -> None:
    """As a PDF shows them whose columns are narrow: the subject was lost, and the report with it."""
    issuer = "HUYỆN SUỐI CẠN\nỦY BAN NHÂN DÂN\nXÃ BẾN ĐÁ\nSố: 31/BC-UBND\nBÁO CÁO"
    nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA\nVIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    frame = _table("1", (issuer, f"{nation}\nBến Đá, ngày 02 tháng 6 năm 2024"))
    head = read_letterhead(_document(frame, "Kết quả công tác giảm nghèo 6 tháng đầu năm 2024"))
    assert (head.document_type, head.issuer) == ("BÁO CÁO", "ỦY BAN NHÂN DÂN XÃ BẾN ĐÁ")
    assert head.subject == "Kết quả công tác giảm nghèo 6 tháng đầu năm 2024"


def test_a_title_above_its_subject_in_one_cell_stays_above_it() -> None:
    frame = _table("1", ("UBND XÃ BẾN ĐÁ\nBÁO CÁO\nKết quả công tác giảm nghèo",))
    assert read_letterhead(_document(frame)).subject == "Kết quả công tác giảm nghèo"
