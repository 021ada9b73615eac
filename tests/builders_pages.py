"""Reports on paper for tests: written as Word, printed by LibreOffice, scanned or photographed by arithmetic.

Everything is invented. What was put in is known, so that what is read can be counted against it.
"""

from __future__ import annotations

import io
import random
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import docx
import numpy as np
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from PIL import Image, ImageDraw, ImageFilter
from pypdfium2 import PdfDocument

from tests.builders import zip_of

HEAD = (
    ("UBND HUYỆN TRÀ GIANG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("UBND XÃ ĐỒNG VÀNG", "Độc lập - Tự do - Hạnh phúc"),
    ("Số: 47/BC-UBND", "Đồng Vàng, ngày 02 tháng 6 năm 2031"),
)
TITLE = ("BÁO CÁO", "Kết quả thực hiện công tác bình đẳng giới", "6 tháng đầu năm 2031")
PARAGRAPHS = (
    (
        "Thực hiện Công văn số 118/LĐTBXH ngày 15/5/2031 của Phòng Lao động - Thương binh và Xã hội về việc "
        "báo cáo kết quả thực hiện công tác bình đẳng giới, Ủy ban nhân dân xã Đồng Vàng báo cáo như sau:"
    ),
    "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
    (
        "Ủy ban nhân dân xã đã ban hành 03 văn bản chỉ đạo, tổ chức 12 buổi tuyên truyền với 560 lượt người "
        "tham gia, trong đó có 310 lượt nữ. Các thôn, bản đã lồng ghép nội dung bình đẳng giới vào hương "
        "ước, quy ước và các buổi sinh hoạt cộng đồng ở cơ sở; ý thức của nhân dân được nâng lên rõ rệt."
    ),
    (
        "1. Công tác tuyên truyền được duy trì thường xuyên trên hệ thống truyền thanh của xã với 24 tin, "
        "bài và được cấp ủy, chính quyền quan tâm."
    ),
    "- Tổ chức tập huấn cho 45 cán bộ, trong đó nữ 21 người.",
    "II. KHÓ KHĂN, VƯỚNG MẮC",
    "Kinh phí còn hạn hẹp, cán bộ làm công tác bình đẳng giới phải kiêm nhiệm nhiều việc.",
)
COLUMNS = ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ", "Ghi chú")
INDICATORS = (
    ("Đại biểu Hội đồng nhân dân xã", "người"),
    ("Cán bộ, công chức được tập huấn về bình đẳng giới", "lượt người"),
    ("Số cuộc tuyên truyền, nói chuyện chuyên đề", "cuộc"),
    ("Lao động được tạo việc làm mới", "người"),
    ("Học sinh trung học cơ sở", "học sinh"),
    ("Số vụ bạo lực gia đình", "vụ"),
    ("Số hộ nghèo do phụ nữ làm chủ hộ", "hộ"),
    ("Kinh phí thực hiện", "triệu đồng"),
)
SIGNATURE = (
    ("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN"),
    ("- Phòng LĐ-TB&XH huyện;", "KT. CHỦ TỊCH"),
    ("- Lưu: VT.", "PHÓ CHỦ TỊCH"),
    ("", ""),
    ("", "Hoàng Thị Mẫu"),
)

Rows = tuple[tuple[str, ...], ...]


def figures(count: int, seed: int) -> Rows:
    """Rows of an annex: ordinal, label, measure, total, men, women, remark; some cells are blank."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        label, measure = INDICATORS[number % len(INDICATORS)]
        men, women = chance.randrange(3_000), chance.randrange(3_000)
        if measure == "triệu đồng":
            rows.append((str(number + 1), label, measure, f"{men // 10},{men % 10}", "", "", ""))
            continue
        numbers = (
            (dotted(men + women), dotted(men), dotted(women)) if chance.random() > 0.15 else ("0", "", "")
        )
        rows.append((str(number + 1), label, measure, *numbers, chance.choice(("", "", "Ước"))))
    return tuple(rows)


def dotted(number: int) -> str:
    """1234 as it is written in Vietnam."""
    return f"{number:,}".replace(",", ".")


def letter(
    rows: Rows = (), *, font: str = "DejaVu Serif", repeat: bool = True, indent: bool = True, size: int = 13
) -> bytes:
    """A report as a Word file: frame, text, an annex of `rows`, signature."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = font, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.space_after = Pt(0)
    _columns(document, HEAD)
    for line in TITLE:
        _centred(document, line)
    for text in PARAGRAPHS:
        _body(document, text, indent)
    if rows:
        _annex(document, rows, repeat)
    _columns(document, SIGNATURE)
    octets = io.BytesIO()
    document.save(octets)
    return octets.getvalue()


def _columns(document: docx.document.Document, lines: Sequence[tuple[str, str]]) -> None:
    table = document.add_table(1, 2)
    table.columns[0].width, table.columns[1].width = Cm(6.5), Cm(10)
    for number, cell in enumerate(table.rows[0].cells):
        cell.width = (Cm(6.5), Cm(10))[number]
        cell.text = "\n".join(line[number] for line in lines)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in cell.paragraphs[0].runs:
            run.font.size = Pt(11)


def _centred(document: docx.document.Document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = True
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _body(document: docx.document.Document, text: str, indent: bool) -> None:
    paragraph = document.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Cm(1.27) if indent else None
    paragraph.paragraph_format.space_after = Pt(0 if indent else 6)


def _annex(document: docx.document.Document, rows: Rows, repeat: bool) -> None:
    table = document.add_table(2, len(COLUMNS), style="Table Grid")
    top, below = table.rows
    for number, text in enumerate(COLUMNS):
        cell = top.cells[number]
        if text in ("Nam", "Nữ"):
            below.cells[number].text = text
        else:
            cell.text = text
            cell.merge(below.cells[number])
    top.cells[4].text = "Trong đó"
    top.cells[4].merge(top.cells[5])
    if repeat:
        for row in (top, below):
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for texts in rows:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for row in table.rows:
        for cell, width in zip(row.cells, (1.3, 5.2, 2.2, 2.0, 1.8, 1.8, 2.2), strict=True):
            cell.width = Cm(width)


@cache
def printed(document: bytes, extension: str = "docx") -> bytes:
    """The document as LibreOffice prints it to PDF."""
    with tempfile.TemporaryDirectory(prefix="tonghop-print-") as folder:
        path = Path(folder) / f"a.{extension}"
        path.write_bytes(document)
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return path.with_suffix(".pdf").read_bytes()


def pages(pdf: bytes, dpi: int = 300) -> list[Image.Image]:
    """The pages of a PDF as pictures."""
    with PdfDocument(pdf) as file:
        return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in file]


def sealed(page: Image.Image, at: tuple[float, float]) -> Image.Image:
    """The page with a red seal over a place given in shares of its size, and a signature in blue."""
    scale = page.width / 2480
    ink = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(ink)
    x, y, r = at[0] * page.width, at[1] * page.height, 210 * scale
    for inner, width in ((0, 9), (55, 5)):
        box = (x - r + inner * scale, y - r + inner * scale, x + r - inner * scale, y + r - inner * scale)
        draw.ellipse(box, outline=(214, 40, 52), width=max(2, round(width * scale)))
    draw.regular_polygon((x, y, r * 0.4), 5, fill=(214, 40, 52))
    points = [(x + (40 * i - 60) * scale, y + (90 * (-1) ** i + 20) * scale) for i in range(12)]
    draw.line(points, fill=(35, 52, 170), width=max(2, round(7 * scale)), joint="curve")
    return Image.fromarray(np.minimum(np.asarray(page), np.asarray(ink)))


def scanned(page: Image.Image, *, skew: float = 0.0, noise: float = 0.0, seed: int = 1) -> Image.Image:
    """The page as a scanner gives it: skewed, on grey paper, blurred and noisy."""
    turned = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor="white")
    grey = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32) * 0.9 + 18
    chance = np.random.default_rng(seed)
    grey += chance.normal(0, noise, grey.shape[:2])[..., None]
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def photographed(page: Image.Image) -> Image.Image:
    """The page as a telephone takes it: warm light that falls off to one side."""
    light = np.linspace(1.0, 0.62, page.width)[None, :, None] * np.array([1.0, 0.96, 0.86])
    return Image.fromarray((np.asarray(page) * light).astype(np.uint8))


def jpeg(page: Image.Image, quality: int = 60, orientation: int = 0) -> bytes:
    """The picture as JPEG, with an EXIF orientation where one is given."""
    octets = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    page.save(octets, "JPEG", quality=quality, exif=exif)
    return octets.getvalue()


def scan_pdf(images: Sequence[Image.Image], dpi: int = 300) -> bytes:
    """Pictures as the pages of a PDF, as office scanners write it."""
    octets = io.BytesIO()
    images[0].save(octets, "PDF", resolution=dpi, save_all=True, append_images=images[1:], quality=60)
    return octets.getvalue()


def ruled(document: bytes, words: Mapping[str, str] | None = None) -> bytes:
    """A Word file with rules drawn around all its cells, and other words in the place of some."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    body = parts["word/document.xml"].decode()
    for told, other in (words or {}).items():
        body = body.replace(f">{told}<", f">{other}<")
    borders = f"<w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr>"
    return zip_of(parts | {"word/document.xml": body.replace("<w:tblPr/>", borders)})
