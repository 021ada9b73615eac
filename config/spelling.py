"""One spelling for comparison: Unicode forms, tone position, the letter ƣ, folded marks.

Nothing here is for display: the text as it stood is always kept beside the key.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# ƣ/Ƣ (U+01A3, U+01A2) come from Word and PDF conversions for ư/Ư and exist in no Vietnamese word.
_GHA = str.maketrans({"\u01a3": "\u01b0", "\u01a2": "\u01af"})

# The tone of an open syllable oa, oe, uy may stand on either vowel: hoà/hòa, khoẻ/khỏe, uỷ/ủy.
_TONE_PAIRS = {
    first + toned_second: toned_first + second
    for first, toned_firsts, second, toned_seconds in (
        ("o", "òóỏõọ", "a", "àáảãạ"),
        ("o", "òóỏõọ", "e", "èéẻẽẹ"),
        ("u", "ùúủũụ", "y", "ỳýỷỹỵ"),
    )
    for toned_first, toned_second in zip(toned_firsts, toned_seconds, strict=True)
}
_TONE = re.compile(
    "(?<!q)("
    + "|".join(_TONE_PAIRS)
    + r")(?![a-zàáảãạăắằẳẵặâấầẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ])"
)
_NOT_WORD = re.compile(r"[\W_]+")


def tidy(text: str) -> str:
    """NFC, ƣ put right, every run of white space one blank, ends trimmed. Case and marks are kept."""
    return _kept_tidy(text) if len(text) <= _KEPT_LENGTH else _tidy(text)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_GHA).split())


def accented_key(text: str) -> str:
    """The key that keeps Vietnamese marks: lower case, one tone position, punctuation as one blank.

    "Ủy ban nhân dân xã HOÀ  Bình" and "Uỷ ban nhân dân xã Hòa Bình" share a key; "Hợp Hòa" and
    "Hợp Hóa" do not.
    """
    return _kept_accented_key(text) if len(text) <= _KEPT_LENGTH else _accented_key(text)


def _accented_key(text: str) -> str:
    lowered = _NOT_WORD.sub(" ", tidy(text).lower()).strip()
    return _TONE.sub(lambda match: _TONE_PAIRS[match.group(1)], lowered)


def plain_key(text: str) -> str:
    """The key without marks, for people who type without them: "ubnd xa hop hoa"."""
    return _kept_plain_key(text) if len(text) <= _KEPT_LENGTH else without_marks(accented_key(text))


# The same short texts, cells and words of labels, are asked for thousands of times in one mail.
_KEPT_LENGTH = 120
_kept_tidy = lru_cache(maxsize=16_384)(_tidy)
_kept_accented_key = lru_cache(maxsize=16_384)(_accented_key)
_kept_plain_key = lru_cache(maxsize=16_384)(lambda text: without_marks(accented_key(text)))


def without_marks(text: str) -> str:
    """The text as somebody types it without marks: "Số người" becomes "So nguoi"; all else is kept."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFD", text).translate(_MARKS_OFF)


class _MarksOff(dict[int, int | None]):
    """For `str.translate`: đ becomes d and combining marks go; filled as letters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.combining(chr(code)) else code
        if len(self) < _MOST_LETTERS:
            self[code] = kept
        return kept


_MOST_LETTERS = 4096
_MARKS_OFF = _MarksOff({ord("đ"): ord("d"), ord("Đ"): ord("D")})


def word_set(words: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(words.split())


def is_accented(text: str) -> bool:
    """Whether the text carries any Vietnamese mark, so that the accented key says more."""
    return accented_key(text) != plain_key(text)
