"""Percentages that a text gives without the counts behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.reports import Figure, Sex
from intake.figures.sentence_numbers import Mention, sex_of
from intake.figures.sentence_ties import CLEARLY_AHEAD, COVERED_WELL
from intake.figures.sentence_words import SubjectIndex, Words, keys_of
from ledger.records import Certainty, Method, Place, Value

if TYPE_CHECKING:
    from collections.abc import Sequence


def shares_alone(mentions: Sequence[Mention], place: Place, index: SubjectIndex) -> list[Value]:
    """A ratio without its counts: its figures were reported in a way that cannot be added up."""
    return [
        Value(
            figure.indicator,
            figure.sex,
            None,
            subject.indicator.unit_of_measure,
            place,
            Method.SENTENCE,
            Certainty.DOUBTFUL,
            reason="percent_only",
        )
        for mention in mentions
        if mention.percent and not mention.bracketed
        for figure in _figures_of_ratio(mention, index)
        if (subject := index.get(figure.indicator)) is not None
    ]


def _figures_of_ratio(mention: Mention, index: SubjectIndex) -> tuple[Figure, ...]:
    said = f"{mention.before[-120:] if not mention.left.strip(' ,') else ''} {mention.left}"
    if "tỷ lệ" not in " ".join(keys_of(said)):
        return ()
    own = Words.of(said)
    scored = sorted(
        ((index.coverage(subject, own), rule) for subject, rule in index.ratios),
        key=lambda pair: -pair[0],
    )
    if (
        scored
        and scored[0][0] >= COVERED_WELL
        and (len(scored) == 1 or scored[0][0] - scored[1][0] >= CLEARLY_AHEAD)
    ):
        return (scored[0][1].numerator, scored[0][1].denominator)
    return _women_of_one(own, index) if sex_of(said) is Sex.FEMALE else ()


def _women_of_one(own: Words, index: SubjectIndex) -> tuple[Figure, ...]:
    """The figures behind "tỷ lệ nữ …" of an indicator split by sex, where no ratio is asked for."""
    scored = sorted(
        (
            (index.coverage(subject, own), subject.indicator)
            for subject in index.subjects
            if Sex.FEMALE in subject.indicator.sexes
        ),
        key=lambda pair: -pair[0],
    )
    if (
        not scored
        or scored[0][0] < COVERED_WELL
        or (len(scored) > 1 and scored[0][0] - scored[1][0] < CLEARLY_AHEAD)
    ):
        return ()
    code = scored[0][1].code
    return (Figure(code, Sex.FEMALE), Figure(code, Sex.TOTAL))
