"""Reports to the shipped offices, read by their own regimes: nothing wrong in silence, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from config.loader import load_regime
from config.regime import Regime
from config.units import Address, Unit
from intake.judging.context import Archived
from intake.judging.judgement import judge
from intake.pipeline import Memory
from ledger.archive import archive_id_of
from ledger.records import Certainty, MessageState, SubmissionIntent
from ledger.store import Ledger
from tests.clerks_shipped import SENT, Written
from tests.offices import ROOT, SERVER, at, read_here

if TYPE_CHECKING:
    from pathlib import Path


@cache
def shipped(name: str) -> Regime:
    regime = load_regime(ROOT / "config" / "regimes" / name)
    units = tuple(replace(unit, addresses=(Address(f"{unit.id}@don-vi.example"),)) for unit in regime.units)
    return replace(regime, units=units, trusted_authserv_id=SERVER)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    file: Path = tmp_path_factory.mktemp("so") / "so.sqlite3"
    return Ledger.open(f"sqlite:///{file}", "ban", lambda: at("2023-06-12T09:00"))


def handed_in(sent: Written, ledger: Ledger) -> SubmissionIntent:
    regime = shipped(sent.regime)
    unit = _unit(sent, regime)
    octets = sent.mail(unit.addresses[0].address)
    known = Archived(archive_id_of(octets), at(sent.arrival), len(octets))
    outcome = judge(known, read_here(octets), Memory(regime, ledger).context(known))
    assert outcome.state is MessageState.BOOKED, outcome.reasons
    (intent,) = outcome.submissions
    assert (intent.key.unit, intent.key.period) == (unit.id, sent.period)
    return intent


def _unit(sent: Written, regime: Regime) -> Unit:
    (unit,) = [one for one in regime.units if one.name.endswith(sent.unit) and one.valid_from is None]
    return unit


@pytest.mark.parametrize("sent", SENT, ids=[sent.name for sent in SENT])
def test_what_a_commune_sent_is_booked_and_no_figure_of_it_is_wrong_in_silence(
    sent: Written, ledger: Ledger
) -> None:
    intent = handed_in(sent, ledger)
    report = shipped(sent.regime).report(intent.key.report)
    sexes = {one.code: [sex.value for sex in one.sexes] for one in report.indicators}
    said = {
        (code, sex): figure
        for code, text in sent.figures.items()
        for sex, figure in zip(sexes[code], text.split("/"), strict=True)
        if figure != "?"
    }
    certain = {
        (value.indicator, value.sex.value): str(value.value)
        for value in intent.values
        if value.certainty is Certainty.CERTAIN
    }
    assert certain == said
    roles = {section.id: section.role.value for section in report.outline}
    told = {roles[one.section]: one.text for one in intent.sections}
    assert all(words in told[role] for role, words in (sent.sections or {}).items())
