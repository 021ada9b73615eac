"""Builds the demo mailbox: `python -m tools.build_demo_mail`.

Writes templates/demo (mail, manifest, addresses) and tests/data/demo_expected.json (what each mail and
each unit must become, and totals). The same code gives the same bytes; the program is not asked.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.demo_envelope import VIETNAM, write
from tools.demo_round import DUE, MAILBOX, Post, posts
from tools.demo_units import COMMUNES, REPORTERS

REPORT, PERIOD = "binh-dang-gioi", "2024-H1"
MOMENTS = (
    datetime(2024, 6, 5, 8, tzinfo=VIETNAM),
    datetime(2024, 6, 20, 8, tzinfo=VIETNAM),
)
_FIRST_UID = 4117
_EVERY_UNIT = frozenset({"QL01", "QL02a", "QL03", "QL03a", "QL03b", "QL03c", "TT01", "TT02", "CT09"})


def main(root: Path) -> None:
    """Write everything below `root`, the folder of the repository."""
    for name, content in products().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    kept = {root / name for name in products()}
    for path in (root / "templates/demo").rglob("*.eml"):
        if path not in kept:
            path.unlink()


def products() -> dict[str, bytes]:
    """Every file by its path in the repository."""
    story = posts()
    files = {_path(number): write(post.envelope) for number, post in enumerate(story, 1)}
    return files | {
        "templates/demo/manifest.json": _json(_manifest(story)),
        "templates/demo/addresses.csv": _addresses(),
        "tests/data/demo_expected.json": _json(_expected(story)),
    }


def _path(number: int) -> str:
    return f"templates/demo/{_file(number)}"


def _file(number: int) -> str:
    return f"messages/{number:04d}.eml"


def _manifest(story: Iterable[Post]) -> dict[str, Any]:
    return {
        "mailbox": MAILBOX,
        "messages": [
            {
                "n": number,
                "file": _file(number),
                "uid": _FIRST_UID + number * 3,
                "internaldate": f"{post.envelope.arrival.astimezone(UTC):%d-%b-%Y %H:%M:%S} +0000",
                "folder": post.folder,
            }
            for number, post in enumerate(story, 1)
        ],
    }


def _addresses() -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("unit", "address", "role"))
    writer.writerows((who.id, who.address, who.role) for who in REPORTERS.values())
    return stream.getvalue().encode("utf-8")


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _expected(story: list[Post]) -> dict[str, Any]:
    return {
        "report": REPORT,
        "period": PERIOD,
        "due": DUE.isoformat(),
        "messages": [_fate(number, post) for number, post in enumerate(story, 1)],
        "states": [{"as_of": moment.isoformat(), "units": _states(story, moment)} for moment in MOMENTS],
        "values": _values(story),
        "doubtful": [
            {"unit": unit, "indicator": code}
            for post in story
            for unit, codes in post.doubtful.items()
            for code in codes
        ],
        "totals": _totals(story),
    }


def _fate(number: int, post: Post) -> dict[str, Any]:
    fate = post.fate
    return {
        "n": number,
        "file": _file(number),
        "shows": post.shows,
        "class": fate.kind,
        "also_accepted_class": list(fate.also_kinds),
        "state": fate.state,
        "also_accepted_state": list(fate.also_states),
        "units": list(post.units),
        "counts": fate.counts,
        "role": fate.role,
        "received_at": post.envelope.arrival.isoformat(),
    }


def _states(story: list[Post], moment: datetime) -> list[dict[str, Any]]:
    return [{"unit": unit, **_state(unit, story, moment)} for unit in REPORTERS]


def _state(unit: str, story: list[Post], moment: datetime) -> dict[str, Any]:
    """The first mail that counts decides; else what waits; a forgery alone leaves the unit missing."""
    own = [post for post in story if unit in post.units and post.envelope.arrival <= moment]
    first = next((post for post in own if post.fate.counts == "yes"), None)
    if first is not None:
        return {"state": "on_time" if first.envelope.arrival < DUE else "late", "also_accepted": []}
    if any(post.fate.counts == "either" for post in own):
        return {"state": "needs_review", "also_accepted": ["on_time"]}
    if any(post.fate.counts == "held" for post in own):
        return {"state": "needs_review", "also_accepted": []}
    waits = any(post.fate.kind == "spoof" for post in own)
    return {"state": "missing", "also_accepted": ["needs_review"] if waits else []}


def _values(story: list[Post]) -> list[dict[str, Any]]:
    """Each figure that may be stated at the end, and nothing else may."""
    return [
        {"unit": unit, "indicator": code, "sex": sex, "value": str(figure), "told": told}
        for unit in REPORTERS
        for (code, sex), (figure, told) in sorted(_figures(unit, story).items())
    ]


def _figures(unit: str, story: Iterable[Post]) -> dict[tuple[str, str], tuple[Decimal, str]]:
    """Figures of a unit in force: table (must be read), sentence (may be), held (of a mail that may wait)."""
    found: dict[tuple[str, str], tuple[Decimal, str]] = {}
    for post in story:
        if post.fate.counts not in ("yes", "either") or unit not in post.units:
            continue
        if post.fate.role == "replacement":
            found.clear()
        for told, figures in (("sentence", post.spoken), ("table", post.table)):
            for key, figure in figures.get(unit, {}).items():
                if key[1] != "male" or key[0] in ("GD03", "YT01"):
                    found[key] = (figure, "held" if post.fate.counts == "either" else told)
    return found


def _totals(story: list[Post]) -> list[dict[str, Any]]:
    return list(_each_total({unit: _figures(unit, story) for unit in REPORTERS}))


def _each_total(
    figures: Mapping[str, Mapping[tuple[str, str], tuple[Decimal, str]]],
) -> Iterator[dict[str, Any]]:
    """`value` over the units that must be in the sum; those in `optional` may add theirs."""
    keys = sorted({key for told in figures.values() for key in told})
    for code, sex in keys:
        counted = {unit: told[code, sex] for unit, told in figures.items() if (code, sex) in told}
        counted = {unit: told for unit, told in counted.items() if unit in COMMUNES or code in _EVERY_UNIT}
        must = {unit: figure for unit, (figure, told) in counted.items() if told == "table"}
        may = {unit: str(figure) for unit, (figure, told) in counted.items() if told != "table"}
        total = str(sum(must.values(), Decimal(0)))
        yield {"indicator": code, "sex": sex, "value": total, "units": list(must), "optional": may}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
