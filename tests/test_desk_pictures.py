from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.wording import Wording
from desk.picture_cache import PictureCache
from desk.pictures import (
    PageCount,
    Pictures,
    boxes_of,
    file_of,
    open_pictures,
    pieces_of,
    sentence_of,
    span_of,
)
from intake.documents import ReadState
from intake.extractors.interface import Limits
from intake.extractors.scan import is_installed
from intake.pictures import Box, MailText, NoPicture, PagePicture, PlacedCell, PlacedWord, Places
from intake.sandbox.pool import ReaderPool
from ledger.archive import Archive
from ledger.records import AttachmentRecord, MessageClass, MessageOutcome, MessageState, Method, Place
from tests import builders_pages as paper
from tests.builders import mail, zip_of
from tests.offices import address, figures, letter, make_office, note, report_mail

ROWS = paper.figures(9, seed=5)
LETTER = paper.letter(ROWS)
NAME = "a" * 64


def outcome_of(archive_id: str, *files: AttachmentRecord) -> MessageOutcome:
    moment = datetime(2023, 6, 1, tzinfo=UTC)
    return MessageOutcome(
        archive_id, "", "", "", "", moment, None, 1, MessageClass.REPORT, MessageState.BOOKED, (), {},
        attachments=files,
    )  # fmt: skip


def record(name: str, content: bytes, kind: str, path: tuple[str, ...] = ()) -> AttachmentRecord:
    return AttachmentRecord(name, path, kind, len(content), sha256(content).hexdigest(), ReadState.READ.value)


class Bench:
    """An archive with one mail, its pictures, and how often processes were started."""

    def __init__(self, folder: Path, octets: bytes) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive")
        self.archive.folder.mkdir()
        self.id = self.archive.keep(octets, datetime(2023, 6, 1, tzinfo=UTC), _Seen())
        self.started = 0
        self.pictures = self.opened()

    def opened(self) -> Pictures:
        return Pictures(self.archive, PictureCache(self.folder / "cache"), self._pool)

    def _pool(self) -> ReaderPool:
        self.started += 1
        return ReaderPool(1, Limits(seconds=120))


class _Seen:
    account, folder, uid_validity, uid, gmail_id, junk = "a", "INBOX", 1, 1, "", False


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    pdf = paper.printed(LETTER)
    made = Bench(tmp_path, mail(files=[("bc.zip", zip_of({"bc.pdf": pdf})), ("bc.docx", LETTER)]))
    yield made
    made.pictures.close()


def outcome_for(bench: Bench) -> MessageOutcome:
    pdf = record("bc.pdf", paper.printed(LETTER), "pdf", ("bc.zip",))
    return outcome_of(bench.id, pdf, record("bc.docx", LETTER, "docx"))


def page_of(pictures: Pictures, outcome: MessageOutcome, file: str, number: int) -> PagePicture:
    page = pictures.page(outcome, file, number)
    assert isinstance(page, PagePicture), page
    return page


# -- pages and marks -----------------------------------------------------------------------------------


def test_pages_are_drawn_once_and_come_from_the_cache_afterwards(bench: Bench) -> None:
    outcome = outcome_for(bench)
    file = outcome.attachments[0].sha256
    counted = bench.pictures.count(outcome, file)
    assert isinstance(counted, PageCount)
    drawn = [page_of(bench.pictures, outcome, file, number) for number in range(1, counted.count + 1)]
    again = bench.opened()
    assert again.count(outcome, file) == counted
    assert [page_of(again, outcome, file, page.number) for page in drawn] == drawn
    assert bench.started == 1


def test_deleting_the_cache_loses_nothing(bench: Bench) -> None:
    outcome = outcome_for(bench)
    file = outcome.attachments[1].sha256
    first = page_of(bench.pictures, outcome, file, 1)
    for path in (bench.folder / "cache").rglob("*.*"):
        path.unlink()
    assert page_of(bench.pictures, outcome, file, 1) == first


def test_a_spoiled_cache_is_drawn_anew(bench: Bench) -> None:
    outcome = outcome_for(bench)
    file = outcome.attachments[0].sha256
    first = page_of(bench.pictures, outcome, file, 1)
    for path in (bench.folder / "cache").rglob("*.*"):
        path.write_bytes(b"")
    assert page_of(bench.opened(), outcome, file, 1) == first


def test_a_page_beyond_the_last_is_not_there(bench: Bench) -> None:
    outcome = outcome_for(bench)
    file = outcome.attachments[0].sha256
    assert bench.pictures.page(outcome, file, 19) == NoPicture("not_there")
    assert bench.pictures.page(outcome, file, 0) == NoPicture("not_there")
    assert bench.pictures.page(outcome, "0" * 64, 1) == NoPicture("not_there")


@pytest.mark.parametrize(("file", "table"), [("bc.pdf", 2), ("bc.docx", 2)])
def test_the_mark_of_a_value_sits_on_its_figure_and_the_cut_out_shows_its_row(
    bench: Bench, file: str, table: int
) -> None:
    outcome = outcome_for(bench)
    text = ROWS[0][3]
    place = Place(file, f"bảng {table}, hàng 3, cột 4", text)
    [box] = marks_of(bench, outcome, place)
    found = file_of(outcome, place)
    assert found is not None
    page = page_of(bench.pictures, outcome, found.sha256, box.page)
    picture = Image.open(io.BytesIO(page.png)).convert("L")
    cell = np.asarray(picture.crop((box.x0 + 3, box.top + 3, box.x1 - 3, box.bottom - 3)))
    assert 0.002 < (cell < 128).mean() < 0.3
    piece = bench.pictures.cutout(outcome, place)
    assert isinstance(piece, PagePicture)
    assert piece.width > 4 * (box.x1 - box.x0)
    head = marks_of(bench, outcome, Place(file, f"bảng {table}, hàng 1, cột 4", paper.COLUMNS[3]))
    top = head[0].top if head else box.top  # of a Word file printed the head is not always found for certain
    assert 0 <= piece.height - (box.bottom - top) < 20


def placed(row: int, column: int, text: str, page: int = 1) -> PlacedCell:
    at = Box(page, 100 * column, 40 * row, 100 * column + 100, 40 * row + 40)
    return PlacedCell("1", row, column, "", text, at)


@pytest.mark.parametrize(
    ("heads", "pieces"),
    [
        (("Tổng số", "1", "7"), [(1, 0, 40), (1, 120, 160)]),  # a row that counts the columns names none
        (("Trong đó", "Nữ", "7"), [(1, 0, 80), (1, 120, 160)]),
        (("", "1", "7"), [(1, 0, 40), (1, 120, 160)]),  # not read: the eye may read it
        (("Trong đó", "Nữ", "Nữ"), [(1, 0, 160)]),  # right above its row
        (("12", "1", "7"), [(1, 120, 160)]),
    ],
)
def test_the_pieces_that_tell_a_figure_whole_are_the_head_of_its_column_and_its_row(
    heads: tuple[str, ...], pieces: list[tuple[int, int, int]]
) -> None:
    rows = (*heads, "410")
    cells = tuple(placed(row, column, text) for row, text in enumerate(rows) for column in (0, 1))
    [marked] = [cell for cell in cells if (cell.row, cell.column) == (3, 1)]
    found = pieces_of(Places(cells), (marked.box,))
    assert [(box.page, box.top, box.bottom) for box in found] == pieces
    assert {(box.x0, box.x1) for box in found} == {(0, 200)}


def test_the_head_of_a_column_may_stand_on_the_page_before() -> None:
    cells = (
        placed(0, 0, "Chỉ tiêu"),
        placed(0, 1, "Tổng số"),
        placed(1, 0, "Số vụ", 2),
        placed(1, 1, "4", 2),
    )
    assert [box.page for box in pieces_of(Places(cells), (cells[3].box,))] == [1, 2]


def marks_of(bench: Bench, outcome: MessageOutcome, place: Place) -> tuple[Box, ...]:
    found = bench.pictures.marks(outcome, place)
    assert not isinstance(found, NoPicture), found
    return found


def test_a_sentence_is_marked_line_by_line(bench: Bench) -> None:
    outcome = outcome_for(bench)
    paragraph = paper.PARAGRAPHS[2]
    sentence = paragraph[: paragraph.index("lượt nữ") + 7]
    number = 3 + 1 + 2  # after three lines of title, from 1
    boxes = marks_of(bench, outcome, Place("bc.pdf", f"đoạn {number}", sentence))
    assert len(boxes) > 1
    assert [box.top for box in boxes] == sorted(box.top for box in boxes)
    assert isinstance(
        bench.pictures.cutout(outcome, Place("bc.pdf", f"đoạn {number}", sentence)), PagePicture
    )


def test_no_mark_where_another_text_stands_or_nothing_is_known(bench: Bench) -> None:
    outcome = outcome_for(bench)
    assert marks_of(bench, outcome, Place("bc.pdf", "bảng 2, hàng 3, cột 4", "999999")) == ()
    assert marks_of(bench, outcome, Place("bc.pdf", "bảng 9, hàng 3, cột 4", "1")) == ()
    assert marks_of(bench, outcome, Place("khac.pdf", "bảng 2, hàng 3, cột 4", "1")) == ()
    assert bench.pictures.cutout(outcome, Place("bc.pdf", "bảng 9, hàng 1, cột 1")) == NoPicture("no_mark")


def test_two_who_ask_at_once_draw_once(bench: Bench) -> None:
    outcome = outcome_for(bench)
    file = outcome.attachments[1].sha256
    found: list[PagePicture | NoPicture] = []
    threads = [
        threading.Thread(target=lambda: found.append(bench.pictures.page(outcome, file, 1))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({page.png for page in found if isinstance(page, PagePicture)}) == 1
    assert bench.started == 1


def test_a_file_that_cannot_be_drawn_is_not_tried_again_and_has_a_sentence(tmp_path: Path) -> None:
    broken = b"%PDF-1.7\nhong\n%%EOF\n"
    bench = Bench(tmp_path, mail(files=[("a.pdf", broken)]))
    outcome = outcome_of(bench.id, record("a.pdf", broken, "pdf"))
    first = bench.pictures.count(outcome, outcome.attachments[0].sha256)
    assert isinstance(first, NoPicture)
    assert bench.pictures.count(outcome, outcome.attachments[0].sha256) is first
    assert sentence_of(first, Wording("vi")) == "Tệp bị hỏng, không hiển thị được. Đề nghị đơn vị gửi lại."
    bench.pictures.close()


@pytest.mark.parametrize(
    ("name", "octets", "reason"),
    [("bao cao.docx", b"PK\x03\x04 cut off", "damaged"), ("ca hai.zip", zip_of({"a.txt": b"a"}), "not_yet")],
)
def test_a_container_says_why_it_has_no_pages_and_can_be_saved(
    tmp_path: Path, name: str, octets: bytes, reason: str
) -> None:
    bench = Bench(tmp_path, mail(files=[(name, octets)]))
    outcome = outcome_of(bench.id, record(name, octets, "zip"))
    file = outcome.attachments[0].sha256
    assert bench.pictures.count(outcome, file) == NoPicture(reason)
    assert bench.pictures.original(outcome, file) == octets
    bench.pictures.close()


def test_every_state_of_a_file_has_a_sentence_for_its_picture() -> None:
    ended = {state.value for state in ReadState} - {"read", "container", "decoration"}
    for language in ("vi", "en"):
        wording = Wording(language)
        assert all(wording.has(f"pictures.{reason}") for reason in ended | {"not_there", "no_mark"})
    assert sentence_of(NoPicture("never heard of"), Wording("en")).startswith("The file could not be shown")


def test_a_message_that_is_not_in_the_archive_is_not_there(bench: Bench) -> None:
    outcome = replace(outcome_for(bench), archive_id="0" * 64)
    found = bench.pictures.page(outcome, outcome.attachments[0].sha256, 1)
    assert isinstance(found, NoPicture)
    assert found.reason == "not_there"
    assert isinstance(bench.pictures.text("../../etc/passwd"), NoPicture)


# -- which file ----------------------------------------------------------------------------------------


def test_a_name_that_two_files_bear_speaks_of_neither() -> None:
    one, other = record("bc.pdf", b"1", "pdf", ("a.zip",)), record("bc.pdf", b"2", "pdf", ("b.zip",))
    assert file_of(outcome_of(NAME, one, other), Place("bc.pdf", "")) is None
    assert file_of(outcome_of(NAME, one, one), Place("bc.pdf", "")) == one


# -- pure places ---------------------------------------------------------------------------------------


def test_a_cell_is_marked_only_when_the_same_is_read_there() -> None:
    cell = PlacedCell("1", 1, 2, "", "1.234", Box(1, 0, 0, 9, 9))
    places = Places((cell,))
    assert boxes_of(places, Place("a", "bảng 1, hàng 2, cột 3", "1.234")) == (cell.box,)
    assert boxes_of(places, Place("a", "bảng 1, hàng 2, cột 3", "1.2345")) == ()
    assert boxes_of(Places((cell, cell)), Place("a", "bảng 1, hàng 2, cột 3", "1.234")) == ()
    assert boxes_of(places, Place("a", "sheet 1, ô C2", "1.234")) == ()


def test_a_sentence_that_stands_twice_in_its_paragraph_is_not_marked() -> None:
    words = [
        PlacedWord(1, text, Box(1, 10 * n, 0, 10 * n + 9, 9))
        for n, text in enumerate(("5", "nữ", ".", "5", "nữ"))
    ]
    assert boxes_of(Places((), tuple(words)), Place("a", "đoạn 1", "5 nữ")) == ()
    assert boxes_of(Places((), tuple(words)), Place("a", "đoạn 1", "5 nữ.")) == (Box(1, 0, 0, 29, 9),)


def test_a_value_typed_in_the_mail_is_found_in_its_text() -> None:
    text = MailText("Kính gửi\n\nĐã mở 3 lớp. Có 9 buổi.\nHết", "")
    assert span_of(text, Place("", "đoạn 3", "Có 9 buổi.")) == (23, 33)
    assert text.own[23:33] == "Có 9 buổi."
    assert span_of(text, Place("", "đoạn 3", "khác")) == (10, 33)
    assert span_of(text, Place("", "đoạn 9", "x")) is None
    assert span_of(text, Place("a.docx", "đoạn 3", "x")) is None


# -- the cache -----------------------------------------------------------------------------------------


def test_only_the_owner_reads_the_cache(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "cache")
    cache.put({f"{NAME}.1": b"x"})
    [file] = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache", file.parent, file)]
    assert modes == [0o700, 0o700, 0o600]


def test_what_was_used_least_lately_goes_first(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, most=3_500)
    for number in range(3):
        cache.put({f"{NAME}.{number}": bytes(1_000)})
        os.utime(tmp_path / NAME[:2] / f"{NAME}.{number}", (number, number))
    assert cache.get(f"{NAME}.0") is not None  # used now
    cache.put({f"{NAME}.9": bytes(1_000)})
    assert [cache.get(f"{NAME}.{number}") is None for number in (0, 1, 2, 9)] == [False, True, True, False]


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder should be")
    cache = PictureCache(tmp_path / "cache")
    cache.put({f"{NAME}.1": b"x"})
    assert cache.get(f"{NAME}.1") is None


def test_a_name_from_outside_never_becomes_a_path(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        PictureCache(tmp_path).get("../../etc/passwd")


# -- in an office --------------------------------------------------------------------------------------


def test_a_value_of_the_ledger_is_marked_and_its_mail_is_told(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    archive_id = office.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    office.take_in()
    with office.opened() as opened, open_pictures(opened) as pictures:
        outcome = opened.ledger.message(archive_id)
        assert outcome is not None
        values = [value for intent in outcome.submissions for value in intent.values]
        marked = [pictures.marks(outcome, value.place) for value in values]
        text = pictures.text(archive_id)
    assert values
    assert all(isinstance(boxes, tuple) and len(boxes) == 1 for boxes in marked)
    assert not isinstance(text, NoPicture)
    assert text.own
    assert stat.S_IMODE((office.home / "cache" / "pictures").stat().st_mode) == 0o700


def test_the_command_writes_pages_and_cut_outs(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    archive_id = office.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    office.take_in()
    views = office.listed("picture", archive_id[:8], "--to", str(tmp_path / "anh"))
    assert {view["path"] for view in views} == {str(path) for path in (tmp_path / "anh").iterdir()}
    assert ("bao cao.docx", 1) in {(view["file"], view["page"]) for view in views}
    assert {"B1", "B6"} <= {view["indicator"] for view in views}
    assert all(Image.open(view["path"]).format == "PNG" for view in views)
    office.run("picture", "khong-co", code=6)


@pytest.mark.skipif(not is_installed(), reason="Tesseract with Vietnamese is not installed")
def test_every_figure_recognised_in_a_scan_is_shown_with_its_piece_of_the_picture(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    pages = paper.pages(paper.printed(paper.ruled(letter("binh-minh", figures(1)))))
    scan = paper.scan_pdf([paper.scanned(page, skew=1.2, noise=2) for page in pages])
    mailed = note(
        address("binh-minh"), "Báo cáo bình đẳng giới 6 tháng đầu năm 2023", "Gửi", ("bc.pdf", scan)
    )
    archive_id = office.deliver(mailed, "2023-06-01T08:00")
    office.take_in()
    with office.opened() as opened, open_pictures(opened) as pictures:
        outcome = opened.ledger.message(archive_id)
        assert outcome is not None
        values = [value for intent in outcome.submissions for value in intent.values]
        assert {value.method for value in values} == {Method.OCR}
        marks = [pictures.marks(outcome, value.place) for value in values]
        pieces = [pictures.cutout(outcome, value.place) for value in values]
    assert len(values) >= 6
    assert all(isinstance(boxes, tuple) and len(boxes) == 1 for boxes in marks)
    assert all(isinstance(piece, PagePicture) and piece.width > piece.height for piece in pieces)
    # Figures of one row share a piece, figures of two rows do not.
    rows = {value.place.where.rpartition(",")[0] for value in values}
    assert len({piece.png for piece in pieces if isinstance(piece, PagePicture)}) == len(rows)
