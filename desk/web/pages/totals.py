"""Tổng hợp: the totals of a period, back to each unit's figure and its place; the issues made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from config.reports import Figure, Grade, Indicator, Sex
from config.spelling import accented_key, is_accented, plain_key
from desk.errors import UnknownNameError
from desk.figures import StandingFigure, UnitFigure, figures_behind
from desk.settled import (
    Settled,
    settled_findings,
    settled_units,
)
from desk.views import finding_views, reason
from desk.web.call import Call, Route, View
from desk.web.pages.totals_head import PATH, Document, Head, Numbers, asked_head, documents_of, head_of
from desk.web.periods import Chosen
from ledger.freezing import freezes_of
from ledger.records import Certainty, Method

if TYPE_CHECKING:
    from starlette.responses import Response

    from consolidate.consolidation import UnitValue
    from desk.views import View as Told
    from ledger.records import Decision, IssueHead, MessageOutcome, Place, Value

NAVIGATION = ("totals", PATH)
FILTERS = ("", "changed", "doubtful", "missing")
#: Of one issue's changes, and of the findings; the rest stands in the workbook.
MOST_CHANGES = 200
MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator with its figures."""

    indicator: Indicator
    heading: str  #: of the group it begins; empty within one
    figures: tuple[StandingFigure, ...]

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The units of which any of these figures waits."""
        return tuple(dict.fromkeys(unit for each in self.figures for unit in each.doubtful))

    @property
    def missing(self) -> tuple[str, ...]:
        """The units that lack any of these figures."""
        return tuple(dict.fromkeys(unit for each in self.figures for unit in each.missing))


@dataclass(frozen=True, slots=True)
class Totals:
    """The page."""

    head: Head | None
    rows: tuple[Row, ...] = ()
    sexes: tuple[Sex, ...] = ()  #: the columns
    words: str = ""
    filter: str = ""
    compared: bool = False  #: whether any figure of a year ago is known


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong or odd in the figures."""

    head: Head | None
    findings: tuple[Told, ...] = ()
    count: int = 0  #: with those that are not shown
    messages: Mapping[tuple[str, str], str] | None = None


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue with what changed since the one before."""

    issue: IssueHead
    documents: tuple[Document, ...]
    changes: tuple[Mapping[str, Any], ...]
    more: int  #: changes that are not shown


@dataclass(frozen=True, slots=True)
class Issues:
    """Every issue of a period, and what was decided about freezing it."""

    head: Head | None
    issues: tuple[IssueRow, ...] = ()
    freezes: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What one unit gave for a figure, and whether it counts."""

    unit: str  #: name
    given: UnitFigure
    reason: str = ""  #: why it is doubtful, in words

    @property
    def value(self) -> Value | None:
        """The figure."""
        return self.given.held.value if self.given.held else None


@dataclass(frozen=True, slots=True)
class FigurePage:
    """One figure of the department, unit by unit."""

    head: Head
    shown: StandingFigure
    parts: tuple[tuple[Figure, str, tuple[UnitRow, ...]], ...]  #: a ratio has two, others one
    frozen: bool
    text: Numbers

    @property
    def chosen(self) -> Chosen:
        """The period."""
        return self.head.chosen


# -- views -----------------------------------------------------------------------------------------------


def show(call: Call) -> Response:
    """The totals."""
    with call.office.ledger.snapshot():
        head = head_of(call)
    if head is None or head.shown is None:
        return call.page("totals.html", Totals(head))
    words, wanted = call.query.get("q", "").strip()[:200], call.query.get("loc", "")
    rows = _rows(head.shown.figures, _wanted(words, wanted if wanted in FILTERS else ""))
    used = {figure.sex for figure in head.shown.figures}
    sexes = tuple(sex for sex in Sex if sex in used)
    compared = any(figure.before for figure in head.shown.figures)
    return call.page("totals.html", Totals(head, rows, sexes, words, wanted, compared))


def findings(call: Call) -> Response:
    """Faults, warnings and notes, gravest first."""
    with call.office.ledger.snapshot():
        head = head_of(call)
        if head is None or head.shown is None:
            return call.page("totals_findings.html", Findings(head))
        told, mails = settled_findings(call.office.ledger, head.shown)
    found = finding_views(told, call.say)
    grade = call.query.get("muc", "")
    kept = tuple(one for one in found if grade not in set(Grade) or one["grade"] == grade)
    return call.page("totals_findings.html", Findings(head, kept[:MOST_FINDINGS], len(kept), mails))


def issues(call: Call) -> Response:
    """Every issue with its documents and its list of changes; the freezes."""
    ledger = call.office.ledger
    with ledger.snapshot():
        head = head_of(call)
        if head is None:
            return call.page("totals_issues.html", Issues(None))
        report, period = head.chosen.report.id, head.chosen.period.id
        made, decided = ledger.issue_heads(report, period), ledger.decisions()
    rows = tuple(_issue_row(each, call) for each in reversed(made))
    freezes = tuple(reversed(freezes_of(decided, report, period)))
    return call.page("totals_issues.html", Issues(head, rows, freezes))


def figure(call: Call) -> Response:
    """One figure unit by unit, each with its place in the original."""
    with call.office.ledger.snapshot():
        head = asked_head(call)
        if head.shown is None:
            return call.go(PATH, ky=head.chosen.value)
        standing = _asked(call, head.shown)
        given = [
            (each, settled_units(call.office.ledger, head.shown, each))
            for each in figures_behind(standing.indicator, standing.sex)
        ]
    parts = tuple(
        (each, _label(head.chosen, each), tuple(_unit_row(call, head, row) for row in rows))
        for each, rows in given
    )
    frozen = head.shown.frozen is not None
    page = FigurePage(head, standing, parts, frozen, Numbers(call.say.language))
    return call.page("totals_figure.html", page)


def original(call: Call) -> Response:
    """On to the place of a unit's figure in the mail it came by."""
    with call.office.ledger.snapshot():
        head = asked_head(call)
        if head.shown is None:
            return call.go(PATH, ky=head.chosen.value)
        held = _held(call, head.shown)
        outcome = call.office.ledger.message(held.archive_id) if held.archive_id else None
    if outcome is None:
        raise UnknownNameError("web.no_mail_behind")
    return call.go(f"/thu/{outcome.archive_id}/xem", so=spot_of(outcome, held))


def _renewed(path: str, view: View) -> View:
    """The same page again when what it awaits has come; nothing while it has not."""

    def renewed(call: Call) -> Response:
        with call.office.ledger.snapshot():
            head = head_of(call)
        if head is not None and call.query.get("mark") == head.mark:
            return call.nothing_new()
        return view(replace(call, path=path, query={k: v for k, v in call.query.items() if k != "mark"}))

    return renewed


#: The pages that may await something: figures, a draft, a file.
AWAITING: Mapping[str, View] = {
    PATH: show,
    f"{PATH}/kiem-tra": findings,
    f"{PATH}/lan-lap": issues,
    f"{PATH}/chi-tieu": figure,
}
ROUTES = (
    *(Route(path, view) for path, view in AWAITING.items()),
    *(Route(f"{path}/moi", _renewed(path, view), by_itself=True) for path, view in AWAITING.items()),
    Route(f"{PATH}/ban-goc", original),
)


# -- what they are made of -------------------------------------------------------------------------------


def _wanted(words: str, wanted: str) -> Callable[[Indicator, tuple[StandingFigure, ...]], bool]:
    key = accented_key if is_accented(words) else plain_key

    def is_wanted(indicator: Indicator, figures: tuple[StandingFigure, ...]) -> bool:
        named = key(words) in key(f"{indicator.code} {indicator.label}") if words else True
        states = {
            "changed": any(figure.now for figure in figures),
            "doubtful": any(figure.doubtful for figure in figures),
            "missing": any(figure.missing for figure in figures),
        }
        return named and states.get(wanted, True)

    return is_wanted


def _rows(
    figures: tuple[StandingFigure, ...], is_wanted: Callable[[Indicator, tuple[StandingFigure, ...]], bool]
) -> tuple[Row, ...]:
    """One row for each indicator, in the order of the annex."""
    grouped: dict[str, list[StandingFigure]] = {}
    for each in figures:
        grouped.setdefault(each.indicator.code, []).append(each)
    rows: list[Row] = []
    group = ""
    for of_it in grouped.values():
        indicator = of_it[0].indicator
        if not is_wanted(indicator, tuple(of_it)):
            continue
        rows.append(Row(indicator, indicator.group if indicator.group != group else "", tuple(of_it)))
        group = indicator.group
    return tuple(rows)


def _issue_row(made: IssueHead, call: Call) -> IssueRow:
    shown = made.changes[:MOST_CHANGES]
    return IssueRow(made, documents_of(made, call), shown, len(made.changes) - len(shown))


def _asked(call: Call, shown: Settled) -> StandingFigure:
    """The figure a call asks for, the first one unless named."""
    code, sex = call.query.get("ct", ""), call.query.get("gioi", "")
    for each in shown.figures:
        if code in {"", each.indicator.code} and sex in {"", each.sex.value}:
            return each
    raise UnknownNameError("desk.unknown_indicator", name=code, sex=sex)


def _label(chosen: Chosen, asked: Figure) -> str:
    return chosen.report.indicator(asked.indicator).label


def _unit_row(call: Call, head: Head, given: UnitFigure) -> UnitRow:
    return UnitRow(head.names.get(given.unit, given.unit), given, _reason(call, given.held))


def _reason(call: Call, held: UnitValue | None) -> str:
    """Why a figure does not count yet."""
    if held is None or held.value.certainty is not Certainty.DOUBTFUL:
        return ""
    said = reason(held.value.reason, call.say)
    # A sentence with places wants what is not kept here: the question on the work list says it whole.
    is_whole = said != held.value.reason and "…" not in said
    return said if is_whole else call.say("web.figure_in_doubt")


def _held(call: Call, shown: Settled) -> UnitValue:
    unit, code, sex = (call.query.get(name, "") for name in ("dv", "ct", "gioi"))
    if sex in set(Sex):
        for given in settled_units(call.office.ledger, shown, Figure(code, Sex(sex))):
            if given.unit == unit and given.held is not None:
                return given.held
    raise UnknownNameError("desk.unknown_indicator", name=code, sex=sex)


def spot_of(outcome: MessageOutcome, held: UnitValue) -> str:
    """Where a figure stands among what a message handed in: "submission.value", from 0; empty: nowhere.

    A figure that was worked out of two (men = total - women) stands where the first of them does.
    """
    same = [
        (f"{first}.{second}", value)
        for first, intent in enumerate(outcome.submissions)
        for second, value in enumerate(intent.values)
        if intent.key.unit == held.unit and value.indicator == held.value.indicator
    ]
    exact = [spot for spot, value in same if value.sex is held.value.sex]
    derived = held.value.method is Method.DERIVED
    there = [spot for spot, value in same if derived and _begins(held.value.place, value.place)]
    return next(iter((*exact, *there)), "")


def _begins(derived: Place, place: Place) -> bool:
    return derived.file == place.file and derived.where.startswith(place.where)
