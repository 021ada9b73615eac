"""Tables wider than a page, whose columns are printed over several pages."""

from __future__ import annotations

from collections.abc import Sequence

from intake.extractors.interface import Limits
from intake.extractors.page_blocks import composed, placement
from intake.extractors.page_lines import PageContent
from intake.extractors.page_tables import Box, gridded

ROW = 20.0  #: points of one row


def _page(top: float, *rows: Sequence[str]) -> PageContent:
    boxes = [
        Box(60.0 + 70 * c, top + ROW * r, 60.0 + 70 * (c + 1), top + ROW * (r + 1), text)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return PageContent((), (gridded(boxes, 3.0),), 595, 842)


def _texts(*pages: PageContent) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in table.cells if cell.row == row] for row in range(table.rows)]
        for table in composed(pages, Limits()).tables
    ]


LABELS = (("STT", "Nội dung"), ("1", "Số hộ nghèo"), ("2", "Số hộ cận nghèo"))
COLUMNS = (("ĐVT", "Tổng số", "Nữ"), ("hộ", "84", "20"), ("hộ", "72", ""))
LAST = (("Ghi chú",), ("",), ("ước",))


def test_columns_printed_on_later_pages_stand_beside_their_rows() -> None:
    pages = (_page(90, *LABELS), _page(90, *COLUMNS), _page(90, *LAST))
    assert _texts(*pages) == [
        [
            ["STT", "Nội dung", "ĐVT", "Tổng số", "Nữ", "Ghi chú"],
            ["1", "Số hộ nghèo", "hộ", "84", "20", ""],
            ["2", "Số hộ cận nghèo", "hộ", "72", "", "ước"],
        ]
    ]


def test_a_cell_that_went_to_another_page_is_shown_there() -> None:
    (table,) = placement((_page(90, *LABELS), _page(90, *COLUMNS))).tables
    (spot,) = [one.spot for one in table.spots if (one.row, one.column) == (1, 3)]
    assert (spot.page, spot.top) == (2, 90 + ROW)


def test_rows_at_another_height_are_another_table() -> None:
    assert len(_texts(_page(90, *LABELS), _page(140, *COLUMNS))) == 2


def test_a_table_that_names_its_rows_again_is_another_table() -> None:
    again = (("STT", "Nội dung", "Quý II"), ("1", "Số hộ nghèo", "84"), ("2", "Số hộ cận nghèo", "72"))
    assert len(_texts(_page(90, *LABELS), _page(90, *again))) == 2


def test_another_number_of_rows_is_another_table() -> None:
    assert len(_texts(_page(90, *LABELS), _page(90, *COLUMNS[:2]))) == 2
