"""The figures of one submission, put together from its tables, its sentences and its files. Pure.

Where two places give the same figure they vouch for each other; where they differ neither is taken: it is
a finding, not a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from config.reports import Figure, Grade
from ledger.records import Certainty, Finding, Method, Value


def combine(*sources: Sequence[Value]) -> tuple[tuple[Value, ...], tuple[Finding, ...]]:
    """One value for each figure, in the order of first appearance, and a finding for each conflict.

    Args:
        sources: the values of each table, workbook and text of the submission, most reliable first.
    """
    candidates: dict[Figure, list[Value]] = {}
    for value in (value for source in sources for value in source):
        candidates.setdefault(Figure(value.indicator, value.sex), []).append(value)
    values: list[Value] = []
    findings: list[Finding] = []
    for found in candidates.values():
        value, finding = _settled(found)
        values.append(value)
        if finding is not None:
            findings.append(finding)
    return tuple(values), tuple(findings)


def _settled(found: list[Value]) -> tuple[Value, Finding | None]:
    told = [value for value in found if value.value is not None]
    if len(found) == 1 or not told:
        return found[0], None
    exact = [value for value in told if not value.qualifier] or told
    best = min(exact, key=_rank)
    rivals = [value for value in exact if value.value != best.value]
    if not rivals:
        return best, None
    return _conflict(best, rivals)


def _rank(value: Value) -> tuple[bool, bool]:
    """Certain before doubtful, tables before sentences."""
    return (value.certainty is not Certainty.CERTAIN, value.method is not Method.TABLE)


def _conflict(best: Value, rivals: Iterable[Value]) -> tuple[Value, Finding]:
    other = next(iter(rivals))
    finding = Finding(
        "conflict_in_submission",
        Grade.ERROR,
        best.place,
        {
            "indicator": best.indicator,
            "sex": best.sex.value,
            "first": best.place.text,
            "first_place": f"{best.place.file}, {best.place.where}",
            "second": other.place.text,
            "second_place": f"{other.place.file}, {other.place.where}",
        },
    )
    doubtful = replace(best, certainty=Certainty.DOUBTFUL, reason="conflict_in_submission")
    return doubtful, finding
