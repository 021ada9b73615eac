"""A layout checker for Decree 30/2020/NĐ-CP, Appendix I, reading the XML of a .docx by itself.

It shares no code with the writers. `faults` gives one short English sentence for each rule broken;
an empty list is a document that văn thư can number. Formatting is resolved through the style of a
paragraph, its parents and the document defaults.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NS = {
    "w": _W,
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
}
_FONT = "Times New Roman"
_SCRIPTS = ("ascii", "hAnsi", "cs", "eastAsia")
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_TYPES = {"BÁO CÁO", "QUYẾT ĐỊNH", "KẾ HOẠCH", "THÔNG BÁO", "TỜ TRÌNH", "CHỈ THỊ"}
_MARGINS = {"top": (1134, 1417), "bottom": (1134, 1417), "left": (1701, 1984), "right": (850, 1134)}
_LONGEST_LINE = {"report": 3, "letter": 2}


def faults(content: bytes, kind: str = "report") -> list[str]:
    """What breaks the decree in a report ("report") or a công văn ("letter")."""
    return list(_Checked(content, kind).faults())


def w(name: str) -> str:
    return f"{{{_W}}}{name}"


class _Checked:
    def __init__(self, content: bytes, kind: str) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self.parts = {n: package.read(n) for n in package.namelist() if n.endswith(".xml")}
        self.kind = kind
        self.document: Any = etree.fromstring(self.parts["word/document.xml"])
        self.styles: Any = etree.fromstring(self.parts["word/styles.xml"])
        self.body: Any = self.document.find(w("body"))
        self.by_id = {s.get(w("styleId")): s for s in self.styles.iter(w("style"))}

    def faults(self) -> Iterator[str]:
        yield from self._pages()
        yield from self._page_number()
        yield from self._fonts()
        yield from self._head()
        yield from self._title()
        yield from self._rules()
        yield from self._text()
        yield from self._signature()
        yield from self._tables()
        yield from self._letters()

    # --- pages

    def _pages(self) -> Iterator[str]:
        sections = list(self.document.iter(w("sectPr")))
        for section in sections:
            size, margins = section.find(w("pgSz")), section.find(w("pgMar"))
            sides = sorted((int(size.get(w("w"))), int(size.get(w("h")))))
            if sides != [11906, 16838]:
                yield f"paper is not A4: {sides}"
            for side, (least, most) in _MARGINS.items():
                if not least <= int(margins.get(w(side))) <= most:
                    yield f"margin out of range: {side}"
        first = sections[0].find(w("pgSz"))
        if int(first.get(w("w"))) > int(first.get(w("h"))):
            yield "the document itself is not portrait"

    def _page_number(self) -> Iterator[str]:
        for section in self.document.iter(w("sectPr")):
            if section.find(w("titlePg")) is None:
                yield "page number shows on the first page"
        headers = [etree.fromstring(xml) for name, xml in self.parts.items() if "/header" in name]
        numbered = [p for header in headers for p in header.iter(w("p")) if _has_page_field(p)]
        if len(numbered) != 1:
            yield "no page number in the top margin"
            return
        if _value(numbered[0], "pPr/w:jc") != "center":
            yield "page number is not centred"
        if not all(26 <= self._size(numbered[0], run) <= 28 for run in numbered[0].iter(w("r"))):
            yield "page number is not 13 to 14 points"

    # --- fonts

    def _fonts(self) -> Iterator[str]:
        for name, xml in self.parts.items():
            root = etree.fromstring(xml)
            if any("Theme" in attribute for f in root.iter(w("rFonts")) for attribute in f.attrib):
                yield f"theme font in {name}"
            for fonts in root.iter(w("rFonts")):
                if any(fonts.get(w(script)) != _FONT for script in _SCRIPTS):
                    yield f"another font in {name}"
                    break
        if self.styles.find("w:docDefaults/w:rPrDefault/w:rPr/w:rFonts", _NS) is None:
            yield "document defaults name no font"

    # --- head and title

    def _head(self) -> Iterator[str]:
        cells = list(self._tables_of_body()[0].iter(w("tc"))) if self._tables_of_body() else []
        paragraphs = [p for cell in cells for p in cell.iter(w("p"))]
        yield from self._line(paragraphs, _NATION, (24, 26), "Quốc hiệu")
        yield from self._line(paragraphs, _MOTTO, (26, 28), "Tiêu ngữ")
        texts = [_text(p) for p in paragraphs]
        numbers = [p for p in paragraphs if re.match(r"Số:\s*\d*\s*/[A-ZĐ]+(-[A-ZĐ&]+)+$", _text(p))]
        if len(numbers) != 1 or not self._sized(numbers[0], 26, 26):
            yield "number line is not one of 13 points"
        dates = [p for p in paragraphs if re.search(r", ngày[\s\d]+tháng[\s\d]+năm \d{4}$", _text(p))]
        if len(dates) != 1 or not self._all(dates[0], "i") or not self._sized(dates[0], 26, 28):
            yield "place and date are not one line in italics"
        if not any(
            text.isupper() and self._all(p, "b")
            for p, text in zip(paragraphs, texts, strict=True)
            if text not in {_NATION, _MOTTO}
        ):
            yield "issuer is not in bold capitals"

    def _line(self, paragraphs: list[Any], text: str, sizes: tuple[int, int], name: str) -> Iterator[str]:
        found = [p for p in paragraphs if _text(p) == text]
        if len(found) != 1:
            yield f"{name} is missing"
        elif not self._all(found[0], "b"):
            yield f"{name} is not bold"
        elif not self._sized(found[0], *sizes):
            yield f"{name} has the wrong size"

    def _title(self) -> Iterator[str]:
        if self.kind == "letter":
            if not re.search(r"^V/v \S", "\n".join(map(_text, self.document.iter(w("p")))), re.MULTILINE):
                yield "letter has no V/v"
            return
        titles = [p for p in self.body.findall(w("p")) if _text(p) in _TYPES]
        if len(titles) != 1:
            yield f"{len(titles)} names of a type of document"
        elif not (self._all(titles[0], "b") and self._sized(titles[0], 26, 28) and _centred(titles[0])):
            yield "name of the type is not bold, centred, 13 to 14 points"

    def _rules(self) -> Iterator[str]:
        shapes = self.document.xpath(
            "count(//wps:wsp[not(ancestor::mc:Fallback)]) + count(//v:line[not(ancestor::mc:Fallback)])",
            namespaces=_NS,
        )
        if shapes != _LONGEST_LINE[self.kind]:
            yield f"{int(shapes)} line shapes"
        if any(u.get(w("val")) != "none" for u in self.document.iter(w("u"))):
            yield "underlined text in place of a line"

    # --- text

    def _main_paragraphs(self) -> list[Any]:
        """The body paragraphs outside tables, up to the signature table of the first section."""
        found: list[Any] = []
        for child in self.body:
            if child.tag == w("tbl") and "Nơi nhận:" in "".join(child.itertext()):
                break
            if child.tag == w("p") and _text(child):
                found.append(child)
        return found

    def _text(self) -> Iterator[str]:
        texts = self._main_paragraphs()
        if not texts or not _text(texts[-1]).endswith("./."):
            yield "text does not end in ./."
        body = [p for p in texts if not _centred(p) and not self._addressee(p)]
        good = [p for p in body if self._is_body(p)]
        if not body or len(good) < 0.95 * len(body):
            yield f"only {len(good)} of {len(body)} paragraphs are laid out as text"

    def _addressee(self, paragraph: Any) -> bool:
        left = paragraph.find("w:pPr/w:ind", _NS)
        return _text(paragraph) == "Kính gửi:" or (left is not None and int(left.get(w("left"), "0")) > 0)

    def _is_body(self, paragraph: Any) -> bool:
        indent, spacing = (paragraph.find(f"w:pPr/w:{name}", _NS) for name in ("ind", "spacing"))
        if indent is None or spacing is None:
            return False
        between = max(int(spacing.get(w(side), "0")) for side in ("before", "after"))
        return (
            _value(paragraph, "pPr/w:jc") == "both"
            and indent.get(w("firstLine")) in {"567", "720"}
            and between >= 120
            and 240 <= int(spacing.get(w("line"), "240")) <= 360
            and self._sized(paragraph, 26, 28)
        )

    # --- signature, tables, letters

    def _signature(self) -> Iterator[str]:
        table = next((t for t in self._tables_of_body() if "Nơi nhận:" in "".join(t.itertext())), None)
        if table is None:
            yield "no Nơi nhận"
            return
        left, right = (list(cell.iter(w("p"))) for cell in list(table.iter(w("tc")))[:2])
        if not (self._all(left[0], "b") and self._all(left[0], "i") and self._sized(left[0], 24, 24)):
            yield "Nơi nhận: is not bold italic of 12 points"
        if not all(self._sized(p, 22, 22) for p in left[1:]) or len(left) < 2:
            yield "items of Nơi nhận are not 11 points"
        if not re.match(r"- Lưu: .+\.$", _text(left[-1])):
            yield "Nơi nhận does not end in Lưu"
        signers = [p for p in right if _text(p).strip()]
        if not signers or not all(self._all(p, "b") and self._sized(p, 26, 28) for p in signers):
            yield "signer is not bold of 13 to 14 points"
        if not signers or not _text(signers[0]).isupper():
            yield "office of the signer is not in capitals"
        if table.find(".//w:cantSplit", _NS) is None:
            yield "signature may be torn"

    def _tables(self) -> Iterator[str]:
        for table in self._tables_of_body():
            bordered = table.find("w:tblPr/w:tblBorders/w:insideH", _NS)
            if bordered is None or bordered.get(w("val")) != "single":
                continue
            rows = table.findall(w("tr"))
            if rows[0].find("w:trPr/w:tblHeader", _NS) is None:
                yield "table header is not repeated"
            if any(row.find("w:trPr/w:cantSplit", _NS) is None for row in rows):
                yield "table row may be torn"

    def _letters(self) -> Iterator[str]:
        text = "\n".join(_text(p) for p in self.document.iter(w("p")))
        if not unicodedata.is_normalized("NFC", text):
            yield "text is not NFC"
        if "  " in text or "\t" in text:
            yield "blanks or tabs used for layout"

    # --- resolving

    def _tables_of_body(self) -> list[Any]:
        return list(self.body.findall(w("tbl")))

    def _all(self, paragraph: Any, mark: str) -> bool:
        runs = [run for run in paragraph.iter(w("r")) if _text(run).strip()]
        return bool(runs) and all(self._resolved(paragraph, run, mark) is not None for run in runs)

    def _sized(self, paragraph: Any, least: int, most: int) -> bool:
        runs = [run for run in paragraph.iter(w("r")) if _text(run).strip()]
        return all(least <= self._size(paragraph, run) <= most for run in runs)

    def _size(self, paragraph: Any, run: Any) -> int:
        found = self._resolved(paragraph, run, "sz")
        return int(found.get(w("val"))) if found is not None else 20

    def _resolved(self, paragraph: Any, run: Any, mark: str) -> Any:
        holders = [run.find(w("rPr"))]
        style = self.by_id.get(_value(paragraph, "pPr/w:pStyle") or "Normal")
        while style is not None:
            holders.append(style.find(w("rPr")))
            parent = style.find(w("basedOn"))
            style = None if parent is None else self.by_id.get(parent.get(w("val")))
        holders.append(self.styles.find("w:docDefaults/w:rPrDefault/w:rPr", _NS))
        for holder in holders:
            found = None if holder is None else holder.find(w(mark))
            if found is not None:
                return None if found.get(w("val")) in {"0", "false"} else found
        return None


def _text(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(w("t")))


def _value(element: Any, path: str) -> str | None:
    found = element.find("w:" + path, _NS)
    return None if found is None else str(found.get(w("val")))


def _centred(paragraph: Any) -> bool:
    return _value(paragraph, "pPr/w:jc") == "center"


def _has_page_field(paragraph: Any) -> bool:
    return any("PAGE" in (code.text or "") for code in paragraph.iter(w("instrText")))
