"""What the tables of one document give for one report: figures, percentages, findings, rows of the form."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct

from intake.figures.forms import FormRow
from intake.figures.headings import Grid
from intake.figures.label_match import Strength
from ledger.records import Finding, Place, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Rows of one table that are read; a longer one is a register of persons, not a report.
MOST_ROWS = 3_000
#: Findings that tell of a row whose label is no indicator of the report.
_UNREAD_ROWS = ("unread_row", "label_ambiguous")


@dataclass(frozen=True, slots=True)
class GivenPercent:
    """A percentage that the sheet states, kept to be compared with the figures and never to be added."""

    indicator: str  #: a ratio's own code, or the indicator whose women the percentage is
    percent: Decimal
    place: Place
    of_women: bool = False  #: women of all; otherwise what it is a percentage of is known only for a ratio


@dataclass(frozen=True, slots=True)
class TableReading:
    """What the tables of one document say about one report."""

    values: tuple[Value, ...] = ()
    findings: tuple[Finding, ...] = ()
    percentages: tuple[GivenPercent, ...] = ()
    matched_rows: int = 0  #: rows whose label is an indicator of the report
    asked_rows: int = 0  #: of them those asked of the unit's kind
    blank_rows: int = 0  #: asked rows in which nothing is filled in
    form_share: float = 0.0  #: share of the asked indicators whose label stands in the tables, 0 to 1
    empty_form: bool = False  #: the form came back with nothing filled in, or nothing of the period
    beside: tuple[Value, ...] = ()  #: men or women a row gives unasked: for checks alone
    titles: tuple[str, ...] = ()  #: lines above tables, headings and sheet names that name a year or period


class FoundFigure(Struct, frozen=True):
    """A figure read in a row, before figures of the same name are compared."""

    value: Value
    strength: Strength


@dataclass(frozen=True, slots=True)
class Counted:
    """How much there was of notes before a table was read."""

    found: int
    findings: int
    percentages: int
    rows: Mapping[str, int]

    def says_nothing_but_figures(self, notes: TableNotes) -> bool:
        """Whether what came since are figures alone, and none of them doubtful or about so much."""
        others = len(notes.findings) - self.findings + len(notes.percentages) - self.percentages
        figures = (found.value for found in notes.found[self.found :])
        return not others and all(not (one.reason or one.qualifier) for one in figures)

    def rows_of(self, notes: TableNotes) -> tuple[tuple[str, bool], ...]:
        """The matched rows that came since: the indicator, and whether anything was filled in."""
        return tuple(
            (code, one) for code, filled in notes.rows.items() for one in filled[self.rows.get(code, 0) :]
        )


@dataclass(slots=True)
class TableNotes:
    """What the tables of one document gave for one report, gathered in the order of reading."""

    grids: Mapping[int, Grid]  #: the tables by row and column, by their place among the blocks
    found: list[FoundFigure] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    percentages: list[GivenPercent] = field(default_factory=list)
    rows: dict[str, list[bool]] = field(default_factory=dict)  #: indicator -> filled, for each matched row
    titles: list[str] = field(default_factory=list)
    beside: list[Value] = field(default_factory=list)
    timeless: bool = True  #: no head names a period: for every period the tables say the same
    elsewhen: bool = False  #: rows of the report stand under the heads of another period
    forms: dict[int, list[FormRow]] = field(default_factory=dict)  #: table's place in the document -> rows

    def keep(self, value: Value, strength: Strength | None) -> None:
        """Keep a figure; without a strength it is one that nobody asks for."""
        if strength is None:
            self.beside.append(value)
        else:
            self.found.append(FoundFigure(value, strength))

    @property
    def counted(self) -> Counted:
        """How much there is by now."""
        rows = {code: len(filled) for code, filled in self.rows.items()}
        return Counted(len(self.found), len(self.findings), len(self.percentages), rows)

    @property
    def matched_rows(self) -> int:
        """How many rows have a label that is an indicator of the report."""
        return sum(map(len, self.rows.values()))

    @property
    def share(self) -> float:
        """The share of them among the rows that give a figure, 0 to 1."""
        matched, unread = self.matched_rows, sum(one.code in _UNREAD_ROWS for one in self.findings)
        return matched / (matched + unread) if matched else 0.0
