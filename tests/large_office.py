"""An office of any size straight into the ledger: what pages are measured on.

Every unit sent every period's report with all its figures; one in ten was late, one in twenty waits for
a person, one in twenty sent nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from config.reports import Period, Sex
from config.units import Address, Unit
from desk.office import Office as OpenOffice
from intake.mail.messages import Sighting
from ledger.obligations import obligations_of
from ledger.records import (
    Evidence,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    Place,
    ReviewItem,
    Role,
    SubmissionIntent,
    Value,
)
from tests.offices import REPORT, Office, at, make_office

INDICATORS = 40
YEARS = range(2019, 2024)

REPORT_FILE = """\
id: bdg
name: Báo cáo kết quả công tác bình đẳng giới
short_name: BĐG
topics: [bình đẳng giới]
owed_by_kinds: [commune, department]
outline: [{id: I, title: Kết quả thực hiện}]
indicators:
""" + "".join(
    f"  - {{code: C{n}, label: Chỉ tiêu số {n}, unit_of_measure: người}}\n" for n in range(1, INDICATORS + 1)
)
PERIODS = """\
periods:
  - {kind: half_year, number: 1, due: trước ngày 05/6}
  - {kind: year, due: trước ngày 05/12}
"""


def large_office(folder: Path, units: int, periods: int = 10) -> Office:
    """An office of so many units and collected periods; the last one is of now."""
    roster = [
        Unit(f"xa-{n}", f"UBND xã Số {n}", "commune", addresses=(Address(f"xa{n}@don-vi.example"),))
        for n in range(units)
    ]
    office = make_office(folder, roster, report=REPORT_FILE + PERIODS)
    office = replace(office, now=f"{YEARS[-1]}-12-07T09:00:00+07:00")
    with office.opened() as opened:
        report = opened.regime.report(REPORT)
        known = [opened.period(report, f"{year}-{half}") for year in YEARS for half in ("H1", "Y")]
        for place, period in enumerate(known[-periods:]):
            assert period is not None
            opened.ledger.settle_obligations(obligations_of(opened.regime, report, period))
            _fill(opened, roster, period, place)
    return office


def _fill(office: OpenOffice, roster: list[Unit], period: Period, place: int) -> None:
    due = period.due or at("2023-06-05T00:00")
    outcomes, seen = [], []
    for number, unit in enumerate(roster):
        luck = (number * 7 + place * 3) % 20
        if luck == 0:
            continue
        arrival = due + (
            timedelta(hours=8 + number % 40) if luck in {1, 2} else -timedelta(hours=number % 300)
        )
        outcome = _outcome(unit, period, arrival, waits=luck == 3)
        outcomes.append(outcome)
        sighting = Sighting("ban", "INBOX", 1, place * len(roster) + number + 1)
        seen.append((sighting, outcome.archive_id, arrival, 1000))
    office.ledger.record_batch(seen, None)
    office.ledger.record(outcomes)


def _outcome(unit: Unit, period: Period, arrival: datetime, *, waits: bool) -> MessageOutcome:
    archive_id = hashlib.sha256(f"{unit.id} {period.id}".encode()).hexdigest()
    key = ObligationKey(unit.id, REPORT, period.id)
    values = tuple(
        Value(f"C{n}", Sex.TOTAL, Decimal(n), "người", Place("bao cao.docx", f"bảng 2, hàng {n}", str(n)))
        for n in range(1, INDICATORS + 1)
    )
    question = ReviewItem(
        f"{archive_id}:sender_unregistered",
        "message",
        archive_id,
        "sender_unregistered",
        proposal={"unit": key.unit, "report": key.report, "period": key.period},
        key=key,
    )
    return MessageOutcome(
        archive_id=archive_id,
        message_id=f"<{archive_id[:16]}@don-vi.example>",
        from_address=unit.addresses[0].address,
        from_name=unit.name,
        subject=f"Báo cáo {period.name}",
        arrival=arrival,
        date_claimed=None,
        size=1000,
        message_class=MessageClass.REPORT,
        state=MessageState.REVIEW if waits else MessageState.BOOKED,
        reasons=("sender_unregistered",) if waits else ("booked",),
        verdict={},
        evidence=tuple(Evidence("unit", unit.id, "letterhead", 5, unit.name) for _ in range(6)),
        submissions=(SubmissionIntent(key, Role.FIRST, accepted=not waits, values=values),),
        review=(question,) if waits else (),
    )
