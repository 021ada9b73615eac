"""Mail that answers a unit's own: the receipt of what was booked, and a report returned with its reason.

A receipt goes once for each message that was booked, to the registered address it came from, never to a
program (RFC 3834) and never to a sender who is not proved. A report that nobody can open as it was sent is
not booked; its unit is told at once what to send instead. What stands in these mails of the unit's own
words (names of its files) is one line of plain text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.regime import Regime
from config.reports import Grade
from config.spelling import tidy
from config.units import Unit
from consolidate.writers.phrases import capital, counted, days_late, due, moment, small
from desk.errors import UnknownNameError
from desk.mailing.letters import MailTemplateError, Written, addressee, item_name
from desk.mailing.outbox import DAY, HOUR, RECEIPT
from desk.mailing.sender import header_text
from desk.office import Office
from desk.views import reason
from ledger.obligations import obligations_of
from ledger.records import (
    AttachmentRecord,
    Finding,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    OutboxState,
    OutgoingMessage,
    Role,
    SubmissionIntent,
)
from ledger.taught import effective_regime

UNREAD = "receipt-unread"  #: of a report that could not be opened, with advice
RETURN = "return"
#: Mail that arrived longer ago gets no receipt: it was read late, at a first start or after a rebuild.
FRESH = timedelta(days=3)
#: A receipt waits so long for the next working day: the longest holidays, Tết, are shorter.
WAITS = timedelta(days=14)
#: So many hex digits of the archive id are the number of a receipt.
NUMBER = 8
#: Findings that a unit can put right; the others are questions to our own staff.
FOR_THE_UNIT = frozenset(
    {
        "ambiguous_number", "check_failed", "conflict_in_submission", "date_for_number", "error_cell",
        "female_above_total", "figure_twice", "formula_not_recalculated", "fraction_for_number",
        "male_above_total", "negative_number", "not_whole", "part_exceeds_total", "percent_differs",
        "percent_only", "percent_out_of_range", "total_not_parts", "unit_differs", "unit_missing",
        "unreadable_number",
    }
)  # fmt: skip
#: Files that their sender can put right; any other that was not read waits for our own staff.
_RESEND = frozenset({"damaged", "encrypted", "empty", "too_large", "refused"})
_NOT_TO_READ = frozenset({"read", "decoration", "container"})
#: What of a unit's report is no report of its own, and needs not be whole.
_ADDS = frozenset({Role.PART, Role.SUPPLEMENT})
_MOST_FILES = 20
_MOST_FAULTS = 10
_FILE_NAME = 80
_SENTENCE = 300
_TAKEN_BACK = OutboxState.CANCELLED


@dataclass(frozen=True, slots=True)
class _Answered:
    """A message that a program may answer, and the unit whose address wrote it."""

    outcome: MessageOutcome
    unit: Unit

    @property
    def booked(self) -> tuple[SubmissionIntent, ...]:
        """What was booked of that unit, each report once."""
        accepted = (i for i in self.outcome.submissions if i.accepted and i.key.unit == self.unit.id)
        return tuple({intent.key: intent for intent in accepted}.values())


def receipts_due(office: Office) -> Written:
    """The receipts nobody has written yet, within the caps for one unit and one thread."""
    policy = office.regime.sending
    if not policy.receipts:
        return Written()
    now, ledger = office.clock(), office.ledger
    regime = effective_regime(office.regime, ledger.decisions())
    written = list(ledger.outbox())
    made: list[OutgoingMessage] = []
    faults: dict[str, MailTemplateError] = {}
    for state, kind, writer in (
        (MessageState.BOOKED, RECEIPT, _receipt),
        (MessageState.REVIEW, UNREAD, _advice),
    ):
        done = {mail.about for mail in written if mail.kind == kind}
        for outcome in ledger.messages(state=state, since=now - FRESH, as_of=now):
            answered = None if outcome.archive_id in done else _answered(regime, outcome)
            if answered is None or not _within_caps(office, answered, written, now):
                continue
            try:
                receipt = writer(office, answered)
            except MailTemplateError as error:
                faults.setdefault(str(error), error)
                continue
            if receipt is not None:
                written.append(receipt)
                made.append(receipt)
    return Written(tuple(made), tuple(faults.values()))


def returnable(office: Office, outcome: MessageOutcome) -> bool:
    """Whether `return_mail` knows whom to write to."""
    return _unit_of(effective_regime(office.regime, office.ledger.decisions()), outcome) is not None


def return_mail(office: Office, message: str, why: str) -> OutgoingMessage:
    """Ask a unit in the officer's own words to complete or correct what it sent; the mail, queued.

    Raises:
        UnknownNameError: there is no such message, or its sender is no unit's address.

    """
    outcome = office.ledger.message(message)
    if outcome is None:
        raise UnknownNameError("desk.unknown_item", name=message)
    regime = effective_regime(office.regime, office.ledger.decisions())
    unit = _unit_of(regime, outcome)
    if unit is None:
        raise UnknownNameError("outgoing.return_to_nobody", sender=outcome.from_address)
    before = sum(m.about == outcome.archive_id and m.kind.startswith(RETURN) for m in office.ledger.outbox())
    kind = f"{RETURN}-{before + 1}" if before else RETURN
    mail = _returned(office, unit, outcome, why, kind)
    queued = office.ledger.queue(mail)
    assert queued is not None
    return queued


def still_answers(office: Office, mail: OutgoingMessage) -> bool:
    """Whether a receipt is true and timely still: its message is booked to what it names, and came lately.

    One that waited while mail did not go would only puzzle its unit. Advice is true while its message waits.
    """
    if not mail.kind.startswith(RECEIPT):
        return True
    outcome = office.ledger.message(mail.about)
    if outcome is None or office.clock() - mail.queued_at > WAITS:
        return False
    if mail.kind == UNREAD:
        return outcome.state is MessageState.REVIEW
    booked = {intent.key for intent in outcome.submissions if intent.accepted}
    return outcome.state is MessageState.BOOKED and booked >= set(mail.keys)


def _answered(regime: Regime, outcome: MessageOutcome) -> _Answered | None:
    """The message with its unit, when it may be answered by a program; None: it may not."""
    unit = _unit_of(regime, outcome)
    if unit is None or "no_answer" in outcome.verdict or not _is_proved(regime, outcome):
        return None
    return _Answered(outcome, unit)


def _unit_of(regime: Regime, outcome: MessageOutcome) -> Unit | None:
    """The unit for which the sender's address spoke that day, and which the message is booked to."""
    day = outcome.arrival.astimezone(regime.timezone).date()
    sender = outcome.from_address.lower()
    owners = [u for u in regime.units if sender and any(a.address == sender for a in u.addresses_on(day))]
    booked = {intent.key.unit for intent in outcome.submissions}
    chosen = [unit for unit in owners if unit.id in booked] or owners
    return chosen[0] if len(chosen) == 1 else None


def _is_proved(regime: Regime, outcome: MessageOutcome) -> bool:
    """The provider has proved the sender, or nobody could and the department takes that for enough."""
    verdict = outcome.verdict.get("verdict")
    unchecked = "not_configured" in outcome.verdict.get("reasons", "")
    return (
        verdict == "pass"
        or (verdict == "none" and regime.accept_unauthenticated)
        or (verdict == "unknown" and unchecked)
    )


def _within_caps(
    office: Office, answered: _Answered, written: Sequence[OutgoingMessage], now: datetime
) -> bool:
    """Not too many to one unit or in one thread, and nothing twice in an hour: two robots end here."""
    policy, outcome = office.regime.sending, answered.outcome
    living = [m for m in written if m.state is not _TAKEN_BACK and m.unit == answered.unit.id]
    today = sum(abs(now - mail.queued_at) < DAY for mail in living)
    thread = {*outcome.thread, outcome.message_id}
    in_thread = [m for m in living if m.about and thread & {m.answers, *m.thread, m.message_id}]
    hasty = any(abs(now - mail.queued_at) < HOUR for mail in in_thread)
    return today < policy.unit_daily_cap and len(in_thread) < policy.thread_cap and not hasty


def _receipt(office: Office, answered: _Answered) -> OutgoingMessage | None:
    """What was booked, and what of it is missing or unclear; None: it is but the same once more."""
    outcome, booked = answered.outcome, answered.booked
    if all(intent.role is Role.DUPLICATE for intent in booked):
        return None
    faults, unopened = _faults(booked, office), _unopened(outcome, office)
    facts = {
        **_envelope(office, outcome),
        "items": [_item(office, intent, outcome) for intent in booked],
        "whole": not all(intent.role in _ADDS for intent in booked)
        and not any(_lacks_any_figure(intent, office.regime) for intent in booked),
        "faults": faults[:_MOST_FAULTS],
        "more_faults": counted(len(faults) - _MOST_FAULTS) if len(faults) > _MOST_FAULTS else "",
        "unopened": unopened[:_MOST_FILES],
    }
    complete = not faults and not unopened
    names = ("hoan-thanh", "tiep-nhan") if complete else ("tiep-nhan",)
    key = "subject_complete" if complete and facts["whole"] else "subject_receipt"
    return _answering(office, answered.unit, outcome, RECEIPT, names, facts, key)


def _advice(office: Office, answered: _Answered) -> OutgoingMessage | None:
    """What to send instead of what nobody can open; None: nothing that the unit could mend."""
    outcome, say = answered.outcome, office.document_wording
    link = outcome.message_class is MessageClass.LINK_ONLY
    if not link and outcome.message_class is not MessageClass.UNREADABLE:
        return None
    if not link and not any(file.state in _RESEND for file in outcome.attachments):
        return None
    told = [say("outgoing.advice_link")] if link else _unopened(outcome, office)[:_MOST_FILES]
    facts = {**_envelope(office, outcome), "subject": _subject_of(outcome), "unopened": told}
    return _answering(office, answered.unit, outcome, UNREAD, ("chua-mo-duoc",), facts, "subject_unread")


def _envelope(office: Office, outcome: MessageOutcome) -> dict[str, object]:
    """What every receipt says of the message it answers."""
    files = [_file(each) for each in outcome.attachments if each.state != "decoration"]
    return {
        "number": outcome.archive_id[:NUMBER].upper(),
        "arrival": moment(outcome.arrival, office.regime.timezone, office.document_wording),
        "files": files[:_MOST_FILES],
    }


def _unopened(outcome: MessageOutcome, office: Office) -> list[str]:
    """Each file that was not read, and what its sender is to do about it."""
    say = office.document_wording
    return [
        say(f"outgoing.advice_{each.state if each.state in _RESEND else 'waits'}", file=_file(each))
        for each in outcome.attachments
        if each.state not in _NOT_TO_READ
    ]


def _returned(office: Office, unit: Unit, outcome: MessageOutcome, why: str, kind: str) -> OutgoingMessage:
    facts = {
        **_envelope(office, outcome),
        "subject": _subject_of(outcome),
        "reports": [small(_name(office, key)) for key in _keys(outcome, unit)],
        "reason_lines": [tidy(line) for line in why.splitlines() if tidy(line)],
    }
    return _answering(office, unit, outcome, kind, ("tra-lai",), facts, "subject_return")


def _answering(
    office: Office,
    unit: Unit,
    outcome: MessageOutcome,
    kind: str,
    names: Sequence[str],
    facts: Mapping[str, object],
    subject: str,
) -> OutgoingMessage:
    """A mail in the thread of a message, to the address that wrote it."""
    stationery, regime, keys = office.stationery(), office.regime, _keys(outcome, unit)
    unit_kind = regime.kind(unit.kind)
    own = {"addressee": addressee(unit, unit_kind), "addressed": tidy(unit_kind.addressed_as)}
    step = outcome.archive_id[:16]
    return OutgoingMessage(
        kind=kind,
        step=step,
        unit=unit.id,
        keys=keys,
        to=(outcome.from_address,),
        cc=(),
        subject=stationery.wording(f"outgoing.{subject}", reports=_named(office, keys)),
        text=stationery.render(names, own | dict(facts)),
        message_id=stationery.message_id(kind, unit.id, (step,)),
        queued_at=office.clock(),
        about=outcome.archive_id,
        answers=outcome.message_id,
        thread=tuple(reversed(outcome.thread)),
    )


def _keys(outcome: MessageOutcome, unit: Unit) -> tuple[ObligationKey, ...]:
    """What the message was booked to or is proposed for, of that unit."""
    return tuple(dict.fromkeys(i.key for i in outcome.submissions if i.key.unit == unit.id))


def _named(office: Office, keys: Sequence[ObligationKey]) -> str:
    """The reports as a subject names them: one by its name, of several the number."""
    say = office.document_wording
    if len(keys) > 1:
        return say("outgoing.several_reports", count=counted(len(keys)))
    return small(_name(office, keys[0])) if keys else say("outgoing.your_mail")


def _subject_of(outcome: MessageOutcome) -> str:
    return header_text(outcome.subject, _SENTENCE)


def _item(office: Office, intent: SubmissionIntent, outcome: MessageOutcome) -> str:
    """One booked report: what it is, its deadline, and whether it came in time."""
    wording, zone = office.document_wording, office.regime.timezone
    moment_due = _due(office, intent.key)
    name = capital(_name(office, intent.key))
    if intent.role is not Role.FIRST:  # a later part never makes a report late
        return wording("outgoing.booked_again", name=name, role=wording(f"outgoing.role_{intent.role}"))
    if moment_due is None:
        return name
    late = days_late(outcome.arrival, moment_due, zone)
    key = "booked_on_time" if late is None else "booked_late"
    days = counted(max(late or 0, 1))
    period = office.period(office.regime.report(intent.key.report), intent.key.period)
    told = due(moment_due, zone, wording, period.due_text if period else "")
    return wording(f"outgoing.{key}", name=name, due=told, days=days)


def _name(office: Office, key: ObligationKey) -> str:
    report = office.regime.report(key.report)
    period = office.period(report, key.period)
    return item_name(report, period, office.document_wording) if period is not None else report.name


def _due(office: Office, key: ObligationKey) -> datetime | None:
    report = office.regime.report(key.report)
    period = office.period(report, key.period)
    if period is None:
        return None
    owed = obligations_of(office.regime, report, period, office.ledger.decisions())
    return next((each.due for each in owed if each.key == key), None)


def _faults(booked: Sequence[SubmissionIntent], office: Office) -> list[str]:
    """What is wrong or missing in the unit's own report, each with its place. Not how well we read."""
    wording = office.document_wording
    told = []
    for intent in booked:
        for finding in (each for each in intent.findings if _is_for_the_unit(each, intent)):
            sentence = reason(finding.code, wording, finding.parameters)
            place = _place(finding.place.file, finding.place.where) if finding.place else ""
            line = header_text(f"{place}: {small(sentence)}" if place else sentence, _SENTENCE)
            told.append(line.rstrip(".; "))  # the template ends each item of its list
        if _lacks_figures(intent, office.regime):
            told.append(wording("outgoing.booked_without_figures"))
    return list(dict.fromkeys(told))


def _lacks_figures(intent: SubmissionIntent, regime: Regime) -> bool:
    """Whether a whole report gives no figure though some are asked; a word that nothing happened is none."""
    asked = regime.report(intent.key.report).asked_of(regime.unit(intent.key.unit).kind)
    told = bool(intent.files or intent.sections)
    return told and bool(asked) and not intent.values and intent.role not in (*_ADDS, Role.DUPLICATE)


def _lacks_any_figure(intent: SubmissionIntent, regime: Regime) -> bool:
    """Whether any figure that is asked was not found in a whole report: it may stand unread."""
    asked = regime.report(intent.key.report).asked_of(regime.unit(intent.key.unit).kind)
    given = {value.indicator for value in intent.values}
    told = bool(intent.files or intent.sections) and intent.role not in _ADDS
    return told and any(each.code not in given for each in asked)


def _is_for_the_unit(finding: Finding, intent: SubmissionIntent) -> bool:
    """Sections are asked for only where the outline binds, and of a whole report."""
    if finding.code == "sections_missing":
        return finding.grade is not Grade.NOTE and intent.role not in _ADDS
    return finding.code in FOR_THE_UNIT


def _place(file: str, where: str) -> str:
    return ", ".join(filter(None, (header_text(file, _FILE_NAME), where)))


def _file(file: AttachmentRecord) -> str:
    return header_text(file.name, _FILE_NAME)
