"""Mails written from the plain-text templates in `templates/mail`: reminders, and the list to the leaders.

A template's line is one paragraph; lines are folded here. Nothing that came by mail stands in these
letters: all their words are the department's own configuration, its templates and its catalogue.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from jinja2 import Environment

from config.regime import Regime, UnitKind
from config.reports import Period, ReportDefinition
from config.spelling import accented_key, tidy
from config.units import Unit
from config.wording import Wording
from consolidate.reminders import LeadersList, OpenItem, Reminder
from consolidate.writers.document_templates import TEMPLATE_FAULTS, NotUtf8Error, place_of, text_environment
from consolidate.writers.phrases import capital, counted, day, days_late, due, moment, small
from desk.errors import CONFIGURATION, DeskError
from ledger.records import OutgoingMessage
from ledger.references import message_id

WIDTH = 76  #: characters a line, at most; RFC 5322 asks for no more than 78
MOST_MEGABYTES = 20  #: what a unit is told to send at most; mail servers refuse more than 25

_COMMITTEE = re.compile(r"^UBND\s+(?=\S)")
_HYPHEN = re.compile(r" ([-–]) ")
_LABELLED = re.compile(r"\b(ngày|số|thư điện tử|không quá|lần|năm) (?=\S)", re.IGNORECASE)
_MINUTES = re.compile(r"(?<=giờ) (?=\d\d phút)")
_COUNTED = re.compile(r"(?<=\d) (?=(?:tháng|giờ|phút|ngày|MB)\b)")
_NBSP = "\N{NO-BREAK SPACE}"


class MailTemplateError(DeskError):
    """A mail template is missing, broken, or asks for a fact that letters do not have."""

    code = CONFIGURATION


@dataclass(frozen=True, slots=True)
class Written:
    """Mails that were written, and why others could not be: a template holds up the mails it is for alone."""

    mails: tuple[OutgoingMessage, ...] = ()
    faults: tuple[MailTemplateError, ...] = ()  #: each told once


def write_each(letters: Iterable[Callable[[], OutgoingMessage]]) -> Written:
    """Write what can be written."""
    mails: list[OutgoingMessage] = []
    faults: dict[str, MailTemplateError] = {}
    for write in letters:
        try:
            mails.append(write())
        except MailTemplateError as error:
            faults.setdefault(str(error), error)
    return Written(tuple(mails), tuple(faults.values()))


def template_error(error: Exception, asked: str) -> MailTemplateError:
    """What went wrong with the template that was asked for, or with a part it includes, and where."""
    if isinstance(error, (NotUtf8Error, UnicodeDecodeError)):
        return MailTemplateError("outgoing.template_not_utf8", name=getattr(error, "name", asked))
    name, line = place_of(error, asked)
    detail = f"{type(error).__name__}: {error}"
    if line:
        return MailTemplateError("outgoing.template_broken_at", name=name, line=str(line), detail=detail)
    return MailTemplateError("outgoing.template_broken", name=name, detail=detail)


@dataclass(frozen=True)  # without slots: it keeps its templates once they are read
class Stationery:
    """What every mail of one department is written with."""

    regime: Regime
    wording: Wording  #: the Vietnamese catalogue of documents
    key: bytes  #: signs the Message-IDs
    overrides: Path | None = None  #: the department's own templates; `mail/<name>.txt` there wins

    def render(
        self, names: Sequence[str], facts: Mapping[str, object], instead: Mapping[str, str] | None = None
    ) -> str:
        """The text of the first of these templates that there is, folded.

        `instead` holds wordings that win over all files, by name: what is tried before it is kept.

        Raises:
            MailTemplateError: the template cannot be used, or says nothing.

        """
        asked = f"mail/{names[0]}.txt"
        try:
            tried = {f"mail/{name}.txt": text for name, text in (instead or {}).items()}
            environment = self._environment_with(tried) if tried else self._environment
            template = environment.select_template([f"mail/{name}.txt" for name in names])
            asked = template.name or asked
            text = folded(template.render(self._own_facts() | dict(facts)))
        except TEMPLATE_FAULTS as error:
            raise template_error(error, asked) from error
        if not text.strip():
            raise MailTemplateError("outgoing.template_blank", name=asked)
        return text

    def message_id(self, step: str, unit: str, about: Sequence[str]) -> str:
        """The signed Message-ID of a mail of that step to that unit."""
        return message_id(self.regime, self.key, step, unit, about)

    @cached_property
    def _environment(self) -> Environment:
        """Read once for all the letters of one run."""
        return self._environment_with({})

    def _environment_with(self, tried: Mapping[str, str]) -> Environment:
        return text_environment("", self.overrides, by_line=True, instead=tried)

    def _own_facts(self) -> dict[str, object]:
        department = self.regime.department
        return {
            "collector": tidy(department.name),
            "issuer": tidy(department.issuer),
            "level": department.level,
            "mailbox": department.mailbox,
            "contact": tidy(department.contact),
            "phone": tidy(department.phone),
            "most_megabytes": MOST_MEGABYTES,
        }


def compose(stationery: Stationery, reminder: Reminder, now: datetime) -> OutgoingMessage:
    """The mail to one unit about all its open items at the moment `now`, ready to be queued.

    Raises:
        MailTemplateError: the template cannot be used.

    """
    step, keys = reminder.step, tuple(item.key for item in reminder.items)
    spare = "don-doc-1" if step.working_days > 0 else "nhac-truoc-han"
    facts = _facts(reminder, stationery, now)
    about = (reminder.kind, *sorted(f"{key.report}/{key.period}" for key in keys))
    return OutgoingMessage(
        kind=reminder.kind,
        step=step.id,
        unit=reminder.unit.id,
        keys=keys,
        to=reminder.addresses,
        cc=reminder.copies,
        subject=_subject(reminder, stationery.wording, now),
        text=stationery.render((step.template or step.id, spare), facts),
        message_id=stationery.message_id(step.id, reminder.unit.id, about),
        queued_at=now,
    )


def compose_list(
    stationery: Stationery, missing: LeadersList, to: Sequence[str], now: datetime
) -> OutgoingMessage:
    """The list of all units that are missing, to the leaders.

    Raises:
        MailTemplateError: the template cannot be used.

    """
    wording, regime = stationery.wording, stationery.regime
    report = small(item_name(missing.report, missing.period, wording))
    late = [days_late(now, item.due, regime.timezone) or 0 for item in missing.items]
    rows = [
        {"name": tidy(unit.name), "phone": tidy(unit.phone), "days": counted(days)}
        for unit, days in zip(missing.units, late, strict=True)
    ]
    facts = {
        "report": report,
        "count": counted(len(rows)),
        "rows": rows,
        "due": due(
            min(item.due for item in missing.items), regime.timezone, wording, missing.period.due_text
        ),
        "as_of": moment(now, regime.timezone, wording),
    }
    spot = (missing.kind, missing.report.id, missing.period.id)
    return OutgoingMessage(
        kind=missing.kind,
        step=missing.step.id,
        unit="",
        keys=tuple(item.key for item in missing.items),
        to=tuple(to),
        cc=(),
        subject=wording("outgoing.subject_leaders", report=report),
        text=stationery.render((missing.step.template, "danh-sach-lanh-dao"), facts),
        message_id=stationery.message_id(missing.step.id, "", spot),
        queued_at=now,
    )


def addressee(unit: Unit, kind: UnitKind) -> str:
    """The unit after "Kính gửi": "Ủy ban nhân dân xã Hoa Lư", "Đồng chí trưởng thôn 3"."""
    name = _COMMITTEE.sub("Ủy ban nhân dân ", tidy(unit.name))
    words, title = accented_key(kind.name).split(), accented_key(kind.addressed_as).split()
    named_by_kind = accented_key(name).split()[: len(words)] == words
    # "Thôn 3" under "đồng chí trưởng thôn": the title takes the place of the kind. "quý …" names nobody.
    if named_by_kind and title[-len(words) :] == words and title[0] != "quý":
        name = f"{tidy(kind.addressed_as)} {' '.join(name.split()[len(words) :])}"
    return capital(name.strip())


def folded(text: str, width: int = WIDTH) -> str:
    """The text with every line folded at blanks, at most one empty line in a row.

    A dash never begins a folded line, where it would look like a list, and a day stays with its word.
    """
    lines = (_folded_line(line, width) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def is_folded(before: str, line: str, width: int = WIDTH) -> bool:
    """Whether folding parted the two lines: what the second begins with had no room on the first."""
    first = _kept_together(line.strip()).split(" ")[0]
    return len(before.rstrip()) + 1 + len(first) > width


def _kept_together(text: str) -> str:
    """Words that must not be parted joined by no-break spaces."""
    whole = _COUNTED.sub(_NBSP, _MINUTES.sub(_NBSP, _HYPHEN.sub(rf"{_NBSP}\1 ", text)))
    return _LABELLED.sub(lambda match: match[1].replace(" ", _NBSP) + _NBSP, whole)


def _folded_line(line: str, width: int) -> str:
    mark, body = ("- ", line[2:]) if line.startswith("- ") else ("", line)
    whole = _kept_together(tidy(body))
    wrapped = textwrap.fill(
        whole,
        width,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_NBSP, " ")


def _subject(reminder: Reminder, wording: Wording, now: datetime) -> str:
    urging = any(item.due <= now for item in reminder.items)
    key = "subject_remind"
    if urging:
        key = "subject_urge_again" if reminder.reminded else "subject_urge"
    items = reminder.items
    several = wording("outgoing.several_reports", count=counted(len(items)))
    reports = several if len(items) > 1 else small(item_name(items[0].report, items[0].period, wording))
    return wording(f"outgoing.{key}", reports=reports)


def _facts(reminder: Reminder, stationery: Stationery, now: datetime) -> dict[str, object]:
    regime, wording = stationery.regime, stationery.wording
    kind, zone = regime.kind(reminder.unit.kind), regime.timezone
    items = sorted(reminder.items, key=lambda item: item.due)
    reminded = reminder.reminded
    return {
        "addressee": addressee(reminder.unit, kind),
        "addressed": tidy(kind.addressed_as),
        "unit": tidy(reminder.unit.name),
        "ordered_by": _ordered_by(items),
        "items": [_line(item, regime, wording, now) for item in items],
        "the_reports": wording("outgoing.the_reports" if len(items) > 1 else "outgoing.the_report"),
        "figures": any(item.report.asked_of(reminder.unit.kind) for item in items),
        "as_of": moment(now, zone, wording),
        "reminded_on": day(reminded.astimezone(zone).date()) if reminded else "",
    }


def _ordered_by(items: Sequence[OpenItem]) -> str:
    """What asks for the reports, when one letter asks for all of them."""
    asking = {tidy(item.report.ordered_by) for item in items}
    return asking.pop() if len(asking) == 1 else ""


def _line(item: OpenItem, regime: Regime, wording: Wording, now: datetime) -> str:
    late = days_late(now, item.due, regime.timezone)
    key = "item_upcoming"
    if late is not None:
        key = "item_overdue" if late else "item_overdue_today"
    return wording(
        f"outgoing.{key}",
        name=capital(item_name(item.report, item.period, wording)),
        due=due(item.due, regime.timezone, wording, item.period.due_text),
        days=counted(late or 0),
    )


def item_name(report: ReportDefinition, period: Period, wording: Wording) -> str:
    """A report of a period in words, the period said once.

    Of "Tháng hành động năm 2023" only the year is added to a name that says "Tháng hành động"; of
    "tháng 5 năm 2023" the first word falls away after "Báo cáo tháng".
    """
    name, of = tidy(report.name), tidy(period.name)
    if of.lower() in name.lower():
        return name
    said, year, which = of.partition(" năm ")
    if year and said.lower() in name.lower():
        of = f"{year.strip()} {which}"
    words, more = name.split(), of.split()
    twice = next((n for n in range(len(more), 0, -1) if _same(words[-n:], more[:n])), 0)
    return wording("outgoing.item_name", report=name, period=" ".join(more[twice:]))


def _same(some: Sequence[str], others: Sequence[str]) -> bool:
    return [word.lower() for word in some] == [word.lower() for word in others]
