"""The narrative cut along the report's outline: which words a unit wrote under which heading.

Nobody sends the outline back as it was asked for. Headings are told by their numbers, their type or
their capitals, and matched by their words in whatever order they stand; a heading inside a section of
plans, difficulties or proposals never leads out of it, so that a plan's figures are not read as results.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from typing import TYPE_CHECKING

from msgspec import Struct

from config.remembered import remembered
from config.reports import Section, SectionRole
from config.spelling import accented_key, has_digit, plain_key, tidy
from intake.documents import Document, Paragraph, Table
from intake.places import where_paragraphs
from ledger.records import Place, SectionText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class NarrativeLine(Struct, frozen=True, gc=False):
    """One paragraph or list item of the narrative, with the section it stands in.

    A report has some fifty, and a struct is made in a tenth of the time of a frozen dataclass.
    """

    section: str  #: id of the outline's section, empty when no heading of the outline stands above it
    role: SectionRole  #: what the text is for, also under headings the outline does not know
    text: str
    file: str
    number: int  #: of the paragraph or line

    def place(self, text: str) -> Place:
        """Where words of the line stand."""
        return Place(self.file, where_paragraphs(self.number, self.number), text)


@dataclass(frozen=True, slots=True)
class OutlineReading:
    """The narrative of one text, cut."""

    sections: tuple[SectionText, ...]  #: in the order of the outline, sections without text left out
    missing: tuple[str, ...]  #: sections of the outline under which nothing was written
    lines: tuple[NarrativeLine, ...]  #: all body text in order, also what stands outside every section


def cut_outline(document: Document, outline: Sequence[Section], file: str) -> OutlineReading:
    """Cut the paragraphs of `document`; its head, signature block, annex and tables are left out."""
    return _reading(_body(_lines_of(document)), outline, file)


def role_of(section: Section) -> SectionRole:
    """The section's role; a title that says difficulties, plans or proposals outweighs the default."""
    if section.role is not SectionRole.RESULTS:
        return section.role
    return _role_named(section.title) or SectionRole.RESULTS


# -- lines and headings ---------------------------------------------------------------------------


class _Line(Struct, frozen=True, gc=False):
    text: str
    number: int
    bold: bool = False
    heading: int = 0
    label: str = ""  #: a list number that is not part of the text


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str
    level: int  #: 0 part, 1 Roman, 2 Arabic, 3 "1.1", 4 letter; 9: told by type alone
    number: str  #: "II", "3", "1.1", empty without one
    rest: str = ""  #: text that follows the heading on its own line


def _lines_of(document: Document) -> Iterator[_Line]:
    for block in document.blocks:
        if isinstance(block, Table):
            if _may_sign(block) and _is_signature(" ".join(cell.text for cell in block.cells)):
                yield _Line(_SIGNATURE, 0)
            continue
        if not block.deleted:
            yield from _lines_of_paragraph(block)


def _lines_of_paragraph(paragraph: Paragraph) -> Iterator[_Line]:
    """A line break inside a paragraph starts a line of its own, list items stay one a line."""
    for index, part in enumerate(paragraph.text.splitlines()):
        text = tidy(_NUMBER_OF_A_ROW.sub("", part) if "\t" in part else part)
        if text:
            label = paragraph.list_label if index == 0 else ""
            yield _Line(text, paragraph.number, paragraph.bold, paragraph.heading, label)


#: A row of a table that was left as a line, its columns by tabs: "4\tCán bộ công chức\tngười\t31". What it
#: begins with counts rows, and no officials.
_NUMBER_OF_A_ROW = re.compile(r"^\s*\d{1,3}[.)]?\s*\t(?=[^\t]*\t)")


def _may_sign(table: Table) -> bool:
    """Whether a table may hold the signature, told of a sheet of thousands of cells by its words."""
    first = next((text for cell in table.cells if (text := cell.text.strip())), "")
    return first[:3].upper() in _SIGNING or "noi nhan" in table.told


_SIGNATURE = "\x00signature"
_SIGNING = ("TM.", "KT.", "TL.", "TUQ")
_IN_WHOSE_NAME = re.compile(r"(?:tm|kt|tl|tuq)\.\s", re.IGNORECASE)
_RECEIVERS = len("nơi nhận")
_COPIES_TO = re.compile(r"^nơi nhận|\bnơi nhận\s*:")
_CLOSING = re.compile(r"^(?:trên đây là|trên đây,)\b.{0,300}\bbáo cáo\b", re.IGNORECASE)
_HEAD = re.compile(r"^(?:kính gửi|báo cáo$|v/v\b|số\s*:|cộng h[^ ]+ xã hội|độc lập\s*-)", re.IGNORECASE)
_ENDING = 12  # letters at the end of a line that its last words and marks take at most
_OPENING = re.compile(r"(?:như sau|cụ thể như sau|sau đây)\s*:?$", re.IGNORECASE)
_ANNEX = re.compile(
    r"^(?:phụ lục|biểu(?: mẫu)?(?: số)?)\b|^\(?kèm theo (?:báo cáo|công văn|văn bản)", re.IGNORECASE
)


def _is_signature(text: str) -> bool:
    told = tidy(text)
    if _IN_WHOSE_NAME.match(told):
        return True
    may_be = ":" in told or told[:_RECEIVERS].lower() == "nơi nhận"
    return may_be and bool(_COPIES_TO.search(told.lower()))


def _body(lines: Iterable[_Line]) -> list[_Line]:
    """The lines between the opening and the closing of the letter."""
    kept: list[_Line] = []
    annex: int | None = None  # where one may begin
    for line in lines:
        if line.text == _SIGNATURE or _is_signature(line.text):
            break
        if _CLOSING.match(line.text):
            annex = None  # "Biểu số liệu kèm theo báo cáo" before it stands over a list in the letter itself
            break
        if annex is None and _ANNEX.match(line.text) and any(_heading(earlier) for earlier in kept):
            annex = len(kept)
        kept.append(line)
    return kept[_end_of_opening(kept) : annex]


def _end_of_opening(lines: Sequence[_Line]) -> int:
    """Where the text begins: after "… như sau:", else at the first number, else at the top."""
    for index, line in enumerate(lines[:25]):
        if "sau" in line.text[-_ENDING:].lower() and _OPENING.search(line.text):
            return index + 1
        heading = _heading(line)
        if (heading is not None and heading.number) or _numbered(_labelled(line))[1] in _FIRST:
            return index
    return max((index + 1 for index, line in enumerate(lines[:25]) if _HEAD.match(line.text)), default=0)


_PART = re.compile(
    r"^(?:phần|chương|mục)\s+(?:thứ\s+)?(?P<number>[ivx]+|\d+|nhất|một|hai|ba|tư|bốn|năm)\b[\s.:–-]*(?P<title>.*)$",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"^(?P<number>(?:X{0,1})(?:IX|IV|V?I{0,3}))\s*[.)/:–-]\s*(?P<title>\S.*)$")
_ARABIC = re.compile(
    r"^(?P<number>\d{1,2}(?:\.\d{1,2})*)\s*[.)/:–-]\s*(?P<title>[^\W\d].*)$"
    r"|^(?P<deep>\d{1,2}(?:\.\d{1,2})+)\s+(?P<deep_title>[^\W\d].*)$"
)
_CAPITAL = re.compile(r"^(?P<number>[A-H])\s*[.)]\s*(?P<title>\S.*)$")
#: What all of them begin with; of most lines nothing else need be asked.
_MAY_BE_NUMBERED = re.compile(
    r"(?:\d[\d.]*|[IVX]{1,5}|[A-Ha-zđ])\s*[.)/:–-]|\d+\.\d|(?:phần|chương|mục)\s", re.IGNORECASE
)
_LETTER = re.compile(r"^(?P<number>[a-zđ])\s*[.)]\s*(?P<title>\S.*)$")
_FIRST = frozenset(
    {"1", "I", "A"}
)  #: with these the text begins, be they of headings or of items with a figure
_BULLETS = ("-", "–", "+", "*", "•")
_LONGEST_LABEL = 14  # words before a colon
_LONGEST_HEADING = 26  # words: "Kết quả thực hiện các mục tiêu, chỉ tiêu của Chiến lược quốc gia về …"


def _heading(line: _Line) -> _Heading | None:
    """The heading a line is or begins with; None for text and list items."""
    text = _labelled(line)
    if text.startswith(_BULLETS) or line.label[:1] in _BULLETS:
        return _inline_heading(text.lstrip("-–+*• "), 9, "") if line.bold else None
    level, number, title = _numbered(text)
    if number:
        return _numbered_heading(line, title, level, number)
    if line.heading or ((line.bold or text.isupper()) and _is_short(text)):
        return _Heading(_without_colon(text), 9, "")
    return _inline_heading(text, 9, "")


def _labelled(line: _Line) -> str:
    """The line with the number that its list gives it."""
    return f"{line.label} {line.text}" if line.label and line.label[0].isalnum() else line.text


def _numbered(text: str) -> tuple[int, str, str]:
    if not _MAY_BE_NUMBERED.match(text):
        return 9, "", text
    part = _PART.match(text)
    if part:
        return 0, part["number"], part["title"] or text
    roman = _ROMAN.match(text)
    if roman and roman["number"]:
        return 1, roman["number"], roman["title"]
    capital = _CAPITAL.match(text)
    if capital:
        return 0, capital["number"], capital["title"]
    arabic = _ARABIC.match(text)
    if arabic:
        number = arabic["number"] or arabic["deep"]
        return 2 + min(number.count("."), 1), number, arabic["title"] or arabic["deep_title"]
    letter = _LETTER.match(text)
    return (4, letter["number"], letter["title"]) if letter else (9, "", text)


def _numbered_heading(line: _Line, title: str, level: int, number: str) -> _Heading | None:
    if _is_short(title) and (line.bold or line.heading or title.isupper() or not _is_sentence(title)):
        return _Heading(_without_colon(title), level, number)
    return _inline_heading(title, level, number) or (
        _Heading(title.split(".", maxsplit=1)[0], level, number) if level <= 1 else None
    )


def _inline_heading(text: str, level: int, number: str) -> _Heading | None:
    """The words before a colon as a heading: "Khó khăn: kinh phí còn hạn hẹp"."""
    head, colon, rest = text.partition(":")
    if not colon or has_digit(head) or len(head.split()) > _LONGEST_LABEL or not head.strip():
        return None
    return _Heading(head.strip(), level, number, rest.strip())


def _is_short(text: str) -> bool:
    return len(text.split()) <= _LONGEST_HEADING


def _is_sentence(text: str) -> bool:
    """A numbered line with figures, or none said for one, or a full stop is an item of text, no heading."""
    return bool(
        re.search(
            r"[.;]$|\d+\s*(?:[,.]\d+)?\s*(?:%|[a-zđà-ỹ])|:\s*(?:\d|không\b|chưa\b|kps\b)",
            re.sub(r"(?:tháng|năm|quý|ngày)\s*\d+|\d+\s*tháng", "", text),
        )
    )


def _without_colon(text: str) -> str:
    return text.rstrip(" :.;")


# -- matching headings with the outline -----------------------------------------------------------

_ROLE_WORDS = {
    SectionRole.DIFFICULTIES: ("khó khăn", "hạn chế", "tồn tại", "vướng mắc", "nguyên nhân", "bất cập"),
    SectionRole.PLANS: (
        "phương hướng",
        "nhiệm vụ trọng tâm",
        "nhiệm vụ",
        "giải pháp",
        "kế hoạch 6 tháng cuối",
        "kế hoạch thời gian tới",
        "thời gian tới",
        "tháng cuối năm",
        "chương trình công tác",
    ),
    SectionRole.PROPOSALS: ("kiến nghị", "đề xuất", "đề nghị"),
}
# Words that tell nothing of the subject of a heading.
_FAINT = frozenset(
    plain_key("công tác kết quả thực hiện tình hình việc về các và của trong hoạt động lĩnh vực cho").split()
)


@remembered(2048)
def _role_named(title: str) -> SectionRole | None:
    """The role whose words stand first in a title, if they lead it rather than close it.

    "Kết quả thực hiện nhiệm vụ" and "Lãnh đạo thực hiện các giải pháp" speak of results.
    """
    key = f" {accented_key(title)} "
    plain = f" {plain_key(title)} "
    places = [
        (position, role)
        for role, words in _ROLE_WORDS.items()
        for word in words
        for position in (key.find(f" {word} "), plain.find(f" {plain_key(word)} ") if key == plain else -1)
        if position >= 0
    ]
    if not places:
        return None
    position, role = min(places)
    before = key[:position] if key != plain else plain[:position]
    return None if role is SectionRole.PLANS and _SPEAKS_OF_RESULTS.search(before) else role


# "Mục tiêu, chỉ tiêu kế hoạch năm 2023" heads what was asked for, and no figure of what was done.
_OF_TARGETS = re.compile(
    r"(?=.*\b(?:mục tiêu|chỉ tiêu)\b)(?=.*\b(?:kế hoạch|đề ra|giao|phấn đấu|chung|cụ thể)\b)"
    r"(?!.*\b(?:kết quả|thực hiện|tình hình|đánh giá|đạt)\b)"
)
# "Kế hoạch năm 2025", "Mục tiêu, chỉ tiêu chủ yếu năm 2025" head what shall be.
_OF_A_PLAN = re.compile(
    r"(?:một số |các |những )?"
    r"(?:(?:kế hoạch|định hướng|dự kiến)\b(?!.*\b(?:kết quả|đạt|đánh giá|được giao)\b)"
    r"(?: (?:công tác|sản xuất|hoạt động|thực hiện|phát triển))?"
    r"|(?:mục tiêu|chỉ tiêu)(?: (?:mục tiêu|chỉ tiêu|nhiệm vụ|chủ yếu|cơ bản))*)"
    r" (?:năm|quý|tháng|6 tháng cuối|những tháng|thời gian) "
)
_SPEAKS_OF_RESULTS = re.compile(
    r"kết quả|thực hiện|triển khai|tổ chức|lãnh đạo|ket qua|thuc hien|trien khai|to chuc|lanh dao"
)


# The last line of a title: "6 tháng đầu năm 2024" is no "Tháng hành động vì bình đẳng giới".
_ONLY_A_TIME = re.compile(
    r"(?:ky )?(?:(?:\d{1,2}|sau|chin) thang (?:dau |cuoi )?|ca |quy (?:[1-4]|i{1,3}|iv) |thang \d{1,2} )?"
    r"(?:nam(?: \d{4})?|\d{4})"
)
_LIKE = 0.4  # of both sides' words, by weight: a heading often keeps one half of the title
_AHEAD = 0.15
_THE_SAME = 0.8


class _Matcher:
    """Which section of the outline a heading means."""

    def __init__(self, outline: Sequence[Section]) -> None:
        self._sections = tuple(outline)
        self._phrases = {
            section.id: [_words(section.title), *(_words(keyword) for keyword in section.keywords)]
            for section in outline
        }
        counts: dict[str, int] = {}
        for phrases in self._phrases.values():
            for word in {word for phrase in phrases for word in phrase}:
                counts[word] = counts.get(word, 0) + 1
        self.match = remembered(1024)(self._match)
        self._weights = {word: (0.2 if word in _FAINT else 1.0) / count for word, count in counts.items()}

    def only_of(self, role: SectionRole) -> Section | None:
        """The one section of that role; None where the outline has none or several."""
        found = [section for section in self._sections if role_of(section) is role]
        return found[0] if len(found) == 1 else None

    def _match(self, title: str) -> Section | None:
        """The one section the title means, clearly ahead of the next; None otherwise."""
        if _ONLY_A_TIME.fullmatch(plain_key(title)):
            return None
        role = _role_named(title)
        candidates = [section for section in self._sections if role is None or role_of(section) is role]
        if role is None:
            candidates = [section for section in candidates if role_of(section) is SectionRole.RESULTS]
        scored = sorted(
            ((self.score(title, section), section) for section in candidates), key=lambda pair: -pair[0]
        )
        if not scored:
            return None
        if role is not None:
            return scored[0][1]
        runner_up = scored[1][0] if len(scored) > 1 else 0
        return scored[0][1] if scored[0][0] >= _LIKE and scored[0][0] - runner_up >= _AHEAD else None

    def score(self, title: str, section: Section) -> float:
        """How far title and section say the same: the harmonic mean of both coverages."""
        heading = _words(title)
        return max(
            (self._likeness(heading, phrase) for phrase in self._phrases[section.id] if phrase), default=0
        )

    def _likeness(self, heading: frozenset[str], phrase: frozenset[str]) -> float:
        shared = heading & phrase
        if not shared:
            return 0
        common = self.weighed(shared)
        of_phrase, of_heading = common / self.weighed(phrase), common / self.weighed(heading)
        return 2 * of_phrase * of_heading / (of_phrase + of_heading)

    def weighed(self, words: Iterable[str]) -> float:
        """How much words tell together: to the last bit the same in whatever order a set gives them."""
        return fsum(map(self._weight, words))

    def _weight(self, word: str) -> float:
        return self._weights.get(word, 0.2 if word in _FAINT else 0.6)


@lru_cache(maxsize=64)
def _matcher_of(outline: tuple[Section, ...]) -> _Matcher:
    return _Matcher(outline)


def _words(title: str) -> frozenset[str]:
    return frozenset(plain_key(re.sub(r"\([^)]*\)", " ", title)).split()) or frozenset(
        plain_key(title).split()
    )


# "Số hộ nghèo: 07 hộ" opens a section, but what is counted stands before the colon.
_A_FIGURE = re.compile(r"\s*(?:\d|(?:không|chưa|kps)\b)", re.IGNORECASE)


# -- cutting --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Open:
    """A heading whose section is still open."""

    level: int
    section: str
    role: SectionRole


def _reading(lines: Sequence[_Line], outline: Sequence[Section], file: str) -> OutlineReading:
    narrative = tuple(_narrative(lines, outline, file))
    sections = tuple(
        _joined(section.id, [line for line in narrative if line.section == section.id], file)
        for section in outline
        if any(line.section == section.id for line in narrative)
    )
    written = {section.section for section in sections}
    return OutlineReading(sections, _missing(outline, written), narrative)


def _missing(outline: Sequence[Section], written: set[str]) -> tuple[str, ...]:
    """Sections with no text of their own nor in a section below them."""
    return tuple(
        section.id
        for section in outline
        if section.id not in written and not any(other.startswith(f"{section.id}.") for other in written)
    )


def _narrative(lines: Sequence[_Line], outline: Sequence[Section], file: str) -> Iterator[NarrativeLine]:
    matcher = _matcher_of(tuple(outline))
    stack: list[_Open] = []
    for line in lines:
        heading = _heading(line)
        opened = _opened(heading, matcher, stack) if heading else None
        if heading is None or opened is None:
            text = f"{line.label} {line.text}".strip() if line.label else line.text
        else:
            stack = [*[open_ for open_ in stack if open_.level < opened.level], opened]
            figure = opened.role is SectionRole.RESULTS and _A_FIGURE.match(heading.rest)
            text = f"{heading.title}: {heading.rest}" if figure else heading.rest
        if text:
            current = stack[-1] if stack else _Open(9, "", SectionRole.RESULTS)
            yield NarrativeLine(current.section, current.role, text, file, line.number)


def _opened(heading: _Heading, matcher: _Matcher, stack: Sequence[_Open]) -> _Open | None:
    """What a heading opens; None when it is only a line of the section it stands in."""
    level = heading.level
    if not heading.rest and _OF_TARGETS.match(accented_key(heading.title)):
        return _Open(level if heading.number else 1, "", SectionRole.PLANS)
    section = matcher.match(heading.title)
    role = role_of(section) if section else _role_named(heading.title)
    if role in (None, SectionRole.RESULTS) and _OF_A_PLAN.match(accented_key(heading.title)):
        section, role = matcher.only_of(SectionRole.PLANS), SectionRole.PLANS
    if level == 9:  # noqa: PLR2004  # no number: it ranks as its section does in the outline
        if section is None and role is None:
            return None
        level = 1 + (section.id.count(".") if section else 0)
        if heading.rest and section and role is SectionRole.RESULTS and _is_loose(heading, matcher):
            return None
    around = [open_ for open_ in stack if open_.level < level]
    inside = around[-1] if around else None
    if inside and inside.role is not SectionRole.RESULTS:
        return None
    if section is None and heading.rest and role is None:
        return None
    return _Open(
        level,
        section.id if section else _kept_section(inside, role),
        role or SectionRole.RESULTS,
    )


def _is_loose(heading: _Heading, matcher: _Matcher) -> bool:
    """An unnumbered "label: text" opens a section only when it says nothing beside its title."""
    section = matcher.match(heading.title)
    return section is None or matcher.score(heading.title, section) < _THE_SAME


def _kept_section(inside: _Open | None, role: SectionRole | None) -> str:
    """A heading the outline does not know stays with its parent, unless it is of another kind."""
    return inside.section if inside and role is None else ""


def _joined(section: str, lines: Sequence[NarrativeLine], file: str) -> SectionText:
    text = "\n".join(line.text for line in lines)
    where = where_paragraphs(lines[0].number, lines[-1].number)
    return SectionText(section, text, Place(file, where, lines[0].text))
