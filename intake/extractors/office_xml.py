"""Parts of Office documents (ECMA-376) as trees: bounded, without entities, network or document types."""

from __future__ import annotations

from typing import Final

from lxml import etree

from intake.errors import DamagedFileError, RefusedFileError

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_DECLARATION: Final = b"<!DOCTYPE"
_NO_MEMORY: Final = 2  # XML_ERR_NO_MEMORY
Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element type


def word_tag(name: str) -> str:
    """The tag "w:name" as lxml writes it."""
    return f"{{{_WORD}}}{name}"


def parse_part(octets: bytes) -> Element:
    """The root of one XML part: no entities, no network, no document type.

    Raises:
        DamagedFileError: the XML is not well formed, or nested beyond reason.
        RefusedFileError: the part declares a document type.
        MemoryError: the process has reached its limit.

    """
    if _STRICT in octets:
        octets = octets.replace(_STRICT, _WORD.encode())
    try:
        root = etree.fromstring(octets, _parser(octets))
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == _NO_MEMORY:
            raise MemoryError from error
        raise DamagedFileError(f"xml: {type(error).__name__}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise RefusedFileError("document type declared")
    return root


def _parser(octets: bytes) -> etree.XMLParser:
    """A parser of its own for each part: one may not be shared between documents that fail halfway.

    Leaving entities alone costs as much again as the parsing, and without a document type there are none.
    One that hides in another encoding is still found in the tree; until then libxml2 bounds what it makes.
    """
    if _DECLARATION in octets:
        return etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
    return etree.XMLParser(no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
