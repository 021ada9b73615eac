"""Rows inserted by statements that are worked out once for each kind of database.

SQLAlchemy makes every row ready anew, value by value; here whole columns are. What reaches the database is
the same text with the same parameters, through the same connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Table
    from sqlalchemy.engine import Dialect


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; none at all is nothing to do."""
    if not rows:
        return
    spot = table.name, tuple(rows[0]), connection.dialect.name
    if spot not in _INSERTIONS:
        _INSERTIONS[spot] = _insertion(table, tuple(rows[0]), connection.dialect)
    insertion = _INSERTIONS[spot]
    connection.exec_driver_sql(insertion.text, insertion.told(rows))


@dataclass(frozen=True, slots=True)
class _Insertion:
    text: str
    columns: tuple[str, ...]
    by_name: bool  #: how the driver wants a row: by name, else in the order of the columns
    made: tuple[Callable[[Any], Any] | None, ...]  #: what is made of a value of each column, if anything

    def told(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        given = zip(*map(itemgetter(*self.columns), rows), strict=True)
        made = [map(make, values) if make else values for make, values in zip(self.made, given, strict=True)]
        told = list(zip(*made, strict=True))
        return [dict(zip(self.columns, row, strict=True)) for row in told] if self.by_name else told


_INSERTIONS: Final[dict[tuple[str, tuple[str, ...], str], _Insertion]] = {}


def _insertion(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Insertion:
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    in_order = tuple(compiled.positiontup or ())
    columns = in_order or columns
    made = tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    return _Insertion(str(compiled), columns, not in_order, made)
