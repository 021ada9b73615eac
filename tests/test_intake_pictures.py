from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from functools import cache
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from intake.documents import FileKind
from intake.extractors.docx import extract_docx
from intake.extractors.drawing import drawn
from intake.extractors.interface import Budget, Limits
from intake.extractors.page_sheet import prepared
from intake.extractors.pdf import extract_pdf, pdf_pages
from intake.extractors.scan import is_installed
from intake.extractors.straightening import Straightening, turned, turned_back
from intake.pictures import (
    LONGEST_SIDE,
    MOST_PAGES,
    Box,
    Drawn,
    NoPicture,
    PagePicture,
    PageRequest,
    is_sound,
    picture_of,
)
from intake.sandbox.pictures import cut_out, draw, mail_text
from intake.sandbox.pool import ReaderPool
from tests import builders_pages as paper
from tests.builders import docx, docx_of, mail, paragraph, png, raw_mail, xlsx, zip_of
from tests.test_intake_pdf import raw_pdf

ROWS = paper.figures(12, seed=21)
LETTER = paper.letter(ROWS)
BOOK = xlsx(
    {
        "Biểu 1": [
            ["BIỂU SỐ LIỆU"],
            ["STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ"],
            [1, "Số lao động", "người", 60, 30, 30],
            [2, "Số hộ nghèo", "hộ", 1234, None, 12],
            [3, "Số vụ", "vụ", 5, 2, 3],
        ],
        "Trống": [],
        "Biểu 2": [["Số vụ việc hòa giải", 17]],
    }
)
SKEW = -2.5
needs_tesseract = pytest.mark.skipif(not is_installed(), reason="Tesseract with Vietnamese is not installed")


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(1, Limits(seconds=200)) as opened:
        yield opened


def asked(
    pool: ReaderPool,
    name: str,
    content: bytes,
    *,
    places: bool = False,
    first: int = 1,
    count: int = MOST_PAGES,
) -> Drawn | NoPicture:
    request = PageRequest((digest(content),), first, count, places)
    return draw(pool, mail(files=[(name, content)]), request, 180)


def shown(pool: ReaderPool, name: str, content: bytes, *, places: bool = False) -> Drawn:
    answer = asked(pool, name, content, places=places)
    assert isinstance(answer, Drawn), answer
    return answer


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def image_of(page: PagePicture) -> Image.Image:
    return Image.open(io.BytesIO(page.png), formats=("PNG",))


def ink(page: PagePicture, box: Box) -> float:
    """Share of dark pixels inside a box, its rules left out."""
    inside = image_of(page).convert("L").crop((box.x0 + 3, box.top + 3, box.x1 - 3, box.bottom - 3))
    return float((np.asarray(inside) < 128).mean())


def cell_texts(answer: Drawn) -> dict[tuple[str, int, int], str]:
    assert answer.places is not None
    return {(cell.table, cell.row, cell.column): cell.text for cell in answer.places.cells}


@cache
def pdf_with(pages: int, size: tuple[float, float] = (595, 842)) -> bytes:
    images = [Image.new("L", (40, 40), "white")] * pages
    octets = io.BytesIO()
    images[0].save(octets, "PDF", save_all=True, append_images=images[1:])
    box = f"[ 0 0 {size[0]} {size[1]} ]".encode()
    return octets.getvalue() if size == (595, 842) else raw_pdf("").replace(b"[0 0 595 842]", box)


# -- pages ---------------------------------------------------------------------------------------------


def test_a_pdf_is_drawn_page_by_page(pool: ReaderPool) -> None:
    pdf = paper.printed(LETTER)
    whole = shown(pool, "bc.pdf", pdf)
    assert whole.count == len(whole.pages) > 1
    assert all(is_sound(page) for page in whole.pages)
    assert [page.width for page in whole.pages] == [909] * whole.count  # 210 mm at 110 dpi
    one = asked(pool, "bc.pdf", pdf, first=2, count=1)
    assert isinstance(one, Drawn)
    assert (one.count, one.pages) == (whole.count, whole.pages[1:2])


def test_a_word_file_is_drawn_like_its_print(pool: ReaderPool) -> None:
    printed = shown(pool, "bc.pdf", paper.printed(LETTER))
    word = shown(pool, "bc.docx", LETTER)
    assert word.count == printed.count
    one, other = (np.asarray(image_of(answer.pages[0]).convert("L"), np.int16) for answer in (word, printed))
    assert np.abs(one - other).mean() < 3


def test_each_sheet_is_one_page_and_an_empty_sheet_none(pool: ReaderPool) -> None:
    assert shown(pool, "b.xlsx", BOOK).count == 2


def test_a_sheet_too_long_for_one_picture_is_cut_into_strips_that_can_be_read(pool: ReaderPool) -> None:
    book = xlsx({"Dài": [[number, f"Mục {number}", number * 3] for number in range(1, 160)]})
    answer = shown(pool, "b.xlsx", book, places=True)
    assert answer.count > 1
    assert max(page.height for page in answer.pages) <= 2_000
    assert answer.places is not None
    # Every row is whole on one strip, those at the cut too.
    assert {cell.row for cell in answer.places.cells} == set(range(159))
    assert all(ink(answer.pages[cell.box.page - 1], cell.box) > 0 for cell in answer.places.cells)


def test_a_photo_is_turned_upright_and_its_seal_stays_red(pool: ReaderPool) -> None:
    page = paper.sealed(paper.pages(paper.printed(LETTER))[0], (0.7, 0.5))
    [picture] = shown(pool, "anh.jpg", paper.jpeg(page.rotate(90, expand=True), orientation=6)).pages
    assert picture.height > picture.width
    channels = np.asarray(image_of(picture).convert("RGB"), np.int16)
    assert (channels[..., 0] - channels[..., 1] > 90).sum() > 500


def test_a_file_in_a_zip_in_a_forwarded_mail_is_found(pool: ReaderPool) -> None:
    pdf = paper.printed(LETTER)
    inner = zip_of({"a/bao cao.zip": zip_of({"bc.pdf": pdf})})
    octets = mail(forwarded=[mail(files=[("bc.zip", inner)])])
    answer = draw(pool, octets, PageRequest((digest(pdf),), count=1))
    assert isinstance(answer, Drawn)
    assert len(answer.pages) == 1


def test_a_file_that_is_not_in_the_mail_is_not_there(pool: ReaderPool) -> None:
    assert draw(pool, mail(), PageRequest(("0" * 64,))) == NoPicture("not_there")


# -- places --------------------------------------------------------------------------------------------


def test_every_cell_of_a_pdf_is_placed_where_its_text_stands(pool: ReaderPool) -> None:
    pdf = paper.printed(LETTER)
    answer = shown(pool, "bc.pdf", pdf, places=True)
    assert answer.places is not None
    read = extract_pdf(pdf, Budget(Limits()))
    wanted = {
        (table.name, cell.row, cell.column): cell.text for table in read.tables[1:-1] for cell in table.cells
    }
    found = cell_texts(answer)
    assert {key: found[key] for key in wanted} == wanted
    placed = {(cell.table, cell.row, cell.column): cell.box for cell in answer.places.cells}
    filled = {key for key, text in wanted.items() if text}
    assert all(
        (ink(answer.pages[placed[key].page - 1], placed[key]) > 0.002) == (key in filled) for key in wanted
    )


def test_the_words_of_a_paragraph_are_placed(pool: ReaderPool) -> None:
    for name, content in (("bc.pdf", paper.printed(LETTER)), ("bc.docx", LETTER)):
        answer = shown(pool, name, content, places=True)
        assert answer.places is not None
        told = [word for word in answer.places.words if "560" in word.text]
        assert len(told) == 1
        inside = image_of(answer.pages[0]).convert("L")
        box = told[0].box
        assert (np.asarray(inside.crop((box.x0, box.top, box.x1, box.bottom))) < 128).mean() > 0.05


def test_a_figure_of_a_word_file_is_placed_as_in_its_print(pool: ReaderPool) -> None:
    word = shown(pool, "bc.docx", LETTER, places=True)
    printed = shown(pool, "bc.pdf", paper.printed(LETTER), places=True)
    assert word.places is not None
    assert printed.places is not None
    read = extract_docx(LETTER, Budget(Limits()))
    [annex] = [table for table in read.tables if table.columns == 7]
    ours = {(c.row, c.column): c for c in word.places.cells if c.table == annex.name}
    theirs = {(c.row, c.column): c for c in printed.places.cells if c.text and c.table == "2"}
    both = ours.keys() & theirs.keys()
    assert len(both) >= 5 * len(ROWS)
    assert {key: ours[key].box for key in both} == {key: theirs[key].box for key in both}
    assert all(ours[key].text.split() == theirs[key].text.split() for key in both)


def test_the_same_figure_twice_in_a_row_is_told_apart_by_its_column(pool: ReaderPool) -> None:
    answer = shown(pool, "b.xlsx", BOOK, places=True)
    assert answer.places is not None
    by_address = {cell.address: cell for cell in answer.places.cells if cell.table == "Biểu 1"}
    total, men, women = (by_address[f"{column}3"] for column in "DEF")
    assert (total.text, men.text, women.text) == ("60", "30", "30")
    assert total.box.x1 < men.box.x0 < men.box.x1 < women.box.x0
    assert {cell.address for cell in answer.places.cells if cell.table == "Biểu 2"} == {"A1", "B1"}


def test_rows_that_are_alike_are_not_marked_at_all(pool: ReaderPool) -> None:
    rows = [["Chỉ tiêu", "Số"], ["Số lao động", "30"], ["Số hộ nghèo", "7"], ["Số lao động", "30"]]
    answer = shown(pool, "bc.docx", docx("BÁO CÁO", rows), places=True)
    assert "Số hộ nghèo" in cell_texts(answer).values()
    assert "Số lao động" not in cell_texts(answer).values()


@needs_tesseract
def test_the_cells_of_a_skewed_scan_are_placed_where_they_were_read() -> None:
    pdf = paper.printed(LETTER)
    page = paper.scanned(paper.pages(pdf)[0], skew=SKEW, noise=3)
    scan = paper.jpeg(page.rotate(180))
    with ReaderPool(1, Limits(seconds=280, recognition=250)) as slow:
        answer = draw(slow, mail(files=[("a.jpg", scan)]), PageRequest((digest(scan),), places=True), 270)
    assert isinstance(answer, Drawn)
    assert answer.places is not None
    wanted = extract_pdf_places(pdf)
    cells = {(cell.row, cell.column): cell for cell in answer.places.cells if cell.text in wanted}
    width, height = answer.pages[0].width, answer.pages[0].height
    skewed = Straightening(width, height, angle=-SKEW)  # from the straight page to the skewed one
    assert len(cells) >= 4
    for cell in cells.values():
        x, y = skewed.origin(wanted[cell.text][0] * width, wanted[cell.text][1] * height)
        assert cell.box.x0 < x < cell.box.x1
        assert cell.box.top < y < cell.box.bottom


def extract_pdf_places(pdf: bytes) -> dict[str, tuple[float, float]]:
    """Where the middle of each long figure of the first page stands, in shares of the page."""
    [first, *_] = pdf_pages(pdf, Budget(Limits()))
    boxes = {(at.row, at.column): at.spot for table in first.tables for at in table.spots}
    return {
        cell.text: ((at.x0 + at.x1) / 2 / first.width, (at.top + at.bottom) / 2 / first.height)
        for table in first.tables
        for cell in table.table.cells
        if "." in cell.text and (at := boxes[cell.row, cell.column])
    }


# -- straightening -------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_point_of_the_straight_page_is_found_in_the_picture_as_it_came(turn: int) -> None:
    straight = Image.new("RGB", (1600, 2400), "white")
    for y in range(200, 2300, 150):
        straight.paste("black", (150, y, 1450, y + 4))
    for x in (150, 800, 1446):
        straight.paste("black", (x, 200, x + 4, 2304))
    came = straight.rotate(3.0, Image.Resampling.BICUBIC, fillcolor="white").rotate(turn, expand=True)
    sheet = prepared(came, turn)
    assert sheet.straightening is not None
    table = sheet.tables()[0]
    for cell in (table[0], table[-1]):
        u, v = sheet.straightening.origin(cell.bounds[0], cell.bounds[1])
        around = np.asarray(came.convert("L").crop((int(u) - 6, int(v) - 6, int(u) + 7, int(v) + 7)))
        assert around.min() < 128


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turning_there_and_back_is_where_one_was(turn: int) -> None:
    size = (200, 100) if turn in (0, 180) else (100, 200)
    x, y = turned(30 / 200, 80 / 100, turn)
    assert turned_back(x * size[0], y * size[1], turn, 200, 100) == pytest.approx((30, 80))


# -- cutting out ---------------------------------------------------------------------------------------


def test_a_piece_is_cut_out_with_a_margin_and_stays_on_the_page(pool: ReaderPool) -> None:
    page = shown(pool, "bc.pdf", paper.printed(LETTER)).pages[0]
    piece = cut_out(pool, page, (Box(1, 100, 200, 180, 240),))
    assert isinstance(piece, PagePicture)
    assert (piece.width, piece.height) == (92, 52)
    edge = cut_out(pool, page, (Box(1, 0, 0, 5_000, 20), Box(1, 0, 90, 40, 100)))
    assert isinstance(edge, PagePicture)
    assert (edge.width, edge.height) == (page.width, 26 + 22)


def test_what_is_no_picture_of_ours_is_refused() -> None:
    whole = png(300, 300)
    assert picture_of(whole, 1) == PagePicture(1, 300, 300, whole)
    assert picture_of(whole[:-4], 1) is None
    assert picture_of(png(5_000, 10), 1) is None
    assert picture_of(b"\xff\xd8" + whole, 1) is None


# -- the text of the mail ------------------------------------------------------------------------------


def test_the_text_of_a_mail_has_no_markup_and_nothing_unseen(pool: ReaderPool) -> None:
    body = (
        "<p>Kính gửi <b>Phòng</b></p><script>alert(1)</script><img src=x onerror=alert(2)><p>abc\u202efdp</p>"
    )
    page = b"<html><body><h1>Bieu</h1><script>steal()</script></body></html>"
    inner = raw_mail("Content-Type: text/html; charset=utf-8", body)
    octets = mail(text="Xin gửi", files=[("phu luc.html", page)], forwarded=[inner])
    text = mail_text(pool, octets)
    assert not isinstance(text, NoPicture)
    assert "Xin gửi" in text.whole
    assert "Kính gửi Phòng" in text.whole
    assert "abcfdp" in text.whole
    assert not any(word in text.whole + text.files[0][1] for word in ("<", "alert", "steal", "\u202e"))
    assert text.files == (("phu luc.html", "Bieu"),)


def test_lines_of_the_mail_keep_their_numbers(pool: ReaderPool) -> None:
    text = mail_text(pool, mail(text="một\n\nba\x07\nbốn\n> trích"))
    assert not isinstance(text, NoPicture)
    assert text.own.splitlines() == ["một", "", "ba", "bốn"]


def test_long_text_is_bounded() -> None:
    with ReaderPool(1, Limits(text_length=500)) as small:
        text = mail_text(small, mail(text="x y\n" * 1_000, files=[("a.txt", b"z \n" * 1_000)]))
    assert not isinstance(text, NoPicture)
    assert len(text.whole) <= 500
    assert sum(len(told) for _, told in text.files) <= 500


# -- hostile files -------------------------------------------------------------------------------------


def test_a_document_with_macros_and_a_linked_picture_is_drawn_and_calls_nobody(pool: ReaderPool) -> None:
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = server.getsockname()[1]
        ended = threading.Event()

        def listen() -> None:
            try:
                server.accept()
                calls.append("called")
            except OSError:
                pass
            ended.set()

        threading.Thread(target=listen, daemon=True).start()
        body = paragraph("BÁO CÁO") + (
            '<w:p><w:r><w:pict><v:shape style="width:100pt;height:100pt">'
            '<v:imagedata r:id="rId9"/></v:shape></w:pict></w:r></w:p>'
        )
        links = (
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            'relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/'
            f'2006/relationships/image" Target="http://127.0.0.1:{port}/a.png" TargetMode="External"/>'
            "</Relationships>"
        )
        content = docx_of(body, parts={"word/_rels/document.xml.rels": links}, macros=True)
        assert shown(pool, "bc.docm", content).count == 1
    assert calls == []


def test_a_pdf_with_javascript_is_only_drawn(pool: ReaderPool) -> None:
    action = "/OpenAction << /S /JavaScript /JS (app.alert\\('x'\\); while\\(1\\){}) >>"
    text = "BT /F 24 Tf 80 700 Td (Bao cao) Tj ET"
    answer = shown(pool, "bc.pdf", raw_pdf(text, extra=action))
    assert answer.count == 1
    assert b"JavaScript" not in answer.pages[0].png


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 3), (3, 14_400), (1e9, 1e9)])
def test_huge_pages_stay_within_the_limit_of_pixels(pool: ReaderPool, size: tuple[float, float]) -> None:
    answer = asked(pool, "bc.pdf", pdf_with(1, size))
    if isinstance(answer, Drawn):
        assert answer.count <= MOST_PAGES
        assert all(max(page.width, page.height) <= LONGEST_SIDE for page in answer.pages)


def test_of_many_pages_the_first_are_drawn_and_it_is_said(pool: ReaderPool) -> None:
    answer = asked(pool, "bc.pdf", pdf_with(300), first=19, count=9)
    assert isinstance(answer, Drawn)
    assert (answer.count, answer.cut, [page.number for page in answer.pages]) == (20, True, [19, 20])


def test_a_pixel_flood_is_refused_before_it_is_decoded(pool: ReaderPool) -> None:
    answer = asked(pool, "a.png", png(60_000, 60_000))
    assert isinstance(answer, NoPicture)
    assert answer.reason == "too_large"


def test_a_zip_of_zips_is_opened_no_deeper_than_for_reading(pool: ReaderPool) -> None:
    content = paper.printed(LETTER)
    nested = content
    for number in range(5):
        nested = zip_of({f"{number}.zip" if number else "bc.pdf": nested})
    answer = draw(pool, mail(files=[("a.zip", nested)]), PageRequest((digest(content),)))
    assert answer == NoPicture("not_there")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF-1.7\nnothing\n%%EOF\n", "damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"0" * 30_000, "damaged"),
        ("a.html", b"<html><script>alert(1)</script><p>x</p></html>", "not_yet"),
        ("a.txt", b"chi la chu\n" * 9, "not_yet"),
        ("a.exe", b"MZ\x90\x00" + b"\0" * 500, "refused"),
        ("a.docx", b"", "empty"),
    ],
)
def test_what_cannot_be_drawn_says_why(pool: ReaderPool, name: str, content: bytes, reason: str) -> None:
    answer = asked(pool, name, content)
    assert isinstance(answer, NoPicture)
    assert answer.reason == reason


def test_drawing_that_overruns_its_time_is_stopped_and_the_next_is_drawn(pool: ReaderPool) -> None:
    octets = mail(files=[("bc.docx", LETTER)])
    assert draw(pool, octets, PageRequest((digest(LETTER),)), 0.05) == NoPicture("overran", "time")
    assert shown(pool, "bc.pdf", paper.printed(LETTER)).count > 1


def test_without_libreoffice_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from intake.errors import ConverterMissingError
    from intake.extractors import office

    monkeypatch.setattr(office, "converter", lambda: None)
    with pytest.raises(ConverterMissingError):
        drawn([(FileKind.DOCX, LETTER)], PageRequest(("",)), Budget(Limits()))
