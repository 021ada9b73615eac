"""Which extractor reads which kind of file. To add a format, write its extractor and name it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intake.documents import FileKind
from intake.extractors.apart import apart
from intake.extractors.archives import archive_files
from intake.extractors.docx import extract_docx
from intake.extractors.office import extract_doc, extract_odt, extract_old_workbook, extract_rtf
from intake.extractors.plain import extract_plain
from intake.extractors.tnef import winmail_files
from intake.extractors.web_page import extract_html
from intake.extractors.workbook import extract_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.documents import Document
    from intake.extractors.archives import Container
    from intake.extractors.interface import Budget, Extractor

_SHARE_OF_TIME: Final = 0.7  #: of the time for a message, for a PDF whose reader does not look at the clock


def _extract_pdf(content: bytes, budget: Budget) -> Document:
    from intake.extractors.pdf import extract_pdf  # slow to load, and most mailboxes hold none

    if budget.recognise_until:  # one mail at a time, of which everything was read before
        return extract_pdf(content, budget)
    import pdfplumber  # noqa: F401 - both loaded here, or every copy of this process would load them again
    import pypdfium2  # noqa: F401

    document, budget.produced = apart(
        lambda: (extract_pdf(content, budget), budget.produced),
        budget.limits.seconds * _SHARE_OF_TIME,
        budget.limits.data,
    )
    return document


def _extract_image(content: bytes, budget: Budget) -> Document:
    from intake.extractors.scan import extract_image  # the same

    return extract_image(content, budget)


EXTRACTORS: Final[Mapping[FileKind, Extractor]] = {
    FileKind.DOCX: extract_docx,
    FileKind.XLSX: extract_workbook,
    FileKind.XLS: extract_old_workbook,
    FileKind.XLSB: extract_old_workbook,
    FileKind.ODS: extract_old_workbook,
    FileKind.DOC: extract_doc,
    FileKind.RTF: extract_rtf,
    FileKind.ODT: extract_odt,
    FileKind.PDF: _extract_pdf,
    FileKind.IMAGE: _extract_image,
    FileKind.TEXT: extract_plain,
    FileKind.HTML: extract_html,
}
"""Kinds that are read. Every other kind ends as `ReadState.NOT_YET` or in a state of its own."""

CONTAINERS: Final[Mapping[FileKind, Container]] = {
    FileKind.ARCHIVE: archive_files,
    FileKind.TNEF: winmail_files,
}
"""Kinds that hold files and are read as a stream; zip and mail go their own way in `intake.mail.files`."""
