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
