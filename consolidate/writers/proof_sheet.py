"""Phiếu theo dõi đôn đốc: every mail to a unit about a report, and what became of it, on a page to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from config.spelling import tidy
from consolidate.writers.document_parts import own_head
from consolidate.writers.docx_bytes import DOCX_MEDIA_TYPE, saved
from consolidate.writers.docx_layout import (
    BODY,
    CELL,
    CENTRE,
    TEXT_WIDTH,
    Style,
    add_head,
    add_paragraph,
    add_table,
    add_title,
    fill_row,
    new_document,
    printable,
)
from consolidate.writers.phrases import due, moment
from ledger.records import ObligationKey, ReportFile

if TYPE_CHECKING:
    from config.regime import Regime
    from config.wording import Wording

_CENTRED = Style(size=12.0, align=CENTRE)
_WIDTHS = (567, 1701, 3005, 2041, TEXT_WIDTH - 7314)
_NAMES = ("order", "moment", "what", "address", "result")


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One thing that happened, in words."""

    at: datetime
    what: str
    address: str
    result: str


@dataclass(frozen=True, slots=True)
class ProofPage:
    """What the page says of one unit and one report of one period."""

    unit: str
    report: str
    key: ObligationKey
    due: datetime | None
    as_of: datetime
    rows: tuple[ProofRow, ...]


def write_proof_sheet(page: ProofPage, regime: Regime, wording: Wording) -> ReportFile:
    """The page as a Word document; the same page gives the same bytes."""
    document, zone = new_document(), regime.timezone
    add_head(document, own_head(regime.department, wording))
    add_title(document, wording("documents.proof_title"), (wording("documents.proof_of", unit=page.unit),))
    report = wording("documents.proof_report", report=page.report)
    add_paragraph(document, report, BODY)
    if page.due is not None:
        add_paragraph(document, wording("documents.proof_due", due=due(page.due, zone, wording)), BODY)
    add_paragraph(document, wording("documents.proof_as_of", as_of=moment(page.as_of, zone, wording)), BODY)
    table = add_table(document, _WIDTHS, borders=True)
    styles = (_CENTRED, _CENTRED, CELL, CELL, CELL)
    fill_row(table, _WIDTHS, [wording(f"documents.column_{n}") for n in _NAMES], styles, header=True)
    for number, row in enumerate(page.rows, 1):
        at = moment(row.at, zone, wording, short=True)
        texts = (str(number), at, printable(row.what), row.address, printable(row.result))
        fill_row(table, _WIDTHS, texts, styles)
    title = wording("documents.proof_of", unit=tidy(page.unit))
    content = saved(document, title=title, author=regime.department.issuer, moment=page.as_of)
    key = page.key
    name = wording("documents.proof_file", unit=key.unit, report=key.report, period=key.period)
    return ReportFile(name, DOCX_MEDIA_TYPE, content)
