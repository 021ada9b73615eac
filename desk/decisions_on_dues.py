"""What an officer decides of what a unit owes: received otherwise, freed, given time, explained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from config.reports import Figure
from consolidate.explanations import finding_about
from consolidate.standing import moment_text, still_holding
from desk.errors import NoExplanationError, RefusedReceiptError, UnknownNameError
from desk.office import Office
from desk.recording import (
    mails_asking,
    obligation_named,
    recorded,
)
from desk.taking_back import undo_all
from ledger.records import (
    Decision,
    Finding,
)

#: The ways a report comes beside the mailbox.
CHANNELS = ("paper", "zalo", "document_system", "phone")


def receive(
    office: Office,
    unit: str,
    report: str | None,
    period: str | None,
    at: datetime,
    channel: str,
    reason: str,
    *,
    nil: bool = False,
) -> Decision:
    """Book a report that came on paper, by Zalo, by the document system or by phone; chase-ups stop.

    With `nil` the unit says that it has nothing to report: it has reported, and gives no figures.

    Raises:
        UnknownNameError: there is no such unit, report, period or channel.
        RefusedReceiptError: the moment has not come, or a nil report has no reason.
    """
    target = obligation_named(office, unit, report, period)
    choice = received(office, at, channel)
    if nil and not reason.strip():
        raise RefusedReceiptError("desk.reason_needed")
    said = choice | ({"nil": True} if nil else {})
    return recorded(office, "receive", target, said, reason, *mails_asking(office, unit))


def received(office: Office, at: datetime, channel: str) -> dict[str, Any]:
    """When and how something came beside the mailbox, as a decision keeps it.

    Raises:
        UnknownNameError: there is no such channel.
        RefusedReceiptError: the moment has not come.
    """
    if channel not in CHANNELS:
        raise UnknownNameError("desk.unknown_choice", name=channel, known=", ".join(CHANNELS))
    if at > office.clock():
        raise RefusedReceiptError("desk.moment_ahead", at=moment_text(at, office.regime.timezone))
    return {"channel": channel, "received_at": at.isoformat()}


def exempt(office: Office, unit: str, report: str | None, period: str | None, reason: str) -> Decision:
    """Free a unit from one report and period.

    Raises:
        UnknownNameError: there is no such unit, report or period.
    """
    return recorded(office, "exempt", obligation_named(office, unit, report, period), {}, reason)


def extend(
    office: Office, unit: str, report: str | None, period: str | None, due: datetime, reason: str
) -> Decision:
    """Give a unit until another moment (the first that is late).

    Raises:
        UnknownNameError: there is no such unit, report or period.
        RefusedReceiptError: the deadline is no earlier without it.
    """
    target = obligation_named(office, unit, report, period)
    known = office.period(office.regime.report(target["report"]), target["period"])
    if known is not None and known.due is not None and due <= known.due:
        stated = moment_text(known.due, office.regime.timezone)
        raise RefusedReceiptError("desk.extension_not_later", due=stated)
    return recorded(office, "extend", target, {"due": due.isoformat()}, reason)


def explain(
    office: Office,
    unit: str,
    report: str | None,
    period: str | None,
    findings: Iterable[Finding],
    figure: Figure,
    answer: str,
) -> Decision:
    """Keep why a figure differs so much from an earlier one; `findings` are those of the period.

    Raises:
        UnknownNameError: there is no such unit or period, or nothing is asked about that figure.
        NoExplanationError: nothing was answered.
    """
    target = obligation_named(office, unit, report, period)
    if not answer.strip():
        raise NoExplanationError("desk.explanation_needed")
    asked = finding_about(findings, unit, figure)
    if asked is None:
        raise UnknownNameError("desk.nothing_to_explain", name=figure.indicator)
    target |= {"indicator": figure.indicator, "sex": figure.sex.value}
    return recorded(office, "explain", target, {"value": asked.parameters["value"]}, answer.strip())


def withdraw_explanation(
    office: Office, unit: str, report: str | None, period: str | None, figure: Figure, reason: str
) -> tuple[Decision, ...]:
    """Take back all that was said of why a figure differs: it is asked about again.

    Raises:
        UnknownNameError: there is no such unit or period, or nothing was said of that figure.
    """
    target = obligation_named(office, unit, report, period)
    target |= {"indicator": figure.indicator, "sex": figure.sex.value}
    standing = still_holding(office.ledger.decisions())
    said = [each.number for each in standing if each.kind == "explain" and each.target == target]
    if not said:
        raise UnknownNameError("desk.not_explained", name=figure.indicator)
    return undo_all(office, said, reason)
