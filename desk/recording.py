"""How a decision is recorded and applied: what it aims at, and which mail is judged again in its light."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from config.days import read_day
from config.reports import Period, ReportDefinition
from desk.errors import UnknownNameError
from desk.office import Office
from desk.work import chosen_periods, take_in
from intake.figures.numerals import read_number
from intake.figures.taught import TaughtNames
from intake.pipeline import asking
from ledger.records import (
    Decision,
    ObligationKey,
    ReviewItem,
)
from ledger.taught import effective_regime, taught_wordings

_DIGITS = re.compile(r"-?[0-9][0-9., \u00a0]*")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]+")


def recorded(
    office: Office,
    kind: str,
    target: dict[str, Any],
    choice: dict[str, Any],
    reason: str,
    *archive_ids: str,
) -> Decision:
    """Record a decision, and judge the named messages again in its light."""
    decision = office.ledger.decide(decision_of(office, kind, target, choice, reason))
    judge_again(office, archive_ids, decision)
    return decision


def mails_asking(office: Office, unit: str) -> tuple[str, ...]:
    """The mails of a unit whose question is answered by its report, however that comes."""
    known = effective_regime(office.regime, office.ledger.decisions()).unit(unit).addresses
    return asking(office.ledger, [each.address for each in known])


def decision_of(
    office: Office, kind: str, target: dict[str, Any], choice: dict[str, Any], reason: str
) -> Decision:
    """What is decided, by who works at the desk now."""
    who = office.settings.officer or "cán bộ"
    return Decision(0, office.clock(), who, kind, target, choice, reason)


def judge_again(office: Office, archive_ids: Sequence[str], *decided: Decision) -> None:
    """Judge the messages that decisions are about once more, in their light."""
    if archive_ids:
        numbers = " to ".join(str(number) for number in sorted({decided[0].number, decided[-1].number}))
        office.ledger.read_again(list(dict.fromkeys(archive_ids)), f"decision {numbers}")
    if office.later is not None:
        office.later()
        return
    for _outcome in take_in(office):
        pass


def aimed(office: Office, item: str) -> tuple[ReviewItem | None, dict[str, str]]:
    """The question of that id and what a decision on it aims at.

    A message named itself stands for its one question. A question that was decided is asked no more; the
    decision still knows its message.
    """
    for known in office.ledger.review_items(open_only=False):
        if known.id == item:
            return known, {"message": known.archive_id, "item": item}
    for decision in office.ledger.decisions():
        if decision.target.get("item") == item and decision.target.get("message"):
            return None, {"message": str(decision.target["message"]), "item": item}
    outcome = office.ledger.message(item)
    if outcome is None:
        raise UnknownNameError("desk.unknown_item", name=item)
    questions = [known for known in outcome.review if known.kind == "message"]
    if len(questions) != 1:
        return None, {"message": outcome.archive_id}
    return questions[0], {"message": outcome.archive_id, "item": questions[0].id}


def messages_holding(office: Office, decision: Decision) -> list[str]:
    """The messages whose tables hold a taught wording; where rows are left unnamed they may.

    A row the wording settles left a finding with its label, before and after.
    """
    report = str(decision.target["report"])
    said = TaughtNames(taught_wordings([decision]))
    holding = {
        archive_id: None
        for archive_id, finding in office.ledger.findings_in(report)
        if finding.code == "rows_not_read" or said.match(finding.parameters.get("label", ""))
    }
    return list(holding)


def figure_target(found: ReviewItem, key: ObligationKey) -> dict[str, str]:
    """What a decision on a figure aims at."""
    return {
        "item": found.id,
        "message": found.archive_id,
        "unit": key.unit,
        "report": key.report,
        "period": key.period,
        "indicator": found.indicator,
        "sex": found.sex,
    }


def require_unit(office: Office, unit: str) -> None:
    """Refuse an id that no unit has.

    Raises:
        UnknownNameError: there is no such unit.
    """
    if unit not in {known.id for known in office.regime.units}:
        raise UnknownNameError("desk.unknown_unit", name=unit)


def obligation_named(office: Office, unit: str, report: str | None, period: str | None) -> dict[str, str]:
    """The obligation a person names, as a decision aims at it.

    Raises:
        UnknownNameError: there is no such unit, report or period, or several are meant.
    """
    require_unit(office, unit)
    found: list[tuple[ReportDefinition, Period]] = chosen_periods(office, report, period, office.clock())
    if len(found) != 1:
        raise UnknownNameError("desk.name_the_period")
    definition, known = found[0]
    return {"unit": unit, "report": definition.id, "period": known.id}


def address_of(text: str) -> str:
    """An address as decisions keep it.

    Raises:
        UnknownNameError: it is none.
    """
    # A decision is for ever: what is no address must not get into the journal.
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise UnknownNameError("desk.unknown_choice", name=text, known="ten@co-quan.vn")
    return address


def day_of(text: str) -> str:
    """A day as decisions keep it.

    Raises:
        UnknownNameError: it is none.
    """
    day = read_day(text)
    if day is None:
        raise UnknownNameError("desk.bad_moment", text=text)
    return day.isoformat()


def read_figure(text: str) -> Decimal:
    """A figure as an officer types it, in digits: "1234", "1.234", "12,5".

    Raises:
        UnknownNameError: it is no number, says more than a number ("3-4", "ba"), or may be two ("1,234").
    """
    read = read_number(text)
    if read.value is None or read.ambiguous or not _DIGITS.fullmatch(text.strip()):
        raise UnknownNameError("desk.no_number", name=text)
    return read.value
