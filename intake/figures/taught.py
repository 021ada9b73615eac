"""The wordings of rows that officers confirmed: the same words again mean the same indicator. Pure.

A taught wording is no synonym that other labels are compared with: it settles exactly the rows that say
it, and only where the report's own names settle nothing. So whatever does not hold it reads as before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Self

from config.regime import TaughtWording
from config.reports import ReportDefinition
from config.spelling import plain_key
from intake.figures.label_keys import LabelKey, is_sum_row, label_key, names_ratio, sex_row
from intake.figures.label_match import Strength
from intake.figures.labels import LabelIndex
from intake.figures.typing_faults import same_but_marks

_FEWEST = 2  # words that say what is counted: "người" alone may be anybody


class Refusal(StrEnum):
    """Why a wording cannot be remembered for an indicator."""

    SAYS_TOO_LITTLE = "wording_says_too_little"
    IS_ANOTHERS = "wording_is_anothers"
    TAUGHT_OTHERWISE = "wording_taught_otherwise"


@dataclass(frozen=True)
class TaughtNames:
    """The wordings taught for the indicators of one report."""

    wordings: tuple[TaughtWording, ...] = ()
    _memory: dict[str, TaughtWording | None] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, report: ReportDefinition, wordings: Iterable[TaughtWording]) -> Self:
        """The wordings of a report's own indicators; those of one it asks no more are no one's."""
        known = {indicator.code for indicator in report.indicators}
        return cls(tuple(one for one in wordings if one.report == report.id and one.indicator in known))

    def match(self, label: str) -> TaughtWording | None:
        """The wording that the label repeats, if it is one indicator's; marks may be lost, words may not."""
        if not self.wordings or names_ratio(label):
            return None
        if label not in self._memory:
            self._memory[label] = self._match(label_key(label))
        return self._memory[label]

    def _match(self, key: LabelKey) -> TaughtWording | None:
        said = [known for known, name in self._keys if _repeats(key, name)]
        return said[0] if len({known.indicator for known in said}) == 1 else None

    @cached_property
    def _keys(self) -> tuple[tuple[TaughtWording, LabelKey], ...]:
        return tuple((known, label_key(known.wording)) for known in self.wordings)


def why_not_taught(
    wording: str, indicator: str, index: LabelIndex, taught: TaughtNames
) -> tuple[Refusal, str] | None:
    """Why a wording cannot be an indicator's from now on, and whose it is; None: nothing speaks against it.

    Args:
        wording: the row's label as it stood.
        indicator: the code it would be taught for.
        index: the report's own names.
        taught: what was taught for the report before.
    """
    key = index.own_key(wording)
    unnamed = sex_row(wording) is not None or is_sum_row(wording) or names_ratio(wording)
    if unnamed or len(key.words) < _FEWEST:
        return Refusal.SAYS_TOO_LITTLE, ""
    owners = [code for code in index.called(wording) if code != indicator]
    sure = index.match(wording)
    if sure and sure.strength is not Strength.UNCERTAIN and sure.indicator != indicator:
        owners.append(sure.indicator)
    if owners:
        return Refusal.IS_ANOTHERS, owners[0]
    others = [known for known in taught.wordings if _sound_alike(known.wording, wording)]
    rivals = [known.indicator for known in others if known.indicator != indicator]
    return (Refusal.TAUGHT_OTHERWISE, rivals[0]) if rivals else None


def _repeats(key: LabelKey, name: LabelKey) -> bool:
    pairs = ((key.text, name.text), (key.short, name.short))
    return any(same_but_marks(written.split(), named.split()) for written, named in pairs)


def _sound_alike(one: str, other: str) -> bool:
    """Whether nothing but marks and the order of words parts two wordings."""
    first, second = (sorted(map(plain_key, label_key(each).words)) for each in (one, other))
    return first == second
