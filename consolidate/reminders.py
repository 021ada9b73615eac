"""Who is to be reminded, of which reports and how sternly, at a moment. Pure: no clock, no connection.

A rung of the ladder falls on a working day counted from the last day on time. It is climbed once: a
mail that named the item and was queued on that day or later has spent it, and with it all rungs before.
A rung for the leaders speaks to no unit: one list of all that are missing goes to them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from config.calendar import add_working_days, midnight
from config.regime import Regime
from config.reports import Period, ReportDefinition
from config.sending import ChaseStep, Ladder
from config.units import Unit
from consolidate.consolidation import UnitStanding
from ledger.records import ObligationKey, ObligationState, OutboxState, OutgoingMessage

CHASE = "chase"  #: what the kind of every chase-up mail begins with
LEADERS = "leaders"  #: what the kind of every list to the leaders begins with

#: The ladder of a department that has written down none.
USUAL_LADDER = (
    ChaseStep("nhac-truoc-han", -3, "nhac-truoc-han"),
    ChaseStep("don-doc-1", 1, "don-doc-1"),
    ChaseStep("don-doc-2", 4, "don-doc-2"),
)

#: A rung nobody climbed for so long is left: an old period found at the first start is not chased.
STALE = timedelta(days=60)

#: For so long an address a server refused is not tried again; its unit is telephoned.
DEAD_FOR = timedelta(days=180)

#: Why a queued mail was taken back without being refused to anyone: its rung may be climbed again.
NO_LONGER_NEEDED = "no_longer_needed"  # as the ledger says it
TOO_OLD = "too_old"
_MAY_BE_WRITTEN_ANEW = frozenset({NO_LONGER_NEEDED, TOO_OLD})

_ROLES = ("official", "personal", "shared")
_REFUSED_RECIPIENT = re.compile(r"RCPT TO:<([^>]*)>: 5")
_PUT_OFF_RECIPIENT = re.compile(r"RCPT TO:<([^>]*)>: 4")
#: A mail that the unit's own server puts off for longer than this is a matter for the telephone too.
PUT_OFF_FOR = timedelta(hours=24)


class Collected(Protocol):
    """A period being collected, with every obligation as it stands: all that chasing asks of one."""

    @property
    def report(self) -> ReportDefinition:
        """The report."""
        ...

    @property
    def period(self) -> Period:
        """Its period."""
        ...

    @property
    def standings(self) -> tuple[UnitStanding, ...]:
        """Who stands where, in the order of the units sheet."""
        ...


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One report that a unit owes and of which nothing has come."""

    key: ObligationKey
    report: ReportDefinition
    period: Period
    due: datetime  #: first moment that is late, extension included


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one unit is to be told now, about all its open items at once."""

    unit: Unit
    step: ChaseStep  #: the sternest of the rungs that have come
    items: tuple[OpenItem, ...]  #: the one that rung belongs to first
    addresses: tuple[str, ...]  #: empty: nothing but the telephone is left
    kind: str = CHASE  #: "chase-2" where an earlier mail of the same rung was taken back
    reminded: datetime | None = None  #: when a mail about the first item last went out
    copies: tuple[str, ...] = ()  #: the unit's other contacts, from the rung on that says so


@dataclass(frozen=True, slots=True)
class LeadersList:
    """All units that owe one report of one period and have come to the rung for the leaders."""

    report: ReportDefinition
    period: Period
    step: ChaseStep
    items: tuple[OpenItem, ...]  #: in the order of the units sheet
    units: tuple[Unit, ...]  #: beside them
    kind: str = LEADERS  #: "leaders-2" where an earlier list of the same rung was taken back


@dataclass(frozen=True, slots=True)
class _Reached:
    """An open item and the rung it stands on."""

    item: OpenItem
    step: ChaseStep
    new: bool  #: no mail has spent that rung yet


def due_reminders(
    regime: Regime,
    periods: Iterable[Collected],
    already: Sequence[OutgoingMessage],
    now: datetime,
    returned: frozenset[str] = frozenset(),
) -> tuple[Reminder, ...]:
    """The reminders that are due at `now`, one a unit, in the order of the units sheet.

    Only what is missing is chased: what waits for our own staff, came late or is exempt is not. A unit
    is written to when at least one of its items stands on a rung no mail has spent; the mail then names
    all its items that have reached the ladder. Of several rungs slept through, only the last is climbed,
    and a rung before the due day not after the due moment.

    Args:
        regime: whose ladder, calendar and zone count.
        periods: the periods being collected, as they stand at `now`.
        already: every mail of the outbox, whatever became of it.
        now: the moment, aware.
        returned: addresses that mail came back from, lower case.

    """
    chases = _ByKey(mail for mail in already if mail.kind.startswith(CHASE))
    rung = _Rungs(regime, now)
    reached: dict[str, list[_Reached]] = defaultdict(list)
    units: dict[str, Unit] = {}
    for item, unit in _open_items(periods):
        step = rung(item)
        if step is not None:
            units[unit.id] = unit
            named = chases.naming(item.key)
            new = not _is_spent(regime, step, item, named) and not _is_capped(regime, item, named)
            reached[unit.id].append(_Reached(item, step, new))
    order = {unit.id: place for place, unit in enumerate(regime.units)}
    dead = returned | _dead_now(chases.mails, now)
    return tuple(
        _reminder(regime, units[unit_id], reached[unit_id], chases, now, dead)
        for unit_id in sorted(reached, key=lambda each: order.get(each, len(order)))
        if any(each.new for each in reached[unit_id])
    )


def leaders_lists(
    regime: Regime,
    periods: Iterable[Collected],
    already: Sequence[OutgoingMessage],
    now: datetime,
) -> tuple[LeadersList, ...]:
    """The lists that are due to the leaders at `now`: one for each report, period and rung, once."""
    told = [mail for mail in already if mail.kind.startswith(LEADERS)]
    found = []
    for collected in periods:
        reached: dict[ChaseStep, list[tuple[OpenItem, Unit]]] = defaultdict(list)
        rung = _Rungs(regime, now, leaders=True)
        for item, unit in _open_items([collected]):
            step = rung(item)
            if step is not None:
                reached[step].append((item, unit))
        for step, pairs in reached.items():
            same = [mail for mail in told if _is_that_list(mail, step, pairs[0][0].key)]
            if all(_may_be_written_anew(mail) for mail in same):
                kind = f"{LEADERS}-{len(same) + 1}" if same else LEADERS
                items, units = zip(*pairs, strict=True)
                found.append(LeadersList(collected.report, collected.period, step, items, units, kind))
    return tuple(found)


def units_to_telephone(
    regime: Regime,
    periods: Iterable[Collected],
    already: Sequence[OutgoingMessage],
    now: datetime,
    returned: frozenset[str] = frozenset(),
) -> tuple[Unit, ...]:
    """The units that stand on a rung and have no address that takes mail, or did not get the last one."""
    day, dead = now.astimezone(regime.timezone).date(), returned | _dead_now(already, now)
    chases, rung = _ByKey(mail for mail in already if mail.kind.startswith(CHASE)), _Rungs(regime, now)
    owing = {
        unit.id: unit
        for item, unit in _open_items(periods)
        if rung(item) is not None
        and (not addresses_of(unit, day, dead) or _missed_the_last(chases.naming(item.key), now))
    }
    return tuple(owing.values())


def ladder_of(regime: Regime, report: ReportDefinition) -> Ladder:
    """The ladder of a report: its own, else the department's, else the usual one."""
    ladder = report.ladder or regime.sending.ladder
    return replace(ladder, steps=ladder.steps or regime.sending.steps or USUAL_LADDER)


def step_reached(
    regime: Regime, report: ReportDefinition, due: datetime | None, now: datetime, *, leaders: bool = False
) -> ChaseStep | None:
    """The last rung that has come for that due moment; None: none has, or it came too long ago.

    Rungs for the leaders are a ladder beside that of the units.
    """
    ladder = ladder_of(regime, report)
    if due is None or ladder.paused:
        return None
    come = [
        (day, step)
        for step in ladder.steps
        if step.to_leaders is leaders
        and (day := step_day(regime, step, due)) <= now.astimezone(regime.timezone).date()
        and (step.working_days > 0 or now < due)
    ]
    if not come:
        return None
    day, step = max(come, key=lambda each: (each[0], each[1].working_days))
    return step if now - midnight(day, regime.timezone) <= STALE else None


def step_day(regime: Regime, step: ChaseStep, due: datetime) -> date:
    """The day a rung falls on: so many working days from the last day on time."""
    return add_working_days(last_day(regime, due), step.working_days, regime.calendar)


def last_day(regime: Regime, due: datetime) -> date:
    """The last day on time; `due` itself is the first moment that is late."""
    return (due - timedelta(microseconds=1)).astimezone(regime.timezone).date()


def dead_addresses(mails: Iterable[OutgoingMessage]) -> frozenset[str]:
    """Addresses a server refused for good, and those whose mail came back."""
    dead: set[str] = set()
    for mail in mails:
        dead.update(_REFUSED_RECIPIENT.findall(mail.server_reply))
        if mail.state is OutboxState.BOUNCED and len(mail.to) == 1:
            dead.update(mail.to)
    return frozenset(address.lower() for address in dead)


def refused_recipient(address: str, words: str) -> str:
    """A server's refusal of one recipient, in the words `dead_addresses` looks for."""
    return f"RCPT TO:<{address}>: {words}"


def copy_not_sent(address: str) -> str:
    """That nothing went to an address in copy, because nobody the mail is addressed to takes it."""
    return f"COPY TO:<{address}>: not sent"


def addresses_of(unit: Unit, day: date, dead: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Where a unit is written to: its official addresses of that day, else personal, else shared ones."""
    living = [each for each in unit.addresses_on(day) if each.address.lower() not in dead]
    for role in _ROLES:
        found = dict.fromkeys(each.address for each in living if each.role == role)
        if found:
            return tuple(found)
    return tuple(dict.fromkeys(each.address for each in living))


def copies_of(
    unit: Unit, day: date, to: Sequence[str], dead: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The unit's other contacts of that day. A shared address serves other units too and is left out."""
    known = (each for each in unit.addresses_on(day) if each.role != "shared")
    others = (each.address for each in known if each.address.lower() not in dead)
    return tuple(dict.fromkeys(address for address in others if address not in to))


class _Rungs:
    """`step_reached` at one moment; the hundreds of units with the same due moment stand on the same rung."""

    def __init__(self, regime: Regime, now: datetime, *, leaders: bool = False) -> None:
        self._regime, self._now, self._leaders = regime, now, leaders
        self._known: dict[tuple[str, datetime], ChaseStep | None] = {}

    def __call__(self, item: OpenItem) -> ChaseStep | None:
        """The rung an item stands on."""
        asked = (item.report.id, item.due)
        if asked not in self._known:
            step = step_reached(self._regime, item.report, item.due, self._now, leaders=self._leaders)
            self._known[asked] = step
        return self._known[asked]


class _ByKey:
    """Mails, and those that name an obligation."""

    def __init__(self, mails: Iterable[OutgoingMessage]) -> None:
        self.mails = tuple(mails)
        self._naming: dict[ObligationKey, list[OutgoingMessage]] = defaultdict(list)
        for mail in self.mails:
            for key in dict.fromkeys(mail.keys):
                self._naming[key].append(mail)

    def naming(self, key: ObligationKey) -> Sequence[OutgoingMessage]:
        """The mails that name it, in their order."""
        return self._naming.get(key, ())


def _open_items(periods: Iterable[Collected]) -> Iterable[tuple[OpenItem, Unit]]:
    for collected in periods:
        report, period = collected.report, collected.period
        for standing in collected.standings:
            if standing.state is ObligationState.MISSING and standing.due is not None:
                key = ObligationKey(standing.unit.id, report.id, period.id)
                yield OpenItem(key, report, period, standing.due), standing.unit


def _is_spent(regime: Regime, step: ChaseStep, item: OpenItem, mails: Iterable[OutgoingMessage]) -> bool:
    begins = midnight(step_day(regime, step, item.due), regime.timezone)
    return any(
        mail.queued_at >= begins or (mail.step == step.id and mail.keys[0] == item.key)
        for mail in mails
        if not _may_be_written_anew(mail)
    )


def _is_capped(regime: Regime, item: OpenItem, mails: Iterable[OutgoingMessage]) -> bool:
    """Whether so many mails have named the item that it is a matter for the telephone."""
    named = sum(not _may_be_written_anew(mail) for mail in mails)
    return named >= ladder_of(regime, item.report).most_mails


def _missed_the_last(mails: Iterable[OutgoingMessage], now: datetime) -> bool:
    """Whether the last of these mails did not reach its unit: refused, returned, or put off for long."""
    written = [mail for mail in mails if mail.state is not OutboxState.CANCELLED]
    if not written:
        return False
    last = max(written, key=lambda mail: mail.queued_at)
    waits = last.state is OutboxState.QUEUED and now - last.queued_at >= PUT_OFF_FOR
    put_off = waits and bool(_PUT_OFF_RECIPIENT.search(last.server_reply))
    return put_off or last.state in {OutboxState.REFUSED, OutboxState.BOUNCED}


def _is_that_list(mail: OutgoingMessage, step: ChaseStep, key: ObligationKey) -> bool:
    spots = {(each.report, each.period) for each in mail.keys}
    return mail.step == step.id and (key.report, key.period) in spots


def _dead_now(mails: Iterable[OutgoingMessage], now: datetime) -> frozenset[str]:
    return dead_addresses(mail for mail in mails if now - mail.queued_at < DEAD_FOR)


def _may_be_written_anew(mail: OutgoingMessage) -> bool:
    """Taken back by the program itself. What an officer took back stays so."""
    return mail.state is OutboxState.CANCELLED and mail.server_reply in _MAY_BE_WRITTEN_ANEW


def _reminder(
    regime: Regime,
    unit: Unit,
    reached: Sequence[_Reached],
    chases: _ByKey,
    now: datetime,
    dead: frozenset[str],
) -> Reminder:
    ordered = sorted(reached, key=lambda each: (not each.new, -each.step.working_days, _by_due(each.item)))
    leading = ordered[0]
    mails = chases.naming(leading.item.key)
    day = now.astimezone(regime.timezone).date()
    addresses = addresses_of(unit, day, dead)
    return Reminder(
        unit=unit,
        step=leading.step,
        items=tuple(each.item for each in ordered),
        addresses=addresses,
        copies=copies_of(unit, day, addresses, dead) if leading.step.copy_second else (),
        kind=_kind(leading, mails),
        reminded=_last_sent(mails),
    )


def _kind(leading: _Reached, mails: Iterable[OutgoingMessage]) -> str:
    """A rung whose mail was taken back is climbed under a kind of its own: the outbox holds each once."""
    before = sum(
        mail.unit == leading.item.key.unit
        and mail.step == leading.step.id
        and mail.keys[:1] == (leading.item.key,)
        for mail in mails
    )
    return f"{CHASE}-{before + 1}" if before else CHASE


def _last_sent(mails: Iterable[OutgoingMessage]) -> datetime | None:
    sent = (mail.sent_at for mail in mails if mail.state is OutboxState.SENT)
    return max((at for at in sent if at is not None), default=None)


def _by_due(item: OpenItem) -> tuple[datetime, str, str]:
    return item.due, item.key.report, item.key.period
