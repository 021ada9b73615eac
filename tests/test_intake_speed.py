"""Reading against the fastest library route, both by turns in one process, by processor time."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from contextlib import contextmanager
from copy import copy
from email import message_from_bytes
from typing import TYPE_CHECKING

from lxml import etree
from python_calamine import CalamineWorkbook

from config.reports import Indicator, ReportDefinition
from intake.documents import Document
from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from intake.extractors.workbook import extract_workbook
from intake.figures.kept_forms import KEPT_FORMS
from intake.figures.tables import note_tables
from tools.bench import workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROUNDS = 15
#: Measured 0.34 to 0.44 and 1.2 to 1.35: reading by a tree (1.4), or an object for each cell (1.7), shows.
_WORD, _BOOK = 0.7, 1.6
#: Measured 3.0: a form whose words are gone through again for each unit shows.
_AFRESH = 1.8


REPORT_OF_THE_BENCH = ReportDefinition(
    "bdg", "Báo cáo kết quả công tác dân vận", "Dân vận", ("công tác dân vận",),
    tuple(Indicator(f"K{n:02d}", label, "đơn vị") for n, label in enumerate(workload.labels(), 1)), (), (),
)  # fmt: skip


def cost(ours: Callable[[bytes], object], floor: Callable[[bytes], object], files: list[bytes]) -> float:
    """How many times the floor ours takes: the best of rounds of both by turns, as other work only adds."""
    spent: dict[bool, list[float]] = {False: [], True: []}
    with untraced():
        for _ in range(_ROUNDS):
            for is_ours, read in ((False, floor), (True, ours)):
                begun = time.process_time()
                for content in files:
                    read(content)
                spent[is_ours].append(time.process_time() - begun)
    return min(spent[True]) / min(spent[False])


@contextmanager
def untraced() -> Iterator[None]:
    """Without the counting of lines, which weighs on Python alone and so on one side only."""
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracing)


def walk(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    found: list[list[str]] = []
    for node in root.iter(_W + "p", _W + "tc", _W + "t"):
        if node.tag == _W + "t":
            found[-1].append(node.text or "")
        else:
            found.append([])
    return found


def grid(content: bytes) -> list[object]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def files(ending: str) -> list[bytes]:
    """The files of that ending in some mails of the bench."""
    parts = [part for sent in workload.reports(8) for part in message_from_bytes(sent.octets).walk()]
    found = [part for part in parts if (part.get_filename() or "").endswith(ending)]
    return [bytes(part.get_payload(decode=True)) for part in found]


def read_word(content: bytes) -> Document:
    return extract_docx(content, Budget(Limits()))


def read_book(content: bytes) -> Document:
    return extract_workbook(content, Budget(Limits()))


def test_a_word_document_costs_less_than_a_bare_walk_over_its_xml() -> None:
    assert cost(read_word, walk, files("docx")) < _WORD


def test_a_workbook_costs_little_more_than_its_values_alone() -> None:
    assert cost(read_book, grid, files("xlsx")) < _BOOK


def test_a_known_form_costs_less_than_one_read_afresh() -> None:
    tables = [read_book(content).tables[0] for content in files("xlsx")]

    def read(content: bytes) -> None:
        note_tables(Document((copy(tables[content[0]]),)), "b", REPORT_OF_THE_BENCH)

    def afresh(content: bytes) -> None:
        KEPT_FORMS.forget()
        read(content)

    each = [bytes([number]) for number in range(len(tables))]
    assert cost(afresh, read, each) > _AFRESH
