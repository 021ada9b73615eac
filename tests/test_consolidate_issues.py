"""Issues: the same inputs are the same issue on any day, and a changed total says because of whom."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from config.reports import Sex
from config.sending import SendingPolicy
from consolidate.errors import ContentTooOldError
from consolidate.issues import as_content, changes, inputs_sha256
from consolidate.period import consolidate
from ledger.records import Role
from tests.builders_consolidate import (
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
    from datetime import datetime

    from consolidate.consolidation import Consolidation
    from ledger.records import Decision, Submission

UNITS = [unit("a"), unit("b"), unit("c")]
FIRST = (
    hands_in(
        "a", "2023-06-01T08:00", gives("TT1", 3), gives("CB1", 10), gives("CB1", 4, Sex.FEMALE), mail="m1"
    ),
    hands_in("b", "2023-06-02T08:00", gives("TT1", 5, doubtful=True), gives("CB1", 20), mail="m2"),
)


def whole(
    submissions: Sequence[Submission], decisions: Sequence[Decision] = (), as_of: datetime = LATER
) -> Consolidation:
    return consolidate(
        regime(UNITS), REPORT, PERIOD, [owes(each.id) for each in UNITS], submissions, {}, decisions, as_of
    )


def content_of(consolidation: Consolidation) -> dict[str, Any]:
    """As the ledger gives it back: through JSON."""
    content: dict[str, Any] = json.loads(json.dumps(as_content(consolidation)))
    return content


def changed(before: Consolidation, after: Consolidation) -> dict[str, dict[str, Any]]:
    found = changes(content_of(before), content_of(after))
    return {f"{each['indicator']}/{each['sex']}": each for each in found}


class TestTheFingerprint:
    def test_another_day_is_no_other_issue(self) -> None:
        assert inputs_sha256(whole(FIRST)) == inputs_sha256(whole(FIRST, as_of=LATER + timedelta(days=40)))

    def test_a_day_that_lets_another_mail_in_is(self) -> None:
        late = hands_in("c", "2023-07-15T08:00", gives("TT1", 1))
        before = whole((*FIRST, late), as_of=LATER)
        after = whole((*FIRST, late), as_of=LATER + timedelta(days=40))
        assert inputs_sha256(before) != inputs_sha256(after)

    def test_the_order_of_what_the_ledger_gives_does_not_matter(self) -> None:
        assert inputs_sha256(whole(FIRST)) == inputs_sha256(whole(FIRST[::-1]))

    def test_one_moment_in_two_zones_is_one_moment(self) -> None:
        moved = [replace(each, arrival=each.arrival.astimezone(UTC)) for each in FIRST]
        assert inputs_sha256(whole(FIRST)) == inputs_sha256(whole(moved))

    def test_how_mail_is_sent_is_no_input_of_a_document(self) -> None:
        found = whole(FIRST)
        sending = replace(found, regime=replace(found.regime, sending=SendingPolicy(mode="send")))
        assert inputs_sha256(found) == inputs_sha256(sending)

    def test_it_is_the_same_in_every_process(self) -> None:
        # Sets must not leak the hash seed of the process into the fingerprint.
        program = "from tests import test_consolidate_issues as t; print(t.inputs_sha256(t.whole(t.FIRST)))"
        root = Path(__file__).resolve().parents[1]
        printed = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "TZ": zone},
                cwd=root,
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh"), ("3", "America/New_York"))
        }
        assert printed == {inputs_sha256(whole(FIRST))}

    @pytest.mark.parametrize(
        "other",
        [
            (hands_in("a", "2023-06-01T08:00", gives("TT1", 4), mail="m1"), FIRST[1]),
            (*FIRST, hands_in("c", "2023-06-03T08:00", sections=(writes("III", "Thiếu kinh phí."),))),
            (*FIRST, hands_in("a", "2023-06-09T08:00", role=Role.SUPPLEMENT)),
            (FIRST[0],),
        ],
        ids=["a figure", "a passage", "a correction without figures", "a mail less"],
    )
    def test_anything_a_document_shows_changes_it(self, other: tuple[Submission, ...]) -> None:
        assert inputs_sha256(whole(FIRST)) != inputs_sha256(whole(other))

    def test_a_new_name_of_a_unit_changes_it(self) -> None:
        found = whole(FIRST)
        renamed = replace(found, regime=regime([unit("a", name="UBND xã Mới"), *UNITS[1:]]))
        assert inputs_sha256(found) != inputs_sha256(renamed)


class TestTheContent:
    def test_it_says_value_parts_and_coverage_of_every_total(self) -> None:
        [ratio] = [each for each in content_of(whole(FIRST))["totals"] if each["indicator"] == "CB1R"]
        assert {key: ratio[key] for key in ("value", "numerator", "denominator", "n", "N", "units")} == {
            "value": "40",
            "numerator": "4",
            "denominator": "10",
            "n": 1,
            "N": 3,
            "units": ["a"],
        }

    def test_it_says_where_every_unit_stands(self) -> None:
        standings = content_of(whole(FIRST, [received("c", "2023-06-07T08:00")]))["standings"]
        assert [(each["unit"], each["state"], each["message"]) for each in standings] == [
            ("a", "on_time", "m1"),
            ("b", "on_time", "m2"),
            ("c", "late", ""),
        ]


class TestChanges:
    def test_unchanged_inputs_have_none(self) -> None:
        assert changed(whole(FIRST), whole(FIRST, as_of=LATER + timedelta(days=1))) == {}

    def test_a_late_arrival_is_named_with_old_and_new_total(self) -> None:
        late = hands_in("c", "2023-06-20T08:00", gives("TT1", 7), mail="m9")
        found = changed(whole(FIRST), whole((*FIRST, late)))
        assert found["TT1/total"] == {
            "indicator": "TT1",
            "sex": "total",
            "old": "3",
            "new": "10",
            "old_n": 1,
            "new_n": 2,
            "old_N": 3,
            "new_N": 3,
            "because": [
                {
                    "unit": "c",
                    "indicator": "TT1",
                    "sex": "total",
                    "old": None,
                    "new": "7",
                    "why": "arrival",
                    "message": "m9",
                }
            ],
        }
        assert found.keys() == {"TT1/total"}

    def test_a_correction_is_named_as_one_also_in_the_ratio_it_moves(self) -> None:
        fix = hands_in("a", "2023-06-09T08:00", gives("CB1", 5, Sex.FEMALE), role=Role.SUPPLEMENT, mail="m3")
        found = changed(whole(FIRST), whole((*FIRST, fix)))
        assert found.keys() == {"CB1/female", "CB1R/total"}
        assert (found["CB1R/total"]["old"], found["CB1R/total"]["new"]) == ("40", "50")
        [because] = found["CB1R/total"]["because"]
        assert (because["unit"], because["why"], because["old"], because["new"], because["message"]) == (
            "a",
            "correction",
            "4",
            "5",
            "m3",
        )

    def test_a_zero_that_arrives_changes_how_many_units_stand_behind_the_total(self) -> None:
        zero = hands_in("c", "2023-06-20T08:00", gives("TT1", 0))
        change = changed(whole(FIRST), whole((*FIRST, zero)))["TT1/total"]
        assert (change["old"], change["new"], change["old_n"], change["new_n"]) == ("3", "3", 1, 2)

    def test_a_decision_is_named_as_one(self) -> None:
        [because] = changed(whole(FIRST), whole(FIRST, [decides("b", "TT1", "6")]))["TT1/total"]["because"]
        assert (because["unit"], because["why"], because["new"]) == ("b", "decision", "6")

    def test_a_figure_that_is_taken_back_is_named(self) -> None:
        bare = hands_in("a", "2023-06-09T08:00", gives("CB1", 10), role=Role.REPLACEMENT)
        change = changed(whole(FIRST), whole((*FIRST, bare)))["TT1/total"]
        assert (change["old"], change["new"], change["because"][0]["why"]) == ("3", None, "withdrawn")

    def test_a_figure_that_became_doubtful_is_named(self) -> None:
        part = hands_in("a", "2023-06-01T09:00", gives("TT1", 30), role=Role.PART)
        [because] = changed(whole(FIRST), whole((*FIRST, part)))["TT1/total"]["because"]
        assert (because["why"], because["old"], because["new"]) == ("became_doubtful", "3", None)

    def test_content_of_another_shape_is_refused_and_not_misread(self) -> None:
        content = content_of(whole(FIRST, as_of=at("2023-06-30T00:00")))
        with pytest.raises(ContentTooOldError, match="99"):
            changes({**content, "shape": 99}, content)
