"""One task of Việc cần xem: the question, the proposal, why, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.reports import with_period
from consolidate.differences import Change, differences
from consolidate.writers.phrases import counted
from desk.decisions import WORDING_QUESTION
from desk.explaining import explained
from desk.mailing.replies import FOR_THE_UNIT, returnable
from desk.standing import collected_periods
from desk.views import reason
from desk.web.call import Call, Route
from desk.web.decided import Done, asked_in, done_of, message_of
from desk.web.names import Names, figure_text
from desk.web.pages.message import FileTab, tabs_of
from desk.web.pages.worklist import PATH, SIGN, Line, line_of
from desk.worklist import SECOND_VERSIONS, UNREGISTERED, Task, Urgency, WorkList, work_list
from ledger.records import DocumentName, MessageClass, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from starlette.responses import Response

    from config.units import Unit
    from config.wording import Wording
    from desk.views import View
    from ledger.records import Decision, MessageOutcome, ReviewItem, Submission, Value

#: What a message is that is put aside, as offered to a person.
ASIDE = (
    MessageClass.OTHER,
    MessageClass.OTHER_REPORT,
    MessageClass.QUESTION,
    MessageClass.DUPLICATE,
    MessageClass.SPAM,
    MessageClass.SPOOF,
)
_SUSPECT_ASIDE = {
    Urgency.SUSPECT: MessageClass.SPOOF,
    Urgency.CLAIM: MessageClass.QUESTION,
    Urgency.QUESTION: MessageClass.QUESTION,
}
#: Questions of figures whose sentences differ in label and text alone.
_TOLD_BY_TEXT = frozenset({"percent_only", "unreadable_number"})
#: Questions that only the unit can answer, by sending something else; each has its pre-written words.
_NOTHING_TO_BOOK = frozenset(
    {
        "link_only", "no_file", "empty_mail", "file_damaged", "file_encrypted", "file_empty",
        "file_too_large", "file_refused", "file_overran", "empty_form", "wrong_form", "nothing_of_report",
    }
)  # fmt: skip
_FOR_THE_UNIT = _NOTHING_TO_BOOK | {
    "claims_sent",
    "not_yet_format",
    "packed_otherwise",
    "previous_period",
    "period_again",
    "period_unnamed",
    "twin_figures",
    "period_contradicts_calendar",
    *SECOND_VERSIONS,
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A question about one figure."""

    item: ReviewItem
    label: str
    question: str
    spot: str  #: where its place is shown; see `message.value_at`
    typed: str
    is_ticked: bool
    may_remember: bool = False  #: whether the wording of its row can be remembered as the indicator's

    @property
    def code(self) -> str:
        """Why it is asked about."""
        return self.item.question

    @property
    def text(self) -> str:
        """What stood there, where label and text are all that tells its question from others of its cause."""
        return self.item.parameters.get("text", "") if self.code in _TOLD_BY_TEXT else ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One figure that this version gives otherwise than the one before."""

    label: str
    sex: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen instead of the proposal."""

    units: tuple[Unit, ...]
    periods: tuple[tuple[str, str], ...]  #: "report/period" and its words
    aside: tuple[MessageClass, ...]
    aside_first: MessageClass
    roles: tuple[Role, ...] = tuple(Role)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task: the question, the proposal, why, and what may be done."""

    task: Task
    line: Line
    place: int
    total: int
    before: str
    after: str
    outcome: MessageOutcome
    told: View
    names: Names
    tabs: tuple[FileTab, ...]
    original: str  #: where the original is shown first
    choices: Choices
    rows: tuple[FigureRow, ...] = ()
    others: tuple[str, ...] = ()  #: what else is doubtful, as sentences
    role: str = ""
    earlier: bool = False  #: the obligation was answered before
    learns: bool = False
    may_accept: bool = False
    may_link: bool = False
    may_return: bool = False  #: the sender is a unit's address, and nobody pretends it
    return_words: str = ""
    returns_whole: bool = False  #: the mail is of no use as it is
    return_first: bool = False  #: nothing in it can be booked: the usual answer is to ask for another
    unit: Unit | None = None  #: the one proposed, to be looked up and called
    changes: tuple[ChangeRow, ...] | None = None  #: against the version before; None: there is none
    changed_from: datetime | None = None
    document: DocumentName | None = None
    document_before: DocumentName | None = None
    done: Done | None = None
    fault: str = ""
    reason: str = ""
    sign: Mapping[Urgency, str] = field(default_factory=lambda: SIGN)


@dataclass(frozen=True, slots=True)
class SettledPage:
    """A question that is asked no more, or not yet again."""

    is_waiting: bool  #: its message is being read again
    message: str
    decisions: tuple[Decision, ...]
    done: Done | None


def renewed_task(call: Call) -> Response:
    """The same once its message has been read again; nothing while it has not."""
    item = call.places["item"]
    decisions = call.office.ledger.decisions()
    if _settled(call, item, decisions).is_waiting:
        return call.nothing_new()
    return task_page(replace(call, path=f"{PATH}/{item}"))


def show_task(call: Call) -> Response:
    """One task; a page that says so when it is one no more."""
    return task_page(call)


def task_page(call: Call, fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The page of the task that the path names, with what was wrong with the form that was sent."""
    ledger = call.office.ledger
    item = call.places["item"]
    with ledger.snapshot():
        listed = work_list(call.office)
        task = listed.find(item)
        if task is None:
            return call.page("task_settled.html", _settled(call, item, listed.decisions))
        outcome = ledger.message(task.head.archive_id)
        periods = collected_periods(call.office)
        key = task.item.key
        versions = ledger.submissions(key.report, key.period, key.unit) if key else ()
    assert outcome is not None
    names = Names(call.office, listed.decisions)
    options = tuple(
        (f"{report.id}/{period.id}", with_period(report.short_name, period.name))
        for report, period in periods
    )
    page = _Building(call, listed, task, outcome, versions, names).page(options)
    return call.page("task.html", replace(page, fault=fault, reason=call.reason), status)


@dataclass(frozen=True)
class _Building:
    """The page of one task being put together."""

    call: Call
    listed: WorkList
    task: Task
    outcome: MessageOutcome
    versions: tuple[Submission, ...]
    names: Names

    def page(self, periods: tuple[tuple[str, str], ...]) -> TaskPage:
        """The page."""
        call, task = self.call, self.task
        before, after = self.listed.beside(task)
        intent = next((one for one in self.outcome.submissions if one.key == task.item.key), None)
        former = self._former()
        choices = self._choices(periods)
        may_return = task.urgency is not Urgency.SUSPECT and returnable(call.office, self.outcome)
        return TaskPage(
            task=task,
            line=line_of(call, task, self.names),
            place=self.listed.tasks.index(task) + 1,
            total=len(self.listed.tasks),
            before=before.id if before else "",
            after=after.id if after else "",
            outcome=self.outcome,
            told=explained(call.office, self.outcome),
            names=self.names,
            tabs=tabs_of(self.outcome),
            original=self._original(),
            choices=choices,
            rows=self._rows(),
            others=() if task.about_figures else self._other_doubts(),
            role=intent.role.value if intent and task.item.question not in SECOND_VERSIONS else "",
            earlier=intent is not None and intent.role is not Role.FIRST,
            learns=task.item.question == UNREGISTERED and bool(self.outcome.from_address),
            may_accept=all(task.proposed(name) for name in ("unit", "report", "period"))
            and task.item.question not in SECOND_VERSIONS,
            may_link=self._may_link(),
            may_return=may_return,
            return_words=call.form.get("noi-dung") or self._return_words(),
            return_first=may_return and task.item.question in _NOTHING_TO_BOOK,
            unit=next((unit for unit in choices.units if unit.id == task.proposed("unit")), None),
            returns_whole=task.item.question in _FOR_THE_UNIT - SECOND_VERSIONS,
            changes=self._changes(former, intent.values) if former and intent else None,
            changed_from=former.arrival if former else None,
            document=intent.document if intent else None,
            document_before=former.document if former else None,
            done=done_of(call, self.listed.decisions),
        )

    def _other_doubts(self) -> tuple[str, ...]:
        asked = self.task.item.question
        return tuple(reason(code, self.call.say) for code in self.outcome.reasons if code != asked)

    def _may_link(self) -> bool:
        """Whether it makes sense to say whose address this is: it is nobody's, and nobody pretends it."""
        if self.task.about_figures or self.task.urgency is Urgency.SUSPECT or not self.outcome.from_address:
            return False
        return not self.names.sender(self.outcome.from_address, self.outcome.arrival)

    def _return_words(self) -> str:
        """What may be written to the unit, in the language of letters; an officer goes over it."""
        say = self.call.office.document_wording
        if self.task.about_figures:
            asked = (item for item in self.task.items if item.question in FOR_THE_UNIT)
            return "\n".join(reason(item.question, say, item.parameters) for item in asked)
        question = self.task.item.question
        form = self._form_asked(say) if question == "wrong_form" else {}
        return say(f"web.return_{question}", **form) if question in _FOR_THE_UNIT else ""

    def _form_asked(self, say: Wording) -> dict[str, str]:
        """What tells a unit which form it is asked for: the report, its first row and its last."""
        key, regime = self.task.item.key, self.call.office.regime
        assert key is not None  # a form is only compared with that of a report it was booked to
        report = regime.report(key.report)
        rows = report.asked_of(regime.unit(key.unit).kind)
        order = say("web.return_wrong_form_order", ordered_by=report.ordered_by) if report.ordered_by else ""
        return {
            "report": report.name,
            "count": counted(len(rows)),
            "first": rows[0].label,
            "last": rows[-1].label,
            "order": order,
        }

    def _former(self) -> Submission | None:
        """The last version before this one that counts."""
        if self.task.about_figures:
            return None
        before = (self.outcome.arrival, self.outcome.archive_id)
        counted = [one for one in self.versions if one.accepted and (one.arrival, one.archive_id) < before]
        return counted[-1] if counted else None

    def _changes(self, former: Submission, values: Sequence[Value]) -> tuple[ChangeRow, ...]:
        return tuple(
            ChangeRow(
                label=self.names.indicator(former.key.report, one.figure.indicator),
                sex=one.figure.sex.value,
                before=figure_text(one.before.value) if one.before else "",
                after=figure_text(one.after.value) if one.after else "",
            )
            for one in differences(former.values, values)
            if one.change is not Change.SAME
        )

    def _choices(self, periods: tuple[tuple[str, str], ...]) -> Choices:
        day = self.outcome.arrival.astimezone(self.call.office.regime.timezone).date()
        return Choices(
            units=tuple(self.call.office.regime.units_on(day)),
            periods=periods,
            aside=ASIDE,
            aside_first=_SUSPECT_ASIDE.get(self.task.urgency, MessageClass.OTHER),
        )

    def _original(self) -> str:
        """What is shown at first: the place asked about, the file it rests on, or the text."""
        rows = self._rows()
        if rows and rows[0].spot:
            return f"so={rows[0].spot}"
        files = {sha256 for intent in self.outcome.submissions for sha256 in intent.files}
        tabs = tabs_of(self.outcome)
        shown = next((tab for tab in tabs if tab.file.sha256 in files), tabs[0] if tabs else None)
        return f"tep={shown.number if shown else 0}"

    def _rows(self) -> tuple[FigureRow, ...]:
        return tuple(map(self._row, self.task.items)) if self.task.about_figures else ()

    def _row(self, item: ReviewItem) -> FigureRow:
        call, form = self.call, self.call.form
        report = item.key.report if item.key else ""
        proposed = figure_text(item.proposal.get("value"))
        return FigureRow(
            item=item,
            label=self.names.indicator(report, item.indicator),
            question=reason(item.question, call.say, item.parameters),
            spot=self._spot(item),
            typed=form.get(f"so-{item.id}", proposed),
            is_ticked=f"dung-{item.id}" in form or len(self.task.items) == 1,
            may_remember=item.question == WORDING_QUESTION,
        )

    def _spot(self, item: ReviewItem) -> str:
        for number, intent in enumerate(self.outcome.submissions):
            for place, value in enumerate(intent.values):
                if intent.key == item.key and _is_asked(value, item):
                    return f"{number}.{place}"
        return ""


def _is_asked(value: Value, item: ReviewItem) -> bool:
    return (value.indicator, value.sex.value) == (item.indicator, item.sex)


def _settled(call: Call, item: str, decisions: tuple[Decision, ...]) -> SettledPage:
    about = tuple(decision for decision in decisions if asked_in(decision) == item)
    message = message_of(about[-1]) if about else ""
    waiting = message in dict(call.office.ledger.unread())
    return SettledPage(waiting, message, about[::-1], done_of(call, decisions))


_OF = PATH + "/{item}"
ROUTES = (
    Route(_OF, show_task),
    Route(f"{_OF}/moi", renewed_task, by_itself=True),
)
