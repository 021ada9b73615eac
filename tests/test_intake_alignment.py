from __future__ import annotations

from collections.abc import Sequence

from intake.documents import Cell, Document, Paragraph, Table
from intake.extractors.alignment import PrintedPage, aligned_cells, aligned_words
from intake.extractors.page_lines import PageContent, Word
from intake.extractors.page_tables import Box, gridded

Rows = Sequence[Sequence[str]]


def table(rows: Rows, name: str = "1") -> Table:
    cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Table(name, tuple(cells), len(rows), max(map(len, rows)))


def letters(lines: Sequence[str]) -> tuple[Word, ...]:
    """Lines of a page letter by letter, each 10 wide and 10 high, lines 20 apart; blanks leave room."""
    return tuple(
        Word(letter, 10.0 * column, 10.0 * column + 10, 20.0 * row, 20.0 * row + 10)
        for row, line in enumerate(lines)
        for column, letter in enumerate(line)
        if letter != " "
    )


def lined(*lines: str) -> PrintedPage:
    return PrintedPage(PageContent((), (), 600, 800), letters(lines))


def ruled(rows: Rows) -> PrintedPage:
    boxes = [
        Box(100.0 * c, 50.0 * r, 100.0 * c + 100, 50.0 * r + 50, text)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return PrintedPage(PageContent((), (gridded(boxes, 3.0),), 600, 800), ())


def found(rows: Rows, *pages: PrintedPage) -> dict[tuple[int, int], tuple[int, float, float]]:
    """Page, left and top of each cell that was placed."""
    document = Document((table(rows),))
    return {
        (one.cell.row, one.cell.column): (one.spot.page, one.spot.x0, one.spot.top)
        for one in aligned_cells(document, pages)
    }


def test_a_row_is_found_in_the_table_drawn_on_its_page() -> None:
    rows = [["1", "Số hộ nghèo", "12", ""], ["2", "Số lao động", "30", "30"]]
    placed = found(
        rows, lined("khác"), ruled([["2", "Số lao\nđộng", "30", "30"], ["1", "Số hộ nghèo", "12", ""]])
    )
    assert (0, 3) not in placed
    wanted = {(0, 2): (2, 200, 50), (1, 2): (2, 200, 0), (1, 3): (2, 300, 0)}
    assert {key: placed[key] for key in wanted} == wanted


def test_figures_grouped_otherwise_are_the_same() -> None:
    assert found([["Dư nợ vốn vay", "1234"]], ruled([["Dư nợ vốn vay", "1.234"]]))[0, 1] == (1, 100, 0)


def test_without_rules_a_row_is_found_in_a_line_and_dealt_out_to_its_cells() -> None:
    placed = found([["Số hộ", "30", "30"]], lined("Số hộ   30   30"))
    assert placed == {(0, 0): (1, 0, 0), (0, 1): (1, 80, 0), (0, 2): (1, 130, 0)}


def test_cells_that_touch_are_told_apart() -> None:
    placed = found([["Chỉ tiêu 10", "người", "7"]], lined("Chỉ tiêu 10người  7"))
    assert placed[0, 1] == (1, 110, 0)


def test_rows_alike_in_the_file_or_on_the_pages_are_not_placed() -> None:
    assert found([["Số hộ", "30"], ["Số hộ", "30"]], ruled([["Số hộ", "30"]])) == {}
    assert found([["Số hộ", "30"]], ruled([["Số hộ", "30"]]), ruled([["Số hộ", "30"]])) == {}
    # Alike when only the bounds of their cells differ.
    assert found([["Số hộ", "1", "12"], ["Số hộ", "11", "2"]], lined("Số hộ 1 12")) == {}


def test_a_row_with_another_figure_is_not_placed() -> None:
    assert found([["Số hộ nghèo", "30"]], ruled([["Số hộ nghèo", "31"]]), lined("Số hộ nghèo 301")) == {}


def test_words_may_be_cut_off_but_figures_may_not() -> None:
    assert found([["Số lao động mới", "30"]], lined("Số lao độ  30"))[0, 1] == (1, 110, 0)
    assert found([["Số lao động mới", "301"]], lined("Số lao độ  30")) == {}
    both = [["Số lao động nam", "30"], ["Số lao động nữ", "30"]]
    assert found(both, lined("Số lao độ  30")) == {}


def test_a_letter_that_is_two_deals_out_nothing() -> None:
    page = PrintedPage(PageContent((), (), 600, 800), (Word("ffi", 0, 10, 0, 10), Word("7", 20, 30, 0, 10)))
    assert found([["ffi", "7"]], page) == {}


def test_a_paragraph_is_found_word_by_word_where_it_stands_once() -> None:
    words = tuple(
        Word(text, 50.0 * n, 50.0 * n + 40, 0, 10)
        for n, text in enumerate("Đã mở 3 lớp . Đã mở".split())  # noqa: SIM905
    )
    page = PrintedPage(PageContent(words, (), 600, 800), ())
    document = Document((Paragraph("mở 3 lớp", 1), Paragraph("Đã mở", 2), Paragraph("không có", 3)))
    placed = aligned_words(document, [page])
    assert [(one.paragraph.number, one.text, one.spot.x0) for one in placed] == [
        (1, "mở", 50), (1, "3", 100), (1, "lớp", 150)
    ]  # fmt: skip
