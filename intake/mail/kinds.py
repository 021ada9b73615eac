"""What a file is, told from its octets; the name is asked only for scripts, which are plain text."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Final, NamedTuple

import olefile

from intake.documents import FileKind

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ZIP_ENTRY: Final = b"PK\x01\x02"
_MOST_ZIP_ENTRIES: Final = 20_000
_MAGIC: Final = (
    (b"%PDF-", FileKind.PDF),
    (b"{\\rtf", FileKind.RTF),
    (b"\x89PNG\r\n\x1a\n", FileKind.IMAGE),
    (b"\xff\xd8\xff", FileKind.IMAGE),
    (b"GIF87a", FileKind.IMAGE),
    (b"GIF89a", FileKind.IMAGE),
    (b"II*\0", FileKind.IMAGE),
    (b"MM\0*", FileKind.IMAGE),
    (b"\x01\0\0\0\x58\0\0\0", FileKind.IMAGE),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"\x1f\x8b\x08", FileKind.ARCHIVE),
    (b"BZh", FileKind.ARCHIVE),
    (b"\xfd7zXZ\0", FileKind.ARCHIVE),
    (b"MSCF\0\0\0\0", FileKind.ARCHIVE),
    (b'x\x9f>"', FileKind.TNEF),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", FileKind.PROGRAM),
    (b"#!", FileKind.PROGRAM),
)  # fmt: skip
#: what may stand first in a picture of ISO/IEC 23008-12; telephones write heic and mif1
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif", b"avif", b"avis"}
)
_SCRIPT: Final = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|ps1|vb[se]?|js|jse|wsf|wsh|hta|lnk|msi|jar|reg|cpl)$", re.IGNORECASE
)
_HTML: Final = re.compile(
    rb"(?:<!--.*?-->|\s|\xef\xbb\xbf|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)
#: a web page in a single file (RFC 2557): a head without sender and without receiver
_WEB_ARCHIVE: Final = re.compile(
    rb"\s*(?:(?!(?:to|received|message-id|return-path):)[a-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,9}"
    rb"mime-version:",
    re.IGNORECASE,
)
_OFFICE_XML: Final = (
    (b"<Workbook", b"urn:schemas-microsoft-com:office:spreadsheet", FileKind.XLS),
    (b"wordDocument", b"http://schemas.microsoft.com/office/word/2003/wordml", FileKind.DOC),
    (b"<office:document", b'"application/vnd.oasis.opendocument.text"', FileKind.ODT),
    (b"<office:document", b'"application/vnd.oasis.opendocument.spreadsheet"', FileKind.ODS),
)
"""Office files saved as a single XML file: the root, what its head names, and the kind."""
_MAIL_FIELD: Final = re.compile(
    rb"^(?:from|to|subject|date|received|message-id|mime-version|return-path|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD_LINE: Final = re.compile(rb"\s*[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?\S")
_LEAST_FIELDS: Final = 3
_HEAD: Final = 4096
_XML_HEAD: Final = 16_384  #: flat OpenDocument names its type behind thirty namespaces
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OPEN_DOCUMENTS: Final = (
    (b"application/vnd.oasis.opendocument.spreadsheet", FileKind.ODS),
    (b"application/vnd.oasis.opendocument.text", FileKind.ODT),
)
_PARTS: Final = (
    ("word/document", FileKind.DOCX),
    ("xl/workbook.bin", FileKind.XLSB),
    ("xl/workbook", FileKind.XLSX),
)
_STREAMS: Final = (
    ("EncryptedPackage", FileKind.ENCRYPTED_OFFICE),
    ("WordDocument", FileKind.DOC),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
    ("__properties_version1.0", FileKind.OUTLOOK),
)


def kind_of(content: bytes, name: str = "") -> FileKind:
    """The kind of a file by its content. Declared types and extensions are claims and are not asked."""
    if not content:
        return FileKind.EMPTY
    if content.startswith(_ZIP):
        return _zip_kind(content)
    if content.startswith(_OLE):
        return _ole_kind(content)
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    return _other_binary(content) or _text_kind(content, name)


def _other_binary(content: bytes) -> FileKind | None:
    if b"%PDF-" in content[:1024]:
        return FileKind.PDF
    if content[257:262] == b"ustar":
        return FileKind.ARCHIVE
    is_heif = content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    is_bitmap = content[:2] == b"BM" and content[6:10] == b"\0\0\0\0"
    return FileKind.IMAGE if is_heif or is_webp or is_bitmap else None


def _text_kind(content: bytes, name: str) -> FileKind:
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    if _CONTROL.search(head):
        return FileKind.UNKNOWN
    if _SCRIPT.search(name):
        return FileKind.PROGRAM
    if _HTML.match(head):
        return FileKind.HTML
    return _written_kind(head) or _xml_kind(content[:_XML_HEAD])


def _written_kind(head: bytes) -> FileKind | None:
    """What a text is by its head; None for XML."""
    if _WEB_ARCHIVE.match(head) and b"multipart/related" in head.lower():
        return FileKind.HTML
    if _FIELD_LINE.match(head) and len(set(map(bytes.lower, _MAIL_FIELD.findall(head)))) >= _LEAST_FIELDS:
        return FileKind.MESSAGE
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return FileKind.TEXT
    return None


def _xml_kind(head: bytes) -> FileKind:
    """The office file that was saved as a single XML file; any other XML is no text to a person."""
    fitting = (kind for root, told, kind in _OFFICE_XML if root in head and told in head)
    return next(fitting, FileKind.UNKNOWN)


def has_long_directory(content: bytes) -> bool:
    """Whether a zip may list more members than any package has; each costs memory before it is opened."""
    return content.count(_ZIP_ENTRY) > _MOST_ZIP_ENTRIES


def _zip_kind(content: bytes) -> FileKind:
    if has_long_directory(content):
        return FileKind.ZIP
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _package_kind(archive)
    except Exception:  # noqa: BLE001 - damaged: what it was meant to be still tells the officer something
        return next((kind for part, kind in _PARTS if part.encode() in content[: 1 << 20]), FileKind.ZIP)


def _package_kind(archive: zipfile.ZipFile) -> FileKind:
    names = set(archive.namelist())
    if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD:
        declared = archive.read("mimetype")
        for media_type, kind in _OPEN_DOCUMENTS:
            if declared.startswith(media_type):
                return FileKind.ENCRYPTED_OFFICE if _is_locked(archive, names) else kind
    if "[Content_Types].xml" in names:
        for part, kind in _PARTS:
            if any(name.startswith(part) for name in names):
                return kind
        return FileKind.UNKNOWN
    return FileKind.ZIP


def _is_locked(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    if manifest not in names or archive.getinfo(manifest).file_size > 1 << 20:
        return False
    return b"encryption-data" in archive.read(manifest)


def _ole_kind(content: bytes) -> FileKind:
    # What lies deeper is embedded: a workbook with a letter inside is a workbook.
    for names in (_ole_top(content), set(ole_streams(content))):
        for name, kind in _STREAMS:
            if name in names:
                return kind
    return FileKind.UNKNOWN


def _ole_top(content: bytes) -> set[str]:
    """The names at the top of an OLE2 container, none when its tree is broken."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            return {entry.name for entry in container.root.kids}
    except Exception:  # noqa: BLE001 - the plain list of all names is asked next
        return set()


def ole_streams(content: bytes) -> list[str]:
    """The names in the directory of an OLE2 container (MS-CFB 2.6); what cannot be followed is left out."""
    try:
        shift = struct.unpack_from("<H", content, 30)[0]
        sector = struct.unpack_from("<I", content, 48)[0]
    except struct.error:
        return []
    if shift not in {9, 12}:
        return []
    table = _ole_table(content, shift)
    names: list[str] = []
    seen: set[int] = set()
    while sector < len(content) >> shift and sector not in seen:
        seen.add(sector)
        start = (sector + 1) << shift
        names += _entry_names(content[start : start + (1 << shift)])
        sector = table.get(sector, 0xFFFFFFFE)
    return names


def _ole_table(content: bytes, shift: int) -> dict[int, int]:
    """Next sector of each sector, from the first 109 sectors of the allocation table: enough for 7 MB."""
    table: dict[int, int] = {}
    per_sector = 1 << (shift - 2)
    for number, sector in enumerate(struct.unpack_from("<109I", content.ljust(512, b"\0"), 76)):
        start = (sector + 1) << shift
        part = content[start : start + (1 << shift)] if sector < len(content) >> shift else b""
        if len(part) == 1 << shift:
            table.update(enumerate(struct.unpack(f"<{per_sector}I", part), number * per_sector))
    return table


def _entry_names(sector: bytes) -> list[str]:
    names: list[str] = []
    for start in range(0, len(sector) - 127, 128):
        length = min(struct.unpack_from("<H", sector, start + 64)[0], 64)
        if length > 2:  # noqa: PLR2004 - two octets end the name
            names.append(sector[start : start + length - 2].decode("utf-16-le", "replace"))
    return names


class Size(NamedTuple):
    """Width and height of a picture in pixels."""

    width: int
    height: int


def picture_size(content: bytes) -> Size | None:
    """The size a PNG, GIF, BMP or JPEG states in its head; None for others and broken ones."""
    try:
        if content.startswith(b"\x89PNG"):
            return Size(*struct.unpack_from(">II", content, 16))
        if content.startswith(b"GIF8"):
            return Size(*struct.unpack_from("<HH", content, 6))
        if content.startswith(b"BM"):
            return Size(*map(abs, struct.unpack_from("<ii", content, 18)))
        return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None
    except struct.error:
        return None


def _jpeg_size(content: bytes) -> Size | None:
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:  # noqa: PLR2004
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 - frame headers
            height, width = struct.unpack_from(">HH", content, position + 5)
            return Size(width, height)
        position += 2 + int(struct.unpack_from(">H", content, position + 2)[0])
    return None
