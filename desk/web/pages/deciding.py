"""What a person decides about a task of Việc cần xem, and takes back."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING

from desk.decisions import accept, link, return_to_unit, set_aside, set_values, teach
from desk.errors import DeskError, UnknownNameError, sentence_of
from desk.recording import read_figure
from desk.taking_back import RETURN_TAKEN_BACK, returned_mail, undo_all
from desk.web.call import POST, Call, Route
from desk.web.decided import asked_in, decisions_named, last_decision
from desk.web.names import figure_text
from desk.web.pages.task import task_page
from desk.web.pages.worklist import PATH
from desk.worklist import Task, Urgency, work_list
from ledger.records import OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from ledger.records import Decision

UNDO = f"{PATH}/hoan-tac"
_LONGEST_RETURN = 4_000


def accept_task(call: Call) -> Response:
    """Let the message count as proposed, or as the part of a report that is named."""
    role = call.form.get("vai-tro") or None
    return _decided(call, lambda task: _accept(call, task, None, None, None, role))


def assign_task(call: Call) -> Response:
    """Let the message count for the unit, report and period that are named."""
    report, _, period = call.form.get("ky-bao-cao", "").partition("/")
    unit, role = call.form.get("don-vi", ""), call.form.get("vai-tro") or None
    if not unit or (report, period) not in call.office.ledger.periods():
        return task_page(call, call.say("web.name_all"), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _decided(call, lambda task: _accept(call, task, unit, report, period, role))


def _accept(
    call: Call, task: Task, unit: str | None, report: str | None, period: str | None, role: str | None
) -> None:
    if task.urgency is Urgency.SUSPECT and not call.reason:
        raise DeskError("web.verify_first")
    accept(
        call.office,
        task.id,
        unit=unit,
        report=report,
        period=period,
        role=role,
        reason=call.reason,
        learn="nho" in call.form,
    )


def put_aside(call: Call) -> Response:
    """Say that the message is no report."""

    def put(task: Task) -> None:
        # A question about figures is not put aside by itself: the message as a whole is.
        target = task.head.archive_id if task.about_figures else task.id
        set_aside(call.office, target, call.form.get("loai", ""), call.reason)

    return _decided(call, put)


def give_back(call: Call) -> Response:
    """Ask the unit by mail to put right what it sent; on wish its mail is put aside until it has."""
    why = call.form.get("noi-dung", "").strip()[:_LONGEST_RETURN]
    if not why:
        return task_page(call, call.say("web.return_wanted"), HTTPStatus.UNPROCESSABLE_ENTITY)

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
        link(call.office, task.head.from_address, unit, since, call.reason)

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
        return task_page(call, sentence_of(error, call.say), HTTPStatus.UNPROCESSABLE_ENTITY)
    taught = [item.id for item in task.items if f"nho-{item.id}" in call.form]
    return _decided(call, lambda _task: _enter(call, chosen, taught))


def _enter(call: Call, chosen: Mapping[str, Decimal], taught: Sequence[str]) -> Sequence[str]:
    """Remember wordings first, for that may be refused; the questions that are answered by it."""
    for item in taught:
        teach(call.office, item, call.reason)
    if chosen:
        set_values(call.office, chosen, call.reason)
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
    if corrected and not call.reason:
        raise DeskError("web.reason_wanted")
    return chosen


def take_back(call: Call) -> Response:
    """Undo what was just decided; back to its question."""
    decisions = decisions_named(call.form.get("vua", ""), call.office.ledger.decisions())
    if not decisions:
        raise UnknownNameError("web.nothing_to_undo")
    undo_all(call.office, [decision.number for decision in reversed(decisions)], call.reason)
    notice = _undone(call, decisions)
    items = {asked_in(decision) for decision in decisions}
    only = asked_in(decisions[0])
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


def _decided(call: Call, act: Callable[[Task], Sequence[str] | None], notice: str = "") -> Response:
    """Decide about the task, then on to the one after it.

    `act` may name questions that its message answers by itself once it has been read again.
    """
    with call.office.ledger.snapshot():
        listed = work_list(call.office)
    task = listed.find(call.places["item"])
    if task is None:  # decided already: by a second click, or by a colleague
        return call.go(f"{PATH}/{call.places['item']}")
    before = last_decision(call)
    answered = act(task) or ()
    following = listed.beside(task)[1]
    to = _rest(call, task, answered) or (following.id if following else "")
    return call.go(f"{PATH}/{to}" if to else PATH, vua=f"{before + 1}-{last_decision(call)}", notice=notice)


def _rest(call: Call, task: Task, answered: Sequence[str]) -> str:
    """The first figure of the task that is still asked about."""
    if not task.about_figures:
        return ""
    asked = {item.id for item in call.office.ledger.review_items()}.difference(answered)
    return next((item.id for item in task.items if item.id in asked), "")


_OF = PATH + "/{item}"
ROUTES = (
    Route(UNDO, take_back, method=POST),
    Route(f"{_OF}/ghi-nhan", accept_task, method=POST),
    Route(f"{_OF}/chuyen", assign_task, method=POST),
    Route(f"{_OF}/de-rieng", put_aside, method=POST),
    Route(f"{_OF}/tra-lai", give_back, method=POST),
    Route(f"{_OF}/nho-dia-chi", remember, method=POST),
    Route(f"{_OF}/so-lieu", enter_figures, method=POST),
)
