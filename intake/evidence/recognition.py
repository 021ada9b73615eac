"""Whose report a message carries, which report it is, and for which period. Pure.

Each readable document (or the body, when the report is typed there) is an `Exhibit` with what it claims
about itself. Evidence is gathered from the exhibit, the mail around it and the calendar; agreeing strong
evidence books, anything else is a doubt with a proposal for a person. Files nobody can read yet are
exhibits that claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from config.reports import Period, ReportDefinition
from config.spelling import plain_key
from intake.evidence.statements import (
    ANSWERING,
    COVERS,
    FORM_ROWS,
    LONGEST_NOTE,
    REPORT_TYPES,
    Case,
    Envelope,
    Exhibit,
)
from intake.evidence.unit_names import UnitIndex
from intake.evidence.weights import best_guess, evidence
from intake.evidence.which_period import decide_period
from intake.evidence.which_report import (
    decide_report,
    is_form_to_fill_in,
    is_other_report,
    is_sent_as_ours,
    may_report,
    report_evidence,
)
from intake.evidence.whose_report import decide_unit, parts_named, unit_evidence
from ledger.records import Evidence

#: Doubts of a file that nobody could read, that was read from a picture, or that only goes with another.
_UNSURE_READING = frozenset({"not_readable", "scan_only", "reports_by_letter"})
_SEVERAL = 2
#: Doubts whose letterhead is shown, though it speaks for no unit.
_OF_THE_LETTERHEAD = frozenset({"letterhead_unknown", "letterhead_of_part", "foreign_area"})
_DRAFT = re.compile(r"\b(?:du thao|ban nhap)\b")
_ON_TRIAL = re.compile(r"\b(?:(?:dien|lam|gui) thu|xem (?:\w+ ){0,3}(?:dung|duoc|on) (?:chua|khong))\b")
_FOR_COMMENTS = re.compile(r"\b(?:gop y|xin y kien|cho y kien|tham gia y kien|xem truoc|duyet)\b")
#: Where a document names its own period.
_OWN_PERIOD_KINDS = frozenset({"title", "sheet_title", "opening", "file_name"})


@dataclass(frozen=True, slots=True)
class Match:
    """What one group of exhibits belongs to. Booked only when `doubts` is empty."""

    unit: str
    report: str
    period: str
    exhibits: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    doubts: tuple[str, ...] = ()  #: codes of the wording catalogue


@dataclass(frozen=True, slots=True)
class Recognition:
    """The matches of a message, and the exhibits that are something else."""

    matches: tuple[Match, ...]
    other_reports: tuple[int, ...] = ()  #: reports on another subject
    other_letters: tuple[int, ...] = ()  #: plans, invitations, notices
    blank_forms: tuple[int, ...] = ()  #: forms that somebody sent to be filled in


def recognise(
    envelope: Envelope,
    exhibits: Sequence[Exhibit],
    reports: Sequence[ReportDefinition],
    units: UnitIndex,
    periods: dict[str, tuple[Period, ...]],
) -> Recognition:
    """Match every exhibit to unit, report and period.

    Args:
        envelope: the mail around them.
        exhibits: its documents, unreadable ones too.
        reports: what the department asks for.
        units: the curated names of the units.
        periods: for each report its periods that had opened when the mail arrived, oldest first.
    """
    return _recognised(Case(envelope, tuple(exhibits), tuple(reports), units, periods))


def _recognised(case: Case) -> Recognition:
    other_letters = tuple(
        one.number
        for one in case.exhibits
        if one.readable and one.type_title not in REPORT_TYPES and not may_report(case, one)
    )
    left = [one for one in case.exhibits if one.number not in other_letters]
    other_reports = tuple(one.number for one in left if is_other_report(case, one))
    ours = [one for one in left if one.number not in other_reports]
    if ours and all(is_form_to_fill_in(case, one) for one in ours):
        return Recognition((), other_reports, other_letters, tuple(one.number for one in ours))
    foreign = bool(other_letters or other_reports)
    matches = _grouped(case, _matched(case, ours, foreign=foreign))
    if not matches:
        mistaken = [one for one in left if one.number in other_reports and is_sent_as_ours(case, one)]
        matches = _grouped(case, _matched(case, mistaken, foreign=False))
    if not matches and case.envelope.owing:
        silent = [one for one in ours if one.readable and (not foreign or any(one.form_rows.values()))]
        matches = _grouped(case, (_match_silent(case, one) for one in silent))
    return Recognition(tuple(matches), other_reports, other_letters)


def _matched(case: Case, exhibits: Iterable[Exhibit], *, foreign: bool) -> list[Match]:
    return [match for one in exhibits if (match := _match(case, one, foreign=foreign)) is not None]


def _match(case: Case, exhibit: Exhibit, *, foreign: bool) -> Match | None:
    reports = report_evidence(case, exhibit)
    worded = any(item.kind != "answer" for item in reports)
    if not worded and not _worth_asking(case, exhibit, foreign):
        return None
    report, doubts = decide_report(case, exhibit, reports)
    units = unit_evidence(case, exhibit)
    unit, unit_doubts = decide_unit(case, exhibit, units)
    doubts += unit_doubts
    units += _told_of_doubts(case, exhibit, unit, unit_doubts)
    period, periods = "", list[Evidence]()
    if report:
        period, period_doubts, periods = decide_period(case, exhibit, report)
        doubts += period_doubts
    if not exhibit.readable:
        doubts.append("not_readable")
    elif exhibit.recognised:
        doubts.append("scan_only")
    if exhibit.type_title in COVERS:
        doubts.append("reports_by_letter")
    if exhibit.unmarked:
        doubts.append("without_marks")
    if _is_draft(case, exhibit):
        doubts.append("draft")
    items = sorted((*units, *reports, *periods), key=lambda item: (item.about, -item.weight))
    return Match(unit, report, period, (exhibit.number,), tuple(items), tuple(dict.fromkeys(doubts)))


def _told_of_doubts(case: Case, exhibit: Exhibit, unit: str, doubts: Sequence[str]) -> list[Evidence]:
    """What is shown beside a doubt about the unit, though it decides nothing."""
    told: list[Evidence] = []
    if "of_a_part" in doubts:
        told += parts_named(case, exhibit, unit)
    if "several_letters" in doubts:
        told += [
            evidence("unit", other, "letterhead", letter.text, exhibit.file)
            for letter in exhibit.bound
            for other in case.units.fully_in(letter.text)[:1] or ("",)
        ]
    if _OF_THE_LETTERHEAD.intersection(doubts):
        words = " ".join(claim.text for claim in exhibit.issuer or exhibit.sheet_issuer)
        head = f"{exhibit.superior} {words}".strip()
        told.append(evidence("unit", "", "letterhead", head, exhibit.file))
    return told


def _is_draft(case: Case, exhibit: Exhibit) -> bool:
    """Whether a letter without its number, or one sent for comments, is called a draft."""
    subject = "" if ANSWERING.match(case.envelope.subject) else plain_key(case.envelope.subject)
    said = f"{subject} {plain_key(case.envelope.body[:LONGEST_NOTE])}"
    if _ON_TRIAL.search(said):
        return True
    if not any(map(_DRAFT.search, (plain_key(exhibit.file), plain_key(exhibit.title), subject))):
        return False
    return exhibit.document is None or _FOR_COMMENTS.search(said) is not None


def _match_silent(case: Case, exhibit: Exhibit) -> Match:
    """A file that names no report, from a unit that owes some: a person is asked which it is.

    Where the unit owes but one, that one is proposed.
    """
    units = unit_evidence(case, exhibit)
    unit, unit_doubts = decide_unit(case, exhibit, units)
    owed = {key.report for key in case.envelope.owing}
    reports = [evidence("report", each, "owed", exhibit.file, exhibit.file) for each in sorted(owed)]
    report = best_guess(reports, "report")
    period, period_doubts, periods = decide_period(case, exhibit, report) if report else ("", [], [])
    doubts = [
        "unnamed_file",
        *unit_doubts,
        *period_doubts,
        *(["scan_only"] if exhibit.recognised else []),
    ]
    items = sorted((*units, *reports, *periods), key=lambda item: (item.about, -item.weight))
    return Match(unit, report, period, (exhibit.number,), tuple(items), tuple(dict.fromkeys(doubts)))


def _worth_asking(case: Case, exhibit: Exhibit, foreign: bool) -> bool:
    """An exhibit that names no report of ours is asked about unless the mail explains it.

    A lost report is worse than a question: a file nobody could read from a registered unit, or a
    table with our rows, goes to a person.
    """
    if foreign:
        return False
    if not exhibit.readable:
        return bool(case.envelope.sender_units) or _speaks_of_reporting(case.envelope, exhibit)
    return max(exhibit.form_rows.values(), default=0) >= FORM_ROWS


def _grouped(case: Case, matches: Iterable[Match]) -> list[Match]:
    """Exhibits of one unit, report and period are one submission; companions follow their letter."""
    matches = list(matches)
    plain = [match for match in matches if not _UNSURE_READING & set(match.doubts)]
    matches = [_companion_of(case, match, plain) for match in matches]
    matches = [_in_the_period_named(match, matches) for match in matches]
    groups: dict[tuple[str, str, str], Match] = {}
    for match in matches:
        key = (match.unit, match.report, match.period)
        before = groups.get(key)
        groups[key] = match if before is None else _joined(before, match)
    return list(groups.values())


def _companion_of(case: Case, match: Match, plain: list[Match]) -> Match:
    """A picture, an unreadable file or a covering letter beside a file of the unit raises no question.

    From an address of several units a file that names none may be the other unit's whole report.
    """
    nameless = not match.unit and len(case.envelope.sender_units) < _SEVERAL
    lead = next((other for other in plain if nameless or other.unit == match.unit), None)
    if lead is None or not _UNSURE_READING & set(match.doubts):
        return match
    return replace(match, unit=lead.unit, report=lead.report, period=lead.period, doubts=lead.doubts)


def _names_its_period(match: Match) -> bool:
    return any(item.about == "period" and item.kind in _OWN_PERIOD_KINDS for item in match.evidence)


def _in_the_period_named(match: Match, matches: Sequence[Match]) -> Match:
    """A file that names no period is for the one that the other files of its unit and report name."""
    if _names_its_period(match):
        return match
    beside = [other for other in matches if (other.unit, other.report) == (match.unit, match.report)]
    named = {other.period for other in beside if _names_its_period(other)}
    return replace(match, period=named.pop()) if len(named) == 1 else match


def _speaks_of_reporting(envelope: Envelope, exhibit: Exhibit) -> bool:
    words = plain_key(f"{envelope.subject} {envelope.body} {exhibit.file}")
    return any(word in f" {words} " for word in (" bao cao ", " bc ", " bieu ", " so lieu "))


def _joined(first: Match, second: Match) -> Match:
    return replace(
        first,
        exhibits=(*first.exhibits, *second.exhibits),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
    )
