"""PDF files: the text layer where it can be trusted, recognition where a page is a picture.

pypdfium2 opens the file and tells of each page whether it is text; pdfplumber reads the text with places
and the ruled tables. A page is taken for a picture when it has no text, when its text is invisible or lies
under a picture of the whole page (a scanner's own recognition, which nobody has checked), or when the
layer is damaged: then the characters a program finds are not those a person sees.
"""

from __future__ import annotations

import io
import re
import signal
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, SupportsIndex

from intake.documents import Document
from intake.errors import BombError, DamagedFileError, EncryptedFileError, FileTooLargeError
from intake.extractors.aligned_tables import with_aligned
from intake.extractors.alignment import PrintedPage
from intake.extractors.interface import Budget
from intake.extractors.page_blocks import composed
from intake.extractors.page_lines import PageContent, PlacedTable, Word, text_of
from intake.extractors.page_tables import Box, gridded
from intake.extractors.scan import OVERRUN, ReadingOverranError, Recogniser

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pypdfium2 import PdfDocument, PdfPage

_Letter = dict[str, Any]  #: as pdfplumber describes letters, words and rules
_Bounds = tuple[float, float, float, float]

MOST_PAGES: Final = 200
_SHARE_OF_TIME: Final = 0.6  #: of the time a message may take, left for one file
_COVERED: Final = 0.7  #: of a page under pictures, from which its text is what a scanner made of it
_FEWEST_CHARACTERS: Final = 8  #: fewer beside a picture are a stamp or a page number
_TAIL: Final = 4096  #: octets at the end of a file in which its end is marked (ISO 32000-1, 7.5.5)
_MOST_CONTENT: Final = 64 << 20  #: octets of one content stream
_WRONG_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
_UNSEEN: Final = 3  # text render mode 3: neither filled nor stroked (ISO 32000-1, 9.3.6)
_MOST_LETTERS: Final = 15_000  #: of one printed page in which the cells of a file are looked for
_MOST_OBJECTS: Final = 200_000  #: of one page, looked at while telling text from scan
_TABLES: Final = {"vertical_strategy": "lines", "horizontal_strategy": "lines", "snap_tolerance": 3}
_NEAR: Final = 3.0  #: points between rules that are one rule
_RULE: Final = 3.0  #: points, the widest rule of a table; most strokes of drawn letters are wider and higher
_FEWEST_RULES: Final = 3  #: of one length, that make a table
_REMOVE_SECURITY: Final = 3  # FPDF_REMOVE_SECURITY
_FIELDS: Final = frozenset({3, 20})  # FPDF_ANNOT_FREETEXT, FPDF_ANNOT_WIDGET
_GAP: Final = 0.2  #: of the size of a letter, the least blank between words
_SUBSET: Final = re.compile(r"^[A-Z]{6}\+")
_BOLD: Final = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)

_LEAST_WORDS: Final = 20  #: fewer say nothing about a layer
_MOST_LOST: Final = 0.01  #: of words with characters that stand for nothing
_MOST_SINGLE: Final = 0.08  #: of words that are one consonant or a vowel that is no word
_MOST_FOREIGN: Final = 0.3  #: of words that are no syllable of Vietnamese
_MARKS: Final = ".,;:!?()[]\"'“”‘’…-–+*"
_LOST: Final = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08]|\(cid:\d+\)")
_WORDS_OF_ONE: Final = frozenset("x ở ý ạ à ô ơ y á ò ồ ố ừ é ê ế ư".split())  # noqa: SIM905
_SYLLABLE: Final = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


def extract_pdf(content: bytes, budget: Budget) -> Document:
    """Reads a PDF.

    The notes are "ocr" when a page was recognised, "bad_text_layer" when that was for its damaged text.

    Raises:
        EncryptedFileError: it opens with a password only.
        DamagedFileError: it cannot be opened.
        FileTooLargeError: more pages than are read of one file.
        NotReadYetError: a page is a picture and recognition is off or not installed.
        ReadingOverranError: its pages take longer than one file may.

    """
    pages, notes = _pages(content, budget)
    return composed(pages, budget.limits, notes)


def pdf_pages(content: bytes, budget: Budget) -> list[PageContent]:
    """What stands on each page of a PDF, and where; raises as `extract_pdf`."""
    pages, _ = _pages(content, budget)
    return pages


def _pages(content: bytes, budget: Budget) -> tuple[list[PageContent], list[str]]:
    from pypdfium2 import PdfiumError

    if b"%%EOF" not in content[-_TAIL:]:
        # Readers mend a file that was cut off, and the pages after the cut are missing without a word.
        raise DamagedFileError("pdf: cut off")
    try:
        with OpenPdf(content) as opened:
            reading = _Reading(opened, budget)
            return reading.pages(), reading.notes
    except PdfiumError as error:
        raise DamagedFileError(f"pdf: {error}") from error


class OpenPdf:
    """The file under its two readers."""

    def __init__(self, content: bytes) -> None:
        from pypdfium2 import PdfDocument, PdfiumError

        try:
            self.pages: PdfDocument = PdfDocument(content)
            self.count = len(self.pages)
        except PdfiumError as error:
            if error.err_code == _WRONG_PASSWORD:
                raise EncryptedFileError("pdf") from error
            raise
        self.octets = content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pages.close()

    def flatten(self, most: int = MOST_PAGES) -> None:
        """Makes filled fields and typed notes part of the pages, where readers of text look for them."""
        fields = [number for number in range(min(self.count, most)) if _has_fields(self.pages[number])]
        if not fields:
            return
        from pypdfium2 import raw

        for number in fields:
            raw.FPDFPage_Flatten(self.pages[number], raw.FLAT_NORMALDISPLAY)
        saved = io.BytesIO()
        self.pages.save(saved, flags=_REMOVE_SECURITY)
        self.octets = saved.getvalue()


def _has_fields(page: PdfPage) -> bool:
    from pypdfium2 import raw

    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_OBJECTS)):
        note = raw.FPDFPage_GetAnnot(page, number)
        subtype = raw.FPDFAnnot_GetSubtype(note)
        raw.FPDFPage_CloseAnnot(note)
        if subtype in _FIELDS:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Look:
    """What pdfium sees on a page before anything is read."""

    characters: int
    unseen: float  #: share of its pieces of text that are invisible
    covered: float  #: share of the page under pictures
    objects: int
    rules: int = 0  #: of them straight lines across or down, of which a table with hardly a word has many

    @property
    def is_picture(self) -> bool:
        """Whether a person sees a picture here and no text of its own."""
        if self.covered >= _COVERED or (self.characters and self.unseen > 0.5):  # noqa: PLR2004
            return True
        return self.characters < _FEWEST_CHARACTERS and self.objects - self.rules > self.characters + 1


def look_at(page: PdfPage) -> _Look:
    """What stands on a page, so that text is told from a scan.

    Raises:
        FileTooLargeError: more objects than are looked at.

    """
    from pypdfium2 import raw

    width, height = page.get_size()
    texts = unseen = objects = rules = 0
    covered = 0.0
    for found in page.get_objects(max_depth=8):
        objects += 1
        if objects > _MOST_OBJECTS:
            raise FileTooLargeError("objects of a page")
        if found.type == raw.FPDF_PAGEOBJ_TEXT:
            texts += 1
            unseen += raw.FPDFTextObj_GetTextRenderMode(found) == _UNSEEN
        elif found.type == raw.FPDF_PAGEOBJ_IMAGE:
            covered += _area(found.get_bounds(), width, height)
        elif found.type == raw.FPDF_PAGEOBJ_PATH:
            left, bottom, right, top = found.get_bounds()
            rules += min(right - left, top - bottom) <= _RULE
    layer = page.get_textpage()
    characters = len("".join(layer.get_text_range().split()))
    layer.close()
    return _Look(characters, unseen / max(texts, 1), covered / max(width * height, 1.0), objects, rules)


def _area(bounds: Sequence[float], width: float, height: float) -> float:
    left, bottom, right, top = bounds
    across, up = min(right, width) - max(left, 0.0), min(top, height) - max(bottom, 0.0)
    return max(across, 0.0) * max(up, 0.0)


class _Reading:
    """One file being read page by page."""

    def __init__(self, opened: OpenPdf, budget: Budget) -> None:
        self._opened = opened
        self._budget = budget
        self._end = time.monotonic() + _SHARE_OF_TIME * budget.limits.seconds
        self.notes: list[str] = []

    def pages(self) -> list[PageContent]:
        if self._opened.count > MOST_PAGES:
            raise FileTooLargeError(f"{self._opened.count} pages")
        looks = [look_at(page) for page in self._opened.pages]
        pictures = {number for number, look in enumerate(looks) if look.is_picture}
        self._opened.flatten()
        texts = self._texts([number for number in range(len(looks)) if number not in pictures])
        damaged = {number for number, page in texts.items() if page is None or _is_damaged(page)}
        if damaged:
            self.notes.append("bad_text_layer")
        recognised = self._recognised(sorted(pictures | damaged))
        pages = {number: page for number, page in texts.items() if page is not None} | recognised
        return [pages[number] for number in range(len(looks))]

    def _texts(self, numbers: Sequence[int]) -> dict[int, PageContent | None]:
        import pdfplumber
        from pdfminer.pdfexceptions import PDFException

        if not numbers:
            return {}
        try:
            with (
                _ended_by(self._end),
                pdfplumber.open(io.BytesIO(self._opened.octets), raise_unicode_errors=False) as file,
            ):
                if len(file.pages) != self._opened.count:
                    raise DamagedFileError(f"pdf: {self._opened.count} pages or {len(file.pages)}")
                for page in file.pages:
                    _check_whole(page, encrypted=file.doc.encryption is not None)
                return {number: self._text(file.pages[number]) for number in numbers}
        except (PDFException, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise DamagedFileError(f"pdf: {type(error).__name__}") from error

    def _text(self, page: Page) -> PageContent | None:
        """The content of a page; None for one whose text does not stand upright."""
        if time.monotonic() > self._end:
            raise ReadingOverranError(OVERRUN)
        lying = sum(not letter["upright"] for letter in page.chars)
        content = _page_content(page) if lying * 2 <= len(page.chars) else None
        page.close()
        return with_aligned(content) if content is not None else None

    def _recognised(self, numbers: Sequence[int]) -> dict[int, PageContent]:
        if not numbers:
            return {}
        recogniser = Recogniser(self._budget)
        recogniser.check(len(numbers))
        self.notes.append("ocr")
        from intake.extractors.page_images import rendered

        return {number: recogniser.page(rendered(self._opened.pages[number])) for number in numbers}


class _TimeUp(BaseException):
    """The time of the file is over."""


@contextmanager
def _ended_by(end: float) -> Iterator[None]:
    """Ends what is read within at that moment, also in the middle of a page: a drawing may have any size.

    Else the whole mail would have its time used up, and its other files stand unread beside this one.
    """
    if threading.current_thread() is not threading.main_thread():  # only there a signal is heard
        yield
        return

    def ring(*_: object) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    # Again each second, for a library that swallows even this.
    signal.setitimer(signal.ITIMER_REAL, max(end - time.monotonic(), 0.001), 1.0)
    try:
        yield
    except _TimeUp as error:
        raise ReadingOverranError(OVERRUN) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _check_whole(page: Page, *, encrypted: bool) -> None:
    """Readers go on after a broken stream with what they have; we do not.

    Raises:
        DamagedFileError: the content of a page is missing or broken.
        BombError: it unpacks to more than any page holds.

    """
    from pdfminer.pdftypes import PDFStream, resolve1

    declared = resolve1(page.page_obj.attrs.get("Contents", []))
    for part in declared if isinstance(declared, list) else [declared]:
        stream = resolve1(part)
        if not isinstance(stream, PDFStream):
            raise DamagedFileError("pdf: content of a page is missing")
        raw = stream.get_rawdata()
        filters = [str(found) for found, _ in stream.get_filters()]
        if raw is not None and not encrypted and filters == ["/'FlateDecode'"]:
            _check_packed(raw)


def _check_packed(raw: bytes) -> None:
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(raw, _MOST_CONTENT)
    except zlib.error as error:
        raise DamagedFileError(f"pdf: {error}") from error
    if not unpacking.eof:
        if unpacking.unconsumed_tail:
            raise BombError("content of a page")
        raise DamagedFileError("pdf: content of a page ends early")


def printed_pages(content: bytes, most: int) -> list[PrintedPage]:
    """The first pages of a PDF that a program has just printed, with all their words.

    A page with more letters than are looked through in reasonable time is blank here.

    Raises:
        DamagedFileError: it cannot be read.

    """
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException

    try:
        with pdfplumber.open(io.BytesIO(content), raise_unicode_errors=False) as file:
            return [_printed_page(page) for page in file.pages[:most]]
    except (PDFException, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise DamagedFileError(f"pdf: {type(error).__name__}") from error


def _printed_page(page: Page) -> PrintedPage:
    if len(page.chars) > _MOST_LETTERS:
        return PrintedPage(PageContent((), (), float(page.width), float(page.height)), ())
    content = _page_content(page)
    letters = tuple(map(_letter, _printed_once(page.chars)))
    page.close()
    return PrintedPage(content, letters)


def _letter(found: _Letter) -> Word:
    text = unicodedata.normalize("NFC", found["text"])
    return Word(text, float(found["x0"]), float(found["x1"]), float(found["top"]), float(found["bottom"]))


class _Letters(list[_Letter]):
    """The letters of a page, each of which is found at once: a list would compare it with all before it."""

    def __init__(self, letters: Sequence[_Letter]) -> None:
        super().__init__(letters)
        self._places = {id(letter): place for place, letter in enumerate(letters)}

    def index(self, letter: _Letter, *_: SupportsIndex) -> int:
        return self._places[id(letter)]


def _printed_once(letters: Sequence[_Letter]) -> list[_Letter]:
    """Letters without those that are printed twice to look bold."""
    from pdfplumber.utils.text import dedupe_chars

    return dedupe_chars(_Letters(letters))


def _page_content(page: Page) -> PageContent:
    characters = [letter for letter in _printed_once(page.chars) if _is_on(letter, page)]
    tables: list[PlacedTable] = []
    for found in page.find_tables(_settings(page)):
        boxes = found.cells
        if len(boxes) > 1:  # one box alone is a frame drawn around text
            inside, characters = _parted(characters, found.bbox)
            tables.append(gridded([_box(box, inside) for box in boxes], _NEAR))
    body = [letter for letter in characters if letter["upright"]]
    return PageContent(
        tuple(_words(body)),
        tuple(tables),
        float(page.width),
        float(page.height),
        origin=(float(page.bbox[0]), float(page.bbox[1])),
    )


def _is_on(letter: _Letter, page: Page) -> bool:
    """Whether a letter stands on the page at all; what was cropped off nobody sees."""
    x, y = _middle(letter)
    return bool(page.bbox[0] <= x <= page.bbox[2] and page.bbox[1] <= y <= page.bbox[3])


def _middle(letter: _Letter) -> tuple[float, float]:
    return (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2


def _parted(letters: Iterable[_Letter], bounds: _Bounds) -> tuple[list[_Letter], list[_Letter]]:
    """Letters inside and outside a box."""
    inside: list[_Letter] = []
    outside: list[_Letter] = []
    for letter in letters:
        x, y = _middle(letter)
        is_inside = bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]
        (inside if is_inside else outside).append(letter)
    return inside, outside


def _box(bounds: _Bounds, letters: Iterable[_Letter]) -> Box:
    inside, _ = _parted(letters, bounds)
    return Box(*bounds, text=text_of(_words(_turned(inside))))


def _turned(letters: Sequence[_Letter]) -> list[_Letter]:
    """Letters of a heading that runs up or down its cell, turned so that it runs from left to right."""
    if sum(not letter["upright"] for letter in letters) * 2 <= len(letters):
        return list(letters)
    return [_turned_letter(letter) for letter in letters if not letter["upright"]]


def _turned_letter(letter: _Letter) -> _Letter:
    runs_up = letter["matrix"][1] > 0
    x0, x1 = (-letter["bottom"], -letter["top"]) if runs_up else (letter["top"], letter["bottom"])
    top, bottom = (letter["x0"], letter["x1"]) if runs_up else (-letter["x1"], -letter["x0"])
    place = {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top, "upright": True}
    return letter | place


def _words(letters: Sequence[_Letter]) -> list[Word]:
    from pdfplumber.utils.text import extract_words

    found = extract_words(list(letters), x_tolerance_ratio=_GAP, y_tolerance=3, return_chars=True)
    return [_word(word) for word in found]


def _word(found: _Letter) -> Word:
    font = _SUBSET.sub("", str(found["chars"][0]["fontname"]))
    return Word(
        unicodedata.normalize("NFC", found["text"]),
        float(found["x0"]),
        float(found["x1"]),
        float(found["top"]),
        float(found["bottom"]),
        bold=bool(_BOLD.search(font)),
        font=font,
    )


def _settings(page: Page) -> dict[str, Any]:
    """How tables are looked for: by their rules; where the outer ones are not drawn they are thought in."""
    from pdfplumber.table import merge_edges

    # Crooked strokes, of a drawing or a signature, give edges of no orientation; merging stumbles over them.
    straight = [edge for edge in page.edges if edge["orientation"] in ("h", "v")]
    edges = merge_edges(straight, _NEAR, _NEAR, _NEAR, _NEAR)
    across = [edge for edge in edges if edge["orientation"] == "h"]
    down = [edge for edge in edges if edge["orientation"] == "v"]
    return _TABLES | {"explicit_vertical_lines": list(_open_sides(across, down))}


def _open_sides(across: Sequence[_Letter], down: Sequence[_Letter]) -> Iterator[_Letter]:
    """The outer rules of tables that are open left and right: there the rules across end together."""
    for ends, rules in _same_ends(across).items():
        top, bottom = min(rule["top"] for rule in rules), max(rule["top"] for rule in rules)
        inner = [rule for rule in down if rule["bottom"] > top + _NEAR and rule["top"] < bottom - _NEAR]
        inner = [rule for rule in inner if ends[0] - _NEAR <= rule["x0"] <= ends[1] + _NEAR]
        if len(rules) < _FEWEST_RULES or not inner:
            continue
        for x in (min(rule["x0"] for rule in rules), max(rule["x1"] for rule in rules)):
            if all(abs(rule["x0"] - x) > _NEAR for rule in inner):
                size = {"width": 0, "height": bottom - top}
                yield {"object_type": "line", "x0": x, "x1": x, "top": top, "bottom": bottom} | size


def _same_ends(across: Iterable[_Letter]) -> dict[tuple[int, int], list[_Letter]]:
    groups: dict[tuple[int, int], list[_Letter]] = {}
    for rule in across:
        ends = round(rule["x0"] / _NEAR), round(rule["x1"] / _NEAR)
        groups.setdefault((round(ends[0] * _NEAR), round(ends[1] * _NEAR)), []).append(rule)
    return groups


# -- the worth of a text layer ---------------------------------------------------------------------


def _is_damaged(page: PageContent) -> bool:
    cells = (word for placed in page.tables for cell in placed.table.cells for word in cell.text.split())
    return is_damaged_text([*(word.text for word in page.words), *cells])


def is_damaged_text(words: Iterable[str]) -> bool:
    """Whether the words of a page are not those a person sees on it.

    Three signs: characters that stand for nothing; words cut up, "nhi m … ệ", as fonts mixed inside a word
    make them; and words that are no syllables, as legacy fonts and broken character maps make them.
    """
    told = [word for word in words if any(map(str.isalpha, word)) or _LOST.search(word)]
    if told and _share(told, lambda word: bool(_LOST.search(word))) > _MOST_LOST:
        return True
    if len(told) < _LEAST_WORDS:
        return False
    small = [bare for word in told if (bare := word.strip(_MARKS)) and not bare.isupper()]
    return _share(told, _is_single) > _MOST_SINGLE or (
        len(small) >= _LEAST_WORDS and _share(small, _is_foreign) > _MOST_FOREIGN
    )


def _share(words: Sequence[str], sign: Callable[[str], bool]) -> float:
    return sum(map(sign, words)) / len(words)


def _is_single(word: str) -> bool:
    return len(word) == 1 and word.islower() and word not in _WORDS_OF_ONE


def _is_foreign(word: str) -> bool:
    bare = unicodedata.normalize("NFD", word.lower()).replace("đ", "d").replace("ƣ", "u")
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    parts = re.split(r"[-–/.,()]+", plain)
    return not all(_SYLLABLE.fullmatch(part) for part in parts if any(map(str.isalpha, part)))
