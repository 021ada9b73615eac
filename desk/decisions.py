"""What an officer may decide, each recorded with who, when and why, then applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from config.days import read_day
from config.reports import Figure, Period, ReportDefinition
from consolidate.explanations import finding_about
from consolidate.standing import moment_text, still_holding
from desk.errors import NoExplanationError, RefusedReceiptError, RefusedWordingError, UnknownNameError
from desk.mailing.replies import return_mail
from desk.office import Office
from desk.work import chosen_periods, take_in
from intake.figures.numerals import read_number
from intake.figures.report_names import label_index
from intake.figures.taught import TaughtNames, why_not_taught
from intake.pipeline import asking
from ledger.decisions import taken_back_alone
from ledger.records import (
    Decision,
    Finding,
    MessageClass,
    Method,
    ObligationKey,
    OutboxState,
    OutgoingMessage,
    ReviewItem,
    Role,
)
from ledger.taught import effective_regime, taught_wordings

#: The ways a report comes beside the mailbox.
CHANNELS = ("paper", "zalo", "document_system", "phone")
#: The question whose answer books that a unit has nothing to report, as its mail says in a line.
NIL_REPORT = "nil_report"
#: The question whose answer may be remembered: whether a row's wording is an indicator's.
WORDING_QUESTION = "label_uncertain"
#: Why the mail of a return that was taken back does not go.
RETURN_TAKEN_BACK = "return_taken_back"
#: A mail of ours that has not left the house.
_WAITS = frozenset({OutboxState.HELD, OutboxState.QUEUED})
_DIGITS = re.compile(r"-?[0-9][0-9., \u00a0]*")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]+")


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
    found, target = _aimed(office, item)
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
    decision = _recorded(office, kind, target, said, reason, target["message"])
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
    made = [_decision(office, "accept", *said, reason) for said in zip(targets, choices, strict=True)]
    accepted = office.ledger.decide_all(made)
    links = _links(office, accepted)
    office.ledger.decide_all(links)
    written = office.ledger.sent_from(*{link.target["address"] for link in links})
    _again(office, [*(item.archive_id for item in found), *written], *accepted)
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
            made.append(_decision(office, "link_address", target, choice, decision.reason))
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
    decision = _recorded(office, "set_aside", target, aside, why, target["message"])
    moment = outcome.arrival.isoformat()
    said = {"channel": "email", "received_at": moment, "nil": True, "learned_by": decision.number}
    _recorded(office, "receive", obligation, said, why, *_asking(office, obligation["unit"]))
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
    target = _value_target(found, _key_of(found))
    return _recorded(office, "value", target, {"value": str(figure)}, reason)


def teach(office: Office, item: str, reason: str) -> Decision:
    """Remember that the wording a question is about is the indicator's, in this report from now on.

    Every mail whose tables hold the wording is judged again, of whatever period.

    Raises:
        UnknownNameError: there is no such question about the wording of a row.
        RefusedWordingError: the wording cannot be one indicator's.
    """
    found, _target = _aimed(office, item)
    if found is None or found.key is None or found.question != WORDING_QUESTION:
        raise UnknownNameError("desk.no_wording_question", name=item)
    report, wording = office.regime.report(found.key.report), found.parameters["label"]
    _require_teachable(office, report, found, wording)
    target = {"report": report.id, "wording": wording}
    choice = {"indicator": found.indicator, "item": found.id}
    decision = _recorded(office, "teach", target, choice, reason)
    _again(office, _holding(office, decision), decision)
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


def _holding(office: Office, decision: Decision) -> list[str]:
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


def set_aside(office: Office, item: str, kind: str, reason: str) -> Decision:
    """Say that a message is no report, and what it is.

    Raises:
        UnknownNameError: there is no such message or class, or the question is about a figure.
    """
    found, target = _aimed(office, item)
    if kind not in set(MessageClass):
        raise UnknownNameError("desk.unknown_choice", name=kind, known=", ".join(MessageClass))
    if found is not None and found.kind == "value":
        raise UnknownNameError("desk.value_question", name=item)
    return _recorded(office, "set_aside", target, {"class": kind}, reason, target["message"])


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
    _recorded(office, "return", {"mail": mail.message_id}, _filled(about), "")
    return mail


def returned_mail(office: Office, decision: Decision) -> OutgoingMessage | None:
    """The mail of a return as it stands; None: the decision is another, or the outbox lost the mail."""
    if decision.kind != "return":
        return None
    return next(iter(office.ledger.outgoing_with([str(decision.target["mail"])])), None)


def set_value(office: Office, item: str, figure: str, reason: str) -> Decision:
    """Enter the figure that a question is about; zero only when it is typed as a number.

    Raises:
        UnknownNameError: there is no such question about a figure, or the figure is no number.
    """
    found, _target = _aimed(office, item)
    if found is None:
        raise UnknownNameError("desk.no_value_question", name=item)
    target, number = _value_target(found, _key_of(found)), read_figure(figure)
    return _recorded(office, "value", target, {"value": str(number)}, reason)


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
    targets = [(_value_target(found, _key_of(found)), number) for found, number in entered]
    made = [_decision(office, "value", target, {"value": str(n)}, reason) for target, n in targets]
    decided = office.ledger.decide_all(made)
    _again(office, [], *decided)
    return decided


def _key_of(found: ReviewItem) -> ObligationKey:
    """The obligation a question about a figure belongs to.

    Raises:
        UnknownNameError: it is about no figure.
    """
    if found.kind != "value" or found.key is None:
        raise UnknownNameError("desk.no_value_question", name=found.id)
    return found.key


def _value_target(found: ReviewItem, key: ObligationKey) -> dict[str, str]:
    return {
        "item": found.id,
        "message": found.archive_id,
        "unit": key.unit,
        "report": key.report,
        "period": key.period,
        "indicator": found.indicator,
        "sex": found.sex,
    }


def link(office: Office, address: str, unit: str, since: str | None, reason: str) -> Decision:
    """Remember that an address speaks for a unit; its mails are judged again, with their own arrival.

    Raises:
        UnknownNameError: there is no such unit, or the address or the day is none.
    """
    require_unit(office, unit)
    choice = {"unit": unit} | ({"from": _day(since)} if since else {})
    return _link(office, _address(address), choice, reason)


def _link(office: Office, address: str, choice: dict[str, Any], reason: str) -> Decision:
    decision = _recorded(office, "link_address", {"address": address}, choice, reason)
    _again(office, office.ledger.sent_from(address), decision)
    return decision


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
    return _recorded(office, "receive", target, said, reason, *_asking(office, unit))


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
    return _recorded(office, "exempt", obligation_named(office, unit, report, period), {}, reason)


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
    return _recorded(office, "extend", target, {"due": due.isoformat()}, reason)


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
    return _recorded(office, "explain", target, {"value": asked.parameters["value"]}, answer.strip())


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


def reopen(office: Office, item: str, reason: str) -> Decision:
    """Take back what was decided about a message or a figure of it, or a decision by its number.

    An address that was remembered because the message was accepted is forgotten with it.

    Raises:
        UnknownNameError: there is no such message or decision.
    """
    decided = office.ledger.decisions()
    numbered = next((known for known in decided if str(known.number) == item), None)
    if numbered is not None and numbered.kind in _BY_NUMBER:
        return _taken_back(office, numbered, reason)
    standing = {known.decision for known in taught_wordings(decided)}
    for known in decided:
        if known.number in standing and known.choice["item"] == item:
            return _taken_back(office, known, reason)
    found, target = _aimed(office, item)
    if found is not None and found.kind == "value" and found.key is not None:
        return _recorded(office, "reopen", _value_target(found, found.key), {}, reason)
    reopened = _recorded(office, "reopen", target, {}, reason, target["message"])
    _forget_learned(office, [d for d in decided if _aims_at(d, target)], decided, reason)
    return reopened


#: Decisions about no message: they are taken back by their number.
_BY_NUMBER = ("receive", "exempt", "extend", "link_address", "teach", "freeze", "return", "explain")


def undo(office: Office, number: int, reason: str) -> Decision:
    """Take back one decision of whatever kind, with the address that was remembered because of it.

    The mail of a return is cancelled unless it has gone: `returned_mail` tells.

    Raises:
        UnknownNameError: there is no such decision, or it takes one back itself.
    """
    return undo_all(office, [number], reason)[0]


def undo_all(office: Office, numbers: Sequence[int], reason: str) -> tuple[Decision, ...]:
    """Take back several decisions, each as `undo` does, in one write; all or none."""
    decided = office.ledger.decisions()
    known = {decision.number: decision for decision in decided if decision.kind != "reopen"}
    for number in numbers:
        if number not in known:
            raise UnknownNameError("desk.unknown_item", name=str(number))
    found = [known[number] for number in numbers]
    taken = _all_taken_back(office, [*found, *_because_of(found, decided)], reason)
    return taken[: len(found)]


def _taken_back(office: Office, decision: Decision, reason: str) -> Decision:
    return _all_taken_back(office, [decision], reason)[0]


def _all_taken_back(office: Office, standing: Sequence[Decision], reason: str) -> tuple[Decision, ...]:
    if not standing:
        return ()
    taken = office.ledger.decide_all([
        _decision(office, "reopen", decision.target, {"decision": decision.number}, reason)
        for decision in standing
    ])  # fmt: skip
    for decision in standing:
        mail = returned_mail(office, decision)
        if mail is not None and mail.state in _WAITS:
            office.ledger.cancel(mail.id, RETURN_TAKEN_BACK)
    _again(office, _touched(office, standing), *taken)
    return taken


def _touched(office: Office, decided: Sequence[Decision]) -> list[str]:
    """The messages that some decisions are about, by name, by their address or by a wording."""
    named = [str(one.target.get("message") or "") for one in decided if one.kind != "value"]
    addresses = [one.target["address"] for one in decided if one.kind == "link_address"]
    taught = [one for one in decided if one.kind == "teach"]
    held = [archive_id for one in taught for archive_id in _holding(office, one)]
    received = {str(one.target["unit"]) for one in decided if one.kind == "receive"}
    asked = [archive_id for unit in received for archive_id in _asking(office, unit)]
    return [*filter(None, named), *office.ledger.sent_from(*addresses), *held, *asked]


def _aims_at(decision: Decision, target: dict[str, str]) -> bool:
    """Whether a decision let a message, or the part of it that is named, count, or its nil report."""
    if (
        decision.kind not in {"accept", "assign", "set_aside"}
        or decision.target.get("message") != target["message"]
    ):
        return False
    return target.get("item") in {None, decision.target.get("item")}


def _forget_learned(
    office: Office, accepted: list[Decision], decided: tuple[Decision, ...], reason: str
) -> None:
    """Take back what was recorded because of these."""
    _all_taken_back(office, _because_of(accepted, decided), reason)


def _because_of(accepted: Sequence[Decision], decided: tuple[Decision, ...]) -> list[Decision]:
    """What was recorded because of these and stands: addresses remembered, nil reports."""
    numbers = {decision.number for decision in accepted}
    reopened = [later for later in decided if later.kind == "reopen"]
    learned = [
        known
        for known in decided
        if known.choice.get("learned_by") in numbers and known.number not in numbers
    ]
    return [known for known in learned if not any(_takes_back(later, known) for later in reopened)]


def _takes_back(reopening: Decision, decision: Decision) -> bool:
    alone = taken_back_alone(reopening)
    if alone is not None:
        return alone == decision.number
    return reopening.number > decision.number and reopening.target == decision.target


def _recorded(
    office: Office,
    kind: str,
    target: dict[str, Any],
    choice: dict[str, Any],
    reason: str,
    *archive_ids: str,
) -> Decision:
    decision = office.ledger.decide(_decision(office, kind, target, choice, reason))
    _again(office, archive_ids, decision)
    return decision


def _asking(office: Office, unit: str) -> tuple[str, ...]:
    """The mails of a unit whose question is answered by its report, however that comes."""
    known = effective_regime(office.regime, office.ledger.decisions()).unit(unit).addresses
    return asking(office.ledger, [each.address for each in known])


def _decision(
    office: Office, kind: str, target: dict[str, Any], choice: dict[str, Any], reason: str
) -> Decision:
    who = office.settings.officer or "cán bộ"
    return Decision(0, office.clock(), who, kind, target, choice, reason)


def _again(office: Office, archive_ids: Sequence[str], *decided: Decision) -> None:
    """Judge the messages that decisions are about once more, in their light."""
    if archive_ids:
        numbers = " to ".join(str(number) for number in sorted({decided[0].number, decided[-1].number}))
        office.ledger.read_again(list(dict.fromkeys(archive_ids)), f"decision {numbers}")
    if office.later is not None:
        office.later()
        return
    for _outcome in take_in(office):
        pass


def _aimed(office: Office, item: str) -> tuple[ReviewItem | None, dict[str, str]]:
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


def _require_complete(office: Office, choice: dict[str, Any]) -> None:
    for name, value in choice.items():
        if not value:
            raise UnknownNameError("desk.proposal_open", name=office.wording(f"cli.about_{name}").lower())
    require_unit(office, str(choice["unit"]))
    chosen_periods(office, str(choice["report"]), str(choice["period"]), office.clock())


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


def _filled(choice: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choice.items() if value}


def _role(role: str) -> str:
    if role not in set(Role):
        raise UnknownNameError("desk.unknown_choice", name=role, known=", ".join(Role))
    return role


def _address(text: str) -> str:
    # A decision is for ever: what is no address must not get into the journal.
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise UnknownNameError("desk.unknown_choice", name=text, known="ten@co-quan.vn")
    return address


def _day(text: str) -> str:
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
