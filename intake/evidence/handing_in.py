"""Whether a unit's mail hands something in by its wording, so that a mail without a file lacks one. Pure.

Clerks seldom name what they send: "Xã gửi nhé, có gì gọi số...", "Em gửi chị ạ", "kèm theo đây ạ". What
speaks for handing in is the verb of somebody who speaks for the unit. An address ("Kính gửi Phòng",
"Gửi chị Lan,"), a promise ("mai em gửi"), a wish ("chị gửi em mẫu"), thanks ("gửi lời cảm ơn") and what
has come to the unit ("đã nhận file đính kèm") use the same words and hand in nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import plain_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

#: "Xã gửi báo cáo ạ", "xin báo cáo như sau": the report is named. After normalisation, over the whole text.
_NAMED = re.compile(
    r" (?:(?<!kinh )(?:gui|nop|chuyen|dinh kem|kem theo)\b.{0,40}\b(?:bao cao|bc|bieu|so lieu)\b"
    r"|(?:bao cao|bc|bieu|so lieu)\b.{0,60}\b(?:dinh kem|kem theo|nhu sau)\b)"
)
#: What makes that a promise, a wish, or somebody else's doing: "sẽ gửi", "chưa gửi", "đề nghị gửi".
_NOT_NOW = re.compile(
    r"\b(?:se|chua|dang|can|phai|de nghi|yeu cau|nhac|don doc|thoi han|han|viec|xin lui|cho|lam|khi|neu|moi"
    r"|cam on|nhan duoc|nhan)\b(?: \w+){0,4} ?$"
)
_WE = (
    r"(?:(?:ubnd )?(?:xa|phuong|thi tran|dac khu)"
    r"|em|chau|minh|toi|chung toi|ben (?:em|xa|minh)|don vi|co quan)"
)
_HAND = r"(?:gui|nop|chuyen(?= (?:a|chi|anh|phong|co|ban|file|tep|kem|lai|len)\b))"
_NOT_FILES = r"(?! (?:loi|tu|qua|yeu cau|don|de nghi|cau hoi|thac mac|y kien|kien nghi|chung)\b)"
#: Nothing but who speaks, the name of the unit and courtesy stands before the verb.
_WE_HAND_IN = re.compile(
    rf"^(?:(?:da|vang|a|\w+ oi|thua \w+|chao \w+|the|nay|day|hom nay) ){{0,4}}{_WE}"
    rf"(?:(?! (?:cam on|nhan|biet|thay|hoi)\b) \w+){{0,4}}? {_HAND}\b{_NOT_FILES}"
)
#: The same without who speaks: "Gửi chị ạ", "Gửi lại file", "Xin nộp bản đã ký". An address ends otherwise.
_HANDED = re.compile(
    rf"^(?:(?:da|vang|xin|xin phep|kinh) ){{0,3}}{_HAND}\b{_NOT_FILES}"
    r"(?=.* (?:a|nhe|nha)$|(?: \w+){0,4} (?:file|tep|ban|van ban|tai lieu|ho so)\b)"
)
_ATTACHED = re.compile(
    r"\b(?:dinh kem|kem theo|kem day|kem duoi day)\b|\b(?:file|tep|van ban|ban scan)\b.{0,20}\b(?:day|duoi)\b"
)
#: What the clause says of another time, also of one gone by ("gửi rồi"), or wishes, wherever it stands.
_LATER = re.compile(
    r"^mai\b|\b(?:se|chua|dang|de|(?:ngay|sang|hom|de) mai|mai (?:em|xa|minh)"
    r"|tuan sau|thang sau|hom sau|chieu|toi nay|som|ngay bay gio"
    r"|lat nua|ti nua|chut nua|gui sau|nop sau|bu|khi|neu|nho|giup|gium|can|phai|muon|khong|bao gio|roi)\b"
)
#: What a mail gives in its own words: "em gửi chị số điện thoại".
_WORDS_ALONE = re.compile(r"\b(?:so dien thoai|sdt|so tai khoan|dia chi|duong link|cau hoi)\b")
#: What the unit was sent or has to follow: "đã nhận file đính kèm", "theo mẫu đính kèm".
_TO_US = re.compile(
    r"\b(?:nhan|mo|tai (?!lieu)|doc|in|thay|mau|huong dan|(?<!kem )theo|thuc hien|cua phong|de nghi|yeu cau"
    r"|cam on|(?:em|xa|minh|toi) (?:\w+ )?xem|(?:chi|anh|phong|co) (?:da |vua )?gui)\b"
)
#: No clause hands in anything without one of these; "gởi" is among them as it is without its marks.
_OF_HANDING = re.compile(r" (?:gui|goi|nop|chuyen|kem|file|tep|van ban|ban scan) ")
_CLAUSE_ENDS = re.compile(r"[.,;:!?\n\r…–()]+|\s-\s")
_MOST_CLAUSES = 40  #: a forgotten file is told of in the first lines
_SOUTHERN = re.compile(r"\b([Gg])ởi\b")  #: "gởi" without its marks would be "gọi", to call


def hands_in(text: str) -> bool:
    """Whether the text says that something is handed in with it, named ("gửi báo cáo") or not ("gửi nhé")."""
    said = f" {plain_key(text)} "
    named = any(not _NOT_NOW.search(said[: found.start()]) for found in _NAMED.finditer(said))
    return named or (_OF_HANDING.search(said) is not None and any(map(_hands_in, _clauses(text))))


def _hands_in(clause: str) -> bool:
    if _LATER.search(clause) or _WORDS_ALONE.search(clause):
        return False
    if _WE_HAND_IN.search(clause) or _HANDED.search(clause):
        return True
    return _ATTACHED.search(clause) is not None and not _TO_US.search(clause)


def _clauses(text: str) -> Iterator[str]:
    """The first clauses without marks and punctuation; a line ends one as a comma does."""
    for clause in _CLAUSE_ENDS.split(_SOUTHERN.sub(r"\1ửi", text), maxsplit=_MOST_CLAUSES)[:_MOST_CLAUSES]:
        yield plain_key(tidy(clause))
