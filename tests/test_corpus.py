"""How much is read, and how little goes wrong, on reports nobody has seen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.build import PLANS, write_set
from tests.corpus.counting import Counts, count
from tests.score import predict

SEED = 11
SENDERS = 13  # units that send anything, of two dozen: the whole sets are for `python -m tests.score`
BASELINE = json.loads((Path(__file__).parent / "data" / "corpus_baseline.json").read_text("utf-8"))
SETS = sorted(PLANS)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    """Every set written, run through the whole job, and counted; without LibreOffice, to be quick."""
    base = tmp_path_factory.mktemp("corpus")
    return {name: _counted(name, base / name) for name in SETS}


def _counted(name: str, folder: Path) -> Counts:
    write_set(name, SEED, folder / "set", office=False, senders=SENDERS)
    truth = _truth(folder / "set")
    truth["unit_states"] = truth["unit_states"][-1:]  # each moment costs a run of the program
    (folder / "set" / "truth.json").write_text(json.dumps(truth), "utf-8")
    home = folder / "home"
    home.mkdir()
    return count(truth, predict(folder / "set", home))


def _truth(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return truth


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_wrong_in_silence(counted: dict[str, Counts], name: str) -> None:
    assert counted[name].wrong == ()


@pytest.mark.parametrize("name", SETS)
def test_no_report_is_lost(counted: dict[str, Counts], name: str) -> None:
    assert counted[name].missed_messages == ()


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("kind", ["table", "sentence"])
def test_as_much_is_read_as_before(counted: dict[str, Counts], name: str, kind: str) -> None:
    assert counted[name].recall(kind) >= BASELINE[name][kind], "\n".join(counted[name].unread)


@pytest.mark.parametrize("name", SETS)
def test_mail_is_told_apart_as_well_as_before(counted: dict[str, Counts], name: str) -> None:
    assert counted[name].classified >= BASELINE[name]["class"], counted[name].wrong_classes


@pytest.mark.parametrize("name", SETS)
def test_no_more_is_asked_without_need_than_before(counted: dict[str, Counts], name: str) -> None:
    assert counted[name].asked <= BASELINE[name]["asked"], counted[name].needless_questions


def test_the_same_seed_writes_the_same_set(tmp_path: Path) -> None:
    name = SETS[-1]
    for folder in ("one", "other"):
        write_set(name, SEED, tmp_path / folder, office=False)
    one, other = (_truth(tmp_path / folder) for folder in ("one", "other"))
    for truth in (one, other):
        for message in truth["messages"]:
            del message["attachments"]  # libraries write the hour into their files
    assert one == other


def test_another_seed_writes_another_set(tmp_path: Path) -> None:
    write_set(SETS[0], SEED, tmp_path / "one", office=False)
    write_set(SETS[0], SEED + 1, tmp_path / "other", office=False)
    assert _truth(tmp_path / "one")["values"] != _truth(tmp_path / "other")["values"]


def _told(value: float, *, asked: bool = False) -> dict[str, Any]:
    return {
        "unit": "u",
        "report": "r",
        "indicator": "I",
        "sex": "total",
        "value": value,
        "needs_review": asked,
    }


TRUTH: dict[str, Any] = {
    "messages": [
        {
            "n": "1",
            "class": "report",
            "also_accepted_class": [],
            "matches": [{"unit": "u", "report": "r", "counts": True}],
            "review": "no",
            "features": [],
        }
    ],
    "values": [
        {
            **_told(5.0),
            "status": "reported",
            "review": "no",
            "sources": [{"message": "1", "where": "table 1", "text": "5"}],
        }
    ],
    "unit_states": [
        {"report": "r", "as_of": "t", "states": [{"unit": "u", "state": "late", "also_accepted": []}]}
    ],
    "ratio_defs": [],
}


def _predicted(value: dict[str, Any], unit: str = "u", state: str = "late") -> dict[str, Any]:
    message = {"n": "1", "class": "report", "matches": [{"unit": unit, "report": "r"}], "needs_review": False}
    states = [{"report": "r", "as_of": "t", "unit": "u", "state": state}]
    return {"messages": [message], "values": [value], "unit_states": states}


def test_the_count_sees_a_wrong_value_a_wrong_unit_and_a_wrong_state() -> None:
    right = count(TRUTH, _predicted(_told(5.0)))
    assert right.wrong == ()
    assert right.recall("table") == 1.0
    assert len(count(TRUTH, _predicted(_told(6.0))).wrong_values) == 1
    assert len(count(TRUTH, _predicted(_told(5.0), unit="v")).wrong_messages) == 1
    assert len(count(TRUTH, _predicted(_told(5.0), state="missing")).wrong_states) == 1


def test_a_value_asked_about_is_not_wrong_and_not_read() -> None:
    asked = count(TRUTH, _predicted(_told(6.0, asked=True)))
    assert asked.wrong == ()
    assert asked.recall("table") == 0.0
    assert replace(asked, found={}).recall("table") == 1.0
