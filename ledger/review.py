"""Which questions are still open, given what people decided. Pure.

A decision closes the question whose id it names (`target["item"]`). One that names only a message
closes the questions about the message as a whole; questions about single figures stay open unless the
message is set aside, for to accept a booking says nothing about a doubtful figure. One that names an
indicator closes the questions about that figure. "reopen" opens again what the same target closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.records import Decision, ReviewItem

_ITEM = ("item", "review_item", "item_id", "id")
_MESSAGE = ("message", "archive_id")


def open_items(items: Iterable[ReviewItem], decided: Iterable[Decision]) -> tuple[ReviewItem, ...]:
    """The items no decision has closed, in the order given."""
    aimed = _by_aim(decided)
    return tuple(item for item in items if not _closed(item, aimed))


def _by_aim(decided: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Decisions by the item id, archive id or "unit/report/period" they name, by number."""
    aimed: dict[str, list[Decision]] = {}
    for decision in sorted(decided, key=lambda one: one.number):
        for aim in _aims(decision.target):
            aimed.setdefault(aim, []).append(decision)
    return aimed


def _aims(target: dict[str, Any]) -> set[str]:
    item = _first(target, _ITEM)
    if item:
        return {item}
    aims = {_first(target, _MESSAGE), _key(target.get("unit"), target.get("report"), target.get("period"))}
    return aims - {""}


def _closed(item: ReviewItem, aimed: dict[str, list[Decision]]) -> bool:
    key = _key(item.key.unit, item.key.report, item.key.period) if item.key else ""
    found = {
        decision.number: decision
        for aim in (item.id, item.archive_id, key)
        for decision in aimed.get(aim, ())
        if _concerns(decision, item)
    }
    return bool(found) and found[max(found)].kind != "reopen"


def _concerns(decision: Decision, item: ReviewItem) -> bool:
    target = decision.target
    named = _first(target, _ITEM)
    if named:
        return named == item.id
    message = _first(target, _MESSAGE)
    if message and message != item.archive_id:
        return False
    indicator = str(target.get("indicator") or "")
    if indicator:
        return indicator == item.indicator and str(target.get("sex") or item.sex) == item.sex
    return bool(message) and (item.kind == "message" or decision.kind in {"set_aside", "reopen"})


def _first(target: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(target[name]) for name in names if target.get(name)), "")


def _key(unit: object, report: object, period: object) -> str:
    return f"{unit}/{report}/{period}" if unit and report and period else ""
