"""What is told soon, by a first letter or a plain search, is what going through all of it would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from config.spelling import plain_key
from intake.documents import Cell, Document, Paragraph, Table
from intake.evidence import cut_offs, letterhead
from intake.figures import label_forms
from intake.figures.label_keys import GLUED_CAPITALS

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = ("Số", "buổi", "phòng", "chống", "chốngBLGĐ", "bạo lực", "bạoLỰC", "giày", "(nữ)", "-", "giàyBLGĐ")
unhurried = settings(deadline=None, max_examples=60)
PIECES = st.sampled_from(
    (
        *("Toàn huyện có 120 vụ", "Trong đó: 3 vụ", "như sau:", "Số buổi", "bạo lực", "Cụ thể 6 người"),
        *("TM. ỦY BAN", "CHỦ TỊCH", "\n", "\t", "    ", "Kính gửi", "chốngBLGĐ", "(nữ)", ".", ", ", "2.024"),
        *("số liệu đến ngày 14/5/2024", "(Từ ngày 15/12/2023 đến ngày 14/6/2024)", "tính đến ngày 1/3"),
    )
)
TEXTS = st.lists(PIECES, min_size=1, max_size=4).map(" ".join)


@unhurried
@given(TEXTS | st.from_regex(letterhead._MAY_SIGN))
def test_a_text_that_begins_to_sign_is_never_passed_over(text: str) -> None:
    lines = letterhead._lines(text, "f", "đoạn 1")
    signs = any(letterhead._SIGNS.match(line.text) for line in lines)
    assert letterhead._begins_to_sign(text) or not signs


@unhurried
@given(st.from_regex(letterhead._OFFICE) | st.from_regex(letterhead._PLACE_ALONE))
def test_a_line_that_names_an_office_or_a_place_may_be_the_issuers(text: str) -> None:
    named = letterhead._OFFICE.match(text) or letterhead._PLACE_ALONE.match(text)
    assert letterhead._may_be_issuer(text) is bool(named)


@unhurried
@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3))
def test_behind_the_last_year_of_a_document_no_day_is_told(
    above: Sequence[str], cells: Sequence[str], below: Sequence[str]
) -> None:
    table = Table("1", tuple(Cell(n, 0, text) for n, text in enumerate(cells)), len(cells), 2)
    begins = [Paragraph(text, n) for n, text in enumerate(above)]
    document = Document((*begins, table, *(Paragraph(text, n) for n, text in enumerate(below, 50))))
    with_a_year = Document((*document.blocks, Paragraph("Năm 2024 như trên.", 99)))
    assert cut_offs.cut_offs_in(document) == cut_offs.cut_offs_in(with_a_year)


@unhurried
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7))
def test_a_text_is_told_to_name_nothing_only_where_a_word_of_it_is_nobodys(words: list[str]) -> None:
    text = " ".join(words)
    strangers = label_forms.Strangers(("Số buổi phòng chống bạo lực",), ("buổi",))
    parted = plain_key(GLUED_CAPITALS.sub(" ", text)).split()
    foreign = any(word not in strangers._known and strangers._is_no_part(word) for word in parted)
    assert not strangers.name_nothing(text, plain_key(text)) or (foreign and "(" not in text)
