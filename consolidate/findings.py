"""The findings of a period as a person reads them: gravest first, what is said alike said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.reports import Grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ledger.records import Finding

_RANK = {grade: place for place, grade in enumerate(Grade)}


def told_findings(
    findings: Iterable[Finding], sentence_of: Callable[[Finding], str]
) -> tuple[tuple[Finding, str], ...]:
    """Each finding with its sentence, gravest first.

    What is said alike of men, women and total of one row is said once.
    """
    told: dict[tuple[str | None, str, str], tuple[Finding, str]] = {}
    for finding in sorted(findings, key=lambda finding: _RANK[finding.grade]):
        sentence = sentence_of(finding)
        where = finding.place.where if finding.place else ""
        told.setdefault((finding.parameters.get("unit"), sentence, where), (finding, sentence))
    return tuple(told.values())
