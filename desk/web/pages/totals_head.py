"""What stands over every page of Tổng hợp: the period, what is worked out of it, and what is being made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from consolidate.totals import number_text
from desk.errors import UnknownNameError, sentence_of
from desk.settled import NotWorkedOutError, Settled, settled
from desk.totals_export import BOOK, EXPORTS, TableNotWrittenError, WantedTable, written_table
from desk.web.periods import Chosen, chosen_period
from desk.wishes import Ended, Wish, how_it_ended, waiting_wishes

if TYPE_CHECKING:
    from desk.web.call import Call
    from ledger.records import IssueHead

PATH = "/tong-hop"
LONGEST_NUMBER = 12  #: digits


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the page writes numbers: as its language does."""

    language: str

    def __call__(self, number: Decimal | str | None) -> str:
        """14.405,5 in Vietnamese, 14,405.5 in English; empty for None."""
        text = number_text(None if number is None or number == "" else Decimal(number))
        return text if self.language == "vi" else text.translate(str.maketrans(",.", ".,"))

    def signed(self, number: Decimal | None) -> str:
        """With its sign: +5, −3; 0 without."""
        if number is None:
            return ""
        return ("+" if number > 0 else "−" if number < 0 else "") + self(abs(number))

    def percent(self, number: Decimal | None) -> str:
        """To one digit, with its sign."""
        return "" if number is None else self.signed(number.quantize(Decimal("0.1"), ROUND_HALF_UP)) + "%"


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an issue."""

    number: int  #: its place among the documents of the issue, from 1
    name: str
    kind: str  #: word of the catalogue; empty where the name tells nothing


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table somebody wants to take away, while it is written and afterwards."""

    table: str
    is_written: bool = False
    trouble: str = ""  #: why it could not be


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over every tab: the period, its last issue with documents, and whether it is frozen."""

    chosen: Chosen
    shown: Settled | None  #: None: nothing is worked out yet
    trouble: str  #: why nothing can be
    documents: tuple[Document, ...]
    names: Mapping[str, str]  #: of units
    text: Numbers
    wishes: tuple[Wish, ...] = ()  #: what was asked for and is being made
    ended: Ended | None = None  #: how what this page was asked for ended
    file: TableFile | None = None  #: the table this page was asked for

    @property
    def mark(self) -> str:
        """Another one when something that is awaited has come."""
        shown = f"{self.shown.at.isoformat()} {self.shown.is_current}" if self.shown else ""
        told = (shown, self.trouble, [wish.number for wish in self.wishes], self.file)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def chosen_of(call: Call) -> Chosen:
    """The period a call is about.

    Raises:
        UnknownNameError: nothing is collected yet, or not for that period.
    """
    chosen = chosen_period(call)
    if chosen is None:
        raise UnknownNameError("desk.unknown_period", name=call.query.get("ky", ""))
    return chosen


def asked_head(call: Call) -> Head:
    """The same for a page of one figure, which is of no use without a period.

    Raises:
        UnknownNameError: nothing is collected yet, or not for that period.
    """
    head = head_of(call)
    if head is None:
        raise UnknownNameError("desk.unknown_period", name=call.query.get("ky", ""))
    return head


def head_of(call: Call) -> Head | None:
    """What is kept of the chosen period; where that is of earlier, it is worked out again meanwhile."""
    office = call.office
    chosen = chosen_period(call)
    if chosen is None:
        return None
    shown, trouble = None, ""
    try:
        shown = settled(office, chosen.report, chosen.period)
    except NotWorkedOutError as error:
        trouble = error.places["told"]
    if not trouble and (shown is None or not shown.is_current):
        call.desk.follow_up.work_out(chosen.report.id, chosen.period.id)
    waiting = waiting_wishes(office.ledger, chosen.report.id, chosen.period.id)
    if waiting:
        call.desk.follow_up.wake()  # left by one that died, or under way
    names = {unit.id: unit.name for unit in office.regime.units}
    documents = documents_of(shown.last if shown else None, call)
    text = Numbers(call.say.language)
    file = _file(call, chosen, shown) if not trouble else None
    return Head(chosen, shown, trouble, documents, names, text, waiting, _ended(call, chosen), file)


def _file(call: Call, chosen: Chosen, shown: Settled | None) -> TableFile | None:
    """How it stands with the table the address names."""
    table = call.query.get("tep", "")
    if table not in {*EXPORTS, BOOK}:
        return None
    wanted = WantedTable(chosen.report.id, chosen.period.id, table, call.say.language)
    try:
        content = written_table(call.office.ledger, wanted) if shown and shown.is_current else None
    except TableNotWrittenError as error:
        return TableFile(table, trouble=sentence_of(error, call.say))
    if content is None:
        call.desk.follow_up.write(wanted)
    return TableFile(table, is_written=content is not None)


def _ended(call: Call, chosen: Chosen) -> Ended | None:
    """How what was asked for ended, where the address names it."""
    number = call.query.get("viec", "")
    if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
        return None
    return how_it_ended(call.office.ledger, chosen.report.id, chosen.period.id, int(number))


def documents_of(made: IssueHead | None, call: Call) -> tuple[Document, ...]:
    """The documents of an issue, each with what it is."""
    files = made.files if made else ()
    return tuple(Document(n, name, _kind(name, call)) for n, (name, _sha256) in enumerate(files, 1))


#: What the documents are, by the words their names are made of.
_KINDS = {
    "documents.report_file": "web.document_report",
    "consolidate.annex_file": "web.document_annex",
    "documents.texts_file": "web.document_texts",
    "documents.chase_file_docx": "web.document_chase",
    "documents.letter_file": "web.document_letter",
}


def _kind(name: str, call: Call) -> str:
    wording = call.office.document_wording
    for key, kind in _KINDS.items():
        if wording.has(key) and name.partition("_")[0] == wording(key).partition("_")[0]:
            return call.say(kind)
    return ""
