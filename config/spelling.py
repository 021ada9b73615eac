"""One spelling for comparison: Unicode forms, tone position, the letter ƣ, folded marks.

Nothing here is for display: the text as it stood is always kept beside the key.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence

from config.remembered import Answers

# ƣ/Ƣ (U+01A3, U+01A2) come from Word and PDF conversions for ư/Ư and exist in no Vietnamese word.
_GHA = {"\u01a3": "\u01b0", "\u01a2": "\u01af"}

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
# Written so that the search looks for o and u first and asks for all else only there.
_TONE = re.compile(
    "(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?<!q..)"
    "(?![a-zàáảãạăắằẳẵặâấầẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ])"
)
#: The capitals of Vietnamese, for the class of a pattern.
CAPITALS = "A-ZĐÀÁẢÃẠĂẮẰẲẴẶÂẤẦẨẪẬÈÉẺẼẸÊẾỀỂỄỆÌÍỈĨỊÒÓỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÙÚỦŨỤƯỨỪỬỮỰỲÝỶỸỴ"
_DIGITS = "0123456789"
_NOT_WORD = re.compile(r"[\W_]+")


def _remembered(folded: Callable[[str], str]) -> Callable[[str], str]:
    """The same function, with what it gave kept.

    The same short texts, cells and words of labels, are asked for thousands of times in one mail, and a
    paragraph by every question about its document; of these those of a document or two are kept.
    """
    return Answers(folded, 16_384, _LONG).__getitem__


_LONG = 4_000  # letters; a longer text is never kept


@_remembered
def tidy(text: str) -> str:
    """NFC, ƣ put right, every run of white space one blank, ends trimmed. Case and marks are kept."""
    if _is_tidy(text):
        return text
    composed = text if _octets(text) is not None else unicodedata.normalize("NFC", text)
    for gha, right in _GHA.items():
        composed = composed.replace(gha, right)
    return " ".join(composed.split())


def _is_tidy(text: str) -> bool:
    """Whether nothing need be done, as of most texts: told in a fifth of the time that it would take."""
    one_blank = "  " not in text and text[:1] != " " and text[-1:] != " "
    # A blank other than the plain one does not count as printable.
    usual = text.isprintable() and "\u01a3" not in text and "\u01a2" not in text
    return one_blank and usual and unicodedata.is_normalized("NFC", text)


@_remembered
def accented_key(text: str) -> str:
    """The key that keeps Vietnamese marks: lower case, one tone position, punctuation as one blank.

    "Ủy ban nhân dân xã HOÀ  Bình" and "Uỷ ban nhân dân xã Hòa Bình" share a key; "Hợp Hòa" and
    "Hợp Hóa" do not.
    """
    octets = _octets(text)
    if octets is None:
        lowered = _NOT_WORD.sub(" ", tidy(text).lower()).strip()
    else:
        lowered = _text(b" ".join(octets.translate(_LOWERED).split()))
    return _TONE.sub(lambda match: _TONE_PAIRS[match.group()], lowered)


@_remembered
def plain_key(text: str) -> str:
    """The key without marks, for people who type without them: "ubnd xa hop hoa"."""
    octets = _octets(text)
    if octets is None:
        return without_marks(accented_key(text))
    return b" ".join(octets.translate(_LOWERED_BARE).split()).decode("ascii")


def plain_keys(texts: Sequence[str]) -> list[str]:
    """The plain key of each text: of the cells of a table all at once, in half the time."""
    joined = "\x00".join(texts)
    octets = _octets(joined)
    if octets is None or joined.count("\x00") != len(texts) - 1:
        return [plain_key(text) for text in texts]
    folded = octets.translate(_LOWERED_BARE_APART)
    while b"  " in folded:
        folded = folded.replace(b"  ", b" ")
    return [key.strip(" ") for key in folded.decode("ascii").split("\x00")]


def has_digit(text: str) -> bool:
    """Whether any of the ten digits stands in the text: fifty times as fast as a pattern."""
    for digit in _DIGITS:  # noqa: SIM110 - as one expression it takes three times as long
        if digit in text:
            return True
    return False


def id_of_name(name: str) -> str:
    """An id for what nobody has given one: "UBND xã Đông Thọ" gives "xa-dong-tho"."""
    words = plain_key(name)
    for committee in ("uy ban nhan dan ", "ubnd "):
        words = words.removeprefix(committee)
    return words.replace(" ", "-")


def without_marks(text: str) -> str:
    """The text as somebody types it without marks: "Số người" becomes "So nguoi"; all else is kept."""
    if text.isascii():
        return text
    octets = _octets(text)
    if octets is None:
        return unicodedata.normalize("NFD", text).translate(_MARKS_OFF)
    return _text(octets.translate(_BARE))


class _MarksOff(dict[int, int | None]):
    """For `str.translate`: đ becomes d and combining marks go; filled as letters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.combining(chr(code)) else code
        if len(self) < _MOST_LETTERS:
            self[code] = kept
        return kept


_MOST_LETTERS = 4096
_MARKS_OFF = _MarksOff({ord("đ"): ord("d"), ord("Đ"): ord("D")})


# -- one octet a letter -----------------------------------------------------------------------------
# Vietnamese fits into single octets, as VISCII showed. So written, a text is folded by one look-up table
# in C, ten times as fast as letter by letter; a text with any other letter is folded the long way.

_SMALL = "àáảãạăắằẳẵặâấầẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_MARKED = re.compile(f"[{_SMALL}{_SMALL.upper()}]")
_PUNCTUATION = "\u00a0\u00ab\u00bb\u00b0\u00b7\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u25aa"
_ASCII = "\x00\t\n\r" + "".join(map(chr, range(0x20, 0x7F)))


def _alphabet() -> str:
    """The letter of each of the 256 octets: ASCII at home, blanks of ASCII left to it alone."""
    others = iter(_SMALL + _SMALL.upper() + _PUNCTUATION + "".join(_GHA))
    free = frozenset(range(256)) - frozenset(map(ord, _ASCII)) - {0x0B, 0x0C}
    return "".join(
        chr(code) if chr(code) in _ASCII else next(others, _NONE) if code in free else _NONE
        for code in range(256)
    )


_NONE = "\ufffe"  # no letter, in the tables of codecs
_ALPHABET = _alphabet()
_OCTET_OF = codecs.charmap_build(_ALPHABET)


def _octets(text: str) -> bytes | None:
    """The text with one octet a letter; None where a letter has none."""
    try:
        return codecs.charmap_encode(text, "strict", _OCTET_OF)[0]
    except UnicodeEncodeError:
        return None


def _text(octets: bytes) -> str:
    return codecs.charmap_decode(octets, "strict", _ALPHABET)[0]


def _table(folded: Callable[[str], str]) -> bytes:
    """What `folded` makes of each letter, for `bytes.translate`."""
    return b"".join(
        bytes([code]) if letter == _NONE else codecs.charmap_encode(folded(letter), "strict", _OCTET_OF)[0]
        for code, letter in enumerate(_ALPHABET)
    )


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter).translate(_MARKS_OFF)


def _lowered(letter: str) -> str:
    letter = _GHA.get(letter, letter).lower()
    return " " if _NOT_WORD.match(letter) else letter


_LOWERED = _table(_lowered)
_BARE = _table(_bare)
_LOWERED_BARE = _table(lambda letter: _bare(_lowered(letter)))


_LOWERED_BARE_APART = b"\x00" + _LOWERED_BARE[1:]  # keeps what parts one text from the next


def word_set(words: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(words.split())


def is_accented(text: str) -> bool:
    """Whether the text carries any Vietnamese mark, so that the accented key says more."""
    if _MARKED.search(text):
        return True
    octets = _octets(text)
    if octets is not None:
        return octets.translate(_LOWERED) != octets.translate(_LOWERED_BARE)
    return accented_key(text) != plain_key(text)
