"""Vietnamese text from before Unicode: TCVN3 (ABC), VNI-Windows, and marks that stand alone.

Such text is Latin-1 letters drawn by a font as Vietnamese ones. The font of a run says how it is
written; where no font is known, the text itself must win clearly: its words become Vietnamese syllables
by the rules of spelling, which they were not before. Text that is already Unicode Vietnamese, or in
another language, stays as it is. Names of files are never converted.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Encoding = Literal["", "tcvn3", "vni", "combining"]

_TCVN3_CODES: Final = (
    "µ¶·¸¹ ¨»¼½¾Æ ©ÇÈÉÊË ® ÌÎÏÐÑ ªÒÓÔÕÖ ×ØÜÝÞ ßáâãä «åæçèé ¬êëìíî ïñòóô \u00adõö÷øù úûüýþ ¡¢£¤¥¦§"
)
_TCVN3_LETTERS: Final = (
    "àảãáạ ăằẳẵắặ âầẩẫấậ đ èẻẽéẹ êềểễếệ ìỉĩíị òỏõóọ ôồổỗốộ ơờởỡớợ ùủũúụ ưừửữứự ỳỷỹýỵ ĂÂÊÔƠƯĐ"
)
_TCVN3: Final = dict(
    zip(_TCVN3_CODES.replace(" ", ""), _TCVN3_LETTERS.replace(" ", ""), strict=True)
)  # TCVN 5712:1993, 74 codes; capitals with a tone do not exist and are drawn by the "H" fonts

_VNI_TONES: Final = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HAT: Final = {
    "â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"
}  # fmt: skip
_VNI_BREVE: Final = {
    "ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"
}  # fmt: skip
_VNI_SINGLE: Final = {
    "ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị"
}  # fmt: skip
_HAT, _BREVE = "\u0302", "\u0306"


def _vni_pairs() -> dict[str, str]:
    lower = {base + mark: _VNI_SINGLE.get(base, base) + tone
             for base in "aeouyôö" for mark, tone in _VNI_TONES.items()}  # fmt: skip
    lower |= {base + mark: base + _HAT + tone for base in "aeo" for mark, tone in _VNI_HAT.items()}
    lower |= {"a" + mark: "a" + _BREVE + tone for mark, tone in _VNI_BREVE.items()}
    lower |= _VNI_SINGLE
    composed = {code: unicodedata.normalize("NFC", letter) for code, letter in lower.items()}
    # Capitals run parallel; a capital vowel at the beginning of a word may take a small mark.
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in composed.items()}
    small = {code[0] + code[1:].upper(): letter for code, letter in composed.items()}
    return small | mixed | {code.upper(): letter.upper() for code, letter in composed.items()} | composed


_VNI: Final = _vni_pairs()
_VNI_CODE: Final = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_VNI_MARKS: Final = frozenset("".join((*_VNI_TONES, *_VNI_HAT, *_VNI_BREVE)))
_VNI_BASES: Final = frozenset("aeouyôö")

_TCVN3_FONT: Final = re.compile(r"\.Vn", re.IGNORECASE)
_VNI_FONT: Final = re.compile(r"VNI[- ]", re.IGNORECASE)
_CAPITAL_FONT: Final = re.compile(r"\.Vn.*H", re.IGNORECASE)

#: a word as these encodings see it: their codes are letters although Latin-1 calls many of them signs
_WORD: Final = re.compile("[A-Za-z\u00a1-\u00ff\u0102-\u01b0\u0300-\u0323\u1ea0-\u1ef9]+")
_HIGH: Final = re.compile("[\u00a1-\u00ff]")
#: what no Unicode Vietnamese word holds; running text in an old encoding is full of them
_SUSPECT: Final = re.compile("[\u00a1-\u00bfÆÐÑÖ×ØÞßäåæçëîïðñö÷øûüþÿÄÅÇËÎÏÛÜ]")
_ABBREVIATION: Final = re.compile("(?=.*[§Ñ])[A-Z§Ñ]{2,6}")
_BEYOND: Final = re.compile("[\u0102-\u01b0\u0300-\u0323\u1ea0-\u1ef9]")
_SYMBOL_AREA: Final = {0xF000 + code: code for code in range(0xA1, 0x100)}  #: fonts marked as symbol fonts
_CLUSTER: Final = re.compile("[A-Za-z\u00c0-\u1ef9][\u0300-\u0323]+")
_ASCII: Final = bytes(range(128))
#: the letters of _SUSPECT, and marks that stand alone, in UTF-8
_RARE: Final = re.compile(
    rb"\xc2[\xa1-\xbf]|\xc3[\x84-\x87\x8b\x8e\x8f\x90\x91\x96-\x98\x9b\x9c\x9e\x9f\xa4-\xa7\xab\xae-\xb1\xb6-\xb8\xbb\xbc\xbe\xbf]"
    rb"|\xcc[\x80-\xa3]"
)
_SHAPES: Final = frozenset("\u0302\u0306\u031b")

SAMPLE_OF_LEGACY: Final = "legacy_sample: "  #: begins the note that shows text as it stood and as it is read
_LEAST_WORDS: Final = 3  #: different words that must turn from none into Vietnamese ones
_MOST_BEFORE: Final = 0.5  #: share of words that may be Vietnamese without any conversion
_LEAST_AFTER: Final = 0.9  #: share of words that must be Vietnamese after it
_SAMPLE: Final = 60


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one font; an empty font says that nobody knows it."""

    text: str
    font: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """A text put right; `encoding` is empty when nothing was changed."""

    text: str
    encoding: Encoding
    before_sample: str = ""  #: the first words that changed, as they stood
    after_sample: str = ""


@dataclass(frozen=True, slots=True)
class ConvertedRuns:
    """Runs put right, in the same number and order, paragraph by paragraph."""

    paragraphs: tuple[tuple[str, ...], ...]
    encodings: tuple[Encoding, ...] = ()  #: those found, without doubles
    before_sample: str = ""
    after_sample: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Codes for `Document.notes`: "legacy_tcvn3", "legacy_vni", and one sample "before → after"."""
        codes = tuple(f"legacy_{encoding}" for encoding in self.encodings if encoding != "combining")
        return (*codes, f"{SAMPLE_OF_LEGACY}{self.before_sample} → {self.after_sample}") if codes else ()


def put_right(text: str, fonts: Iterable[str] = ()) -> Converted:
    """One text put right, judged by itself and by the fonts named for it.

    Fonts that disagree prove nothing, and the text is judged alone. The text comes back in NFC.
    """
    named = {_font_encoding(font): font for font in fonts}
    font = next(iter(named.values())) if len(named) == 1 else ""
    found = put_right_runs([[Run(text, font)]])
    encoding = found.encodings[0] if found.encodings else ""
    return Converted(found.paragraphs[0][0], encoding, found.before_sample, found.after_sample)


def put_right_texts(texts: Sequence[str]) -> ConvertedRuns:
    """Lines or cells without fonts, judged together."""
    joined = "\n".join(texts)
    if unicodedata.is_normalized("NFC", joined) and not looks_legacy(joined):
        return ConvertedRuns(tuple((text,) for text in texts))
    return put_right_runs([[Run(text)] for text in texts])


def put_right_runs(paragraphs: Sequence[Sequence[Run]]) -> ConvertedRuns:
    """The runs of a document put right: each font is judged over the whole document, then run by run."""
    stretches = [_stretches(runs) for runs in paragraphs]
    verdicts = _Verdicts.over([stretch for paragraph in stretches for stretch in paragraph])
    noted = _Noted()
    done = tuple(
        tuple(piece for stretch in paragraph for piece in noted.converted(stretch, verdicts))
        for paragraph in stretches
    )
    return ConvertedRuns(done, tuple(noted.encodings), noted.before, noted.after)


def looks_legacy(text: str) -> bool:
    """A cheap first question: whether the text holds any letter that Unicode Vietnamese never has."""
    if text.isascii() or not holds_rare_letters(text.encode("utf-8", "surrogatepass")):
        return False
    return _SUSPECT.search(text) is not None or _needs_composing(text)


def holds_rare_letters(octets: bytes) -> bool:
    """Whether UTF-8 text holds what `looks_legacy` looks for, or a mark that stands alone.

    Without ASCII little is left to search: a table for one pass of C takes it out, and markup with it.
    """
    return _RARE.search(octets.translate(None, _ASCII)) is not None


def legacy_font(font: str) -> Encoding:
    """The encoding a font was drawn for: ".VnTime" gives "tcvn3", "VNI-Times" gives "vni"."""
    return _font_encoding(font)


def legacy_octets(octets: bytes) -> str | None:
    """Undeclared octets as Latin-1 where that makes clear TCVN3 or VNI text (not yet put right), else None.

    Other readings of the same octets (cp1258) would give letters that cannot be taken apart again.
    """
    text = latin_octets(octets)
    found = None if text is None else put_right_texts(text.splitlines())
    return text if found is not None and {"tcvn3", "vni"} & set(found.encodings) else None


def latin_octets(octets: bytes) -> str | None:
    """Octets that are no UTF-8 as Latin-1, in which text before Unicode can be put right; None for UTF-8."""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        # 0x80 to 0x9F are the quotation marks and dashes of Windows.
        return octets.decode("latin-1").translate(_WINDOWS_SIGNS)
    return None


def _windows_signs() -> dict[int, str]:
    signs = {code: bytes((code,)).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
    return {code: sign for code, sign in signs.items() if sign != "\ufffd"}


_WINDOWS_SIGNS: Final = _windows_signs()


@lru_cache(maxsize=256)
def _font_encoding(font: str) -> Encoding:
    name = font.strip()
    return "tcvn3" if _TCVN3_FONT.match(name) else "vni" if _VNI_FONT.match(name) else ""


def _draws_capitals(font: str) -> bool:
    """The fonts .VnTimeH, .VnArialH and their like draw small letters as capitals."""
    return _CAPITAL_FONT.fullmatch(font.strip()) is not None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring runs whose fonts stand for the same encoding: words run across their borders."""

    runs: tuple[Run, ...]
    declared: Encoding

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def is_open(self) -> bool:
        """Whether it may be in an old encoding at all: nothing in it that only Unicode has."""
        return _BEYOND.search(self.text) is None


def _stretches(runs: Sequence[Run]) -> list[_Stretch]:
    grouped: list[tuple[Encoding, list[Run]]] = []
    for run in runs:
        declared = _font_encoding(run.font)
        text = run.text.translate(_SYMBOL_AREA) if declared else run.text
        # Blanks and figures alone belong to whatever stands around them.
        if grouped and (grouped[-1][0] == declared or not _WORD.search(text)):
            grouped[-1][1].append(Run(text, run.font))
        else:
            grouped.append((declared, [Run(text, run.font)]))
    return [_Stretch(tuple(members), declared) for declared, members in grouped]


@dataclass(slots=True)
class _Evidence:
    """Words with letters beyond ASCII, counted by whether they are Vietnamese before and after."""

    words: int = 0
    before: int = 0
    after: int = 0
    won: Counter[str] = field(default_factory=Counter)  #: words that conversion makes Vietnamese

    @classmethod
    def of(cls, texts: Iterable[str], convert: Callable[[str], str]) -> _Evidence:
        evidence = cls()
        for word in (word for text in texts for word in _WORD.findall(text) if _HIGH.search(word)):
            evidence.add(word, convert(word))
        return evidence

    def add(self, word: str, converted: str) -> None:
        """Counts one word. A single sign proves nothing: "«" and "·" stand in every language."""
        if len(word) == 1:
            return
        was, is_now = is_syllable(word), is_syllable(converted)
        self.words += 1
        self.before += was
        self.after += is_now
        if is_now and not was:
            self.won[word] += 1

    @property
    def wins_clearly(self) -> bool:
        """What text without a fitting font must show."""
        return (
            len(self.won) >= _LEAST_WORDS
            and self.before <= _MOST_BEFORE * self.words
            and self.after >= _LEAST_AFTER * self.words
        )


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """What the whole document says of each declared encoding and of text without one."""

    scores: Mapping[Encoding, int]  #: of declared encodings: above 0 proved, below 0 refuted by the text
    undeclared: Encoding  #: what text in other fonts is written in
    mixed: bool  #: Unicode Vietnamese stands in other fonts too

    @classmethod
    def over(cls, stretches: Sequence[_Stretch]) -> _Verdicts:
        others = [stretch for stretch in stretches if not stretch.declared]
        return cls(
            {encoding: _score(encoding, stretches) for encoding in _CONVERTERS},
            _clear_winner([stretch.text for stretch in others if stretch.is_open]),
            any(not stretch.is_open for stretch in others),
        )

    def encoding_of(self, stretch: _Stretch) -> Encoding:
        """How a stretch is written."""
        encoding = stretch.declared or self.undeclared
        if not encoding or not stretch.is_open:
            return ""
        evidence = _Evidence.of([stretch.text], _CONVERTERS[encoding])
        is_it = (
            self._is_declared(encoding, evidence)
            if stretch.declared
            else self._is_clear(evidence) or (not self.mixed and _abbreviates(stretch.text))
        )
        return encoding if is_it else ""

    def _is_declared(self, encoding: Encoding, evidence: _Evidence) -> bool:
        """The font is believed unless the text speaks against it; signs alone need proof elsewhere."""
        if evidence.after != evidence.before:
            return evidence.after > evidence.before
        return self.scores[encoding] >= (0 if evidence.words else 1)

    def _is_clear(self, evidence: _Evidence) -> bool:
        """In a mixed document a word that is Vietnamese either way is left as it stands."""
        least = evidence.before + (1 if self.mixed else 0)
        return evidence.after >= least and evidence.after * 2 > evidence.words


def _abbreviates(text: str) -> bool:
    """Whether the only letters to convert are the Đ of abbreviations, which are no syllables: ĐVT, BĐG."""
    words = [word for word in _WORD.findall(text) if _HIGH.search(word)]
    return bool(words) and all(map(_ABBREVIATION.fullmatch, words))


def _score(encoding: Encoding, stretches: Sequence[_Stretch]) -> int:
    """Words won by believing the fonts of that encoding, less those lost and the Unicode text in them.

    A font may be set over Unicode text: where it is not installed, nobody sees a difference.
    """
    declared = [stretch for stretch in stretches if stretch.declared == encoding]
    evidence = _Evidence.of((each.text for each in declared if each.is_open), _CONVERTERS[encoding])
    return evidence.after - evidence.before - sum(not each.is_open for each in declared)


def _clear_winner(texts: Sequence[str]) -> Encoding:
    if not any(_SUSPECT.search(text) for text in texts):
        return ""
    found = {encoding: _Evidence.of(texts, convert) for encoding, convert in _CONVERTERS.items()}
    winners = [encoding for encoding, evidence in found.items() if evidence.wins_clearly]
    return winners[0] if len(winners) == 1 else ""


@dataclass(slots=True)
class _Noted:
    """What was converted so far."""

    encodings: dict[Encoding, None] = field(default_factory=dict)
    before: str = ""
    after: str = ""

    def converted(self, stretch: _Stretch, verdicts: _Verdicts) -> list[str]:
        """The runs of a stretch put right."""
        encoding = verdicts.encoding_of(stretch)
        texts = [run.text for run in stretch.runs]
        if not encoding:
            composed = [_composed(text) for text in texts]
            if composed != texts:
                self.encodings["combining"] = None
            return composed
        done = _decoded_runs(stretch.runs, encoding)
        if done != texts:
            self._note(encoding, "".join(texts), "".join(done))
        return done

    def _note(self, encoding: Encoding, before: str, after: str) -> None:
        self.encodings[encoding] = None
        if len(self.before) < _SAMPLE // 3:
            self.before, self.after = before.strip()[:_SAMPLE], after.strip()[:_SAMPLE]


def _decoded_runs(runs: Sequence[Run], encoding: Encoding) -> list[str]:
    if encoding == "vni":
        return [from_vni(text) for text in _rejoined([run.text for run in runs])]
    return [
        from_tcvn3(run.text).upper() if _draws_capitals(run.font) else _WORD.sub(_word_of_tcvn3, run.text)
        for run in runs
    ]


def _word_of_tcvn3(word: re.Match[str]) -> str:
    """One word; toned capitals do not exist, so in a word of capitals small letters stand for them."""
    plain = [letter for letter in word[0] if letter.isascii()]
    is_capital = len(plain) > 1 and all(letter.isupper() for letter in plain)
    return from_tcvn3(word[0]).upper() if is_capital else from_tcvn3(word[0])


def _rejoined(texts: list[str]) -> list[str]:
    """A mark at the beginning of a run goes back to the vowel at the end of the run before."""
    for number in range(1, len(texts)):
        before, text = texts[number - 1], texts[number]
        if before[-1:].lower() in _VNI_BASES and text[:1].lower() in _VNI_MARKS:
            texts[number - 1], texts[number] = before + text[0], text[1:]
    return texts


def from_tcvn3(text: str) -> str:
    """TCVN3 codes shown as Latin-1 to Vietnamese: "giíi" gives "giới". Capitals are left to the font."""
    return text.translate(_TCVN3_TABLE)


_TCVN3_TABLE: Final = str.maketrans(_TCVN3)


def from_vni(text: str) -> str:
    """VNI-Windows codes shown as Latin-1 to Vietnamese: "chaøo" gives "chào"; pairs come first."""
    return _VNI_CODE.sub(lambda found: _VNI[found[0]], text)


_CONVERTERS: Final[dict[Encoding, Callable[[str], str]]] = {"tcvn3": from_tcvn3, "vni": from_vni}


def _composed(text: str) -> str:
    """NFC, also where the tone was typed before the hat, which NFC alone leaves apart."""
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not _needs_composing(text)):
        return text
    ordered = _CLUSTER.sub(_shapes_first, unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", ordered)


def _needs_composing(text: str) -> bool:
    return _CLUSTER.search(text) is not None


def _shapes_first(cluster: re.Match[str]) -> str:
    base, marks = cluster[0][0], cluster[0][1:]
    return base + "".join(sorted(marks, key=lambda mark: mark not in _SHAPES))


# The spelling of a syllable: an initial, a rhyme, one tone. Rhymes by their vowel and what may close it.
_INITIALS: Final = tuple(
    sorted(
        "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(),  # noqa: SIM905
        key=len,
        reverse=True,
    )
)
_RHYMES: Final = frozenset(
    vowel + (end if end != "-" else "")
    for vowel, ends in (
        ("a", "- c ch i m n ng nh o p t u y"), ("ă", "c m n ng p t"), ("â", "c m n ng p t u y"),
        ("e", "- c m n ng o p t"), ("ê", "- ch m n nh p t u"), ("i", "- a ch m n nh p t u"),
        ("iê", "c m n ng p t u"), ("yê", "m n ng t u"), ("o", "- c i m n ng p t"), ("oo", "c ng"),
        ("ô", "- c i m n ng p t"), ("ơ", "- i m n p t"), ("u", "- a c i m n ng p t"),
        ("ư", "- a c i m n ng t u"), ("uô", "c i m n ng t"), ("ươ", "c i m n ng p t u"),
        ("y", "- ch nh t"), ("oa", "- c ch i m n ng nh o p t y"), ("oă", "c m n ng t"), ("oe", "- n o t"),
        ("uâ", "n ng t y"), ("uê", "- ch n nh"), ("uơ", "-"), ("uy", "- a ch n nh p t u"), ("uyê", "n t"),
    )
    for end in ends.split()
)  # fmt: skip
_STOPPED: Final = re.compile(r"(?:ch?|p|t)$")
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOPPED_TONES: Final = frozenset("\u0301\u0323")


@lru_cache(maxsize=1 << 14)
def is_syllable(word: str) -> bool:
    """Whether a word is spelled as a Vietnamese syllable can be, whatever its case; a rule, no word list."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    # Names of the Central Highlands are spelled with k: Đắk Lắk, Krông Búk.
    plain = plain[:-1] + "c" if plain[1:].endswith("k") else plain
    if len(tones) > 1:
        return False
    if _STOPPED.search(plain) and not _STOPPED_TONES.issuperset(tones or ("",)):
        return False
    return any(rhyme in _RHYMES for rhyme in _rhymes_of(plain))


def _rhymes_of(plain: str) -> Iterable[str]:
    """What may be the rhyme; "gi" gives up its i to "gì" and "gìn", and c, k, g keep to their vowels."""
    yield plain
    for initial in _INITIALS:
        rhyme = plain[len(initial) :]
        if plain.startswith(initial) and _fits(initial, rhyme):
            yield rhyme


def _fits(initial: str, rhyme: str) -> bool:
    is_front = rhyme.startswith(("e", "ê", "i", "y"))
    if initial in {"k", "gh", "ngh"}:
        return is_front
    if initial in {"c", "ng"}:
        return not is_front
    return True


__all__ = [
    "Converted",
    "ConvertedRuns",
    "Encoding",
    "Run",
    "from_tcvn3",
    "from_vni",
    "holds_rare_letters",
    "is_syllable",
    "latin_octets",
    "legacy_font",
    "legacy_octets",
    "looks_legacy",
    "put_right",
    "put_right_runs",
    "put_right_texts",
]
