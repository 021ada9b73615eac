from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from intake.extractors.plain import extract_plain
from intake.extractors.web_page import extract_html
from intake.extractors.workbook import extract_workbook
from intake.mail.legacy_text import (
    Run,
    from_tcvn3,
    from_vni,
    is_syllable,
    legacy_octets,
    looks_legacy,
    put_right,
    put_right_runs,
    put_right_texts,
)
from tests.builders import docx, docx_of, paragraph, table, word_part, xlsx

SENTENCE = "Báo cáo kết quả thực hiện công tác bình đẳng giới và phòng, chống bạo lực gia đình năm 2023"
LOWER = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
TCVN3_LOWER = bytes.fromhex(
    "b5b6b7b8b9 a8bbbcbdbec6 a9c7c8c9cacb ae cccecfd0d1 aad2d3d4d5d6 d7d8dcddde dfe1e2e3e4 abe5e6e7e8e9"
    "aceaebecedee eff1f2f3f4 adf5f6f7f8f9 fafbfcfdfe"
).decode("latin-1")
TCVN3_UPPER = bytes.fromhex("a1a2a3a4a5a6a7").decode("latin-1")
#: the standard's table the other way round, made from octets and not from the module under test
TO_TCVN3 = str.maketrans(LOWER + "ĂÂÊÔƠƯĐ", TCVN3_LOWER + TCVN3_UPPER)
TONE_OF_VNI = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
HAT_OF_VNI = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
BREVE_OF_VNI = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
OWN_LETTER_OF_VNI = {"ỵ": "î", "đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò"}


def small_parts(letter: str) -> tuple[str, str]:
    apart = unicodedata.normalize("NFD", letter)
    return apart[0], apart[1:]


def vni_letter(letter: str) -> str:
    small = letter.lower()
    if small in OWN_LETTER_OF_VNI:
        code = OWN_LETTER_OF_VNI[small]
    else:
        base, marks = small_parts(small)
        tone = next((mark for mark in marks if mark in TONE_OF_VNI), "")
        if "\u0302" in marks:
            code = base + HAT_OF_VNI[tone]
        elif "\u0306" in marks:
            code = base + BREVE_OF_VNI[tone]
        else:
            code = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
            code += TONE_OF_VNI.get(tone, "")
    return code if small == letter else code.upper()


def to_vni(text: str) -> str:
    return "".join(vni_letter(letter) for letter in text)


def to_cp1258(text: str) -> bytes:
    """As Windows keyboards write it: the letter with its hat, then the tone."""
    octets = b""
    for letter in text:
        apart = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in apart if mark in TONE_OF_VNI)
        shaped = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in TONE_OF_VNI))
        octets += (shaped + tone).encode("cp1258")
    return octets


def to_tcvn3(text: str) -> str:
    return text.translate(TO_TCVN3)


INITIALS = "- b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()  # noqa: SIM905
RHYMES = (  # noqa: SIM905
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo"
    " ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach"
    " oai oan oang oanh oat oay oăc oăn oăng oăt oc oe oen oeo oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ"
    " ơi ơm ơn ơp ơt u ua uân uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya"
    " uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêt yêu"
).split()


def toned(rhyme: str, tone: str) -> str:
    """The tone on the vowel that bears it; where exactly is of no matter to an encoding."""
    position = max(range(len(rhyme)), key=lambda place: (rhyme[place] in "ăâêôơ", rhyme[place] in "aeo", 0))
    return unicodedata.normalize("NFC", rhyme[: position + 1] + tone + rhyme[position + 1 :])


SYLLABLES = [
    initial.strip("-") + toned(rhyme, tone)
    for initial, rhyme, tone in product(
        INITIALS, RHYMES, ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    )
]


def test_every_letter_of_tcvn3_is_known() -> None:
    assert from_tcvn3(TCVN3_LOWER + TCVN3_UPPER) == LOWER + "ĂÂÊÔƠƯĐ"
    assert len(TCVN3_LOWER + TCVN3_UPPER) == 74


def test_every_syllable_comes_back_from_tcvn3() -> None:
    assert [syllable for syllable in SYLLABLES if from_tcvn3(to_tcvn3(syllable)) != syllable] == []


@pytest.mark.parametrize("case", [str.lower, str.capitalize, str.upper])
def test_every_syllable_comes_back_from_vni(case: Callable[[str], str]) -> None:
    written = [case(syllable) for syllable in SYLLABLES]
    assert [syllable for syllable in written if from_vni(to_vni(syllable)) != syllable] == []


def test_capitals_are_drawn_by_the_fonts_that_end_with_h() -> None:
    found = put_right(to_tcvn3("cộng hòa xã hội chủ nghĩa"), [".VnTimeH"])
    assert (found.text, found.encoding) == ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "tcvn3")


def test_a_word_in_capitals_gets_its_toned_capitals() -> None:
    """TCVN3 has none, so people typed small letters among capitals."""
    assert put_right("HUYÖN mÉu, X· Sè 5", [".VnTime"]).text == "HUYỆN mẫu, Xã Số 5"


@pytest.mark.parametrize(
    ("font", "write", "encoding"),
    [
        (".VnTime", to_tcvn3, "tcvn3"),
        ("VNI-Times", to_vni, "vni"),
        ("", to_tcvn3, "tcvn3"),
        ("", to_vni, "vni"),
    ],
)
def test_old_text_is_put_right_with_and_without_its_font(
    font: str, write: Callable[[str], str], encoding: str
) -> None:
    found = put_right(write(SENTENCE), [font] if font else [])
    assert (found.text, found.encoding) == (SENTENCE, encoding)
    assert found.before_sample != found.after_sample
    assert SENTENCE.startswith(found.after_sample)


def test_the_soft_hyphen_is_the_letter_u_with_horn() -> None:
    assert (
        put_right("t\xad vÊn, h\xad\xedng dÉn, l\xadu tr÷", [".VnTime"]).text == "tư vấn, hướng dẫn, lưu trữ"
    )


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Hà Nội, xã Bá Lá, ông Tô Hòa",
        "xã và gì cà lá",
        "Deliver the report by 5 June — résumé and café included; it's 20 °C, 5 m², § 12, © 2023 · ®",
        "L'été dernier, où étaient les élèves français ? À côté de la forêt, très près : « déjà vu », naïve",
        "Größe, Übung, Mädchen für alles; señor, año, niño; não, coração; på ø, smørrebrød, blåbær, Århus",
        "1.234.567,8 12,5% 30/6/2023 ½ ¼ ±3 10×20 2² ÷",
        "Tổng số · trong đó: nữ ² ¼ «ô»",
        "",
        "bao cao khong dau",
    ],
)
@pytest.mark.parametrize("font", ["", "Times New Roman", "VN-Other"])
def test_other_text_stays_as_it_is(text: str, font: str) -> None:
    found = put_right(text, [font] if font else [])
    assert (found.text, found.encoding) == (text, "")


@given(st.lists(st.sampled_from(SYLLABLES), max_size=40).map(" ".join))
def test_unicode_vietnamese_is_never_converted(text: str) -> None:
    assert put_right(text).encoding == ""


def test_unicode_text_in_an_old_font_stays_as_it_is() -> None:
    texts = [[Run("Ủy ban nhân dân", ".VnTime")], [Run("xã", ".VnTime")], [Run("Cà Lá", ".VnTimeH")]]
    found = put_right_runs(texts)
    assert found.paragraphs == (("Ủy ban nhân dân",), ("xã",), ("Cà Lá",))
    assert found.encodings == ()


def test_runs_of_one_paragraph_may_be_written_differently() -> None:
    found = put_right_runs(
        [
            [
                Run("Đơn vị: ", "Times New Roman"),
                Run(to_tcvn3("xã Bản Mẫu "), ".VnTime"),
                Run(to_vni("rất tốt"), "VNI-Times"),
            ]
        ]
    )
    assert found.paragraphs == (("Đơn vị: ", "xã Bản Mẫu ", "rất tốt"),)
    assert found.encodings == ("tcvn3", "vni")
    assert found.notes[:2] == ("legacy_tcvn3", "legacy_vni")
    assert found.notes[2].startswith("legacy_sample: ")


def test_a_letter_of_two_signs_may_be_split_between_runs() -> None:
    found = put_right_runs([[Run("Coâng ta", "VNI-Times"), Run("ùc naêm", "VNI-Times")]])
    assert found.paragraphs == (("Công tá", "c năm"),)


def test_a_word_in_two_fonts_of_one_encoding_is_judged_as_one() -> None:
    found = put_right_runs([[Run("b", ".VnTimeH"), Run("¸o c¸o", ".VnTime")]])
    assert found.paragraphs == (("B", "áo cáo"),)


def test_words_that_read_either_way_follow_the_rest_of_the_document() -> None:
    either = to_tcvn3("có")
    assert is_syllable(either)
    lines = [to_tcvn3(SENTENCE), either]
    assert [line for [line] in put_right_texts(lines).paragraphs] == [SENTENCE, "có"]
    assert [line for [line] in put_right_texts([*lines, "Ủy ban"]).paragraphs][1] == either


def test_one_odd_word_is_no_proof_without_a_font() -> None:
    assert put_right(to_tcvn3("đẳng")).encoding == ""


@pytest.mark.parametrize("form", ["NFD", "cp1258", "tone first"])
def test_marks_that_stand_alone_are_joined(form: str) -> None:
    if form == "NFD":
        text = unicodedata.normalize("NFD", SENTENCE)
    elif form == "cp1258":
        text = "Kê\u0301t qua\u0309 thư\u0323c hiê\u0323n"
    else:
        text = "Ke\u0301\u0302t qua\u0309 thu\u0323\u031bc"
    found = put_right(text)
    assert found.encoding == "combining"
    assert found.text == {"NFD": SENTENCE, "cp1258": "Kết quả thực hiện", "tone first": "Kết quả thực"}[form]


def test_letters_of_symbol_fonts_are_those_of_latin_1() -> None:
    text = "".join(
        chr(0xF000 + ord(letter)) if ord(letter) > 160 else letter for letter in to_tcvn3("đẳng giới")
    )
    assert put_right(text, [".VnTime"]).text == "đẳng giới"


def test_undeclared_octets_of_an_old_text_file_are_recognised() -> None:
    octets = to_tcvn3(SENTENCE).encode("latin-1")
    text = legacy_octets(octets)
    assert text is not None
    assert put_right(text).text == SENTENCE
    assert legacy_octets(SENTENCE.encode()) is None
    assert legacy_octets(to_cp1258(SENTENCE)) is None


def test_only_text_with_foreign_letters_is_looked_at_twice() -> None:
    assert looks_legacy(to_tcvn3(SENTENCE))
    assert looks_legacy(to_vni(SENTENCE))
    assert looks_legacy(unicodedata.normalize("NFD", SENTENCE))
    assert not looks_legacy(SENTENCE)


@pytest.mark.parametrize(
    "word",
    "nghiêng gì gìn giếng quốc khuya thuở Đắk boong huỳnh UỶ quyết ngoằn".split(),  # noqa: SIM905
)
def test_vietnamese_words_are_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    "b¸o kÕt chaøo was report giíi cac nge kang été áá".split(),  # noqa: SIM905
)
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def unchanged(text: str) -> str:
    return text


def budget() -> Budget:
    return Budget(Limits())


def test_a_word_document_is_put_right_by_the_fonts_of_its_styles_and_runs() -> None:
    styles = word_part(
        "styles",
        '<w:style w:type="paragraph" w:default="1" w:styleId="N">'
        '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="C"><w:rPr><w:rFonts w:ascii=".VnTimeH"/></w:rPr></w:style>',
    )
    body = (
        paragraph(to_tcvn3("ủy ban nhân dân"), run_properties='<w:rStyle w:val="C"/>')
        + paragraph("Xã Hà Lá", run_properties='<w:rFonts w:ascii="Times New Roman"/>')
        + paragraph(to_vni("Số vụ: 12"), run_properties='<w:rFonts w:ascii="VNI-Times" w:hAnsi="VNI-Times"/>')
        + table([[to_tcvn3("Chỉ tiêu"), "12,5"]])
    )
    document = extract_docx(docx_of(body, parts={"word/styles.xml": styles}), budget())
    assert [each.text for each in document.paragraphs] == ["ỦY BAN NHÂN DÂN", "Xã Hà Lá", "Số vụ: 12"]
    assert [each.text for each in document.tables[0].cells] == ["Chỉ tiêu", "12,5"]
    assert {"legacy_tcvn3", "legacy_vni"} <= set(document.notes)
    assert any(note.startswith("legacy_sample: ") for note in document.notes)


def test_a_word_document_whose_fonts_were_changed_is_put_right_by_its_words() -> None:
    document = extract_docx(docx(to_tcvn3(SENTENCE), [[to_tcvn3("Số vụ bạo lực"), "5"]]), budget())
    assert document.paragraphs[0].text == SENTENCE
    assert document.tables[0].cells[0].text == "Số vụ bạo lực"
    assert document.notes[0] == "legacy_tcvn3"


def test_a_workbook_is_put_right_by_the_fonts_of_its_cells() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, (text, font) in enumerate(
        [("tỷ lệ nữ", ".VnTimeH"), ("có", ".VnTime"), ("vụ", "VNI-Times"), ("lã", "Arial")], 1
    ):
        sheet.cell(row, 1, {"V": to_vni, ".": to_tcvn3}.get(font[0], unchanged)(text)).font = Font(name=font)
        sheet.cell(row, 2, row)
    stream = io.BytesIO()
    book.save(stream)
    document = extract_workbook(stream.getvalue(), budget())
    cells = document.tables[0].cells
    assert [cell.text for cell in cells] == ["TỶ LỆ NỮ", "1", "có", "2", "vụ", "3", "lã", "4"]
    assert document.notes[:2] == ("legacy_tcvn3", "legacy_vni")


def test_a_workbook_without_telling_fonts_is_put_right_by_its_words() -> None:
    words = ["Chỉ tiêu", "Số vụ bạo lực gia đình", "Tỷ lệ nữ tham gia", "Tổng số"]
    document = extract_workbook(xlsx({"1": [[to_tcvn3(word), 7] for word in words]}), budget())
    assert [cell.text for cell in document.tables[0].cells if not cell.number] == words
    assert [cell.number for cell in document.tables[0].cells if cell.number] == ["7"] * 4


@pytest.mark.parametrize("write", [to_tcvn3, to_vni])
def test_text_and_html_files_are_put_right_by_their_words(write: Callable[[str], str]) -> None:
    octets = write(f"{SENTENCE}\nSố vụ: 12").encode("latin-1")
    assert [each.text for each in extract_plain(octets, budget()).paragraphs] == [SENTENCE, "Số vụ: 12"]
    markup = b"<html><body><p>" + octets.replace(b"\n", b"<p>") + b"</body></html>"
    assert [each.text for each in extract_html(markup, budget()).paragraphs] == [SENTENCE, "Số vụ: 12"]
    assert extract_plain(write(SENTENCE).encode(), budget()).paragraphs[0].text == SENTENCE


def test_a_soft_hyphen_of_word_is_a_letter_in_old_text_and_nothing_elsewhere() -> None:
    fonts = '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr>'
    old = f"<w:p><w:r>{fonts}<w:t>t</w:t><w:softHyphen/><w:t> vÊn</w:t></w:r></w:p>"
    new = "<w:p><w:r><w:t>Tư</w:t><w:softHyphen/><w:t> vấn</w:t></w:r></w:p>"
    document = extract_docx(docx_of(old + new), budget())
    assert [each.text for each in document.paragraphs] == ["tư vấn", "Tư vấn"]
