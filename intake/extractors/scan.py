"""Scans and photos: pages recognised by Tesseract, tables cell by cell, nothing of it certain.

Whatever stands in a recognised document was read by a machine from a picture: `is_recognised` tells, and
a caller must put every figure of it before a person. Tesseract is a system package and may be absent;
then such files end as not yet read.
"""

from __future__ import annotations

import csv
import io
import os
import re
import resource
import shutil
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from intake.documents import Document, ReadState
from intake.errors import ExtractionError, FileTooLargeError, NotReadYetError
from intake.extractors.interface import Budget, Limits
from intake.extractors.page_blocks import composed
from intake.extractors.page_lines import Line, PageContent, Word, lines_of
from intake.extractors.page_tables import Box, gridded

if TYPE_CHECKING:
    from PIL.Image import Image

    from intake.extractors.page_paper import Grey
    from intake.extractors.page_sheet import Cutting, Sheet

MOST_PAGES: Final = 50
RECOGNISED: Final = "ocr"  #: the note of a document that was read from pictures
OVERRUN: Final = "reading took too long"
_LANGUAGE: Final = "vie"
_SECOND_MODEL: Final = "eng"  #: reads digits by other weights; Debian installs it with Tesseract
_TEXT_SCALE: Final = 0.8  #: running text is read at 240 dpi: as well as at 300, and faster
_PAGE_SECONDS: Final = 60.0
_TURN_SECONDS: Final = 10.0
_POOR: Final = 45  #: mean confidence of a page that may lie on its side or upside down
_ENOUGH: Final = 12  #: words that tell by how well they were read which way up a page is
_SURE_TURN: Final = 2.0  #: confidence of Tesseract's own look at the orientation
_NEAR: Final = 14.0  #: pixels at 300 dpi between rules that are one rule
_DIGITS: Final = "0123456789.,-%/()+"
_FIGURE: Final = re.compile(r"[\d.,%/()+\-–—\s]*\d[\d.,%/()+\-–—\s]*")
_WORDY: Final = re.compile(r"[^\W\d_]{2}")
_SHORT: Final = 6  #: letters of what may be a figure taken for a word
_POOR_WORD: Final = 60  #: confidence of a word that may be a figure
_WELL_READ: Final = 75  #: confidence of words; worse are read a second time
_AGREED: Final = 90  #: confidence of a figure that the readings agree on
_MAJORITY: Final = 4  #: of seven readings that make a figure sure
_NEARLY_ALL: Final = 6  #: of them, where the shape of its ink speaks against it
_DISSENT: Final = 2  #: of seven that may say one thing else
_TAKEN_FOR: Final = str.maketrans("–—óÓ", "--66")
#: What Tesseract's picture library says when memory ran out. The program goes on, and calls the page empty.
_NO_MEMORY: Final = re.compile(rb"[mc]alloc fail|bad_alloc")
_NOT_STARTED: Final = 126  #: of a shell or the loader: the program did not run
_MOST_DATA: Final = 224 << 20  #: octets of data of Tesseract: a page of noise takes 165 MB
_WORD_LEVEL, _LINE_LEVEL = "5", "4"


class ReadingOverranError(ExtractionError):
    """The pages of one file take longer, or more memory, than they may."""

    state = ReadState.OVERRAN


def is_recognised(document: Document) -> bool:
    """Whether any of it was read from a picture, so that no figure of it may be taken without a person."""
    return RECOGNISED in document.notes


def extract_image(content: bytes, budget: Budget) -> Document:
    """Reads a photo or a scan kept as a picture, each frame of it a page.

    Raises:
        NotReadYetError: recognition is off or not installed, or the picture is packed in a way not read here.
        DamagedFileError: it cannot be decoded.
        FileTooLargeError: too many pixels or pages.
        ReadingOverranError: its pages take longer than recognition may.

    """
    return _recognised([content], budget)


def read_pages(images: Sequence[bytes], budget: Budget | None = None) -> Document:
    """Reads pictures that are the pages of one document, in this order.

    Args:
        images: JPEG, PNG, TIFF and the like, one or more pages each.
        budget: with `recognise_until` set; without it each picture has its minute.

    Raises:
        ExtractionError: as `extract_image`.

    """
    until = time.monotonic() + _PAGE_SECONDS * len(images)
    return _recognised(images, budget or Budget(Limits(), recognise_until=until))


def _recognised(images: Sequence[bytes], budget: Budget) -> Document:
    return composed(_contents(images, budget), budget.limits, [RECOGNISED])


def image_pages(content: bytes, budget: Budget) -> list[PageContent]:
    """What stands on each page of a picture file, and where; raises as `extract_image`."""
    return _contents([content], budget)


def _contents(images: Sequence[bytes], budget: Budget) -> list[PageContent]:
    from intake.extractors.page_images import frames

    recogniser = Recogniser(budget)
    recogniser.check(len(images))
    pages: list[PageContent] = []
    for content in images:
        for image in frames(content, MOST_PAGES):
            recogniser.check(len(pages) + 1)
            pages.append(recogniser.page(image))
    return pages


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Recognises pages one at a time while the time of the message lasts."""

    budget: Budget

    def check(self, pages: int) -> None:
        """Says before any work whether so many pages can be recognised.

        Raises:
            NotReadYetError: recognition is off, or Tesseract or its Vietnamese model is absent.
            FileTooLargeError: too many pages.

        """
        if not self.budget.recognise_until:
            raise NotReadYetError("recognition is off")
        if not is_installed():
            raise NotReadYetError("tesseract with vie is not installed")
        if pages > MOST_PAGES:
            raise FileTooLargeError(f"{pages} pages to recognise")

    def page(self, image: Image) -> PageContent:
        """What stands on one page.

        Raises:
            ReadingOverranError: the time is up.

        """
        until = min(self.budget.recognise_until, time.monotonic() + _PAGE_SECONDS)
        sheet, words = _standing(image, until)
        if _mean(words) < _POOR:
            sheet, words = _best_turn(image, sheet, words, until)
        words = sheet.take_bare(words)
        tables = tuple(gridded(_boxes(cuttings, until), _NEAR) for cuttings in sheet.tables())
        return PageContent(tuple(words), tables, sheet.width, sheet.height, straightening=sheet.straightening)


def is_installed() -> bool:
    """Whether Tesseract and its Vietnamese model are there."""
    return _LANGUAGE in models()


@cache
def models() -> frozenset[str]:
    """The models Tesseract has; none where it is not installed."""
    if shutil.which("tesseract") is None:
        return frozenset()
    listed = subprocess.run(
        ["tesseract", "--list-langs"],  # noqa: S607 - found on the PATH of the system
        capture_output=True,
        check=False,
        env=_environment(),
        timeout=30,
    )
    return frozenset(listed.stdout.decode("utf-8", "replace").split())


def _environment() -> dict[str, str]:
    """All that Tesseract needs; one thread, for two on a busy machine take many times longer."""
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"} | kept


def _run(picture: bytes, until: float, *options: str) -> str:
    """What Tesseract writes about a picture; it is killed when the time is up.

    Raises:
        ReadingOverranError: the time is up, or memory ran out: a blank it reports then is none.

    """
    left = until - time.monotonic()
    if left <= 0:
        raise ReadingOverranError(OVERRUN)
    command = ["tesseract", "stdin", "stdout", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - a fixed program; the picture is on its standard input
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment()
    ) as process:
        _limit_data(process.pid)
        try:
            told, complaints = process.communicate(picture, left)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise ReadingOverranError(OVERRUN) from error
    if not 0 <= process.returncode < _NOT_STARTED or _NO_MEMORY.search(complaints):
        raise ReadingOverranError("recognition ran out of memory")
    return told.decode("utf-8", "replace")


def _limit_data(process: int) -> None:
    """Leaves Tesseract what a page takes; the process that started it holds the page as well."""
    with suppress(OSError, ValueError):  # it has ended already, or may hold less
        resource.prlimit(process, resource.RLIMIT_DATA, (_MOST_DATA, _MOST_DATA))


# -- which way up ----------------------------------------------------------------------------------


def turn_of(image: Image, until: float) -> int:
    """By how many degrees clockwise the page must be turned to be read; 0 where that is not clear."""
    from intake.extractors.page_images import thumbnail

    told = _run(thumbnail(image), min(until, time.monotonic() + _TURN_SECONDS), "--psm", "0", "-l", "osd")
    found = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    try:
        sure = float(found.get("Orientation confidence", "0")) >= _SURE_TURN
        return int(found.get("Rotate", "0")) if sure else 0
    except ValueError:
        return 0


def _standing(image: Image, until: float) -> tuple[Sheet, list[Word]]:
    """The page as it stands, and its words; one that reads well needs no look, which takes a quarter.

    Lying on its side it takes several times as long to read, so that of a broad one the look comes first.
    """
    from intake.extractors.page_sheet import prepared

    if image.width <= image.height:
        sheet = prepared(image)
        words = _page_words(sheet, until)
        if _is_upright(words) or not (turn := turn_of(image, until)):
            return sheet, words
    else:
        turn = turn_of(image, until)
    sheet = prepared(image, turn)
    return sheet, _page_words(sheet, until)


def _best_turn(image: Image, sheet: Sheet, words: list[Word], until: float) -> tuple[Sheet, list[Word]]:
    """The page turned the three other ways, upright too where it was turned, and the one that reads best."""
    from intake.extractors.page_sheet import prepared

    best = sheet, words
    tried = sheet.straightening.turn if sheet.straightening else 0
    for turn in {0, 90, 180, 270} - {tried}:
        other = prepared(image, turn)
        read = _page_words(other, until)
        if _worth(read) > _worth(best[1]):
            best = other, read
    return best


def _mean(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 100.0


def _is_upright(words: Sequence[Word]) -> bool:
    """Whether so much was read so well as of no page that lies on its side or upside down."""
    return len(words) >= _ENOUGH and _mean(words) >= _WELL_READ


def _worth(words: Sequence[Word]) -> float:
    """Letters read, each weighed by how surely."""
    return sum(len(word.text) * max(word.confidence, 0) ** 2 for word in words)


# -- words -----------------------------------------------------------------------------------------


def _page_words(sheet: Sheet, until: float) -> list[Word]:
    """The words outside the tables of a page, where they stand on it."""
    options = ("-l", _LANGUAGE, "--dpi", "240", "--psm", "4", "-c", "tessedit_create_tsv=1", "tsv")
    table = _run(sheet.without_tables(_TEXT_SCALE), until, *options)
    return [word for _, word in _words(table, _TEXT_SCALE)]


def _words(table: str, scale: float = 1.0) -> Iterator[tuple[int, Word]]:
    """The words of Tesseract's table, each with the number of its picture from 1.

    A word stands as high as its line: the ink of a dash says nothing of where the line is.
    """
    top = bottom = 0.0
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _LINE_LEVEL:
            top = float(row["top"]) / scale
            bottom = top + float(row["height"]) / scale
        text = unicodedata.normalize("NFC", (row["text"] or "").strip())
        if row["level"] == _WORD_LEVEL and text:
            x0 = float(row["left"]) / scale
            x1 = x0 + float(row["width"]) / scale
            yield int(row["page_num"]), Word(text, x0, x1, top, bottom, confidence=round(float(row["conf"])))


# -- cells -----------------------------------------------------------------------------------------


def _boxes(cuttings: Sequence[Cutting], until: float) -> list[Box]:
    """The cells of one table, recognised; figures are read twice and doubted where the readings differ."""
    read: dict[int, _CellText] = {}
    for mode, is_line in (("7", True), ("6", False)):
        inked = [number for number, c in enumerate(cuttings) if c.inked and c.is_line is is_line]
        first = _words_of([cuttings[number] for number in inked], mode, until)
        read |= dict(zip(inked, first, strict=True))
    figures = [number for number, one in read.items() if _may_be_figure(one)]
    counted = _figures([cuttings[number] for number in figures], [read[number] for number in figures], until)
    read |= dict(zip(figures, counted, strict=True))
    return [_box(cutting, read.get(number)) for number, cutting in enumerate(cuttings)]


@dataclass(frozen=True, slots=True)
class _CellText:
    text: str
    confidence: int


def _box(cutting: Cutting, read: _CellText | None) -> Box:
    """A cell whose ink gave no text or runs over its edge, or written by hand, is doubtful and not blank."""
    if read is None:
        return Box(*cutting.bounds, confidence=0 if cutting.coloured else 100)
    doubtful = cutting.coloured or cutting.cut or not read.text
    return Box(*cutting.bounds, text=read.text, confidence=0 if doubtful else read.confidence)


def _may_be_figure(read: _CellText) -> bool:
    """Figures, and what a figure may have been misread as: anything in which no word stands for certain."""
    return not _WORDY.search(read.text) or (len(read.text) <= _SHORT and read.confidence < _POOR_WORD)


def _figures(cuttings: Sequence[Cutting], first: Sequence[_CellText], until: float) -> list[_CellText]:
    """The cells that may hold figures after further readings, prepared otherwise and by another model.

    Two readings by one model agree on the same wrong figure now and then, so one alone makes none sure; and
    without a second model every figure stays doubtful. What the first three do not agree on four more decide.
    """
    if not cuttings or _SECOND_MODEL not in models():
        return [one if _WORDY.search(one.text) else replace(one, confidence=0) for one in first]
    soft, plain = _readings(cuttings, _SECOND_MODEL, ("soft", "small"), until)
    votes = [
        _Votes(cutting, one.text, [two, three])
        for cutting, one, two, three in zip(cuttings, first, soft, plain, strict=True)
    ]
    open_ = [number for number, one in enumerate(votes) if not one.is_unanimous]
    undecided = [cuttings[number] for number in open_]
    more = zip(
        *_readings(undecided, _LANGUAGE, ("bold", "large"), until),
        *_readings(undecided, _SECOND_MODEL, ("large", "fine"), until),
        strict=True,
    )
    for number, (bold, large, other, fine) in zip(open_, more, strict=True):
        votes[number].first += [bold, large]
        votes[number].second += [other, fine]
    return [vote.outcome(one) for vote, one in zip(votes, first, strict=True)]


@dataclass(slots=True)
class _Votes:
    """What the readings of one cell say."""

    cutting: Cutting
    text: str  #: of the first reading, which looked for words as well
    second: list[str]  #: by the other model, digits only
    first: list[str] = field(default_factory=list)  #: by the first model, digits only

    @property
    def is_unanimous(self) -> bool:
        told = _bare(self.text)
        return all(told == text for text in self.second) and self._fits(told) and self.cutting.encloses(told)

    def outcome(self, read: _CellText) -> _CellText:
        """The figure most readings tell: sure when both models do, few tell another, and it is so wide."""
        if self.is_unanimous:
            return _CellText(self.text.translate(_TAKEN_FOR), max(read.confidence, _AGREED))
        first = Counter(map(_bare, (self.text, *self.first)))
        second = Counter(self.second)
        told = Counter({text: n for text, n in (first + second).items() if _FIGURE.fullmatch(text)})
        [best, count], *others = told.most_common(2) or [("", 0)]
        is_sure = (
            count >= (_MAJORITY if self.cutting.encloses(best) else _NEARLY_ALL)
            and all(number <= _DISSENT for _text, number in others)
            and bool(first[best] and second[best])
            and not any("/" in text for text in told if text != best)
            and (read.confidence < _POOR_WORD or _FIGURE.fullmatch(_bare(read.text)) is not None)
            and self._fits(best)
        )
        if not is_sure and _WORDY.search(read.text):
            return read
        text = self.text.translate(_TAKEN_FOR) if _bare(self.text) == best else best or self.text
        return _CellText(text, _AGREED if is_sure else 0)

    def _fits(self, text: str) -> bool:
        digits = sum(map(str.isdecimal, text))
        return self.cutting.may_hold(digits, len(text) - digits) if digits else text == "-"


def _bare(text: str) -> str:
    """A reading without blanks; the first model takes a 6 for a letter of its language."""
    return re.sub(r"\s", "", text.translate(_TAKEN_FOR))


def _readings(cuttings: Sequence[Cutting], model: str, ways: Sequence[str], until: float) -> list[list[str]]:
    """What a model reads in each cell, digits only, prepared in each of these ways."""
    from intake.extractors.page_images import stacked

    if not cuttings:
        return [[] for _ in ways]
    options = ("-l", model, "--dpi", "150", "--psm", "7", "-c", f"tessedit_char_whitelist={_DIGITS}")
    pictures = (getattr(cutting, way) for way in ways for cutting in cuttings)
    table = _run(stacked(pictures), until, *options, "-c", "tessedit_create_tsv=1", "tsv")
    found: dict[int, list[str]] = {}
    for number, word in _words(table):
        found.setdefault(number, []).append(word.text)
    texts = ["".join(found.get(number, [])) for number in range(1, len(ways) * len(cuttings) + 1)]
    return [texts[at : at + len(cuttings)] for at in range(0, len(texts), len(cuttings))]


def _words_of(cuttings: Sequence[Cutting], mode: str, until: float) -> list[_CellText]:
    """What stands in each cell; words that were read badly once more, larger, and the better reading kept.

    A head misread ("Tổn Sâ5") loses its whole column.
    """
    read = _cell_texts((cutting.small for cutting in cuttings), mode, until)
    badly = [number for number, one in enumerate(read) if 0 <= one.confidence < _WELL_READ]
    again = _cell_texts((cuttings[number].large for number in badly), mode, until)
    for number, other in zip(badly, again, strict=True):
        if other.confidence > read[number].confidence and _WORDY.search(other.text):
            read[number] = other
    return read


def _cell_texts(pictures: Iterable[Grey], mode: str, until: float) -> list[_CellText]:
    from intake.extractors.page_images import stacked

    cells = list(pictures)
    if not cells:
        return []
    options = ("-l", _LANGUAGE, "--dpi", "150", "--psm", mode, "-c", "tessedit_create_tsv=1", "tsv")
    found: dict[int, list[Word]] = {}
    for number, word in _words(_run(stacked(cells), until, *options)):
        found.setdefault(number, []).append(word)
    return [_cell_text(found.get(number, [])) for number in range(1, len(cells) + 1)]


def _without_specks(lines: list[Line]) -> list[Line]:
    """The lines of a cell without one of a single letter between lines of words: "Tổng / P / số" is none."""
    told = [line for line in lines if len(line.text) > 1]
    return told if len(told) > 1 and all(_WORDY.search(line.text) for line in told) else lines


def _cell_text(words: Iterable[Word]) -> _CellText:
    lines = _without_specks(lines_of(words))
    text = "\n".join(line.text.replace("\t", " ") for line in lines)
    return _CellText(text, min((line.confidence for line in lines), default=0))
