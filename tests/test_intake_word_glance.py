"""What is read without a tree is what the careful reading of the same document gives, fault for fault."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from intake.errors import ExtractionError
from intake.extractors import docx as reading
from intake.extractors import word_glance
from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from intake.extractors.word_glance import PRINTED, at_a_glance
from tests.builders import docx_of, paragraph, word_part
from tests.test_intake_speed import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERING = word_part(
    "numbering",
    '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>',
)
_STYLES = word_part(
    "styles",
    '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:jc w:val="center"/><w:outlineLvl w:val="0"/>'
    "</w:pPr><w:rPr><w:b/></w:rPr></w:style>",
)
_ROOT = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    b'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">'
)
_TEXTS = ("12", "buổi tuyên truyền", " ", "", "a &amp; b", "&lt;&gt;&quot;&apos;", "1.234", "x\ty")
_INSIDE = {
    "body": ("p", "p", "tbl", "sectPr", "sdt"),
    "sdt": ("sdtPr", "sdtContent"),
    "sdtContent": ("p", "tbl"),
    "sdtPr": ("rPr",),
    "p": ("r", "r", "r", "r", "hyperlink", "bookmarkStart"),
    "hyperlink": ("r",),
    "r": ("t", "t", "tab", "br", "noBreakHyphen", "cr", "softHyphen", "drawing"),
    "pPr": ("pStyle", "jc", "outlineLvl", "numPr", "rPr", "tabs", "spacing"),
    "tabs": ("tab",),
    "numPr": ("ilvl", "numId"),
    "rPr": ("b", "rFonts", "sz", "i"),
    "tbl": ("tblPr", "tr", "tr", "tr"),
    "tblPr": ("jc",),
    "tr": ("tc", "tc", "tc"),
    "trPr": ("gridBefore",),
    "tc": ("p", "p"),
    "tcPr": ("gridSpan", "vMerge", "vMerge", "hMerge", "tcW"),
}
_LINE = '<v:line xmlns:v="urn:v" from="0,0" to="9,0"><w10:wrap xmlns:w10="urn:w10"/></v:line>'
_STAMP = (
    '<wp:inline xmlns:wp="urn:wp"><wp:posOffset>12</wp:posOffset><a:t xmlns:a="urn:a">Dấu</a:t></wp:inline>'
)
_EITHER = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
    f"<w:drawing>{_STAMP}</w:drawing></mc:Choice><mc:Fallback><w:pict>{_LINE}</w:pict></mc:Fallback>"
    "</mc:AlternateContent>"
)
_BOX = f"<w:txbxContent>{paragraph('Dấu')}</w:txbxContent>"
_FIELD = '<w:instrText xml:space="preserve"> HYPERLINK "x" </w:instrText>'
_SILENT = (f"<w:drawing>{_STAMP}</w:drawing>", f"<w:pict>{_LINE}</w:pict>", _EITHER, _FIELD)
_FIRST = {"p": "pPr", "r": "rPr", "tr": "trPr", "tc": "tcPr"}
_ODD = ("p", "tbl", "r", "t", "tr", "tc", "b", "del", "ins", "txbxContent", "gridSpan", "numPr", "body")
_VALUES = ("", ' w:val="1"', ' w:val="2"', ' w:val="H1"', ' w:val="center"', ' w:val="restart"', ' w:val="0"')
_IDENTITIES = (
    "",
    ' w:rsidR="00A1B2C3"',
    ' w14:paraId="1A2B3C4D" w:rsidR="00A1B2C3" w:rsidRDefault="00000000"',
)


def outcome(content: bytes) -> object:
    try:
        return extract_docx(content, Budget(Limits()))
    except (ExtractionError, ValueError) as error:  # a row that is no row of its table has no cells to count
        return type(error), str(error)


def carefully(content: bytes) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "at_a_glance", lambda *_: None)
        return outcome(content)


def document(body: str) -> bytes:
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\r\n',
            _ROOT,
            f"<w:body>{body}</w:body></w:document>".encode(),
        )
    )


def glance(body: str) -> object:
    octets = document(body)
    return at_a_glance(octets, octets.translate(None, PRINTED))


def element(chance: random.Random, name: str, depth: int = 0) -> Iterator[str]:
    """An element with a likely content, now and then with an unlikely one."""
    if name == "drawing":
        yield chance.choice(_SILENT).replace(_STAMP, _BOX if chance.random() < 0.01 else _STAMP)
        return
    values = chance.choice(_VALUES) if name not in _INSIDE else chance.choice(_IDENTITIES)
    if name == "jc":
        values = chance.choice((' w:val="center"', ' w:val="both"'))
    if name in ("vMerge", "hMerge"):
        values = chance.choice((' w:val="restart"', ""))
    if name == "rFonts":
        values = chance.choice((' w:ascii="Arial"', ' w:ascii="Arial" w:hAnsi="Times New Roman"', ""))
    yield f"<w:{name}{values}>"
    if name == "t":
        yield chance.choice(_TEXTS)
    if name in _FIRST and chance.random() < 0.6:
        yield from element(chance, _FIRST[name], depth + 1)
    likely = _INSIDE.get(name, ())
    for _ in range(chance.randint(0, 4) if likely and depth < 9 else 0):
        child = chance.choice(_ODD) if chance.random() < 0.003 else chance.choice(likely)
        yield from element(chance, child, depth + 1)
    yield f"</w:{name}>"


def written(seed: int) -> str:
    chance = random.Random(seed)
    pieces = [piece for _ in range(4) for piece in element(chance, chance.choice(_INSIDE["body"]))]
    if seed % 4 == 0:  # something is out of its place, most often so that it is no XML any more
        place = chance.randrange(len(pieces))
        pieces[place] = chance.choice(
            ("", "<w:p>", "</w:t>", "]]>", "<!-- -->", "<w:b/>", "&#7841;", "\r", "\x07")
        )
    return "".join(pieces)


def test_random_documents_are_read_at_a_glance_as_they_are_carefully() -> None:
    read = 0
    for seed in range(300):
        body = written(seed)
        parts: dict[str, bytes | str] = {"word/styles.xml": _STYLES, "word/document.xml": document(body)}
        parts |= {"word/numbering.xml": _NUMBERING} if seed % 3 == 0 else {}
        content = docx_of("", parts=parts)
        assert outcome(content) == carefully(content), body
        read += glance(body) is not None
    assert read > 60  # else nothing was compared


def test_reports_as_offices_write_them_are_read_at_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bool] = []

    def noted(octets: bytes, signs: bytes) -> object:
        found = at_a_glance(octets, signs)
        read.append(found is not None)
        return found

    for content in files("docx"):
        expected = carefully(content)
        with monkeypatch.context() as patched:
            patched.setattr(reading, "at_a_glance", noted)
            assert outcome(content) == expected
    assert read == [True] * 4


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:ins w:author='x'><w:r><w:t>12</w:t></w:r></w:ins></w:p>",
        "<w:p><w:r><w:t>1<![CDATA[2]]></w:t></w:r></w:p>",
        "<w:p><!-- --><w:r><w:t>12</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>1<w:br/>2</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>12</w:t ></w:r></w:p>",
        '<w:p><x:r xmlns:x="urn:x"><w:t>12</w:t></x:r></w:p>',
        "<w:p><w:r><w:instrText>PAGE<w:t>12</w:t></w:instrText></w:r></w:p>",
        "<w:p><w:r><w:t>&#49;2</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>1\r\n2</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>1\ufffe2</w:t></w:r></w:p>",
        '<w:p><w:r w:rsidR="00000000" w:rsidR="00000000"><w:t>12</w:t></w:r></w:p>',
        "<w:p><w:r><w:t>12</w:t></w:p></w:r>",
        "<w:p><w:r><w:t>12</w:t></w:r>",
        "</w:body></w:document><w:document><w:body>",
        "</w:body><w:body>",
        "<w:tbl><w:tr><w:tc><w:tbl/></w:tc></w:tr></w:tbl>",
        "<w:p><w:txbxContent/></w:p>",
        "<w:p>12</w:p>",
    ],
)
def test_what_is_not_understood_in_full_is_left_to_the_careful_reading(body: str) -> None:
    assert glance("<w:p><w:r><w:t>12</w:t></w:r></w:p>") is not None
    assert glance(body) is None


@pytest.mark.parametrize("picture", _SILENT)
def test_a_picture_that_says_nothing_is_passed_over(picture: str) -> None:
    def read(*runs: str) -> object:
        return extract_docx(docx_of(f"<w:p>{''.join(runs)}</w:p>"), Budget(Limits()))

    text = "<w:r><w:t>12</w:t></w:r>"
    assert glance(f"<w:p>{text}<w:r>{picture}</w:r></w:p>") is not None
    assert read(f"<w:r>{picture}</w:r>", text, f"<w:r>{picture}</w:r>") == read(text)


@pytest.mark.parametrize(
    ("of", "given"),
    [
        (_STAMP, _BOX),
        (_STAMP, '<m:t xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">12</m:t>'),
        (
            _STAMP,
            f"{_STAMP}<x:t xmlns:x='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>1</x:t>",
        ),
        (_STAMP, "<wp:inline>"),
        (_STAMP, f"{_STAMP}{' ' * 70_000}"),
    ],
)
def test_a_picture_that_holds_text_or_is_no_picture_is_read_carefully(of: str, given: str) -> None:
    for picture in (_SILENT[0], _EITHER):
        body = f"<w:p><w:r>{picture.replace(of, given)}</w:r></w:p>"
        assert glance(body) is None
        content = docx_of(body)
        assert outcome(content) == carefully(content)


def test_very_many_pictures_are_read_in_one_tree() -> None:
    assert glance(f"<w:p><w:r>{_SILENT[0] * 200}</w:r></w:p>") is not None
    assert glance(f"<w:p><w:r>{_SILENT[0] * 201}</w:r></w:p>") is None


def test_what_is_remembered_of_documents_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_glance, "_KEPT", 20_000)
    word_glance._dialect.cache_clear()
    answers = [glance(f'<w:p w:x="{number}"/>{paragraph("12")}') for number in range(100)]
    assert 0 < answers.count(None) < 25  # those at which all is forgotten
    [root] = [found for found in (word_glance._dialect(_ROOT),) if found]
    assert root.weight < 25_000


def test_a_table_counted_by_its_list_keeps_its_numbers() -> None:
    counted = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
    row = f"<w:tr><w:tc>{counted}</w:tc><w:tc>{paragraph('Dân số')}</w:tc></w:tr>"
    content = docx_of(f"<w:tbl>{row * 2}</w:tbl>", parts={"word/numbering.xml": _NUMBERING})
    [found] = extract_docx(content, Budget(Limits())).tables
    assert [cell.text for cell in found.cells] == ["1.", "Dân số", "2.", "Dân số"]
