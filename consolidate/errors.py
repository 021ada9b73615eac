"""What the program, not the data, may get wrong while consolidating.

ConsolidateError
├── UnknownObligationUnitError    an obligation names a unit the regime does not have
├── UnreadableDecisionError       a recorded decision does not say what it must
├── FigureGivenTwiceError         one unit reaches the totals with one figure twice
├── DocumentTemplateError         a text template, usually a department's own, cannot be used
└── ContentTooOldError            an earlier issue was written in a shape no longer read
"""

from __future__ import annotations


class ConsolidateError(Exception):
    """The base of all faults of consolidating."""


class UnknownObligationUnitError(ConsolidateError):
    """An obligation names a unit the regime does not have: ledger and configuration have parted."""

    def __init__(self, unit: str) -> None:
        super().__init__(f"an obligation names the unit {unit!r}, which the regime does not have")


class UnreadableDecisionError(ConsolidateError):
    """A recorded decision lacks something or says it in a way that cannot be read."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"decision {number} cannot be applied: {what}")


class FigureGivenTwiceError(ConsolidateError):
    """One unit reached the totals with one figure twice; summing would count it double."""

    def __init__(self, unit: str, figure: str) -> None:
        super().__init__(f"unit {unit!r} reaches the totals with {figure} twice")


class DocumentTemplateError(ConsolidateError):
    """A text template is missing, broken or asks for a fact there is none of; `key` is its sentence."""

    key = "consolidate.template_broken"

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"the document template {name!r} cannot be used: {detail}")
        self.places = {"name": name, "detail": detail}


class ContentTooOldError(ConsolidateError):
    """The content of an earlier issue has another shape than the one this program compares."""

    def __init__(self, shape: object) -> None:
        super().__init__(f"the earlier issue is written in shape {shape!r}, which cannot be compared")
