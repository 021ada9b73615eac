"""The proof sheet: what was written to a unit about a report, to which address, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desk.errors import UnknownNameError
from desk.mailing.answers import Answer, answers
from desk.mailing.letters import item_name
from desk.office import Office
from desk.recording import require_unit
from desk.standing import period_standing
from desk.views import View, mail_reason, moment
from ledger.records import ObligationKey, OutboxState, OutgoingMessage

if TYPE_CHECKING:
    from config.units import Unit
    from consolidate.consolidation import UnitStanding
    from ledger.records import ReportFile


#: Changes of a mail that are no attempt at sending it.
_BY_PEOPLE = frozenset({"mail_held", "mail_cancelled", "mail_approved", "mail_edited"})


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One thing that happened between the department and the unit."""

    at: datetime
    event: str  #: queued, deferred, a state of the outbox, answer, received, and what people did
    what: str  #: the mail's subject, or what the answer is
    address: str  #: written to, or written from
    detail: str = ""  #: the server's words or our reason
    mail: int = 0  #: number of the outgoing mail; 0: none
    message: str = ""  #: archive id of the message that came


@dataclass(frozen=True, slots=True)
class ProofSheet:
    """One obligation of a unit, and everything that was said about it."""

    unit: Unit
    key: ObligationKey
    report: str  #: report and period in words
    due: datetime | None
    standing: UnitStanding | None  #: None: the unit owes it no more
    lines: tuple[ProofLine, ...]  #: in order of time


def proof(
    office: Office, unit: str, report: str | None = None, period: str | None = None
) -> tuple[ProofSheet, ...]:
    """The proof sheets of a unit: one for each obligation that mail speaks of, or for the one asked for.

    Raises:
        UnknownNameError: there is no such unit, or nothing was written about what was asked for.

    """
    require_unit(office, unit)
    ledger = office.ledger
    mails = [mail for mail in ledger.outbox() if unit == mail.unit or any(k.unit == unit for k in mail.keys)]
    answered = answers(office, unit)
    keys = {key: None for mail in mails for key in mail.keys if key.unit == unit}
    wanted = [k for k in keys if report in (None, k.report) and period in (None, k.period)]
    if not wanted and (report or period):
        raise UnknownNameError("desk.no_proof", unit=unit)
    sheets = (_sheet(office, key, mails, answered) for key in wanted)
    return tuple(sorted(sheets, key=lambda each: (each.key.report, each.key.period)))


def _sheet(
    office: Office, key: ObligationKey, mails: list[OutgoingMessage], answered: tuple[Answer, ...]
) -> ProofSheet:
    definition = office.regime.report(key.report)
    period = office.period(definition, key.period)
    standing = None
    if period is not None:
        found = period_standing(office, definition, period, office.clock(), most=1).standings
        standing = next((each for each in found if each.unit.id == key.unit), None)
    lines = [
        *(line for mail in mails if key in mail.keys for line in _lines_of(office, mail)),
        *(_line_of(each) for each in answered if key in each.keys),
        *_received(standing),
    ]
    return ProofSheet(
        unit=office.regime.unit(key.unit),
        key=key,
        report=item_name(definition, period, office.document_wording) if period else definition.name,
        due=standing.due if standing else None,
        standing=standing,
        lines=tuple(sorted(lines, key=lambda line: (line.at, line.mail))),
    )


def _lines_of(office: Office, mail: OutgoingMessage) -> Iterator[ProofLine]:
    """A mail's writing, every attempt at it, and what people did with it, each at its own time."""
    address = ", ".join((*mail.to, *mail.cc))

    def line(at: datetime, event: str, reply: str) -> ProofLine:
        return ProofLine(at, event, mail.subject, address, reply, mail.id)

    yield line(mail.queued_at, "queued", "")
    for attempt in office.ledger.deliveries(mail.id):
        told = "deferred" if attempt.state is OutboxState.QUEUED else attempt.state.value
        yield line(attempt.at, told, attempt.reply)
    for event in office.ledger.history(subject=f"outbox/{mail.id}"):
        if event.event in _BY_PEOPLE:
            reply = str(event.detail.get("reply", ""))
            yield line(event.at, event.event.removeprefix("mail_"), reply)


def _line_of(answer: Answer) -> ProofLine:
    return ProofLine(
        answer.arrival,
        "answer",
        answer.kind.value,
        answer.sender,
        answer.subject,
        answer.mail.id,
        answer.archive_id,
    )


def _received(standing: UnitStanding | None) -> Iterator[ProofLine]:
    if standing is not None and standing.first_valid is not None:
        yield ProofLine(standing.first_valid, "received", standing.state.value, "", message=standing.message)


def proof_view(sheet: ProofSheet, office: Office) -> View:
    """One sheet as plain values; sentences in the language of the interface."""
    zone, say = office.regime.timezone, office.wording
    return {
        "unit": sheet.key.unit,
        "name": sheet.unit.name,
        "report": sheet.key.report,
        "period": sheet.key.period,
        "report_name": sheet.report,
        "due": moment(sheet.due, zone),
        "state": sheet.standing.state.value if sheet.standing else None,
        "lines": [
            {
                "at": moment(line.at, zone),
                "event": line.event,
                "sentence": say(f"proof.event_{line.event}"),
                "what": what_of(line, office),
                "address": line.address,
                "detail": mail_reason(line.detail, say),
                "mail": line.mail or None,
                "message": line.message or None,
            }
            for line in sheet.lines
        ],
    }


def what_of(line: ProofLine, office: Office) -> str:
    """What the line is about in words."""
    if line.event == "answer":
        return office.wording(f"proof.answer_{line.what}")
    return office.wording(f"terms.state_{line.what}") if line.event == "received" else line.what


def proof_docx(sheet: ProofSheet, office: Office) -> ReportFile:
    """The sheet as a page to print."""
    from consolidate.writers.proof_sheet import ProofPage, ProofRow, write_proof_sheet

    view = proof_view(sheet, office)
    rows = tuple(
        ProofRow(
            line.at,
            f"{told['sentence']}: {told['what']}" if told["what"] else told["sentence"],
            told["address"],
            told["detail"],
        )
        for line, told in zip(sheet.lines, view["lines"], strict=True)
    )
    page = ProofPage(sheet.unit.name, sheet.report, sheet.key, sheet.due, office.clock(), rows)
    return write_proof_sheet(page, office.regime, office.document_wording)
