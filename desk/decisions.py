"""What an officer decides of a message and its figures, recorded with who, when and why, then applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.reports import ReportDefinition
from desk.errors import RefusedWordingError, UnknownNameError
from desk.mailing.replies import return_mail
from desk.office import Office
from desk.recording import (
    address_of,
    aimed,
    day_of,
    decision_of,
    figure_target,
    judge_again,
    mails_asking,
    messages_holding,
    obligation_named,
    read_figure,
    recorded,
    require_unit,
)
from desk.work import chosen_periods
from intake.figures.report_names import label_index
from intake.figures.taught import TaughtNames, why_not_taught
from ledger.records import (
    Decision,
    MessageClass,
    Method,
    ObligationKey,
    OutgoingMessage,
    ReviewItem,
    Role,
)
from ledger.taught import taught_wordings

#: The question whose answer books that a unit has nothing to report, as its mail says in a line.
NIL_REPORT = "nil_report"
#: The question whose answer may be remembered: whether a row's wording is an indicator's.
WORDING_QUESTION = "label_uncertain"


def accept(
    office: Office,
    item: str,
    *,
    unit: str | None,
    report: str | None,
    period: str | None,
    role: str | None,
    reason: str,
    learn: bool = True,
    remember: bool = False,
) -> Decision:
    """Let a message count: as proposed, or for the unit, report and period that are named.

    When the address was unknown it is remembered for the unit from that day on, unless `learn` is off.
    A figure counts as it was read; with `remember` the wording of its row is the indicator's from now on.

    Raises:
        UnknownNameError: there is no such question, message, unit, report, period or role, the
            proposal leaves something open that is not named, or the question is not about a wording.
        RefusedWordingError: the wording cannot be one indicator's.
    """
    found, target = aimed(office, item)
    if remember:
        return teach(office, item, reason)
    if found is not None and found.kind == "value":
        return _accept_figure(office, found, reason, named=bool(unit or report or period or role))
    proposal = dict(found.proposal) if found else {}
    named = {"unit": unit, "report": report, "period": period}
    choice: dict[str, Any] = {name: value or proposal.get(name) or "" for name, value in named.items()}
    if found is not None or unit:
        _require_complete(office, choice)
    if role:
        choice["role"] = _role(role)
    if found is not None and found.question == NIL_REPORT and not role:
        return _accept_nil(office, target, choice, reason)
    explicit = any(named.values())
    kind = "assign" if explicit else "accept"
    said = choice if explicit or role else _filled(choice)
    decision = recorded(office, kind, target, said, reason, target["message"])
    if learn and found is not None and found.question == "sender_unregistered":
        _learn(office, decision, str(choice["unit"]))
    return decision


def accept_all(office: Office, found: Sequence[ReviewItem], reason: str) -> tuple[Decision, ...]:
    """Let several messages count as proposed, whose address was all that was unknown; it is remembered.

    As `accept` for each, in two writes for all: what was accepted, then the addresses.

    Raises:
        UnknownNameError: the proposal of one leaves something open; nothing is recorded.
    """
    choices = [_proposed(item) for item in found]
    for choice in {tuple(choice.items()): choice for choice in choices}.values():
        _require_complete(office, choice)
    targets = [{"message": item.archive_id, "item": item.id} for item in found]
    made = [decision_of(office, "accept", *said, reason) for said in zip(targets, choices, strict=True)]
    accepted = office.ledger.decide_all(made)
    links = _links(office, accepted)
    office.ledger.decide_all(links)
    written = office.ledger.sent_from(*{link.target["address"] for link in links})
    judge_again(office, [*(item.archive_id for item in found), *written], *accepted)
    return accepted


def _proposed(item: ReviewItem) -> dict[str, Any]:
    return {name: item.proposal.get(name) or "" for name in ("unit", "report", "period")}


def _links(office: Office, accepted: Sequence[Decision]) -> list[Decision]:
    """What remembers the address of each message that was accepted, from the day it wrote on."""
    heads = office.ledger.message_heads({decision.target["message"] for decision in accepted})
    made = []
    for decision in accepted:
        head = heads[decision.target["message"]]
        if head.from_address:
            choice = _learned(office, decision, decision.choice["unit"], head.arrival)
            target = {"address": head.from_address}
            made.append(decision_of(office, "link_address", target, choice, decision.reason))
    return made


def _learned(office: Office, accepted: Decision, unit: str, arrival: datetime) -> dict[str, Any]:
    day = arrival.astimezone(office.regime.timezone).date()
    return {"unit": unit, "from": day.isoformat(), "learned_by": accepted.number}


def _accept_nil(office: Office, target: dict[str, str], owed: dict[str, Any], reason: str) -> Decision:
    """Book a nil report at the arrival of its mail; the mail itself hands no figure in and is put aside."""
    outcome = office.ledger.message(target["message"])
    assert outcome is not None, target
    obligation = obligation_named(office, owed["unit"], owed["report"], owed["period"])
    why = reason or office.document_wording("desk.nil_by_mail", subject=outcome.subject)
    aside = {"class": MessageClass.REPORT.value}
    decision = recorded(office, "set_aside", target, aside, why, target["message"])
    moment = outcome.arrival.isoformat()
    said = {"channel": "email", "received_at": moment, "nil": True, "learned_by": decision.number}
    recorded(office, "receive", obligation, said, why, *mails_asking(office, obligation["unit"]))
    return decision


def _learn(office: Office, accepted: Decision, unit: str) -> None:
    """Remember the address of a mail that was accepted for a unit, from the day it wrote on."""
    outcome = office.ledger.message(accepted.target["message"])
    if outcome is not None and outcome.from_address:
        choice = _learned(office, accepted, unit, outcome.arrival)
        _link(office, outcome.from_address, choice, accepted.reason)


def _accept_figure(office: Office, found: ReviewItem, reason: str, *, named: bool) -> Decision:
    """Let a doubtful figure count as it was read."""
    figure = found.proposal.get("value")
    if named or figure is None:
        raise UnknownNameError("desk.value_question", name=found.id)
    # As it was read, not read again: "12.345" would be another number to one who types.
    target = figure_target(found, _key_of(found))
    return recorded(office, "value", target, {"value": str(figure)}, reason)


def teach(office: Office, item: str, reason: str) -> Decision:
    """Remember that the wording a question is about is the indicator's, in this report from now on.

    Every mail whose tables hold the wording is judged again, of whatever period.

    Raises:
        UnknownNameError: there is no such question about the wording of a row.
        RefusedWordingError: the wording cannot be one indicator's.
    """
    found, _target = aimed(office, item)
    if found is None or found.key is None or found.question != WORDING_QUESTION:
        raise UnknownNameError("desk.no_wording_question", name=item)
    report, wording = office.regime.report(found.key.report), found.parameters["label"]
    _require_teachable(office, report, found, wording)
    target = {"report": report.id, "wording": wording}
    choice = {"indicator": found.indicator, "item": found.id}
    decision = recorded(office, "teach", target, choice, reason)
    judge_again(office, messages_holding(office, decision), decision)
    return decision


def _require_teachable(office: Office, report: ReportDefinition, found: ReviewItem, wording: str) -> None:
    if _is_recognised(office, found):
        raise RefusedWordingError("desk.wording_from_picture", wording=wording)
    taught = TaughtNames.of(report, taught_wordings(office.ledger.decisions()))
    refusal = why_not_taught(wording, found.indicator, label_index(report), taught)
    if refusal is not None:
        why, code = refusal
        owner = report.indicator(code).label if code else ""
        raise RefusedWordingError(f"desk.{why}", wording=wording, indicator_label=owner)


def _is_recognised(office: Office, found: ReviewItem) -> bool:
    """Whether the figure was read from a picture, whose words may be misread."""
    outcome = office.ledger.message(found.archive_id)
    return any(
        value.method is Method.OCR
        for intent in (outcome.submissions if outcome else ())
        for value in intent.values
        if (intent.key, value.indicator, value.sex.value) == (found.key, found.indicator, found.sex)
    )


def set_aside(office: Office, item: str, kind: str, reason: str) -> Decision:
    """Say that a message is no report, and what it is.

    Raises:
        UnknownNameError: there is no such message or class, or the question is about a figure.
    """
    found, target = aimed(office, item)
    if kind not in set(MessageClass):
        raise UnknownNameError("desk.unknown_choice", name=kind, known=", ".join(MessageClass))
    if found is not None and found.kind == "value":
        raise UnknownNameError("desk.value_question", name=item)
    return recorded(office, "set_aside", target, {"class": kind}, reason, target["message"])


def return_to_unit(office: Office, message: str, why: str, item: str = "") -> OutgoingMessage:
    """Ask a unit by mail to complete or correct what it sent; the mail, queued. No question is closed by it.

    Taking the decision back cancels the mail while it waits.

    Raises:
        UnknownNameError: there is no such message, or its sender is no unit's address.
    """
    mail = return_mail(office, message, why)
    # By its Message-ID, which is the same in a rebuilt ledger. The message itself is no target: a
    # reopening of that would take back what was decided about it.
    about = {"message": mail.about, "item": item, "unit": mail.unit}
    recorded(office, "return", {"mail": mail.message_id}, _filled(about), "")
    return mail


def set_value(office: Office, item: str, figure: str, reason: str) -> Decision:
    """Enter the figure that a question is about; zero only when it is typed as a number.

    Raises:
        UnknownNameError: there is no such question about a figure, or the figure is no number.
    """
    found, _target = aimed(office, item)
    if found is None:
        raise UnknownNameError("desk.no_value_question", name=item)
    target, number = figure_target(found, _key_of(found)), read_figure(figure)
    return recorded(office, "value", target, {"value": str(number)}, reason)


def set_values(office: Office, figures: Mapping[str, Decimal], reason: str) -> tuple[Decision, ...]:
    """Enter the figures of several open questions, by their ids; all or none.

    Raises:
        UnknownNameError: one of them is no open question about a figure.
    """
    asked = {item.id: item for item in office.ledger.review_items()}
    for item in figures:
        if item not in asked:
            raise UnknownNameError("desk.no_value_question", name=item)
    entered = [(asked[item], number) for item, number in figures.items()]
    targets = [(figure_target(found, _key_of(found)), number) for found, number in entered]
    made = [decision_of(office, "value", target, {"value": str(n)}, reason) for target, n in targets]
    decided = office.ledger.decide_all(made)
    judge_again(office, [], *decided)
    return decided


def _key_of(found: ReviewItem) -> ObligationKey:
    """The obligation a question about a figure belongs to.

    Raises:
        UnknownNameError: it is about no figure.
    """
    if found.kind != "value" or found.key is None:
        raise UnknownNameError("desk.no_value_question", name=found.id)
    return found.key


def link(office: Office, address: str, unit: str, since: str | None, reason: str) -> Decision:
    """Remember that an address speaks for a unit; its mails are judged again, with their own arrival.

    Raises:
        UnknownNameError: there is no such unit, or the address or the day is none.
    """
    require_unit(office, unit)
    choice = {"unit": unit} | ({"from": day_of(since)} if since else {})
    return _link(office, address_of(address), choice, reason)


def _link(office: Office, address: str, choice: dict[str, Any], reason: str) -> Decision:
    decision = recorded(office, "link_address", {"address": address}, choice, reason)
    judge_again(office, office.ledger.sent_from(address), decision)
    return decision


def _require_complete(office: Office, choice: dict[str, Any]) -> None:
    for name, value in choice.items():
        if not value:
            raise UnknownNameError("desk.proposal_open", name=office.wording(f"cli.about_{name}").lower())
    require_unit(office, str(choice["unit"]))
    chosen_periods(office, str(choice["report"]), str(choice["period"]), office.clock())


def _role(role: str) -> str:
    if role not in set(Role):
        raise UnknownNameError("desk.unknown_choice", name=role, known=", ".join(Role))
    return role


def _filled(choice: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choice.items() if value}
