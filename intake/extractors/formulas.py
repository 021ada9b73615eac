"""A small recalculation: SUM, + - * / and brackets over cells of the same sheet, nothing else.

It serves two ends: a formula whose program stored no value gets one, and a stored value that does not
follow from its formula is not taken as certain. What it cannot follow it leaves alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import TYPE_CHECKING, Final

from msgspec import structs

from config.decimals import plain_number
from intake.extractors.decimals import percent_text

if TYPE_CHECKING:
    from intake.documents import Cell

Place = tuple[int, int]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<sum>SUM\()"
    r"|(?P<range>\$?[A-Z]{1,3}\$?\d{1,7}:\$?[A-Z]{1,3}\$?\d{1,7})"
    r"|(?P<cell>\$?[A-Z]{1,3}\$?\d{1,7})(?![A-Z0-9_(!.])"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>[-+*/(),;]))",
    re.IGNORECASE,
)
_DEEPEST: Final = 60  #: formulas over formulas, and brackets within brackets
_MOST_IN_RANGE: Final = 100_000
_DIGITS: Final = 15
_TOLERANCE: Final = Decimal("1e-9")


class _NotSimpleError(Exception):
    """The formula uses more than is recalculated here, or rests on text."""


@dataclass(slots=True)
class Recalculation:
    """One sheet recalculated on demand."""

    cells: list[Cell]
    recalculates_on_load: bool = False
    notes: set[str] = field(default_factory=set)  #: "recalculated", "formula_differs"
    _by_place: dict[Place, Cell] = field(init=False)
    _known: dict[Place, Decimal | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_place = {(cell.row, cell.column): cell for cell in self.cells}

    def checked(self, cell: Cell) -> Cell:
        """The cell with a value it lacked, or marked stale when its value contradicts its formula."""
        if cell.error or cell.date:
            return cell
        result = self._result(cell)
        if result is None:
            return structs.replace(cell, number="", text="") if cell.stale else cell
        if cell.stale or (self.recalculates_on_load and _differs(cell.number, result)):
            self.notes.add("recalculated")
            return _with_number(cell, result)
        if cell.number and _differs(cell.number, result):
            self.notes.add("formula_differs")
            return structs.replace(cell, number="", stale=True)
        return cell

    def _result(self, cell: Cell) -> Decimal | None:
        try:
            with localcontext(prec=40):
                return self._value_of((cell.row, cell.column), 0)
        except (_NotSimpleError, InvalidOperation, DivisionByZero, Overflow):
            return None

    def _value_of(self, place: Place, depth: int) -> Decimal | None:
        """The value at a place, None for an empty cell."""
        if place in self._known:
            return self._known[place]
        cell = self._by_place.get(place)
        if cell is None:
            return None
        if depth > _DEEPEST or cell.error or (not cell.formula and not cell.number):
            raise _NotSimpleError
        if not cell.formula:
            return Decimal(cell.number)
        value = _Formula(cell.formula[1:], self, depth).value()
        self._known[place] = value
        return value

    def value_of(self, place: Place, depth: int) -> Decimal | None:
        """The value a formula sees at a place: recalculated when simple, else the one stored."""
        cell = self._by_place.get(place)
        try:
            return self._value_of(place, depth)
        except _NotSimpleError:
            if cell is not None and cell.formula and cell.number and not cell.stale and not cell.error:
                return Decimal(cell.number)
            raise

    def places_within(self, first: Place, last: Place) -> list[Place]:
        """Filled places of a range, found by the shorter way."""
        top, bottom = sorted((first[0], last[0]))
        left, right = sorted((first[1], last[1]))
        area = (bottom - top + 1) * (right - left + 1)
        if area > min(len(self._by_place), _MOST_IN_RANGE):
            return [
                place for place in self._by_place if top <= place[0] <= bottom and left <= place[1] <= right
            ]
        inside = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        return [place for place in inside if place in self._by_place]


def _differs(number: str, result: Decimal) -> bool:
    if not number:
        return True
    stored = Decimal(number)
    return abs(stored - result) > _TOLERANCE * max(abs(stored), abs(result), Decimal(1))


def _with_number(cell: Cell, result: Decimal) -> Cell:
    with localcontext(prec=_DIGITS):
        number = plain_number(+result)
    text = percent_text(number) if cell.percent else number
    return structs.replace(cell, number=number, text=text, stale=False)


class _Formula:
    """A formula read by recursive descent; `value` gives its result."""

    def __init__(self, text: str, sheet: Recalculation, depth: int) -> None:
        self._sheet = sheet
        self._depth = depth
        self._tokens = _tokens(text)
        self._position = 0
        self._filled = False  # whether any cell it rests on holds something

    def value(self) -> Decimal:
        result = self._sum(0)
        # The sum of cells nobody filled is not a zero anybody reported.
        if self._position != len(self._tokens) or not self._filled:
            raise _NotSimpleError
        return result

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._position] if self._position < len(self._tokens) else ("end", "")

    def _take(self, *signs: str) -> str:
        kind, text = self._peek()
        if kind == "sign" and text in signs:
            self._position += 1
            return text
        return ""

    def _sum(self, depth: int) -> Decimal:
        result = self._product(depth)
        while sign := self._take("+", "-"):
            other = self._product(depth)
            result = result + other if sign == "+" else result - other
        return result

    def _product(self, depth: int) -> Decimal:
        result = self._factor(depth)
        while sign := self._take("*", "/"):
            other = self._factor(depth)
            result = result * other if sign == "*" else result / other
        return result

    def _factor(self, depth: int) -> Decimal:
        if depth > _DEEPEST:
            raise _NotSimpleError
        if sign := self._take("+", "-"):
            value = self._factor(depth + 1)
            return -value if sign == "-" else value
        if self._take("("):
            value = self._sum(depth + 1)
            self._expect_close()
            return value
        return self._atom(depth)

    def _atom(self, depth: int) -> Decimal:
        kind, text = self._peek()
        self._position += 1
        if kind == "number":
            return Decimal(text)
        if kind == "cell":
            return self._cell(place_of(text))
        if kind == "sum":
            return self._total(depth)
        raise _NotSimpleError

    def _total(self, depth: int) -> Decimal:
        total = Decimal(0)
        while True:
            kind, text = self._peek()
            if kind == "range":
                self._position += 1
                total += sum(map(self._cell, self._range(text)), Decimal(0))
            else:
                total += self._sum(depth + 1)
            if not self._take(",", ";"):
                break
        self._expect_close()
        return total

    def _range(self, text: str) -> list[Place]:
        first, last = text.split(":")
        return self._sheet.places_within(place_of(first), place_of(last))

    def _cell(self, place: Place) -> Decimal:
        value = self._sheet.value_of(place, self._depth + 1)
        if value is None:
            return Decimal(0)
        self._filled = True
        return value

    def _expect_close(self) -> None:
        if not self._take(")"):
            raise _NotSimpleError


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotSimpleError
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def is_recalculated(formula: str) -> bool:
    """Whether the formula may be of the kind that is followed here; any other is left alone."""
    try:
        _tokens(formula[1:])
    except _NotSimpleError:
        return False
    return True


def place_of(reference: str) -> Place:
    """Row and column, both from 0, of a reference: "$B$7" is (6, 1)."""
    letters = reference.replace("$", "").rstrip("0123456789").upper()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference.replace("$", "")[len(letters) :]) - 1, column - 1
