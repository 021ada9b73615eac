"""What the frame of a document says about itself: who issues it, its number, its title, who signs.

Decree 30/2020/NĐ-CP, Appendix I, lays the frame out: issuer at the left, Quốc hiệu at the right, number under
the issuer, place and date under the motto, type title and subject below. Real
documents leave parts out, damage them, or draw them without a table; every part may be empty.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from rapidfuzz import fuzz

from config.remembered import remembered
from config.spelling import plain_key, plain_keys, tidy
from intake.documents import Cell, Document, Paragraph, Table
from intake.places import where_cell, where_paragraphs
from ledger.records import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_T = TypeVar("_T")


class HeadLine(Struct, frozen=True, gc=False):
    """A line of the frame, or the name in it, and where the line stands."""

    text: str
    file: str
    where: str
    line: str = ""  #: the whole line where `text` is only a name in it

    @property
    def place(self) -> Place:
        """Where the line stands."""
        return Place(self.file, self.where, self.line or self.text)


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """Số, ký hiệu: "248/BC-UBND" or the Party's "12-BC/HU"."""

    number: str  #: empty where văn thư has not filled it in; may end in a letter: "24a"
    symbol: str  #: BC-UBND, BC/HU
    line: HeadLine


@dataclass(frozen=True, slots=True)
class PlaceAndDate:
    """Địa danh và thời gian ban hành; 0 for what was left blank."""

    place_name: str
    day: int
    month: int
    year: int
    line: HeadLine


@dataclass(frozen=True, slots=True)
class AnnexReference:
    """The note above a table: "(Kèm theo Báo cáo số 248/BC-UBND ngày 24/5/2023 của UBND xã …)"."""

    document_type: str
    number: str  #: as written: "248/BC-UBND"
    date: str  #: as written: "24/5/2023"
    issuer: str
    line: HeadLine


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The frame of one document or workbook, each part empty where it is absent."""

    superior: tuple[HeadLine, ...] = ()  #: tên cơ quan chủ quản
    issuer: str = ""  #: tên cơ quan ban hành, its lines joined
    issuer_lines: tuple[HeadLine, ...] = ()
    issuers_of_sheets: tuple[HeadLine, ...] = ()  #: of a workbook the issuer above each table, lines joined
    number: DocumentNumber | None = None
    place_and_date: PlaceAndDate | None = None
    document_type: str = ""  #: BÁO CÁO, KẾ HOẠCH, …; CÔNG VĂN for a letter with "V/v"; PHỤ LỤC, BIỂU
    type_line: HeadLine | None = None
    subject: str = ""  #: trích yếu, its lines joined
    subject_lines: tuple[HeadLine, ...] = ()
    named_in_opening: tuple[HeadLine, ...] = ()  #: who reports, by the opening: text is the name alone
    named_in_closing: tuple[HeadLine, ...] = ()  #: "Trên đây là báo cáo … của …": the name alone
    annexes: tuple[AnnexReference, ...] = ()
    signed_for: HeadLine | None = None  #: "TM. ỦY BAN NHÂN DÂN XÃ …", "TRƯỞNG PHÒNG …": its lines joined


def read_letterhead(document: Document, file: str = "") -> Letterhead:
    """The frame of a text document, or what stands above the table of a workbook.

    Args:
        document: as its reader returned it.
        file: the file's name, for the places.

    """
    head = list(_head_lines(document, file))
    body = list(_body(document))
    superior, issuer = _issuer(head)
    type_index, document_type = _type_title(head)
    subject = _subject(head, type_index, document_type)
    return Letterhead(
        superior=superior,
        issuer=tidy(" ".join(line.text for line in issuer)),
        issuer_lines=issuer,
        issuers_of_sheets=tuple(_issuers_of_sheets(head)),
        number=_first(_number(line) for line in _saying(head, "số")),
        place_and_date=_first(_place_and_date(line) for line in head),
        document_type=document_type,
        type_line=head[type_index] if type_index is not None else None,
        subject=tidy(" ".join(_VE_VIEC.sub("", line.text) for line in subject)),
        subject_lines=subject,
        named_in_opening=tuple(_named_in_opening(body, file)),
        named_in_closing=tuple(_named_in_closing(body, file)),
        annexes=(
            *(
                _annex(match, line)
                for line in _saying(head, "kèm theo")
                if (match := _ANNEX.match(line.text))
            ),
            *(_annex(match, _line(one, file)) for one in body if (match := _ANNEX.match(one[0]))),
        ),
        signed_for=_first(_signed_for(lines) for lines in _feet(document, file)),
    )


# -- lines ----------------------------------------------------------------------------------------

_HEAD_PARAGRAPHS = 25  # no frame of any decree is longer
_RULE = re.compile(r"^[\s_\-–—─=*.·•~]+$")
_GAP = re.compile(r"\t+|\s{4,}")


def _named(name: str, line: HeadLine) -> HeadLine:
    """A name that begins on a line, with the place of the line."""
    return HeadLine(name, line.file, line.where, line.text)


def _lines(text: str, file: str, where: str) -> Iterator[HeadLine]:
    """The lines of a paragraph or cell; columns drawn with tabs or blanks become lines of their own."""
    told = tidy(text)
    # One line without a gap, as most stand there.
    for part in (told,) if told == text else _parted(text):
        for piece in _without_national(part):
            if piece and (piece[0].isalnum() or not _RULE.match(piece)):
                yield HeadLine(piece, file, where)


def _parted(text: str) -> Iterator[str]:
    for raw in text.splitlines():
        # First what is soonest told: hardly any line has a gap, and only there a date must be looked for.
        gap = ("  " in raw or not raw.isprintable()) and _GAP.search(raw)
        parted = gap and not _NUMBERED.match(raw) and not _DATED.search(raw)
        yield from map(tidy, _GAP.split(raw) if parted else [raw])


_RUN_ON = re.compile(r"\s(?=cộng\s+h\S+\s+x\S+\s+hội\s+chủ|độc\s+lập\s*[-–]\s*tự)", re.IGNORECASE)


def _without_national(text: str) -> tuple[str, ...]:
    """A line a PDF ran together: the issuer, then Quốc hiệu or Tiêu ngữ."""
    lowered = text.lower()
    found = _RUN_ON.search(text) if "hội" in lowered or "lập" in lowered else None
    return (text[: found.start()], text[found.start() :].strip()) if found else (text,)


def _head_lines(document: Document, file: str) -> Iterator[HeadLine]:
    """The lines a frame may stand in: everything above the body, tables of the head cell by cell."""
    paragraphs = 0
    tables = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            paragraphs += 1
            if paragraphs > _HEAD_PARAGRAPHS or _is_body(block.text):
                return
            yield from _lines(block.text, file, where_paragraphs(block.number, block.number))
            continue
        tables += 1
        if block.sheet:
            yield from _above_table(block, file)
            yield _END_OF_SHEET
        elif tables == 1 or not _is_data(block):
            yield from _columns(block, file)
        else:
            return


#: Nothing runs on from the frame of one sheet into the next.
_END_OF_SHEET = HeadLine("", "", "")


def _columns(table: Table, file: str) -> Iterator[HeadLine]:
    """The cells of a head table column by column, so that the issuer's lines stay together.

    Of a table of figures only what stands above its head: "Kế hoạch" over a column is no title. A title that
    a PDF shows close below the number, and so in its column, comes last: its subject stands below the frame.
    """
    end = _header_row(table) if _is_headed(table) else table.rows
    cells = sorted(table.cells, key=lambda cell: (cell.column, cell.row))
    lines = [
        line for cell in cells if cell.row < end for line in _lines(cell.text, file, where_cell(table, cell))
    ]
    ending = [
        line
        for line, below in zip_longest(lines, lines[1:])
        if table.rows == 1 and (below is None or below.place.where != line.place.where)
    ]
    titles = [line for line in ending if line.text.isupper() and plain_key(line.text) in _TYPE_BY_KEY][:1]
    yield from (line for line in lines if line not in titles)
    yield from titles


def _above_table(sheet: Table, file: str) -> Iterator[HeadLine]:
    """The cells of a sheet above the header row of its table; a number in a cell is no line of a frame."""
    for cell in sheet.words_in_rows(0, _header_row(sheet)):
        if cell.text:
            yield from _lines(cell.text, file, where_cell(sheet, cell))


def _saying(lines: Sequence[HeadLine], *words: str) -> Sequence[HeadLine]:
    """The lines, if one of the words stands anywhere in them: most questions are not about any of them."""
    told = "\n".join([line.text for line in lines]).lower()
    return lines if any(one in told for one in words) else ()


def _phrases(text: str) -> list[str]:
    return text.split("|")


_HEADER_WORDS = frozenset(
    _phrases(
        "chi tieu|ten chi tieu|noi dung|noi dung bao cao|dvt|don vi tinh|tong so|tong|so luong|ket qua|"
        "so lieu|nam|nu|ghi chu|thuc hien|ke hoach|ty le|stt|tt|so tt"
    )
)
_LONGEST_HEADER = 60  # letters, marks and breaks between the words included


def _header_row(sheet: Table) -> int:
    rows = Counter(cell.row for cell in sheet.saying(_HEADER_WORDS) if len(cell.text) <= _LONGEST_HEADER)
    return min((row for row, count in rows.items() if count > 1), default=min(sheet.rows, 12))


def _is_data(table: Table) -> bool:
    return table.columns > 3 or _is_headed(table)  # noqa: PLR2004  # columns of a head


def _is_headed(table: Table) -> bool:
    """Whether a row of the table is the head of columns of figures."""
    return _header_row(table) < min(table.rows, 12)


def _is_body(text: str) -> bool:
    """Whether the frame has ended: a heading "I." or a long paragraph of running text."""
    line = tidy(text)
    if re.match(
        (
            r"^(?:I|1|A)\s*[.)]\s*\S|^(?:phần|mục)\s+(?:thứ\s+nhất|i)\b|^căn cứ\b|^thực hiện (?:công văn"
            r"|kế hoạch|văn bản|chỉ thị|nghị quyết|quyết định|thông tư|hướng dẫn|chương trình|sự|ý kiến)\b"
        ),
        line,
        re.IGNORECASE,
    ):
        return True
    return len(line.split()) > 45 and not line.isupper()  # noqa: PLR2004  # no subject is as long


_BodyLine = tuple[str, int]
"""The text of a paragraph, tidied, and its number. Hardly any of them says what is asked here."""


def _body(document: Document) -> Iterator[_BodyLine]:
    for block in document.paragraphs:
        if not block.deleted and (text := tidy(block.text)):
            yield text, block.number


def _line(said: _BodyLine, file: str, name: str = "") -> HeadLine:
    """The line, or the name in it, with the place of the whole."""
    text, number = said
    return HeadLine(name or text, file, where_paragraphs(number, number), text)


# -- national lines, number, date -----------------------------------------------------------------

_NATIONAL = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc", "dang cong san viet nam")
_NATIONAL_WRAPPED = ("cong hoa xa hoi chu nghia", "viet nam")  #: where the column is narrow
_DAMAGED = 86  # of 100: letters a PDF or an old font lost; no other line of a head comes near


@remembered(1024)
def _is_national(text: str) -> bool:
    key = plain_key(text)
    if key in _NATIONAL_WRAPPED:
        return True
    return any(fuzz.ratio(key, line, score_cutoff=_DAMAGED) >= _DAMAGED or line in key for line in _NATIONAL)


_NUMBERED = re.compile(r"^\s*số\b\s*[:.]?", re.IGNORECASE)
_STATE_NUMBER = re.compile(
    r"^\s*số\s*[:.]*\s*(?P<number>\d{0,5}[a-zđ]?)[\s.…_]*/\s*(?:\d{4}\s*/\s*)?"
    r"(?P<symbol>[A-ZĐ][A-ZĐa-zđ]{0,6}(?:\s*-\s*[A-ZĐ&][A-ZĐ&a-zđ.\-]*)?)(?![^\W\d_])"  # villages: "7/BC"
)
_STATE_NUMBER_ANY_CASE = re.compile(_STATE_NUMBER.pattern, re.IGNORECASE)
_PARTY_NUMBER = re.compile(
    r"^\s*số\s*[:.]*\s*(?P<number>\d{0,5})[\s.…_]*-\s*(?P<symbol>[A-ZĐ][A-ZĐa-zđ]{1,4}\s*/\s*[A-ZĐ][A-ZĐ&a-zđ\-]*)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?P<place>[^,;:()]{0,40}?)\s*,?\s*ngày(?P<day>[\s\d.…_]*)tháng(?P<month>[\s\d.…_]*)năm(?P<year>[\s\d.…_]*)",
    re.IGNORECASE,
)


def _number(line: HeadLine) -> DocumentNumber | None:
    match = _STATE_NUMBER_ANY_CASE.match(line.text) or _PARTY_NUMBER.match(line.text)
    if match is None:
        return None
    return DocumentNumber(match["number"], re.sub(r"\s+", "", match["symbol"]), line)


def _place_and_date(line: HeadLine) -> PlaceAndDate | None:
    if len(line.text) > 90 or "ngày" not in line.text.lower():  # noqa: PLR2004  # no sentence that names a day
        return None
    match = _DATED.match(line.text)
    if match is None:
        return None
    return PlaceAndDate(
        match["place"].strip(), _digits(match["day"]), _digits(match["month"]), _digits(match["year"]), line
    )


def _digits(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


# -- issuer ---------------------------------------------------------------------------------------

_PLACE_NAMED = re.compile(
    r"(?:xã(?! hội\b)|thị trấn|phường|đặc khu|thôn|bản(?! (?:báo|tin)\b)|ấp|xóm|khóm|buôn|tổ dân phố"
    r"|khu phố)\s",
    re.IGNORECASE,
)
_OFFICES = (
    "ủy ban|ubnd|ubmttq|phòng|sở|bộ|ban|hội|trung tâm|trường|trạm|công an|liên đoàn|huyện ủy|thành ủy|thị ủy"
    "|tỉnh ủy|đảng ủy|đảng bộ|chi bộ|thanh tra|văn phòng|ngân hàng|chi cục|chi nhánh|tòa án|viện|tổng|cục"
    "|đoàn|huyện đoàn|tỉnh đoàn|xã đoàn|mặt trận|hợp tác xã|htx|công ty|bệnh viện|kho bạc|bảo hiểm|đội|hạt"
    "|đài|hđnd|hội đồng|bch|đồn|doanh nghiệp|nhà văn hóa|quỹ|phòng giao dịch"
)
_OFFICE = re.compile(rf"^(?:{_OFFICES})\b", re.IGNORECASE)
_PLACES = (
    r"xã(?! hội\b)|phường|thị trấn|đặc khu|huyện|quận|thị xã|tỉnh|thôn|bản|ấp|xóm|khóm|buôn|tổ dân phố"
    "|khu phố|thành phố"
)
#: "XÃ BÌNH MINH" alone on its line, as sheets begin; after "ỦY BAN NHÂN DÂN" it goes on with that.
_PLACE_ALONE = re.compile(rf"^(?:{_PLACES})\s+[^\s.:;]+(?:\s+[^\s.:;]+){{0,5}}$", re.IGNORECASE)
#: What one of them begins with: told of a line before either is looked for.
_FIRST_OF_ISSUERS = frozenset(name[:3].rstrip("(") for name in f"{_OFFICES}|{_PLACES}".split("|"))
_WING = re.compile(r"^(?:ban (?:thường vụ|thường trực|chấp hành)|btv|bch)\s*$", re.IGNORECASE)
_JOINED_BEFORE = re.compile(r"(?:[-–,&]|\b(?:và|của|về|cho|nhân dân các))$", re.IGNORECASE)
_JOINED_AFTER = re.compile(r"^(?:[-–,&]|(?:và|của|về)\b)", re.IGNORECASE)


def _issuer(head: Sequence[HeadLine]) -> tuple[tuple[HeadLine, ...], tuple[HeadLine, ...]]:
    """The superior's lines and the issuer's: the last office named in the left column, or "Đơn vị: …"."""
    labelled = _first(_labelled_issuer(line) for line in _saying(head, "đơn vị", "cơ quan"))
    if labelled is not None:
        return (), (labelled,)
    groups: list[list[HeadLine]] = []
    # In a narrow column the frame falls apart, and the issuer may go on below the national lines.
    wrapped = [line for line in head if line.text.isupper() and plain_key(line.text) in _NATIONAL_WRAPPED]
    for line in head if not wrapped else [one for one in head if one not in wrapped]:
        if not (groups or _may_be_issuer(line.text)):
            continue
        if _ends_issuer(line):
            if groups:
                break
            continue
        if groups and _continues(groups[-1], line):
            groups[-1].append(line)
        elif _OFFICE.match(line.text) or (not groups and _PLACE_ALONE.match(line.text)):
            groups.append([line])
        elif groups:
            break
    if not groups:
        return (), ()
    return tuple(line for group in groups[:-1] for line in group), tuple(groups[-1])


def _may_be_issuer(text: str) -> bool:
    begins = text[:3].lower()
    if begins not in _FIRST_OF_ISSUERS and begins[:2] not in _FIRST_OF_ISSUERS:
        return False
    return bool(_OFFICE.match(text) or _PLACE_ALONE.match(text))


def _issuers_of_sheets(head: Sequence[HeadLine]) -> Iterator[HeadLine]:
    """The issuer above the table of each sheet that has one."""
    lines: list[HeadLine] = []
    for line in head if _END_OF_SHEET in head else ():
        if line is not _END_OF_SHEET:
            lines.append(line)
            continue
        _above, issuer = _issuer(lines)
        if issuer:
            yield _named(tidy(" ".join(one.text for one in issuer)), issuer[0])
        lines = []


_LABELLED = re.compile(
    (
        r"^(?:tên\s+)?đơn vị(?:\s+báo\s+cáo)?\s*:\s*(?P<name>[^\d.…_].+)$|^(?:tên )?cơ quan báo "
        r"cáo\s*:\s*(?P<office>[^.…_].+)$"
    ),
    re.IGNORECASE,
)


def _labelled_issuer(line: HeadLine) -> HeadLine | None:
    match = _LABELLED.match(line.text)
    name = (match["name"] or match["office"]).strip() if match else ""
    return _named(name, line) if _OFFICE.match(name) or _PLACE_NAMED.match(name) else None


def _ends_issuer(line: HeadLine) -> bool:
    """Lines that stand in a head beside or below the issuer and are none."""
    text = line.text
    return not text or bool(
        _is_national(text)
        or _NUMBERED.match(text)
        or _DATED.match(text)
        or _type_of(text)
        or re.match(r"^(?:v/v|kính gửi|\(|căn cứ|biểu|phụ lục)", text, re.IGNORECASE)
    )


def _continues(group: Sequence[HeadLine], line: HeadLine) -> bool:
    """Whether a line goes on with the name of the lines before it."""
    before = group[-1].text
    if _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(line.text) or _WING.match(line.text):
        return True
    if len(line.text.split()) > 12 or line.text.endswith((".", ":", ";")):  # noqa: PLR2004  # running text
        return False
    return not _OFFICE.match(line.text) and (line.text.isupper() or not before.isupper())


# -- type, subject, recipients --------------------------------------------------------------------

# Decree 30/2020/NĐ-CP, Article 7: the twenty-nine types; the annex forms stand after them.
_TYPES = (
    "NGHỊ QUYẾT", "QUYẾT ĐỊNH", "CHỈ THỊ", "QUY CHẾ", "QUY ĐỊNH", "THÔNG CÁO", "THÔNG BÁO", "HƯỚNG DẪN",
    "CHƯƠNG TRÌNH", "KẾ HOẠCH", "PHƯƠNG ÁN", "ĐỀ ÁN", "DỰ ÁN", "BÁO CÁO", "BIÊN BẢN", "TỜ TRÌNH", "HỢP ĐỒNG",
    "CÔNG VĂN", "CÔNG ĐIỆN", "BẢN GHI NHỚ", "BẢN THỎA THUẬN", "GIẤY ỦY QUYỀN", "GIẤY MỜI", "GIẤY GIỚI THIỆU",
    "GIẤY NGHỈ PHÉP", "PHIẾU GỬI", "PHIẾU CHUYỂN", "PHIẾU BÁO", "THƯ CÔNG",
)  # fmt: skip
_ANNEX_TYPES = ("PHỤ LỤC", "BIỂU MẪU", "BIỂU SỐ LIỆU", "BIỂU TỔNG HỢP", "BIỂU")
_TYPE_BY_KEY = {plain_key(name): name for name in _TYPES}
_ANNEX_BY_KEY = {
    plain_key(name): name.split()[0] if name.startswith("BIỂU") else name for name in _ANNEX_TYPES
}
_ABOUT = re.compile(r"v/v\b", re.IGNORECASE)
_ANNEX_STARTS = tuple(_ANNEX_BY_KEY)
_VE_VIEC = re.compile(r"^v/v:?\s*|^về việc\s+", re.IGNORECASE)
_LONGEST_SUBJECT = 6  # lines
_LONGEST_TYPE = 80  # letters at the beginning of a line in which a type is told, or that it is none


def _type_of(text: str) -> str:
    """The type a line states: it stands alone, or a line in capitals begins with it; else empty."""
    return _type_told(text, plain_key(text))


def _type_told(text: str, key: str) -> str:
    if key in _TYPE_BY_KEY:
        return _TYPE_BY_KEY[key] if text[:1].isupper() else ""
    if not text.isupper():
        return ""
    return next((name for start, name in _TYPE_BY_KEY.items() if key.startswith(f"{start} ")), "")


def _type_before_subject(text: str, key: str) -> str:
    """The type in capitals at the beginning of the line that says what it is about: "BÁO CÁO kết quả …"."""
    found = next((name for start, name in _TYPE_BY_KEY.items() if key.startswith(f"{start} ")), "")
    return found if found and text[: len(found)].isupper() else ""


def _annex_type_of(key: str) -> str:
    if not key.startswith(_ANNEX_STARTS):
        return ""
    return next(
        (name for start, name in _ANNEX_BY_KEY.items() if key == start or key.startswith(f"{start} ")), ""
    )


def _type_title(head: Sequence[HeadLine]) -> tuple[int | None, str]:
    """Where the type title stands and which it is; a letter with "V/v" and no title is a công văn."""
    keys = plain_keys([line.text[:_LONGEST_TYPE] for line in head])
    for index, (line, key) in enumerate(zip(head, keys, strict=True)):
        if found := _type_told(line.text, key):
            return index, found
    for index, line in enumerate(head):
        if _ABOUT.match(line.text):
            return index, "CÔNG VĂN"
    for index, (line, key) in enumerate(zip(head, keys, strict=True)):
        if found := _type_before_subject(line.text, key):
            return index, found
    for index, key in enumerate(keys):
        if found := _annex_type_of(key):
            return index, found
    return None, ""


def _subject(head: Sequence[HeadLine], start: int | None, document_type: str) -> tuple[HeadLine, ...]:
    """The lines below the type title, up to Kính gửi, a bracketed note or the text."""
    if start is None:
        return ()
    own = head[start].text
    kept = [head[start]] if plain_key(own) not in _TYPE_BY_KEY else []
    for line in head[start + 1 :]:
        stops = re.match(r"^(?:kính gửi|\(|căn cứ|đơn vị|-|số\b)", line.text, re.IGNORECASE)
        if (
            not line.text
            or stops
            or _is_national(line.text)
            or _DATED.match(line.text)
            or len(kept) >= _LONGEST_SUBJECT
        ):
            break
        if document_type == "CÔNG VĂN" and line.text.isupper():
            break
        kept.append(line)
    return tuple(kept)


# -- who names itself -----------------------------------------------------------------------------

_REPORTS = re.compile(
    r"\s+(?:xin\s+|kính\s+|trân trọng\s+)*(?:tổng hợp,?\s+)?(?:báo cáo|gửi báo cáo)\s+(?:kết quả|tình "
    r"hình|công tác|việc|số liệu|"
    r"quý|phòng|ubnd|ủy ban|sở|như sau|cụ thể|về|một số|tổng kết|sơ kết)",
    re.IGNORECASE,
)
_REPORT = ("áo cáo", "áo Cáo", "ÁO CÁO")
_OPENING_LINES = 30
_NAME_ENDS = re.compile(
    r"\s*(?:\./\.|\.|;|:|,\s*(?:kính|trân|đề nghị|xin|rất).*$|\s+(?:như sau|gửi|kính gửi|trân trọng|để)\b.*$)"
)


def _named_in_opening(body: Sequence[_BodyLine], file: str) -> Iterator[HeadLine]:
    """The office right before "báo cáo" in "… , UBND xã … báo cáo kết quả …"."""
    for line in body[:_OPENING_LINES]:
        text = line[0]
        if _CLOSING.match(text):
            return
        if not any(words in text for words in _REPORT):
            continue
        for match in _REPORTS.finditer(f" {text}"):
            name = _office_at_end(f" {text}"[: match.start()])
            if name:
                yield _line(line, file, name)
                break


def _office_at_end(text: str) -> str:
    """The office a piece of text ends with, over a comma inside its name; empty when it ends with none."""
    pieces = re.split(r"[;.]\s|,\s", text)
    for count in (1, 2):
        name = tidy(", ".join(pieces[-count:]))
        if (_OFFICE.match(name) or _PLACE_NAMED.match(name)) and len(name.split()) <= 16:  # noqa: PLR2004
            return name
    return ""


_CLOSING = re.compile(r"^(?:trên đây là|trên đây,)", re.IGNORECASE)


def _named_in_closing(body: Sequence[_BodyLine], file: str) -> Iterator[HeadLine]:
    """The office after the last "của" in "Trên đây là báo cáo … của UBND xã …./."."""
    for line in body:
        if not _CLOSING.match(line[0]):
            continue
        for piece in reversed(re.split(r"\bcủa\s+", line[0])[1:]):
            name = tidy(_NAME_ENDS.sub("", piece))
            if _OFFICE.match(name) or _PLACE_NAMED.match(name):
                yield _line(line, file, name)
                break


_ANNEX = re.compile(
    r"^\(?\s*(?:ban hành\s+)?kèm theo\s+(?P<type>báo cáo|công văn|kế hoạch|văn bản|quyết định|tờ trình)\s*"
    r"(?:số\s*[:.]?\s*(?P<number>[^\s]*(?:\s*/\s*[^\s]+)?))?\s*"
    r"(?:ngày\s*(?P<date>\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|[\s\d.…]*tháng[\s\d.…]*năm\s*\d*"
    r"|[\s.…/]*\d*))?\s*"
    r"(?:của\s+(?P<issuer>[^)]+))?\)?",
    re.IGNORECASE,
)


def _annex(match: re.Match[str], line: HeadLine) -> AnnexReference:
    return AnnexReference(
        match["type"].lower(),
        re.sub(r"\s+", "", match["number"] or ""),
        tidy(match["date"] or ""),
        tidy(match["issuer"] or "").rstrip(" .;)"),
        line,
    )


# -- signature ------------------------------------------------------------------------------------

# Decree 30/2020/NĐ-CP, Appendix I, II.7: in whose name somebody signs, and as what.
_MAY_SIGN = re.compile(
    r"(?:(?:TM|T/M|KT|K/T|TL|T/L|TUQ|Q)\b"
    r"|(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|CHÁNH|BÍ THƯ|HIỆU TRƯỞNG|CHỈ HUY TRƯỞNG|(?:THỦ )?TRƯỞNG)\b)"
)
_FIRST_TO_SIGN = frozenset("TKQPCGBH")  # letters with which all of them begin
_SIGNS = re.compile(f"^{_MAY_SIGN.pattern}")
_FOOT = 15  # paragraphs, or rows of a sheet: no signature with its titles is longer
_TITLE_LINES = 4
_LAST_TABLES = 6  # annexes may follow the signature


def _feet(document: Document, file: str) -> Iterator[list[HeadLine]]:
    """Where a signature may stand: the last small table, then loose paragraphs, then the foot of a sheet."""
    frames = (t for t in reversed(document.tables[-_LAST_TABLES:]) if not t.sheet and not _is_data(t))
    yield from (list(_columns(t, file)) for t in frames if _may_sign([cell.text for cell in t.cells]))
    last = document.paragraphs[-_FOOT:]
    if _may_sign([one.text for one in last]):
        where = {one.number: where_paragraphs(one.number, one.number) for one in last}
        yield [line for one in last for line in _lines(one.text, file, where[one.number])]
    for sheet in (table for table in document.tables if table.sheet):
        foot = _foot_of(sheet)
        if _may_sign([cell.text for cell in foot]):
            foot.sort(key=lambda cell: (cell.column, cell.row))
            yield [line for cell in foot for line in _lines(cell.text, file, where_cell(sheet, cell))]


def _may_sign(texts: Iterable[str]) -> bool:
    """Whether any text may bear a signature: most reports end in running text or figures."""
    return any(map(_begins_to_sign, texts))


def _begins_to_sign(text: str) -> bool:
    """Whether the words of a signature begin a text; in one of several lines or columns, any of these."""
    in_one = text.isprintable() and "  " not in text
    if in_one and text.lstrip()[:1] not in _FIRST_TO_SIGN:
        return False
    return (_SIGNS.match if in_one else _MAY_SIGN.search)(tidy(text)) is not None


def _foot_of(sheet: Table) -> list[Cell]:
    """The words in the last rows of a sheet."""
    return [cell for cell in sheet.words_in_rows(sheet.rows - _FOOT, sheet.rows) if cell.text]


def _signed_for(lines: Sequence[HeadLine]) -> HeadLine | None:
    start = next((at for at, line in enumerate(lines) if _SIGNS.match(line.text)), None)
    if start is None:
        return None
    first, *rest = lines[start : start + _TITLE_LINES]
    titles = [first.text, *(line.text for line in takewhile(lambda line: line.text.isupper(), rest))]
    return _named(tidy(" ".join(titles)), first)


def _first(found: Iterable[_T | None]) -> _T | None:
    return next((one for one in found if one is not None), None)
