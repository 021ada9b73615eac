"""The demo mailbox: what it holds, that it can be rebuilt, and what the program makes of it.

What each mail must become was written down by the mailbox's builder, beside the mail.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_regime
from tools.build_demo_mail import products

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "templates" / "demo"
MANIFEST: Mapping[str, Any] = json.loads((DEMO / "manifest.json").read_text(encoding="utf-8"))
EXPECTED: Mapping[str, Any] = json.loads((ROOT / "tests/data/demo_expected.json").read_text(encoding="utf-8"))
Key = tuple[str, str, str]


# -- the mailbox -----------------------------------------------------------------------------------------


def test_the_mailbox_is_byte_for_byte_what_its_builder_makes() -> None:
    built = products()
    assert [name for name, content in built.items() if (ROOT / name).read_bytes() != content] == []
    mail = {path.relative_to(ROOT).as_posix() for path in DEMO.rglob("*.eml")}
    assert mail == {name for name in built if name.endswith(".eml")}


def test_the_mailbox_stays_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 1_500_000


def test_the_manifest_lists_every_mail_once_in_the_order_of_arrival() -> None:
    listed = [entry["file"] for entry in MANIFEST["messages"]]
    assert sorted(listed) == sorted(path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*.eml"))
    uids = [entry["uid"] for entry in MANIFEST["messages"]]
    assert uids == sorted(set(uids))


def test_only_the_departments_own_address_and_addresses_that_cannot_exist_stand_in_the_mailbox() -> None:
    for path in DEMO.rglob("*.eml"):
        head = path.read_bytes().partition(b"\r\n\r\n")[0].decode("ascii")
        head = re.sub(r"(?m)^Message-ID: .*$", "", head)
        for address in re.findall(r"<([^<>@\s]+@[^<>\s]+)>", head):
            known = address.endswith((".example", "@googlemail.com", "@gmail.com"))
            assert known, f"{path.name}: {address}"
            assert not address.endswith("@gmail.com") or address == MANIFEST["mailbox"]


def test_every_mail_from_outside_carries_gmails_own_result_topmost() -> None:
    for path in DEMO.rglob("*.eml"):
        results = message_from_bytes(path.read_bytes(), policy=policy.compat32).get_all(
            "Authentication-Results"
        )
        assert results, path.name
        assert str(results[0]).startswith("mx.google.com;"), path.name


def test_the_addresses_are_those_of_units_of_the_shipped_regime_in_that_period() -> None:
    known = {unit.id for unit in load_regime(ROOT / "config/regimes/son-duong").units}
    with (DEMO / "addresses.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["unit"] for row in rows} <= known
    assert {row["role"] for row in rows} == {"official", "personal", "shared"}
    assert {row["unit"] for row in rows} == {unit["unit"] for unit in EXPECTED["states"][0]["units"]}


# -- what the program makes of it ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has run the demo."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    tonghop(folder, "demo")
    return folder


def tonghop(home: Path, *words: str) -> str:
    """What the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "desk", "--home", str(home), *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer(home: Path, *words: str) -> Sequence[Mapping[str, Any]]:
    """The JSON a command prints."""
    found: Sequence[Mapping[str, Any]] = json.loads(tonghop(home, *words, "--json"))
    return found


@pytest.fixture(scope="module")
def mail(home: Path) -> Mapping[str, Mapping[str, Any]]:
    """What each mail became, by its arrival."""
    return {message["arrival"]: message for message in answer(home, "messages")}


@pytest.mark.parametrize("expected", EXPECTED["messages"], ids=lambda each: f"{each['n']}: {each['shows']}")
def test_a_mail_becomes_what_it_was_written_to_be(
    expected: Mapping[str, Any], mail: Mapping[str, Mapping[str, Any]]
) -> None:
    found = mail[expected["received_at"]]
    assert found["class"] in [expected["class"], *expected["also_accepted_class"]]
    assert found["state"] in [expected["state"], *expected["also_accepted_state"]]
    if expected["counts"] == "yes":
        assert sorted(match["unit"] for match in found["matches"]) == sorted(expected["units"])


@pytest.mark.parametrize("moment", EXPECTED["states"], ids=lambda each: str(each["as_of"]))
def test_every_unit_stands_where_the_story_put_it(moment: Mapping[str, Any], home: Path) -> None:
    (view,) = answer(home, "status", *of_the_round(), "--as-of", moment["as_of"])
    found = {each["unit"]: each["state"] for each in view["obligations"]}
    wrong = {
        each["unit"]: found.get(each["unit"])
        for each in moment["units"]
        if found.get(each["unit"]) not in [each["state"], *each["also_accepted"]]
    }
    assert wrong == {}


def of_the_round() -> tuple[str, ...]:
    return "--report", EXPECTED["report"], "--period", EXPECTED["period"]


@pytest.fixture(scope="module")
def stated(home: Path) -> Mapping[Key, Decimal]:
    """Every figure stated as certain at the end of the round."""
    values = answer(home, "values", *of_the_round(), "--as-of", EXPECTED["states"][-1]["as_of"])
    return {
        (value["unit"], value["indicator"], value["sex"]): Decimal(str(value["value"]))
        for value in values
        if value["certainty"] == "certain" and value["value"] is not None
    }


def test_no_figure_is_stated_that_no_unit_told(stated: Mapping[Key, Decimal]) -> None:
    told = {(v["unit"], v["indicator"], v["sex"]): Decimal(v["value"]) for v in EXPECTED["values"]}
    wrong = {key: figure for key, figure in stated.items() if told.get(key) != figure}
    doubtful = {(each["unit"], each["indicator"]) for each in EXPECTED["doubtful"]}
    assert {key: figure for key, figure in wrong.items() if key[:2] not in doubtful} == {}


def test_no_figure_is_stated_where_a_unit_contradicts_itself(stated: Mapping[Key, Decimal]) -> None:
    doubtful = {(each["unit"], each["indicator"]) for each in EXPECTED["doubtful"]}
    assert sorted(key for key in stated if key[:2] in doubtful) == []


def test_every_figure_that_stands_in_a_table_is_read(stated: Mapping[Key, Decimal]) -> None:
    in_cells = {(v["unit"], v["indicator"], v["sex"]) for v in EXPECTED["values"] if v["told"] == "table"}
    assert sorted(in_cells - stated.keys()) == []


@pytest.mark.parametrize(("code", "sex"), [("TT01", "total"), ("CT01", "female"), ("QL03a", "total")])
def test_a_total_of_the_district_is_that_of_the_story(home: Path, code: str, sex: str) -> None:
    (expected,) = (t for t in EXPECTED["totals"] if (t["indicator"], t["sex"]) == (code, sex))
    words = ("trace", code, "--sex", sex, *of_the_round(), "--as-of", EXPECTED["states"][-1]["as_of"])
    total = json.loads(tonghop(home, *words, "--json"))["total"]
    may = {unit: Decimal(figure) for unit, figure in expected["optional"].items() if unit in total["units"]}
    assert set(total["units"]) == {*expected["units"], *may}
    assert Decimal(str(total["value"])) == Decimal(expected["value"]) + sum(may.values())
