"""What an officer asks of the desk that takes longer than a page may: a draft, the freezing of a period.

A wish is an event of the history before anything of it is begun. It stands until another event says how it
ended: a program that dies in between leaves it to the next, and what was half made is made again whole.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from config.errors import ConfigError
from consolidate.errors import ConsolidateError
from desk.errors import DeskError, UnknownNameError, sentence_of
from desk.freezing import freeze
from desk.settled import work_out
from desk.work import issue
from ledger.errors import AnotherDaemonRunsError, LedgerError
from ledger.freezing import freeze_of
from ledger.lock import only_worker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.reports import Period, ReportDefinition
    from desk.office import Office
    from ledger.history import Event
    from ledger.store import Ledger

WISHED, ENDED = "wished", "wish_ended"
_log = logging.getLogger("tonghop.wishes")


class WishKind(StrEnum):
    """What may be asked for."""

    ISSUE = "issue"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Wish:
    """Something asked for; `number` is that of its event."""

    number: int
    kind: WishKind
    report: str
    period: str
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a wish ended."""

    told: str = ""  #: issued, issue_unchanged, issue_frozen, frozen; empty when it could not be done
    trouble: str = ""  #: why not, a sentence


def ask(office: Office, kind: WishKind, report: str, period: str, reason: str = "") -> Wish:
    """Record a wish, unless the same one waits already, and have somebody see to it; the wish that waits."""
    subject = _subject(report, period)
    for waiting in _open(office.ledger.history(subject=subject)):
        if waiting.kind == kind:
            return waiting
    who = office.settings.officer or office.wording("desk.some_officer")
    office.ledger.note(WISHED, subject, {"kind": kind.value, "who": who, "reason": reason})
    if office.later is not None:
        office.later()
    return _open(office.ledger.history(subject=subject))[-1]


def waiting_wishes(ledger: Ledger, report: str | None = None, period: str | None = None) -> tuple[Wish, ...]:
    """The wishes that have not ended, of one period or of all, the oldest first."""
    if report is not None and period is not None:
        return _open(ledger.history(subject=_subject(report, period)))
    return _open((*ledger.history(event=WISHED), *ledger.history(event=ENDED)))


def how_it_ended(ledger: Ledger, report: str, period: str, number: int) -> Ended | None:
    """How a wish ended; None while it waits, and of one that never was."""
    for event in ledger.history(subject=_subject(report, period), after=number):
        if event.event == ENDED and event.detail.get("wish") == number:
            return Ended(str(event.detail.get("told", "")), str(event.detail.get("trouble", "")))
    return None


def fulfil_all(office: Office) -> None:
    """See to every wish that waits; where another process does so now, it is left to that."""
    for wish in waiting_wishes(office.ledger):
        with suppress(AnotherDaemonRunsError), only_worker(office.settings.database_url):
            if how_it_ended(office.ledger, wish.report, wish.period, wish.number) is None:
                fulfil(office, wish)


def fulfil(office: Office, wish: Wish) -> Ended:
    """Do what was asked for, under the name of who asked, and note how it ended."""
    settings = replace(office.settings, officer=wish.who)
    under = replace(office, settings=settings, ledger=office.ledger.under(wish.who), later=None)
    try:
        ended = Ended(told=_done(under, wish))
    except (ConfigError, ConsolidateError, DeskError, LedgerError) as error:
        ended = Ended(trouble=sentence_of(error, office.wording))
    except Exception:  # noqa: BLE001 - whatever it is, the officer waits for an answer
        # A fault of ours would come again at every look: it ends the wish, and the log holds the rest.
        _log.exception("a wish was not fulfilled")
        ended = Ended(trouble=office.wording("web.fault"))
    detail = {"wish": wish.number, "told": ended.told, "trouble": ended.trouble}
    under.ledger.note(ENDED, _subject(wish.report, wish.period), detail)
    return ended


def _done(office: Office, wish: Wish) -> str:
    report, period = _named(office, wish)
    if wish.kind is WishKind.FREEZE:
        told = _frozen(office, wish)
    else:
        made = issue(office, report, period, office.clock())
        told = "issued" if made.new else "issue_frozen" if made.freeze else "issue_unchanged"
    work_out(office, report, period)  # the page that waits for it shows the figures as well
    return told


def _frozen(office: Office, wish: Wish) -> str:
    """Freeze, unless that was done just before a program died that was to note it."""
    standing = freeze_of(office.ledger.decisions(), wish.report, wish.period)
    if standing is None or standing.at < wish.at:
        freeze(office, wish.report, wish.period, wish.reason)
    return "frozen"


def _named(office: Office, wish: Wish) -> tuple[ReportDefinition, Period]:
    for report in office.regime.reports:
        period = office.period(report, wish.period) if report.id == wish.report else None
        if period is not None:
            return report, period
    raise UnknownNameError("desk.unknown_period", name=wish.period)


def _open(events: Iterable[Event]) -> tuple[Wish, ...]:
    told = tuple(events)
    ended = {event.detail.get("wish") for event in told if event.event == ENDED}
    return tuple(_wish(event) for event in told if event.event == WISHED and event.number not in ended)


def _wish(event: Event) -> Wish:
    _, report, period = event.subject.split("/", 2)
    detail = event.detail
    return Wish(
        event.number, WishKind(detail["kind"]), report, period, detail["who"], event.at, detail["reason"]
    )


def _subject(report: str, period: str) -> str:
    return f"wish/{report}/{period}"
