"""Reports in layouts that no rule was made for: nothing wrong in silence, nothing lost, most of it read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_regime
from config.regime import Regime
from config.units_sheet import write_units
from intake.extractors import office
from intake.judging.context import Archived
from intake.judging.judgement import judge
from intake.pipeline import Memory
from ledger.archive import archive_id_of
from ledger.records import Certainty, MessageState, SubmissionIntent, Value
from ledger.store import Ledger
from tests import clerks
from tests.clerks import SENT, Sent
from tests.offices import at, read_here

NAMES = [sent.name for sent in SENT]
BY_NAME = {sent.name: sent for sent in SENT}


@pytest.fixture(scope="module")
def regime(tmp_path_factory: pytest.TempPathFactory) -> Regime:
    folder: Path = tmp_path_factory.mktemp("cheDo")
    (folder / "reports").mkdir()
    (folder / "department.yaml").write_text(clerks.DEPARTMENT, "utf-8")
    for name, text in clerks.REPORTS.items():
        (folder / "reports" / f"{name}.yaml").write_text(text, "utf-8")
    write_units(clerks.UNITS, folder / "units.csv")
    return load_regime(folder)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    file = tmp_path_factory.mktemp("so") / "so.sqlite3"
    return Ledger.open(f"sqlite:///{file}", "ban", lambda: at("2024-07-12T09:00"))


@pytest.fixture(params=NAMES)
def sent(request: pytest.FixtureRequest) -> Sent:
    found = BY_NAME[request.param]
    if found.office and office.converter() is None:
        pytest.skip("LibreOffice is not installed here")
    return found


def handed_in(sent: Sent, regime: Regime, ledger: Ledger) -> SubmissionIntent:
    """What one mail hands in, judged as the first that ever came."""
    octets = sent.mail()
    known = Archived(archive_id_of(octets), at(clerks.ARRIVAL), len(octets))
    outcome = judge(known, read_here(octets), Memory(regime, ledger).context(known))
    assert outcome.state is MessageState.BOOKED, outcome.reasons
    (intent,) = outcome.submissions
    assert (intent.key.unit, intent.key.report) == (sent.unit.id, sent.report)
    return intent


def compared(
    sent: Sent, intent: SubmissionIntent, regime: Regime
) -> Iterator[tuple[str, str, str, Value | None]]:
    """(indicator, sex, what the mail says, what was read) of all that was said or read."""
    sexes = {code.code: [sex.value for sex in code.sexes] for code in regime.report(sent.report).indicators}
    read = {(value.indicator, value.sex.value): value for value in intent.values}
    said = {(code, sex): figure for code, sex, figure in clerks.told(sent, sexes)}
    for code, sex in dict.fromkeys((*said, *read)):
        yield code, sex, said.get((code, sex), "?"), read.get((code, sex))


def test_what_a_clerk_sent_is_booked_and_no_figure_of_it_is_wrong_in_silence(
    sent: Sent, regime: Regime, ledger: Ledger
) -> None:
    certain = [
        (code, sex, said, value.value)
        for code, sex, said, value in compared(sent, handed_in(sent, regime, ledger), regime)
        if value is not None and value.certainty is Certainty.CERTAIN
    ]
    assert [one for one in certain if one[2] == "?" or Decimal(one[2]) != one[3]] == []
    missed = {
        code
        for code, sex, said, value in compared(sent, handed_in(sent, regime, ledger), regime)
        if said != "?" and (value is None or value.certainty is not Certainty.CERTAIN)
    }
    assert missed == sent.unread
