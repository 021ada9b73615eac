"""Whose area a clause speaks of: a commune's letter quotes the district's figures beside its own. Pure.

"Toàn huyện có 4.520 hộ nghèo" in the letter of a commune is true, well formed, and not the commune's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from intake.figures.sentence_numbers import mask, mentions_in

_PROVINCE = r"tỉnh"
_DISTRICT = r"huyện|quận|thị xã|thành phố"
_COMMUNE = r"xã(?! hội)|thị trấn|phường"
_VILLAGE = r"thôn|bản|ấp|xóm|buôn|tổ dân phố|khu dân cư|khu phố"
_OFFICE = (
    r"(?:nhà )?trường(?! hợp)|trạm|trung tâm|chi nhánh|cơ quan|đơn vị|công an|phòng(?!,? (?:chống|ngừa))"
    r"|hội (?:liên hiệp|phụ nữ|nông dân|cựu chiến binh|chữ thập đỏ)|đoàn thanh niên"
)
_BODIES = "hđnd|hội đồng nhân dân|cấp ủy|đảng bộ|ban chấp hành|bch|ban thường vụ|btv"
_OF_THE_COUNTRY = ("toàn quốc", "cả nước")
# A sentence that goes on with the parts of what the one before it counted.
_GOES_ON = re.compile(r"^\W*(?:trong (?:số )?đó|(?:bao )?gồm|cụ thể|chia ra|số còn lại)\b", re.IGNORECASE)
_CAPITAL = "A-ZĐÁÀẢÃẠĂẮẰẲẴẶÂẤẦẨẪẬÉÈẺẼẸÊẾỀỂỄỆÍÌỈĨỊÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÚÙỦŨỤƯỨỪỬỮỰÝỲỶỸỴ"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Area:
    """The words that name a level above a unit's own, and those that name its own."""

    above: re.Pattern[str]
    own: re.Pattern[str]  #: "toàn xã", "xã đã": no other commune, which would be named
    levels: tuple[str, ...]  #: a word of which stands wherever a level above is named, told before the search
    actor: re.Pattern[str]  #: "UBND xã Tân An đã": whoever acts after the level above was named

    def is_above(self, clause: str, *, before: bool) -> bool:
        """Whether a clause speaks of a larger area than the unit's.

        `before`: whether the clause before it in the sentence did; what follows does so too until it
        names the unit's own ("toàn huyện có 4.520 hộ nghèo; 1.200 hộ cận nghèo; xã còn 85 hộ nghèo").
        """
        named = [*self.above.finditer(clause)] if self.may_be_above(clause.lower()) else []
        if named:
            return not self._acts_after(named[-1].end(), clause)
        return before and not self.own.search(clause)

    def may_be_above(self, lowered: str) -> bool:
        """Whether a word of a level above stands anywhere in a text in small letters."""
        for level in self.levels:  # noqa: SIM110 - of every line, and as one expression twice as slow
            if level in lowered:
                return True
        return False

    def _acts_after(self, end: int, clause: str) -> bool:
        """Whether the unit acts after what is above was named, and every number comes after that.

        "Thực hiện kế hoạch trên địa bàn huyện, UBND xã đã tổ chức 05 hội nghị."
        """
        acting = self.actor.search(clause, end)
        return acting is not None and not mentions_in(mask(clause[: acting.start()]), listing=False)


def goes_on(sentence: str) -> bool:
    """Whether the sentence only parts what the sentence before it counted: "Trong đó: ..."."""
    return bool(_GOES_ON.match(sentence))


@cache
def area_of(level: str) -> Area:
    """The area of what a kind of unit may answer for, a key of `LEVELS`; for no level nothing is above.

    A school speaks of its own persons, an office of the district may speak of the whole district.
    """
    above_commune = f"{_DISTRICT}|{_PROVINCE}"
    match level:
        case "institution":
            return _area(f"{above_commune}|{_COMMUNE}", _OFFICE)
        case "village":
            return _area(f"{above_commune}|{_COMMUNE}", _VILLAGE)
        case "commune":
            return _area(above_commune, _COMMUNE)
        case "district":
            return _area(_PROVINCE, f"{_DISTRICT}|{_OFFICE}")
        case "province":
            return _area("|".join(_OF_THE_COUNTRY), f"{_PROVINCE}|{_OFFICE}")
        case _:
            return Area(_NEVER, _NEVER, (), _NEVER)


def _area(higher: str, own: str) -> Area:
    return Area(
        levels=(*(level.partition("(")[0] for level in higher.split("|")), *_OF_THE_COUNTRY),
        above=_words(
            rf"\b(?:toàn|cả|khắp|địa bàn|phạm vi) (?:{higher})\b",
            rf"\b(?:{'|'.join(_OF_THE_COUNTRY)})\b",
            rf"\bcác (?:{_COMMUNE}|{_VILLAGE})(?:, (?:{_COMMUNE}))* (?:trong|của|thuộc) (?:{higher})\b",
            rf"\b(?:đại biểu|ủy viên|tham gia|cấp ủy viên)(?: \w+){{0,3}} (?:{_BODIES})(?: đảng bộ)? "
            rf"(?:cấp )?(?:{higher})\b(?! ủy)",
            rf"\bcấp ủy (?:cấp )?(?:{higher})\b(?! ủy)",
            rf"^\W*(?:{higher})(?: (?-i:[{_CAPITAL}])\w+)*(?: ta)?(?: hiện| đang| đã)? (?:có|còn|xảy ra)\b",
        ),
        own=_words(
            rf"\b(?:toàn|cả|địa bàn|của|ubnd) (?:{own})\b(?! (?-i:[{_CAPITAL}]))",
            rf"(?:^|,)\W*(?:(?:{own})\b(?! (?-i:[{_CAPITAL}\d]))|địa phương\b)",
        ),
        actor=_words(
            rf"(?:,|\bthì)\W*(?:(?:ubnd|ủy ban nhân dân|đảng ủy|toàn) )?(?:{own})\b", r",\W*địa phương\b"
        ),
    )


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)
