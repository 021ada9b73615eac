"""Totals: what counts of one unit, and what the units come to. Blank is never zero."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reports import Figure, Grade, RatioRule, Sex
from consolidate.consolidation import UnitValue
from consolidate.errors import FigureGivenTwiceError, UnknownObligationUnitError, UnreadableDecisionError
from consolidate.period import consolidate
from consolidate.totals import (
    PARTS_DIFFER,
    derive,
    effective_values,
    number_text,
    part_conflicts,
    ratio_value,
    totals,
)
from ledger.records import Certainty, Finding, Method, ObligationState, Role
from tests.builders_consolidate import (
    DUE,
    LATER,
    PERIOD,
    REPORT,
    at,
    decides,
    gives,
    hands_in,
    owes,
    received,
    regime,
    unit,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from config.units import Unit
    from consolidate.consolidation import Consolidation, Total
    from ledger.records import Decision, Submission, Value

UNITS = [unit("a"), unit("b"), unit("c"), unit("o", "office")]


def counted(*submissions: Submission, decisions: Sequence[Decision] = ()) -> dict[str, tuple[str, bool]]:
    """Figure -> number as text and whether it is certain."""
    return {
        f"{value.indicator}/{value.sex}": (str(value.value), value.certainty is Certainty.CERTAIN)
        for value, _ in effective_values(submissions, decisions)
    }


def summed(*held: tuple[str, Value], units: Sequence[Unit] = UNITS) -> dict[str, Total]:
    values = [UnitValue(of, value, "m", in_scope=True) for of, value in held]
    return {f"{each.indicator.code}/{each.sex}": each for each in totals(REPORT, units, values)}


def whole(
    *submissions: Submission, units: Sequence[Unit] = UNITS, decisions: Sequence[Decision] = (), **more: str
) -> Consolidation:
    return consolidate(
        regime(units),
        REPORT,
        PERIOD,
        [owes(each.id, exempt=more.get(each.id, "")) for each in units],
        submissions,
        {},
        decisions,
        LATER,
    )


def total_of(consolidation: Consolidation, code: str, sex: Sex = Sex.TOTAL) -> Total:
    [total] = [each for each in consolidation.totals if (each.indicator.code, each.sex) == (code, sex)]
    return total


class TestWhatCountsOfOneUnit:
    def test_parts_add_their_figures(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-01T09:00", gives("KP1", 5), role=Role.PART),
        ) == {"TT1/total": ("3", True), "KP1/total": ("5", True)}

    def test_a_replacement_drops_all_earlier_figures(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3), gives("KP1", 5)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", 4), role=Role.REPLACEMENT),
        ) == {"TT1/total": ("4", True)}

    def test_a_supplement_changes_only_what_it_states(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3), gives("KP1", 5)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", 4), role=Role.SUPPLEMENT),
        ) == {"TT1/total": ("4", True), "KP1/total": ("5", True)}

    def test_a_blank_in_a_supplement_takes_nothing_away(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", None), role=Role.SUPPLEMENT),
        ) == {"TT1/total": ("3", True)}

    def test_an_unreadable_figure_in_a_supplement_makes_the_figure_doubtful(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", None, doubtful=True), role=Role.SUPPLEMENT),
        ) == {"TT1/total": ("None", False)}

    def test_duplicates_and_what_is_not_accepted_change_nothing(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", 3), role=Role.DUPLICATE),
            hands_in("a", "2023-06-03T08:00", gives("TT1", 9), role=Role.REPLACEMENT, accepted=False),
        ) == {"TT1/total": ("3", True)}

    def test_arrival_orders_the_versions_whatever_order_they_are_handed_over_in(self) -> None:
        assert counted(
            hands_in("a", "2023-06-02T08:00", gives("TT1", 4), role=Role.REPLACEMENT),
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
        ) == {"TT1/total": ("4", True)}

    def test_a_part_with_another_number_makes_the_figure_doubtful_and_says_both(self) -> None:
        mails = (
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-01T09:00", gives("TT1", "4.5"), role=Role.PART),
        )
        assert counted(*mails) == {"TT1/total": ("3", False)}
        [conflict] = part_conflicts(mails)
        assert (conflict.code, conflict.parameters["first"], conflict.parameters["second"]) == (
            PARTS_DIFFER,
            "3",
            "4,5",
        )

    def test_a_part_that_says_the_same_is_fine(self) -> None:
        mails = (
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-01T09:00", gives("TT1", "3.0"), role=Role.PART),
        )
        assert counted(*mails) == {"TT1/total": ("3", True)}
        assert part_conflicts(mails) == ()

    def test_one_submission_that_says_two_numbers_is_doubtful(self) -> None:
        assert counted(hands_in("a", "2023-06-01T08:00", gives("TT1", 3), gives("TT1", 4))) == {
            "TT1/total": ("3", False)
        }

    def test_a_supplement_settles_a_conflict(self) -> None:
        mails = (
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-01T09:00", gives("TT1", 4), role=Role.PART),
            hands_in("a", "2023-06-02T08:00", gives("TT1", 4), role=Role.SUPPLEMENT),
        )
        assert counted(*mails) == {"TT1/total": ("4", True)}
        assert part_conflicts(mails) == ()

    @pytest.mark.parametrize("first", [Method.TABLE, Method.OCR])
    def test_a_third_part_does_not_settle_a_conflict(self, first: Method) -> None:
        parts = (gives("TT1", 3, method=first), gives("TT1", 4), gives("TT1", 3))
        mails = [
            hands_in("a", f"2023-06-01T0{hour}:00", part, role=Role.PART)
            for hour, part in enumerate(parts, start=1)
        ]
        assert counted(*mails) == {"TT1/total": ("3", False)}

    @pytest.mark.parametrize("scan_first", [True, False])
    def test_a_scan_that_says_the_same_confirms_the_table(self, scan_first: bool) -> None:
        scan = gives("TT1", 3, doubtful=True, method=Method.OCR)
        first, second = (scan, gives("TT1", 3)) if scan_first else (gives("TT1", 3), scan)
        assert counted(
            hands_in("a", "2023-06-01T08:00", first),
            hands_in("a", "2023-06-01T09:00", second, role=Role.PART),
        ) == {"TT1/total": ("3", True)}

    def test_repeating_a_figure_that_is_doubtful_in_itself_does_not_make_it_certain(self) -> None:
        assert counted(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3, doubtful=True)),
            hands_in("a", "2023-06-01T09:00", gives("TT1", 3), role=Role.PART),
        ) == {"TT1/total": ("3", False)}


class TestDecisions:
    def test_a_decision_wins_over_every_mail(self) -> None:
        mails = (hands_in("a", "2023-06-01T08:00", gives("TT1", 3, doubtful=True), mail="m1"),)
        [(value, archive_id)] = effective_values(mails, [decides("a", "TT1", "12")])
        assert (value.value, value.method, value.certainty) == (
            Decimal(12),
            Method.DECISION,
            Certainty.CERTAIN,
        )
        assert (archive_id, value.place) == ("m1", mails[0].values[0].place)

    def test_the_latest_decision_on_a_figure_holds(self) -> None:
        found = counted(decisions=[decides("a", "TT1", "7", no=2), decides("a", "TT1", "5", no=1)])
        assert found == {"TT1/total": ("7", True)}

    def test_a_decision_may_say_that_there_is_no_figure(self) -> None:
        found = whole(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)), decisions=[decides("a", "TT1", None)]
        )
        assert total_of(found, "TT1").value is None
        assert "a" in total_of(found, "TT1").missing

    def test_a_later_mail_with_another_number_is_only_remarked(self) -> None:
        found = whole(
            hands_in("a", "2023-06-20T08:00", gives("TT1", 9), role=Role.REPLACEMENT),
            decisions=[decides("a", "TT1", "12", when=at("2023-06-10T08:00"))],
        )
        assert total_of(found, "TT1").value == Decimal(12)
        assert [finding.code for finding in found.findings] == ["decision_overtaken"]

    def test_a_decision_that_names_only_the_message_speaks_of_what_that_handed_in(self) -> None:
        decision = replace(
            decides("a", "TT1", "12"), target={"message": "m1", "indicator": "TT1", "sex": "total"}
        )
        found = whole(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3, doubtful=True), mail="m1"), decisions=[decision]
        )
        assert total_of(found, "TT1").value == Decimal(12)

    def test_a_decision_on_a_message_of_two_reports_must_say_which(self) -> None:
        decision = replace(decides("a", "TT1", "12"), target={"message": "m1", "indicator": "TT1"})
        mails = [hands_in(of, "2023-06-01T08:00", gives("TT1", 3), mail="m1") for of in ("a", "b")]
        with pytest.raises(UnreadableDecisionError, match="several reports"):
            whole(*mails, decisions=[decision])

    def test_a_decision_that_names_nothing_is_never_passed_over_in_silence(self) -> None:
        with pytest.raises(UnreadableDecisionError, match="'unit'"):
            whole(decisions=[replace(decides("a", "TT1", "12"), target={"item": "i1", "indicator": "TT1"})])

    def test_a_decision_taken_back_no_longer_counts(self) -> None:
        decision = decides("a", "TT1", "12", no=1)
        reopened = replace(decision, number=2, kind="reopen", choice={})
        mail = hands_in("a", "2023-06-01T08:00", gives("TT1", 3))
        assert total_of(whole(mail, decisions=[decision, reopened]), "TT1").value == Decimal(3)
        again = replace(decision, number=3)
        assert total_of(whole(mail, decisions=[decision, reopened, again]), "TT1").value == Decimal(12)

    def test_reopening_a_receipt_leaves_the_values_decided_for_the_unit(self) -> None:
        receipt = received("a", "2023-06-02T08:00")
        reopened = replace(receipt, number=9, kind="reopen", choice={})
        found = whole(decisions=[receipt, decides("a", "TT1", "12", no=2), reopened])
        assert total_of(found, "TT1").value == Decimal(12)
        assert found.standings[0].state is ObligationState.MISSING

    @pytest.mark.parametrize("number", ["mười hai", "NaN", "Infinity"])
    def test_a_decision_without_a_number_is_refused(self, number: str) -> None:
        with pytest.raises(UnreadableDecisionError, match="decision 1"):
            effective_values([], [decides("a", "TT1", number)])


class TestDerivedMen:
    def test_men_are_total_less_women(self) -> None:
        values = [(gives("TT2", 50), "m"), (gives("TT2", 30, Sex.FEMALE), "m")]
        [*_, (men, _)] = derive(REPORT, values)
        assert (men.sex, men.value, men.method, men.place.text) == (
            Sex.MALE,
            Decimal(20),
            Method.DERIVED,
            "50 − 30",
        )

    @pytest.mark.parametrize(
        ("total", "women"),
        [
            (gives("TT2", 50, doubtful=True), gives("TT2", 30, Sex.FEMALE)),
            (gives("TT2", 50), gives("TT2", 30, Sex.FEMALE, doubtful=True)),
            (gives("TT2", 50, qualifier="trên"), gives("TT2", 30, Sex.FEMALE)),
            (gives("TT2", 50), gives("TT2", 30, Sex.FEMALE, qualifier="khoảng")),
            (gives("TT2", 50), gives("TT2", 51, Sex.FEMALE)),
            (gives("TT2", None), gives("TT2", 30, Sex.FEMALE)),
        ],
        ids=[
            "doubtful total",
            "doubtful women",
            "inexact",
            "inexact women",
            "more women than persons",
            "no total",
        ],
    )
    def test_men_are_never_derived_from_what_is_not_certain_and_exact(
        self, total: Value, women: Value
    ) -> None:
        values = [(total, "m"), (women, "m")]
        assert derive(REPORT, values) == tuple(values)

    def test_what_the_unit_says_of_men_is_left_alone_even_when_doubtful(self) -> None:
        values = [
            (gives("TT2", 50), "m"),
            (gives("TT2", 30, Sex.FEMALE), "m"),
            (gives("TT2", None, Sex.MALE, doubtful=True), "m"),
        ]
        assert derive(REPORT, values) == tuple(values)

    def test_an_indicator_without_a_row_of_men_gets_none(self) -> None:
        values = [(gives("CB1", 50), "m"), (gives("CB1", 30, Sex.FEMALE), "m")]
        assert derive(REPORT, values) == tuple(values)


class TestSums:
    def test_a_total_of_nothing_is_none_and_not_zero(self) -> None:
        total = summed()["TT1/total"]
        assert (total.value, total.n, total.of) == (None, 0, 4)
        assert total.missing == ("a", "b", "c", "o")

    def test_a_zero_counts_and_a_blank_does_not(self) -> None:
        total = summed(("a", gives("TT1", 0)), ("b", gives("TT1", None)))["TT1/total"]
        assert (total.value, total.n, total.units, total.missing) == (Decimal(0), 1, ("a",), ("b", "c", "o"))

    def test_a_doubtful_figure_is_listed_and_not_summed(self) -> None:
        total = summed(("a", gives("TT1", 3)), ("b", gives("TT1", 100, doubtful=True)))["TT1/total"]
        assert (total.value, total.doubtful, total.missing) == (Decimal(3), ("b",), ("c", "o"))

    def test_a_figure_out_of_scope_is_kept_but_never_summed(self) -> None:
        found = whole(
            hands_in("a", "2023-06-01T08:00", gives("KP1", 5)),
            hands_in("o", "2023-06-01T08:00", gives("KP1", 99)),
        )
        total = total_of(found, "KP1")
        assert (total.value, total.of, total.units) == (Decimal(5), 3, ("a",))
        assert [(each.unit, each.in_scope) for each in found.values] == [("a", True), ("o", False)]

    def test_yes_and_no_are_counted_and_not_added(self) -> None:
        total = summed(("a", gives("MH1", 1)), ("b", gives("MH1", 0)), ("c", gives("MH1", 3)))["MH1/total"]
        assert (total.value, total.n, total.of) == (Decimal(2), 3, 4)

    def test_an_estimate_makes_the_total_approximate(self) -> None:
        found = summed(("a", gives("TT1", 60, qualifier="trên")), ("b", gives("KP1", 1)))
        assert (found["TT1/total"].approximate, found["KP1/total"].approximate) == (True, False)

    def test_each_indicator_has_exactly_its_sexes_in_the_order_of_the_annex(self) -> None:
        assert list(summed()) == [
            "TT1/total",
            "TT2/total",
            "TT2/male",
            "TT2/female",
            "CB1/total",
            "CB1/female",
            "MH1/total",
            "KP1/total",
            "CB1R/total",
        ]

    def test_an_exempt_unit_owes_nothing_but_what_it_gives_counts(self) -> None:
        silent = whole(b="Mới thành lập")
        assert total_of(silent, "TT1").of == 3
        giving = whole(hands_in("b", "2023-06-01T08:00", gives("TT1", 2)), b="Mới thành lập")
        assert (total_of(giving, "TT1").value, total_of(giving, "TT1").of) == (Decimal(2), 4)

    def test_one_figure_given_twice_by_one_unit_is_a_fault_of_the_program(self) -> None:
        with pytest.raises(FigureGivenTwiceError, match="'a'"):
            summed(("a", gives("TT1", 3)), ("a", gives("TT1", 3)))


class TestRatios:
    def test_a_ratio_is_recomputed_from_summed_parts_and_never_averaged(self) -> None:
        ratio = summed(
            ("a", gives("CB1", 10)),
            ("a", gives("CB1", 5, Sex.FEMALE)),  # 50 %
            ("b", gives("CB1", 90)),
            ("b", gives("CB1", 9, Sex.FEMALE)),  # 10 %; the average would be 30 %
        )["CB1R/total"]
        assert (ratio.value, ratio.numerator, ratio.denominator) == (
            Decimal("14.00"),
            Decimal(14),
            Decimal(100),
        )

    def test_only_units_that_gave_both_parts_count(self) -> None:
        ratio = summed(
            ("a", gives("CB1", 10)),
            ("a", gives("CB1", 5, Sex.FEMALE)),
            ("b", gives("CB1", 90)),
            ("c", gives("CB1", 7)),
            ("c", gives("CB1", 7, Sex.FEMALE, doubtful=True)),
        )["CB1R/total"]
        assert (ratio.value, ratio.n, ratio.of, ratio.units) == (Decimal("50.00"), 1, 4, ("a",))
        assert (ratio.doubtful, ratio.missing) == (("c",), ("b", "o"))

    @pytest.mark.parametrize(
        ("numerator", "denominator", "stated"),
        [(1, 8, "12.5"), (1, 800, "0.13"), (2, 3, "66.67"), (0, 5, "0"), (1, 0, None), (1, 2, "50")],
    )
    def test_ratios_are_rounded_half_up(self, numerator: int, denominator: int, stated: str | None) -> None:
        rule = RatioRule(Figure("X"), Figure("Y"))
        value = ratio_value(rule, Decimal(numerator), Decimal(denominator))
        assert value == (None if stated is None else Decimal(stated))

    def test_a_ratio_over_too_few_is_not_stated(self) -> None:
        rule = RatioRule(Figure("X"), Figure("Y"), least_denominator=Decimal(30))
        assert ratio_value(rule, Decimal(20), Decimal(29)) is None
        assert ratio_value(rule, Decimal(15), Decimal(30)) == Decimal(50)


NUMBERS = st.one_of(st.none(), st.integers(min_value=0, max_value=10**6))
GIVEN = st.lists(st.tuples(NUMBERS, NUMBERS, st.booleans()), min_size=1, max_size=8)


class TestWhateverTheUnitsGive:
    @given(GIVEN, st.randoms())
    def test_the_order_of_units_and_values_changes_no_total(
        self, given: list[tuple[int | None, int | None, bool]], shuffle: Random
    ) -> None:
        units = [unit(f"u{place}") for place in range(len(given))]
        held = [
            (each.id, gives(code, number, doubtful=doubtful and number is not None))
            for each, (one, other, doubtful) in zip(units, given, strict=True)
            for code, number in (("TT1", one), ("KP1", other))
            if number is not None
        ]
        mixed, shuffled_units = held[:], units[:]
        shuffle.shuffle(mixed)
        shuffle.shuffle(shuffled_units)
        straight, shuffled = summed(*held, units=units), summed(*mixed, units=shuffled_units)
        assert {key: (each.value, each.n, each.of) for key, each in straight.items()} == {
            key: (each.value, each.n, each.of) for key, each in shuffled.items()
        }

    @given(st.lists(NUMBERS, min_size=1, max_size=10))
    def test_blanks_never_count_as_zero(self, numbers: list[int | None]) -> None:
        units = [unit(f"u{place}") for place in range(len(numbers))]
        total = summed(
            *((each.id, gives("TT1", number)) for each, number in zip(units, numbers, strict=True)),
            units=units,
        )["TT1/total"]
        stated = [number for number in numbers if number is not None]
        assert total.value == (Decimal(sum(stated)) if stated else None)
        assert (total.n, len(total.missing)) == (len(stated), len(numbers) - len(stated))

    @given(
        st.lists(st.integers(0, 1000), min_size=6, max_size=6),
        st.lists(st.integers(0, 3), min_size=6, max_size=6),
    )
    def test_splitting_a_report_over_mails_changes_nothing(
        self, numbers: list[int], mails: list[int]
    ) -> None:
        figures = [
            gives("TT1", numbers[0]),
            gives("TT2", numbers[1] + numbers[2]),
            gives("TT2", numbers[2], Sex.FEMALE),
            gives("CB1", numbers[3] + numbers[4]),
            gives("CB1", numbers[4], Sex.FEMALE),
            gives("KP1", numbers[5]),
        ]
        at_once = whole(hands_in("a", "2023-06-01T08:00", *figures))
        split = whole(
            *(
                hands_in(
                    "a",
                    f"2023-06-01T0{hour}:00",
                    *(figure for figure, mail in zip(figures, mails, strict=True) if mail == hour),
                    role=Role.PART if hour else Role.FIRST,
                )
                for hour in range(4)
            )
        )
        assert at_once.totals == split.totals


class TestThePeriod:
    def test_totals_know_only_what_had_arrived(self) -> None:
        found = consolidate(
            regime(UNITS),
            REPORT,
            PERIOD,
            [owes("a")],
            [hands_in("a", "2023-06-07T08:00", gives("TT1", 3))],
            {},
            [],
            DUE,
        )
        assert total_of(found, "TT1").value is None

    def test_figures_of_a_unit_that_owes_nothing_are_kept_remarked_and_not_summed(self) -> None:
        found = consolidate(
            regime(UNITS),
            REPORT,
            PERIOD,
            [owes("a")],
            [hands_in("b", "2023-06-01T08:00", gives("TT1", 3))],
            {},
            [],
            LATER,
        )
        assert [(each.unit, each.in_scope) for each in found.values] == [("b", False)]
        assert total_of(found, "TT1").value is None
        assert [(each.code, each.parameters["unit"]) for each in found.findings] == [("not_owed", "b")]

    def test_a_figure_the_report_does_not_ask_for_is_kept_and_not_summed(self) -> None:
        found = whole(hands_in("a", "2023-06-01T08:00", gives("ZZ9", 3), gives("TT1", 1, Sex.FEMALE)))
        assert [(each.value.indicator, each.in_scope) for each in found.values] == [
            ("TT1", False),
            ("ZZ9", False),
        ]

    def test_a_submission_of_an_unknown_unit_is_never_lost_in_silence(self) -> None:
        with pytest.raises(UnknownObligationUnitError, match="'z'"):
            whole(hands_in("z", "2023-06-01T08:00", gives("TT1", 3)))

    def test_a_replacement_without_figures_is_said_aloud(self) -> None:
        found = whole(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3)),
            hands_in("a", "2023-06-02T08:00", role=Role.REPLACEMENT),
        )
        assert [each.code for each in found.findings] == ["replacement_without_figures"]

    def test_a_report_without_figures_is_said_aloud_until_they_come(self) -> None:
        told = hands_in("a", "2023-06-01T08:00", sections=(writes("I", "Đã tuyên truyền."),))
        annex = hands_in("a", "2023-06-02T08:00", gives("TT1", 3), role=Role.PART)
        assert [(each.code, each.parameters["unit"]) for each in whole(told).findings] == [
            ("no_figures", "a")
        ]
        assert whole(told, annex).findings == ()

    def test_a_word_that_nothing_came_to_pass_lacks_no_figures(self) -> None:
        assert whole(hands_in("a", "2023-06-01T08:00")).findings == ()

    def test_findings_name_the_unit_and_go_with_the_figures_they_are_about(self) -> None:
        stale = Finding("old_fault", Grade.WARNING, parameters={"indicator": "TT1"})
        current = Finding("new_fault", Grade.WARNING, parameters={"indicator": "TT1"})
        found = whole(
            hands_in("a", "2023-06-01T08:00", gives("TT1", 3), findings=(stale,)),
            hands_in("a", "2023-06-02T08:00", gives("TT1", 4), role=Role.REPLACEMENT, findings=(current,)),
        )
        [finding] = found.findings
        assert (finding.code, finding.parameters["unit"], finding.parameters["label"]) == (
            "new_fault",
            "a",
            "Số buổi nói chuyện chuyên đề",
        )

    def test_the_latest_version_of_a_section_counts_and_a_supplement_adds(self) -> None:
        found = whole(
            hands_in(
                "a", "2023-06-01T08:00", sections=(writes("III", "Thiếu kinh phí."), writes("I", "Tốt."))
            ),
            hands_in(
                "a", "2023-06-02T08:00", sections=(writes("III", "Thiếu cán bộ."),), role=Role.REPLACEMENT
            ),
            hands_in("a", "2023-06-03T08:00", sections=(writes("III", "Mưa lũ."),), role=Role.SUPPLEMENT),
            hands_in("b", "2023-06-01T08:00", sections=(writes("III", "Không."),)),
        )
        assert [(each.section, each.unit.id, each.text) for each in found.passages] == [
            ("I", "a", "Tốt."),
            ("III", "a", "Thiếu cán bộ."),
            ("III", "a", "Mưa lũ."),
            ("III", "b", "Không."),
        ]

    def test_the_same_words_in_two_parts_are_one_passage(self) -> None:
        found = whole(
            hands_in("a", "2023-06-01T08:00", sections=(writes("III", "Thiếu  kinh phí."),)),
            hands_in("a", "2023-06-01T09:00", sections=(writes("III", "Thiếu kinh phí"),), role=Role.PART),
        )
        assert [each.text for each in found.passages] == ["Thiếu  kinh phí."]


@pytest.mark.parametrize(
    ("number", "text"),
    [("0", "0"), ("1234", "1.234"), ("14405.50", "14.405,5"), ("0.25", "0,25"), ("1E+3", "1.000")],
)
def test_numbers_are_written_the_vietnamese_way(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text
