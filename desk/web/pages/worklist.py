"""Việc cần xem: every question for a person, worst first, and those that may be accepted together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from config.reports import with_period
from config.spelling import accented_key, is_accented, plain_key
from desk.decisions import accept_all
from desk.views import reason
from desk.web.call import POST, Call, Route
from desk.web.decided import Done, done_of, last_decision, standing
from desk.web.names import Names
from desk.worklist import Task, Urgency, clean_tasks, work_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from ledger.records import Decision

PATH = "/viec-can-xem"
NAVIGATION = ("worklist", PATH)
CLEAN = f"{PATH}/ro-rang"
#: How an urgency is shown: the state of `parts.html` that has its colour and sign.
SIGN = {
    Urgency.SUSPECT: "fault",
    Urgency.REPORT: "needs_review",
    Urgency.CLAIM: "warning",
    Urgency.FIGURES: "warning",
    Urgency.QUESTION: "exempt",
}
RECENT = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One task on the list."""

    task: Task
    question: str
    unit: str  #: the one proposed, else whose address wrote; "" when open
    report: str
    period: str

    @property
    def about(self) -> str:
        """The report and its period, as far as they are known."""
        return with_period(self.report, self.period)


@dataclass(frozen=True, slots=True)
class ListPage:
    """The work list."""

    groups: tuple[tuple[Urgency, tuple[Line, ...]], ...]
    total: int
    shown: int
    words: str
    clean: int
    done: Done | None
    recent: tuple[Decision, ...]
    names: Names
    mark: int  #: of the state of the ledger that is shown
    about: str = ""  #: the report and period of all that is asked, where it is one
    sign: Mapping[Urgency, str] = field(default_factory=lambda: SIGN)


@dataclass(frozen=True, slots=True)
class CleanPage:
    """The tasks that may be accepted together."""

    lines: tuple[Line, ...]


def show(call: Call) -> Response:
    """The list."""
    with call.office.ledger.snapshot():
        listed = work_list(call.office)
        clean = clean_tasks(call.office, listed.tasks)
        mark = call.office.ledger.last_event()
    names = Names(call.office, listed.decisions)
    words = call.query.get("q", "").strip()[:200]
    lines = [line for task in listed.tasks if is_meant(words, line := line_of(call, task, names))]
    page = ListPage(
        groups=_in_groups(lines),
        total=len(listed.tasks),
        shown=len(lines),
        words=words,
        clean=len(clean),
        done=done_of(call, listed.decisions),
        recent=standing(listed.decisions)[-RECENT:][::-1],
        names=names,
        mark=mark,
        about=_about_all(lines),
    )
    return call.page("worklist.html", page)


def _about_all(lines: Sequence[Line]) -> str:
    """What every line says of its report and period, so that it is said once; "" where they differ."""
    told = {line.about for line in lines if line.about}
    return told.pop() if len(told) == 1 else ""


def _in_groups(lines: Sequence[Line]) -> tuple[tuple[Urgency, tuple[Line, ...]], ...]:
    groups = ((urgency, tuple(one for one in lines if one.task.urgency is urgency)) for urgency in Urgency)
    return tuple(group for group in groups if group[1])


def renewed(call: Call) -> Response:
    """The list again when something has happened since `mark`; nothing while it has not."""
    if call.query.get("mark") == str(call.office.ledger.last_event()):
        return call.nothing_new()
    return show(replace(call, path=PATH))


def show_clean(call: Call) -> Response:
    """The tasks that may be accepted together, to be looked over."""
    with call.office.ledger.snapshot():
        clean = clean_tasks(call.office, work_list(call.office).tasks)
    names = Names(call.office)
    return call.page("worklist_clean.html", CleanPage(tuple(line_of(call, task, names) for task in clean)))


def accept_clean(call: Call) -> Response:
    """Accept the clean tasks that were left ticked."""
    with call.office.ledger.snapshot():
        clean = clean_tasks(call.office, work_list(call.office).tasks)
    ticked = frozenset(call.chosen.get("viec", ()))
    chosen = [task.item for task in clean if task.id in ticked]
    if not chosen:
        return call.go(CLEAN)
    before = last_decision(call)
    accept_all(call.office, chosen, call.reason)
    return call.go(PATH, vua=f"{before + 1}-{last_decision(call)}")


def line_of(call: Call, task: Task, names: Names) -> Line:
    """A task as the list shows it."""
    report, period = task.proposed("report"), task.proposed("period")
    if task.about_figures and len(task.items) > 1:
        question = call.say("web.figures_asked", count=len(task.items))
    else:
        question = reason(task.item.question, call.say, task.item.parameters)
    unit = task.proposed("unit") or names.sender(task.head.from_address, task.head.arrival)
    return Line(task, question, names.unit(unit), names.report(report), names.period(report, period))


def is_meant(words: str, line: Line) -> bool:
    """Whether a line holds what somebody typed, with marks or without."""
    if not words:
        return True
    key = accented_key if is_accented(words) else plain_key
    head = line.task.head
    return key(words) in key(
        f"{line.unit} {head.from_address} {head.from_name} {head.subject} {line.question}"
    )


ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/moi", renewed, by_itself=True),
    Route(CLEAN, show_clean),
    Route(CLEAN, accept_clean, method=POST),
)
