"""Tables of reports on aid, schools, the poor and branches of a union, as their clerks lay them out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from config.reports import Aggregation, Indicator, ReportDefinition, Sex
from intake.documents import Cell, Document, Table
from intake.figures.tables import read_tables
from ledger.records import Certainty

AID = ReportDefinition(
    "r",
    "Báo cáo",
    "BC",
    ("trợ giúp xã hội",),
    (
        Indicator("A1", "Số gạo hỗ trợ cứu đói", "kg"),
        Indicator("A2", "Chiều dài đường tự quản", "km", aggregation=Aggregation.SNAPSHOT),
    ),
    (),
    (),
)
LETTERS = {Sex.TOTAL: "", Sex.FEMALE: " nữ", Sex.MALE: " nam"}


def _document(*rows: Sequence[str]) -> Document:
    cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Document((Table("1", cells, len(rows), max(map(len, rows))),))


def _read(report: ReportDefinition, *rows: Sequence[str]) -> dict[str, str]:
    reading = read_tables(_document(*rows), "bieu.docx", report, "commune")
    return {
        value.indicator + LETTERS[value.sex]: f"{value.value:f}" if value.value is not None else ""
        for value in reading.values
        if value.certainty is Certainty.CERTAIN
    }


@pytest.mark.parametrize(
    ("measure", "written", "expected"),
    [
        ("tấn", "1,5", "1500"),
        ("kg", "450", "450"),
        ("tạ", "12", "1200"),
        ("", "450", "450"),
        ("kg", "1,5 tấn", "1500"),
        ("hộ", "12", None),
    ],
)
def test_a_weight_is_brought_to_the_measure_asked_for(
    measure: str, written: str, expected: str | None
) -> None:
    read = _read(AID, ("Nội dung", "ĐVT", "Số lượng"), ("Số gạo hỗ trợ cứu đói", measure, written))
    assert read.get("A1") == expected


def test_a_length_takes_the_measure_of_its_column_where_its_row_has_none() -> None:
    assert _read(AID, ("Nội dung", "Số lượng (m)"), ("Chiều dài đường tự quản", "800")) == {"A2": "0.8"}
