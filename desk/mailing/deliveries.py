"""Mail to our own people: the digest each working morning, and the draft report when it is written.

Nobody approves these one by one: they go to the addresses that the department itself has named. Further
recipients get a report only when an officer says so (`deliver_report`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.sending import SendingMode
from consolidate.writers.phrases import day, moment, small
from desk.errors import UnknownNameError
from desk.mailing.letters import item_name
from desk.office import Office
from ledger.records import Issue, ObligationKey, OutgoingMessage

DIGEST = "digest"
DELIVERY = "delivery"
REPORT = "report"
#: Providers take 25 MB, a third of which is the encoding.
MOST_BYTES = 15_000_000
_GOING = frozenset({SendingMode.APPROVE, SendingMode.SEND})


def queue_digest(office: Office, lines: Sequence[str]) -> OutgoingMessage | None:
    """Queue the morning's digest to the officers, once a day; None: nobody is named, or mail does not go."""
    to = office.regime.sending.digest_to
    if not to or office.regime.sending.mode not in _GOING:
        return None
    now, stationery = office.clock(), office.stationery()
    today = now.astimezone(office.regime.timezone).date()
    return office.ledger.queue(
        OutgoingMessage(
            kind=DIGEST,
            step=today.isoformat(),
            unit="",
            keys=(),
            to=to,
            cc=(),
            subject=stationery.wording("outgoing.subject_digest", day=day(today)),
            text=stationery.render(("ban-tin",), {"lines": list(lines)}),
            message_id=stationery.message_id(DIGEST, "", (today.isoformat(),)),
            queued_at=now,
        )
    )


def is_of_today(office: Office, mail: OutgoingMessage) -> bool:
    """Whether a digest is that of this day; any other mail is."""
    today = office.clock().astimezone(office.regime.timezone).date()
    return mail.kind != DIGEST or mail.step == today.isoformat()


def queue_draft(office: Office, issue: Issue) -> OutgoingMessage | None:
    """Queue a new issue to the officers with its documents; None as above, or it has been queued."""
    to = office.regime.sending.digest_to
    if not to or office.regime.sending.mode not in _GOING:
        return None
    return office.ledger.queue(_carrying(office, issue, DELIVERY, to, office.clock()))


def deliver_report(office: Office, report: str, period: str) -> OutgoingMessage:
    """Queue the last issue of a period to the further recipients: the officer has approved it.

    Raises:
        UnknownNameError: there is no issue, or no recipient is named.

    """
    issue = office.ledger.latest_issue(report, period)
    if issue is None:
        raise UnknownNameError("outgoing.no_issue", report=report, period=period)
    to = office.regime.sending.report_to
    if not to:
        raise UnknownNameError("outgoing.no_recipients")
    mail = _carrying(office, issue, REPORT, to, office.clock())
    queued = office.ledger.queue(mail)
    if queued is None:
        raise UnknownNameError("outgoing.delivered_before", number=str(issue.number))
    return queued


def _carrying(office: Office, issue: Issue, kind: str, to: Sequence[str], now: datetime) -> OutgoingMessage:
    stationery = office.stationery()
    definition = office.regime.report(issue.report)
    period = office.period(definition, issue.period)
    name = item_name(definition, period, stationery.wording) if period else definition.name
    folder = office.outputs_of(issue).relative_to(office.settings.outputs)
    files = tuple(((folder / file).as_posix(), sha256) for file, sha256 in issue.files)
    fits = sum((office.settings.outputs / path).stat().st_size for path, _ in files) <= MOST_BYTES
    facts = {
        "report": small(name),
        "number": f"{issue.number:02d}",
        "as_of": moment(issue.as_of, office.regime.timezone, stationery.wording),
        "files": [file for file, _ in issue.files],
        "attached": fits,
        "folder": str(office.outputs_of(issue)),
    }
    template = "gui-du-thao" if kind == DELIVERY else "gui-bao-cao"
    subject = "subject_draft" if kind == DELIVERY else "subject_report"
    step = f"{issue.number:02d}"
    return OutgoingMessage(
        kind=kind,
        step=step,
        unit="",
        keys=(ObligationKey("", issue.report, issue.period),),
        to=tuple(to),
        cc=(),
        subject=stationery.wording(f"outgoing.{subject}", report=small(name), number=step),
        text=stationery.render((template,), facts),
        message_id=stationery.message_id(kind, "", (issue.report, issue.period, step)),
        queued_at=now,
        files=files if fits else (),
    )
