"""Thư: one message with everything that was found in it, its files to look at and to save, its questions.

Nothing that came by mail is shown but as plain text and as pictures drawn by us; a file is only handed out
to be saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from desk.errors import UnknownNameError
from desk.explaining import explained
from desk.pictures import file_of, sentence_of
from desk.views import put_right_notes
from desk.web.call import Call, Route
from desk.web.names import Names
from intake.documents import ReadState
from intake.pictures import MailText, NoPicture, PagePicture
from ledger.decisions import taken_back_alone
from ledger.records import Method
from ledger.review import open_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.views import View
    from intake.pictures import Box
    from ledger.records import AttachmentRecord, Decision, MessageOutcome, Place, ReviewItem, Value

PATH = "/thu"
#: States of files that are no document a person would look at.
_BETWEEN = 6  #: pixels between two pieces of a page
_NOT_SHOWN = frozenset({ReadState.DECORATION.value})
#: Files that are never handed out: what they do is not known, or known too well.
_NOT_SAVED = frozenset({ReadState.REFUSED.value, ReadState.BOMB.value})
_SAVED_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'"}


@dataclass(frozen=True, slots=True)
class FileTab:
    """A file of the message in the bar over the original."""

    number: int  #: from 1: its place among the message's files
    file: AttachmentRecord

    @property
    def may_be_saved(self) -> bool:
        """Whether the desk hands it out."""
        return bool(self.file.sha256) and self.file.state not in _NOT_SAVED


@dataclass(frozen=True, slots=True)
class Original:
    """The original beside the reading: the text of the mail, or one page of one file."""

    outcome: MessageOutcome
    back: str  #: the question it was opened from
    tabs: tuple[FileTab, ...]
    number: int = 0  #: of the file shown; 0: the mail itself
    text: MailText | None = None
    page: PagePicture | None = None
    count: int = 0
    is_cut: bool = False
    boxes: tuple[Box, ...] = ()
    pieces: tuple[Box, ...] = ()  #: the head of the column and the row of the value, or its sentence
    value: str = ""  #: of which the place is marked: number of submission and of value
    place: str = ""  #: in words
    is_scan: bool = False  #: the place is only found by recognising the page again, which takes a while
    sentence: str = ""  #: why there is no picture, or no mark
    put_right: tuple[str, ...] = ()  #: that the value's file was put into Unicode to be read, with a sample

    @property
    def marked(self) -> tuple[Box, ...]:
        """The marks on the page shown."""
        return tuple(box for box in self.boxes if self.page is not None and box.page == self.page.number)

    @property
    def strips(self) -> tuple[tuple[Box, int], ...]:
        """The pieces that tell the value whole, and how far below the first each is shown, in pixels."""
        tall = [box.bottom - box.top + _BETWEEN for box in self.pieces]
        return tuple((box, sum(tall[:number])) for number, box in enumerate(self.pieces))


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Everything about one message."""

    outcome: MessageOutcome
    told: View
    names: Names
    tabs: tuple[FileTab, ...]
    open: tuple[ReviewItem, ...]
    decided: tuple[Decision, ...]
    is_waiting: bool  #: it is being read again


def show(call: Call) -> Response:
    """The page of a message."""
    ledger = call.office.ledger
    with ledger.snapshot():
        outcome = outcome_of(call, call.places["message"])
        decided = decided_about(outcome.archive_id, ledger.decisions())
        waiting = outcome.archive_id in dict(ledger.unread())
    told = explained(call.office, outcome)
    asked = open_items(outcome.review, decided)
    page = MessagePage(outcome, told, Names(call.office), tabs_of(outcome), asked, decided, waiting)
    return call.page("message.html", page)


def decided_about(message: str, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """What was decided about a message or written because of it, and what took that back, by number."""
    made = {d.number for d in decisions if message in (d.target.get("message"), d.choice.get("message"))}
    return tuple(d for d in decisions if d.number in made or taken_back_alone(d) in made)


def outcome_of(call: Call, message: str) -> MessageOutcome:
    """The message of that id or beginning of an id.

    Raises:
        UnknownNameError: there is none.
    """
    outcome = call.office.ledger.message(message)
    if outcome is None:
        raise UnknownNameError("desk.unknown_item", name=message)
    return outcome


def tabs_of(outcome: MessageOutcome) -> tuple[FileTab, ...]:
    """The files of a message worth showing."""
    return tuple(
        FileTab(number, file)
        for number, file in enumerate(outcome.attachments, 1)
        if file.state not in _NOT_SHOWN
    )


# -- the original beside the reading ---------------------------------------------------------------------


def look(call: Call) -> Response:
    """The original: a page by itself, and the part of it that stands beside a question."""
    outcome = outcome_of(call, call.places["message"])
    return call.page("original.html", _Looking(call, outcome).original())


class _Looking:
    """Which part of the original a call asks for."""

    def __init__(self, call: Call, outcome: MessageOutcome) -> None:
        self._call = call
        self._outcome = outcome
        self._pictures = call.desk.pictures
        self._plain = Original(outcome, call.query.get("viec", ""), tabs_of(outcome))

    def original(self) -> Original:
        """What is shown."""
        value = self._value
        asked = self._call.query.get("tep", "")
        if value is not None:
            file = file_of(self._outcome, value.place)
            return self._of_file(file, value.place) if file else self._of_text(value.place)
        if asked.isdigit() and int(asked):
            return self._of_file(self._file(int(asked)), None)
        return self._of_text(None)

    @cached_property
    def _value(self) -> Value | None:
        return value_at(self._outcome, self._call.query.get("so", ""))

    def _file(self, number: int) -> AttachmentRecord:
        tab = next((tab for tab in self._plain.tabs if tab.number == number), None)
        if tab is None:
            raise UnknownNameError("desk.unknown_item", name=str(number))
        return tab.file

    def _of_text(self, place: Place | None) -> Original:
        text = self._pictures.text(self._outcome.archive_id)
        if isinstance(text, NoPicture):
            return self._with(sentence=sentence_of(text, self._call.say))
        return self._with(text=text, place=place.where if place else "")

    def _of_file(self, file: AttachmentRecord, place: Place | None) -> Original:
        number = next(tab.number for tab in self._plain.tabs if tab.file is file)
        boxes, unmarked = self._marks(place) if place else ((), "")
        count = self._pictures.count(self._outcome, file.sha256)
        if isinstance(count, NoPicture):
            return self._with(number=number, sentence=sentence_of(count, self._call.say))
        page = self._pictures.page(self._outcome, file.sha256, self._page_number(boxes, count.count))
        if isinstance(page, NoPicture):
            return self._with(number=number, sentence=sentence_of(page, self._call.say))
        return self._with(
            number=number,
            page=page,
            count=count.count,
            is_cut=count.cut,
            boxes=boxes,
            pieces=self._pieces(place) if place and boxes else (),
            place=place.where if place else "",
            is_scan=self._wants_recognition(),
            sentence=unmarked,
        )

    def _marks(self, place: Place) -> tuple[tuple[Box, ...], str]:
        """The marks, and why there are none; a scan is recognised only when that was asked for."""
        if self._wants_recognition():
            return (), ""
        found = self._pictures.marks(self._outcome, place)
        if isinstance(found, NoPicture):
            return (), sentence_of(found, self._call.say)
        return found, "" if found else sentence_of(NoPicture("no_mark"), self._call.say)

    def _pieces(self, place: Place) -> tuple[Box, ...]:
        found = self._pictures.pieces(self._outcome, place)
        return () if isinstance(found, NoPicture) else found

    def _wants_recognition(self) -> bool:
        value = self._value
        is_asked = self._call.query.get("tim") == "1"
        return value is not None and value.method is Method.OCR and not is_asked

    def _page_number(self, boxes: tuple[Box, ...], count: int) -> int:
        asked = self._call.query.get("trang", "")
        if asked.isdigit() and 1 <= int(asked) <= count:
            return int(asked)
        return boxes[0].page if boxes else 1

    def _with(self, **more: Any) -> Original:
        plain = self._plain
        if self._value is None:
            return Original(plain.outcome, plain.back, plain.tabs, **more)
        spot, file = self._call.query["so"], self._value.place.file
        put_right = tuple(put_right_notes(plain.outcome, {file}, self._call.office.wording))
        return Original(plain.outcome, plain.back, plain.tabs, value=spot, put_right=put_right, **more)


def value_at(outcome: MessageOutcome, spot: str) -> Value | None:
    """The figure at "submission.value", both counted from 0; None when there is none."""
    first, dot, second = spot.partition(".")
    if not (dot and first.isdigit() and second.isdigit() and len(spot) < 12):  # noqa: PLR2004 - "9999.9999"
        return None
    intents = outcome.submissions
    if int(first) >= len(intents) or int(second) >= len(intents[int(first)].values):
        return None
    return intents[int(first)].values[int(second)]


# -- what leaves the desk --------------------------------------------------------------------------------


def picture(call: Call) -> Response:
    """One page of a file as a picture drawn by us."""
    outcome = outcome_of(call, call.places["message"])
    tab = _tab(call, outcome)
    page = call.places["page"]
    drawn = call.desk.pictures.page(outcome, tab.file.sha256, int(page) if page.isdigit() else 0)
    if isinstance(drawn, NoPicture):
        raise UnknownNameError(f"pictures.{drawn.reason}")
    return Response(drawn.png, media_type="image/png")


def save_file(call: Call) -> Response:
    """A file of the message, to be saved."""
    outcome = outcome_of(call, call.places["message"])
    tab = _tab(call, outcome)
    if not tab.may_be_saved:
        raise UnknownNameError("pictures.refused")
    content = call.desk.pictures.original(outcome, tab.file.sha256)
    if isinstance(content, NoPicture):
        raise UnknownNameError(f"pictures.{content.reason}")
    return _saved(content, tab.file.name)


def save_message(call: Call) -> Response:
    """The message as it came, to be saved."""
    outcome = outcome_of(call, call.places["message"])
    return _saved(call.office.archive.read(outcome.archive_id), f"{outcome.archive_id[:12]}.eml")


def _tab(call: Call, outcome: MessageOutcome) -> FileTab:
    asked = call.places["file"]
    tab = next((tab for tab in tabs_of(outcome) if str(tab.number) == asked), None)
    if tab is None:
        raise UnknownNameError("desk.unknown_item", name=asked)
    return tab


def _saved(content: bytes, name: str) -> Response:
    """Octets to be saved and never shown: no type of their own, in a sandbox (RFC 6266, 8187)."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, **_SAVED_HEADERS}
    return Response(content, media_type="application/octet-stream", headers=headers)


_OF = PATH + "/{message}"
ROUTES = (
    Route(_OF, show),
    Route(f"{_OF}/xem", look),
    Route(f"{_OF}/goc", save_message),
    Route(f"{_OF}/tep/{{file}}", save_file),
    Route(f"{_OF}/tep/{{file}}/trang/{{page}}", picture),
)
