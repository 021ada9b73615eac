"""One cell of a table as a figure of an indicator, or why it is doubtful; and what several make together.

Pure. A figure that cannot be read surely keeps the reason, and is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from config.reports import Aggregation, Indicator
from config.spelling import accented_key, tidy
from intake.documents import Cell
from intake.figures.measures import (
    convert,
    counts_alike,
    in_thousands,
    is_counted,
    is_known,
    is_money,
    is_scaled,
    money_power,
    same_measure,
)
from intake.figures.numerals import ReadNumber, read_number, shortest
from intake.figures.told_cells import told_number

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Why a figure put together from parts waits for a person, unless the text states it.
PROPOSED_SUMS = frozenset({"parts_of_period", "sum_of_places"})
_LEAST_SUM = 1000  # đồng; nobody reports less, so that the measure must be another: half of "triệu đồng"
_MOST_SHOWN = 20  # summands of a figure that are shown
_YES = frozenset({"có", "co", "đạt", "dat"})


@dataclass(frozen=True, slots=True)
class Measures:
    """The units of measure that speak for a row, nearest first."""

    row: str
    label: str
    heading: str  #: of the column or of the whole table: too far off to speak for counts


class ReadCell(Struct, frozen=True, gc=False):
    """One cell read as one figure: the value in the indicator's unit, or why it is doubtful."""

    value: Decimal | None = None
    qualifier: str = ""
    reason: str = ""
    stated: str = ""  #: the unit of measure that stood there
    candidates: tuple[Decimal, ...] = ()


def figure_in(cell: Cell, indicator: Indicator, measures: Measures) -> ReadCell | None:
    """One cell as a figure of the indicator; None when nothing was reported."""
    number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
    if fault := _fault_of_cell(cell):
        return ReadCell(value=None if cell.error or cell.date else number.value, reason=fault)
    if indicator.aggregation is Aggregation.COUNT and accented_key(cell.text) in _YES:
        return ReadCell(value=Decimal(1))
    if number.blank:
        return None
    if not cell.number and (number.value is None or not (is_known(number.unit) or not number.unit)):
        number = told_number(cell.text, indicator) or number
    if fault := _fault(number):
        return ReadCell(reason=fault, candidates=number.candidates)
    return _measured(number, indicator, measures)


def of_parts(cells: Sequence[Cell | None], indicator: Indicator, measures: Measures) -> ReadCell | None:
    """What quarters or months make of a period: a proposal to a person, and none where one is blank.

    What flows is added up; of what stands at the end of a period, the last part tells.
    """
    reads = [figure_in(cell, indicator, measures) if cell else None for cell in cells]
    told = [read.value for read in reads if read and read.value is not None and not read.reason]
    if not any(reads):
        return None
    whole = len(told) == len(cells)
    figure = sum(told, Decimal(0)) if indicator.aggregation is Aggregation.SUM else told[-1] if told else None
    return ReadCell(value=figure if whole else None, reason="parts_of_period")


def of_places(parts: Sequence[ReadCell | None], whole: ReadCell | None) -> ReadCell:
    """What the places of a unit add up to: none where one is blank or the row of their sum says otherwise."""
    told = [read.value for read in parts if read and read.value is not None and not read.reason]
    figure = sum(told, Decimal(0)) if len(told) == len(parts) else None
    if whole is not None and not whole.reason:
        figure = whole.value if figure in {None, whole.value} else None
    qualifier = next((read.qualifier for read in (whole, *parts) if read and read.qualifier), "")
    return ReadCell(value=figure, qualifier=qualifier, reason="sum_of_places")


def is_other_sum(parts: Sequence[ReadCell | None], whole: ReadCell | None) -> bool:
    """Whether villages do not make up the total beside them, or none stands there; blank may be zero."""
    if whole is None or whole.value is None:
        return True
    told = [read.value for read in parts if read and read.value is not None and not read.reason]
    return sum(told, Decimal(0)) != whole.value


def sum_text(parts: Sequence[Cell | None], whole: Cell | None = None) -> str:
    """The cells of a sum as they stand: "3 + 4 + … = 12"."""
    shown = [(tidy(cell.text) or cell.number or "…") if cell else "…" for cell in parts]
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN - 1], "…", shown[-1]]
    given = (tidy(whole.text) or whole.number) if whole else ""
    return " + ".join(shown) + (f" = {given}" if given else "")


def is_filled(cell: Cell | None) -> bool:
    """Whether anything was reported in the cell; a dash or a blank is nothing."""
    if cell is None:
        return False
    return bool(cell.error) or not read_number(cell.text, cell_number=cell.number, percent=cell.percent).blank


def has_number(cell: Cell) -> bool:
    """Whether a number or a word for none stands there, readable or not."""
    told = bool(cell.number) or any(letter.isdigit() for letter in cell.text)
    return told or read_number(cell.text).value is not None


def _fault_of_cell(cell: Cell) -> str:
    """What the spreadsheet itself says against the cell; empty when nothing."""
    if cell.error:
        return "error_cell"
    if cell.date:
        return "date_for_number"
    return "formula_not_recalculated" if cell.stale and not cell.number else ""


def _fault(number: ReadNumber) -> str:
    """Why the text gives no figure at all; empty when it gives one."""
    if number.percent:
        return "percent_only"
    if number.fraction is not None:
        return "fraction_for_number"
    if number.ambiguous:
        return "ambiguous_number"
    return "unreadable_number" if number.value is None else ""


def _measured(number: ReadNumber, indicator: Indicator, measures: Measures) -> ReadCell:
    """A number brought to the indicator's unit of measure, with what speaks against it."""
    value, wanted = number.value, indicator.unit_of_measure
    assert value is not None
    if number.unit and not (is_known(number.unit) or same_measure(number.unit, measures.row or wanted)):
        return ReadCell(value=value, reason="unreadable_number", stated=number.unit)
    stated = number.unit or measures.row or measures.label
    if value == 0:
        return ReadCell(value=value, qualifier=number.qualifier)
    read = (
        _money(value, stated or measures.heading, wanted)
        if is_money(wanted)
        else _scaled(value, stated or measures.heading, wanted)
        if is_scaled(wanted)
        else _counted(value, stated or (measures.heading if in_thousands(measures.heading) else ""), wanted)
    )
    if not read.reason and read.value is not None and (fault := _impossible(read.value, wanted)):
        read = structs.replace(read, reason=fault)
    return structs.replace(read, qualifier=number.qualifier) if number.qualifier else read


def _money(value: Decimal, stated: str, wanted: str) -> ReadCell:
    if not stated or not (is_known(stated) or same_measure(stated, wanted)):
        return ReadCell(value=value, reason="unit_missing")
    converted = convert(value, stated, wanted)
    too_small = money_power(stated) == 0 and 0 < abs(value) < _LEAST_SUM
    fault = "unit_differs" if converted is None or too_small else ""
    return ReadCell(value=converted, reason=fault, stated=stated)


def _scaled(value: Decimal, stated: str, wanted: str) -> ReadCell:
    """A weight, length or area in the measure asked for: 1,5 tấn are 1.500 kg."""
    converted = convert(value, stated, wanted) if is_scaled(stated) else None
    differs = converted is None and is_known(stated)
    return ReadCell(
        value=value if converted is None else converted,
        reason="unit_differs" if differs else "",
        stated=stated,
    )


def _counted(value: Decimal, stated: str, wanted: str) -> ReadCell:
    """A count keeps its number; another thing counted makes it doubtful.

    Words that are no unit of measure ("theo quy định") say nothing against the row.
    """
    if (what := in_thousands(stated)) is not None:
        same = counts_alike(what, wanted) or not is_known(what)
        return ReadCell(
            value=shortest(value * 1000) if same else value,
            reason="" if same else "unit_differs",
            stated=stated,
        )
    differs = bool(stated) and not counts_alike(stated, wanted) and is_known(stated)
    return ReadCell(value=value, reason="unit_differs" if differs else "", stated=stated)


def _impossible(value: Decimal, wanted: str) -> str:
    if value < 0:
        return "negative_number"
    return "not_whole" if is_counted(wanted) and value != value.to_integral_value() else ""
