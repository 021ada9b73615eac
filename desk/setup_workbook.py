"""Setting up an office from one Excel workbook: the office, its units and its reports, out and in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import InvalidRegimeError, Problem
from config.setup_import import TakenSetup, taken_setup
from desk.settings_changes import change_several, regime_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desk.office import Office


def looked_at(office: Office, path: Path) -> TakenSetup:
    """What taking over the workbook would do; what has mail of its own cannot be taken away.

    Raises:
        InvalidRegimeError: the regime has faults that no workbook mends.
    """
    today = office.clock().astimezone(office.regime.timezone).date()
    taken = taken_setup(office.settings.regime, path, today)
    in_use = tuple(_in_use(office, taken, path.name))
    return TakenSetup({}, kept=taken.kept, problems=in_use) if in_use else taken


def take_setup(office: Office, taken: TakenSetup, summary: str) -> None:
    """Save what a workbook says, all of it or nothing.

    Raises:
        InvalidRegimeError: with every fault by sheet and row; nothing was changed.
    """
    if taken.problems:
        raise InvalidRegimeError(taken.problems)
    files = {regime_file(name): content for name, content in taken.files.items()}
    if files:
        change_several(office, files, summary=summary)


def _in_use(office: Office, taken: TakenSetup, file: str) -> Iterator[Problem]:
    """Units and reports that mail, decisions or documents speak of: they end, but never vanish."""
    names = {unit.id: unit.name for unit in office.regime.units}
    for unit_id in taken.gone_units:
        if _speaks_of_unit(office, unit_id):
            yield Problem("unit_in_use", file, parameters={"name": names[unit_id]})
    reports = {report.id: report.name for report in office.regime.reports}
    for report_id in taken.gone_reports:
        if _speaks_of_report(office, report_id):
            yield Problem("report_in_use", file, parameters={"name": reports.get(report_id, report_id)})


def _speaks_of_unit(office: Office, unit: str) -> bool:
    ledger = office.ledger
    return bool(ledger.correspondence(unit, ()) or ledger.outbox_to(unit)) or _is_decided(office, unit)


def _speaks_of_report(office: Office, report: str) -> bool:
    ledger = office.ledger
    keys = [item.key for item in ledger.review_items(open_only=False) if item.key]
    keys += [key for mail in ledger.outbox() for key in mail.keys]
    asked = any(key.report == report for key in keys)
    return bool(asked or ledger.last_issues(report) or ledger.submissions(report)) or _is_decided(
        office, report
    )


def _is_decided(office: Office, named: str) -> bool:
    decisions = office.ledger.decisions()
    return any(named in each.values() for made in decisions for each in (made.target, made.choice))
