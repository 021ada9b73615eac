"""Run the whole job on an acceptance set and print the scorer's result.

    python -m tests.score SETDIR [--json] [--keep DIR] [--scorer PATH] [--detail N]

The set is a folder with `regime.json`, `manifest.json` and `messages/`; `truth.json` is read by the scorer
alone, but for the moments at which unit states are asked. The regime is written as an office would enter
it, the mail goes in through `tonghop import`, and the program's own JSON is mapped to predictions.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from typer.testing import CliRunner

from config.checks import parse_checks
from config.errors import UnreadableCheckError
from config.reports import Grade
from config.units import Address, Unit
from config.units_sheet import write_units
from desk.cli import app

ROOT = Path(__file__).resolve().parent.parent
SCORER = ROOT.parent / "shared" / "tools" / "score.py"
_KIND_NAMES = {
    "commune": ("xã", "các xã", "Ủy ban nhân dân xã"),
    "township": ("thị trấn", "các thị trấn", "Ủy ban nhân dân thị trấn"),
    "department": ("phòng, ban, ngành, đoàn thể", "các phòng, ban, ngành, đoàn thể", "quý cơ quan"),
}


def main(arguments: Sequence[str]) -> int:
    """Score one set; 0 when the scorer ran."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="tonghop-score-") as temporary:
        home = Path(options.keep) if options.keep else Path(temporary) / "home"
        home.mkdir(parents=True, exist_ok=True)
        predictions = predict(Path(options.set), home)
        path = home / "predictions.json"
        path.write_text(json.dumps(predictions, ensure_ascii=False, indent=1), "utf-8")
        command = [sys.executable, str(options.scorer), options.set, str(path)]
        command += ["--json"] if options.json else []
        command += ["--detail", str(options.detail)] if options.detail else []
        return subprocess.run(command, check=False).returncode


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.score", description=__doc__)
    parser.add_argument("set", help="folder with regime.json, manifest.json, truth.json and messages/")
    parser.add_argument("--json", action="store_true", help="print the bare figures")
    parser.add_argument("--keep", metavar="DIR", help="keep the ledger and the documents there")
    parser.add_argument("--scorer", default=str(SCORER), help="the scorer to call")
    parser.add_argument("--detail", type=int, default=0, metavar="N", help="print the first N wrong answers")
    return parser.parse_args(arguments)


def predict(set_folder: Path, home: Path) -> dict[str, Any]:
    """Run the job on a set and return the predictions in the scorer's form."""
    regime = json.loads((set_folder / "regime.json").read_text("utf-8"))
    write_regime(regime, home / "regime")
    truth = json.loads((set_folder / "truth.json").read_text("utf-8"))
    moments = {(block["report"], block["as_of"]) for block in truth["unit_states"]}
    final = truth["as_of_final"]
    numbers = _numbers_by_hash(set_folder)
    _tonghop(home, "import", str(set_folder), "--arrivals", str(set_folder / "manifest.json"))
    predictions: dict[str, Any] = {"messages": _messages(_listed(home, "messages"), numbers)}
    predictions |= {"unit_states": [], "values": [], "totals": [], "narrative": []}
    for report in regime["reports"]:
        period = report["period"]["id"]
        chosen = ("--report", report["id"], "--period", period)
        for asked, moment in sorted(moments):
            if asked == report["id"]:
                status = _listed(home, "status", *chosen, "--as-of", moment)
                predictions["unit_states"] += _states(status, report["id"], moment)
        predictions["values"] += _values(_listed(home, "values", *chosen), report["id"])
        issue = _listed(home, "consolidate", *chosen, "--as-of", final[report["id"]])
        predictions["totals"] += _totals(issue, report["id"])
        predictions["narrative"] += _narrative(issue, report["id"])
    return predictions


# -- the program's JSON as predictions ------------------------------------------------------------------


def _tonghop(home: Path, *words: str) -> str:
    """What a command prints; it runs in this process, which has loaded the program already."""
    done = CliRunner().invoke(app, ["--home", str(home), *words])
    if done.exit_code not in (0, 1):
        message = f"{' '.join(words)} ended with {done.exit_code}:\n{done.output}\n{done.exception!r}"
        raise RuntimeError(message)
    return done.stdout


def _listed(home: Path, *words: str) -> Any:
    return json.loads(_tonghop(home, *words, "--json"))


def _numbers_by_hash(set_folder: Path) -> dict[str, list[str]]:
    """The numbers of each content in order of arrival: the same bytes may be delivered twice."""
    manifest = json.loads((set_folder / "manifest.json").read_text("utf-8"))
    numbers: dict[str, list[str]] = {}
    for entry in sorted(manifest["messages"], key=lambda entry: str(entry["n"])):
        numbers.setdefault(entry["sha256"], []).append(entry["n"])
    return numbers


def _messages(listed: list[dict[str, Any]], numbers: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        {
            "n": numbers[message["archive_id"]].pop(0),
            "class": message["class"],
            "matches": [{"unit": m["unit"], "report": m["report"]} for m in message["matches"]],
            "needs_review": message["state"] in ("review", "failed"),
        }
        for message in listed
        if numbers.get(message["archive_id"])
    ]


def _states(status: list[dict[str, Any]], report: str, moment: str) -> list[dict[str, Any]]:
    return [
        {"report": report, "as_of": moment, "unit": unit["unit"], "state": unit["state"]}
        for block in status
        for unit in block["obligations"]
    ]


def _values(listed: list[dict[str, Any]], report: str) -> list[dict[str, Any]]:
    return [
        {
            "unit": value["unit"],
            "report": report,
            "indicator": value["indicator"],
            "sex": value["sex"],
            "value": None if value["value"] is None else float(value["value"]),
            "needs_review": value["certainty"] != "certain",
        }
        for value in listed
        if value["in_scope"]
    ]


def _totals(issue: dict[str, Any], report: str) -> list[dict[str, Any]]:
    return [
        {
            "report": report,
            "indicator": total["indicator"],
            "sex": total["sex"],
            "value": None if total["value"] is None else float(total["value"]),
            "units": total["units"],
        }
        for total in issue["totals"]
    ]


def _narrative(issue: dict[str, Any], report: str) -> list[dict[str, Any]]:
    return [
        {"unit": p["unit"], "report": report, "section": p["section"], "text": p["text"]}
        for p in issue["passages"]
    ]


# -- a regime.json as the folder an office would have -----------------------------------------------------


def write_regime(regime: dict[str, Any], folder: Path) -> None:
    """Write `department.yaml`, `units.csv` and `reports/*.yaml` for a set's regime."""
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    kinds = sorted({unit["kind"] for unit in regime["units"]})
    _dump(folder / "department.yaml", _department(regime, kinds))
    write_units(tuple(map(_unit, regime["units"])), folder / "units.csv")
    for report in regime["reports"]:
        _dump(folder / "reports" / f"{report['id'].lower()}.yaml", _report(report, regime))


def _dump(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)


def _department(regime: dict[str, Any], kinds: list[str]) -> dict[str, Any]:
    department = regime["department"]
    place = department.get("district") or department.get("commune") or department.get("province", "")
    level = department.get("level", "district")
    area = {"district": "huyện", "commune": "xã", "province": "tỉnh"}.get(level, "huyện")
    return {
        "id": regime["set"].lower(),
        "department": {
            "name": department["name"],
            "short_name": department.get("short") or department["name"],
            "level": level,
            "area": f"{area} {place}",
            "place": place,
            "issuer": department.get("parent_authority") or department["name"],
            "symbol": "BC-UBND",
            "letter_symbol": "UBND-LĐTBXH",
            "mailbox": regime["mailbox"],
        },
        "timezone": regime["timezone"],
        "trusted_authserv_id": regime.get("mail", {}).get("trusted_authserv_id", ""),
        "unit_kinds": [_unit_kind(kind) for kind in kinds],
    }


def _unit_kind(kind: str) -> dict[str, str]:
    name, plural, addressed = _KIND_NAMES.get(kind, (kind, kind, "quý đơn vị"))
    return {"id": kind, "name": name, "plural": plural, "addressed_as": addressed}


def _unit(unit: dict[str, Any]) -> Unit:
    addresses = tuple(
        Address(a["address"].lower(), a.get("role", "official"), a.get("person", ""))
        for a in unit.get("addresses", ())
    )
    return Unit(
        unit["id"],
        unit["name"],
        unit["kind"],
        aliases=tuple(dict.fromkeys(unit.get("aliases", ()))),
        addresses=addresses,
    )


def _report(report: dict[str, Any], regime: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": report["id"],
        "name": report["name"],
        "short_name": report["name"],
        "ordered_by": regime.get("ordered_by", ""),
        "owed_by_units": report["units"],
        "indicators": [_indicator(indicator) for indicator in regime["indicators"]],
        "indicators_by_kind": report["indicators"],
        "outline": [{"id": s["id"], "title": s["title"]} for s in report.get("outline", ())],
        "checks": _checks(regime.get("validation_rules", ())),
        "periods": [_period(report)],
    }


def _indicator(indicator: dict[str, Any]) -> dict[str, Any]:
    aggregation = indicator["aggregation"]
    entry = {
        "code": indicator["code"],
        "label": indicator["label"],
        "unit_of_measure": indicator["unit"],
        "sexes": indicator["sex"],
        "aggregation": aggregation["type"],
        "group": indicator.get("group", ""),
        "synonyms": indicator.get("aliases", []),
        "reported_by": indicator.get("reported_by", []),
    }
    if aggregation["type"] == "ratio":
        parts = {
            side: {"indicator": aggregation[side]["code"], "sex": aggregation[side]["sex"]}
            for side in ("numerator", "denominator")
        }
        entry["ratio"] = parts | {"factor": aggregation["factor"], "decimals": aggregation["decimals"]}
    return entry


def _checks(rules: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules that name figures; the general ones (parts and whole) are built in."""
    checks = []
    for rule in rules:
        try:
            parse_checks(rule["rule"], rule["id"], Grade.ERROR)
        except UnreadableCheckError:
            continue
        checks.append({"id": rule["id"], "rule": rule["rule"], "grade": "error"})
    return checks


def _period(report: dict[str, Any]) -> dict[str, Any]:
    """A part of the year as a rule that holds for its year alone, anything else as a period of its own."""
    period = report["period"]
    due = datetime.fromisoformat(report["due_before"])
    opens = datetime.fromisoformat(report["opens"])
    first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    kind, number, name = _kind_of(period["id"], report["name"])
    entry: dict[str, Any] = {"kind": kind, "opens_days_before": (due.date() - opens.date()).days}
    if kind == "one_off":
        due_text = f"trước ngày {due:%d/%m/%Y}"
        return entry | {"id": period["id"], "name": name, "due": due_text, "from": first, "to": last}
    year = int(period["id"][:4])
    return entry | {
        "number": number,
        "due": f"trước ngày {due:%d/%m}",
        "due_year_offset": due.year - year,
        "data_from": _boundary(first, year),
        "data_to": _boundary(last, year),
        "first_year": year,
        "last_year": year,
    }


def _boundary(day: date, year: int) -> str:
    offset = f"{day.year - year:+d}" if day.year != year else ""
    return f"{day.day}/{day.month}{offset}"


def _kind_of(period_id: str, name: str) -> tuple[str, int, str]:
    """The kind of a period, its number within the year, and its name where it has one of its own."""
    part = period_id.partition("-")[2]
    kinds = {"H": "half_year", "Q": "quarter", "M": "month"}
    if part[:1] in kinds and part[1:].isdigit():
        return kinds[part[0]], int(part[1:]), ""
    if part == "9M":
        return "nine_months", 0, ""
    return ("year", 0, "") if part == "Y" else ("one_off", 0, name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
