"""Figures beside the past and beside their like: what is asked, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reports import Aggregation, Figure, Grade, Indicator, Period, PeriodKind, RatioRule, Sex
from config.wording import Wording
from consolidate.comparisons import (
    OtherPeriod,
    against_alike,
    against_before,
    against_parts_of_year,
    comparisons,
    is_before,
    is_part_of,
    periods_to_compare,
)
from consolidate.consolidation import UnitValue
from consolidate.explanations import explanation_of, with_answer
from consolidate.period import consolidate
from desk.work import chosen_periods, consolidation_of, settle
from ledger.records import Decision, Method, ObligationKey, Place, Role, SubmissionIntent
from tests import builders_consolidate as build
from tests.builders_consolidate import ALL, BOTH, gives, unit
from tests.builders_ledger import outcome, sighting
from tests.offices import UNITS as SHEET
from tests.offices import at as clock
from tests.offices import inside, make_office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

    from config.units import Unit
    from consolidate.consolidation import Consolidation
    from desk.office import Office
    from ledger.records import Finding, MessageOutcome, Value

REPORT = replace(
    build.REPORT,
    indicators=(
        Indicator("TT1", "Số buổi nói chuyện", "buổi", sexes=ALL),
        Indicator("CB1", "Cán bộ xã", "người", sexes=BOTH, aggregation=Aggregation.SNAPSHOT),
        Indicator("DB1", "Đại biểu", "người", sexes=BOTH, aggregation=Aggregation.TERM),
        Indicator("MH1", "Có mô hình điểm", "có/không", aggregation=Aggregation.COUNT),
        Indicator("KP1", "Kinh phí", "triệu đồng", reported_by=frozenset({"commune"})),
        Indicator("DN1", "Dư nợ", "triệu đồng", aggregation=Aggregation.SNAPSHOT),
        Indicator(
            "CB1R",
            "Tỷ lệ nữ cán bộ xã",
            "%",
            aggregation=Aggregation.RATIO,
            ratio=RatioRule(Figure("CB1", Sex.FEMALE), Figure("CB1")),
        ),
    ),
)


def period(slot: str, kind: PeriodKind, months: tuple[int, int], year: int = 2023) -> Period:
    """A period from its first to its last month, cut off on the 14th (Decree 09/2019, article 12)."""
    first, last = months
    start = date(year - 1, 12, 15) if first == 1 else date(year, first - 1, 15)
    return replace(
        build.PERIOD,
        id=f"{year}-{slot}",
        kind=kind,
        name=f"kỳ {slot} năm {year}",
        year=year,
        data_from=start,
        data_to=date(year, last, 14),
    )


def half(year: int = 2023) -> Period:
    return period("H1", PeriodKind.HALF_YEAR, (1, 6), year)


def whole(year: int = 2023) -> Period:
    return period("Y", PeriodKind.YEAR, (1, 12), year)


def quarter(number: int, year: int = 2023) -> Period:
    return period(f"Q{number}", PeriodKind.QUARTER, (3 * number - 2, 3 * number), year)


def month(number: int, year: int = 2023) -> Period:
    return period(f"M{number:02}", PeriodKind.MONTH, (number, number), year)


NINE = period("9M", PeriodKind.NINE_MONTHS, (1, 9))
CAMPAIGN = period("thang-hanh-dong", PeriodKind.CAMPAIGN, (11, 12))


def held(of: str, *values: Value, in_scope: bool = True) -> list[UnitValue]:
    return [UnitValue(of, value, "thu", in_scope) for value in values]


def was(of_period: Period, *values: Value, of: str = "a", in_scope: bool = True) -> OtherPeriod:
    return OtherPeriod(of_period, tuple(held(of, *values, in_scope=in_scope)))


def below(now: Value, *parts: OtherPeriod, of: Period | None = None, in_scope: bool = True) -> list[str]:
    return codes(against_parts_of_year(REPORT, of or whole(), held("a", now, in_scope=in_scope), parts))


def since(
    now: Value, *others: OtherPeriod, of: Period | None = None, units: Sequence[Unit] = ()
) -> list[str]:
    return codes(against_before(REPORT, of or whole(), units, held("a", now), others))


def alike(code: str, *numbers: int | str | None, sex: Sex = Sex.TOTAL) -> list[Finding]:
    """What is found among communes that gave these numbers, by id u00, u01..."""
    units = [unit(f"u{place:02}") for place in range(len(numbers))]
    values = [each for of, n in zip(units, numbers, strict=True) for each in held(of.id, gives(code, n, sex))]
    return list(against_alike(REPORT, units, values))


def codes(found: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in found]


class TestAYearHoldsItsParts:
    @pytest.mark.parametrize("part", [half(), NINE, quarter(2), month(5)], ids=lambda each: each.id)
    def test_a_flow_below_that_of_a_part_is_warned_of(self, part: Period) -> None:
        assert below(gives("TT1", 40), was(part, gives("TT1", 55))) == ["year_below_part"]

    @pytest.mark.parametrize("now", [55, 56, 400])
    def test_a_flow_that_holds_its_part_is_left_alone(self, now: int) -> None:
        assert below(gives("TT1", now), was(half(), gives("TT1", 55))) == []

    def test_nine_months_hold_the_half_year(self) -> None:
        assert below(gives("TT1", 4), was(half(), gives("TT1", 5)), of=NINE) == ["year_below_part"]

    def test_a_stated_zero_is_below_and_a_blank_is_not(self) -> None:
        part = was(half(), gives("TT1", 5))
        assert below(gives("TT1", 0), part) == ["year_below_part"]
        assert below(gives("TT1", None), part) == []
        assert below(gives("TT1", -1), was(half(), gives("TT1", None))) == []

    @pytest.mark.parametrize("code", ["CB1", "DB1", "MH1", "CB1R"])
    def test_only_flows_are_cumulative(self, code: str) -> None:
        assert below(gives(code, 3), was(half(), gives(code, 50))) == []

    @pytest.mark.parametrize(
        "other", [half(2022), whole(), CAMPAIGN, replace(half(), data_from=date(2022, 12, 1))]
    )
    def test_what_lies_outside_the_year_is_no_part_of_it(self, other: Period) -> None:
        assert below(gives("TT1", 3), was(other, gives("TT1", 50))) == []

    def test_a_half_year_is_not_below_the_year_that_holds_it(self) -> None:
        assert below(gives("TT1", 3), was(whole(), gives("TT1", 50)), of=half()) == []

    @pytest.mark.parametrize("unsure", [{"doubtful": True}, {"qualifier": "trên"}], ids=str)
    def test_what_is_not_sure_and_exact_is_below_nothing(self, unsure: dict[str, bool]) -> None:
        assert below(gives("TT1", 4, **unsure), was(half(), gives("TT1", 50))) == []  # type: ignore[arg-type]
        assert below(gives("TT1", 4), was(half(), gives("TT1", 50, **unsure))) == []  # type: ignore[arg-type]

    def test_figures_that_do_not_count_are_left_alone(self) -> None:
        assert below(gives("TT1", 4), was(half(), gives("TT1", 50)), in_scope=False) == []
        assert below(gives("TT1", 4), was(half(), gives("TT1", 50), in_scope=False)) == []

    def test_each_unit_is_compared_with_itself(self) -> None:
        assert below(gives("TT1", 4), was(half(), gives("TT1", 50), of="b")) == []

    def test_both_figures_and_their_places_are_named_and_the_value_stays(self) -> None:
        parts = [
            was(quarter(1), gives("TT1", 20)),
            was(NINE, gives("TT1", 1055)),
            was(half(), gives("TT1", 30)),
        ]
        now = held("a", gives("TT1", 40, Sex.FEMALE), gives("TT1", 40))
        [finding] = against_parts_of_year(REPORT, whole(), now, parts)
        assert finding.grade is Grade.WARNING
        assert finding.place == now[1].value.place
        expected = {
            "unit": "a",
            "indicator": "TT1",
            "label": "Số buổi nói chuyện",
            "sex": "total",
            "measure": "buổi",
            "value": "40",
            "period": "kỳ Y năm 2023",
            "other": "1.055",
            "other_at": "kỳ 9M năm 2023, bieu.xlsx, sheet Biểu 1, ô D12",
        }
        assert expected.items() <= finding.parameters.items()

    def test_men_we_made_ourselves_do_not_repeat_what_was_found(self) -> None:
        before = was(half(), gives("TT1", 50), gives("TT1", 30, Sex.MALE), gives("TT1", 20, Sex.FEMALE))
        men = gives("TT1", 10, Sex.MALE, method=Method.DERIVED)
        fallen = held("a", gives("TT1", 40), men, gives("TT1", 30, Sex.FEMALE))
        risen = held("a", gives("TT1", 60), men, gives("TT1", 50, Sex.FEMALE))
        assert codes(against_parts_of_year(REPORT, whole(), fallen, [before])) == ["year_below_part"]
        assert codes(against_parts_of_year(REPORT, whole(), risen, [before])) == ["year_below_part_male"]


class TestAStateBesideTheLast:
    @pytest.mark.parametrize(
        ("before", "now", "asked"),
        [
            (100, 130, False),
            (100, 131, True),
            (100, 70, False),
            (100, 69, True),
            (10, 14, False),
            (10, 15, True),
            (0, 4, False),
            (0, 5, True),
            (5, 0, True),
        ],
    )
    @pytest.mark.parametrize("code", ["CB1", "DB1"])
    def test_more_than_three_tenths_and_at_least_five_are_asked_about(
        self, code: str, before: int, now: int, asked: bool
    ) -> None:
        found = since(gives(code, now), was(half(), gives(code, before)))
        assert found == (["changed_since_before"] if asked else [])

    def test_flows_may_change_as_they_like(self) -> None:
        assert since(gives("TT1", 900), was(whole(2022), gives("TT1", 10))) == []

    @pytest.mark.parametrize("code", ["MH1", "CB1R"])
    def test_yes_and_no_and_ratios_are_not_compared(self, code: str) -> None:
        assert since(gives(code, 90), was(half(), gives(code, 10))) == []

    def test_a_blank_is_no_fall_and_no_rise(self) -> None:
        assert since(gives("CB1", None), was(half(), gives("CB1", 50))) == []
        assert since(gives("CB1", 50), was(half(), gives("CB1", None))) == []

    def test_the_nearest_period_that_has_the_figure_is_the_last(self) -> None:
        older, nearer = was(whole(2022), gives("CB1", 20)), was(half(), gives("CB1", 50))
        silent = was(NINE, gives("CB1", None))
        [finding] = against_before(REPORT, whole(), (), held("a", gives("CB1", 20)), (older, silent, nearer))
        assert (finding.parameters["other"], finding.parameters["other_period"]) == ("50", half().name)

    def test_what_comes_later_is_not_the_last(self) -> None:
        assert since(gives("CB1", 20), was(whole(), gives("CB1", 50)), of=half()) == []

    def test_a_campaign_is_compared_with_the_campaign_of_the_year_before(self) -> None:
        year_ago = replace(CAMPAIGN, id="2022-thang-hanh-dong", year=2022, data_to=date(2022, 12, 14))
        stated = gives("CB1", 50)
        assert since(gives("CB1", 20), was(half(), stated), of=CAMPAIGN) == []
        assert since(gives("CB1", 20), was(year_ago, stated), of=CAMPAIGN) == ["changed_since_before"]

    def test_what_the_officer_stated_is_not_asked_about_again(self) -> None:
        decided = gives("CB1", 20, method=Method.DECISION)
        assert since(decided, was(half(), gives("CB1", 50))) == []
        assert since(gives("CB1", 20), was(half(), gives("CB1", 50, method=Method.DECISION))) != []

    @pytest.mark.parametrize(
        ("ended", "asked"), [("2023-06-30", False), ("2023-06-13", True), ("2023-12-14", True)]
    )
    def test_a_unit_merged_into_this_one_between_the_two_explains_the_rise(
        self, ended: str, asked: bool
    ) -> None:
        gone = replace(unit("cu"), valid_to=date.fromisoformat(ended), successors=("a",))
        found = since(gives("CB1", 90), was(half(), gives("CB1", 50)), units=[unit("a"), gone])
        assert found == (["changed_since_before"] if asked else [])


class TestMoneyBesideTheLast:
    @pytest.mark.parametrize("code", ["KP1", "DN1"])
    @pytest.mark.parametrize(
        ("before", "now"), [(45, 45000), (45000, "46"), (45, 60_000_000), (45, "0.05"), (1, 316)]
    )
    def test_amounts_a_thousand_times_apart_may_be_in_another_measure(
        self, code: str, before: int, now: int | str
    ) -> None:
        found = since(gives(code, now), was(whole(2022), gives(code, before)))
        assert found == ["money_unit_since_before"]

    def test_a_real_rise_and_a_year_without_money_are_no_slip(self) -> None:
        assert since(gives("KP1", 315), was(whole(2022), gives("KP1", 1))) == []
        assert since(gives("KP1", 45000), was(whole(2022), gives("KP1", 0))) == []
        assert since(gives("KP1", 0), was(whole(2022), gives("KP1", 45))) == []

    def test_only_money_has_a_measure_to_slip(self) -> None:
        assert since(gives("TT1", 45000), was(whole(2022), gives("TT1", 45))) == []
        assert since(gives("CB1", 45000), was(whole(2022), gives("CB1", 45))) == ["changed_since_before"]

    def test_a_flow_is_measured_at_the_same_period_of_another_year_first(self) -> None:
        slipped, right = was(half(), gives("KP1", 45000)), was(whole(2022), gives("KP1", 45))
        assert since(gives("KP1", 50), slipped, right) == []
        assert since(gives("KP1", 50), slipped) == ["money_unit_since_before"]

    def test_a_flow_of_a_month_says_nothing_of_a_year(self) -> None:
        assert since(gives("KP1", 400), was(month(11), gives("KP1", 1))) == []

    def test_how_many_times_is_said_in_round_figures(self) -> None:
        now = held("a", gives("KP1", 1_234_567))
        [finding] = against_before(REPORT, whole(), (), now, [was(whole(2022), gives("KP1", 1000))])
        assert finding.parameters["times"] == "1.200"


class TestAUnitBesideItsLike:
    def test_a_figure_far_from_all_others_is_noted(self) -> None:
        [finding] = alike("TT1", 20, 22, 18, 25, 30, 19, 24, 480)
        assert (finding.code, finding.grade) == ("unlike_others", Grade.NOTE)
        assert {
            "unit": "u07",
            "value": "480",
            "median": "23",
            "units": "8",
        }.items() <= finding.parameters.items()

    def test_a_figure_far_below_all_others_is_noted(self) -> None:
        [finding] = alike("CB1", 2000, 2200, 1800, 2500, 3000, 1900, 2400, 24)
        assert finding.parameters["unit"] == "u07"

    def test_fewer_than_eight_units_say_nothing(self) -> None:
        assert alike("TT1", *[20] * 6, 480) == []
        assert len(alike("TT1", *[20] * 7, 480)) == 1

    def test_blanks_do_not_make_eight_units(self) -> None:
        assert alike("TT1", *[20] * 6, 480, None, None) == []

    def test_small_counts_may_jump(self) -> None:
        assert alike("TT1", *[0] * 9, 9) == []
        assert len(alike("TT1", *[0] * 9, 10)) == 1

    def test_a_large_commune_is_no_outlier(self) -> None:
        assert alike("CB1", 50, 51, 52, 50, 49, 50, 51, 240) == []
        assert len(alike("CB1", 50, 51, 52, 50, 49, 50, 51, 260)) == 1

    def test_where_figures_spread_widely_none_stands_out(self) -> None:
        assert alike("TT1", 1, 200, 3, 150, 9, 400, 30, 90, 600) == []

    def test_units_of_another_kind_are_not_like_it(self) -> None:
        units = [*(unit(f"u{place}") for place in range(8)), unit("o", "office")]
        values = [each for of in units for each in held(of.id, gives("TT1", 480 if of.id == "o" else 20))]
        assert against_alike(REPORT, units, values) == ()

    def test_money_a_thousand_times_the_median_is_warned_of(self) -> None:
        [finding] = alike("KP1", 20, 22, 18, 25, 30, 19, 24, 23000)
        assert (finding.code, finding.grade) == ("money_unit_unlike_others", Grade.WARNING)
        assert (finding.parameters["unit"], finding.parameters["times"]) == ("u07", "1.000")

    def test_money_a_thousandth_of_the_median_is_warned_of(self) -> None:
        [finding] = alike("KP1", 20, 22, 18, 25, 30, 19, 24, "0.02")
        assert finding.code == "money_unit_unlike_others"

    def test_those_without_money_do_not_make_the_median_nothing(self) -> None:
        found = alike("KP1", *[0] * 12, 20, 22, 18, 25, 30, 19, 24, 23000)
        [warned] = [each.parameters for each in found if each.grade is Grade.WARNING]
        assert (warned["unit"], warned["units"]) == ("u19", "8")

    def test_what_the_officer_stated_is_no_note_again(self) -> None:
        units = [unit(f"u{place}") for place in range(9)]
        stated = gives("TT1", 480, method=Method.DECISION)
        values = [each for of in units[:8] for each in held(of.id, gives("TT1", 20))]
        assert against_alike(REPORT, units, [*values, *held("u8", stated)]) == ()


class TestAllComparisons:
    def test_men_we_made_ourselves_are_asked_about_nowhere_but_against_parts(self) -> None:
        units = [unit(f"u{place}") for place in range(9)]
        made = gives("TT1", 480, Sex.MALE, method=Method.DERIVED)
        staff = gives("CB1", 90, Sex.FEMALE, method=Method.DERIVED)
        usual = [each for of in units[:8] for each in held(of.id, gives("TT1", 20, Sex.MALE))]
        before = was(half(), gives("CB1", 20, Sex.FEMALE), of="u8")
        assert comparisons(REPORT, whole(), units, [*usual, *held("u8", made, staff)], [before]) == ()

    def test_a_slip_of_measure_explains_everything_else_about_the_figure(self) -> None:
        units = [unit(f"u{place}") for place in range(9)]
        values = [each for of in units for each in held(of.id, gives("DN1", "0.05" if of.id == "u8" else 50))]
        before = was(half(), gives("DN1", 50), of="u8")
        [finding] = comparisons(REPORT, whole(), units, values, [before])
        assert (finding.code, finding.parameters["unit"]) == ("money_unit_since_before", "u8")

    def test_findings_come_by_unit_then_in_the_order_of_the_annex(self) -> None:
        now = [gives("DB1", 90), gives("CB1", 90, Sex.FEMALE), gives("CB1", 90), gives("TT1", 1)]
        then = [gives("DB1", 20), gives("CB1", 20, Sex.FEMALE), gives("CB1", 20), gives("TT1", 9)]
        others = [OtherPeriod(half(), (*held("b", *then), *held("a", *then)))]
        found = comparisons(
            REPORT, whole(), [unit("a"), unit("b")], [*held("b", *now), *held("a", *now)], others
        )
        told = [tuple(each.parameters[name] for name in ("unit", "indicator", "sex")) for each in found]
        figures = [("TT1", "total"), ("CB1", "total"), ("CB1", "female"), ("DB1", "total")]
        assert told == [(of, *figure) for of in ("a", "b") for figure in figures]

    def test_a_figure_stated_without_a_mail_has_no_place(self) -> None:
        decided = replace(gives("KP1", 9, method=Method.DECISION), place=Place("", ""))
        [finding] = comparisons(REPORT, whole(), [], held("a", decided), [was(half(), gives("KP1", 12))])
        assert finding.place is None


Thing = TypeVar("Thing")
NUMBERS = st.one_of(st.none(), st.integers(0, 60), st.sampled_from([400, 45_000, 60_000_000]))
CODES = st.sampled_from([each.code for each in REPORT.indicators])
UNITS = tuple(unit(f"u{place:02}", "office" if place % 4 == 3 else "commune") for place in range(16))
SEXES = {each.code: each.sexes for each in REPORT.indicators}


@st.composite
def periods_of_units(draw: st.DrawFn) -> tuple[UnitValue, ...]:
    """A few figures of every unit, many of them blank."""
    chosen = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    return tuple(
        each
        for of in UNITS
        for code in chosen
        for sex in SEXES[code]
        for each in held(of.id, gives(code, draw(NUMBERS), sex))
    )


class TestWhatAlwaysHolds:
    @given(periods_of_units(), periods_of_units(), st.randoms(use_true_random=False))
    def test_the_order_of_units_changes_nothing(
        self, now: tuple[UnitValue, ...], then: tuple[UnitValue, ...], dice: Random
    ) -> None:
        def shuffled(things: Sequence[Thing]) -> list[Thing]:
            return dice.sample(things, len(things))

        others = [OtherPeriod(half(), then), OtherPeriod(whole(2022), then)]
        again = [OtherPeriod(each.period, tuple(shuffled(each.values))) for each in shuffled(others)]
        found = comparisons(REPORT, whole(), UNITS, now, others)
        assert found == comparisons(REPORT, whole(), shuffled(UNITS), shuffled(now), again)

    @given(periods_of_units(), periods_of_units())
    def test_leaving_the_blanks_out_changes_nothing(
        self, now: tuple[UnitValue, ...], then: tuple[UnitValue, ...]
    ) -> None:
        def stated(values: Sequence[UnitValue]) -> tuple[UnitValue, ...]:
            return tuple(each for each in values if each.value.value is not None)

        found = comparisons(REPORT, whole(), UNITS, now, [OtherPeriod(half(), then)])
        assert found == comparisons(REPORT, whole(), UNITS, stated(now), [OtherPeriod(half(), stated(then))])

    @given(periods_of_units(), periods_of_units())
    def test_ratios_and_yes_or_no_are_never_compared_and_nothing_is_an_error(
        self, now: tuple[UnitValue, ...], then: tuple[UnitValue, ...]
    ) -> None:
        found = comparisons(REPORT, whole(), UNITS, now, [OtherPeriod(half(), then)])
        assert not {each.parameters["indicator"] for each in found} & {"CB1R", "MH1"}
        assert Grade.ERROR not in {each.grade for each in found}


class TestWhichPeriods:
    def test_the_parts_the_two_before_and_the_same_a_year_ago_are_compared(self) -> None:
        known = [whole(2021), half(2022), whole(2022), half(), whole(), whole(2024), CAMPAIGN]
        assert [each.id for each in periods_to_compare(whole(), known)] == ["2022-Y", "2023-H1"]
        assert [each.id for each in periods_to_compare(half(), known)] == ["2022-H1", "2022-Y"]

    def test_months_are_few_beside_a_month_and_all_beside_a_year(self) -> None:
        known = [month(number, year) for year in (2022, 2023) for number in range(1, 13)]
        few = [each.id for each in periods_to_compare(month(6), known)]
        assert few == ["2022-M06", "2023-M04", "2023-M05"]
        assert [each.id for each in periods_to_compare(whole(), known)] == [month(n).id for n in range(1, 13)]

    def test_a_period_is_neither_part_of_itself_nor_before_itself(self) -> None:
        assert not is_part_of(whole(), whole())
        assert not is_before(whole(), whole())

    def test_what_comes_once_is_compared_with_nothing(self) -> None:
        once = replace(whole(2022), id="tong-ket", kind=PeriodKind.ONE_OFF)
        later = replace(whole(), id="so-ket", kind=PeriodKind.ONE_OFF)
        assert periods_to_compare(later, [once, half(), whole(2022)]) == ()


class TestTheSentences:
    @pytest.mark.parametrize("language", ["vi", "en"])
    @pytest.mark.parametrize("sex", list(Sex))
    def test_every_finding_has_a_sentence_with_all_places_filled(self, language: str, sex: Sex) -> None:
        units = [unit(f"u{place}") for place in range(9)]
        others = [
            was(half(), gives("TT1", 50, sex), gives("CB1", 50, sex), gives("DN1", 50, sex), of="u8"),
        ]
        now = [gives("TT1", 480, sex), gives("CB1", 90, sex), gives("DN1", 50000, sex), gives("KP1", 1, sex)]
        usual = [gives("TT1", 20, sex), gives("KP1", 20, sex)]
        values = [each for of in units[:8] for each in held(of.id, *usual)] + held("u8", *now)
        slipped = [each for of in units for each in held(of.id, gives("KP1", 9, sex))]
        slipped[-1] = held("u8", gives("KP1", 9000, sex))[0]
        fallen = held("u8", gives("TT1", 20, sex))
        found = [
            *comparisons(REPORT, whole(), units, values, others),
            *comparisons(REPORT, whole(), units, slipped),
            *comparisons(REPORT, whole(), units, fallen, others),
        ]
        suffix = {Sex.TOTAL: "", Sex.MALE: "_male", Sex.FEMALE: "_female"}[sex]
        stems = {"year_below_part", "changed_since_before", "money_unit_since_before"}
        stems |= {"money_unit_unlike_others", "unlike_others"}
        assert {each.code for each in found} == {stem + suffix for stem in stems}
        wording = Wording(language)
        for finding in found:
            sentence = wording(f"findings.{finding.code}", **finding.parameters)
            assert "…" not in sentence
            assert "%%" not in sentence
            assert finding.parameters["label"] in sentence
            assert finding.parameters["value"] in sentence

    def test_a_sentence_asks_in_plain_vietnamese(self) -> None:
        now = held("a", gives("CB1", 80, Sex.FEMALE))
        [finding] = comparisons(REPORT, whole(), [], now, [was(half(), gives("CB1", 50, Sex.FEMALE))])
        assert Wording()(f"findings.{finding.code}", **finding.parameters) == (
            "Chỉ tiêu “Cán bộ xã”, số nữ: số liệu kỳ Y năm 2023 là 80 người, lần báo cáo trước là 50 người "
            "(kỳ H1 năm 2023, bieu.xlsx, sheet Biểu 1, ô D12), chênh lệch trên 30%. "
            "Đề nghị đơn vị kiểm tra, giải trình."
        )


LESS_BEFORE = was(replace(build.PERIOD, id="2022-H1", year=2022, data_to=date(2022, 6, 14)), gives("CB1", 40))


def answer(value: str) -> Decision:
    """What an officer wrote of a figure of the half year."""
    target = {
        "unit": "a",
        "report": build.REPORT.id,
        "period": build.PERIOD.id,
        "indicator": "CB1",
        "sex": "total",
    }
    return Decision(
        1, build.at("2023-06-02T08:00"), "Lò Thị Mai", "explain", target, {"value": value}, "Sáp nhập hai xã"
    )


class TestInTheConsolidation:
    def test_findings_name_the_unit_and_change_nothing_else(self) -> None:
        year_ago = replace(build.PERIOD, id="2022-H1", year=2022, data_to=date(2022, 6, 14))
        alone, beside = halves_made(), halves_made(was(year_ago, gives("CB1", 40)))
        [finding] = beside.findings
        assert finding.code == "changed_since_before"
        assert finding.parameters["unit_name"] == "UBND xã Mường Thử"
        assert replace(beside, findings=()) == alone

    def test_an_answer_makes_the_question_a_note_and_changes_no_figure(self) -> None:
        asked, answered = halves_made(LESS_BEFORE), halves_made(LESS_BEFORE, decided=(answer("90"),))
        [finding] = answered.findings
        assert (asked.findings[0].grade, finding.grade) == (Grade.WARNING, Grade.NOTE)
        told = with_answer("Hỏi.", finding, Wording())
        assert told == "Hỏi. Giải trình: Sáp nhập hai xã (Lò Thị Mai ghi)."
        assert explanation_of(answered.findings, "a", "CB1", Sex.TOTAL) == "Sáp nhập hai xã"
        assert replace(answered, findings=()) == replace(asked, findings=())

    @pytest.mark.parametrize(
        "decided",
        [
            (answer("89"),),  # of another figure than the one that stands now
            (replace(answer("90"), target=answer("90").target | {"period": "2022-H1"}),),
            (answer("90"), Decision(2, build.at("2023-06-03T08:00"), "Mai", "reopen", {}, {"decision": 1})),
        ],
        ids=["another figure", "another period", "taken back"],
    )
    def test_what_was_answered_about_something_else_is_asked_again(self, decided: Sequence[Decision]) -> None:
        [finding] = halves_made(LESS_BEFORE, decided=decided).findings
        assert finding.grade is Grade.WARNING
        assert with_answer("Hỏi.", finding, Wording()) == "Hỏi."

    def test_the_year_is_set_beside_the_half_year_that_had_arrived(self, tmp_path: Path) -> None:
        office = replace(make_office(tmp_path), now="2023-12-06T09:00:00+07:00")
        mails = [
            mail_of("binh-minh", "2023-H1", 30, "2023-06-01T08:00"),
            mail_of("binh-minh", "2023-Y", 20, "2023-11-29T08:00"),
            mail_of("dong-tam", "2023-Y", 20, "2023-11-29T08:00"),
            mail_of("dong-tam", "2023-H1", 30, "2023-12-04T08:00"),
        ]

        def look(opened: Office) -> list[list[tuple[str, str]]]:
            record(opened, mails)
            return [of_the_year(opened, "2023-11-30T00:00"), of_the_year(opened, "2023-12-05T00:00")]

        first, second = ("binh-minh", "year_below_part"), ("dong-tam", "year_below_part")
        assert inside(office, look) == [[first], [first, second]]

    def test_a_unit_that_left_the_sheet_does_not_stop_the_year(self, tmp_path: Path) -> None:
        office = replace(make_office(tmp_path, SHEET[:2]), now="2023-12-06T09:00:00+07:00")
        mails = [
            mail_of("hoa-lac", "2023-H1", 30, "2023-06-01T08:00"),
            mail_of("binh-minh", "2023-H1", 30, "2023-06-01T08:00"),
            mail_of("binh-minh", "2023-Y", 20, "2023-11-29T08:00"),
        ]

        def look(opened: Office) -> list[tuple[str, str]]:
            record(opened, mails)
            return of_the_year(opened, "2023-12-05T00:00")

        assert inside(office, look) == [("binh-minh", "year_below_part")]


def halves_made(*others: OtherPeriod, decided: Sequence[Decision] = ()) -> Consolidation:
    """A half year of one unit, consolidated beside other periods."""
    return consolidate(
        build.regime([unit("a", name="UBND xã Mường Thử")]),
        build.REPORT,
        build.PERIOD,
        [build.owes("a")],
        [build.hands_in("a", "2023-06-01T08:00", gives("CB1", 90), gives("TT1", 7))],
        {},
        decided,
        build.LATER,
        others=others,
    )


def mail_of(of: str, slot: str, number: int, arrival: str) -> MessageOutcome:
    """A booked mail that hands in one figure."""
    value = replace(gives("B1", number), unit_of_measure="buổi")
    handed_in = SubmissionIntent(ObligationKey(of, "bdg", slot), Role.FIRST, accepted=True, values=(value,))
    return outcome(f"{of} {slot}", handed_in, arrival=clock(arrival))


def record(opened: Office, mails: Sequence[MessageOutcome]) -> None:
    """Put the mails into the ledger, and what is owed."""
    spots = [(sighting(uid), mail.archive_id, mail.arrival, mail.size) for uid, mail in enumerate(mails, 1)]
    opened.ledger.record_batch(spots, None)
    opened.ledger.record(mails)
    settle(opened)


def of_the_year(opened: Office, moment: str) -> list[tuple[str, str]]:
    """What is found in the year's consolidation as it stood at that moment: unit and code."""
    [(report, year)] = chosen_periods(opened, "bdg", "2023-Y", clock(moment))
    made = consolidation_of(opened, report, year, clock(moment))
    return [(each.parameters["unit"], each.code) for each in made.findings]
