"""Whether a number that is a part of another is all that an indicator asks for. Pure.

Of 50 households that got a loan 35 are poor, and the poor households of the commune are more; of all 1.200
households 84 are, and those are all. The upper number of "84/1.200 hộ" counts them as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import word_set
from intake.figures.sentence_numbers import Mention, mask, whole_before
from intake.figures.sentence_phrases import label_before
from intake.figures.sentence_verbs import without_doing
from intake.figures.sentence_words import STOP, keys_of, measure_at

if TYPE_CHECKING:
    from intake.figures.sentence_words import Subject

#: Words that leave a whole whole: "kết quả rà soát 1.200 hộ dân, trong đó 84 hộ nghèo".
_ALL_THERE_ARE = word_set(
    "toàn hiện nay còn tổng số là gồm rà soát kết quả qua điều tra dân cư nhân khẩu hộ người tính thời điểm "
    "địa bàn thôn bản ấp xóm tổ phố xã phường thị trấn huyện quản lý cuối kỳ đầu sinh sống thường trú "
    "độ tuổi đồng chí đại biểu cán bộ thành viên biên chế đội ngũ ubnd ủy ban hội nhân đảng chi bộ cơ quan "
    "đơn vị trẻ em cháu trai gái nam nữ trường lớp chấp hành không chuyên trách hoạt động công viên chức "
    "đ c chiếm đạt tỷ lệ bằng nhiệm kỳ quy mô"
)
#: What makes fewer of them even where another indicator asks for those.
_NARROWING = word_set("được bị vay hưởng nhận tham gia hỗ trợ giúp cấp tặng đăng ký")
_ALL_OF_A_PLACE = re.compile(
    r"^\s*(?:hiện(?: nay)?,?\s*)?(?:toàn|cả)\s+(?:xã|thị trấn|phường|thôn|trường|đơn vị)"
    r"\s+(?:hiện\s+)?(?:có|còn)\s*$",
    re.IGNORECASE,
)
_ITS_SHARE = re.compile(r"[,;(.\x00]|\s(?=(?:đạt|chiếm|bằng|tương ứng|tỷ lệ)\b)", re.IGNORECASE)
_MARK = re.compile(r"[,;(.\x00]")
_TOLD_OF = word_set("được không có đạt bị hưởng tham gia nghèo")  # what those counted are, of all of a kind
_LONGEST_MEASURE = 2  # words: "đồng chí"


def is_part_of_some(mention: Mention, subject: Subject, earlier: str | None, stocks: frozenset[str]) -> bool:
    """Whether a part is told of fewer than there are: "50 hộ được vay vốn, trong đó 35 hộ nghèo".

    Of what there is only a whole that nothing narrows has all the parts. `earlier` is the whole that a clause
    before told, `stocks` are the words of all indicators of what there is.
    """
    whole = whole_before(mention) or (earlier if mention.subset else None)
    if whole is None or not subject.is_stock:
        return False
    known = (stocks | STOP | _ALL_THERE_ARE) - _NARROWING | subject.vocabulary
    told = without_doing(mask(whole).replace("\x00", " "), happened=False)
    return any(word not in known and not word.isdigit() for word in keys_of(told))


def is_of_all(mention: Mention, subject: Subject) -> bool:
    """Whether the upper number of a fraction is all that the indicator counts, and the lower something else.

    So it is where the indicator is named whole and nothing else is said: "Số hộ nghèo: 84/1.200 hộ, chiếm
    7%", "toàn xã có 84/1.200 hộ nghèo", "đã giải quyết 07/8 vụ việc khiếu nại". The 66 of "66/162 cán bộ
    tham gia" are no number of all there are.
    """
    counted, label = _ITS_SHARE.split(mention.right, maxsplit=1)[0], label_before(mention)
    if subject.is_said_by(label):
        words = keys_of(counted)
        return not words or (subject.takes(measure_at(words), words) and len(words) <= _LONGEST_MEASURE)
    if _ALL_OF_A_PLACE.match(mention.left):
        return subject.is_said_by(counted)
    if not set(keys_of(mention.left.rpartition(":")[2])) - STOP - _ALL_THERE_ARE:
        whole_name = _MARK.split(mention.right, maxsplit=1)[0]
        return subject.is_said_by(whole_name) and not _TOLD_OF.isdisjoint(keys_of(whole_name))
    return subject.is_said_between(label, counted)
