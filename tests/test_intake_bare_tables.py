"""Tables of scans that no rule is drawn for, told by words and ink; the ground beside a sheet is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from intake.documents import Table
from intake.extractors import scan
from intake.extractors.interface import Limits
from intake.extractors.page_blocks import composed
from intake.extractors.page_lines import PageContent, Word
from intake.extractors.page_sheet import Sheet
from intake.extractors.page_tables import Box, gridded

FONT = ImageFont.truetype("DejaVuSerif.ttf", 36)
LABEL, MEASURE, TOTAL, MALE, FEMALE = 200, 1100, 1400, 1650, 1900  #: where columns begin
HEAD = (
    (LABEL, 130, "Chỉ tiêu"), (MEASURE, 130, "ĐVT"), (TOTAL, 130, "Tổng số"),
    (1730, 100, "Trong đó"), (MALE, 160, "Nam"), (FEMALE, 160, "Nữ"),
)  # fmt: skip
ROWS = tuple(
    (at, 240 + 90 * number, text)
    for number, row in enumerate(("12 5 7", "140 61 79", "3 1 2"))
    for at, text in zip(
        (LABEL, MEASURE, TOTAL, MALE, FEMALE),
        (f"Số người được hỗ trợ lần {number}", "người", *row.split()),
        strict=True,
    )
)


def sheet_of(told: Sequence[tuple[int, int, str]]) -> tuple[Sheet, list[Word]]:
    """A page on which this is written, each text with the place of its upper left corner, and its words."""
    page = Image.new("L", (2400, 1000), 255)
    draw = ImageDraw.Draw(page)
    words: list[Word] = []
    for x, y, text in told:
        draw.text((x, y), text, font=FONT, fill=0)
        at = float(x)
        for word in text.split():
            long = FONT.getlength(word)
            words.append(Word(word, at, at + long, y + 4, y + 46, confidence=90))
            at += long + FONT.getlength(" ")
    return Sheet(np.asarray(page), np.zeros((1000, 2400), np.bool_)), words


def table_of(sheet: Sheet) -> Table:
    [cuttings] = sheet.tables()
    boxes = [Box(*one.bounds, "x" if one.inked else "") for one in cuttings]
    return gridded(boxes, 14.0).table


def filled(table: Table) -> list[tuple[int, int, int, int]]:
    return [(c.row, c.column, c.row_span, c.column_span) for c in table.cells if c.text]


def test_rows_and_columns_are_told_by_the_ink_and_a_head_over_two_columns_stands_over_both() -> None:
    sheet, words = sheet_of((*HEAD, *ROWS))
    assert sheet.take_bare(words) == []
    table = table_of(sheet)
    assert (table.rows, table.columns) == (5, 5)
    heads = [(0, column, 2, 1) for column in range(3)]
    assert [cell for cell in filled(table) if cell[0] < 2] == [
        *heads, (0, 3, 1, 2), (1, 3, 1, 1), (1, 4, 1, 1),
    ]  # fmt: skip
    assert [c for c in filled(table) if c[0] >= 2] == [(r, c, 1, 1) for r in (2, 3, 4) for c in range(5)]


def test_the_rest_of_a_label_below_it_is_part_of_its_row() -> None:
    rest = (LABEL, 555, "tại cộng đồng")
    sheet, words = sheet_of((*HEAD, *ROWS, rest, *((x, y + 270, text) for x, y, text in ROWS)))
    assert sheet.take_bare(words) == []
    assert table_of(sheet).rows == 8


def test_a_head_of_several_lines_over_one_column_is_one_cell() -> None:
    head = (
        (LABEL, 130, "Chỉ tiêu"),
        (MEASURE, 130, "ĐVT"),
        (TOTAL, 75, "Kết quả"),
        (TOTAL, 130, "sáu tháng"),
    )
    sheet, words = sheet_of((*head, *(row for row in ROWS if row[0] < MALE)))
    assert sheet.take_bare(words) == []
    table = table_of(sheet)
    assert (table.rows, table.columns) == (4, 3)
    assert len(filled(table)) == 12


def test_a_part_of_the_row_above_is_a_row_of_its_own() -> None:
    part = ((LABEL, 510, "nữ"), (MEASURE, 510, "người"), (TOTAL, 510, "4"))
    sheet, words = sheet_of((*HEAD, *ROWS, *part))
    assert sheet.take_bare(words) == []
    assert table_of(sheet).rows == 6


def test_a_label_that_runs_into_the_column_beside_it_makes_no_column_of_its_own() -> None:
    long = (LABEL, 510, "Số người được hỗ trợ, tư vấn, chăm sóc y tế"), (TOTAL, 510, "4")
    sheet, words = sheet_of((*HEAD, *ROWS, *long))
    assert sheet.take_bare(words) == []
    table = table_of(sheet)
    assert table.columns == 5
    assert (5, 0, 1, 2) in filled(table) or (5, 0, 1, 1) in filled(table)


@pytest.mark.parametrize(
    "lines",
    [
        ("Kính gửi\tPhòng Lao động", "Nơi nhận\tTM. ỦY BAN NHÂN DÂN", "Lưu\tCHỦ TỊCH"),
        ("Ngày 12 tháng 6 năm 2023", "tổ chức 12 buổi tuyên truyền", "cho 560 lượt người"),
    ],
)
def test_a_letter_head_and_sentences_are_no_table(lines: tuple[str, ...]) -> None:
    told = [
        (200 + 1200 * column, 100 + 80 * number, text)
        for number, line in enumerate(lines)
        for column, text in enumerate(line.split("\t"))
    ]
    sheet, words = sheet_of(told)
    assert sheet.take_bare(words) == words
    assert sheet.tables() == []


def test_lines_of_text_between_the_rows_leave_a_list_as_it_is() -> None:
    text = "Trong đó có nhiều người đã được hỗ trợ, tư vấn và giúp đỡ nhiều lần trong năm nay"
    across = [(LABEL, y, text) for y in (210, 300, 390)]
    sheet, words = sheet_of((*HEAD, *ROWS, *((x, y + 45, text) for x, y, text in across)))
    assert sheet.take_bare(words) == words
    assert sheet.tables() == []


def test_the_dark_ground_beside_a_photographed_sheet_has_no_rules() -> None:
    chance = np.random.default_rng(1)
    page = Image.new("L", (2000, 1400), 255)
    draw = ImageDraw.Draw(page)
    for x in (400, 900, 1400):
        draw.line([(x, 400), (x, 800)], fill=0, width=5)
    for y in (400, 600, 800):
        draw.line([(400, y), (1400, y)], fill=0, width=5)
    grey = np.array(page)
    ground = np.clip(chance.normal(125, 45, grey.shape), 0, 255).astype(np.uint8)
    for side in (
        np.s_[90:190, 90:1910],
        np.s_[1210:1310, 90:1910],
        np.s_[90:1310, 90:190],
        np.s_[90:1310, 1810:1910],
    ):
        grey[side] = ground[side]
    [cuttings] = Sheet(grey, np.zeros(grey.shape, np.bool_)).tables()
    assert len(cuttings) == 4


def test_a_speck_between_the_lines_of_a_head_is_no_word_of_it() -> None:
    words = [
        Word(text, 0, 50, 60 * n, 60 * n + 40, confidence=90) for n, text in enumerate(("Tổng", "P", "số"))
    ]
    assert scan._cell_text(words).text == "Tổng\nsố"
    assert scan._cell_text(words[1:]).text == "P\nsố"


def page_of(*rows: tuple[str, str]) -> PageContent:
    """A page of two columns, each word ten points a letter."""
    words = [
        Word(word, x + 10 * at, x + 10 * (at + len(word)), 20 * number, 20 * number + 14, confidence=90)
        for number, row in enumerate(rows)
        for x, text in zip((50, 600), row, strict=True)
        for at, word in ((text.index(word), word) for word in text.split())
    ]
    return PageContent(tuple(words), (), 1100, 800)


def test_two_columns_of_labels_with_their_figures_are_a_list_and_no_table() -> None:
    rows = (
        ("Số vụ bạo lực: 4", "Cán bộ, công chức xã: 1.022 người"),
        ("Phụ nữ được", "Số cuộc tuyên truyền: 14"),
        ("vay vốn: 602 hộ.", "Số cặp tảo hôn: 0"),
    )
    document = composed([page_of(*rows)], Limits())
    assert document.tables == ()
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Số vụ bạo lực: 4", "Phụ nữ được vay vốn: 602 hộ.", "Cán bộ, công chức xã: 1.022 người",
        "Số cuộc tuyên truyền: 14", "Số cặp tảo hôn: 0",
    ]  # fmt: skip


def test_the_frame_of_a_letter_stays_a_table() -> None:
    rows = (
        ("ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI"),
        ("XÃ BÌNH MINH", "Độc lập - Tự do"),
        ("Số: 45/BC-UBND", "ngày 02/6"),
    )
    assert len(composed([page_of(*rows)], Limits()).tables) == 1
