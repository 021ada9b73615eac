"""Which report an exhibit is, and whether it is another's or none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from config.spelling import plain_key, tidy
from intake.evidence.irregular import is_special
from intake.evidence.statements import (
    ANSWERING,
    COVERS,
    FORM_ROWS,
    FORM_SHARE,
    Case,
    Exhibit,
)
from intake.evidence.subjects import hands_in, names_a_subject, reports_named
from intake.evidence.weights import best_guess, evidence, strongly_named
from intake.evidence.which_period import ONCE
from ledger.records import Evidence

#: What a form is sent with: "gửi mẫu biểu", "theo đề cương", "đề nghị các đơn vị báo cáo".
_ASKS_FOR_REPORTS = re.compile(
    r"\b(?:mau|bieu mau|de cuong|huong dan|de nghi|yeu cau|trien khai|thuc hien che do|v v bao cao)\b"
)


def may_report(case: Case, exhibit: Exhibit) -> bool:
    """Whether a letter without the title of a report hands one in: "V/v báo cáo kết quả …"."""
    if exhibit.type_title not in COVERS or not case.envelope.sender_units:
        return False
    named = reports_named(exhibit.title, case.reports) or not names_a_subject(exhibit.title)
    return bool(named) and hands_in(exhibit.title)


def is_other_report(case: Case, exhibit: Exhibit) -> bool:
    """A letter whose own title names a subject that is not ours, and whose rows are not ours.

    "BÁO CÁO 6 tháng đầu năm 2023" names none, and may be ours.
    """
    if not exhibit.readable or not names_a_subject(exhibit.title):
        return False
    return not reports_named(exhibit.title, case.reports) and not _fitting_forms(exhibit)


def is_form_to_fill_in(case: Case, exhibit: Exhibit) -> bool:
    """Whether it is an empty form from somebody who is no unit and names none: it asks for a report."""
    words = (case.envelope.subject, case.envelope.body, exhibit.file, exhibit.title)
    told = (*words, *(claim.text for claim in (*exhibit.issuer, *exhibit.sheet_issuer)))
    if not exhibit.is_blank or case.envelope.sender_units or case.envelope.forwarded_units:
        return False
    said = plain_key(f"{case.envelope.subject} {case.envelope.body}")
    return not any(map(case.units.fully_in, told)) and _ASKS_FOR_REPORTS.search(said) is not None


def is_sent_as_ours(case: Case, exhibit: Exhibit) -> bool:
    """Whether the mail of a unit that owes a report names it, and the file turns out to be another."""
    owed = {key.report for key in case.envelope.owing}
    subject = "" if ANSWERING.match(case.envelope.subject) else case.envelope.subject
    named = {one.report for text in (subject, exhibit.file) for one in reports_named(text, case.reports)}
    return not owed.isdisjoint(named)


def report_evidence(case: Case, exhibit: Exhibit) -> list[Evidence]:
    """All that points to a report: titles, subject, name of the file, body, rows, the mail it answers."""
    found = [
        *_reports_in(case, exhibit.title, "title", exhibit.file),
        *(
            item
            for title in exhibit.sheet_titles
            for item in _reports_in(case, title, "sheet_title", exhibit.file)
        ),
        *_reports_in(case, case.envelope.subject, "subject"),
        *_reports_in(case, exhibit.file, "file_name"),
        *_reports_in(case, case.envelope.body, "body"),
    ]
    found.extend(
        evidence("report", report, "form", f"{exhibit.form_rows[report]}", exhibit.file)
        for report in _fitting_forms(exhibit)
    )
    return found + _answered_reports(case, {item.points_to for item in found})


def _answered_reports(case: Case, named: set[str]) -> list[Evidence]:
    """The reports that the answered mail spoke of, where nothing in this mail says otherwise.

    People answer whatever mail lies uppermost: words of their own always outweigh it.
    """
    spoken = dict.fromkeys(key.report for key in case.envelope.answered)
    told = [each for each in spoken if not named or each in named]
    return [evidence("report", each, "answer", case.envelope.subject) for each in told]


def _reports_in(case: Case, text: str, kind: str, place: str = "") -> list[Evidence]:
    return [
        evidence("report", named.report, kind, named.phrase, place)
        for named in reports_named(text, case.reports)
    ]


def decide_report(case: Case, exhibit: Exhibit, items: list[Evidence]) -> tuple[str, list[str]]:
    """The report proposed on that evidence, and why nobody may book it unasked."""
    titled = [item for item in items if item.kind == "title"]
    strong = strongly_named(titled, "report") or strongly_named(items, "report")
    if len(strong) == 1:
        doubts = ["report_unknown"] if _is_woven_in(case, exhibit.title) else []
        return strong[0], [*doubts, *(["not_periodic"] if _is_special(case, exhibit, strong[0]) else [])]
    if len(strong) > 1:
        named = _named_of_one_form(items, strong)
        return (named, []) if named else (_by_best(items, strong), ["report_conflict"])
    guess = best_guess(items, "report")
    worded = any(item.points_to == guess and item.kind != "answer" for item in items)
    if worded and (not exhibit.readable or not exhibit.is_letter):
        # A companion without words of its own is what the mail says it is.
        return guess, []
    return guess, ["report_unknown"]


def _is_woven_in(case: Case, title: str) -> bool:
    """Whether a title names our subject as woven into another: "giảm nghèo, lồng ghép bình đẳng giới"."""
    before, woven, _ = tidy(title).lower().partition("lồng ghép")
    return bool(woven) and names_a_subject(before) and not reports_named(before, case.reports)


def _is_special(case: Case, exhibit: Exhibit, report: str) -> bool:
    """Whether a document calls itself a report on one event or theme, where a regular one is asked.

    Decree 09/2019/NĐ-CP, Article 3, parts báo cáo định kỳ from chuyên đề and đột xuất.
    """
    if not any(period.kind not in ONCE for period in case.periods.get(report, ())):
        return False
    asked = next(one for one in case.reports if one.id == report)
    return is_special((exhibit.title, *exhibit.sheet_titles), exhibit.file, asked.name, asked.topics)


def _by_best(items: list[Evidence], among: tuple[str, ...]) -> str:
    guess = best_guess(items, "report")
    return guess if guess in among else among[0]


def _fitting_forms(exhibit: Exhibit) -> tuple[str, ...]:
    """The reports whose rows make up the exhibit's tables; only the best where several fit."""
    fitting = {
        report: rows
        for report, rows in exhibit.form_rows.items()
        if rows >= FORM_ROWS and exhibit.form_share.get(report, 0.0) >= FORM_SHARE
    }
    most = max(fitting.values(), default=0)
    return tuple(report for report, rows in fitting.items() if rows == most)


def _named_of_one_form(items: Iterable[Evidence], strong: tuple[str, ...]) -> str:
    """The one report that words name, where the rows fit each of several that ask the same; "" else."""
    items = [item for item in items if item.points_to in strong]
    form = {item.points_to for item in items if item.kind == "form"}
    named = {item.points_to for item in items if item.kind not in ("form", "answer")}
    return named.pop() if len(named) == 1 and form == set(strong) else ""
