"""Which questions a decision closes, and which it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.review import open_items
from tests.builders_ledger import archive_id, decision, item, key

if TYPE_CHECKING:
    from ledger.records import Decision, ReviewItem

ABOUT_MESSAGE = item("a", name="a-message")
ABOUT_FIGURE = item("a", "value", name="a-value", indicator="N2", sex="female", key=key())
ELSEWHERE = item("b", name="b-message")
ITEMS = (ABOUT_MESSAGE, ABOUT_FIGURE, ELSEWHERE)


def left_open(*decided: Decision) -> list[ReviewItem]:
    return list(open_items(ITEMS, decided))


def test_without_decisions_everything_is_open() -> None:
    assert left_open() == list(ITEMS)


def test_a_decision_on_an_item_closes_that_item_alone() -> None:
    assert left_open(decision("accept", 1, item="a-message")) == [ABOUT_FIGURE, ELSEWHERE]


def test_a_decision_on_an_item_closes_no_other_of_the_message_it_mentions() -> None:
    decided = decision("accept", 1, item="a-message", message=archive_id("a"), unit="doi-che")
    assert left_open(decided) == [ABOUT_FIGURE, ELSEWHERE]


@pytest.mark.parametrize("kind", ["accept", "assign"])
def test_accepting_a_message_leaves_its_doubtful_figures_open(kind: str) -> None:
    assert left_open(decision(kind, 1, message=archive_id("a"))) == [ABOUT_FIGURE, ELSEWHERE]


def test_setting_a_message_aside_closes_all_its_questions() -> None:
    assert left_open(decision("set_aside", 1, message=archive_id("a"))) == [ELSEWHERE]


def test_a_figure_decided_by_message_and_indicator_is_closed() -> None:
    decided = decision("value", 1, message=archive_id("a"), indicator="N2", sex="female")
    assert left_open(decided) == [ABOUT_MESSAGE, ELSEWHERE]


def test_a_figure_decided_by_its_obligation_is_closed() -> None:
    own = {"unit": "doi-che", "report": "nuoc-sach", "period": "2031-H1"}
    assert left_open(decision("value", 1, indicator="N2", sex="female", **own)) == [ABOUT_MESSAGE, ELSEWHERE]


@pytest.mark.parametrize(
    "other",
    [
        {"indicator": "N2", "sex": "male", "message": archive_id("a")},
        {"indicator": "N3", "sex": "female", "message": archive_id("a")},
        {"indicator": "N2", "sex": "female", "message": archive_id("b")},
        {"indicator": "N2", "sex": "female", "unit": "bai-sim", "report": "nuoc-sach", "period": "2031-H1"},
    ],
)
def test_another_figure_decided_leaves_this_one_open(other: dict[str, str]) -> None:
    assert left_open(decision("value", 1, **other)) == list(ITEMS)


def test_an_extension_for_the_unit_closes_no_question() -> None:
    own = {"unit": "doi-che", "report": "nuoc-sach", "period": "2031-H1"}
    assert left_open(decision("extend", 1, choice={"due": "2031-06-10T00:00+07:00"}, **own)) == list(ITEMS)


def test_reopening_opens_again_until_the_next_decision() -> None:
    closed, opened = decision("accept", 1, item="a-message"), decision("reopen", 2, item="a-message")
    assert left_open(opened, closed) == list(ITEMS)
    assert left_open(closed, opened, decision("accept", 3, item="a-message")) == [ABOUT_FIGURE, ELSEWHERE]


def test_reopening_a_message_opens_the_figures_its_setting_aside_closed() -> None:
    own = archive_id("a")
    assert left_open(decision("set_aside", 1, message=own), decision("reopen", 2, message=own)) == list(ITEMS)
