"""Reworded rows settled by the whole form: the order of the rows says what a single label cannot.

A unit that fills in the department's form keeps its order. Where one row is read by nobody and stands
between two rows that are read surely, and the report asks for exactly one more indicator between those
two, unit of measure, sexes and words decide whether the row is that indicator under another wording. The
place alone settles nothing: whoever leaves a row out may have put another in its stead.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from config.reports import Aggregation, Indicator, ReportDefinition, Sex
from config.spelling import plain_key
from intake.figures.label_match import LabelMatch, Strength
from intake.figures.likeness import Likeness, LikenessIndex
from intake.figures.measures import same_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FEWEST_SURE = 6  # different indicators a table must name surely before its order means anything
_IN_ORDER = 0.8  # share of the sure rows that must stand in the report's order
_SUB_ROW = re.compile(r"^(?:trong do|gom|bao gom|chia ra|rieng|trong so)\b")
_OWN_ORDINAL = re.compile(r"^\s*([-–—+*•·▪]|\(?\w{1,4}(?:\.\d{1,2}){0,3}[.)])\s*")


class RowKind(Enum):
    """What the first reading made of a row."""

    SURE = auto()  #: one indicator
    UNREAD = auto()  #: a figure that is nobody's, or one indicator's perhaps
    BLANK = auto()  #: an unknown name with nothing filled in
    HEADING = auto()
    EDGE = auto()  #: a sum, or a new head: what follows is another order


_PENDING = (RowKind.UNREAD, RowKind.BLANK)


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a table as the first reading saw it."""

    number: int  #: of the row within its table
    kind: RowKind
    label: str = ""
    ordinal: str = ""
    measure: str = ""  #: stated in the row's own column or label
    sexes: frozenset[Sex] = frozenset()  #: which figures are filled in, also in the sex rows below
    codes: tuple[str, ...] = ()  #: the indicator of a sure row; what an unread row may be by its words


@dataclass(frozen=True, slots=True)
class _Gap:
    """Unread rows side by side, and the sure rows that hold them."""

    rows: tuple[FormRow, ...]
    before: FormRow | None
    after: FormRow | None
    headed: bool = False  #: a heading stands between the rows and `before`
    followed: bool = False  #: a heading stands between the rows and `after`
    shared: bool = False  #: beyond such a heading other unread rows stand before the next sure one


@dataclass(frozen=True, slots=True)
class Form:
    """The indicators a report asks of one kind of unit, and which of them its tables name surely."""

    report: ReportDefinition
    unit_kind: str
    likeness: LikenessIndex
    named: frozenset[str]  #: codes that any row of the document names surely

    def settle(self, rows: Sequence[FormRow]) -> dict[int, LabelMatch]:
        """What unread rows of one table mean, by row number; rows that stay unread are left out.

        PLACED is certain; UNCERTAIN is a proposal to a person.
        """
        if not self.is_in_order(rows):
            return {}
        settled: dict[int, LabelMatch] = {}
        for gap in _gaps(rows):
            settled |= self._settle_gap(gap)
        return _claimed_once(settled, rows)

    def is_in_order(self, rows: Iterable[FormRow]) -> bool:
        """Whether the sure rows of a table are enough and follow the report's order."""
        known = self._places
        places = [known[row.codes[0]] for row in rows if row.kind is RowKind.SURE]
        enough = len(set(places)) >= _FEWEST_SURE
        return enough and _longest_rise(places) >= _IN_ORDER * len(places)

    @property
    def _order(self) -> list[Indicator]:
        """The rows of the form; rates are computed and may be left out anywhere."""
        return [one for one in self.report.indicators if one.aggregation is not Aggregation.RATIO]

    @property
    def _places(self) -> Mapping[str, int]:
        return {indicator.code: place for place, indicator in enumerate(self._order)}

    def _settle_gap(self, gap: _Gap) -> dict[int, LabelMatch]:
        missing = self._missing(gap)
        if len(missing) != len(gap.rows):
            return {}
        alone = len(missing) == 1 and (self._heading_is_border(gap) or not (gap.headed or gap.followed))
        settled: dict[int, LabelMatch] = {}
        for row, indicator in zip(gap.rows, missing, strict=True):
            likeness = self._likeness(row, indicator, gap)
            if likeness is not Likeness.NONE:
                sure = alone and likeness is Likeness.STRONG
                strength = Strength.PLACED if sure else Strength.UNCERTAIN
                settled[row.number] = LabelMatch(indicator.code, strength=strength)
        return settled

    def _missing(self, gap: _Gap) -> list[Indicator]:
        """The asked indicators that no row names and that belong where the rows stand."""
        between = self._between(gap)
        if self._heading_is_border(gap):
            group = self._group(gap.before if gap.followed else gap.after)
            between = [indicator for indicator in between if indicator.group == group]
        elif gap.shared:
            return []
        asked = {indicator.code for indicator in self.report.asked_of(self.unit_kind)}
        return [indicator for indicator in between if indicator.code in asked]

    def _between(self, gap: _Gap) -> list[Indicator]:
        """The indicators between two sure rows if none is named elsewhere; at an edge, as far as none is."""
        order, places = self._order, self._places
        first = places[gap.before.codes[0]] + 1 if gap.before else 0
        last = places[gap.after.codes[0]] if gap.after else len(order)
        between = order[first:last]
        if gap.before and gap.after:
            return [] if any(one.code in self.named for one in between) else between
        if gap.before:
            return _until_named(between, self.named)
        return _until_named(between[::-1], self.named)[::-1] if gap.after else []

    def _heading_is_border(self, gap: _Gap) -> bool:
        """Whether exactly one heading bounds the rows and parts two groups of the report's own."""
        if gap.headed == gap.followed:
            return False
        groups = self._group(gap.before), self._group(gap.after)
        return all(groups) and groups[0] != groups[1]

    def _group(self, row: FormRow | None) -> str:
        return self.report.indicator(row.codes[0]).group if row else ""

    def _likeness(self, row: FormRow, indicator: Indicator, gap: _Gap) -> Likeness:
        """How far everything but the place speaks for the row being the indicator."""
        if row.kind is RowKind.BLANK or _is_sub_row(row, gap):
            return Likeness.NONE
        if not row.measure or not same_measure(row.measure, indicator.unit_of_measure):
            return Likeness.NONE
        if not row.sexes <= set(indicator.sexes) or (row.codes and indicator.code not in row.codes):
            return Likeness.NONE
        return self.likeness.judge(row.label, indicator.code, row.measure)


def _claimed_once(settled: Mapping[int, LabelMatch], rows: Iterable[FormRow]) -> dict[int, LabelMatch]:
    """Without the rows whose indicator another row of the table may be as well."""
    claims = {(match.indicator, number) for number, match in settled.items()}
    claims |= {(row.codes[0], row.number) for row in rows if _proposes(row)}
    claimed = Counter(code for code, _ in claims)
    return {number: match for number, match in settled.items() if claimed[match.indicator] == 1}


def _proposes(row: FormRow) -> bool:
    return row.kind in _PENDING and len(row.codes) == 1


def _gaps(rows: Sequence[FormRow]) -> Iterator[_Gap]:
    """Every run of unread rows with what stands around it."""
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and rows[end].kind in _PENDING:
            end += 1
        if end > start:
            before, headed, one = _anchor(reversed(rows[:start]))
            after, followed, other = _anchor(rows[end:])
            yield _Gap(tuple(rows[start:end]), before, after, headed, followed, one or other)
        start = max(end, start + 1)


def _anchor(rows: Iterable[FormRow]) -> tuple[FormRow | None, bool, bool]:
    """The next sure row, whether a heading stands before it, whether other unread rows do."""
    headed = shared = False
    for row in rows:
        if row.kind is RowKind.SURE:
            return row, headed, shared
        if row.kind is RowKind.EDGE:
            break
        headed |= row.kind is RowKind.HEADING
        shared |= row.kind is not RowKind.HEADING
    return None, headed, shared


def _until_named(indicators: Sequence[Indicator], named: frozenset[str]) -> list[Indicator]:
    end = next((n for n, indicator in enumerate(indicators) if indicator.code in named), len(indicators))
    return list(indicators[:end])


def _is_sub_row(row: FormRow, gap: _Gap) -> bool:
    """Whether the row is a part of the row above it: by its words, or numbered as no row beside it is."""
    if _SUB_ROW.search(plain_key(row.label)):
        return True
    shapes = {_shape(anchor) for anchor in (gap.before, gap.after) if anchor}
    return _shape(row) not in shapes


def _shape(row: FormRow) -> str:
    """How a row is numbered: "12." is "d", "2.1" is "d.d", "IV" is "I", "a)" is "a", "-" is itself."""
    own = _OWN_ORDINAL.match(row.label)
    ordinal = (row.ordinal or (own[1] if own else "")).strip(" .()")
    if re.fullmatch(r"[IVXA-EĐ]{1,5}", ordinal):
        return "I"
    return re.sub(r"\d+", "d", re.sub(r"[^\W\d]+", "a", ordinal))


def _longest_rise(places: Iterable[int]) -> int:
    """The length of the longest run of rising numbers, others between them left out."""
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)
