"""The whole job on sample mail shipped with the program: no account, no server, nothing to set up.

The round is that of a past half year, so the clock stands still at a moment after its deadline; running
the demo again changes nothing.
"""

from __future__ import annotations

import csv
import shutil
import sys
from dataclasses import replace
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

from config.loader import load_regime
from config.units import Address
from config.units_sheet import write_units
from desk.home import make_home
from desk.mailing.chasing import chase
from desk.office import Office, open_office
from desk.tables import Printer
from desk.views import issue_view, message_view, review_view, status_view
from desk.work import consolidation_of, fetch, issue, take_in

REGIME = "son-duong"
REPORT_PERIOD = "2024-H1"
NOW = datetime(2024, 6, 20, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ACCOUNT = "demo"
NAME = "tonghop"  #: of the program


def run_demo(home: Path, printer: Printer) -> None:
    """Make the demo's home, take the mail in, write the documents, and show what happened."""
    make_home(home, REGIME)
    with as_file(files("templates") / "demo") as mail:
        _with_addresses(home / "regime", mail / "addresses.csv")
        with open_office(home, printer.language, lambda: NOW) as office:
            _take_in(office, mail, printer)
            _show(office, printer)


def _with_addresses(regime: Path, addresses: Path) -> None:
    """Give the units the invented addresses of the sample mail; the shipped regime has none."""
    found: dict[str, list[Address]] = {}
    with addresses.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["unit"], []).append(Address(row["address"], row["role"]))
    loaded = load_regime(regime)
    units = tuple(replace(unit, addresses=tuple(found.get(unit.id, ()))) for unit in loaded.units)
    if units != loaded.units:
        write_units(units, regime / "units.csv", loaded.unit_kinds)


def _take_in(office: Office, mail: Path, printer: Printer) -> None:
    from intake.mailbox.local import open_local

    mailbox = open_local(mail, mail / "manifest.json", account=ACCOUNT, zone=office.regime.timezone)
    fetched = fetch(office, mailbox, ACCOUNT)
    ended = [outcome.state.value for outcome in take_in(office)]
    counts = {state: ended.count(state) for state in ("booked", "review", "set_aside", "failed")}
    printer.line("cli.taken_in", new=len(fetched.new), **counts)


def _show(office: Office, printer: Printer) -> None:
    zone = office.regime.timezone
    outcomes = office.ledger.messages()
    printer.messages([message_view(m, zone, office.wording) for m in outcomes], office.regime)
    for report in office.regime.reports:
        period = office.period(report, REPORT_PERIOD)
        if period is None:
            continue
        printer.status(status_view(consolidation_of(office, report, period, NOW), office.wording))
        printer.issue(issue_view(issue(office, report, period, NOW), office))
    by_id = {outcome.archive_id: outcome for outcome in outcomes}
    questions = office.ledger.review_items()
    printer.heading("cli.demo_review", count=len(questions))
    printer.review(
        [review_view(q, by_id.get(q.archive_id), zone, office.wording) for q in questions], office.regime
    )
    chased = chase(office, queue=True, send=False)
    printer.heading("cli.demo_outbox")
    printer.outbox(chased.view()["mails"], office.regime)
    printer.line("cli.demo_where", home=str(office.settings.home), program=_program())


def _program() -> str:
    """How this program is called: by its name where the shell finds it, else by its path."""
    called = Path(sys.argv[0])
    return str(called) if called.name == NAME and shutil.which(NAME) is None else NAME
