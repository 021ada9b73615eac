"""An issue of a consolidation (lần phát hành): its fingerprint, its content as JSON, and what changed.

The same inputs give the same fingerprint on any day and machine, and then no new issue is made. The
moment of consolidating (`as_of`) is therefore no part of it: what it lets in is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from config.decimals import plain_number
from consolidate.errors import ContentTooOldError
from consolidate.totals import is_certain
from ledger.records import Method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidate.consolidation import Consolidation, Total, UnitStanding, UnitValue

SHAPE = 1
"""The shape of `as_content`; a number higher than an older program knows is refused, not misread."""


def inputs_sha256(consolidation: Consolidation, texts: Sequence[tuple[str, str]] = ()) -> str:
    """The fingerprint of everything the documents are written from, `as_of` apart.

    `texts` are the templates and words they are written with, those shipped and the department's own: the
    name and SHA-256 of each. So a draft made by a program that words it otherwise is another issue.

    Canonical JSON (sorted keys, plain decimals, moments in UTC), hashed with SHA-256. Of the regime only
    what documents show goes in: department, kinds of unit, units, time zone; not how mail is sent.
    """
    regime = consolidation.regime
    inputs = {
        "regime": (regime.id, regime.department, regime.timezone, regime.unit_kinds, regime.units),
        "report": replace(consolidation.report, ladder=None),
        "period": consolidation.period,
        "standings": consolidation.standings,
        "values": consolidation.values,
        "totals": consolidation.totals,
        "passages": consolidation.passages,
        "findings": consolidation.findings,
        **({"own_texts": texts} if texts else {}),
    }
    text = json.dumps(_plain(inputs), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def as_content(consolidation: Consolidation) -> dict[str, Any]:
    """The consolidation as JSON that later issues are compared with.

    {"shape", "report", "period", "totals": [{"indicator", "sex", "value", "numerator", "denominator",
    "n", "N", "units", "missing", "doubtful", "approximate", "parts"}], "values": [{"unit", "indicator",
    "sex", "value", "message", "method", "certain"}], "standings": [{"unit", "state", "first_valid",
    "message", "versions", "corrected"}]}; numbers are decimal text, None where there
    is none. `values` holds what is in scope.
    """
    return {
        "shape": SHAPE,
        "report": consolidation.report.id,
        "period": consolidation.period.id,
        "totals": [_total_content(total) for total in consolidation.totals],
        "values": [_value_content(value) for value in consolidation.values if value.in_scope],
        "standings": [_standing_content(standing) for standing in consolidation.standings],
    }


def changes(previous: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """What became of the totals between two issues, in the order of the annex.

    [{"indicator", "sex", "old", "new", "old_n", "new_n", "old_N", "new_N", "because": [{"unit",
    "indicator", "sex", "old", "new", "why", "message"}]}]; "why" is one of "arrival", "correction",
    "decision", "became_doubtful", "withdrawn". A total that no longer exists has new None.

    Raises:
        ContentTooOldError: one of the two is in a shape this program does not know.

    """
    _require_shape(previous, content)
    before, after = _by_figure(previous["totals"]), _by_figure(content["totals"])
    moved = _moved_values(previous, content)
    parts = _parts_of_ratios(content["totals"]) | _parts_of_ratios(previous["totals"])
    return tuple(
        _change(figure, before.get(figure, {}), after.get(figure, {}), moved, parts)
        for figure in dict.fromkeys((*after, *before))
        if _stated(before.get(figure, {})) != _stated(after.get(figure, {}))
    )


def moved_values(previous: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Every unit's figure that counts otherwise than before, in the order of the values.

    Each as in "because" of `changes`; told even where the totals come to the same.

    Raises:
        ContentTooOldError: one of the two is in a shape this program does not know.

    """
    _require_shape(previous, content)
    return tuple(_moved_values(previous, content))


def _require_shape(*contents: Mapping[str, Any]) -> None:
    for each in contents:
        if each.get("shape") != SHAPE:
            raise ContentTooOldError(each.get("shape"))


# ---- content ---------------------------------------------------------------------------------------


def decimal_text(number: Decimal | None) -> str | None:
    """The number as plain decimal text; None for None."""
    return None if number is None else plain_number(number)


def _total_content(total: Total) -> dict[str, Any]:
    rule = total.indicator.ratio
    return {
        "indicator": total.indicator.code,
        "sex": total.sex.value,
        "value": decimal_text(total.value),
        "numerator": decimal_text(total.numerator),
        "denominator": decimal_text(total.denominator),
        "n": total.n,
        "N": total.of,
        "units": list(total.units),
        "missing": list(total.missing),
        "doubtful": list(total.doubtful),
        "approximate": total.approximate,
        "parts": [[part.indicator, part.sex.value] for part in (rule.numerator, rule.denominator)]
        if rule
        else [],
    }


def _value_content(held: UnitValue) -> dict[str, Any]:
    return {
        "unit": held.unit,
        "indicator": held.value.indicator,
        "sex": held.value.sex.value,
        "value": decimal_text(held.value.value),
        "message": held.archive_id,
        "method": held.value.method.value,
        "certain": is_certain(held.value),
    }


def _standing_content(standing: UnitStanding) -> dict[str, Any]:
    return {
        "unit": standing.unit.id,
        "state": standing.state.value,
        "first_valid": _plain(standing.first_valid),
        "message": standing.message,
        "versions": standing.versions,
        "corrected": standing.corrected,
    }


# ---- changes ---------------------------------------------------------------------------------------

_FigureKey = tuple[str, str]
_Row = Mapping[str, Any]


def _figure_key(row: _Row) -> _FigureKey:
    return row["indicator"], row["sex"]


def _by_figure(rows: Iterable[_Row]) -> dict[_FigureKey, _Row]:
    return {_figure_key(row): row for row in rows}


def _stated(total: _Row) -> tuple[object, ...]:
    """What the documents say of a total: another set of units behind the same sum is a change too."""
    return tuple(
        total.get(key) for key in ("value", "numerator", "denominator", "n", "N", "units", "approximate")
    )


def _parts_of_ratios(totals: Iterable[_Row]) -> dict[_FigureKey, list[_FigureKey]]:
    return {
        _figure_key(total): [(code, sex) for code, sex in total["parts"]]
        for total in totals
        if total["parts"]
    }


def _moved_values(previous: _Row, content: _Row) -> list[dict[str, Any]]:
    before = {(row["unit"], *_figure_key(row)): row for row in previous["values"]}
    after = {(row["unit"], *_figure_key(row)): row for row in content["values"]}
    return [
        _moved(key, before.get(key), after.get(key))
        for key in dict.fromkeys((*after, *before))
        if _counted(before.get(key)) != _counted(after.get(key))
    ]


def _counted(row: _Row | None) -> str | None:
    return row["value"] if row and row["certain"] else None


def _moved(key: tuple[str, str, str], old: _Row | None, new: _Row | None) -> dict[str, Any]:
    return {
        "unit": key[0],
        "indicator": key[1],
        "sex": key[2],
        "old": _counted(old),
        "new": _counted(new),
        "why": _why(old, new),
        "message": (new or old or {}).get("message", ""),
    }


def _why(old: _Row | None, new: _Row | None) -> str:
    if new is None or new["value"] is None:
        return "withdrawn"
    if not new["certain"]:
        return "became_doubtful"
    if new["method"] == Method.DECISION.value:
        return "decision"
    return "arrival" if old is None else "correction"


def _change(
    figure: _FigureKey,
    old: _Row,
    new: _Row,
    moved: list[dict[str, Any]],
    parts: Mapping[_FigureKey, list[_FigureKey]],
) -> dict[str, Any]:
    made_of = parts.get(figure, [figure])
    return {
        "indicator": figure[0],
        "sex": figure[1],
        "old": old.get("value"),
        "new": new.get("value"),
        "old_n": old.get("n"),
        "new_n": new.get("n"),
        "old_N": old.get("N"),
        "new_N": new.get("N"),
        "because": [each for each in moved if _figure_key(each) in made_of],
    }


# ---- canonical form --------------------------------------------------------------------------------


def _plain(value: object) -> Any:
    """The value as JSON that does not depend on host, order of sets or spelling of numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(each) for each in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return _plain_leaf(value)


def _plain_leaf(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal():
            return decimal_text(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case ZoneInfo():
            return value.key
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(type(value))
