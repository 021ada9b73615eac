"""Parts that report, letter and list share: head, addressees, signature, annex title, file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from config.spelling import accented_key, tidy
from consolidate.writers.docx_bytes import DOCX_MEDIA_TYPE, saved
from consolidate.writers.docx_layout import (
    BLANK,
    BODY,
    CENTRE,
    Head,
    Signature,
    Style,
    add_heading,
    add_paragraph,
)
from consolidate.writers.report_text import Block, BlockKind
from ledger.records import ReportFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

    from config.regime import Department
    from config.wording import Wording
    from consolidate.consolidation import Consolidation

_COMMITTEE = re.compile(r"^(?:UBND|[ỦU][yỷ] ban nhân dân)\s+", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def docx_file(
    document: Document, name_key: str, title: str, consolidation: Consolidation, wording: Wording
) -> ReportFile:
    """A laid-out document as a file named after report and period."""
    author = consolidation.regime.department.issuer
    content = saved(document, title=title, author=author, moment=consolidation.as_of)
    return ReportFile(file_name(name_key, consolidation, wording), DOCX_MEDIA_TYPE, content)


def file_name(key: str, consolidation: Consolidation, wording: Wording) -> str:
    """A file name of letters, digits, points and hyphens that any mail program takes."""
    name = wording(key, report=consolidation.report.id, period=consolidation.period.id)
    return _UNSAFE.sub("-", name)


def head_of(department: Department, symbol: str, year: int, wording: Wording, subject: str = "") -> Head:
    """The head of a document; number, day and month are left for văn thư.

    An Ủy ban nhân dân has no line of a superior above its name (Decree 30/2020, Appendix I, II.2).
    """
    superior = "" if is_committee(department.issuer) else department.parent_authority
    return Head(
        superior=superior.upper(),
        issuer=issuer_lines(named_below(superior, department.issuer), wording),
        number=wording("documents.number", blank=BLANK, symbol=symbol),
        place_and_date=wording("documents.place_and_date", place=department.place, blank=BLANK, year=year),
        nation=wording("documents.nation"),
        motto=wording("documents.motto"),
        subject=subject,
    )


def own_head(department: Department, wording: Wording) -> Head:
    """The head of the office's own papers, even where the Ủy ban nhân dân issues report and letter."""
    above = department.issuer if department.issuer != department.name else ""
    superior = "" if is_committee(department.name) else department.parent_authority or above
    return Head(
        superior=superior.upper(),
        issuer=issuer_lines(named_below(superior, department.name), wording),
        number="",
        place_and_date="",
        nation=wording("documents.nation"),
        motto=wording("documents.motto"),
    )


def is_committee(issuer: str) -> bool:
    """Whether a name is that of an Ủy ban nhân dân itself and not of an office of it."""
    return _COMMITTEE.match(tidy(issuer)) is not None


def named_below(superior: str, name: str) -> str:
    """An office's name under its Ủy ban nhân dân's, which names the area already.

    "Sở Nội vụ tỉnh Hồng Giang" is "Sở Nội vụ" below "UBND tỉnh Hồng Giang".
    """
    area = _COMMITTEE.sub("", tidy(superior)) if is_committee(superior) else ""
    whole = tidy(name)
    below = whole[: -len(area)].rstrip(" ,-")
    return below if area and accented_key(whole).endswith(f" {accented_key(area)}") else whole


def issuer_lines(issuer: str, wording: Wording) -> tuple[str, ...]:
    """UBND huyện An Sơn as "ỦY BAN NHÂN DÂN" and "HUYỆN AN SƠN"; any other name as it is."""
    if not is_committee(issuer):
        return (tidy(issuer).upper(),)
    return (wording("documents.committee"), _COMMITTEE.sub("", tidy(issuer)).upper())


def signature_of(
    department: Department, wording: Wording, copied_to: Sequence[str], *, answers: bool
) -> Signature:
    """Nơi nhận and the signer. `answers`: the document has a Kính gửi, so "Như trên" comes first."""
    above = wording("documents.as_above")
    copies = [copy.strip(" -;.") for copy in copied_to]
    if answers and not any(copy.lower().startswith(above.lower()) for copy in copies):
        copies.insert(0, above)
    archive = re.sub(r"^Lưu\s*:?\s*", "", department.archive_line.strip(" -;."))
    lines = [f"- {copy};" for copy in copies]
    return Signature(
        recipients_label=wording("documents.recipients_label"),
        recipients=(*lines, f"- {wording('documents.archive', archive=archive)}."),
        titles=department.signatory_titles,
        name=department.signatory_name,
    )


def address_to(document: Document, names: Sequence[str], wording: Wording) -> None:
    """Kính gửi: one name on the same line, several each on its own."""
    if len(names) == 1:
        line = wording("documents.to_one", name=names[0])
        add_paragraph(document, line, Style(align=CENTRE, before=6.0, after=12.0))
        return
    if names:
        add_paragraph(document, wording("documents.to_many"), Style(before=6.0, left=1701, keep_next=True))
    for number, name in enumerate(names, 1):
        last = number == len(names)
        end = "." if last else ";"
        add_paragraph(
            document, f"- {name}{end}", Style(left=2835, after=12.0 if last else 0.0, keep_next=not last)
        )


def year_of(consolidation: Consolidation) -> int:
    """The year a document of this consolidation will be dated in."""
    return consolidation.as_of.astimezone(consolidation.regime.timezone).year


def add_blocks(document: Document, blocks: Sequence[Block]) -> None:
    """Headings, paragraphs and items, an announcing line never alone at the end of a page."""
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        if block.kind is BlockKind.HEADING:
            add_heading(document, block.text, block.level)
            continue
        # The line that announces a list must not be the last of its page.
        opens = block.text.endswith(":") and following is not None and following.kind is BlockKind.ITEM
        mark = "- " if block.kind is BlockKind.ITEM else ""
        add_paragraph(document, mark + block.text, replace(BODY, keep_next=opens))


def annex_origin(key: str, symbol: str, consolidation: Consolidation, wording: Wording) -> str:
    """The line under an annex's title that names the document it came with."""
    return wording(
        key,
        blank=BLANK,
        symbol=symbol,
        year=year_of(consolidation),
        issuer=consolidation.regime.department.issuer,
    )
