"""What is known when a message is judged: of the message itself, and of everything that came before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.regime import Regime
from config.reports import Period
from intake.evidence.unit_names import UnitIndex
from ledger.records import Decision, ObligationKey, OutgoingMessage, Submission


@dataclass(frozen=True, slots=True)
class Archived:
    """What the archive knows of a message before anyone reads it."""

    archive_id: str
    arrival: datetime
    size: int
    junk: bool = False
    fetch_doubt: str = ""  #: code of what was wrong with the fetch: too_large, arrival_unknown...


@dataclass(frozen=True, slots=True)
class Context:
    """What is known when a message is judged."""

    regime: Regime
    units: UnitIndex
    periods: dict[str, tuple[Period, ...]]  #: per report those opened when the mail arrived, oldest first
    owes: Callable[[ObligationKey], bool]
    earlier: Callable[[ObligationKey], Sequence[Submission]]  #: that arrived before this message
    addresses: frozenset[str]  #: of all units, whenever they spoke for them
    senders: Mapping[str, tuple[str, ...]]  #: the units each address speaks for on the day of arrival
    twins: Callable[[str], Sequence[Submission]]  #: submissions of other messages with this fingerprint
    decisions: tuple[Decision, ...] = ()  #: about this message, oldest first
    came_since: Callable[[ObligationKey], bool] = lambda _key: False
    """Whether something that counts came for it after this message, or at any time beside the mailbox."""
    answered: Callable[[Sequence[str]], OutgoingMessage | None] = lambda _thread: None
    """Our own signed mail that a thread of Message-IDs names first."""
