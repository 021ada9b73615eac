"""Any bytes at all: every reader of outside bytes answers, or refuses by name, in bounded time.

Found inputs are kept as examples beside the property they broke. The seeds are real files of each format,
whole and then damaged: a byte changed, a part cut out, doubled or put elsewhere.
"""

from __future__ import annotations

import io
import tarfile
import time

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intake.documents import ReadState
from intake.extractors.interface import Limits
from intake.files import read_message
from intake.headers import addresses_of, date_of, fields_of, first_text
from intake.mailbox import arrival_from_received
from intake.numerals import read_number
from tests.builders import docx, mail, ole, png, xlsx, zip_of

#: No time to convert: what LibreOffice would be asked is not the point here, and takes seconds each.
LIMITS = Limits(seconds=0.01)
LONGEST = 10.0
"""Seconds one damaged message may take on a busy machine; untouched seeds take hundredths."""

TABLE = [["STT", "Chỉ tiêu", "ĐVT", "Tổng số"], ["1", "Số buổi tuyên truyền", "buổi", "12"]]


def _tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        entry = tarfile.TarInfo("báo cáo.docx")
        content = docx("BÁO CÁO", TABLE)
        entry.size = len(content)
        packed.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


FILES = {
    "bc.docx": docx("BÁO CÁO", TABLE),
    "bc.xlsx": xlsx({"Biểu": TABLE}),
    "bc.zip": zip_of({"trong.docx": docx("BÁO CÁO", TABLE), "a/b.txt": "x"}),
    "bc.tar.gz": _tar(),
    "bc.doc": ole("WordDocument"),
    "anh.png": png(8, 8),
    "bc.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    "bc.rtf": b"{\\rtf1\\ansi BAO CAO\\par}",
    "winmail.dat": b"\x78\x9f\x3e\x22" + bytes(60),
}
WHOLE = mail(files=tuple(FILES.items()), forwarded=(mail(files=(("a.docx", FILES["bc.docx"]),)),))


@st.composite
def damaged(draw: st.DrawFn, seeds: st.SearchStrategy[bytes]) -> bytes:
    """A seed with a few faults of the kinds disks, lines and attackers make."""
    octets = bytearray(draw(seeds))
    for _ in range(draw(st.integers(1, 5))):
        place, length = draw(st.integers(0, max(0, len(octets) - 1))), draw(st.integers(1, 64))
        match draw(st.sampled_from(("change", "cut", "double", "insert", "end"))):
            case "change":
                octets[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del octets[place : place + length]
            case "double":
                octets[place:place] = octets[place : place + length]
            case "insert":
                octets[place:place] = draw(st.binary(max_size=16))
            case _:
                del octets[place:]
    return bytes(octets)


bounded = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _read(octets: bytes) -> None:
    began = time.monotonic()
    message = read_message(octets, LIMITS)
    assert time.monotonic() - began < LONGEST
    assert all(isinstance(file.state, ReadState) for file in message.files)


@bounded
@given(damaged(st.just(WHOLE)) | st.binary(max_size=400))
@example(b"")
@example(b"\x00" * 100)
def test_any_octets_are_read_or_refused_by_name(octets: bytes) -> None:
    _read(octets)


@bounded
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_of_any_format_ends_in_a_state(name: str, data: st.DataObject) -> None:
    content = data.draw(damaged(st.just(FILES[name])))
    _read(mail(files=((name, content),)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(damaged(st.just(WHOLE[:1500])) | st.binary(max_size=300))
def test_any_head_gives_fields_addresses_and_dates_or_none(octets: bytes) -> None:
    fields = fields_of(octets)
    assert isinstance(first_text(fields, "subject"), str)
    assert all("@" in address for address in addresses_of(fields, "from"))
    for moment in (date_of(fields), arrival_from_received(octets)):
        assert moment is None or moment.tzinfo is not None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = read_number(text)
    assert found.value is None or found.value.is_finite()
