"""What a label was found to mean, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from config.reports import Sex


class Strength(StrEnum):
    """How closely a label fits, best first."""

    NONE = "none"
    EXACT = "exact"
    SYNONYM = "synonym"
    REORDERED = "reordered"
    TYPO = "typo"
    SHORTENED = "shortened"
    TAUGHT = "taught"  #: these very words were confirmed by an officer
    PLACED = "placed"  #: reworded, and settled by its place among the rows of a whole form
    UNCERTAIN = "uncertain"  #: cut short in a way that may change what is counted: a proposal to a person


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """The indicator a label means. `indicator` is empty when nothing, or more than one, fits."""

    indicator: str = ""
    sex: Sex | None = None  #: a sex named by the label itself: "Nữ đại biểu HĐND"
    strength: Strength = Strength.NONE
    ambiguous: tuple[str, ...] = ()  #: codes that fit equally well

    def __bool__(self) -> bool:
        return bool(self.indicator)


NO_MATCH = LabelMatch()
