from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from intake.documents import FileKind, ReadState
from intake.extractors.interface import Limits
from intake.mail.files import read_message
from intake.mail.kinds import kind_of
from intake.mail.messages import ReadMessage
from intake.sandbox.pool import ReaderPool, ReadingFailure
from tests.builders import docx, mail, ole, xlsx

Tree = Mapping[str, "bytes | Tree"]

LETTER = docx("BÁO CÁO", [["a", "b"]])
BOOK = xlsx({"Biểu": [["Số buổi", 12]]})
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass(slots=True)
class Entry:
    """One line of the directory of an OLE2 container."""

    name: str
    kind: int  #: 1 storage, 2 stream, 5 root
    octets: bytes = b""
    following: int = _FREE
    child: int = _FREE
    start: int = 0


def compound(tree: Tree) -> bytes:
    """An OLE2 container (MS-CFB) with these streams and storages; small streams in the short stream."""
    entries = [Entry("Root Entry", 5)]
    entries[0].child = _listed(tree, entries)
    short_table: list[int] = []
    for entry in entries:
        if entry.kind == 2 and len(entry.octets) < 4096:
            entry.start = _chained(short_table, -(-len(entry.octets) // 64))
            entries[0].octets += entry.octets.ljust(-(-len(entry.octets) // 64) * 64, b"\0")
    long = [entry for entry in entries[1:] if len(entry.octets) >= 4096]
    sizes = [128 * len(entries), 4 * len(short_table), len(entries[0].octets), *(len(e.octets) for e in long)]
    counts = [-(-size // 512) for size in sizes]
    tables = sum(counts) // 127 + 1
    chain = [_TABLE] * tables
    starts = [_chained(chain, count) for count in counts]
    for entry, start in zip([entries[0], *long], starts[2:], strict=True):
        entry.start = start
    parts = [
        b"".join(map(_line, entries)),
        struct.pack(f"<{len(short_table)}I", *short_table),
        *(entry.octets for entry in [entries[0], *long]),
    ]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512 * tables, b"\xff")
    padded = (part.ljust(512 * count, b"\0") for part, count in zip(parts, counts, strict=True))
    return _head(tables, starts[0], starts[1], counts[1]) + table + b"".join(padded)


def _listed(children: Tree, entries: list[Entry]) -> int:
    """Appends the children, each pointing to the next; gives the number of the first."""
    numbers = []
    for name, value in children.items():
        numbers.append(len(entries))
        is_stream = isinstance(value, bytes)
        entries.append(
            entry := Entry(name, 2 if is_stream else 1, value if isinstance(value, bytes) else b"")
        )
        if not isinstance(value, bytes):
            entry.child = _listed(value, entries)
    for number, following in pairwise(numbers):
        entries[number].following = following
    return numbers[0] if numbers else _FREE


def _chained(table: list[int], count: int) -> int:
    """Appends a chain of so many sectors to an allocation table; gives its first."""
    start = len(table)
    table += [*range(start + 1, start + count), _END][:count]
    return start if count else _END


def _line(entry: Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), entry.kind, 1)
    links = struct.pack("<III", _FREE, entry.following, entry.child)
    return head + links + b"\0" * 36 + struct.pack("<IQ", entry.start, len(entry.octets))


def _head(tables: int, directory: int, short_table: int, short_sectors: int) -> bytes:
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    sizes = struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    places = struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, short_table, short_sectors, _END, 0)
    return magic + sizes + places + struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))


def text(tag: str, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{tag}001F": value.encode("utf-16-le")}


def properties(head: int, *, sent: datetime | None = None) -> dict[str, bytes]:
    octets = b"\0" * head
    if sent is not None:
        ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
        octets += struct.pack("<IIQ", 0x00390040, 6, ticks)
    return {"__properties_version1.0": octets}


def attachment(name: str, content: bytes) -> dict[str, bytes]:
    return properties(8) | text("3707", name) | {"__substg1.0_37010102": content}


def saved_mail(attached: Tree | None = None, *, head: int = 32) -> Tree:
    return {
        **properties(head, sent=datetime(2023, 6, 1, 1, 0, tzinfo=UTC)),
        **text("0037", "Báo cáo 6 tháng đầu năm"),
        **text("0C1A", "Nguyễn Thị Lan"),
        **text("5D01", "vanthu@xabinhminh.example.vn"),
        **text("1000", "Kính gửi Phòng, xã gửi báo cáo."),
        **({} if attached is None else {"__attach_version1.0_#00000000": attached}),
    }


def read(name: str, content: bytes, **outer: str) -> ReadMessage:
    return read_message(mail(files=[(name, content)], **outer), Limits())  # type: ignore[arg-type]


def test_a_saved_mail_reads_as_the_eml_it_was() -> None:
    eml = mail(
        subject="Báo cáo 6 tháng đầu năm", text="Kính gửi Phòng, xã gửi báo cáo.", files=[("bc.docx", LETTER)]
    )
    msg = compound(saved_mail(attachment("bc.docx", LETTER)))
    saved, sent = read("thu.msg", msg), read("thu.eml", eml)
    assert saved.forwarded == sent.forwarded
    assert saved.text.split() == sent.text.split()
    assert [(file.name, file.state, file.document) for file in saved.files[1:]] == [
        (file.name, file.state, file.document) for file in sent.files[1:]
    ]
    assert [(file.name, file.kind, file.state, file.path) for file in saved.files] == [
        ("thu.msg", FileKind.OUTLOOK, ReadState.CONTAINER, ()),
        ("bc.docx", FileKind.DOCX, ReadState.READ, ("thu.msg",)),
    ]


def test_a_mail_attached_to_a_saved_mail_is_opened() -> None:
    inner = saved_mail(attachment("Số liệu.xlsx", BOOK), head=24)
    outer = saved_mail({**properties(8), "__substg1.0_3701000D": inner})
    files = read("thu.msg", compound(outer)).files
    assert [file.state for file in files] == [ReadState.CONTAINER, ReadState.CONTAINER, ReadState.READ]
    assert files[-1].name == "Số liệu.xlsx"
    assert len(files[-1].path) == 2


def test_text_in_a_code_page_and_html_bodies_are_read() -> None:
    tree = {
        "__properties_version1.0": b"\0" * 32 + struct.pack("<IIQ", 0x3FFD0003, 6, 1258),
        "__substg1.0_0037001E": "Ba\u0301o ca\u0301o".encode("cp1258"),
        "__substg1.0_10130102": "<p>Không phát sinh vụ nào</p>".encode(),
    }
    message = read("thu.msg", compound(tree))
    assert message.forwarded[0].subject == "Báo cáo"
    assert "Không phát sinh vụ nào" in message.text


def test_a_name_cannot_put_a_line_into_the_head() -> None:
    tree = dict(saved_mail()) | text("0C1A", "A\r\nBcc: x@y.example") | text("0037", "B\r\nFrom: z@y.example")
    [head] = read("thu.msg", compound(tree)).forwarded
    assert head.sender_address == "vanthu@xabinhminh.example.vn"
    assert head.subject == "B From: z@y.example"


@pytest.mark.parametrize("cut", [600, 1500, 3000])
def test_a_saved_mail_that_is_cut_off_gives_a_state_and_no_fault(cut: int) -> None:
    msg = compound(saved_mail(attachment("bc.docx", LETTER)))
    files = read("thu.msg", msg[:cut]).files
    assert files[0].state is not ReadState.READ
    assert ReadState.READ not in {file.state for file in files}


def test_a_broken_saved_mail_is_damaged() -> None:
    [file] = read("thu.msg", ole("__properties_version1.0")).files
    assert (file.kind, file.state) == (FileKind.OUTLOOK, ReadState.DAMAGED)


@pytest.mark.parametrize("place", [0x40, 1024 + 120], ids=["the short table", "the short stream"])
def test_a_saved_mail_that_claims_more_octets_than_it_has_is_damaged(place: int) -> None:
    """Found by fuzzing: chains that lead round in a circle give as much as is claimed."""
    octets = bytearray(compound(saved_mail()))
    for chain in (0x3C, 1024 + 116):  # where each of the two begins
        sector = int.from_bytes(octets[chain : chain + 4], "little")
        octets[512 + 4 * sector : 516 + 4 * sector] = struct.pack("<I", sector)
    octets[place : place + 4] = struct.pack("<I", 1 << 17)
    (file,) = read("thu.msg", bytes(octets)).files
    assert file.state is ReadState.DAMAGED


def test_a_workbook_with_a_letter_inside_is_a_workbook() -> None:
    assert kind_of(compound({"MBD0001": {"WordDocument": b"x"}, "Workbook": b"x"})) is FileKind.XLS
    assert kind_of(compound({"ObjectPool": {"Workbook": b"x"}, "WordDocument": b"x"})) is FileKind.DOC


def winmail(*files: tuple[str, bytes], body: str = "") -> bytes:
    """A winmail.dat (MS-OXTNEF 2.1): objects of level, tag, length, octets, checksum."""

    def thing(level: int, tag: int, content: bytes) -> bytes:
        return (
            struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
        )

    octets = struct.pack("<IH", 0x223E9F78, 1) + thing(1, 0x00089006, struct.pack("<I", 0x10000))
    octets += thing(1, 0x00069007, struct.pack("<II", 1252, 0))
    if body:
        octets += thing(1, 0x0002800C, body.encode() + b"\0")
    for name, content in files:
        octets += thing(2, 0x00069002, b"\0" * 14)
        octets += thing(2, 0x00018010, name.encode() + b"\0")
        octets += thing(2, 0x0006800F, content)
    return octets


def test_files_of_a_winmail_are_read() -> None:
    files = read("winmail.dat", winmail(("bc.docx", LETTER), ("Số liệu.xlsx", BOOK))).files
    assert [(file.name, file.path, file.state) for file in files] == [
        ("winmail.dat", (), ReadState.CONTAINER),
        ("bc.docx", ("winmail.dat",), ReadState.READ),
        ("Số liệu.xlsx", ("winmail.dat",), ReadState.READ),
    ]


def test_the_text_of_a_winmail_counts_where_the_mail_has_none() -> None:
    content = winmail(("bc.docx", LETTER), body="Xã báo cáo không phát sinh.")
    assert "không phát sinh" in read("winmail.dat", content, text="\n").text
    assert "không phát sinh" not in read("winmail.dat", content).text


def test_a_file_without_octets_in_a_winmail_is_named_as_damaged() -> None:
    files = read("winmail.dat", winmail(("bc.docx", b""))).files
    assert [(file.name, file.state) for file in files][1:] == [("bc.docx", ReadState.DAMAGED)]


def test_a_winmail_with_a_wrong_checksum_says_so_and_its_other_files_are_read() -> None:
    content = bytearray(winmail(("a.txt", b"So buoi: 12"), ("b.xlsx", BOOK)))
    content[content.index(b"12")] ^= 1
    assert [(file.name, file.state.value) for file in read("winmail.dat", bytes(content)).files] == [
        ("winmail.dat", "damaged"),
        ("a.txt", "damaged"),
        ("b.xlsx", "read"),
    ]


def test_a_cut_winmail_gives_a_state_and_no_half_file() -> None:
    files = read("winmail.dat", winmail(("bc.docx", LETTER))[:200]).files
    assert ReadState.READ not in {file.state for file in files}


def test_saved_mails_and_winmails_are_read_in_the_confined_process() -> None:
    msg = compound(saved_mail(attachment("bc.docx", LETTER)))
    octets = mail(files=[("thu.msg", msg), ("winmail.dat", winmail(("b.xlsx", BOOK)))])
    with ReaderPool(1) as pool:
        [(_, message)] = pool.read([("1", octets)])
    assert not isinstance(message, ReadingFailure)
    assert [file.state.value for file in message.files] == ["container", "read", "container", "read"]
