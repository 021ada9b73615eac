"""Two versions of a submission figure by figure: what a later one changed, added and left out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.reports import Figure
from ledger.records import Value


class Change(StrEnum):
    """What became of a figure from one version to the next."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    KEPT = "kept"  #: a supplement does not name it, so the earlier figure stands


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in two versions; the side that does not give it is None."""

    figure: Figure
    change: Change
    before: Value | None
    after: Value | None


def differences(
    before: Sequence[Value], after: Sequence[Value], *, supplement: bool = False
) -> tuple[Difference, ...]:
    """The figures of two versions side by side, in the order of the later one, then what it left out.

    Args:
        before: the values of the earlier version.
        after: those of the later.
        supplement: the later one changes only what it names; what it leaves out is kept and not removed.

    A figure is changed when its number or its qualifier ("trên", "ước") is another. How it is written, where
    it stands and how it was read make no difference: "02" and "2" are the same. Blank is not zero.
    """
    old, new = _by_figure(before), _by_figure(after)
    gone = Change.KEPT if supplement else Change.REMOVED
    found = [
        Difference(figure, _change(old.get(figure), value), old.get(figure), value)
        for figure, value in new.items()
    ]
    return (*found, *(Difference(f, gone, value, None) for f, value in old.items() if f not in new))


def _by_figure(values: Sequence[Value]) -> dict[Figure, Value]:
    """Each figure once; where a version gives it twice, as it gives it first."""
    found: dict[Figure, Value] = {}
    for value in values:
        found.setdefault(Figure(value.indicator, value.sex), value)
    return found


def _change(before: Value | None, after: Value) -> Change:
    if before is None:
        return Change.ADDED
    is_same = (before.value, before.qualifier) == (after.value, after.qualifier)
    return Change.SAME if is_same else Change.CHANGED
