"""The weights of the evidence, in one table, and what they must add up to.

A kind is strong when it alone would let a careful clerk name the unit, the report or the period; booking
needs strong evidence that agrees. Weak kinds are shown, break no tie, and never book alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.records import Evidence


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of one kind of evidence, and whether it is strong."""

    points: int
    strong: bool = False


UNIT_WEIGHTS = {
    "sender_address": Weight(60, strong=True),  # registered, valid that day, not failing authentication
    "letterhead": Weight(50, strong=True),
    "self_naming": Weight(30, strong=True),  # "UBND xã X báo cáo ...", "Trên đây là báo cáo ... của ..."
    "annex_reference": Weight(30, strong=True),  # "(Kèm theo Báo cáo số ... của UBND xã X)"
    "sheet_title": Weight(45, strong=True),
    "shared_address": Weight(20),  # an address that speaks for several units
    "place_line": Weight(15),
    "signature": Weight(20),  # "TM. UBND XÃ X"; against letterhead or sender it holds
    "document_number": Weight(10),  # "45/BC-PNV", for an abbreviation the roster knows
    "named_in_title": Weight(20),  # "… trên địa bàn xã X", a sheet called "Xã X"; against the sender it holds
    "subject": Weight(20),
    "file_name": Weight(20),
    "body": Weight(15),
    "forwarded_sender": Weight(15),
    "mail_signature": Weight(15),  # below the mail's own text; against the sender it holds a silent file
    "answer": Weight(15),  # the unit's own address answers a signed mail of ours to that unit
    "display_name": Weight(5),
}
REPORT_WEIGHTS = {
    "title": Weight(60, strong=True),  # trích yếu
    "form": Weight(50, strong=True),  # the rows of the annex are those the report asks for
    "sheet_title": Weight(45, strong=True),
    "subject": Weight(25),
    "file_name": Weight(20),
    "body": Weight(20),
    "answer": Weight(20),  # that mail of ours spoke of it; alone it only proposes
    "owed": Weight(5),  # nothing names a report, and the sender owes this one: never more than a proposal
}
PERIOD_WEIGHTS = {
    "title": Weight(50, strong=True),
    "sheet_title": Weight(45, strong=True),
    "opening": Weight(25, strong=True),
    "subject": Weight(20),
    "file_name": Weight(15),
    "body": Weight(15),
    "closing": Weight(20),  # "Trên đây là báo cáo … quý I"; against what else is said it holds
    "cut_off": Weight(20),  # "số liệu tính đến ngày 31/5/2023"; against the wording it holds, see cut_offs.py
    "date": Weight(10),  # of the place-and-date line; a day too early for the period holds it
    "answer": Weight(25),  # that mail of ours spoke of it; more than the calendar, less than any word
    "calendar": Weight(20),  # the one period that is being collected when the mail arrives
}
_TABLES = {"unit": UNIT_WEIGHTS, "report": REPORT_WEIGHTS, "period": PERIOD_WEIGHTS}


def evidence(about: str, points_to: str, kind: str, text: str, place: str = "") -> Evidence:
    """One piece of evidence with its weight from the table."""
    return Evidence(about, points_to, kind, _TABLES[about][kind].points, text[:200], place)


def is_strong(item: Evidence) -> bool:
    """Whether the evidence is of a strong kind."""
    return _TABLES[item.about][item.kind].strong


def strongly_named(items: tuple[Evidence, ...] | list[Evidence], about: str) -> tuple[str, ...]:
    """What strong evidence points to, heaviest first."""
    sums: dict[str, int] = {}
    for item in items:
        if item.about == about and is_strong(item):
            sums[item.points_to] = sums.get(item.points_to, 0) + item.weight
    return tuple(sorted(sums, key=lambda points_to: (-sums[points_to], points_to)))


def best_guess(items: tuple[Evidence, ...] | list[Evidence], about: str) -> str:
    """What all evidence together points to most, for a proposal; "" without evidence or on a tie."""
    sums: dict[str, int] = {}
    for item in items:
        if item.about == about:
            sums[item.points_to] = sums.get(item.points_to, 0) + item.weight
    ranked = sorted(sums.items(), key=lambda entry: -entry[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]
