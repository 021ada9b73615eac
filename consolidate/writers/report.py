"""BÁO CÁO: the consolidated report as a Word document in the layout of Decree 30/2020/NĐ-CP.

`report_text` decides what is said, `docx_layout` how it looks; here the two meet. The annexes stand in
`report_annexes`. What the units wrote in full is a document of its own, see `unit_texts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidate.writers.document_parts import (
    add_blocks,
    address_to,
    docx_file,
    head_of,
    signature_of,
    year_of,
)
from consolidate.writers.document_templates import DocumentTemplates
from consolidate.writers.docx_layout import (
    BODY,
    Style,
    add_head,
    add_paragraph,
    add_signature,
    add_title,
    new_document,
)
from consolidate.writers.report_annexes import add_standings, add_totals
from consolidate.writers.report_figures import FigureSentences
from consolidate.writers.report_text import ReportText, report_text

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document

    from config.wording import Wording
    from consolidate.consolidation import Consolidation
    from ledger.records import ReportFile


def write_report(consolidation: Consolidation, wording: Wording, overrides: Path | None = None) -> ReportFile:
    """The consolidated report of one issue, ready for văn thư to number and date.

    Args:
        consolidation: everything the report is written from.
        wording: the sentences of the department; documents are always Vietnamese.
        overrides: the department's own text templates, in the folders of `templates/documents`.

    Returns:
        A .docx whose bytes depend on the arguments alone.

    """
    templates = DocumentTemplates(overrides)
    text = report_text(consolidation, wording, templates)
    document = new_document()
    _main_part(document, consolidation, wording, text)
    add_totals(document, consolidation, wording, FigureSentences(consolidation, templates))
    add_standings(document, consolidation, wording)
    title = f"{wording('documents.report_prefix')} {' '.join(text.subject)}"
    return docx_file(document, "documents.report_file", title, consolidation, wording)


def _main_part(document: Document, consolidation: Consolidation, wording: Wording, text: ReportText) -> None:
    department = consolidation.regime.department
    add_head(document, head_of(department, department.symbol, year_of(consolidation), wording))
    add_title(document, wording("documents.report_kind"), text.subject)
    address_to(document, department.recipients, wording)
    if not department.recipients:
        add_paragraph(document, "", Style(size=6.0))
    add_blocks(document, (*text.opening, *text.body))
    add_paragraph(document, text.closing, BODY)
    answers = bool(department.recipients)
    add_signature(document, signature_of(department, wording, department.copies, answers=answers))
