"""The tables of Tổng hợp to take away, each as CSV or all of them as one workbook.

At hundreds of units a table takes seconds to write. It is written beside the pages (`write_table`) from what
was worked out, and kept with that: it goes when the figures are worked out again, and no page gives out one
that no longer holds (`written_table`).
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from config.own_wording import department_wording
from desk.errors import DOCUMENT, DeskError
from desk.exports import Cell, Sheet, book_bytes, csv_bytes
from desk.settled import NotWorkedOutError, settled, settled_findings, settled_values
from desk.views import finding_views
from ledger.records import Certainty

if TYPE_CHECKING:
    from decimal import Decimal

    from config.reports import Period, ReportDefinition
    from config.wording import Wording
    from consolidate.consolidation import UnitValue
    from desk.office import Office
    from desk.settled import Settled
    from ledger.records import Finding, IssueHead
    from ledger.store import Ledger

_QUICKLY = 1  # of zlib, as `desk.settled` has it
BOOK = "bang-tinh"  #: every table as one workbook
_log = logging.getLogger("tonghop.exports")


class TableNotWrittenError(DeskError):
    """A table to take away could not be written, by a fault of ours."""

    code = DOCUMENT


@dataclass(frozen=True, slots=True)
class WantedTable:
    """A table somebody wants to take away, in the words of a language."""

    report: str
    period: str
    table: str  #: one of `EXPORTS`, or BOOK
    language: str

    @property
    def part(self) -> str:
        """Its name among what is kept of the period."""
        return f"table/{self.table}/{self.language}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken away."""

    shown: Settled
    values: Sequence[UnitValue]
    findings: Sequence[Finding]
    issues: Sequence[IssueHead]


def written_table(ledger: Ledger, wanted: WantedTable) -> bytes | None:
    """The table as it was written; None: not yet, of the figures that are kept.

    Raises:
        TableNotWrittenError: it could not be.
    """
    kept = ledger.settled(wanted.report, wanted.period, wanted.part).get(wanted.part)
    if kept is None:
        return None
    if not kept:
        raise TableNotWrittenError("web.table_not_written")
    return zlib.decompress(kept)


def write_table(office: Office, report: ReportDefinition, period: Period, wanted: WantedTable) -> bool:
    """Write the table and keep it; False where the figures must be worked out first, or cannot be.

    Asked by the one worker: nobody else works the figures out meanwhile.
    """
    ledger = office.ledger
    with ledger.snapshot():
        try:
            shown = settled(office, report, period)
        except NotWorkedOutError:
            return False
        if shown is None or not shown.is_current:
            return False
        if wanted.part in ledger.settled(report.id, period.id, wanted.part):
            return True
        taken = _taken(ledger, shown, wanted.table)
    say = department_wording(wanted.language, office.settings.home / "templates" / "wording")
    try:
        content = zlib.compress(_written(taken, wanted.table, say), _QUICKLY)
    except Exception:  # noqa: BLE001 - whatever it is, somebody waits for an answer
        # A fault of ours would come again at every look: what is kept says that there is none.
        _log.exception("a table was not written")
        content = b""
    ledger.keep_settled_beside(report.id, period.id, wanted.part, content)
    return True


def _taken(ledger: Ledger, shown: Settled, table: str) -> Taken:
    """What the table is made of, and nothing else: the units' figures are many."""
    return Taken(
        shown,
        settled_values(ledger, shown) if table in {BOOK, "don-vi"} else (),
        settled_findings(ledger, shown)[0] if table in {BOOK, "kiem-tra"} else (),
        ledger.issue_heads(shown.report.id, shown.period.id) if table in {BOOK, "lan-lap"} else (),
    )


def _written(taken: Taken, table: str, say: Wording) -> bytes:
    return export_xlsx(taken, say) if table == BOOK else export_csv(table, taken, say)


class _Told:
    """What the tables are made of, in the words of the person."""

    def __init__(self, taken: Taken, say: Wording) -> None:
        self.taken, self.shown, self.say = taken, taken.shown, say
        self._units = {unit.id: unit.name for unit in self.shown.regime.units}
        self._labels = {each.code: each.label for each in self.shown.report.indicators}

    def unit(self, unit: str) -> str:
        return self._units.get(unit, unit)

    def units(self, units: Sequence[str]) -> str:
        return "; ".join(map(self.unit, units))

    def label(self, code: str) -> str:
        return self._labels.get(code, code)

    def sex(self, sex: str) -> str:
        return self.say(f"terms.sex_{sex}")

    def moment(self, at: datetime) -> str:
        return f"{at.astimezone(self.shown.regime.timezone):%H:%M %d/%m/%Y}"

    def sheet(self, name: str, columns: str, rows: Sequence[tuple[Cell, ...]]) -> Sheet:
        head = tuple(self.say(f"web.column_{column}") for column in columns.split())
        return Sheet(self.say(f"web.sheet_{name}"), head, tuple(rows))


def export_xlsx(taken: Taken, say: Wording) -> bytes:
    """Every table as a sheet."""
    told, period = _Told(taken, say), taken.shown.period
    title = f"{taken.shown.report.name} – {period.name}"
    sheets = [make(told) for make in EXPORTS.values()]
    return book_bytes(title, sheets, datetime.combine(period.data_to, time()))


def export_csv(table: str, taken: Taken, say: Wording) -> bytes:
    """One table, by its name among `EXPORTS`."""
    return csv_bytes(EXPORTS[table](_Told(taken, say)))


def _totals(told: _Told) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for each in told.shown.figures:
        before, now, asked = each.before, each.now, each.indicator
        rows.append((
            asked.code, asked.label, told.sex(each.sex.value), asked.unit_of_measure,
            each.stands.value, each.stands.n, each.stands.of, told.units(each.missing),
            told.units(each.doubtful), before.value if before else None, before.n if before else None,
            before.of if before else None, each.difference, now.value if now else None,
            now.n if now else None,
        ))  # fmt: skip
    columns = (
        "code label sex measure value n of missing doubtful before before_n before_of difference now now_n"
    )
    return told.sheet("totals", columns, rows)


def _values(told: _Told) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for held in told.taken.values:
        value = held.value
        counted = held.in_scope and value.certainty is Certainty.CERTAIN and value.value is not None
        rows.append((
            told.unit(held.unit), value.indicator, told.label(value.indicator), told.sex(value.sex.value),
            value.value, value.unit_of_measure, told.say("web.yes" if counted else "web.no"), value.qualifier,
            value.place.file, value.place.where, value.place.text,
            told.say(f"consolidate.method_{value.method.value}"), held.archive_id,
        ))  # fmt: skip
    columns = "unit code label sex value measure counted qualifier file where text method message"
    return told.sheet("values", columns, rows)


def _findings(told: _Told) -> Sheet:
    found = finding_views(told.taken.findings, told.say)
    rows = [
        (
            told.say(f"terms.grade_{one['grade']}"), told.unit(one["unit"] or ""), one["sentence"],
            one["file"] or "", one["place"] or "", one["text"] or "",
        )
        for one in found
    ]  # fmt: skip
    return told.sheet("findings", "grade unit finding file where text", rows)


def _since(told: _Told) -> Sheet:
    """What has moved since the last issue, unit by unit."""
    last = told.shown.last
    rows = [
        (last.number if last else None, told.unit(moved["unit"]), *_moved(told, moved))
        for moved in told.shown.moved
    ]
    return told.sheet("since", "issue unit code label sex old new why message", rows)


def _changes(told: _Told) -> Sheet:
    """What became of the totals from issue to issue, with the figures that made it so."""
    rows: list[tuple[Cell, ...]] = []
    for made in told.taken.issues:
        for change in made.changes:
            about = (change["indicator"], told.label(change["indicator"]), told.sex(change["sex"]))
            total = (_number(change["old"]), _number(change["new"]))
            rows.append((made.number, told.moment(made.created_at), *about, *total, "", None, None, "", ""))
            for one in change["because"]:
                figure = (told.unit(one["unit"]), _number(one["old"]), _number(one["new"]))
                why = (told.say(f"web.why_{one['why']}"), one["message"])
                rows.append((made.number, told.moment(made.created_at), *about, None, None, *figure, *why))
    columns = "issue at code label sex old_total new_total unit old new why message"
    return told.sheet("changes", columns, rows)


def _moved(told: _Told, moved: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        moved["indicator"], told.label(moved["indicator"]), told.sex(moved["sex"]), _number(moved["old"]),
        _number(moved["new"]), told.say(f"web.why_{moved['why']}"), moved["message"],
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    from decimal import Decimal

    return None if text is None else Decimal(text)


#: The tables by the names they have in an address.
EXPORTS: dict[str, Callable[[_Told], Sheet]] = {
    "so-lieu": _totals,
    "don-vi": _values,
    "kiem-tra": _findings,
    "thay-doi": _since,
    "lan-lap": _changes,
}
