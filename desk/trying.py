"""What other settings would make of the mail that is here: the latest messages judged anew, twice.

Each message is read once and judged under the settings in use and under those proposed; only where the
two part is it a difference. Nothing is written. The reading stops when its time is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from intake.judging.context import Archived
from intake.judging.judgement import judge
from intake.pipeline import Judged, Memory
from intake.sandbox.pool import ReadingFailure
from ledger.errors import ArchiveError

if TYPE_CHECKING:
    from config.regime import Regime
    from desk.office import Office
    from intake.mail.messages import ReadMessage
    from ledger.records import MessageOutcome, ObligationKey

MOST = 200  #: messages
SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a message ends."""

    message_class: str
    state: str
    booked: tuple[ObligationKey, ...]  #: what it is booked to
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that would end otherwise."""

    archive_id: str
    arrival: datetime
    sender: str
    subject: str
    now: Ending
    then: Ending


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found."""

    asked: int  #: messages that were to be judged
    judged: int  #: that were, before the time was over
    differences: tuple[Difference, ...]


def try_regime(
    office: Office,
    proposed: Regime,
    *,
    most: int = MOST,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Trial:
    """Judge the latest messages under the proposed regime and under the present one.

    Args:
        office: the installation.
        proposed: the regime to try.
        most: messages, the latest by arrival.
        seconds: no further message is begun after so long.
        clock: counts seconds.
    """
    with office.ledger.snapshot():
        latest = sorted(office.ledger.messages(), key=lambda each: (each.arrival, each.archive_id))[-most:]
        memories = Memory(office.regime, office.ledger), Memory(proposed, office.ledger)
    end = clock() + seconds
    by_id = {outcome.archive_id: outcome for outcome in latest}
    junk = office.ledger.junk()
    differences: list[Difference] = []
    judged = 0
    with office.open_pool() as pool:
        for archive_id, read in pool.read(_jobs(office, latest, lambda: clock() < end)):
            message = read.message if isinstance(read, ReadingFailure) else read
            judged += 1
            if message is None:
                continue
            before = by_id[archive_id]
            endings = [_ending(memory, before, message, archive_id in junk) for memory in memories]
            if endings[0] != endings[1]:
                differences.append(_difference(before, *endings))
    return Trial(len(latest), judged, tuple(differences))


def _jobs(
    office: Office, latest: Sequence[MessageOutcome], goes_on: Callable[[], bool]
) -> Iterator[tuple[str, bytes]]:
    for outcome in latest:
        if not goes_on():
            return
        try:
            yield outcome.archive_id, office.archive.read(outcome.archive_id)
        except ArchiveError:
            continue  # what is lost from the archive is told by the page of health


def _ending(memory: Memory, before: MessageOutcome, message: ReadMessage, is_junk: bool) -> Ending:
    doubt = memory.fetch_doubt(before.archive_id)
    archived = Archived(before.archive_id, before.arrival, before.size, is_junk, doubt)
    try:
        outcome = judge(archived, message, memory.context(archived))
    except Exception as error:  # noqa: BLE001 - as in the pipeline: one mail must not end the trial
        return Ending("", "failed", (), (type(error).__name__,))
    memory.learn(Judged(outcome, before))
    return Ending(
        outcome.message_class.value,
        outcome.state.value,
        tuple(intent.key for intent in outcome.submissions if intent.accepted),
        outcome.reasons,
    )


def _difference(before: MessageOutcome, now: Ending, then: Ending) -> Difference:
    return Difference(before.archive_id, before.arrival, before.from_address, before.subject, now, then)
