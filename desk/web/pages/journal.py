"""Nhật ký: who did what and when, and whether every part is well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from config.reports import with_period
from desk.upkeep.doctor import Examined, examine, glance
from desk.upkeep.liveness import daemon_state
from desk.web.call import POST, Call, Right, Route
from desk.web.names import Names

if TYPE_CHECKING:
    from starlette.responses import Response

    from config.wording import Wording
    from desk.office import Office
    from ledger.history import Event
    from ledger.records import MessageHead

PATH = "/nhat-ky"
NAVIGATION = ("journal", PATH)
PAGE = 100  #: events on a page
#: What the desk shows of a detail: enough to know it again, never a whole text.
LONGEST_DETAIL = 300
SHOWN_ID = 12  #: letters of an archive id
_IS_ARCHIVE_ID = re.compile(r"[0-9a-f]{64}")
_IS_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_IS_SUM = re.compile(r"(?:\w+_)?sha256")
_OF_DECISIONS = re.compile(r"decision (\d+)(?: to (\d+))?")
_IS_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NUMBERED = {"outbox": "web.mail_numbered_out", "decision": "web.decision_numbered"}
_GROUPS = ("class", "message", "state", "evidence")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    number: int
    at: datetime
    who: str
    what: str
    about: str
    detail: str
    sums: tuple[tuple[str, str], ...] = ()  #: what is shown to who asks: of what, and its SHA-256
    message: str = ""  #: the mail it is about, by its archive id; "" when it is about none that can be shown


@dataclass(frozen=True, slots=True)
class Journal:
    """The page of the history."""

    entries: tuple[Entry, ...]
    actors: tuple[tuple[str, str], ...]  #: as the history has them, and in words
    events: tuple[tuple[str, str], ...]  #: code and words
    who: str
    event: str
    about: str
    older: int | None  #: the number to go on below; None: this is the end
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The page of what is well and what is not."""

    parts: tuple[Examined, ...]
    unread: int
    whole: bool  #: everything was tried, the mailbox too


@dataclass(frozen=True, slots=True)
class SignIns:
    """The page of who signed in, or tried to."""

    entries: tuple[Any, ...]
    older: int | None


def show(call: Call) -> Response:
    """The history."""
    return call.page("journal.html", journal_of(call))


def sign_ins(call: Call) -> Response:
    """Sign-ins and changes of accounts: for an officer, since mistyped names may hold passwords."""
    found = call.desk.accounts.audit(before=_number(call.query.get("truoc")), limit=PAGE + 1)
    older = found[PAGE - 1].number if len(found) > PAGE else None
    return call.page("sign_ins.html", SignIns(found[:PAGE], older))


def health(call: Call) -> Response:
    """What can be told at once."""
    parts = (*daemon_state(call.office, call.say), *glance(call.desk.home, call.say))
    return call.page("health.html", Health(parts, len(call.office.ledger.unread()), whole=False))


def examined(call: Call) -> Response:
    """Everything tried, the mailbox too: takes a while, so it is asked for by a button."""
    parts = (*daemon_state(call.office, call.say), *examine(call.desk.home, call.say))
    return call.page("health.html", Health(parts, len(call.office.ledger.unread()), whole=True))


ROUTES = (
    Route(PATH, show),
    Route(f"{PATH}/dang-nhap", sign_ins, right=Right.OFFICER),
    Route(f"{PATH}/suc-khoe", health),
    Route(f"{PATH}/suc-khoe", examined, method=POST),
)


def journal_of(call: Call) -> Journal:
    """What the page shows for a call."""
    ledger, say = call.office.ledger, call.say
    who, event, about = (call.query.get(name, "").strip() for name in ("ai", "viec", "ve"))
    with ledger.snapshot():
        found = ledger.latest_history(
            before=_number(call.query.get("truoc")),
            limit=PAGE + 1,
            actor=who or None,
            event=event or None,
            subject=subject_of(about, say) or None,
        )
        actors, events = ledger.history_names()
        shown = found[:PAGE]
        heads = ledger.message_heads(
            {each.subject for each in shown if _IS_ARCHIVE_ID.fullmatch(each.subject)}
        )
    words = _Words(say, call.office, Names(call.office), heads)
    return Journal(
        entries=tuple(_entry(each, words) for each in shown),
        actors=tuple((name, actor_words(name, say)) for name in actors),
        events=tuple(sorted(((code, event_words(code, say)) for code in events), key=lambda pair: pair[1])),
        who=who,
        event=event,
        about=about,
        older=shown[-1].number if len(found) > PAGE else None,
    )


def subject_of(words: str, say: Wording) -> str:
    """What the history names what a person wrote: words that the page shows lead back to it."""
    number = words.rpartition(" ")[2]
    for kind, key in _NUMBERED.items():
        if words.casefold() == say(key, id=number).casefold():
            return f"{kind}/{number}"
    return words


def event_words(code: str, say: Wording) -> str:
    """A kind of event in words; its code where the catalogue has none."""
    key = f"web.event_{code}"
    return say(key) if say.has(key) else code


def actor_words(name: str, say: Wording) -> str:
    """Who did something: a person by name, a part of the program in words."""
    key = f"web.actor_{name}"
    return say(key) if say.has(key) else name


def _entry(event: Event, words: _Words) -> Entry:
    return Entry(
        number=event.number,
        at=event.at,
        who=actor_words(event.actor, words.say),
        what=event_words(event.event, words.say),
        about=words.subject(event.subject),
        detail=words.detail(event.detail),
        sums=tuple(words.sums("", event.detail)),
        message=event.subject if event.subject in words.heads else "",
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What the history holds for machines, said to a person."""

    say: Wording
    office: Office
    names: Names
    heads: Mapping[str, MessageHead]  #: of the mails that are spoken of

    def subject(self, subject: str) -> str:
        """A unit, report and period by their names; a mail by its number or the beginning of its id."""
        match subject.split("/"):
            case [archive_id] if _IS_ARCHIVE_ID.fullmatch(archive_id):
                numbered = self.say("web.mail_numbered", id=archive_id[:SHOWN_ID])
                head = self.heads.get(archive_id)
                sender = (head.from_name or head.from_address) if head else ""
                return (
                    self.say("web.mail_numbered_from", mail=numbered, sender=sender) if sender else numbered
                )
            case [kind, number] if kind in _NUMBERED:
                return self.say(_NUMBERED[kind], id=number)
            case ["wish", report, period]:
                return self._period(report, period)
            case [report, period, number] if report in self._reports:
                return self.say("web.issue_numbered", period=self._period(report, period), number=number)
            case [unit, report, period]:
                return self._key(unit, report, period)
        return subject

    def detail(self, detail: Mapping[str, Any]) -> str:
        """A detail on one line, whatever it holds."""
        line = "; ".join(self._told(detail, ": "))
        return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"

    def sums(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        """The check sums anywhere in a detail, whole, each with what it is of."""
        match value:
            case dict():
                for part, inner in value.items():
                    yield from self.sums(part, inner)
            case [str(file), str(sha256)] if _IS_ARCHIVE_ID.fullmatch(sha256):
                yield file, sha256
            case list():
                for inner in value:
                    yield from self.sums(name, inner)
            case str() if _IS_SUM.fullmatch(name):
                yield self._word("detail", name), value

    def _told(self, detail: Mapping[str, Any], between: str) -> list[str]:
        """What a mapping holds, a part each; unit, report and period by their names, no check sum."""
        about, rest = self._about(detail)
        told = [
            self._whole(name, value)
            or f"{self._word('detail', name)}{between}{self._value(name, value, detail)}"
            for name, value in rest.items()
            if not _IS_SUM.fullmatch(name) and value not in ("", [], {}, None)
        ]
        return [about, *told] if about else told

    def _whole(self, name: str, value: Any) -> str:
        """Yes and no where they have words of their own, which need no name before them."""
        key = f"web.detail_{name}_{'yes' if value else 'no'}"
        return self.say(key) if isinstance(value, bool) and self.say.has(key) else ""

    def _about(self, detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The obligation or period a mapping names, in words, and what else it holds."""
        match detail:
            case {"unit": str(unit), "report": str(report), "period": str(period), **rest}:
                return self._key(unit, report, period), rest
            case {"report": str(report), "period": str(period), **rest}:
                return self._period(report, period), rest
        return "", dict(detail)

    def _value(self, name: str, value: Any, beside: Mapping[str, Any]) -> str:
        match value:
            case dict():
                return self._mapping(value)
            case [str(file), str(sha256)] if _IS_ARCHIVE_ID.fullmatch(sha256):
                return file
            case list():
                return ", ".join(self._value(name, inner, beside) for inner in value)
            case bool():
                return self.say("web.yes" if value else "web.no")
        return self._named(name, str(value), str(beside.get("report", "")))

    def _named(self, name: str, text: str, report: str) -> str:
        """One value in words: a name where its field holds an id of the office's."""
        names: dict[str, Callable[[str], str]] = {
            "unit": self.names.unit,
            "report": self.names.report,
            "indicator": partial(self.names.indicator, report),
            "sex": lambda sex: self.say(f"terms.sex_{sex}"),
        }
        if name in names:
            return names[name](text)
        if decided := _OF_DECISIONS.fullmatch(text):
            return self.say("web.decision_numbered", id="–".join(filter(None, decided.groups())))
        if _IS_ARCHIVE_ID.fullmatch(text):
            return text[:SHOWN_ID]
        return self._moment(text) or self._code(text)

    def _mapping(self, value: Mapping[str, Any]) -> str:
        told = self._told(value, " ")
        is_name = len(told) == 1 and value.keys() <= {"unit", "report", "period"}
        return told[0] if is_name and "report" in value else f"({', '.join(told)})"

    def _key(self, unit: str, report: str, period: str) -> str:
        return f"{self.names.unit(unit)} – {self._period(report, period)}"

    def _period(self, report: str, period: str) -> str:
        return with_period(self.names.report(report), self.names.period(report, period), " ")

    @property
    def _reports(self) -> frozenset[str]:
        return frozenset(known.id for known in self.office.regime.reports)

    def _moment(self, text: str) -> str:
        if _IS_DAY.fullmatch(text):
            return "/".join(reversed(text.split("-")))
        if not _IS_MOMENT.match(text):
            return ""
        try:
            return f"{datetime.fromisoformat(text).astimezone(self.office.regime.timezone):%H:%M %d/%m/%Y}"
        except ValueError:
            return ""

    def _word(self, group: str, code: str) -> str:
        key = f"web.{group}_{code}"
        return self.say(key) if self.say.has(key) else code

    def _code(self, code: str) -> str:
        """A code in words: a class, a state, a role, a kind of decision, the reason of an outcome."""
        code_key = f"web.code_{code.replace(' ', '_')}"
        for key in (*(f"terms.{group}_{code}" for group in _GROUPS), code_key, f"reasons.{code}"):
            if self.say.has(key):
                return self.say(key).rstrip(".")
        return code


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - fits a database's integer
