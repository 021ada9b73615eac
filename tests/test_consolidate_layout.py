"""The layout of Decree 30/2020: that documents keep it, that the checker sees what breaks it."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import pytest
from docx.enum.section import WD_ORIENT

from config.wording import Wording
from consolidate.writers import document_templates, docx_layout
from consolidate.writers.chase_letter import write_chase_letter
from consolidate.writers.document_templates import DocumentTemplates
from consolidate.writers.docx_layout import (
    BLANK,
    Head,
    Style,
    add_head,
    add_paragraph,
    new_document,
    printable,
    text_width,
)
from consolidate.writers.report import write_report
from tests import consolidated
from tests.decree30 import faults

if TYPE_CHECKING:
    from pathlib import Path

WORDS = Wording()


@pytest.fixture(scope="module")
def report() -> bytes:
    return write_report(consolidated.consolidation(), WORDS).content


@pytest.fixture(scope="module")
def letter() -> bytes:
    return write_chase_letter(consolidated.consolidation(), WORDS).content


def broken(content: bytes, old: str, new: str, part: str = "word/document.xml", count: int = 1) -> bytes:
    """The document with one passage of its XML replaced; the passage must be there."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(stream, "w") as changed:
        for name in package.namelist():
            data = package.read(name)
            if name == part:
                assert old.encode() in data
                data = data.decode().replace(old, new, count).encode()
            changed.writestr(name, data)
    return stream.getvalue()


def numbered_header(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return next(n for n in package.namelist() if "/header" in n and b"PAGE" in package.read(n))


def test_a_report_keeps_the_decree(report: bytes) -> None:
    assert faults(report) == []


def test_a_letter_keeps_the_decree(letter: bytes) -> None:
    assert faults(letter, "letter") == []


NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
BROKEN: dict[str, tuple[str, str, str]] = {
    "margin": ('w:left="1701"', 'w:left="1134"', "margin out of range: left"),
    "paper": ('w:h="16838"', 'w:h="15840"', "paper is not A4"),
    "title page": ("<w:titlePg/>", "", "page number shows on the first page"),
    "font": ('w:cs="Times New Roman"', 'w:cs="Arial"', "another font in word/document.xml"),
    "theme font": ("<w:rFonts ", '<w:rFonts w:asciiTheme="minorHAnsi" ', "theme font"),
    "nation": (NATION, NATION.title(), "Quốc hiệu is missing"),
    "motto": ("Độc lập - Tự do - Hạnh phúc", "Độc lập – Tự do – Hạnh phúc", "Tiêu ngữ is missing"),
    "number": ("/BC-UBND", "", "number line is not one of 13 points"),
    "date": (", ngày", "", "place and date are not one line in italics"),
    "type": (">BÁO CÁO<", ">Báo cáo<", "0 names of a type of document"),
    "end": ("./.", ".", "text does not end in ./."),
    "recipients": ("Nơi nhận:", "Gửi:", "no Nơi nhận"),
    "archive": ("- Lưu: ", "- ", "Nơi nhận does not end in Lưu"),
    "table header": ("<w:tblHeader/>", "", "table header is not repeated"),
    "layout by blanks": ("Tính đến ", "Tính đến  ", "blanks or tabs used for layout"),
    "line": ("<wps:wsp>", "<wps:txbx>", "2 line shapes"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_checker_sees_a_broken_rule(report: bytes, name: str) -> None:
    old, new, fault = BROKEN[name]
    content = broken(report, old, new)
    if name == "line":
        content = broken(content, "</wps:wsp>", "</wps:txbx>")
    assert any(found.startswith(fault) for found in faults(content)), faults(content)


def test_the_checker_sees_a_missing_page_number(report: bytes) -> None:
    content = broken(report, " PAGE ", " DATE ", numbered_header(report))
    assert "no page number in the top margin" in faults(content)


def test_the_checker_sees_text_that_is_not_justified(report: bytes) -> None:
    content = broken(report, '<w:jc w:val="both"/>', '<w:jc w:val="left"/>', count=30)
    assert any("paragraphs are laid out as text" in found for found in faults(content))


@pytest.mark.parametrize(
    ("text", "change", "fault"),
    [
        (NATION, ('<w:sz w:val="24"/>', '<w:sz w:val="28"/>'), "Quốc hiệu has the wrong size"),
        (NATION, ("<w:b/>", ""), "Quốc hiệu is not bold"),
        ("Độc lập - Tự do - Hạnh phúc", ('<w:sz w:val="26"/>', '<w:sz w:val="22"/>'), "Tiêu ngữ has"),
        ("- Như trên;", ('<w:sz w:val="22"/>', '<w:sz w:val="28"/>'), "items of Nơi nhận are not 11"),
        ("Nơi nhận:", ("<w:i/>", ""), "Nơi nhận: is not bold italic"),
        ("KT. CHỦ TỊCH", ("<w:b/>", ""), "signer is not bold"),
    ],
)
def test_the_checker_sees_wrong_letters(
    report: bytes, text: str, change: tuple[str, str], fault: str
) -> None:
    """Change the run that carries the text, and no other."""
    with zipfile.ZipFile(io.BytesIO(report)) as package:
        xml = package.read("word/document.xml").decode()
    run = next(r for r in re.findall(r"<w:r>.*?</w:r>", xml, re.DOTALL) if f">{text}<" in r)
    content = broken(report, run, run.replace(*change))
    assert any(found.startswith(fault) for found in faults(content)), faults(content)


def test_the_same_consolidation_gives_the_same_bytes(report: bytes) -> None:
    assert write_report(consolidated.consolidation(), Wording()).content == report


def test_what_is_kept_from_one_document_to_the_next_changes_no_octet(
    report: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert docx_layout._LAID_OUT
    assert document_templates._COMPILED._kept
    monkeypatch.setattr(docx_layout, "_LAID_OUT", {})
    monkeypatch.setattr(docx_layout, "_MOST_STYLES", 0)
    monkeypatch.setattr(document_templates, "_COMPILED", document_templates._Compiled())
    assert write_report(consolidated.consolidation(), WORDS).content == report


def test_a_template_that_was_changed_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "trial.txt"
    for text in ("Một", "Hai", "Một"):
        file.write_text(text, "utf-8")
        assert DocumentTemplates(tmp_path).sentence("trial.txt") == text
    file.write_text("{% if 1 %}\nBa\n{% endif %}", "utf-8")
    for by_line, text in ((True, "Ba\n"), (False, "\nBa\n")):
        environment = document_templates.text_environment("letter", tmp_path, by_line=by_line)
        assert environment.get_template("trial.txt").render() == text


def test_templates_that_are_tried_out_one_after_another_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_templates, "_MOST_COMPILED", 5)
    for number in range(8):
        (tmp_path / "trial.txt").write_text(f"{number}", "utf-8")
        assert DocumentTemplates(tmp_path).sentence("trial.txt") == f"{number}"
    assert len(document_templates._COMPILED._kept) <= 5


def test_bytes_carry_no_date_of_today(report: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(report)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-06-12T09:30:00Z" in package.read("docProps/core.xml")


def test_word_opens_what_was_written(report: bytes) -> None:
    document = docx.Document(io.BytesIO(report))
    assert [section.orientation for section in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]


def test_an_office_under_a_committee_stands_below_it_in_two_lines() -> None:
    document = new_document()
    head = Head("UBND HUYỆN BÌNH AN", ("PHÒNG KINH TẾ",), f"Số:{BLANK}/BC-KT", "Bình An", NATION, "Độc lập")
    add_head(document, head)
    left = document.tables[0].rows[0].cells[0].paragraphs
    assert [(p.text, p.runs[0].bold) for p in left[:2]] == [
        ("UBND HUYỆN BÌNH AN", None),
        ("PHÒNG KINH TẾ", True),
    ]


def test_text_that_word_cannot_hold_is_taken_out_and_nothing_else() -> None:
    document = new_document()
    add_paragraph(document, "Xã\x00 A\x0b và\ufffe xã B <&>", Style())
    assert document.paragraphs[0].text == "Xã A và xã B <&>"
    assert printable("Hòa") == "Hòa"


@pytest.fixture(scope="module")
def pdf(report: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(report, tmp_path_factory.mktemp("pdf"))


def rendered(content: bytes, folder: Path) -> Path:
    """The document as LibreOffice lays it out."""
    source = folder / "document.docx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / "document.pdf"


Word = tuple[str, float, float, float]


def words_of_first_page(pdf: Path) -> list[Word]:
    """Each word with its left, right and upper edge in points."""
    output = subprocess.run(
        ["pdftotext", "-bbox", "-l", "1", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>(.*?)</word>', output)
    return [(text, float(left), float(right), float(top)) for left, top, right, text in found]


def row_of(words: list[Word], last: str) -> list[Word]:
    """The words right of the middle of the head that stand on one line with the first such word.

    Letters that the font lacks are words of their own to pdftotext; a line is told by its height.
    """
    top = next(word[3] for word in words if word[0] == last)
    return [word for word in words if abs(word[3] - top) < 4 and word[1] > 250]


def joined(words: list[Word]) -> str:
    return "".join(word[0] for word in words)


def test_the_nation_stands_on_one_line(pdf: Path) -> None:
    assert joined(row_of(words_of_first_page(pdf), "NAM")) == NATION.replace(" ", "")


def test_the_line_below_the_motto_is_as_long_as_the_motto(pdf: Path) -> None:
    row = row_of(words_of_first_page(pdf), "phúc")
    printed = row[-1][2] - row[0][1]
    assert joined(row) == "Độclập-Tựdo-Hạnhphúc"
    assert text_width("Độc lập - Tự do - Hạnh phúc", 13) / 20 == pytest.approx(printed, rel=0.05)


def test_pages_but_the_first_carry_their_number(pdf: Path) -> None:
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    firsts = [page.strip().split("\n")[0].strip() for page in text.stdout.split("\f")]
    assert firsts[1:3] == ["2", "3"]
    assert not firsts[0].isdigit()


def test_a_longer_issuer_keeps_head_and_decree(tmp_path: Path) -> None:
    one = consolidated.consolidation()
    office = replace(
        one.regime.department,
        parent_authority="UBND huyện Thượng Ngàn",
        issuer="Phòng Lao động, Việc làm, Dân tộc và Tôn giáo huyện Thượng Ngàn",
        symbol="BC-LĐVLDTTG",
    )
    content = write_report(replace(one, regime=replace(one.regime, department=office)), WORDS).content
    assert faults(content) == []
    words = words_of_first_page(rendered(content, tmp_path))
    assert joined(row_of(words, "NAM")) == NATION.replace(" ", "")


def test_a_rule_is_a_third_to_a_half_of_its_text(report: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(report)) as package:
        xml = package.read("word/document.xml").decode()
    lengths = [int(length) / 635 for length in re.findall(r'<wp:extent cx="(\d+)"', xml)]
    subject = text_width("Kết quả công tác an toàn lao động và việc làm của lao động nữ", 14)
    assert lengths[0] == pytest.approx(0.4 * text_width("HUYỆN THƯỢNG NGÀN", 12), rel=0.01)
    assert subject / 3 <= lengths[2] <= subject / 2
