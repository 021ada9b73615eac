"""Tổng hợp nội dung báo cáo của các đơn vị: everything the units wrote, for the officer who edits the report.

A working document of the office: no number, no signature, no part of the report. Nothing is left out but
passages that only say there is nothing to say, and these units are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.spelling import tidy
from consolidate.writers.document_parts import add_blocks, docx_file, own_head
from consolidate.writers.docx_layout import (
    BODY,
    CENTRE,
    TITLE,
    Style,
    add_head,
    add_paragraph,
    new_document,
)
from consolidate.writers.phrases import as_of_words, capital, counted, short_name
from consolidate.writers.report_passages import common_sentences, own_words, silent
from consolidate.writers.report_sections import with_roles
from consolidate.writers.report_text import Block, BlockKind, heading_of, subject_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document

    from config.wording import Wording
    from consolidate.consolidation import Consolidation, Passage
    from ledger.records import ReportFile


def write_unit_texts(consolidation: Consolidation, wording: Wording) -> ReportFile:
    """What the units wrote, by section of the outline, merged where they say the same, attributed.

    Returns:
        A .docx whose bytes depend on the arguments alone.

    """
    document = new_document()
    _top(document, consolidation, wording)
    add_blocks(document, text_blocks(consolidation, wording))
    title = f"{wording('documents.texts_document')} {consolidation.period.name}"
    return docx_file(document, "documents.texts_file", title, consolidation, wording)


def text_blocks(consolidation: Consolidation, wording: Wording) -> tuple[Block, ...]:
    """Each section with what stands in it; sections without a word are left out with their headings."""
    passages: dict[str, list[Passage]] = {}
    for passage in consolidation.passages:
        passages.setdefault(passage.section, []).append(passage)
    blocks: list[Block] = []
    for section in with_roles(consolidation.report.outline):
        written = passages.pop(section.id, [])
        if written:
            title = f"{section.id}. {tidy(section.title)}"
            blocks += [
                Block(BlockKind.HEADING, title, heading_of(section).level),
                *_section(written, wording),
            ]
    lost = [passage for rest in passages.values() for passage in rest]
    if lost:
        title = wording("documents.unplaced_passages")
        blocks += [Block(BlockKind.HEADING, title, 1), *_section(lost, wording)]
    return tuple(blocks) or (Block(BlockKind.TEXT, wording("documents.texts_none")),)


def _section(passages: Sequence[Passage], wording: Wording) -> Iterator[Block]:
    """What several share, with all their names; then of each unit what is left; then the silent ones."""
    own_unit = wording("documents.own_unit")
    common = common_sentences(passages, own_unit)
    if common:
        yield Block(BlockKind.TEXT, wording("documents.texts_alike"))
    for one in common:
        names = ", ".join(one.names)
        yield Block(BlockKind.ITEM, wording("documents.gathered_from", text=one.text, names=names))
    quotes = [
        wording("documents.passage", unit=capital(short_name(quote.unit)), text=quote.text)
        for quote in own_words(passages, common, own_unit)
    ]
    if common and quotes:
        yield Block(BlockKind.TEXT, wording("documents.texts_own"))
    for quote in quotes:
        yield Block(BlockKind.ITEM, quote)
    nothing = silent(passages)
    if nothing:
        listed = f" ({', '.join(nothing)})"
        sentence = wording("documents.nothing_to_say", count=counted(len(nothing)), names=listed)
        yield Block(BlockKind.TEXT, sentence)


def _top(document: Document, consolidation: Consolidation, wording: Wording) -> None:
    add_head(document, own_head(consolidation.regime.department, wording))
    add_paragraph(document, wording("documents.texts_title"), Style(bold=True, align=CENTRE, before=12.0))
    for line in subject_lines(consolidation, wording):
        add_paragraph(document, line, TITLE)
    as_of = as_of_words(consolidation.as_of, consolidation.regime.timezone, wording)
    line = wording("documents.texts_as_of", as_of=as_of)
    add_paragraph(document, line, Style(italic=True, align=CENTRE, after=6.0))
    units = {passage.unit.id for passage in consolidation.passages}
    add_paragraph(document, wording("documents.texts_note", count=counted(len(units))), BODY)
