from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import structs

from config.loader import load_regime
from config.reports import ReportDefinition
from intake.documents import Cell, Document, Paragraph, ReadState, Table
from intake.evidence.exhibits import ReadExhibit, _joined, exhibits_of, figures_of
from intake.extractors.page_tables import run_on
from intake.extractors.scan import RECOGNISED
from intake.figures.photo_places import PhotoPlaces, Piece
from intake.mail.messages import ReadMessage
from ledger.records import Certainty, Method, Place
from tests.builders import png, xlsx, zip_of
from tests.offices import address, figure_table, figures, letter, note, read_here, write_regime

SUBJECT = "Báo cáo bình đẳng giới"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> ReportDefinition:
    folder: Path = tmp_path_factory.mktemp("regime") / "regime"
    write_regime(folder)
    return load_regime(folder).reports[0]


def exhibits(report: ReportDefinition, text: str, *files: tuple[str, bytes]) -> tuple[ReadExhibit, ...]:
    message = read_here(note(address("binh-minh"), SUBJECT, text, *files))
    assert isinstance(message, ReadMessage)
    return exhibits_of(message, [report])


def recognised(report: ReportDefinition, confidence: int, *more: str) -> ReadExhibit:
    """A letter as if read from a picture, each cell with that confidence."""
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh", more=list(more))))
    assert read.document is not None
    blocks = tuple(
        replace(block, cells=tuple(structs.replace(cell, confidence=confidence) for cell in block.cells))
        if isinstance(block, Table)
        else block
        for block in read.document.blocks
    )
    return replace(read, document=Document(blocks, (RECOGNISED,)))


def test_a_letter_tells_its_issuer_its_type_and_its_subject(report: ReportDefinition) -> None:
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh")))
    exhibit = read.exhibit
    assert exhibit.is_letter
    assert exhibit.issuer[0].text == "ỦY BAN NHÂN DÂN XÃ BÌNH MINH"
    assert exhibit.type_title == "bao cao"
    assert exhibit.title == "Kết quả công tác bình đẳng giới 6 tháng đầu năm 2023"
    assert exhibit.place_name == "Bình Minh"
    assert exhibit.dated == date(2023, 6, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("ngày 02 tháng 6 năm 2023", date(2023, 6, 2)),
        ("ngày … tháng 6 năm 2023", date(2023, 6, 30)),
        ("ngày   tháng   năm 2023", None),
        ("ngày 31 tháng 02 năm 2023", None),
        ("ngày 02 tháng 16 năm 2023", None),
        ("ngày 02 tháng 6 năm 99999999999999999999", None),
    ],
)
def test_the_day_a_letter_bears_is_read_where_one_is_filled_in(
    report: ReportDefinition, written: str, day: date | None
) -> None:
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh", day=written)))
    assert read.exhibit.dated == day


def test_the_committee_above_the_office_is_not_its_issuer(report: ReportDefinition) -> None:
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("y-te")))
    assert "PHÒNG Y TẾ" in read.exhibit.issuer[0].text
    assert "SÔNG MÂY" in read.exhibit.superior


def test_a_letter_and_the_line_above_a_table_tell_the_last_day_of_the_figures(
    report: ReportDefinition,
) -> None:
    told = "Số liệu tính đến hết ngày 31 tháng 5 năm 2023."
    rows = [["(Tính từ 15/12/2022 đến 31/5/2023)"], *figure_table(figures())]
    files = ("bc.docx", letter("binh-minh", more=[told])), ("bieu.xlsx", xlsx({"Biểu": rows}))
    days = [read.exhibit.cut_offs for read in exhibits(report, "Gửi.", *files)]
    assert [[(str(day.last), day.of_report) for day in found] for found in days] == [
        [("2023-05-31", True)]
    ] * 2


def test_a_workbook_is_no_letter_and_counts_the_rows_that_are_ours(report: ReportDefinition) -> None:
    (read,) = exhibits(report, "Gửi.", ("bieu.xlsx", xlsx({"Biểu": figure_table(figures())})))
    assert not read.exhibit.is_letter
    assert read.exhibit.form_rows == {report.id: 6}
    assert read.exhibit.form_share == {report.id: 1.0}


def test_rows_of_somebody_elses_form_are_no_rows_of_ours(report: ReportDefinition) -> None:
    table = [["STT", "Chỉ tiêu", "ĐVT", "Tổng số"], ["1", "Diện tích lúa", "ha", "12"]]
    (read,) = exhibits(report, "Gửi.", ("lua.xlsx", xlsx({"Biểu": table})))
    assert read.exhibit.form_rows[report.id] == 0


def test_a_file_nobody_can_read_claims_nothing_but_its_name(report: ReportDefinition) -> None:
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh")[:900]))
    assert (read.exhibit.readable, read.exhibit.file, read.document) == (False, "bc.docx", None)


def test_a_zip_is_seen_by_its_members(report: ReportDefinition) -> None:
    packed = zip_of({"a.docx": letter("binh-minh"), "b.docx": letter("dong-tam")})
    assert [read.exhibit.file for read in exhibits(report, "Gửi.", ("bc.zip", packed))] == [
        "a.docx",
        "b.docx",
    ]


def test_the_picture_of_a_signature_is_no_exhibit(report: ReportDefinition) -> None:
    found = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh")), ("logo.png", png(40, 40)))
    assert [read.exhibit.file for read in found] == ["bc.docx"]


def test_photos_of_pages_are_one_exhibit_and_one_not_read_stays_beside_it(
    report: ReportDefinition,
) -> None:
    photos = [(f"trang-{page}.png", png(1600, 1200, padding=30_000 + page)) for page in (1, 2, 3)]
    message = read_here(note(address("binh-minh"), SUBJECT, "Gửi.", *photos))
    assert isinstance(message, ReadMessage)
    page = Document((Table("1", (Cell(0, 0, "Số cuộc tuyên truyền"),), 1, 1),), (RECOGNISED,))
    first, second, third = message.files
    files = tuple(replace(file, document=page, state=ReadState.READ) for file in (first, second))
    joined, unread = exhibits_of(replace(message, files=(*files, third)), [report])
    assert joined.document is not None
    assert [table.name for table in joined.document.tables] == ["1", "2"]
    assert (joined.exhibit.file, joined.exhibit.recognised) == ("trang-1.png", True)
    assert (unread.exhibit.file, unread.exhibit.readable) == ("trang-3.png", False)


def test_a_figure_of_joined_photos_names_its_own_photo_and_its_place_there(
    report: ReportDefinition,
) -> None:
    alone = recognised(report, 100, "Tổ chức 12 buổi tuyên truyền.")
    assert alone.document is not None
    cover = Document((Paragraph("Trang bìa", 1), Table("1", (Cell(0, 0, "Năm 2023"),), 1, 1)), (RECOGNISED,))
    photos = [(f"trang-{page}.png", png(1600, 1200, padding=30_000 + page)) for page in (1, 2)]
    message = read_here(note(address("binh-minh"), SUBJECT, "Gửi.", *photos))
    assert isinstance(message, ReadMessage)
    files = tuple(
        replace(file, document=document, state=ReadState.READ)
        for file, document in zip(message.files, (cover, alone.document), strict=True)
    )
    (joined,) = exhibits_of(replace(message, files=files), [report])

    def places(read: ReadExhibit) -> list[tuple[str, str]]:
        found = figures_of(read, report, "commune")
        of_values = [value.place for value in (*found.tables, *found.sentences)]
        every = [*of_values, *(section.place for section in found.sections)]
        return [(place.file, place.where) for place in every]

    assert {file for file, _where in places(joined)} == {"trang-2.png"}
    assert [where for _file, where in places(joined)] == [where for _file, where in places(alone)]


def test_a_stretch_over_two_photos_stands_in_the_one_where_it_begins() -> None:
    own = [Paragraph("a", 1), Paragraph("b", 2), Paragraph("c", 1)]
    joined = [replace(block, number=number) for number, block in enumerate(own, 1)]
    places = PhotoPlaces.of(map(Piece, ("1.png", "1.png", "2.png"), own, joined))
    assert places.own(Place("1.png", "đoạn 2–3")) == Place("1.png", "đoạn 2")
    assert places.own(Place("1.png", "đoạn 1–2")) == Place("1.png", "đoạn 1–2")
    assert places.own(Place("1.png", "đoạn 3")) == Place("2.png", "đoạn 1")
    assert places.own(Place("1.png", "nội dung thư")) == Place("1.png", "nội dung thư")


@pytest.mark.parametrize(("confidence", "certain"), [(0, False), (59, False), (60, True)])
def test_a_recognised_cell_is_certain_only_where_it_was_read_surely(
    report: ReportDefinition, confidence: int, certain: bool
) -> None:
    found = figures_of(recognised(report, confidence), report, "commune").tables
    assert {value.method for value in found} == {Method.OCR}
    assert {value.certainty is Certainty.CERTAIN for value in found} == {certain}


def test_a_recognised_sentence_is_never_certain(report: ReportDefinition) -> None:
    found = figures_of(recognised(report, 100, "Tổ chức 12 buổi tuyên truyền."), report, "commune").sentences
    assert {(value.method, value.certainty) for value in found} == {(Method.OCR, Certainty.DOUBTFUL)}


def test_a_covering_note_is_no_report(report: ReportDefinition) -> None:
    assert exhibits(report, "Kính gửi Phòng, xã gửi báo cáo bình đẳng giới 6 tháng đầu năm ạ.") == ()


def test_a_report_typed_into_the_mail_is_an_exhibit(report: ReportDefinition) -> None:
    text = (
        "UBND xã Bình Minh báo cáo kết quả công tác bình đẳng giới 6 tháng đầu năm 2023 như sau:\n"
        "I. Kết quả thực hiện\nTổ chức 12 buổi tuyên truyền.\n"
        "II. Khó khăn\nThiếu kinh phí.\nIII. Kiến nghị\nĐề nghị hỗ trợ.\n"
    )
    (read,) = exhibits(report, text)
    assert read.file is None
    assert read.exhibit.self_naming


def test_figures_and_sections_of_an_exhibit_carry_their_place(report: ReportDefinition) -> None:
    more = ["II. KHÓ KHĂN", "Kinh phí còn hạn chế.", "III. KIẾN NGHỊ", "Đề nghị tập huấn."]
    (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh", more=more)))
    found = figures_of(read, report, "commune")
    assert len(found.tables) == 9
    assert {value.place.file for value in found.tables} == {"bc.docx"}
    assert {section.section: section.text for section in found.sections}["II"] == "Kinh phí còn hạn chế."
    assert not found.empty_form


def test_an_empty_form_is_told_apart_from_one_full_of_zeros(report: ReportDefinition) -> None:
    def empty(cell: str) -> bool:
        given = {code: (cell, cell if pair[1] else "") for code, pair in figures().items()}
        (read,) = exhibits(report, "Gửi.", ("bc.docx", letter("binh-minh", given)))
        return figures_of(read, report, "commune").empty_form

    assert (empty(""), empty("0")) == (True, False)


def of_rows(*rows: str) -> Table:
    """A recognised table from rows whose cells are parted by strokes."""
    cells = [row.split("|") for row in rows]
    told = (Cell(r, c, text, confidence=90) for r, row in enumerate(cells) for c, text in enumerate(row))
    return Table("1", tuple(told), len(rows), len(cells[0]))


FIRST = of_rows("STT|Chỉ tiêu|Tổng số", "1|Đại biểu|25", "2|Hộ nghèo|120", "3|Người gây bạo|7")
REST = of_rows("|lực gia đình|", "4|Trẻ em|66", "5|Số cuộc|12", "6|Đảng viên|8")


@pytest.mark.parametrize("number", ["4", "A"])
@pytest.mark.parametrize("order", [("a.jpg", "b.jpg"), ("b.jpg", "a.jpg")])
def test_a_table_runs_on_over_photos_in_whatever_order_they_came(order: tuple[str, str], number: str) -> None:
    misread = (structs.replace(c, text=number) if c.text == "4" else c for c in REST.cells)
    by_name = {"a.jpg": FIRST, "b.jpg": replace(REST, cells=tuple(misread))}
    pieces = _joined([(name, by_name[name]) for name in order])
    [whole] = {id(piece.joined): piece.joined for piece in pieces}.values()
    assert isinstance(whole, Table)
    assert [cell.text for cell in whole.cells if cell.column == 1] == [
        "Chỉ tiêu", "Đại biểu", "Hộ nghèo", "Người gây bạo\nlực gia đình", "Trẻ em", "Số cuộc",
        "Đảng viên",
    ]  # fmt: skip
    places = PhotoPlaces.of(pieces)
    assert places.own(Place("a.jpg", "bảng 1, hàng 5, cột 3")) == Place("b.jpg", "bảng 1, hàng 2, cột 3")
    assert places.own(Place("a.jpg", "bảng 1, hàng 4, cột 3")) == Place("a.jpg", "bảng 1, hàng 4, cột 3")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(of_rows("1|Trẻ em|66", "2|Số cuộc|12"), id="numbered anew"),
        pytest.param(of_rows("5|Trẻ em|66", "6|Số cuộc|12"), id="a row between is missing"),
        pytest.param(of_rows("4|Trẻ em|66|1", "5|Số cuộc|12|2"), id="another column"),
        pytest.param(of_rows("4|Trẻ em|66", "9|Số cuộc|12", "2|Hộ|1"), id="numbers in no order"),
    ],
)
def test_tables_of_photos_that_do_not_run_on_stay_apart(other: Table) -> None:
    assert len({id(piece.joined) for piece in _joined([("a.jpg", FIRST), ("b.jpg", other)])}) == 2


@pytest.mark.parametrize(
    "below",
    [
        pytest.param("|do phụ nữ làm chủ hộ|", id="a part below a short label"),
        pytest.param("|nữ|", id="women"),
        pytest.param("|Trẻ em|", id="a heading"),
        pytest.param("|lực gia đình|4", id="a row with a figure"),
    ],
)
def test_a_row_of_its_own_is_never_the_rest_of_the_row_on_the_page_before(below: str) -> None:
    above = of_rows("STT|Chỉ tiêu dài như thế này|Tổng số", "1|Hộ nghèo|120")
    if below != "|do phụ nữ làm chủ hộ|":
        above = FIRST
    whole, shift = run_on(above, of_rows(below, "4|Trẻ em|66"))
    assert (whole.rows, shift) == (above.rows + 2, above.rows)


def test_a_scanned_sentence_is_read_though_a_mark_of_its_subject_was_misread() -> None:
    shipped = load_regime(Path("config/regimes/son-duong").resolve()).report("binh-dang-gioi")
    line = (
        "Trong kỳ, xã đã tổ chức 39 cuộc tuyên truyền về bình đằng giới, tập trung vào Luật Bình đằng giới."
    )
    found = figures_of(recognised(shipped, 100, line), shipped, "commune").sentences
    assert ("TT01", Decimal(39)) in [(value.indicator, value.value) for value in found]


def test_the_women_of_a_scanned_sentence_are_read_where_a_label_has_words_like_theirs() -> None:
    shipped = load_regime(Path("config/regimes/son-duong").resolve()).report("binh-dang-gioi")
    line = "Số lao động được đào tạo nghề đạt 63 người, trong đó nữ 36 người."
    found = figures_of(recognised(shipped, 100, line), shipped, "commune").sentences
    assert {(v.indicator, v.sex.value, v.value) for v in found} == {
        ("KT03", "total", Decimal(63)),
        ("KT03", "female", Decimal(36)),
    }


def test_figures_of_a_second_letter_in_a_scan_are_doubtful(report: ReportDefinition) -> None:
    read = recognised(report, 97)
    assert read.document is not None
    *text, table = read.document.blocks
    assert isinstance(table, Table)
    first = replace(table, cells=tuple(cell for cell in table.cells if cell.row < 2))
    second = replace(table, name="9", cells=tuple(cell for cell in table.cells if cell.row != 1))
    bound = replace(read, document=Document((*text, first, *text, second), (RECOGNISED,)), labelled=None)
    values = figures_of(bound, report, "commune").tables
    assert {value.certainty for value in values if value.place.where.startswith("bảng 9")} == {
        Certainty.DOUBTFUL
    }
    assert {value.certainty for value in figures_of(read, report, "commune").tables} == {Certainty.CERTAIN}
