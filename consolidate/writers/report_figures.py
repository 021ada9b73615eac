"""The sentence of a figure: its amount, split by sex, comparison and coverage (n of N units)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from config.reports import Aggregation, Indicator, Sex
from config.spelling import tidy
from consolidate.writers.phrases import (
    PERCENT,
    amount,
    capital,
    counted,
    in_millions,
    is_money,
    number,
    share,
    short_name,
    without_repeats,
)
from ledger.records import ObligationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from config.units import Unit
    from consolidate.consolidation import Consolidation, Total
    from consolidate.writers.document_templates import DocumentTemplates

MOST_REPEATED = 3  #: units without a report are named again with each figure up to this number
_AT_LEAST = frozenset({"trên", "hơn"})
# "(nữ: do nữ làm chủ)", "(nam: bé trai, nữ: bé gái)": what the columns of an annex count.
_SEX_NOTES = re.compile(r"\s*\(((?:nam|nữ)\s*:[^()]*)\)", re.IGNORECASE)
_NEXT_NOTE = re.compile(r"[,;]\s*(?=(?:nam|nữ)\s*:)", re.IGNORECASE)
_SEX_OF_NOTE = {"nam": Sex.MALE, "nữ": Sex.FEMALE}
# "Nam" with a large letter ends a name ("Việt Nam"); bodies named after women count everyone.
_NAMES_OF_BODIES = re.compile(r"(?:hội|hội liên hiệp|sự tiến bộ của|bộ) phụ nữ", re.IGNORECASE)
_SAYS_SEX = {
    Sex.FEMALE: re.compile(r"\b(?:nữ|gái)\b", re.IGNORECASE),
    Sex.MALE: re.compile(r"^Nam\b|\b(?:nam|trai)\b"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units a figure rests on, and which it lacks. Names in the order of the units sheet."""

    n: int
    of: int
    named: tuple[str, ...]  #: reported, but not this figure; and the next two kinds when they are few
    not_sent: int  #: have sent no report; the opening of the report names them
    in_review: int  #: whose whole report waits for a person; named in the opening too
    doubtful: tuple[str, ...]  #: whose figure waits for a person

    @property
    def unreported(self) -> int:
        """Units of which nothing counts yet, sent or not."""
        return self.not_sent + self.in_review

    @property
    def complete(self) -> bool:
        """Whether every unit that owes the figure gave it, and none waits."""
        return self.n >= self.of and not self.doubtful


@dataclass(frozen=True, slots=True)
class Difference:
    """Against the same period a year ago."""

    direction: str  #: up, down or same
    by: str
    points: bool  #: `by` is a number of percentage points
    percent: str
    year: int
    from_nothing: bool  #: a year ago it was zero


@dataclass(frozen=True, slots=True)
class SexPart:
    """The male or female part of a figure."""

    sex: str
    note: str  #: what the part counts where the label says so: "do phụ nữ làm chủ hộ"; else empty
    amount: str
    qualifier: str
    share: str  #: of the total, where both rest on the same units
    within: bool  #: every unit that gave it also gave the total: "trong đó"
    coverage: Coverage | None  #: only where it differs from the total's and from the next part's


@dataclass(frozen=True, slots=True)
class Figures:
    """What the template of a figure may speak of."""

    label: str  #: without its notes on the sexes
    only: str  #: female or male: the figure is asked of them alone and the label does not say so
    note: str  #: what is counted of them, see `SexPart.note`
    total_asked: bool
    amount: str | None
    bare: str  #: the number without its unit of measure
    zero: bool
    qualifier: str
    thing: str  #: label without "Số", where it begins with the unit of measure
    rest: str  #: `thing` without the unit of measure: "Số cuộc kiểm tra" leaves "kiểm tra"
    fraction: str  #: of a percentage: "66/162 người"
    parts: tuple[SexPart, ...]
    comparison: Difference | None
    coverage: Coverage


class FigureSentences:
    """Writes the sentence of each indicator of one consolidation."""

    def __init__(self, consolidation: Consolidation, templates: DocumentTemplates) -> None:
        """Sort the totals by indicator once."""
        self._consolidation = consolidation
        self._templates = templates
        self._totals = {(total.indicator.code, total.sex): total for total in consolidation.totals}
        self._states = {standing.unit.id: standing.state for standing in consolidation.standings}
        self._names = unit_names(consolidation)
        self._given = {
            given.value.indicator for given in consolidation.values if given.value.value is not None
        }

    def sentence(self, indicator: Indicator) -> str:
        """The sentence of an indicator; empty when the consolidation holds no total of it.

        A template named after the code wins over the one of the way of adding up, so that a
        department can give one indicator a sentence of its own.
        """
        totals = self._of(indicator.code)
        if not totals:
            return ""
        names = (f"figures/{indicator.code}.txt", f"figures/{indicator.aggregation.value}.txt")
        return capital(self._templates.sentence(*names, f=self._facts(indicator, totals)))

    def is_unreported(self, indicator: Indicator) -> bool:
        """Whether no unit gave any figure of the indicator: none counts, waits, or came from outside."""
        totals = self._of(indicator.code).values()
        nobody = all(total.value is None and not total.n and not total.doubtful for total in totals)
        return bool(totals) and nobody and indicator.ratio is None and indicator.code not in self._given

    def lacks_a_part(self, ratio: Indicator) -> bool:
        """Whether the ratio cannot be computed because nobody reported its numerator or denominator."""
        total = self._totals.get((ratio.code, main_sex(ratio)))
        if ratio.ratio is None or total is None or total.value is not None:
            return False
        parts = {ratio.ratio.numerator.indicator, ratio.ratio.denominator.indicator}
        asked = self._consolidation.report.indicators
        return any(self.is_unreported(indicator) for indicator in asked if indicator.code in parts)

    def unreported(self, indicators: Sequence[Indicator]) -> str:
        """One sentence that names the indicators of which no unit gave a figure; empty for none."""
        if not indicators:
            return ""
        owing = {
            unit for each in indicators for total in self._of(each.code).values() for unit in total.missing
        }
        return self._templates.sentence(
            "report/unreported.txt",
            figures=[self._facts(each, self._of(each.code)) for each in indicators],
            waiting=any(self._states.get(unit) is ObligationState.NEEDS_REVIEW for unit in owing),
        )

    def is_stated_share(self, indicator: Indicator) -> bool:
        """Whether the ratio is just the female share that the sentence of its indicator states anyway.

        Not so where it is compared with the year before: the change of a share is told by the ratio alone.
        """
        rule, ratio = indicator.ratio, self._totals.get((indicator.code, Sex.TOTAL))
        if rule is None or ratio is None or ratio.value is None or ratio.previous is not None:
            return False
        whole, part = rule.denominator, rule.numerator
        if (whole.indicator, whole.sex, part.sex) != (part.indicator, Sex.TOTAL, Sex.FEMALE):
            return False
        totals = {sex: self._totals.get((part.indicator, sex)) for sex in Sex}
        women, everyone = totals[Sex.FEMALE], totals[Sex.TOTAL]
        if women is None or everyone is None or women.value is None:
            return False
        stated = self._part(women, everyone).share
        return stated == amount(ratio.value, indicator.unit_of_measure, rule.decimals)

    def coverage(self, total: Total) -> Coverage:
        """Who stands behind a total and who does not."""
        lacking = [unit for unit in total.missing if unit not in total.doubtful]
        not_sent = [unit for unit in lacking if self._states.get(unit) is ObligationState.MISSING]
        review = [unit for unit in lacking if self._states.get(unit) is ObligationState.NEEDS_REVIEW]
        if len(not_sent) + len(review) <= MOST_REPEATED:
            not_sent, review = [], []
        named = [unit for unit in lacking if unit not in not_sent and unit not in review]
        return Coverage(
            n=total.n,
            of=total.of,
            named=self._named(named),
            not_sent=len(not_sent),
            in_review=len(review),
            doubtful=self._named(total.doubtful),
        )

    def qualifier(self, total: Total) -> str:
        """One word: "trên" when every rough part is a lower bound, "ước" when all are, else "khoảng"."""
        if not total.approximate:
            return ""
        said = {
            given.value.qualifier.strip().lower()
            for given in self._consolidation.values
            if given.unit in total.units
            and given.value.indicator == total.indicator.code
            and (given.value.sex is total.sex or total.indicator.aggregation is Aggregation.RATIO)
        } - {""}
        if said and said <= _AT_LEAST:
            return "trên"
        return "ước" if said == {"ước"} else "khoảng"

    def _named(self, units: Iterable[str]) -> tuple[str, ...]:
        wanted = frozenset(units)
        known = [name for unit, name in self._names.items() if unit in wanted]
        return without_repeats([*known, *sorted(wanted - self._names.keys())])

    def _of(self, code: str) -> dict[Sex, Total]:
        return {sex: self._totals[code, sex] for sex in Sex if (code, sex) in self._totals}

    def _facts(self, indicator: Indicator, totals: Mapping[Sex, Total]) -> Figures:
        main = totals.get(main_sex(indicator))
        first = main or next(iter(totals.values()))
        value = None if main is None else main.value
        label, notes = parted_label(indicator.label)
        only = _unsaid_sex(indicator, label)
        thing, rest = ("", "") if only else natural_label(replace(indicator, label=label))
        decimals = indicator.ratio.decimals if indicator.ratio else None
        return Figures(
            label=label,
            only=only.value if only else "",
            note=notes.get(only, "") if only else "",
            total_asked=main is not None,
            amount=None if value is None else amount(value, indicator.unit_of_measure, decimals),
            bare="" if value is None else counted(value),
            zero=value == 0,
            qualifier=self.qualifier(first) if main else "",
            thing=thing,
            rest=rest,
            fraction=self._fraction(indicator, main),
            parts=self._parts([totals[sex] for sex in _SPLIT if _given(totals.get(sex))], main, notes),
            comparison=difference(main, self._consolidation.period.year - 1) if main else None,
            coverage=self.coverage(first),
        )

    def _parts(
        self, split: Sequence[Total], main: Total | None, notes: Mapping[Sex, str]
    ) -> tuple[SexPart, ...]:
        """The parts beside the main figure; a coverage that neighbours share stands once, after the last."""
        parts = [self._part(total, main, notes.get(total.sex, "")) for total in split if total is not main]
        following = [*parts[1:], None]
        return tuple(
            replace(part, coverage=None) if after and part.coverage == after.coverage else part
            for part, after in zip(parts, following, strict=False)
        )

    def _part(self, part: Total, main: Total | None, note: str = "") -> SexPart:
        value = Decimal(0) if part.value is None else part.value
        within = main is not None and main.value is not None and set(part.units) <= set(main.units)
        same = main is not None and set(part.units) == set(main.units)
        exact = same and not (part.approximate or (main is not None and main.approximate))
        whole = main.value if main is not None and main.value is not None and exact else Decimal(0)
        return SexPart(
            sex=part.sex.value,
            note=note,
            amount=amount(value, part.indicator.unit_of_measure),
            qualifier=self.qualifier(part),
            share=share(value, whole) if value <= whole and part.sex is Sex.FEMALE else "",
            within=within,
            coverage=None if same else self.coverage(part),
        )

    def _fraction(self, indicator: Indicator, total: Total | None) -> str:
        """The two sums a percentage was made of, when they count the same thing."""
        if total is None or indicator.ratio is None or indicator.unit_of_measure.strip() != PERCENT:
            return ""
        if total.numerator is None or total.denominator is None:
            return ""
        parts = (indicator.ratio.numerator.indicator, indicator.ratio.denominator.indicator)
        measures = {
            part.unit_of_measure for part in self._consolidation.report.indicators if part.code in parts
        }
        measure = measures.pop() if len(measures) == 1 else ""
        if is_money(measure):
            return ""
        return f"{number(total.numerator)}/{number(total.denominator)} {measure}".strip()


_SPLIT = (Sex.FEMALE, Sex.MALE)


def _given(total: Total | None) -> bool:
    return total is not None and total.value is not None


def unit_names(consolidation: Consolidation) -> dict[str, str]:
    """Short names by unit id, in the order of the units sheet."""
    units: list[Unit] = [standing.unit for standing in consolidation.standings]
    return {unit.id: short_name(unit) for unit in (*units, *consolidation.regime.units)}


def main_sex(indicator: Indicator) -> Sex:
    """Whose figure the indicator's own is: the total, or the one sex it is asked of alone."""
    return indicator.sexes[0] if len(indicator.sexes) == 1 else Sex.TOTAL


def parted_label(label: str) -> tuple[str, dict[Sex, str]]:
    """("Hộ nghèo", {female: "do phụ nữ làm chủ hộ"}) of "Hộ nghèo (nữ: do phụ nữ làm chủ hộ)"."""
    label = tidy(label)
    found = _SEX_NOTES.search(label)
    if found is None:
        return label, {}
    parted = (note.partition(":") for note in _NEXT_NOTE.split(found[1]))
    notes = {_SEX_OF_NOTE[tidy(sex).lower()]: tidy(note) for sex, _, note in parted}
    return label[: found.start()] + label[found.end() :], notes


def _unsaid_sex(indicator: Indicator, label: str) -> Sex | None:
    """The sex the indicator is asked of alone, where a reader of the label would take it for everyone."""
    sex = main_sex(indicator)
    if sex is Sex.TOTAL or indicator.ratio is not None:
        return None
    return None if _SAYS_SEX[sex].search(_NAMES_OF_BODIES.sub("", label)) else sex


def natural_label(indicator: Indicator) -> tuple[str, str]:
    """("cuộc kiểm tra", "kiểm tra") of "Số cuộc kiểm tra" in "cuộc"; two empty texts otherwise."""
    measure = indicator.unit_of_measure.strip()
    label = indicator.label.strip()
    if not label.lower().startswith("số ") or not measure or is_money(measure):
        return "", ""
    thing = label[3:].strip()
    rest = thing[len(measure) :]
    if not thing.lower().startswith(measure.lower()) or not rest.startswith(" "):
        return "", ""
    return thing, rest.strip()


def difference(total: Total, year: int) -> Difference | None:
    """Up, down or the same against `year`; None when either side is unknown.

    Percentages differ by points ("điểm phần trăm"), never by per cent.
    """
    if total.value is None or total.previous is None:
        return None
    by = total.value - total.previous
    indicator = total.indicator
    direction = "same" if by == 0 else "up" if by > 0 else "down"
    return Difference(
        direction=direction,
        by=_step(abs(by), indicator),
        points=is_percent(indicator),
        percent="" if indicator.ratio or is_percent(indicator) else share(abs(by), total.previous),
        year=year,
        from_nothing=total.previous == 0,
    )


def is_percent(indicator: Indicator) -> bool:
    """Whether the figures of the indicator are percentages."""
    return indicator.unit_of_measure.strip() == PERCENT


def _step(by: Decimal, indicator: Indicator) -> str:
    decimals = indicator.ratio.decimals if indicator.ratio else None
    if is_percent(indicator):
        return number(by, decimals)
    return amount(by, indicator.unit_of_measure, decimals)


def shown(value: Decimal | None, indicator: Indicator) -> str:
    """A figure for a table cell: no unit, no leading zero; empty when there is none."""
    if value is None:
        return ""
    decimals = indicator.ratio.decimals if indicator.ratio else None
    return number(in_millions(value, indicator.unit_of_measure)[0], decimals)
