"""Scans and photos of reports made here, read by the real Tesseract; shares as measured, less a margin."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from config.wording import Wording
from intake.documents import Cell, Document, FileKind, ReadState, Table
from intake.errors import DamagedFileError, FileTooLargeError, NotReadYetError
from intake.evidence.letterhead import read_letterhead
from intake.extractors import scan
from intake.extractors.interface import Budget, Limits
from intake.extractors.page_images import frames
from intake.extractors.page_lines import Word
from intake.extractors.page_paper import skew, without_colour
from intake.extractors.page_sheet import Cutting, Sheet, prepared
from intake.extractors.pdf import extract_pdf
from intake.extractors.scan import (
    ReadingOverranError,
    _CellText,
    _Votes,
    extract_image,
    is_recognised,
    read_pages,
)
from intake.mail.files import read_message
from intake.mail.messages import ReadMessage
from intake.sandbox.pool import ReaderPool
from intake.sandbox.wire import packed, unpacked
from tests import builders_pages as paper
from tests.builders import docx as written_docx
from tests.builders import mail, png

#: `grid_page("1.247")` as a telephone held sideways writes it: encoded by pillow-heif, orientation 6
HEIC = (Path(__file__).parent / "data" / "photo.heic").read_bytes()
ROWS = paper.figures(9, seed=5)

needs_tesseract = pytest.mark.skipif(not scan.is_installed(), reason="tesseract with vie is not installed")


def budget(seconds: float = 250.0) -> Budget:
    return Budget(Limits(), recognise_until=time.monotonic() + seconds)


@cache
def pages(font: str = "Liberation Serif") -> tuple[Image.Image, ...]:
    return tuple(paper.pages(paper.printed(paper.letter(ROWS, font=font, size=12))))


def scanned(font: str = "Liberation Serif") -> list[Image.Image]:
    """The report on paper: skewed, noisy, sealed over the signature of its last page."""
    *first, last = pages(font)
    sheets = [*first, paper.sealed(last, (0.6, 0.55))]
    return [paper.scanned(sheet, skew=1.4 - number, noise=8) for number, sheet in enumerate(sheets)]


@cache
def recognised() -> Document:
    return extract_pdf(paper.scan_pdf(scanned()), budget())


def annex(document: Document) -> dict[tuple[int, int], Cell]:
    [table] = [table for table in document.tables if table.columns == len(paper.COLUMNS)]
    return {(cell.row, cell.column): cell for cell in table.cells}


def told(cell: Cell) -> str:
    return " ".join(cell.text.split())


def expected() -> Iterator[tuple[int, int, str]]:
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            yield number + 2, column, text


# -- what is read ----------------------------------------------------------------------------------


@needs_tesseract
def test_the_text_of_a_scan_is_read_nearly_letter_by_letter() -> None:
    text = "\n".join([*paper.TITLE, *paper.PARAGRAPHS])
    read = "\n".join(paragraph.text for paragraph in recognised().paragraphs)
    wrong = sum(1 for one, other in zip(text.split(), read.split(), strict=False) if one != other)
    assert len(read.split()) == len(text.split())
    assert wrong <= 0.03 * len(text.split())


@needs_tesseract
def test_the_cells_of_a_scanned_table_stand_where_they_were_drawn() -> None:
    found = annex(recognised())
    head = [(c.row, c.column, c.row_span, c.column_span) for c in found.values() if c.row < 2]
    assert head == [
        (0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 2, 1), (0, 3, 2, 1), (0, 4, 1, 2), (0, 6, 2, 1),
        (1, 4, 1, 1), (1, 5, 1, 1),
    ]  # fmt: skip
    right = sum(told(found[row, column]) == text for row, column, text in expected())
    assert right >= 0.93 * len(list(expected()))


@needs_tesseract
def test_no_figure_is_both_wrong_and_sure() -> None:
    found = annex(recognised())
    figures = [(found[row, column], text) for row, column, text in expected() if column in (3, 4, 5)]
    assert [(told(c), text) for c, text in figures if told(c) != text and c.confidence > 0] == []
    assert sum(told(c) == text for c, text in figures) >= 0.9 * len(figures)
    assert sum(c.confidence == 0 for c, _ in figures) <= 0.25 * len(figures)


@needs_tesseract
def test_blank_cells_stay_blank() -> None:
    found = annex(recognised())
    assert all(found[row, column].text == "" for row, column, text in expected() if not text)


@needs_tesseract
def test_the_frame_and_the_signature_under_a_seal_are_read() -> None:
    document = recognised()
    letter = read_letterhead(document)
    assert letter.issuer == "UBND XÃ ĐỒNG VÀNG"
    assert letter.number is not None
    texts = [*(one.text for one in document.paragraphs), *(c.text for t in document.tables for c in t.cells)]
    assert any("Hoàng Thị Mẫu" in text for text in texts)


@needs_tesseract
def test_whatever_was_recognised_says_so() -> None:
    document = recognised()
    assert is_recognised(document)
    assert all(0 <= paragraph.confidence <= 100 for paragraph in document.paragraphs)
    assert all(0 <= cell.confidence <= 100 for cell in annex(document).values())
    assert not is_recognised(extract_pdf(paper.printed(paper.letter()), Budget(Limits())))


@needs_tesseract
def test_photos_of_the_pages_are_one_document() -> None:
    photos = [paper.photographed(paper.scanned(page, skew=-2.0, noise=4)) for page in pages()]
    document = read_pages([paper.jpeg(photo, 55) for photo in photos])
    found = annex(document)
    assert is_recognised(document)
    assert [p.text for p in document.paragraphs[:3]] == list(paper.TITLE)
    figures = [(found[row, column], text) for row, column, text in expected() if column in (3, 4, 5)]
    assert [(told(c), text) for c, text in figures if told(c) != text and c.confidence > 0] == []


@needs_tesseract
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_or_upside_down_is_turned(turn: int) -> None:
    document = extract_image(paper.jpeg(pages()[0].rotate(turn, expand=True)), budget())
    assert "BÁO CÁO" in [paragraph.text for paragraph in document.paragraphs]


@needs_tesseract
def test_the_camera_tells_which_way_it_was_held() -> None:
    turned = pages()[0].rotate(90, expand=True)
    [image] = frames(paper.jpeg(turned, orientation=6), 1)
    assert image.height > image.width
    assert (
        np.abs(np.asarray(image, np.int16) - np.asarray(pages()[0].resize(image.size), np.int16)).mean() < 12
    )


@needs_tesseract
def test_a_damaged_text_layer_is_recognised_instead() -> None:
    # A word processor without the legacy font prints the codes as they are: what counts is the note.
    legacy = docx.Document()
    for _ in range(4):
        legacy.add_paragraph("B¸o c¸o kÕt qu¶ c«ng t¸c b×nh ®¼ng giíi, tæng sè 12 ng­êi tham gia tËp huÊn")
    octets = io.BytesIO()
    legacy.save(octets)
    document = extract_pdf(paper.printed(octets.getvalue()), budget())
    assert document.notes == ("bad_text_layer", "ocr")
    assert all(paragraph.confidence >= 0 for paragraph in document.paragraphs)


# -- doubts ----------------------------------------------------------------------------------------


def grid_page(written: str = "", colour: str = "black", shift: int = 0) -> Image.Image:
    """A page with a table of two by two and one thing in its last cell."""
    page = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype("DejaVuSerif.ttf", 52)
    for x in (400, 1200, 2000):
        draw.line([(x, 600), (x, 1000)], fill="black", width=4)
    for y in (600, 800, 1000):
        draw.line([(400, y), (2000, y)], fill="black", width=4)
    for at, text in (((450, 670), "Chỉ tiêu"), ((1300, 670), "Tổng số"), ((450, 870), "Số người")):
        draw.text(at, text, font=font, fill="black")
    draw.text((1300 + shift, 870), written, font=font, fill=colour)
    return page


def last_cell(page: Image.Image) -> Cell:
    [table] = extract_image(paper.jpeg(page, 90), budget()).tables
    return table.cells[-1]


@needs_tesseract
def test_a_figure_read_alike_by_both_models_is_sure_and_a_blank_is_blank() -> None:
    sure = last_cell(grid_page("1.247"))
    assert (sure.text, sure.confidence > 0) == ("1.247", True)
    assert (last_cell(grid_page()).text, last_cell(grid_page()).confidence) == ("", 100)


@needs_tesseract
def test_a_figure_written_with_a_blue_pen_is_doubtful_and_not_blank() -> None:
    assert last_cell(grid_page("25", colour="#2038b0")).confidence == 0


@needs_tesseract
def test_a_figure_that_runs_over_its_rule_is_doubtful() -> None:
    assert last_cell(grid_page("31.247", shift=-120)).confidence == 0


@needs_tesseract
def test_without_a_second_model_every_figure_is_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "models", lambda: frozenset({"vie"}))
    cell = last_cell(grid_page("1.247"))
    assert (cell.text, cell.confidence) == ("1.247", 0)


@pytest.mark.parametrize(
    ("read", "coloured", "cut", "confidence"),
    [
        pytest.param(None, False, False, 100, id="an empty cell is surely blank"),
        pytest.param(None, True, False, 0, id="ink of a pen that was taken out"),
        pytest.param(("12", 91), False, False, 91, id="print"),
        pytest.param(("12", 91), True, False, 0, id="print with a pen over it"),
        pytest.param(("12", 91), False, True, 0, id="ink over the edge"),
        pytest.param(("", 91), False, False, 0, id="ink that gave no text"),
    ],
)
def test_only_print_inside_its_cell_and_a_blank_are_sure(
    *, read: tuple[str, int] | None, coloured: bool, cut: bool, confidence: int
) -> None:
    grey = np.full((40, 90), 255, np.uint8)
    cutting = Cutting((1.0, 2.0, 3.0, 4.0), grey, inked=read is not None, coloured=coloured, cut=cut)
    box = scan._box(cutting, None if read is None else scan._CellText(*read))
    assert (box.text, box.confidence) == (read[0] if read else "", confidence)


VIE, ENG = "vie", "eng"


@pytest.mark.parametrize(
    ("first", "confidence", "second", "more", "outcome"),
    [
        pytest.param("1.247", 55, ("1.247", "1.247"), None, ("1.247", True), id="all read it alike"),
        pytest.param(
            "3ó", 80, ("36", "36"), None, ("36", True), id="a letter of the model's language for a six"
        ),
        pytest.param(
            "VÀ", 20, ("77", "77"), ("77", "77", "77", "7"), ("77", True), id="a word for two sevens"
        ),
        pytest.param(
            "hộ", 96, ("60", "60"), ("60", "60", "60", "60"), ("hộ", True), id="a word stays a word"
        ),
        pytest.param("x", 96, ("4", "4"), ("4", "4", "4", "4"), ("4", False), id="a cross is no figure"),
        pytest.param("8", 96, ("3", "8"), ("3", "3", "3", "8"), ("3", False), id="three against four"),
        pytest.param("8", 96, ("3", "3"), ("8", "8", "3", "3"), ("3", False), id="never by one model alone"),
        pytest.param("B", 20, ("8", "8"), ("", "", "8", "8"), ("8", False), id="nor by four of its readings"),
        pytest.param("2", 96, ("2", "2"), ("2", "2", "2", "2"), ("2", False), id="ink for two digits"),
        pytest.param(
            "27/94", 96, ("27194", "27/94"), ("27194",) * 4, ("27194", False), id="a stroke or a one"
        ),
    ],
)
def test_a_figure_is_sure_only_where_both_models_and_its_width_say_so(
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    confidence: int,
    second: tuple[str, str],
    more: tuple[str, str, str, str] | None,
    outcome: tuple[str, bool],
) -> None:
    readings: dict[tuple[str, tuple[str, ...]], tuple[str, ...] | None] = {
        (ENG, ("soft", "small")): second,
        (VIE, ("bold", "large")): more and more[:2],
        (ENG, ("large", "fine")): more and more[2:],
    }

    def told(cuttings: list[Cutting], model: str, ways: tuple[str, ...], _until: float) -> list[list[str]]:
        return [[text for _ in cuttings] for text in readings[model, ways] or ()] if cuttings else [[], []]

    monkeypatch.setattr(scan, "_readings", told)
    monkeypatch.setattr(scan, "models", lambda: frozenset({VIE, ENG}))
    monkeypatch.setattr(Cutting, "encloses", lambda *_: True)  # the ink below is a bar
    digits = sum(map(str.isdecimal, outcome[0])) + (outcome == ("2", False)) or 1
    grey = np.full((80, 400), 255, np.uint8)
    grey[20:60, 20 : 20 + round(40 * (0.75 * digits - 0.1))] = 0
    cutting = Cutting((0.0, 0.0, 400.0, 80.0), grey, inked=True, coloured=False)
    [read] = scan._figures([cutting], [scan._CellText(first, confidence)], 0.0)
    sure = read.confidence >= 60
    assert (read.text, sure) == outcome


def test_rules_are_found_though_dotted_or_faint_and_capital_letters_are_none() -> None:
    page = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(page)
    for y in (600, 800, 1000):
        draw.line([(400, y), (2000, y)], fill=(205, 205, 205), width=3)
    for x in (400, 1200, 2000):
        for y in range(600, 1000, 9):
            draw.line([(x, y), (x, y + 3)], fill="black", width=3)
    draw.text((450, 640), "DTTS", font=ImageFont.truetype("DejaVuSerif.ttf", 64), fill="black")
    [cells] = prepared(page).tables()
    assert [cell.inked for cell in cells] == [True, False, False, False]
    plain = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(plain).text((0, 0), "DTTS", font=ImageFont.truetype("DejaVuSerif.ttf", 64), fill=0)
    assert (cells[0].grey < 128).sum() > 0.95 * (np.asarray(plain) < 128).sum()


def test_letters_that_stand_below_each_other_are_no_rule() -> None:
    page = Image.new("RGB", (2480, 3508), "white")
    draw = ImageDraw.Draw(page)
    rows, columns = range(600, 1600, 66), (400, 1200, 2000)
    for y in rows:
        draw.line([(400, y), (2000, y)], fill="black", width=3)
        if y + 66 in rows:
            draw.rectangle((1500, y + 16, 1504, y + 50), fill="black")  # as the "i" of "người" in every row
    for x in columns:
        draw.line([(x, rows[0]), (x, rows[-1])], fill="black", width=3)
    [cells] = prepared(page).tables()
    assert len(cells) == (len(columns) - 1) * (len(rows) - 1)


def test_a_frame_around_a_table_is_none() -> None:
    """The edge of a sheet on a desk and the border of a page are drawn like rules."""
    page = grid_page("12")
    draw = ImageDraw.Draw(page)
    draw.rectangle((150, 200, 2300, 3300), outline="black", width=4)
    draw.line([(250, 200), (250, 3300)], fill="black", width=4)
    [cells] = prepared(page).tables()
    assert len(cells) == 4


def table_page(columns: Sequence[int] = (), rows: int = 6) -> Image.Image:
    """A small page with rules across and those down that are asked for, and one figure in each column."""
    page = Image.new("RGB", (1600, 800), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype("DejaVuSerif.ttf", 40)
    for number in range(rows + 1):
        draw.line([(200, 100 + 90 * number), (1400, 100 + 90 * number)], fill="black", width=4)
    for x in columns:
        draw.line([(x, 100), (x, 100 + 90 * rows)], fill="black", width=4)
    for number in range(rows):
        for x, text in ((220, f"Chỉ tiêu {'của xã ' * (number % 2)}{number}"), (850, "37"), (1150, "14")):
            draw.text((x, 118 + 90 * number), text, font=font, fill="black")
    return page


def cells_of(page: Image.Image) -> list[Cutting]:
    """The cells of all tables of a page that stands straight."""
    grey = np.asarray(page.convert("L"))
    return [cell for table in Sheet(grey, np.zeros(grey.shape, np.bool_)).tables() for cell in table]


@pytest.mark.parametrize("columns", [(750, 1050), (200, 750, 1050, 1400), (200, 750, 1050), ()])
def test_a_table_is_found_whatever_sides_and_columns_have_no_rule(columns: tuple[int, ...]) -> None:
    cells = cells_of(table_page(columns))
    assert len(cells) == 6 * 3
    assert all(cell.inked and not cell.cut for cell in cells)


def test_a_column_without_rules_that_holds_its_head_alone_is_one() -> None:
    page = table_page()
    font = ImageFont.truetype("DejaVuSerif.ttf", 40)
    ImageDraw.Draw(page).text((1270, 118), "Chú", font=font, fill="black")
    assert len(cells_of(page)) == 6 * 4


def test_a_row_that_runs_over_columns_without_rules_is_one_cell() -> None:
    page = table_page()
    ImageDraw.Draw(page).rectangle((210, 290, 1390, 360), fill="white")
    font = ImageFont.truetype("DejaVuSerif.ttf", 40)
    ImageDraw.Draw(page).text(
        (220, 298), "I. Một lĩnh vực có tên dài hơn cả cột chỉ tiêu", font=font, fill="black"
    )
    cells = cells_of(page)
    assert len(cells) == 6 * 3 - 1  # it ends before the last column
    assert not any(cell.cut for cell in cells)


def test_a_few_lines_to_write_on_are_no_table() -> None:
    assert cells_of(table_page(rows=2)) == []
    page = Image.new("RGB", (1600, 800), "white")
    for y in range(100, 700, 90):
        ImageDraw.Draw(page).line([(200, y), (1400, y)], fill="black", width=4)
    assert cells_of(page) == []


def test_a_short_piece_of_a_faint_rule_is_found_where_the_rule_stands_further_on() -> None:
    page = Image.new("RGB", (1600, 800), "white")
    draw = ImageDraw.Draw(page)
    for y in (100, 200, 300, 700):
        draw.line([(200, y), (1400, y)], fill="black", width=4)
    for x in (200, 1400):
        draw.line([(x, 100), (x, 700)], fill="black", width=4)
    for top, bottom in ((102, 199), (302, 699)):  # and none through the second row
        draw.line([(800, top), (800, bottom)], fill=(205, 205, 205), width=3)
    assert [round(cell.bounds[0], -1) for cell in cells_of(page)] == [200, 800, 200, 200, 800]


def test_letters_that_cross_where_a_faint_rule_would_go_on_are_no_piece_of_it() -> None:
    page = Image.new("RGB", (1600, 800), "white")
    draw = ImageDraw.Draw(page)
    for y in (100, 160, 300, 700):
        draw.line([(200, y), (1400, y)], fill="black", width=4)
    for x in (200, 1400):
        draw.line([(x, 100), (x, 700)], fill="black", width=4)
    draw.line([(800, 162), (800, 699)], fill=(205, 205, 205), width=3)
    font = ImageFont.truetype("DejaVuSerif-Bold.ttf", 44)
    for by in range(-16, 17, 2):  # wherever its letters stand over the rule
        head = page.copy()
        ImageDraw.Draw(head).text((800 + by, 130), "Trong đó", font=font, fill="black", anchor="mm")
        assert len(cells_of(head)) == 5


def test_edges_that_run_over_a_table_take_nothing_of_it() -> None:
    page = table_page(columns=(200, 750, 1050, 1400))
    draw = ImageDraw.Draw(page)
    for x in (1230, 1500):
        draw.line([(x, 20), (x, 780)], fill="black", width=3)
    for y in (20, 60, 780):
        draw.line([(1230, y), (1500, y)], fill="black", width=3)
    cells = cells_of(page)
    assert len([cell for cell in cells if cell.bounds[3] - cell.bounds[1] < 100]) >= 6 * 3


@pytest.mark.parametrize("width", [40, 300])
def test_the_dark_lid_around_a_sheet_is_taken_for_paper(width: int) -> None:
    page = table_page(columns=(200, 750, 1050, 1400))
    lid = Image.new("RGB", (1600 + 2 * width, 800 + 2 * width), (15, 15, 18))
    lid.paste(page, (width, width))
    grey, _ = without_colour(lid)
    inside = grey[width:-width, width:-width].copy()
    grey[width:-width, width:-width] = 255
    assert (grey > 240).all()
    assert ((inside < 100) == (np.asarray(page.convert("L")) < 100)).mean() > 0.999


def test_pale_ink_is_made_as_dark_as_print_and_paper_stays_white() -> None:
    page = table_page(columns=(200, 750, 1050, 1400))
    pale = page.point(lambda level: 235 - (255 - level) * 65 // 255)
    grey, _ = without_colour(pale)
    print_, _ = without_colour(page)
    assert (grey[print_ < 60] < 110).mean() > 0.95
    assert (grey[print_ > 250] > 240).mean() > 0.99
    assert (without_colour(Image.new("RGB", (1600, 800), (228, 228, 228)))[0] > 240).all()


def test_print_is_left_as_it_is_however_much_of_a_photo_is_grey() -> None:
    page = table_page(columns=(200, 750, 1050, 1400))
    speckled = np.asarray(page).copy()
    speckled[600:] = np.where(np.arange(1600)[None, :, None] % 8 < 4, 190, 255)
    beside, _ = without_colour(Image.fromarray(speckled))
    alone, _ = without_colour(page)
    assert (np.abs(beside[:560].astype(int) - alone[:560]) <= 2).all()


def test_a_word_read_badly_is_read_once_more_and_the_better_reading_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = iter([[_CellText("Tổn Sâ5", 0), _CellText("Nữ", 96)], [_CellText("Tổng số", 97)]])
    asked: list[int] = []

    def read(pictures: Iterable[Any], _mode: str, _until: float) -> list[Any]:
        asked.append(len(list(pictures)))
        return next(told)

    monkeypatch.setattr(scan, "_cell_texts", read)
    grey = np.full((60, 120), 255, np.uint8)
    cells = [Cutting((0, 0, 120, 60), grey, inked=True, coloured=False)] * 2
    assert [one.text for one in scan._words_of(cells, "7", 0.0)] == ["Tổng số", "Nữ"]
    assert asked == [2, 1]


# -- pictures --------------------------------------------------------------------------------------


def test_seal_and_pen_vanish_and_print_under_them_stays() -> None:
    page = pages()[0]
    grey, coloured = without_colour(paper.sealed(page, (0.5, 0.3)))
    plain, _ = without_colour(page)
    assert coloured.sum() > 10_000
    assert ((grey < 128) & (plain > 200)).sum() < 400
    assert ((grey < 128) & (plain < 128)).sum() > 0.97 * (plain < 128).sum()


@pytest.mark.parametrize("angle", [-4.0, -0.7, 0.0, 1.3, 5.5])
def test_skew_is_measured_to_a_tenth_of_a_degree(angle: float) -> None:
    grey, _ = without_colour(paper.scanned(pages()[0], skew=angle))
    assert abs(skew(grey) + angle) < 0.11


def test_a_table_photographed_aslant_is_set_upright() -> None:
    page = grid_page("12")
    width, height = page.size
    quad = (60, 0, 0, height, width, height - 90, width - 60, 70)
    aslant = page.transform(
        page.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor="white"
    )
    [cells] = prepared(aslant).tables()
    assert len(cells) == 4
    assert not any(cell.cut for cell in cells)


# -- limits ----------------------------------------------------------------------------------------


def test_recognition_is_off_unless_it_is_asked_for() -> None:
    photo = paper.jpeg(pages()[0])
    with pytest.raises(NotReadYetError):
        extract_image(photo, Budget(Limits()))
    [file] = read_message(mail(files=[("anh.jpg", photo)]), Limits()).files
    assert (file.kind, file.state, file.document) == (FileKind.IMAGE, ReadState.NOT_YET, None)


def test_without_tesseract_pictures_are_left_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "models", frozenset[str])
    with pytest.raises(NotReadYetError):
        extract_image(paper.jpeg(pages()[0]), budget())


@needs_tesseract
def test_recognition_ends_when_its_time_is_up() -> None:
    start = time.monotonic()
    with pytest.raises(ReadingOverranError):
        extract_image(paper.jpeg(pages()[0]), budget(0.5))
    assert time.monotonic() - start < 20


@needs_tesseract
def test_more_pages_than_are_recognised_end_as_too_large() -> None:
    with pytest.raises(FileTooLargeError):
        read_pages([b""] * 51)


@needs_tesseract
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(FileTooLargeError):
        extract_image(png(9_000, 9_000), budget())


@needs_tesseract
@pytest.mark.parametrize("content", [png(1600, 1200)[:-20], b"\xff\xd8\xff\xe0" + bytes(500)])
def test_a_broken_picture_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedFileError):
        extract_image(content, budget())


def test_a_photo_of_a_telephone_is_decoded_upright() -> None:
    [page] = frames(HEIC, 1)
    assert page.size == (2480, 3508)
    ink = np.argwhere(np.asarray(page.convert("L")) < 100)
    assert ink.min(axis=0).tolist() == pytest.approx([600, 400], abs=4)


@needs_tesseract
def test_a_photo_of_a_telephone_is_read_in_a_confined_process() -> None:
    limits = Limits(seconds=120.0, recognition=100.0)
    with ReaderPool(1, limits) as pool:
        [(_, message)] = pool.read([("m", mail(files=[("IMG_0071.HEIC", HEIC)]))])
    assert isinstance(message, ReadMessage)
    [file] = message.files
    assert (file.kind, file.state, file.detail) == (FileKind.IMAGE, ReadState.READ, "")
    assert file.document is not None
    assert [cell.text for cell in file.document.tables[0].cells] == [
        "Chỉ tiêu", "Tổng số", "Số người", "1.247",
    ]  # fmt: skip


def test_a_photo_packed_in_a_way_not_read_here_is_not_called_damaged() -> None:
    with pytest.raises(NotReadYetError):
        list(frames(HEIC.replace(b"hvc1", b"av01").replace(b"hvcC", b"av1C"), 1))


@pytest.mark.parametrize("content", [HEIC[:5000], HEIC[:200], b"\0\0\0\x18ftypheic" + bytes(64)])
def test_a_broken_photo_of_a_telephone_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedFileError):
        list(frames(content, 1))


@pytest.mark.parametrize("side", [9_000, 20_000])
def test_a_photo_that_claims_too_many_pixels_is_not_decoded(side: int) -> None:
    at = HEIC.index(b"ispe") + 8
    with pytest.raises(FileTooLargeError):
        list(frames(HEIC[:at] + side.to_bytes(4, "big") * 2 + HEIC[at + 8 :], 1))


@needs_tesseract
def test_a_blank_page_is_an_empty_document() -> None:
    octets = io.BytesIO()
    Image.new("RGB", (1700, 2300), "white").save(octets, "PNG")
    document = extract_image(octets.getvalue(), budget())
    assert (document.blocks, document.notes) == ((), ("ocr",))


@needs_tesseract
@pytest.mark.parametrize("ends", ["ulimit -d 25000; exec /usr/bin/tesseract", "kill -KILL $$;"])
def test_a_scan_for_which_memory_is_wanting_is_named_and_never_read_as_blank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """Tesseract itself goes on without memory, and calls the page empty; or the system kills it."""
    program = tmp_path / "tesseract"
    program.write_text(f'#!/bin/sh\n{ends} "$@"\n')
    program.chmod(0o700)
    photo, letter = paper.jpeg(grid_page("1.247"), 85), written_docx("BÁO CÁO")
    with monkeypatch.context() as patched:
        patched.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        octets = mail(files=[("anh.jpg", photo), ("bc.docx", letter)])
        files = read_message(octets, Limits(seconds=120.0, recognition=100.0)).files
    assert [(file.name, file.state) for file in files] == [
        ("anh.jpg", ReadState.OVERRAN),
        ("bc.docx", ReadState.READ),
    ]
    assert "bộ nhớ" in Wording()("reasons.file_overran")


@needs_tesseract
def test_a_confined_reading_process_recognises_a_scan() -> None:
    content = mail(files=[("anh.jpg", paper.jpeg(grid_page("1.247"), 85))])
    limits = Limits(seconds=120.0, recognition=100.0)
    with ReaderPool(1, limits) as pool:
        [(_, message)] = pool.read([("m", content)])
    assert isinstance(message, ReadMessage)
    [file] = message.files
    assert (file.state, file.detail) == (ReadState.READ, "")
    assert file.document is not None
    [table] = file.document.tables
    assert isinstance(table, Table)
    assert table.cells[-1].text == "1.247"
    assert unpacked(packed(message)) == message


@needs_tesseract
def test_a_page_taken_for_upside_down_is_tried_upright_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_is_upright", lambda _words: False)
    monkeypatch.setattr(scan, "turn_of", lambda *_: 180)
    document = extract_image(paper.jpeg(pages()[0]), budget())
    assert "BÁO CÁO" in [paragraph.text for paragraph in document.paragraphs]


@pytest.mark.parametrize(
    ("confidences", "upright"), [([95] * 12, True), ([95] * 11, False), ([95] * 6 + [40] * 8, False)]
)
def test_only_a_page_read_well_tells_by_itself_that_it_stands_upright(
    confidences: list[int], upright: bool
) -> None:
    words = [Word("chữ", 0, 30, 0, 20, confidence=confidence) for confidence in confidences]
    assert scan._is_upright(words) is upright


@needs_tesseract
def test_no_second_look_is_taken_at_a_page_that_reads_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> int:
        raise AssertionError

    monkeypatch.setattr(scan, "turn_of", look)
    assert extract_image(paper.jpeg(pages()[0]), budget()).paragraphs


@pytest.mark.parametrize(
    ("written", "read", "encloses"),
    [("3", "8", False), ("8", "8", True), ("8", "3", False), ("4.096", "4.096", True), ("1", "7", True),
     ("60", "68", False), ("1.725", "1.725", True)],
)  # fmt: skip
def test_a_figure_encloses_as_many_blanks_as_what_was_read_of_it(
    written: str, read: str, encloses: bool
) -> None:
    """Tesseract read a clear 3 as 8 three times of three, by both its models."""
    [cuttings] = prepared(grid_page(written)).tables()
    assert cuttings[-1].encloses(read) is encloses


def test_what_the_shape_of_a_figure_speaks_against_nearly_all_readings_must_say() -> None:
    cutting = prepared(grid_page("3")).tables()[0][-1]
    first = _CellText("8", 96)
    assert not _Votes(cutting, "8", ["8", "8"]).is_unanimous
    assert _Votes(cutting, "8", ["8", "8", "3", "8"], ["8", "3"]).outcome(first).confidence == 0
    assert _Votes(cutting, "3", ["3", "3", "8", "3"], ["3", "8"]).outcome(_CellText("3", 96)).text == "3"
    assert _Votes(cutting, "3", ["3", "3"]).is_unanimous
