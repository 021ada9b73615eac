"""`tonghop retain`: mail that was no report is removed once nothing can need it any more.

Personal data are kept no longer than the purpose asks (Decree 13/2023/NĐ-CP, article 3); reports are records
of the office and are kept for good here: how long, the rules of archives say, not this program. Off unless
`retention:` of settings.yaml gives the months.

What goes are the bytes in the archive and what was read of them. What stays: the line of the sightings
journal, the message's place in every count, and an event of the chained history with its hash, arrival, size
and the rule. `rebuild` takes over that it is gone. Copies in older backups end with those backups.
"""

from __future__ import annotations

import calendar
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desk.errors import CONFIGURATION, DeskError
from ledger.encoding import to_json
from ledger.freezing import freeze_of
from ledger.records import RETIRED, MessageClass, MessageState

if TYPE_CHECKING:
    from desk.office import Office
    from ledger.records import Decision, MessageOutcome, Obligation, OutgoingMessage

#: What is evidence of something else stays: bounces of dead addresses, forgeries, duplicates of reports.
NO_REPORT = frozenset(
    {MessageClass.OTHER, MessageClass.OTHER_REPORT, MessageClass.QUESTION, MessageClass.SPAM}
)


class NoRetentionRuleError(DeskError):
    """The settings give no rule under which anything could be removed."""

    code = CONFIGURATION


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which mail may matter to a period: from when it is open on, until nobody asks any more."""

    opens: datetime
    due: datetime | None
    is_frozen: bool

    def needs(self, arrival: datetime, cutoff: datetime) -> bool:
        """Whether mail of that moment may still matter; `cutoff` is so long ago that the rule lets go."""
        is_closed = self.is_frozen or (self.due is not None and self.due < cutoff)
        return not is_closed and arrival >= self.opens


@dataclass(frozen=True, slots=True)
class Retained:
    """What goes, or would go, under the rule."""

    months: int
    cutoff: datetime  #: what arrived then or later stays
    messages: tuple[MessageOutcome, ...]


def due_to_go(office: Office) -> Retained:
    """What the rule lets go now; nothing is changed.

    Raises:
        NoRetentionRuleError: the settings give no rule.
    """
    months = office.settings.retention.no_report_months
    if months is None:
        raise NoRetentionRuleError("desk.no_retention")
    ledger, cutoff = office.ledger, months_before(office.clock(), months)
    with ledger.snapshot():
        decided = ledger.decisions()
        found = removable(
            ledger.messages(state=MessageState.SET_ASIDE),
            [span_of(ledger.obligations(*period), decided, *period) for period in ledger.periods()],
            _named(decided, ledger.outbox()),
            cutoff,
        )
        return Retained(months, cutoff, tuple(found))


def retain(office: Office) -> Retained:
    """Remove what the rule lets go: first from the ledger, with its line in the history, then from the disk.

    Cut off in between, the next run removes what still lies there.

    Raises:
        NoRetentionRuleError: the settings give no rule.
    """
    found = due_to_go(office)
    gone = frozenset(office.ledger.retire(found.messages, f"no_report_months: {found.months}"))
    for archive_id in sorted(office.ledger.retired()):
        office.archive.remove(archive_id)
    shutil.rmtree(office.settings.home / "cache", ignore_errors=True)  # pictures of what is gone
    return Retained(found.months, found.cutoff, tuple(m for m in found.messages if m.archive_id in gone))


def removable(
    outcomes: Iterable[MessageOutcome], spans: Sequence[Span], named: str, cutoff: datetime
) -> list[MessageOutcome]:
    """The messages that nothing needs any more. Pure.

    `named` is the text of all decisions and outgoing mail: whatever stands there by its id stays.
    """
    return [
        one
        for one in outcomes
        if one.state is MessageState.SET_ASIDE
        and one.message_class in NO_REPORT
        and not (one.submissions or one.review or one.thread)
        and RETIRED not in one.reasons
        and one.arrival < cutoff
        and not any(span.needs(one.arrival, cutoff) for span in spans)
        and one.archive_id not in named
        and not (one.message_id and one.message_id in named)
    ]


def span_of(obligations: Sequence[Obligation], decided: Iterable[Decision], report: str, period: str) -> Span:
    """The span of a period, as wide as the widest of its obligations."""
    dues = [each.due for each in obligations]
    latest = None if None in dues else max(due for due in dues if due is not None)
    opens = min(each.opens for each in obligations)
    return Span(opens, latest, freeze_of(decided, report, period) is not None)


def months_before(moment: datetime, months: int) -> datetime:
    """The same moment so many months earlier, on the month's last day where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _named(decided: Iterable[Decision], mails: Iterable[OutgoingMessage]) -> str:
    ours = ((mail.about, mail.answers, mail.thread) for mail in mails)
    return to_json([[(each.target, each.choice) for each in decided], list(ours)])
