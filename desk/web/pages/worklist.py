"""Việc cần xem: every question for a person, worst first, and what may be done about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.spelling import accented_key, is_accented, plain_key
from consolidate.differences import Change, differences
from consolidate.writers.phrases import counted
from desk.decisions import (
    RETURN_TAKEN_BACK,
    WORDING_QUESTION,
    accept,
    accept_all,
    link,
    read_figure,
    return_to_unit,
    returned_mail,
    set_aside,
    set_values,
    teach,
    undo_all,
)
from desk.errors import DeskError, UnknownNameError, sentence_of
from desk.explaining import explained
from desk.mailing.replies import FOR_THE_UNIT, returnable
from desk.standing import collected_periods
from desk.views import reason
from desk.web.call import POST, Call, Route
from desk.web.names import Names, figure_text
from desk.web.pages.message import FileTab, tabs_of
from desk.worklist import (
    SECOND_VERSION,
    UNREGISTERED,
    Task,
    Urgency,
    WorkList,
    clean_tasks,
    work_list,
)
from ledger.records import MessageClass, OutboxState, Role

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from config.units import Unit
    from config.wording import Wording
    from desk.views import View
    from ledger.records import Decision, MessageOutcome, ReviewItem, Submission, Value

PATH = "/viec-can-xem"
NAVIGATION = ("worklist", PATH)
CLEAN = f"{PATH}/ro-rang"
UNDO = f"{PATH}/hoan-tac"
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
#: How an urgency is shown: the state of `parts.html` that has its colour and sign.
SIGN = {
    Urgency.SUSPECT: "fault",
    Urgency.REPORT: "needs_review",
    Urgency.CLAIM: "warning",
    Urgency.FIGURES: "warning",
    Urgency.QUESTION: "exempt",
}
#: Questions of figures whose sentences differ in label and text alone.
_TOLD_BY_TEXT = frozenset({"percent_only", "unreadable_number"})
RECENT = 8
_LONGEST_REASON = 500
_LONGEST_RETURN = 4_000
#: Questions that only the unit can answer, by sending something else; each has its pre-written words.
_NOTHING_TO_BOOK = frozenset(
    {
        "link_only", "no_file", "file_damaged", "file_encrypted", "file_empty", "file_too_large",
        "file_refused", "file_overran", "empty_form", "wrong_form",
    }
)  # fmt: skip
_FOR_THE_UNIT = _NOTHING_TO_BOOK | {
    "not_yet_format",
    "previous_period",
    "twin_figures",
    "period_contradicts_calendar",
    "second_version",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One task on the list."""

    task: Task
    question: str
    unit: str  #: the one proposed, else whose address wrote; "" when open
    report: str
    period: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided, and may be taken back."""

    first: int
    last: int
    kind: str
    count: int  #: of the decisions of the same kind
    at: str = ""
    about: str = ""

    @property
    def numbers(self) -> str:
        """As it stands in an address."""
        return f"{self.first}-{self.last}"


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
    sign: Mapping[Urgency, str] = field(default_factory=lambda: SIGN)


@dataclass(frozen=True, slots=True)
class CleanPage:
    """The tasks that may be accepted together."""

    lines: tuple[Line, ...]


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


# -- looking ---------------------------------------------------------------------------------------------


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
        done=_done(call, listed.decisions),
        recent=_standing(listed.decisions)[-RECENT:][::-1],
        names=names,
        mark=mark,
    )
    return call.page("worklist.html", page)


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


def renewed_task(call: Call) -> Response:
    """The same once its message has been read again; nothing while it has not."""
    item = call.places["item"]
    decisions = call.office.ledger.decisions()
    if _settled(call, item, decisions).is_waiting:
        return call.nothing_new()
    return _task_page(replace(call, path=f"{PATH}/{item}"))


def show_task(call: Call) -> Response:
    """One task; a page that says so when it is one no more."""
    return _task_page(call)


def _task_page(call: Call, fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
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
        (f"{report.id}/{period.id}", f"{report.short_name} – {period.name}") for report, period in periods
    )
    page = _Building(call, listed, task, outcome, versions, names).page(options)
    typed = call.form.get("ly-do", "")[:_LONGEST_REASON]
    return call.page("task.html", replace(page, fault=fault, reason=typed), status)


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
            role=intent.role.value if intent and task.item.question != SECOND_VERSION else "",
            earlier=intent is not None and intent.role is not Role.FIRST,
            learns=task.item.question == UNREGISTERED and bool(self.outcome.from_address),
            may_accept=all(task.proposed(name) for name in ("unit", "report", "period"))
            and task.item.question != SECOND_VERSION,
            may_link=self._may_link(),
            may_return=may_return,
            return_words=call.form.get("noi-dung") or self._return_words(),
            return_first=may_return and task.item.question in _NOTHING_TO_BOOK,
            unit=next((unit for unit in choices.units if unit.id == task.proposed("unit")), None),
            returns_whole=task.item.question in _FOR_THE_UNIT - {SECOND_VERSION},
            changes=self._changes(former, intent.values) if former and intent else None,
            changed_from=former.arrival if former else None,
            done=_done(call, self.listed.decisions),
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


def _settled(call: Call, item: str, decisions: tuple[Decision, ...]) -> SettledPage:
    about = tuple(decision for decision in decisions if _asked_in(decision) == item)
    message = _named_message(about[-1]) if about else ""
    waiting = message in dict(call.office.ledger.unread())
    return SettledPage(waiting, message, about[::-1], _done(call, decisions))


# -- deciding --------------------------------------------------------------------------------------------


def accept_task(call: Call) -> Response:
    """Let the message count as proposed, or as the part of a report that is named."""
    role = call.form.get("vai-tro") or None
    return _decided(call, lambda task: _accept(call, task, None, None, None, role))


def assign_task(call: Call) -> Response:
    """Let the message count for the unit, report and period that are named."""
    report, _, period = call.form.get("ky-bao-cao", "").partition("/")
    unit, role = call.form.get("don-vi", ""), call.form.get("vai-tro") or None
    if not unit or (report, period) not in call.office.ledger.periods():
        return _task_page(call, call.say("web.name_all"), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _decided(call, lambda task: _accept(call, task, unit, report, period, role))


def _accept(
    call: Call, task: Task, unit: str | None, report: str | None, period: str | None, role: str | None
) -> None:
    if task.urgency is Urgency.SUSPECT and not _reason(call):
        raise DeskError("web.verify_first")
    accept(
        call.office,
        task.id,
        unit=unit,
        report=report,
        period=period,
        role=role,
        reason=_reason(call),
        learn="nho" in call.form,
    )


def put_aside(call: Call) -> Response:
    """Say that the message is no report."""

    def put(task: Task) -> None:
        # A question about figures is not put aside by itself: the message as a whole is.
        target = task.head.archive_id if task.about_figures else task.id
        set_aside(call.office, target, call.form.get("loai", ""), _reason(call))

    return _decided(call, put)


def give_back(call: Call) -> Response:
    """Ask the unit by mail to put right what it sent; on wish its mail is put aside until it has."""
    why = call.form.get("noi-dung", "").strip()[:_LONGEST_RETURN]
    if not why:
        return _task_page(call, call.say("web.return_wanted"), HTTPStatus.UNPROCESSABLE_ENTITY)

    def returned(task: Task) -> None:
        return_to_unit(call.office, task.head.archive_id, why, task.id)
        if "de-rieng" in call.form:
            said = call.say("web.returned_reason")
            set_aside(call.office, task.head.archive_id, task.head.message_class.value, said)

    return _decided(call, returned, "returned")


def remember(call: Call) -> Response:
    """Remember that the address speaks for a unit; its mails are judged again."""

    def remembered(task: Task) -> None:
        since = task.head.arrival.astimezone(call.office.regime.timezone).date().isoformat()
        unit = call.form.get("don-vi") or task.proposed("unit")
        link(call.office, task.head.from_address, unit, since, _reason(call))

    return _decided(call, remembered)


def enter_figures(call: Call) -> Response:
    """Enter the figures that were ticked or changed, or all of them; what is blank stays asked."""
    with call.office.ledger.snapshot():
        task = work_list(call.office).find(call.places["item"])
    if task is None:
        return call.go(f"{PATH}/{call.places['item']}")
    try:
        chosen = _chosen_figures(call, task)
    except DeskError as error:
        return _task_page(call, sentence_of(error, call.say), HTTPStatus.UNPROCESSABLE_ENTITY)
    taught = [item.id for item in task.items if f"nho-{item.id}" in call.form]
    return _decided(call, lambda _task: _enter(call, chosen, taught))


def _enter(call: Call, chosen: Mapping[str, Decimal], taught: Sequence[str]) -> Sequence[str]:
    """Remember wordings first, for that may be refused; the questions that are answered by it."""
    for item in taught:
        teach(call.office, item, _reason(call))
    if chosen:
        set_values(call.office, chosen, _reason(call))
    return taught


def _chosen_figures(call: Call, task: Task) -> dict[str, Decimal]:
    """The figure of each question that is answered; one left as it was read is not read again.

    Raises:
        DeskError: one is no number, none is chosen, or one is corrected without a reason.
    """
    chosen: dict[str, Decimal] = {}
    corrected = False
    for item in task.items:
        typed = call.form.get(f"so-{item.id}", "").strip()
        proposed = figure_text(item.proposal.get("value"))
        is_changed = typed != proposed
        if typed and (is_changed or "tat-ca" in call.form or f"dung-{item.id}" in call.form):
            chosen[item.id] = read_figure(typed) if is_changed else Decimal(item.proposal["value"])
            corrected = corrected or (is_changed and proposed != "")
    if not chosen and not any(f"nho-{item.id}" in call.form for item in task.items):
        raise DeskError("web.nothing_chosen")
    if corrected and not _reason(call):
        raise DeskError("web.reason_wanted")
    return chosen


def accept_clean(call: Call) -> Response:
    """Accept the clean tasks that were left ticked."""
    with call.office.ledger.snapshot():
        clean = clean_tasks(call.office, work_list(call.office).tasks)
    ticked = frozenset(call.chosen.get("viec", ()))
    chosen = [task.item for task in clean if task.id in ticked]
    if not chosen:
        return call.go(CLEAN)
    before = _last(call)
    accept_all(call.office, chosen, _reason(call))
    return call.go(PATH, vua=f"{before + 1}-{_last(call)}")


def take_back(call: Call) -> Response:
    """Undo what was just decided; back to its question."""
    decisions = _named(call.form.get("vua", ""), call.office.ledger.decisions())
    if not decisions:
        raise UnknownNameError("web.nothing_to_undo")
    undo_all(call.office, [decision.number for decision in reversed(decisions)], _reason(call))
    notice = _undone(call, decisions)
    items = {_asked_in(decision) for decision in decisions}
    only = _asked_in(decisions[0])
    if only and (len(items) == 1 or decisions[0].kind == "value"):
        return call.go(f"{PATH}/{only}", notice=notice)
    return call.go(PATH, notice=notice)


def _undone(call: Call, decisions: Sequence[Decision]) -> str:
    """What is said of it: whether mail that was written because of a decision could be stopped."""
    mails = [mail for decision in decisions if (mail := returned_mail(call.office, decision))]
    if not mails:
        return "undone"
    stopped = all(mail.server_reply == RETURN_TAKEN_BACK for mail in mails)
    never = {OutboxState.CANCELLED, OutboxState.REFUSED}
    if stopped or all(mail.state in never for mail in mails):
        return "undone_mail_stopped"
    is_draft = any(mail.state is OutboxState.DRAFTED for mail in mails)
    return "undone_mail_drafted" if is_draft else "undone_mail_gone"


def _asked_in(decision: Decision) -> str:
    """The question a decision answers, or was made beside."""
    return str(decision.target.get("item") or decision.choice.get("item") or "")


def _named_message(decision: Decision) -> str:
    return str(decision.target.get("message") or decision.choice.get("message") or "")


def _decided(call: Call, act: Callable[[Task], Sequence[str] | None], notice: str = "") -> Response:
    """Decide about the task, then on to the one after it.

    `act` may name questions that its message answers by itself once it has been read again.
    """
    with call.office.ledger.snapshot():
        listed = work_list(call.office)
    task = listed.find(call.places["item"])
    if task is None:  # decided already: by a second click, or by a colleague
        return call.go(f"{PATH}/{call.places['item']}")
    before = _last(call)
    answered = act(task) or ()
    following = listed.beside(task)[1]
    to = _rest(call, task, answered) or (following.id if following else "")
    return call.go(f"{PATH}/{to}" if to else PATH, vua=f"{before + 1}-{_last(call)}", notice=notice)


def _rest(call: Call, task: Task, answered: Sequence[str]) -> str:
    """The first figure of the task that is still asked about."""
    if not task.about_figures:
        return ""
    asked = {item.id for item in call.office.ledger.review_items()}.difference(answered)
    return next((item.id for item in task.items if item.id in asked), "")


def _reason(call: Call) -> str:
    return call.form.get("ly-do", "").strip()[:_LONGEST_REASON]


# -- taking back -----------------------------------------------------------------------------------------


def _last(call: Call) -> int:
    return max((decision.number for decision in call.office.ledger.decisions()), default=0)


def _named(numbers: str, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions "12-18" that stand and were not made by themselves because of another."""
    first, _, last = numbers.partition("-")
    if not (first.isdigit() and last.isdigit() and len(numbers) < 24):  # noqa: PLR2004 - two numbers
        return ()
    wanted = range(int(first), int(last) + 1)
    return tuple(decision for decision in _standing(decisions) if decision.number in wanted)


def _standing(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions about mail that nothing later has taken back or replaced, in order."""
    standing: dict[str, Decision] = {}
    for decision in decisions:
        about = repr(sorted(decision.target.items()))
        standing.pop(about, None)
        if decision.kind in _UNDOABLE and "learned_by" not in decision.choice:
            standing[about] = decision
    return tuple(standing.values())


_UNDOABLE = frozenset({"accept", "assign", "set_aside", "value", "link_address", "teach", "return"})


def _done(call: Call, decisions: tuple[Decision, ...]) -> Done | None:
    """What the page before has decided, as long as it stands."""
    made = _named(call.query.get("vua", ""), decisions)
    if not made:
        return None
    kind = made[-1].kind
    return Done(made[0].number, made[-1].number, kind, sum(each.kind == kind for each in made))


_OF = PATH + "/{item}"
ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/moi", renewed, by_itself=True),
    Route(CLEAN, show_clean),
    Route(CLEAN, accept_clean, method=POST),
    Route(UNDO, take_back, method=POST),
    Route(_OF, show_task),
    Route(f"{_OF}/moi", renewed_task, by_itself=True),
    Route(f"{_OF}/ghi-nhan", accept_task, method=POST),
    Route(f"{_OF}/chuyen", assign_task, method=POST),
    Route(f"{_OF}/de-rieng", put_aside, method=POST),
    Route(f"{_OF}/tra-lai", give_back, method=POST),
    Route(f"{_OF}/nho-dia-chi", remember, method=POST),
    Route(f"{_OF}/so-lieu", enter_figures, method=POST),
)
