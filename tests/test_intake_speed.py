"""Reading against the fastest library route, both by turns in one process, by processor time."""

from __future__ import annotations

import io
import statistics
import sys
import time
import zipfile
from contextlib import contextmanager
from email import message_from_bytes
from typing import TYPE_CHECKING

from lxml import etree
from python_calamine import CalamineWorkbook

from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from intake.extractors.workbook import extract_workbook
from tools.bench import workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from intake.documents import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROUNDS = 15
#: Measured 0.34 to 0.44 and 1.2 to 1.35: reading by a tree (1.4), or an object for each cell (1.7), shows.
_WORD, _BOOK = 0.7, 1.6


def cost(ours: Callable[[bytes], object], floor: Callable[[bytes], object], files: list[bytes]) -> float:
    """How many times the floor ours takes: the median of rounds of both, one after the other."""
    ratios = []
    with untraced():
        for _ in range(_ROUNDS):
            spent = []
            for read in (floor, ours):
                begun = time.process_time()
                for content in files:
                    read(content)
                spent.append(time.process_time() - begun)
            ratios.append(spent[1] / spent[0])
    return statistics.median(ratios)


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
