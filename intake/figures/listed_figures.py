"""Figures from lists: "Số hộ nghèo: 84 hộ (nữ làm chủ hộ 12 hộ)", one indicator and its figure a line. Pure.

Such a line is a row of a table that nobody ruled: its label is an indicator's own name, what follows the
colon is the figure, and nothing else stands there but its parts by sex. Where anything else does, the line
is a sentence and left to those who read sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from config.reports import Aggregation, Indicator, Period, ReportDefinition, SectionRole, Sex
from config.spelling import is_accented, tidy
from intake.figures.heading_periods import Fit, fit_of
from intake.figures.headings import periods_in
from intake.figures.label_match import Strength
from intake.figures.measures import convert, is_known, is_money, is_scaled, same_measure, split_measure
from intake.figures.numerals import read_number
from intake.figures.place_tables import is_place
from intake.figures.report_names import label_index
from intake.figures.sentence_areas import area_of
from intake.figures.sentence_numbers import LEFT_ALONE, PART_OF_THE_AREA
from ledger.records import Method, Place, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.figures.outline import NarrativeLine

_LONGEST_LINE = 300
_LABEL_MARK = re.compile(r"^\s*(?:[-–+*•]+|\(?\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ][.)])\s*(?=\D)")
#: Between a name and its figure; a printed form has a line of dots there.
_COLON = re.compile(r"\s*(?:[:=]\s*)?(?:\.{3,}|[…_]{2,}|…\.+)[\s.…_:]*|\s*[:=]\s*")
_MARKS = (":", "=", "...", "…", "__")  # one of them stands in every line of a list
#: Where the figure ends and its parts begin: "33 (nam 18, nữ 15)", "64 em, trong đó nữ 29 em".
_PARTS_BEGIN = re.compile(r"\s*(?:[(;]|,(?=\s)|\btrong (?:số )?đó\b)", re.IGNORECASE)
_WOMEN, _MEN = r"(?:bé |em |trẻ )?(?:nữ|gái)", r"(?:bé |em |trẻ )?(?:nam|trai)"
_PART = re.compile(
    rf"\b(?:(?P<sex>{_WOMEN}|{_MEN})\s*(?:là|có|:|=)?\s*(?P<after>\d[\d.]*)(?:\s*(?:em|người|trẻ|cháu)\b)?"
    rf"|(?P<before>\d[\d.]*)\s*(?:em |người |trẻ |cháu )?(?P<of>{_WOMEN}|{_MEN}))\b",
    re.IGNORECASE,
)
_BETWEEN_PARTS = re.compile(r"(?:[\s,;().:]|\btrong (?:số )?đó\b|\b(?:có|và|gồm|chia ra)\b)*", re.IGNORECASE)
_ENDS = " \t.;,)/"
_NONE_SAID = re.compile(r"(?:không|chưa)(?: có| phát sinh| xảy ra| phát hiện)?", re.IGNORECASE)
_REPORTS = re.compile(r"\b(?:bao cao|bc)\b", re.IGNORECASE)
_MARKED = {"trong do": "trong đó", "nu": "nữ", "khong": "không", "chua": "chưa"}
_SURE = (Strength.EXACT, Strength.SYNONYM)


def read_listed(
    lines: Sequence[NarrativeLine],
    report: ReportDefinition,
    period: Period | None = None,
    level: str = "",
    *,
    unmarked: bool = False,
) -> tuple[Value, ...]:
    """The figures of lines that hold one indicator's name, a colon and its figure.

    A figure that two lines give differently is left out: the lines are of villages, of months or of years.

    Args:
        lines: the narrative; only lines of sections that tell results are read.
        report: the indicators with their names, units of measure and sexes.
        period: the period reported on; lists announced for another are left alone.
        level: what the sender may answer for; a list of the level above is left alone.
        unmarked: whether lines typed without marks are read too; a person accepts what they give.

    """
    reader = _Reader(report, period, level, unmarked=unmarked)
    values = [value for line in lines for value in reader.read(line)]
    told: dict[tuple[str, Sex], set[Decimal | None]] = {}
    for value in values:
        told.setdefault((value.indicator, value.sex), set()).add(value.value)
    return tuple(value for value in values if len(told[value.indicator, value.sex]) == 1)


class _Reader:
    """Reads one line after another; a line that announces a list speaks for what stands below it."""

    def __init__(
        self, report: ReportDefinition, period: Period | None, level: str, *, unmarked: bool
    ) -> None:
        self._unmarked = unmarked
        self._index = label_index(report)
        self._report = report
        self._period = period
        self._area = area_of(level)
        self._head = ""  #: the line that stands above the list being read
        self._apart: bool | None = None  #: whether that line makes it another's; None: not yet asked

    def read(self, line: NarrativeLine) -> list[Value]:
        """The figures of a line; none where it is anything but a name and its figure."""
        may_list = len(line.text) <= _LONGEST_LINE and any(mark in line.text for mark in _MARKS)
        text = tidy(_LABEL_MARK.sub("", line.text)) if may_list else ""
        if self._unmarked and not is_accented(text):
            text = _with_marks(text)
        found = self._listed(text)
        if found is None:
            self._head, self._apart = line.text, None
            return []
        if line.role is not SectionRole.RESULTS or not (self._unmarked or is_accented(line.text)):
            return []
        if self._apart is None:
            self._apart = self._announces_another(tidy(self._head))
        if self._apart:
            return []
        place = line.place(text)
        return [_value(found.indicator, sex, value, place) for sex, value in found.figures.items()]

    def _announces_another(self, text: str) -> bool:
        """Whether what stands below the line is no figure of the unit's own in the period."""
        named = periods_in(text)
        other_time = self._period is not None and fit_of(named, self._period) is Fit.OTHER
        reports = self._unmarked and _REPORTS.search(text) is not None  # "thon 2 bao cao": whose is asked
        part = (is_place(text) and not reports) or bool(PART_OF_THE_AREA.search(text))
        return other_time or part or bool(LEFT_ALONE.search(text)) or self._area.is_above(text, before=False)

    def _listed(self, text: str) -> _Listed | None:
        for colon in _COLON.finditer(text):
            label, measure = split_measure(text[: colon.start()])
            match = self._index.match(label, "", measure)
            if match.strength in _SURE and match.indicator:
                indicator = self._report.indicator(match.indicator)
                figures = _figures(text[colon.end() :], indicator, measure, match.sex)
                return _Listed(indicator, figures) if figures else None
        return None


def _with_marks(text: str) -> str:
    """The words behind a figure as they are read with marks: "245 em (trong do nu 120)"."""
    for plain, marked in _MARKED.items():
        text = re.sub(rf"\b{plain}\b", marked, text, flags=re.IGNORECASE)
    return text


@dataclass(frozen=True, slots=True)
class _Listed:
    """What one line of a list says."""

    indicator: Indicator
    figures: dict[Sex, Decimal]


def _figures(told: str, indicator: Indicator, measure: str, named: Sex | None) -> dict[Sex, Decimal]:
    """The total and its parts by sex; empty where the words hold anything else."""
    if indicator.aggregation in (Aggregation.RATIO, Aggregation.COUNT):
        return {}
    told = told.strip(_ENDS)
    begins = _PARTS_BEGIN.search(told)
    main, rest = (told[: begins.start()], told[begins.start() :]) if begins else (told, "")
    whole = _whole(main.strip(_ENDS), indicator, measure)
    parts = _parts(rest)
    if whole is None or parts is None or not _agree(whole, parts):
        return {}
    only = indicator.sexes[0] if len(indicator.sexes) == 1 else Sex.TOTAL
    found = {named or only: whole, **({} if named else parts)}
    return {sex: value for sex, value in found.items() if sex in indicator.sexes}


def _whole(text: str, indicator: Indicator, measure: str) -> Decimal | None:
    """The figure in the indicator's unit of measure; None where it is not clearly one."""
    if _NONE_SAID.fullmatch(text):
        return Decimal(0)
    number = read_number(text)
    value, wanted = number.value, indicator.unit_of_measure
    if value is None or number.percent or number.ambiguous or number.qualifier or value < 0:
        return None
    stated = number.unit or measure
    if is_money(wanted):
        return convert(value, stated, wanted) if is_known(stated) else None
    if is_scaled(wanted):
        return convert(value, stated or wanted, wanted)
    fits = not stated or same_measure(stated, wanted)
    return value if fits and value == value.to_integral_value() else None


def _parts(text: str) -> dict[Sex, Decimal] | None:
    """Men and women named behind the total; None where anything else is."""
    found: dict[Sex, Decimal] = {}
    for match in _PART.finditer(text):
        sex = Sex.FEMALE if re.search(_WOMEN, match["sex"] or match["of"], re.IGNORECASE) else Sex.MALE
        value = read_number(match["after"] or match["before"]).value
        if value is None or sex in found:
            return None
        found[sex] = value
    return found if _BETWEEN_PARTS.fullmatch(_PART.sub(" ", text)) else None


def _agree(whole: Decimal, parts: dict[Sex, Decimal]) -> bool:
    both = len(parts) > 1
    return sum(parts.values()) == whole if both else all(part <= whole for part in parts.values())


def _value(indicator: Indicator, sex: Sex, value: Decimal, place: Place) -> Value:
    return Value(indicator.code, sex, value, indicator.unit_of_measure, place, Method.SENTENCE)
