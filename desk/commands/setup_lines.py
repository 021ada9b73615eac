"""What taking over a workbook would do, line by line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from desk.commands.options import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.reports_import import RowChange
    from config.setup_import import TakenSetup

_NAMES = 10  #: units that are named; the rest are counted


def setup_lines(taken: TakenSetup) -> Iterator[str]:
    """Rows that are new, changed or taken away; deadlines, what stays, what is to be confirmed."""
    for change in taken.changes:
        yield _row(change)
    if taken.changes:
        kinds = Counter(_kind(change) for change in taken.changes)
        yield say("cli.sheet_counts", new=kinds["new"], changed=kinds["changed"], gone=kinds["gone"])
    if taken.kept_units:
        names = ", ".join(taken.kept_units[:_NAMES]) + ("…" if len(taken.kept_units) > _NAMES else "")
        yield say("cli.sheet_kept_units", n=len(taken.kept_units), names=names)
    if taken.kept:
        yield say("cli.sheet_kept_reports", names="; ".join(taken.kept))
    yield from deadline_lines(taken)


def deadline_lines(taken: TakenSetup) -> Iterator[str]:
    """The days that new deadlines make, and what they may be meant otherwise in."""
    if taken.calendar:
        yield say("cli.sheet_calendar")
        yield from (f"  {each.sentence(say)}" for each in taken.calendar)
    if taken.questions:
        yield say("cli.sheet_questions")
        yield from (f"  ? {each.sentence(say)}" for each in taken.questions)


def _kind(change: RowChange) -> str:
    return "gone" if change.is_gone else "new" if change.is_new else "changed"


def _row(change: RowChange) -> str:
    row = f"{change.report}, {change.row}" if change.report else change.row
    key = "cli.sheet_cell_new" if change.is_new else "cli.sheet_cell_changed"
    cells = "; ".join(
        say(key, column=column, before=before or "–", after=after or "–")
        for column, before, after in change.cells
    )
    return say(f"cli.sheet_row_{_kind(change)}", sheet=change.sheet, row=row, cells=cells)
