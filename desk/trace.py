"""From a figure of the department to the units' figures, to the cell in the original, to the mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.reports import Figure, Sex
from consolidate.consolidation import UnitValue
from desk.errors import UnknownNameError
from desk.freezing import standing_issue
from desk.office import Office
from desk.views import (
    View,
    beside_frozen,
    message_view,
    put_right_notes,
    stated_total,
    total_view,
    value_view,
)
from desk.work import chosen_periods, consolidation_of
from ledger.records import MessageOutcome


def trace_of(
    office: Office,
    indicator: str,
    sex: str,
    report: str | None,
    period: str | None,
    as_of: datetime,
    unit: str | None = None,
) -> View:
    """{"total", "frozen", "now", "values", "messages"} of one figure; a ratio is traced to both its parts.

    "put_right" of a message tells, with a sample, which of the figures' files were in an old encoding.

    Of a frozen period "total" is what its issue states, "frozen" the number of that issue, and "now" what the
    total would be by now.

    Raises:
        UnknownNameError: there is no such figure, report or period.
    """
    for definition, known in chosen_periods(office, report, period, as_of):
        consolidation = consolidation_of(office, definition, known, as_of)
        for total in consolidation.totals:
            if total.indicator.code != indicator or total.sex.value != sex:
                continue
            ratio = total.indicator.ratio
            figures = (ratio.numerator, ratio.denominator) if ratio else (Figure(indicator, Sex(sex)),)
            held = [
                value
                for value in consolidation.values
                if (value.value.indicator, value.value.sex) in figures and unit in (None, value.unit)
            ]
            outcomes = {value.archive_id: office.ledger.message(value.archive_id) for value in held}
            live, stands = total_view(total), standing_issue(office, definition, known, as_of)
            return {
                "total": stated_total(live, stands) if stands else live,
                "frozen": stands.number if stands else None,
                "now": live if stands else None,
                "values": beside_frozen([value_view(value, consolidation) for value in held], stands),
                "messages": [
                    _message_view(outcome, held, office)
                    for outcome in outcomes.values()
                    if outcome is not None
                ],
            }
    raise UnknownNameError("desk.unknown_indicator", name=indicator, sex=sex)


def _message_view(outcome: MessageOutcome, held: Sequence[UnitValue], office: Office) -> View:
    files = {each.value.place.file for each in held if each.archive_id == outcome.archive_id}
    view = message_view(outcome, office.regime.timezone, office.wording)
    return view | {"put_right": put_right_notes(outcome, files, office.wording)}
