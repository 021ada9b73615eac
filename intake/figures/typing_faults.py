"""How many faults of typing part what was written from what was meant."""

from __future__ import annotations

import unicodedata

from rapidfuzz.distance import OSA

from config.spelling import is_accented, plain_key
from intake.figures.label_keys import GUARDED

SHORTEST_MISTYPED = 3  # letters; a shorter word with another letter is another word


def typing_faults(written: list[str], named: list[str], vocabulary: frozenset[str]) -> int | None:
    """Faults inside words and misplaced blanks between them; None when any word is another word."""
    lost = len(named) - len(written)
    if "".join(written) == "".join(named):
        return max(1, abs(lost))
    words = _unglued(written, named) if lost > 0 else written
    if len(words) != len(named):
        return None
    faults = [_word_faults(one, other, vocabulary) for one, other in zip(words, named, strict=True)]
    return None if None in faults else lost + sum(fault or 0 for fault in faults)


def _unglued(written: list[str], named: list[str]) -> list[str]:
    """Put lost blanks back where the name has them: "cấpphát" -> "cấp", "phát"."""
    words: list[str] = []
    for word in written:
        place = len(words)
        if place < len(named) and len(word) > len(named[place]) and word.startswith(named[place]):
            words += _pieces(word, named[place:])
        else:
            words.append(word)
    return words


def _pieces(word: str, named: list[str]) -> list[str]:
    pieces: list[str] = []
    for name in named:
        if not word.startswith(name):
            break
        pieces.append(name)
        word = word[len(name) :]
    return [*pieces, word] if word else pieces


def _word_faults(written: str, named: str, vocabulary: frozenset[str]) -> int | None:
    """0 for the same word, 1 for a typing fault in it, None for another word."""
    if written == named:
        return 0
    if written in vocabulary:  # another word the report uses is never a typing fault
        return None
    if _lost_marks(written, named):
        return 1
    if _misplaced_tone(written, named):
        return 1
    if {written, named} & GUARDED:  # nor is one that turns the meaning: nam, nữ, không
        return None
    return 1 if len(named) >= SHORTEST_MISTYPED and OSA.distance(written, named) == 1 else None


def _misplaced_tone(written: str, named: str) -> bool:
    """Whether the same letters and marks stand there with the tone on the wrong one: "đựơc"."""
    marks = [sorted(unicodedata.normalize("NFD", word)) for word in (written, named)]
    return marks[0] == marks[1] and plain_key(written) == plain_key(named)


def _lost_marks(written: str, named: str) -> bool:
    """Whether the word was typed without its marks, or with some of them: "lãnh dao"."""
    return plain_key(written) == plain_key(named) and not is_accented(written) and len(written) > 1


def same_but_marks(written: list[str], named: list[str]) -> bool:
    """Whether a label has the words of a name in their order, some or all of them without their marks."""
    return len(written) == len(named) and all(map(_same_or_lost_marks, written, named))


def _same_or_lost_marks(written: str, named: str) -> bool:
    """A single letter too: among words that all agree, "o" is "ở"."""
    return written == named or (plain_key(written) == plain_key(named) and not is_accented(written))


def most_faults(compact: str) -> int:
    """So many typing faults may stand in a name of so many letters."""
    return max(1, len(compact) // 8)


def compacted(key: str) -> str:
    """The letters without the blanks between them."""
    return key.replace(" ", "")
