"""Old office formats (.doc, .rtf, .odt) by LibreOffice, converted to .docx and read by its reader.

LibreOffice is a large program that reads hostile files, so each conversion runs in a folder and a profile
of its own that follows no links and runs no macros, in its own process group, without network where the
system permits, within limits and a time, and is killed whole. Without LibreOffice the files are listed
as not read yet.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, Final

import olefile

from intake.errors import (
    ConversionOverranError,
    ConverterMissingError,
    DamagedFileError,
    EncryptedFileError,
    ReaderLostError,
    RefusedFileError,
)
from intake.extractors.apart import apart
from intake.extractors.docx import extract_docx
from intake.extractors.ole import opened_ole
from intake.extractors.workbook import extract_workbook as extract_workbook  # noqa: PLC0414 - tests replace it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.documents import Document
    from intake.extractors.interface import Budget

MEMORY: Final = 2 << 30  #: address space of a conversion; LibreOffice maps some 600 MB for a page of text
LARGEST_FILE: Final = 96 << 20  #: octets of what goes in and comes out
_MOST_DATA, _LEAST_DATA = 300 << 20, 200 << 20
"""Octets of data in it; LibreOffice needs some 180 MB for a page of text."""
_STATUS: Final = Path("/proc/self/statm")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_DESCRIPTORS: Final = 256
_SHARE_OF_TIME: Final = 0.65  #: of the time for a message, so that one slow file leaves some to the others
_SHEETS_SECONDS: Final = 10.0  #: for the workbook reader, which takes less than one
_STARTS_AGAIN: Final = 81  #: exit code of the first start in a new profile
_STARTS: Final = 3
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_HEAD: Final = 16_384
_FLAT_SPREADSHEET: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_ADOPT: Final = 36  # PR_SET_CHILD_SUBREAPER
_FILE_PASS: Final = 0x002F  #: the record that stands first in a locked workbook (MS-XLS 2.4.117)
_FIRST_RECORDS: Final = 20
_FLAGS, _ENCRYPTED = 0x0A, 0x0100  #: FibBase.fEncrypted (MS-DOC 2.5.2)
_WORD_97: Final = 0x00C0
_OLD_WORD: Final = "MS WinWord 6.0"
_FILTERS: Final = {
    "doc": "MS Word 97",
    "rtf": "Rich Text Format",
    "odt": "writer8",
    "xls": "MS Excel 97",
    "xml": "MS Excel 2003 XML",
    "wordml": "MS Word 2003 XML",
    "fodt": "OpenDocument Text Flat XML",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "ods": "calc8",
    "docx": "MS Word 2007 XML",
    "xlsx": "Calc MS Excel 2007 XML",
    "xlsb": "Calc MS Excel 2007 Binary",
}
_WRITTEN_AS_XML: Final = {"doc": "wordml", "odt": "fodt", "xls": "xml", "ods": "fods"}
_SHEETS: Final = frozenset({"xls", "ods", "xlsx", "xlsb"})
# Each sheet on a page of its own, however long, or the columns of one table would stand on several pages.
_SHEET_PAGES: Final = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}'
_TEXT_PAGES: Final = 'pdf:writer_pdf_Export:{{"PageRange":{{"type":"string","value":"1-{most}"}}}}'
_PLACES: Final = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
)

# Nothing linked is loaded, no macro, no active content: settings of org.openoffice.Office.Common.
_SECURITY: Final = {
    "BlockUntrustedRefererLinks": "true",
    "DisableActiveContent": "true",
    "DisableMacrosExecution": "true",
    "MacroSecurityLevel": "3",
}
_PROFILE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        '<item oor:path="/org.openoffice.Office.Common/Security/Scripting">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for name, value in _SECURITY.items()
    )
    + "</oor:items>\n"
)


def extract_doc(content: bytes, budget: Budget) -> Document:
    """Reads a Word 97 document, or one saved as the XML of Word 2003.

    Raises:
        EncryptedFileError: it is locked with a password.
        RefusedFileError: it is XML and declares a document type.
        ConverterMissingError: LibreOffice is not installed.
        ConversionOverranError: LibreOffice did not end in time.
        DamagedFileError: LibreOffice could make nothing of it.
        ExtractionError: what the .docx reader raises.

    """
    notes = _ole_notes(content)
    return _noted(_converted_text(content, "doc", budget), *notes)


def extract_rtf(content: bytes, budget: Budget) -> Document:
    """Reads a Rich Text Format document; raises as `extract_doc`."""
    return _converted_text(content, "rtf", budget)


def extract_odt(content: bytes, budget: Budget) -> Document:
    """Reads an OpenDocument text, packed or as flat XML; raises as `extract_doc`."""
    return _converted_text(content, "odt", budget)


def extract_old_workbook(content: bytes, budget: Budget) -> Document:
    """Reads an .xls, .xlsb or .ods: by the workbook reader, or by LibreOffice what that takes for damaged.

    An .xls may be the XML of Excel 2003, an .ods flat XML: only LibreOffice reads these.

    Raises:
        EncryptedFileError: it is locked with a password.
        ExtractionError: what the workbook reader raised, when LibreOffice knows no better.

    """
    spent = budget.produced
    if _is_xml(content):
        kind = "ods" if _FLAT_SPREADSHEET in content[:_XML_HEAD] else "xls"
        converted = convert(content, kind, "xlsx", _seconds(budget))
        return _noted(extract_workbook(converted, budget), "converted")
    try:
        return _read_apart(content, budget)
    except (DamagedFileError, ReaderLostError) as error:
        if _is_locked_workbook(content):
            raise EncryptedFileError("xls") from None
        budget.produced = spent
        try:
            converted = convert(content, _sheets_kind(content), "xlsx", _seconds(budget))
        except (DamagedFileError, ConverterMissingError, ConversionOverranError):
            raise error from None
        document = extract_workbook(converted, budget)
        if not any(table.cells for table in document.tables):
            raise  # of what it cannot follow LibreOffice makes a blank sheet
        return _noted(document, "converted")


def _read_apart(content: bytes, budget: Budget) -> Document:
    """By the workbook reader, in a process of its own.

    It lays out all rows and columns between the first cell and the last, and follows the sectors of a
    container wherever they lead; where that is too much it aborts.
    """
    document, budget.produced = apart(
        lambda: (extract_workbook(content, budget), budget.produced), _SHEETS_SECONDS, budget.limits.data
    )
    return document


def _sheets_kind(content: bytes) -> str:
    if content[:2] != b"PK":
        return "xls"
    return "xlsb" if b"xl/workbook.bin" in content else "ods"


def _is_locked_workbook(content: bytes) -> bool:
    """Whether an .xls is locked; only one of several ways of locking is known to the workbook reader."""
    try:
        with opened_ole(content) as container:
            name = next(name for name in ("Workbook", "Book") if container.exists(name))
            with container.openstream(name) as stream:
                return any(kind == _FILE_PASS for kind in _record_kinds(stream))
    except Exception:  # noqa: BLE001 - what cannot be opened is broken and not locked
        return False


def _record_kinds(stream: IO[bytes]) -> Iterator[int]:
    """The kinds of the first records of a workbook stream (MS-XLS 2.1.4): kind, length, content."""
    for _ in range(_FIRST_RECORDS):
        head = stream.read(4)
        yield int.from_bytes(head[:2], "little")
        stream.read(int.from_bytes(head[2:], "little"))


def _converted_text(content: bytes, name: str, budget: Budget) -> Document:
    return _noted(extract_docx(convert(content, name, "docx", _seconds(budget)), budget), "converted")


def _is_xml(content: bytes) -> bool:
    return content[:_XML_HEAD].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml")


def _seconds(budget: Budget) -> float:
    own = budget.limits.seconds * _SHARE_OF_TIME
    left = min(own, budget.convert_until - monotonic()) if budget.convert_until else own
    if left <= 0:
        raise ConversionOverranError("no time left in this message")
    return left


def _noted(document: Document, *notes: str) -> Document:
    return replace(document, notes=tuple(dict.fromkeys((*document.notes, *notes))))


def _ole_notes(content: bytes) -> tuple[str, ...]:
    """What only the original says: conversion leaves macros behind."""
    try:
        with opened_ole(content) as container:
            locked, macros = _is_locked(container), container.exists("Macros")
    except Exception:  # noqa: BLE001 - whatever is broken here, LibreOffice has the last word
        return ()
    if locked:
        raise EncryptedFileError("doc")
    return ("macros",) if macros else ()


def _is_locked(container: olefile.OleFileIO) -> bool:
    with container.openstream("WordDocument") as stream:
        head = stream.read(_FLAGS + 2)
    return bool(int.from_bytes(head[_FLAGS:], "little") & _ENCRYPTED)


def convert(content: bytes, kind: str, into: str, seconds: float) -> bytes:
    """One file by LibreOffice: `kind` and `into` are extensions ("doc"), `into` perhaps with a filter.

    Raises:
        RefusedFileError: it is XML and declares a document type: what that names is never loaded.
        ConverterMissingError: LibreOffice is not installed.
        ConversionOverranError: it did not end within `seconds`.
        DamagedFileError: it wrote no file.

    """
    if _is_xml(content):
        if _DECLARATION.search(content):
            raise RefusedFileError("document type declared")
        kind = _WRITTEN_AS_XML.get(kind, kind)
    program = converter()
    if program is None:
        raise ConverterMissingError
    with tempfile.TemporaryDirectory(prefix="tonghop-office-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        try:
            return _converted(program, place, content, kind, into, monotonic() + seconds)
        except OSError as error:
            raise DamagedFileError(f"conversion: {type(error).__name__}") from error


def printed(content: bytes, kind: str, most: int, budget: Budget) -> bytes:
    """One file as the PDF that LibreOffice makes of it, at most `most` pages of text, each sheet one page.

    Raises:
        ExtractionError: as `convert`.

    """
    into = _SHEET_PAGES if kind in _SHEETS else _TEXT_PAGES.format(most=most)
    return convert(content, kind, into, _seconds(budget))


def _converted(program: str, place: Path, content: bytes, kind: str, into: str, deadline: float) -> bytes:
    source, made = place / f"input.{kind}", place / "made" / f"input.{into.partition(':')[0]}"
    source.write_bytes(content)
    profile = place / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
    command = [
        program,
        # Named, or whatever is no such file would be taken for plain text and come out as rubbish.
        f"--infilter={_filter(content, kind)}",
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
        "--convert-to", into, "--outdir", str(made.parent), str(source),
    ]  # fmt: skip
    for _ in range(_STARTS):
        code = _run(command, place, deadline)
        if code != _STARTS_AGAIN:
            break
    if not made.is_file() or made.is_symlink() or not 0 < made.stat().st_size <= LARGEST_FILE:
        raise DamagedFileError(f"conversion ended with {code}")
    return made.read_bytes()


def _filter(content: bytes, kind: str) -> str:
    return _OLD_WORD if kind == "doc" and _is_old_word(content) else _FILTERS[kind]


def _is_old_word(content: bytes) -> bool:
    """Whether a document is of Word 6 or 95, by its version number (FibBase.nFib)."""
    try:
        with (
            opened_ole(content) as container,
            container.openstream("WordDocument") as stream,
        ):
            return int.from_bytes(stream.read(4)[2:], "little") < _WORD_97
    except Exception:  # noqa: BLE001 - what cannot be opened is no Word 6 document either
        return False


def _run(command: list[str], place: Path, deadline: float) -> int:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "TMPDIR": str(place),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",  # no display
    }
    system, before = ctypes.CDLL(None), _children()
    system.prctl(_ADOPT, 1, 0, 0, 0)  # what breaks away from its group becomes a child of this process
    # One program without a shell around it: it dies with the process that waits for it.
    process = subprocess.Popen(  # noqa: S603 - a fixed command, and names made here
        command,
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(_confine, _room()),  # noqa: PLW1509 - reading processes have one thread
    )
    try:
        return process.wait(max(deadline - monotonic(), 0.1))
    except subprocess.TimeoutExpired as error:
        raise ConversionOverranError from error
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while astray := _children() - before:
            for child in astray:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        system.prctl(_ADOPT, 0, 0, 0, 0)


def _children() -> set[int]:
    """The children of this process; nothing where the system does not tell."""
    told = (task.read_text() for task in Path("/proc/self/task").glob("*/children"))
    return {int(child) for line in told for child in line.split()}


def _room() -> int:
    """Octets of data for LibreOffice, so that it and this process stay below what one may take alone."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # a reader that has just failed still holds what it used
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY or not _STATUS.exists():
        return _MOST_DATA
    own = int(_STATUS.read_text().split()[1]) * _PAGE
    return max(_LEAST_DATA, min(_MOST_DATA, limit - own))


def _confine(room: int) -> None:
    """In the new process, before LibreOffice starts: what the reading process allows and no more."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_DATA, room)
    _limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS)
    _limit(resource.RLIMIT_CORE, 0)
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if system.unshare(_NEW_NETWORK) != 0:
        # Where neither is permitted the profile alone keeps LibreOffice from the network.
        system.unshare(_NEW_USER | _NEW_NETWORK)


def _limit(what: int, amount: int) -> None:
    _, hard = resource.getrlimit(what)
    ceiling = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(what, (ceiling, ceiling))


@lru_cache(maxsize=1)
def converter() -> str | None:
    """The program file of LibreOffice itself, not its shell script; None where it is not installed."""
    link = shutil.which("soffice") or shutil.which("libreoffice")
    places = (*([str(Path(link).resolve().parent)] if link else []), *_PLACES)
    programs = (Path(place) / "soffice.bin" for place in places)
    return next((str(program) for program in programs if os.access(program, os.X_OK)), None)


__all__ = [
    "LARGEST_FILE",
    "MEMORY",
    "convert",
    "converter",
    "extract_doc",
    "extract_odt",
    "extract_old_workbook",
    "extract_rtf",
    "printed",
]
