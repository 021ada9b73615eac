"""The text of the consolidated report as blocks, before anything of Word.

Rules that a reader may want to know:

- Every section of the outline keeps its heading and its number, since the superior asks for them. A
  section without figures and passages says so in one sentence; one that only holds others says nothing.
- A result section is carried by the department's own totals, in the outline's order (`report_sections` tells
  which stand where); indicators no unit gave a figure of are named together in one closing sentence, and
  ratios that lack them are left to Annex I, as is a ratio that only repeats the share of women in the
  sentence of its indicator. Units follow with what the totals do not say (`report_passages`), three items
  at most: first the sentence most units share, if three or more do; then single units, those quoted less
  often so far before others, those that name a figure before others, then in the order of the units sheet,
  whole sentences up to about 350 letters; then further shared sentences.
- Difficulties, plans and proposals are gathered by sentence, those of most units first, eight at most. Up to
  five units are named with a sentence, more are counted. What units ask of the department's own area stands
  apart from what the superior is asked (`report_proposals`).
- Every sentence of every unit stands in the working document of `unit_texts`; every figure in Annex I, with
  five of the units that have not given it; every unit in Annex II; all units behind a figure in the workbook.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from config.reports import Indicator, Section, SectionRole
from config.spelling import tidy
from consolidate.writers.phrases import (
    as_of_words,
    capital,
    counted,
    days_late,
    lateness,
    share,
    short_name,
    small,
)
from consolidate.writers.report_figures import FigureSentences, difference, main_sex
from consolidate.writers.report_passages import (
    CountedFigures,
    Gathered,
    Quote,
    common_sentences,
    gather,
    numbers_in,
    own_words,
    shortened,
    silent,
    telling,
)
from consolidate.writers.report_proposals import parted_by_addressee
from consolidate.writers.report_sections import placed_outline
from ledger.records import ObligationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.units import Unit
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, Passage
    from consolidate.writers.document_templates import DocumentTemplates

MOST_HIGHLIGHTS = 3
MOST_GATHERED = 8
MOST_NAMED = 5

# Units of area are counted together, "17 xã, thị trấn"; with offices among them they are just units.
_AREAS = re.compile(r"(?:(?:xã|phường|thị trấn|thị xã|đặc khu)(?:, |$))+")


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
class Trend:
    """How many indicators rose and fell against the same period a year ago."""

    year: int
    compared: int
    up: int
    down: int
    same: int


def report_text(consolidation: Consolidation, wording: Wording, templates: DocumentTemplates) -> ReportText:
    """Write the report."""
    writer = _Writer(consolidation, wording, templates)
    return ReportText(
        subject=subject_lines(consolidation, wording),
        opening=writer.opening(),
        body=writer.sections(),
        closing=writer.closing(),
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


def trend(consolidation: Consolidation) -> Trend:
    """The directions of all indicators that have a figure now and a year ago."""
    year = consolidation.period.year - 1
    found = [
        compared.direction
        for total in consolidation.totals
        if total.sex is main_sex(total.indicator) and (compared := difference(total, year)) is not None
    ]
    directions = Counter(found)
    return Trend(year, len(found), directions["up"], directions["down"], directions["same"])


class _Writer:
    """Goes through the outline once; remembers how often each unit was quoted."""

    def __init__(self, consolidation: Consolidation, wording: Wording, templates: DocumentTemplates) -> None:
        self._consolidation = consolidation
        self._wording = wording
        self._templates = templates
        self._figures = FigureSentences(consolidation, templates)
        self._counted = CountedFigures(consolidation)
        self._own_unit = wording("documents.own_unit")
        self._returns = returns(consolidation, wording)
        self._quoted: Counter[str] = Counter()
        self._limits_told = False

    def opening(self) -> tuple[Block, ...]:
        report = self._consolidation.report
        paragraphs = self._templates.paragraphs(
            "report/opening.txt",
            superior_order=tidy(report.superior_order),
            issuer=self._consolidation.regime.department.issuer,
            subject=self._subject(),
            as_of=as_of_words(self._consolidation.as_of, self._consolidation.regime.timezone, self._wording),
            r=self._returns,
            trend=trend(self._consolidation),
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

    def sections(self) -> tuple[Block, ...]:
        """The body, section by section."""
        outline = self._outline()
        body: list[Block] = []
        for section in outline:
            body += [heading_of(section), *self._section(section, outline)]
            if section == _last_result(outline):
                body += self._other_figures(outline)
        if not self._limits_told:
            body += map(_text, self._limits())
        return tuple(body)

    def _subject(self) -> str:
        return small(" ".join(subject_lines(self._consolidation, self._wording)))

    def _outline(self) -> tuple[Section, ...]:
        """The outline; one section with every indicator when the report has none."""
        report = self._consolidation.report
        if report.outline:
            return placed_outline(report)
        codes = tuple(indicator.code for indicator in report.indicators)
        return (Section(id="I", title=self._wording("documents.whole_report"), indicators=codes),)

    def _section(self, section: Section, outline: Sequence[Section]) -> tuple[Block, ...]:
        passages = [p for p in self._consolidation.passages if p.section == section.id]
        if section.role is SectionRole.RESULTS:
            written = self._results(section, passages)
        else:
            written = self._gather(section.role, passages)
        limits: list[Block] = []
        if section.role is SectionRole.DIFFICULTIES and not self._limits_told:
            self._limits_told = True
            limits = [_text(paragraph) for paragraph in self._limits()]
        blocks = (*limits, *written)
        if not blocks and not _is_parent(section, outline):
            blocks = (_text(self._wording("documents.section_empty")),)
        return blocks

    def _limits(self) -> tuple[str, ...]:
        return self._templates.paragraphs("report/limits.txt", r=self._returns)

    def _results(self, section: Section, passages: Sequence[Passage]) -> tuple[Block, ...]:
        figures = self._stated(section.indicators)
        highlights = self._highlights(passages)
        title = [_text(self._wording("documents.highlights"))] if figures and highlights else []
        nothing = [] if figures or highlights else self._nothing_to_say(passages)
        return (*figures, *title, *highlights, *nothing)

    def _stated(self, codes: Iterable[str]) -> list[Block]:
        by_code = {indicator.code: indicator for indicator in self._consolidation.report.indicators}
        known: list[Indicator] = [by_code[code] for code in codes if code in by_code]
        silent = [indicator for indicator in known if self._figures.is_unreported(indicator)]
        told = [each for each in known if each not in silent and not self._falls_away(each)]
        closing = self._figures.unreported(silent)
        return [
            *(_item(sentence) for sentence in map(self._figures.sentence, told) if sentence),
            *([_text(closing)] if closing else []),
        ]

    def _falls_away(self, indicator: Indicator) -> bool:
        return self._figures.is_stated_share(indicator) or self._figures.lacks_a_part(indicator)

    def _other_figures(self, outline: Sequence[Section]) -> list[Block]:
        """The indicators that no section of the outline claims."""
        claimed = {code for section in outline for code in section.indicators}
        every = (indicator.code for indicator in self._consolidation.report.indicators)
        items = self._stated(code for code in every if code not in claimed)
        title = [_text(self._wording("documents.other_indicators"))] if items else []
        return [*title, *items]

    def _highlights(self, passages: Sequence[Passage]) -> list[Block]:
        """What the totals do not say; the rule stands at the top of the module."""
        left = [p for passage in passages if (p := self._uncounted(passage)) is not None]
        common = common_sentences(left, self._own_unit)
        first = common[:1]
        quotes = self._quotes(own_words(left, common, self._own_unit), MOST_HIGHLIGHTS - len(first))
        more = common[1 : 1 + MOST_HIGHLIGHTS - len(first) - len(quotes)]
        return [
            *(_item(self._of_many(one)) for one in first),
            *(_item(self._attribution(short_name(quote.unit), quote.text)) for quote in quotes),
            *(_item(self._of_many(one)) for one in more),
        ]

    def _uncounted(self, passage: Passage) -> Passage | None:
        """The passage without the sentences whose figures are counted already or not settled."""
        unit = passage.unit
        kept = [
            sentence
            for sentence in telling(passage)
            if not self._counted.says_no_more(sentence, unit)
            and not self._counted.is_unsettled(sentence, passage)
        ]
        return replace(passage, text="\n".join(kept)) if kept else None

    def _quotes(self, candidates: Iterable[Quote], most: int) -> list[Quote]:
        """At most that many quotations, one a unit and no two with the same words."""
        short = (replace(quote, text=shortened(quote.text)[0]) for quote in candidates)
        ranked = sorted(
            (quote for quote in short if quote.text),
            key=lambda quote: (self._quoted[quote.unit.id], not numbers_in(quote.text)),
        )
        chosen: dict[str, Quote] = {}
        for quote in ranked:
            if len(chosen) < most and quote.text not in {other.text for other in chosen.values()}:
                chosen.setdefault(quote.unit.id, quote)
        self._quoted.update(chosen.keys())
        return list(chosen.values())

    def _of_many(self, one: Gathered) -> str:
        return self._attribution(self._who(one), one.text)

    def _who(self, one: Gathered) -> str:
        """Names while they are few, else the number by kind: "17 xã, thị trấn"."""
        if len(one.names) <= MOST_NAMED:
            return ", ".join(one.names)
        names = {kind.id: tidy(kind.name) for kind in self._consolidation.regime.unit_kinds}
        kinds = [names.get(kind, "") for kind, _ in Counter(one.kinds).most_common()]
        kind = ", ".join(kinds)
        if not (_AREAS.fullmatch(kind) or (len(kinds) == 1 and kind and "," not in kind)):
            kind = self._own_unit
        return self._wording("documents.counted_units", count=counted(len(one.names)), kind=kind)

    def _attribution(self, who: str, text: str) -> str:
        return self._wording("documents.passage", unit=capital(who), text=text)

    def _gather(self, role: SectionRole, passages: Sequence[Passage]) -> tuple[Block, ...]:
        gathered = gather(passages, self._own_unit)
        own: tuple[Gathered, ...] = ()
        if role is SectionRole.PROPOSALS:
            gathered, own = parted_by_addressee(gathered, self._consolidation.regime.department)
        return (
            *self._listed(f"gathered_{role.value}", gathered),
            *self._listed("gathered_own_proposals", own),
            *self._nothing_to_say(passages),
        )

    def _listed(self, title: str, gathered: Sequence[Gathered]) -> list[Block]:
        department = self._consolidation.regime.department
        items = [
            _item(self._wording("documents.gathered_from", text=one.text, names=self._who(one)))
            for one in gathered[:MOST_GATHERED]
        ]
        heading = self._wording(f"documents.{title}", issuer=department.issuer, area=department.area)
        return [_text(heading), *items] if items else []

    def _nothing_to_say(self, passages: Sequence[Passage]) -> list[Block]:
        names = silent(passages)
        if not names:
            return []
        listed = "" if len(names) > MOST_NAMED else f" ({', '.join(names)})"
        return [_text(self._wording("documents.nothing_to_say", count=counted(len(names)), names=listed))]


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


def _is_parent(section: Section, outline: Sequence[Section]) -> bool:
    return any(other.id.startswith(section.id + ".") for other in outline)


def _last_result(outline: Sequence[Section]) -> Section | None:
    results = [section for section in outline if section.role is SectionRole.RESULTS]
    return results[-1] if results else None


def _text(text: str) -> Block:
    return Block(BlockKind.TEXT, text)


def _item(text: str) -> Block:
    return Block(BlockKind.ITEM, text)
