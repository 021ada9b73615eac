"""A read message as exhibits: what each document claims of itself, and the figures it holds."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from msgspec import structs

from config.reports import Grade, Period, ReportDefinition
from config.spelling import is_accented, plain_key, without_marks
from intake.documents import Document, FileKind, Paragraph, ReadFile, ReadState, Table
from intake.evidence.bound_letters import letters_behind
from intake.evidence.cut_offs import CutOff, cut_offs_in, cut_offs_named
from intake.evidence.document_names import name_of
from intake.evidence.letterhead import HeadLine, Letterhead, read_letterhead
from intake.evidence.replaced import replaced_in
from intake.evidence.statements import FORM_ROWS, REPORT_TYPES, Claim, Exhibit
from intake.evidence.subjects import may_name, reports_named
from intake.evidence.typed_reports import headings_of_periods, names_of_units
from intake.extractors.page_tables import run_on
from intake.extractors.scan import is_recognised
from intake.figures.listed_figures import read_listed
from intake.figures.outline import cut_outline
from intake.figures.photo_places import PhotoPlaces, Piece
from intake.figures.respelling import respelled
from intake.figures.sentences import read_sentences
from intake.figures.table_notes import GivenPercent, TableNotes
from intake.figures.tables import grids_of, note_tables, read_tables
from intake.figures.taught import TaughtNames
from intake.mail.legacy_text import SAMPLE_OF_LEGACY
from intake.mail.messages import ReadMessage
from intake.places import where_cell, where_paragraphs
from ledger.records import TEXT_PUT_RIGHT, Certainty, Finding, Method, Place, SectionText, Value

#: The body of a mail is a report when it has at least so many headings or figures of the outline.
BODY_SECTIONS = 3
BODY_FIGURES = 4
#: Recognition is believed from this confidence on; where the two readings differ it is 0.
SURE_READING = 60
_ENCODINGS = {"legacy_tcvn3": "TCVN3 (ABC)", "legacy_vni": "VNI"}
_SEVERAL = 2
_LONG_NUMBER = 4  # digits; the rows of no table are numbered so far
_ENDING = 40  # letters in which "như sau" ends a paragraph, whatever marks follow
_STATE = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc")  # Decree 30/2020, annex I, II.1
_ANNEX_TYPES = frozenset({"phu luc", "bieu", "bieu mau", "bieu so lieu", "bieu tong hop"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document as its labels are looked up, and what its tables say for each report, read once."""

    document: Document
    noted: Mapping[str, TableNotes]  #: by report

    @classmethod
    def of(cls, document: Document, file: str, reports: Sequence[ReportDefinition]) -> Labelled:
        """The document read; recognition loses marks, so none of those in a scan is believed."""
        if is_recognised(document):
            document = replace(document, blocks=tuple(map(_unmarked, document.blocks)))
        grids = grids_of(document)
        return cls(document, {report.id: note_tables(document, file, report, grids) for report in reports})


@dataclass(frozen=True, slots=True)
class ReadExhibit:
    """An exhibit with the document behind it; `file` is None for the body of the mail.

    Of joined photos, the places of all that is read are those in each photo by itself.
    """

    exhibit: Exhibit
    file: ReadFile | None
    document: Document | None
    photos: PhotoPlaces | None = None  #: of pages joined into one document: where each of them is
    labelled: Labelled | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one exhibit says for one report."""

    tables: tuple[Value, ...]
    sentences: tuple[Value, ...]
    percentages: tuple[GivenPercent, ...]
    beside: tuple[Value, ...]  #: see TableReading.beside
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    empty_form: bool
    missing: tuple[str, ...] = ()  #: sections of the outline of which it says nothing


def exhibits_of(message: ReadMessage, reports: Sequence[ReportDefinition]) -> tuple[ReadExhibit, ...]:
    """Every file that may be a report, and the body when a report is typed there."""
    found: list[ReadExhibit] = []
    files, photos = _pages_joined(message.files)
    for file in files:
        if file.state in (ReadState.DECORATION, ReadState.CONTAINER):
            continue
        number = len(found)
        if file.document is None:
            exhibit, labelled = Exhibit(number=number, file=file.name, readable=False), None
        else:
            labelled = Labelled.of(file.document, file.name, reports)
            exhibit = replace(
                _exhibit(number, file.name, file.document, labelled), packed_in=_packed_in(file)
            )
        of_pages = photos if file.kind is FileKind.IMAGE and file.document is not None else None
        found.append(ReadExhibit(exhibit, file, file.document, of_pages, labelled))
    if not any(read.document is not None for read in found):
        body = _body_exhibit(len(found), message, reports)
        found += [body] if body is not None else []
    return tuple(found)


def _pages_joined(files: Sequence[ReadFile]) -> tuple[list[ReadFile], PhotoPlaces | None]:
    """Photos of pages are one document: the first carries the text of all and stands for the others."""
    photos = [file for file in files if file.kind is FileKind.IMAGE and file.document is not None]
    if len(photos) < _SEVERAL:
        return list(files), None
    pieces = _joined(
        [(photo.name, block) for photo in photos if photo.document for block in photo.document.blocks]
    )
    blocks = tuple({id(piece.joined): piece.joined for piece in pieces}.values())
    notes = dict.fromkeys(note for photo in photos if photo.document for note in photo.document.notes)
    whole = Document(blocks, tuple(notes))
    joined = [
        replace(file, document=whole) if file is photos[0] else file
        for file in files
        if file is photos[0] or file not in photos
    ]
    return joined, PhotoPlaces.of(pieces)


def _joined(pages: Sequence[tuple[str, Paragraph | Table]]) -> list[Piece]:
    """The blocks of all photos under one count; a table that runs on is one, in whatever order they came."""
    wholes: list[_Whole] = []
    for photo, block in sorted(pages, key=lambda page: _first_number(page[1])):
        whole = next((one for one in wholes if one.is_continued_by(photo, block)), None)
        if whole is None:
            wholes.append(_Whole([(photo, block, 0)], block))
        else:
            whole.add(photo, block)
    at = {id(block): number for number, (_photo, block) in enumerate(pages)}
    wholes.sort(key=lambda whole: at[id(whole.pieces[0][1])])
    numbered = _numbered([whole.block for whole in wholes])
    return [
        Piece(photo, own, block, shift)
        for whole, block in zip(wholes, numbered, strict=True)
        for photo, own, shift in whole.pieces
    ]


@dataclass(slots=True)
class _Whole:
    """A block of the joined document while it is put together: its pieces, photo, block and shift each."""

    pieces: list[tuple[str, Paragraph | Table, int]]
    block: Paragraph | Table

    def is_continued_by(self, photo: str, block: Paragraph | Table) -> bool:
        """Whether it is a table whose rows another photo goes on to number."""
        own, numbers = _numbers(self.block), _numbers(block)
        return (
            isinstance(self.block, Table)
            and isinstance(block, Table)
            and self.block.columns == block.columns >= _SEVERAL
            and all(photo != other for other, _block, _shift in self.pieces)
            and bool(own and numbers)
            and own[-1] + 1 in numbers[: _unread_numbers(block) + 1]
        )

    def add(self, photo: str, block: Paragraph | Table) -> None:
        assert isinstance(self.block, Table)
        assert isinstance(block, Table)
        self.block, shift = run_on(self.block, block)
        self.pieces.append((photo, block, shift))


def _first_number(block: Paragraph | Table) -> int:
    """The number the rows of a table begin with; 0 where they are not numbered."""
    numbers = _numbers(block)
    return numbers[0] if numbers else 0


def _numbers(block: Paragraph | Table) -> list[int]:
    """The numbers in the first column of a table, one after the other; none where most of them do not follow.

    What is no number there is the head or was misread, and takes the number that those below it say.
    """
    if not isinstance(block, Table):
        return []
    told = _numbering(block)
    offsets = Counter(
        int(text) - at for at, text in enumerate(told) if text.isdecimal() and len(text) < _LONG_NUMBER
    )
    offset, count = offsets.most_common(1)[0] if offsets else (0, 0)
    return [offset + at for at in range(len(told))] if count * 2 > len(told) else []


def _numbering(table: Table) -> list[str]:
    return [cell.text.strip().rstrip(".") for cell in table.cells if cell.column == 0 and cell.text.strip()]


def _unread_numbers(table: Table) -> int:
    """How many cells above the first number that was read hold the head or a number that was not."""
    return next((at for at, text in enumerate(_numbering(table)) if text.isdecimal()), 0)


def _numbered(blocks: Sequence[Paragraph | Table]) -> tuple[Paragraph | Table, ...]:
    """Blocks of several pages under one count of tables and one of paragraphs."""
    tables, paragraphs = count(1), count(1)
    return tuple(
        replace(block, name=str(next(tables)))
        if isinstance(block, Table)
        else replace(block, number=next(paragraphs))
        for block in blocks
    )


def figures_of(
    read: ReadExhibit,
    report: ReportDefinition,
    kind: str,
    period: Period | None = None,
    taught: TaughtNames | None = None,
    level: str = "",
    is_own: Callable[[str], bool] | None = None,
) -> Figures:
    """Figures, narrative and findings of one exhibit for a report, a kind of unit and its level.

    `is_own` knows the unit's own name, as `read_tables` asks for it.
    """
    assert read.document is not None
    name = read.exhibit.file
    labelled = read.labelled or Labelled.of(read.document, name, [report])
    noted = labelled.noted[report.id]
    tables = read_tables(labelled.document, name, report, kind, period, taught, noted, is_own=is_own)
    if is_recognised(read.document):
        tables = replace(tables, values=_recognised(tables.values, _sure_places(read.document)))
    outline = cut_outline(read.document, report.outline, name)
    lines = outline.lines
    if is_recognised(read.document):
        lines = cut_outline(respelled(read.document, report), report.outline, name).lines
    listed = read_listed(lines, report, period, level, unmarked=read.exhibit.unmarked)
    sentences = (*listed, *read_sentences(lines, report, period, level))
    if is_recognised(read.document):
        sentences = _recognised(sentences, frozenset())
    figures = Figures(
        tables.values,
        sentences,
        tables.percentages,
        tables.beside,
        outline.sections,
        (
            *tables.findings,
            *_put_right(read.document, name),
            *_macros(read.document, name),
            *_replaced(read.document, name),
        ),
        tables.empty_form,
        outline.missing,
    )
    return _in_photos(figures, read.photos) if read.photos else figures


def _put_right(document: Document, file: str) -> Iterator[Finding]:
    """That text was in an encoding before Unicode, with a sample as it stood and as it is read."""
    sample = next((note for note in document.notes if note.startswith(SAMPLE_OF_LEGACY)), "")
    encodings = [name for code, name in _ENCODINGS.items() if code in document.notes]
    if encodings:
        before, _, after = sample.removeprefix(SAMPLE_OF_LEGACY).partition(" → ")
        parameters = {"encoding": ", ".join(encodings), "before": before, "after": after}
        yield Finding(TEXT_PUT_RIGHT, Grade.NOTE, Place(file, "", before), parameters)


def _replaced(document: Document, file: str) -> Iterator[Finding]:
    """That the report says it replaces another, with the words it says so in."""
    if (named := replaced_in(document)) is not None:
        number = named.paragraph.number
        place = Place(file, where_paragraphs(number, number), named.text)
        yield Finding("replaces_document", Grade.NOTE, place, {"text": named.text})


def _macros(document: Document, file: str) -> Iterator[Finding]:
    """That a file brought a program, so that whoever opens the original does not let it run."""
    if "macros" in document.notes:
        yield Finding("macros_not_run", Grade.NOTE, Place(file, ""))


def _in_photos(figures: Figures, photos: PhotoPlaces) -> Figures:
    """The figures with each place in its own photo."""
    at = photos.own
    return Figures(
        tuple(replace(value, place=at(value.place)) for value in figures.tables),
        tuple(replace(value, place=at(value.place)) for value in figures.sentences),
        tuple(replace(given, place=at(given.place)) for given in figures.percentages),
        tuple(replace(value, place=at(value.place)) for value in figures.beside),
        tuple(replace(section, place=at(section.place)) for section in figures.sections),
        tuple(map(photos.own_finding, figures.findings)),
        figures.empty_form,
        figures.missing,
    )


def _unmarked(block: Paragraph | Table) -> Paragraph | Table:
    if isinstance(block, Paragraph):
        return block
    cells = (structs.replace(cell, text=without_marks(cell.text)) for cell in block.cells)
    return replace(block, cells=tuple(cells))


def _recognised(values: Sequence[Value], sure: frozenset[str]) -> tuple[Value, ...]:
    """Figures read from a picture, marked so; those not read alike by both models are doubtful.

    None of them counts before a person has accepted the message, however clear it looks.
    """
    return tuple(
        replace(value, method=Method.OCR)
        if value.place.where in sure
        else replace(
            value, method=Method.OCR, certainty=Certainty.DOUBTFUL, reason=value.reason or "recognised"
        )
        for value in values
    )


def _sure_places(document: Document) -> frozenset[str]:
    """The cells of a recognised document whose digits two models read alike, with nothing over them.

    None from where a second letter begins: another unit's pages may have got into the scanner.
    """
    return frozenset(
        where_cell(table, cell)
        for table in _first_letter(document.blocks)
        if isinstance(table, Table)
        for cell in table.cells
        if cell.confidence >= SURE_READING
    )


def _first_letter(blocks: Iterable[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    """The blocks up to where the state's name and motto stand a second time."""
    met: Counter[str] = Counter()
    for block in blocks:
        texts = [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
        key = plain_key(" ".join(texts))
        met.update(line for line in _STATE if line in key)
        if max(met.values(), default=0) >= _SEVERAL:
            return
        yield block


def _exhibit(number: int, file: str, document: Document, labelled: Labelled) -> Exhibit:
    head = read_letterhead(document, file)
    is_sheet = any(table.sheet for table in document.tables)
    joined = (Claim(head.issuer, _where(head.issuer_lines)),) if head.issuer else ()
    type_title = _type_of(head)
    return Exhibit(
        number=number,
        file=file,
        readable=True,
        recognised=is_recognised(document),
        issuer=() if is_sheet else joined,
        superior=" ".join(line.text for line in head.superior),
        sheet_issuer=tuple(map(_claim, head.issuers_of_sheets)),
        self_naming=tuple(_claim(line) for line in (*head.named_in_opening, *head.named_in_closing)),
        annex_reference=tuple(Claim(a.issuer, a.line.where) for a in head.annexes if a.issuer),
        place_name=head.place_and_date.place_name if head.place_and_date else "",
        symbol=head.number.symbol if head.number else "",
        document=None if is_recognised(document) else name_of(head),
        signed_for=(_claim(head.signed_for),) if head.signed_for else (),
        type_title="" if is_sheet else type_title,
        title="" if type_title in _ANNEX_TYPES else head.subject,
        sheet_titles=_titles(head, type_title, labelled.noted),
        sheets=tuple(table.name for table in document.tables if table.sheet and not table.hidden),
        opening=_opening(document),
        closing=_closing(document),
        dated=_day_of(head),
        cut_offs=_cut_offs(document, head),
        form_rows={report: notes.matched_rows for report, notes in labelled.noted.items()},
        form_share={report: notes.share for report, notes in labelled.noted.items()},
        is_blank=_is_blank(labelled.noted),
        bound=tuple(
            Claim(letter.issuer, letter.subject) for letter in letters_behind(document) if letter.issuer
        ),
    )


def _packed_in(file: ReadFile) -> tuple[str, ...]:
    """The archives around a file, and the folders inside the last of them: "BC.zip", "Xã Bình Minh"."""
    folders = re.split(r"[/\\\\]", file.declared_name)[:-1] if file.path else []
    return (*file.path, *filter(None, folders))


def _is_blank(noted: Mapping[str, TableNotes]) -> bool:
    """Whether the rows of a form are there and none of them is filled in."""
    forms = [notes for notes in noted.values() if notes.matched_rows >= FORM_ROWS]
    return bool(forms) and not any(filled for notes in forms for row in notes.rows.values() for filled in row)


def _type_of(head: Letterhead) -> str:
    """The type title as a plain key; an annex type counts as none, its letter is elsewhere."""
    key = plain_key(head.document_type)
    return key if key in REPORT_TYPES or key not in _ANNEX_TYPES else ""


def _titles(head: Letterhead, type_title: str, noted: Mapping[str, TableNotes]) -> tuple[str, ...]:
    titles = [title for notes in noted.values() for title in notes.titles]
    annex = [head.subject] if type_title in _ANNEX_TYPES and head.subject else []
    return tuple(dict.fromkeys((*annex, *titles)))


def _day_of(head: Letterhead) -> date | None:
    """The day a letter bears, the last of its month where only that is filled in; None where none is."""
    told = head.place_and_date
    if told is None or not (told.month and told.year):
        return None
    try:
        return date(told.year, told.month, told.day or monthrange(told.year, told.month)[1])
    except (ValueError, OverflowError):
        return None


def _cut_offs(document: Document, head: Letterhead) -> tuple[CutOff, ...]:
    """The days told of the figures; a span of days in the title is of the whole report."""
    titled = cut_offs_named(f"báo cáo {head.subject}", in_head=True)
    return tuple(dict.fromkeys((*cut_offs_in(document), *titled)))


def _opening(document: Document) -> str:
    """The paragraph that announces the report: "... báo cáo kết quả ... như sau:"."""
    for paragraph in document.paragraphs[:30]:
        if "sau" not in paragraph.text[-_ENDING:].lower():
            continue
        key = plain_key(paragraph.text)
        if key.endswith("nhu sau") and "bao cao" in key:
            return paragraph.text
    return ""


def _closing(document: Document) -> str:
    """The paragraph that ends the report: "Trên đây là báo cáo …"; "" where none does."""
    ends = (text for p in reversed(document.paragraphs) if (text := p.text.lstrip())[:4].lower() == "trên")
    return next((text for text in ends if text[:_ENDING].lower().startswith("trên đây")), "")


def _body_exhibit(
    number: int, message: ReadMessage, reports: Sequence[ReportDefinition]
) -> ReadExhibit | None:
    """The body as a document, when it holds a report and not only a covering note."""
    # Asked first: most mail names no report, and then nothing in it need be read.
    words = f" {plain_key(message.headers.subject)}  {plain_key(message.own_text)} "
    if not may_name(words, reports):
        return None
    lines = [line.strip() for line in message.own_text.splitlines()]
    put_right = tuple(code for code in message.defects if code.startswith("legacy_"))
    typed = Document(tuple(Paragraph(line, place) for place, line in enumerate(lines, 1) if line), put_right)
    subject = Paragraph(message.headers.subject, 0)
    if not any(reports_named(block.text, reports) for block in (subject, *typed.paragraphs)):
        return None
    document = message.body or typed
    unmarked = not is_accented(message.own_text)
    rows = {}
    for report in reports:
        outline = cut_outline(document, report.outline, "")
        listed = read_listed(outline.lines, report, unmarked=unmarked)
        values = (*listed, *read_sentences(outline.lines, report))
        told = len({(value.indicator, value.sex) for value in values if value.certainty is Certainty.CERTAIN})
        tabled = note_tables(document, "", report).matched_rows
        if max(told, tabled) >= BODY_FIGURES or len(outline.sections) >= BODY_SECTIONS:
            rows[report.id] = max(told, tabled, BODY_SECTIONS)
    if not rows:
        return None
    head = read_letterhead(document)
    exhibit = Exhibit(
        number=number,
        file="",
        readable=True,
        self_naming=tuple(
            dict.fromkeys(
                (
                    *(_claim(line) for line in (*head.named_in_opening, *head.named_in_closing)),
                    *map(Claim, names_of_units(lines)),
                )
            )
        ),
        sheet_titles=headings_of_periods(lines),
        opening=_opening(document),
        cut_offs=cut_offs_in(document),
        form_rows=rows,
        form_share=dict.fromkeys(rows, 1.0),
        unmarked=unmarked,
    )
    return ReadExhibit(exhibit, None, document)


def _claim(line: HeadLine) -> Claim:
    return Claim(line.text, line.where)


def _where(lines: Sequence[HeadLine]) -> str:
    return lines[0].where if lines else ""
