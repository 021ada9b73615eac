"""Reports of other fields and levels, read by the same rules: nothing wrong in silence, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loader import load_regime
from config.regime import Regime
from config.units_sheet import write_units
from intake.judging.context import Archived
from intake.judging.judgement import judge
from intake.pipeline import Memory
from ledger.archive import archive_id_of
from ledger.records import Certainty, MessageState, SubmissionIntent
from ledger.store import Ledger
from tests.clerks_elsewhere import COMMUNE, PROVINCE, SENT, Place, Told
from tests.offices import at, read_here


@pytest.fixture(scope="module")
def regimes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Regime]:
    return {id(place): _regime(place, tmp_path_factory.mktemp("cheDo")) for place in (PROVINCE, COMMUNE)}


def _regime(place: Place, folder: Path) -> Regime:
    (folder / "reports").mkdir()
    (folder / "department.yaml").write_text(place.department, "utf-8")
    for name, text in place.reports.items():
        (folder / "reports" / f"{name}.yaml").write_text(text, "utf-8")
    write_units(place.units, folder / "units.csv")
    return load_regime(folder)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    file = tmp_path_factory.mktemp("so") / "so.sqlite3"
    return Ledger.open(f"sqlite:///{file}", "ban", lambda: at("2024-07-12T09:00"))


def handed_in(sent: Told, regime: Regime, ledger: Ledger) -> SubmissionIntent:
    octets = sent.mail()
    known = Archived(archive_id_of(octets), at("2024-07-03T09:00"), len(octets))
    outcome = judge(known, read_here(octets), Memory(regime, ledger).context(known))
    assert outcome.state is MessageState.BOOKED, outcome.reasons
    (intent,) = outcome.submissions
    assert (intent.key.unit, intent.key.report) == (sent.unit.id, sent.report)
    return intent


@pytest.mark.parametrize("sent", SENT, ids=[sent.name for sent in SENT])
def test_what_a_clerk_elsewhere_sent_is_booked_and_no_figure_of_it_is_wrong_in_silence(
    sent: Told, regimes: dict[int, Regime], ledger: Ledger
) -> None:
    regime = regimes[id(sent.place)]
    intent = handed_in(sent, regime, ledger)
    sexes = {one.code: [sex.value for sex in one.sexes] for one in regime.report(sent.report).indicators}
    said = {
        (code, sex): figure
        for code, text in sent.figures.items()
        for sex, figure in zip(sexes[code], text.split("/"), strict=True)
    }
    certain = {
        (value.indicator, value.sex.value): value.value
        for value in intent.values
        if value.certainty is Certainty.CERTAIN
    }
    assert {at: v for at, v in certain.items() if str(v) != said.get(at, "?")} == {}
    missed = {code for (code, sex), figure in said.items() if figure != "?" and (code, sex) not in certain}
    assert missed == sent.unread
