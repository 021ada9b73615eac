"""The package around a Word document: an empty one to start from, and the same bytes every time.

Nothing of the day, the machine or the library's sample document gets in: the parts come from
`templates/documents/base`, the core properties from the moment of the consolidation, and the zip
entries carry one fixed date and are stored, because two builds of zlib compress differently.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

import docx

if TYPE_CHECKING:
    from docx.document import Document

DOCX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip entry can carry
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/></Types>'
)
_PACKAGE_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/settings" Target="settings.xml"/></Relationships>'
)
_DOCUMENT = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:body><w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" '
    'w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body>'
    "</w:document>"
)


def empty_document() -> Document:
    """A Word document with our styles and settings and one A4 section, without any text."""
    base = files("templates") / "documents" / "base"
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONS,
        "word/document.xml": _DOCUMENT,
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "word/styles.xml": (base / "styles.xml").read_text("utf-8"),
        "word/settings.xml": (base / "settings.xml").read_text("utf-8"),
    }
    return docx.Document(io.BytesIO(_zipped({name: text.encode() for name, text in parts.items()})))


def saved(document: Document, *, title: str, author: str, moment: datetime) -> bytes:
    """The document as a file whose bytes depend on its content alone.

    Args:
        document: what was laid out.
        title: shown by file managers.
        author: the issuing office.
        moment: of the consolidation, aware; stands as created and modified.

    """
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title[:255], author[:255], author[:255]
    at = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.created = properties.modified = at
    properties.revision, properties.language = 1, "vi-VN"
    stream = io.BytesIO()
    document.save(stream)
    return fixed_zip(stream.getvalue())


def fixed_zip(content: bytes) -> bytes:
    """The same package with fixed entry dates, attributes and order, entries stored."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return _zipped({name: package.read(name) for name in package.namelist()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0  # the same on every operating system
            package.writestr(entry, parts[name])
    return stream.getvalue()
