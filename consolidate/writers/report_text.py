"""The text of the consolidated report as blocks, before anything of Word.

Rules that a reader may want to know:

- Every section of the outline keeps its heading and its number, since the superior asks for them. A
  section without figures and passages says so in one sentence; one that only holds others says nothing.
- A result section states its indicators in the outline's order, then quotes units. Of each unit only
  its first passage that says something, whole sentences up to about 350 letters, at most five units a
  section; units quoted less often so far come first, then the order of the units sheet. Whatever is not
  shown whole stands in Annex III.
- Difficulties, plans and proposals are gathered by sentence. Sentences that differ in nothing but the
  unit's own name are one sentence with all its units named. Those of most units come first, twelve at
  most; the others stand in Annex III.
- No figure, unit or passage is left out of the document as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from config.reports import Indicator, Section, SectionRole
from config.spelling import accented_key, is_accented, tidy
from consolidate.writers.phrases import (
    capital,
    counted,
    days_late,
    lateness,
    listed,
    moment,
    sentences,
    share,
    short_name,
    small,
    without_repeats,
)
from consolidate.writers.report_figures import FigureSentences
from ledger.records import ObligationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.units import Unit
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, Passage
    from consolidate.writers.document_templates import DocumentTemplates

MOST_QUOTED = 5
MOST_GATHERED = 12
MOST_NAMED = 10
QUOTE_LENGTH = 350

_NOTHING = re.compile(
    r"(hiện |hiện nay |hiện tại |đến nay |trong kỳ |nhìn chung |đơn vị )*(không|chưa)"
    r"( có| phát sinh| gì| thêm| khó khăn| hạn chế| vướng mắc| tồn tại| kiến nghị| đề xuất| ý kiến"
    r"| nội dung| báo cáo| và)*"
)


class BlockKind(StrEnum):
    """What a block of text is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or an item of a list with its dash."""

    kind: BlockKind
    text: str
    level: int = 0  #: of a heading, from 1


@dataclass(frozen=True, slots=True)
class ReportText:
    """The report without its layout."""

    subject: tuple[str, ...]  #: trích yếu, in lines
    opening: tuple[Block, ...]
    body: tuple[Block, ...]
    closing: str
    details: tuple[Block, ...]  #: Annex III, empty when everything stands in the body


@dataclass(frozen=True, slots=True)
class Returns:
    """Who has sent and who has not, at the moment of the consolidation; exempt units apart."""

    expected: int
    sent: int
    on_time: int
    late: tuple[str, ...]  #: with the days in brackets
    missing: tuple[str, ...]
    overdue: tuple[str, ...]  #: of the missing, those whose due moment has passed
    review: tuple[str, ...]
    exempt: tuple[str, ...]
    rate: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """One sentence and everyone who wrote it."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionText:
    """What a section says, and what of it had to go to Annex III."""

    blocks: tuple[Block, ...]
    details: tuple[Block, ...] = ()


def report_text(consolidation: Consolidation, wording: Wording, templates: DocumentTemplates) -> ReportText:
    """Write the report."""
    writer = _Writer(consolidation, wording, templates)
    body, details = writer.sections()
    return ReportText(
        subject=subject_lines(consolidation, wording),
        opening=writer.opening(),
        body=body,
        closing=writer.closing(),
        details=details,
    )


def subject_lines(consolidation: Consolidation, wording: Wording) -> tuple[str, ...]:
    """Trích yếu: the report's name without "Báo cáo", and the period on a line of its own."""
    name = tidy(consolidation.report.name)
    prefix = wording("documents.report_prefix").lower() + " "
    if name.lower().startswith(prefix):
        name = name[len(prefix) :]
    period = tidy(consolidation.period.name)
    at = name.lower().find(period.lower())
    if at < 0:
        return (capital(name), period)
    before, after = name[:at].strip(" ,"), name[at:].strip()
    return (capital(before), after) if before else (capital(after),)


def returns(consolidation: Consolidation, wording: Wording) -> Returns:
    """Count and name the units by state."""
    zone = consolidation.regime.timezone
    by_state = {state: [s for s in consolidation.standings if s.state is state] for state in ObligationState}
    late = by_state[ObligationState.LATE]
    missing = by_state[ObligationState.MISSING]
    sent = len(by_state[ObligationState.ON_TIME]) + len(late)
    expected = len(consolidation.standings) - len(by_state[ObligationState.EXEMPT])
    return Returns(
        expected=expected,
        sent=sent,
        on_time=sent - len(late),
        late=tuple(
            _with_remark(s.unit, lateness(s.first_valid or consolidation.as_of, s.due, zone, wording))
            for s in late
        ),
        missing=tuple(short_name(s.unit) for s in missing),
        overdue=tuple(
            short_name(s.unit) for s in missing if days_late(consolidation.as_of, s.due, zone) is not None
        ),
        review=tuple(short_name(s.unit) for s in by_state[ObligationState.NEEDS_REVIEW]),
        exempt=tuple(_with_remark(s.unit, s.exempt) for s in by_state[ObligationState.EXEMPT]),
        rate=share(Decimal(sent), Decimal(expected)),
    )


def _with_remark(unit: Unit, remark: str) -> str:
    return f"{short_name(unit)} ({tidy(remark)})" if remark else short_name(unit)


class _Writer:
    """Goes through the outline once; remembers how often each unit was quoted."""

    def __init__(self, consolidation: Consolidation, wording: Wording, templates: DocumentTemplates) -> None:
        self._consolidation = consolidation
        self._wording = wording
        self._templates = templates
        self._figures = FigureSentences(consolidation, templates)
        self._returns = returns(consolidation, wording)
        self._quoted: Counter[str] = Counter()
        self._limits_told = False

    def opening(self) -> tuple[Block, ...]:
        report = self._consolidation.report
        paragraphs = self._templates.paragraphs(
            "report/opening.txt",
            ordered_by=tidy(report.ordered_by),
            issuer=self._consolidation.regime.department.issuer,
            subject=self._subject(),
            as_of=moment(self._consolidation.as_of, self._consolidation.regime.timezone, self._wording),
            r=self._returns,
            compared=any(total.previous is not None for total in self._consolidation.totals),
        )
        return tuple(map(_text, paragraphs))

    def closing(self) -> str:
        department = self._consolidation.regime.department
        return self._templates.sentence(
            "report/closing.txt",
            subject=self._subject(),
            issuer=department.issuer,
            recipients=department.recipients,
        )

    def sections(self) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """The body, and the details of Annex III."""
        outline = self._outline()
        body: list[Block] = []
        details: list[Block] = []
        for section in outline:
            heading = heading_of(section)
            written = self._section(section, outline)
            body += [heading, *written.blocks]
            if section == _last_result(outline):
                body += self._other_figures(outline)
            if written.details:
                details += [_text_heading(f"{section.id}. {tidy(section.title)}"), *written.details]
        if not self._limits_told:
            body += map(_text, self._limits())
        unplaced = self._unplaced(outline)
        if unplaced:
            details += [_text_heading(self._wording("documents.unplaced_passages")), *unplaced]
        return tuple(body), tuple(details)

    def _subject(self) -> str:
        return small(" ".join(subject_lines(self._consolidation, self._wording)))

    def _outline(self) -> tuple[Section, ...]:
        """The outline; one section with every indicator when the report has none."""
        report = self._consolidation.report
        if report.outline:
            return report.outline
        codes = tuple(indicator.code for indicator in report.indicators)
        return (Section(id="I", title=self._wording("documents.whole_report"), indicators=codes),)

    def _section(self, section: Section, outline: Sequence[Section]) -> SectionText:
        passages = [p for p in self._consolidation.passages if p.section == section.id]
        if section.role is SectionRole.RESULTS:
            written = self._results(section, passages)
        else:
            written = self._gather(section.role, passages)
        limits: list[Block] = []
        if section.role is SectionRole.DIFFICULTIES and not self._limits_told:
            self._limits_told = True
            limits = [_text(paragraph) for paragraph in self._limits()]
        blocks = (*limits, *written.blocks)
        if not blocks and not _is_parent(section, outline):
            blocks = (_text(self._wording("documents.section_empty")),)
        return SectionText(blocks, written.details)

    def _limits(self) -> tuple[str, ...]:
        return self._templates.paragraphs("report/limits.txt", r=self._returns)

    def _results(self, section: Section, passages: Sequence[Passage]) -> SectionText:
        figures = [
            _item(s) for s in map(self._figures.sentence, self._indicators_of(section.indicators)) if s
        ]
        quotes = self._quotes(passages)
        shown = {passage for passage, whole in quotes.values() if whole}
        rest = [p for p in passages if p not in shown and not says_nothing(p.text, p.unit)]
        key = "documents.highlights_more" if rest else "documents.highlights"
        quoted = [_text(self._wording(key)), *map(_item, quotes)] if quotes else []
        nothing = self._nothing_to_say(passages)
        return SectionText((*figures, *quoted, *nothing), tuple(self._attributed(p) for p in rest))

    def _indicators_of(self, codes: Iterable[str]) -> list[Indicator]:
        by_code = {indicator.code: indicator for indicator in self._consolidation.report.indicators}
        return [by_code[code] for code in codes if code in by_code]

    def _other_figures(self, outline: Sequence[Section]) -> list[Block]:
        """The indicators that no section of the outline claims."""
        claimed = {code for section in outline for code in section.indicators}
        others = [i for i in self._consolidation.report.indicators if i.code not in claimed]
        items = [_item(sentence) for sentence in map(self._figures.sentence, others) if sentence]
        title = [_text(self._wording("documents.other_indicators"))] if items else []
        return [*title, *items]

    def _quotes(self, passages: Sequence[Passage]) -> dict[str, tuple[Passage, bool]]:
        """The quotations to show, each with its passage and whether it is the whole of it."""
        firsts: dict[str, Passage] = {}
        for passage in passages:
            if not says_nothing(passage.text, passage.unit):
                firsts.setdefault(passage.unit.id, passage)
        chosen = sorted(firsts.values(), key=lambda p: self._quoted[p.unit.id])
        quotes: dict[str, tuple[Passage, bool]] = {}
        for passage in chosen:
            quote, whole = shortened(passage.text)
            if quote and len(quotes) < MOST_QUOTED:
                self._quoted[passage.unit.id] += 1
                quotes[self._attribution(passage.unit, quote)] = (passage, whole)
        return quotes

    def _attribution(self, unit: Unit, text: str) -> str:
        return self._wording("documents.passage", unit=capital(short_name(unit)), text=text)

    def _attributed(self, passage: Passage) -> Block:
        return _item(self._attribution(passage.unit, joined(sentences(passage.text))))

    def _gather(self, role: SectionRole, passages: Sequence[Passage]) -> SectionText:
        gathered = gather(passages, self._wording("documents.own_unit"))
        first, rest = gathered[:MOST_GATHERED], gathered[MOST_GATHERED:]
        # A sentence of very many units names the first ten; all of them stand in the annex.
        crowded = [one for one in first if len(one.names) > MOST_NAMED]
        items = [_item(self._with_names(one, MOST_NAMED)) for one in first]
        title = [_text(self._wording(f"documents.gathered_{role.value}"))] if items else []
        details = tuple(_item(self._with_names(one, 0)) for one in (*crowded, *rest))
        more = [_text(self._wording("documents.gathered_more"))] if rest else []
        return SectionText((*title, *items, *more, *self._nothing_to_say(passages)), details)

    def _with_names(self, one: Gathered, most: int) -> str:
        names = listed(one.names, self._wording, most)
        return self._wording("documents.gathered_from", text=one.text, names=names)

    def _nothing_to_say(self, passages: Sequence[Passage]) -> list[Block]:
        speaking = {p.unit.id for p in passages if not says_nothing(p.text, p.unit)}
        names = without_repeats(short_name(p.unit) for p in passages if p.unit.id not in speaking)
        if not names:
            return []
        sentence = self._wording(
            "documents.nothing_to_say",
            count=counted(len(names)),
            names=", ".join(names),
        )
        return [_text(sentence)]

    def _unplaced(self, outline: Sequence[Section]) -> list[Block]:
        known = {section.id for section in outline}
        return [self._attributed(p) for p in self._consolidation.passages if p.section not in known]


def heading_of(section: Section) -> Block:
    """The heading of a section: "I. KẾT QUẢ", "3. Công tác cán bộ", "a) Cấp xã".

    An id of Arabic numbers only ("2.1") is kept whole; otherwise its last part is the number.
    """
    parts = section.id.split(".")
    level = len(parts)
    title = tidy(section.title)
    number = section.id if all(part.isdigit() for part in parts) else parts[-1]
    mark = f"{number})" if number.islower() and len(number) == 1 else f"{number}."
    return Block(BlockKind.HEADING, f"{mark} {title.upper() if level == 1 else title}", level)


def gather(passages: Sequence[Passage], own_unit: str) -> tuple[Gathered, ...]:
    """Sentences with the units that wrote them: most units first, then the order they came in.

    A unit's own name counts as `own_unit` for the comparison, and is written so only where two or
    more units share the sentence.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    for passage in passages:
        if says_nothing(passage.text, passage.unit):
            continue
        for sentence in sentences(passage.text):
            common = without_own_name(sentence, passage.unit, own_unit)
            found.setdefault(accented_key(common), []).append((sentence, common, short_name(passage.unit)))
    merged = [_merged(group) for key, group in found.items() if key]
    return tuple(sorted(merged, key=lambda one: -len(one.names)))


def _merged(group: Sequence[tuple[str, str, str]]) -> Gathered:
    names = without_repeats(name for _, _, name in group)
    sentence, common, _ = group[0]
    return Gathered(capital(common if len(names) > 1 else sentence), names)


def without_own_name(sentence: str, unit: Unit, own_unit: str) -> str:
    """The sentence with the unit's own names replaced; bare place names stay, they are too common."""
    names = {tidy(unit.name), short_name(unit), *filter(_telling, unit.aliases)}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", own_unit, tidy(sentence), flags=re.IGNORECASE)


def _telling(alias: str) -> bool:
    """Whether an alias names the kind of body too: "Ban CHQS huyện", "xã An Khê", not "An Khê"."""
    words = tidy(alias).split()
    return len(words) > 1 and is_accented(alias) and any(word.islower() for word in words)


def says_nothing(text: str, unit: Unit | None = None) -> bool:
    """Whether a passage only says that there is nothing to say: "Không.", "Xã A không có kiến nghị".

    Of a `unit`, its own name in front is passed over.
    """
    bare = _NUMBERED.sub("", text)
    key = accented_key(bare if unit is None else without_own_name(bare, unit, ""))
    return not key or _NOTHING.fullmatch(key) is not None


_NUMBERED = re.compile(r"^\W+|^\d{1,2}[.)]\s")


def shortened(text: str) -> tuple[str, bool]:
    """The first whole sentences up to the length of a quotation, and whether that is all of it.

    Empty when the first sentence alone is longer: nothing is cut in the middle.
    """
    every = sentences(text)
    kept: list[str] = []
    for sentence in every:
        if len(joined([*kept, sentence])) > QUOTE_LENGTH:
            break
        kept.append(sentence)
    return joined(kept), len(kept) == len(every)


def joined(pieces: Sequence[str]) -> str:
    """Sentences as running text, without the last full stop; question marks are kept as they are."""
    return " ".join(p if p.endswith(("?", "!", "…")) else p + "." for p in pieces).removesuffix(".")


def _is_parent(section: Section, outline: Sequence[Section]) -> bool:
    return any(other.id.startswith(section.id + ".") for other in outline)


def _last_result(outline: Sequence[Section]) -> Section | None:
    results = [section for section in outline if section.role is SectionRole.RESULTS]
    return results[-1] if results else None


def _text(text: str) -> Block:
    return Block(BlockKind.TEXT, text)


def _item(text: str) -> Block:
    return Block(BlockKind.ITEM, text)


def _text_heading(text: str) -> Block:
    return Block(BlockKind.HEADING, text, 2)
