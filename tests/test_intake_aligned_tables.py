"""Tables without rules: made of words that stand in columns, and left alone where a column is not sure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.extractors.aligned_tables import with_aligned
from intake.extractors.page_lines import PageContent, Word

LETTER = 5.0
HEAD = ((50, "TT"), (80, "Chỉ tiêu"), (300, "ĐVT"), (360, "Tổng số"), (430, "Trong đó nữ"))
FIRST = ((75, "1Số người được hòa giải"), (300, "người"), (390, "140"), (490, "58"))
SECOND = ((75, "2Số vụ xung đột ở thôn"), (300, "vụ"), (400, "2"))
Row = Sequence[tuple[float, str]]


def words(*rows: Row) -> tuple[Word, ...]:
    """Words of rows set from left to right, each part beginning where it says, lines 15 apart."""
    made: list[Word] = []
    for number, row in enumerate(rows):
        for begin, text in row:
            at = float(begin)
            for word in text.split():
                made.append(Word(word, at, at + LETTER * len(word), number * 15.0, number * 15.0 + 10))
                at += LETTER * (len(word) + 0.6)
    return tuple(made)


def page(*rows: Row) -> PageContent:
    return with_aligned(PageContent(words(*rows), (), 600, 800))


def cells(found: PageContent) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.column, cell.text) for table in found.tables for cell in table.table.cells]


def test_columns_are_told_by_their_headings_though_figures_stand_at_the_right() -> None:
    found = page(((50, "BIỂU HÒA GIẢI"),), HEAD, FIRST, SECOND, ((50, "Nơi nhận: Như trên"),))
    assert cells(found)[5:] == [
        (1, 0, "1"), (1, 1, "Số người được hòa giải"), (1, 2, "người"), (1, 3, "140"), (1, 4, "58"),
        (2, 0, "2"), (2, 1, "Số vụ xung đột ở thôn"), (2, 2, "vụ"), (2, 3, "2"),
    ]  # fmt: skip
    assert " ".join(word.text for word in found.words) == "BIỂU HÒA GIẢI Nơi nhận: Như trên"


@pytest.mark.parametrize(
    "rows",
    [
        (HEAD, FIRST),  # one row may stand anywhere
        (HEAD, ((75, "1Số người được hòa giải ở tất cả các thôn trong xã"), *FIRST[1:]), SECOND),
        ((*HEAD, (540, "Ghi chú")), FIRST, SECOND),  # one heading too many: which column is empty?
        (HEAD[:3], FIRST, SECOND),
        (HEAD, FIRST[:2], SECOND[:2]),
        (((50, "12"), (300, "14"), (400, "15")), FIRST, SECOND),
        (
            HEAD[1:],
            ((80, "Số người"), (300, "đủ"), (390, "nhiều")),
            ((80, "Số vụ"), (300, "vụ"), (390, "ít")),
        ),
        (
            HEAD[1:],
            ((80, "a"), (300, "rất nhiều"), (440, "1")),
            ((80, "b"), (300, "vụ"), (335, "7"), (440, "2")),
        ),
        (HEAD, ((80, "Số người"),), FIRST, SECOND),  # the label of the row below, or a line of the head
        (HEAD, (*FIRST[:2], (390, "140"), (455, "58")), (*SECOND[:2], (440, "2"))),
    ],
)
def test_lines_whose_columns_are_not_sure_stay_lines(rows: Sequence[Row]) -> None:
    found = page(*rows)
    assert cells(found) == []
    assert found.words == words(*rows)


CLOSE = ((50, "STT"), (72, "Chỉ tiêu"), (250, "ĐVT"), (300, "Kế hoạch"), (342, "Thực hiện"))
PLANNED = ((56, "1"), (68, "Diện tích lúa"), (255, "ha"), (310, "275"), (352, "276"))
DONE = ((56, "2"), (68, "Đàn trâu có"), (255, "con"), (305, "1.420"), (347, "1.412"))


def test_columns_tell_where_close_headings_end() -> None:
    found = cells(page(CLOSE, PLANNED, DONE))
    assert [text for row, _, text in found if row == 0] == ["STT", "Chỉ tiêu", "ĐVT", "Kế hoạch", "Thực hiện"]
    assert [text for row, column, text in found if row and column == 4] == ["276", "1.412"]
    assert (1, 1, "Diện tích lúa") in found


def test_headings_that_may_end_at_either_of_two_blanks_stay_lines() -> None:
    either = (*CLOSE[:3], (300, "Kế"), (322, "hoạch"), (356, "thực hiện"))
    assert (
        cells(page(either, (*PLANNED[:3], (300, "27"), (380, "276")), (*DONE[:3], (300, "12"), (380, "141"))))
        == []
    )


def test_a_figure_typed_at_the_left_of_its_column_is_in_it() -> None:
    rows = [((52, str(n)), (65, "Số cây trồng"), (250, "Cây"), (330, "750"), (390, "12")) for n in (1, 2)]
    head = ((50, "TT"), (68, "Chỉ tiêu"), (250, "ĐVT"), (300, "Tổng số"), (346, "Nữ"))
    found = cells(page(head, *rows, ((52, "3"), (65, "Giá trị"), (250, "Tr.đồng"), (300, "62,5"))))
    assert (0, 3, "Tổng số") in found
    assert (3, 3, "62,5") in found


def test_a_heading_over_two_lines_is_one() -> None:
    head = (*CLOSE[:3], (300, "Tổng số"), (360, "nữ"))
    rows = [(*row[:3], (310, "40"), (362, "12")) for row in (PLANNED, DONE)]
    found = cells(page(((355, "Trong"),), head, *rows))
    assert (0, 4, "Trong nữ") in found


def test_a_column_left_empty_at_the_right_gives_its_heading_to_no_other() -> None:
    head = (*CLOSE[:3], (300, "Tổng số"), (352, "Nữ"), (368, "Ghi chú"))
    rows = [(*row[:3], (310, "40"), (352, "12")) for row in (PLANNED, DONE)]
    found = cells(page(head, *rows))
    assert (0, 4, "Nữ") in found
