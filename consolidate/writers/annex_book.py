"""What the sheets of the annex share: the grid of unit figures, and how cells, headings and pages look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from config.reports import Figure
from consolidate.writers.workbook_bytes import Styles, lines_needed, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from config.units import Unit
    from config.wording import Wording
    from consolidate.consolidation import Consolidation

LINE = 16.5  #: points a line of 12-point text takes
BORDER = {"border": 1}
NUMBER = {"align": "right", "indent": 1, "text_wrap": False}
HEADER = {"bold": True, "align": "center", "border": 1, "bg_color": "#E7E6E6"}


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the sheet of unit figures keeps what: its rows are units, its columns figures."""

    sheet: str  #: its name
    units: tuple[Unit, ...]
    columns: Mapping[Figure, int]
    first: int = 5  #: row of the first unit, from 0

    @property
    def last(self) -> int:
        """The row of the last unit; one empty row when there is none."""
        return self.first + max(len(self.units), 1) - 1

    def cells(self, column: int) -> str:
        """The units' cells of a column, for formulas on any sheet."""
        return f"'{self.sheet}'!{xl_range_abs(self.first, column, self.last, column)}"

    def of(self, figure: Figure) -> str:
        """The units' cells of a figure."""
        return self.cells(self.columns[figure])


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the sheets are written with."""

    consolidation: Consolidation
    styles: Styles
    words: Callable[..., str]
    wording: Wording
    names: Mapping[str, str]
    grid: Grid
    unit_names: Mapping[str, str]
    decimals: Mapping[str, int]  #: of the figures of an indicator

    def label(self, code: str) -> str:
        """The label of an indicator; "" for one the report does not ask for."""
        labels = (each.label for each in self.consolidation.report.indicators if each.code == code)
        return next(labels, "")

    def kind_name(self, kind: str) -> str:
        """How a kind of unit is called; its id when the regime does not say."""
        return next((each.name for each in self.consolidation.regime.unit_kinds if each.id == kind), kind)


def number_format(decimals: int) -> str:
    """How a number with that many decimals is shown."""
    # 0x42A is Vietnamese: a point between thousands and a decimal comma wherever the file is opened.
    return "[$-42A]#,##0" + ("." + "0" * decimals if decimals else "")


def quoted(text: str) -> str:
    """Text as a formula holds it."""
    return '"' + text.replace('"', '""') + '"'


def write_text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Text, whatever it looks like: never a formula, a number or a link."""
    sheet.write_string(row, column, plain_text(text), style)


def lay_out(sheet: Any, header: tuple[int, int], *, one_wide: bool = True) -> None:
    """A4 landscape, margins of the decree, page number centred on top, header rows on every page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
    sheet.set_header('&C&"Times New Roman,Regular"&13&P')
    sheet.repeat_rows(*header)
    sheet.freeze_panes(header[1] + 1, 2)
    sheet.hide_gridlines(2)
    if one_wide:
        sheet.fit_to_pages(1, 0)


def write_heading(sheet: Any, book: Book, row: int, text: str, last_column: int, **style: Any) -> None:
    """A line across the sheet, as high as its text needs."""
    wide = sum(style.pop("widths"))
    size = style.get("font_size", 14)
    sheet.merge_range(row, 0, row, last_column, "", book.styles(align="center", **style))
    write_text(sheet, row, 0, text, book.styles(align="center", **style))
    bold = bool(style.get("bold"))
    sheet.set_row(row, lines_needed(text, wide, size=size, bold=bold) * LINE * size / 12 + 3)


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """The widths of the first columns, in digits."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_header(sheet: Any, book: Book, row: int, keys: Sequence[str], widths: Sequence[float]) -> None:
    """The row that names the columns, as high as the longest name needs."""
    texts = [book.words(f"column_{key}") for key in keys]
    for column, text in enumerate(texts):
        write_text(sheet, row, column, text, book.styles(**HEADER))
    sheet.set_row(row, height_of(texts, widths, bold=True) + 4)


def height_of(
    texts: Sequence[str], widths: Sequence[float], *, size: float = 12, bold: bool = False
) -> float:
    """The height in points of a row with these texts in columns of these widths."""
    lines = max(
        lines_needed(text, width, size=size, bold=bold) for text, width in zip(texts, widths, strict=True)
    )
    return min(lines * LINE * size / 12 + 3, 409)  # Excel's highest row
