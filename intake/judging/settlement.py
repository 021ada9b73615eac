"""What a message does for an obligation that may already have been answered. Pure.

The first valid arrival decides timeliness elsewhere; here it is only asked whether the new message is the
first, another part, a replacement, a supplement, the same again, or a second version nobody announced.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from config.reports import Figure
from config.spelling import accented_key, is_accented, plain_key
from intake.evidence.document_names import is_same_number
from intake.evidence.replaced import Replaced
from ledger.records import Certainty, DocumentName, Role, SectionText, Submission, Value

#: Two units with the same figures are asked about from this many figures on, so many of them not zero.
TWIN_FIGURES = 8
TWIN_NONZERO = 5
#: One unit with the same figures for two periods is asked about from fewer: so many, of so many digits.
FEW_FIGURES = 3
FEW_DIGITS = 7


_OVERTAKING = frozenset({Role.REPLACEMENT, Role.SUPPLEMENT})


class Announced(StrEnum):
    """What the sender says the message is."""

    NOTHING = ""
    REPLACEMENT = "replacement"  #: thay thế, bản chính thức, gửi lại
    SUPPLEMENT = "supplement"  #: bổ sung, đính chính


_REPLACEMENT = re.compile(
    r"\b(?:thay the|thay cho (?:ban|bao cao|bieu)|(?:bao cao|ban|bieu) chinh thuc|gui lai|thay bao cao)\b"
)
#: "đề nghị bổ sung kinh phí", "vừa bổ sung cán bộ": what is added is nothing of the report.
_NOT_OF_A_REPORT = (
    r"(?! (?:them )?(?:kinh phi|von|tien|nguon|bien che|nhan su|can bo|cong chuc|vien chuc|nhan vien|nguoi"
    r"|cong tac vien|thanh vien|hoi vien|uy vien|trang thiet bi|thiet bi|vat tu|co so vat chat|quy hoach)\b)"
)
_SUPPLEMENT = re.compile(
    rf"\b(?:dinh chinh|(?:bao cao|gui|so lieu|bieu|xin|bc) bo sung{_NOT_OF_A_REPORT}"
    rf"|bo sung{_NOT_OF_A_REPORT} (?:so lieu|bao cao|bieu|bc|them))\b"
)
_SUPPLEMENT_IN_A_TITLE = re.compile(rf"\bbo sung\b{_NOT_OF_A_REPORT}")
#: "thay thế bản đính chính hôm qua": what is replaced was a correction.
_OF_A_CORRECTION = re.compile(
    r"\b(thay the(?: cho)?(?: (?:ban|bao cao|bieu|so lieu|file|tep))?) (?:da )?(?:dinh chinh|bo sung)\b"
)
_NOT_SENT = re.compile(
    r"\b(?:se|can|phai|de|neu|dang|chua|neu can) (?:gui )?(?:bo sung|dinh chinh|gui lai|thay the)\b"
)


def announced(subject: str, body: str, file_names: Sequence[str], titles: Sequence[str]) -> Announced:
    """What subject, file names, titles and the first lines of the body announce.

    Supplement wins over replacement: "bổ sung, thay thế mục 3" changes only what it names. A promise
    ("em sẽ gửi lại") announces nothing.
    """
    texts = [plain_key(text) for text in (subject, *file_names, *titles, body[:600])]
    texts = [_OF_A_CORRECTION.sub(r"\1", _NOT_SENT.sub(" ", text)) for text in texts]
    short = texts[:-1]
    in_title = any(_SUPPLEMENT_IN_A_TITLE.search(text) for text in short)
    if in_title or any(_SUPPLEMENT.search(text) for text in texts):
        return Announced.SUPPLEMENT
    if any(_REPLACEMENT.search(text) for text in texts):
        return Announced.REPLACEMENT
    return Announced.NOTHING


@dataclass(frozen=True, slots=True)
class Handed:
    """What one message hands in for one obligation, before its role is known."""

    files: frozenset[str]
    fingerprint: str
    values: tuple[Value, ...]
    sections: tuple[SectionText, ...]
    announced: Announced
    document: DocumentName | None = None
    replaces: tuple[Replaced, ...] = ()  #: the reports that its documents say it replaces


def role_of(handed: Handed, earlier: Sequence[Submission]) -> tuple[Role, tuple[str, ...]]:
    """The role of the new message among the earlier ones of its obligation, and doubts about it.

    Args:
        handed: the new message.
        earlier: submissions of the same obligation that arrived before it, in order of arrival.
    """
    same = [at for at, before in enumerate(earlier) if _is_same(handed, before)]
    if same:
        overtaken = any(before.accepted and before.role in _OVERTAKING for before in earlier[same[-1] + 1 :])
        # Sent by mistake, or meant to count again: nobody says.
        return (Role.REPLACEMENT, ("overtaken_again",)) if overtaken else (Role.DUPLICATE, ())
    accepted = [before for before in earlier if before.accepted and before.role is not Role.DUPLICATE]
    if not accepted:
        return Role.FIRST, ()
    doubts = ("replaces_another",) if _replaces_another(handed, accepted) else ()
    if handed.announced is Announced.SUPPLEMENT:
        return Role.SUPPLEMENT, doubts
    if handed.announced is Announced.REPLACEMENT or doubts:
        return Role.REPLACEMENT, doubts or (("figures_lost",) if _loses_figures(handed, accepted) else ())
    if _completes(handed, accepted):
        return Role.PART, ()
    renamed = not any(_bears_the_name(handed, before) for before in accepted)
    return Role.REPLACEMENT, ("second_version" if renamed else "same_number",)


def _loses_figures(handed: Handed, accepted: Sequence[Submission]) -> bool:
    """Whether it would take out all figures that came and brings none: only its words may be meant."""
    told = any(value.value is not None for before in accepted for value in before.values)
    return told and not any(value.value is not None for value in handed.values)


def _replaces_another(handed: Handed, accepted: Sequence[Submission]) -> bool:
    """Whether it says to replace a report whose number or day none that came and counts bears."""
    known = [before.document for before in accepted]
    return bool(handed.replaces and all(known)) and not any(
        is_same_number(one.number, name.number) and (name.dated in (None, one.dated) or one.dated is None)
        for one in handed.replaces
        for name in known
        if name
    )


def _bears_the_name(handed: Handed, before: Submission) -> bool:
    """Whether both bear one number and day: a correction that does not say so."""
    one, other = handed.document, before.document
    if one is None or other is None or one.dated is None:
        return False
    return one.dated == other.dated and is_same_number(one.number, other.number)


def fingerprint(values: Sequence[Value], sections: Sequence[SectionText]) -> str:
    """A key of the figures, or of the text where there are none; empty when there is neither.

    "figures:<count>:<nonzero>:<hash>" or "text:<hash>".
    """
    figures = sorted(
        (value.indicator, value.sex.value, _plain(value.value)) for value in values if value.value is not None
    )
    if figures:
        nonzero = sum(value.value != 0 for value in values if value.value is not None)
        return f"figures:{len(figures)}:{nonzero}:{_hash(repr(figures))}"
    text = " ".join(_key(section.text) for section in sections)
    return f"text:{_hash(text)}" if text else ""


def is_telling(key: str) -> bool:
    """Whether a fingerprint is rich enough that two units cannot share it by chance."""
    parts = key.split(":")
    return parts[0] == "figures" and int(parts[1]) >= TWIN_FIGURES and int(parts[2]) >= TWIN_NONZERO


def may_tell_of_its_time(key: str) -> bool:
    """Whether a fingerprint may be of figures that one unit is unlikely to have for two periods."""
    parts = key.split(":")
    return parts[0] == "figures" and int(parts[2]) >= FEW_FIGURES


def tells_of_its_time(values: Sequence[Value], flowing: Collection[str]) -> bool:
    """Whether a unit is unlikely to have these very figures for two periods, all of them counted anew.

    Args:
        values: what is handed in.
        flowing: the codes of the indicators that are counted for each period anew.
    """
    told = [abs(v.value) for v in values if v.value and v.indicator in flowing]
    return len(told) >= FEW_FIGURES and sum(len(str(int(one))) for one in told) >= FEW_DIGITS


def _is_same(handed: Handed, before: Submission) -> bool:
    if handed.files and handed.files <= set(before.files):
        return True
    same_print = bool(handed.fingerprint) and handed.fingerprint == before.fingerprint
    return same_print and handed.announced is not Announced.SUPPLEMENT


def _completes(handed: Handed, earlier: Sequence[Submission]) -> bool:
    """Whether the new message brings only what the earlier ones lack and contradicts nothing."""
    known = _figures(value for before in earlier for value in before.values)
    new = _figures(handed.values)
    contradicts = any(known[figure] != new[figure] for figure in known.keys() & new.keys())
    if contradicts:
        return False
    if new.keys() - known.keys():
        return True
    told = any(before.sections for before in earlier)
    return bool(handed.sections) and not told


def _figures(values: Iterable[Value]) -> dict[Figure, Decimal | None]:
    return {
        Figure(value.indicator, value.sex): value.value
        for value in values
        if value.certainty is Certainty.CERTAIN
    }


def _plain(number: Decimal | None) -> str:
    return "" if number is None else format(number.normalize(), "f")


def _key(text: str) -> str:
    return accented_key(text) if is_accented(text) else plain_key(text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
