"""winmail.dat (MS-OXTNEF): what Outlook packs files and text into when it takes the reader for an Outlook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.errors import DamagedFileError, FileTooLargeError
from intake.extractors.archives import Member
from intake.extractors.plain import decoded
from intake.extractors.web_page import html_decoded, html_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.extractors.interface import Budget


def winmail_files(content: bytes, _declared: str, budget: Budget) -> Iterator[Member]:
    """The files of a winmail.dat.

    Raises:
        DamagedFileError: it is broken, or a checksum in it is wrong: there may be more than could be read.
        FileTooLargeError: more files than are opened of one container.
        BombError: they are larger than the budget allows.

    """
    found = _parsed(content)
    if len(found.attachments) > budget.limits.members:
        raise FileTooLargeError(f"{len(found.attachments)} files")
    broken = _broken(found)
    for number, attachment in enumerate(found.attachments):
        yield _file(attachment, budget, is_whole=number not in broken)
    if broken:
        raise DamagedFileError("tnef: checksum")


def winmail_text(content: bytes) -> str:
    """The text of the mail, for a mail that carries it nowhere else; raises as `winmail_files`."""
    return _text(_parsed(content))


def _parsed(content: bytes) -> Any:
    from tnefparse import TNEF

    try:
        return TNEF(content, do_checksum=True)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise DamagedFileError(f"tnef: {type(error).__name__}") from error


def _broken(found: Any) -> set[int]:
    """Numbers of the attachments with a wrong checksum; -1 for what stands before the first.

    The parser takes what is cut off for whole and only notes the checksum.
    """
    broken: set[int] = set()
    number = -1
    for thing in found.objects:
        number += thing.name == found.ATTATTACHRENDDATA
        if not thing.good_checksum:
            broken.add(number)
    return broken


def _file(attachment: Any, budget: Budget, *, is_whole: bool) -> Member:
    content = attachment.data
    budget.spend(len(content))
    # The parser passes over properties it cannot read: a file without octets is one it has lost.
    if not content or not is_whole:
        return Member(_name(attachment), size=len(content), error=DamagedFileError("tnef attachment"))
    return Member(_name(attachment), bytes(content))


def _name(attachment: Any) -> str:
    try:
        name = attachment.long_filename()
    except UnicodeDecodeError:
        name = attachment._name  # noqa: SLF001 - the octets that the parser took for UTF-8
    return _string(name)


def _text(found: Any) -> str:
    if found.body:
        return _string(found.body)
    markup = found.htmlbody
    if not markup:
        return ""
    return html_text(markup if isinstance(markup, str) else html_decoded(bytes(markup), ""))


def _string(value: str | bytes) -> str:
    text = value if isinstance(value, str) else decoded(bytes(value))
    return text.strip("\0")


__all__ = ["winmail_files", "winmail_text"]
