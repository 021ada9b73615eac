"""How a read message travels from a reading process: msgpack, decoded only into these types.

msgspec cannot tell two dataclasses of one union apart, so the blocks of a document travel as paragraphs,
tables and the order in which they stand; and the cells of a plain sheet as the columns they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from intake.documents import (
    Cell,
    Document,
    FileKind,
    Paragraph,
    ReadFile,
    ReadState,
    SheetCells,
    SheetColumns,
    Table,
)
from intake.mail.messages import ForwardedHead, Headers, ReadMessage


@dataclass(frozen=True, slots=True)
class _WireTable:
    name: str
    cells: tuple[Cell, ...]
    plain: SheetColumns | None  #: in the place of cells
    rows: int
    columns: int
    sheet: bool
    hidden: bool
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


@dataclass(frozen=True, slots=True)
class _WireDocument:
    order: str  #: "p" and "t", one letter a block
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[_WireTable, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _WireFile:
    name: str
    declared_name: str
    path: tuple[str, ...]
    kind: FileKind
    size: int
    sha256: str
    state: ReadState
    document: _WireDocument | None
    detail: str


@dataclass(frozen=True, slots=True)
class _WireMessage:
    headers: Headers
    text: str
    own_text: str
    files: tuple[_WireFile, ...]
    forwarded: tuple[ForwardedHead, ...]
    links: tuple[str, ...]
    defects: tuple[str, ...]
    second_reader: bool
    returned: tuple[str, ...]
    body: _WireDocument | None


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_WireMessage)


def packed(message: ReadMessage) -> bytes:
    """The message as octets for `unpacked`."""
    return _ENCODER.encode(
        _WireMessage(
            message.headers,
            message.text,
            message.own_text,
            tuple(map(_wire_file, message.files)),
            message.forwarded,
            message.links,
            message.defects,
            message.second_reader,
            message.returned,
            None if message.body is None else _wire_document(message.body),
        )
    )


def unpacked(octets: bytes) -> ReadMessage:
    """The message that `packed` made.

    Raises:
        msgspec.DecodeError: the octets are anything else; nothing but these types ever comes out.

    """
    wire = _DECODER.decode(octets)
    return ReadMessage(
        wire.headers,
        wire.text,
        wire.own_text,
        tuple(map(_file, wire.files)),
        wire.forwarded,
        wire.links,
        wire.defects,
        wire.second_reader,
        wire.returned,
        None if wire.body is None else _document(wire.body),
    )


def _wire_file(file: ReadFile) -> _WireFile:
    return _WireFile(
        file.name,
        file.declared_name,
        file.path,
        file.kind,
        file.size,
        file.sha256,
        file.state,
        None if file.document is None else _wire_document(file.document),
        file.detail,
    )


def _wire_document(document: Document) -> _WireDocument:
    order = "".join("p" if isinstance(block, Paragraph) else "t" for block in document.blocks)
    return _WireDocument(order, document.paragraphs, tuple(map(_wire_table, document.tables)), document.notes)


def _wire_table(table: Table) -> _WireTable:
    cells = table.cells
    cells, plain = ((), cells.columns) if isinstance(cells, SheetCells) else (cells, None)
    return _WireTable(
        table.name,
        cells,
        plain,
        table.rows,
        table.columns,
        table.sheet,
        table.hidden,
        table.hidden_rows,
        table.hidden_columns,
    )


def _file(wire: _WireFile) -> ReadFile:
    return ReadFile(
        wire.name,
        wire.declared_name,
        wire.path,
        wire.kind,
        wire.size,
        wire.sha256,
        wire.state,
        None if wire.document is None else _document(wire.document),
        wire.detail,
    )


def _document(wire: _WireDocument) -> Document:
    paragraphs, tables = iter(wire.paragraphs), map(_table, wire.tables)
    blocks = (next(paragraphs, None) if letter == "p" else next(tables, None) for letter in wire.order)
    return Document(tuple(block for block in blocks if block is not None), wire.notes)


def _table(wire: _WireTable) -> Table:
    if wire.plain is not None and not wire.plain.agree:
        raise msgspec.DecodeError("the columns of a sheet do not agree")
    return Table(
        wire.name,
        wire.cells if wire.plain is None else SheetCells(wire.plain),
        wire.rows,
        wire.columns,
        wire.sheet,
        wire.hidden,
        wire.hidden_rows,
        wire.hidden_columns,
    )
