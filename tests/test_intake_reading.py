from __future__ import annotations

from decimal import Decimal

from config.reports import Sex
from intake.figures.reading import combine
from ledger.records import Certainty, Method, Place, Value


def value(number: str | None, where: str = "bảng 1", **more: object) -> Value:
    figure = None if number is None else Decimal(number)
    return Value("B1", Sex.TOTAL, figure, "buổi", Place("a.docx", where, number or ""), **more)  # type: ignore[arg-type]


def test_two_places_that_agree_give_one_certain_figure() -> None:
    values, findings = combine([value("12")], [value("12", "đoạn 3", method=Method.SENTENCE)])
    assert [(v.value, v.certainty, v.method) for v in values] == [
        (Decimal(12), Certainty.CERTAIN, Method.TABLE)
    ]
    assert findings == ()


def test_two_places_that_differ_are_a_finding_and_no_certain_figure() -> None:
    (held,), (finding,) = combine([value("12")], [value("15", "đoạn 3", method=Method.SENTENCE)])
    assert held.certainty is Certainty.DOUBTFUL
    assert held.reason == finding.code == "conflict_in_submission"
    assert (finding.parameters["first"], finding.parameters["second"]) == ("12", "15")
    assert finding.parameters["second_place"] == "a.docx, đoạn 3"


def test_a_place_left_blank_does_not_contradict_one_that_is_filled() -> None:
    (held,), findings = combine([value(None)], [value("7", "đoạn 2")])
    assert (held.value, held.certainty) == (Decimal(7), Certainty.CERTAIN)
    assert findings == ()


def test_blank_everywhere_stays_blank() -> None:
    (held,), _ = combine([value(None)], [value(None, "đoạn 2")])
    assert held.value is None


def test_zero_written_down_is_a_figure() -> None:
    (held,), _ = combine([value("0")], [value(None)])
    assert held.value == 0


def test_an_exact_figure_goes_before_a_rough_one_without_a_quarrel() -> None:
    (held,), findings = combine([value("60", qualifier="trên")], [value("63", "đoạn 2")])
    assert (held.value, held.qualifier, findings) == (Decimal(63), "", ())


def test_a_certain_reading_goes_before_a_doubtful_one_of_the_same_figure() -> None:
    doubtful = value("12", certainty=Certainty.DOUBTFUL, reason="number_ambiguous")
    (held,), _ = combine([doubtful], [value("12", "đoạn 2", method=Method.SENTENCE)])
    assert held.certainty is Certainty.CERTAIN


def test_figures_of_different_sex_are_different_figures() -> None:
    women = Value("B1", Sex.FEMALE, Decimal(5), "buổi", Place("a.docx", "bảng 1", "5"))
    values, findings = combine([value("12"), women])
    assert [v.sex for v in values] == [Sex.TOTAL, Sex.FEMALE]
    assert findings == ()


def test_the_order_is_that_of_first_appearance() -> None:
    other = Value("B0", Sex.TOTAL, Decimal(1), "buổi", Place("a.docx", "bảng 1", "1"))
    values, _ = combine([value("12"), other], [value("12", "đoạn 9")])
    assert [v.indicator for v in values] == ["B1", "B0"]
