"""What a person is asked about one message, each question known again by its id."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ledger.records import Certainty, Finding, ObligationKey, ReviewItem, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.regime import Regime
    from intake.evidence.recognition import Match


class Questions:
    """The questions about one message."""

    def __init__(self, archive_id: str, subject: str, regime: Regime) -> None:
        self._archive_id = archive_id
        self._subject = subject
        self._regime = regime

    def about(self, reason: str, match: Match | None) -> ReviewItem:
        """Whose report a message brings, which and for when, or what else is to be done with it."""
        key = None
        if match is not None and match.unit and match.report and match.period:
            key = ObligationKey(match.unit, match.report, match.period)
        proposal = (
            {"unit": match.unit, "report": match.report, "period": match.period} if match is not None else {}
        )
        return ReviewItem(
            id=self.id_of(match),
            kind="message",
            archive_id=self._archive_id,
            question=reason,
            parameters={"subject": self._subject},
            proposal=proposal,
            key=key,
        )

    def id_of(self, match: Match | None) -> str:
        """The id under which a match, or the message as a whole, is asked about."""
        named = (match.unit, match.report, match.period) if match is not None else ("", "", "")
        return _item_id("message", self._archive_id, *named)

    def of_values(
        self, key: ObligationKey, values: Iterable[Value], findings: Sequence[Finding]
    ) -> tuple[ReviewItem, ...]:
        """One question for each doubtful figure."""
        return tuple(
            ReviewItem(
                id=_item_id("value", self._archive_id, key, value.indicator, value.sex.value),
                kind="value",
                archive_id=self._archive_id,
                question=value.reason or "value_doubtful",
                parameters=self._words_of(value, findings, key.report),
                proposal={"value": None if value.value is None else str(value.value)},
                key=key,
                indicator=value.indicator,
                sex=value.sex.value,
            )
            for value in values
            if value.certainty is Certainty.DOUBTFUL
        )

    def _words_of(self, value: Value, findings: Iterable[Finding], report: str) -> dict[str, str]:
        """What the question about a figure says: the places of the finding that raised it."""
        label = self._regime.report(report).indicator(value.indicator).label
        words = {"label": label, "indicator_label": label, "text": value.place.text}
        raised = [finding for finding in findings if finding.code == value.reason]
        here = [finding for finding in raised if finding.place == value.place]
        about = [finding for finding in raised if finding.parameters.get("indicator") == value.indicator]
        for finding in (*here, *about)[:1]:
            words |= finding.parameters
        return words | {"place": f"{value.place.file}, {value.place.where}", "text": value.place.text}


def _item_id(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]
