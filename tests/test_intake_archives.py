from __future__ import annotations

import base64
import gzip
import io
import struct
import sys
import tarfile
import zlib
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path

import pytest

from intake.documents import FileKind, ReadState
from intake.errors import ConverterMissingError
from intake.extractors import archives
from intake.extractors.interface import Limits
from intake.mail.files import read_message
from intake.sandbox.pool import ReaderPool, ReadingFailure
from tests.builders import docx, mail, xlsx, zip_of

pytestmark = pytest.mark.skipif(find_library("archive") is None, reason="libarchive is not installed here")

LETTER = docx("BÁO CÁO", [["a", "b"]])
BOOK = xlsx({"Biểu": [["Số buổi", 12]]})
#: "bc.txt" with eleven octets, locked by 7-Zip with the password "abc"; in LOCKED_NAMES_7Z the names too
LOCKED_7Z = (
    "N3q8ryccAATyx33tEAAAAAAAAABqAAAAAAAAAECMNdusTspCfC3A6W10YpVpzsVsAQQGAAEJEAAHCwEAAiQG8QcBElMPpfiRbG6Wl2db"
    "OPoG7Tl4pAEAAQAMCwsACAoBeS+JwAAABQEZAwAAABEPAGIAYwAuAHQAeAB0AAAAGQQAAAAAFAoBAGMwztafet0BFQYBACCApIEAAA=="
)
#: the same file, stored as it is
STORED_7Z = (
    "N3q8ryccAATUMJtRCwAAAAAAAABKAAAAAAAAAMs7qepTbyBidW9pOiAxMgEEBgABCQsABwsBAAEBAAwLAAgKAXkvicAAAAUBEQ8A"
    "YgBjAC4AdAB4AHQAAAAZBAAAAAAUCgEAYzDO1p963QEVBgEAIICkgQAA"
)
LOCKED_NAMES_7Z = (
    "N3q8ryccAATCe6cDgAAAAAAAAAAuAAAAAAAAAMbduniH87jM3uH78up896k8gc31yJvAMw0Xf/4zYeOA33MDpkyl0dP5/SlYjUEp"
    "lKCHilNejzmMhEEu1CJWTMmRwr3Y00JqD6xUvJ92yILlEmtcVMNtOMUNncjfn/SH2xzy1YKjOOEhF4tQbl8PZTWmBpvbz+TSgKE1"
    "TX2WEqzJSCEImRcGEAEJcAAHCwEAASQG8QcBElMPniaSTKNlHbdt728t9qNNhAxqCgEoyvZ4AAA="
)


#: by py7zr with zstd, which 7-Zip itself does not write
ZSTD_7Z = (
    "N3q8ryccAARPlnHNbQAAAAAAAAAUAAAAAAAAAHQ5VC0otS/9AFhZAABTbyBidW9pOiAxMuAAUgBRXQAAgTMHrg/PObAMB8hDgSnUHtuO"
    "hh/yCyEM1rSI8bawicdh7kblMirjqW3l5IR/MBbHcm+5LfgGrJrXe7x+FJo7OJqzSWeyvleSHvM2+dWAAAAAFwYUAQlZAAcLAQABISEB"
    "GAxTAAA="
)
#: made by RAR itself (test files of rarfile by Marko Kreen, ISC licence): solid, two texts of 2048 octets
SOLID_RAR4 = (
    "UmFyIRoHADvQcwgADQAAAAAAAAArNHSAkCwAXAAAAAAIAAADoua3xbBmzD4dMwoApIEAAHN0ZXN0MS50eHQAwBEMzP6MnrD+MYGrrLG7"
    "QHeoCmTWSzeDwQe8AeCFku77th0ACCAACIjpeAzSDAdhOkF4S7Nun1IK2sonQLrnC2SKYnH7uACRnlAv2FX/+sZY6+vE14h+VJaHH03s"
    "2RZ0kJAsAA4AAAAACAAAA6Lmt8WwZsw+HTMKAKSBAABzdGVzdDIudHh0AMCxIACIB+vyCmn6/JTe0MQ9ewBABwA="
)
#: the same by RAR 5
SOLID_RAR5 = (
    "UmFyIRoHAQAJ78hvCwEFBwQGAQGAgIAA3vVwchwCAroABIAQtoMCoua3xYAbAQpzdGVzdDEudHh0waw3REQj+iP2l/1iU1G+TJGBQQKM"
    "wQN5XL9Ho6otoDaT3aBYAEACANRQBHb2xH8y6p8ypcTM14PfABDoLYkcAgKNAASAELaDAqLmt8XAGwEKc3Rlc3QyLnR4dEUVCmABAAgD"
    "37f79vwdd1ZRAwUEAA=="
)
#: names beyond ASCII in folders
NAMES_RAR4 = (
    "UmFyIRoHAM+QcwAADQAAAAAAAADiw3QgkDcABgAAAAYAAAADx6QEyTao9FAdMBIApIEAAHN1YlxkaXIyXGZpbGUyLnR4dACwfLUwZmls"
    "ZTIK+lF0IJA/AAgAAAAIAAAAA30kt3FIqPRQHTAaAKSBAABzdWJcd2l0aCBzcGFjZVxsb25nIGZuLnR4dADwCEdMbG9uZyBmbgojwXQg"
    "klcABQAAAAUAAAADwYnsL+Co9FAdMDIApIEAAHN1YlzDvMi1xKnDtuG4i8OoXGZpbGUudHh0AALGAvw1KQEg9gse6FwAZmlsZQAudHh0"
    "ALByoRVmaWxlChRcdCCQNwAGAAAABgAAAAME9yniMKj0UB0wEgCkgQAAc3ViXGRpcjFcZmlsZTEudHh0APAChIVmaWxlMQrRdXTgkC0A"
    "AAAAAAAAAAADAAAAADao9FAUMAgA7UEAAHN1YlxkaXIyALB/JjP75XTgkDMAAAAAAAAAAAADAAAAAEio9FAUMA4A7UEAAHN1Ylx3aXRo"
    "IHNwYWNlAPDLG06903TgkC4AAAAAAAAAAAADAAAAACSo9FAUMAkA7UEAAHN1YlxlbXB0eQDwcNkb8Ed04JJDAAAAAAAAAAAAAwAAAADg"
    "qPRQFDAeAO1BAABzdWJcw7zItcSpw7bhuIvDqAACxgL8NSkBIPYLHugAsDR2F89rdOCQLQAAAAAAAAAAAAMAAAAAMKj0UBQwCADtQQAA"
    "c3ViXGRpcjEA8MVYh6xSdOCQKAAAAAAAAAAAAAMAAAAA1aj0UBQwAwDtQQAAc3ViALAO1STEPXsAQAcA"
)
#: the same by RAR 5
NAMES_RAR5 = (
    "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAAWyrxsjACAwuGAASGAKSDAsekBMmAAAESc3ViL2RpcjIvZmlsZTIudHh0CgMTCNwVX4XkBhNm"
    "aWxlMgokNHkgOAIDC4gABIgApIMCfSS3cYAAARpzdWIvd2l0aCBzcGFjZS9sb25nIGZuLnR4dAoDEyncFV9mv8sdbG9uZyBmbgoOjzxz"
    "OAIDC4UABIUApIMCwYnsL4AAARpzdWIvw7zItcSpw7bhuIvDqC9maWxlLnR4dAoDE0TdFV+dEHMIZmlsZQqvrxG4MAIDC4YABIYApIMC"
    "BPcp4oAAARJzdWIvZGlyMS9maWxlMS50eHQKAxP92xVfHJEnNGZpbGUxCtVl6Z4kAgMLAAUA7YMBAAAAAIAAAQhzdWIvZGlyMgoDEwjc"
    "FV/ICfsT1nxQqSoCAwsABQDtgwEAAAAAgAABDnN1Yi93aXRoIHNwYWNlCgMTKdwVX1vbgh6UOOweJQIDCwAFAO2DAQAAAACAAAEJc3Vi"
    "L2VtcHR5CgMT5dsVX/bv4ArIG6fPLQIDCwAFAO2DAQAAAACAAAERc3ViL8O8yLXEqcO24biLw6gKAxNE3RVfmSwqCYEdQEkkAgMLAAUA"
    "7YMBAAAAAIAAAQhzdWIvZGlyMQoDE/3bFV8Nrd40msCgER8CAwsABQDtgwEAAAAAgAABA3N1YgoDEzLdFV+8OWMOHXdWUQMFBAA="
)
#: members that refer to an equal one
COPIES_RAR5 = (
    "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAAjKGOdyYCAwu3AASAECCi5rfFgAMACnN0ZXN0MS50eHQKAwKAzCCX5ijMAcSqNEQ0JPoy60f6"
    "xE19veYFgIIKjMEDKpXKIptQGpPdQPwAQAIA1GAENu0V+bdUgypkTs18H+CU/AuTNQIDGoAABIAQIAAAAACAAAAKc3Rlc3QyLnR4dAoD"
    "AoDMIJfmKMwBDgUFAApzdGVzdDEudHh0RRTsnTUCAxqAAASAECAAAAAAgAAACnN0ZXN0My50eHQKAwKAzCCX5ijMAQ4FBQAKc3Rlc3Qx"
    "LnR4dHKOW7U1AgMagAAEgBAgAAAAAIAAAApzdGVzdDQudHh0CgMCgMwgl+YozAEOBQUACnN0ZXN0MS50eHSjZry7NQIDGoAABIAQIAAA"
    "AACAAAAKc3Rlc3Q1LnR4dAoDAoDMIJfmKMwBDgUFAApzdGVzdDEudHh00F+UqDUCAxqAAASAECAAAAAAgAAACnN0ZXN0Ni50eHQKAwKA"
    "zCCX5ijMAQ4FBQAKc3Rlc3QxLnR4dAG3c6Y1AgMagAAEgBAgAAAAAIAAAApzdGVzdDcudHh0CgMCgMwgl+YozAEOBQUACnN0ZXN0MS50"
    "eHS+a/v5NQIDGoAABIAQIAAAAACAAAAKc3Rlc3Q4LnR4dAoDAoDMIJfmKMwBDgUFAApzdGVzdDEudHh0b4Mc9zUCAxqAAASAECAAAAAA"
    "gAAACnN0ZXN0OS50eHQKAwKAzCCX5ijMAQ4FBQAKc3Rlc3QxLnR4dB13VlEDBQQA"
)


def seven_zip(tmp_path: Path, files: dict[str, bytes]) -> bytes:
    import libarchive

    target = tmp_path / "made.7z"
    with libarchive.file_writer(str(target), "7zip") as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return target.read_bytes()


def tar(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def rar4(name: str, content: bytes, *, flags: int = 0, of_archive: int = 0) -> bytes:
    """A stored file in the format of RAR 1.5 to 4 (technote.txt of the RAR distribution)."""

    def block(kind: int, flags: int, fields: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    stated = name.encode("ascii")
    fields = struct.pack(
        "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0, 20, 0x30, len(stated), 0o100644
    )
    head = b"Rar!\x1a\x07\x00" + block(0x73, of_archive, b"\0" * 6)
    return head + block(0x74, 0x8000 | flags, fields + stated) + content + block(0x7B, 0x4000, b"")


def rar5(name: str, content: bytes, *, locked: bool = False, of_archive: int = 0) -> bytes:
    """A stored file in the format of RAR 5; `locked` notes an encryption record (AES-256, no check value)."""

    def number(value: int) -> bytes:
        octets = b""
        while value >= 0x80:
            octets += bytes((value & 0x7F | 0x80,))
            value >>= 7
        return octets + bytes((value,))

    def block(*fields: bytes) -> bytes:
        inner = b"".join(fields)
        sized = number(len(inner)) + inner
        return struct.pack("<I", zlib.crc32(sized)) + sized

    stated = name.encode()
    record = number(1) + number(0) + number(0) + bytes((15,)) + bytes(32)
    extra = number(len(record)) + record if locked else b""
    sizes = (number(3), number(len(extra))) if locked else (number(2),)
    file = block(
        number(2), *sizes, number(len(content)),  # file block with data behind it
        number(4), number(len(content)), number(0o100644), struct.pack("<I", zlib.crc32(content)),
        number(0), number(1), number(len(stated)), stated, extra,
    )  # fmt: skip
    main = block(number(1), number(0), number(of_archive))
    return b"Rar!\x1a\x07\x01\x00" + main + file + content + block(number(5), number(0), number(0))


def states(name: str, content: bytes, limits: Limits | None = None) -> list[tuple[str, tuple[str, ...], str]]:
    message = read_message(mail(files=[(name, content)]), limits or Limits())
    return [(file.name, file.path, file.state.value) for file in message.files]


@pytest.mark.parametrize("make", [rar4, rar5])
def test_files_of_a_rar_archive_are_read(make: Callable[[str, bytes], bytes]) -> None:
    content = make("BC/bc.docx", LETTER)
    assert states("BC.rar", content) == [
        ("BC.rar", (), "container"),
        ("bc.docx", ("BC.rar",), "read"),
    ]


@pytest.mark.parametrize("make", [rar4, rar5])
def test_one_of_several_volumes_is_not_called_damaged_and_says_that_more_is_in_it(
    make: Callable[..., bytes],
) -> None:
    whole = make("bc.docx", LETTER, of_archive=1)
    cut = whole[: len(whole) - len(LETTER) // 2]
    assert states("a.part1.rar", whole) == [
        ("a.part1.rar", (), "not_yet"),
        ("bc.docx", ("a.part1.rar",), "read"),
    ]
    assert {state for _, _, state in states("a.part1.rar", cut)} == {"not_yet"}
    assert {state for _, _, state in states("a.rar", make("bc.docx", LETTER)[: len(cut)])} == {"damaged"}


@pytest.mark.parametrize("content", [NAMES_RAR4, NAMES_RAR5])
def test_names_beyond_ascii_of_real_rar_archives_come_out_whole(content: str) -> None:
    found = states("a.rar", base64.b64decode(content))
    assert {name for name, _, _ in found[1:]} == {"file1.txt", "file2.txt", "long fn.txt", "file.txt"}
    message = read_message(mail(files=[("a.rar", base64.b64decode(content))]), Limits())
    assert "sub/üȵĩöḋè/file.txt" in [file.declared_name for file in message.files]


def test_a_solid_archive_of_rar_5_is_read() -> None:
    found = states("a.rar", base64.b64decode(SOLID_RAR5))
    assert [(name, state) for name, _, state in found] == [
        ("a.rar", "container"), ("stest1.txt", "read"), ("stest2.txt", "read"),
    ]  # fmt: skip


def test_a_solid_archive_of_rar_4_is_not_called_damaged_and_says_that_more_is_in_it() -> None:
    found = states("a.rar", base64.b64decode(SOLID_RAR4))
    assert [(name, state) for name, _, state in found] == [("a.rar", "not_yet"), ("stest1.txt", "read")]


def test_a_7z_archive_of_another_codec_is_not_called_damaged() -> None:
    found = states("a.7z", base64.b64decode(ZSTD_7Z))
    assert [(name, state) for name, _, state in found] == [("a.7z", "not_yet"), ("bc.txt", "not_yet")]


def test_members_that_refer_to_an_equal_one_are_passed_over() -> None:
    found = states("a.rar", base64.b64decode(COPIES_RAR5))
    assert [(name, state) for name, _, state in found] == [("a.rar", "container"), ("stest1.txt", "read")]


def test_a_locked_member_of_rar_5_is_locked_and_not_damaged() -> None:
    found = states("a.rar", rar5("bc.docx", LETTER, locked=True))
    assert found == [("a.rar", (), "container"), ("bc.docx", ("a.rar",), "encrypted")]


def test_names_and_documents_of_a_7z_archive_come_out_whole(tmp_path: Path) -> None:
    content = seven_zip(tmp_path, {"Biểu mẫu/Số liệu.xlsx": BOOK, "thư.docx": LETTER, "~$thư.docx": b"x"})
    message = read_message(mail(files=[("BC.7z", content)]), Limits())
    assert [file.name for file in message.files] == ["BC.7z", "Số liệu.xlsx", "thư.docx"]
    document = message.files[1].document
    assert document is not None
    assert document.tables[0].cells[1].number == "12"
    assert message.files[0].kind is FileKind.ARCHIVE


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_files_of_a_tar_archive_are_read_however_it_is_packed(mode: str) -> None:
    assert states("a.tgz", tar({"bc.docx": LETTER, "b.xlsx": BOOK}, mode)) == [
        ("a.tgz", (), "container"),
        ("bc.docx", ("a.tgz",), "read"),
        ("b.xlsx", ("a.tgz",), "read"),
    ]


def test_a_single_packed_file_keeps_its_name() -> None:
    assert states("bc.docx.gz", gzip.compress(LETTER))[1] == ("bc.docx", ("bc.docx.gz",), "read")


def test_archives_in_archives_are_opened_to_the_third_level(tmp_path: Path) -> None:
    inner = tar({"bc.docx": LETTER})
    content = seven_zip(tmp_path, {"hai.zip": zip_of({"ba.tgz": inner})})
    assert states("mot.7z", content)[-1] == ("bc.docx", ("mot.7z", "hai.zip", "ba.tgz"), "read")
    deeper = seven_zip(tmp_path, {"hai.zip": zip_of({"ba.tgz": tar({"bon.tgz": inner})})})
    assert states("mot.7z", deeper)[-1] == ("bon.tgz", ("mot.7z", "hai.zip", "ba.tgz"), "too_deep")


def test_a_name_is_shown_and_never_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content = tar({"../../thoat.txt": b"x", "/tmp/tuyet-doi.txt": b"y"})  # noqa: S108
    assert [name for name, _, _ in states("a.tar.gz", content)] == ["a.tar.gz", "thoat.txt", "tuyet-doi.txt"]
    assert list(tmp_path.iterdir()) == []


def test_links_and_devices_are_passed_over_and_what_holds_nothing_else_is_empty() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind in (("a", tarfile.SYMTYPE), ("b", tarfile.LNKTYPE), ("c", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/hostname"
            archive.addfile(entry)
    assert states("a.tar", stream.getvalue()) == [("a.tar", (), "empty")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (base64.b64decode(LOCKED_7Z), [("a.7z", (), "container"), ("bc.txt", ("a.7z",), "encrypted")]),
        (base64.b64decode(LOCKED_NAMES_7Z), [("a.7z", (), "encrypted")]),
        (
            rar4("bc.txt", b"x" * 16, flags=0x04),
            [("a.7z", (), "container"), ("bc.txt", ("a.7z",), "encrypted")],
        ),
    ],
    ids=["7z", "7z names", "rar"],
)
def test_a_locked_archive_is_named_as_locked(
    content: bytes, expected: list[tuple[str, tuple[str, ...], str]]
) -> None:
    assert states("a.7z", content) == expected


def test_a_bomb_is_stopped_by_what_it_produces_and_the_next_file_is_read() -> None:
    bomb = tar({"bc.docx": LETTER, "b.bin": b"\0" * (30 << 20)})
    limits = Limits(ratio_from=1 << 20)
    message = read_message(mail(files=[("a.tgz", bomb), ("b.xlsx", BOOK)]), limits)
    assert [(file.name, file.state) for file in message.files] == [
        ("a.tgz", ReadState.BOMB),
        ("bc.docx", ReadState.READ),
        ("b.xlsx", ReadState.READ),
    ]


def test_all_levels_of_nesting_share_one_budget() -> None:
    large = gzip.compress(bytes(range(256)) * 4096)
    content = tar({f"{number}.gz": large for number in range(6)})
    limits = Limits(unpacked=3 << 20, ratio=10**6)
    assert states("a.tgz", content, limits)[0][2] == "bomb"
    assert states("a.tgz", content, Limits(ratio=10**6))[0][2] == "container"


def test_more_members_than_are_opened_make_the_archive_too_large() -> None:
    found = states("a.tgz", tar({f"{number}.txt": b"x" for number in range(9)}), Limits(members=5))
    assert found[0] == ("a.tgz", (), "too_large")
    assert len(found) == 6


@pytest.mark.parametrize("make", [rar4, rar5])
def test_an_archive_that_is_cut_off_is_damaged(make: Callable[[str, bytes], bytes]) -> None:
    content = make("bc.docx", LETTER)
    found = states("a.rar", content[: len(content) // 2])
    assert found[0] == ("a.rar", (), "damaged")
    assert "read" not in {state for _, _, state in found}


@pytest.mark.parametrize("make", [rar4, rar5])
def test_a_member_with_a_wrong_checksum_is_not_read(make: Callable[[str, bytes], bytes]) -> None:
    content = bytearray(make("bc.txt", b"So buoi: 12"))
    content[content.index(b"12")] ^= 1
    assert states("a.rar", bytes(content))[1:] == [("bc.txt", ("a.rar",), "damaged")]


def test_a_7z_member_with_a_wrong_checksum_is_not_read() -> None:
    content = bytearray(base64.b64decode(STORED_7Z))
    content[content.index(b"12")] ^= 1
    assert "read" not in {state for _, _, state in states("a.7z", bytes(content))}


def test_an_archive_is_read_in_the_confined_process() -> None:
    with ReaderPool(1) as pool:
        [(_, message)] = pool.read([("1", mail(files=[("a.rar", rar5("bc.docx", LETTER))]))])
    assert not isinstance(message, ReadingFailure)
    assert [file.state for file in message.files] == [ReadState.CONTAINER, ReadState.READ]


def test_without_libarchive_the_archive_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LIBRARIES", ("no-such-library.so",))
    monkeypatch.delenv("LIBARCHIVE", raising=False)
    for name in [name for name in sys.modules if name.startswith("libarchive")]:
        monkeypatch.delitem(sys.modules, name)
    archives._library.cache_clear()
    with pytest.raises(ConverterMissingError):
        archives._library()
    assert states("a.rar", rar4("bc.docx", LETTER)) == [("a.rar", (), "not_yet")]
    archives._library.cache_clear()
