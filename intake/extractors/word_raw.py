"""A Word document as it stands, before styles and positions: lines and tables, however they were found."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from intake.documents import Cell


@dataclass(slots=True)
class Style:
    """What a style, or a paragraph for itself, says of paragraphs and their runs."""

    parent: str = ""  #: the style it rests on
    bold: bool | None = None
    centred: bool | None = None
    outline: int | None = None
    font: str = ""
    numbering: tuple[str, int] | None = None  #: list and level


class RawRun(msgspec.Struct):
    """What a run of text says itself."""

    bold: bool | None = None
    font: str = ""
    told: bool = False  #: it holds text and is among the runs of its line


class Line(msgspec.Struct):
    """A paragraph as it stands: its text in pieces, the runs that hold any, and what it says of itself."""

    pieces: list[str] = msgspec.field(default_factory=list)
    runs: list[RawRun] = msgspec.field(default_factory=list)
    own: Style = msgspec.field(default_factory=Style)
    heads: bool = True  #: its own properties may still come


class RawCell(msgspec.Struct):
    """A cell as it stands in its row, and where it comes to stand in the table.

    A report has hundreds of them, and a struct is made in a fraction of the time of a dataclass.
    """

    pieces: list[str] = msgspec.field(default_factory=list)  #: a line break before each paragraph
    span: int = 1  #: columns covered
    down: str = ""  #: state of merging down: "", "restart", "continue"
    across: str = ""  #: the same to the right, as older programs write it
    label: str = ""  #: the automatic number
    row: int = 0
    column: int = 0
    row_span: int = 1

    def cell(self) -> Cell:
        """The paragraphs, one a line; the automatic number when nothing else stands in the cell."""
        text = "".join(self.pieces).strip("\n")
        text = text if text.strip() else self.label or text
        return Cell(self.row, self.column, text, self.row_span, self.span)


@dataclass(slots=True)
class RawRow:
    """A row of a table as it stands."""

    cells: list[RawCell] = field(default_factory=list)
    before: int = 0  #: columns left out before the first cell
    deleted: bool = False  #: struck by tracked changes


@dataclass(slots=True)
class RawTable:
    """A table as it stands."""

    rows: list[RawRow] = field(default_factory=list)
    numbered: bool = False  #: some paragraph of it is counted

    def placed(self) -> tuple[list[RawCell], int, int]:
        """The cells that stand, each at its place, and how many rows and columns there are."""
        kept = [row for row in self.rows if not row.deleted]
        cells: list[RawCell] = []
        merges: dict[int, RawCell] = {}
        columns = max([_place_row(row, n, cells, merges) for n, row in enumerate(kept)], default=0)
        return cells, len(kept), columns


def _place_row(line: RawRow, row: int, cells: list[RawCell], merges: dict[int, RawCell]) -> int:
    """Appends the cells of one row, each at its place, and gives the column after the last."""
    column = line.before
    last: RawCell | None = None
    for cell in line.cells:
        if cell.across == "continue" and last is not None:
            last.span += cell.span
        elif cell.down == "continue" and (above := merges.get(column)) and above.row + above.row_span == row:
            above.row_span += 1
            last = None
        else:
            last = cell
            cell.row, cell.column = row, column
            cells.append(cell)
            merges.pop(column, None)
            if cell.down:
                merges[column] = cell
        column += cell.span
    return column


def whole_number(text: str | None, otherwise: int) -> int:
    """The number an attribute says; `otherwise` when it says none, or one beyond reason."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 6 else otherwise  # noqa: PLR2004


__all__ = ["Line", "RawCell", "RawRow", "RawRun", "RawTable", "Style", "whole_number"]
