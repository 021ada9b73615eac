"""Why a message ended where it did, as lines to be read from the top: a person knows after the first five.

What it is and how it ended; why it is whose report for which period, one line each; what is to be looked
at; and last every figure with its place, a line for each indicator.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from config.calendar import period_by_id
from desk.tables import unit_name
from desk.views import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.regime import Regime
    from config.wording import Wording
    from desk.views import View

_ABOUT = ("unit", "report", "period")
_MOST_REASONS = 4  # of one point; the lightest say nothing new
_LONGEST_TEXT = 60
_NUMBERS = re.compile(r"\d[\d.,]*")
_SIGNS = {"booked": "●", "review": "?", "set_aside": "·", "failed": "✕"}


def explanation_lines(view: View, regime: Regime, say: Wording) -> Iterator[str]:
    """The lines of `desk.explaining.explanation`."""
    yield from _head(view, say)
    yield ""
    kind = say(f"terms.class_{view['class']}")
    told = [reason["sentence"] for reason in view["reasons"]]
    yield f"{_SIGNS[view['state']]} {kind}: {' '.join(told)}" if told else f"{_SIGNS[view['state']]} {kind}"
    for submission in view["submissions"]:
        yield f"  {_booked(submission, regime, say)}"
        if document := submission["document"]:
            yield f"  {say('cli.told_document', document=document['sentence'], place=document['place'])}"
    yield from _why(view, regime, say)
    yield from _to_look_at(view["findings"], say)
    for submission in view["submissions"]:
        yield from _to_look_at(submission["findings"], say)
        yield from _figures(submission, regime, say)


def _head(view: View, say: Wording) -> Iterator[str]:
    yield say("cli.told_message", id=view["archive_id"][:8], at=short(view["arrival"]))
    sender = f"{view['sender_name']} <{view['sender']}>" if view["sender_name"] else view["sender"]
    yield say("cli.told_sender", sender=sender)
    yield say("cli.told_subject", subject=view["subject"] or "–")
    shown = [file for file in view["files"] if file["state"] != "decoration"]
    files = [f"{file['name']} ({say('terms.file_' + file['state'])})" for file in shown]
    yield say("cli.told_files", files="; ".join(files) or "–")


def _booked(submission: View, regime: Regime, say: Wording) -> str:
    key = "cli.told_counts" if submission["accepted"] else "cli.told_waits"
    report = next(
        (one.name for one in regime.reports if one.id == submission["report"]), submission["report"]
    )
    who = unit_name(submission["unit"], regime)
    role = say(f"web.role_of_{submission['role']}")
    period = _period_name(submission["period"], regime)
    return say(key, unit=who, report=report, period=period, role=role)


def _why(view: View, regime: Regime, say: Wording) -> Iterator[str]:
    """What speaks for each unit, report and period, the heaviest first."""
    if not view["evidence"]:
        return
    yield ""
    yield say("cli.told_why")
    ordered = sorted(view["evidence"], key=lambda item: (_ABOUT.index(item["about"]), item["points_to"]))
    for (about, target), items in groupby(ordered, key=lambda item: (item["about"], item["points_to"])):
        heaviest = sorted(items, key=lambda item: -item["weight"])
        told = [_evidence(item, say) for item in heaviest[:_MOST_REASONS]]
        name = _named(about, target, regime) or say(f"cli.told_no_{about}")
        yield f"  {say(f'cli.about_{about}')}: {name} ← {'; '.join(dict.fromkeys(told))}"


def _named(about: str, target: str, regime: Regime) -> str:
    """What evidence points to, in the words of the regime."""
    if about == "unit":
        return unit_name(target, regime)
    if about == "report":
        return next((one.short_name for one in regime.reports if one.id == target), target)
    return _period_name(target, regime)


def _period_name(period: str, regime: Regime) -> str:
    """The name of a period, its id where no report has it any more."""
    zone, calendar = regime.timezone, regime.calendar
    found = (period_by_id(report, zone, calendar, period) for report in regime.reports)
    return next((one.name for one in found if one), period)


def _evidence(item: View, say: Wording) -> str:
    text = f" “{item['text'][:_LONGEST_TEXT]}”" if item["text"] else ""
    if item["kind"] == "form":  # its text is the number of rows
        text = f" {say('cli.told_rows', count=item['text'])}"
    return f"{say('terms.evidence_' + item['kind'])}{text} ({item['weight']})"


def _to_look_at(findings: Sequence[View], say: Wording) -> Iterator[str]:
    """Faults before warnings before notes; those that differ by their figures alone are said once."""
    if findings:
        yield ""
    graded = sorted(findings, key=lambda one: ("error", "warning", "note").index(one["grade"]))
    alike: dict[tuple[str, str], list[View]] = {}
    for one in graded:
        alike.setdefault((one["grade"], _NUMBERS.sub("#", one["sentence"])), []).append(one)
    for (grade, _), same in alike.items():
        place = f" [{same[0]['place']}]" if same[0]["place"] else ""
        more = " " + say("cli.told_alike", count=len(same) - 1) if len(same) > 1 else ""
        yield f"  {say(f'terms.grade_{grade}')}: {same[0]['sentence']}{place}{more}"


def _figures(submission: View, regime: Regime, say: Wording) -> Iterator[str]:
    """A line for each indicator with the place of its first figure, under the file it stands in."""
    values = submission["values"]
    doubtful = sum(value["certainty"] == "doubtful" for value in values)
    yield ""
    yield say("cli.told_figures", count=len(values), doubtful=doubtful)
    labels = {one.code: one.label for report in regime.reports for one in report.indicators}
    file = ""
    for code, found in groupby(values, key=lambda value: value["indicator"]):
        same = list(found)
        if same[0]["file"] != file:
            file = same[0]["file"]
            yield f"  {file or say('cli.told_body')}:"
        told = ", ".join(_figure(value, say) for value in same)
        yield f"    {code} {labels.get(code, '')}: {told} {same[0]['unit_of_measure']} [{same[0]['where']}]"


def _figure(value: View, say: Wording) -> str:
    """A figure as in “nữ 245”, with a question mark where a person must look."""
    shown = "–" if value["value"] is None else str(value["value"]).replace(".", ",")
    sex = "" if value["sex"] == "total" else f"{say('terms.sex_' + value['sex']).lower()} "
    return f"{sex}{shown}{'' if value['certainty'] == 'certain' else ' (?)'}"
