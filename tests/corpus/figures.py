"""The figures of one unit, drawn so that a careful clerk could have counted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from tests.corpus.plan import Counted

Figures = Mapping[tuple[str, str], Decimal]  #: (code, "t" | "m" | "f") to the true figure


def draw(rng: Random, asked: Sequence[Counted]) -> dict[tuple[str, str], Decimal]:
    """Figures for the asked indicators; parts never pass their whole."""
    figures: dict[tuple[str, str], Decimal] = {}
    for counted in asked:
        total = _total(rng, counted, figures)
        figures[counted.code, "t"] = total
        if counted.sexes != "t":
            female = Decimal(rng.randint(0, int(total)))
            figures[counted.code, "f"] = female
            if "m" in counted.sexes:
                figures[counted.code, "m"] = total - female
    return figures


def redraw(rng: Random, counted: Counted, figures: Figures) -> dict[tuple[str, str], Decimal]:
    """Other figures for one indicator, as a correction brings them: a little more than before."""
    total = figures[counted.code, "t"] + (_step(counted) * rng.randint(1, 3))
    changed = {(counted.code, "t"): total}
    if counted.sexes != "t":
        female = figures[counted.code, "f"] + (1 if total > 1 else 0)
        changed[counted.code, "f"] = female
        if "m" in counted.sexes:
            changed[counted.code, "m"] = total - female
    return changed


def _step(counted: Counted) -> Decimal:
    return {"đồng": Decimal(500_000), "nghìn đồng": Decimal(150)}.get(counted.unit, Decimal(1))


def _total(rng: Random, counted: Counted, figures: Figures) -> Decimal:
    if counted.nil_with and figures.get((counted.nil_with, "t")) == 0:
        return Decimal(0)
    low, high = counted.span
    if counted.money:
        return _money(rng, counted, low, high)
    whole = figures.get((counted.at_most, "t")) if counted.at_most else None
    if whole is not None:
        high = min(high, int(whole))
        low = min(low, high)
    if low == 0 and rng.random() < 0.25:
        return Decimal(0)
    return Decimal(rng.randint(low, high))


def _money(rng: Random, counted: Counted, low: int, high: int) -> Decimal:
    """Amounts as they are granted: round ones, and some with a decimal in million đồng."""
    if counted.unit == "đồng":
        return Decimal(rng.randint(low, high)) * 1_000_000 + rng.choice((0, 0, 500_000))
    if counted.unit == "nghìn đồng":
        return Decimal(rng.randint(low // 50, high // 50) * 50)
    if high > 2000 and rng.random() < 0.5:
        return Decimal(rng.randint(low // 10, high // 10) * 10)
    return Decimal(rng.randint(low, high)) + rng.choice((Decimal(0), Decimal("0.5"), Decimal("0.2")))
