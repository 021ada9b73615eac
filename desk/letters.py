"""Chase-up mails, written from the plain-text templates in `templates/mail`.

A template's line is one paragraph; lines are folded here. Nothing that came by mail stands in a letter:
all its words are the department's own configuration, its templates and its catalogue.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import TemplateError

from config.regime import Regime, UnitKind
from config.spelling import accented_key, tidy
from config.units import Unit
from config.wording import Wording
from consolidate.reminders import OpenItem, Reminder
from consolidate.writers.document_templates import text_environment
from consolidate.writers.phrases import capital, counted, day, days_late, due, moment, small
from desk.errors import CONFIGURATION, DeskError
from ledger.records import OutgoingMessage

WIDTH = 76  #: characters a line, at most; RFC 5322 asks for no more than 78
MOST_MEGABYTES = 20  #: what a unit is told to send at most; mail servers refuse more than 25

_COMMITTEE = re.compile(r"^UBND\s+(?=\S)")
_HYPHEN = re.compile(r" ([-–]) ")
_LABELLED = re.compile(r"\b(ngày|số|thư điện tử|không quá|lần|năm) (?=\S)", re.IGNORECASE)
_COUNTED = re.compile(r"(?<=\d) (?=(?:tháng|giờ|phút|ngày|MB)\b)")
_FREE = re.compile(r"[^a-z0-9-]+")
_NBSP = "\N{NO-BREAK SPACE}"
_HASH_LENGTH = 16


class MailTemplateError(DeskError):
    """A mail template is missing, broken, or asks for a fact that letters do not have."""

    code = CONFIGURATION


def compose(
    reminder: Reminder, regime: Regime, wording: Wording, now: datetime, overrides: Path | None = None
) -> OutgoingMessage:
    """The mail to one unit about all its open items, ready to be queued.

    Args:
        reminder: whom, how sternly, about what.
        regime: whose letter it is.
        wording: the Vietnamese catalogue of documents.
        now: the moment the letter speaks of, aware.
        overrides: the department's own templates; `mail/<name>.txt` there wins.

    Raises:
        MailTemplateError: the template cannot be used.

    """
    keys = tuple(item.key for item in reminder.items)
    return OutgoingMessage(
        kind=reminder.kind,
        step=reminder.step.id,
        unit=reminder.unit.id,
        keys=keys,
        to=reminder.addresses,
        cc=(),
        subject=_subject(reminder, wording, now),
        text=_text(reminder, regime, wording, now, overrides),
        message_id=message_id(reminder, regime),
        queued_at=now,
    )


def message_id(reminder: Reminder, regime: Regime) -> str:
    """The Message-ID of the mail: the same whenever and wherever it is composed."""
    parts = [regime.id, reminder.kind, reminder.step.id, reminder.unit.id]
    parts += sorted(f"{item.key.report}/{item.key.period}" for item in reminder.items)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_HASH_LENGTH]
    domain = regime.department.mailbox.rpartition("@")[2] or f"{_plain(regime.id)}.invalid"
    return f"<{_plain(reminder.step.id)}.{_plain(reminder.unit.id)}.{digest}@tonghop.{domain.lower()}>"


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


def _folded_line(line: str, width: int) -> str:
    mark, body = ("- ", line[2:]) if line.startswith("- ") else ("", line)
    whole = _HYPHEN.sub(rf"{_NBSP}\1 ", tidy(body))
    whole = _COUNTED.sub(_NBSP, whole)
    whole = _LABELLED.sub(lambda match: match[1].replace(" ", _NBSP) + _NBSP, whole)
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
    reports = several if len(items) > 1 else small(_name(items[0], wording))
    return wording(f"outgoing.{key}", reports=reports)


def _text(reminder: Reminder, regime: Regime, wording: Wording, now: datetime, overrides: Path | None) -> str:
    name = f"mail/{reminder.step.template or reminder.step.id}.txt"
    spare = "mail/don-doc-1.txt" if reminder.step.working_days > 0 else "mail/nhac-truoc-han.txt"
    try:
        template = text_environment("", overrides, by_line=True).select_template([name, spare])
        return folded(template.render(_facts(reminder, regime, wording, now)))
    except TemplateError as error:
        detail = f"{type(error).__name__}: {error}"
        raise MailTemplateError("outgoing.template_broken", name=name, detail=detail) from error


def _facts(reminder: Reminder, regime: Regime, wording: Wording, now: datetime) -> dict[str, object]:
    department, kind, zone = regime.department, regime.kind(reminder.unit.kind), regime.timezone
    items = sorted(reminder.items, key=lambda item: item.due)
    reminded = reminder.reminded
    return {
        "addressee": addressee(reminder.unit, kind),
        "addressed": tidy(kind.addressed_as),
        "unit": tidy(reminder.unit.name),
        "collector": tidy(department.name),
        "issuer": tidy(department.issuer),
        "level": department.level,
        "mailbox": department.mailbox,
        "contact": tidy(department.contact),
        "phone": tidy(department.phone),
        "ordered_by": _ordered_by(items),
        "items": [_line(item, regime, wording, now) for item in items],
        "the_reports": wording("outgoing.the_reports" if len(items) > 1 else "outgoing.the_report"),
        "figures": any(item.report.asked_of(reminder.unit.kind) for item in items),
        "as_of": moment(now, zone, wording),
        "reminded_on": day(reminded.astimezone(zone).date()) if reminded else "",
        "most_megabytes": MOST_MEGABYTES,
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
        name=capital(_name(item, wording)),
        due=due(item.due, regime.timezone, wording),
        days=counted(late or 0),
    )


def _name(item: OpenItem, wording: Wording) -> str:
    report, period = tidy(item.report.name), tidy(item.period.name)
    if period.lower() in report.lower():
        return report
    return wording("outgoing.item_name", report=report, period=period)


def _plain(identifier: str) -> str:
    return _FREE.sub("-", identifier.lower()).strip("-") or "x"
