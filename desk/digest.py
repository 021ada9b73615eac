"""The officer's morning page: what came, what needs her, who is missing, and the daily proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config.wording import Wording
from consolidate.errors import ConsolidateError
from desk.answers import AnswerKind, answers
from desk.counting import FolderProof, proof_lines
from desk.errors import sentence_of
from desk.office import Office
from desk.views import counts_of
from desk.work import chosen_periods, consolidation_of
from ledger.records import ObligationState, OutboxState

if TYPE_CHECKING:
    from desk.chasing import Chased

DAY = timedelta(days=1)


def write_digest(office: Office, chased: Chased, proofs: Sequence[FolderProof] | None = None) -> Path:
    """Write today's digest into the outputs folder; returns the file.

    `proofs` is what the server counted this morning; None: it could not be asked.
    """
    local = office.clock().astimezone(office.regime.timezone)
    path = office.settings.outputs / "ban-tin" / f"{local:%Y-%m-%d}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(digest_lines(office, chased, proofs)) + "\n", "utf-8")
    return path


def _correspondence(office: Office, chased: Chased, say: Wording, now: datetime) -> list[str]:
    """What waits and what went, whom to telephone, and who says that a report is on its way."""
    mails = office.ledger.outbox()
    lately = Counter(m.state.value for m in mails if now - (m.sent_at or m.queued_at) <= DAY)
    states = {name: lately[name] for name in ("sent", "refused", "bounced", "uncertain")}
    held = sum(mail.state is OutboxState.HELD for mail in mails)
    lines = [say("digest.outbox", count=len(chased.mails)), say("digest.went", held=held, **states)]
    if chased.without_address:
        told = (f"{unit.name} {unit.phone}".strip() for unit in chased.without_address)
        lines.append(say("digest.telephone", names="; ".join(told)))
    lines += [
        say("digest.unproven_bounce", address=each.address)
        for each in chased.unproven
        if now - DAY <= each.arrival
    ]
    claiming = {
        each.mail.unit for each in answers(office) if each.kind is AnswerKind.CLAIMS_SENT and each.waits
    }
    lines += [say("digest.claims", unit=unit.name) for unit in office.regime.units if unit.id in claiming]
    if chased.note is not None:
        lines.append(say("digest.not_sent", why=say(chased.note.key, **chased.note.places)))
    return lines


def digest_lines(office: Office, chased: Chased, proofs: Sequence[FolderProof] | None = None) -> list[str]:
    """The digest, line by line."""
    say, now = office.document_wording, office.clock()
    local = now.astimezone(office.regime.timezone)
    came = [m for m in office.ledger.messages() if now - DAY <= m.arrival <= now]
    lines = [
        say("digest.title", day=f"{local:%d/%m/%Y}"),
        say("digest.came", count=len(came), booked=sum(bool(m.submissions) for m in came)),
        say("digest.review", count=len(office.ledger.review_items())),
    ]
    for report, period in chosen_periods(office, None, None, now):
        try:
            consolidation = consolidation_of(office, report, period, now)
        except ConsolidateError as error:  # told in its place; the rest of the digest still comes
            lines.append(sentence_of(error, say))
            continue
        counts = counts_of(consolidation.standings)
        lines.append(say("digest.period", report=report.short_name, period=period.name, **counts))
        missing = [s.unit.name for s in consolidation.standings if s.state is ObligationState.MISSING]
        if missing:
            lines.append(say("digest.missing", names="; ".join(missing)))
    lines += _correspondence(office, chased, say, now)
    lines += proof_lines(proofs or (), say, office.regime.timezone)
    if proofs is None and office.settings.mailbox is not None:
        lines.append(say("digest.server_not_asked"))
    for count in office.ledger.counts():
        key = "digest.proof" if count.balanced else "digest.proof_broken"
        lines.append(
            say(
                key,
                folder=count.folder,
                total=count.sightings,
                booked=count.booked,
                set_aside=count.set_aside,
                review=count.review,
                failed=count.failed,
                unread=count.not_yet_read,
            )
        )
    return lines
