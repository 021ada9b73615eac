"""The work list: the open questions as tasks a person does one after another, worst first.

A question about a message is a task; the questions about figures of one message and obligation are one
task together, because the officer compares them with one original. Questions are the ledger's
(`ledger.review`); here they are only put in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from ledger.records import MessageHead, ReviewItem, Role

if TYPE_CHECKING:
    from desk.office import Office
    from ledger.records import Decision, MessageOutcome

#: Questions of mail that may be forged or harmful.
_SUSPECT = frozenset({"sender_fail", "display_name_mismatch", "look_alike", "from_unclear", "file_bomb"})
#: The question a mail of an unknown address asks when nothing else is doubtful about it.
UNREGISTERED = "sender_unregistered"
#: The unit's report came before: what this mail does to it must be said.
#: Questions about a report that differs from the one that counts.
SECOND_VERSIONS = frozenset(
    {"second_version", "same_number", "replaces_another", "overtaken_again", "figures_lost"}
)
#: Evidence that the document itself gives of its unit.
_OF_THE_DOCUMENT = frozenset({"letterhead", "self_naming", "annex_reference", "sheet_title", "signature"})


class Urgency(IntEnum):
    """What a task keeps waiting; the least number first."""

    SUSPECT = 0  #: a mail that may be forged: nothing of it counts, and somebody may be at work
    REPORT = 1  #: a report that does not count until somebody decides; its unit counts as missing
    CLAIM = 2  #: a unit that says it has sent its report, of which nothing has come
    FIGURES = 3  #: figures of a report that counts, which stand in no total
    QUESTION = 4  #: a unit that waits for an answer


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to decide."""

    items: tuple[ReviewItem, ...]  #: one about a message, or all about figures of one submission
    head: MessageHead
    urgency: Urgency

    @property
    def id(self) -> str:
        """By which it is found: the id of its first question."""
        return self.items[0].id

    @property
    def item(self) -> ReviewItem:
        """Its first question."""
        return self.items[0]

    @property
    def about_figures(self) -> bool:
        """Whether it asks about figures."""
        return self.item.kind == "value"

    def proposed(self, name: str) -> str:
        """The id of the unit, report or period it is about, "" when that is open."""
        key = self.item.key
        return str(getattr(key, name) if key else self.item.proposal.get(name) or "")


@dataclass(frozen=True, slots=True)
class WorkList:
    """Every task, worst first."""

    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...] = field(repr=False, default=())

    def find(self, item: str) -> Task | None:
        """The task that holds this question."""
        return next((task for task in self.tasks if any(one.id == item for one in task.items)), None)

    def beside(self, task: Task) -> tuple[Task | None, Task | None]:
        """The tasks before and after one."""
        place = self.tasks.index(task)
        before = self.tasks[place - 1] if place else None
        return before, self.tasks[place + 1] if place + 1 < len(self.tasks) else None


def work_list(office: Office) -> WorkList:
    """The open questions of an office as tasks; asked inside a snapshot, all are of one moment."""
    ledger = office.ledger
    items, decisions = ledger.open_questions()
    heads = ledger.message_heads({item.archive_id for item in items})
    grouped = _grouped(item for item in items if item.archive_id in heads)
    tasks = (Task(group, heads[group[0].archive_id], _urgency(group[0])) for group in grouped)
    return WorkList(tuple(sorted(tasks, key=_order)), decisions)


def clean_tasks(office: Office, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Those of the tasks that may be accepted together after a glance.

    An address that writes for two units is looked at each time.
    """
    perhaps = [task for task in tasks if task.item.question == UNREGISTERED and task.item.key is not None]
    if not perhaps:
        return ()
    ids = {task.head.archive_id for task in perhaps}
    outcomes, wrong = office.ledger.outlines(ids), office.ledger.at_fault(ids)
    clean = [
        task
        for task in perhaps
        if task.head.archive_id not in wrong and _is_clean(task.item, outcomes[task.head.archive_id])
    ]
    writes_for: dict[str, set[str]] = {}
    for task in clean:
        writes_for.setdefault(task.head.from_address, set()).add(task.proposed("unit"))
    return tuple(task for task in clean if len(writes_for[task.head.from_address]) == 1)


def _grouped(items: Iterable[ReviewItem]) -> list[tuple[ReviewItem, ...]]:
    groups: dict[object, list[ReviewItem]] = {}
    for item in items:
        about = (item.archive_id, item.key) if item.kind == "value" else item.id
        groups.setdefault(about, []).append(item)
    return [tuple(group) for group in groups.values()]


def _urgency(item: ReviewItem) -> Urgency:
    if item.question in _SUSPECT:
        return Urgency.SUSPECT
    if item.kind == "value":
        return Urgency.FIGURES
    return {"question": Urgency.QUESTION, "claims_sent": Urgency.CLAIM}.get(item.question, Urgency.REPORT)


def _order(task: Task) -> tuple[int, object, str]:
    return task.urgency, task.head.arrival, task.id


def _is_clean(item: ReviewItem, outcome: MessageOutcome) -> bool:
    """Whether only the address is new, and everything in the document says the same.

    One report, for an obligation nobody has answered before, of a unit that the document names itself and
    nothing contradicts.
    """
    if item.question != UNREGISTERED or outcome.reasons != (UNREGISTERED,) or len(outcome.review) != 1:
        return False
    if len(outcome.submissions) != 1 or outcome.submissions[0].role is not Role.FIRST:
        return False
    (intent,) = outcome.submissions
    about_unit = [one for one in outcome.evidence if one.about == "unit"]
    named = {one.points_to for one in about_unit}
    told = {one.kind for one in about_unit} & _OF_THE_DOCUMENT
    return bool(told) and named == {intent.key.unit}
