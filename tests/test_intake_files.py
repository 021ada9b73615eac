from __future__ import annotations

import io
import unicodedata
import zipfile
from ctypes.util import find_library
from typing import TYPE_CHECKING

import pytest

from intake.documents import FileKind, ReadFile, ReadState
from intake.extractors.interface import Limits
from intake.extractors.office import converter
from intake.mail.files import read_message, safe_name
from tests.builders import docx, mail, ole, png, raw_mail, xlsx, zip_of

if TYPE_CHECKING:
    from intake.mail.messages import ReadMessage

BOOK = xlsx({"Biểu": [["STT", "Số"], [1, 5]]})
CONVERTS = converter() is not None
UNPACKS = find_library("archive") is not None
LETTER = docx("BÁO CÁO", [["a", "b"]])


def read(*files: tuple[str, bytes], limits: Limits | None = None) -> ReadMessage:
    return read_message(mail(files=files), limits or Limits())


def only(name: str, content: bytes, limits: Limits | None = None) -> ReadFile:
    [file] = read((name, content), limits=limits).files
    return file


@pytest.mark.parametrize(
    ("name", "content", "kind", "state"),
    [
        ("b.xls", BOOK, FileKind.XLSX, ReadState.READ),
        ("khong-duoi", LETTER, FileKind.DOCX, ReadState.READ),
        ("a.docm", docx("a", macros=True), FileKind.DOCX, ReadState.READ),
        ("a.docx", LETTER[:-40], FileKind.DOCX, ReadState.DAMAGED),
        ("a.docx", LETTER[:40], FileKind.ZIP, ReadState.DAMAGED),
        ("a.xlsx", ole("EncryptionInfo", "EncryptedPackage"), FileKind.ENCRYPTED_OFFICE, ReadState.ENCRYPTED),
        ("a.docx", ole("WordDocument"), FileKind.DOC, ReadState.DAMAGED if CONVERTS else ReadState.NOT_YET),
        ("a.bin", ole("__properties_version1.0"), FileKind.OUTLOOK, ReadState.DAMAGED),
        ("a.docx", b"", FileKind.EMPTY, ReadState.EMPTY),
        ("a.docx", b"%PDF-1.4 x", FileKind.PDF, ReadState.DAMAGED),
        ("a.doc", b"{\\rtf1 x}", FileKind.RTF, ReadState.READ if CONVERTS else ReadState.NOT_YET),
        ("a.docx", b"Rar!\x1a\x07\0x", FileKind.ARCHIVE, ReadState.DAMAGED if UNPACKS else ReadState.NOT_YET),
        ("a.docx", b"MZ\x90\0", FileKind.PROGRAM, ReadState.REFUSED),
        ("a.vbs", b"WScript.Echo 1", FileKind.PROGRAM, ReadState.REFUSED),
        ("a.txt", "Số: 12".encode(), FileKind.TEXT, ReadState.READ),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", FileKind.HTML, ReadState.READ),
        ("anh.jpg", png(1600, 1200, padding=30_000), FileKind.IMAGE, ReadState.NOT_YET),
        ("bao cao.pdf", png(1600, 1200, padding=30_000), FileKind.IMAGE, ReadState.NOT_YET),
        ("logo.png", png(120, 60), FileKind.IMAGE, ReadState.DECORATION),
        ("smime.p7s", b"0\x80\x06\x09*", FileKind.UNKNOWN, ReadState.DECORATION),
        ("lan.vcf", b"BEGIN:VCARD\r\nFN:Lan\r\nEND:VCARD\r\n", FileKind.TEXT, ReadState.DECORATION),
    ],
)
def test_a_file_is_known_by_its_content(name: str, content: bytes, kind: FileKind, state: ReadState) -> None:
    file = only(name, content)
    assert (file.kind, file.state, file.size) == (kind, state, len(content))


def test_a_macro_part_is_noted_and_the_data_read() -> None:
    document = only("a.docm", docx("Số liệu", macros=True)).document
    assert document is not None
    assert document.notes == ("macros",)


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("../../x/y.xlsx", "y.xlsx"),
        ("C:\\Users\\lan\\bc.docx", "bc.docx"),
        ("a\u202excod.exe", "axcod.exe"),
        ("a\0b\r\nc.txt", "abc.txt"),
        (unicodedata.normalize("NFD", "Biểu mẫu.xlsx"), "Biểu mẫu.xlsx"),
        ("..", ""),
        ("x" * 300 + ".docx", "x" * 114 + "….docx"),
    ],
)
def test_a_shown_name_is_safe(declared: str, shown: str) -> None:
    assert safe_name(declared) == shown


def test_the_declared_name_is_kept_beside_the_safe_one() -> None:
    file = only("../../x/y.xlsx", BOOK)
    assert (file.name, file.declared_name) == ("y.xlsx", "../../x/y.xlsx")


def test_members_of_an_archive_stand_beside_it_with_their_path() -> None:
    outer = zip_of({"xã/bc.docx": LETTER, "trong.zip": zip_of({"b.xlsx": BOOK}), "~$bc.docx": b"x"})
    files = read(("BC.zip", outer)).files
    assert [(file.name, file.path, file.state) for file in files] == [
        ("BC.zip", (), ReadState.CONTAINER),
        ("bc.docx", ("BC.zip",), ReadState.READ),
        ("trong.zip", ("BC.zip",), ReadState.CONTAINER),
        ("b.xlsx", ("BC.zip", "trong.zip"), ReadState.READ),
    ]


def test_archives_are_opened_to_the_third_level_only() -> None:
    content = zip_of({"sau.txt": "x"})
    for number in range(4):
        content = zip_of({f"{number}.zip": content})
    assert [file.state for file in read(("a.zip", content)).files][-1] is ReadState.TOO_DEEP


def test_a_bomb_is_stopped_by_what_it_produces_and_the_next_file_is_read() -> None:
    bomb = zip_of({"bc.docx": LETTER, "b.bin": b"\0" * (30 << 20)})
    files = read(("a.zip", bomb), ("b.xlsx", BOOK), limits=Limits(ratio_from=1 << 20)).files
    assert [(file.name, file.state) for file in files] == [
        ("a.zip", ReadState.BOMB),
        ("bc.docx", ReadState.READ),
        ("b.xlsx", ReadState.READ),
    ]


def test_a_bomb_inside_a_workbook_is_stopped_before_it_is_read() -> None:
    bomb = zip_of({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": b" " * (30 << 20)})
    assert only("a.xlsx", bomb, Limits(ratio_from=1 << 20)).state is ReadState.BOMB


def test_members_that_share_octets_are_a_bomb() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x" * 100)
        entry = archive.getinfo("a.txt")
        twin = zipfile.ZipInfo("b.txt")
        twin.CRC, twin.compress_size, twin.file_size = entry.CRC, entry.compress_size, entry.file_size
        twin.header_offset = entry.header_offset
        archive.filelist.append(twin)
        archive.NameToInfo["b.txt"] = twin
    [file] = read(("a.zip", stream.getvalue())).files
    assert file.state is ReadState.BOMB


def test_too_many_members_are_not_opened() -> None:
    many = zip_of({f"{number}.txt": "x" for number in range(20)})
    assert only("a.zip", many, Limits(members=10)).state is ReadState.TOO_LARGE


def test_a_locked_member_is_listed_as_encrypted() -> None:
    content = bytearray(zip_of({"bc.docx": b"x" * 50}, compression=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    files = read(("a.zip", bytes(content))).files
    assert [(file.name, file.state) for file in files] == [
        ("a.zip", ReadState.CONTAINER),
        ("bc.docx", ReadState.ENCRYPTED),
    ]


def test_a_member_packed_in_an_unknown_way_is_not_called_damaged() -> None:
    packed = bytearray(zip_of({"a.txt": "So buoi: 12"}))
    packed[8:10] = b"\x62\x00"  # PPMd (APPNOTE 4.4.5), in the member's own head
    entry = packed.index(b"PK\x01\x02")
    packed[entry + 10 : entry + 12] = b"\x62\x00"
    assert [file.state for file in read(("a.zip", bytes(packed))).files] == [
        ReadState.CONTAINER,
        ReadState.NOT_YET,
    ]


def test_links_in_an_archive_are_skipped() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("passwd")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.txt", "x")
    assert [file.name for file in read(("a.zip", stream.getvalue())).files] == ["a.zip", "a.txt"]


@pytest.mark.parametrize("charset", ["utf-8", "cp1258"])
def test_an_unmarked_member_name_is_put_right(charset: str) -> None:
    name = "Báo cáo.txt"
    octets = name.encode(charset)
    content = zip_of({"N" * len(octets): "x"}).replace(b"N" * len(octets), octets)
    assert read(("a.zip", content)).files[1].name == name


def test_a_member_name_garbled_by_cp437_is_put_right() -> None:
    garbled = "Báo cáo.txt".encode().decode("cp437")
    assert read(("a.zip", zip_of({garbled: "x"}))).files[1].name == "Báo cáo.txt"


def test_a_forwarded_mail_is_opened_and_its_head_recorded() -> None:
    inner = mail(
        sender="Xã Mẫu <xa@mau.example.vn>", subject="Báo cáo", text="Bên trong", files=[("b.xlsx", BOOK)]
    )
    message = read_message(mail(text="Chuyển", forwarded=[inner]), Limits())
    assert [(file.kind, file.state, len(file.path)) for file in message.files] == [
        (FileKind.MESSAGE, ReadState.CONTAINER, 0),
        (FileKind.XLSX, ReadState.READ, 1),
    ]
    [head] = message.forwarded
    assert (head.sender_address, head.subject, head.inline) == ("xa@mau.example.vn", "Báo cáo", False)
    assert message.own_text == "Chuyển"
    assert "Bên trong" in message.text


def test_a_mail_attached_as_a_plain_file_is_opened_too() -> None:
    files = read(("bc.eml", mail(files=[("b.xlsx", BOOK)]))).files
    assert [(file.name, file.path) for file in files] == [("bc.eml", ()), ("b.xlsx", ("bc.eml",))]


def test_an_inline_file_with_a_name_is_a_file() -> None:
    octets = raw_mail(
        "From: a@xa.example.vn\nContent-Type: text/plain; charset=utf-8; name=so-lieu.txt\n"
        "Content-Disposition: inline; filename=so-lieu.txt",
        "Tổng số: 12",
    )
    [file] = read_message(octets, Limits()).files
    assert (file.name, file.state) == ("so-lieu.txt", ReadState.READ)


def test_a_file_without_name_is_shown_by_number_and_kind() -> None:
    octets = raw_mail("From: a@xa.example.vn\nContent-Type: application/pdf", "%PDF-1.4")
    assert read_message(octets, Limits()).files[0].name == "1.pdf"
