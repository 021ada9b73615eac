"""Tổng hợp: the totals of a period, back to each unit's figure and its place; issues, and freezing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from config.reports import Figure, Grade, Indicator, Sex
from config.spelling import accented_key, is_accented, plain_key
from consolidate.totals import number_text
from desk.decisions import explain, withdraw_explanation
from desk.errors import UnknownNameError, sentence_of
from desk.figures import StandingFigure, UnitFigure, figures_behind
from desk.freezing import require_freezable, unfreeze
from desk.settled import (
    NotWorkedOutError,
    Settled,
    settled,
    settled_findings,
    settled_units,
)
from desk.totals_export import BOOK, EXPORTS, TableNotWrittenError, WantedTable, written_table
from desk.views import finding_views, reason
from desk.web.call import POST, Call, Route, View
from desk.web.downloads import saved
from desk.web.periods import Chosen, chosen_period
from desk.wishes import Ended, Wish, WishKind, ask, how_it_ended, waiting_wishes
from ledger.freezing import freeze_of, freezes_of
from ledger.records import Certainty, Method

if TYPE_CHECKING:
    from starlette.responses import Response

    from consolidate.consolidation import UnitValue
    from desk.views import View as Told
    from ledger.records import Decision, IssueHead, MessageOutcome, Place, Value

PATH = "/tong-hop"
NAVIGATION = ("totals", PATH)
FILTERS = ("", "changed", "doubtful", "missing")
#: Of one issue's changes, and of the findings; the rest stands in the workbook.
MOST_CHANGES = 200
MOST_FINDINGS = 500
LONGEST_NUMBER = 12  #: digits
#: Seconds that a request waits for a table: in a small office it is there by then.
SHORTLY = 2.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the page writes numbers: as its language does."""

    language: str

    def __call__(self, number: Decimal | str | None) -> str:
        """14.405,5 in Vietnamese, 14,405.5 in English; empty for None."""
        text = number_text(None if number is None or number == "" else Decimal(number))
        return text if self.language == "vi" else text.translate(str.maketrans(",.", ".,"))

    def signed(self, number: Decimal | None) -> str:
        """With its sign: +5, −3; 0 without."""
        if number is None:
            return ""
        return ("+" if number > 0 else "−" if number < 0 else "") + self(abs(number))

    def percent(self, number: Decimal | None) -> str:
        """To one digit, with its sign."""
        return "" if number is None else self.signed(number.quantize(Decimal("0.1"), ROUND_HALF_UP)) + "%"


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator with its figures."""

    indicator: Indicator
    heading: str  #: of the group it begins; empty within one
    figures: tuple[StandingFigure, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an issue."""

    number: int  #: its place among the documents of the issue, from 1
    name: str
    kind: str  #: word of the catalogue; empty where the name tells nothing


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table somebody wants to take away, while it is written and afterwards."""

    table: str
    is_written: bool = False
    trouble: str = ""  #: why it could not be


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over every tab: the period, its last issue with documents, and whether it is frozen."""

    chosen: Chosen
    shown: Settled | None  #: None: nothing is worked out yet
    trouble: str  #: why nothing can be
    documents: tuple[Document, ...]
    names: Mapping[str, str]  #: of units
    text: Numbers
    wishes: tuple[Wish, ...] = ()  #: what was asked for and is being made
    ended: Ended | None = None  #: how what this page was asked for ended
    file: TableFile | None = None  #: the table this page was asked for

    @property
    def mark(self) -> str:
        """Another one when something that is awaited has come."""
        shown = f"{self.shown.at.isoformat()} {self.shown.is_current}" if self.shown else ""
        told = (shown, self.trouble, [wish.number for wish in self.wishes], self.file)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Totals:
    """The page."""

    head: Head | None
    rows: tuple[Row, ...] = ()
    sexes: tuple[Sex, ...] = ()  #: the columns
    words: str = ""
    filter: str = ""


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
        head = _head(call)
    if head is None or head.shown is None:
        return call.page("totals.html", Totals(head))
    words, wanted = call.query.get("q", "").strip()[:200], call.query.get("loc", "")
    rows = _rows(head.shown.figures, _wanted(words, wanted if wanted in FILTERS else ""))
    used = {figure.sex for figure in head.shown.figures}
    sexes = tuple(sex for sex in Sex if sex in used)
    return call.page("totals.html", Totals(head, rows, sexes, words, wanted))


def findings(call: Call) -> Response:
    """Faults, warnings and notes, gravest first."""
    with call.office.ledger.snapshot():
        head = _head(call)
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
        head = _head(call)
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
        head = _asked_head(call)
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
        head = _asked_head(call)
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
            head = _head(call)
        if head is not None and call.query.get("mark") == head.mark:
            return call.nothing_new()
        return view(replace(call, path=path, query={k: v for k, v in call.query.items() if k != "mark"}))

    return renewed


def make_issue(call: Call) -> Response:
    """Have the documents written."""
    chosen = _chosen(call)
    if freeze_of(call.office.ledger.decisions(), chosen.report.id, chosen.period.id) is not None:
        return call.go(PATH, ky=chosen.value, notice="issue_frozen")
    return _asked_for(call, chosen, WishKind.ISSUE)


def freeze_period(call: Call) -> Response:
    """Chốt."""
    chosen, reason = _chosen(call), call.form.get("reason", "")
    require_freezable(call.office, chosen.report.id, chosen.period.id, reason)
    return _asked_for(call, chosen, WishKind.FREEZE, reason)


def unfreeze_period(call: Call) -> Response:
    """Hủy chốt."""
    chosen = _chosen(call)
    unfreeze(call.office, chosen.report.id, chosen.period.id, call.form.get("reason", ""))
    return call.go(PATH, ky=chosen.value, notice="unfrozen")


def explain_figure(call: Call) -> Response:
    """Keep why a figure differs so much from an earlier one."""
    chosen, form = _chosen(call), call.form
    figure = _figure_named(call)
    with call.office.ledger.snapshot():
        head = _asked_head(call)
        found = settled_findings(call.office.ledger, head.shown)[0] if head.shown else ()
    unit, report, period = form.get("unit", ""), chosen.report.id, chosen.period.id
    explain(call.office, unit, report, period, found, figure, form.get("reason", ""))
    return call.go(f"{PATH}/kiem-tra", ky=chosen.value, notice="explained")


def withdraw(call: Call) -> Response:
    """Take back what was said of a figure."""
    chosen, unit = _chosen(call), call.form.get("unit", "")
    figure = _figure_named(call)
    withdraw_explanation(call.office, unit, chosen.report.id, chosen.period.id, figure, call.reason)
    return call.go(f"{PATH}/kiem-tra", ky=chosen.value, notice="explanation_withdrawn")


def _figure_named(call: Call) -> Figure:
    """The figure that a form names.

    Raises:
        UnknownNameError: there is no such sex.
    """
    sex = call.form.get("sex", "")
    if sex not in set(Sex):
        raise UnknownNameError("desk.unknown_choice", name=sex, known=", ".join(Sex))
    return Figure(call.form.get("indicator", ""), Sex(sex))


def document(call: Call) -> Response:
    """A document of an issue, exactly as it was issued."""
    chosen = _chosen(call)
    made = next(
        (
            each
            for each in call.office.ledger.issue_heads(chosen.report.id, chosen.period.id)
            if str(each.number) == call.places["issue"]
        ),
        None,
    )
    names = dict(enumerate((name for name, _sha256 in made.files), 1)) if made else {}
    asked = call.places["file"]
    name = names.get(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else None  # noqa: PLR2004
    if made is None or name is None:
        raise UnknownNameError("desk.unknown_item", name=f"{call.places['issue']}/{asked}")
    content = call.office.output(made, name)
    if content is None:
        raise UnknownNameError("web.document_gone", name=name)
    return saved(content, f"{made.number:02d}_{name}")


def export(call: Call) -> Response:
    """Everything the page shows, as a workbook, or one table of it as CSV: at once where it is written.

    A short while is waited for it; one that takes longer is awaited on the page.
    """
    table = call.query.get("bang", "") or BOOK
    if table not in {*EXPORTS, BOOK}:
        raise UnknownNameError("desk.unknown_choice", name=table, known=", ".join(EXPORTS))
    content, chosen = _table(call, table)
    if content is None:
        call.desk.follow_up.wait(SHORTLY)
        content, chosen = _table(call, table)
    if content is None:
        return call.go(PATH, ky=chosen.value, tep=table)
    name = f"TongHop_{chosen.report.id}_{chosen.period.id}"
    return saved(content, f"{name}.xlsx" if table == BOOK else f"{name}_{table}.csv")


def _table(call: Call, table: str) -> tuple[bytes | None, Chosen]:
    """The table as it is written; where it is not, or no longer holds, it is asked for."""
    with call.office.ledger.snapshot():
        head = _asked_head(call)
        report, period = head.chosen.report.id, head.chosen.period.id
        wanted = WantedTable(report, period, table, call.say.language)
        is_current = head.shown is not None and head.shown.is_current
        content = written_table(call.office.ledger, wanted) if is_current else None
    if content is None and not head.trouble:
        call.desk.follow_up.write(wanted)
    return content, head.chosen


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
    Route(f"{PATH}/xuat", export),
    Route(f"{PATH}/van-ban/{{issue}}/{{file}}", document),
    Route(f"{PATH}/lap", make_issue, method=POST),
    Route(f"{PATH}/chot", freeze_period, method=POST),
    Route(f"{PATH}/huy-chot", unfreeze_period, method=POST),
    Route(f"{PATH}/giai-trinh", explain_figure, method=POST),
    Route(f"{PATH}/bo-giai-trinh", withdraw, method=POST),
)


# -- what they are made of -------------------------------------------------------------------------------


def _chosen(call: Call) -> Chosen:
    """The period a call is about.

    Raises:
        UnknownNameError: nothing is collected yet, or not for that period.
    """
    chosen = chosen_period(call)
    if chosen is None:
        raise UnknownNameError("desk.unknown_period", name=call.query.get("ky", ""))
    return chosen


def _asked_head(call: Call) -> Head:
    """The same for a page of one figure, which is of no use without a period.

    Raises:
        UnknownNameError: nothing is collected yet, or not for that period.
    """
    head = _head(call)
    if head is None:
        raise UnknownNameError("desk.unknown_period", name=call.query.get("ky", ""))
    return head


def _head(call: Call) -> Head | None:
    """What is kept of the chosen period; where that is of earlier, it is worked out again meanwhile."""
    office = call.office
    chosen = chosen_period(call)
    if chosen is None:
        return None
    shown, trouble = None, ""
    try:
        shown = settled(office, chosen.report, chosen.period)
    except NotWorkedOutError as error:
        trouble = error.places["told"]
    if not trouble and (shown is None or not shown.is_current):
        call.desk.follow_up.work_out(chosen.report.id, chosen.period.id)
    waiting = waiting_wishes(office.ledger, chosen.report.id, chosen.period.id)
    if waiting:
        call.desk.follow_up.wake()  # left by one that died, or under way
    names = {unit.id: unit.name for unit in office.regime.units}
    documents = _documents(shown.last if shown else None, call)
    text = Numbers(call.say.language)
    file = _file(call, chosen, shown) if not trouble else None
    return Head(chosen, shown, trouble, documents, names, text, waiting, _ended(call, chosen), file)


def _file(call: Call, chosen: Chosen, shown: Settled | None) -> TableFile | None:
    """How it stands with the table the address names."""
    table = call.query.get("tep", "")
    if table not in {*EXPORTS, BOOK}:
        return None
    wanted = WantedTable(chosen.report.id, chosen.period.id, table, call.say.language)
    try:
        content = written_table(call.office.ledger, wanted) if shown and shown.is_current else None
    except TableNotWrittenError as error:
        return TableFile(table, trouble=sentence_of(error, call.say))
    if content is None:
        call.desk.follow_up.write(wanted)
    return TableFile(table, is_written=content is not None)


def _asked_for(call: Call, chosen: Chosen, kind: WishKind, reason: str = "") -> Response:
    """Record what is asked for; the page shows how it goes."""
    wish = ask(call.office, kind, chosen.report.id, chosen.period.id, reason)
    return call.go(PATH, ky=chosen.value, viec=str(wish.number))


def _ended(call: Call, chosen: Chosen) -> Ended | None:
    """How what was asked for ended, where the address names it."""
    number = call.query.get("viec", "")
    if not (number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER):
        return None
    return how_it_ended(call.office.ledger, chosen.report.id, chosen.period.id, int(number))


def _documents(made: IssueHead | None, call: Call) -> tuple[Document, ...]:
    files = made.files if made else ()
    return tuple(Document(n, name, _kind(name, call)) for n, (name, _sha256) in enumerate(files, 1))


#: What the documents are, by the words their names are made of.
_KINDS = {
    "documents.report_file": "web.document_report",
    "consolidate.annex_file": "web.document_annex",
    "documents.texts_file": "web.document_texts",
    "documents.chase_file_docx": "web.document_chase",
    "documents.letter_file": "web.document_letter",
}


def _kind(name: str, call: Call) -> str:
    wording = call.office.document_wording
    for key, kind in _KINDS.items():
        if wording.has(key) and name.partition("_")[0] == wording(key).partition("_")[0]:
            return call.say(kind)
    return ""


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
    return IssueRow(made, _documents(made, call), shown, len(made.changes) - len(shown))


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
