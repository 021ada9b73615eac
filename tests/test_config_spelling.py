from __future__ import annotations

import unicodedata
from inspect import unwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config import spelling
from config.spelling import accented_key, is_accented, plain_key, tidy

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵƣ -.,0123"
#: Without what they remember.
FOLDS = tuple(map(unwrap, (tidy, accented_key, plain_key, spelling.without_marks)))
vietnamese = st.text(LETTERS + LETTERS.upper(), max_size=40)


@given(vietnamese | st.text(max_size=20))
def test_the_keys_are_stable_when_taken_again(text: str) -> None:
    for key in (tidy, accented_key, plain_key):
        assert key(key(text)) == key(text)


@given(vietnamese)
def test_composed_and_decomposed_letters_agree(text: str) -> None:
    for key in (tidy, accented_key, plain_key):
        assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))


@given(vietnamese)
def test_case_does_not_matter_to_the_keys(text: str) -> None:
    assert accented_key(text.upper()) == accented_key(text.lower())


@given(vietnamese)
def test_the_plain_key_is_plain_letters(text: str) -> None:
    assert plain_key(text).isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("uỷ ban", "Ủy Ban"),
        ("thuỷ", "thủy"),
        ("nhƣ", "như"),
        ("ĐƢỜNG", "đường"),
        ("xã  Đồi-Chè", "Xã Đồi Chè"),
    ],
)
def test_spellings_of_one_word_share_a_key(one: str, other: str) -> None:
    assert accented_key(one) == accented_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hòa", "hóa"), ("quý", "qúy"), ("toàn", "tòan"), ("dân", "đân"), ("Vân", "Văn")]
)
def test_different_words_keep_different_keys(one: str, other: str) -> None:
    assert accented_key(one) != accented_key(other)


def test_quy_keeps_its_tone_on_y() -> None:
    assert accented_key("Quý") == "quý"


def test_tidy_keeps_case_marks_and_punctuation() -> None:
    assert tidy("  UBND   xã\tĐồi Chè (cũ) ") == "UBND xã Đồi Chè (cũ)"


def test_marks_are_told() -> None:
    assert is_accented("xã")
    assert not is_accented("xa Doi Che")


@given(vietnamese | st.text(alphabet=spelling._ALPHABET, max_size=40) | st.text(max_size=20))
def test_a_text_folds_alike_by_octets_and_letter_by_letter(text: str) -> None:
    by_octets = [fold(text) for fold in FOLDS]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spelling, "_octets", lambda _text: None)
        patched.setattr(spelling, "tidy", FOLDS[0])
        patched.setattr(spelling, "accented_key", FOLDS[1])
        assert [fold(text) for fold in FOLDS] == by_octets


def test_every_letter_of_vietnamese_has_its_octet() -> None:
    assert spelling._octets(LETTERS + LETTERS.upper()) is not None


@given(st.lists(vietnamese | st.text("a\x00 \n\tđ", max_size=4), max_size=5))
def test_many_texts_fold_at_once_as_they_do_one_by_one(texts: list[str]) -> None:
    assert spelling.plain_keys(texts) == [plain_key(text) for text in texts]


@given(vietnamese | st.text("aà \u00a0\u200b\t\u0301ƣ", max_size=8))
@example("xã  Tân")
@example("xã\u00a0Tân ")
def test_a_text_that_is_tidy_already_is_told_so(text: str) -> None:
    composed = unicodedata.normalize("NFC", text).replace("ƣ", "ư").replace("Ƣ", "Ư")
    assert unwrap(tidy)(text) == " ".join(composed.split())


@given(vietnamese | st.text("aà 0123456789", max_size=2))
def test_a_digit_is_told(text: str) -> None:
    assert spelling.has_digit(text) == any(letter in "0123456789" for letter in text)
