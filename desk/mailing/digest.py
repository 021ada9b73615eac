"""The officer's morning page: what came, what needs her, who is missing, and the daily proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config.reports import with_period
from config.wording import Wording
from consolidate.errors import ConsolidateError
from consolidate.writers.phrases import counted, day
from desk.errors import sentence_of
from desk.mailing.answers import AnswerKind, answers
from desk.mailing.letter_texts import faults_of
from desk.mailing.mail_html import FRAME
from desk.mailing.outbox import GOING
from desk.office import Office
from desk.upkeep.counting import STATES, FolderProof, parts_of, proof_lines
from desk.upkeep.doctor import glance
from desk.views import counts_of
from desk.work import chosen_periods, consolidation_of, current_periods
from desk.worklist import work_list
from ledger.records import MessageState, ObligationState, OutboxState, OutgoingMessage

if TYPE_CHECKING:
    from desk.mailing.chasing import Chased

DAY = timedelta(days=1)
_WENT = ("sent", "refused", "bounced", "uncertain")  #: in the order they are told


def write_digest(office: Office, chased: Chased, proofs: Sequence[FolderProof] | None = None) -> Path:
    """Write today's digest into the outputs folder; returns the file.

    `proofs` is what the server counted this morning; None: it could not be asked.
    """
    local = office.clock().astimezone(office.regime.timezone)
    path = office.settings.outputs / "ban-tin" / f"{local:%Y-%m-%d}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(digest_lines(office, chased, proofs)) + "\n", "utf-8")
    return path


def digest_lines(office: Office, chased: Chased, proofs: Sequence[FolderProof] | None = None) -> list[str]:
    """The digest, line by line: what came, what needs the officer, who is missing, what went, health."""
    say, now = office.document_wording, office.clock()
    came = [m for m in office.ledger.messages() if now - DAY <= m.arrival <= now]
    booked = sum(m.state is MessageState.BOOKED for m in came)
    waiting = len(work_list(office).tasks)
    return [
        say("digest.title", day=day(now.astimezone(office.regime.timezone).date())),
        say("digest.came" if came else "digest.came_none", count=counted(len(came)), booked=counted(booked)),
        say("digest.review" if waiting else "digest.review_none", count=counted(waiting)),
        *_periods(office, chased, say, now),
        *_correspondence(office, chased, say, now),
        *_health(office, proofs, say),
    ]


def _periods(office: Office, chased: Chased, say: Wording, now: datetime) -> Iterator[str]:
    """How each period stands that is collected now, or that somebody is chased for."""
    asked = {(key.report, key.period) for mail in chased.mails for key in mail.keys}
    told = {(report.id, period.id) for report, period in chosen_periods(office, None, None, now)}
    for report, period in current_periods(office):
        if (report.id, period.id) not in asked | told:
            continue
        try:
            consolidation = consolidation_of(office, report, period, now)
        except ConsolidateError as error:  # told in its place; the rest of the digest still comes
            yield sentence_of(error, say)
            continue
        counts = {state: counted(count) for state, count in counts_of(consolidation.standings).items()}
        yield say("digest.period", report=with_period(report.short_name, period.name, ", "), **counts)
        missing = [s.unit.name for s in consolidation.standings if s.state is ObligationState.MISSING]
        if missing:
            yield say("digest.missing", names="; ".join(missing))


def _correspondence(office: Office, chased: Chased, say: Wording, now: datetime) -> Iterator[str]:
    """What waits and what went, whom to telephone, and who says that a report is on its way."""
    mails = office.ledger.outbox()
    if chased.mails:
        yield say("digest.outbox", count=counted(len(chased.mails)))
    yield _went(mails, say, now)
    held = sum(mail.state is OutboxState.HELD for mail in mails)
    if held:
        yield say("digest.held", count=counted(held))
    if chased.without_address:
        told = (f"{u.name} ({u.phone})" if u.phone else u.name for u in chased.without_address)
        yield say("digest.telephone", names="; ".join(told))
    for each in chased.unproven:
        if now - DAY <= each.arrival:
            yield say("digest.unproven_bounce", address=each.address)
    claiming = {
        each.mail.unit for each in answers(office) if each.kind is AnswerKind.CLAIMS_SENT and each.waits
    }
    yield from (say("digest.claims", unit=unit.name) for unit in office.regime.units if unit.id in claiming)
    yield from _not_sent(office, chased, say)


def _not_sent(office: Office, chased: Chased, say: Wording) -> Iterator[str]:
    """What stands in the way of mail. A template holds up the letters it is for, a frame of the HTML all."""
    note = say(chased.note.key, **chased.note.places) if chased.note is not None else ""
    if note:
        yield say("digest.not_sent", why=note)
    going = office.regime.sending.mode in GOING
    for fault in faults_of(office):
        why = sentence_of(fault, say)
        if not going:
            yield say("digest.health", fault=why)
        elif why != note:
            holds_all = fault.places.get("name") == FRAME
            yield say("digest.not_sent" if holds_all else "digest.letter_held", why=why)


def _went(mails: Sequence[OutgoingMessage], say: Wording, now: datetime) -> str:
    """What left the house in the last day, and how it fared."""
    lately = Counter(m.state.value for m in mails if now - (m.sent_at or m.queued_at) <= DAY)
    parts = [say(f"digest.went_{state}", count=counted(lately[state])) for state in _WENT if lately[state]]
    return say("digest.went", parts=", ".join(parts)) if parts else say("digest.went_none")


def _health(office: Office, proofs: Sequence[FolderProof] | None, say: Wording) -> Iterator[str]:
    """What is at fault in the installation, and whether every mail stands somewhere."""
    for part in glance(office.settings.home, say):
        if part.state == "fault":
            yield say("digest.health", fault=part.sentence)
    yield from proof_lines(proofs or (), say, office.regime.timezone)
    if proofs is None and office.settings.mailbox is not None:
        yield say("digest.server_not_asked")
    for count in office.ledger.counts():
        key = "digest.proof" if count.balanced else "digest.proof_broken"
        states = {state: getattr(count, state) for state in STATES} | {"unread": count.not_yet_read}
        yield say(key, folder=count.folder, total=count.sightings, parts=parts_of(states, say))
    number, sha256 = office.ledger.end_of_history()
    if number:
        yield say("digest.end_of_history", number=number, sha256=sha256)
