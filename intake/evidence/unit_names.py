"""Which registered units a text names: exact matches on a curated table, never near ones.

The table holds each unit's name and aliases, the same without "Ủy ban nhân dân", and without the area's
name at the end ("Phòng Y tế huyện X" is "Phòng Y tế" inside huyện X). A text typed without marks is
looked up by the key without marks, and names every unit that shares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rapidfuzz import fuzz, process

from config.remembered import remembered
from config.spelling import accented_key, is_accented, plain_key, tidy
from config.units import Unit

# Written-out forms and their abbreviations in the names of offices (both directions are looked up).
_ABBREVIATIONS = (
    ("ủy ban nhân dân", "ubnd"),
    ("hội đồng nhân dân", "hđnd"),
    ("tổ dân phố số", "tổ dân phố"),
    ("tổ dân phố", "tdp"),
    ("khu phố", "kp"),
    ("ủy ban mặt trận tổ quốc việt nam", "ủy ban mttq"),
    ("ủy ban mặt trận tổ quốc", "ubmttq"),
    ("mặt trận tổ quốc", "mttq"),
    ("liên hiệp phụ nữ", "lhpn"),
    ("phụ nữ", "pn"),
    ("nông dân", "nd"),
    ("cựu chiến binh", "ccb"),
    ("thanh niên cộng sản", "tncs"),
    ("hồ chí minh", "hcm"),
    ("liên đoàn lao động", "lđlđ"),
    ("ban chỉ huy quân sự", "ban chqs"),
    ("ngân hàng chính sách xã hội", "nhcsxh"),
    ("bảo hiểm xã hội", "bhxh"),
    ("nông nghiệp và phát triển nông thôn", "nn ptnt"),
    ("nông nghiệp và phát triển nông thôn", "nông nghiệp và ptnt"),
    ("giáo dục và đào tạo", "gd đt"),
    ("giáo dục và đào tạo", "gdđt"),
    ("tài chính kế hoạch", "tc kh"),
    ("tài nguyên và môi trường", "tn mt"),
    ("văn hóa và thông tin", "vh tt"),
    ("văn hóa thông tin", "vhtt"),
    ("kinh tế và hạ tầng", "kt ht"),
    ("lao động thương binh và xã hội", "lđ tb xh"),
    ("lao động thương binh và xã hội", "lđtbxh"),
    ("tiểu học", "th"),
    ("trung học cơ sở", "thcs"),
    ("trung học phổ thông", "thpt"),
    ("mầm non", "mn"),
    ("thị trấn", "tt"),
    ("thành phố", "tp"),
)
#: "thôn 12" in the name of a file: "thon12".
_NUMBER_APART = re.compile(r"\b(thôn|bản|ấp|xóm|khóm|tổ|khu|tdp|kp) (\d+)$")
_COUNCIL = re.compile(r"^(?:ủy ban nhân dân|ubnd) ")
#: "TH&THCS Sơn Lâm" for "Trường TH&THCS Sơn Lâm"; behind a word that is no school's it is one all the same.
_SCHOOL = re.compile(r"^trường (?=(?:th|thcs|thpt|mn|tiểu học|trung học|mầm non|mẫu giáo|ptdtbt|ptdtnt)\b)")
#: "Ban Nội chính Huyện ủy" is called "Ban Nội chính".
_OF_THE_PARTY = re.compile(
    r"^(ban (?!chấp hành|thường vụ)\w+ \w+(?: \w+)?) (?:huyện|thị|thành|tỉnh|quận) ủy\b"
)
_AREA_LEVEL = re.compile(r"^(?:xã|phường|thị trấn|tt|đặc khu) (.+)$")
_DISTRICT_LEVEL = re.compile(r"^(?:huyện|quận|thị xã|thành phố|tp) (.+)$")
#: "thôn 1+2", "thôn 1, 2 tháng 5"; in "thôn 1, 2 tháng đầu năm" the second number counts months.
_NUMBERED_TOGETHER = re.compile(
    r"\b(thôn|thon|bản|ấp|xóm|xom|khóm|khom|tổ|tdp|khu|buôn|khu phố|tổ dân phố|phường|quận) ?(\d{1,2})"
    r"\s*(?:[+,&–-]|và|va)\s*(?:\1 ?)?(?!\2\b)\d{1,2}\b(?! ?(?:tháng|thang)(?! ?\d)|[/.]\d|-\d{4})",
    re.IGNORECASE,
)
# Huyện ủy, Huyện đoàn, Xã đội name a body, and "Văn hóa - Xã hội" a field of work: no place.
_BODIES_OF_AN_AREA = frozenset({"ủy", "đoàn", "đội", "hội"})
#: A body of its own inside a commune; boards and offices of the council's are the commune itself.
_BODY_INSIDE = re.compile(
    r"(?<!xa )\bhoi\b(?! dong)"
    r"|\b(?:doan|truong|tram|cong an|dang (?:uy|bo)|chi bo|quan su|chqs|mat tran|mttq|ubmttq|hop tac xa|htx"
    r"|quy tin dung)\b"
)
#: After normalisation, but for "bản", a village: "ban" is a board as well.
_BRANCH = re.compile(r"(?:co so|diem truong|diem le|khu le|phan hieu|chi nhanh|phan tram)\b")
#: Behind the name of an office or a school; the boards and offices of a council are the council itself.
_GROUP = re.compile(
    r"(?:tổ|to|lớp|lop|khối|khoi|khoa|chi cục|chi cuc|trung tâm|trung tam|trạm|tram|hạt|hat) \w"
    r"|(?:công đoàn|cong doan|chi bộ|chi bo|chi đoàn|chi doan|liên đội|lien doi|đội|nhóm trẻ|nhom tre)\b"
)
_VILLAGE = re.compile(
    r"(?:thôn|thon|bản|ấp|xóm|xom|khóm|khom|buôn|buon|tổ dân phố|to dan pho|khu phố|khu pho) \w"
)
_PLACE = re.compile(
    r"\b(?P<level>thi xa|thanh pho|tp|huyen|quan(?! su| chung| ly)|tinh(?! doan| uy)"
    r"|xa(?! hoi)|phuong|thi tran|dac khu) (?P<name>(?:\w+ ){0,2}\w+)"
)
_OFFICE_OF_AREA = re.compile(
    r"(?!ubnd|ủy ban nhân dân)(?P<office>\S+ \S.*?) (?P<level>tỉnh|thành phố|tp|huyện|quận|thị xã|xã|phường"
    r"|thị trấn|đặc khu) (?P<place>(?!hội\b|đoàn\b|ủy\b|đội\b)\S+(?: \S+){0,3})$"
)
_AREA_BEHIND = re.compile(
    r"(?:tỉnh|tinh|thành phố|thanh pho|tp|huyện|huyen|quận|quan|thị xã|thi xa|xã|xa|phường|phuong|thị trấn"
    r"|thi tran|đặc khu|dac khu) \w"
)
_ENDS_IN_LEVEL = re.compile(r" (?:tỉnh|thành phố|tp|huyện|quận|thị xã|xã|phường|thị trấn|đặc khu)$")
_COMMUNAL = frozenset({"xa", "phuong", "thi tran", "dac khu"})
_TELLING = 3  #: words of a school's name without "trường"
_MISSPELT = 70.0
_SUGGESTION_FLOOR = 82.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text. `bare`: only the place's own name stood there, without its level."""

    units: tuple[str, ...]  #: several when the words fit more than one unit
    text: str
    position: int  #: index of the first word
    bare: bool = False


def place_named(name: str) -> str:
    """The place in the name of an office, normalised and without its level; "" where it names none."""
    found = _PLACE.search(plain_key(name))
    return found["name"] if found else ""


_LEVEL = re.compile(r"(thanh pho|thi xa|thi tran|dac khu|\w+) (.+)")


class UnitIndex:
    """The curated names of a set of units on one day."""

    def __init__(self, units: Iterable[Unit], area: str, day: date | None = None) -> None:
        """Index the units that exist on `day` (all when None); `area` is "huyện Sơn Dương"."""
        self._area = accented_key(area)
        self._accented: dict[tuple[str, ...], _Entry] = {}
        self._plain: dict[tuple[str, ...], _Entry] = {}
        self._longest: dict[str, int] = {}  #: words of the longest name that begins with that one
        self._names: dict[str, str] = {}
        self._areas: set[str] = set()  #: communes and townships among the units
        self._areas_of_offices: dict[str, str] = {}  #: "tinh lao cai" of "Sở Y tế tỉnh Lào Cai"
        for unit in units:
            if day is None or unit.exists_on(day):
                self._add(unit)
        self._named = remembered(2048)(self._looked_up)

    def named_in(self, text: str) -> tuple[Mention, ...]:
        """Every unit the text names, longest name first at each place, in order of the text."""
        return self._named(text)

    def _looked_up(self, text: str) -> tuple[Mention, ...]:
        accented = is_accented(text)
        words = (accented_key(text) if accented else plain_key(text)).split()
        table = self._accented if accented else self._plain
        return tuple(self._scan(words, table))

    def only_in(self, text: str) -> tuple[str, ...]:
        """The distinct units the text names surely: full names, or bare ones where no full name stands."""
        mentions = self.named_in(text)
        full = [mention for mention in mentions if not mention.bare]
        found = dict.fromkeys(unit for mention in full or mentions for unit in mention.units)
        return tuple(found)

    def fully_in(self, text: str) -> tuple[str, ...]:
        """The distinct units named with their level or office; a bare place may be a person's name."""
        found = dict.fromkeys(u for mention in self.named_in(text) if not mention.bare for u in mention.units)
        return tuple(found)

    def names_several(self, text: str) -> bool:
        """Whether the text names two units in one breath: "thôn A và thôn B", "huyện A, B", "thôn 1+2"."""
        if _NUMBERED_TOGETHER.search(tidy(text)):
            return True
        accented = is_accented(text)
        words = (accented_key(text) if accented else plain_key(text)).split()
        return any(
            set(first.units).isdisjoint(second.units)
            and words[first.position + len(first.text.split()) : second.position] in ([], ["và"], ["va"])
            for first, second in pairwise(self.named_in(text))
        )

    def names_a_part(self, name: str) -> bool:
        """Whether the name is that of a body or branch inside the unit it names, and not of the unit.

        "HỘI NÔNG DÂN XÃ X", "TRẠM Y TẾ XÃ X" sit in the commune and report to bodies of their own; "TRƯỜNG Y,
        CƠ SỞ 2" is a piece of the school. A body the roster has is found by its own, longer name.
        """
        words = (accented_key(name) if is_accented(name) else plain_key(name)).split()
        for mention in self.named_in(name):
            before = " ".join(words[: mention.position])
            after = self._behind_area(" ".join(words[mention.position + len(mention.text.split()) :]))
            is_area = not self._areas.isdisjoint(mention.units)
            if is_area and not mention.bare and _BODY_INSIDE.search(plain_key(before)):
                return True
            if not mention.bare and _BRANCH.match(plain_key(after)):
                return True
            if not mention.bare and (_VILLAGE if is_area else _GROUP).match(after):
                return True
            if not (mention.bare or is_area) and self._is_of_another_area(after):
                return True
        return False

    def _is_of_another_area(self, after: str) -> bool:
        """Whether what stands behind an office's name is another area than the department's.

        The names of offices are kept without that area: "Hội Phụ nữ huyện X" is no "Hội Phụ nữ" of tỉnh Y.
        """
        own = (self._area, plain_key(self._area))
        return _AREA_BEHIND.match(after) is not None and not f"{after} ".startswith(
            tuple(f"{a} " for a in own)
        )

    def _behind_area(self, after: str) -> str:
        """What stands behind a name and the department's area: "trường thcs" + "sơn lâm lớp 9a"."""
        for area in (self._area, self._area.split(" ", 1)[-1]):
            for key in (area, plain_key(area)):
                if after.startswith(f"{key} "):
                    return after.removeprefix(f"{key} ")
        return after

    def place_of(self, unit: str) -> str:
        """The place a unit is named after, normalised: "binh minh" of "UBND xã Bình Minh"; "" without one."""
        return place_named(self._names.get(unit, ""))

    def name_of(self, unit: str) -> str:
        """The unit's own name, normalised and without the department's area; "" for one nobody knows."""
        return self._names.get(unit, "")

    def are_areas(self, *units: str) -> bool:
        """Whether each of the units is a commune or township."""
        return self._areas.issuperset(units)

    def offices_of_other_areas(self, text: str, unit: str) -> tuple[str, ...]:
        """Offices whose area the text names, by its level or in two words, and not the unit's own."""
        told = f" {plain_key(text)} "
        named = [office for office, area in self._areas_of_offices.items() if _names_area(told, area)]
        own = self._areas_of_offices.get(unit)
        return () if own is None or unit in named else tuple(named)

    def is_body_beside(self, name: str, unit: str) -> bool:
        """Whether the name is that of a school, an association or their like, and the unit a commune."""
        return unit in self._areas and _BODY_INSIDE.search(plain_key(name)) is not None

    def is_another_place(self, name: str, unit: str) -> bool:
        """Whether the name is that of a place nobody has entered, and no misspelling of the unit's own.

        A huyện is never the xã that came of it, whatever it was called.
        """
        told, own = _PLACE.search(plain_key(name)), _PLACE.search(self._names.get(unit, ""))
        if told is None or own is None:
            return False
        if (told["level"] in _COMMUNAL) is not (own["level"] in _COMMUNAL):
            return True
        return fuzz.ratio(told["name"], own["name"]) < _MISSPELT

    def names_own_area(self, name: str) -> bool:
        """Whether the name ends with the area of the department itself, whose office printed the form."""
        return f" {accented_key(name)}".endswith(f" {self._area}")

    def suggestions(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Units of a near name, for a person to choose from. Never a booking."""
        found = process.extract(
            plain_key(text), self._names, scorer=fuzz.WRatio, limit=limit, score_cutoff=_SUGGESTION_FLOOR
        )
        return tuple(dict.fromkeys(unit for _name, _score, unit in found))

    def names_foreign_area(self, letterhead: str) -> bool:
        """Whether a letterhead names an area of the department's level that is not its own.

        The communes of two districts may share a name; the line above the issuer tells them apart.
        """
        words = accented_key(letterhead).split()
        level, *own = self._area.split()
        return any(
            word == level
            and words[place + 1 : place + 2]
            and words[place + 1] not in _BODIES_OF_AN_AREA
            and words[place + 1 : place + 1 + len(own)] != own
            for place, word in enumerate(words)
        )

    def _add(self, unit: Unit) -> None:
        for name in (unit.name, *unit.aliases):
            for key in _variants(self._without_area(accented_key(name))):
                self._put(key, unit.id, bare=False)
                self._put_short(key, unit.id)
                place = _AREA_LEVEL.match(_COUNCIL.sub("", key))
                if place:
                    self._areas.add(unit.id)
                place = place or _DISTRICT_LEVEL.match(_COUNCIL.sub("", key))
                if place and len(place[1].split()) > 1 and place[1] not in self._area:
                    self._put(place[1], unit.id, bare=True)
                if office := _OFFICE_OF_AREA.match(key):
                    # "SỞ Y TẾ LÀO CAI" for the one of tỉnh Lào Cai.
                    self._put(f"{office['office']} {office['place']}", unit.id, bare=False)
                    self._areas_of_offices[unit.id] = plain_key(f"{office['level']} {office['place']}")
        self._names[unit.id] = plain_key(self._without_area(accented_key(unit.name)))

    def _put_short(self, key: str, unit_id: str) -> None:
        """What a school or a board of the Party is called inside its own area."""
        if school := _SCHOOL.match(key):
            self._put(key[school.end() :], unit_id, bare=len(key[school.end() :].split()) < _TELLING)
        if board := _OF_THE_PARTY.match(key):
            self._put(board[1], unit_id, bare=True)

    def _put(self, key: str, unit_id: str, *, bare: bool) -> None:
        for table, form in ((self._accented, key), (self._plain, plain_key(key))):
            words = form.split()
            entry = table.setdefault(tuple(words), _Entry({}, bare))
            first = next(iter(words), "")
            self._longest[first] = max(len(words), self._longest.get(first, 0))
            entry.units.setdefault(unit_id)
            entry.bare = entry.bare and bare

    def _without_area(self, key: str) -> str:
        for tail in (f" {self._area}", f" {self._area.split(' ', 1)[-1]}"):
            shortened = key.removesuffix(tail)
            is_another = _AREA_LEVEL.match(_COUNCIL.sub("", key)) or _ENDS_IN_LEVEL.search(shortened)
            if shortened != key and not is_another:  # "thành phố Lào Cai" is not tỉnh Lào Cai
                return shortened
        return key

    def _scan(self, words: list[str], table: dict[tuple[str, ...], _Entry]) -> Iterator[Mention]:
        position = 0
        while position < len(words):
            longest = self._longest.get(words[position], 0)
            for length in range(min(longest, len(words) - position), 0, -1):
                entry = table.get(tuple(words[position : position + length]))
                if entry is not None:
                    text = " ".join(words[position : position + length])
                    yield Mention(tuple(entry.units), text, position, entry.bare)
                    position += length
                    break
            else:
                position += 1


def _names_area(told: str, area: str) -> bool:
    """Whether a padded text names an area; by its place alone where that is more than a word."""
    level, place = _LEVEL.match(area).groups()  # type: ignore[union-attr]  # made of such words
    return f" {level} {place} " in told or (" " in place and f" {place} " in told)


@dataclass(slots=True)
class _Entry:
    units: dict[str, None]
    bare: bool


def _variants(key: str) -> frozenset[str]:
    """The key, the key without "Ủy ban nhân dân", and both with each abbreviation swapped."""
    seen = {key, _COUNCIL.sub("", key)}
    for long, short in _ABBREVIATIONS:
        for form in tuple(seen):
            seen.add(re.sub(rf"\b{long}\b", short, form))
            seen.add(re.sub(rf"\b{short}\b", long, form))
    seen |= {_NUMBER_APART.sub(r"\1\2", form) for form in seen}
    return frozenset(form for form in seen if form)
