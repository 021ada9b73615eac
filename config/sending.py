"""Whether, when and to whom mail goes out, and the ladder of reminders. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


class SendingMode(StrEnum):
    """How far the program may go without a person."""

    OFF = "off"  #: nothing is sent
    PREVIEW = "preview"  #: what would go is shown; nothing is sent
    APPROVE = "approve"  #: each mail is held until the officer has approved it, alone or in a batch
    SEND = "send"  #: a standing rule: what is due goes
    DRAFTS = "drafts"  #: what is due is laid into the mailbox's Drafts; the officer sends it herself


@dataclass(frozen=True, slots=True)
class ChaseStep:
    """One rung of the ladder, counted in working days from the due day (negative: before)."""

    id: str  #: nhac-truoc-han, don-doc-1, don-doc-2
    working_days: int
    template: str
    copy_second: bool = False  #: the unit's other contacts get a copy
    to_leaders: bool = False  #: not a mail to the unit: the list of all that are missing, to the leaders


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of a working day in which mail may go out."""

    begin: time = time(7, 30)
    end: time = time(17, 0)  #: the first moment that is too late; `time.max`: the day's end, 24:00

    def hold(self, local: datetime) -> bool:
        """Whether that moment, on the department's clock, lies within."""
        return self.begin <= local.time() and (local.time() < self.end or self.end == time.max)

    def __str__(self) -> str:
        """As department.yaml has it."""
        end = "24:00" if self.end == time.max else f"{self.end:%H:%M}"
        return f"{self.begin:%H:%M}-{end}"


@dataclass(frozen=True, slots=True)
class Ladder:
    """How one report is chased."""

    steps: tuple[ChaseStep, ...] = ()
    most_mails: int = 6  #: that name one and the same item, however many rungs there are
    paused: bool = False  #: nobody is reminded of this report for now
    hours: Hours | None = None  #: narrower than the department's


@dataclass(frozen=True, slots=True)
class SendingPolicy:
    """Whether and how mail goes out."""

    mode: str = SendingMode.PREVIEW
    steps: tuple[ChaseStep, ...] = ()
    daily_cap: int = 150
    seconds_between: float = 5.0
    hourly_cap: int = 60
    hours: Hours = Hours()
    most_mails: int = 6
    leaders: tuple[str, ...] = ()  #: addresses that get the list of the last rung
    digest_to: tuple[str, ...] = ()  #: addresses of the officers who get digest and drafts
    report_to: tuple[str, ...] = ()  #: further recipients of a consolidated report, once it is approved
    receipts: bool = False  #: units are told what of theirs was booked
    unit_daily_cap: int = 3  #: mails to one unit in 24 hours, reminders included
    thread_cap: int = 5  #: answers of the program in one thread

    @property
    def ladder(self) -> Ladder:
        """The ladder of reports that have none of their own."""
        return Ladder(self.steps, self.most_mails)
