"""What the ledger holds as plain dictionaries: the JSON of the command line, and what tables show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from config.due import due_rule
from config.wording import Wording
from consolidate.consolidation import Consolidation, Total, UnitStanding, UnitValue
from consolidate.explanations import asks_for_explanation, explanation_of, with_answer
from consolidate.findings import told_findings
from consolidate.writers.phrases import capital
from ledger.records import (
    CAME_SINCE,
    TEXT_PUT_RIGHT,
    DocumentName,
    Finding,
    Issue,
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationState,
    OutgoingMessage,
    ReviewItem,
    Role,
)

if TYPE_CHECKING:
    from desk.mailing.outbox_actions import MailFile
    from desk.office import Office
    from desk.work import Issued

View = dict[str, Any]


def message_view(outcome: MessageOutcome, zone: ZoneInfo, wording: Wording) -> View:
    """One message: what it is, what it was booked to, and why."""
    matches = [
        {
            "unit": intent.key.unit,
            "report": intent.key.report,
            "period": intent.key.period,
            "role": intent.role.value,
            "accepted": intent.accepted,
        }
        for intent in outcome.submissions
    ]
    proposals = matches or [item.proposal for item in outcome.review if item.proposal]
    single = proposals[0] if len(proposals) == 1 else {}
    return {
        "archive_id": outcome.archive_id,
        "message_id": outcome.message_id,
        "arrival": moment(outcome.arrival, zone),
        "sender": outcome.from_address,
        "sender_name": outcome.from_name,
        "subject": outcome.subject,
        "class": outcome.message_class.value,
        "state": outcome.state.value,
        "unit": single.get("unit") or None,
        "report": single.get("report") or None,
        "period": single.get("period") or None,
        "matches": matches,
        "reasons": [{"code": code, "sentence": reason(code, wording)} for code in _standing_reasons(outcome)],
        "verdict": outcome.verdict,
        "files": [
            {"name": file.name, "kind": file.kind, "state": file.state, "sha256": file.sha256}
            for file in outcome.attachments
        ],
    }


def messages_view(
    outcomes: Iterable[MessageOutcome],
    again: Mapping[str, Sequence[datetime]],
    zone: ZoneInfo,
    wording: Wording,
) -> list[View]:
    """Messages in order of arrival, each delivery of the same bytes on a line of its own."""
    views = []
    for outcome in outcomes:
        view = message_view(outcome, zone, wording)
        views.append(view)
        views += [again_view(view, later, zone, wording) for later in again.get(outcome.archive_id, ())]
    return sorted(views, key=lambda view: (view["arrival"], view["archive_id"]))


def again_view(view: View, arrival: datetime, zone: ZoneInfo, wording: Wording) -> View:
    """The same bytes delivered once more: a message of its own to the officer, a duplicate to the ledger."""
    return view | {
        "arrival": moment(arrival, zone),
        "class": MessageClass.DUPLICATE.value,
        "state": MessageState.BOOKED.value if view["matches"] else view["state"],
        "matches": [match | {"role": Role.DUPLICATE.value} for match in view["matches"]],
        "reasons": [{"code": "duplicate", "sentence": reason("duplicate", wording)}],
    }


def standing_view(standing: UnitStanding, zone: ZoneInfo) -> View:
    """One obligation at a moment."""
    return {
        "unit": standing.unit.id,
        "name": standing.unit.name,
        "kind": standing.unit.kind,
        "state": standing.state.value,
        "due": moment(standing.due, zone),
        "first_valid": moment(standing.first_valid, zone),
        "message": standing.message or None,
        "versions": standing.versions,
        "corrected": standing.corrected,
        "exempt": standing.exempt or None,
        "waiting": list(standing.waiting),
        "last_reminder": moment(standing.last_reminder, zone),
    }


def status_view(consolidation: Consolidation, say: Wording) -> View:
    """A period at a moment: counts, rates, and every obligation."""
    zone = consolidation.regime.timezone
    counts = counts_of(consolidation.standings)
    return {
        "report": consolidation.report.id,
        "report_name": consolidation.report.name,
        "period": consolidation.period.id,
        "period_name": consolidation.period.name,
        "due": moment(consolidation.period.due, zone),
        "due_rule": due_rule(consolidation.period, say),
        "as_of": moment(consolidation.as_of, zone),
        "counts": counts,
        **rates_of(counts),
        "obligations": [standing_view(standing, zone) for standing in consolidation.standings],
    }


def counts_of(standings: Iterable[UnitStanding]) -> dict[str, int]:
    """How many obligations stand in each state, and how many are expected (exempt ones apart)."""
    counts = {state.value: 0 for state in ObligationState}
    for standing in standings:
        counts[standing.state.value] += 1
    counts["expected"] = sum(counts.values()) - counts[ObligationState.EXEMPT.value]
    counts["received"] = counts["on_time"] + counts["late"]
    return counts


def rates_of(counts: Mapping[str, int]) -> dict[str, float | None]:
    """Reporting rate and on-time rate in percent, as DHIS2 defines them; None when nothing is expected."""
    expected = counts["expected"]
    if not expected:
        return {"reporting_rate": None, "on_time_rate": None}
    return {
        "reporting_rate": round(100 * counts["received"] / expected, 1),
        "on_time_rate": round(100 * counts["on_time"] / expected, 1),
    }


def value_view(held: UnitValue, consolidation: Consolidation) -> View:
    """One figure with its address: message, file, place, and the text as it stood."""
    value = held.value
    return {
        "unit": held.unit,
        "report": consolidation.report.id,
        "period": consolidation.period.id,
        "indicator": value.indicator,
        "sex": value.sex.value,
        "value": number(value.value),
        "unit_of_measure": value.unit_of_measure,
        "source": {
            "message": held.archive_id,
            "file": value.place.file,
            "place": value.place.where,
            "text": value.place.text,
        },
        "method": value.method.value,
        "certainty": value.certainty.value,
        "qualifier": value.qualifier or None,
        "reason": value.reason or None,
        "explanation": explanation_of(consolidation.findings, held.unit, value.indicator, value.sex) or None,
        "in_scope": held.in_scope,
    }


def beside_frozen(views: Iterable[View], stands: Issue | None) -> list[View]:
    """Figures of units as they are now, each with what the issue that a frozen period stands as counted.

    "frozen" is None while the period is not frozen, else {"issue", "value"}.
    """
    rows = stands.content["values"] if stands else ()
    counted = {(row["unit"], row["indicator"], row["sex"]): row for row in rows if row["certain"]}
    found = []
    for view in views:
        row = counted.get((view["unit"], view["indicator"], view["sex"]))
        value = number(Decimal(row["value"])) if row and row["value"] is not None else None
        found.append(view | {"frozen": {"issue": stands.number, "value": value} if stands else None})
    return found


def stated_total(total: View, stands: Issue) -> View:
    """A total as the issue that a frozen period stands as states it."""
    for row in stands.content["totals"]:
        if (row["indicator"], row["sex"]) == (total["indicator"], total["sex"]):
            return total | _as_stated(row)
    return total | _as_stated(None)


def total_view(total: Total) -> View:
    """One figure of the department with its coverage."""
    return {
        "indicator": total.indicator.code,
        "label": total.indicator.label,
        "sex": total.sex.value,
        "value": number(total.value),
        "unit_of_measure": total.indicator.unit_of_measure,
        "numerator": number(total.numerator),
        "denominator": number(total.denominator),
        "n": total.n,
        "N": total.of,
        "units": list(total.units),
        "missing": list(total.missing),
        "doubtful": list(total.doubtful),
        "previous": number(total.previous),
        "approximate": total.approximate,
    }


def review_view(item: ReviewItem, outcome: MessageOutcome | None, zone: ZoneInfo, wording: Wording) -> View:
    """One question for a person, with the proposal."""
    return {
        "id": item.id,
        "kind": item.kind,
        "message": item.archive_id,
        "arrival": moment(outcome.arrival, zone) if outcome else None,
        "sender": outcome.from_address if outcome else None,
        "subject": outcome.subject if outcome else None,
        "class": outcome.message_class.value if outcome else None,
        "question": {"code": item.question, "sentence": reason(item.question, wording, item.parameters)},
        "unit": item.key.unit if item.key else item.proposal.get("unit") or None,
        "report": item.key.report if item.key else item.proposal.get("report") or None,
        "period": item.key.period if item.key else item.proposal.get("period") or None,
        "indicator": item.indicator or None,
        "sex": item.sex or None,
        "proposal": item.proposal,
        "place": item.parameters.get("place"),
        "text": item.parameters.get("text"),
    }


def outgoing_view(mail: OutgoingMessage, zone: ZoneInfo) -> View:
    """One mail of the outbox."""
    return {
        "id": mail.id,
        "kind": mail.kind,
        "step": mail.step,
        "unit": mail.unit,
        "to": list(mail.to),
        "cc": list(mail.cc),
        "subject": mail.subject,
        "text": mail.text,
        "message_id": mail.message_id,
        "state": mail.state.value,
        "queued_at": moment(mail.queued_at, zone),
        "sent_at": moment(mail.sent_at, zone),
        "items": [[key.report, key.period] for key in mail.keys],
        "reply": mail.server_reply or None,
        "answers": mail.about or None,
        "files": [path for path, _sha256 in mail.files],
    }


def mail_file_view(file: MailFile, zone: ZoneInfo, wording: Wording) -> View:
    """One mail of the outbox with its attempts and its history."""
    return outgoing_view(file.mail, zone) | {
        "attempts": [
            {"at": moment(each.at, zone), "state": each.state.value, "reply": each.reply}
            for each in file.deliveries
        ],
        "events": [
            {
                "at": moment(event.at, zone),
                "who": event.actor,
                "event": event.event,
                "what": reason(f"event_{event.event}", wording),
                "why": mail_reason(str(event.detail.get("reply", "")), wording),
            }
            for event in file.events
        ],
    }


def mail_reason(reply: str, wording: Wording) -> str:
    """Why a mail stands where it stands: our own reasons in words, a server's as it said them."""
    if reply.startswith("line.") and wording.has(reply):
        return wording(reply)
    for area in ("outgoing", "ledger"):
        if reply and reply.isidentifier() and wording.has(f"{area}.{reply}"):
            return wording(f"{area}.{reply}")
    told = "; ".join(_of_an_address(part, wording) for part in reply.split("; "))
    return reply if told == reply else capital(told)


#: What stands of single addresses in a reply, and the sentence of each (`consolidate.reminders` writes them).
_OF_ADDRESSES = (
    (re.compile(r"RCPT TO:<(?P<address>[^>]*)>: (?P<words>5.*)"), "outgoing.address_refused"),
    (re.compile(r"RCPT TO:<(?P<address>[^>]*)>: (?P<words>4.*)"), "outgoing.address_put_off"),
    (re.compile(r"COPY TO:<(?P<address>[^>]*)>: not sent"), "outgoing.copy_not_sent"),
    (re.compile(r"returned_by_server: (?P<detail>.*)"), "outgoing.returned_by_server"),
)


def _of_an_address(part: str, wording: Wording) -> str:
    """One part of an answer: what a server said of a single address in words, anything else as it stands."""
    for pattern, sentence in _OF_ADDRESSES:
        if match := pattern.fullmatch(part):
            return wording(sentence, **match.groupdict())
    return part


def mail_name(kind: str, step: str, wording: Wording) -> str:
    """What a mail is, in words: a rung of the ladder by its own name, anything else by its kind."""
    kind = kind.split("-", maxsplit=1)[0]
    names = (f"terms.mail_step_{step.replace('-', '_')}", f"terms.mail_kind_{kind}")
    return next((wording(name) for name in names if wording.has(name)), kind)


def _standing_reasons(outcome: MessageOutcome) -> tuple[str, ...]:
    """Why a message stands where it stands; of a question that answered itself no longer what it asked."""
    first = outcome.reasons[:1]
    return first if first == (CAME_SINCE,) else outcome.reasons


def reason(code: str, wording: Wording, parameters: Mapping[str, str] | None = None) -> str:
    """The sentence of a reason, whichever catalogue it stands in."""
    for area in ("reasons", "findings", "mailbox", "consolidate", "ledger"):
        key = f"{area}.{code}"
        if wording.has(key):
            return wording(key, **(parameters or {}))
    return code


def document_words(document: DocumentName | None, wording: Wording) -> str:
    """How offices name a document: "số 12/BC-UBND ngày 02/6/2023"; empty where it bears no number."""
    if document is None:
        return ""
    if document.dated is None:
        return wording("terms.document_undated", number=document.number)
    day = f"{document.dated:%d}/{document.dated.month}/{document.dated.year}"
    return wording("terms.document_dated", number=document.number, day=day)


def number(value: Decimal | None) -> int | float | None:
    """A JSON number, whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def moment(value: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 in the department's time zone."""
    return None if value is None else value.astimezone(zone).isoformat(timespec="seconds")


def short(moment: str | None) -> str:
    """An ISO moment as a clerk writes it: 05/6/2024 00:06 (Decree 30 pads no month but 1 and 2)."""
    if not moment:
        return ""
    day, _, clock = moment.partition("T")
    year, month, number = day.split("-")
    month = month if month in ("01", "02") else month.removeprefix("0")
    return f"{number}/{month}/{year} {clock[:5]}"


def put_right_notes(outcome: MessageOutcome, files: Collection[str], wording: Wording) -> list[str]:
    """The sentences, with a sample, that these files of a message were put into Unicode to be read."""
    found = (finding for intent in outcome.submissions for finding in intent.findings)
    told = (f for f in found if f.code == TEXT_PUT_RIGHT and f.place and f.place.file in files)
    return list(dict.fromkeys(reason(finding.code, wording, finding.parameters) for finding in told))


def finding_views(findings: Iterable[Finding], wording: Wording) -> list[View]:
    """Faults, warnings and notes of a period, gravest first, each with its sentence and place."""

    def sentence_of(finding: Finding) -> str:
        return with_answer(reason(finding.code, wording, finding.parameters), finding, wording)

    return [_finding_view(finding, sentence) for finding, sentence in told_findings(findings, sentence_of)]


def _finding_view(finding: Finding, sentence: str) -> View:
    place = finding.place
    return {
        "code": finding.code,
        "grade": finding.grade.value,
        "unit": finding.parameters.get("unit"),
        "indicator": finding.parameters.get("indicator"),
        "sex": finding.parameters.get("sex"),
        "asks": asks_for_explanation(finding),
        "explanation": finding.parameters.get("explanation"),
        "sentence": sentence,
        "file": place.file if place else None,
        "place": place.where if place else None,
        "text": place.text if place else None,
    }


def issue_view(issued: Issued, office: Office) -> View:
    """What consolidating brought: figures, files, changes, and the passages of the units."""
    consolidation, made = issued.consolidation, issued.issue
    zone = consolidation.regime.timezone
    return {
        "report": made.report,
        "period": made.period,
        "number": made.number,
        "new": issued.new,
        "as_of": moment(made.as_of, zone),
        "folder": str(office.outputs_of(made)),
        "files": [name for name, _sha256 in made.files],
        "changes": list(made.changes),
        "counts": counts_of(consolidation.standings),
        "findings": finding_views(consolidation.findings, office.wording),
        "totals": _totals_of(issued),
        "frozen": _freeze_view(issued, zone),
        "since_frozen": list(issued.moved),
        "passages": [
            {
                "unit": passage.unit.id,
                "section": passage.section,
                "text": passage.text,
                "message": passage.archive_id,
                "file": passage.place.file,
            }
            for passage in consolidation.passages
        ],
    }


def _freeze_view(issued: Issued, zone: ZoneInfo) -> View | None:
    freeze = issued.freeze
    if freeze is None:
        return None
    return {
        "decision": freeze.decision,
        "at": moment(freeze.at, zone),
        "who": freeze.who,
        "reason": freeze.reason,
        "moved": len(issued.moved),
    }


def _totals_of(issued: Issued) -> list[View]:
    """The totals that stand: of a frozen period as its issue states them."""
    views = [total_view(total) for total in issued.consolidation.totals]
    if not issued.moved:
        return views
    stated = {(row["indicator"], row["sex"]): row for row in issued.issue.content["totals"]}
    return [view | _as_stated(stated.get((view["indicator"], view["sex"]))) for view in views]


_OF_UNITS = ("n", "N", "units", "missing", "doubtful", "approximate")


def _as_stated(row: Mapping[str, Any] | None) -> View:
    """What the content of an issue says of a total; a total it does not know has no figure."""
    if row is None:
        return dict.fromkeys(("value", "numerator", "denominator")) | {"n": 0, "N": 0, "units": []}
    numbers = ("value", "numerator", "denominator")
    return {name: number(row[name] and Decimal(row[name])) for name in numbers} | {
        name: row[name] for name in _OF_UNITS
    }
